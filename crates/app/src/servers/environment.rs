//! The server that the environment names: `PROXMOX_HOST` and its companions, as one read-only row of a tenant.
//!
//! The row is kept in step with the variables at every start and right after the set-up. Where they are gone it becomes
//! inactive and says so; it is never deleted, since people's rights hang on it. No value of the token is ever told.

use nexus_model::{Name, ServerOrigin, Slug, TenantId, Tls};
use nexus_net::guard::Guard;
use nexus_store::{Server, System, Whose};
use zeroize::Zeroizing;

use super::view::state;
use super::{Checked, MOVED, Parts, ServerError, ServerInput, Servers};
use crate::access::Who;
use crate::audit::Entry;
use crate::inventory::marks::sleep_record;

/// What the row says of itself.
const NOTE: &str = "This server comes from PROXMOX_HOST in the settings of Nexus.";
/// What it says once the variables are gone.
const GONE: &str = "PROXMOX_HOST is not set any more, or names another server or tenant: this one is not asked.";

/// The variables as they were found.
#[derive(Clone, Default)]
pub struct EnvironmentServer {
    /// `PROXMOX_HOST`.
    pub host: Option<String>,
    /// `PROXMOX_PORT`, 8006 unless set.
    pub port: Option<String>,
    /// `PROXMOX_API_TOKEN`.
    pub api_token: Option<Zeroizing<String>>,
    /// `PROXMOX_VERIFY_SSL`, true unless set.
    pub verify_ssl: Option<String>,
    /// `PROXMOX_TENANT`: a slug; else the first tenant.
    pub tenant: Option<String>,
}

/// A text that means yes or no.
fn is_true(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

impl EnvironmentServer {
    /// Reads the variables of this process; an empty one counts as not set.
    #[must_use]
    pub fn from_variables() -> Self {
        let read = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        Self {
            host: read("PROXMOX_HOST"),
            port: read("PROXMOX_PORT"),
            api_token: read("PROXMOX_API_TOKEN").map(Zeroizing::new),
            verify_ssl: read("PROXMOX_VERIFY_SSL"),
            tenant: read("PROXMOX_TENANT"),
        }
    }

    /// Whether there is such a server.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.host.is_some()
    }

    /// What is wrong, each a sentence that names the variable.
    #[must_use]
    pub fn problems(&self, guard: &Guard) -> Vec<String> {
        let given =
            self.port.is_some() || self.api_token.is_some() || self.verify_ssl.is_some() || self.tenant.is_some();
        match self.checked(guard) {
            Err(problems) => problems,
            Ok(None) if given => {
                vec!["PROXMOX_HOST is missing: the other PROXMOX_ variables of a server mean nothing without it".into()]
            }
            Ok(_) => Vec::new(),
        }
    }

    /// The values as any server's are checked; `None` where there is no such server.
    fn checked(&self, guard: &Guard) -> Result<Option<(Checked, Option<Slug>)>, Vec<String>> {
        let Some(host) = &self.host else { return Ok(None) };
        let mut problems = Vec::new();
        let port = self.port.as_deref().unwrap_or("8006").trim().parse().unwrap_or(0);
        let verify = self.verify_ssl.as_deref().map_or(Some(true), is_true);
        if verify.is_none() {
            problems.push("PROXMOX_VERIFY_SSL must be true or false".to_owned());
        }
        if self.api_token.is_none() {
            problems.push("PROXMOX_API_TOKEN is missing: PROXMOX_HOST needs USER@REALM!TOKENID=UUID".to_owned());
        }
        let tenant = self.tenant.as_deref().map(|slug| Slug::parse(slug.trim())).transpose();
        let tenant = tenant.map_err(|error| problems.push(format!("PROXMOX_TENANT must be a slug: {error}")));
        let name = Name::parse(host).map_or_else(|_| "Proxmox VE".to_owned(), |name| name.as_str().to_owned());
        let input = ServerInput {
            name,
            host: host.clone(),
            port,
            api_token: self.api_token.clone(),
            tls: if verify == Some(false) { Tls::Insecure } else { Tls::Verify },
            notes: Some(NOTE.into()),
            ..ServerInput::default()
        };
        match (input.check(guard), tenant) {
            (Ok(checked), Ok(tenant)) if problems.is_empty() => Ok(Some((checked, tenant))),
            (checked, _) => {
                let variable = |field: &str| match field {
                    "port" => "PROXMOX_PORT",
                    "api_token" => "PROXMOX_API_TOKEN",
                    _ => "PROXMOX_HOST",
                };
                let wrong = checked.err().unwrap_or_default();
                problems.extend(wrong.iter().map(|fault| format!("{} {}", variable(fault.field), fault.detail)));
                Err(problems)
            }
        }
    }
}

impl Servers {
    /// Makes the row say what the variables say; where the tenant has a server at that place already, nothing.
    ///
    /// # Errors
    /// Values that cannot be taken, or the store.
    pub async fn keep_environment(&self) -> Result<(), ServerError> {
        match self.try_keep_environment().await {
            Err(ServerError::Duplicate) => {
                tracing::warn!("the tenant has a server of its own with PROXMOX_HOST and PROXMOX_PORT");
                Ok(())
            }
            other => other,
        }
    }

    async fn try_keep_environment(&self) -> Result<(), ServerError> {
        let Parts { store, system, maker, inventory, environment, .. } = &self.inner.parts;
        let wanted = environment.checked(maker.dialer.guard()).map_err(|problems| {
            tracing::error!(problems = problems.join("; "), "the server of the environment cannot be used");
            ServerError::field("host", "invalid", problems.join("; "))
        })?;
        let mut tx = store.system_write(system).await?;
        let rows = tx.servers_of(ServerOrigin::Environment).await?;
        let tenant = match &wanted {
            Some((_, slug)) => home(&mut tx, slug.as_ref(), &rows).await?,
            None => None,
        };
        if let (Some((_, Some(slug))), None) = (&wanted, tenant) {
            tracing::warn!(
                slug = slug.as_str(),
                "PROXMOX_TENANT names no tenant: its server comes with the next start after there is one"
            );
        }
        for row in rows.iter().filter(|row| row.is_active && Some(row.tenant_id) != tenant) {
            let gone = Server { is_active: false, notes: GONE.into(), ..row.clone() };
            self.put_environment(&mut tx, row, gone, false).await?;
        }
        if let (Some((checked, _)), Some(tenant)) = (wanted, tenant) {
            match rows.into_iter().find(|row| row.tenant_id == tenant) {
                Some(row) => self.renew_environment(&mut tx, row, checked).await?,
                None => {
                    let row = Server { origin: ServerOrigin::Environment, ..self.new_row(tenant, checked)? };
                    let made = Entry::new("server.create", "server", row.id, row.name.clone()).after(state(&row));
                    tx.insert_any_server(&row).await?;
                    self.inner.parts.audit.record_as_system(&mut tx, Some(tenant), &by(), made).await?;
                }
            }
        }
        tx.commit().await?;
        inventory.servers_changed();
        Ok(())
    }

    /// Writes the row only where something differs: an unchanged one keeps its version.
    async fn renew_environment(
        &self,
        tx: &mut System<'_>,
        before: Server,
        mut checked: Checked,
    ) -> Result<(), ServerError> {
        let Parts { clock, maker, .. } = &self.inner.parts;
        let Some(token) = checked.token.take() else { return Ok(()) };
        let moved = checked.leads_elsewhere_than(&before);
        let same_token = maker
            .token(&before)
            .is_ok_and(|old| old.id() == token.id() && old.secret().as_bytes() == token.secret().as_bytes());
        // What a person never enters here stays: their time-out is the usual one.
        let mut next = checked.onto(before.clone(), clock.now());
        if !same_token {
            (next.token_id, next.token_secret) = self.sealed(before.id, &token);
        }
        if same_token && state(&next) == state(&before) {
            return Ok(());
        }
        self.put_environment(tx, &before, next, moved).await
    }

    async fn put_environment(
        &self,
        tx: &mut System<'_>,
        before: &Server,
        next: Server,
        moved: bool,
    ) -> Result<(), ServerError> {
        let (tenant, audit, now) = (before.tenant_id, &self.inner.parts.audit, self.inner.parts.clock.now());
        match tx.update_any_server(&Server { updated_at: now, ..next.clone() }).await {
            // Another process was faster.
            Ok(false) => return Ok(()),
            other => other?,
        };
        if moved {
            for assignment in tx.sleep_assignments(tenant, before.id).await? {
                audit.record_as_system(tx, Some(tenant), &by(), sleep_record(&assignment, true, Some(MOVED))).await?;
            }
        }
        if moved || before.is_active != next.is_active {
            tx.rights_changed(Whose::Tenant(tenant)).await?;
        }
        let entry = Entry::new("server.update", "server", next.id, next.name.clone());
        let entry = entry.before(state(before)).after(state(&next));
        Ok(audit.record_as_system(tx, Some(tenant), &by(), entry).await?)
    }
}

fn by() -> Who {
    Who::system("environment")
}

/// Whose the server is: the named tenant's; else whose it was; else the first tenant's, which the set-up made.
async fn home(tx: &mut System<'_>, slug: Option<&Slug>, rows: &[Server]) -> nexus_store::Result<Option<TenantId>> {
    if let Some(slug) = slug {
        return tx.tenant_called(slug.as_str()).await;
    }
    let newest = rows.iter().max_by_key(|row| (row.is_active, row.updated_at));
    match newest {
        Some(row) => Ok(Some(row.tenant_id)),
        None => tx.first_tenant().await,
    }
}

#[cfg(test)]
mod tests {
    use nexus_net::guard::GuardConfig;

    use super::*;

    const TOKEN: &str = "nexus@pve!broker=0b5e4a4c-3c3f-4a0e-9a55-2f6d9d1e6c11";

    fn named() -> EnvironmentServer {
        let text = |text: &str| Some(text.to_owned());
        EnvironmentServer {
            host: text("pve.example.org"),
            api_token: Some(Zeroizing::new(TOKEN.into())),
            ..EnvironmentServer::default()
        }
    }

    #[test]
    fn wrong_variables_are_named_and_no_secret_is() {
        let problems = |server: EnvironmentServer| server.problems(&Guard::pve(GuardConfig::default()));
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(problems(named()), Vec::<String>::new());
        assert_eq!(problems(EnvironmentServer::default()), Vec::<String>::new());
        let cases = [
            (EnvironmentServer { host: None, ..named() }, "PROXMOX_HOST is missing"),
            (EnvironmentServer { host: text("https://pve:8006"), ..named() }, "PROXMOX_HOST"),
            (EnvironmentServer { host: text("127.0.0.1"), ..named() }, "PROXMOX_HOST"),
            (EnvironmentServer { port: text("x"), ..named() }, "PROXMOX_PORT"),
            (EnvironmentServer { port: text("22"), ..named() }, "PROXMOX_PORT"),
            (EnvironmentServer { api_token: None, ..named() }, "PROXMOX_API_TOKEN is missing"),
            (
                EnvironmentServer { api_token: Some(Zeroizing::new("secret-thing".into())), ..named() },
                "PROXMOX_API_TOKEN",
            ),
            (EnvironmentServer { verify_ssl: text("maybe"), ..named() }, "PROXMOX_VERIFY_SSL"),
            (EnvironmentServer { tenant: text("No Slug"), ..named() }, "PROXMOX_TENANT"),
        ];
        for (server, named) in cases {
            let found = problems(server);
            assert!(found.len() == 1 && found[0].starts_with(named), "{named}: {found:?}");
            assert!(!found[0].contains("secret-thing"));
        }
    }
}
