//! Keys rotate while Nexus runs, and whoever dies in between leaves everything readable.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use nexus_app::access::ManageServers;
use nexus_app::audit::Verified;
use nexus_app::keys::{Keys, KeysError};
use nexus_app::servers::ServerInput;
use nexus_app::{App, Clock, Config, Tuning};
use nexus_model::{ServerId, TenantId};
use nexus_net::dial::Dialer;
use nexus_net::guard::{Guard, GuardConfig};
use nexus_store::SealedKind;
use nexus_store::keys::{KeyFile, KeyRing, Place};
use nexus_store::testing::TestDb;

use crate::world::{PATIENCE, SECRET, World, on_both, server_input, until};

async fn config(world: &World, ring: KeyRing) -> Config {
    let (store, mint) = world.db.second().await;
    let ports = ["pve1", "pve2"].map(|node| world.sim.address(node).port()).to_vec();
    let guard = Guard::pve(GuardConfig { ports, allow_loopback: true, ..GuardConfig::default() });
    Config {
        store,
        mint,
        keys: Arc::new(ring),
        clock: Clock::system(),
        dialer: Dialer::new(guard, None),
        roots: Vec::new(),
        health_interval: Duration::from_millis(500),
        origin: "http://127.0.0.1".into(),
        smtp: None,
        environment: nexus_app::servers::EnvironmentServer::default(),
        operating: nexus_app::OperatingConfig::default(),
        webhooks: nexus_app::webhooks::WebhookConfig::default(),
        objects: nexus_app::objects::ObjectsConfig::Memory,
    }
}

/// A running Nexus whose keys are in a file: those of the world, so that it reads what is there.
async fn running(world: &World, file: &Path) -> App {
    let tuning = Tuning { chain_every: Duration::from_millis(50), ..Tuning::default() };
    App::start_tuned(config(world, KeyRing::read(file).unwrap()).await, tuning).await.unwrap()
}

/// What `nexus keys` works with, as a process of its own.
async fn command(world: &World, file: &Path) -> Keys {
    App::offline(config(world, KeyRing::read(file).unwrap()).await).unwrap().keys
}

fn key_file(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("keys");
    std::fs::write(&file, format!("one:{}\n", "11".repeat(32))).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    file
}

async fn sealed_under(db: &TestDb, server: ServerId) -> String {
    let system = db.mint.system();
    let row = db.store.system_read(&system).await.unwrap().any_server(server).await.unwrap().unwrap();
    KeyRing::key_id(&row.token_secret).unwrap().to_owned()
}

async fn add(app: &App, world: &World, tenant: TenantId, node: &str) -> ServerId {
    let grant = app.access.grant::<ManageServers>(&world.admin, tenant).await.unwrap();
    let input = server_input(&world.sim);
    let tls = nexus_model::Tls::Pin { fingerprint: world.sim.fingerprint(node) };
    let input = ServerInput { port: world.sim.address(node).port().into(), tls, name: node.into(), ..input };
    app.servers.create(&grant, input).await.unwrap().id
}

async fn whole(app: &App) {
    until("everything chained", || async {
        let chains = app.audit.verify_all().await.unwrap();
        chains.iter().all(|(_, found)| matches!(found, Verified::Whole { .. })).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_rotate_while_nexus_runs() {
    on_both(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let file = key_file(folder.path());
        let app = running(&world, &file).await;
        tokio::time::timeout(PATIENCE, app.inventory.first_snapshot(world.server)).await.unwrap();
        let keys = command(&world, &file).await;
        let rotated = keys.rotate().await.unwrap();
        assert_eq!((rotated.sealed, rotated.unreadable.len()), (1, 0));
        assert_eq!(sealed_under(&world.db, world.server).await, rotated.current);
        // The running process meets the new key and goes on with it.
        let grant = app.access.grant::<ManageServers>(&world.admin, world.tenant).await.unwrap();
        assert!(app.servers.test_stored(&grant, world.server).await.unwrap().ok);
        let second = add(&app, &world, world.tenant, "pve2").await;
        assert_eq!(sealed_under(&world.db, second).await, rotated.current);
        tokio::time::timeout(PATIENCE, app.inventory.first_snapshot(second)).await.unwrap();
        whole(&app).await;
        let list = keys.list().await.unwrap();
        assert!(list.lost.is_none() && list.keys[0].is_current && list.keys[0].used.tokens == 2, "{list:?}");
        assert!(list.keys[1].id == "one" && list.keys[1].used.tokens == 0 && list.keys[1].used.ends == 0);
        let entries = app.audit.recent(None, 10).await.unwrap();
        let entry = entries.iter().find(|entry| entry.action == "keys.rotate").unwrap();
        assert!(entry.after_state.as_deref().unwrap().contains(&rotated.current));
        assert!(!format!("{entries:?}{list:?}{rotated:?}").contains(&"11".repeat(16)));
        app.stop().await;
        // The next start needs both keys: the log's entries keep theirs.
        let app = running(&world, &file).await;
        whole(&app).await;
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_dies_in_between_leaves_everything_readable() {
    on_both(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let file = key_file(folder.path());
        let first = running(&world, &file).await;
        let second = add(&first, &world, world.tenant, "pve2").await;
        first.stop().await;
        // After the key file was written, before anything was sealed.
        let current = KeyFile::lock(&file).unwrap().put_first().unwrap();
        let app = running(&world, &file).await;
        for server in [world.server, second] {
            tokio::time::timeout(PATIENCE, app.inventory.first_snapshot(server)).await.unwrap();
        }
        app.stop().await;
        // In the middle of sealing: one row is done.
        let (ring, system) = (KeyRing::read(&file).unwrap(), world.own_system());
        let mut tx = world.db.store.system_write(&system).await.unwrap();
        let rows = tx.sealed(SealedKind::Token, uuid::Uuid::nil(), 10).await.unwrap();
        let place = Place { table: "server", row: rows[0].id, column: "token_secret" };
        assert!(tx.seal_anew(SealedKind::Token, &rows[0], &ring.seal(SECRET.as_bytes(), &place)).await.unwrap());
        // Somebody else was faster: what is there now is not what was read.
        assert!(!tx.seal_anew(SealedKind::Token, &rows[0], b"older").await.unwrap());
        tx.commit().await.unwrap();
        let app = running(&world, &file).await;
        for server in [world.server, second] {
            tokio::time::timeout(PATIENCE, app.inventory.first_snapshot(server)).await.unwrap();
        }
        let keys = command(&world, &file).await;
        let rotated = keys.seal_anew().await.unwrap();
        assert_eq!((rotated.sealed, rotated.current.as_str()), (1, current.as_str()));
        assert_eq!(keys.seal_anew().await.unwrap().sealed, 0);
        whole(&app).await;
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_go_when_nothing_needs_them() {
    on_both(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let file = key_file(folder.path());
        let app = running(&world, &file).await;
        whole(&app).await;
        app.stop().await;
        let keys = command(&world, &file).await;
        let (unneeded, current) = (keys.rotate().await.unwrap().current, keys.rotate().await.unwrap().current);
        assert!(matches!(keys.prune().await, Err(KeysError::TooEarly)), "somebody may not know the new key yet");
        let long_ago = SystemTime::now() - Duration::from_secs(3600);
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(long_ago).unwrap();
        let pruned = keys.prune().await.unwrap();
        assert_eq!(pruned.removed, [unneeded]);
        assert!(pruned.kept.len() == 1 && pruned.kept[0].id == "one" && pruned.kept[0].used.entries > 0, "{pruned:?}");
        assert_eq!(KeyRing::read(&file).unwrap().ids(), [current, "one".into()]);
        let app = running(&world, &file).await;
        tokio::time::timeout(PATIENCE, app.inventory.first_snapshot(world.server)).await.unwrap();
        whole(&app).await;
        // A value that nothing opens is said and left alone.
        world.db.tamper("UPDATE server SET token_secret = substr(token_secret, 1, 20)").await;
        let rotated = keys.rotate().await.unwrap();
        assert_eq!((rotated.sealed, rotated.unreadable), (0, vec![(SealedKind::Token, world.server.uuid())]));
        app.stop().await;
    })
    .await;
}
