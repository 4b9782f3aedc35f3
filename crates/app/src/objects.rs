//! What is too large for a row: objects in a folder of this machine or in a bucket that speaks S3. Every object belongs to
//! one tenant by its key. Decides no rights, and serves nothing by itself: whoever asks has a grant.

mod wire;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use nexus_model::TenantId;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use rustls_pki_types::CertificateDer;
use zeroize::Zeroizing;

use self::wire::Wire;

/// How often a call is tried again.
const RETRIES: usize = 2;
/// For all tries of a call.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where objects lie.
#[derive(Clone)]
pub enum ObjectsConfig {
    /// A folder, made when it is not there.
    Folder(PathBuf),
    /// A bucket.
    S3(S3),
    /// Nowhere: they go with the process. For tests and measurements.
    Memory,
}

/// A bucket that speaks S3.
#[derive(Clone)]
pub struct S3 {
    /// Its name.
    pub bucket: String,
    /// `https://HOST[:PORT]`; `None` for Amazon's own. Buckets are named in the path.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// Who asks.
    pub access_key: String,
    /// What proves it.
    pub secret_key: Zeroizing<String>,
    /// CAs that count beside the system's.
    pub roots: Vec<CertificateDer<'static>>,
}

/// Why an object could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The folder or the bucket does not do it.
    #[error("the object store failed")]
    Store(#[from] object_store::Error),
    /// The folder cannot be made.
    #[error("the folder of objects cannot be made")]
    Folder(#[source] std::io::Error),
    /// The connection cannot be secured as configured.
    #[error("no certificates count for the object store")]
    Trust(#[from] nexus_net::tls::PolicyError),
}

/// The objects. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
}

/// The name of one object: of a tenant, of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(Path);

impl Key {
    /// A tenant's logo.
    pub(crate) fn logo(tenant: TenantId, tag: &str) -> Self {
        let tenant = tenant.to_string();
        Self(Path::from_iter(["tenants", tenant.as_str(), "logo", tag]))
    }
}

impl Objects {
    /// Opens the store. Nothing is asked of a bucket yet: one that is away must not keep Nexus from starting.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub fn open(config: ObjectsConfig) -> Result<Self, ObjectError> {
        let store: Arc<dyn ObjectStore> = match config {
            ObjectsConfig::Folder(folder) => {
                std::fs::create_dir_all(&folder).map_err(ObjectError::Folder)?;
                Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_automatic_cleanup(true))
            }
            ObjectsConfig::S3(s3) => {
                let retry = RetryConfig { max_retries: RETRIES, retry_timeout: PATIENCE, ..RetryConfig::default() };
                let mut builder = AmazonS3Builder::new()
                    .with_bucket_name(s3.bucket)
                    .with_region(s3.region)
                    .with_access_key_id(s3.access_key)
                    .with_secret_access_key(s3.secret_key.as_str())
                    .with_allow_http(true)
                    .with_retry(retry)
                    .with_http_connector(Wire::new(s3.roots)?);
                if let Some(endpoint) = s3.endpoint {
                    builder = builder.with_endpoint(endpoint);
                }
                Arc::new(builder.build()?)
            }
            ObjectsConfig::Memory => Arc::new(InMemory::new()),
        };
        Ok(Self { store })
    }

    /// Keeps an object, in the place of one of the same name.
    pub(crate) async fn put(&self, key: &Key, bytes: Vec<u8>) -> Result<(), ObjectError> {
        self.store.put(&key.0, PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// An object; `None` where there is none.
    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Bytes>, ObjectError> {
        match self.store.get(&key.0).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes an object; fine where there is none.
    pub(crate) async fn delete(&self, key: &Key) -> Result<(), ObjectError> {
        match self.store.delete(&key.0).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes everything of a tenant; how many objects that were.
    pub(crate) async fn delete_all_of(&self, tenant: TenantId) -> Result<usize, ObjectError> {
        let tenant = tenant.to_string();
        let prefix = Path::from_iter(["tenants", tenant.as_str()]);
        let keys: Vec<Path> = self.store.list(Some(&prefix)).map_ok(|found| found.location).try_collect().await?;
        let mut gone = self.store.delete_stream(futures_util::stream::iter(keys.into_iter().map(Ok)).boxed());
        let mut count = 0;
        while let Some(deleted) = gone.next().await {
            match deleted {
                Ok(_) => count += 1,
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use nexus_model::TenantId;

    use super::*;
    use crate::secret;

    #[tokio::test]
    async fn a_folder_keeps_objects_apart_by_tenant() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::open(ObjectsConfig::Folder(folder.path().join("objects"))).unwrap();
        let (one, other): (TenantId, TenantId) = (secret::id(), secret::id());
        let (first, second, foreign) = (Key::logo(one, "a"), Key::logo(one, "b"), Key::logo(other, "a"));
        assert_eq!(objects.get(&first).await.unwrap(), None);
        for key in [&first, &second, &foreign] {
            objects.put(key, key.0.to_string().into_bytes()).await.unwrap();
        }
        objects.put(&first, b"anew".to_vec()).await.unwrap();
        assert_eq!(objects.get(&first).await.unwrap().as_deref(), Some(b"anew".as_slice()));
        objects.delete(&first).await.unwrap();
        objects.delete(&first).await.unwrap();
        assert_eq!(objects.get(&first).await.unwrap(), None);
        assert_eq!(objects.delete_all_of(one).await.unwrap(), 1);
        assert_eq!(objects.delete_all_of(one).await.unwrap(), 0);
        assert_eq!(objects.get(&second).await.unwrap(), None);
        assert!(objects.get(&foreign).await.unwrap().is_some(), "the other tenant's stays");
    }

    #[test]
    fn a_key_never_leaves_its_tenant() {
        let tenant: TenantId = secret::id();
        let key = Key::logo(tenant, "../../x");
        assert!(key.0.as_ref().starts_with(&format!("tenants/{tenant}/logo/")), "{key:?}");
        assert!(!key.0.as_ref().contains("/../"), "{key:?}");
    }
}
