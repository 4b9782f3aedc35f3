//! Read-then-write is serial on both engines, when the operation locks first.

use super::Organisation;
use crate::testing::on_both;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_at_once_never_exceed_a_limit() {
    const LIMIT: u32 = 20;
    on_both(async |db| {
        let one = Organisation::make(&db, 1).await;
        let (store, mint) = db.second().await;
        let mint = std::sync::Arc::new(mint);
        let mut attempts = tokio::task::JoinSet::new();
        for n in 0..50 {
            let (store, mint) = (store.clone(), std::sync::Arc::clone(&mint));
            let (admin, tenant) = (one.admin, one.tenant);
            attempts.spawn(async move {
                let scope = mint.tenant(admin, tenant);
                let mut write = store.tenant_write(&scope).await.unwrap();
                write.lock().await.unwrap();
                if write.server_count().await.unwrap() >= LIMIT {
                    return false;
                }
                let new = super::server(uuid::Uuid::now_v7().into(), tenant, &format!("many{n}"));
                write.insert_server(&new).await.unwrap();
                write.commit().await.unwrap();
                true
            });
        }
        let made = attempts.join_all().await.into_iter().filter(|made| *made).count();
        assert_eq!(made, 19, "one was there before, on {:?}", db.engine);
        let scope = db.mint.tenant(one.admin, one.tenant);
        assert_eq!(db.store.tenant_read(&scope).await.unwrap().server_count().await.unwrap(), LIMIT);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_count_of_failures_loses_none() {
    on_both(async |db| {
        let (store, mint) = db.second().await;
        let system = mint.system();
        let mut attempts = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (store, system) = (store.clone(), system.clone());
            attempts.spawn(async move {
                let mut write = store.system_write(&system).await.unwrap();
                let counted = write.count_failure("account:x", super::NOW, super::NOW).await.unwrap();
                write.commit().await.unwrap();
                counted.failures
            });
        }
        let mut seen = attempts.join_all().await;
        seen.sort_unstable();
        assert_eq!(seen, (1..=50).collect::<Vec<i64>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_set_up_link_is_used_by_one_of_many() {
    on_both(async |db| {
        let (store, mint) = db.second().await;
        let system = mint.system();
        let later = super::NOW.plus(std::time::Duration::from_secs(60));
        let mut write = store.system_write(&system).await.unwrap();
        write.replace_setup_link([7; 32], super::NOW, later).await.unwrap();
        write.commit().await.unwrap();
        let mut attempts = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (store, system) = (store.clone(), system.clone());
            attempts.spawn(async move {
                let mut write = store.system_write(&system).await.unwrap();
                let used = write.consume_setup_link([7; 32], super::NOW).await.unwrap();
                write.commit().await.unwrap();
                used
            });
        }
        assert_eq!(attempts.join_all().await.into_iter().filter(|used| *used).count(), 1);
    })
    .await;
}
