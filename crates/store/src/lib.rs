//! Rows and their SQL. Every statement of a tenant carries `tenant_id` and needs a [`TenantScope`]; the store decides
//! no rights. `db.rs` alone names the drivers.
//!
//! One file for each noun adds its statements to [`Tenant`] (one person in one tenant) and [`System`] (Nexus itself).

mod access;
mod administration;
mod alert;
mod announce;
mod api_token;
mod assignment;
mod audit;
mod brand;
mod bulk;
mod config_snapshot;
mod console;
mod console_list;
mod db;
mod error;
mod favourite;
mod group;
mod invitation;
pub mod keys;
mod lease;
mod link;
mod mail;
mod member;
mod metric;
mod notification;
mod process;
mod pve_call;
mod revocation;
mod scope;
mod sealed;
mod search;
mod server;
mod session;
mod settings;
mod setup;
mod task;
mod tenant;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod throttle;
mod user;
mod view;
mod webhook;

use std::path::Path;
use std::sync::Arc;

use nexus_model::{TenantId, UserId};
use tokio::sync::watch;
use uuid::Uuid;

pub use crate::access::{Assigned, Standing, TenantStanding};
pub use crate::administration::{
    AccountChange, AccountRow, AnyServerRow, OrganisationChange, OrganisationPlace, OrganisationRow, Totals,
};
pub use crate::alert::{AlertCounts, AlertRow, AlertWanted, NewAlert};
pub use crate::announce::{Announcements, Heard};
pub use crate::api_token::{NewToken, TokenOwner, TokenRow};
pub use crate::assignment::{AssignmentFilter, NamedAssignment, NewAssignment, whose};
pub use crate::audit::{ActionFilter, AuditEntry, AuditFilter, AuditHead, AuditPlace, Retention, Sample};
pub use crate::brand::{Brand, Logo, ShownTenant};
pub use crate::bulk::{Bulk, BulkCounts, BulkGuest, BulkTask, BulkTurn, LiveBulk};
pub use crate::config_snapshot::{ConfigPlan, ConfigSnapshotRow, DuePlan, NewConfigSnapshot};
pub use crate::console::{
    AskedEnd, ConsoleEnd, ConsoleFigures, ConsoleLimits, ConsoleSession, EndedConsole, LiveConsoles,
};
pub use crate::console_list::{ConsoleFilter, ConsoleRow};
use crate::db::{Db, Mode, Tx};
pub use crate::error::{Error, Result};
pub use crate::favourite::{Favourite, MarkedGuest, UsedGuest};
pub use crate::group::{Group, GroupMember};
pub use crate::invitation::{Invitation, Invited, Inviter, NewInvitation};
pub use crate::lease::{Lease, LeftPicture, PictureMark};
pub use crate::link::{AccountLink, LinkPurpose, NewLink};
pub use crate::mail::{Letterhead, OutgoingMail};
pub use crate::member::{Finder, InGroup, Member, MemberPlace, Person};
pub use crate::metric::{CheckCount, CheckRow, CheckWanted, MetricRow, NewCheck, ServerName};
pub use crate::notification::{NoticePlace, Notification, NotificationFilter, Preference, Reader, Readers, UnreadOf};
pub use crate::process::{Connections, ProcessRow, Waiting};
pub use crate::pve_call::{CallParam, KeptCall, MadeCall};
pub use crate::revocation::{AccessChanges, Whose};
pub use crate::scope::{SCOPE_AGE, ScopeMint, SystemScope, TenantScope};
pub use crate::sealed::{KeyUse, SealedKind, SealedSecret};
pub use crate::server::{Attached, Server, ServerVersion};
pub use crate::session::{NewSession, Session, SessionRow};
pub use crate::settings::{AlertSettings, ServerDefaults, Settings};
pub use crate::task::{Task, TaskFilter, TaskState};
pub use crate::tenant::Membership;
pub use crate::throttle::Throttle;
pub use crate::user::{Avatar, NewUser, Profile, User};
pub use crate::view::{SavedView, ViewColumn, ViewContent};
pub use crate::webhook::{Delivery, DueDelivery, DueWebhook, Tried, Webhook};

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// PostgreSQL: the URL of `nexus_owner`, who runs migrations; without it the schema must be up to date already.
    pub migrate_url: Option<String>,
    /// PostgreSQL: the URL of `nexus_system`; required there.
    pub system_url: Option<String>,
    /// Reading connections on SQLite; connections of each role on PostgreSQL.
    pub readers: u32,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { migrate_url: None, system_url: None, readers: 8 }
    }
}

/// The database, open.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    id: Uuid,
    db: Db,
    /// Counts commits of this process that changed rights; the watcher of grants waits on it.
    access: watch::Sender<u64>,
}

impl Store {
    /// Opens `sqlite://path` or `postgres://…`, migrates, and hands out the one mint of scopes.
    ///
    /// # Errors
    /// The URL, the roles, a newer schema, or the database itself.
    pub async fn open(url: &str, options: &StoreOptions) -> Result<(Self, ScopeMint)> {
        let id = Uuid::new_v4();
        let db = Db::open(url, options).await?;
        let inner = Inner { id, db, access: watch::Sender::new(0) };
        Ok((Self { inner: Arc::new(inner) }, ScopeMint::new(id)))
    }

    /// Copies the SQLite file `from`, also while others write to it, into the new file `to`; the version of its schema.
    ///
    /// # Errors
    /// A newer schema, or the database.
    pub async fn copy_file(from: &Path, to: &Path) -> Result<i64> {
        db::backup::copy(from, to).await
    }

    /// Looks whether an SQLite file is whole, and of a schema that this version knows; the schema's version.
    ///
    /// # Errors
    /// A damaged file, a newer schema, or the database.
    pub async fn check_file(file: &Path) -> Result<i64> {
        db::backup::check(file).await
    }

    /// A transaction that reads one tenant's rows; all its statements see one state.
    ///
    /// # Errors
    /// An old or foreign scope, or the database.
    pub async fn tenant_read<'s>(&self, scope: &'s TenantScope) -> Result<Tenant<'s>> {
        self.tenant(Mode::Read, scope).await
    }

    /// A transaction that writes one tenant's rows. On SQLite there is one writer at a time; on PostgreSQL lock first
    /// ([`Tenant::lock`]) where the operation reads and then writes.
    ///
    /// # Errors
    /// An old or foreign scope, or the database.
    pub async fn tenant_write<'s>(&self, scope: &'s TenantScope) -> Result<Tenant<'s>> {
        self.tenant(Mode::Write, scope).await
    }

    async fn tenant<'s>(&self, mode: Mode, scope: &'s TenantScope) -> Result<Tenant<'s>> {
        scope.check(self.inner.id)?;
        let tx = self.inner.db.tenant(mode, scope.user(), scope.tenant()).await?;
        Ok(Tenant { tx, scope, store: self.clone(), rights_changed: false })
    }

    /// A transaction of Nexus itself that reads.
    ///
    /// # Errors
    /// A foreign scope, or the database.
    pub async fn system_read<'s>(&self, scope: &'s SystemScope) -> Result<System<'s>> {
        self.system(Mode::Read, scope).await
    }

    /// A transaction of Nexus itself that writes.
    ///
    /// # Errors
    /// A foreign scope, or the database.
    pub async fn system_write<'s>(&self, scope: &'s SystemScope) -> Result<System<'s>> {
        self.system(Mode::Write, scope).await
    }

    async fn system<'s>(&self, mode: Mode, scope: &'s SystemScope) -> Result<System<'s>> {
        scope.check(self.inner.id)?;
        let tx = self.inner.db.system(mode).await?;
        Ok(System { tx, store: self.clone(), rights_changed: false, scope: std::marker::PhantomData })
    }

    /// Waits for running statements and closes the database.
    pub async fn close(&self) {
        self.inner.db.close().await;
    }
}

/// A transaction of one person in one tenant. Rolled back unless committed.
pub struct Tenant<'s> {
    tx: Tx,
    scope: &'s TenantScope,
    store: Store,
    rights_changed: bool,
}

impl Tenant<'_> {
    /// The person whose transaction it is.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.scope.user()
    }

    /// The tenant whose transaction it is.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.scope.tenant()
    }

    /// Makes everything stay.
    ///
    /// # Errors
    /// The database.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await?;
        if self.rights_changed {
            self.store.wake_watcher();
        }
        Ok(())
    }
}

/// A transaction of Nexus itself. Rolled back unless committed.
pub struct System<'s> {
    tx: Tx,
    store: Store,
    rights_changed: bool,
    scope: std::marker::PhantomData<&'s SystemScope>,
}

impl System<'_> {
    /// Makes everything stay.
    ///
    /// # Errors
    /// The database.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await?;
        if self.rights_changed {
            self.store.wake_watcher();
        }
        Ok(())
    }
}
