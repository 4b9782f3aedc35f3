//! Consoles: asked for, claimed by the same browser within 30 seconds, run, ended with one reason.
//!
//! ```text
//!                POST                 WebSocket           lock, vncproxy + upgrade      VNC authentication
//!   (grant) ───► Requested ─────────► Claimed ──────────► Asking ─────────────────────► Entering ───► Live ──► Ended
//!     │             │ 30 s: unused     │  rights again      │  ▲                            │          │         reason
//!     └ refused     └ other browser:   └ revoked            │  └── refused, twice: jitter ──┘          │
//!                     not found                             └── any failure, or the end signal ───────┴──► Ended
//! ```
//! The row is consumed in one statement, so an id works once in all processes. `Claimed` and later hold a live grant;
//! its end, an admin, or Nexus stopping give the end signal, which every state selects on first. The lock (cluster or
//! server, vmid) is held from asking PVE until the console has authenticated, because PVE keeps one password per guest.
//! While a console is open its row is a lease: a process that dies leaves no console counted for ever.
//!
//! Nothing of PVE's way in (ticket, password, port) is stored, logged or told to a browser.

mod ask;
mod list;
mod locks;
mod open;

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use nexus_model::{ConsoleId, Micros, TenantId};
use nexus_net::stream::Stream;
use nexus_relay::{EndReason, EndSignal, Stats};
use nexus_store::{ConsoleEnd, ConsoleFigures, ConsoleSession, Store, SystemScope};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::ask::{ConsoleTicket, RequestError, WhoseLimit};
pub(crate) use self::list::ConsoleTold;
pub use self::list::{AllConsolesQuery, ConsoleList, ConsoleQuery, ConsoleState, ConsoleView, EndError, TenantName};
use self::locks::{KeyedLocks, Seats};
use crate::access::{Access, EndedBecause, GuestGrant, LiveGrant, OpenConsole, Refused, SignedIn, WatchConsole, Who};
use crate::audit::{Audit, Entry, Outcome};
use crate::background::Background;
use crate::clock::Clock;
use crate::events::Events;
use crate::fleet::Limits;
use crate::guests::NotFound;
use crate::inventory::Inventory;
use crate::relayed::Announced;
use crate::telemetry::Telemetry;

/// How long a requested console may be claimed.
const CLAIM: Duration = Duration::from_secs(30);
/// How long an open console's row holds without being renewed.
const LEASE: Duration = Duration::from_secs(60);
/// How often leases are renewed.
const RENEW: Duration = Duration::from_secs(15);
/// How long all consoles together may take to end when Nexus stops.
const DRAIN: Duration = Duration::from_secs(6);

/// Opens and ends consoles. Cheap to clone.
#[derive(Clone)]
pub struct Consoles {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    /// PVE's one password per guest.
    locks: KeyedLocks<(TenantId, String, u32)>,
    /// PVE's ports, by endpoint.
    seats: Seats<(String, u16)>,
    running: Mutex<HashMap<ConsoleId, Arc<Running>>>,
    tracker: TaskTracker,
    stopping: CancellationToken,
    /// When this process began.
    began: Micros,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) access: Access,
    pub(crate) inventory: Inventory,
    pub(crate) events: Events,
    pub(crate) limits: Limits,
    pub(crate) telemetry: Telemetry,
}

/// A console of this process, from its claim to its end.
struct Running {
    tenant: TenantId,
    /// Nobody gives input to it.
    watching: bool,
    signal: EndSignal,
    /// There once the console is live.
    stats: OnceLock<Arc<Stats>>,
    /// PVE's newest task for it; the opening writes it.
    upid: Mutex<Option<String>>,
}

impl Running {
    fn of(row: &ConsoleSession) -> Self {
        Self {
            tenant: row.tenant_id,
            watching: row.view_only,
            signal: EndSignal::default(),
            stats: OnceLock::new(),
            upid: Mutex::default(),
        }
    }

    /// What it has done so far.
    fn figures(&self, now: Micros) -> ConsoleFigures {
        let Some(stats) = self.stats.get() else { return ConsoleFigures::default() };
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        ConsoleFigures {
            bytes_down: stats.bytes_down(),
            bytes_up: stats.bytes_up(),
            browser_rtt_us: stats.browser_rtt().map(micros),
            pve_rtt_us: stats.upstream_rtt().map(micros),
            last_input_at: (!self.watching).then(|| now.minus(stats.since_input())),
        }
    }
}

/// The right that a running console lives on.
enum Keeper {
    Watch(LiveGrant<GuestGrant<WatchConsole>>),
    Control(LiveGrant<GuestGrant<OpenConsole>>),
}

impl Keeper {
    async fn ended(&self) -> EndReason {
        let because = match self {
            Self::Watch(live) => live.ended().await,
            Self::Control(live) => live.ended().await,
        };
        match because {
            EndedBecause::Revoked => EndReason::Revoked,
            EndedBecause::RightsChanged => EndReason::RightsChanged,
            EndedBecause::SignedOut => EndReason::SignedOut,
            EndedBecause::Shutdown => EndReason::Shutdown,
        }
    }
}

/// A console that was claimed and waits for its browser's stream. Dropped without one it is over.
pub struct Claimed {
    console: Option<Console>,
}

/// All that a running console is made of.
struct Console {
    consoles: Consoles,
    row: ConsoleSession,
    running: Arc<Running>,
    keeper: Keeper,
    who: Who,
}

impl Consoles {
    /// Starts the task that renews leases and sweeps those of processes that are gone.
    pub(crate) fn start(parts: Parts, background: &Background) -> Self {
        let inner = Inner {
            began: parts.clock.now(),
            parts,
            locks: KeyedLocks::default(),
            seats: Seats::default(),
            running: Mutex::default(),
            tracker: TaskTracker::new(),
            stopping: CancellationToken::new(),
        };
        let consoles = Self { inner: Arc::new(inner) };
        let own = consoles.clone();
        background.every("consoles.leases", RENEW, move || {
            let own = own.clone();
            async move { own.tend_leases().await }
        });
        let own = consoles.clone();
        background.every("consoles.ends", list::LOOK, move || {
            let own = own.clone();
            async move { own.end_asked().await }
        });
        consoles
    }

    /// Takes a requested console: once, for the person and the browser that asked, while they still may.
    ///
    /// # Errors
    /// Unknown, used, expired, somebody else's, or not allowed any more: nobody learns which.
    pub async fn claim(&self, person: &SignedIn, id: ConsoleId) -> Result<Claimed, ClaimError> {
        let Parts { store, system, clock, .. } = &self.inner.parts;
        if self.inner.stopping.is_cancelled() {
            return Err(ClaimError::Stopping);
        }
        let now = clock.now();
        let mut tx = store.system_write(system).await?;
        let row = tx.consume_console(id, person.user(), person.session(), now, now.plus(LEASE)).await?;
        if let Some(row) = &row {
            tx.announce_event(&Announced::Console(row.tenant_id, id).to_string()).await?;
        }
        tx.commit().await?;
        let Some(row) = row else {
            self.refuse(person, id, "the session id is unknown, used, expired or somebody else's").await?;
            return Err(ClaimError::NotFound);
        };
        let running = Arc::new(Running::of(&row));
        let keeper = match self.keeper(person, &row).await {
            Ok(keeper) => keeper,
            Err(error) => {
                self.record_end(&row, &person.who(), &Ended::before_live(EndReason::Revoked), None).await;
                return Err(error);
            }
        };
        self.tell(id).await;
        self.running().insert(id, Arc::clone(&running));
        self.inner.parts.telemetry.console_began(id);
        let console = Console { consoles: self.clone(), row, running, keeper, who: person.who() };
        if self.inner.stopping.is_cancelled() {
            console.running.signal.end(EndReason::Shutdown);
        }
        Ok(Claimed { console: Some(console) })
    }

    /// Records that a console was refused before it began.
    ///
    /// # Errors
    /// The store's.
    pub async fn refuse(&self, person: &SignedIn, id: ConsoleId, why: &str) -> Result<(), nexus_store::Error> {
        let entry = Entry::new("console.open", "console", id, "").outcome(Outcome::Refused).detail(why);
        self.inner.parts.audit.record_alone(None, &person.who(), entry).await
    }

    /// Records that a person who sees a guest may not open its console.
    ///
    /// # Errors
    /// The store's.
    pub async fn refuse_guest(
        &self,
        person: &SignedIn,
        tenant: nexus_model::TenantId,
        guest: nexus_model::GuestKey,
    ) -> Result<(), nexus_store::Error> {
        let entry = Entry::new("console.open", "guest", guest, "").outcome(Outcome::Refused).detail("not allowed");
        self.inner.parts.audit.record_alone(Some(tenant), &person.who(), entry).await
    }

    /// Asks the policy again, and holds the answer for as long as the console lives.
    async fn keeper(&self, person: &SignedIn, row: &ConsoleSession) -> Result<Keeper, ClaimError> {
        let access = &self.inner.parts.access;
        let (tenant, guest) = (row.tenant_id, row.guest());
        Ok(if row.view_only {
            let grant = access.guest_grant::<WatchConsole>(person, tenant, guest).await?;
            Keeper::Watch(access.keep(grant).await?)
        } else {
            let grant = access.guest_grant::<OpenConsole>(person, tenant, guest).await?;
            Keeper::Control(access.keep(grant).await?)
        })
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<ConsoleId, Arc<Running>>> {
        self.inner.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends a console of this process; whether there was one. Who may is the caller's question.
    pub fn end(&self, id: ConsoleId, reason: EndReason) -> bool {
        let running = self.running().get(&id).cloned();
        running.as_ref().inspect(|running| running.signal.end(reason)).is_some()
    }

    /// How many consoles this process has, from claim to end.
    #[must_use]
    pub fn count(&self) -> usize {
        self.running().len()
    }

    /// The bytes down and up of every console of this process, so far.
    pub(crate) fn traffic(&self) -> Vec<(ConsoleId, [u64; 2])> {
        let bytes = |stats: &Arc<Stats>| [stats.bytes_down(), stats.bytes_up()];
        self.running().iter().map(|(id, running)| (*id, running.stats.get().map_or([0, 0], bytes))).collect()
    }

    /// Ends all consoles with `shutdown` and waits until their browsers have been told.
    pub(crate) async fn stop(&self) {
        self.inner.stopping.cancel();
        let running: Vec<_> = self.running().values().cloned().collect();
        for running in running {
            running.signal.end(EndReason::Shutdown);
        }
        self.inner.tracker.close();
        if tokio::time::timeout(DRAIN, self.inner.tracker.wait()).await.is_err() {
            tracing::warn!(consoles = self.count(), "consoles did not end in time");
        }
    }

    /// Renews the leases of this process' consoles, with what they have done; ends rows that nobody used or whose process is gone.
    async fn tend_leases(&self) -> nexus_store::Result<()> {
        let Parts { store, system, clock, audit, .. } = &self.inner.parts;
        let open: Vec<_> = self.running().iter().map(|(id, running)| (*id, Arc::clone(running))).collect();
        let (now, mut tenants) = (clock.now(), HashSet::new());
        let mut tx = store.system_write(system).await?;
        for (id, running) in open {
            tx.renew_console(id, now.plus(LEASE), running.figures(now)).await?;
            tenants.insert(running.tenant);
        }
        for tenant in &tenants {
            tx.announce_event(&Announced::Consoles(*tenant).to_string()).await?;
        }
        // Where no other process can have one, an open console from before this start is over already.
        let since = if store.is_shared() { Micros(0) } else { self.inner.began };
        let lost = tx.sweep_consoles(now, since).await?;
        for row in &lost {
            let entry = Entry::new("console.end", "guest", row.guest(), row.guest_name.clone())
                .after(json!({ "console": row.id, "reason": "lost" }))
                .outcome(Outcome::Failed)
                .detail("the process that carried the console is gone");
            audit.record_as_system(&mut tx, Some(row.tenant_id), &Who::system("consoles"), entry).await?;
            tx.announce_event(&Announced::Console(row.tenant_id, row.id).to_string()).await?;
        }
        tx.commit().await?;
        for row in lost {
            self.tell(row.id).await;
        }
        for tenant in tenants {
            self.tell_live(tenant).await?;
        }
        Ok(())
    }

    /// Writes a console's end into its row and the audit log.
    async fn record_end(&self, row: &ConsoleSession, who: &Who, ended: &Ended, upid: Option<&str>) {
        let recorded = self.try_record_end(row, who, ended, upid).await;
        self.tell(row.id).await;
        if let Err(error) = recorded {
            tracing::error!(console.id = %row.id, reason = ended.reason.name(), %error, "a console's end is not recorded");
        }
    }

    async fn try_record_end(
        &self,
        row: &ConsoleSession,
        who: &Who,
        ended: &Ended,
        upid: Option<&str>,
    ) -> nexus_store::Result<()> {
        let Parts { store, system, clock, audit, inventory, .. } = &self.inner.parts;
        let mut tx = store.system_write(system).await?;
        let (reason, upid) = (ended.reason.name(), upid.filter(|_| inventory.tells_all(row.server_id)));
        let end = ConsoleEnd { reason, figures: ended.figures, at: clock.now() };
        tx.end_console(row.id, end).await?;
        tx.announce_event(&Announced::Console(row.tenant_id, row.id).to_string()).await?;
        let state = json!({
            "console": row.id, "view_only": row.view_only, "reason": reason, "upid": upid,
            "bytes_down": ended.figures.bytes_down, "bytes_up": ended.figures.bytes_up, "seconds": ended.duration.as_secs(),
        });
        let (action, outcome) =
            if ended.was_live { ("console.end", Outcome::Ok) } else { ("console.open", Outcome::Failed) };
        let entry = Entry::new(action, "guest", row.guest(), row.guest_name.clone()).after(state).outcome(outcome);
        audit.record_as_system(&mut tx, Some(row.tenant_id), who, entry.detail(reason)).await?;
        tx.commit().await
    }
}

/// How a console went.
#[derive(Debug, Clone, Copy)]
struct Ended {
    reason: EndReason,
    figures: ConsoleFigures,
    duration: Duration,
    was_live: bool,
}

impl Ended {
    fn before_live(reason: EndReason) -> Self {
        Self { reason, figures: ConsoleFigures::default(), duration: Duration::ZERO, was_live: false }
    }
}

/// Why a console cannot be claimed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Unknown, used, expired, somebody else's, or not allowed any more.
    #[error("there is no such console")]
    NotFound,
    /// Nexus is stopping.
    #[error("nexus is stopping")]
    Stopping,
    /// The store failed.
    #[error("the store failed: {0}")]
    Internal(#[from] nexus_store::Error),
}

impl From<NotFound> for ClaimError {
    fn from(_: NotFound) -> Self {
        Self::NotFound
    }
}

impl From<Refused> for ClaimError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::SignedOut | Refused::NotFound | Refused::Forbidden | Refused::Token => Self::NotFound,
            Refused::Store(error) => Self::Internal(error),
        }
    }
}

impl Claimed {
    /// Runs the console on the browser's connection, once `stream` gives it: to be called before the 101 is sent.
    /// `keep` is dropped when the console has ended.
    pub fn run_on<K: Send + 'static>(
        mut self,
        stream: impl Future<Output = io::Result<Stream>> + Send + 'static,
        keep: K,
    ) {
        let Some(console) = self.console.take() else { return };
        let tracker = console.consoles.inner.tracker.clone();
        tracker.spawn(async move {
            console.run(stream).await;
            drop(keep);
        });
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        let Some(console) = self.console.take() else { return };
        let tracker = console.consoles.inner.tracker.clone();
        tracker.spawn(async move { console.finish(Ended::before_live(EndReason::ClientGone)).await });
    }
}
