//! Members: people in a tenant, as its pages show them; and who may be found to become one.
//!
//! Every statement that changes what somebody may do must be followed (or, where a row goes, preceded) by
//! `rights_changed` in the same transaction.

use nexus_model::{GroupId, Micros, SystemRole, TenantId, TenantRole, UserId};
use uuid::Uuid;

use crate::db::{Tx, sql};
use crate::search::{beginning, containing};
use crate::user::Count;
use crate::{Result, System, Tenant};

/// A member.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Member {
    /// The person.
    #[sqlx(try_from = "Uuid")]
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// Their name.
    pub full_name: String,
    /// Names their picture.
    pub avatar_tag: Option<String>,
    /// Where they work.
    pub company: String,
    /// What they are to the installation.
    #[sqlx(try_from = "String")]
    pub system_role: SystemRole,
    /// Whether they may sign in.
    pub is_active: bool,
    /// When their address was shown to reach them.
    pub verified_at: Option<i64>,
    /// When they were here last.
    pub last_seen_at: Option<i64>,
    /// What they are in the tenant.
    #[sqlx(try_from = "String")]
    pub role: TenantRole,
    /// Counts changes of the membership.
    pub version: i64,
    /// Since when they are a member.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// How many assignments give them rights, their own and their groups'.
    pub assignments: i64,
}

/// A person who may be found.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Person {
    /// Their id.
    #[sqlx(try_from = "Uuid")]
    pub id: UserId,
    /// Their name.
    pub full_name: String,
    /// Their address.
    pub email: String,
    /// Names their picture.
    pub avatar_tag: Option<String>,
}

/// A member's place in the list: by name without case, then by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPlace {
    /// The name in lower case.
    pub name: String,
    /// The id.
    pub id: UserId,
}

impl MemberPlace {
    /// Before everybody.
    #[must_use]
    pub fn start() -> Self {
        Self { name: String::new(), id: Uuid::nil().into() }
    }

    /// A member's own.
    #[must_use]
    pub fn of(member: &Member) -> Self {
        Self { name: member.full_name.to_ascii_lowercase(), id: member.id }
    }
}

/// That a member is in a group.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct InGroup {
    /// The member.
    #[sqlx(try_from = "Uuid")]
    pub user_id: UserId,
    /// The group.
    #[sqlx(try_from = "Uuid")]
    pub id: GroupId,
    /// The group's name.
    pub name: String,
}

/// Whom somebody may find beside the members of a tenant.
#[derive(Debug, Clone, Copy)]
pub struct Finder {
    /// Who asks.
    pub user: UserId,
    /// Whether they may find everybody (system admins), or the people of tenants that they administer.
    pub everywhere: bool,
}

#[derive(sqlx::FromRow)]
struct Id {
    #[sqlx(try_from = "Uuid")]
    id: UserId,
}

sql! {
    MEMBERS = r"
        SELECT u.id, u.email, u.full_name, u.avatar_tag, u.company, u.system_role, u.is_active, u.verified_at,
               u.last_seen_at, m.role, m.version, m.created_at,
               (SELECT count(*) FROM assignment a
                 WHERE a.tenant_id = m.tenant_id
                   AND (a.user_id = m.user_id OR a.group_id IN (
                        SELECT g.group_id FROM group_member g
                         WHERE g.tenant_id = m.tenant_id AND g.user_id = m.user_id))) AS assignments
          FROM member m
          JOIN user_account u ON u.id = m.user_id
         WHERE m.tenant_id = $1 AND (lower(u.full_name), u.id) > ($2, $3)
           AND (lower(u.full_name) LIKE $4 ESCAPE '\' OR lower(u.email) LIKE $4 ESCAPE '\')
         ORDER BY lower(u.full_name), u.id
         LIMIT $5";
    MEMBER = "
        SELECT u.id, u.email, u.full_name, u.avatar_tag, u.company, u.system_role, u.is_active, u.verified_at,
               u.last_seen_at, m.role, m.version, m.created_at,
               (SELECT count(*) FROM assignment a
                 WHERE a.tenant_id = m.tenant_id
                   AND (a.user_id = m.user_id OR a.group_id IN (
                        SELECT g.group_id FROM group_member g
                         WHERE g.tenant_id = m.tenant_id AND g.user_id = m.user_id))) AS assignments
          FROM member m
          JOIN user_account u ON u.id = m.user_id
         WHERE m.tenant_id = $1 AND m.user_id = $2";
    COUNT_MEMBERS = r"
        SELECT count(*) AS count
          FROM member m
          JOIN user_account u ON u.id = m.user_id
         WHERE m.tenant_id = $1 AND (lower(u.full_name) LIKE $2 ESCAPE '\' OR lower(u.email) LIKE $2 ESCAPE '\')";
    GROUPS_OF_MEMBERS = "
        SELECT gm.user_id, g.id, g.name
          FROM group_member gm
          JOIN user_group g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id
          JOIN user_account u ON u.id = gm.user_id
         WHERE gm.tenant_id = $1 AND (lower(u.full_name), u.id) >= ($2, $3) AND (lower(u.full_name), u.id) <= ($4, $5)
         ORDER BY g.name, g.id";
    MEMBER_BY_EMAIL = "
        SELECT u.id
          FROM member m
          JOIN user_account u ON u.id = m.user_id
         WHERE m.tenant_id = $1 AND u.email = $2";
    INSERT_MEMBER = "INSERT INTO member (tenant_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)";
    UPDATE_ROLE = "
        UPDATE member SET role = $4, version = version + 1
         WHERE tenant_id = $1 AND user_id = $2 AND version = $3";
    PUT_MEMBER = "
        INSERT INTO member (tenant_id, user_id, role, created_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = excluded.role, version = member.version + 1";
    SET_ROLE = "UPDATE member SET role = $3, version = version + 1 WHERE tenant_id = $1 AND user_id = $2";
    IS_ADMIN = "SELECT count(*) AS count FROM member WHERE tenant_id = $1 AND user_id = $2 AND role = 'admin'";
    DELETE_MEMBER = "DELETE FROM member WHERE tenant_id = $1 AND user_id = $2";
    OTHER_ADMINS = "
        SELECT count(*) AS count
          FROM member m
          JOIN user_account u ON u.id = m.user_id
         WHERE m.tenant_id = $1 AND m.role = 'admin' AND m.user_id <> $2 AND u.is_active";
    SOLE_MEMBERS = "
        SELECT m.user_id AS id
          FROM member m
          JOIN user_account u ON u.id = m.user_id
         WHERE m.tenant_id = $1 AND u.system_role = 'user'
           AND NOT EXISTS (SELECT 1 FROM member o WHERE o.user_id = m.user_id AND o.tenant_id <> $1)";
    FIND_ACCOUNT = "
        SELECT u.id, u.full_name, u.email, u.avatar_tag
          FROM user_account u
         WHERE u.email = $1 AND u.is_active AND u.verified_at IS NOT NULL
           AND ($2 OR EXISTS (
                SELECT 1 FROM member a
                  JOIN member o ON o.tenant_id = a.tenant_id
                 WHERE a.user_id = $3 AND a.role = 'admin' AND o.user_id = u.id))";
    FIND_PEOPLE = r"
        SELECT u.id, u.full_name, u.email, u.avatar_tag
          FROM user_account u
         WHERE (lower(u.full_name) LIKE $1 ESCAPE '\' OR lower(u.email) LIKE $1 ESCAPE '\')
           AND u.is_active AND u.verified_at IS NOT NULL
           AND ($2 OR EXISTS (
                SELECT 1 FROM member a
                  JOIN member o ON o.tenant_id = a.tenant_id
                 WHERE a.user_id = $3 AND a.role = 'admin' AND o.user_id = u.id))
           AND NOT EXISTS (SELECT 1 FROM member m WHERE m.tenant_id = $4 AND m.user_id = u.id)
         ORDER BY lower(u.full_name), u.id
         LIMIT $5";
}

async fn member(tx: &mut Tx, tenant: TenantId, user: UserId) -> Result<Option<Member>> {
    tx.query(MEMBER).bind(tenant).bind(user).optional().await
}

async fn member_called(tx: &mut Tx, tenant: TenantId, email: &str) -> Result<Option<UserId>> {
    Ok(tx.query(MEMBER_BY_EMAIL).bind(tenant).bind(email).optional::<Id>().await?.map(|row| row.id))
}

async fn insert(tx: &mut Tx, tenant: TenantId, user: UserId, role: TenantRole, at: Micros) -> Result<()> {
    tx.query(INSERT_MEMBER).bind(tenant).bind(user).bind(role.name()).bind(at).execute().await?;
    Ok(())
}

async fn update_role(tx: &mut Tx, tenant: TenantId, user: UserId, version: i64, role: TenantRole) -> Result<bool> {
    let query = tx.query(UPDATE_ROLE).bind(tenant).bind(user).bind(version);
    Ok(query.bind(role.name()).execute().await? == 1)
}

async fn delete(tx: &mut Tx, tenant: TenantId, user: UserId) -> Result<bool> {
    Ok(tx.query(DELETE_MEMBER).bind(tenant).bind(user).execute().await? == 1)
}

async fn other_admins(tx: &mut Tx, tenant: TenantId, user: UserId) -> Result<i64> {
    Ok(tx.query(OTHER_ADMINS).bind(tenant).bind(user).one::<Count>().await?.count)
}

impl Tenant<'_> {
    /// Members by name, those behind a place whose name or address has `typed` in it.
    ///
    /// # Errors
    /// The database.
    pub async fn members(&mut self, after: &MemberPlace, typed: &str, limit: u32) -> Result<Vec<Member>> {
        let tenant = self.tenant();
        let query = self.tx.query(MEMBERS).bind(tenant).bind(after.name.as_str()).bind(after.id);
        query.bind(containing(typed)).bind(limit).all().await
    }

    /// How many members have `typed` in their name or address.
    ///
    /// # Errors
    /// The database.
    pub async fn count_members(&mut self, typed: &str) -> Result<i64> {
        let tenant = self.tenant();
        Ok(self.tx.query(COUNT_MEMBERS).bind(tenant).bind(containing(typed)).one::<Count>().await?.count)
    }

    /// In which groups the members from one place to another are, by the group's name.
    ///
    /// # Errors
    /// The database.
    pub async fn groups_of_members(&mut self, from: &MemberPlace, to: &MemberPlace) -> Result<Vec<InGroup>> {
        let tenant = self.tenant();
        let query = self.tx.query(GROUPS_OF_MEMBERS).bind(tenant).bind(from.name.as_str()).bind(from.id);
        query.bind(to.name.as_str()).bind(to.id).all().await
    }

    /// One member.
    ///
    /// # Errors
    /// The database.
    pub async fn member(&mut self, user: UserId) -> Result<Option<Member>> {
        let tenant = self.tenant();
        member(&mut self.tx, tenant, user).await
    }

    /// The member with this address, which the caller has folded.
    ///
    /// # Errors
    /// The database.
    pub async fn member_called(&mut self, email: &str) -> Result<Option<UserId>> {
        let tenant = self.tenant();
        member_called(&mut self.tx, tenant, email).await
    }

    /// Makes a person a member. The caller calls `rights_changed` afterwards.
    ///
    /// # Errors
    /// [`crate::Error::Unique`]: they are one. [`crate::Error::Missing`]: no such person. The database.
    pub async fn insert_member(&mut self, user: UserId, role: TenantRole, at: Micros) -> Result<()> {
        let tenant = self.tenant();
        insert(&mut self.tx, tenant, user, role, at).await
    }

    /// Changes the role of the member whose version is still `version`; whether there was one. The caller calls
    /// `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn update_role(&mut self, user: UserId, version: i64, role: TenantRole) -> Result<bool> {
        let tenant = self.tenant();
        update_role(&mut self.tx, tenant, user, version, role).await
    }

    /// Removes a member with their assignments and places in groups; whether there was one. The caller has called
    /// `rights_changed` before: behind the second wall who is no member any more cannot be told.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_member(&mut self, user: UserId) -> Result<bool> {
        let tenant = self.tenant();
        delete(&mut self.tx, tenant, user).await
    }

    /// How many active admins the tenant has beside `user`. Lock the tenant first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn count_other_admins(&mut self, user: UserId) -> Result<i64> {
        let tenant = self.tenant();
        other_admins(&mut self.tx, tenant, user).await
    }
}

impl System<'_> {
    /// Makes a person a member, or changes their role. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// [`crate::Error::Missing`]: no such tenant or person. The database.
    pub async fn put_member(&mut self, tenant: TenantId, user: UserId, role: TenantRole, at: Micros) -> Result<()> {
        self.tx.query(PUT_MEMBER).bind(tenant).bind(user).bind(role.name()).bind(at).execute().await?;
        Ok(())
    }

    /// Changes a member's role, whatever its version; whether there is such a member. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn update_member_role(&mut self, tenant: TenantId, user: UserId, role: TenantRole) -> Result<bool> {
        Ok(self.tx.query(SET_ROLE).bind(tenant).bind(user).bind(role.name()).execute().await? == 1)
    }

    /// Removes a member and their assignments; whether there was one. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_member(&mut self, tenant: TenantId, user: UserId) -> Result<bool> {
        delete(&mut self.tx, tenant, user).await
    }

    /// Whether the person is an admin of the tenant, as a member.
    ///
    /// # Errors
    /// The database.
    pub async fn is_admin_of(&mut self, tenant: TenantId, user: UserId) -> Result<bool> {
        Ok(self.tx.query(IS_ADMIN).bind(tenant).bind(user).one::<Count>().await?.count == 1)
    }

    /// How many active admins the tenant has beside `user`. Lock the tenant first.
    ///
    /// # Errors
    /// The database.
    pub async fn count_other_admins(&mut self, tenant: TenantId, user: UserId) -> Result<i64> {
        other_admins(&mut self.tx, tenant, user).await
    }

    /// One member of a tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn member(&mut self, tenant: TenantId, user: UserId) -> Result<Option<Member>> {
        member(&mut self.tx, tenant, user).await
    }

    /// The tenant's member with this address, which the caller has folded.
    ///
    /// # Errors
    /// The database.
    pub async fn member_called(&mut self, tenant: TenantId, email: &str) -> Result<Option<UserId>> {
        member_called(&mut self.tx, tenant, email).await
    }

    /// Makes a person a member. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// [`crate::Error::Unique`]: they are one. [`crate::Error::Missing`]: no such person or tenant. The database.
    pub async fn insert_member(&mut self, tenant: TenantId, user: UserId, role: TenantRole, at: Micros) -> Result<()> {
        insert(&mut self.tx, tenant, user, role, at).await
    }

    /// Changes the role of the tenant's member whose version is still `version`; whether there was one. The caller calls
    /// `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn update_role(
        &mut self,
        tenant: TenantId,
        user: UserId,
        version: i64,
        role: TenantRole,
    ) -> Result<bool> {
        update_role(&mut self.tx, tenant, user, version, role).await
    }

    /// The members who belong to this tenant alone and are nothing to the installation: whose accounts its admins may
    /// disable and give new passwords.
    ///
    /// # Errors
    /// The database.
    pub async fn sole_members(&mut self, tenant: TenantId) -> Result<Vec<UserId>> {
        let rows: Vec<Id> = self.tx.query(SOLE_MEMBERS).bind(tenant).all().await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// The verified, active account of an address, if `finder` may find it.
    ///
    /// # Errors
    /// The database.
    pub async fn find_account(&mut self, finder: Finder, email: &str) -> Result<Option<Person>> {
        self.tx.query(FIND_ACCOUNT).bind(email).bind(finder.everywhere).bind(finder.user).optional().await
    }

    /// Verified, active people whom `finder` may find, who are no members of the tenant, and whose name or address begins
    /// with `typed`.
    ///
    /// # Errors
    /// The database.
    pub async fn find_people(
        &mut self,
        finder: Finder,
        tenant: TenantId,
        typed: &str,
        limit: u32,
    ) -> Result<Vec<Person>> {
        let query = self.tx.query(FIND_PEOPLE).bind(beginning(typed)).bind(finder.everywhere).bind(finder.user);
        query.bind(tenant).bind(limit).all().await
    }
}
