//! Administering the installation: every account, every tenant, every server, and how Nexus itself is doing. Every
//! operation takes a [`SystemGrant`]; what could not be taken back also asks for a recent sign-in.
//!
//! The last system admin stays one, and no tenant is left without an admin by deleting an account.

mod accounts;
mod organisations;
mod test_mail;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use nexus_model::{FieldError, GuestScope, Micros, ServerId, ServerOrigin, ServerStatus};
use nexus_store::{AnyServerRow, ProcessRow, Store, SystemScope};

pub use self::accounts::{AccountIn, AccountList, AccountMade, AccountNew, AccountView};
pub use self::organisations::{OrganisationIn, OrganisationList, OrganisationMade, OrganisationNew, OrganisationView};
pub use self::test_mail::TestMail;
use crate::access::{Access, NotRecent, Refused, SystemGrant};
use crate::audit::Audit;
use crate::background::{Background, TaskStatus};
use crate::clock::Clock;
pub use crate::consoles::TenantName;
use crate::inventory::Inventory;
use crate::links::Links;
use crate::mail::Mailer;
use crate::members::{MemberError, Members};
use crate::objects::Objects;
use crate::page::BadPage;
use crate::password::{HashError, Passwords};
use crate::servers::GuestCount;

/// Administers the installation. Cheap to clone.
#[derive(Clone)]
pub struct Administration {
    inner: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) access: Access,
    pub(crate) passwords: Passwords,
    pub(crate) links: Links,
    pub(crate) mailer: Mailer,
    pub(crate) members: Members,
    pub(crate) inventory: Inventory,
    pub(crate) background: Background,
    pub(crate) objects: Objects,
    /// When this process began.
    pub(crate) started_at: Micros,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdministrationError {
    /// There is no such account or tenant.
    #[error("there is no such thing")]
    NotFound,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The part of the list cannot be had.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// Somebody changed it meanwhile.
    #[error("it was changed meanwhile")]
    ChangedMeanwhile,
    /// The password has to be said once more.
    #[error(transparent)]
    NotRecent(#[from] NotRecent),
    /// Another account has the address.
    #[error("another account has the address")]
    EmailTaken,
    /// Another tenant has the slug.
    #[error("another tenant has the slug")]
    SlugTaken,
    /// The installation would be left without an admin.
    #[error("the last system admin stays")]
    LastSystemAdmin,
    /// A tenant would be left without an admin.
    #[error("somebody else has to become admin first")]
    NeedsSuccessor,
    /// Nexus sends no mail.
    #[error("no mail is configured")]
    MailNotConfigured,
    /// Too many test mails.
    #[error("too many test mails")]
    TooManyTests {
        /// When the next one may be sent.
        retry_after: Duration,
    },
    /// The first admin of a tenant was neither added nor invited.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for AdministrationError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            // Deleted in this moment.
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

impl From<Refused> for AdministrationError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Store(error) => Self::Store(error),
            // Deleted in this moment.
            Refused::SignedOut | Refused::NotFound | Refused::Forbidden | Refused::Token => Self::NotFound,
        }
    }
}

/// A server of any tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyServer {
    /// Its id.
    pub id: ServerId,
    /// Whose.
    pub tenant: TenantName,
    /// What people call it.
    pub name: String,
    /// A host alone; the one in the tailnet where there is no other.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// Who brought it.
    pub origin: ServerOrigin,
    /// The guests that it is limited to; only what is provided has one.
    pub scope: Option<GuestScope>,
    /// What an editor compares.
    pub row_version: i64,
    /// Whether Nexus talks to it.
    pub is_active: bool,
    /// How it is doing.
    pub status: ServerStatus,
    /// Why it is not online.
    pub error: Option<String>,
    /// PVE's version.
    pub version: Option<String>,
    /// When PVE answered last.
    pub data_at: Option<Micros>,
    /// Its guests.
    pub guests: GuestCount,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Tenants.
    pub tenants: i64,
    /// Accounts.
    pub users: i64,
    /// Servers.
    pub servers: i64,
    /// Servers that do not answer.
    pub servers_offline: usize,
    /// Guests that this process knows, templates left out.
    pub guests: usize,
    /// Sessions.
    pub sessions: i64,
    /// Consoles that are open, of all processes.
    pub open_consoles: i64,
    /// Mails that wait.
    pub mails_waiting: i64,
}

/// How the installation is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// When this process began.
    pub started_at: Micros,
    /// The database's engine and the version of its schema.
    pub database: String,
    /// Whether Nexus can send mail.
    pub mail: bool,
    /// The tasks behind everything, in the order of their start.
    pub tasks: Vec<TaskStatus>,
    /// How much there is.
    pub counts: Counts,
    /// The processes on this database, the oldest first.
    pub processes: Vec<ProcessView>,
}

/// A process of Nexus on this database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessView {
    /// What it said of itself, and how many servers it asks.
    pub row: ProcessRow,
    /// Whether it is the one that answers.
    pub this: bool,
}

impl AnyServer {
    /// A row, with how the server is doing.
    pub(crate) fn of(inventory: &Inventory, row: AnyServerRow) -> Self {
        let entry = inventory.entry(row.id).filter(|_| row.is_active);
        let health = entry.as_ref().map(|entry| entry.health());
        let snapshot = entry.as_ref().and_then(|entry| entry.snapshot());
        let (host, port) =
            if row.host.is_empty() { (row.tailscale_host, row.tailscale_port) } else { (row.host, row.port) };
        Self {
            id: row.id,
            tenant: TenantName { id: row.tenant_id, slug: row.tenant_slug, name: row.tenant_name },
            name: row.name,
            host,
            port,
            origin: row.origin,
            scope: row.scope,
            row_version: row.version,
            is_active: row.is_active,
            status: health.as_ref().map_or(ServerStatus::Unknown, |health| health.status),
            error: health.as_ref().and_then(|health| health.detail.clone()),
            version: health.as_ref().and_then(|health| health.pve_version.clone()),
            data_at: health.and_then(|health| health.data_at),
            guests: snapshot.as_deref().map(GuestCount::of).unwrap_or_default(),
        }
    }
}

impl Administration {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    fn confirm_recent(&self, grant: &SystemGrant) -> Result<(), NotRecent> {
        self.inner.access.confirm_recent(grant.person())
    }

    async fn server_rows(&self) -> Result<Vec<AnyServerRow>, AdministrationError> {
        let Parts { store, system, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let rows = read.all_servers().await?;
        read.commit().await?;
        Ok(rows)
    }

    fn any_server(&self, row: AnyServerRow) -> AnyServer {
        AnyServer::of(&self.inner.inventory, row)
    }

    /// The servers of all tenants, by tenant and name.
    ///
    /// # Errors
    /// The store.
    pub async fn servers(&self, _grant: &SystemGrant) -> Result<Vec<AnyServer>, AdministrationError> {
        Ok(self.server_rows().await?.into_iter().map(|row| self.any_server(row)).collect())
    }

    /// How many guests there are; those of one cluster count once, however many servers lead there.
    fn guests(&self, rows: &[AnyServerRow]) -> usize {
        let mut seen = HashSet::new();
        for row in rows.iter().filter(|row| row.is_active) {
            let Some(snapshot) = self.inner.inventory.snapshot(row.id) else { continue };
            let cluster = row.cluster_mark.clone().unwrap_or_else(|| row.id.to_string());
            let guests = snapshot.guests.values().filter(|guest| !guest.template);
            seen.extend(guests.map(|guest| (cluster.clone(), guest.key.vmid)));
        }
        seen.len()
    }

    /// How the installation is doing.
    ///
    /// # Errors
    /// The store.
    pub async fn overview(&self, _grant: &SystemGrant) -> Result<Overview, AdministrationError> {
        let Parts { store, system, clock, mailer, background, .. } = &*self.inner;
        let rows = self.server_rows().await?;
        let guests = self.guests(&rows);
        let offline = |row: AnyServerRow| self.any_server(row).status == ServerStatus::Offline;
        let servers_offline = rows.into_iter().map(offline).filter(|offline| *offline).count();
        let mut read = store.system_read(system).await?;
        let totals = read.totals(clock.now()).await?;
        let schema = read.schema_version().await?;
        let (processes, own) = self.inner.inventory.processes(&mut read).await?;
        read.commit().await?;
        let engine = if store.is_shared() { "PostgreSQL" } else { "SQLite" };
        Ok(Overview {
            started_at: self.inner.started_at,
            database: format!("{engine}, schema {schema}"),
            mail: mailer.is_configured(),
            tasks: background.status(),
            processes: processes.into_iter().map(|row| ProcessView { this: row.id == own, row }).collect(),
            counts: Counts {
                tenants: totals.tenants,
                users: totals.users,
                servers: totals.servers,
                servers_offline,
                guests,
                sessions: totals.sessions,
                open_consoles: totals.open_consoles,
                mails_waiting: totals.mails,
            },
        })
    }
}
