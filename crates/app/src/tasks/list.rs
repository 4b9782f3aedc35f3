//! Lists of tasks, and the log of one. What a person may not see is not there.

use nexus_model::{GuestKey, TaskId};
use nexus_store::TaskFilter;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::stop::{TaskError, upid_of};
use super::{TaskState, TaskView, Tasks};
use crate::access::{Grant, SeeTasks};
use crate::guests::Sight;
use crate::page::Page;

/// The most lines of one part of a log.
const LINES: u32 = 500;

/// Which tasks.
#[derive(Debug, Clone, Default)]
pub struct TaskQuery {
    /// On this guest.
    pub guest: Option<GuestKey>,
    /// In this state.
    pub state: Option<TaskState>,
    /// One's own, for those who see everybody's.
    pub own: bool,
    /// The page; there is nothing to search.
    pub page: Page,
}

/// A page of tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskList {
    /// Newest first. A page may hold fewer than were asked for although there is another one.
    pub tasks: Vec<TaskView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// A part of a task's log, in PVE's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLogView {
    /// Lines with their numbers, which count from 1.
    pub lines: Vec<(u64, String)>,
    /// The first number that is not here.
    pub next: u64,
    /// Whether the task is over and nothing more will come.
    pub complete: bool,
}

/// Where a page begins.
#[derive(Serialize, Deserialize)]
struct Place(i64, Uuid);

impl Tasks {
    /// A page of tasks, newest first: one's own, or everybody's for managers and up.
    ///
    /// # Errors
    /// [`TaskError::Page`].
    pub async fn list(&self, grant: &Grant<SeeTasks>, query: &TaskQuery) -> Result<TaskList, TaskError> {
        let page = &query.page;
        let before = page.place::<Place>()?.map(|Place(at, id)| (at, id));
        let own = query.own || !grant.is_manager();
        let of = own.then(|| grant.person().user());
        let filter = TaskFilter { of, guest: query.guest, state: query.state, before, limit: page.limit() };
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let mut tasks = tx.tasks(&filter).await?;
        let (sight, provided) = (Sight::of(grant), tx.provided_servers().await?);
        let next_cursor = page.cut(&mut tasks, |task| Place(task.created_at.0, task.id.uuid()));
        let seen = tasks.iter().filter_map(|task| sight.task(task, provided.contains(&task.server_id)));
        Ok(TaskList { tasks: seen.collect(), next_cursor })
    }

    /// One task.
    ///
    /// # Errors
    /// [`TaskError`].
    pub async fn get(&self, grant: &Grant<SeeTasks>, id: TaskId) -> Result<TaskView, TaskError> {
        Ok(self.seen(grant, id).await?.1)
    }

    /// A part of a task's log from the line `from` on, at most 500 lines.
    ///
    /// # Errors
    /// [`TaskError::Forbidden`] for those who may not know the inside of the server.
    pub async fn log(
        &self,
        grant: &Grant<SeeTasks>,
        id: TaskId,
        from: u64,
        limit: u32,
    ) -> Result<TaskLogView, TaskError> {
        let (task, view) = self.seen(grant, id).await?;
        let from = from.max(1);
        if !view.may.log {
            // PVE has begun nothing whose log there could be, or the person may not read it.
            let provided = !self.inner.inventory.tells_all(task.server_id);
            let nothing = task.upid.is_none() && Sight::of(grant).inside(provided);
            let complete = task.state != TaskState::Running;
            return if nothing {
                Ok(TaskLogView { lines: Vec::new(), next: from, complete })
            } else {
                Err(TaskError::Forbidden)
            };
        }
        let upid = upid_of(&task)?;
        let entry = self.entry_of(&task)?;
        let log = entry.endpoint.client.task_log(&upid, from - 1, limit.clamp(1, LINES).into()).await?;
        let next = log.lines.last().map_or(from, |(number, _)| number + 1).max(from);
        let complete = task.state != TaskState::Running && next > log.total;
        Ok(TaskLogView { lines: log.lines, next, complete })
    }
}
