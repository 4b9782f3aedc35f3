//! Tasks: actions on guests, from the intent to PVE's word on how they ended.
//!
//! ```text
//!   intent recorded ─► PVE asked ─┬─ refused ───────────────► failed
//!     (running)                   └─ UPID ─► followed ─┬─ OK ─► ok
//!                                                      └─ any other end, or its end cannot be learnt ─► failed
//! ```
//! What PVE says of the task's end decides, never that it was begun. A task that another process or an earlier start
//! left running is followed on. Two audit entries each: the intent before PVE is asked, the outcome after.

mod act;
mod end;
mod follow;
mod ha;
mod list;
mod stop;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nexus_model::{BulkId, GuestKey, Micros, TaskAction, TaskId, TenantId};
use nexus_pve::Cause;
use nexus_store::{Store, SystemScope, Task};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use nexus_store::TaskState;

pub use self::act::Act;
pub(crate) use self::act::{Ask, New};
pub use self::list::{TaskList, TaskLogView, TaskQuery};
pub use self::stop::TaskError;
use crate::access::{Actor, Who};
use crate::audit::Audit;
use crate::background::Background;
use crate::clock::Clock;
use crate::events::{Events, Happening};
use crate::inventory::{Inventory, LookError};
use crate::notifications::Notifications;

/// How long actions that PVE has not answered may hold up the end of Nexus.
const STOP: Duration = Duration::from_secs(5);

/// How many ends may wait to be heard; who misses one asks the rows.
const ENDS: usize = 256;

/// The end of a task whose server was removed.
const SERVER_REMOVED: &str = "the server was removed before the task ended";
/// The end of a task that PVE may never have got.
const NOT_ANSWERED: &str = "Nexus stopped before Proxmox VE answered; look at the guest";
/// The guest was deleted meanwhile.
const DELETED: &str = "the guest is not there any more: it was deleted";
/// It is on another node meanwhile.
const MOVED: &str = "the guest has moved to another node meanwhile; try again";
/// One of the two; which one is not known yet.
const NOT_HERE: &str = "the guest is not where it was: it was moved or deleted; try again in a moment";
/// Nexus' own reasons of a failure; they name nothing, and viewers may read them.
pub(crate) const OWN_WORDS: [&str; 9] =
    [SERVER_REMOVED, NOT_ANSWERED, DELETED, MOVED, NOT_HERE, ha::WAITS, ha::LATE, ha::BROKEN, ha::GONE];

/// A task as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskView {
    /// Its id.
    pub id: TaskId,
    /// On which guest.
    pub guest: GuestKey,
    /// The guest's name then.
    pub guest_name: String,
    /// What was asked for.
    pub action: TaskAction,
    /// How far it is.
    pub state: TaskState,
    /// Why it failed.
    pub detail: Option<String>,
    /// Who asked for it.
    pub user_name: String,
    /// PVE's name of it; for managers and up.
    pub upid: Option<String>,
    /// When it was asked for.
    pub created_at: Micros,
    /// When it ended.
    pub ended_at: Option<Micros>,
    /// The snapshot that it is about.
    pub snapshot: Option<String>,
    /// The action on many guests that it is part of.
    pub bulk: Option<BulkId>,
    /// Who stopped it, or asked to.
    pub stopped_by: Option<String>,
    /// What the person may do with it.
    pub may: TaskMay,
}

/// What a person may do with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskMay {
    /// Stop it while it runs.
    pub stop: bool,
    /// Read its log.
    pub log: bool,
}

/// Why an action was not begun.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The inventory does not have the guest.
    #[error("there is no such guest")]
    NotFound,
    /// Not with this guest in this state.
    #[error("{detail}")]
    NotPossible {
        /// Why, for people.
        detail: String,
    },
    /// The same is done with this guest already.
    #[error("{detail}")]
    Busy {
        /// Whose and since when, for people.
        detail: String,
    },
    /// PVE did not answer; whether it has begun is not known.
    #[error("PVE does not answer: {0}")]
    PveUnreachable(String),
    /// PVE refused.
    #[error("PVE refused: {0}")]
    PveRefused(String),
    /// The store failed, or Nexus is stopping.
    #[error("the action could not be recorded: {0}")]
    Internal(String),
}

impl From<nexus_store::Error> for ActError {
    fn from(error: nexus_store::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<LookError> for ActError {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Unknown | LookError::Gone => Self::NotFound,
            LookError::Pve(error) => Self::PveUnreachable(why(&error)),
        }
    }
}

/// Begins and follows actions. Cheap to clone.
#[derive(Clone)]
pub struct Tasks {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    system: SystemScope,
    clock: Clock,
    audit: Audit,
    inventory: Inventory,
    events: Events,
    notices: Notifications,
    poll: Duration,
    /// How long PVE's HA manager may take.
    ha: Duration,
    tracker: TaskTracker,
    stop: CancellationToken,
    /// The tasks that this process follows.
    followed: Mutex<HashSet<TaskId>>,
    /// Ends that were written here, for those who wait for one.
    ends: broadcast::Sender<TaskId>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) inventory: Inventory,
    pub(crate) events: Events,
    pub(crate) notices: Notifications,
    pub(crate) background: Background,
    pub(crate) poll: Duration,
    pub(crate) ha: Duration,
}

impl Tasks {
    /// Follows the tasks that an earlier start left running.
    pub(crate) fn start(parts: Parts) -> Self {
        let Parts { store, system, clock, audit, inventory, events, notices, background, poll, ha } = parts;
        let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
        let tasks = Self {
            inner: Arc::new(Inner {
                store,
                system,
                clock,
                audit,
                inventory,
                events,
                notices,
                poll,
                ha,
                tracker,
                stop,
                followed: Mutex::default(),
                ends: broadcast::Sender::new(ENDS),
            }),
        };
        let own = tasks.clone();
        background.start("tasks.take_up", move |beat| own.clone().take_up(beat));
        tasks
    }

    /// Stops following; the rows stay as they are and are taken up at the next start.
    pub(crate) async fn stop(&self) {
        self.inner.stop.cancel();
        self.inner.tracker.close();
        if tokio::time::timeout(STOP, self.inner.tracker.wait()).await.is_err() {
            tracing::warn!("PVE has not answered every action; their ends are looked for at the next start");
        }
    }

    fn tell(&self, task: &Task) {
        let provided = !self.inner.inventory.tells_all(task.server_id);
        self.inner.events.tell(task.tenant_id, Happening::Task { task: Box::new(task.clone()), provided });
    }

    /// Another process changed a task: tells those who watch here.
    pub(crate) async fn heard(&self, tenant: TenantId, id: TaskId) -> nexus_store::Result<()> {
        let mut read = self.inner.store.system_read(&self.inner.system).await?;
        let task = read.task_of(tenant, id).await?;
        read.commit().await?;
        if let Some(task) = task {
            self.tell(&task);
        }
        Ok(())
    }
}

/// Whether there is something of PVE's to stop. What PVE's HA manager was told it keeps in mind: it cannot be taken back.
pub(crate) fn can_be_stopped(task: &Task) -> bool {
    let upid = task.upid.as_deref().unwrap_or_default();
    task.state == TaskState::Running && !upid.is_empty() && !is_ha(upid)
}

/// Whether a task of PVE only tells its HA manager what to do.
fn is_ha(upid: &str) -> bool {
    upid.contains(":hastart:") || upid.contains(":hastop:")
}

/// Who a task is of, for a follower that has only the row.
fn who_of(task: &Task) -> Who {
    Who { actor: Actor::System { name: format!("for {}", task.user_name) }, client: None }
}

/// The failures without addresses; viewers may read them.
pub(crate) const AWAY: [&str; 4] = [
    "the guest's node cannot be reached",
    "Proxmox VE did not answer in time; the action may have begun",
    "the server's certificate was not accepted",
    "the server cannot be reached",
];

/// Whether the server or the guest's node could not be asked.
fn is_away(error: &nexus_pve::Error) -> bool {
    error.status().is_none() || error.cause() == Cause::NodeUnreachable
}

/// Why PVE did not do it.
pub(crate) fn refused(error: &nexus_pve::Error) -> ActError {
    if is_away(error) { ActError::PveUnreachable(why(error)) } else { ActError::PveRefused(error.to_string()) }
}

/// The failure without addresses: viewers read it too.
pub(crate) fn why(error: &nexus_pve::Error) -> String {
    match error.cause() {
        Cause::NodeUnreachable => AWAY[0],
        Cause::Slow => AWAY[1],
        Cause::Tls(_) => AWAY[2],
        _ => AWAY[3],
    }
    .to_owned()
}
