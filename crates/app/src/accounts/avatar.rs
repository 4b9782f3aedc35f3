//! A person's picture: the middle square of what was sent, small, as `picture.rs` makes it.

use image::DynamicImage;
use image::imageops::FilterType;
use nexus_model::{InvalidInput, SystemRole, UserId};
use nexus_store::Avatar;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{AccountError, Accounts, ChangeError, Inner};
use crate::access::SignedIn;
use crate::audit::Entry;
use crate::picture;

/// Most bytes of what is sent.
pub const LARGEST: usize = picture::LARGEST;
/// The side of what is kept, in pixels.
const SIDE: u32 = 128;

impl Accounts {
    /// Takes a JPEG, PNG or WebP as the person's picture.
    ///
    /// # Errors
    /// Something else, or too large.
    pub async fn set_avatar(&self, person: &SignedIn, sent: Vec<u8>) -> Result<(), ChangeError> {
        let Inner { store, system, audit, .. } = &*self.inner;
        let picture = made_anew(sent).await?;
        let tag = hex::encode(&Sha256::digest(&picture)[..8]);
        let mut tx = store.system_write(system).await?;
        let before = tx.user(person.user()).await?.ok_or(AccountError::Gone)?.avatar_tag;
        tx.put_avatar(person.user(), &tag, &picture).await?;
        let entry = Entry::new("user.set_avatar", "user", person.user(), person.email());
        let entry = entry.before(json!({ "avatar": before })).after(json!({ "avatar": tag }));
        audit.record_as_system(&mut tx, None, &person.who(), entry).await?;
        Ok(tx.commit().await?)
    }

    /// Takes the person's picture away.
    ///
    /// # Errors
    /// The store failed.
    pub async fn delete_avatar(&self, person: &SignedIn) -> Result<(), ChangeError> {
        let Inner { store, system, audit, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        if tx.delete_avatar(person.user()).await? {
            let entry = Entry::new("user.delete_avatar", "user", person.user(), person.email());
            audit.record_as_system(&mut tx, None, &person.who(), entry).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A person's picture, for themselves and for who sees them on a page of members or accounts.
    ///
    /// # Errors
    /// No picture, or not to be seen: nobody learns which.
    pub async fn avatar(&self, person: &SignedIn, of: UserId) -> Result<Avatar, ChangeError> {
        let mut read = self.inner.store.system_read(&self.inner.system).await?;
        let own = person.user() == of || person.system_role() == SystemRole::Admin;
        let seen = read.manages(person.user(), of).await? || own;
        let avatar = read.avatar(of).await?;
        read.commit().await?;
        avatar.filter(|_| seen).ok_or(ChangeError::NotFound)
    }
}

fn refused(error: InvalidInput) -> ChangeError {
    ChangeError::Invalid(vec![error.field("picture")])
}

async fn made_anew(sent: Vec<u8>) -> Result<Vec<u8>, ChangeError> {
    if sent.len() > LARGEST {
        return Err(ChangeError::TooLarge);
    }
    let Some(format) = picture::raster(&sent) else {
        return Err(refused(picture::refused("wrong_type", "must be a JPEG, PNG or WebP")));
    };
    picture::alone(move || small(&picture::decoded(&sent, format)?)).await.map_err(refused)
}

/// The middle square, small.
fn small(picture: &DynamicImage) -> Result<Vec<u8>, InvalidInput> {
    let side = picture.width().min(picture.height());
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let square = picture.crop_imm(left, top, side, side).resize_exact(SIDE, SIDE, FilterType::Triangle).to_rgba8();
    picture::encoded(&square)
}
