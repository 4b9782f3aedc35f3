//! What is kept for how long.

use std::time::Duration;

use nexus_model::MetricSpan;

use super::Metrics;

/// How long checks and calls are kept.
const CHECKS: Duration = Duration::from_secs(48 * 3600);
/// How many of them a server may have.
const CHECKS_OF_SERVER: u32 = 30_000;

/// How long alerts that are over are kept.
const ALERTS: Duration = Duration::from_secs(90 * 24 * 3600);

/// How long figures are kept: longer than charts show.
pub(super) const fn kept(span: MetricSpan) -> Duration {
    match span {
        MetricSpan::Hour => Duration::from_secs(3 * 24 * 3600),
        MetricSpan::Day => Duration::from_secs(35 * 24 * 3600),
    }
}

impl Metrics {
    /// Drops what is too old, too much, or of servers that are gone.
    pub(crate) async fn sweep(&self) -> nexus_store::Result<()> {
        let super::Parts { store, system, clock, .. } = &self.inner.parts;
        let now = clock.now();
        let mut read = store.system_read(system).await?;
        let crowded = read.crowded_checks(CHECKS_OF_SERVER).await?;
        read.commit().await?;
        let mut tx = store.system_write(system).await?;
        tx.drop_checks(now.minus(CHECKS)).await?;
        for span in [MetricSpan::Hour, MetricSpan::Day] {
            tx.drop_metrics(span, now.minus(kept(span))).await?;
        }
        tx.drop_metrics_of_gone().await?;
        tx.drop_alerts(now.minus(ALERTS)).await?;
        tx.commit().await?;
        for server in crowded {
            let mut tx = store.system_write(system).await?;
            let most = if server.gone { 0 } else { CHECKS_OF_SERVER };
            tx.keep_checks(server.tenant_id, server.server_id, most).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
