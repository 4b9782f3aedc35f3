//! The explorer of PVE's API: what each server says of its own API, with what the person may call of it; the calls that
//! a person made, and those that they keep. Calls themselves go through the gateway.
//!
//! What a server says is shown as plain text and decides nothing: rights come from the gateway's own table.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nexus_model::{FieldError, InvalidInput, Micros, PveCallId, PveMay, PveMethod, ServerId};
pub use nexus_pve::ApiParameter;
use nexus_pve::{ApiMethod, ApiSchema, SchemaError};
use nexus_store::Store;
pub use nexus_store::{CallParam, KeptCall, MadeCall};

use crate::access::{Grant, ReadPve, SignedIn};
use crate::clock::Clock;
use crate::gateway::Gateway;
use crate::inventory::{Entry, Inventory};
use crate::secret;

/// How long a schema counts as fresh: it changes with PVE's packages alone.
const FRESH: Duration = Duration::from_secs(3600);
/// Whoever asks for a fresh one gets one that is at most as old as this.
const JUST_NOW: Duration = Duration::from_secs(10);
/// The most schemas that are kept at once; each has some megabytes.
const SCHEMAS: usize = 32;
/// The most calls of a person in a tenant that are remembered.
const CALLS: u32 = 100;
/// The most calls of a person in a tenant that are kept.
const FAVOURITES: i64 = 100;
/// Longest path, in characters.
const LONGEST_PATH: usize = 300;
/// Longest value of a parameter that is remembered, in characters.
const LONGEST_VALUE: usize = 1_000;

/// Shows what there is to call, and remembers what was. Cheap to clone.
#[derive(Clone)]
pub struct Explorer {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    schemas: Mutex<HashMap<ServerId, Arc<Slot>>>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) inventory: Inventory,
    pub(crate) gateway: Gateway,
}

/// What is known of one server's schema; whoever asks the server holds it, the others wait for the same answer.
#[derive(Default)]
struct Slot(tokio::sync::Mutex<Option<Cached>>);

#[derive(Clone)]
struct Cached {
    schema: Arc<ApiSchema>,
    fetched_at: Micros,
    /// The server's row when it was asked: another place may have another API.
    row: i64,
}

/// A server's API, as one person may use it.
#[derive(Debug)]
pub struct SchemaView {
    /// PVE's version, where it is known.
    pub version: Option<String>,
    /// When the server was asked.
    pub fetched_at: Micros,
    /// In order.
    pub paths: Vec<PathView>,
}

/// A path of it.
#[derive(Debug)]
pub struct PathView {
    /// With placeholders.
    pub path: String,
    /// What may be called.
    pub methods: Vec<MethodView>,
}

/// A call of it.
#[derive(Debug)]
pub struct MethodView {
    /// The method.
    pub method: PveMethod,
    /// What the server says of it.
    pub told: ApiMethod,
    /// Whether the person may make it.
    pub may: PveMay,
    /// Why not, or how far.
    pub why: Option<String>,
    /// Whether it deletes or overwrites.
    pub destroys: bool,
}

/// A call that was made just now.
#[derive(Debug)]
pub struct CallNote<'a> {
    /// On which server.
    pub server: ServerId,
    /// The method.
    pub method: PveMethod,
    /// The path, filled in.
    pub path: &'a str,
    /// The parameters as they were typed; secrets are masked here.
    pub params: &'a [(String, String)],
    /// PVE's status; `None` where there was no answer.
    pub status: Option<u16>,
    /// How long it took.
    pub took: Duration,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum ExplorerError {
    /// There is no such server or favourite, or none that the person may see.
    #[error("there is no such thing")]
    NotFound,
    /// The server is provided: its API is not the tenant's.
    #[error("the server is provided")]
    Provided,
    /// The server serves no schema; why.
    #[error("{0}")]
    NoSchema(String),
    /// Its schema cannot be read; where.
    #[error("{0}")]
    BadSchema(String),
    /// Its schema is too large.
    #[error("{0}")]
    TooLarge(String),
    /// It does not answer.
    #[error("{0}")]
    Unreachable(String),
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The person keeps as many calls as they may.
    #[error("there are {limit} favourites already")]
    TooMany {
        /// How many there may be.
        limit: i64,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

impl From<SchemaError> for ExplorerError {
    fn from(error: SchemaError) -> Self {
        let words = format!("{}.", capital(&error.to_string()));
        match error {
            SchemaError::None(_) => Self::NoSchema(words),
            SchemaError::Bad(_) => Self::BadSchema(words),
            SchemaError::TooLarge(_) => Self::TooLarge(words),
            SchemaError::Unreachable(_) => Self::Unreachable(words),
        }
    }
}

fn capital(words: &str) -> String {
    let mut rest = words.trim_end_matches('.').chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// Whether a token that is limited to one server reaches this one.
pub(crate) fn reaches(person: &SignedIn, server: ServerId) -> bool {
    person.server().is_none_or(|only| only == server)
}

impl Explorer {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(Inner { parts, schemas: Mutex::default() }) }
    }

    /// What the server says of its API, at most an hour old, or asked for just now where `fresh`.
    ///
    /// # Errors
    /// [`ExplorerError`].
    pub async fn schema(
        &self,
        grant: &Grant<ReadPve>,
        server: ServerId,
        fresh: bool,
    ) -> Result<SchemaView, ExplorerError> {
        let Parts { inventory, gateway, .. } = &self.inner.parts;
        let entry = inventory.entry(server).filter(|entry| entry.endpoint.tenant == grant.tenant_id());
        let entry = entry.filter(|_| reaches(grant.person(), server)).ok_or(ExplorerError::NotFound)?;
        if entry.is_provided() {
            return Err(ExplorerError::Provided);
        }
        let cached = self.cached(&entry, fresh).await?;
        let call = |path: &str, told: &ApiMethod| {
            let method = told.method.parse::<PveMethod>().ok()?;
            let (may, why) = gateway.judge(grant, server, method, path);
            let destroys = destroys(method, path, told);
            Some(MethodView { method, told: told.clone(), may, why, destroys })
        };
        let paths = cached.schema.paths.iter().map(|path| PathView {
            path: path.path.clone(),
            methods: path.methods.iter().filter_map(|told| call(&path.path, told)).collect(),
        });
        Ok(SchemaView {
            version: entry.health().pve_version.clone(),
            fetched_at: cached.fetched_at,
            paths: paths.collect(),
        })
    }

    async fn cached(&self, entry: &Entry, fresh: bool) -> Result<Cached, SchemaError> {
        let slot = self.slot(entry.endpoint.id);
        let mut held = slot.0.lock().await;
        let now = self.inner.parts.clock.now();
        let age = if fresh { JUST_NOW } else { FRESH };
        let known = held.as_ref().filter(|one| one.row == entry.endpoint.version && now.since(one.fetched_at) < age);
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let schema = Arc::new(entry.endpoint.client.api_schema().await?);
        Ok(held.insert(Cached { schema, fetched_at: now, row: entry.endpoint.version }).clone())
    }

    /// The server's slot; servers that are gone lose theirs, and one that nobody asks about makes room.
    fn slot(&self, server: ServerId) -> Arc<Slot> {
        let mut schemas = self.inner.schemas.lock().unwrap_or_else(PoisonError::into_inner);
        if !schemas.contains_key(&server) && schemas.len() >= SCHEMAS {
            let inventory = &self.inner.parts.inventory;
            schemas.retain(|id, slot| inventory.entry(*id).is_some() || Arc::strong_count(slot) > 1);
            let idle = schemas.iter().find(|(_, slot)| Arc::strong_count(slot) == 1).map(|(id, _)| *id);
            if let Some(idle) = idle.filter(|_| schemas.len() >= SCHEMAS) {
                schemas.remove(&idle);
            }
        }
        Arc::clone(schemas.entry(server).or_default())
    }

    /// Remembers a call of the person, without its secrets.
    ///
    /// # Errors
    /// The store.
    pub async fn note(&self, grant: &Grant<ReadPve>, call: &CallNote<'_>) -> Result<(), ExplorerError> {
        let Parts { store, clock, .. } = &self.inner.parts;
        let params = crate::gateway::masked(call.params).into_iter();
        let bounded = |text: &str, most| text.chars().filter(|c| *c != '\0').take(most).collect::<String>();
        let made = MadeCall {
            id: secret::id(),
            server: call.server,
            method: call.method.name().to_owned(),
            path: bounded(call.path, LONGEST_VALUE),
            params: params
                .map(|(name, value)| CallParam {
                    name: bounded(&name, LONGEST_PATH),
                    value: bounded(&value, LONGEST_VALUE),
                })
                .collect(),
            status: call.status.map(i64::from),
            took_ms: i64::try_from(call.took.as_millis()).unwrap_or(i64::MAX),
            at: clock.now(),
        };
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.insert_made_call(&made, CALLS).await?;
        Ok(tx.commit().await?)
    }

    /// The person's newest calls in the tenant.
    ///
    /// # Errors
    /// The store.
    pub async fn calls(&self, grant: &Grant<ReadPve>) -> Result<Vec<MadeCall>, ExplorerError> {
        let mut read = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let mut calls = read.made_calls(CALLS).await?;
        read.commit().await?;
        calls.retain(|call| reaches(grant.person(), call.server));
        Ok(calls)
    }

    /// Forgets the person's calls in the tenant.
    ///
    /// # Errors
    /// The store.
    pub async fn forget_calls(&self, grant: &Grant<ReadPve>) -> Result<(), ExplorerError> {
        let mut tx = self.inner.parts.store.tenant_write(grant.scope()).await?;
        tx.forget_made_calls().await?;
        Ok(tx.commit().await?)
    }

    /// The calls that the person keeps, by path.
    ///
    /// # Errors
    /// The store.
    pub async fn favourites(&self, grant: &Grant<ReadPve>) -> Result<Vec<KeptCall>, ExplorerError> {
        let mut read = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let kept = read.kept_calls().await?;
        read.commit().await?;
        Ok(kept)
    }

    /// Keeps a call; the same twice is one.
    ///
    /// # Errors
    /// A path that is none, too many favourites, the store.
    pub async fn keep(&self, grant: &Grant<ReadPve>, method: PveMethod, path: &str) -> Result<KeptCall, ExplorerError> {
        let Parts { store, clock, .. } = &self.inner.parts;
        check_path(path).map_err(|error| ExplorerError::Invalid(vec![error.field("path")]))?;
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        if let Some(kept) = tx.kept_call(method.name(), path).await? {
            return Ok(kept);
        }
        if tx.count_kept_calls().await? >= FAVOURITES {
            return Err(ExplorerError::TooMany { limit: FAVOURITES });
        }
        let kept = KeptCall { id: secret::id(), method: method.name().to_owned(), path: path.to_owned() };
        tx.keep_call(&kept, clock.now()).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Keeps a call no more.
    ///
    /// # Errors
    /// The person does not keep it, or the store.
    pub async fn forget(&self, grant: &Grant<ReadPve>, id: PveCallId) -> Result<(), ExplorerError> {
        let mut tx = self.inner.parts.store.tenant_write(grant.scope()).await?;
        if !tx.forget_kept_call(id).await? {
            return Err(ExplorerError::NotFound);
        }
        Ok(tx.commit().await?)
    }
}

/// Whether a text can be a path of PVE's schema.
pub(crate) fn check_path(path: &str) -> Result<(), InvalidInput> {
    let fine = path.starts_with('/')
        && path.chars().count() <= LONGEST_PATH
        && !path.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '?' | '#' | '\\'))
        && (path == "/" || path[1..].split('/').all(|part| !matches!(part, "" | "." | "..")));
    let rule = "must be a path of PVE's API of at most 300 characters, such as /nodes/{node}/status";
    if fine { Ok(()) } else { Err(InvalidInput::new("invalid", rule)) }
}

/// The ends of paths whose calls overwrite or take away what is there, although they do not say DELETE.
const OVERWRITING: [&str; 17] = [
    "/rollback",
    "/template",
    "/move_disk",
    "/move_volume",
    "/unlink",
    "/resize",
    "/wipedisk",
    "/initgpt",
    "/disks/lvm",
    "/disks/lvmthin",
    "/disks/zfs",
    "/disks/directory",
    "/status/stop",
    "/status/reset",
    "/stopall",
    "/suspendall",
    "/migrateall",
];

/// Whether a call deletes or overwrites: it is to be confirmed. A restore says so by its parameters.
fn destroys(method: PveMethod, path: &str, told: &ApiMethod) -> bool {
    let restores = || told.parameters.iter().any(|param| matches!(param.name.as_str(), "archive" | "restore"));
    let node_status = || path == "/nodes/{node}/status";
    match method {
        PveMethod::Get => false,
        PveMethod::Delete => true,
        PveMethod::Put => OVERWRITING.iter().any(|end| path.ends_with(end)),
        PveMethod::Post => OVERWRITING.iter().any(|end| path.ends_with(end)) || restores() || node_status(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_a_schema_are_plain() {
        for good in ["/", "/version", "/nodes/{node}/qemu/{vmid}/config", "/storage/{storage}"] {
            assert!(check_path(good).is_ok(), "{good}");
        }
        let long = format!("/{}", "a".repeat(300));
        for bad in
            ["", "version", "//", "/a/", "/a//b", "/a/../b", "/.", "/a b", "/a?b=c", "/a#b", "/a\\b", "/a\0", &long]
        {
            assert!(check_path(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_deletes_or_overwrites_is_to_be_confirmed() {
        let told = |params: &[&str]| ApiMethod {
            method: "POST",
            name: String::new(),
            description: String::new(),
            parameters: params
                .iter()
                .map(|name| ApiParameter { name: (*name).into(), ..ApiParameter::default() })
                .collect(),
            returns: String::new(),
            permissions: String::new(),
        };
        let plain = told(&[]);
        let guest = "/nodes/{node}/qemu/{vmid}";
        assert!(destroys(PveMethod::Delete, guest, &plain));
        assert!(destroys(PveMethod::Post, &format!("{guest}/snapshot/{{snapname}}/rollback"), &plain));
        assert!(destroys(PveMethod::Post, "/nodes/{node}/qemu", &told(&["archive", "vmid"])));
        assert!(destroys(PveMethod::Put, &format!("{guest}/unlink"), &plain));
        assert!(!destroys(PveMethod::Get, &format!("{guest}/rollback"), &plain));
        assert!(!destroys(PveMethod::Post, &format!("{guest}/status/start"), &plain));
        assert!(!destroys(PveMethod::Put, &format!("{guest}/config"), &plain));
    }
}
