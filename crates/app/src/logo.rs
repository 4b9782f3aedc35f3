//! A tenant's logo: what is sent is made anew (`picture.rs` for images, `logo/drawing.rs` for SVG) and kept as an object;
//! its row says which. The new object is there before the row names it, and the old one goes after that, so that what a
//! row names is always there.

mod cost;
mod drawing;
mod style;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use image::RgbaImage;
use image::imageops::FilterType;
use nexus_model::{FieldError, InvalidInput, TenantId};
pub use nexus_store::{Brand, Logo};
use nexus_store::{Store, SystemScope};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Client, Grant, ManageSettings, SeeTenant};
use crate::accounts::throttle::network;
use crate::audit::{Audit, Entry};
use crate::clock::Clock;
use crate::objects::{Key, ObjectError, Objects};
use crate::picture;
use crate::relayed::Announced;

/// Most bytes of what is sent.
pub const LARGEST: usize = picture::LARGEST;
/// The longest side of what is kept, in pixels.
const SIDE: u32 = 1024;
/// How many looks at sign-in pages one address has within [`LOOK_WINDOW`]: a page and its logo are two.
const MOST_LOOKS: i64 = 120;
const LOOK_WINDOW: Duration = Duration::from_secs(60);
/// What is kept.
const CONTENT_TYPE: &str = "image/webp";

/// Takes and shows logos. Cheap to clone.
#[derive(Clone)]
pub struct Logos {
    inner: Arc<Parts>,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) objects: Objects,
    /// Is told that a tenant looks otherwise now.
    pub(crate) changed: Arc<dyn Fn(TenantId) + Send + Sync>,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    /// There is none, or nobody may see it who is not signed in.
    #[error("there is no such logo")]
    NotFound,
    /// It cannot be taken.
    #[error("the picture cannot be taken")]
    Invalid(Vec<FieldError>),
    /// More than [`LARGEST`].
    #[error("the picture is too large")]
    TooLarge,
    /// Too many were asked for from one place.
    #[error("too many attempts")]
    TooManyAttempts {
        /// When to try again.
        retry_after: Duration,
    },
    /// The object store did not do it.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] nexus_store::Error),
}

impl From<nexus_store::Error> for LogoError {
    fn from(error: nexus_store::Error) -> Self {
        match error {
            nexus_store::Error::Missing => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

/// What a tenant shows to whoever is not signed in. All empty where there is no such tenant, and where it shows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInPage {
    /// Its name.
    pub name: Option<String>,
    /// How it looks.
    pub brand: Brand,
}

/// A picture to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it is called.
    pub tag: String,
    /// `image/png` or `image/webp`.
    pub content_type: String,
    /// `None` where whoever asks has it already.
    pub bytes: Option<Bytes>,
}

struct Made {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
}

fn refused(error: InvalidInput) -> LogoError {
    LogoError::Invalid(vec![error.field("logo")])
}

/// What is kept of a picture that was sent; its content decides what it is.
fn made_anew(sent: &[u8]) -> Result<Made, InvalidInput> {
    let image = if let Some(format) = picture::raster(sent) {
        let picture = picture::decoded(sent, format)?;
        let fits = picture.width() <= SIDE && picture.height() <= SIDE;
        if fits { picture } else { picture.resize(SIDE, SIDE, FilterType::Triangle) }.to_rgba8()
    } else if drawing::looks_like_one(sent) {
        drawing::drawn(sent, SIDE)?
    } else {
        return Err(picture::refused("wrong_type", "must be a JPEG, PNG, WebP or SVG"));
    };
    made_of(&image)
}

fn made_of(image: &RgbaImage) -> Result<Made, InvalidInput> {
    Ok(Made { bytes: picture::encoded(image)?, width: image.width(), height: image.height() })
}

/// What an audit entry keeps of a logo.
fn state(logo: Option<&Logo>) -> Value {
    logo.map_or(
        Value::Null,
        |logo| json!({ "logo": logo.tag, "width": logo.width, "height": logo.height, "size_bytes": logo.size_bytes }),
    )
}

impl Logos {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    /// Takes a JPEG, PNG, WebP or SVG as the tenant's logo.
    ///
    /// # Errors
    /// Something else, too large, or nothing that is safe to draw; the object store; the store.
    pub async fn set(&self, grant: &Grant<ManageSettings>, sent: Vec<u8>) -> Result<Logo, LogoError> {
        if sent.len() > LARGEST {
            return Err(LogoError::TooLarge);
        }
        let made = picture::alone(move || made_anew(&sent)).await.map_err(refused)?;
        let Parts { store, clock, objects, audit, changed, .. } = &*self.inner;
        let tenant = grant.tenant_id();
        let new = Logo {
            tag: Uuid::new_v4().simple().to_string(),
            content_type: CONTENT_TYPE.to_owned(),
            width: i64::from(made.width),
            height: i64::from(made.height),
            size_bytes: i64::try_from(made.bytes.len()).unwrap_or(i64::MAX),
            updated_at: clock.now(),
        };
        objects.put(&Key::logo(tenant, &new.tag), made.bytes).await?;
        let named = async {
            let mut tx = store.tenant_write(grant.scope()).await?;
            tx.lock().await?;
            let before = tx.logo().await?;
            tx.put_logo(&new).await?;
            let entry = Entry::new("settings.set_logo", "tenant", tenant, grant.tenant().name.as_str());
            let entry = entry.before(state(before.as_ref())).after(state(Some(&new)));
            audit.record(&mut tx, &grant.who(), entry).await?;
            tx.announce_event(&Announced::Settings(tenant).to_string()).await?;
            tx.commit().await?;
            Ok::<_, nexus_store::Error>(before)
        };
        match named.await {
            Ok(before) => {
                changed(tenant);
                self.forget(tenant, before).await;
                Ok(new)
            }
            Err(error) => {
                self.forget(tenant, Some(new)).await;
                Err(error.into())
            }
        }
    }

    /// Takes the logo away; fine where there is none.
    ///
    /// # Errors
    /// The store.
    pub async fn delete(&self, grant: &Grant<ManageSettings>) -> Result<(), LogoError> {
        let Parts { store, audit, changed, .. } = &*self.inner;
        let tenant = grant.tenant_id();
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let Some(before) = tx.logo().await? else { return Ok(()) };
        tx.delete_logo().await?;
        let entry = Entry::new("settings.delete_logo", "tenant", tenant, grant.tenant().name.as_str());
        audit.record(&mut tx, &grant.who(), entry.before(state(Some(&before)))).await?;
        tx.announce_event(&Announced::Settings(tenant).to_string()).await?;
        tx.commit().await?;
        changed(tenant);
        self.forget(tenant, Some(before)).await;
        Ok(())
    }

    /// Removes an object that no row names any more. One that cannot be removed now is only said in the log.
    async fn forget(&self, tenant: TenantId, logo: Option<Logo>) {
        let Some(logo) = logo else { return };
        if let Err(error) = self.inner.objects.delete(&Key::logo(tenant, &logo.tag)).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, %tenant, logo = logo.tag, "an old logo could not be removed from the object store");
        }
    }

    /// The logo, for its members.
    ///
    /// # Errors
    /// No logo, the object store, the store.
    pub async fn get(&self, grant: &Grant<SeeTenant>, has: impl Fn(&str) -> bool) -> Result<Shown, LogoError> {
        let mut tx = self.inner.store.tenant_read(grant.scope()).await?;
        let logo = tx.logo().await?.ok_or(LogoError::NotFound)?;
        drop(tx);
        self.shown(grant.tenant_id(), (logo.tag, logo.content_type), has).await
    }

    /// How the sign-in page of a tenant looks. Nobody learns whether there is such a tenant.
    ///
    /// # Errors
    /// Too many were asked for, the store.
    pub async fn sign_in_page(&self, slug: &str, client: &Client) -> Result<SignInPage, LogoError> {
        let found = self.looked_up(slug, client).await?;
        Ok(found.map(|found| SignInPage { name: Some(found.name), brand: found.brand }).unwrap_or_default())
    }

    /// The logo on it.
    ///
    /// # Errors
    /// No tenant, or none that shows a logo there: nobody learns which. Too many were asked for, the object store, the
    /// store.
    pub async fn on_sign_in_page(
        &self,
        slug: &str,
        client: &Client,
        has: impl Fn(&str) -> bool,
    ) -> Result<Shown, LogoError> {
        let found = self.looked_up(slug, client).await?.ok_or(LogoError::NotFound)?;
        let named = found.brand.logo.zip(found.content_type).ok_or(LogoError::NotFound)?;
        self.shown(found.id, named, has).await
    }

    async fn looked_up(&self, slug: &str, client: &Client) -> Result<Option<nexus_store::ShownTenant>, LogoError> {
        let Parts { store, system, clock, .. } = &*self.inner;
        let now = clock.now();
        let mut tx = store.system_write(system).await?;
        let key = format!("sign-in-page:{}", network(client.address));
        let (looks, first_at) = tx.count_uses(&key, 1, now, now.minus(LOOK_WINDOW)).await?;
        if looks > MOST_LOOKS {
            return Err(LogoError::TooManyAttempts { retry_after: first_at.plus(LOOK_WINDOW).since(now) });
        }
        tx.commit().await?;
        let mut read = store.system_read(system).await?;
        Ok(read.shown_tenant(slug).await?)
    }

    async fn shown(
        &self,
        tenant: TenantId,
        (tag, content_type): (String, String),
        has: impl Fn(&str) -> bool,
    ) -> Result<Shown, LogoError> {
        if has(&tag) {
            return Ok(Shown { tag, content_type, bytes: None });
        }
        let Some(bytes) = self.inner.objects.get(&Key::logo(tenant, &tag)).await? else {
            tracing::warn!(%tenant, logo = tag, "the object store has no such logo, although its row is there");
            return Err(LogoError::NotFound);
        };
        Ok(Shown { tag, content_type, bytes: Some(bytes) })
    }
}

#[cfg(test)]
mod tests;
