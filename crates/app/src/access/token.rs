//! Programs that ask by a token of a person: a part of what the person may do, never more. A token's id stands where a
//! session's does, so that what it keeps open ends when it does.

use std::time::Duration;

use nexus_model::{
    GuestPermissions, GuestRight, Micros, ServerId, SessionId, TenantId, TokenId, TokenScope, TokenScopes,
};
use nexus_store::TokenOwner;

use super::look::Question;
use super::{Access, Client, Inner, NotSignedIn, SignedIn};
use crate::accounts::throttle::{self, Attempt, Counted};
use crate::permission::TenantRight;
use crate::{policy, secret};

/// Whether a request only looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asks {
    /// It looks, or whoever answers it decides that by each call.
    ToSee,
    /// It may change something: what a token may see is not enough for it.
    ToChange,
}

/// The token by which a program asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedToken {
    /// Its id.
    pub id: TokenId,
    /// Its name.
    pub name: String,
    pub(super) limits: Limits,
}

impl UsedToken {
    /// Whether it was made for `scope`.
    #[must_use]
    pub fn has(&self, scope: TokenScope) -> bool {
        self.limits.scopes.has(scope)
    }
}

/// What a token leaves of its person's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) scopes: TokenScopes,
    pub(super) tenant: Option<TenantId>,
    pub(super) server: Option<ServerId>,
    pub(super) asks: Asks,
}

impl Limits {
    /// Whether the question is about something that the token knows of.
    pub(super) fn reach(self, tenant: TenantId, question: Question) -> bool {
        let server = match question {
            Question::Tenant(_) => None,
            Question::Guest(_, guest) => Some(guest.server),
        };
        self.tenant.is_none_or(|only| only == tenant) && self.server.is_none_or(|only| server.is_none_or(|s| s == only))
    }

    /// Whether the token brings the right that is asked about.
    pub(super) fn allow(self, question: Question) -> bool {
        let scope = match question {
            Question::Tenant(right) if self.server.is_some() && !policy::is_of_one_server(right) => return false,
            Question::Tenant(right) => policy::scope_of(right),
            Question::Guest(right, _) => Some(policy::scope_of_guest(right)),
        };
        match scope {
            // What is done by the right to see something changes only one's own things; it is a change all the same.
            None | Some(TokenScope::Read) if self.asks == Asks::ToChange => self.scopes.has(TokenScope::Manage),
            scope => scope.is_none_or(|scope| self.scopes.has(scope)),
        }
    }

    /// The same for a right in its tenant.
    pub(super) fn bring(self, right: TenantRight) -> bool {
        self.allow(Question::Tenant(right))
    }

    /// What is left of rights on a guest of a server. Who sees it by another right than the token's still sees it.
    pub(super) fn left_of(self, rights: GuestPermissions, server: ServerId) -> GuestPermissions {
        if self.server.is_some_and(|only| only != server) || !rights.has(GuestRight::View) {
            return GuestPermissions::NONE;
        }
        let brings = |right: &GuestRight| self.scopes.has(policy::scope_of_guest(*right));
        rights.rights().filter(brings).fold(GuestPermissions::NONE.with(GuestRight::View), GuestPermissions::with)
    }
}

/// How often the use of a token is written down.
const NOTE_EVERY: Duration = Duration::from_secs(60);

/// What PVE's clients call a token: `USER@REALM!NAME`. The user is made of the token's own id.
pub(crate) fn pve_id(id: TokenId, name: &str) -> String {
    let id = id.uuid().simple().to_string();
    format!("{}@nexus!{name}", &id[id.len() - 12..])
}

impl Access {
    /// The person of a token, if it is in force. Wrong ones are counted for the address that they come from; right ones
    /// are not kept from working by them, since nobody guesses 122 random bits.
    ///
    /// # Errors
    /// [`NotSignedIn`].
    pub async fn authenticate_token(
        &self,
        presented: &str,
        client: Client,
        asks: Asks,
    ) -> Result<SignedIn, NotSignedIn> {
        self.by_token(None, presented, client, asks).await
    }

    /// The person of a token in the form of PVE's clients: the value of `Authorization`, `PVEAPIToken=ID=SECRET`. The
    /// caller decides of each call whether it changes something.
    ///
    /// # Errors
    /// [`NotSignedIn`].
    pub async fn authenticate_pve_header(&self, value: &str, client: Client) -> Result<SignedIn, NotSignedIn> {
        let token = value.strip_prefix("PVEAPIToken").and_then(|rest| rest.strip_prefix(['=', ' ']));
        match token.and_then(|token| token.trim().split_once('=')) {
            Some((id, secret)) => self.by_token(Some(id), secret, client, Asks::ToSee).await,
            None => Err(NotSignedIn::Unknown),
        }
    }

    async fn by_token(
        &self,
        id: Option<&str>,
        presented: &str,
        client: Client,
        asks: Asks,
    ) -> Result<SignedIn, NotSignedIn> {
        let Inner { store, system, clock, .. } = &*self.inner;
        let now = clock.now();
        let mut read = store.system_read(system).await?;
        let found = read.token_owner(secret::hash(presented)).await?;
        read.commit().await?;
        let found = found.filter(|token| id.is_none_or(|id| id == pve_id(token.id, &token.name)));
        let Some(token) = found else { return Err(self.wrong_token(&client).await?) };
        if token.expires_at <= now || !token.is_active {
            return Err(NotSignedIn::Unknown);
        }
        if token.used_at().is_none_or(|used| now.since(used) >= NOTE_EVERY) {
            let mut write = store.system_write(system).await?;
            write.token_used(token.id, now, &client.address.to_string()).await?;
            write.commit().await?;
        }
        Ok(signed_in(token, client, asks))
    }

    async fn wrong_token(&self, client: &Client) -> nexus_store::Result<NotSignedIn> {
        let Inner { store, system, clock, throttle, .. } = &*self.inner;
        let tx = store.system_write(system).await?;
        let counted = throttle::count(tx, &Attempt::token(client.address), throttle, clock.now()).await?;
        Ok(match counted {
            Counted::Refused { retry_after } => NotSignedIn::TooManyAttempts { retry_after },
            Counted::Free | Counted::Last => NotSignedIn::Unknown,
        })
    }
}

fn signed_in(token: TokenOwner, client: Client, asks: Asks) -> SignedIn {
    let limits = Limits { scopes: token.scopes, tenant: token.tenant(), server: token.server(), asks };
    SignedIn {
        user: token.user_id,
        session: SessionId::from(token.id.uuid()),
        token: Some(UsedToken { id: token.id, name: token.name, limits }),
        email: token.email,
        full_name: token.full_name,
        system_role: token.system_role,
        // Never said by a program.
        confirmed_at: Micros(0),
        client,
    }
}
