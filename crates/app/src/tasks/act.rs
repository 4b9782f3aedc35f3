//! Beginning an action: the intent is written first, then PVE is asked. The same action on the same guest twice at once
//! is one too many, which the database decides.

use std::sync::PoisonError;
use std::time::Duration;

use nexus_model::{BulkId, FieldError, InvalidInput, PowerAction, TaskAction, TaskId};
use nexus_pve::{Power, PowerOptions, Upid};
use nexus_store::Task;

use super::{ActError, MOVED, TaskState, TaskView, Tasks, refused};
use crate::access::{GuestGrant, GuestPermission, PowerGuest, Who};
use crate::audit::Outcome;
use crate::guests::{Sight, possible};
use crate::inventory::Found;
use crate::inventory::endpoint::pve_guest;
use crate::relayed::Announced;
use crate::secret;

/// How long a guest may take to shut down, in seconds: PVE waits, and so does the person.
const SHUTDOWN: std::ops::RangeInclusive<u32> = 10..=3600;

/// How often an intent is written that another one was in the way of, which then was not there any more.
const INTENTS: u32 = 3;

/// A power switch and how it is to be worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    /// Which switch.
    pub action: PowerAction,
    /// How long a guest may take to shut down; PVE's own time unless given.
    pub timeout: Option<Duration>,
    /// Whether a guest that does not shut down in time is stopped.
    pub force_stop: bool,
    /// The action on many guests that it is part of.
    pub bulk: Option<BulkId>,
}

impl Act {
    /// A switch without more words.
    #[must_use]
    pub fn plain(action: PowerAction) -> Self {
        Self { action, timeout: None, force_stop: false, bulk: None }
    }

    /// A switch as somebody asked for it: a time-out of 10 to 3600 s and a stop after it are for shutdowns alone.
    ///
    /// # Errors
    /// What is wrong with which field.
    pub fn checked(
        action: PowerAction,
        timeout_seconds: Option<u32>,
        force_stop: bool,
    ) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut refuse = |field, code, detail: &str| wrong.push(InvalidInput::new(code, detail).field(field));
        let shutdown = action == PowerAction::Shutdown;
        match timeout_seconds {
            Some(_) if !shutdown => refuse("timeout_seconds", "not_shutdown", "is for a shutdown alone"),
            Some(seconds) if !SHUTDOWN.contains(&seconds) => {
                refuse("timeout_seconds", "out_of_range", "must be 10 to 3600");
            }
            _ => {}
        }
        if force_stop && !shutdown {
            refuse("force_stop", "not_shutdown", "is for a shutdown alone");
        }
        let timeout = timeout_seconds.map(|seconds| Duration::from_secs(seconds.into()));
        if wrong.is_empty() { Ok(Self { action, timeout, force_stop, bulk: None }) } else { Err(wrong) }
    }
}

/// What PVE is asked for.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    /// A power switch.
    Power(Act),
    /// To make the task's snapshot.
    CreateSnapshot {
        /// What people say of it.
        description: String,
        /// Whether it holds the memory too.
        with_memory: bool,
    },
    /// To go back to the task's snapshot.
    RollBack {
        /// Whether the guest is started afterwards.
        start: bool,
    },
    /// To delete the task's snapshot.
    DeleteSnapshot,
}

/// A task that is to be begun.
#[derive(Debug)]
pub(crate) struct New {
    pub(crate) action: TaskAction,
    pub(crate) snapshot: Option<String>,
    pub(crate) bulk: Option<BulkId>,
    pub(crate) ask: Ask,
}

impl Tasks {
    /// Works a power switch. Returns as soon as PVE has taken it.
    ///
    /// # Errors
    /// [`ActError`].
    pub async fn act(&self, grant: GuestGrant<PowerGuest>, act: Act) -> Result<TaskView, ActError> {
        let (tenant, key, action) = (grant.tenant().id, grant.guest(), act.action);
        let found = self.inner.inventory.find(tenant, key).ok_or(ActError::NotFound)?;
        let mut found = self.inner.inventory.still_within(found).await?;
        if !possible(action, &found.row) {
            // The picture may be old: PVE's word on this one guest counts.
            let looked = self.inner.inventory.look(tenant, key).await.is_ok();
            found = self.inner.inventory.find(tenant, key).ok_or(ActError::NotFound)?;
            if !looked || !possible(action, &found.row) {
                let what = if found.row.template { "a template" } else { found.row.status.name() };
                return Err(ActError::NotPossible { detail: format!("{action} is not possible: the guest is {what}") });
            }
        }
        let new = New { action: action.into(), snapshot: None, bulk: act.bulk, ask: Ask::Power(act) };
        self.run(&grant, found, new).await
    }

    /// Begins a task on a guest; the person's right to it is the grant's.
    pub(crate) async fn run<P: GuestPermission>(
        &self,
        grant: &GuestGrant<P>,
        found: Found,
        new: New,
    ) -> Result<TaskView, ActError> {
        let task = self.task(grant, &found, &new);
        let who = grant.who();
        self.write_intent(grant, &task, &who).await?;
        let (sight, provided) = (Sight::of_guest(grant), found.row.provided);
        // The browser may go away now; the action is under way and must be followed.
        let own = self.clone();
        let begun = self.outlive(async move { own.begin(found, task, new.ask, who).await }).await;
        let begun = begun.map_err(ActError::Internal)?;
        let task = begun.map_err(|error| match error {
            ActError::PveRefused(words) => ActError::PveRefused(sight.words(words, provided)),
            other => other,
        })?;
        sight.task(&task, provided).ok_or(ActError::NotFound)
    }

    /// Writes the intent down, unless the same is done with the guest already.
    async fn write_intent<P: GuestPermission>(
        &self,
        grant: &GuestGrant<P>,
        task: &Task,
        who: &Who,
    ) -> Result<(), ActError> {
        for _ in 0..INTENTS {
            let mut tx = self.inner.store.tenant_write(grant.scope()).await?;
            match tx.insert_task(task).await {
                Ok(()) => {
                    tx.announce_event(&Announced::Task(task.tenant_id, task.id).to_string()).await?;
                    self.inner.audit.record(&mut tx, who, self.record(task).outcome(Outcome::Intent)).await?;
                    return Ok(tx.commit().await?);
                }
                Err(nexus_store::Error::Unique) => drop(tx),
                Err(error) => return Err(error.into()),
            }
            // The other one may have ended in this moment: then it is this one's turn.
            let mut tx = self.inner.store.system_read(&self.inner.system).await?;
            let other = tx.task_at_it(task.tenant_id, task.guest(), task.action).await?;
            tx.commit().await?;
            if let Some(other) = other {
                return Err(ActError::Busy { detail: self.busy(&other, task) });
            }
        }
        Err(ActError::Busy { detail: "The same is being done with this guest in this moment.".into() })
    }

    /// Whose turn it is, and since when.
    fn busy(&self, other: &Task, task: &Task) -> String {
        let seconds = self.inner.clock.now().since(other.created_at).as_secs();
        let since = if seconds < 120 { format!("{seconds} s") } else { format!("{} minutes", seconds / 60) };
        let who = if other.user_id == task.user_id { "You" } else { &other.user_name };
        format!("{who} asked for the same {since} ago; it still runs.")
    }

    fn task<P: GuestPermission>(&self, grant: &GuestGrant<P>, found: &Found, new: &New) -> Task {
        let key = grant.guest();
        Task {
            id: secret::id(),
            tenant_id: grant.tenant().id,
            user_id: grant.person().user(),
            user_name: grant.person().full_name().to_owned(),
            server_id: key.server,
            kind: key.kind,
            vmid: key.vmid,
            guest_name: found.row.name.clone(),
            action: new.action,
            node: found.row.node.clone(),
            upid: None,
            state: TaskState::Running,
            detail: None,
            created_at: self.inner.clock.now(),
            ended_at: None,
            snapshot: new.snapshot.clone(),
            bulk_id: new.bulk.map(BulkId::uuid),
            stopped_by: None,
        }
    }

    /// Asks PVE, and follows what it began.
    async fn begin(&self, found: Found, mut task: Task, ask: Ask, who: Who) -> Result<Task, ActError> {
        self.tell(&task);
        let overruled = self.overrule(&task).await?;
        let mut asked = ask_pve(&found, &task, &ask, overruled.is_some()).await;
        if let Err(error) = &asked
            && error.is_no_such_guest()
        {
            // PVE has begun nothing: a guest that has only moved is asked for at its new place.
            let words = self.where_is(&task).await;
            let moved = self.inner.inventory.find(task.tenant_id, task.guest()).filter(|_| words == MOVED);
            let moved = match moved {
                Some(moved) => self.inner.inventory.still_within(moved).await.ok(),
                None => None,
            };
            let Some(moved) = moved else {
                self.end(&task, TaskState::Failed, Some(words.to_owned()), &who).await?;
                return Err(ActError::NotPossible { detail: words.to_owned() });
            };
            task.node.clone_from(&moved.row.node);
            asked = ask_pve(&moved, &task, &ask, overruled.is_some()).await;
        }
        let upid = match asked {
            Ok(upid) => upid,
            Err(error) => {
                self.do_not_overrule(&task, overruled).await?;
                let words = error.to_string();
                self.end(&task, TaskState::Failed, Some(words), &who).await?;
                return Err(refused(&error));
            }
        };
        task.upid = Some(upid.to_string());
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        tx.set_task_upid(task.id, upid.as_str(), &task.node).await?;
        tx.announce_event(&Announced::Task(task.tenant_id, task.id).to_string()).await?;
        tx.commit().await?;
        self.tell(&task);
        self.follow_on(task.clone(), upid, who);
        Ok(task)
    }

    /// A stop ends the shutdown of the guest that is under way, and so it is known who ended it.
    async fn overrule(&self, task: &Task) -> nexus_store::Result<Option<TaskId>> {
        if task.action != TaskAction::Stop {
            return Ok(None);
        }
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        let shutdown = tx.task_at_it(task.tenant_id, task.guest(), TaskAction::Shutdown).await?;
        // What PVE's HA manager was told is another matter: the stop is told to it too.
        let Some(shutdown) = shutdown.filter(super::can_be_stopped) else { return Ok(None) };
        let marked = tx.mark_task_stopped(task.tenant_id, shutdown.id, &task.user_name).await?;
        if let Some(marked) = &marked {
            tx.announce_event(&Announced::Task(marked.tenant_id, marked.id).to_string()).await?;
        }
        tx.commit().await?;
        Ok(marked.map(|marked| {
            self.tell(&marked);
            marked.id
        }))
    }

    /// PVE did not take the stop: the shutdown goes on.
    async fn do_not_overrule(&self, task: &Task, overruled: Option<TaskId>) -> nexus_store::Result<()> {
        let Some(shutdown) = overruled else { return Ok(()) };
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        let goes_on = tx.unmark_task_stopped(task.tenant_id, shutdown, &task.user_name).await?;
        tx.announce_event(&Announced::Task(task.tenant_id, shutdown).to_string()).await?;
        tx.commit().await?;
        if let Some(shutdown) = goes_on {
            self.tell(&shutdown);
        }
        Ok(())
    }

    /// Does something to its end, although who asked for it may go away.
    pub(crate) async fn outlive<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, String> {
        self.inner.tracker.spawn(work).await.map_err(|error| error.to_string())
    }

    pub(super) fn follow_on(&self, task: Task, upid: Upid, who: Who) {
        let followed = || self.inner.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if !followed().insert(task.id) {
            return;
        }
        let own = self.clone();
        self.inner.tracker.spawn(async move {
            if let Err(error) = own.follow(&task, &upid, &who).await {
                tracing::error!(task.id = %task.id, %error, "a task's end cannot be recorded");
            }
            own.inner.followed.lock().unwrap_or_else(PoisonError::into_inner).remove(&task.id);
        });
    }
}

async fn ask_pve(found: &Found, task: &Task, ask: &Ask, overrule_shutdown: bool) -> Result<Upid, nexus_pve::Error> {
    let client = &found.entry.endpoint.client;
    let guest = pve_guest(task.guest(), &task.node);
    let name = task.snapshot.as_deref().unwrap_or_default();
    match ask {
        Ask::Power(act) => {
            let options = PowerOptions { timeout: act.timeout, force_stop: act.force_stop, overrule_shutdown };
            client.power(guest, power(act.action), options).await
        }
        Ask::CreateSnapshot { description, with_memory } => {
            client.create_snapshot(guest, name, description, *with_memory).await
        }
        Ask::RollBack { start } => client.roll_back(guest, name, *start).await,
        Ask::DeleteSnapshot => client.delete_snapshot(guest, name).await,
    }
}

fn power(action: PowerAction) -> Power {
    match action {
        PowerAction::Start => Power::Start,
        PowerAction::Shutdown => Power::Shutdown,
        PowerAction::Stop => Power::Stop,
        PowerAction::Reboot => Power::Reboot,
        PowerAction::Reset => Power::Reset,
        PowerAction::Suspend => Power::Suspend,
        PowerAction::Resume => Power::Resume,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shutdowns_alone_have_a_time_and_a_stop_after_it() {
        let fields = |action, timeout, force_stop| match Act::checked(action, timeout, force_stop) {
            Ok(_) => Vec::new(),
            Err(wrong) => wrong.into_iter().map(|wrong| (wrong.field, wrong.code)).collect(),
        };
        let act = Act::checked(PowerAction::Shutdown, Some(10), true).unwrap();
        assert_eq!((act.timeout, act.force_stop), (Some(Duration::from_secs(10)), true));
        assert!(fields(PowerAction::Shutdown, Some(3600), false).is_empty());
        assert!(fields(PowerAction::Shutdown, None, true).is_empty());
        assert_eq!(Act::checked(PowerAction::Stop, None, false), Ok(Act::plain(PowerAction::Stop)));
        for seconds in [0, 9, 3601, u32::MAX] {
            assert_eq!(
                fields(PowerAction::Shutdown, Some(seconds), false),
                [("timeout_seconds", "out_of_range")],
                "{seconds}"
            );
        }
        for action in PowerAction::ALL.iter().copied().filter(|action| *action != PowerAction::Shutdown) {
            assert_eq!(
                fields(action, Some(60), true),
                [("timeout_seconds", "not_shutdown"), ("force_stop", "not_shutdown")],
                "{action}"
            );
        }
    }
}
