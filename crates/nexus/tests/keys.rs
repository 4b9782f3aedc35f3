//! `nexus keys` as people run it: a process of its own, beside a Nexus that serves on the same database.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use http::StatusCode;
use nexus::config::Settings;
use serde_json::json;
use testkit::{Browser, Engine, World};

/// Runs the binary with the settings of a running Nexus, and nothing else.
async fn nexus(settings: &Settings, arguments: &'static [&'static str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nexus"));
    command.env_clear().args(arguments).env("NEXUS_DATA", &settings.data).env("NEXUS_LOG", "off");
    let of = |name: &str, value: &Option<String>| value.clone().map(|value| (name.to_owned(), value));
    command.envs(of("NEXUS_DATABASE_URL", &settings.database_url));
    command.envs(of("NEXUS_DATABASE_MIGRATE_URL", &settings.database_migrate_url));
    command.envs(of("NEXUS_DATABASE_SYSTEM_URL", &settings.database_system_url));
    if settings.encryption_keys.is_empty() {
        command.envs(settings.encryption_keys_file.as_ref().map(|file| ("NEXUS_ENCRYPTION_KEYS_FILE", file)));
    } else {
        command.env("NEXUS_ENCRYPTION_KEYS", settings.encryption_keys.join(","));
    }
    tokio::task::spawn_blocking(move || command.output().expect("the binary runs")).await.expect("it ends")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn succeeds(settings: &Settings, arguments: &'static [&'static str]) -> String {
    let output = nexus(settings, arguments).await;
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    said(&output)
}

fn written_long_ago(file: &Path) {
    let long_ago = SystemTime::now() - Duration::from_secs(3600);
    let file = std::fs::File::options().write(true).open(file).expect("the key file");
    file.set_modified(long_ago).expect("its time can be set");
}

fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).expect("the key file").permissions().mode() & 0o777
}

/// The Nexus that serves opens what is sealed with the newest key; it looks at the file again within seconds.
async fn goes_on(world: &World, admin: &Browser) {
    let path = world.ours.path(&format!("/servers/{}/test", world.ours.server));
    let opened = async {
        loop {
            let test = admin.post(&path, &json!({})).await;
            if test.status == StatusCode::OK && test.json()["ok"] == json!(true) {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), opened).await.expect("the token is opened");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_beside_a_nexus_that_serves() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("ring");
        std::fs::write(&file, format!("# the first\nfirst:{}\n", "5a".repeat(32))).expect("a key file");
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("its mode");
        let world = World::start_changed(engine, |settings| {
            settings.encryption_keys = Vec::new();
            settings.encryption_keys_file = Some(file.clone());
        });
        let Some(world) = world.await else { continue };
        let settings = &world.settings;
        // The log is chained every few seconds; until then its entries have no key.
        let chained = async {
            loop {
                let list = succeeds(settings, &["keys", "list"]).await;
                assert!(list.starts_with("first (current): 2 API tokens of servers"), "{list}");
                if list.contains("audit entries") {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), chained).await.expect("the log is chained");
        // Two tokens, and the secrets of two webhooks.
        let rotated = succeeds(settings, &["keys", "rotate"]).await;
        assert!(rotated.contains("4 secrets were sealed anew"), "{rotated}");
        assert_eq!((mode(&file), std::fs::read_dir(folder.path()).expect("the folder").count()), (0o600, 1));
        let list = succeeds(settings, &["keys", "list"]).await;
        let current = list.split_once(" (current): 2 API tokens").expect("the new key has the tokens").0.to_owned();
        assert!(current != "first" && list.contains("\nfirst: "), "{list}");
        // The one that serves goes on: it opens what is sealed with the new key.
        let admin = world.ours("admin").await;
        goes_on(&world, &admin).await;
        assert!(succeeds(settings, &["audit", "verify"]).await.contains("whole"));

        let early = nexus(settings, &["keys", "prune"]).await;
        assert!(!early.status.success() && said(&early).contains("in a minute"), "{}", said(&early));
        succeeds(settings, &["keys", "rotate"]).await;
        goes_on(&world, &admin).await;
        written_long_ago(&file);
        let pruned = succeeds(settings, &["keys", "prune"]).await;
        assert!(!pruned.contains("first: removed"), "the log's entries need it: {pruned}");
        let again = succeeds(settings, &["keys", "rotate", "--again"]).await;
        assert!(again.contains("0 secrets were sealed anew"), "{again}");
        let text = std::fs::read_to_string(&file).expect("the key file");
        assert!(text.contains("# the first") && mode(&file) == 0o600);
        for secret in text.lines().filter_map(|line| line.split_once(':')).map(|(_, secret)| secret) {
            assert!(![&list, &rotated, &pruned, &again].iter().any(|said| said.contains(secret)));
        }
        // Another ring than the database's is refused, and nothing is changed.
        let other = Settings { encryption_keys: vec![format!("other:{}", "77".repeat(32))], ..settings.clone() };
        let refused = nexus(&other, &["keys", "rotate"]).await;
        assert!(!refused.status.success() && said(&refused).contains("do not fit the database"), "{}", said(&refused));
        world.restarted().await.stop().await;
    }
}

#[tokio::test]
async fn a_new_key_is_one_that_a_ring_takes() {
    let settings = Settings::default();
    let key = succeeds(&settings, &["keys", "new"]).await;
    let ring = nexus_store::keys::KeyRing::parse(&key).expect("a ring");
    assert_eq!(ring.ids().len(), 1);
}
