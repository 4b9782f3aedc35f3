//! Mail: letters are written into a box in the transaction that they belong to, sealed with the key ring, and sent by a
//! background task, which tries again for a day.
//!
//! Never logs what a mail says: it may hold a link that opens an account.

mod letter;
mod smtp;

use std::sync::Arc;
use std::time::Duration;

use nexus_model::Micros;
use nexus_store::keys::{KeyRing, Place};
use nexus_store::{OutgoingMail, Store, System, SystemScope};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub(crate) use self::letter::Letter;
use self::smtp::Post;
pub use self::smtp::{Smtp, SmtpError, SmtpTls};
use crate::accounts::Language;
use crate::clock::Clock;
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Written {
    subject: String,
    text: String,
    html: String,
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

fn place(id: Uuid) -> Place<'static> {
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
        let Some(inner) = &self.inner else { return Ok(false) };
        let id: Uuid = secret::id();
        // Plain texts: they can always be written as JSON.
        let plain = Zeroizing::new(serde_json::to_vec(&letter.write(language)).unwrap_or_default());
        let sealed = inner.keys.seal(&plain, &place(id));
        tx.insert_mail(id, to, &sealed, inner.clock.now()).await?;
        Ok(true)
    }

    /// Sends what is due.
    pub(crate) async fn send_due(&self, store: &Store, system: &SystemScope) -> Result<(), SendError> {
        let Some(inner) = &self.inner else { return Ok(()) };
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
                inner.send(store, system, &mail, pause).await?;
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
    async fn send(
        &self,
        store: &Store,
        system: &SystemScope,
        mail: &OutgoingMail,
        pause: Option<Duration>,
    ) -> Result<(), SendError> {
        let sent = match self.open(mail) {
            Some(written) => self.post.send(mail.id, &mail.recipient, &written).await,
            None => Err(SmtpError::Unreadable),
        };
        let mut tx = store.system_write(system).await?;
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

    fn open(&self, mail: &OutgoingMail) -> Option<Written> {
        let plain = self.keys.open(&mail.sealed, &place(mail.id)).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}
