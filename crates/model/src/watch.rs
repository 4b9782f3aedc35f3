//! Words of watching over servers: checks, figures, alerts, notifications and webhooks.

use serde::{Deserialize, Serialize};

use crate::permission::named;

named! {
    /// What was asked of a server.
    CheckKind {
        /// The overview, which decides how the server is doing.
        Check = "check",
        /// Any other call.
        Call = "call",
    }
}

named! {
    /// The length of one point of a chart.
    MetricSpan {
        /// 24 of them are kept for charts.
        Hour = "hour",
        /// 30 of them are kept for charts; a day of UTC.
        Day = "day",
    }
}

named! {
    /// What an alert is about.
    AlertRule {
        /// Too few checks succeed, in percent.
        SuccessRate = "success_rate",
        /// Answers take too long, in milliseconds.
        Latency = "latency",
        /// A server has been away for too long, in seconds.
        Offline = "offline",
        /// Nearly all servers are away at once: the fault is likely on this side.
        Network = "network",
    }
}

named! {
    /// How far an alert is.
    AlertState {
        /// Nobody has taken it yet.
        Open = "open",
        /// Somebody looks after it.
        Acknowledged = "acknowledged",
        /// What it was about is over.
        Resolved = "resolved",
    }
}

named! {
    /// What notifications are about, for preferences.
    NotificationCategory {
        /// Servers that go and come back.
        Servers = "servers",
        /// Alerts.
        Alerts = "alerts",
        /// One's own actions on guests.
        GuestActions = "guest_actions",
        /// Members who come, go or get another role.
        Members = "members",
    }
}

named! {
    /// What a notification tells.
    NotificationKind {
        /// A server does not answer any more.
        ServerOffline = "server_offline",
        /// A server answers again.
        ServerOnline = "server_online",
        /// An alert opened.
        AlertOpened = "alert_opened",
        /// Somebody took an alert.
        AlertAcknowledged = "alert_acknowledged",
        /// An alert is over.
        AlertResolved = "alert_resolved",
        /// A long action of one's own has ended well.
        ActionDone = "action_done",
        /// An action of one's own failed.
        ActionFailed = "action_failed",
        /// Somebody is a member now.
        MemberAdded = "member_added",
        /// Somebody is a member no more.
        MemberRemoved = "member_removed",
        /// Somebody has another role.
        RoleChanged = "role_changed",
    }
}

impl NotificationKind {
    /// What it belongs to.
    #[must_use]
    pub const fn category(self) -> NotificationCategory {
        match self {
            Self::ServerOffline | Self::ServerOnline => NotificationCategory::Servers,
            Self::AlertOpened | Self::AlertAcknowledged | Self::AlertResolved => NotificationCategory::Alerts,
            Self::ActionDone | Self::ActionFailed => NotificationCategory::GuestActions,
            Self::MemberAdded | Self::MemberRemoved | Self::RoleChanged => NotificationCategory::Members,
        }
    }
}

named! {
    /// What a webhook is told of.
    WebhookEvent {
        /// An alert opened.
        AlertOpened = "alert_opened",
        /// Somebody took an alert.
        AlertAcknowledged = "alert_acknowledged",
        /// An alert is over.
        AlertResolved = "alert_resolved",
        /// A server does not answer any more.
        ServerOffline = "server_offline",
        /// A server answers again.
        ServerOnline = "server_online",
        /// Somebody pressed the test button.
        Test = "test",
    }
}

named! {
    /// How far a message to a webhook is.
    DeliveryState {
        /// Is tried, or tried again.
        Pending = "pending",
        /// The other side took it.
        Delivered = "delivered",
        /// Given up.
        Failed = "failed",
    }
}
