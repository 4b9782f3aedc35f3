//! Changes of rights raise epochs and are heard, in the same process and (on PostgreSQL) in others, after the commit.

use std::time::Duration;

use super::Organisation;
use crate::Whose;
use crate::testing::on_both;

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_change_is_heard_after_its_commit_and_raises_the_epoch() {
    on_both(async |db| {
        let one = Organisation::make(&db, 1).await;
        let mut heard = db.store.access_changes().await.unwrap();
        let scope = db.mint.system();
        let mut write = db.store.system_write(&scope).await.unwrap();
        let before = write.user_epochs(&[one.viewer, one.admin]).await.unwrap();
        write.rights_changed(Whose::User(one.viewer)).await.unwrap();
        write.rights_changed(Whose::Tenant(one.tenant)).await.unwrap();
        write.commit().await.unwrap();
        tokio::time::timeout(PATIENCE, heard.changed()).await.unwrap().unwrap();
        let mut read = db.store.system_read(&scope).await.unwrap();
        let mut after = read.user_epochs(&[one.viewer, one.admin]).await.unwrap();
        after.retain(|epoch| !before.contains(epoch));
        assert_eq!(after, [(one.viewer, 1)]);
        assert_eq!(read.tenant_epochs(&[one.tenant]).await.unwrap(), [(one.tenant, 1)]);
    })
    .await;
}

#[tokio::test]
async fn what_is_rolled_back_changes_nothing() {
    on_both(async |db| {
        let one = Organisation::make(&db, 1).await;
        let scope = db.mint.system();
        let mut write = db.store.system_write(&scope).await.unwrap();
        write.rights_changed(Whose::User(one.viewer)).await.unwrap();
        drop(write);
        let mut read = db.store.system_read(&scope).await.unwrap();
        assert_eq!(read.user_epochs(&[one.viewer]).await.unwrap(), [(one.viewer, 0)]);
    })
    .await;
}

#[tokio::test]
async fn a_tenants_own_transaction_may_announce_too() {
    on_both(async |db| {
        let one = Organisation::make(&db, 1).await;
        let scope = db.mint.tenant(one.admin, one.tenant);
        let mut write = db.store.tenant_write(&scope).await.unwrap();
        write.rights_changed(Whose::Tenant(one.tenant)).await.unwrap();
        write.rights_changed(Whose::User(one.viewer)).await.unwrap();
        write.commit().await.unwrap();
        let system = db.mint.system();
        let mut read = db.store.system_read(&system).await.unwrap();
        assert_eq!(read.tenant_epochs(&[one.tenant]).await.unwrap(), [(one.tenant, 1)]);
        assert_eq!(read.user_epochs(&[one.viewer]).await.unwrap(), [(one.viewer, 1)]);
    })
    .await;
}

#[tokio::test]
async fn another_process_hears_it_on_postgres_also_after_a_lost_connection() {
    on_both(async |db| {
        let one = Organisation::make(&db, 1).await;
        let (other, _mint) = db.second().await;
        let mut heard = other.access_changes().await.unwrap();
        if !heard.hears_others() {
            return;
        }
        let scope = db.mint.system();
        let change = async || {
            let mut write = db.store.system_write(&scope).await.unwrap();
            write.rights_changed(Whose::User(one.viewer)).await.unwrap();
            write.commit().await.unwrap();
        };
        change().await;
        tokio::time::timeout(PATIENCE, heard.changed()).await.unwrap().unwrap();
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND query LIKE '%nexus_access%' AND pid <> pg_backend_pid()";
        db.tamper(cut).await;
        // The loss itself wakes the listener: what was announced meanwhile is gone. It hears again, or says that it cannot.
        let woken = tokio::time::timeout(PATIENCE, heard.changed()).await.unwrap();
        if woken.is_err() {
            heard = other.access_changes().await.unwrap();
        }
        change().await;
        tokio::time::timeout(PATIENCE, heard.changed()).await.unwrap().unwrap();
    })
    .await;
}
