//! What processes of Nexus tell each other, by PostgreSQL's NOTIFY: ids alone, never what a row says. The rows are the
//! truth; who hears an id reads the row. On SQLite there is one process, which has nobody to tell.

use sqlx::postgres::PgListener;
use uuid::Uuid;

use crate::{Result, Store, System, Tenant};

/// The channel of PostgreSQL's NOTIFY.
const CHANNEL: &str = "nexus_events";

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Another process announced this.
    Text(String),
    /// The connection was lost and made again: what was announced meanwhile is gone.
    Gap,
}

impl Tenant<'_> {
    /// Announces `text` (ids, at most some hundred bytes) to the other processes when this transaction commits.
    ///
    /// # Errors
    /// The database.
    pub async fn announce_event(&mut self, text: &str) -> Result<()> {
        let text = format!("{} {text}", self.store.inner.id.simple());
        self.tx.announce(CHANNEL, &text).await
    }
}

impl System<'_> {
    /// Announces `text` (ids, at most some hundred bytes) to the other processes when this transaction commits.
    ///
    /// # Errors
    /// The database.
    pub async fn announce_event(&mut self, text: &str) -> Result<()> {
        let text = format!("{} {text}", self.store.inner.id.simple());
        self.tx.announce(CHANNEL, &text).await
    }
}

/// Hears what other processes announce.
pub struct Announcements {
    own: Uuid,
    listener: PgListener,
}

impl Announcements {
    /// Waits for the next announcement of another process; what this one said itself is passed over. Safe to drop and
    /// call again.
    ///
    /// # Errors
    /// The connection is lost and cannot be made again; wait a little and open a new one.
    pub async fn next(&mut self) -> Result<Heard> {
        loop {
            let Some(heard) = self.listener.try_recv().await? else { return Ok(Heard::Gap) };
            match heard.payload().split_once(' ') {
                Some((from, text)) if from.parse::<Uuid>().is_ok_and(|from| from != self.own) => {
                    return Ok(Heard::Text(text.to_owned()));
                }
                // Its own, or not in this form at all: somebody at the database's console.
                _ => {}
            }
        }
    }
}

impl Store {
    /// Starts to hear the other processes; `None` on SQLite, where there are none.
    ///
    /// # Errors
    /// The database.
    pub async fn announcements(&self) -> Result<Option<Announcements>> {
        let listener = self.inner.db.listen(CHANNEL).await?;
        Ok(listener.map(|listener| Announcements { own: self.inner.id, listener }))
    }
}
