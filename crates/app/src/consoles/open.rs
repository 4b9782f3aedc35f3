//! One claimed console: its way to PVE, its life, its end. See the drawing in the module above.

use std::future::Future;
use std::io;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use nexus_model::{ConsoleId, GuestStatus};
use nexus_net::stream::Stream;
use nexus_pve::{Cause, Stage};
use nexus_relay::{Browser, EndReason, Options, Session, Upstream, authenticate};
use nexus_store::ConsoleFigures;

use super::locks::Seat;
use super::{Console, Consoles, Ended, Parts};
use crate::audit::{Entry, Outcome};
use crate::inventory::endpoint::pve_guest;
use crate::inventory::{Found, LookError};
use crate::secret;

/// How long the browser's connection may take to come out of hyper.
const UPGRADE: Duration = Duration::from_secs(10);
/// How long to wait for others who open the same guest's console.
const LOCK: Duration = Duration::from_secs(40);
/// How long all of entering may take: the page waits a little longer, so that it learns the reason.
const ENTER: Duration = Duration::from_secs(25);
/// How often VNC authentication is tried: other processes and PVE's own page do not know our lock.
const TRIES: u32 = 3;
/// Pauses before asking whether a guest has stopped: PVE ends the console a moment before it says so.
const STOPPED_YET: [Duration; 3] = [Duration::ZERO, Duration::from_millis(250), Duration::from_millis(750)];

/// A console that PVE has let us into.
struct Entered {
    upstream: Upstream,
    seat: Seat<(String, u16)>,
}

impl Console {
    /// From the claim to the end; the browser is told the reason.
    pub(super) async fn run(self, stream: impl Future<Output = io::Result<Stream>> + Send) {
        let signal = self.running.signal.clone();
        let ended = {
            let life = self.live(stream);
            tokio::pin!(life);
            tokio::select! {
                biased;
                reason = self.keeper.ended() => {
                    signal.end(reason);
                    life.await
                }
                ended = &mut life => ended,
            }
        };
        self.finish(ended).await;
    }

    pub(super) async fn finish(self, ended: Ended) {
        let upid = self.upid();
        self.consoles.running().remove(&self.row.id);
        let ConsoleFigures { bytes_down, bytes_up, .. } = ended.figures;
        let bytes = [bytes_down, bytes_up];
        self.consoles.inner.parts.telemetry.console_ended(self.row.id, ended.reason, bytes);
        tracing::info!(
            console.id = %self.row.id,
            guest = %self.row.guest(),
            reason = ended.reason.name(),
            bytes_down,
            bytes_up,
            "a console ended"
        );
        self.consoles.record_end(&self.row, &self.who, &ended, upid.as_deref()).await;
    }

    /// PVE's newest task for this console.
    fn upid(&self) -> Option<String> {
        self.running.upid.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn live(&self, stream: impl Future<Output = io::Result<Stream>>) -> Ended {
        let Ok(Ok(stream)) = tokio::time::timeout(UPGRADE, stream).await else {
            return Ended::before_live(EndReason::ClientGone);
        };
        let mut browser = Browser::new(stream);
        let signal = self.running.signal.clone();
        let entered = tokio::select! {
            biased;
            reason = signal.ended() => Err(reason),
            () = browser.gone() => Err(EndReason::ClientGone),
            entered = tokio::time::timeout(ENTER, self.enter()) => entered.unwrap_or(Err(EndReason::PveUnreachable)),
        };
        let Entered { upstream, seat } = match entered {
            Ok(entered) => entered,
            Err(reason) => {
                browser.close_saying(reason, signal.words(reason)).await;
                return Ended::before_live(reason);
            }
        };
        if let Err(error) = self.record_start(self.upid().as_deref()).await {
            // No console without a trace.
            tracing::error!(console.id = %self.row.id, %error, "a console's start cannot be recorded");
            browser.close(EndReason::Internal).await;
            return Ended::before_live(EndReason::Internal);
        }
        let control = !self.row.view_only;
        let seconds = |limit: Option<i64>| limit.and_then(|limit| limit.try_into().ok()).map(Duration::from_secs);
        let options = Options {
            view_only: !control,
            clipboard_in: control,
            clipboard_out: control,
            idle: seconds(self.row.idle_seconds),
            max_length: seconds(self.row.max_seconds),
            ..Options::default()
        };
        let (consoles, row) = (self.consoles.clone(), self.row.clone());
        let session = Session::new(browser, upstream, options).explain(async move {
            let Parts { inventory, .. } = &consoles.inner.parts;
            why_closed(inventory, row.tenant_id, row.guest()).await
        });
        // Set once: a console is live once.
        let _ = self.running.stats.set(session.stats());
        let ended = session.run(signal).await;
        drop(seat);
        let figures = self.running.figures(self.consoles.inner.parts.clock.now());
        Ended { reason: ended.reason, figures, duration: ended.duration, was_live: true }
    }

    async fn record_start(&self, upid: Option<&str>) -> nexus_store::Result<()> {
        let Parts { store, system, audit, .. } = &self.consoles.inner.parts;
        let mut tx = store.system_write(system).await?;
        if let Some(upid) = upid {
            tx.set_console_upid(self.row.id, upid).await?;
        }
        audit.record_as_system(&mut tx, Some(self.row.tenant_id), &self.who, self.record(upid)).await?;
        tx.commit().await
    }

    fn record(&self, upid: Option<&str>) -> Entry {
        let upid = upid.filter(|_| self.consoles.inner.parts.inventory.tells_all(self.row.server_id));
        let state = serde_json::json!({ "console": self.row.id, "view_only": self.row.view_only, "upid": upid });
        Entry::new("console.open", "guest", self.row.guest(), self.row.guest_name.clone()).after(state)
    }

    /// Asks PVE for the console and enters it, alone among those who open this guest's console.
    async fn enter(&self) -> Result<Entered, EndReason> {
        let Parts { inventory, limits, audit, .. } = &self.consoles.inner.parts;
        let intent = self.record(None).outcome(Outcome::Intent);
        audit.record_alone(Some(self.row.tenant_id), &self.who, intent).await.map_err(|_| EndReason::Internal)?;
        let key = self.row.guest();
        let found = inventory.find(self.row.tenant_id, key).ok_or(EndReason::GuestGone)?;
        let found = inventory.still_within(found).await.map_err(|error| match error {
            LookError::Unknown | LookError::Gone => EndReason::GuestGone,
            LookError::Pve(error) => reason_of(&error),
        })?;
        let node = found.entry.endpoint.place.first().unwrap_or_default();
        let most = limits.consoles_per_node;
        let seat = self.consoles.inner.seats.take(node, most).ok_or_else(|| self.node_full(most))?;
        let lock = self.consoles.inner.locks.lock(found.entry.console_lock(key.vmid));
        let lock = tokio::time::timeout(LOCK, lock).await.map_err(|_| EndReason::ConsoleGone)?;
        let mut tries = 1;
        let upstream = loop {
            match self.try_enter(&found).await {
                Err(EndReason::PveAuthFailed) if tries < TRIES => tokio::time::sleep(jitter(tries)).await,
                Err(EndReason::GuestGone) if tries == 1 => {
                    // Moved to another node since the last picture?
                    let moved = self.moved(&found).await.ok_or(EndReason::GuestGone)?;
                    break self.try_enter(&moved).await?;
                }
                other => break other?,
            }
            tries += 1;
        };
        drop(lock);
        Ok(Entered { upstream, seat })
    }

    /// The node carries as many consoles as it may: the person reads how many that are.
    fn node_full(&self, most: usize) -> EndReason {
        let words = format!("as many consoles are open on the node as there may be: {most}");
        self.running.signal.end_saying(EndReason::NodeFull, &words);
        EndReason::NodeFull
    }

    async fn try_enter(&self, found: &Found) -> Result<Upstream, EndReason> {
        let client = &found.entry.endpoint.client;
        let guest = pve_guest(found.row.key, &found.row.node);
        let console = client.vnc_console(guest).await.map_err(|error| {
            tracing::info!(console.id = %self.row.id, stage = ?error.stage, %error, "PVE does not open a console");
            reason_of(&error)
        })?;
        if !console.upid.is_empty() {
            *self.running.upid.lock().unwrap_or_else(PoisonError::into_inner) = Some(console.upid);
        }
        match authenticate(console.stream, &console.password).await {
            Ok(upstream) => Ok(upstream),
            Err(error) => {
                tracing::info!(console.id = %self.row.id, %error, "a console of PVE cannot be entered");
                let reason = error.end_reason();
                if matches!(reason, EndReason::PveClosed | EndReason::GuestStopped) {
                    // PVE opens the console of a stopped guest too and then ends it without a byte.
                    let inventory = &self.consoles.inner.parts.inventory;
                    return Err(why_closed(inventory, self.row.tenant_id, self.row.guest()).await);
                }
                Err(reason)
            }
        }
    }

    /// The guest on the node where it is now, if that is another one.
    async fn moved(&self, found: &Found) -> Option<Found> {
        let inventory = &self.consoles.inner.parts.inventory;
        inventory.refreshed(self.row.server_id).await;
        inventory.find(self.row.tenant_id, self.row.guest()).filter(|now| now.row.node != found.row.node)
    }
}

/// A growing pause, different for each: two processes must not meet again.
fn jitter(tries: u32) -> Duration {
    let random = secret::id::<ConsoleId>().uuid().as_u128() % 250;
    Duration::from_millis(u64::from(tries) * 100 + u64::try_from(random).unwrap_or_default())
}

/// Why PVE closed: asks whether the guest still runs.
async fn why_closed(
    inventory: &crate::inventory::Inventory,
    tenant: nexus_model::TenantId,
    guest: nexus_model::GuestKey,
) -> EndReason {
    for pause in STOPPED_YET {
        tokio::time::sleep(pause).await;
        match inventory.look(tenant, guest).await {
            Ok(GuestStatus::Stopped) => return EndReason::GuestStopped,
            Ok(_) => {}
            Err(LookError::Gone) => return EndReason::GuestGone,
            Err(LookError::Pve(error)) if unreachable(&error) => return EndReason::PveUnreachable,
            Err(LookError::Pve(_) | LookError::Unknown) => return EndReason::PveClosed,
        }
    }
    EndReason::PveClosed
}

fn unreachable(error: &nexus_pve::Error) -> bool {
    matches!(error.stage, Stage::Resolve | Stage::Connect | Stage::Tls | Stage::Timeout)
        || error.cause() == Cause::NodeUnreachable
}

/// What a failed call means for the person at the browser.
fn reason_of(error: &nexus_pve::Error) -> EndReason {
    if error.is_no_such_guest() {
        return EndReason::GuestGone;
    }
    match (error.cause(), error.stage) {
        (Cause::ConsoleGone, _) => EndReason::ConsoleGone,
        (_, Stage::Auth | Stage::Permission) => EndReason::PveRefused,
        (Cause::NotPve, _) => EndReason::PveProtocol,
        _ if unreachable(error) => EndReason::PveUnreachable,
        // Such as "Timeout while waiting for port '5900' to get ready!": asking again helps.
        _ => EndReason::ConsoleGone,
    }
}

impl Consoles {
    /// The counters of a live console of this process.
    #[must_use]
    pub fn stats(&self, id: ConsoleId) -> Option<Arc<nexus_relay::Stats>> {
        self.running().get(&id)?.stats.get().cloned()
    }
}
