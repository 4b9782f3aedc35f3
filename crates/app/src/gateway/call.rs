//! One call: the row, the grant, what it names, the audit log, PVE.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use nexus_model::{GuestKey, GuestKind, PveMethod, ServerId, TenantId};
use nexus_pve::{ErrorKind, PassCall};
use serde_json::{Value, json};

use super::lists::{self, NODE, Shape};
use super::names::{self, Kind, Name};
use super::table::{self, Hit, Missed, Right};
use super::{Answer, Format, Gateway, GatewayError, Wanted};
use crate::access::{PowerGuest, ReadPve, Refused, SeeTenant, SignedIn, SnapshotGuest, Who, WritePve};
use crate::audit::{Entry as Record, Outcome};
use crate::inventory::{Entry, LookError};

/// Where a call comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// A program, by PVE's own API.
    Program,
    /// A person, in the explorer, which is closed on provided servers.
    Explorer,
}

/// A call that may be made.
struct Permitted {
    entry: Arc<Entry>,
    hit: Hit,
    wanted: Wanted,
    who: Who,
}

/// What the path and the parameters name.
struct Named {
    names: BTreeSet<Name>,
    /// Whether a parameter turns the guest on.
    power: bool,
}

impl Gateway {
    /// Makes a call of a program on a server, whosever it is: looks it up in the table, asks for the grant that the table
    /// names, checks everything that it names, and passes it on.
    ///
    /// # Errors
    /// [`GatewayError`]; for servers that the person may not know the same as for those that never were.
    pub async fn pass(&self, person: &SignedIn, server: ServerId, wanted: Wanted) -> Result<Answer, GatewayError> {
        let entry = self.parts.inventory.entry(server);
        // Nobody is a member of no tenant: what is not there takes as many statements as what is another's.
        let tenant = entry.map_or_else(|| TenantId::from(uuid::Uuid::nil()), |entry| entry.endpoint.tenant);
        self.run(person, tenant, server, wanted, Source::Program).await
    }

    /// Makes a call of a person in the explorer. The same rules hold; provided servers are closed.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub async fn call(
        &self,
        person: &SignedIn,
        tenant: TenantId,
        server: ServerId,
        wanted: Wanted,
    ) -> Result<Answer, GatewayError> {
        self.run(person, tenant, server, wanted, Source::Explorer).await
    }

    /// Reads a path for a snapshot of a server's configuration, on nobody's behalf: what managers may read, never what is
    /// closed, and nothing of provided servers.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub(crate) async fn read(&self, tenant: TenantId, server: ServerId, path: &str) -> Result<Answer, GatewayError> {
        let entry = self.parts.inventory.entry(server).filter(|entry| entry.endpoint.tenant == tenant);
        let entry = entry.ok_or(GatewayError::NoServer)?;
        let path = super::parts(path)?;
        let method = PveMethod::Get;
        let hit = table::find(method, &path).map_err(|missed| unknown(&missed, method, &path))?;
        if !matches!(hit.row.right, Right::Read | Right::See) || entry.is_provided() {
            return Err(GatewayError::Closed("it is not for snapshots".to_owned()));
        }
        let wanted = Wanted { method, format: Format::Json, path, params: Vec::new() };
        named(&hit, &wanted.params)?;
        pass_on(&entry, &wanted).await
    }

    async fn run(
        &self,
        person: &SignedIn,
        tenant: TenantId,
        server: ServerId,
        wanted: Wanted,
        from: Source,
    ) -> Result<Answer, GatewayError> {
        let turn = self.rates.take(person.session()).map_err(|wait| GatewayError::TooMany(wait.as_secs().max(1)))?;
        let (method, path) = (wanted.method, &wanted.path);
        let found = table::find(method, path).map_err(|missed| unknown(&missed, method, path));
        let entry = match &found {
            Ok(hit) => self.permit(person, tenant, server, hit).await?,
            // Who may not know of the server learns nothing of its paths either.
            Err(_) => {
                self.access::<ReadPve>(person, tenant).await?;
                self.entry(person, tenant, server)?
            }
        };
        let hit = found?;
        if entry.is_provided() && (!hit.row.limited || from == Source::Explorer) {
            return Err(GatewayError::Closed("the server is provided, and tells of its guests alone".to_owned()));
        }
        let Named { names, power } = named(&hit, &wanted.params)?;
        if power {
            self.permit_guest::<PowerGuest>(person, tenant, server, &hit).await?;
        }
        let node = if entry.is_provided() { self.inside(&entry, &hit, &names).await? } else { None };
        let permitted = Permitted { entry, hit, wanted, who: person.who() };
        let own = self.clone();
        // Who asked may go away; what PVE says of a change is to be recorded.
        let done = self.parts.tasks.outlive(async move {
            let _turn = turn;
            own.make(permitted, node).await
        });
        done.await.map_err(GatewayError::Internal)?
    }

    /// The server, if the grant that the row asks for is there.
    async fn permit(
        &self,
        person: &SignedIn,
        tenant: TenantId,
        server: ServerId,
        hit: &Hit,
    ) -> Result<Arc<Entry>, GatewayError> {
        let manager = match hit.row.right {
            Right::See => self.access::<SeeTenant>(person, tenant).await?.is_manager(),
            Right::Read => self.access::<ReadPve>(person, tenant).await?.is_manager(),
            Right::Guest => self.access::<WritePve>(person, tenant).await?.is_manager(),
            Right::Admin if hit.row.method == PveMethod::Get => {
                self.access::<ReadPve>(person, tenant).await?.is_admin()
            }
            Right::Admin => self.access::<WritePve>(person, tenant).await?.is_admin(),
            Right::Power => self.permit_guest::<PowerGuest>(person, tenant, server, hit).await?,
            Right::Snapshot => self.permit_guest::<SnapshotGuest>(person, tenant, server, hit).await?,
        };
        let entry = self.entry(person, tenant, server)?;
        match (manager, hit.row.right) {
            (true, _) => Ok(entry),
            (false, Right::Admin) => Err(GatewayError::Role("this call is for admins of the tenant")),
            (false, _) => Err(Refused::Forbidden.into()),
        }
    }

    async fn access<P: crate::access::TenantPermission>(
        &self,
        person: &SignedIn,
        tenant: TenantId,
    ) -> Result<crate::access::Grant<P>, GatewayError> {
        Ok(self.parts.access.grant::<P>(person, tenant).await?)
    }

    /// Whether somebody with the right on the path's guest is a manager.
    async fn permit_guest<P: crate::access::GuestPermission>(
        &self,
        person: &SignedIn,
        tenant: TenantId,
        server: ServerId,
        hit: &Hit,
    ) -> Result<bool, GatewayError> {
        let guest = hit.guest(server).ok_or(GatewayError::OutOfScope)?;
        Ok(self.parts.access.guest_grant::<P>(person, tenant, guest).await?.is_manager())
    }

    fn entry(&self, person: &SignedIn, tenant: TenantId, server: ServerId) -> Result<Arc<Entry>, GatewayError> {
        let entry = self.parts.inventory.entry(server).filter(|entry| entry.endpoint.tenant == tenant);
        entry.filter(|_| person.server().is_none_or(|only| only == server)).ok_or(GatewayError::NoServer)
    }

    /// Looks whether all that is named lies inside a provided server's limit; the node where the path's guest is.
    async fn inside(
        &self,
        entry: &Arc<Entry>,
        hit: &Hit,
        names: &BTreeSet<Name>,
    ) -> Result<Option<String>, GatewayError> {
        let key = hit.guest(entry.endpoint.id);
        let allowed = |name: &Name| match name {
            Name::Guest(vmid) => key.is_some_and(|key| key.vmid == *vmid),
            Name::Node(node) => node == NODE,
            _ => false,
        };
        if !names.iter().all(allowed) {
            return Err(GatewayError::OutOfScope);
        }
        let Some(key) = key else { return Ok(None) };
        let inventory = &self.parts.inventory;
        let found = inventory.find(entry.endpoint.tenant, key).ok_or(GatewayError::OutOfScope)?;
        let found = inventory.still_within(found).await.map_err(|error| match error {
            LookError::Unknown | LookError::Gone => GatewayError::OutOfScope,
            LookError::Pve(_) => GatewayError::Unreachable("it cannot be asked about its guests".to_owned()),
        })?;
        Ok(Some(found.row.node.to_string()))
    }

    /// Makes the call, with an entry before and after a change.
    async fn make(self, permitted: Permitted, node: Option<String>) -> Result<Answer, GatewayError> {
        let Permitted { entry, hit, mut wanted, who } = permitted;
        let (tenant, server) = (entry.endpoint.tenant, entry.endpoint.id);
        let changes = wanted.method != PveMethod::Get;
        let record = Record::new("pve.call", "server", server, &*entry.endpoint.name).after(state(&wanted));
        if changes {
            self.record(tenant, &who, record.clone().outcome(Outcome::Intent)).await?;
        }
        if let (Some(node), Some(part)) = (node, wanted.path.get_mut(1)) {
            *part = node;
        }
        let answer = pass_on(&entry, &wanted).await;
        if changes {
            self.record(tenant, &who, ended(record, &answer, &wanted, entry.is_provided())).await?;
            self.parts.inventory.refresh_soon(server);
        }
        if !entry.is_provided() {
            return answer;
        }
        let answer = answer.map_err(|error| match error {
            GatewayError::Unreachable(_) => GatewayError::Unreachable("the provided server cannot be asked".to_owned()),
            other => other,
        })?;
        let closed = || GatewayError::Closed("the server is provided, and tells of its guests alone".to_owned());
        let shape = Shape::of(!changes, hit.row.template).ok_or_else(closed)?;
        let guests = entry.snapshot().map(|snapshot| snapshot.guests.keys().copied().collect()).unwrap_or_default();
        Ok(lists::within(&answer, wanted.format, shape, &numbers(guests)))
    }

    async fn record(&self, tenant: TenantId, who: &Who, record: Record) -> Result<(), GatewayError> {
        let mut tx = self.parts.store.system_write(&self.parts.system).await?;
        self.parts.audit.record_as_system(&mut tx, Some(tenant), who, record).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn numbers(guests: Vec<(GuestKind, u32)>) -> HashSet<(String, u32)> {
    guests.into_iter().map(|(kind, vmid)| (kind.to_string(), vmid)).collect()
}

impl Hit {
    /// The guest that the path is about.
    fn guest(&self, server: ServerId) -> Option<GuestKey> {
        let kind = self.row.guest()?;
        let (_, _, vmid) = self.named.iter().find(|(name, ..)| *name == "vmid")?;
        Some(GuestKey { server, kind, vmid: vmid.parse().ok()? })
    }
}

fn unknown(missed: &Missed, method: PveMethod, path: &[String]) -> GatewayError {
    match missed {
        Missed::Closed(why) => GatewayError::Closed((*why).to_owned()),
        Missed::Unknown => GatewayError::Unknown(method, format!("/{}", path.join("/"))),
    }
}

/// Everything that a call names, or what is wrong with its parameters.
fn named(hit: &Hit, params: &[(String, String)]) -> Result<Named, GatewayError> {
    let (mut named, mut wrong) = (Named { names: BTreeSet::new(), power: false }, BTreeMap::new());
    for (name, kind, value) in &hit.named {
        match names::read(*kind, value, &|_| false) {
            Ok(names) => named.names.extend(names),
            Err(why) => drop(wrong.insert((*name).to_owned(), why.to_owned())),
        }
    }
    let option = |name: &str| hit.row.param(name).is_some_and(|param| param.kind.is_some());
    for (number, (name, value)) in params.iter().enumerate() {
        let again = params[..number].iter().any(|(other, _)| other == name);
        let read = match hit.row.param(name) {
            None if hit.row.holds(name) => Err("the path says it already"),
            None => Err("the gateway does not know it, and passes on what it knows alone"),
            Some(param) => match param.kind {
                None => Err("it is for root, or for Proxmox VE itself, and never passed on"),
                Some(_) if again && !param.many => Err("it comes twice"),
                Some(kind) => {
                    named.power |= kind == Kind::Power && value != "0";
                    names::read(kind, value, &option)
                }
            },
        };
        match read {
            Ok(names) => named.names.extend(names),
            // Names come from outside, and so many of them.
            Err(why) => drop(wrong.insert(name.chars().take(64).collect::<String>(), why.to_owned())),
        }
        if wrong.len() >= 20 {
            break;
        }
    }
    if wrong.is_empty() { Ok(named) } else { Err(GatewayError::Parameters(wrong)) }
}

async fn pass_on(entry: &Entry, wanted: &Wanted) -> Result<Answer, GatewayError> {
    let call = PassCall {
        method: match wanted.method {
            PveMethod::Get => http::Method::GET,
            PveMethod::Post => http::Method::POST,
            PveMethod::Put => http::Method::PUT,
            PveMethod::Delete => http::Method::DELETE,
        },
        extjs: wanted.format == Format::Extjs,
        path: wanted.path.iter().flat_map(|part| part.split('/')).map(str::to_owned).collect(),
        params: wanted.params.clone(),
    };
    match entry.endpoint.client.pass(&call).await {
        // It is the token that Nexus holds; the caller's own is fine.
        Ok(passed) if passed.status == 401 => {
            Err(GatewayError::Unreachable("Proxmox VE refuses the token that Nexus holds".to_owned()))
        }
        Ok(nexus_pve::Passed { status, reason, content_type, body }) => {
            Ok(Answer { status, reason, content_type, body })
        }
        Err(error) => Err(match error.kind {
            ErrorKind::TooLarge { limit } => GatewayError::TooLarge(limit),
            ErrorKind::Impossible(why) => GatewayError::BadPath(why),
            _ => GatewayError::Unreachable(error.to_string()),
        }),
    }
}

/// What the audit log says of a call.
fn state(wanted: &Wanted) -> Value {
    let params: Vec<Value> = super::masked(&wanted.params)
        .into_iter()
        .take(60)
        .map(|(name, value)| format!("{name}={}", value.chars().take(200).collect::<String>()).into())
        .collect();
    json!({ "method": wanted.method.name(), "path": format!("/{}", wanted.path.join("/")), "parameters": params })
}

fn ended(record: Record, answer: &Result<Answer, GatewayError>, wanted: &Wanted, provided: bool) -> Record {
    match answer {
        Ok(answer) if answer.status < 400 && !failed(wanted.format, &answer.body) => record,
        Ok(answer) => {
            let reason = if provided { "" } else { &*answer.reason };
            record.outcome(Outcome::Failed).detail(format!("Proxmox VE: {} {reason}", answer.status).trim().to_owned())
        }
        Err(_) if provided => record.outcome(Outcome::Failed).detail("the provided server did not answer"),
        Err(error) => record.outcome(Outcome::Failed).detail(error.to_string()),
    }
}

/// PVE's pages are told of failures in the body alone.
fn failed(format: Format, body: &Bytes) -> bool {
    #[derive(serde::Deserialize)]
    struct Said {
        success: Option<Value>,
    }
    let said = || serde_json::from_slice::<Said>(body).ok()?.success;
    format == Format::Extjs && said().is_none_or(|success| !matches!(success.as_i64(), Some(1)))
}
