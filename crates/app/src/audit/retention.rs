//! Drops entries that are older than their tenant keeps them, and leaves a sealed checkpoint in their place.
//!
//! Never drops what does not fit: a prefix is checked entry by entry before it goes, or somebody's change would go with
//! it unseen. Whole days are dropped, so that a log with retention does not fill with entries about itself.

use nexus_model::{Micros, TenantId};
use serde_json::json;
use uuid::Uuid;

use super::chain::{BATCH, ChainError};
use super::{Audit, Entry, Inner};
use crate::access::Who;

/// Entries that one transaction drops: others wait for it to end.
const AT_ONCE: i64 = 5_000;
const DAY: i64 = 24 * 3600 * 1_000_000;

/// Everything before this time is older than `days`, in whole days of UTC.
fn cutoff(now: Micros, days: i64) -> Micros {
    let since = now.0.saturating_sub(days.saturating_mul(DAY));
    Micros(since - since.rem_euclid(DAY))
}

impl Audit {
    /// Drops what is too old, in the logs of all tenants. A broken one is left as it is, and said so at the end.
    pub(crate) async fn drop_old(&self) -> Result<(), ChainError> {
        let Inner { store, system, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let retentions = read.audit_retentions().await?;
        read.commit().await?;
        let mut broken = None;
        for retention in retentions {
            match self.drop_old_of(retention.tenant, retention.days).await {
                Err(error @ ChainError::Broken { .. }) => broken = Some(error),
                other => other?,
            }
        }
        broken.map_or(Ok(()), Err)
    }

    async fn drop_old_of(&self, tenant: TenantId, days: i64) -> Result<(), ChainError> {
        while self.drop_some(tenant, cutoff(self.inner.clock.now(), days)).await? >= AT_ONCE {}
        Ok(())
    }

    /// Drops the oldest entries before `since`, in one transaction with the checkpoint and the entry that says so; how
    /// many.
    async fn drop_some(&self, tenant: TenantId, since: Micros) -> Result<i64, ChainError> {
        let Inner { store, system, clock, .. } = &*self.inner;
        let (chain, now) = (tenant.uuid(), clock.now());
        let broken = |why| ChainError::Broken { chain, why };
        let mut tx = store.system_write(system).await?;
        let head = tx.lock_audit_head(chain, now).await?;
        self.check_head(&mut tx, chain, &head).await?.map_err(broken)?;
        let before = tx.audit_checkpoint(chain).await?;
        if let Some(before) = &before {
            self.check_checkpoint(chain, before).map_err(broken)?;
        }
        let (start, mac) = before.map_or((0, Vec::new()), |before| (before.seq, before.mac));
        let last = tx.first_entry_since(chain, since).await?.map_or(head.seq, |first| first - 1);
        let last = last.min(start + AT_ONCE);
        if last <= start {
            return Ok(0);
        }
        let mac = self.walk(&mut tx, chain, (start, mac), last).await?;
        let dropped = tx.drop_audit_prefix(chain, &self.checkpoint(chain, last, mac), now).await?;
        let entry = Entry::new("audit.retention", "audit", tenant, "")
            .before(json!({ "first": start + 1 }))
            .after(json!({ "first": last + 1 }))
            .detail(format!("{dropped} entries were kept as long as the settings say, and dropped"));
        self.record_as_system(&mut tx, Some(tenant), &Who::system("nexus"), entry).await?;
        tx.commit().await?;
        Ok(last - start)
    }

    /// Checks the entries behind `start` up to number `last`; the last one's MAC.
    async fn walk(
        &self,
        tx: &mut nexus_store::System<'_>,
        chain: Uuid,
        start: (i64, Vec<u8>),
        last: i64,
    ) -> Result<Vec<u8>, ChainError> {
        let (mut seq, mut mac) = start;
        while seq < last {
            let entries = tx.chained_entries(chain, seq, BATCH.min(last - seq)).await?;
            if entries.is_empty() {
                return Err(ChainError::Broken { chain, why: "an entry is missing" });
            }
            for entry in entries {
                mac = self.check_entry(&entry, seq + 1, &mac).map_err(|why| ChainError::Broken { chain, why })?;
                seq += 1;
            }
        }
        Ok(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_days_are_dropped() {
        let noon = 100 * DAY + DAY / 2;
        assert_eq!(cutoff(Micros(noon), 1), Micros(99 * DAY));
        assert_eq!(cutoff(Micros(noon + DAY / 2 - 1), 1), Micros(99 * DAY));
        assert_eq!(cutoff(Micros(noon + DAY / 2), 1), Micros(100 * DAY));
        assert_eq!(cutoff(Micros(-1), 0), Micros(-DAY));
    }
}
