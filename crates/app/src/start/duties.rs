//! The background tasks that have nothing to do with PVE: keys, the audit's chains, mail, notices, what has expired, and
//! the watch over rights. Holds nothing of its own.

use std::sync::Arc;
use std::time::Duration;

use super::{App, Core, Tuning};
use crate::access::Access;
use crate::background::Background;
use crate::keys;
use crate::mail::Desk;

/// Between two notes of the audit's heads in the log.
const HEADS_EVERY: Duration = Duration::from_secs(60);
/// Between two sweeps of what has expired.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// Between two looks for audit entries that are too old.
const RETENTION_EVERY: Duration = Duration::from_secs(3600);

/// Starts what has nothing to do with PVE.
pub(super) fn start_tasks(background: &Background, core: &Core, access: &Access, tuning: Tuning) {
    let ring = Arc::clone(&core.keys);
    background.every("keys", keys::FOLLOW, move || {
        let ring = Arc::clone(&ring);
        async move { keys::follow(&ring) }
    });
    let audit = core.audit.clone();
    background.every("audit.chain", tuning.chain_every, move || {
        let audit = audit.clone();
        async move { audit.chain_loose().await }
    });
    let audit = core.audit.clone();
    background.every("audit.heads", HEADS_EVERY, move || {
        let audit = audit.clone();
        async move {
            for (chain, head) in audit.heads().await? {
                tracing::info!(target: "nexus::audit", %chain, head, "audit head");
            }
            Ok::<_, nexus_store::Error>(())
        }
    });
    let audit = core.audit.clone();
    background.every("audit.retention", RETENTION_EVERY, move || {
        let audit = audit.clone();
        async move { audit.drop_old().await }
    });
    if core.mailer.is_configured() {
        let (store, system, links, audit) =
            (core.store.clone(), core.system.clone(), core.links.clone(), core.audit.clone());
        let objects = core.objects.clone();
        let (mailer, desk) = (core.mailer.clone(), Arc::new(Desk { store, system, links, audit, objects }));
        background.every("mail.send", tuning.mail_every, move || {
            let (mailer, desk) = (mailer.clone(), Arc::clone(&desk));
            async move { mailer.send_due(&desk).await }
        });
    }
    core.notices.start(background);
    let accounts = core.accounts.clone();
    background.every("accounts.sweep", SWEEP_EVERY, move || {
        let accounts = accounts.clone();
        async move { accounts.sweep().await }
    });
    let access = access.clone();
    background.start("access.watch", move |beat| {
        let access = access.clone();
        async move { access.watch(beat.stop().clone()).await }
    });
}

impl App {
    /// The tasks behind everything, for what the process itself has to do beside the operations.
    #[must_use]
    pub fn tasks_behind(&self) -> &Background {
        &self.background
    }
}
