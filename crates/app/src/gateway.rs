//! The gateway: PVE's own API, for PVE's own clients and for the explorer, as far as somebody's rights in Nexus go.
//!
//! What may pass stands in one table (`gateway/table.txt`), which is closed by default: a method, a path or a parameter that it
//! does not have is refused before PVE is asked, and so is everything that names what lies outside of the scope. PVE's
//! status, reason and body come back as they are. Never given out: credentials, tickets, the cluster's secrets.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use nexus_model::{PveMay, PveMethod, ServerId, TenantId};

use crate::access::{Access, Grant, Refused, SignedIn, TenantPermission};
use crate::audit::Audit;
use crate::clock::Clock;
use crate::inventory::Inventory;

/// How PVE writes its answers: the two forms that programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `{"data": …}`, with PVE's status.
    Json,
    /// What PVE's own pages read: always 200, with `success`.
    Extjs,
}

/// A call as somebody wants it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The method.
    pub method: PveMethod,
    /// How the answer is to be written.
    pub format: Format,
    /// The parts of the path below the format, each decoded once.
    pub path: Vec<String>,
    /// The parameters in their order, those of the query and those of the body; an array is its name several times.
    pub params: Vec<(String, String)>,
}

/// What PVE answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// PVE's status.
    pub status: u16,
    /// PVE's reason phrase; may be empty.
    pub reason: String,
    /// What the body is.
    pub content_type: String,
    /// The body.
    pub body: Bytes,
}

/// Why a call was not made, or has no answer.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// No grant.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// There is no such server.
    #[error("there is no such server")]
    NoServer,
    /// The path cannot be read: it climbs, or hides something.
    #[error("the path is not one of PVE's: {0}")]
    BadPath(&'static str),
    /// Neither PVE nor the table has this path with this method.
    #[error("there is no '{0} {1}'")]
    Unknown(PveMethod, String),
    /// It is closed for everybody; why.
    #[error("this call is closed: {0}")]
    Closed(String),
    /// It takes a higher role.
    #[error("{0}")]
    Role(&'static str),
    /// Something outside of the scope, or that Nexus does not know.
    #[error("there is no such guest")]
    OutOfScope,
    /// Parameters that cannot be passed on, with why.
    #[error("parameter verification failed")]
    Parameters(BTreeMap<String, String>),
    /// Too many calls, at once or within a minute; seconds until the next may work.
    #[error("too many calls")]
    TooMany(u64),
    /// PVE did not answer.
    #[error("the server does not answer: {0}")]
    Unreachable(String),
    /// The answer is larger than the gateway passes on.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

/// Passes calls on. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    parts: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) access: Access,
    pub(crate) audit: Audit,
    pub(crate) clock: Clock,
    pub(crate) inventory: Inventory,
}

impl Gateway {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// Whether the person may make a call on a server, for the explorer; and why not, for people. `template` is the
    /// schema's path with its placeholders.
    #[must_use]
    pub fn judge<P: TenantPermission>(
        &self,
        _grant: &Grant<P>,
        _server: ServerId,
        _method: PveMethod,
        _template: &str,
    ) -> (PveMay, Option<String>) {
        (PveMay::Closed, None)
    }

    /// Makes a call as a person, by session or token: looks it up in the table, asks for the grant that the table names,
    /// checks everything that it names, and passes it on.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn call(
        &self,
        _person: &SignedIn,
        _tenant: TenantId,
        _server: ServerId,
        _wanted: Wanted,
    ) -> Result<Answer, GatewayError> {
        Err(GatewayError::NoServer)
    }
}
