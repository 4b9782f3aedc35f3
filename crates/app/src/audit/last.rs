//! The end of a log: a tenant that is deleted takes its entries with it, and leaves the number and MAC of the last one
//! to the installation's log.

use nexus_model::TenantId;
use nexus_store::System;

use super::Audit;
use super::chain::{BATCH, ChainError, shown};

impl Audit {
    /// Chains what is loose, checks the end, and drops all entries behind a checkpoint; the head as text. A log that was
    /// tampered with is kept as it is, and what is wrong is said in place of the head.
    pub(crate) async fn end_log(&self, tx: &mut System<'_>, tenant: TenantId) -> nexus_store::Result<String> {
        let (chain, now) = (tenant.uuid(), self.inner.clock.now());
        loop {
            match self.chain_some(tx, chain, now).await {
                Ok(chained) if chained < BATCH => break,
                Ok(_) => {}
                Err(ChainError::Broken { why, .. }) => return Ok(format!("broken: {why}")),
                Err(ChainError::Store(error)) => return Err(error),
            }
        }
        let head = tx.lock_audit_head(chain, now).await?;
        let checkpoint = self.checkpoint(chain, head.seq, head.mac.clone());
        tx.drop_audit_prefix(chain, &checkpoint, now).await?;
        Ok(shown(&head))
    }
}
