//! Mails that wait to be sent. What they say is sealed before it gets here. Also how a tenant's letters look.

use nexus_model::{Micros, TenantId};
use uuid::Uuid;

use crate::db::sql;
use crate::user::Count;
use crate::{Result, System};

/// A mail that waits.
#[derive(Clone, sqlx::FromRow)]
pub struct OutgoingMail {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub recipient: String,
    /// What it says, sealed.
    pub sealed: Vec<u8>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was written.
    #[sqlx(try_from = "i64")]
    pub created_at: Micros,
}

/// How a tenant's letters look, and in which language strangers are written to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Letterhead {
    /// Whose.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// The tenant's name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// Its first colour, `#rrggbb`.
    pub primary_color: Option<String>,
    /// What its logo is called.
    pub logo: Option<String>,
}

sql! {
    LETTERHEAD = "
        SELECT t.id AS tenant_id, t.name, s.language, s.primary_color, l.tag AS logo
          FROM tenant t
          JOIN tenant_settings s ON s.tenant_id = t.id
          LEFT JOIN tenant_logo l ON l.tenant_id = t.id
         WHERE t.id = $1";
    INSERT_MAIL = "
        INSERT INTO outgoing_mail (id, recipient, sealed, next_at, created_at)
        VALUES ($1, $2, $3, $4, $4)";
    DUE_MAIL = "
        SELECT id, recipient, sealed, attempts, created_at
          FROM outgoing_mail
         WHERE next_at <= $1
         ORDER BY next_at, id
         LIMIT 1";
    TAKE_MAIL = "
        UPDATE outgoing_mail
           SET attempts = attempts + 1, next_at = $3
         WHERE id = $1 AND attempts = $2";
    FAILED_MAIL = "UPDATE outgoing_mail SET last_error = $2 WHERE id = $1";
    DELETE_MAIL = "DELETE FROM outgoing_mail WHERE id = $1";
    DELETE_MAILS_TO = "DELETE FROM outgoing_mail WHERE recipient = $1";
    COUNT_MAILS = "SELECT count(*) AS count FROM outgoing_mail";
}

impl System<'_> {
    /// How a tenant's letters look; `None` when it is gone.
    ///
    /// # Errors
    /// The database.
    pub async fn letterhead(&mut self, tenant: TenantId) -> Result<Option<Letterhead>> {
        self.tx.query(LETTERHEAD).bind(tenant).optional().await
    }

    /// Puts a mail into the box.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_mail(&mut self, id: Uuid, recipient: &str, sealed: &[u8], at: Micros) -> Result<()> {
        self.tx.query(INSERT_MAIL).bind(id).bind(recipient).bind(sealed).bind(at).execute().await?;
        Ok(())
    }

    /// The mail that has been due for the longest time.
    ///
    /// # Errors
    /// The database.
    pub async fn due_mail(&mut self, now: Micros) -> Result<Option<OutgoingMail>> {
        self.tx.query(DUE_MAIL).bind(now).optional().await
    }

    /// Counts an attempt on a mail, and keeps it from others until `next_at`; `false` when another process has it.
    ///
    /// # Errors
    /// The database.
    pub async fn take_mail(&mut self, id: Uuid, attempts: i64, next_at: Micros) -> Result<bool> {
        Ok(self.tx.query(TAKE_MAIL).bind(id).bind(attempts).bind(next_at).execute().await? == 1)
    }

    /// Notes why a mail could not be sent.
    ///
    /// # Errors
    /// The database.
    pub async fn mail_failed(&mut self, id: Uuid, error: &str) -> Result<()> {
        self.tx.query(FAILED_MAIL).bind(id).bind(error).execute().await?;
        Ok(())
    }

    /// Removes a mail: it was sent, or is given up.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_mail(&mut self, id: Uuid) -> Result<()> {
        self.tx.query(DELETE_MAIL).bind(id).execute().await?;
        Ok(())
    }

    /// Removes all mails to an address that wait.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_mails_to(&mut self, recipient: &str) -> Result<()> {
        self.tx.query(DELETE_MAILS_TO).bind(recipient).execute().await?;
        Ok(())
    }

    /// How many mails wait.
    ///
    /// # Errors
    /// The database.
    pub async fn count_mails(&mut self) -> Result<i64> {
        Ok(self.tx.query(COUNT_MAILS).one::<Count>().await?.count)
    }
}
