//! What changes in a tenant, told to those who watch, as far as each may see it.
//!
//! One hub for each tenant that somebody has watched. It keeps a bounded number of events with a bounded number of rows,
//! and watchers read from it one by one, so that a slow one costs nothing; who is too slow, or comes back too late, is
//! told to fetch everything again. Every event passes the watcher's sight when
//! it is sent, not when it is subscribed. A stream never outlives the right to it.
//!
//! ```text
//!   subscribe ─► hello ─► (missed events | reset) ─► event, event, … ─► ended {revoked | rights_changed | signed_out | shutdown}
//!                                                      └─ fell behind ─► reset
//! ```

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{Stream, stream};
use nexus_model::{GuestKey, Micros, ServerId, SessionId, TenantId, UserId};
use nexus_store::{AlertRow, Task};
use tokio::sync::{Notify, watch};

use crate::access::{EndedBecause, Grant, LiveGrant, SeeGuests};
use crate::alerts::AlertView;
use crate::bulk::{BulkGuestView, BulkTold, BulkView};
use crate::checks::CheckRun;
use crate::consoles::{ConsoleTold, ConsoleView};
use crate::guests::{GuestView, Sight};
use crate::inventory::GuestRow;
use crate::notifications::NotificationView;
use crate::servers::ServerBrief;
use crate::stats::{Frame, LiveStats};
use crate::tasks::TaskView;
use crate::telemetry::{OpenStream, Telemetry};

/// How many events a hub keeps for those who are behind.
const KEPT: usize = 256;
/// How many guests these events may hold together.
const KEPT_ROWS: usize = 20_000;

/// How many streams one session has open at a time: a browser's tabs share one.
const STREAMS_PER_SESSION: usize = 8;

/// The session has as many streams open as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the session has {STREAMS_PER_SESSION} event streams open")]
pub struct TooManyStreams;

/// One event as it is sent.
#[derive(Debug, Clone)]
pub struct EventOut {
    /// `process:number`.
    pub id: String,
    /// The event's type.
    pub kind: &'static str,
    /// What it says.
    pub data: EventData,
}

/// What an event says.
#[derive(Debug, Clone)]
pub enum EventData {
    /// The stream stands.
    Hello {
        /// The process that serves it.
        process: String,
    },
    /// Something was missed: fetch all again.
    Reset,
    /// Guests of one server.
    Guests {
        /// New or changed.
        changed: Vec<GuestView>,
        /// Not there any more.
        removed: Vec<GuestKey>,
    },
    /// How a server is doing.
    Server(ServerBrief),
    /// How a task is going.
    Task(TaskView),
    /// How an action on many guests is going.
    Bulk {
        /// The action.
        bulk: Box<BulkView>,
        /// Those of its guests that changed.
        guests: Vec<BulkGuestView>,
    },
    /// What the tenant has and uses now.
    Stats(Box<LiveStats>),
    /// A check of a server, for managers and up.
    Check {
        /// Which server.
        server: ServerId,
        /// When.
        at: Micros,
        /// Whether it answered well.
        ok: bool,
        /// How long it took.
        took_ms: u64,
    },
    /// How a check of all servers is going, for managers and up.
    CheckRun(CheckRun),
    /// A console was opened or has ended.
    Console(Box<ConsoleView>),
    /// The person has one more notification.
    Notification {
        /// What it says.
        notification: Box<NotificationView>,
        /// How many are unread now.
        unread: i64,
    },
    /// An alert opened or changed, for managers and up.
    Alert(Box<AlertView>),
    /// The tenant's settings have changed.
    Settings,
    /// The last event.
    Ended {
        /// `revoked`, `rights_changed`, `signed_out` or `shutdown`.
        reason: &'static str,
    },
}

/// What happened, before anybody's sight is applied.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    Guests {
        server_name: Arc<str>,
        data_at: Micros,
        changed: Vec<Arc<GuestRow>>,
        removed: Vec<GuestKey>,
    },
    Server(ServerBrief),
    Task {
        task: Box<Task>,
        provided: bool,
    },
    /// With, for each guest, whether its server is provided.
    Bulk {
        told: Box<BulkTold>,
        provided: Vec<bool>,
    },
    Stats(Frame),
    Check {
        server: ServerId,
        at: Micros,
        ok: bool,
        took: Duration,
    },
    CheckRun(CheckRun),
    Console(Box<ConsoleTold>),
    Notification {
        user: UserId,
        notification: Box<NotificationView>,
        unread: i64,
    },
    Alert(Box<AlertRow>),
    Settings,
    Reset,
}

#[derive(Debug)]
struct Event {
    number: u64,
    what: Happening,
}

impl Event {
    fn rows(&self) -> usize {
        match &self.what {
            Happening::Guests { changed, removed, .. } => changed.len() + removed.len(),
            Happening::Bulk { told, .. } => told.guests.len(),
            _ => 0,
        }
    }
}

#[derive(Debug)]
struct Hub {
    kept: VecDeque<Arc<Event>>,
    rows: usize,
    /// The newest event's number, 0 before the first.
    newest: watch::Sender<u64>,
    /// How often somebody began to watch whom nobody watched.
    begins: u64,
}

/// What comes after an event.
enum Next {
    Event(Arc<Event>),
    Nothing,
    /// Some of it is not kept any more; this is the newest number.
    Lost(u64),
}

impl Hub {
    fn new() -> Self {
        Self { kept: VecDeque::new(), rows: 0, newest: watch::Sender::new(0), begins: 0 }
    }

    fn newest(&self) -> u64 {
        *self.newest.borrow()
    }

    fn tell(&mut self, what: Happening) {
        let event = Arc::new(Event { number: self.newest() + 1, what });
        self.rows += event.rows();
        self.kept.push_back(Arc::clone(&event));
        while self.kept.len() > KEPT || (self.rows > KEPT_ROWS && self.kept.len() > 1) {
            self.rows -= self.kept.pop_front().map_or(0, |event| event.rows());
        }
        self.newest.send_replace(event.number);
    }

    fn after(&self, number: u64) -> Next {
        let newest = self.newest();
        if number >= newest {
            return if number == newest { Next::Nothing } else { Next::Lost(newest) };
        }
        let oldest = self.kept.front().map_or(newest, |event| event.number);
        let at = (number + 1).checked_sub(oldest).and_then(|at| usize::try_from(at).ok());
        match at.and_then(|at| self.kept.get(at)) {
            Some(event) => Next::Event(Arc::clone(event)),
            None => Next::Lost(newest),
        }
    }
}

/// The hubs of all tenants.
#[derive(Debug, Clone)]
pub struct Events {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    process: String,
    telemetry: Telemetry,
    hubs: Mutex<HashMap<TenantId, Hub>>,
    /// Woken when somebody begins to watch a tenant.
    watched: Notify,
    /// How many streams each session has open.
    open: Mutex<HashMap<SessionId, usize>>,
}

/// A session's stream, counted until it is dropped.
struct Counted {
    events: Events,
    session: SessionId,
    _open: OpenStream,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.events.open();
        if let Some(count) = open.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.session);
            }
        }
    }
}

/// What a subscriber begins with.
struct Start {
    tenant: TenantId,
    number: u64,
    lost: bool,
    newest: watch::Receiver<u64>,
}

impl Events {
    pub(crate) fn new(process: String, telemetry: Telemetry) -> Self {
        Self {
            inner: Arc::new(Inner {
                process,
                telemetry,
                hubs: Mutex::default(),
                watched: Notify::new(),
                open: Mutex::default(),
            }),
        }
    }

    fn hubs(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, Hub>> {
        self.inner.hubs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<SessionId, usize>> {
        self.inner.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, session: SessionId) -> Result<Counted, TooManyStreams> {
        let mut open = self.open();
        let count = open.entry(session).or_default();
        if *count >= STREAMS_PER_SESSION {
            return Err(TooManyStreams);
        }
        *count += 1;
        drop(open);
        Ok(Counted { events: self.clone(), session, _open: self.inner.telemetry.stream() })
    }

    /// Tells everybody who watches the tenant.
    pub(crate) fn tell(&self, tenant: TenantId, what: Happening) {
        let mut hubs = self.hubs();
        // Where nobody has ever watched there is nobody to catch up.
        if let Some(hub) = hubs.get_mut(&tenant) {
            hub.tell(what);
        }
    }

    /// Whether somebody watches the tenant.
    pub(crate) fn is_watched(&self, tenant: TenantId) -> bool {
        self.hubs().get(&tenant).is_some_and(|hub| hub.newest.receiver_count() > 0)
    }

    /// The tenants that somebody watches.
    pub(crate) fn watched(&self) -> Vec<TenantId> {
        let hubs = self.hubs();
        hubs.iter().filter(|(_, hub)| hub.newest.receiver_count() > 0).map(|(tenant, _)| *tenant).collect()
    }

    /// Whether somebody watches the tenant, or has and may come back.
    pub(crate) fn remembers(&self, tenant: TenantId) -> bool {
        self.hubs().contains_key(&tenant)
    }

    /// The tenants that somebody has watched.
    pub(crate) fn remembered(&self) -> Vec<TenantId> {
        self.hubs().keys().copied().collect()
    }

    /// How often somebody began to watch the tenant while nobody else did.
    pub(crate) fn begins(&self, tenant: TenantId) -> u64 {
        self.hubs().get(&tenant).map_or(0, |hub| hub.begins)
    }

    /// Waits until somebody begins to watch any tenant.
    pub(crate) async fn watching_began(&self) {
        self.inner.watched.notified().await;
    }

    /// What changes in the grant's tenant from now on, or from the event `last` where it is still known.
    ///
    /// The stream ends by itself with the right to it, with a last event that says why.
    ///
    /// # Errors
    /// [`TooManyStreams`] of the grant's session.
    #[expect(clippy::needless_pass_by_value, reason = "the stream outlives the request that names the event")]
    pub fn stream(
        &self,
        live: LiveGrant<Grant<SeeGuests>>,
        last: Option<String>,
    ) -> Result<impl Stream<Item = EventOut> + Send + use<>, TooManyStreams> {
        let counted = self.count(live.grant().person().session())?;
        let sight = Sight::of(live.grant());
        let start = self.subscribe(live.grant().tenant_id(), last.as_deref());
        let ended = async move {
            let _counted = counted;
            live.ended().await
        };
        Ok(self.follow(start, sight, ended))
    }

    fn subscribe(&self, tenant: TenantId, last: Option<&str>) -> Start {
        let last = last.map(|last| {
            let (process, number) = last.rsplit_once(':')?;
            number.parse::<u64>().ok().filter(|_| process == self.inner.process)
        });
        let start = {
            let mut hubs = self.hubs();
            let hub = hubs.entry(tenant).or_insert_with(Hub::new);
            let newest = hub.newest();
            hub.begins += u64::from(hub.newest.receiver_count() == 0);
            let known = match last {
                None => Some(newest),
                Some(last) => last.filter(|last| !matches!(hub.after(*last), Next::Lost(_))),
            };
            Start { tenant, number: known.unwrap_or(newest), lost: known.is_none(), newest: hub.newest.subscribe() }
        };
        self.inner.watched.notify_waiters();
        start
    }

    fn follow<E>(&self, start: Start, sight: Sight, ended: E) -> impl Stream<Item = EventOut> + Send + use<E>
    where
        E: Future<Output = EndedBecause> + Send + 'static,
    {
        let Start { tenant, number, lost, newest } = start;
        let mut first = VecDeque::from([EventData::Hello { process: self.inner.process.clone() }]);
        first.extend(lost.then_some(EventData::Reset));
        let events = self.clone();
        let follower =
            Follower { events, tenant, first, newest, number, sight, stats: None, ended: Some(Box::pin(ended)) };
        stream::unfold(follower, |mut follower| async move { Some((follower.next().await?, follower)) })
    }
}

/// One subscriber.
struct Follower<E> {
    events: Events,
    tenant: TenantId,
    /// Said before anything else.
    first: VecDeque<EventData>,
    newest: watch::Receiver<u64>,
    /// The last event that was looked at.
    number: u64,
    sight: Sight,
    /// The totals that were told last.
    stats: Option<LiveStats>,
    /// `None` once the last event was sent.
    ended: Option<Pin<Box<E>>>,
}

impl<E: Future<Output = EndedBecause> + Send> Follower<E> {
    async fn next(&mut self) -> Option<EventOut> {
        let mut ended = self.ended.take()?;
        let data = tokio::select! {
            biased;
            because = &mut ended => return Some(self.out(EventData::Ended { reason: because.name() })),
            data = self.data() => data,
        };
        self.ended = Some(ended);
        data.map(|data| self.out(data))
    }

    /// What is to be said next.
    async fn data(&mut self) -> Option<EventData> {
        if let Some(first) = self.first.pop_front() {
            return Some(first);
        }
        loop {
            self.newest.borrow_and_update();
            let next = self.events.hubs().get(&self.tenant).map_or(Next::Nothing, |hub| hub.after(self.number));
            match next {
                Next::Event(event) => {
                    self.number = event.number;
                    if let Some(data) = self.sight.of_happening(&event.what).filter(|data| self.is_news(data)) {
                        return Some(data);
                    }
                }
                Next::Lost(newest) => {
                    self.number = newest;
                    return Some(EventData::Reset);
                }
                Next::Nothing => self.newest.changed().await.ok()?,
            }
        }
    }

    /// Totals that are the same for this watcher are told once.
    fn is_news(&mut self, data: &EventData) -> bool {
        let EventData::Stats(stats) = data else { return true };
        let news = self.stats.as_ref() != Some(stats);
        self.stats = Some((**stats).clone());
        news
    }

    fn out(&self, data: EventData) -> EventOut {
        let id = format!("{}:{}", self.events.inner.process, self.number);
        self.events.inner.telemetry.event(data.kind());
        EventOut { id, kind: data.kind(), data }
    }
}

impl EventData {
    /// The event's type on the wire.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Hello { .. } => "hello",
            Self::Reset => "reset",
            Self::Guests { .. } => "guests",
            Self::Server(_) => "server",
            Self::Task(_) => "task",
            Self::Bulk { .. } => "bulk",
            Self::Stats(_) => "stats",
            Self::Check { .. } => "check",
            Self::CheckRun(_) => "check_run",
            Self::Console(_) => "console_session",
            Self::Notification { .. } => "notification",
            Self::Alert(_) => "alert",
            Self::Settings => "settings",
            Self::Ended { .. } => "ended",
        }
    }
}

impl Sight {
    /// What of a happening may be told; `None` for nothing.
    fn of_happening(&self, what: &Happening) -> Option<EventData> {
        match what {
            Happening::Reset => Some(EventData::Reset),
            Happening::Guests { server_name, data_at, changed, removed } => {
                let changed: Vec<_> = changed.iter().filter_map(|row| self.guest(row, server_name, *data_at)).collect();
                let removed: Vec<_> =
                    removed.iter().filter(|key| self.permissions_on(**key).is_some()).copied().collect();
                (!changed.is_empty() || !removed.is_empty()).then_some(EventData::Guests { changed, removed })
            }
            Happening::Alert(alert) => self.alert(alert).map(|view| EventData::Alert(Box::new(view))),
            Happening::Settings => Some(EventData::Settings),
            Happening::Server(brief) => self.server(brief.clone()).map(EventData::Server),
            Happening::Task { task, provided } => self.task(task, *provided).map(EventData::Task),
            Happening::Bulk { told, provided } => self.bulk(&told.bulk).map(|bulk| EventData::Bulk {
                bulk: Box::new(bulk),
                guests: told.guests.iter().zip(provided).map(|(guest, own)| self.bulk_guest(guest, *own)).collect(),
            }),
            Happening::Stats(frame) => Some(EventData::Stats(Box::new(frame.of(self)))),
            Happening::Check { server, at, ok, took } => self.is_manager().then(|| EventData::Check {
                server: *server,
                at: *at,
                ok: *ok,
                took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            }),
            Happening::CheckRun(run) => self.is_manager().then(|| EventData::CheckRun(run.clone())),
            Happening::Console(console) => self.console(console).map(|view| EventData::Console(Box::new(view))),
            Happening::Notification { user, notification, unread } => self
                .is_of(*user)
                .then(|| EventData::Notification { notification: notification.clone(), unread: *unread }),
        }
    }
}

#[cfg(test)]
mod tests;
