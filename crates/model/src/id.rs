//! Ids: one newtype over a UUID for each noun, so that a tenant's id cannot be passed as a server's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id's UUID.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )* };
}

id! {
    /// A person's account.
    UserId,
    /// A signed-in browser.
    SessionId,
    /// An organisation.
    TenantId,
    /// A configured PVE endpoint.
    ServerId,
    /// Permissions on guests given to a person or a group.
    AssignmentId,
    /// Members of a tenant under one name.
    GroupId,
    /// An offer to become a member.
    InvitationId,
    /// One opened console.
    ConsoleId,
    /// One action on a guest, as Nexus counts them; PVE's own name for it is the UPID.
    TaskId,
    /// One recorded action.
    AuditId,
    /// One check of a server or call of PVE.
    CheckId,
    /// Something that is wrong with a server.
    AlertId,
    /// Something that one person is told.
    NotificationId,
    /// An address that is told of events.
    WebhookId,
    /// One message to a webhook.
    DeliveryId,
    /// One running Nexus.
    ProcessId,
    /// One action on many guests.
    BulkId,
    /// A filter of the list of guests under a name.
    ViewId,
    /// What a program signs in with, for a person.
    TokenId,
    /// What PVE answered at some paths at one time.
    ConfigSnapshotId,
    /// A call of PVE that a person keeps or made in the explorer.
    PveCallId,
}
