//! Links to a person's own mailbox or hands: a forgotten password, an address to be verified or changed. One use; only
//! the secret's hash is stored.

use nexus_model::{Micros, UserId};
use uuid::Uuid;

use crate::db::sql;
use crate::user::Count;
use crate::{Error, Result, System};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// A new password.
    Reset,
    /// The account's address is shown to reach its owner.
    Verify,
    /// The account gets another address.
    Email,
}

impl LinkPurpose {
    /// As stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Verify => "verify",
            Self::Email => "email",
        }
    }
}

/// What a new link is for.
pub struct NewLink<'a> {
    /// Whose account.
    pub user: UserId,
    /// What for.
    pub purpose: LinkPurpose,
    /// The address that it is about, folded.
    pub email: &'a str,
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
    /// Whether it goes to that address and nowhere else: following it then shows that the address is its owner's.
    pub by_mail: bool,
    /// Now.
    pub at: Micros,
    /// When it stops to work.
    pub expires_at: Micros,
}

/// A link that worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLink {
    /// Whose account.
    pub user: UserId,
    /// What for.
    pub purpose: LinkPurpose,
    /// The address that it is about.
    pub email: String,
    /// Whether it went to that address and nowhere else.
    pub by_mail: bool,
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    #[sqlx(try_from = "Uuid")]
    user_id: UserId,
    purpose: String,
    email: String,
    by_mail: bool,
}

impl LinkRow {
    fn link(self) -> Result<AccountLink> {
        let known = [LinkPurpose::Reset, LinkPurpose::Verify, LinkPurpose::Email];
        let purpose = known.into_iter().find(|purpose| purpose.name() == self.purpose);
        let purpose = purpose.ok_or(Error::Stored("account_link.purpose"))?;
        Ok(AccountLink { user: self.user_id, purpose, email: self.email, by_mail: self.by_mail })
    }
}

sql! {
    INSERT_LINK = "
        INSERT INTO account_link (id, user_id, purpose, email, secret_hash, by_mail, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LINK = "
        SELECT user_id, purpose, email, by_mail
          FROM account_link
         WHERE secret_hash = $1 AND expires_at > $2";
    TAKE_LINK = "
        DELETE FROM account_link
         WHERE secret_hash = $1 AND expires_at > $2
        RETURNING user_id, purpose, email, by_mail";
    DELETE_LINKS = "DELETE FROM account_link WHERE user_id = $1 AND purpose = $2";
    DELETE_EXPIRED = "DELETE FROM account_link WHERE expires_at <= $1";
    COUNT_LINKS = "SELECT count(*) AS count FROM account_link WHERE user_id = $1 AND purpose = $2 AND created_at > $3";
}

impl System<'_> {
    /// Makes a link, beside those that there are.
    ///
    /// # Errors
    /// [`Error::Missing`]: no such account. The database.
    pub async fn insert_link(&mut self, new: &NewLink<'_>) -> Result<()> {
        let query = self.tx.query(INSERT_LINK).bind(Uuid::now_v7()).bind(new.user).bind(new.purpose.name());
        let query = query.bind(new.email).bind(new.secret_hash.to_vec()).bind(new.by_mail);
        query.bind(new.at).bind(new.expires_at).execute().await?;
        Ok(())
    }

    /// A link that works at `now`, without using it.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn link(&mut self, secret_hash: [u8; 32], now: Micros) -> Result<Option<AccountLink>> {
        let query = self.tx.query(LINK).bind(secret_hash.to_vec()).bind(now);
        query.optional::<LinkRow>().await?.map(LinkRow::link).transpose()
    }

    /// Uses a link up. Of two at once, on any engine, one gets it. The caller looks at its purpose.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn take_link(&mut self, secret_hash: [u8; 32], now: Micros) -> Result<Option<AccountLink>> {
        let query = self.tx.query(TAKE_LINK).bind(secret_hash.to_vec()).bind(now);
        query.optional::<LinkRow>().await?.map(LinkRow::link).transpose()
    }

    /// Makes a person's links of one purpose void.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_links(&mut self, user: UserId, purpose: LinkPurpose) -> Result<()> {
        self.tx.query(DELETE_LINKS).bind(user).bind(purpose.name()).execute().await?;
        Ok(())
    }

    /// How many links of one purpose were made for a person after `since`.
    ///
    /// # Errors
    /// The database.
    pub async fn count_links(&mut self, user: UserId, purpose: LinkPurpose, since: Micros) -> Result<i64> {
        Ok(self.tx.query(COUNT_LINKS).bind(user).bind(purpose.name()).bind(since).one::<Count>().await?.count)
    }

    /// Removes links that do not work any more; how many.
    ///
    /// # Errors
    /// The database.
    pub async fn delete_expired_links(&mut self, now: Micros) -> Result<u64> {
        self.tx.query(DELETE_EXPIRED).bind(now).execute().await
    }
}
