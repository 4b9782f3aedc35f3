//! Who is told what, what of it they see, and what is left out; on both engines.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use nexus_model::{
    AlertRule, GuestKind, NotificationCategory, NotificationId, NotificationKind, ServerId, SystemRole, TaskAction,
    TenantRole, UserId,
};
use nexus_store::{Task, TaskState};

use super::{
    AlertFacts, Channels, Notice, NotificationError, NotificationList, NotificationQuery, NotificationView,
    Notifications, Parts, Preferences,
};
use crate::access::{Grant, ManageMembers, SeeGuests, SeeTenant};
use crate::events::EventData;
use crate::links::Links;
use crate::mail::{Mailer, Smtp, SmtpTls};
use crate::members::MemberChange;
use crate::page::Page;
use crate::secret;
use crate::tests::{Cast, PASSWORD, World, in_worlds};

impl World {
    async fn see(&self, name: &str, cast: &Cast) -> Grant<SeeTenant> {
        self.access.grant(&self.sign_in(&format!("{name}@example.org")).await, cast.tenant).await.unwrap()
    }

    async fn told_to(&self, name: &str, cast: &Cast) -> NotificationList {
        let query = NotificationQuery { page: Page { limit: 200, ..Page::default() }, ..NotificationQuery::default() };
        self.notices.list(&self.see(name, cast).await, &query).await.unwrap()
    }

    async fn kinds(&self, name: &str, cast: &Cast) -> Vec<NotificationKind> {
        let list = self.told_to(name, cast).await;
        list.notifications.iter().map(|one| one.kind).collect()
    }

    async fn newest(&self, name: &str, cast: &Cast) -> NotificationView {
        self.told_to(name, cast).await.notifications.remove(0)
    }

    async fn write_notice(&self, notice: Notice) {
        self.notices.write_alone(&notice).await.unwrap();
    }
}

fn offline(cast: &Cast, server: ServerId) -> Notice {
    Notice::ServerOffline {
        tenant: cast.tenant,
        server,
        server_name: "pve".into(),
        detail: Some("no route to 10.0.0.1\u{0}".into()),
    }
}

fn alert(world: &World, cast: &Cast, rule: AlertRule) -> AlertFacts {
    AlertFacts {
        id: secret::id(),
        tenant: cast.tenant,
        server: Some(cast.server),
        server_name: "pve".into(),
        rule,
        value: Some(900),
        threshold: 500,
        detail: None,
        at: world.clock.now(),
    }
}

fn task(cast: &Cast, world: &World, user: UserId, state: TaskState) -> Box<Task> {
    Box::new(Task {
        id: secret::id(),
        tenant_id: cast.tenant,
        user_id: user,
        user_name: "x".into(),
        server_id: cast.server,
        kind: GuestKind::Qemu,
        vmid: 100,
        guest_name: "web".into(),
        action: TaskAction::Start,
        node: "pve1".into(),
        upid: None,
        state,
        detail: (state == TaskState::Failed).then(|| "storage 'secret-san' is not online".into()),
        created_at: world.clock.now(),
        ended_at: None,
        snapshot: None,
        bulk_id: None,
        stopped_by: None,
    })
}

#[tokio::test]
async fn each_is_told_what_their_role_is_for() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        world.write_notice(offline(&cast, cast.server)).await;
        world.write_notice(Notice::AlertOpened { alert: alert(&world, &cast, AlertRule::Latency) }).await;
        let taken = Notice::AlertAcknowledged {
            alert: alert(&world, &cast, AlertRule::Latency),
            actor: cast.manager,
            actor_name: "manager".into(),
        };
        world.write_notice(taken).await;
        let (opened, off) = (NotificationKind::AlertOpened, NotificationKind::ServerOffline);
        assert_eq!(world.kinds("admin", &cast).await, [NotificationKind::AlertAcknowledged, opened, off]);
        assert_eq!(world.kinds("manager", &cast).await, [opened, off], "who did it is not told");
        assert_eq!(world.kinds("viewer", &cast).await, [], "viewers know nothing of servers");
        assert_eq!(world.kinds("root", &cast).await, [], "no member");
        let list = world.told_to("admin", &cast).await;
        assert_eq!(list.unread, 3);
        let seen = &list.notifications[2].facts;
        assert_eq!((seen.server, seen.server_name.as_deref()), (Some(cast.server), Some("pve")));
        assert_eq!(seen.detail.as_deref(), Some("no route to 10.0.0.1 "), "nothing that PostgreSQL would not store");
        let seen = &list.notifications[1].facts;
        assert_eq!((seen.rule, seen.value, seen.threshold), (Some(AlertRule::Latency), Some(900), Some(500)));
        assert_eq!(list.notifications[0].facts.actor.as_deref(), Some("manager"));
    })
    .await;
}

#[tokio::test]
async fn actions_are_told_to_whoever_began_them() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let ended = |user, state, seconds| Notice::ActionEnded {
            task: task(&cast, &world, user, state),
            took: Duration::from_secs(seconds),
        };
        world.write_notice(ended(cast.viewer, TaskState::Ok, 9)).await;
        assert_eq!(world.kinds("viewer", &cast).await, [], "short and well: they saw it");
        world.write_notice(ended(cast.viewer, TaskState::Ok, 10)).await;
        world.write_notice(ended(cast.viewer, TaskState::Failed, 1)).await;
        world.write_notice(ended(cast.manager, TaskState::Failed, 1)).await;
        world.write_notice(ended(cast.stranger, TaskState::Failed, 1)).await;
        assert_eq!(world.kinds("viewer", &cast).await, [NotificationKind::ActionFailed, NotificationKind::ActionDone]);
        let failed = world.newest("viewer", &cast).await.facts;
        assert_eq!((failed.guest, failed.guest_name.as_deref()), (Some(cast.guest), Some("web")));
        assert!(failed.detail.is_some_and(|detail| !detail.contains("san")), "viewers read no words of PVE");
        let failed = world.newest("manager", &cast).await.facts;
        assert!(failed.detail.is_some_and(|detail| detail.contains("secret-san")));
        assert_eq!(world.kinds("admin", &cast).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_stop_is_told_to_whoever_did_not_ask_for_it() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let stopped = |by: &str| {
            let mut task = task(&cast, &world, cast.viewer, TaskState::Stopped);
            (task.stopped_by, task.detail) = (Some(by.to_owned()), Some("received interrupt".into()));
            Notice::ActionEnded { task, took: Duration::from_secs(60) }
        };
        world.write_notice(stopped("x")).await;
        assert_eq!(world.kinds("viewer", &cast).await, [], "their own doing");
        world.write_notice(stopped("manager")).await;
        assert_eq!(world.kinds("viewer", &cast).await, [NotificationKind::ActionFailed]);
        let facts = world.newest("viewer", &cast).await.facts;
        assert_eq!((facts.actor.as_deref(), facts.detail), (Some("manager"), None));
    })
    .await;
}

#[tokio::test]
async fn nobody_learns_the_inside_of_a_provided_server() {
    in_worlds(async |db, world| {
        let cast = Cast::new(&world).await;
        db.tamper("UPDATE server SET origin = 'provided', scope = '{\"pools\":[],\"tags\":[],\"vmids\":[]}'").await;
        world.write_notice(offline(&cast, cast.server)).await;
        let facts = world.newest("admin", &cast).await.facts;
        assert_eq!((facts.server_name.as_deref(), facts.detail), (Some("pve"), None));
        let failed =
            Notice::ActionEnded { task: task(&cast, &world, cast.manager, TaskState::Failed), took: Duration::ZERO };
        world.write_notice(failed).await;
        let facts = world.newest("manager", &cast).await.facts;
        assert!(facts.detail.is_some_and(|detail| !detail.contains("san")));
    })
    .await;
}

#[tokio::test]
async fn members_come_and_go_before_the_eyes_of_other_admins() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let second = world.provision.user("second@example.org", "second", PASSWORD.to_owned(), SystemRole::User).await;
        world.provision.member(cast.tenant, second.unwrap(), TenantRole::Admin).await.unwrap();
        let admin: Grant<ManageMembers> =
            world.access.grant(&world.sign_in("admin@example.org").await, cast.tenant).await.unwrap();
        let promote = |role| MemberChange { role: Some(role), is_active: None };
        world.members.update(&admin, cast.viewer, promote(TenantRole::Manager), 1).await.unwrap();
        let told = world.newest("second", &cast).await;
        assert_eq!(told.kind, NotificationKind::RoleChanged);
        let facts = (told.facts.person.as_deref(), told.facts.actor.as_deref(), told.facts.role);
        assert_eq!(facts, (Some("viewer"), Some("admin"), Some(TenantRole::Manager)));
        assert_eq!(world.kinds("viewer", &cast).await, [NotificationKind::RoleChanged], "who it is about");
        assert_eq!(world.kinds("admin", &cast).await, [], "who did it");
        assert_eq!(world.kinds("manager", &cast).await, [], "no admin");
        // What one was told as a manager goes with the role.
        world.write_notice(offline(&cast, cast.server)).await;
        assert_eq!(world.told_to("viewer", &cast).await.unread, 2);
        world.members.update(&admin, cast.viewer, promote(TenantRole::Viewer), 2).await.unwrap();
        assert_eq!(world.kinds("viewer", &cast).await, [NotificationKind::RoleChanged]);
        // Who goes loses all of it, and is told nothing.
        world.members.remove(&admin, cast.viewer).await.unwrap();
        assert_eq!(world.newest("second", &cast).await.kind, NotificationKind::MemberRemoved);
        world.provision.member(cast.tenant, cast.viewer, TenantRole::Viewer).await.unwrap();
        assert_eq!(world.kinds("viewer", &cast).await, []);
    })
    .await;
}

#[tokio::test]
async fn reading_is_counted_and_only_ones_own() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        for rule in [AlertRule::Latency, AlertRule::Offline, AlertRule::SuccessRate] {
            world.write_notice(Notice::AlertOpened { alert: alert(&world, &cast, rule) }).await;
        }
        let (admin, manager) = (world.see("admin", &cast).await, world.see("manager", &cast).await);
        let theirs: Vec<NotificationId> =
            world.told_to("manager", &cast).await.notifications.iter().map(|one| one.id).collect();
        assert_eq!(world.notices.read(&admin, Some(&theirs)).await.unwrap(), 3, "others' ids do nothing");
        assert_eq!(world.told_to("manager", &cast).await.unread, 3);
        assert_eq!(world.notices.read(&manager, Some(&theirs[..1])).await.unwrap(), 2);
        assert_eq!(world.notices.read(&manager, Some(&theirs[..1])).await.unwrap(), 2, "twice is once");
        let query = |unread, category, cursor, limit| NotificationQuery {
            unread,
            category,
            page: Page { cursor, limit, ..Page::default() },
        };
        let unread = world.notices.list(&manager, &query(true, None, None, 50)).await.unwrap();
        assert_eq!((unread.notifications.len(), unread.unread), (2, 2));
        assert!(unread.notifications.iter().all(|one| !one.read));
        let none = query(false, Some(NotificationCategory::Members), None, 50);
        assert_eq!(world.notices.list(&manager, &none).await.unwrap().notifications, []);
        // Page by page, each once, newest first.
        let (mut ids, mut cursor) = (Vec::new(), None);
        loop {
            let page = query(false, Some(NotificationCategory::Alerts), cursor, 2);
            let list = world.notices.list(&manager, &page).await.unwrap();
            ids.extend(list.notifications.iter().map(|one| one.id));
            cursor = list.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(ids, theirs);
        let bad = world.notices.list(&manager, &query(false, None, Some("x".into()), 2)).await;
        assert!(matches!(bad, Err(NotificationError::Page(_))));
        assert_eq!(world.notices.read(&manager, None).await.unwrap(), 0);
        assert_eq!(world.told_to("admin", &cast).await.unread, 3);
        let many = vec![theirs[0]; 201];
        assert!(matches!(world.notices.read(&manager, Some(&many)).await, Err(NotificationError::Invalid(_))));
    })
    .await;
}

#[tokio::test]
async fn preferences_are_each_persons_own() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let manager = world.see("manager", &cast).await;
        assert_eq!(world.notices.preferences(&manager).await.unwrap(), Preferences::default());
        assert!(Preferences::default().alerts.in_app && !Preferences::default().alerts.email);
        let quiet = Preferences { servers: Channels { in_app: false, email: false }, ..Preferences::default() };
        assert_eq!(world.notices.set_preferences(&manager, quiet).await.unwrap(), quiet);
        assert_eq!(world.notices.preferences(&manager).await.unwrap(), quiet);
        world.write_notice(offline(&cast, cast.server)).await;
        assert_eq!(world.kinds("manager", &cast).await, []);
        assert_eq!(world.kinds("admin", &cast).await, [NotificationKind::ServerOffline]);
        let root = world.see("root", &cast).await;
        assert_eq!(world.notices.preferences(&root).await.unwrap(), Preferences::default());
        let refused = world.notices.set_preferences(&root, quiet).await;
        assert!(matches!(refused, Err(NotificationError::NotFound)), "no member has nothing to keep");
    })
    .await;
}

#[tokio::test]
async fn a_storm_is_held_off() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let minute = Duration::from_secs(60);
        for _ in 0..5 {
            world.write_notice(offline(&cast, cast.server)).await;
        }
        assert_eq!(world.kinds("admin", &cast).await.len(), 1, "the same within a minute is told once");
        world.clock.advance(minute + Duration::from_secs(1));
        world.write_notice(offline(&cast, cast.server)).await;
        assert_eq!(world.kinds("admin", &cast).await.len(), 2);
        world.clock.advance(minute + Duration::from_secs(1));
        for _ in 0..230 {
            world.write_notice(offline(&cast, secret::id())).await;
        }
        let list = world.told_to("manager", &cast).await;
        assert_eq!(list.unread, 202, "so many of one tenant in a minute");
        let other = world.provision.tenant("Other", "other").await.unwrap();
        world.provision.member(other, cast.stranger, TenantRole::Admin).await.unwrap();
        let elsewhere = Cast { tenant: other, ..cast };
        world.write_notice(offline(&elsewhere, cast.server)).await;
        assert_eq!(world.kinds("stranger", &elsewhere).await.len(), 1, "another tenant's notices go on");
        // A closed tenant is told nothing.
        world.provision.set_tenant_active(other, false).await.unwrap();
        world.clock.advance(minute * 2);
        world.write_notice(offline(&elsewhere, cast.server)).await;
        world.provision.set_tenant_active(other, true).await.unwrap();
        assert_eq!(world.kinds("stranger", &elsewhere).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_old_or_too_much_goes() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let day = Duration::from_secs(24 * 3600);
        world.write_notice(offline(&cast, cast.server)).await;
        world.clock.advance(day * 30);
        world.write_notice(offline(&cast, cast.server)).await;
        world.notices.sweep().await.unwrap();
        assert_eq!(world.kinds("admin", &cast).await.len(), 2, "thirty days are kept");
        world.clock.advance(Duration::from_secs(1));
        world.notices.sweep().await.unwrap();
        assert_eq!(world.kinds("admin", &cast).await.len(), 1);
        for minute in 0..3 {
            for _ in 0..180 {
                world.write_notice(offline(&cast, secret::id())).await;
            }
            world.clock.advance(Duration::from_secs(61 + minute));
        }
        world.notices.sweep().await.unwrap();
        assert_eq!(world.told_to("admin", &cast).await.unread, 500, "and of each person's the newest 500");
    })
    .await;
}

#[tokio::test]
async fn events_reach_their_owner_alone() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let watch = async |name: &str| {
            let person = world.sign_in(&format!("{name}@example.org")).await;
            let grant = world.access.grant::<SeeGuests>(&person, cast.tenant).await.unwrap();
            let live = world.access.keep(grant).await.unwrap();
            let mut stream = Box::pin(world.events.stream(live, None).unwrap());
            assert_eq!(stream.next().await.unwrap().kind, "hello");
            stream
        };
        let (mut admin, mut manager) = (watch("admin").await, watch("manager").await);
        let (mut viewer, mut root) = (watch("viewer").await, watch("root").await);
        world.write_notice(offline(&cast, cast.server)).await;
        for (stream, name) in [(&mut admin, "admin"), (&mut manager, "manager")] {
            let event = tokio::time::timeout(crate::tests::PATIENCE, stream.next()).await.unwrap().unwrap();
            assert_eq!(event.kind, "notification");
            let EventData::Notification { notification, unread } = event.data else { panic!("{event:?}") };
            assert_eq!((notification.id, unread), (world.newest(name, &cast).await.id, 1));
            assert!(stream.next().now_or_never().is_none(), "one of their own");
        }
        assert!(viewer.next().now_or_never().is_none());
        assert!(root.next().now_or_never().is_none());
    })
    .await;
}

/// Notices with a mail server that nobody asks: what is written waits.
fn with_mail(world: &World) -> Notifications {
    let smtp = Smtp {
        host: "localhost".into(),
        port: 25,
        tls: SmtpTls::None,
        credentials: None,
        from: "nexus@nexus.example".into(),
        roots: Vec::new(),
        hello: "localhost".into(),
    };
    let mailer = Mailer::new(Some(smtp), Arc::clone(&world.keys), world.clock.clone()).unwrap();
    Notifications::new(Parts {
        store: world.store.clone(),
        system: world.system.clone(),
        clock: world.clock.clone(),
        audit: world.audit.clone(),
        links: Links::new("https://nexus.example.org", world.clock.clone(), mailer.clone()),
        mailer,
        events: world.events.clone(),
    })
}

#[tokio::test]
async fn alerts_are_mailed_to_who_wants_them_and_to_the_tenants_address() {
    in_worlds(async |db, world| {
        let (cast, notices) = (Cast::new(&world).await, with_mail(&world));
        let mailed = async || {
            let rows = db.rows("outgoing_mail", &[]).await;
            db.tamper("DELETE FROM outgoing_mail").await;
            let known = ["admin@", "manager@", "alerts@"];
            let mut to: Vec<&str> = known
                .into_iter()
                .flat_map(|one| rows.iter().filter(move |row| row.contains(one)).map(move |_| one))
                .collect();
            to.sort_unstable();
            assert_eq!(to.len(), rows.len(), "{rows:?}");
            to
        };
        let opened = || Notice::AlertOpened { alert: alert(&world, &cast, AlertRule::Latency) };
        let again = || world.clock.advance(Duration::from_secs(61));
        notices.write_alone(&opened()).await.unwrap();
        assert_eq!(mailed().await, Vec::<&str>::new(), "nobody asked for it");
        let alerts = Channels { in_app: false, email: true };
        for name in ["admin", "manager"] {
            let wanted = Preferences { alerts, ..Preferences::default() };
            notices.set_preferences(&world.see(name, &cast).await, wanted).await.unwrap();
        }
        db.tamper("UPDATE user_account SET verified_at = NULL WHERE email = 'manager@example.org'").await;
        db.tamper("UPDATE tenant_settings SET alert_email = 'alerts@example.org'").await;
        again();
        notices.write_alone(&opened()).await.unwrap();
        assert_eq!(mailed().await, ["admin@", "alerts@"], "not to an address that may be somebody else's");
        assert_eq!(world.kinds("manager", &cast).await.len(), 1, "by mail alone");
        let taken = Notice::AlertAcknowledged {
            alert: alert(&world, &cast, AlertRule::Latency),
            actor: cast.manager,
            actor_name: "manager".into(),
        };
        notices.write_alone(&taken).await.unwrap();
        assert_eq!(mailed().await, ["admin@"], "the tenant's address learns of beginning and end");
        notices.write_alone(&Notice::AlertResolved { alert: alert(&world, &cast, AlertRule::Latency) }).await.unwrap();
        assert_eq!(mailed().await, ["admin@", "alerts@"]);
        db.tamper("UPDATE tenant_settings SET mail_on_recovery = FALSE").await;
        again();
        let over = Notice::AlertResolved { alert: alert(&world, &cast, AlertRule::Latency) };
        notices.write_alone(&over).await.unwrap();
        assert_eq!(mailed().await, ["admin@"], "the tenant's address does not want the end");
        db.tamper("UPDATE tenant_settings SET mail_on_recovery = TRUE, mail_on_alert = FALSE").await;
        again();
        notices.write_alone(&opened()).await.unwrap();
        assert_eq!(mailed().await, ["admin@"], "nor the beginning");
        notices.write_alone(&over).await.unwrap();
        assert_eq!(mailed().await, ["admin@", "alerts@"]);
        db.tamper("UPDATE tenant_settings SET mail_on_alert = TRUE").await;
        db.tamper("UPDATE tenant_settings SET alert_email = 'admin@example.org'").await;
        again();
        notices.write_alone(&opened()).await.unwrap();
        assert_eq!(mailed().await, ["admin@"], "once");
    })
    .await;
}
