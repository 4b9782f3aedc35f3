//! Assignments: rights on guests, given to a person or a group. Who has which in the end is decided by the app's policy.

use serde::{Deserialize, Serialize};

use crate::permission::named;
use crate::{AssignmentId, GroupId, GuestKey, GuestPermissions, Incarnation, Micros, ServerId, UserId};

/// Who is given rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A member.
    User(UserId),
    /// Everybody in a group.
    Group(GroupId),
}

/// On what rights are given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// One guest, bound to its incarnation.
    Guest(GuestKey),
    /// All guests of a PVE pool, also those to come; on one server, or on all of the tenant.
    Pool {
        /// The server; `None` for all.
        server: Option<ServerId>,
        /// The pool's name.
        name: String,
    },
    /// All guests with a tag, also those to come; on one server, or on all of the tenant.
    Tag {
        /// The server; `None` for all.
        server: Option<ServerId>,
        /// The tag.
        name: String,
    },
}

named! {
    /// The forms of a [`Target`].
    TargetKind {
        /// One guest.
        Guest = "guest",
        /// A PVE pool.
        Pool = "pool",
        /// A PVE tag.
        Tag = "tag",
    }
}

impl Target {
    /// Its form.
    #[must_use]
    pub const fn kind(&self) -> TargetKind {
        match self {
            Self::Guest(_) => TargetKind::Guest,
            Self::Pool { .. } => TargetKind::Pool,
            Self::Tag { .. } => TargetKind::Tag,
        }
    }

    /// The one server that it is about; `None` for all of the tenant.
    #[must_use]
    pub const fn server(&self) -> Option<ServerId> {
        match self {
            Self::Guest(guest) => Some(guest.server),
            Self::Pool { server, .. } | Self::Tag { server, .. } => *server,
        }
    }

    /// The name of the pool or tag.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Guest(_) => None,
            Self::Pool { name, .. } | Self::Tag { name, .. } => Some(name),
        }
    }

    /// One text for each target: two with the same text are the same.
    #[must_use]
    pub fn key(&self) -> String {
        let server = self.server().map(|server| server.to_string()).unwrap_or_default();
        match self {
            Self::Guest(guest) => format!("guest:{server}/{}/{}", guest.kind, guest.vmid),
            Self::Pool { name, .. } => format!("pool:{server}/{name}"),
            Self::Tag { name, .. } => format!("tag:{server}/{name}"),
        }
    }
}

/// Rights on guests, given to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Who has the rights.
    pub subject: Subject,
    /// On what.
    pub target: Target,
    /// A guest's mark when the rights were given; the rights sleep when another guest has the vmid.
    pub incarnation: Option<Incarnation>,
    /// Which rights.
    pub permissions: GuestPermissions,
    /// When they end by themselves.
    pub until: Option<Micros>,
    /// Whether they sleep because the guest was gone.
    pub asleep: bool,
    /// Counts its changes.
    pub version: i64,
    /// When they were given.
    pub created_at: Micros,
}
