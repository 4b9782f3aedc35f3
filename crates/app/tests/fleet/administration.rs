//! Administering the installation: accounts and tenants that go take what is theirs with them and leave their trace,
//! and consoles are ended wherever they run.

use nexus_app::MadeLink;
use nexus_app::access::{NotSignedIn, Refused, SeeTenant, SystemGrant};
use nexus_app::administration::{AccountIn, AccountNew, AdministrationError, OrganisationIn, OrganisationNew};
use nexus_app::audit::Verified;
use nexus_app::consoles::{AllConsolesQuery, ConsoleQuery, ConsoleState, EndError};
use nexus_app::fleet::Limits;
use nexus_app::page::Page;
use nexus_model::{SystemRole, TenantId, TenantRole};
use serde_json::Value;

use crate::world::{PASSWORD, World, client, on_both, person, start_app, until};

async fn root(world: &World) -> SystemGrant {
    let app = &world.app;
    let id = app.provision.user("root@example.org", "root", PASSWORD.to_owned(), SystemRole::Admin).await.unwrap();
    let session = app.accounts.sign_in("root@example.org", PASSWORD.to_owned(), client()).await.unwrap();
    let root = app.access.authenticate(&session.token, client()).await.unwrap();
    assert_eq!(root.user(), id);
    app.access.system_grant(&root).unwrap()
}

fn page(limit: u32) -> Page {
    Page { limit, ..Page::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_of_another_process_is_ended_with_words() {
    on_both(|world| async move {
        let other = start_app(&world.db, &world.sim, Limits::default()).await;
        let (ticket, mut browser) = world.open(&world.viewer, 100, false).await;
        let screen = browser.handshake().await.unwrap();
        browser.update(screen).await.unwrap();
        assert_eq!((world.app.consoles.count(), other.consoles.count()), (1, 0));
        let grant = |person| other.access.grant::<SeeTenant>(person, world.tenant);

        let (admins, managers) = (grant(&world.admin).await.unwrap(), grant(&world.manager).await.unwrap());
        let viewers = grant(&world.viewer).await.unwrap();
        let seen = async |grant| {
            let open = ConsoleQuery { state: Some(ConsoleState::Open), page: page(50), ..ConsoleQuery::default() };
            other.consoles.list(grant, &open).await.unwrap().sessions
        };
        let list = seen(&admins).await;
        assert_eq!((list.len(), list[0].id, list[0].may_end), (1, ticket.id, true));
        assert_eq!(list[0].user.as_ref().map(|user| user.email.as_str()), Some("viewer@example.org"));
        assert_eq!((list[0].server_name.as_deref(), list[0].guest_name.as_str()), (Some("Rack 1"), "guest100"));
        assert!(seen(&managers).await.is_empty(), "managers see their own");
        let own = seen(&viewers).await;
        assert_eq!((own.len(), own[0].may_end), (1, true));

        let end = async |grant, words| other.consoles.ask_end(grant, ticket.id, words).await;
        assert!(matches!(end(&managers, None).await, Err(EndError::NotFound)));
        let long = "x".repeat(101);
        assert!(matches!(end(&admins, Some(long.as_str())).await, Err(EndError::Invalid(_))));
        let words = "Wartung ab 12 Uhr – bitte später wieder";
        end(&admins, Some(words)).await.unwrap();
        assert_eq!(browser.end().await, (4010, words.to_owned()));
        let row = world.console_row(ticket.id).await;
        assert_eq!(row.end_reason.as_deref(), Some("ended_by_admin"));
        assert!(matches!(end(&admins, None).await, Err(EndError::Ended)));
        let entry = world.entry("console.ask_end", "ok").await;
        assert_eq!((entry.actor_name.as_str(), entry.detail.as_deref()), ("admin@example.org", Some(words)));

        // One that was asked for and not claimed yet is over at once; a system admin may end any.
        let ticket = world.request(&world.viewer, 100, false).await.unwrap();
        let root = root(&world).await;
        let all = async |change: &dyn Fn(&mut AllConsolesQuery)| {
            let mut query = AllConsolesQuery { page: page(50), ..AllConsolesQuery::default() };
            change(&mut query);
            other.consoles.list_all(&root, &query).await.unwrap().sessions.len()
        };
        assert_eq!(all(&|_| {}).await, 2);
        assert_eq!(all(&|query| query.tenant = Some(world.tenant)).await, 2);
        assert_eq!(all(&|query| query.tenant = Some(uuid::Uuid::now_v7().into())).await, 0);
        assert_eq!(all(&|query| query.user = Some(world.viewer_id)).await, 2);
        assert_eq!(all(&|query| query.user = Some(world.manager.user())).await, 0);
        assert_eq!(all(&|query| query.end_reason = Some("ended_by_admin".into())).await, 1);
        let requested =
            AllConsolesQuery { state: Some(ConsoleState::Requested), page: page(50), ..AllConsolesQuery::default() };
        let all = other.consoles.list_all(&root, &requested).await.unwrap().sessions;
        assert_eq!((all.len(), all[0].tenant.slug.as_str()), (1, "ours"));
        other.consoles.ask_end_anywhere(&root, ticket.id, None).await.unwrap();
        assert!(world.app.consoles.claim(&world.viewer, ticket.id).await.is_err());
        let of = |page: Page| AllConsolesQuery { page, ..AllConsolesQuery::default() };
        let first = other.consoles.list_all(&root, &of(page(1))).await.unwrap();
        let second = Page { cursor: first.next_cursor, ..page(1) };
        let second = other.consoles.list_all(&root, &of(second)).await.unwrap();
        assert_ne!(first.sessions[0].id, second.sessions[0].id);
        assert_eq!(second.next_cursor, None);
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_tenant_leaves_the_end_of_its_log() {
    on_both(|world| async move {
        let (ticket, mut browser) = world.open(&world.viewer, 100, false).await;
        browser.handshake().await.unwrap();
        let root = root(&world).await;
        let before = world.audit().await.len();
        assert!(before > 0);
        world.app.administration.delete_organisation(&root, world.tenant).await.unwrap();
        let reason = browser.reason().await;
        assert_eq!(reason, "revoked", "{ticket:?}");
        until("the poller's end", || async { world.app.inventory.snapshot(world.server).is_none().then_some(()) })
            .await;
        let gone = world.app.access.grant::<SeeTenant>(&world.admin, world.tenant).await;
        assert!(matches!(gone, Err(Refused::NotFound)));
        assert!(world.app.accounts.me(&world.admin).await.unwrap().tenants.is_empty());
        let again = world.app.administration.delete_organisation(&root, world.tenant).await;
        assert!(matches!(again, Err(AdministrationError::NotFound)));

        let entries = world.app.audit.recent(None, 100).await.unwrap();
        let entry = entries.iter().find(|entry| entry.action == "tenant.delete").unwrap();
        let after: Value = serde_json::from_str(entry.after_state.as_deref().unwrap()).unwrap();
        let head = after["audit_head"].as_str().unwrap().to_owned();
        let (last, mac) = head.split_once(':').unwrap();
        assert!(last.parse::<usize>().unwrap() >= before && mac.len() > 64, "{head}");
        // Its entries went; those that came behind the end go on from it.
        assert!(world.audit().await.len() < before);
        let verified = world.app.audit.verify(Some(world.tenant)).await.unwrap();
        let Verified::Whole { checkpoint, .. } = verified else { panic!("{verified:?}") };
        assert_eq!(checkpoint, last.parse().ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_account_takes_everything_but_its_trace() {
    on_both(|world| async move {
        let root = root(&world).await;
        let admin = &world.app.administration;
        let victim = world.admin.user();
        world.app.accounts.set_avatar(&world.admin, tiny_png()).await.unwrap();
        let MadeLink { link, .. } = admin.make_reset_link(&root, victim).await.unwrap();
        let refused = admin.delete_account(&root, victim, None).await;
        assert!(matches!(refused, Err(AdministrationError::NeedsSuccessor)), "{refused:?}");
        for nobody in [victim, uuid::Uuid::now_v7().into()] {
            let refused = admin.delete_account(&root, victim, Some(nobody)).await;
            assert!(matches!(refused, Err(AdministrationError::NeedsSuccessor)), "{refused:?}");
        }
        let successor = world.manager.user();
        admin.delete_account(&root, victim, Some(successor)).await.unwrap();
        let me = world.app.accounts.me(&world.manager).await.unwrap();
        assert_eq!(me.tenants[0].role, Some(TenantRole::Admin));
        let sign_in = world.app.accounts.sign_in("admin@example.org", PASSWORD.to_owned(), client()).await;
        assert!(sign_in.is_err());
        let secret = link.split_once('#').unwrap().1.to_owned();
        assert!(world.app.accounts.use_reset(&secret, "velvet-harbour-93".to_owned(), client()).await.is_err());
        assert!(world.app.accounts.avatar(root.person(), victim).await.is_err());
        assert!(matches!(admin.account(&root, victim).await, Err(AdministrationError::NotFound)));
        let named = world.audit().await.into_iter().any(|entry| entry.actor_name == "admin@example.org");
        assert!(named, "the log keeps the name");
        let dump = world.db.dump(&["audit_entry", "task", "console_session", "server"]).await;
        let id = victim.uuid().simple().to_string();
        for (table, rows) in dump {
            let mentions = rows.iter().any(|row| row.to_lowercase().replace('-', "").contains(&id));
            assert!(!mentions, "{table} still has the account");
        }
    })
    .await;
}

/// One pixel.
fn tiny_png() -> Vec<u8> {
    let bytes = "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360606000000004000\
                 1f61738550000000049454e44ae426082";
    (0..bytes.len()).step_by(2).map(|at| u8::from_str_radix(&bytes[at..at + 2], 16).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_system_admin_stays() {
    on_both(|world| async move {
        let root = root(&world).await;
        let admin = &world.app.administration;
        let id = root.person().user();
        let version = async || admin.account(&root, id).await.unwrap().account.version;
        let changes = [
            AccountIn { system_role: Some(SystemRole::User), ..AccountIn::default() },
            AccountIn { is_active: Some(false), ..AccountIn::default() },
        ];
        for change in changes {
            let refused = admin.update_account(&root, id, version().await, change).await;
            assert!(matches!(refused, Err(AdministrationError::LastSystemAdmin)), "{refused:?}");
        }
        let refused = admin.delete_account(&root, id, None).await;
        assert!(matches!(refused, Err(AdministrationError::LastSystemAdmin)), "{refused:?}");
        let new =
            AccountNew { email: "two@example.org".into(), full_name: "Two".into(), system_role: SystemRole::Admin };
        let two = admin.create_account(&root, new).await.unwrap().account.account;
        let stale = AccountIn { full_name: Some("Other".into()), ..AccountIn::default() };
        let refused = admin.update_account(&root, two.id, two.version + 1, stale).await;
        assert!(matches!(refused, Err(AdministrationError::ChangedMeanwhile)), "{refused:?}");
        admin.delete_account(&root, id, None).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_listed_changed_and_disabled_at_once() {
    on_both(|world| async move {
        let root = root(&world).await;
        let admin = &world.app.administration;
        let first = admin.accounts(&root, &page(2)).await.unwrap();
        assert_eq!((first.total, first.accounts.len()), (5, 2));
        assert_eq!(first.accounts[0].account.email, "admin@example.org");
        assert_eq!((first.accounts[0].tenants[0].slug.as_str(), first.accounts[0].account.sessions), ("ours", 1));
        let next = admin.accounts(&root, &Page { cursor: first.next_cursor, ..page(2) }).await.unwrap();
        assert_eq!(next.accounts[0].account.email, "root@example.org");
        let found = admin.accounts(&root, &Page { q: "VIEW%".into(), ..page(50) }).await.unwrap();
        assert!(found.accounts.is_empty(), "what is typed is no pattern");
        let found = admin.accounts(&root, &Page { q: "VIEW".into(), ..page(50) }).await.unwrap();
        let viewer = found.accounts[0].account.clone();
        assert_eq!((found.total, viewer.id), (1, world.viewer_id));
        let (_, mut browser) = world.open(&world.viewer, 100, false).await;
        browser.handshake().await.unwrap();
        let off = AccountIn { is_active: Some(false), ..AccountIn::default() };
        let changed = admin.update_account(&root, viewer.id, viewer.version, off).await.unwrap().account;
        assert_eq!(browser.reason().await, "revoked");
        assert_eq!((changed.is_active, changed.sessions, changed.version), (false, 0, viewer.version + 1));
        let taken = AccountIn { email: Some("Admin@example.org".into()), ..AccountIn::default() };
        let refused = admin.update_account(&root, viewer.id, changed.version, taken).await;
        assert!(matches!(refused, Err(AdministrationError::EmailTaken)), "{refused:?}");
        let session = world.app.accounts.sign_in("manager@example.org", PASSWORD.to_owned(), client()).await.unwrap();
        admin.end_sessions(&root, world.manager.user()).await.unwrap();
        let ended = world.app.access.authenticate(&session.token, client()).await;
        assert!(matches!(ended, Err(NotSignedIn::Unknown)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_are_made_changed_and_closed() {
    on_both(|world| async move {
        let root = root(&world).await;
        let admin = &world.app.administration;
        let named = |name: &str| OrganisationNew { name: name.into(), ..OrganisationNew::default() };
        let made = admin
            .create_organisation(
                &root,
                OrganisationNew { admin: Some("manager@example.org".into()), ..named("Höhere Schule") },
            )
            .await
            .unwrap();
        assert_eq!((made.tenant.row.slug.as_str(), made.invitation.is_none()), ("hoehere-schule", true));
        assert_eq!(made.tenant.admins[0].email, "manager@example.org");
        let invited = OrganisationNew { admin: Some("new@example.org".into()), ..named("Höhere Schule") };
        let second = admin.create_organisation(&root, invited).await.unwrap();
        assert_eq!(second.tenant.row.slug, "hoehere-schule-2", "a slug that follows from the name gives way");
        let invitation = second.invitation.unwrap();
        assert_eq!((invitation.email.as_str(), invitation.role), ("new@example.org", TenantRole::Admin));
        let taken =
            admin.create_organisation(&root, OrganisationNew { slug: Some("ours".into()), ..named("Ours") }).await;
        assert!(matches!(taken, Err(AdministrationError::SlugTaken)));
        let wrong = OrganisationNew { slug: Some("Bad Slug".into()), admin: Some("nobody".into()), ..named(" ") };
        let Err(AdministrationError::Invalid(fields)) = admin.create_organisation(&root, wrong).await.map(|_| ())
        else {
            panic!("accepted")
        };
        assert_eq!(fields.iter().map(|error| error.field).collect::<Vec<_>>(), ["name", "slug", "admin"]);

        let list = admin.organisations(&root, &Page { q: "ours".into(), ..page(50) }).await.unwrap();
        let ours = &list.tenants[0];
        assert_eq!((ours.row.id, ours.row.members, ours.row.servers, ours.guests), (world.tenant, 3, 1, 5));
        let (_, mut browser) = world.open(&world.viewer, 100, false).await;
        browser.handshake().await.unwrap();
        let close = OrganisationIn { is_active: Some(false), slug: Some("ours-2".into()), ..OrganisationIn::default() };
        let closed = admin.update_organisation(&root, world.tenant, ours.row.version, close.clone()).await.unwrap();
        assert_eq!((closed.row.slug.as_str(), closed.row.is_active), ("ours-2", false));
        assert_eq!(browser.reason().await, "revoked");
        until("the poller's end", || async { world.app.inventory.snapshot(world.server).is_none().then_some(()) })
            .await;
        let stale = admin.update_organisation(&root, world.tenant, ours.row.version, close).await;
        assert!(matches!(stale, Err(AdministrationError::ChangedMeanwhile)));
        let unknown: TenantId = uuid::Uuid::now_v7().into();
        let missing = admin.update_organisation(&root, unknown, 1, OrganisationIn::default()).await;
        assert!(matches!(missing, Err(AdministrationError::NotFound)));

        let (_, stranger) = person(&world.app, "second", None).await;
        assert!(matches!(world.app.access.system_grant(&stranger), Err(Refused::Forbidden)));
        let servers = admin.servers(&root).await.unwrap();
        assert_eq!((servers.len(), servers[0].tenant.slug.as_str(), servers[0].name.as_str()), (1, "ours-2", "Rack 1"));
        let system = admin.overview(&root).await.unwrap();
        assert!(system.database.contains("schema 1"), "{}", system.database);
        assert!(system.tasks.iter().any(|task| task.name == "audit.chain"));
        assert_eq!((system.counts.tenants, system.counts.servers, system.mail), (4, 1, false));
    })
    .await;
}
