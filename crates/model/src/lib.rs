//! The product's words as types: ids, roles, permissions, values.
//!
//! No I/O, no async, no clock: what is here can be used by every layer and tested by itself.

mod assignment;
mod guest;
mod id;
mod input;
mod permission;
mod server;
mod time;

pub use assignment::{Assignment, Subject, Target, TargetKind};
pub use guest::{GuestKey, GuestKind, GuestPermissions, GuestRight, GuestStatus, Incarnation, PowerAction};
pub use id::{AssignmentId, AuditId, ConsoleId, GroupId, InvitationId, ServerId, SessionId, TaskId, TenantId, UserId};
pub use input::{Email, FieldError, Host, InvalidInput, Name, Slug, UserName, free_text};
pub use permission::{SystemRole, TenantRole, ViewerScope};
pub use server::{Fallback, GuestScope, ServerOrigin, ServerStatus, Tls, TlsMode, VmidRange, Way};
pub use time::Micros;
