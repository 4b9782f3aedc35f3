//! Provided servers: a system admin gives a tenant a server that is limited to some guests, so that tenants share one
//! cluster. Only system admins make, change, test or take one back, or see how it is reached.
//!
//! Each change is two entries: the system's log has all of it, the tenant's that there is such a server and no more.

use nexus_model::{FieldError, GuestScope, InvalidInput, Micros, ServerId, ServerOrigin, TenantId, VmidRange};
use nexus_store::{Server, System, Whose};
use serde_json::{Value, json};
use uuid::Uuid;

use super::view::state;
use super::{Changed, Checked, MOVED, Parts, ServerConnection, ServerError, ServerInput, ServerTest, Servers};
use crate::access::SystemGrant;
use crate::administration::AnyServer;
use crate::audit::Entry;
use crate::inventory::marks::sleep_record;

/// The most pools, tags or ranges of a limit, each.
const MOST: usize = 50;
/// The longest name of a pool or tag, in characters.
const LONGEST: usize = 128;
/// PVE's vmids.
const VMIDS: std::ops::RangeInclusive<u32> = 100..=999_999_999;

/// A server to provide, as it is entered.
pub struct ProvidedInput {
    /// Whose it shall be.
    pub tenant: TenantId,
    /// The guests that it is limited to.
    pub scope: GuestScope,
    /// How it is reached. Shells of its nodes are never opened.
    pub server: ServerInput,
}

/// A provided server, as system admins see it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProvidedServer {
    /// What all servers have.
    pub server: AnyServer,
    /// How it is reached.
    pub connection: ServerConnection,
    /// The guests that it is limited to.
    pub scope: GuestScope,
    /// Free text.
    pub notes: Option<String>,
}

/// What the tenant's own log keeps of it.
fn told(server: &Server) -> Value {
    json!({ "name": server.name, "origin": server.origin, "is_active": server.is_active })
}

/// A name of a pool or tag, as PVE writes them.
fn is_name(name: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '/');
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(fine)
}

/// Each once, in the order in which they were entered.
fn folded(names: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names.iter().map(|name| name.trim().to_owned()) {
        if !kept.contains(&name) {
            kept.push(name);
        }
    }
    kept
}

/// A limit that can be taken: it names something, and nothing that PVE cannot have.
fn checked_scope(scope: GuestScope) -> Result<GuestScope, FieldError> {
    let wrong = |detail: String| InvalidInput::new("invalid", detail).field("scope");
    let scope = GuestScope { pools: folded(&scope.pools), tags: folded(&scope.tags), vmids: scope.vmids };
    if scope.pools.is_empty() && scope.tags.is_empty() && scope.vmids.is_empty() {
        return Err(InvalidInput::new("required", "must name a pool, a tag or a range of numbers").field("scope"));
    }
    if [scope.pools.len(), scope.tags.len(), scope.vmids.len()].iter().any(|count| *count > MOST) {
        let detail = format!("may have {MOST} pools, tags and ranges each");
        return Err(InvalidInput::new("too_long", detail).field("scope"));
    }
    if let Some(name) = scope.pools.iter().chain(&scope.tags).find(|name| !is_name(name)) {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        return Err(wrong(format!("\u{201c}{shown}\u{201d} is no name of a pool or tag of Proxmox VE")));
    }
    let turned =
        |range: &&VmidRange| range.from > range.to || !VMIDS.contains(&range.from) || !VMIDS.contains(&range.to);
    if let Some(VmidRange { from, to }) = scope.vmids.iter().find(turned) {
        return Err(wrong(format!("{from} to {to} is no range of numbers from 100 to 999999999")));
    }
    Ok(scope)
}

/// How all tests by system admins are counted together.
fn tester() -> TenantId {
    Uuid::nil().into()
}

impl Servers {
    /// Every wrong field at once.
    fn check_provided(&self, input: ProvidedInput) -> Result<(TenantId, GuestScope, Checked), ServerError> {
        let ProvidedInput { tenant, scope, server } = input;
        let server = ServerInput { node_shell: false, ..server };
        match (checked_scope(scope), self.check(server)) {
            (Ok(scope), Ok(checked)) => Ok((tenant, scope, checked)),
            (Err(scope), Err(ServerError::Invalid(mut wrong))) => {
                wrong.push(scope);
                Err(ServerError::Invalid(wrong))
            }
            (Err(scope), _) => Err(ServerError::Invalid(vec![scope])),
            (Ok(_), Err(other)) => Err(other),
        }
    }

    /// A provided server as it is stored now.
    async fn shown(&self, tx: &mut System<'_>, id: ServerId) -> Result<ProvidedServer, ServerError> {
        let row = tx.any_server(id).await?.ok_or(ServerError::NotFound)?;
        let all = tx.all_servers().await?;
        let any = all.into_iter().find(|any| any.id == id).ok_or(ServerError::NotFound)?;
        Ok(ProvidedServer {
            server: AnyServer::of(&self.inner.parts.inventory, any),
            connection: ServerConnection::from(&row),
            scope: row.scope.unwrap_or_default(),
            notes: Some(row.notes).filter(|notes| !notes.is_empty()),
        })
    }

    /// One provided server.
    ///
    /// # Errors
    /// [`ServerError::NotFound`], also for servers of other origins, or the store.
    pub async fn get_provided(&self, _grant: &SystemGrant, id: ServerId) -> Result<ProvidedServer, ServerError> {
        let Parts { store, system, .. } = &self.inner.parts;
        let mut read = store.system_read(system).await?;
        provided(&mut read, id).await?;
        self.shown(&mut read, id).await
    }

    /// Gives a tenant a server.
    ///
    /// # Errors
    /// Fields, no such tenant, its slots, too many tests, or the store.
    pub async fn create_provided(
        &self,
        grant: &SystemGrant,
        input: ProvidedInput,
    ) -> Result<ProvidedServer, ServerError> {
        let Parts { store, system, inventory, limits, .. } = &self.inner.parts;
        let (tenant, scope, checked) = self.check_provided(input)?;
        let row = self.new_row(tenant, checked)?;
        let row = Server { origin: ServerOrigin::Provided, scope: Some(scope), ..row };
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(tenant).await.map_err(|error| match error {
            nexus_store::Error::Missing => ServerError::field("tenant", "unknown", "there is no such tenant"),
            other => other.into(),
        })?;
        if tx.servers_in(tenant).await? >= limits.servers_per_tenant {
            return Err(ServerError::SlotsFull { limit: limits.servers_per_tenant });
        }
        self.count_test(tester())?;
        tx.insert_any_server(&row).await?;
        self.record_change(&mut tx, grant, "server.create", (None, Some(&row)), None).await?;
        let shown = self.shown(&mut tx, row.id).await?;
        tx.commit().await?;
        inventory.servers_changed();
        Ok(shown)
    }

    /// Changes the provided server whose version is still `version`; it stays the tenant's whose it is. The stored token
    /// stays under the same conditions as of any server.
    ///
    /// # Errors
    /// Fields, [`ServerError::ChangedMeanwhile`], too many tests, or the store.
    pub async fn update_provided(
        &self,
        grant: &SystemGrant,
        id: ServerId,
        input: ProvidedInput,
        version: i64,
    ) -> Result<ProvidedServer, ServerError> {
        let Parts { store, system, audit, inventory, .. } = &self.inner.parts;
        let (tenant, scope, checked) = self.check_provided(input)?;
        let mut tx = store.system_write(system).await?;
        let before = provided(&mut tx, id).await?;
        if before.tenant_id != tenant {
            return Err(ServerError::field("tenant", "fixed", "a server stays with its tenant: provide another one"));
        }
        tx.lock_tenant(tenant).await?;
        let before = Some(provided(&mut tx, id).await?).filter(|row| row.version == version);
        let before = before.ok_or(ServerError::ChangedMeanwhile)?;
        let Changed { next, moved, rotated, asked } = self.changed(&before, checked)?;
        let next = Server { scope: Some(scope), ..next };
        if asked {
            self.count_test(tester())?;
        }
        if !tx.update_any_server(&next).await? {
            return Err(ServerError::ChangedMeanwhile);
        }
        if moved {
            for assignment in tx.sleep_assignments(tenant, id).await? {
                let record = sleep_record(&assignment, true, Some(MOVED));
                audit.record_as_system(&mut tx, Some(tenant), &grant.who(), record).await?;
            }
        }
        if moved || before.is_active != next.is_active || before.scope != next.scope {
            tx.rights_changed(Whose::Tenant(tenant)).await?;
        }
        let detail = rotated.then_some("the API token was replaced");
        self.record_change(&mut tx, grant, "server.update", (Some(&before), Some(&next)), detail).await?;
        let shown = self.shown(&mut tx, id).await?;
        tx.commit().await?;
        inventory.servers_changed();
        Ok(shown)
    }

    /// Takes a provided server back, with the assignments on its guests and what the tenant's tasks say of its inside.
    ///
    /// # Errors
    /// [`ServerError::NotFound`], or the store.
    pub async fn delete_provided(&self, grant: &SystemGrant, id: ServerId) -> Result<(), ServerError> {
        let Parts { store, system, inventory, .. } = &self.inner.parts;
        let mut tx = store.system_write(system).await?;
        let before = provided(&mut tx, id).await?;
        let tenant = before.tenant_id;
        tx.lock_tenant(tenant).await?;
        if !tx.delete_any_server(tenant, id).await? {
            return Err(ServerError::NotFound);
        }
        tx.forget_inside(tenant, id).await?;
        tx.forget_bulk_words(tenant, id).await?;
        tx.rights_changed(Whose::Tenant(tenant)).await?;
        self.record_change(&mut tx, grant, "server.delete", (Some(&before), None), None).await?;
        tx.commit().await?;
        inventory.servers_changed();
        Ok(())
    }

    /// Tests a connection with the given values alone; nothing is stored.
    ///
    /// # Errors
    /// Fields, too many tests, or the store.
    pub async fn test_provided(&self, grant: &SystemGrant, input: ProvidedInput) -> Result<ServerTest, ServerError> {
        let (tenant, scope, mut checked) = self.check_provided(input)?;
        let token = checked.token.take();
        let token = token.ok_or_else(|| ServerError::field("api_token", "required", "must not be empty"))?;
        let row = checked.row(Uuid::nil().into(), tenant, (token.id().to_owned(), Vec::new()), Micros(0));
        let row = Server { origin: ServerOrigin::Provided, scope: Some(scope), ..row };
        self.count_test(tester())?;
        let test = self.try_ways(&row, &token).await?;
        self.record_test(grant, Entry::new("server.test", "server", "", super::trial::place(&row)), &test).await?;
        Ok(test)
    }

    /// Tests a provided server as it is stored.
    ///
    /// # Errors
    /// [`ServerError::NotFound`], too many tests, or the store.
    pub async fn test_stored_provided(&self, grant: &SystemGrant, id: ServerId) -> Result<ServerTest, ServerError> {
        let Parts { store, system, maker, inventory, .. } = &self.inner.parts;
        let mut read = store.system_read(system).await?;
        let server = provided(&mut read, id).await?;
        read.commit().await?;
        self.count_test(tester())?;
        let token =
            maker.token(&server).map_err(|error| ServerError::field("api_token", "required", error.to_string()))?;
        let test = self.try_ways(&server, &token).await?;
        self.record_test(grant, Entry::new("server.test", "server", id, server.name.clone()), &test).await?;
        inventory.refresh_soon(id);
        Ok(test)
    }

    async fn record_test(&self, grant: &SystemGrant, entry: Entry, test: &ServerTest) -> Result<(), ServerError> {
        Ok(self.inner.parts.audit.record_alone(None, &grant.who(), test.onto(entry)).await?)
    }

    /// One entry in the system's log, one in the tenant's.
    async fn record_change(
        &self,
        tx: &mut System<'_>,
        grant: &SystemGrant,
        action: &'static str,
        (before, after): (Option<&Server>, Option<&Server>),
        detail: Option<&'static str>,
    ) -> Result<(), ServerError> {
        let Some(server) = after.or(before) else { return Ok(()) };
        let tenant = server.tenant_id;
        for log in [None, Some(tenant)] {
            let keeps = |server: &Server| if log.is_none() { state(server) } else { told(server) };
            let mut entry = Entry::new(action, "server", server.id, server.name.clone());
            if let Some(before) = before {
                entry = entry.before(keeps(before));
            }
            if let Some(after) = after {
                entry = entry.after(keeps(after));
            }
            if let Some(detail) = detail.filter(|_| log.is_none()) {
                entry = entry.detail(detail);
            }
            self.inner.parts.audit.record_as_system(tx, log, &grant.who(), entry).await?;
        }
        Ok(())
    }
}

/// The row of a provided server.
async fn provided(tx: &mut System<'_>, id: ServerId) -> Result<Server, ServerError> {
    let row = tx.any_server(id).await?.filter(|row| row.origin == ServerOrigin::Provided);
    row.ok_or(ServerError::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(pools: &[&str], tags: &[&str], vmids: &[(u32, u32)]) -> Result<GuestScope, (&'static str, &'static str)> {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let vmids = vmids.iter().map(|(from, to)| VmidRange { from: *from, to: *to }).collect();
        let checked = checked_scope(GuestScope { pools: names(pools), tags: names(tags), vmids });
        checked.map_err(|error| (error.field, error.code))
    }

    #[test]
    fn a_limit_names_something_that_pve_can_have() {
        let taken = scope(&[" a ", "a", "b/c"], &["web-1"], &[(100, 100), (200, 999_999_999)]).unwrap();
        assert_eq!(
            (taken.pools.as_slice(), taken.tags.len(), taken.vmids.len()),
            (["a".into(), "b/c".into()].as_slice(), 1, 2)
        );
        assert_eq!(scope(&[], &[], &[]), Err(("scope", "required")));
        for (pools, tags, vmids) in [
            (&["a b"][..], &[][..], &[][..]),
            (&[""], &[], &[]),
            (&[], &["a;b"], &[]),
            (&[], &["ä"], &[]),
            (&[], &[], &[(200, 100)]),
            (&[], &[], &[(99, 100)]),
            (&[], &[], &[(100, 1_000_000_000)]),
        ] {
            assert_eq!(scope(pools, tags, vmids), Err(("scope", "invalid")), "{pools:?} {tags:?} {vmids:?}");
        }
        let many: Vec<(u32, u32)> = (100..151).map(|vmid| (vmid, vmid)).collect();
        assert_eq!(scope(&[], &[], &many), Err(("scope", "too_long")));
    }
}
