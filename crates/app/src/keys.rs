//! Looking after the key ring: which keys are used, a new one, everything sealed anew, and keys that nothing needs any
//! more taken away. All of it while Nexus runs, in this process or another.
//!
//! ```text
//!   file: [old] ─► [new, old] ─► secrets sealed anew, batch by batch ─► … ─► prune ─► [new]
//! ```
//! The file has the new key before anything is sealed with it, and keeps the old ones until nothing is, so that who dies
//! between any two steps leaves everything readable. Entries of the audit log keep their MACs, and so their keys, until
//! retention drops them. No key and no secret is ever told.

use std::sync::Arc;
use std::time::Duration;

use nexus_store::keys::{KeyError, KeyFile, KeyRing, Place};
use nexus_store::{KeyUse, SealedKind, SealedSecret, Store, SystemScope};
use serde_json::json;
use uuid::Uuid;

use crate::access::Who;
use crate::audit::{Audit, Entry};
use crate::inventory::endpoint::secret_place;

/// Between two looks of a running Nexus at its key file.
pub(crate) const FOLLOW: Duration = Duration::from_secs(5);
/// How old the key file must be before keys are taken out of it: every process has looked at it meanwhile.
const SETTLED: Duration = Duration::from_secs(60);
/// How many secrets are sealed anew in one transaction.
const BATCH: u32 = 50;
/// How often all secrets are gone through: a running Nexus may seal one with an old key while they are.
const PASSES: usize = 5;

/// Why nothing was done with the keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The ring comes from the settings.
    #[error("the keys come from the settings, not from a file: change them there")]
    NoFile,
    /// The file was changed just now.
    #[error("the key file was changed just now: running processes look at it every few seconds; try again in a minute")]
    TooEarly,
    /// The file or its keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

/// One key, and what it is needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStatus {
    /// Its id.
    pub id: String,
    /// Whether new secrets are sealed with it.
    pub is_current: bool,
    /// What there is under it.
    pub used: KeyUse,
}

/// All keys of the ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyList {
    /// The current one first.
    pub keys: Vec<KeyStatus>,
    /// What the database holds under keys that the ring lacks.
    pub lost: KeyUse,
}

/// What became of the secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The current key.
    pub current: String,
    /// How many secrets were sealed anew.
    pub sealed: u64,
    /// Secrets that no key of the ring opens; they stay as they are.
    pub unreadable: Vec<(SealedKind, Uuid)>,
}

/// What became of the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pruned {
    /// Keys that were taken out.
    pub removed: Vec<String>,
    /// Keys that are still needed.
    pub kept: Vec<KeyStatus>,
}

/// Looks after the keys. Cheap to clone.
#[derive(Clone)]
pub struct Keys {
    store: Store,
    system: SystemScope,
    audit: Audit,
    ring: Arc<KeyRing>,
}

fn place(kind: SealedKind, row: Uuid) -> Place<'static> {
    match kind {
        SealedKind::Token => secret_place(row.into()),
        SealedKind::Mail => crate::mail::place(row),
        SealedKind::Webhook => crate::webhooks::place(row.into()),
    }
}

impl Keys {
    pub(crate) fn new(store: Store, system: SystemScope, audit: Audit, ring: Arc<KeyRing>) -> Self {
        Self { store, system, audit, ring }
    }

    /// All keys, and what each is needed for.
    ///
    /// # Errors
    /// The store.
    pub async fn list(&self) -> Result<KeyList, KeysError> {
        let mut read = self.store.system_read(&self.system).await?;
        let (mut keys, all) = (Vec::new(), read.all_key_use().await?);
        let mut lost = all;
        for (at, id) in self.ring.ids().into_iter().enumerate() {
            let used = read.key_use(&id).await?;
            lost.tokens -= used.tokens;
            lost.mails -= used.mails;
            lost.webhooks -= used.webhooks;
            lost.entries -= used.entries;
            lost.ends -= used.ends;
            keys.push(KeyStatus { id, is_current: at == 0, used });
        }
        Ok(KeyList { keys, lost })
    }

    /// Puts a new key first in the key file and seals everything anew under it.
    ///
    /// # Errors
    /// [`KeysError`]; what was sealed anew before it stays so, and everything stays readable.
    pub async fn rotate(&self) -> Result<Rotated, KeysError> {
        let file = KeyFile::lock(self.ring.path().ok_or(KeysError::NoFile)?)?;
        let before = self.ring.ids();
        let current = file.put_first()?;
        self.ring.reload()?;
        let entry = Entry::new("keys.rotate", "key", &current, "").before(json!({ "keys": before }));
        let entry = entry.after(json!({ "keys": self.ring.ids() }));
        self.audit.record_alone(None, &Who::system("keys"), entry).await?;
        self.seal_anew().await
    }

    /// Seals everything anew that is not under the first key: after a rotation that did not come to its end, or when
    /// another key was put first in the settings.
    ///
    /// # Errors
    /// The store.
    pub async fn seal_anew(&self) -> Result<Rotated, KeysError> {
        let mut rotated = Rotated {
            current: self.ring.ids().into_iter().next().unwrap_or_default(),
            sealed: 0,
            unreadable: Vec::new(),
        };
        for _ in 0..PASSES {
            let before = rotated.sealed;
            rotated.unreadable.clear();
            for kind in SealedKind::ALL {
                self.seal_all(kind, &mut rotated).await?;
            }
            if rotated.sealed == before {
                break;
            }
        }
        self.audit.seal_ends_anew().await?;
        Ok(rotated)
    }

    async fn seal_all(&self, kind: SealedKind, rotated: &mut Rotated) -> Result<(), KeysError> {
        let mut after = Uuid::nil();
        loop {
            let mut read = self.store.system_read(&self.system).await?;
            let batch = read.sealed(kind, after, BATCH).await?;
            read.commit().await?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = last.id;
            let mut anew: Vec<(SealedSecret, Vec<u8>)> = Vec::new();
            for secret in batch.into_iter().filter(|secret| self.ring.is_old(&secret.sealed)) {
                let place = place(kind, secret.id);
                match self.ring.open(&secret.sealed, &place) {
                    Ok(plain) => anew.push((secret, self.ring.seal(&plain, &place))),
                    Err(_) => rotated.unreadable.push((kind, secret.id)),
                }
            }
            if anew.is_empty() {
                continue;
            }
            let mut write = self.store.system_write(&self.system).await?;
            let mut sealed = 0;
            for (secret, new) in &anew {
                sealed += u64::from(write.seal_anew(kind, secret, new).await?);
            }
            write.commit().await?;
            rotated.sealed += sealed;
        }
    }

    /// Takes the keys out of the key file that nothing is sealed or signed with.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn prune(&self) -> Result<Pruned, KeysError> {
        let file = KeyFile::lock(self.ring.path().ok_or(KeysError::NoFile)?)?;
        if file.age()? < SETTLED {
            return Err(KeysError::TooEarly);
        }
        self.ring.reload()?;
        let (unused, kept): (Vec<_>, Vec<_>) =
            self.list().await?.keys.into_iter().filter(|key| !key.is_current).partition(|key| key.used.is_none());
        let removed: Vec<String> = unused.into_iter().map(|key| key.id).collect();
        if !removed.is_empty() {
            let entry = Entry::new("keys.prune", "key", "", "").after(json!({ "removed": removed }));
            self.audit.record_alone(None, &Who::system("keys"), entry).await?;
            file.remove(&removed)?;
            self.ring.reload()?;
        }
        Ok(Pruned { removed, kept })
    }
}

/// Follows the key file while Nexus runs, so that this process soon seals with the new key too.
pub(crate) fn follow(ring: &KeyRing) -> Result<(), KeyError> {
    if ring.reload()? {
        tracing::info!(keys = ?ring.ids(), "the key file has changed; the first key is the current one");
    }
    Ok(())
}
