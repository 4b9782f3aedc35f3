//! Rights that change: the row is the truth, the message is a hint.
//!
//! Every operation that changes rights calls `rights_changed` in the same transaction: it raises the epoch on the
//! user's or the tenant's row and, on PostgreSQL, announces it to the other processes when the transaction commits.
//! Who holds something open compares epochs; nothing here decides whether a right is still there.

use nexus_model::{TenantId, UserId};
use sqlx::postgres::PgListener;
use tokio::sync::watch;
use uuid::Uuid;

use crate::db::{Tx, sql};
use crate::{Result, Store, System, Tenant};

/// The channel of PostgreSQL's NOTIFY.
const CHANNEL: &str = "nexus_access";

/// How many epochs one statement reads.
const BATCH: usize = 32;

/// Whose rights changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// One person's, everywhere.
    User(UserId),
    /// Everybody's in one tenant.
    Tenant(TenantId),
}

sql! {
    RAISE_USER = "UPDATE user_account SET access_epoch = access_epoch + 1 WHERE id = $1";
    RAISE_TENANT = "UPDATE tenant SET access_epoch = access_epoch + 1 WHERE id = $1";
    USER_EPOCHS = "
        SELECT id, access_epoch AS epoch
          FROM user_account
         WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                      $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)";
    TENANT_EPOCHS = "
        SELECT id, access_epoch AS epoch
          FROM tenant
         WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                      $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)";
}

async fn raise(tx: &mut Tx, whose: Whose) -> Result<()> {
    let text = match whose {
        Whose::User(user) => {
            tx.query(RAISE_USER).bind(user).execute().await?;
            format!("u:{user}")
        }
        Whose::Tenant(tenant) => {
            tx.query(RAISE_TENANT).bind(tenant).execute().await?;
            format!("t:{tenant}")
        }
    };
    tx.announce(CHANNEL, &text).await
}

impl Tenant<'_> {
    /// Everybody who holds something open under this user or tenant looks again.
    ///
    /// # Errors
    /// The database.
    pub async fn rights_changed(&mut self, whose: Whose) -> Result<()> {
        self.rights_changed = true;
        raise(&mut self.tx, whose).await
    }
}

#[derive(sqlx::FromRow)]
struct Epoch {
    id: Uuid,
    epoch: i64,
}

impl System<'_> {
    /// Everybody who holds something open under this user or tenant looks again.
    ///
    /// # Errors
    /// The database.
    pub async fn rights_changed(&mut self, whose: Whose) -> Result<()> {
        self.rights_changed = true;
        raise(&mut self.tx, whose).await
    }

    /// The epochs of these users; who is gone is left out.
    ///
    /// # Errors
    /// The database.
    pub async fn user_epochs(&mut self, users: &[UserId]) -> Result<Vec<(UserId, i64)>> {
        let ids: Vec<Uuid> = users.iter().map(|user| user.uuid()).collect();
        let epochs = self.epochs(USER_EPOCHS, &ids).await?;
        Ok(epochs.into_iter().map(|(id, epoch)| (UserId::from(id), epoch)).collect())
    }

    /// The epochs of these tenants; what is gone is left out.
    ///
    /// # Errors
    /// The database.
    pub async fn tenant_epochs(&mut self, tenants: &[TenantId]) -> Result<Vec<(TenantId, i64)>> {
        let ids: Vec<Uuid> = tenants.iter().map(|tenant| tenant.uuid()).collect();
        let epochs = self.epochs(TENANT_EPOCHS, &ids).await?;
        Ok(epochs.into_iter().map(|(id, epoch)| (TenantId::from(id), epoch)).collect())
    }

    async fn epochs(&mut self, sql: crate::db::Sql, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
        let mut found = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let mut query = self.tx.query(sql);
            for place in 0..BATCH {
                query = query.bind(batch.get(place).copied().unwrap_or(Uuid::nil()));
            }
            found.extend(query.all::<Epoch>().await?.into_iter().map(|row| (row.id, row.epoch)));
        }
        Ok(found)
    }
}

/// Hears that rights may have changed, in this process or (on PostgreSQL) in any.
pub struct AccessChanges {
    local: watch::Receiver<u64>,
    remote: Option<PgListener>,
}

impl AccessChanges {
    /// Whether other processes' changes are heard too; without, the epochs must be polled more often.
    #[must_use]
    pub fn hears_others(&self) -> bool {
        self.remote.is_some()
    }

    /// Waits for a change. Also returns when the connection to PostgreSQL was lost and made again: what was announced
    /// meanwhile is gone, so look at everything. Safe to drop and call again.
    ///
    /// # Errors
    /// The connection is lost and cannot be made again; wait a little and open a new one.
    pub async fn changed(&mut self) -> Result<()> {
        let Some(remote) = &mut self.remote else {
            // The sender lives in the store, which outlives its watchers; were it gone, nothing can change.
            if self.local.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            return Ok(());
        };
        tokio::select! {
            changed = self.local.changed() => drop(changed),
            heard = remote.try_recv() => drop(heard?),
        }
        Ok(())
    }
}

impl Store {
    /// Starts to hear changes of rights.
    ///
    /// # Errors
    /// The database.
    pub async fn access_changes(&self) -> Result<AccessChanges> {
        let local = self.inner.access.subscribe();
        Ok(AccessChanges { local, remote: self.inner.db.listen(CHANNEL).await? })
    }

    pub(crate) fn wake_watcher(&self) {
        self.inner.access.send_modify(|count| *count = count.wrapping_add(1));
    }
}
