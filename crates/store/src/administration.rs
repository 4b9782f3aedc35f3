//! What administers the whole installation: every account, every tenant, every server, and how much there is. Reached in
//! transactions of Nexus itself alone; who may is decided by the caller.

use nexus_model::{Email, GuestScope, Micros, ServerId, ServerOrigin, SystemRole, TenantId, TenantRole, UserId};
use uuid::Uuid;

use crate::db::sql;
use crate::member::Person;
use crate::search::containing;
use crate::user::Count;
use crate::{Error, Membership, Result, System};

/// An account, as system admins see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AccountRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: UserId,
    /// Folded to lower case.
    pub email: String,
    /// As they are called.
    pub full_name: String,
    /// A short name of their choice.
    pub user_name: Option<String>,
    /// Where they work.
    pub company: String,
    /// Names their picture.
    pub avatar_tag: Option<String>,
    /// What they are to the installation.
    #[sqlx(try_from = "String")]
    pub system_role: SystemRole,
    /// Whether they may sign in.
    pub is_active: bool,
    /// When their address was shown to reach them.
    pub verified_at: Option<i64>,
    /// When the account was made.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// When they were here last.
    pub last_seen_at: Option<i64>,
    /// Counts changes of the account.
    pub version: i64,
    /// How many browsers they are signed in with.
    pub sessions: i64,
}

/// What an account becomes.
pub struct AccountChange<'a> {
    /// Its address.
    pub email: &'a Email,
    /// As they are called.
    pub full_name: &'a str,
    /// What they are to the installation.
    pub system_role: SystemRole,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Since when the address is known to reach its owner.
    pub verified_at: Option<Micros>,
}

/// A tenant, as system admins see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OrganisationRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: TenantId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Whether it is open.
    pub is_active: bool,
    /// When it was made.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// Counts changes of the tenant and its settings.
    pub version: i64,
    /// How many members it has.
    pub members: i64,
    /// How many servers it has.
    pub servers: i64,
}

/// What a tenant becomes.
pub struct OrganisationChange<'a> {
    /// Its name in URLs.
    pub slug: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub description: &'a str,
    /// Whether it is open.
    pub is_active: bool,
}

/// A tenant's place in the list: by name without case, then by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationPlace {
    /// The name in lower case.
    pub name: String,
    /// The id.
    pub id: TenantId,
}

impl OrganisationPlace {
    /// Before all.
    #[must_use]
    pub fn start() -> Self {
        Self { name: String::new(), id: Uuid::nil().into() }
    }

    /// A tenant's own.
    #[must_use]
    pub fn of(row: &OrganisationRow) -> Self {
        Self { name: row.name.to_ascii_lowercase(), id: row.id }
    }
}

/// A server of any tenant.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AnyServerRow {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: ServerId,
    /// Whose.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// The tenant's name in URLs.
    pub tenant_slug: String,
    /// The tenant's name.
    pub tenant_name: String,
    /// What people call it.
    pub name: String,
    /// A host alone.
    pub host: String,
    /// The TCP port.
    #[sqlx(try_from = "i64")]
    pub port: u16,
    /// Whether Nexus talks to it.
    pub is_active: bool,
    /// Its name or address in the tailnet; empty where that way is not used.
    pub tailscale_host: String,
    /// The TCP port there.
    #[sqlx(try_from = "i64")]
    pub tailscale_port: u16,
    /// Who brought it.
    #[sqlx(try_from = "String")]
    pub origin: ServerOrigin,
    /// The guests that it is limited to; only what is provided has one.
    #[sqlx(json)]
    pub scope: Option<GuestScope>,
    /// Counts changes.
    pub version: i64,
    /// What tells one cluster from another.
    pub cluster_mark: Option<String>,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Totals {
    /// Tenants.
    pub tenants: i64,
    /// Accounts.
    pub users: i64,
    /// Servers.
    pub servers: i64,
    /// Sessions.
    pub sessions: i64,
    /// Consoles that are open, of all processes.
    pub open_consoles: i64,
    /// Mails that wait.
    pub mails: i64,
}

#[derive(sqlx::FromRow)]
struct MembershipRow {
    #[sqlx(try_from = "Uuid")]
    user_id: UserId,
    #[sqlx(try_from = "Uuid")]
    id: TenantId,
    slug: String,
    name: String,
    role: String,
    is_active: bool,
}

#[derive(sqlx::FromRow)]
struct AdminRow {
    #[sqlx(try_from = "Uuid")]
    tenant_id: TenantId,
    #[sqlx(flatten)]
    person: Person,
}

#[derive(sqlx::FromRow)]
struct Id {
    #[sqlx(try_from = "Uuid")]
    id: TenantId,
}

sql! {
    ACCOUNTS = r"
        SELECT u.id, u.email, u.full_name, u.user_name, u.company, u.avatar_tag, u.system_role, u.is_active,
               u.verified_at, u.created_at, u.last_seen_at, u.version,
               (SELECT count(*) FROM session s WHERE s.user_id = u.id AND s.expires_at > $3) AS sessions
          FROM user_account u
         WHERE u.email > $1 AND (lower(u.full_name) LIKE $2 ESCAPE '\' OR lower(u.email) LIKE $2 ESCAPE '\')
         ORDER BY u.email
         LIMIT $4";
    ACCOUNT = "
        SELECT u.id, u.email, u.full_name, u.user_name, u.company, u.avatar_tag, u.system_role, u.is_active,
               u.verified_at, u.created_at, u.last_seen_at, u.version,
               (SELECT count(*) FROM session s WHERE s.user_id = u.id AND s.expires_at > $2) AS sessions
          FROM user_account u
         WHERE u.id = $1";
    COUNT_ACCOUNTS = r"
        SELECT count(*) AS count
          FROM user_account u
         WHERE lower(u.full_name) LIKE $1 ESCAPE '\' OR lower(u.email) LIKE $1 ESCAPE '\'";
    MEMBERSHIPS_BETWEEN = r"
        SELECT m.user_id, t.id, t.slug, t.name, m.role, t.is_active
          FROM user_account u
          JOIN member m ON m.user_id = u.id
          JOIN tenant t ON t.id = m.tenant_id
         WHERE u.email >= $1 AND u.email <= $2
           AND (lower(u.full_name) LIKE $3 ESCAPE '\' OR lower(u.email) LIKE $3 ESCAPE '\')
         ORDER BY t.name, t.id";
    UPDATE_ACCOUNT = "
        UPDATE user_account
           SET email = $3, full_name = $4, system_role = $5, is_active = $6, verified_at = $7, version = version + 1
         WHERE id = $1 AND version = $2";
    DELETE_ACCOUNT = "DELETE FROM user_account WHERE id = $1";
    ADMINISTERED = "SELECT tenant_id AS id FROM member WHERE user_id = $1 AND role = 'admin' ORDER BY tenant_id";
    ORGANISATIONS = r"
        SELECT t.id, t.slug, t.name, t.description, t.is_active, t.created_at, t.version,
               (SELECT count(*) FROM member m WHERE m.tenant_id = t.id) AS members,
               (SELECT count(*) FROM server s WHERE s.tenant_id = t.id) AS servers
          FROM tenant t
         WHERE (lower(t.name), t.id) > ($1, $2)
           AND (lower(t.name) LIKE $3 ESCAPE '\' OR lower(t.slug) LIKE $3 ESCAPE '\')
         ORDER BY lower(t.name), t.id
         LIMIT $4";
    ORGANISATION = "
        SELECT t.id, t.slug, t.name, t.description, t.is_active, t.created_at, t.version,
               (SELECT count(*) FROM member m WHERE m.tenant_id = t.id) AS members,
               (SELECT count(*) FROM server s WHERE s.tenant_id = t.id) AS servers
          FROM tenant t
         WHERE t.id = $1";
    COUNT_ORGANISATIONS = r"
        SELECT count(*) AS count
          FROM tenant t
         WHERE lower(t.name) LIKE $1 ESCAPE '\' OR lower(t.slug) LIKE $1 ESCAPE '\'";
    ADMINS_BETWEEN = "
        SELECT m.tenant_id, u.id, u.full_name, u.email, u.avatar_tag
          FROM tenant t
          JOIN member m ON m.tenant_id = t.id
          JOIN user_account u ON u.id = m.user_id
         WHERE (lower(t.name), t.id) >= ($1, $2) AND (lower(t.name), t.id) <= ($3, $4) AND m.role = 'admin'
         ORDER BY lower(u.full_name), u.id";
    UPDATE_ORGANISATION = "
        UPDATE tenant
           SET slug = $3, name = $4, description = $5, is_active = $6, version = version + 1
         WHERE id = $1 AND version = $2";
    DELETE_ORGANISATION = "DELETE FROM tenant WHERE id = $1";
    HAS_SLUG = "SELECT count(*) AS count FROM tenant WHERE slug = $1";
    ALL_SERVERS = "
        SELECT s.id, s.tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, s.name, s.host, s.port, s.is_active,
               s.tailscale_host, s.tailscale_port, s.origin, s.scope, s.version, s.cluster_mark
          FROM server s
          JOIN tenant t ON t.id = s.tenant_id
         ORDER BY t.name, t.id, s.name, s.id";
    SCHEMA = "SELECT max(version) AS count FROM _sqlx_migrations WHERE success";
    TOTALS = "
        SELECT (SELECT count(*) FROM tenant) AS tenants,
               (SELECT count(*) FROM user_account) AS users,
               (SELECT count(*) FROM server) AS servers,
               (SELECT count(*) FROM session WHERE expires_at > $1) AS sessions,
               (SELECT count(*) FROM console_session WHERE state = 'open') AS open_consoles,
               (SELECT count(*) FROM outgoing_mail) AS mails";
}

impl System<'_> {
    /// Accounts by address, those behind `after` whose name or address has `typed` in it.
    ///
    /// # Errors
    /// The database.
    pub async fn accounts(&mut self, after: &str, typed: &str, now: Micros, limit: u32) -> Result<Vec<AccountRow>> {
        let query = self.tx.query(ACCOUNTS).bind(after).bind(containing(typed)).bind(now);
        query.bind(limit).all().await
    }

    /// One account.
    ///
    /// # Errors
    /// The database.
    pub async fn account(&mut self, id: UserId, now: Micros) -> Result<Option<AccountRow>> {
        self.tx.query(ACCOUNT).bind(id).bind(now).optional().await
    }

    /// How many accounts have `typed` in their name or address.
    ///
    /// # Errors
    /// The database.
    pub async fn count_accounts(&mut self, typed: &str) -> Result<i64> {
        Ok(self.tx.query(COUNT_ACCOUNTS).bind(containing(typed)).one::<Count>().await?.count)
    }

    /// Where the people from one address to another belong, who have `typed` in their name or address; by the tenant's
    /// name.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn memberships_between(
        &mut self,
        first: &str,
        last: &str,
        typed: &str,
    ) -> Result<Vec<(UserId, Membership)>> {
        let query = self.tx.query(MEMBERSHIPS_BETWEEN).bind(first).bind(last).bind(containing(typed));
        let rows: Vec<MembershipRow> = query.all().await?;
        rows.into_iter()
            .map(|row| {
                let role: TenantRole = row.role.parse().map_err(|_| Error::Stored("member.role"))?;
                let MembershipRow { user_id, id, slug, name, is_active, .. } = row;
                Ok((user_id, Membership { id, slug, name, role: Some(role), is_active, logo: None }))
            })
            .collect()
    }

    /// Changes the account whose version is still `version`; whether there was one. The caller ends sessions and calls
    /// `rights_changed`.
    ///
    /// # Errors
    /// [`Error::Unique`]: the address has an account already. The database.
    pub async fn update_account(&mut self, id: UserId, version: i64, change: &AccountChange<'_>) -> Result<bool> {
        let query = self.tx.query(UPDATE_ACCOUNT).bind(id).bind(version).bind(change.email.as_str());
        let query = query.bind(change.full_name).bind(change.system_role.name()).bind(change.is_active);
        Ok(query.bind(change.verified_at).execute().await? == 1)
    }

    /// Deletes an account with its sessions, links, picture, memberships and assignments; whether there was one. The
    /// caller has called `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_account(&mut self, id: UserId) -> Result<bool> {
        Ok(self.tx.query(DELETE_ACCOUNT).bind(id).execute().await? == 1)
    }

    /// The tenants of which the person is an admin, as a member.
    ///
    /// # Errors
    /// The database.
    pub async fn administered(&mut self, user: UserId) -> Result<Vec<TenantId>> {
        let rows: Vec<Id> = self.tx.query(ADMINISTERED).bind(user).all().await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Tenants by name, those behind a place whose name or slug has `typed` in it.
    ///
    /// # Errors
    /// The database.
    pub async fn organisations(
        &mut self,
        after: &OrganisationPlace,
        typed: &str,
        limit: u32,
    ) -> Result<Vec<OrganisationRow>> {
        let query = self.tx.query(ORGANISATIONS).bind(after.name.as_str()).bind(after.id);
        query.bind(containing(typed)).bind(limit).all().await
    }

    /// One tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn organisation(&mut self, id: TenantId) -> Result<Option<OrganisationRow>> {
        self.tx.query(ORGANISATION).bind(id).optional().await
    }

    /// How many tenants have `typed` in their name or slug.
    ///
    /// # Errors
    /// The database.
    pub async fn count_organisations(&mut self, typed: &str) -> Result<i64> {
        Ok(self.tx.query(COUNT_ORGANISATIONS).bind(containing(typed)).one::<Count>().await?.count)
    }

    /// The admins of the tenants from one place to another, by name.
    ///
    /// # Errors
    /// The database.
    pub async fn admins_between(
        &mut self,
        first: &OrganisationPlace,
        last: &OrganisationPlace,
    ) -> Result<Vec<(TenantId, Person)>> {
        let query = self.tx.query(ADMINS_BETWEEN).bind(first.name.as_str()).bind(first.id);
        let rows: Vec<AdminRow> = query.bind(last.name.as_str()).bind(last.id).all().await?;
        Ok(rows.into_iter().map(|row| (row.tenant_id, row.person)).collect())
    }

    /// Changes the tenant whose version is still `version`; whether there was one. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// [`Error::Unique`]: the slug is taken. The database.
    pub async fn update_organisation(
        &mut self,
        id: TenantId,
        version: i64,
        change: &OrganisationChange<'_>,
    ) -> Result<bool> {
        let query = self.tx.query(UPDATE_ORGANISATION).bind(id).bind(version).bind(change.slug).bind(change.name);
        Ok(query.bind(change.description).bind(change.is_active).execute().await? == 1)
    }

    /// Deletes a tenant with everything that is its own but its audit log; whether there was one. The caller has called
    /// `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_organisation(&mut self, id: TenantId) -> Result<bool> {
        Ok(self.tx.query(DELETE_ORGANISATION).bind(id).execute().await? == 1)
    }

    /// Whether a tenant has this slug.
    ///
    /// # Errors
    /// The database.
    pub async fn has_slug(&mut self, slug: &str) -> Result<bool> {
        Ok(self.tx.query(HAS_SLUG).bind(slug).one::<Count>().await?.count > 0)
    }

    /// The servers of all tenants, by tenant and name.
    ///
    /// # Errors
    /// The database.
    pub async fn all_servers(&mut self) -> Result<Vec<AnyServerRow>> {
        self.tx.query(ALL_SERVERS).all().await
    }

    /// The version of the schema.
    ///
    /// # Errors
    /// The database.
    pub async fn schema_version(&mut self) -> Result<i64> {
        Ok(self.tx.query(SCHEMA).one::<Count>().await?.count)
    }

    /// How much there is.
    ///
    /// # Errors
    /// The database.
    pub async fn totals(&mut self, now: Micros) -> Result<Totals> {
        self.tx.query(TOTALS).bind(now).one().await
    }
}
