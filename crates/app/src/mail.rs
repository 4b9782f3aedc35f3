//! Mail: letters are written into a box in the transaction that they belong to, sealed with the key ring, and sent by a
//! background task, which tries again for a day.
//!
//! Never logs what a mail says: it may hold a link that opens an account.

mod letter;
mod notice;
mod smtp;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use nexus_model::{Micros, TenantId};
use nexus_store::keys::{KeyError, KeyRing, Place};
use nexus_store::{Letterhead, OutgoingMail, Store, System, SystemScope};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub(crate) use self::letter::Letter;
use self::smtp::Post;
pub use self::smtp::{MailStage, MailStopped, Smtp, SmtpError, SmtpTls};
use crate::access::{Actor, Client, Who};
use crate::accounts::Language;
use crate::audit::{Audit, Entry, Outcome};
use crate::clock::Clock;
use crate::links::{Links, RESET_ASKED};
use crate::objects::{Key, Objects};
use crate::picture;
use crate::secret;

/// How long a mail is tried.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// The pause after each try but the last: eight tries in 22 hours. The first is longer than one try may take, so that no
/// other process tries meanwhile.
const PAUSES: [Duration; 7] = [
    Duration::from_secs(2 * 60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(3600),
    Duration::from_secs(3 * 3600),
    Duration::from_secs(6 * 3600),
    Duration::from_secs(12 * 3600),
];
/// How many mails one turn sends.
const BATCH: usize = 50;

/// A mail as it goes out.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Written {
    subject: String,
    text: String,
    html: String,
    /// What `html` shows; fetched when it is sent.
    #[zeroize(skip)]
    logo: Option<LogoName>,
}

/// A tenant's logo, by name.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LogoName {
    tenant: TenantId,
    tag: String,
}

/// What waits in the box.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Boxed {
    /// A letter.
    Letter(Written),
    /// A reset link that was asked for; whether there is such an account is looked up when nobody waits any more.
    Reset(ResetAsked),
}

/// Who asked for a reset link, and from where.
#[derive(Serialize, Deserialize)]
pub(crate) struct ResetAsked {
    email: String,
    address: IpAddr,
    user_agent: String,
    request_id: String,
}

impl ResetAsked {
    /// `email` is folded.
    pub(crate) fn new(email: &str, client: Client) -> Self {
        let Client { address, user_agent, request_id } = client;
        Self { email: email.to_owned(), address, user_agent, request_id }
    }

    fn who(self) -> Who {
        let client = Client { address: self.address, user_agent: self.user_agent, request_id: self.request_id };
        Who { actor: Actor::System { name: "password-reset".into() }, client: Some(client) }
    }
}

/// What sending needs beside the box.
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) links: Links,
    pub(crate) audit: Audit,
    pub(crate) objects: Objects,
}

/// Writes and sends. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Mailer {
    inner: Option<Arc<Inner>>,
}

struct Inner {
    keys: Arc<KeyRing>,
    clock: Clock,
    post: Post,
}

/// Where what a mail says is sealed for.
pub(crate) fn place(id: Uuid) -> Place<'static> {
    Place { table: "outgoing_mail", row: id, column: "sealed" }
}

impl Mailer {
    /// `None` where no mail is configured: then nothing is written and nothing is sent.
    pub(crate) fn new(smtp: Option<Smtp>, keys: Arc<KeyRing>, clock: Clock) -> Result<Self, SmtpError> {
        let inner = match smtp {
            Some(smtp) => Some(Arc::new(Inner { keys, clock, post: Post::new(smtp)? })),
            None => None,
        };
        Ok(Self { inner })
    }

    /// Whether there is mail.
    pub(crate) fn is_configured(&self) -> bool {
        self.inner.is_some()
    }

    /// Writes a letter into the box; it is sent once the transaction has committed. `false` without mail.
    pub(crate) async fn post(
        &self,
        tx: &mut System<'_>,
        to: &str,
        language: Language,
        letter: &Letter<'_>,
    ) -> nexus_store::Result<bool> {
        self.put(tx, to, &Boxed::Letter(letter.write(language, None))).await
    }

    /// The same for a tenant's letter: with its name, colour and logo, and in its language where the reader has none.
    pub(crate) async fn post_from(
        &self,
        tx: &mut System<'_>,
        head: &Letterhead,
        (to, language): (&str, Option<Language>),
        letter: &Letter<'_>,
    ) -> nexus_store::Result<bool> {
        let language = language.unwrap_or_else(|| Language::stored(&head.language));
        self.put(tx, to, &Boxed::Letter(letter.write(language, Some(head)))).await
    }

    /// Notes that somebody asked for a reset link: the same work whether or not there is such an account.
    pub(crate) async fn ask_reset(&self, tx: &mut System<'_>, asked: ResetAsked) -> nexus_store::Result<bool> {
        let to = asked.email.clone();
        self.put(tx, &to, &Boxed::Reset(asked)).await
    }

    /// Sends a letter at once, past the box, and says how far it came; `None` without mail.
    pub(crate) async fn try_out(
        &self,
        to: &str,
        language: Language,
        letter: &Letter<'_>,
    ) -> Option<Result<(), MailStopped>> {
        let inner = self.inner.as_ref()?;
        Some(inner.post.try_out(secret::id(), to, &letter.write(language, None)).await)
    }

    async fn put(&self, tx: &mut System<'_>, to: &str, boxed: &Boxed) -> nexus_store::Result<bool> {
        let Some(inner) = &self.inner else { return Ok(false) };
        let id: Uuid = secret::id();
        // Plain texts: they can always be written as JSON.
        let plain = Zeroizing::new(serde_json::to_vec(boxed).unwrap_or_default());
        let sealed = inner.keys.seal(&plain, &place(id));
        tx.insert_mail(id, to, &sealed, inner.clock.now()).await?;
        Ok(true)
    }

    /// Sends what is due.
    pub(crate) async fn send_due(&self, desk: &Desk) -> Result<(), SendError> {
        let Some(inner) = &self.inner else { return Ok(()) };
        let Desk { store, system, .. } = desk;
        for _ in 0..BATCH {
            let now = inner.clock.now();
            let mut read = store.system_read(system).await?;
            let due = read.due_mail(now).await?;
            read.commit().await?;
            let Some(mail) = due else { break };
            let pause = usize::try_from(mail.attempts).ok().and_then(|tries| PAUSES.get(tries).copied());
            let mut tx = store.system_write(system).await?;
            let taken = tx.take_mail(mail.id, mail.attempts, now.plus(pause.unwrap_or(LONGEST))).await?;
            tx.commit().await?;
            if taken {
                inner.send(desk, &mail, pause).await?;
            }
        }
        Ok(())
    }
}

/// Why a turn of sending ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// The mail server could not be reached or did not take a mail.
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

impl Inner {
    /// One try. A mail that was sent or is given up leaves the box.
    async fn send(&self, desk: &Desk, mail: &OutgoingMail, pause: Option<Duration>) -> Result<(), SendError> {
        let sent = match self.open(mail) {
            Ok(Boxed::Letter(written)) => {
                let logo = match &written.logo {
                    Some(name) => logo(&desk.objects, name).await,
                    None => None,
                };
                self.post.send(mail.id, &mail.recipient, &written, logo).await
            }
            Ok(Boxed::Reset(asked)) => return Ok(answer(desk, mail.id, asked).await?),
            Err(error) => Err(error),
        };
        let mut tx = desk.store.system_write(&desk.system).await?;
        match &sent {
            Ok(()) => tx.delete_mail(mail.id).await?,
            Err(error) if !error.may_pass() || self.is_last(mail.created_at, pause) => {
                tracing::warn!(mail.id = %mail.id, %error, tries = mail.attempts + 1, "a mail is given up");
                tx.delete_mail(mail.id).await?;
            }
            Err(error) => tx.mail_failed(mail.id, &error.to_string()).await?,
        }
        tx.commit().await?;
        Ok(sent?)
    }

    fn is_last(&self, written_at: Micros, pause: Option<Duration>) -> bool {
        pause.is_none_or(|pause| self.clock.now().plus(pause).since(written_at) > LONGEST)
    }

    fn open(&self, mail: &OutgoingMail) -> Result<Boxed, SmtpError> {
        let plain = self.keys.open(&mail.sealed, &place(mail.id)).map_err(|error| match error {
            KeyError::UnknownKey(_) => SmtpError::KeyMissing,
            _ => SmtpError::Unreadable,
        })?;
        serde_json::from_slice(&plain).map_err(|_| SmtpError::Unreadable)
    }
}

/// A tenant's logo for a letter. A letter without it is still a letter: what goes wrong is logged and holds up nothing.
async fn logo(objects: &Objects, name: &LogoName) -> Option<Vec<u8>> {
    match objects.get(&Key::logo(name.tenant, &name.tag)).await {
        Ok(kept) => picture::for_letter(kept?).await,
        Err(error) => {
            tracing::warn!(tenant = %name.tenant, %error, "a letter goes without its logo");
            None
        }
    }
}

/// Makes and mails the reset link that somebody asked for, where there is such an account.
async fn answer(desk: &Desk, id: Uuid, asked: ResetAsked) -> nexus_store::Result<()> {
    let mut tx = desk.store.system_write(&desk.system).await?;
    let user = tx.user_by_email(&asked.email).await?.filter(|user| user.is_active);
    let entry = match &user {
        Some(user) => {
            desk.links.mail_reset(&mut tx, user, RESET_ASKED).await?;
            Entry::new("reset_link.create", "user", user.id, user.email.as_str())
        }
        None => Entry::new("reset_link.create", "user", "", asked.email.as_str())
            .outcome(Outcome::Refused)
            .detail("no such account, or it is disabled"),
    };
    desk.audit.record_as_system(&mut tx, None, &asked.who(), entry).await?;
    tx.delete_mail(id).await?;
    tx.commit().await
}
