//! The gateway: PVE's own API, for PVE's own clients and for the explorer, as far as somebody's rights in Nexus go.
//!
//! What may pass stands in one table (`gateway/table.txt`), which is closed by default: a method, a path or a parameter that it
//! does not have is refused before PVE is asked, and so is everything that names what lies outside of the scope. PVE's
//! status, reason and body come back as they are. Never given out: credentials, tickets, the cluster's secrets.

mod call;
mod lists;
mod names;
mod path;
mod rates;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use nexus_model::{PveMay, PveMethod, ServerId};
use nexus_store::{Store, SystemScope};

pub use self::path::{parts, read_form, read_json, read_path};
use self::rates::Rates;
use self::table::{Missed, Right};
use crate::access::{Access, Grant, Refused, TenantPermission};
use crate::audit::Audit;
use crate::inventory::Inventory;
use crate::permission::TenantRight;
use crate::tasks::Tasks;

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
    /// It asks for another form of answers than json and extjs.
    #[error("answers come as json and extjs alone")]
    NoFormat,
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
    /// Something broke here.
    #[error("the call cannot be followed: {0}")]
    Internal(String),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

/// Passes calls on. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    parts: Arc<Parts>,
    rates: Rates,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) access: Access,
    pub(crate) audit: Audit,
    pub(crate) inventory: Inventory,
    pub(crate) tasks: Tasks,
}

impl Gateway {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts), rates: Rates::default() }
    }

    /// Whether the person may make a call on a server, for the explorer; and why not, for people. `template` is the
    /// schema's path with its placeholders.
    #[must_use]
    pub fn judge<P: TenantPermission>(
        &self,
        grant: &Grant<P>,
        server: ServerId,
        method: PveMethod,
        template: &str,
    ) -> (PveMay, Option<String>) {
        let entry = self.parts.inventory.entry(server).filter(|entry| entry.endpoint.tenant == grant.tenant_id());
        if entry.is_none_or(|entry| entry.is_provided()) {
            return (PveMay::Closed, Some("the server is provided".to_owned()));
        }
        let row = match table::find_template(method, template) {
            Ok(row) => row,
            Err(Missed::Closed(why)) => return (PveMay::Closed, Some(why.to_owned())),
            Err(Missed::Unknown) => {
                return (
                    PveMay::Closed,
                    Some("Nexus does not know this call, and passes on what it knows alone".into()),
                );
            }
        };
        let role = |why: &str| (PveMay::Role, Some(why.to_owned()));
        let reads = row.method == PveMethod::Get;
        match row.right {
            _ if !grant.is_manager() => role("it is for managers"),
            Right::Admin if !grant.is_admin() => role("it is for admins"),
            Right::Read | Right::See if !grant.allows(TenantRight::ReadPve) => role("it takes the right to read"),
            Right::Guest | Right::Admin if !reads && !grant.allows(TenantRight::WritePve) => {
                role("it takes the right to change")
            }
            _ if row.guest().is_some() => (PveMay::Scoped, None),
            _ => (PveMay::Yes, None),
        }
    }

    /// Whether a path of the schema may be kept in snapshots of a server's configuration.
    #[must_use]
    pub fn is_readable(&self, template: &str) -> bool {
        let row = table::find_template(PveMethod::Get, template);
        row.is_ok_and(|row| matches!(row.right, Right::Read | Right::See))
    }
}

/// What stands for a secret.
const MASK: &str = "********";

/// The parameters without their secrets, for what is kept of a call.
#[must_use]
pub fn masked(params: &[(String, String)]) -> Vec<(String, String)> {
    let secret = |name: &str, value: &str| {
        let name = name.to_ascii_lowercase();
        let words = ["password", "secret", "token", "sshkeys", "ssh-public-keys", "cookie", "ticket"];
        words.iter().any(|word| name.contains(word))
            || ["key", "keys", "env", "authorization"].contains(&&*name)
            || name.ends_with("-key")
            || (name.contains("url") && value.contains('@'))
    };
    let mask = |(name, value): &(String, String)| {
        (name.clone(), if secret(name, value) { MASK.to_owned() } else { value.clone() })
    };
    params.iter().map(mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_kept() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let params = [
            pair("cipassword", "x1"),
            pair("password", "x2"),
            pair("sshkeys", "x3"),
            pair("ssh-public-keys", "x4"),
            pair("encryption-key", "x5"),
            pair("env", "A=x6"),
            pair("url", "https://a:x7@example.org"),
            pair("name", "web"),
            pair("keyboard", "de"),
        ];
        let kept = masked(&params);
        assert!(kept.iter().all(|(_, value)| !value.contains('x')), "{kept:?}");
        assert_eq!(kept[7..], params[7..]);
    }
}
