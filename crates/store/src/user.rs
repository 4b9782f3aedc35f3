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
    /// Now.
    pub at: Micros,
}

sql! {
    USER = "
        SELECT id, email, full_name, password_hash, system_role, language, theme, is_active
          FROM user_account
         WHERE id = $1";
    USER_BY_EMAIL = "
        SELECT id, email, full_name, password_hash, system_role, language, theme, is_active
          FROM user_account
         WHERE email = $1";
    INSERT_USER = "
        INSERT INTO user_account (id, email, full_name, password_hash, system_role, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    UPDATE_PREFERENCES = "
        UPDATE user_account
           SET language = coalesce($2, language), theme = coalesce($3, theme)
         WHERE id = $1";
    UPDATE_PASSWORD = "UPDATE user_account SET password_hash = $2 WHERE id = $1";
    UPDATE_ACTIVE = "UPDATE user_account SET is_active = $2 WHERE id = $1";
    UPDATE_SYSTEM_ROLE = "UPDATE user_account SET system_role = $2 WHERE id = $1";
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
        query.bind(user.password_hash).bind(user.system_role.name()).bind(user.at).execute().await?;
        Ok(())
    }

    /// Changes language and theme; `None` leaves one as it is.
    ///
    /// # Errors
    /// The database.
    pub async fn update_preferences(&mut self, id: UserId, language: Option<&str>, theme: Option<&str>) -> Result<()> {
        self.tx.query(UPDATE_PREFERENCES).bind(id).bind(language).bind(theme).execute().await?;
        Ok(())
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
