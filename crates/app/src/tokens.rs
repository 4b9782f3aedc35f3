//! Tokens that a person makes for programs: named, for some of their rights, for a time. The secret is shown once; its
//! hash is kept. A program cannot make tokens.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use nexus_model::{FieldError, InvalidInput, ServerId, TenantId, TokenId, TokenScope, TokenScopes};
pub use nexus_store::TokenRow;
use nexus_store::{NewToken, Store, System, SystemScope, Whose};
use serde_json::json;
use zeroize::Zeroizing;

use crate::access::{Access, NotRecent, Refused, SeeGuests, SignedIn, pve_id};
use crate::audit::{Audit, Entry};
use crate::clock::Clock;
use crate::secret;

/// The most tokens of a person.
const MOST: usize = 50;
/// Longest name, in characters.
const LONGEST_NAME: usize = 64;
/// For how long a token may be made.
const DAYS: std::ops::RangeInclusive<i64> = 1..=366;
const DAY: u64 = 86_400;

/// Shows, makes and revokes tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    inner: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) access: Access,
}

/// A token as it is wanted.
#[derive(Debug, Clone)]
pub struct TokenInput {
    /// Its name.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<TokenScope>,
    /// The tenant to limit it to.
    pub tenant: Option<TenantId>,
    /// The server of that tenant to limit it to.
    pub server: Option<ServerId>,
    /// In how many days it ends.
    pub expires_in_days: i64,
}

/// A person's tokens.
#[derive(Debug, Clone)]
pub struct TokenList {
    /// The newest first.
    pub tokens: Vec<TokenRow>,
    /// How many more there may be.
    pub may_make: usize,
}

/// A token that was made just now.
pub struct MadeToken {
    /// The token.
    pub token: TokenRow,
    /// What is shown this once.
    pub secret: Zeroizing<String>,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// There is no such token, tenant or server, or none that the person may see.
    #[error("there is no such thing")]
    NotFound,
    /// Fields that cannot be taken.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The password was said too long ago.
    #[error(transparent)]
    NotRecent(#[from] NotRecent),
    /// The person has a token of this name.
    #[error("there is a token of this name")]
    Duplicate,
    /// The person has as many tokens as they may.
    #[error("there are {limit} tokens already")]
    TooMany {
        /// How many there may be.
        limit: usize,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

impl From<Refused> for TokenError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Store(error) => Self::Store(error),
            Refused::SignedOut | Refused::NotFound | Refused::Forbidden | Refused::Token => Self::NotFound,
        }
    }
}

/// What PVE's clients call a token: `USER@REALM!NAME`.
#[must_use]
pub fn name_for_pve(token: &TokenRow) -> String {
    pve_id(token.id, &token.name)
}

/// A name as PVE's token ids have them (`pve-tokenid`), so that every client of PVE takes it.
fn check_name(name: &str) -> Result<(), InvalidInput> {
    let fine = name.len() <= LONGEST_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        && name.len() >= 2;
    let rule = "must be 2 to 64 letters, digits, '.', '-' and '_', with a letter first";
    if fine { Ok(()) } else { Err(InvalidInput::new("invalid", rule)) }
}

impl TokenInput {
    fn check(&self) -> Result<TokenScopes, Vec<FieldError>> {
        let mut wrong = Vec::new();
        if let Err(error) = check_name(&self.name) {
            wrong.push(error.field("name"));
        }
        if self.scopes.is_empty() {
            wrong.push(InvalidInput::new("required", "needs at least one").field("scopes"));
        }
        if self.server.is_some() && self.tenant.is_none() {
            wrong.push(InvalidInput::new("required", "is needed beside a server").field("tenant"));
        }
        if !DAYS.contains(&self.expires_in_days) {
            wrong.push(InvalidInput::new("out_of_range", "must be 1 to 366 days").field("expires_in_days"));
        }
        if wrong.is_empty() { Ok(self.scopes.iter().copied().collect()) } else { Err(wrong) }
    }
}

impl Tokens {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    /// The person's tokens.
    ///
    /// # Errors
    /// The store.
    pub async fn list(&self, person: &SignedIn) -> Result<TokenList, TokenError> {
        let Parts { store, system, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let tokens = read.tokens(person.user()).await?;
        read.commit().await?;
        let may_make = MOST.saturating_sub(tokens.len());
        Ok(TokenList { tokens, may_make })
    }

    /// Makes a token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn create(&self, person: &SignedIn, input: TokenInput) -> Result<MadeToken, TokenError> {
        let Parts { store, system, clock, audit, access } = &*self.inner;
        let now = clock.now();
        person.confirm_recent(now)?;
        let scopes = input.check().map_err(TokenError::Invalid)?;
        if let Some(tenant) = input.tenant {
            self.check_place(access, person, tenant, input.server).await?;
        }
        let (id, secret): (TokenId, _) = (secret::id(), secret::for_program());
        let new = NewToken {
            id,
            user: person.user(),
            tenant: input.tenant,
            server: input.server,
            name: &input.name,
            secret_hash: secret::hash(&secret),
            scopes,
            at: now,
            expires_at: now.plus(Duration::from_secs(DAY * input.expires_in_days.unsigned_abs())),
        };
        let mut tx = store.system_write(system).await?;
        tx.lock_tokens(person.user()).await?;
        if tx.tokens(person.user()).await?.len() >= MOST {
            return Err(TokenError::TooMany { limit: MOST });
        }
        if !tx.insert_token(&new).await? {
            return Err(TokenError::Duplicate);
        }
        let token = token(&mut tx, person, id).await?;
        let entry = Entry::new("token.create", "token", id, input.name).after(state(&token));
        audit.record_as_system(&mut tx, None, &person.who(), entry).await?;
        tx.commit().await?;
        Ok(MadeToken { token, secret })
    }

    /// Whether the person has a place in the tenant, and knows of the server there.
    async fn check_place(
        &self,
        access: &Access,
        person: &SignedIn,
        tenant: TenantId,
        server: Option<ServerId>,
    ) -> Result<(), TokenError> {
        let grant = access.grant::<SeeGuests>(person, tenant).await?;
        let Some(server) = server else { return Ok(()) };
        let Parts { store, system, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let there = read.active_server(tenant, server).await?.is_some();
        read.commit().await?;
        let knows = grant.visible().sees_all() || grant.visible().single().any(|guest| guest.server == server);
        if there && knows { Ok(()) } else { Err(TokenError::NotFound) }
    }

    /// Revokes a token, and ends what it holds open.
    ///
    /// # Errors
    /// They have no such token, or the store.
    pub async fn delete(&self, person: &SignedIn, id: TokenId) -> Result<(), TokenError> {
        let Parts { store, system, audit, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        let name = tx.delete_token(id, person.user()).await?.ok_or(TokenError::NotFound)?;
        tx.rights_changed(Whose::User(person.user())).await?;
        audit.record_as_system(&mut tx, None, &person.who(), Entry::new("token.delete", "token", id, name)).await?;
        Ok(tx.commit().await?)
    }
}

async fn token(tx: &mut System<'_>, person: &SignedIn, id: TokenId) -> Result<TokenRow, TokenError> {
    let tokens = tx.tokens(person.user()).await?;
    tokens.into_iter().find(|token| token.id == id).ok_or(TokenError::NotFound)
}

/// What the audit log says of a token.
fn state(token: &TokenRow) -> serde_json::Value {
    json!({
        "scopes": token.scopes.to_string(),
        "tenant": token.tenant().map(|(id, ..)| id),
        "server": token.server().map(|(id, _)| id),
        "expires_at": token.expires_at,
    })
}
