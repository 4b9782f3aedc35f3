//! What changes in a tenant, told to those who watch, as far as each may see it.
//!
//! One hub for each tenant with somebody watching or something to tell. It keeps a bounded number of events; who is
//! too slow, or comes back too late, is told to fetch everything again. Every event passes the watcher's sight when
//! it is sent, not when it is subscribed. A stream never outlives the right to it.
//!
//! ```text
//!   subscribe ─► hello ─► (missed events | reset) ─► event, event, … ─► ended {revoked | rights_changed | signed_out | shutdown}
//!                                                      └─ fell behind ─► reset
//! ```

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{Stream, stream};
use nexus_model::{GuestKey, Micros, TenantId};
use nexus_store::Task;
use tokio::sync::{Notify, broadcast};

use crate::access::{EndedBecause, Grant, LiveGrant, SeeGuests};
use crate::guests::{GuestView, Sight};
use crate::inventory::GuestRow;
use crate::servers::ServerBrief;
use crate::tasks::TaskView;

/// How many events a hub keeps for those who are behind.
const KEPT: usize = 256;

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
    /// The last event.
    Ended {
        /// `revoked`, `rights_changed`, `signed_out` or `shutdown`.
        reason: &'static str,
    },
}

/// What happened, before anybody's sight is applied.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    Guests { server_name: Arc<str>, data_at: Micros, changed: Vec<Arc<GuestRow>>, removed: Vec<GuestKey> },
    Server(ServerBrief),
    Task(Box<Task>),
    Reset,
}

#[derive(Debug)]
struct Event {
    number: u64,
    what: Happening,
}

#[derive(Debug)]
struct Hub {
    next: u64,
    kept: VecDeque<Arc<Event>>,
    sender: broadcast::Sender<Arc<Event>>,
}

impl Hub {
    fn new() -> Self {
        Self { next: 1, kept: VecDeque::new(), sender: broadcast::Sender::new(KEPT) }
    }

    fn tell(&mut self, what: Happening) {
        let event = Arc::new(Event { number: self.next, what });
        self.next += 1;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Arc::clone(&event));
        // Nobody may be listening.
        let _ = self.sender.send(event);
    }

    /// The events after `last`, if none of them is gone.
    fn since(&self, last: u64) -> Option<Vec<Arc<Event>>> {
        let oldest = self.kept.front().map_or(self.next, |event| event.number);
        let known = last < self.next && last + 1 >= oldest;
        known.then(|| self.kept.iter().filter(|event| event.number > last).map(Arc::clone).collect())
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
    hubs: Mutex<HashMap<TenantId, Hub>>,
    /// Woken when somebody begins to watch a tenant.
    watched: Notify,
}

/// What a subscriber begins with.
struct Start {
    number: u64,
    missed: Option<Vec<Arc<Event>>>,
    receiver: broadcast::Receiver<Arc<Event>>,
}

impl Events {
    pub(crate) fn new(process: String) -> Self {
        Self { inner: Arc::new(Inner { process, hubs: Mutex::default(), watched: Notify::new() }) }
    }

    /// Tells everybody who watches the tenant.
    pub(crate) fn tell(&self, tenant: TenantId, what: Happening) {
        let mut hubs = self.inner.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        // Where nobody has ever watched there is nobody to catch up.
        if let Some(hub) = hubs.get_mut(&tenant) {
            hub.tell(what);
        }
    }

    /// Whether somebody watches the tenant.
    pub(crate) fn is_watched(&self, tenant: TenantId) -> bool {
        let hubs = self.inner.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        hubs.get(&tenant).is_some_and(|hub| hub.sender.receiver_count() > 0)
    }

    /// Waits until somebody begins to watch any tenant.
    pub(crate) async fn watching_began(&self) {
        self.inner.watched.notified().await;
    }

    /// What changes in the grant's tenant from now on, or from the event `last` where it is still known.
    ///
    /// The stream ends by itself with the right to it, with a last event that says why.
    #[expect(clippy::needless_pass_by_value, reason = "the stream outlives the request that names the event")]
    pub fn stream(
        &self,
        live: LiveGrant<Grant<SeeGuests>>,
        last: Option<String>,
    ) -> impl Stream<Item = EventOut> + Send + use<> {
        let sight = Sight::of(live.grant());
        let start = self.subscribe(live.grant().tenant_id(), last.as_deref());
        let ended = async move { live.ended().await };
        self.follow(start, sight, ended)
    }

    fn subscribe(&self, tenant: TenantId, last: Option<&str>) -> Start {
        let last = last.map(|last| {
            let (process, number) = last.rsplit_once(':')?;
            number.parse::<u64>().ok().filter(|_| process == self.inner.process)
        });
        let start = {
            let mut hubs = self.inner.hubs.lock().unwrap_or_else(PoisonError::into_inner);
            let hub = hubs.entry(tenant).or_insert_with(Hub::new);
            let missed = match last {
                None => Some(Vec::new()),
                Some(last) => last.and_then(|last| hub.since(last)),
            };
            Start { number: hub.next - 1, missed, receiver: hub.sender.subscribe() }
        };
        self.inner.watched.notify_waiters();
        start
    }

    fn follow<E>(&self, start: Start, sight: Sight, ended: E) -> impl Stream<Item = EventOut> + Send + use<E>
    where
        E: Future<Output = EndedBecause> + Send + 'static,
    {
        let process = self.inner.process.clone();
        let mut queue = VecDeque::from([(start.number, EventData::Hello { process: process.clone() })]);
        match start.missed {
            None => queue.push_back((start.number, EventData::Reset)),
            Some(missed) => {
                queue.extend(missed.iter().filter_map(|event| Some((event.number, sight.of_happening(&event.what)?))));
            }
        }
        let follower = Follower {
            process,
            queue,
            receiver: start.receiver,
            number: start.number,
            sight,
            ended: Some(Box::pin(ended)),
        };
        stream::unfold(follower, |mut follower| async move { Some((follower.next().await?, follower)) })
    }
}

/// One subscriber.
struct Follower<E> {
    process: String,
    queue: VecDeque<(u64, EventData)>,
    receiver: broadcast::Receiver<Arc<Event>>,
    number: u64,
    sight: Sight,
    /// `None` once the last event was sent.
    ended: Option<Pin<Box<E>>>,
}

impl<E: Future<Output = EndedBecause> + Send> Follower<E> {
    async fn next(&mut self) -> Option<EventOut> {
        let mut ended = self.ended.take()?;
        let data = tokio::select! {
            biased;
            because = &mut ended => return Some(self.out(self.number, EventData::Ended { reason: because.name() })),
            data = self.data() => data,
        };
        self.ended = Some(ended);
        let (number, data) = data?;
        self.number = number;
        Some(self.out(number, data))
    }

    async fn data(&mut self) -> Option<(u64, EventData)> {
        if let Some(first) = self.queue.pop_front() {
            return Some(first);
        }
        loop {
            match self.receiver.recv().await {
                Ok(event) => {
                    if let Some(data) = self.sight.of_happening(&event.what) {
                        return Some((event.number, data));
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    // What is left is skipped too: everything is fetched again.
                    self.receiver = self.receiver.resubscribe();
                    return Some((self.number, EventData::Reset));
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    fn out(&self, number: u64, data: EventData) -> EventOut {
        EventOut { id: format!("{}:{number}", self.process), kind: data.kind(), data }
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
            Happening::Server(brief) => self.server(brief.clone()).map(EventData::Server),
            Happening::Task(task) => self.task(task).map(EventData::Task),
        }
    }
}

#[cfg(test)]
mod tests;
