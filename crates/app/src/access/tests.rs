//! Tests of grants and of their end, on both engines.

use std::time::Duration;

use nexus_model::{GuestKey, GuestPermissions, GuestRight, Subject, SystemRole, Target, TenantRole, ViewerScope};
use nexus_store::testing::on_both;
use tokio_util::sync::CancellationToken;

use super::{
    DeleteServers, EndedBecause, Grant, GuestGrant, LiveGrant, ManageServers, OpenConsole, PowerGuest, Proof, Refused,
    SeeGuests, SeeServers, SeeTasks, SeeTenant, SignedIn, ViewGuest, WatchConsole,
};
use crate::tests::{Cast, PATIENCE, World, in_worlds};

/// Starts the watcher, as the background tasks do; it ends with the guard.
fn watch(world: &World) -> tokio_util::sync::DropGuard {
    let stop = CancellationToken::new();
    let (access, child) = (world.access.clone(), stop.clone());
    tokio::spawn(async move { access.watch(child).await });
    stop.drop_guard()
}

async fn end<T: Proof>(live: &LiveGrant<T>) -> EndedBecause {
    tokio::time::timeout(PATIENCE, live.ended()).await.expect("it ends")
}

/// Looks at everything once more, and says that this one is still open.
async fn stays<T: Proof>(world: &World, live: &LiveGrant<T>) {
    world.access.look_again().await.unwrap();
    assert_eq!(live.has_ended(), None);
}

impl World {
    async fn stream(&self, person: &SignedIn, cast: &Cast) -> LiveGrant<Grant<SeeGuests>> {
        self.access.keep(self.access.grant::<SeeGuests>(person, cast.tenant).await.unwrap()).await.unwrap()
    }

    async fn console(&self, person: &SignedIn, cast: &Cast) -> LiveGrant<GuestGrant<OpenConsole>> {
        let grant = self.access.guest_grant::<OpenConsole>(person, cast.tenant, cast.guest).await.unwrap();
        self.access.keep(grant).await.unwrap()
    }
}

/// `yes`, `403` or `404` of every permission, in one line.
async fn line(world: &World, email: &str, cast: &Cast, guest: GuestKey) -> String {
    fn word<T>(result: &Result<T, Refused>) -> &'static str {
        match result {
            Ok(_) => "yes",
            Err(Refused::Forbidden) => "403",
            Err(Refused::NotFound) => "404",
            Err(_) => "error",
        }
    }
    let (person, access, tenant) = (world.sign_in(email).await, &world.access, cast.tenant);
    [
        word(&access.grant::<SeeTenant>(&person, tenant).await),
        word(&access.grant::<SeeGuests>(&person, tenant).await),
        word(&access.grant::<SeeTasks>(&person, tenant).await),
        word(&access.grant::<SeeServers>(&person, tenant).await),
        word(&access.grant::<ManageServers>(&person, tenant).await),
        word(&access.grant::<DeleteServers>(&person, tenant).await),
        "|",
        word(&access.guest_grant::<ViewGuest>(&person, tenant, guest).await),
        word(&access.guest_grant::<WatchConsole>(&person, tenant, guest).await),
        word(&access.guest_grant::<OpenConsole>(&person, tenant, guest).await),
        word(&access.guest_grant::<PowerGuest>(&person, tenant, guest).await),
    ]
    .join(" ")
}

#[tokio::test]
async fn grants_follow_role_and_assignment() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let of = async |email: &str, guest| line(&world, email, &cast, guest).await;
        assert_eq!(of("root@example.org", cast.guest).await, "yes yes yes yes yes yes | yes yes yes yes");
        assert_eq!(of("admin@example.org", cast.guest).await, "yes yes yes yes yes yes | yes yes yes yes");
        assert_eq!(of("manager@example.org", cast.guest).await, "yes yes yes yes yes 403 | yes yes yes yes");
        assert_eq!(of("viewer@example.org", cast.guest).await, "yes yes yes 403 403 403 | yes yes yes 403");
        assert_eq!(of("stranger@example.org", cast.guest).await, "404 404 404 404 404 404 | 404 404 404 404");
        let other = GuestKey { vmid: 101, ..cast.guest };
        assert_eq!(of("viewer@example.org", other).await, "yes yes yes 403 403 403 | 404 404 404 404");
        world.provision.set_viewer_scope(cast.tenant, ViewerScope::All).await.unwrap();
        assert_eq!(of("viewer@example.org", other).await, "yes yes yes 403 403 403 | yes 403 403 403");
        let foreign = GuestKey { server: crate::secret::id(), ..cast.guest };
        assert_eq!(of("admin@example.org", foreign).await, "yes yes yes yes yes yes | 404 404 404 404");
        world.provision.set_tenant_active(cast.tenant, false).await.unwrap();
        assert_eq!(of("admin@example.org", cast.guest).await, "yes yes yes yes 403 403 | yes 403 403 403");
        assert_eq!(of("viewer@example.org", cast.guest).await, "404 404 404 404 404 404 | 404 404 404 404");
        let nowhere = Cast { tenant: crate::secret::id(), ..cast };
        assert_eq!(
            line(&world, "root@example.org", &nowhere, nowhere.guest).await,
            "404 404 404 404 404 404 | 404 404 404 404"
        );
    })
    .await;
}

#[tokio::test]
async fn lists_carry_what_they_may_show() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let viewer = world.sign_in("viewer@example.org").await;
        let grant = world.access.grant::<SeeGuests>(&viewer, cast.tenant).await.unwrap();
        let other = GuestKey { vmid: 101, ..cast.guest };
        assert!(grant.visible().sees(cast.guest) && !grant.visible().sees(other) && !grant.visible().sees_all());
        assert_eq!(grant.permissions_on(cast.guest), Some(GuestPermissions::NONE.with(GuestRight::Console)));
        assert_eq!((grant.permissions_on(other), grant.role()), (None, Some(TenantRole::Viewer)));
        assert_eq!(
            (grant.tenant().slug.as_str(), grant.is_manager(), grant.may().see_all_guests),
            ("example", false, false)
        );
        let root = world.sign_in("root@example.org").await;
        let grant = world.access.grant::<SeeGuests>(&root, cast.tenant).await.unwrap();
        assert_eq!((grant.role(), grant.is_manager(), grant.visible().sees_all()), (None, true, true));
        assert_eq!(grant.permissions_on(other), Some(GuestPermissions::ALL));
    })
    .await;
}

#[tokio::test]
async fn grants_die_with_the_session() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let person = world.sign_in("viewer@example.org").await;
        let grant = world.access.grant::<SeeGuests>(&person, cast.tenant).await.unwrap();
        world.accounts.sign_out(&person).await.unwrap();
        assert!(matches!(world.access.grant::<SeeGuests>(&person, cast.tenant).await.err(), Some(Refused::SignedOut)));
        assert!(matches!(world.access.keep(grant).await.err(), Some(Refused::SignedOut)));
        assert_eq!(world.access.kept(), 0);
    })
    .await;
}

/// Every operation that changes rights, and what it does to an open console and an open stream of the viewer.
#[tokio::test]
async fn every_change_of_rights_ends_what_is_open() {
    use EndedBecause::{Revoked, RightsChanged, SignedOut};
    type Ends = (Option<EndedBecause>, Option<EndedBecause>);
    let cases: [(&str, Ends); 12] = [
        ("sign out", (Some(SignedOut), Some(SignedOut))),
        ("end sessions", (Some(SignedOut), Some(SignedOut))),
        ("set password", (Some(SignedOut), Some(SignedOut))),
        ("disable", (Some(Revoked), Some(Revoked))),
        ("remove member", (Some(Revoked), Some(Revoked))),
        ("unassign", (Some(Revoked), Some(RightsChanged))),
        ("assign watch", (Some(RightsChanged), Some(RightsChanged))),
        ("assign view", (Some(Revoked), Some(RightsChanged))),
        ("assign another guest", (None, Some(RightsChanged))),
        ("promote", (None, Some(RightsChanged))),
        ("viewer scope", (None, Some(RightsChanged))),
        ("close tenant", (Some(Revoked), Some(Revoked))),
    ];
    // At once: most of the time is waiting for the watcher's next look.
    futures_util::future::join_all(cases.map(async |(what, ends)| {
        in_worlds(async |db, world| {
            let cast = Cast::new(&world).await;
            // The watcher is in another process than the change.
            let other = World::new(&db).await;
            let _watching = watch(&other);
            let person = world.sign_in("viewer@example.org").await;
            let (console, stream) = (other.console(&person, &cast).await, other.stream(&person, &cast).await);
            stays(&other, &console).await;
            stays(&other, &stream).await;
            change(what, &world, &cast, &person).await;
            assert_eq!(Some(end(&stream).await), ends.1, "the stream after {what} on {:?}", db.engine);
            match ends.0 {
                Some(because) => {
                    assert_eq!(end(&console).await, because, "the console after {what} on {:?}", db.engine);
                }
                None => stays(&other, &console).await,
            }
        })
        .await;
    }))
    .await;
}

async fn change(what: &str, world: &World, cast: &Cast, person: &SignedIn) {
    let (provision, tenant, viewer) = (&world.provision, cast.tenant, cast.viewer);
    let assign = async |guest: GuestKey, right: GuestRight| {
        provision.assign(tenant, viewer, guest, GuestPermissions::NONE.with(right)).await.unwrap();
    };
    match what {
        "sign out" => world.accounts.sign_out(person).await.unwrap(),
        "end sessions" => provision.end_sessions(viewer).await.unwrap(),
        "set password" => provision.set_password(viewer, "another-green-kettle".to_owned()).await.unwrap(),
        "disable" => provision.disable_user(viewer).await.unwrap(),
        "remove member" => provision.remove_member(tenant, viewer).await.unwrap(),
        "unassign" => provision.unassign(tenant, cast.assignment).await.unwrap(),
        "assign watch" => assign(cast.guest, GuestRight::Watch).await,
        "assign view" => assign(cast.guest, GuestRight::View).await,
        "assign another guest" => assign(GuestKey { vmid: 101, ..cast.guest }, GuestRight::View).await,
        "promote" => provision.set_role(tenant, viewer, TenantRole::Manager).await.unwrap(),
        "viewer scope" => provision.set_viewer_scope(tenant, ViewerScope::All).await.unwrap(),
        "close tenant" => provision.set_tenant_active(tenant, false).await.unwrap(),
        other => unreachable!("{other}"),
    }
}

#[tokio::test]
async fn changes_of_others_end_nothing() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let _watching = watch(&world);
        let person = world.sign_in("manager@example.org").await;
        let (console, stream) = (world.console(&person, &cast).await, world.stream(&person, &cast).await);
        world.provision.remove_member(cast.tenant, cast.viewer).await.unwrap();
        world.provision.set_viewer_scope(cast.tenant, ViewerScope::All).await.unwrap();
        world.accounts.sign_out(&world.sign_in("manager@example.org").await).await.unwrap();
        stays(&world, &console).await;
        stays(&world, &stream).await;
        drop((console, stream));
        assert_eq!(world.access.kept(), 0, "what is dropped is forgotten");
    })
    .await;
}

#[tokio::test]
async fn a_right_taken_before_the_registration_is_noticed() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let person = world.sign_in("viewer@example.org").await;
        let console = world.access.guest_grant::<OpenConsole>(&person, cast.tenant, cast.guest).await.unwrap();
        let stream = world.access.grant::<SeeGuests>(&person, cast.tenant).await.unwrap();
        world.provision.unassign(cast.tenant, cast.assignment).await.unwrap();
        assert!(matches!(world.access.keep(console).await.err(), Some(Refused::NotFound)));
        let live = world.access.keep(stream).await.unwrap();
        assert!(!live.visible().sees(cast.guest), "the kept grant shows what holds now");
    })
    .await;
}

#[tokio::test]
async fn what_ends_by_itself_ends_in_time() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let _watching = watch(&world);
        let person = world.sign_in("viewer@example.org").await;
        let mut tx = world.store.system_write(&world.system).await.unwrap();
        let until = world.clock.now().plus(Duration::from_secs(3600));
        tx.put_assignment(&nexus_store::NewAssignment {
            id: crate::secret::id(),
            tenant: cast.tenant,
            subject: Subject::User(cast.viewer),
            target: Target::Guest(cast.guest),
            permissions: GuestPermissions::NONE.with(GuestRight::Console),
            until: Some(until),
            at: world.clock.now(),
        })
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let console = world.console(&person, &cast).await;
        world.clock.advance(Duration::from_secs(3599));
        stays(&world, &console).await;
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(end(&console).await, EndedBecause::Revoked);
        let stream = world.stream(&person, &cast).await;
        world.clock.advance(Duration::from_secs(40 * 24 * 3600));
        assert_eq!(end(&stream).await, EndedBecause::SignedOut);
    })
    .await;
}

#[tokio::test]
async fn live_grants_renew_their_scope_until_the_right_is_gone() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let person = world.sign_in("manager@example.org").await;
        let live = world.stream(&person, &cast).await;
        let scope = live.scope().await.unwrap();
        assert!(world.store.tenant_read(&scope).await.is_ok());
        world.provision.remove_member(cast.tenant, cast.manager).await.unwrap();
        assert!(matches!(live.scope().await.err(), Some(Refused::NotFound)));
        assert_eq!(end(&live).await, EndedBecause::Revoked, "asking is enough to notice");
    })
    .await;
}

#[tokio::test]
async fn stopping_ends_everything_also_what_comes_later() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let person = world.sign_in("manager@example.org").await;
        let before = world.stream(&person, &cast).await;
        world.access.end_all();
        assert_eq!(end(&before).await, EndedBecause::Shutdown);
        let after = world.stream(&person, &cast).await;
        assert_eq!(end(&after).await, EndedBecause::Shutdown);
    })
    .await;
}

#[tokio::test]
async fn changes_are_noticed_after_the_listening_connection_was_cut() {
    on_both(async |db| {
        let (world, other) = (World::new(&db).await, World::new(&db).await);
        let cast = Cast::new(&world).await;
        let _watching = watch(&other);
        let person = world.sign_in("viewer@example.org").await;
        let console = other.console(&person, &cast).await;
        if db.engine == nexus_store::testing::Engine::Postgres {
            db.tamper(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = current_database() AND query LIKE '%nexus_access%' AND pid <> pg_backend_pid()",
            )
            .await;
        }
        world.provision.remove_member(cast.tenant, cast.viewer).await.unwrap();
        assert_eq!(end(&console).await, EndedBecause::Revoked);
    })
    .await;
}

#[tokio::test]
async fn the_last_admins_stay() {
    use crate::provision::ProvisionError;
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let provision = &world.provision;
        let last = |result: Result<(), ProvisionError>| matches!(result, Err(ProvisionError::LastAdmin));
        assert!(last(provision.remove_member(cast.tenant, cast.admin).await));
        assert!(last(provision.set_role(cast.tenant, cast.admin, TenantRole::Viewer).await));
        assert!(last(provision.member(cast.tenant, cast.admin, TenantRole::Manager).await));
        assert!(last(provision.disable_user(cast.root).await));
        assert!(last(provision.set_system_role(cast.root, SystemRole::User).await));
        provision.set_role(cast.tenant, cast.manager, TenantRole::Admin).await.unwrap();
        let (one, two) = tokio::join!(
            provision.remove_member(cast.tenant, cast.admin),
            provision.set_role(cast.tenant, cast.manager, TenantRole::Viewer),
        );
        assert!(one.is_ok() != two.is_ok(), "of two at once one stays: {one:?} {two:?}");
        assert!(matches!(provision.unassign(cast.tenant, crate::secret::id()).await, Err(ProvisionError::NotFound)));
        assert!(matches!(provision.tenant("Other", "example").await, Err(ProvisionError::Taken)));
    })
    .await;
}
