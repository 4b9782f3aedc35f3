//! Accounts: set-up of the first admin, signing in and out, what a person is here. Never tells whether an account
//! exists, and never keeps a token or password.

mod accept;
mod address;
pub mod avatar;
mod confirm;
mod reset;
mod sessions;
mod setup;
pub(crate) mod throttle;

#[cfg(test)]
mod own_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use nexus_model::{Email, FieldError, Micros, Name, SystemRole, UserId, UserName, free_text};
pub use nexus_store::{Avatar, Membership, SessionRow};
use nexus_store::{Profile, Store, System, SystemScope, User, Whose};
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

pub use self::accept::{AcceptError, AcceptIn, Accepted, InvitationLook};
pub use self::setup::{SetupError, SetupIn};
pub use self::throttle::ThrottleLimits;
use self::throttle::{Attempt, Counted};
use crate::access::{Access, Actor, Client, NotRecent, SessionTimes, SignedIn, Who};
use crate::audit::{Audit, Entry, Outcome};
use crate::clock::Clock;
use crate::links::Links;
use crate::mail::Mailer;
use crate::notifications::Notifications;
use crate::password::{HashError, Password, Passwords};
use crate::secret;

/// The UI's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// German.
    De,
}

impl Language {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// English for whatever a newer Nexus may have stored.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        if text == "de" { Self::De } else { Self::En }
    }
}

/// The UI's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// As the machine's.
    System,
}

impl Theme {
    const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    fn stored(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The signed-in person and where they belong.
#[derive(Debug, Clone)]
pub struct Me {
    /// The person.
    pub user: MeUser,
    /// The tenants that they belong to, by name; a closed one opens to its admins alone.
    pub tenants: Vec<Membership>,
    /// Whether Nexus can send mail.
    pub mail: bool,
}

/// A person.
#[derive(Debug, Clone)]
pub struct MeUser {
    /// Their id.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// Their name.
    pub full_name: String,
    /// A short name of their choice.
    pub user_name: Option<String>,
    /// Where they work.
    pub company: String,
    /// Names their picture.
    pub avatar: Option<String>,
    /// Whether their address is known to reach them.
    pub verified: bool,
    /// What they are to the installation.
    pub system_role: SystemRole,
    /// The UI's language.
    pub language: Language,
    /// The UI's colours.
    pub theme: Theme,
}

/// What a person changes of themselves; `None` leaves a value as it is.
#[derive(Debug, Clone, Default)]
pub struct MeChange {
    /// Their name.
    pub full_name: Option<String>,
    /// A short name; empty for none.
    pub user_name: Option<String>,
    /// Where they work; may be empty.
    pub company: Option<String>,
    /// The UI's language.
    pub language: Option<Language>,
    /// The UI's colours.
    pub theme: Option<Theme>,
}

/// What a person typed of themselves, checked.
struct Checked {
    full_name: Option<Name>,
    /// `Some(None)` takes the user name away.
    user_name: Option<Option<UserName>>,
    company: Option<String>,
}

impl Checked {
    /// Finds everything that is wrong, not only the first.
    fn new(change: &MeChange) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let full_name = change.full_name.as_deref().map(Name::parse).transpose();
        let user_name = change.user_name.as_deref().map(|typed| match typed.trim() {
            "" => Ok(None),
            typed => UserName::parse(typed).map(Some),
        });
        let company = change.company.as_deref().map(|typed| free_text(&typed.replace('\n', " "), 100)).transpose();
        let full_name = full_name.unwrap_or_else(|error| {
            wrong.push(error.field("full_name"));
            None
        });
        let user_name = user_name.transpose().unwrap_or_else(|error| {
            wrong.push(error.field("user_name"));
            None
        });
        let company = company.unwrap_or_else(|error| {
            wrong.push(error.field("company"));
            None
        });
        if wrong.is_empty() { Ok(Self { full_name, user_name, company }) } else { Err(wrong) }
    }
}

/// A session that was made just now. Its token is shown this once.
pub struct NewSession {
    /// For the cookie; stored as its hash alone.
    pub token: Zeroizing<String>,
    /// When it ends unless it is used.
    pub expires_at: Micros,
    /// How long it can live at most: the cookie's age.
    pub max_age: Duration,
    /// The person.
    pub signed_in: SignedIn,
}

/// Something inside failed; never the person's fault.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The account was deleted while its session was in use.
    #[error("the account is gone")]
    Gone,
}

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Some values cannot be used.
    #[error("some values cannot be used")]
    Invalid(Vec<FieldError>),
    /// The password was said too long ago.
    #[error(transparent)]
    NotRecent(#[from] NotRecent),
    /// There is no such session or picture, or none that the person may see.
    #[error("there is no such thing")]
    NotFound,
    /// A link is unknown, used or expired.
    #[error("the link is not valid")]
    LinkInvalid,
    /// Mail is not configured.
    #[error("there is no mail")]
    MailNotConfigured,
    /// Another account has the address.
    #[error("another account has the address")]
    EmailTaken,
    /// Somebody else has the user name.
    #[error("somebody else has the user name")]
    UserNameTaken,
    /// What was sent is too large.
    #[error("too large")]
    TooLarge,
    /// Too many attempts.
    #[error("too many attempts")]
    TooManyAttempts {
        /// When to try again.
        retry_after: Duration,
    },
    /// Something inside failed.
    #[error("the account cannot be changed")]
    Internal(#[from] AccountError),
}

impl From<nexus_store::Error> for ChangeError {
    fn from(error: nexus_store::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Wrong password, no such account, or one that may not sign in: the same for all three.
    #[error("the address or the password is wrong")]
    InvalidCredentials,
    /// Too many failures on this account or from this address.
    #[error("too many attempts")]
    TooManyAttempts {
        /// When to try again.
        retry_after: Duration,
    },
    /// Something inside failed.
    #[error("signing in failed")]
    Internal(#[from] AccountError),
}

impl From<nexus_store::Error> for SignInError {
    fn from(error: nexus_store::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// How long a token that has ended stays in its person's list.
const ENDED_TOKENS: Duration = Duration::from_secs(30 * 86_400);

/// Signs people in and out. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) audit: Audit,
    pub(crate) clock: Clock,
    pub(crate) passwords: Passwords,
    pub(crate) times: SessionTimes,
    pub(crate) throttle: ThrottleLimits,
    pub(crate) links: Links,
    pub(crate) mailer: Mailer,
    pub(crate) notices: Notifications,
}

impl Accounts {
    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// Signs in. Does the same work and gives the same answer whether or not there is such an account; counts the
    /// attempt before it checks the password, so that many at once count too.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in(
        &self,
        email: &str,
        password: impl Into<Password>,
        client: Client,
    ) -> Result<NewSession, SignInError> {
        let Inner { store, system, passwords, .. } = &*self.inner;
        let typed = Email::parse(email).ok();
        let attempt = Attempt::new(email, client.address);
        let counted = self.count(&attempt).await?;
        if let Counted::Refused { retry_after } = counted {
            return Err(SignInError::TooManyAttempts { retry_after });
        }
        let mut read = store.system_read(system).await?;
        // An address that cannot be one is looked for all the same.
        let user = read.user_by_email(typed.as_ref().map_or("", Email::as_str)).await?;
        read.commit().await?;
        let hash = user.as_ref().map(|user| user.password_hash.as_str());
        let fits = passwords.verify(password.into(), hash).await.map_err(AccountError::from)?;
        match user.filter(|user| fits && user.is_active) {
            Some(user) => self.open_session(&user, &attempt, client).await,
            None => {
                self.record_failure(typed.as_ref(), &client, &counted.detail("wrong credentials")).await?;
                Err(SignInError::InvalidCredentials)
            }
        }
    }

    async fn open_session(&self, user: &User, attempt: &Attempt, client: Client) -> Result<NewSession, SignInError> {
        let Inner { store, system, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        self.forgive(&mut tx, attempt).await?;
        // The row as it is now: the account may have been closed while the password was checked.
        let still = tx.user(user.id).await?.filter(|now| now.is_active && now.password_hash == user.password_hash);
        let Some(user) = still else { return Err(SignInError::InvalidCredentials) };
        let new = self.insert_session(&mut tx, &user, client).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Makes a session in the caller's transaction, and records it.
    async fn insert_session(
        &self,
        tx: &mut System<'_>,
        user: &User,
        client: Client,
    ) -> nexus_store::Result<NewSession> {
        let Inner { audit, clock, times, .. } = &*self.inner;
        let (token, now, id) = (secret::token(), clock.now(), secret::id());
        let expires_at = times.end(now, now);
        let address = client.address.to_string();
        tx.insert_session(&nexus_store::NewSession {
            id,
            user: user.id,
            token_hash: secret::hash(&token),
            at: now,
            expires_at,
            address: &address,
            user_agent: &client.user_agent,
        })
        .await?;
        tx.update_user_seen(user.id, now).await?;
        let signed_in = Access::signed_in(user, id, now, client);
        let entry = Entry::new("session.create", "user", user.id, user.email.as_str());
        audit.record_as_system(tx, None, &signed_in.who(), entry).await?;
        Ok(NewSession { token, expires_at, max_age: times.max, signed_in })
    }

    async fn record_failure(&self, typed: Option<&Email>, client: &Client, why: &str) -> nexus_store::Result<()> {
        // What cannot be an address is not written down: it may be a password in the wrong field.
        let name = typed.map_or("", Email::as_str);
        let who = Who { actor: Actor::System { name: "sign-in".into() }, client: Some(client.clone()) };
        let entry = Entry::new("session.create", "user", "", name).outcome(Outcome::Refused).detail(why);
        self.inner.audit.record_alone(None, &who, entry).await
    }

    /// Ends the session, and with it everything that it holds open.
    ///
    /// # Errors
    /// The store failed.
    pub async fn sign_out(&self, person: &SignedIn) -> Result<(), AccountError> {
        let Inner { store, system, audit, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        if tx.delete_session(person.session(), person.user()).await? {
            tx.rights_changed(Whose::User(person.user())).await?;
            let entry = Entry::new("session.delete", "user", person.user(), person.email());
            audit.record_as_system(&mut tx, None, &person.who(), entry).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The person, and the tenants that they belong to.
    ///
    /// # Errors
    /// The store failed, or the account was deleted in this moment.
    pub async fn me(&self, person: &SignedIn) -> Result<Me, AccountError> {
        let mut tx = self.inner.store.system_read(&self.inner.system).await?;
        let user = tx.user(person.user()).await?.ok_or(AccountError::Gone)?;
        let mut tenants = tx.memberships(user.id, user.system_role == SystemRole::Admin).await?;
        tenants.retain(|tenant| person.tenant().is_none_or(|only| only == tenant.id));
        Ok(Me {
            user: MeUser {
                id: user.id,
                email: user.email,
                full_name: user.full_name,
                user_name: user.user_name,
                company: user.company,
                avatar: user.avatar_tag,
                verified: user.verified_at.is_some(),
                system_role: user.system_role,
                language: Language::stored(&user.language),
                theme: Theme::stored(&user.theme),
            },
            tenants,
            mail: self.inner.mailer.is_configured(),
        })
    }

    /// Changes what the person says of themselves.
    ///
    /// # Errors
    /// A value that cannot be used, a user name that somebody else has.
    pub async fn update_me(&self, person: &SignedIn, change: MeChange) -> Result<Me, ChangeError> {
        let Inner { store, system, audit, .. } = &*self.inner;
        let checked = Checked::new(&change).map_err(ChangeError::Invalid)?;
        let mut tx = store.system_write(system).await?;
        let before = tx.user(person.user()).await?.ok_or(AccountError::Gone)?;
        let user_name = match &checked.user_name {
            None => before.user_name.as_deref(),
            Some(name) => name.as_ref().map(UserName::as_str),
        };
        let profile = Profile {
            full_name: checked.full_name.as_ref().map_or(before.full_name.as_str(), Name::as_str),
            user_name,
            company: checked.company.as_deref().unwrap_or(&before.company),
            language: change.language.map_or(before.language.as_str(), |chosen| chosen.name()),
            theme: change.theme.map_or(before.theme.as_str(), |chosen| chosen.name()),
        };
        tx.update_profile(before.id, &profile).await.map_err(|error| match error {
            nexus_store::Error::Unique => ChangeError::UserNameTaken,
            other => other.into(),
        })?;
        let entry = Entry::new("user.update", "user", before.id, before.email.as_str())
            .before(json!({
                "full_name": before.full_name, "user_name": before.user_name, "company": before.company,
                "language": before.language, "theme": before.theme,
            }))
            .after(json!({
                "full_name": profile.full_name, "user_name": profile.user_name, "company": profile.company,
                "language": profile.language, "theme": profile.theme,
            }));
        audit.record_as_system(&mut tx, None, &person.who(), entry).await?;
        tx.commit().await?;
        Ok(self.me(person).await?)
    }

    /// Whether Nexus can send mail.
    #[must_use]
    pub fn has_mail(&self) -> bool {
        self.inner.mailer.is_configured()
    }

    /// Removes rows of sessions that have ended and of failures that do not count any more.
    pub(crate) async fn sweep(&self) -> nexus_store::Result<()> {
        let Inner { store, system, clock, throttle, .. } = &*self.inner;
        let now = clock.now();
        let mut tx = store.system_write(system).await?;
        tx.delete_expired_sessions(now).await?;
        tx.delete_old_throttles(now.minus(throttle.window), now).await?;
        tx.delete_expired_links(now).await?;
        tx.delete_old_tokens(now.minus(ENDED_TOKENS)).await?;
        tx.commit().await
    }
}
