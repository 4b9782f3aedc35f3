//! Accounts: rows of people. Password hashes leave through [`System`] alone.

use nexus_model::{Micros, SystemRole, UserId};
use uuid::Uuid;

use crate::db::sql;
use crate::{Result, System};

/// A person's account.
#[derive(Clone, sqlx::FromRow)]
pub struct User {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: UserId,
    /// Folded to lower case.
    pub email: String,
    /// As they are called.
    pub full_name: String,
    /// Argon2id in PHC form; never shown.
    pub password_hash: String,
    /// What they are to the installation.
    #[sqlx(try_from = "String")]
    pub system_role: SystemRole,
    /// The UI's language.
    pub language: String,
    /// The UI's colours.
    pub theme: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// A short name of their choice, unique.
    pub user_name: Option<String>,
    /// Where they work.
    pub company: String,
    /// Names their picture; `None` without one.
    pub avatar_tag: Option<String>,
    /// When their address was shown to reach them.
    pub verified_at: Option<i64>,
    /// Counts changes of the account.
    pub version: i64,
    /// When it was made.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
    /// When they were here last.
    pub last_seen_at: Option<i64>,
}

/// What a new account starts with.
pub struct NewUser<'a> {
    /// Its id.
    pub id: UserId,
    /// Folded to lower case.
    pub email: &'a str,
    /// As they are called.
    pub full_name: &'a str,
    /// Argon2id in PHC form.
    pub password_hash: &'a str,
    /// What they are to the installation.
    pub system_role: SystemRole,
    /// When the address was shown to reach its owner, or the operator vouched for it.
    pub verified_at: Option<Micros>,
    /// Now.
    pub at: Micros,
}

/// What a person says of themselves.
pub struct Profile<'a> {
    /// As they are called.
    pub full_name: &'a str,
    /// A short name, unique.
    pub user_name: Option<&'a str>,
    /// Where they work.
    pub company: &'a str,
    /// The UI's language.
    pub language: &'a str,
    /// The UI's colours.
    pub theme: &'a str,
}

/// A person's picture.
#[derive(Clone, sqlx::FromRow)]
pub struct Avatar {
    /// Names this picture: another one has another tag.
    pub tag: String,
    /// WebP.
    pub picture: Vec<u8>,
}

sql! {
    USER = "
        SELECT id, email, full_name, password_hash, system_role, language, theme, is_active, user_name,
               company, avatar_tag, verified_at, version, created_at, last_seen_at
          FROM user_account
         WHERE id = $1";
    USER_BY_EMAIL = "
        SELECT id, email, full_name, password_hash, system_role, language, theme, is_active, user_name,
               company, avatar_tag, verified_at, version, created_at, last_seen_at
          FROM user_account
         WHERE email = $1";
    INSERT_USER = "
        INSERT INTO user_account (id, email, full_name, password_hash, system_role, created_at, verified_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    UPDATE_PROFILE = "
        UPDATE user_account
           SET full_name = $2, user_name = $3, company = $4, language = $5, theme = $6, version = version + 1
         WHERE id = $1";
    UPDATE_PASSWORD = "UPDATE user_account SET password_hash = $2 WHERE id = $1";
    UPDATE_ACTIVE = "UPDATE user_account SET is_active = $2, version = version + 1 WHERE id = $1";
    UPDATE_SYSTEM_ROLE = "UPDATE user_account SET system_role = $2, version = version + 1 WHERE id = $1";
    UPDATE_EMAIL = "UPDATE user_account SET email = $2, verified_at = $3, version = version + 1 WHERE id = $1";
    UPDATE_AVATAR_TAG = "UPDATE user_account SET avatar_tag = $2, version = version + 1 WHERE id = $1";
    PUT_AVATAR = "
        INSERT INTO avatar (user_id, picture) VALUES ($1, $2)
        ON CONFLICT (user_id) DO UPDATE SET picture = excluded.picture";
    DELETE_AVATAR = "DELETE FROM avatar WHERE user_id = $1";
    AVATAR = "
        SELECT u.avatar_tag AS tag, a.picture
          FROM avatar a
          JOIN user_account u ON u.id = a.user_id
         WHERE a.user_id = $1 AND u.avatar_tag IS NOT NULL";
    MANAGES = "
        SELECT count(*) AS count
          FROM member own
          JOIN member theirs ON theirs.tenant_id = own.tenant_id
          JOIN tenant t ON t.id = own.tenant_id
         WHERE own.user_id = $1 AND theirs.user_id = $2
           AND (own.role = 'admin' OR (own.role = 'manager' AND t.is_active))";
    UPDATE_SEEN = "UPDATE user_account SET last_seen_at = $2 WHERE id = $1";
    COUNT_ADMINS = "SELECT count(*) AS count FROM user_account WHERE system_role = 'admin' AND is_active";
}

#[derive(sqlx::FromRow)]
pub(crate) struct Count {
    pub(crate) count: i64,
}

impl System<'_> {
    /// The account `id`.
    ///
    /// # Errors
    /// The database.
    pub async fn user(&mut self, id: UserId) -> Result<Option<User>> {
        self.tx.query(USER).bind(id).optional().await
    }

    /// The account of an address, which the caller has folded.
    ///
    /// # Errors
    /// The database.
    pub async fn user_by_email(&mut self, email: &str) -> Result<Option<User>> {
        self.tx.query(USER_BY_EMAIL).bind(email).optional().await
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`crate::Error::Unique`]: the address has one already. The database.
    pub async fn insert_user(&mut self, user: &NewUser<'_>) -> Result<()> {
        let query = self.tx.query(INSERT_USER).bind(user.id).bind(user.email).bind(user.full_name);
        query
            .bind(user.password_hash)
            .bind(user.system_role.name())
            .bind(user.at)
            .bind(user.verified_at)
            .execute()
            .await?;
        Ok(())
    }

    /// Changes what a person says of themselves.
    ///
    /// # Errors
    /// [`crate::Error::Unique`]: the user name is taken. The database.
    pub async fn update_profile(&mut self, id: UserId, profile: &Profile<'_>) -> Result<bool> {
        let query = self.tx.query(UPDATE_PROFILE).bind(id).bind(profile.full_name);
        let query = query.bind(profile.user_name.map(str::to_owned)).bind(profile.company);
        Ok(query.bind(profile.language).bind(profile.theme).execute().await? == 1)
    }

    /// Gives the account an address, and says since when it is known to reach its owner.
    ///
    /// # Errors
    /// [`crate::Error::Unique`]: the address has an account already. The database.
    pub async fn update_email(&mut self, id: UserId, email: &str, verified_at: Option<Micros>) -> Result<bool> {
        Ok(self.tx.query(UPDATE_EMAIL).bind(id).bind(email).bind(verified_at).execute().await? == 1)
    }

    /// Gives a person a picture, named by `tag`.
    ///
    /// # Errors
    /// [`crate::Error::Missing`]: no such account. The database.
    pub async fn put_avatar(&mut self, id: UserId, tag: &str, picture: &[u8]) -> Result<()> {
        self.tx.query(PUT_AVATAR).bind(id).bind(picture).execute().await?;
        self.tx.query(UPDATE_AVATAR_TAG).bind(id).bind(tag).execute().await?;
        Ok(())
    }

    /// Takes a person's picture away; whether there was one.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_avatar(&mut self, id: UserId) -> Result<bool> {
        if self.tx.query(DELETE_AVATAR).bind(id).execute().await? == 0 {
            return Ok(false);
        }
        self.tx.query(UPDATE_AVATAR_TAG).bind(id).bind(None::<String>).execute().await?;
        Ok(true)
    }

    /// A person's picture.
    ///
    /// # Errors
    /// The database.
    pub async fn avatar(&mut self, id: UserId) -> Result<Option<Avatar>> {
        self.tx.query(AVATAR).bind(id).optional().await
    }

    /// Whether `user` sees `person` among the members of a tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn manages(&mut self, user: UserId, person: UserId) -> Result<bool> {
        Ok(self.tx.query(MANAGES).bind(user).bind(person).one::<Count>().await?.count > 0)
    }

    /// Changes the password's hash.
    ///
    /// # Errors
    /// The database.
    pub async fn update_password(&mut self, id: UserId, hash: &str) -> Result<()> {
        self.tx.query(UPDATE_PASSWORD).bind(id).bind(hash).execute().await?;
        Ok(())
    }

    /// Allows or forbids signing in. The caller ends sessions and calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn update_user_active(&mut self, id: UserId, is_active: bool) -> Result<bool> {
        Ok(self.tx.query(UPDATE_ACTIVE).bind(id).bind(is_active).execute().await? == 1)
    }

    /// Changes the system role. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn update_system_role(&mut self, id: UserId, role: SystemRole) -> Result<bool> {
        Ok(self.tx.query(UPDATE_SYSTEM_ROLE).bind(id).bind(role.name()).execute().await? == 1)
    }

    /// Notes that a person was here.
    ///
    /// # Errors
    /// The database.
    pub async fn update_user_seen(&mut self, id: UserId, at: Micros) -> Result<()> {
        self.tx.query(UPDATE_SEEN).bind(id).bind(at).execute().await?;
        Ok(())
    }

    /// How many active system admins there are.
    ///
    /// # Errors
    /// The database.
    pub async fn count_admins(&mut self) -> Result<i64> {
        Ok(self.tx.query(COUNT_ADMINS).one::<Count>().await?.count)
    }
}
