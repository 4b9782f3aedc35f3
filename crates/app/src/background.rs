//! Named, supervised background tasks: started in order, stopped in the opposite order, with a status that an operator
//! can read. A task that fails or panics is started again after a pause; it must bear that (it takes no input and can
//! do its work twice).

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nexus_model::Micros;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;

/// How a task is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskStatus {
    /// Its name.
    pub name: String,
    /// What it does now.
    pub state: TaskState,
    /// When it last finished a turn.
    pub last_done: Option<Micros>,
    /// What went wrong last, and when.
    pub last_error: Option<(Micros, String)>,
    /// How often it had to be started again.
    pub restarts: u32,
}

/// What a task does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// Works, or waits for its next turn.
    Running,
    /// Failed; is started again soon.
    Failed,
    /// Was stopped.
    Stopped,
}

/// Given to a task, to say how it is doing and to know when to stop.
#[derive(Clone)]
pub struct Beat {
    stop: CancellationToken,
    status: Arc<Mutex<TaskStatus>>,
    clock: Clock,
}

impl Beat {
    /// Is cancelled when the task must end.
    #[must_use]
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// A turn is done.
    pub fn done(&self) {
        let now = self.clock.now();
        self.change(|status| status.last_done = Some(now));
    }

    /// A turn failed; the task goes on.
    pub fn failed(&self, error: &dyn std::fmt::Display) {
        let now = self.clock.now();
        self.change(|status| status.last_error = Some((now, error.to_string())));
    }

    /// Waits; `false` when the task must end instead.
    pub async fn nap(&self, span: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(span) => true,
        }
    }

    fn change(&self, with: impl FnOnce(&mut TaskStatus)) {
        with(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// All tasks of a process. Cheap to clone.
#[derive(Clone)]
pub struct Background {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    tasks: Mutex<Vec<Running>>,
}

struct Running {
    beat: Beat,
    handle: Option<JoinHandle<()>>,
}

/// Stops its task when asked to; the task goes on when this is dropped.
pub struct TaskHandle {
    beat: Beat,
}

impl TaskHandle {
    /// Tells the task to end; it is gone soon after.
    pub fn stop(&self) {
        self.beat.stop.cancel();
    }
}

/// How long a task may take to end.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause before a failed task is started again.
const PAUSE: Duration = Duration::from_secs(1);

impl Background {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { inner: Arc::new(Inner { clock, tasks: Mutex::new(Vec::new()) }) }
    }

    /// Starts a task that runs until it is stopped. `body` is called again when its future panics or ends early.
    pub fn start<F, Fut>(&self, name: impl Into<String>, body: F) -> TaskHandle
    where
        F: Fn(Beat) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let (stop, name) = (CancellationToken::new(), name.into());
        let status = TaskStatus { name, state: TaskState::Running, last_done: None, last_error: None, restarts: 0 };
        let beat = Beat { stop, status: Arc::new(Mutex::new(status)), clock: self.inner.clock.clone() };
        let handle = tokio::spawn(supervise(body, beat.clone()));
        let mut tasks = self.tasks();
        // Tasks of servers come and go: what has ended is forgotten.
        tasks.retain(|task| task.handle.as_ref().is_some_and(|handle| !handle.is_finished()));
        tasks.push(Running { beat: beat.clone(), handle: Some(handle) });
        TaskHandle { beat }
    }

    /// Starts a task that does one turn now and then every `period`.
    pub fn every<F, Fut, E>(&self, name: impl Into<String>, period: Duration, turn: F) -> TaskHandle
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        let turn = Arc::new(turn);
        self.start(name, move |beat| {
            let turn = Arc::clone(&turn);
            async move {
                loop {
                    match turn().await {
                        Ok(()) => beat.done(),
                        Err(error) => {
                            beat.failed(&error);
                            let name = beat.status.lock().unwrap_or_else(PoisonError::into_inner).name.clone();
                            tracing::warn!(task = name, %error, "a background task's turn failed");
                        }
                    }
                    if !beat.nap(period).await {
                        return;
                    }
                }
            }
        })
    }

    /// How all tasks are doing, in the order of their start.
    #[must_use]
    pub fn status(&self) -> Vec<TaskStatus> {
        let tasks = self.tasks();
        tasks.iter().map(|task| task.beat.status.lock().unwrap_or_else(PoisonError::into_inner).clone()).collect()
    }

    /// Stops all tasks, the last one first, and waits for each a few seconds.
    pub async fn stop(&self) {
        let tasks = std::mem::take(&mut *self.tasks());
        for mut task in tasks.into_iter().rev() {
            task.beat.stop.cancel();
            let Some(mut handle) = task.handle.take() else { continue };
            if tokio::time::timeout(PATIENCE, &mut handle).await.is_err() {
                let name = task.beat.status.lock().unwrap_or_else(PoisonError::into_inner).name.clone();
                tracing::warn!(task = name, "a background task does not stop; it is dropped");
                handle.abort();
            }
        }
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, Vec<Running>> {
        self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn supervise<F, Fut>(body: F, beat: Beat)
where
    F: Fn(Beat) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    loop {
        // A task of its own, so that a panic ends the turn and not the supervisor.
        let mut turn = AbortOnDrop(tokio::spawn(body(beat.clone())));
        let ended = (&mut turn.0).await;
        if beat.stop.is_cancelled() {
            break;
        }
        let what = if ended.is_err() { "panicked" } else { "ended early" };
        beat.failed(&what);
        beat.change(|status| {
            status.state = TaskState::Failed;
            status.restarts += 1;
            tracing::error!(task = status.name, "a background task {what}; starting it again");
        });
        if !beat.nap(PAUSE).await {
            break;
        }
        beat.change(|status| status.state = TaskState::Running);
    }
    beat.change(|status| status.state = TaskState::Stopped);
}

/// The supervisor may itself be dropped; its task goes with it.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_is_started_again_and_named() {
        let background = Background::new(Clock::manual(Micros(7)));
        let starts = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&starts);
        let running = Arc::new(tokio::sync::Notify::new());
        let told = Arc::clone(&running);
        background.start("fragile", move |beat| {
            let (counted, told) = (Arc::clone(&counted), Arc::clone(&told));
            async move {
                assert!(counted.fetch_add(1, Ordering::SeqCst) > 0, "the first start fails");
                told.notify_one();
                beat.stop().cancelled().await;
            }
        });
        running.notified().await;
        let status = background.status();
        assert_eq!((status[0].name.as_str(), status[0].restarts, status[0].state), ("fragile", 1, TaskState::Running));
        assert_eq!(status[0].last_error, Some((Micros(7), "panicked".into())));
        background.stop().await;
        assert_eq!(starts.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn turns_fail_without_ending_the_task() {
        let background = Background::new(Clock::manual(Micros(7)));
        let turns = Arc::new(AtomicU32::new(0));
        let (counted, done) = (Arc::clone(&turns), Arc::new(tokio::sync::Notify::new()));
        let told = Arc::clone(&done);
        background.every("sweep", Duration::from_millis(1), move || {
            let (turn, told) = (counted.fetch_add(1, Ordering::SeqCst), Arc::clone(&told));
            async move {
                if turn == 0 {
                    return Err("no database");
                }
                told.notify_one();
                Ok(())
            }
        });
        done.notified().await;
        tokio::task::yield_now().await;
        let status = background.status().remove(0);
        assert_eq!(status.last_error, Some((Micros(7), "no database".into())));
        assert_eq!((status.restarts, status.last_done), (0, Some(Micros(7))));
        background.stop().await;
    }
}
