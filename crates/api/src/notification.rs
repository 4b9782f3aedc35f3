//! Notifications: one's own list, and how they reach one.

use nexus_app::notifications::NotificationView;
use nexus_model::{AlertRule, NotificationCategory, NotificationKind};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::account::TenantRoleOut;
use crate::guest::{ActionOut, GuestRefOut};
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
    action: Option<ActionOut>,
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
            action: facts.action.map(ActionOut::from),
            task: facts.task.map(Uuid::from),
            person: facts.person,
            actor: facts.actor,
            role: facts.role.map(TenantRoleOut::from),
            detail: facts.detail,
        }
    }
}
