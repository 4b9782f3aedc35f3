//! Tasks: actions on guests, from the intent to PVE's word on how they ended.
//!
//! ```text
//!   intent recorded ─► PVE asked ─┬─ refused ───────────────► failed
//!     (running)                   └─ UPID ─► followed ─┬─ OK ─► ok
//!                                                      └─ any other end, or its end cannot be learnt ─► failed
//! ```
//! What PVE says of the task's end decides, never that it was begun. A task that another process or an earlier start
//! left running is followed on. Two audit entries each: the intent before PVE is asked, the outcome after.

mod follow;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nexus_model::{GuestKey, Micros, PowerAction, TaskId, TenantId};
use nexus_pve::{Cause, Power, Upid};
use nexus_store::{Store, SystemScope, Task};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use nexus_store::TaskState;

use crate::access::{Actor, Grant, GuestGrant, PowerGuest, SeeTasks, Who};
use crate::audit::{Audit, Entry, Outcome};
use crate::background::Background;
use crate::clock::Clock;
use crate::events::{Events, Happening};
use crate::guests::{Sight, plain, possible};
use crate::inventory::endpoint::pve_guest;
use crate::inventory::{Found, Inventory, LookError};
use crate::notifications::{Notice, Notifications};
use crate::relayed::Announced;
use crate::secret;

/// How long actions that PVE has not answered may hold up the end of Nexus.
const STOP: Duration = Duration::from_secs(5);

/// The end of a task whose server was removed.
const SERVER_REMOVED: &str = "the server was removed before the task ended";
/// The end of a task that PVE may never have got.
const NOT_ANSWERED: &str = "Nexus stopped before Proxmox VE answered; look at the guest";
/// Nexus' own reasons of a failure; they name nothing, and viewers may read them.
pub(crate) const OWN_WORDS: [&str; 2] = [SERVER_REMOVED, NOT_ANSWERED];

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
    pub action: PowerAction,
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

/// Why a task is not shown.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// No such task, or none that the person may see.
    #[error("there is no such task")]
    NotFound,
    /// The store failed.
    #[error("the store failed: {0}")]
    Internal(#[from] nexus_store::Error),
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
    tracker: TaskTracker,
    stop: CancellationToken,
    /// The tasks that this process follows.
    followed: Mutex<HashSet<TaskId>>,
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
}

impl Tasks {
    /// Follows the tasks that an earlier start left running.
    pub(crate) fn start(parts: Parts) -> Self {
        let Parts { store, system, clock, audit, inventory, events, notices, background, poll } = parts;
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
                tracker,
                stop,
                followed: Mutex::default(),
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

    /// The newest tasks: one's own, or everybody's for managers and up.
    ///
    /// # Errors
    /// The store.
    pub async fn list(&self, grant: &Grant<SeeTasks>, limit: u32) -> Result<Vec<TaskView>, TaskError> {
        let of = (!grant.is_manager()).then(|| grant.person().user());
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let tasks = tx.tasks(of, limit.clamp(1, 200)).await?;
        let (sight, provided) = (Sight::of(grant), tx.provided_servers().await?);
        Ok(tasks.iter().filter_map(|task| sight.task(task, provided.contains(&task.server_id))).collect())
    }

    /// One task.
    ///
    /// # Errors
    /// [`TaskError`].
    pub async fn get(&self, grant: &Grant<SeeTasks>, id: TaskId) -> Result<TaskView, TaskError> {
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let task = tx.task(id).await?.ok_or(TaskError::NotFound)?;
        let provided = tx.provided_servers().await?.contains(&task.server_id);
        Sight::of(grant).task(&task, provided).ok_or(TaskError::NotFound)
    }

    pub(crate) async fn act(&self, grant: GuestGrant<PowerGuest>, action: PowerAction) -> Result<TaskView, ActError> {
        let (tenant, key) = (grant.tenant().id, grant.guest());
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
        let task = self.task(&grant, &found, action);
        let mut tx = self.inner.store.tenant_write(grant.scope()).await?;
        tx.insert_task(&task).await?;
        tx.announce_event(&Announced::Task(tenant, task.id).to_string()).await?;
        let who = grant.who();
        self.inner.audit.record(&mut tx, &who, self.record(&task).outcome(Outcome::Intent)).await?;
        tx.commit().await?;
        let (sight, provided) = (Sight::of_guest(&grant), found.row.provided);
        // The browser may go away now; the action is under way and must be followed.
        let own = self.clone();
        let begun = self.inner.tracker.spawn(async move { own.begin(found, task, who).await });
        let begun = begun.await.map_err(|error| ActError::Internal(error.to_string()))?;
        let task = begun.map_err(|error| match error {
            ActError::PveRefused(words) => ActError::PveRefused(sight.words(words, provided)),
            other => other,
        })?;
        sight.task(&task, provided).ok_or(ActError::NotFound)
    }

    fn task(&self, grant: &GuestGrant<PowerGuest>, found: &Found, action: PowerAction) -> Task {
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
            action,
            node: found.row.node.clone(),
            upid: None,
            state: TaskState::Running,
            detail: None,
            created_at: self.inner.clock.now(),
            ended_at: None,
        }
    }

    /// Asks PVE, and follows what it began.
    async fn begin(&self, found: Found, mut task: Task, who: Who) -> Result<Task, ActError> {
        self.tell(&task);
        let guest = pve_guest(task.guest(), &task.node);
        let upid = match found.entry.endpoint.client.power(guest, power(task.action)).await {
            Ok(upid) => upid,
            Err(error) => {
                let words = error.to_string();
                self.end(&task, TaskState::Failed, Some(words.clone()), &who).await?;
                let unreachable = error.status().is_none() || error.cause() == Cause::NodeUnreachable;
                return Err(if unreachable {
                    ActError::PveUnreachable(why(&error))
                } else {
                    ActError::PveRefused(words)
                });
            }
        };
        task.upid = Some(upid.to_string());
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        tx.set_task_upid(task.id, upid.as_str()).await?;
        tx.announce_event(&Announced::Task(task.tenant_id, task.id).to_string()).await?;
        tx.commit().await?;
        self.tell(&task);
        self.follow_on(task.clone(), upid, who);
        Ok(task)
    }

    fn follow_on(&self, task: Task, upid: Upid, who: Who) {
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

    /// What the tenant's log says of a task: of a provided server's inside nothing.
    fn record(&self, task: &Task) -> Entry {
        let told = self.inner.inventory.tells_all(task.server_id);
        let (node, upid) = (told.then_some(&task.node), task.upid.as_ref().filter(|_| told));
        let state = json!({ "action": task.action, "node": node, "upid": upid, "task": task.id });
        Entry::new("guest.power", "guest", task.guest(), task.guest_name.clone()).after(state)
    }

    /// Writes a task's end down, once, whoever of several followers comes first.
    async fn end(&self, task: &Task, state: TaskState, detail: Option<String>, who: &Who) -> nexus_store::Result<()> {
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        let Some(ended) = tx.end_task(task.id, state, detail.clone(), self.inner.clock.now()).await? else {
            return Ok(());
        };
        tx.announce_event(&Announced::Task(ended.tenant_id, ended.id).to_string()).await?;
        let outcome = if state == TaskState::Ok { Outcome::Ok } else { Outcome::Failed };
        let mut entry = self.record(&ended).outcome(outcome);
        entry.detail = if self.inner.inventory.tells_all(task.server_id) { detail } else { detail.map(plain) };
        self.inner.audit.record_as_system(&mut tx, Some(task.tenant_id), who, entry).await?;
        tx.commit().await?;
        self.tell(&ended);
        let took = ended.ended_at.map_or(Duration::ZERO, |at| Micros(at).since(ended.created_at));
        self.inner.notices.tell(Notice::ActionEnded { task: Box::new(ended), took });
        Ok(())
    }

    /// Shows the guest's real state right after a task's end; PVE's overview is up to 12 s behind.
    async fn show(&self, tenant: TenantId, key: GuestKey) {
        if let Err(error) = self.inner.inventory.look(tenant, key).await {
            tracing::debug!(%error, "a guest's state could not be asked after its task");
        }
        self.inner.inventory.refresh_soon(key.server);
    }
}

/// Who a task is of, for a follower that has only the row.
fn who_of(task: &Task) -> Who {
    Who { actor: Actor::System { name: format!("for {}", task.user_name) }, client: None }
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

/// The failure without addresses: viewers read it too.
fn why(error: &nexus_pve::Error) -> String {
    match error.cause() {
        Cause::NodeUnreachable => "the guest's node cannot be reached",
        Cause::Slow => "Proxmox VE did not answer in time; the action may have begun",
        Cause::Tls(_) => "the server's certificate was not accepted",
        _ => "the server cannot be reached",
    }
    .to_owned()
}
