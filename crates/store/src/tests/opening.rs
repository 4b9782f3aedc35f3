//! What is refused when a database is opened.

use crate::testing::{Engine, TestDb, on_both};
use crate::{Error, Store, StoreOptions};

#[tokio::test]
async fn a_newer_schema_is_refused() {
    on_both(async |db| {
        let newer = match db.engine {
            Engine::Sqlite => {
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', TRUE, x'00', 0)"
            }
            Engine::Postgres => {
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', TRUE, '\\x00', 0)"
            }
        };
        db.tamper(newer).await;
        assert!(matches!(Store::open(&db.url, &db.options).await.err(), Some(Error::SchemaNewer)));
        // Also where this process may not migrate.
        let options = StoreOptions { migrate_url: None, ..db.options.clone() };
        assert!(matches!(Store::open(&db.url, &options).await.err(), Some(Error::SchemaNewer)));
    })
    .await;
}

#[tokio::test]
async fn roles_that_walk_through_the_second_wall_are_refused() {
    let Some(db) = TestDb::fresh(Engine::Postgres).await else { return };
    let remains = db.remains();
    let owner = db.options.migrate_url.clone().unwrap();
    let system = db.options.system_url.clone().unwrap();
    // The owner, and the wrong role, as the app's; the app's as the system's; no system URL.
    for (url, system_url) in [
        (&owner, Some(&system)),
        (&system, Some(&system)),
        (&db.url, Some(&db.url)),
        (&db.url, None),
        (&db.url, Some(&owner)),
    ] {
        let options = StoreOptions { system_url: system_url.cloned(), ..db.options.clone() };
        assert!(matches!(Store::open(url, &options).await.err(), Some(Error::Roles(_) | Error::Url(_))), "{url}");
    }
    remains.remove().await;
}

#[tokio::test]
async fn urls_are_checked_and_never_shown() {
    for url in ["mysql://nexus:hunter2@db/nexus", "sqlite://", "nexus.db"] {
        let error = Store::open(url, &StoreOptions::default()).await.err().unwrap();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn the_database_file_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deeper/nexus.db");
    let (store, _mint) = Store::open(&format!("sqlite://{}", path.display()), &StoreOptions::default()).await.unwrap();
    for file in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
    store.close().await;
}
