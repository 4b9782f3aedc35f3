//! The product's words as types: ids, roles, permissions, values.
//!
//! No I/O, no async, no clock: what is here can be used by every layer and tested by itself.

mod assignment;
mod guest;
mod id;
mod input;
mod permission;
mod pve;
mod server;
mod task;
mod time;
mod watch;

pub use assignment::{Assignment, Subject, Target, TargetKind};
pub use guest::{GuestKey, GuestKind, GuestPermissions, GuestRight, GuestStatus, Incarnation, PowerAction};
pub use id::{
    AlertId, AssignmentId, AuditId, BulkId, CheckId, ConfigSnapshotId, ConsoleId, DeliveryId, GroupId, InvitationId,
    NotificationId, ProcessId, PveCallId, ServerId, SessionId, TaskId, TenantId, TokenId, UserId, ViewId, WebhookId,
};
pub use input::{Email, FieldError, Host, InvalidInput, Name, Slug, UserName, free_text};
pub use permission::{SystemRole, TenantRole, TokenScope, TokenScopes, ViewerScope};
pub use pve::{PveMay, PveMethod};
pub use server::{Fallback, GuestScope, ServerOrigin, ServerStatus, Tls, TlsMode, VmidRange, Way};
pub use task::{BulkGuestState, BulkState, TaskAction, ViewLayout};
pub use time::Micros;
pub use watch::{
    AlertRule, AlertState, CheckKind, DeliveryState, MetricSpan, NotificationCategory, NotificationKind, WebhookEvent,
};
