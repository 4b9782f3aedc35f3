//! `nexus backup` beside a Nexus that serves, and `nexus restore` into an empty folder: as people run them.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::StatusCode;
use nexus::config::Settings;
use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Engine, World};

/// Runs the binary on a data folder, and nothing else set.
async fn nexus(data: &Path, more: Vec<(&'static str, String)>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nexus"));
    command.env_clear().args(arguments).env("NEXUS_DATA", data).env("NEXUS_LOG", "off").envs(more);
    tokio::task::spawn_blocking(move || command.output().expect("the binary runs")).await.expect("it ends")
}

/// The same for a Nexus that serves.
async fn beside(settings: &Settings, arguments: &[&str]) -> Output {
    let of = |name: &'static str, value: &Option<String>| value.clone().map(|value| (name, value));
    let mut more: Vec<(&str, String)> = Vec::new();
    more.extend(of("NEXUS_DATABASE_URL", &settings.database_url));
    more.extend(of("NEXUS_DATABASE_SYSTEM_URL", &settings.database_system_url));
    let file = settings.encryption_keys_file.as_ref().map(|file| file.display().to_string());
    more.extend(of("NEXUS_ENCRYPTION_KEYS_FILE", &file));
    nexus(&settings.data, more, arguments).await
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

/// A Nexus on SQLite with its keys in a file.
async fn world(folder: &Path) -> World {
    let file = folder.join("ring");
    std::fs::write(&file, format!("first:{}\n", "5a".repeat(32))).expect("a key file");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("its mode");
    let changed = World::start_changed(Engine::Sqlite, |settings| {
        settings.encryption_keys = Vec::new();
        settings.encryption_keys_file = Some(file.clone());
    });
    changed.await.expect("SQLite is always there")
}

/// The parts of a backup.
fn parts(file: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(GzDecoder::new(std::fs::File::open(file).expect("the backup")));
    let entries = archive.entries().expect("a tar").map(|entry| {
        let mut entry = entry.expect("an entry");
        let name = text(&entry.path().expect("a name")).to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        (name, bytes)
    });
    entries.collect()
}

/// A file of the form of a backup.
fn packed(file: &Path, parts: &[(String, Vec<u8>)]) {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in parts {
        let mut head = tar::Header::new_gnu();
        head.set_size(bytes.len() as u64);
        // `set_path` refuses what this test is about.
        head.as_gnu_mut().expect("GNU").name[..name.len()].copy_from_slice(name.as_bytes());
        head.set_cksum();
        tar.append(&head, bytes.as_slice()).expect("a part");
    }
    std::fs::write(file, tar.into_inner().and_then(GzEncoder::finish).expect("a tar")).expect("a file");
}

/// A folder that does not exist yet.
fn place(folder: &Path, name: &str) -> PathBuf {
    folder.join(name)
}

async fn refused(data: &Path, file: &Path, words: &str) {
    let output = nexus(data, Vec::new(), &["restore", text(file)]).await;
    assert!(!output.status.success() && said(&output).contains(words), "{words}: {}", said(&output));
    let left = std::fs::read_dir(data).map(Iterator::count).unwrap_or_default();
    assert_eq!(left, 0, "nothing is left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_nexus_keeps_comes_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let world = world(folder.path()).await;
    let object = format!("objects/tenants/{}/logo/abc", world.ours.tenant);
    let whole = world.settings.data.join(&object);
    std::fs::create_dir_all(whole.parent().expect("a folder")).expect("the folder");
    std::fs::write(&whole, b"a picture").expect("an object");

    // People work meanwhile.
    let root = world.browser("root@nexus.example").await;
    let working = async {
        for number in 0..20 {
            let email = format!("new{number}@example.org");
            let new = json!({ "email": email, "full_name": "New", "system_role": "user" });
            assert_eq!(root.post("/api/v1/users", &new).await.status, StatusCode::CREATED);
        }
    };
    let (file, with_keys) = (place(folder.path(), "one.tar.gz"), place(folder.path(), "two.tar.gz"));
    let arguments = ["backup", text(&file)];
    let (output, ()) = tokio::join!(beside(&world.settings, &arguments), working);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("encryption keys are not in it"), "{}", said(&output));
    let output = beside(&world.settings, &["backup", text(&with_keys), "--with-keys"]).await;
    assert!(output.status.success(), "{}", said(&output));
    let again = beside(&world.settings, &["backup", text(&file)]).await;
    assert!(!again.status.success() && said(&again).contains("is there already"), "{}", said(&again));
    assert_eq!(std::fs::metadata(&file).expect("the backup").permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 3, "nothing unfinished is left");

    let ring = "5a".repeat(32);
    let names = |file: &Path| parts(file).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&file), ["manifest.json".to_owned(), "nexus.db".to_owned(), object.clone()]);
    assert!(names(&with_keys).contains(&"keys".to_owned()));
    assert!(parts(&file).iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains(&ring)));
    let manifest: Value = serde_json::from_slice(&parts(&file)[0].1).expect("a manifest");
    assert_eq!((&manifest["format"], &manifest["with_keys"]), (&json!(1), &json!(false)));

    // Without the keys it is put back, and does not start until they are there.
    let data = place(folder.path(), "data");
    let output = nexus(&data, Vec::new(), &["restore", text(&file)]).await;
    assert!(output.status.success() && said(&output).contains("put them back"), "{}", said(&output));
    let keys = nexus(&data, Vec::new(), &["keys", "list"]).await;
    assert!(!keys.status.success() && said(&keys).contains("keys that are gone"), "{}", said(&keys));
    std::fs::copy(folder.path().join("ring"), data.join("keys")).expect("the keys");
    let keys = nexus(&data, Vec::new(), &["keys", "list"]).await;
    assert!(keys.status.success() && said(&keys).contains("2 API tokens"), "{}", said(&keys));
    refused_when_used(&data, &file).await;

    // With them it goes on at once: what people did is there, and the log is whole.
    let data = place(folder.path(), "all");
    let output = nexus(&data, Vec::new(), &["restore", text(&with_keys)]).await;
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(std::fs::read(data.join(&object)).expect("the object"), b"a picture");
    for private in ["nexus.db", "keys"] {
        assert_eq!(std::fs::metadata(data.join(private)).expect(private).permissions().mode() & 0o777, 0o600);
    }
    let verified = nexus(&data, Vec::new(), &["audit", "verify"]).await;
    assert!(verified.status.success(), "{}", said(&verified));
    let tenant = world.ours.path("/servers");
    world.stop().await;
    goes_on(&data, &tenant).await;
}

async fn refused_when_used(data: &Path, file: &Path) {
    let before = std::fs::read_dir(data).expect("the folder").count();
    let output = nexus(data, Vec::new(), &["restore", text(file)]).await;
    assert!(!output.status.success() && said(&output).contains("is not empty"), "{}", said(&output));
    assert_eq!(std::fs::read_dir(data).expect("the folder").count(), before);
}

/// A Nexus on the restored folder: people sign in, and their servers are there.
async fn goes_on(data: &Path, servers: &str) {
    let settings =
        Settings { data: data.to_owned(), listen: "127.0.0.1:0".parse().expect("an address"), ..Settings::default() };
    let running = nexus::start(&settings, nexus_app::Clock::system(), nexus_app::Tuning::default());
    let running = running.await.expect("it starts");
    let nobody = testkit::Browser::new(running.address);
    let admin = nobody.signed_in("admin@ours.example", PASSWORD).await;
    let answer = admin.get(servers).await;
    assert_eq!((answer.status, answer.json()["servers"].as_array().map(Vec::len)), (StatusCode::OK, Some(1)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_or_strange_is_refused_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let world = world(folder.path()).await;
    let file = place(folder.path(), "good.tar.gz");
    let output = beside(&world.settings, &["backup", text(&file)]).await;
    assert!(output.status.success(), "{}", said(&output));
    let (good, data) = (std::fs::read(&file).expect("the backup"), place(folder.path(), "data"));
    let bad = place(folder.path(), "bad.tar.gz");
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 0x40;
    for bytes in [&flipped[..], &good[..good.len() / 2], b"", b"no backup at all"] {
        std::fs::File::create(&bad).and_then(|mut file| file.write_all(bytes)).expect("a file");
        refused(&data, &bad, "was not restored").await;
    }
    refused(&data, &place(folder.path(), "nothing.tar.gz"), "cannot open").await;

    // Whole, but not what a backup is.
    let parts = parts(&file);
    let manifest = |change: fn(&mut Value)| {
        let mut manifest: Value = serde_json::from_slice(&parts[0].1).expect("a manifest");
        change(&mut manifest);
        ("manifest.json".to_owned(), manifest.to_string().into_bytes())
    };
    let database = parts[1].clone();
    packed(&bad, &[manifest(|_| {}), ("nexus.db".into(), b"x".to_vec())]);
    refused(&data, &bad, "another size").await;
    let mut other = database.1.clone();
    *other.last_mut().expect("bytes") ^= 1;
    packed(&bad, &[manifest(|_| {}), ("nexus.db".into(), other)]);
    refused(&data, &bad, "digest").await;
    packed(&bad, &[manifest(|manifest| manifest["format"] = json!(2)), database.clone()]);
    refused(&data, &bad, "use that version").await;
    packed(&bad, &[manifest(|manifest| manifest["schema"] = json!(7)), database.clone()]);
    refused(&data, &bad, "damaged").await;
    packed(&bad, &[manifest(|_| {}), database.clone(), ("objects/more".into(), b"x".to_vec())]);
    refused(&data, &bad, "damaged").await;
    for name in ["../evil", "/tmp/evil", "objects/../../evil", "nexus.toml", "objects"] {
        let mut changed: Value = serde_json::from_slice(&parts[0].1).expect("a manifest");
        let part = json!({ "name": name, "size": 1, "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" });
        changed["parts"].as_array_mut().expect("parts").push(part);
        let head = ("manifest.json".to_owned(), changed.to_string().into_bytes());
        packed(&bad, &[head, database.clone(), (name.to_owned(), b"x".to_vec())]);
        refused(&data, &bad, "no part of a backup").await;
    }
    assert!(!folder.path().join("evil").exists());

    // A database of a later version.
    world
        .tamper(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', TRUE, x'00', 0)",
        )
        .await;
    let late = place(folder.path(), "late.tar.gz");
    let output = beside(&world.settings, &["backup", text(&late)]).await;
    assert!(!output.status.success() && said(&output).contains("newer version"), "{}", said(&output));
    assert!(!late.exists());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_left_to_its_own_means() {
    let Some(world) = World::start(Engine::Postgres).await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut more = vec![("NEXUS_ENCRYPTION_KEYS", world.settings.encryption_keys.join(","))];
    let of = |name: &'static str, value: &Option<String>| value.clone().map(|value| (name, value));
    more.extend(of("NEXUS_DATABASE_URL", &world.settings.database_url));
    more.extend(of("NEXUS_DATABASE_SYSTEM_URL", &world.settings.database_system_url));
    let file = folder.path().join("x.tar.gz");
    for (command, word) in [("backup", "pg_dump"), ("restore", "pg_restore")] {
        let output = nexus(&world.settings.data, more.clone(), &[command, text(&file)]).await;
        assert!(!output.status.success() && said(&output).contains(word), "{}", said(&output));
    }
    assert!(!file.exists());
    world.stop().await;
}
