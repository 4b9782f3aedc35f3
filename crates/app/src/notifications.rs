//! What people are told: who is told what, written in the transaction of what happened; and each person's own list.
//!
//! ```text
//!   transaction: write ─► a row for each reader, letters, messages to webhooks ─► commit ─► told ─► events
//!   no transaction: tell ─► bounded queue ─► the task "notifications" does the same
//! ```
//! Rows are made for those who may know at that moment, go with the membership, and are read by their owner alone.

mod list;
#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nexus_model::{
    AlertId, AlertRule, GuestKey, Micros, NotificationId, NotificationKind, ServerId, TaskAction, TaskId, TenantId,
    TenantRole, UserId,
};
use nexus_store::{Store, SystemScope, Task};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc};

pub use self::list::{Channels, NotificationError, NotificationList, NotificationQuery, Preferences};
use crate::audit::Audit;
use crate::background::{Background, Beat};
use crate::clock::Clock;
use crate::events::{Events, Happening};
use crate::links::Links;
use crate::mail::Mailer;

/// How many notices without a transaction may wait.
const QUEUE: usize = 1024;
/// Between two sweeps of what is too old.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// What an alert is, for those who are told of it.
#[derive(Debug, Clone)]
pub(crate) struct AlertFacts {
    pub(crate) id: AlertId,
    pub(crate) tenant: TenantId,
    /// `None` where it is about all servers at once.
    pub(crate) server: Option<ServerId>,
    pub(crate) server_name: String,
    pub(crate) rule: AlertRule,
    /// Percent, milliseconds or seconds, by rule.
    pub(crate) value: Option<i64>,
    pub(crate) threshold: i64,
    /// For those who may know a server's inside.
    pub(crate) detail: Option<String>,
    pub(crate) at: Micros,
}

/// Something that people are told of.
#[derive(Debug, Clone)]
pub(crate) enum Notice {
    /// A server does not answer any more.
    ServerOffline { tenant: TenantId, server: ServerId, server_name: String, detail: Option<String> },
    /// It answers again.
    ServerOnline { tenant: TenantId, server: ServerId, server_name: String, detail: Option<String> },
    /// An alert opened.
    AlertOpened { alert: AlertFacts },
    /// Somebody looks after it.
    AlertAcknowledged { alert: AlertFacts, actor: UserId, actor_name: String },
    /// It is over.
    AlertResolved { alert: AlertFacts },
    /// An action on a guest ended.
    ActionEnded { task: Box<Task>, took: Duration },
    /// Somebody is a member now; of an accepted invitation the person is the actor too.
    MemberAdded {
        tenant: TenantId,
        person: UserId,
        person_name: String,
        actor: UserId,
        actor_name: String,
        role: TenantRole,
    },
    /// Somebody is a member no more.
    MemberRemoved {
        tenant: TenantId,
        person: UserId,
        person_name: String,
        actor: UserId,
        actor_name: String,
        role: TenantRole,
    },
    /// Somebody has another role: this one.
    RoleChanged {
        tenant: TenantId,
        person: UserId,
        person_name: String,
        actor: UserId,
        actor_name: String,
        role: TenantRole,
    },
}

/// What the words of a notification are made of; which are there hangs on its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerId>,
    /// Its name then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// The alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<AlertId>,
    /// What the alert is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<AlertRule>,
    /// What was measured: percent, milliseconds or seconds, by rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    /// What is too much or too little.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<i64>,
    /// The guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest: Option<GuestKey>,
    /// Its name then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest_name: Option<String>,
    /// What was asked of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<TaskAction>,
    /// The task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Whom it is about, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Who did it, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The role now, or of somebody who was removed the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<TenantRole>,
    /// Why, in words for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One notification of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationView {
    /// Its id.
    pub id: NotificationId,
    /// What it tells.
    pub kind: NotificationKind,
    /// When it happened.
    pub at: Micros,
    /// Whether its owner has read it.
    pub read: bool,
    /// What the words are made of.
    pub facts: Facts,
}

/// What became of a notice, to be handed to [`Notifications::told`] after the commit.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// Somebody has one more notification.
    Person { tenant: TenantId, user: UserId, notification: Box<NotificationView>, unread: i64 },
    /// Messages to webhooks wait.
    Deliveries,
}

/// Tells people. Cheap to clone.
#[derive(Clone)]
pub struct Notifications {
    inner: Arc<Inner>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) links: Links,
    pub(crate) mailer: Mailer,
    pub(crate) events: Events,
}

struct Inner {
    parts: Parts,
    queue: mpsc::Sender<Notice>,
    waiting: tokio::sync::Mutex<mpsc::Receiver<Notice>>,
    /// How many were not told because too many waited.
    dropped: AtomicU64,
    /// Woken when messages to webhooks wait.
    deliveries: Notify,
}

impl Notifications {
    pub(crate) fn new(parts: Parts) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = tokio::sync::Mutex::new(waiting);
        let inner = Inner { parts, queue, waiting, dropped: AtomicU64::new(0), deliveries: Notify::new() };
        Self { inner: Arc::new(inner) }
    }

    /// Starts the task that writes what was told without a transaction.
    pub(crate) fn start(&self, background: &Background) {
        let notices = self.clone();
        background.start("notifications", move |beat| {
            let notices = notices.clone();
            async move { notices.run(beat).await }
        });
    }

    /// Tells of something outside of a transaction; never waits. What finds the queue full is counted and not told.
    pub(crate) fn tell(&self, notice: Notice) {
        if self.inner.queue.try_send(notice).is_err() {
            let dropped = self.inner.dropped.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::warn!(dropped, "a notice is not told: too many wait");
        }
    }

    /// Sends the events of what was written, once its transaction has committed.
    pub(crate) fn told(&self, told: Vec<Told>) {
        for one in told {
            match one {
                Told::Person { tenant, user, notification, unread } => {
                    self.inner.parts.events.tell(tenant, Happening::Notification { user, notification, unread });
                }
                Told::Deliveries => self.inner.deliveries.notify_one(),
            }
        }
    }

    async fn run(&self, beat: Beat) {
        let mut waiting = self.inner.waiting.lock().await;
        let mut sweeps = tokio::time::interval(SWEEP_EVERY);
        loop {
            let notice = tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                _ = sweeps.tick() => None,
                notice = waiting.recv() => notice,
            };
            let done = match &notice {
                Some(notice) => self.write_alone(notice).await,
                None => self.sweep().await,
            };
            match done {
                Ok(()) => beat.done(),
                Err(error) => {
                    tracing::warn!(%error, "notices could not be written or swept");
                    beat.failed(&error);
                }
            }
        }
    }

    /// Waits until messages to webhooks were written.
    pub(crate) async fn deliveries_wait(&self) {
        self.inner.deliveries.notified().await;
    }

    /// Tells the streams of this process of a notification that another one wrote.
    pub(crate) async fn heard(&self, tenant: TenantId, user: UserId, id: NotificationId) -> nexus_store::Result<()> {
        let Parts { store, system, .. } = &self.inner.parts;
        let mut tx = store.system_read(system).await?;
        let found = tx.notification_of(tenant, user, id).await?;
        if let Some((row, unread)) = found {
            let notification = Box::new(list::view(row));
            self.told(vec![Told::Person { tenant, user, notification, unread }]);
        }
        Ok(())
    }

    async fn write_alone(&self, notice: &Notice) -> nexus_store::Result<()> {
        let Parts { store, system, .. } = &self.inner.parts;
        let mut tx = store.system_write(system).await?;
        let told = self.write(&mut tx, notice).await?;
        tx.commit().await?;
        self.told(told);
        Ok(())
    }
}
