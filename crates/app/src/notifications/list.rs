//! One's own notifications, what of them was read, and how they reach one. Of other people's nothing is ever read or
//! changed here: every statement carries the person.

use std::time::Duration;

use nexus_model::{FieldError, InvalidInput, Micros, NotificationCategory, NotificationId};
use nexus_store::{Notification, NotificationFilter, Preference};
use uuid::Uuid;

use super::{Facts, NotificationView, Notifications, Parts};
use crate::access::{Grant, ManageSettings, SeeTenant};
use crate::audit::Entry;
use crate::mail::Letter;
use crate::page::{BadPage, Page};

/// How many notifications are marked as read by their ids at once.
const MOST_IDS: usize = 200;
/// How long notifications and messages to webhooks are kept.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How many are kept of each person in a tenant, and of each webhook.
const MOST_KEPT: u32 = 500;
/// How many test mails a tenant sends within [`TEST_WINDOW`].
const MOST_TESTS: i64 = 5;
const TEST_WINDOW: Duration = Duration::from_secs(3600);

/// Which part of one's notifications.
#[derive(Debug, Clone, Default)]
pub struct NotificationQuery {
    /// Only these.
    pub category: Option<NotificationCategory>,
    /// Only unread ones.
    pub unread: bool,
    /// The page.
    pub page: Page,
}

/// A page of one's notifications.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationList {
    /// Newest first.
    pub notifications: Vec<NotificationView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
    /// How many are unread in all.
    pub unread: i64,
}

/// How one category reaches a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channels {
    /// In the list.
    pub in_app: bool,
    /// By mail.
    pub email: bool,
}

impl Default for Channels {
    fn default() -> Self {
        Self { in_app: true, email: false }
    }
}

/// How notifications reach a person in one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preferences {
    /// Servers that go and come back.
    pub servers: Channels,
    /// Alerts.
    pub alerts: Channels,
    /// One's own actions on guests.
    pub guest_actions: Channels,
    /// Members who come, go or get another role.
    pub members: Channels,
}

impl Preferences {
    fn of(&mut self, category: NotificationCategory) -> &mut Channels {
        match category {
            NotificationCategory::Servers => &mut self.servers,
            NotificationCategory::Alerts => &mut self.alerts,
            NotificationCategory::GuestActions => &mut self.guest_actions,
            NotificationCategory::Members => &mut self.members,
        }
    }
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    /// The person is no member: there is nothing that could be kept.
    #[error("the person is no member")]
    NotFound,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The part of the list cannot be had.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// There is no mail.
    #[error("mail is not configured")]
    MailNotConfigured,
    /// Too many test mails.
    #[error("too many test mails")]
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for NotificationError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

pub(super) fn view(row: Notification) -> NotificationView {
    // What a newer Nexus may have stored is left out rather than failing the list.
    let facts: Facts = serde_json::from_value(row.facts).unwrap_or_default();
    NotificationView { id: row.id, kind: row.kind, at: row.at, read: row.read_at.is_some(), facts }
}

impl Notifications {
    /// A page of one's own notifications, newest first.
    ///
    /// # Errors
    /// The page, or the store.
    pub async fn list(
        &self,
        grant: &Grant<SeeTenant>,
        query: &NotificationQuery,
    ) -> Result<NotificationList, NotificationError> {
        let NotificationQuery { category, unread, page } = query;
        let before = page.place::<(i64, NotificationId)>()?;
        let before = before.map_or((Micros(i64::MAX), Uuid::max().into()), |(at, id)| (Micros(at), id));
        let filter = NotificationFilter { category: *category, unread: *unread, before };
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let mut rows = tx.notifications(&filter, page.limit() + 1).await?;
        let next_cursor = page.cut(&mut rows, |last| (last.at.0, last.id));
        let unread = tx.count_unread().await?;
        Ok(NotificationList { notifications: rows.into_iter().map(view).collect(), next_cursor, unread })
    }

    /// Marks one's own notifications as read: those among `ids`, or all. Returns how many are unread then.
    ///
    /// # Errors
    /// Too many ids, the store.
    pub async fn read(
        &self,
        grant: &Grant<SeeTenant>,
        ids: Option<&[NotificationId]>,
    ) -> Result<i64, NotificationError> {
        if ids.is_some_and(|ids| ids.len() > MOST_IDS) {
            let error = InvalidInput::new("too_long", format!("may be {MOST_IDS} at most")).field("ids");
            return Err(NotificationError::Invalid(vec![error]));
        }
        let Parts { store, clock, .. } = &self.inner.parts;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.read_notifications(ids, clock.now()).await?;
        let unread = tx.count_unread().await?;
        tx.commit().await?;
        Ok(unread)
    }

    /// How notifications reach one; as preset where one has chosen nothing.
    ///
    /// # Errors
    /// The store.
    pub async fn preferences(&self, grant: &Grant<SeeTenant>) -> Result<Preferences, NotificationError> {
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let mut preferences = Preferences::default();
        for Preference { category, in_app, email } in tx.notification_preferences().await? {
            *preferences.of(category) = Channels { in_app, email };
        }
        Ok(preferences)
    }

    /// Changes how notifications reach one.
    ///
    /// # Errors
    /// [`NotificationError::NotFound`] for a system admin who is no member; the store.
    pub async fn set_preferences(
        &self,
        grant: &Grant<SeeTenant>,
        mut new: Preferences,
    ) -> Result<Preferences, NotificationError> {
        if grant.role().is_none() {
            return Err(NotificationError::NotFound);
        }
        let mut tx = self.inner.parts.store.tenant_write(grant.scope()).await?;
        for category in NotificationCategory::ALL {
            let Channels { in_app, email } = *new.of(*category);
            tx.put_notification_preference(Preference { category: *category, in_app, email }).await?;
        }
        tx.commit().await?;
        Ok(new)
    }

    /// Sends a test mail to the tenant's alert address, or where there is none to who asks. Returns the address.
    ///
    /// # Errors
    /// No mail, too many test mails, the store.
    pub async fn send_test_mail(&self, grant: &Grant<ManageSettings>) -> Result<String, NotificationError> {
        let Parts { store, system, clock, links, mailer, audit, .. } = &self.inner.parts;
        if !mailer.is_configured() {
            return Err(NotificationError::MailNotConfigured);
        }
        let (tenant, now) = (grant.tenant_id(), clock.now());
        let mut tx = store.system_write(system).await?;
        let place = tx.notice_place(tenant).await?.ok_or(NotificationError::NotFound)?;
        let key = format!("test-mail:{tenant}");
        let (sent, first_at) = tx.count_uses(&key, 1, now, now.minus(TEST_WINDOW)).await?;
        if sent > MOST_TESTS {
            let retry_after = first_at.plus(TEST_WINDOW).since(now);
            return Err(NotificationError::TooMany { retry_after });
        }
        let to = place.alert_email.clone().unwrap_or_else(|| grant.person().email().to_owned());
        let letter = Letter::Test { tenant: &place.name, link: &links.tenant(&place.slug) };
        let head = tx.letterhead(tenant).await?.ok_or(NotificationError::NotFound)?;
        mailer.post_from(&mut tx, &head, (&to, None), &letter).await?;
        let entry = Entry::new("settings.test_mail", "tenant", tenant, place.name.as_str()).detail(format!("to {to}"));
        audit.record_as_system(&mut tx, Some(tenant), &grant.who(), entry).await?;
        tx.commit().await?;
        Ok(to)
    }

    /// Drops what is too old or too much, of notifications and of messages to webhooks.
    pub(crate) async fn sweep(&self) -> nexus_store::Result<()> {
        let Parts { store, system, clock, .. } = &self.inner.parts;
        let before = clock.now().minus(KEPT);
        let mut tx = store.system_write(system).await?;
        tx.delete_old_notifications(before, MOST_KEPT).await?;
        tx.delete_old_deliveries(before, MOST_KEPT).await?;
        tx.commit().await
    }
}
