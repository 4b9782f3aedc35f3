//! Chains entries in order and checks chains. Never changes what an entry says, and never goes on behind a head or a
//! checkpoint that does not fit: that would seal somebody's change.

use nexus_model::{Micros, TenantId};
use nexus_store::keys::KeyError;
use nexus_store::{AuditEntry, AuditHead, Store, System};
use uuid::Uuid;

use super::{Audit, Inner};

/// What `verify` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// Every entry is there and as it was written.
    Whole {
        /// How many entries are chained and still there.
        entries: i64,
        /// The number of the last entry that was dropped, where the chain begins with a checkpoint.
        checkpoint: Option<i64>,
        /// The head, to compare with what the log said before.
        head: String,
    },
    /// Somebody changed, removed or cut off entries, or a key is missing.
    Broken {
        /// The number of the first entry that does not fit; one more than the last where the end is wrong.
        at: i64,
        /// What does not fit.
        why: &'static str,
    },
}

const ENTRY: &str = "audit entry";
const HEAD: &str = "audit head";
const CHECKPOINT: &str = "audit checkpoint";
/// Entries per transaction; others may write in between.
pub(super) const BATCH: i64 = 200;

/// What one entry's MAC covers: every column, each with its length, so that no two entries read the same.
fn covered(entry: &AuditEntry, seq: i64, before: &[u8]) -> Vec<u8> {
    let mut bytes = b"nexus audit entry 1".to_vec();
    let mut put = |field: Option<&[u8]>| {
        let length = field.map_or(u64::MAX, |field| field.len() as u64);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(field.unwrap_or_default());
    };
    put(Some(&seq.to_le_bytes()));
    put(Some(before));
    put(Some(entry.id.uuid().as_bytes()));
    put(Some(entry.chain.as_bytes()));
    put(entry.tenant_id.as_ref().map(|id| id.as_bytes().as_slice()));
    put(Some(&entry.at.0.to_le_bytes()));
    put(entry.actor_user.as_ref().map(|id| id.as_bytes().as_slice()));
    for text in [
        &entry.actor_name,
        &entry.actor_kind,
        &entry.address,
        &entry.user_agent,
        &entry.action,
        &entry.target_kind,
        &entry.target_id,
        &entry.target_name,
        &entry.outcome,
    ] {
        put(Some(text.as_bytes()));
    }
    for text in [&entry.actor_token, &entry.before_state, &entry.after_state, &entry.detail, &entry.request_id] {
        put(text.as_ref().map(String::as_bytes));
    }
    bytes
}

/// What the seal of a head or a checkpoint covers. Each is sealed under a key of its own: an old head is no checkpoint.
fn sealed(chain: Uuid, seq: i64, mac: &[u8]) -> Vec<u8> {
    let mut bytes = b"nexus audit head 1".to_vec();
    bytes.extend_from_slice(chain.as_bytes());
    bytes.extend_from_slice(&seq.to_le_bytes());
    bytes.extend_from_slice(mac);
    bytes
}

pub(super) fn shown(head: &AuditHead) -> String {
    format!("{}:{}", head.seq, hex::encode(&head.mac))
}

/// Why a chain could not be taken further.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChainError {
    /// The head does not fit: somebody changed the log.
    #[error("the audit chain {chain} is broken: {why}")]
    Broken {
        /// Which chain.
        chain: Uuid,
        /// What does not fit.
        why: &'static str,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

impl Audit {
    /// Chains what is not chained yet, in all chains. A broken one is left as it is, and said so at the end.
    pub(crate) async fn chain_loose(&self) -> Result<(), ChainError> {
        let Inner { store, system, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let chains = read.loose_chains().await?;
        read.commit().await?;
        let mut broken = None;
        for chain in chains {
            match self.chain_all_of(chain).await {
                Err(error @ ChainError::Broken { .. }) => broken = Some(error),
                other => other?,
            }
        }
        broken.map_or(Ok(()), Err)
    }

    async fn chain_all_of(&self, chain: Uuid) -> Result<(), ChainError> {
        loop {
            let store: &Store = &self.inner.store;
            let mut tx = store.system_write(&self.inner.system).await?;
            let chained = self.chain_some(&mut tx, chain, self.inner.clock.now()).await?;
            tx.commit().await?;
            if chained < BATCH {
                return Ok(());
            }
        }
    }

    /// Chains a batch under the head's lock, so that two processes never number the same entries.
    pub(super) async fn chain_some(&self, tx: &mut System<'_>, chain: Uuid, now: Micros) -> Result<i64, ChainError> {
        let mut head = tx.lock_audit_head(chain, now).await?;
        if let Err(why) = self.check_head(tx, chain, &head).await? {
            return Err(ChainError::Broken { chain, why });
        }
        let loose = tx.loose_entries(chain, BATCH).await?;
        let chained = loose.len().try_into().unwrap_or(i64::MAX);
        for entry in loose {
            let seq = head.seq + 1;
            let mac = self.inner.keys.mac(ENTRY, &covered(&entry, seq, &head.mac));
            tx.chain_entry(entry.id, seq, &mac).await?;
            head = AuditHead { seq, mac, seal: Vec::new() };
        }
        if chained > 0 {
            head.seal = self.inner.keys.mac(HEAD, &sealed(chain, head.seq, &head.mac));
            tx.update_audit_head(chain, &head, now).await?;
        }
        Ok(chained)
    }

    /// Whether the head is ours and the last entry is the one that it names.
    pub(super) async fn check_head(
        &self,
        tx: &mut System<'_>,
        chain: Uuid,
        head: &AuditHead,
    ) -> nexus_store::Result<Result<(), &'static str>> {
        let last = tx.chained_entries(chain, head.seq - 1, 2).await?;
        Ok(match last.as_slice() {
            [] if head.seq == 0 && head.mac.is_empty() => Ok(()),
            _ if head.seq == 0 => Err("the head is missing"),
            [last] if last.seq == Some(head.seq) && last.mac.as_ref() == Some(&head.mac) => {
                self.check_seal(chain, head)
            }
            // All entries were dropped: the checkpoint stands for the last one.
            [] => match tx.audit_checkpoint(chain).await? {
                Some(checkpoint) if (checkpoint.seq, &checkpoint.mac) == (head.seq, &head.mac) => {
                    self.check_checkpoint(chain, &checkpoint).and_then(|()| self.check_seal(chain, head))
                }
                _ => Err("the last entries are missing"),
            },
            _ => Err("the last entry is not the head's"),
        })
    }

    /// Whether the ring's keys made the head's seal.
    pub(crate) fn check_seal(&self, chain: Uuid, head: &AuditHead) -> Result<(), &'static str> {
        let checked = self.inner.keys.check_mac(HEAD, &sealed(chain, head.seq, &head.mac), &head.seal);
        checked.map_err(|error| match error {
            KeyError::UnknownKey(_) => "the head's key is not in the ring",
            _ => "the head was changed, or the end was cut off",
        })
    }

    /// Whether the ring's keys made the checkpoint's seal.
    pub(crate) fn check_checkpoint(&self, chain: Uuid, checkpoint: &AuditHead) -> Result<(), &'static str> {
        let covered = sealed(chain, checkpoint.seq, &checkpoint.mac);
        self.inner.keys.check_mac(CHECKPOINT, &covered, &checkpoint.seal).map_err(|error| match error {
            KeyError::UnknownKey(_) => "the checkpoint's key is not in the ring",
            _ => "the checkpoint was changed",
        })
    }

    /// Signs heads and checkpoints anew that were signed with an old key. One that does not fit stays as it is: signing
    /// it would hide what somebody changed.
    pub(crate) async fn seal_ends_anew(&self) -> nexus_store::Result<()> {
        let Inner { store, system, keys, clock, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let chains = read.audit_chains().await?;
        read.commit().await?;
        for chain in chains {
            let mut tx = store.system_write(system).await?;
            let head = tx.lock_audit_head(chain, clock.now()).await?;
            if head.seq > 0 && keys.is_old(&head.seal) && self.check_head(&mut tx, chain, &head).await?.is_ok() {
                let seal = keys.mac(HEAD, &sealed(chain, head.seq, &head.mac));
                tx.update_audit_head(chain, &AuditHead { seal, ..head }, clock.now()).await?;
            }
            let old = tx.audit_checkpoint(chain).await?.filter(|checkpoint| keys.is_old(&checkpoint.seal));
            if let Some(old) = old.filter(|old| self.check_checkpoint(chain, old).is_ok()) {
                let checkpoint = self.checkpoint(chain, old.seq, old.mac);
                tx.drop_audit_prefix(chain, &checkpoint, clock.now()).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// A checkpoint that stands for everything up to an entry.
    pub(super) fn checkpoint(&self, chain: Uuid, seq: i64, mac: Vec<u8>) -> AuditHead {
        let seal = self.inner.keys.mac(CHECKPOINT, &sealed(chain, seq, &mac));
        AuditHead { seq, mac, seal }
    }

    /// Checks one tenant's chain, or the system's, from its first entry to its head.
    ///
    /// # Errors
    /// The database.
    pub async fn verify(&self, tenant: Option<TenantId>) -> nexus_store::Result<Verified> {
        self.verify_chain(tenant.map_or(Uuid::nil(), TenantId::uuid)).await
    }

    /// Checks every chain; each with its name: `system`, or the tenant's id.
    ///
    /// # Errors
    /// The database.
    pub async fn verify_all(&self) -> nexus_store::Result<Vec<(String, Verified)>> {
        let mut read = self.inner.store.system_read(&self.inner.system).await?;
        let chains = read.audit_chains().await?;
        read.commit().await?;
        let mut verified = Vec::with_capacity(chains.len());
        for chain in chains {
            let name = if chain.is_nil() { "system".to_owned() } else { chain.to_string() };
            verified.push((name, self.verify_chain(chain).await?));
        }
        Ok(verified)
    }

    /// One transaction, so that the checkpoint, the entries and the head are of one moment.
    async fn verify_chain(&self, chain: Uuid) -> nexus_store::Result<Verified> {
        let mut read = self.inner.store.system_read(&self.inner.system).await?;
        let checkpoint = read.audit_checkpoint(chain).await?;
        if let Some(Err(why)) = checkpoint.as_ref().map(|checkpoint| self.check_checkpoint(chain, checkpoint)) {
            return Ok(Verified::Broken { at: checkpoint.map_or(0, |checkpoint| checkpoint.seq), why });
        }
        let number = checkpoint.as_ref().map(|checkpoint| checkpoint.seq);
        let (mut seq, mut mac) = checkpoint.map_or((0, Vec::new()), |checkpoint| (checkpoint.seq, checkpoint.mac));
        loop {
            let entries = read.chained_entries(chain, seq, BATCH).await?;
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                match self.check_entry(&entry, seq + 1, &mac) {
                    Err(why) => return Ok(Verified::Broken { at: seq + 1, why }),
                    Ok(own) => (seq, mac) = (seq + 1, own),
                }
            }
        }
        let whole = |head: String| Verified::Whole { entries: seq - number.unwrap_or(0), checkpoint: number, head };
        let Some(head) = read.audit_head(chain).await? else {
            let why = "the head is missing";
            return Ok(if seq == 0 { whole("0:".into()) } else { Verified::Broken { at: seq + 1, why } });
        };
        if (head.seq, &head.mac) != (seq, &mac) {
            let why = if head.seq > seq { "the last entries are missing" } else { "the last entry is not the head's" };
            return Ok(Verified::Broken { at: seq + 1, why });
        }
        Ok(match self.check_seal(chain, &head) {
            _ if seq == 0 => whole(shown(&head)),
            Ok(()) => whole(shown(&head)),
            Err(why) => Verified::Broken { at: seq + 1, why },
        })
    }

    /// Checks one entry behind another; its MAC.
    pub(super) fn check_entry(&self, entry: &AuditEntry, seq: i64, before: &[u8]) -> Result<Vec<u8>, &'static str> {
        let mac = entry.mac.clone().unwrap_or_default();
        if entry.seq != Some(seq) {
            return Err("an entry is missing");
        }
        match self.inner.keys.check_mac(ENTRY, &covered(entry, seq, before), &mac) {
            Ok(()) => Ok(mac),
            Err(KeyError::UnknownKey(_)) => Err("the entry's key is not in the ring"),
            Err(_) => Err("the entry was changed"),
        }
    }

    /// All heads as text, for the log: compared with `verify` they show a chain that was put back as a whole.
    pub(crate) async fn heads(&self) -> nexus_store::Result<Vec<(Uuid, String)>> {
        let mut read = self.inner.store.system_read(&self.inner.system).await?;
        let mut heads = Vec::new();
        for chain in read.audit_chains().await? {
            if let Some(head) = read.audit_head(chain).await? {
                heads.push((chain, shown(&head)));
            }
        }
        Ok(heads)
    }
}
