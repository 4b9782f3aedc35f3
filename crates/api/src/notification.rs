//! Notifications: one's own list, and how they reach one.

use axum::Json;
use axum::extract::State;
use nexus_app::access::{ManageSettings, SeeTenant};
use nexus_app::notifications::{
    Channels, NotificationError, NotificationList, NotificationQuery, NotificationView, Preferences,
};
use nexus_app::page::Page;
use nexus_model::{AlertRule, NotificationCategory, NotificationId, NotificationKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Api;
use crate::account::TenantRoleOut;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, May};
use crate::guest::GuestRefOut;
use crate::page::{Given, given};
use crate::task::TaskActionOut;
use crate::wire::{At, mirrored};

mirrored! {
    /// What an alert is about.
    AlertRuleOut = AlertRule { SuccessRate, Latency, Offline, Network }
}
mirrored! {
    /// What a notification is about.
    CategoryOut = NotificationCategory { Servers, Alerts, GuestActions, Members }
}
mirrored! {
    /// What a notification tells.
    NotificationKindOut = NotificationKind {
        ServerOffline, ServerOnline, AlertOpened, AlertAcknowledged, AlertResolved, ActionDone, ActionFailed, MemberAdded,
        MemberRemoved, RoleChanged
    }
}

/// Something that happened. Which fields are there hangs on the kind.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationOut {
    id: Uuid,
    kind: NotificationKindOut,
    category: CategoryOut,
    #[schema(value_type = At)]
    at: At,
    read: bool,
    server: Option<Uuid>,
    server_name: Option<String>,
    alert: Option<Uuid>,
    rule: Option<AlertRuleOut>,
    /// Percent, milliseconds or seconds, by rule.
    value: Option<i64>,
    threshold: Option<i64>,
    guest: Option<GuestRefOut>,
    guest_name: Option<String>,
    action: Option<TaskActionOut>,
    task: Option<Uuid>,
    /// Whom it is about.
    person: Option<String>,
    /// Who did it.
    actor: Option<String>,
    role: Option<TenantRoleOut>,
    detail: Option<String>,
}

impl From<NotificationView> for NotificationOut {
    fn from(view: NotificationView) -> Self {
        let facts = view.facts;
        Self {
            id: view.id.into(),
            kind: view.kind.into(),
            category: view.kind.category().into(),
            at: At(view.at),
            read: view.read,
            server: facts.server.map(Uuid::from),
            server_name: facts.server_name,
            alert: facts.alert.map(Uuid::from),
            rule: facts.rule.map(AlertRuleOut::from),
            value: facts.value,
            threshold: facts.threshold,
            guest: facts.guest.map(GuestRefOut::from),
            guest_name: facts.guest_name,
            action: facts.action.map(TaskActionOut::from),
            task: facts.task.map(Uuid::from),
            person: facts.person,
            actor: facts.actor,
            role: facts.role.map(TenantRoleOut::from),
            detail: facts.detail,
        }
    }
}

/// One's own notifications, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationList)]
pub(crate) struct NotificationListOut {
    notifications: Vec<NotificationOut>,
    next_cursor: Option<String>,
    /// How many are unread in all.
    unread: i64,
}

impl From<NotificationList> for NotificationListOut {
    fn from(list: NotificationList) -> Self {
        let notifications = list.notifications.into_iter().map(NotificationOut::from).collect();
        Self { notifications, next_cursor: list.next_cursor, unread: list.unread }
    }
}

/// Which of one's notifications.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotificationQueryIn {
    /// Only these.
    #[param(value_type = Option<CategoryOut>)]
    category: Option<CategoryOut>,
    /// Only unread ones.
    unread: Option<bool>,
    /// From the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// How many, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl From<NotificationQueryIn> for NotificationQuery {
    fn from(query: NotificationQueryIn) -> Self {
        Self {
            category: query.category.map(Into::into),
            unread: query.unread.unwrap_or(false),
            page: Page { q: String::new(), cursor: query.cursor, limit: query.limit.unwrap_or(50) },
        }
    }
}

/// Which notifications were read; without ids all.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ReadIn {
    #[schema(max_items = 200)]
    ids: Option<Vec<Uuid>>,
}

/// How many notifications are unread.
#[derive(Serialize, ToSchema)]
#[schema(as = Unread)]
pub(crate) struct UnreadOut {
    unread: i64,
}

/// How one category reaches a person.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Channels)]
pub(crate) struct ChannelsOut {
    in_app: bool,
    /// To a verified address alone.
    email: bool,
}

impl From<Channels> for ChannelsOut {
    fn from(channels: Channels) -> Self {
        Self { in_app: channels.in_app, email: channels.email }
    }
}

impl From<ChannelsOut> for Channels {
    fn from(channels: ChannelsOut) -> Self {
        Self { in_app: channels.in_app, email: channels.email }
    }
}

/// How notifications reach a person in this tenant.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = NotificationPreferences)]
pub(crate) struct PreferencesOut {
    servers: ChannelsOut,
    alerts: ChannelsOut,
    guest_actions: ChannelsOut,
    members: ChannelsOut,
}

impl From<Preferences> for PreferencesOut {
    fn from(all: Preferences) -> Self {
        Self {
            servers: all.servers.into(),
            alerts: all.alerts.into(),
            guest_actions: all.guest_actions.into(),
            members: all.members.into(),
        }
    }
}

impl From<PreferencesOut> for Preferences {
    fn from(all: PreferencesOut) -> Self {
        Self {
            servers: all.servers.into(),
            alerts: all.alerts.into(),
            guest_actions: all.guest_actions.into(),
            members: all.members.into(),
        }
    }
}

/// Where the test mail goes.
#[derive(Serialize, ToSchema)]
#[schema(as = TestMailSent)]
pub(crate) struct TestMailOut {
    to: String,
}

/// One's own notifications.
#[utoipa::path(get, path = "/tenants/{tenant}/notifications", tag = "notification", operation_id = "list_notifications",
    params(("tenant" = Uuid, Path,), NotificationQueryIn),
    responses((status = 200, body = NotificationListOut), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeTenant>,
    query: Given<NotificationQueryIn>,
) -> Result<Json<NotificationListOut>, ApiError> {
    Ok(Json(api.app.notifications.list(&grant, &given(query)?.into()).await?.into()))
}

/// Marks notifications as read.
#[utoipa::path(post, path = "/tenants/{tenant}/notifications/read", tag = "notification",
    operation_id = "read_notifications", params(("tenant" = Uuid, Path,)), request_body = ReadIn,
    responses((status = 200, body = UnreadOut), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn read(
    State(api): State<Api>,
    May(grant): May<SeeTenant>,
    Body(which): Body<ReadIn>,
) -> Result<Json<UnreadOut>, ApiError> {
    let ids: Option<Vec<NotificationId>> = which.ids.map(|ids| ids.into_iter().map(Into::into).collect());
    Ok(Json(UnreadOut { unread: api.app.notifications.read(&grant, ids.as_deref()).await? }))
}

/// How notifications reach one.
#[utoipa::path(get, path = "/tenants/{tenant}/notification-preferences", tag = "notification",
    operation_id = "get_notification_preferences", params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = PreferencesOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn preferences(
    State(api): State<Api>,
    May(grant): May<SeeTenant>,
) -> Result<Json<PreferencesOut>, ApiError> {
    Ok(Json(api.app.notifications.preferences(&grant).await?.into()))
}

/// Changes how notifications reach one.
#[utoipa::path(put, path = "/tenants/{tenant}/notification-preferences", tag = "notification",
    operation_id = "set_notification_preferences", params(("tenant" = Uuid, Path,)), request_body = PreferencesOut,
    responses((status = 200, body = PreferencesOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn set_preferences(
    State(api): State<Api>,
    May(grant): May<SeeTenant>,
    Body(new): Body<PreferencesOut>,
) -> Result<Json<PreferencesOut>, ApiError> {
    Ok(Json(api.app.notifications.set_preferences(&grant, new.into()).await?.into()))
}

/// Sends a test mail to the tenant's alert address, or else to oneself.
#[utoipa::path(post, path = "/tenants/{tenant}/alerts/test-mail", tag = "notification", operation_id = "send_test_mail",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = TestMailOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn send_test_mail(
    State(api): State<Api>,
    May(grant): May<ManageSettings>,
) -> Result<Json<TestMailOut>, ApiError> {
    Ok(Json(TestMailOut { to: api.app.notifications.send_test_mail(&grant).await? }))
}

impl From<NotificationError> for ApiError {
    fn from(error: NotificationError) -> Self {
        match error {
            NotificationError::NotFound => Self::not_found(),
            NotificationError::Invalid(fields) => Self::invalid(fields),
            NotificationError::Page(cause) => cause.into(),
            NotificationError::MailNotConfigured => Self::mail_not_configured(),
            NotificationError::TooMany { retry_after } => Self::too_many_attempts(retry_after.as_secs().max(1)),
            NotificationError::Store(cause) => Self::internal(cause),
        }
    }
}
