//! One action on many guests at work: begins guests as their servers have room, writes down how they fare at most twice
//! a second, and ends the action. Holds the person's right alive; whoever loses it stops the action.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use nexus_model::{BulkGuestState, BulkState, TaskId};
use nexus_store::{Bulk, BulkGuest, LiveBulk};
use serde_json::json;
use tokio::sync::{Notify, mpsc};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use super::queue::Queue;
use super::{BulkTold, Bulks, Parts};
use crate::access::{ActOnGuests, EndedBecause, Grant, LiveGrant, PowerGuest, Refused, SignedIn, Who};
use crate::audit::{Entry, Outcome};
use crate::relayed::Announced;
use crate::tasks::{Act, ActError, TaskState};

/// The shortest time between two turns of writing down.
const TURN: Duration = Duration::from_millis(500);
/// The pause before a turn that failed is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Words of guests that had no task. They name nothing, and everybody may read them.
const NO_GUEST: &str = "there is no such guest";
const NOT_ALLOWED: &str = "using this guest's power switches is not allowed";
const NOT_RECORDED: &str = "Nexus could not record the action";
const STOPPED: &str = "the action was stopped before this guest's turn";
const SIGNED_OUT: &str = "whoever began this was signed out before this guest's turn";
const REVOKED: &str = "whoever began this lost the right to it before this guest's turn";
const NOT_ASKED: &str = "Nexus could not ask for the right before this guest's turn";
pub(super) const NEXUS_STOPPED: &str = "Nexus stopped before this guest's turn";
/// A guest whose work broke off inside Nexus.
const BROKE_OFF: &str = "Nexus lost track of it; look at the guest";

/// What became of a guest's turn.
pub(super) enum End {
    /// A result.
    Result(BulkGuestState, Option<TaskId>, Option<String>),
    /// The action was stopped meanwhile.
    Stopped,
    /// The person's session is over.
    SignedOut,
}

/// An action at work.
pub(super) struct Run {
    bulks: Bulks,
    live: LiveBulk,
    who: Who,
    /// Who acts and how; `None` where no more guests begin.
    order: Option<(SignedIn, Act)>,
    /// All guests as they are now, by their place.
    guests: Vec<BulkGuest>,
    queue: Queue,
    work: JoinSet<End>,
    /// Which guest each piece of work is about.
    about: HashMap<Id, usize>,
    /// Guests whose tasks began, from the work on them.
    began: mpsc::UnboundedReceiver<(usize, TaskId)>,
    /// For the work to say so.
    begun: mpsc::UnboundedSender<(usize, TaskId)>,
    /// The guests that changed since the last turn.
    changed: BTreeSet<usize>,
    /// When the next turn may be.
    due: Instant,
    /// The row may say something new.
    look: Arc<Notify>,
}

impl Bulks {
    /// Works on an action that was written down just now.
    pub(super) fn work_on(&self, bulk: &Bulk, guests: Vec<BulkGuest>, act: Act, grant: Grant<ActOnGuests>) {
        let act = Act { bulk: Some(bulk.id), ..act };
        let queue = Queue::new(guests.iter().map(|guest| guest.server_id), bulk.per_server);
        let order = Some((grant.person().clone(), act));
        let run = self.make_run(bulk, guests, queue, order, grant.who());
        self.inner.tracker.spawn(run.until_over(Some(grant)));
    }

    /// A run that is known here from now on.
    pub(super) fn make_run(
        &self,
        bulk: &Bulk,
        guests: Vec<BulkGuest>,
        queue: Queue,
        order: Option<(SignedIn, Act)>,
        who: Who,
    ) -> Run {
        let look = Arc::new(Notify::new());
        self.runs().insert(bulk.id, Arc::clone(&look));
        let process_id = self.inner.parts.process;
        let (begun, began) = mpsc::unbounded_channel();
        Run {
            bulks: self.clone(),
            live: LiveBulk { id: bulk.id, tenant_id: bulk.tenant_id, process_id },
            who,
            order,
            guests,
            queue,
            work: JoinSet::new(),
            about: HashMap::new(),
            began,
            begun,
            changed: BTreeSet::new(),
            due: Instant::now(),
            look,
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.bulks.runs().remove(&self.live.id);
    }
}

impl Run {
    /// Works until every guest has its result, Nexus stops, or another process has taken over.
    pub(super) async fn until_over(mut self, grant: Option<Grant<ActOnGuests>>) {
        let mut right = match grant {
            Some(grant) => self.keep(grant).await,
            None => None,
        };
        loop {
            self.begin();
            if self.work.is_empty() {
                return self.finish().await;
            }
            let ended = right.as_ref().map(LiveGrant::ended);
            let ended = async move {
                match ended {
                    Some(ended) => ended.await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = self.bulks.inner.stop.cancelled() => return self.leave().await,
                because = ended => match because {
                    EndedBecause::Shutdown => return self.leave().await,
                    because => right = self.lost(because).await,
                },
                () = tokio::time::sleep_until(self.due), if !self.changed.is_empty() => {
                    if !self.turn().await {
                        return;
                    }
                }
                () = self.look.notified() => self.look().await,
                Some((at, task)) = self.began.recv() => self.set(at, BulkGuestState::Running, Some(task), None),
                Some(done) = self.work.join_next_with_id() => self.done(done),
            }
        }
    }

    /// Keeps the right to go on; without it nothing more begins.
    async fn keep(&mut self, grant: Grant<ActOnGuests>) -> Option<LiveGrant<Grant<ActOnGuests>>> {
        match self.bulks.inner.parts.access.keep(grant).await {
            Ok(live) => Some(live),
            Err(refused) => {
                self.halt(words(&refused));
                None
            }
        }
    }

    /// The right has ended. Where the person has others now, they go on with those: each guest's is asked anyhow.
    async fn lost(&mut self, because: EndedBecause) -> Option<LiveGrant<Grant<ActOnGuests>>> {
        let person = self.order.as_ref().map(|(person, _)| person.clone());
        match (because, person) {
            (EndedBecause::RightsChanged, Some(person)) => {
                let access = self.bulks.inner.parts.access.clone();
                match access.grant::<ActOnGuests>(&person, self.live.tenant_id).await {
                    Ok(grant) => return self.keep(grant).await,
                    Err(refused) => self.halt(words(&refused)),
                }
            }
            (EndedBecause::SignedOut, _) => self.halt(SIGNED_OUT),
            _ => self.halt(REVOKED),
        }
        None
    }

    /// Begins guests while their servers have room.
    fn begin(&mut self) {
        let Some((person, act)) = &self.order else { return };
        while let Some(at) = self.queue.begin() {
            let turn = Turn {
                bulks: self.bulks.clone(),
                live: self.live,
                person: person.clone(),
                act: *act,
                guest: self.guests[at].clone(),
                at,
                began: self.begun.clone(),
            };
            let id = self.work.spawn(turn.take()).id();
            self.about.insert(id, at);
            self.guests[at].state = BulkGuestState::Running;
            self.changed.insert(at);
        }
    }

    /// Follows a task that an earlier process began.
    pub(super) fn follow(&mut self, at: usize, task: TaskId) {
        let tasks = self.bulks.inner.parts.tasks.clone();
        let id = self.work.spawn(async move { result(task, tasks.ended(task).await) }).id();
        self.about.insert(id, at);
    }

    /// Begins no more: what waits is skipped.
    fn halt(&mut self, words: &str) {
        self.order = None;
        for at in self.queue.clear() {
            self.set(at, BulkGuestState::Skipped, None, Some(words.to_owned()));
        }
    }

    /// How a guest fares now.
    pub(super) fn set(&mut self, at: usize, state: BulkGuestState, task: Option<TaskId>, detail: Option<String>) {
        let over = !matches!(state, BulkGuestState::Waiting | BulkGuestState::Running);
        let guest = &mut self.guests[at];
        // The news of a task may come after its end.
        if guest.ended_at.is_some() {
            return;
        }
        let task = task.or_else(|| guest.task());
        *guest = guest.clone().with_task(task);
        guest.state = state;
        guest.detail = detail;
        guest.ended_at = over.then(|| self.bulks.inner.parts.clock.now().0);
        self.changed.insert(at);
    }

    fn done(&mut self, done: Result<(Id, End), JoinError>) {
        let (id, end) = match done {
            Ok((id, end)) => (id, end),
            Err(error) => {
                tracing::error!(bulk.id = %self.live.id, %error, "the work on a guest broke off");
                (error.id(), End::Result(BulkGuestState::Failed, None, Some(BROKE_OFF.to_owned())))
            }
        };
        let Some(at) = self.about.remove(&id) else { return };
        self.queue.done(self.guests[at].server_id);
        match end {
            End::Result(state, task, detail) => self.set(at, state, task, detail),
            End::Stopped => {
                self.set(at, BulkGuestState::Skipped, None, Some(STOPPED.to_owned()));
                self.halt(STOPPED);
            }
            End::SignedOut => {
                self.set(at, BulkGuestState::Skipped, None, Some(SIGNED_OUT.to_owned()));
                self.halt(SIGNED_OUT);
            }
        }
    }

    /// Somebody wrote into the row.
    async fn look(&mut self) {
        let Parts { store, system, .. } = &self.bulks.inner.parts;
        let looked = async {
            let mut read = store.system_read(system).await?;
            read.bulk_goes_on(self.live).await
        };
        match looked.await {
            Ok(true) => {}
            Ok(false) => self.halt(STOPPED),
            Err(error) => tracing::debug!(%error, "the row of an action on many guests cannot be read"),
        }
    }

    /// Writes down what changed; `false` where the action is not this process's any more.
    async fn turn(&mut self) -> bool {
        match self.write(false).await {
            Ok(own) => own,
            Err(error) => {
                tracing::warn!(bulk.id = %self.live.id, %error, "how an action stands cannot be written down");
                self.due = Instant::now() + AGAIN;
                true
            }
        }
    }

    async fn write(&mut self, end: bool) -> nexus_store::Result<bool> {
        let Parts { store, system, clock, audit, .. } = &self.bulks.inner.parts;
        let LiveBulk { id, tenant_id: tenant, .. } = self.live;
        let mut tx = store.system_write(system).await?;
        let Some(turn) = tx.bulk_turn(self.live, self.order.is_none()).await? else { return Ok(false) };
        let guests: Vec<BulkGuest> = self.changed.iter().map(|at| self.guests[*at].clone()).collect();
        for guest in &guests {
            tx.set_bulk_guest(tenant, id, guest, turn.turn).await?;
        }
        if end {
            let skipped = self.guests.iter().any(|guest| guest.state == BulkGuestState::Skipped);
            let state = if skipped { BulkState::Stopped } else { BulkState::Done };
            tx.end_bulk(self.live, state, clock.now()).await?;
        }
        let Some(bulk) = tx.bulk_of(tenant, id).await? else { return Ok(false) };
        if end {
            audit.record_as_system(&mut tx, Some(tenant), &self.who, record_end(&bulk)).await?;
        }
        tx.announce_event(&Announced::Bulk(tenant, id, turn.turn).to_string()).await?;
        tx.commit().await?;
        self.changed.clear();
        self.due = Instant::now() + TURN;
        self.bulks.tell(BulkTold { bulk, guests });
        if turn.state == BulkState::Stopping && self.order.is_some() {
            self.halt(STOPPED);
        }
        Ok(true)
    }

    /// Every guest has its result.
    async fn finish(mut self) {
        while let Err(error) = self.write(true).await {
            tracing::warn!(bulk.id = %self.live.id, %error, "the end of an action cannot be written down");
            let stop = self.bulks.inner.stop.clone();
            if tokio::time::timeout(AGAIN, stop.cancelled()).await.is_ok() {
                return;
            }
        }
    }

    /// Nexus stops: what runs is left to whoever takes the action over.
    async fn leave(mut self) {
        self.halt(NEXUS_STOPPED);
        let over = self.work.is_empty();
        if let Err(error) = self.write(over).await {
            tracing::warn!(bulk.id = %self.live.id, %error, "how an action stands cannot be written down");
        }
    }
}

/// What the tenant's log says of an action's end.
fn record_end(bulk: &Bulk) -> Entry {
    let counts = bulk.counts;
    let well = counts.failed + counts.refused + counts.skipped == 0;
    let state = json!({
        "action": bulk.action, "state": bulk.state, "stopped_by": bulk.stopped_by, "ok": counts.ok,
        "failed": counts.failed, "refused": counts.refused, "skipped": counts.skipped,
    });
    let entry = Entry::new("guest.bulk", "bulk_action", bulk.id, bulk.action.name()).after(state);
    entry.outcome(if well { Outcome::Ok } else { Outcome::Failed })
}

/// Why nothing more begins.
fn words(refused: &Refused) -> &'static str {
    match refused {
        Refused::SignedOut => SIGNED_OUT,
        Refused::NotFound | Refused::Forbidden | Refused::Token => REVOKED,
        Refused::Store(_) => NOT_ASKED,
    }
}

/// A guest's result by its task's end.
pub(super) fn result(task: TaskId, (state, detail): (TaskState, Option<String>)) -> End {
    let state = if state == TaskState::Ok { BulkGuestState::Ok } else { BulkGuestState::Failed };
    End::Result(state, Some(task), detail)
}

/// One guest's turn.
struct Turn {
    bulks: Bulks,
    live: LiveBulk,
    person: SignedIn,
    act: Act,
    guest: BulkGuest,
    at: usize,
    began: mpsc::UnboundedSender<(usize, TaskId)>,
}

impl Turn {
    async fn take(self) -> End {
        let Parts { store, system, access, tasks, .. } = &self.bulks.inner.parts;
        let refused = |words: &str| End::Result(BulkGuestState::Refused, None, Some(words.to_owned()));
        let goes_on = async {
            let mut read = store.system_read(system).await?;
            read.bulk_goes_on(self.live).await
        };
        match goes_on.await {
            Ok(true) => {}
            Ok(false) => return End::Stopped,
            Err(_) => return refused(NOT_RECORDED),
        }
        let guest = self.guest.guest();
        let grant = match access.guest_grant::<PowerGuest>(&self.person, self.live.tenant_id, guest).await {
            Ok(grant) => grant,
            Err(Refused::SignedOut) => return End::SignedOut,
            Err(Refused::NotFound) => return refused(NO_GUEST),
            Err(Refused::Forbidden | Refused::Token) => return refused(NOT_ALLOWED),
            Err(Refused::Store(_)) => return refused(NOT_RECORDED),
        };
        match tasks.act(grant, self.act).await {
            Ok(task) => {
                // The run may be gone: whoever takes it over finds the task.
                let _ = self.began.send((self.at, task.id));
                result(task.id, tasks.ended(task.id).await)
            }
            Err(ActError::NotFound) => refused(NO_GUEST),
            Err(ActError::NotPossible { detail } | ActError::Busy { detail }) => refused(&detail),
            Err(ActError::PveUnreachable(words)) => self.failed(words, false).await,
            Err(ActError::PveRefused(words)) => self.failed(words, true).await,
            Err(error @ ActError::Internal(_)) => {
                tracing::warn!(bulk.id = %self.live.id, %guest, %error, "a guest of many was not acted on");
                refused(NOT_RECORDED)
            }
        }
    }

    /// PVE did not take it. Its task says why in PVE's own words, which each reader's sight tells or not.
    async fn failed(&self, words: String, of_pve: bool) -> End {
        let Parts { store, system, .. } = &self.bulks.inner.parts;
        let found = async {
            let mut read = store.system_read(system).await?;
            read.bulk_task_on(self.live.tenant_id, self.live.id, self.guest.guest()).await
        };
        let task = found.await.ok().flatten();
        let id = task.as_ref().map(|task| task.id);
        let said = task.and_then(|task| task.detail).filter(|_| of_pve);
        End::Result(BulkGuestState::Failed, id, Some(said.unwrap_or(words)))
    }
}
