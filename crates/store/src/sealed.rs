//! Everything that a key of the ring sealed or signed: how much is under which key, and secrets sealed anew. Nothing here
//! opens one; a secret is replaced only where it still is what was read.

use uuid::Uuid;

use crate::db::sql;
use crate::keys::mark_of;
use crate::user::Count;
use crate::{Result, System};

/// A kind of sealed secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SealedKind {
    /// The API token of a server.
    Token,
    /// A mail that waits.
    Mail,
    /// The secret of a webhook.
    Webhook,
}

impl SealedKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Token, Self::Mail, Self::Webhook];
}

/// A sealed secret as it is stored.
#[derive(Clone, sqlx::FromRow)]
pub struct SealedSecret {
    /// Its row.
    pub id: Uuid,
    /// What is stored.
    pub sealed: Vec<u8>,
}

/// How much there is under one key, or in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyUse {
    /// Servers' API tokens.
    pub tokens: i64,
    /// Mails that wait.
    pub mails: i64,
    /// Secrets of webhooks.
    pub webhooks: i64,
    /// Entries of the audit log.
    pub entries: i64,
    /// Heads and checkpoints of the audit log.
    pub ends: i64,
}

impl KeyUse {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

sql! {
    TOKENS = "SELECT id, token_secret AS sealed FROM server WHERE id > $1 ORDER BY id LIMIT $2";
    MAILS = "SELECT id, sealed FROM outgoing_mail WHERE id > $1 ORDER BY id LIMIT $2";
    WEBHOOKS = "SELECT id, secret AS sealed FROM webhook WHERE id > $1 ORDER BY id LIMIT $2";
    SEAL_TOKEN = "UPDATE server SET token_secret = $3 WHERE id = $1 AND token_secret = $2";
    SEAL_MAIL = "UPDATE outgoing_mail SET sealed = $3 WHERE id = $1 AND sealed = $2";
    SEAL_WEBHOOK = "UPDATE webhook SET secret = $3 WHERE id = $1 AND secret = $2";
    TOKENS_UNDER = "SELECT count(*) AS count FROM server WHERE substr(token_secret, 1, CAST($1 AS integer)) = $2";
    MAILS_UNDER = "SELECT count(*) AS count FROM outgoing_mail WHERE substr(sealed, 1, CAST($1 AS integer)) = $2";
    WEBHOOKS_UNDER = "SELECT count(*) AS count FROM webhook WHERE substr(secret, 1, CAST($1 AS integer)) = $2";
    ENTRIES_UNDER = "SELECT count(*) AS count FROM audit_entry WHERE substr(mac, 1, CAST($1 AS integer)) = $2";
    ENDS_UNDER = "
        SELECT (SELECT count(*) FROM audit_head WHERE substr(seal, 1, CAST($1 AS integer)) = $2)
             + (SELECT count(*) FROM audit_checkpoint WHERE substr(seal, 1, CAST($1 AS integer)) = $2) AS count";
    ALL_TOKENS = "SELECT count(*) AS count FROM server";
    ALL_MAILS = "SELECT count(*) AS count FROM outgoing_mail";
    ALL_WEBHOOKS = "SELECT count(*) AS count FROM webhook";
    ALL_ENTRIES = "SELECT count(mac) AS count FROM audit_entry";
    ALL_ENDS = "
        SELECT (SELECT count(*) FROM audit_head WHERE seq > 0) + (SELECT count(*) FROM audit_checkpoint) AS count";
}

impl System<'_> {
    /// Sealed secrets behind the row `after`, in the order of their rows.
    ///
    /// # Errors
    /// The database.
    pub async fn sealed(&mut self, kind: SealedKind, after: Uuid, limit: u32) -> Result<Vec<SealedSecret>> {
        let sql = match kind {
            SealedKind::Token => TOKENS,
            SealedKind::Mail => MAILS,
            SealedKind::Webhook => WEBHOOKS,
        };
        self.tx.query(sql).bind(after).bind(limit).all().await
    }

    /// Puts a secret that was sealed anew in the place of `before`; whether that still was what is stored. Counts as no
    /// change of the row.
    ///
    /// # Errors
    /// The database.
    pub async fn seal_anew(&mut self, kind: SealedKind, before: &SealedSecret, sealed: &[u8]) -> Result<bool> {
        let sql = match kind {
            SealedKind::Token => SEAL_TOKEN,
            SealedKind::Mail => SEAL_MAIL,
            SealedKind::Webhook => SEAL_WEBHOOK,
        };
        let query = self.tx.query(sql).bind(before.id).bind(before.sealed.as_slice()).bind(sealed);
        Ok(query.execute().await? == 1)
    }

    /// How much one key sealed and signed that is still there.
    ///
    /// # Errors
    /// The database.
    pub async fn key_use(&mut self, id: &str) -> Result<KeyUse> {
        let mark = mark_of(id);
        let length = i64::try_from(mark.len()).unwrap_or(i64::MAX);
        let mut counts = [0; 5];
        let all = [TOKENS_UNDER, MAILS_UNDER, WEBHOOKS_UNDER, ENTRIES_UNDER, ENDS_UNDER];
        for (count, sql) in counts.iter_mut().zip(all) {
            let query = self.tx.query(sql).bind(length).bind(mark.as_slice());
            *count = query.one::<Count>().await?.count;
        }
        let [tokens, mails, webhooks, entries, ends] = counts;
        Ok(KeyUse { tokens, mails, webhooks, entries, ends })
    }

    /// How much all keys together sealed and signed.
    ///
    /// # Errors
    /// The database.
    pub async fn all_key_use(&mut self) -> Result<KeyUse> {
        let mut counts = [0; 5];
        let all = [ALL_TOKENS, ALL_MAILS, ALL_WEBHOOKS, ALL_ENTRIES, ALL_ENDS];
        for (count, sql) in counts.iter_mut().zip(all) {
            *count = self.tx.query(sql).one::<Count>().await?.count;
        }
        let [tokens, mails, webhooks, entries, ends] = counts;
        Ok(KeyUse { tokens, mails, webhooks, entries, ends })
    }
}
