//! Groups: members of a tenant under one name, so that rights can be given to all of them at once.

use nexus_model::{GroupId, Micros, UserId};
use uuid::Uuid;

use crate::db::sql;
use crate::user::Count;
use crate::{Result, Tenant};

/// A group.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Group {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Counts its changes.
    pub version: i64,
    /// How many assignments it has.
    pub assignments: i64,
}

/// A member of a group.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GroupMember {
    /// The group.
    #[sqlx(try_from = "Uuid")]
    pub group_id: GroupId,
    /// The person.
    #[sqlx(try_from = "Uuid")]
    pub id: UserId,
    /// Their name.
    pub full_name: String,
    /// Their address.
    pub email: String,
    /// Names their picture.
    pub avatar_tag: Option<String>,
}

sql! {
    GROUPS = "
        SELECT g.id, g.name, g.version,
               (SELECT count(*) FROM assignment a
                 WHERE a.tenant_id = g.tenant_id AND a.group_id = g.id) AS assignments
          FROM user_group g
         WHERE g.tenant_id = $1
         ORDER BY lower(g.name), g.id";
    GROUP = "
        SELECT g.id, g.name, g.version,
               (SELECT count(*) FROM assignment a
                 WHERE a.tenant_id = g.tenant_id AND a.group_id = g.id) AS assignments
          FROM user_group g
         WHERE g.tenant_id = $1 AND g.id = $2";
    GROUP_MEMBERS = "
        SELECT gm.group_id, u.id, u.full_name, u.email, u.avatar_tag
          FROM group_member gm
          JOIN user_account u ON u.id = gm.user_id
         WHERE gm.tenant_id = $1
         ORDER BY lower(u.full_name), u.id";
    MEMBERS_OF_GROUP = "
        SELECT gm.group_id, u.id, u.full_name, u.email, u.avatar_tag
          FROM group_member gm
          JOIN user_account u ON u.id = gm.user_id
         WHERE gm.tenant_id = $1 AND gm.group_id = $2
         ORDER BY lower(u.full_name), u.id";
    COUNT_GROUPS = "SELECT count(*) AS count FROM user_group WHERE tenant_id = $1";
    INSERT_GROUP = "INSERT INTO user_group (id, tenant_id, name, created_at) VALUES ($1, $2, $3, $4)";
    UPDATE_GROUP = "
        UPDATE user_group SET name = $4, version = version + 1
         WHERE tenant_id = $1 AND id = $2 AND version = $3";
    DELETE_GROUP = "DELETE FROM user_group WHERE tenant_id = $1 AND id = $2";
    ADD_TO_GROUP = "INSERT INTO group_member (tenant_id, group_id, user_id) VALUES ($1, $2, $3)";
    TAKE_FROM_GROUP = "DELETE FROM group_member WHERE tenant_id = $1 AND group_id = $2 AND user_id = $3";
}

impl Tenant<'_> {
    /// All groups by name.
    ///
    /// # Errors
    /// The database.
    pub async fn groups(&mut self) -> Result<Vec<Group>> {
        let tenant = self.tenant();
        self.tx.query(GROUPS).bind(tenant).all().await
    }

    /// The tenant's group `id`.
    ///
    /// # Errors
    /// The database.
    pub async fn group(&mut self, id: GroupId) -> Result<Option<Group>> {
        let tenant = self.tenant();
        self.tx.query(GROUP).bind(tenant).bind(id).optional().await
    }

    /// Everybody who is in a group, by name.
    ///
    /// # Errors
    /// The database.
    pub async fn group_members(&mut self) -> Result<Vec<GroupMember>> {
        let tenant = self.tenant();
        self.tx.query(GROUP_MEMBERS).bind(tenant).all().await
    }

    /// The members of one group, by name.
    ///
    /// # Errors
    /// The database.
    pub async fn members_of_group(&mut self, id: GroupId) -> Result<Vec<GroupMember>> {
        let tenant = self.tenant();
        self.tx.query(MEMBERS_OF_GROUP).bind(tenant).bind(id).all().await
    }

    /// How many groups there are. Lock the tenant first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn count_groups(&mut self) -> Result<i64> {
        let tenant = self.tenant();
        Ok(self.tx.query(COUNT_GROUPS).bind(tenant).one::<Count>().await?.count)
    }

    /// Makes a group without members.
    ///
    /// # Errors
    /// [`crate::Error::Unique`]: the name is taken. The database.
    pub async fn insert_group(&mut self, id: GroupId, name: &str, at: Micros) -> Result<()> {
        let tenant = self.tenant();
        self.tx.query(INSERT_GROUP).bind(id).bind(tenant).bind(name).bind(at).execute().await?;
        Ok(())
    }

    /// Names the group whose version is still `version`; whether there was one.
    ///
    /// # Errors
    /// [`crate::Error::Unique`]: the name is taken. The database.
    pub async fn update_group(&mut self, id: GroupId, version: i64, name: &str) -> Result<bool> {
        let tenant = self.tenant();
        Ok(self.tx.query(UPDATE_GROUP).bind(tenant).bind(id).bind(version).bind(name).execute().await? == 1)
    }

    /// Deletes a group with its assignments; whether there was one. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_group(&mut self, id: GroupId) -> Result<bool> {
        let tenant = self.tenant();
        Ok(self.tx.query(DELETE_GROUP).bind(tenant).bind(id).execute().await? == 1)
    }

    /// Puts a member into a group. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// [`crate::Error::Missing`]: no such member or group here. The database.
    pub async fn add_to_group(&mut self, id: GroupId, user: UserId) -> Result<()> {
        let tenant = self.tenant();
        self.tx.query(ADD_TO_GROUP).bind(tenant).bind(id).bind(user).execute().await?;
        Ok(())
    }

    /// Takes a member out of a group. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn take_from_group(&mut self, id: GroupId, user: UserId) -> Result<()> {
        let tenant = self.tenant();
        self.tx.query(TAKE_FROM_GROUP).bind(tenant).bind(id).bind(user).execute().await?;
        Ok(())
    }
}
