//! Whether the encryption keys fit the database: asked at every start, and by whoever asks whether Nexus is ready.

use std::collections::BTreeMap;
use std::sync::Arc;

use nexus_store::keys::{KeyError, KeyRing};
use nexus_store::{Sample, Store, SystemScope};

use super::StartError;
use crate::audit::Audit;
use crate::inventory::endpoint::secret_place;

/// Looks whether the keys open what the database holds.
pub(crate) struct KeyCheck {
    pub(super) store: Store,
    pub(super) system: SystemScope,
    pub(super) keys: Arc<KeyRing>,
    pub(super) audit: Audit,
}

impl KeyCheck {
    /// Start refuses a database whose values no key of the ring opens: a lost key file, or another key under a known id.
    /// One value that opens is enough for each key, so that a damaged row is no reason.
    pub(crate) async fn check(&self) -> Result<(), StartError> {
        let mut tx = self.store.system_read(&self.system).await?;
        let samples = tx.sealed_samples().await?;
        tx.commit().await?;
        let mut fits = BTreeMap::new();
        for sample in &samples {
            let id = KeyRing::key_id(sample.made())?;
            if !self.keys.knows(id) {
                return Err(KeyError::UnknownKey(id.to_owned()).into());
            }
            let fit = fits.entry(id).or_insert(false);
            *fit = *fit || self.opens(sample);
        }
        match fits.into_iter().find(|(_, fit)| !fit) {
            Some((id, _)) => Err(KeyError::WrongKey(id.to_owned()).into()),
            None => Ok(()),
        }
    }

    fn opens(&self, sample: &Sample) -> bool {
        match sample {
            Sample::Token { server, sealed } => self.keys.open(sealed, &secret_place(*server)).is_ok(),
            Sample::Webhook { webhook, sealed } => {
                self.keys.open(sealed, &crate::webhooks::place((*webhook).into())).is_ok()
            }
            Sample::Head { chain, head } => self.audit.check_seal(*chain, head).is_ok(),
            Sample::Checkpoint { chain, checkpoint } => self.audit.check_checkpoint(*chain, checkpoint).is_ok(),
        }
    }
}
