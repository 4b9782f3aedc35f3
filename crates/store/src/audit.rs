//! The audit log's rows. Entries go in unchained, in the transaction that they describe; the chaining task numbers them
//! and writes their MACs later. Nothing here changes or removes an entry.

use nexus_model::{AuditId, Micros, ServerId, TenantId, UserId};
use uuid::Uuid;

use crate::db::{Sql, Tx, sql};
use crate::{Result, SealedSecret, System, Tenant, search};

/// One recorded action.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditEntry {
    /// Its id.
    #[sqlx(try_from = "Uuid")]
    pub id: AuditId,
    /// The chain that it belongs to: the tenant's id, or nil for the system's.
    pub chain: Uuid,
    /// The tenant.
    pub tenant_id: Option<Uuid>,
    /// When.
    #[sqlx(try_from = "i64")]
    pub at: Micros,
    /// Who, if a person.
    pub actor_user: Option<Uuid>,
    /// Who, as text that stays readable when the account is gone.
    pub actor_name: String,
    /// `user` or `system`.
    pub actor_kind: String,
    /// By which token, if by one.
    pub actor_token: Option<String>,
    /// From where.
    pub address: String,
    /// With what.
    pub user_agent: String,
    /// What, such as `server.create`.
    pub action: String,
    /// On what kind of thing.
    pub target_kind: String,
    /// On which.
    pub target_id: String,
    /// Its name at that time.
    pub target_name: String,
    /// What it was before, as JSON; no secrets.
    pub before_state: Option<String>,
    /// What it is now, as JSON; no secrets.
    pub after_state: Option<String>,
    /// `ok`, `refused`, `failed` or `intent`.
    pub outcome: String,
    /// Why it failed, for people.
    pub detail: Option<String>,
    /// The request's id in the log.
    pub request_id: Option<String>,
    /// Its number in the chain, once chained.
    pub seq: Option<i64>,
    /// Its MAC, once chained.
    pub mac: Option<Vec<u8>>,
}

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditHead {
    /// The last entry's number.
    pub seq: i64,
    /// The last entry's MAC.
    pub mac: Vec<u8>,
    /// A MAC over both, which no older state of the database contains.
    pub seal: Vec<u8>,
}

/// Which actions are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionFilter {
    /// This one.
    Is(String),
    /// All that begin so.
    BeginsWith(String),
}

/// Which entries are wanted. Texts match without regard to case, as far as the engine knows about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Not older than this.
    pub from: Option<Micros>,
    /// Older than this.
    pub before: Option<Micros>,
    /// A part of the actor's name.
    pub actor: Option<String>,
    /// Or the actor's id.
    pub actor_user: Option<UserId>,
    /// The action.
    pub action: Option<ActionFilter>,
    /// A part of the target's id or name.
    pub target: Option<String>,
    /// The outcome.
    pub outcome: Option<String>,
    /// A part of the action, a name or the detail.
    pub text: Option<String>,
}

/// A place between two entries, in the order of their times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditPlace {
    /// The time of the entry beside it.
    pub at: Micros,
    /// Its id.
    pub id: AuditId,
}

/// A tenant that keeps its log for a limited time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Retention {
    /// The tenant.
    #[sqlx(try_from = "Uuid")]
    pub tenant: TenantId,
    /// For how many days.
    pub days: i64,
}

/// Something that a key of the ring must open or check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sample {
    /// A server's sealed token.
    Token {
        /// The server.
        server: ServerId,
        /// What is stored.
        sealed: Vec<u8>,
    },
    /// The sealed secret of a webhook.
    Webhook {
        /// The webhook.
        webhook: Uuid,
        /// What is stored.
        sealed: Vec<u8>,
    },
    /// The end of an audit chain.
    Head {
        /// The chain.
        chain: Uuid,
        /// Its head.
        head: AuditHead,
    },
    /// Where a chain begins after its oldest entries were dropped.
    Checkpoint {
        /// The chain.
        chain: Uuid,
        /// Its checkpoint.
        checkpoint: AuditHead,
    },
}

impl Sample {
    /// What a key made: a sealed value or a MAC.
    #[must_use]
    pub fn made(&self) -> &[u8] {
        match self {
            Self::Token { sealed, .. } | Self::Webhook { sealed, .. } => sealed,
            Self::Head { head: end, .. } | Self::Checkpoint { checkpoint: end, .. } => &end.seal,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Token {
    #[sqlx(try_from = "Uuid")]
    id: ServerId,
    token_secret: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct End {
    chain: Uuid,
    #[sqlx(flatten)]
    head: AuditHead,
}

#[derive(sqlx::FromRow)]
struct Chain {
    chain: Uuid,
}

#[derive(sqlx::FromRow)]
struct Action {
    action: String,
}

#[derive(sqlx::FromRow)]
struct First {
    seq: Option<i64>,
}

sql! {
    INSERT_ENTRY = "
        INSERT INTO audit_entry (id, chain, tenant_id, at, actor_user, actor_name, actor_kind, actor_token, address,
               user_agent, action, target_kind, target_id, target_name, before_state, after_state, outcome, detail,
               request_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    TOKENS = "SELECT id, token_secret FROM server ORDER BY id";
    WEBHOOKS = "SELECT id, secret AS sealed FROM webhook ORDER BY id";
    HEADS = "SELECT chain, seq, mac, seal FROM audit_head WHERE seq > 0 ORDER BY chain";
    LOOSE_CHAINS = "SELECT DISTINCT chain FROM audit_entry WHERE seq IS NULL";
    CHAINS = "
        SELECT chain FROM audit_head
         UNION
        SELECT chain FROM audit_entry";
    LOOSE_ENTRIES = "
        SELECT id, chain, tenant_id, at, actor_user, actor_name, actor_kind, actor_token, address, user_agent, action,
               target_kind, target_id, target_name, before_state, after_state, outcome, detail, request_id, seq, mac
          FROM audit_entry
         WHERE chain = $1 AND seq IS NULL
         ORDER BY at, id
         LIMIT $2";
    CHAINED_ENTRIES = "
        SELECT id, chain, tenant_id, at, actor_user, actor_name, actor_kind, actor_token, address, user_agent, action,
               target_kind, target_id, target_name, before_state, after_state, outcome, detail, request_id, seq, mac
          FROM audit_entry
         WHERE chain = $1 AND seq > $2
         ORDER BY seq
         LIMIT $3";
    RECENT_ENTRIES = "
        SELECT id, chain, tenant_id, at, actor_user, actor_name, actor_kind, actor_token, address, user_agent, action,
               target_kind, target_id, target_name, before_state, after_state, outcome, detail, request_id, seq, mac
          FROM audit_entry
         WHERE chain = $1
         ORDER BY at DESC, id DESC
         LIMIT $2";
    NEWEST_FIRST = "
        SELECT id, chain, tenant_id, at, actor_user, actor_name, actor_kind, actor_token, address, user_agent, action,
               target_kind, target_id, target_name, before_state, after_state, outcome, detail, request_id, seq, mac
          FROM audit_entry
         WHERE chain = $1 AND at >= $2 AND at < $3 AND at <= $4 AND (at < $4 OR id < $5)
           AND (lower(actor_name) LIKE lower($6) ESCAPE '\\' OR actor_user = $7 OR $6 IS NULL)
           AND (lower(action) LIKE lower($8) ESCAPE '\\' OR $8 IS NULL)
           AND (lower(target_name) LIKE lower($9) ESCAPE '\\' OR lower(target_id) LIKE lower($9) ESCAPE '\\' OR $9 IS NULL)
           AND (outcome = $10 OR $10 IS NULL)
           AND (lower(action) LIKE lower($11) ESCAPE '\\' OR lower(actor_name) LIKE lower($11) ESCAPE '\\'
                OR lower(target_name) LIKE lower($11) ESCAPE '\\' OR lower(detail) LIKE lower($11) ESCAPE '\\'
                OR $11 IS NULL)
         ORDER BY at DESC, id DESC
         LIMIT $12";
    OLDEST_FIRST = "
        SELECT id, chain, tenant_id, at, actor_user, actor_name, actor_kind, actor_token, address, user_agent, action,
               target_kind, target_id, target_name, before_state, after_state, outcome, detail, request_id, seq, mac
          FROM audit_entry
         WHERE chain = $1 AND at >= $2 AND at < $3 AND at >= $4 AND (at > $4 OR id > $5)
           AND (lower(actor_name) LIKE lower($6) ESCAPE '\\' OR actor_user = $7 OR $6 IS NULL)
           AND (lower(action) LIKE lower($8) ESCAPE '\\' OR $8 IS NULL)
           AND (lower(target_name) LIKE lower($9) ESCAPE '\\' OR lower(target_id) LIKE lower($9) ESCAPE '\\' OR $9 IS NULL)
           AND (outcome = $10 OR $10 IS NULL)
           AND (lower(action) LIKE lower($11) ESCAPE '\\' OR lower(actor_name) LIKE lower($11) ESCAPE '\\'
                OR lower(target_name) LIKE lower($11) ESCAPE '\\' OR lower(detail) LIKE lower($11) ESCAPE '\\'
                OR $11 IS NULL)
         ORDER BY at, id
         LIMIT $12";
    ACTIONS = "
        WITH RECURSIVE found (action) AS (
            SELECT min(action) FROM audit_entry WHERE chain = $1
             UNION ALL
            SELECT (SELECT min(e.action) FROM audit_entry e WHERE e.chain = $1 AND e.action > f.action)
              FROM found f
             WHERE f.action IS NOT NULL)
        SELECT action FROM found WHERE action IS NOT NULL ORDER BY action";
    RETENTIONS = "
        SELECT tenant_id AS tenant, audit_retention_days AS days
          FROM tenant_settings
         WHERE audit_retention_days IS NOT NULL
         ORDER BY tenant_id";
    FIRST_SINCE = "SELECT min(seq) AS seq FROM audit_entry WHERE chain = $1 AND seq IS NOT NULL AND at >= $2";
    CHECKPOINT = "SELECT seq, mac, seal FROM audit_checkpoint WHERE chain = $1";
    CHECKPOINTS = "SELECT chain, seq, mac, seal FROM audit_checkpoint ORDER BY chain";
    PUT_CHECKPOINT = "
        INSERT INTO audit_checkpoint (chain, seq, mac, seal, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (chain)
        DO UPDATE SET seq = excluded.seq, mac = excluded.mac, seal = excluded.seal, at = excluded.at";
    DROP_PREFIX = "DELETE FROM audit_entry WHERE chain = $1 AND seq <= $2";
    CHAIN_ENTRY = "UPDATE audit_entry SET seq = $2, mac = $3 WHERE id = $1 AND seq IS NULL";
    MAKE_HEAD = "
        INSERT INTO audit_head (chain, seq, mac, seal, at) VALUES ($1, 0, $2, $2, $3)
        ON CONFLICT (chain) DO NOTHING";
    LOCK_HEAD = "UPDATE audit_head SET at = $2 WHERE chain = $1 RETURNING seq, mac, seal";
    HEAD = "SELECT seq, mac, seal FROM audit_head WHERE chain = $1";
    UPDATE_HEAD = "UPDATE audit_head SET seq = $2, mac = $3, seal = $4, at = $5 WHERE chain = $1";
}

async fn insert(tx: &mut Tx, e: &AuditEntry) -> Result<()> {
    let query = tx.query(INSERT_ENTRY).bind(e.id).bind(e.chain).bind(e.tenant_id).bind(e.at).bind(e.actor_user);
    let query = query.bind(e.actor_name.as_str()).bind(e.actor_kind.as_str()).bind(e.actor_token.clone());
    let query =
        query.bind(e.address.as_str()).bind(e.user_agent.as_str()).bind(e.action.as_str()).bind(e.target_kind.as_str());
    let query = query.bind(e.target_id.as_str()).bind(e.target_name.as_str()).bind(e.before_state.clone());
    let query = query.bind(e.after_state.clone()).bind(e.outcome.as_str()).bind(e.detail.clone());
    query.bind(e.request_id.clone()).execute().await?;
    Ok(())
}

async fn page(
    tx: &mut Tx,
    sql: Sql,
    chain: Uuid,
    filter: &AuditFilter,
    place: (Micros, Uuid),
    limit: u32,
) -> Result<Vec<AuditEntry>> {
    let action = filter.action.as_ref().map(|action| match action {
        ActionFilter::Is(name) => search::exactly(name),
        ActionFilter::BeginsWith(start) => search::beginning(start),
    });
    let query = tx.query(sql).bind(chain).bind(filter.from.unwrap_or(Micros(i64::MIN)));
    let query = query.bind(filter.before.unwrap_or(Micros(i64::MAX))).bind(place.0).bind(place.1);
    let query = query.bind(filter.actor.as_deref().map(search::containing)).bind(filter.actor_user).bind(action);
    let query = query.bind(filter.target.as_deref().map(search::containing)).bind(filter.outcome.clone());
    query.bind(filter.text.as_deref().map(search::containing)).bind(limit).all().await
}

async fn newest_first(
    tx: &mut Tx,
    chain: Uuid,
    filter: &AuditFilter,
    before: Option<AuditPlace>,
    limit: u32,
) -> Result<Vec<AuditEntry>> {
    let place = before.map_or((Micros(i64::MAX), Uuid::max()), |place| (place.at, place.id.uuid()));
    page(tx, NEWEST_FIRST, chain, filter, place, limit).await
}

async fn oldest_first(
    tx: &mut Tx,
    chain: Uuid,
    filter: &AuditFilter,
    after: Option<AuditPlace>,
    limit: u32,
) -> Result<Vec<AuditEntry>> {
    let place = after.map_or((Micros(i64::MIN), Uuid::nil()), |place| (place.at, place.id.uuid()));
    page(tx, OLDEST_FIRST, chain, filter, place, limit).await
}

async fn actions(tx: &mut Tx, chain: Uuid) -> Result<Vec<String>> {
    let rows: Vec<Action> = tx.query(ACTIONS).bind(chain).all().await?;
    Ok(rows.into_iter().map(|row| row.action).collect())
}

impl Tenant<'_> {
    /// The tenant's entries before a place, the newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_newest(
        &mut self,
        filter: &AuditFilter,
        before: Option<AuditPlace>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        newest_first(&mut self.tx, self.scope.tenant().uuid(), filter, before, limit).await
    }

    /// The tenant's entries behind a place, the oldest first.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_oldest(
        &mut self,
        filter: &AuditFilter,
        after: Option<AuditPlace>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        oldest_first(&mut self.tx, self.scope.tenant().uuid(), filter, after, limit).await
    }

    /// Every action that the tenant's log has.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_actions(&mut self) -> Result<Vec<String>> {
        actions(&mut self.tx, self.scope.tenant().uuid()).await
    }

    /// Records an action in the tenant's chain; `chain`, `tenant_id` and, for a person, `actor_user` come from the scope.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_audit_entry(&mut self, entry: &AuditEntry) -> Result<()> {
        let tenant: TenantId = self.tenant();
        let user: UserId = self.user();
        let actor_user = entry.actor_user.map(|_| user.uuid());
        let own = AuditEntry { chain: tenant.uuid(), tenant_id: Some(tenant.uuid()), actor_user, ..entry.clone() };
        insert(&mut self.tx, &own).await
    }
}

impl System<'_> {
    /// Records an action in any chain.
    ///
    /// # Errors
    /// The database.
    pub async fn insert_audit_entry(&mut self, entry: &AuditEntry) -> Result<()> {
        insert(&mut self.tx, entry).await
    }

    /// A chain's entries before a place, the newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_newest(
        &mut self,
        chain: Uuid,
        filter: &AuditFilter,
        before: Option<AuditPlace>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        newest_first(&mut self.tx, chain, filter, before, limit).await
    }

    /// A chain's entries behind a place, the oldest first.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_oldest(
        &mut self,
        chain: Uuid,
        filter: &AuditFilter,
        after: Option<AuditPlace>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        oldest_first(&mut self.tx, chain, filter, after, limit).await
    }

    /// Every action that a chain has.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_actions(&mut self, chain: Uuid) -> Result<Vec<String>> {
        actions(&mut self.tx, chain).await
    }

    /// The tenants that keep their log for a limited time.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_retentions(&mut self) -> Result<Vec<Retention>> {
        self.tx.query(RETENTIONS).all().await
    }

    /// The number of a chain's first entry that is not older than `since`; `None` when all are.
    ///
    /// # Errors
    /// The database.
    pub async fn first_entry_since(&mut self, chain: Uuid, since: Micros) -> Result<Option<i64>> {
        Ok(self.tx.query(FIRST_SINCE).bind(chain).bind(since).one::<First>().await?.seq)
    }

    /// Where a chain begins, if its oldest entries were dropped.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_checkpoint(&mut self, chain: Uuid) -> Result<Option<AuditHead>> {
        self.tx.query(CHECKPOINT).bind(chain).optional().await
    }

    /// Drops a chain's entries up to the checkpoint's number, which stands for them from now on; how many. The caller
    /// holds the head's lock.
    ///
    /// # Errors
    /// The database.
    pub async fn drop_audit_prefix(&mut self, chain: Uuid, checkpoint: &AuditHead, at: Micros) -> Result<u64> {
        let query = self.tx.query(PUT_CHECKPOINT).bind(chain).bind(checkpoint.seq).bind(checkpoint.mac.clone());
        query.bind(checkpoint.seal.clone()).bind(at).execute().await?;
        self.tx.query(DROP_PREFIX).bind(chain).bind(checkpoint.seq).execute().await
    }

    /// Everything that a key of the ring must open or check: sealed tokens, the seals of the audit's heads and
    /// checkpoints.
    ///
    /// # Errors
    /// The database.
    pub async fn sealed_samples(&mut self) -> Result<Vec<Sample>> {
        let tokens: Vec<Token> = self.tx.query(TOKENS).all().await?;
        let webhooks: Vec<SealedSecret> = self.tx.query(WEBHOOKS).all().await?;
        let heads: Vec<End> = self.tx.query(HEADS).all().await?;
        let checkpoints: Vec<End> = self.tx.query(CHECKPOINTS).all().await?;
        let tokens = tokens.into_iter().map(|row| Sample::Token { server: row.id, sealed: row.token_secret });
        let webhooks = webhooks.into_iter().map(|row| Sample::Webhook { webhook: row.id, sealed: row.sealed });
        let heads = heads.into_iter().map(|row| Sample::Head { chain: row.chain, head: row.head });
        let checkpoints =
            checkpoints.into_iter().map(|row| Sample::Checkpoint { chain: row.chain, checkpoint: row.head });
        Ok(tokens.chain(webhooks).chain(heads).chain(checkpoints).collect())
    }

    /// The chains that have entries not chained yet.
    ///
    /// # Errors
    /// The database.
    pub async fn loose_chains(&mut self) -> Result<Vec<Uuid>> {
        let rows: Vec<Chain> = self.tx.query(LOOSE_CHAINS).all().await?;
        Ok(rows.into_iter().map(|row| row.chain).collect())
    }

    /// All chains.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_chains(&mut self) -> Result<Vec<Uuid>> {
        let rows: Vec<Chain> = self.tx.query(CHAINS).all().await?;
        Ok(rows.into_iter().map(|row| row.chain).collect())
    }

    /// A chain's entries that are not chained yet, oldest first.
    ///
    /// # Errors
    /// The database.
    pub async fn loose_entries(&mut self, chain: Uuid, limit: i64) -> Result<Vec<AuditEntry>> {
        self.tx.query(LOOSE_ENTRIES).bind(chain).bind(limit).all().await
    }

    /// A chain's entries behind number `after`, in order.
    ///
    /// # Errors
    /// The database.
    pub async fn chained_entries(&mut self, chain: Uuid, after: i64, limit: i64) -> Result<Vec<AuditEntry>> {
        self.tx.query(CHAINED_ENTRIES).bind(chain).bind(after).bind(limit).all().await
    }

    /// A chain's newest entries, chained or not.
    ///
    /// # Errors
    /// The database.
    pub async fn recent_entries(&mut self, chain: Uuid, limit: i64) -> Result<Vec<AuditEntry>> {
        self.tx.query(RECENT_ENTRIES).bind(chain).bind(limit).all().await
    }

    /// Writes an entry's number and MAC; whether nobody had.
    ///
    /// # Errors
    /// The database.
    pub async fn chain_entry(&mut self, id: AuditId, seq: i64, mac: &[u8]) -> Result<bool> {
        Ok(self.tx.query(CHAIN_ENTRY).bind(id).bind(seq).bind(mac).execute().await? == 1)
    }

    /// A chain's head, which nobody else moves until this transaction ends; made with number 0 and empty MACs for a
    /// chain that has none.
    ///
    /// # Errors
    /// The database.
    pub async fn lock_audit_head(&mut self, chain: Uuid, at: Micros) -> Result<AuditHead> {
        self.tx.query(MAKE_HEAD).bind(chain).bind(Vec::new()).bind(at).execute().await?;
        self.tx.query(LOCK_HEAD).bind(chain).bind(at).one().await
    }

    /// A chain's head.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_head(&mut self, chain: Uuid) -> Result<Option<AuditHead>> {
        self.tx.query(HEAD).bind(chain).optional().await
    }

    /// Moves a chain's head.
    ///
    /// # Errors
    /// The database.
    pub async fn update_audit_head(&mut self, chain: Uuid, head: &AuditHead, at: Micros) -> Result<()> {
        let query = self.tx.query(UPDATE_HEAD).bind(chain).bind(head.seq).bind(head.mac.clone());
        query.bind(head.seal.clone()).bind(at).execute().await?;
        Ok(())
    }
}
