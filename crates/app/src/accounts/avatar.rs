//! A person's picture: decided by content, decoded within bounds off the async threads, and encoded anew, so that nothing
//! of what was sent is served.

use std::io::Cursor;

use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use nexus_model::{InvalidInput, SystemRole, UserId};
use nexus_store::Avatar;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{AccountError, Accounts, ChangeError, Inner};
use crate::access::SignedIn;
use crate::audit::Entry;

/// Most bytes of what is sent.
pub const LARGEST: usize = 2 << 20;
/// Longest side of what is sent, in pixels.
const LONGEST_SIDE: u32 = 4096;
/// Most memory that decoding may take: a picture of the largest size in 8 bytes for each pixel.
const MEMORY: u64 = LONGEST_SIDE as u64 * LONGEST_SIDE as u64 * 8;
/// The side of what is kept, in pixels.
const SIDE: u32 = 128;
/// Pictures are decoded one after another: each may take the memory above.
static DECODING: Semaphore = Semaphore::const_new(1);

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

fn refused(code: &'static str, detail: &str) -> ChangeError {
    ChangeError::Invalid(vec![InvalidInput::new(code, detail).field("picture")])
}

async fn made_anew(sent: Vec<u8>) -> Result<Vec<u8>, ChangeError> {
    if sent.len() > LARGEST {
        return Err(ChangeError::TooLarge);
    }
    let slot = DECODING.acquire().await;
    // The decoding ends by itself even when nobody waits any more: the slot stays with it.
    let made = tokio::task::spawn_blocking(move || {
        let made = decoded(&sent).and_then(|picture| encoded(&picture));
        drop(slot);
        made
    });
    made.await.map_err(|_| refused("unreadable", "cannot be read"))?
}

/// The first frame, turned as the camera says, within bounds.
fn decoded(sent: &[u8]) -> Result<DynamicImage, ChangeError> {
    let unreadable = |error: ImageError| match error {
        ImageError::Limits(_) => refused("too_large", "may have 4096 x 4096 pixels at most"),
        _ => refused("unreadable", "cannot be read"),
    };
    let format = image::guess_format(sent).ok();
    let Some(format) = format.filter(|f| matches!(f, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) else {
        return Err(refused("wrong_type", "must be a JPEG, PNG or WebP"));
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(sent), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    limits.check_dimensions(width, height).map_err(unreadable)?;
    limits.reserve(decoder.total_bytes()).map_err(unreadable)?;
    decoder.set_limits(limits).map_err(unreadable)?;
    let turned = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    if let Some(turned) = turned {
        picture.apply_orientation(turned);
    }
    Ok(picture)
}

/// The middle square, small.
fn encoded(picture: &DynamicImage) -> Result<Vec<u8>, ChangeError> {
    let side = picture.width().min(picture.height());
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let square = picture.crop_imm(left, top, side, side).resize_exact(SIDE, SIDE, FilterType::Triangle).to_rgba8();
    let mut bytes = Vec::new();
    WebPEncoder::new_lossless(&mut bytes)
        .encode(&square, SIDE, SIDE, ExtendedColorType::Rgba8)
        .map_err(|_| refused("unreadable", "cannot be read"))?;
    Ok(bytes)
}
