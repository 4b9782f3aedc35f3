//! Links that are shown or mailed: the one place that knows where Nexus' pages are. They begin with the configured origin
//! and never with what a request says of its host; secrets stand in the fragment, which no browser sends.

use std::sync::Arc;
use std::time::Duration;

use nexus_model::Micros;
use nexus_store::{LinkPurpose, NewLink, System, User};
use zeroize::Zeroizing;

use crate::accounts::Language;
use crate::clock::Clock;
use crate::mail::{Letter, Mailer};
use crate::secret;

/// How long a reset link works that a person asked for.
pub(crate) const RESET_ASKED: Duration = Duration::from_secs(3600);
/// How long a reset link works that somebody made to hand it on.
pub(crate) const RESET_HANDED: Duration = Duration::from_secs(24 * 3600);
/// How long the first link of an account works that was made for somebody.
pub(crate) const RESET_FIRST: Duration = Duration::from_secs(7 * 24 * 3600);

/// A link that was made just now. Shown this once.
#[derive(Clone)]
pub struct MadeLink {
    /// The whole link, with its secret.
    pub link: Zeroizing<String>,
    /// When it stops to work.
    pub expires_at: Micros,
    /// Whether another link for the same went to the person by mail.
    pub mailed: bool,
}

/// Makes links. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Links {
    origin: Arc<str>,
    clock: Clock,
    mailer: Mailer,
}

impl Links {
    pub(crate) fn new(origin: &str, clock: Clock, mailer: Mailer) -> Self {
        Self { origin: origin.trim_end_matches('/').into(), clock, mailer }
    }

    fn with(&self, page: &str, secret: &str) -> Zeroizing<String> {
        Zeroizing::new(format!("{}/{page}#{secret}", self.origin))
    }

    /// Where a new password is chosen.
    pub(crate) fn reset(&self, secret: &str) -> Zeroizing<String> {
        self.with("reset", secret)
    }

    /// Where an address is verified or changed.
    pub(crate) fn verify(&self, secret: &str) -> Zeroizing<String> {
        self.with("verify", secret)
    }

    /// Where an invitation is accepted.
    pub(crate) fn invite(&self, secret: &str) -> Zeroizing<String> {
        self.with("invite", secret)
    }

    /// Nexus' first page.
    pub(crate) fn home(&self) -> String {
        format!("{}/", self.origin)
    }

    /// A tenant's first page.
    pub(crate) fn tenant(&self, slug: &str) -> String {
        format!("{}/t/{slug}", self.origin)
    }

    /// One of a tenant's pages.
    pub(crate) fn page(&self, slug: &str, page: &str) -> String {
        format!("{}/t/{slug}/{page}", self.origin)
    }

    /// Makes a reset link that somebody hands on. Where mail is configured, another one is mailed: only that one shows
    /// that the address is its owner's. The first that is used voids the other. The caller records it.
    pub(crate) async fn hand_reset(
        &self,
        tx: &mut System<'_>,
        user: &User,
        life: Duration,
    ) -> nexus_store::Result<MadeLink> {
        let (secret, expires_at) = self.make_reset(tx, user, life, false).await?;
        let mailed = self.mailer.is_configured();
        if mailed {
            self.mail_reset(tx, user, life).await?;
        }
        Ok(MadeLink { link: self.reset(&secret), expires_at, mailed })
    }

    /// Mails a reset link. Without mail nothing happens.
    pub(crate) async fn mail_reset(&self, tx: &mut System<'_>, user: &User, life: Duration) -> nexus_store::Result<()> {
        let (secret, expires_at) = self.make_reset(tx, user, life, true).await?;
        let letter = Letter::Reset { full_name: &user.full_name, link: &self.reset(&secret), expires_at };
        self.mailer.post(tx, &user.email, Language::stored(&user.language), &letter).await?;
        Ok(())
    }

    async fn make_reset(
        &self,
        tx: &mut System<'_>,
        user: &User,
        life: Duration,
        by_mail: bool,
    ) -> nexus_store::Result<(Zeroizing<String>, Micros)> {
        let (secret, now) = (secret::token(), self.clock.now());
        let expires_at = now.plus(life);
        tx.insert_link(&NewLink {
            user: user.id,
            purpose: LinkPurpose::Reset,
            email: &user.email,
            secret_hash: secret::hash(&secret),
            by_mail,
            at: now,
            expires_at,
        })
        .await?;
        Ok((secret, expires_at))
    }
}
