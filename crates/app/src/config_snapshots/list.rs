//! The snapshots that there are.

use nexus_model::{ConfigSnapshotId, Micros, ServerId};

use super::{ConfigDetail, ConfigError, ConfigPart, ConfigSnapshotPage, ConfigSnapshots, Place};
use crate::access::{DeleteServers, Grant, ReadPve};
use crate::audit::Entry as Record;
use crate::page::Page;

impl ConfigSnapshots {
    /// A page of a server's snapshots, the newest first.
    ///
    /// # Errors
    /// No such server, a provided one, the cursor, the store.
    pub async fn list(
        &self,
        grant: &Grant<ReadPve>,
        server: ServerId,
        page: &Page,
    ) -> Result<ConfigSnapshotPage, ConfigError> {
        self.entry(grant, server)?;
        let place = page.place::<Place>()?.map(|(at, id)| (Micros(at), id));
        let mut read = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let mut snapshots = read.config_snapshots(server, place, page.limit() + 1).await?;
        read.commit().await?;
        let next_cursor = page.cut(&mut snapshots, |last| (last.created_at.0, last.id));
        Ok(ConfigSnapshotPage { snapshots, next_cursor })
    }

    /// A snapshot with what was answered.
    ///
    /// # Errors
    /// No such server or snapshot, a provided server, the store.
    pub async fn get(
        &self,
        grant: &Grant<ReadPve>,
        server: ServerId,
        id: ConfigSnapshotId,
    ) -> Result<ConfigDetail, ConfigError> {
        self.entry(grant, server)?;
        let mut read = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let found = read.config_snapshot(server, id).await?;
        read.commit().await?;
        let (snapshot, content) = found.ok_or(ConfigError::NotFound)?;
        let parts: Vec<ConfigPart> =
            serde_json::from_str(&content).map_err(|_| nexus_store::Error::Stored("config_snapshot.content"))?;
        Ok(ConfigDetail { snapshot, parts })
    }

    /// Forgets a snapshot; for admins.
    ///
    /// # Errors
    /// No such server or snapshot, a provided server, the store.
    pub async fn delete(
        &self,
        grant: &Grant<DeleteServers>,
        server: ServerId,
        id: ConfigSnapshotId,
    ) -> Result<(), ConfigError> {
        let super::Parts { store, audit, .. } = &self.inner.parts;
        let entry = self.entry(grant, server)?;
        let mut tx = store.tenant_write(grant.scope()).await?;
        if !tx.delete_config_snapshot(server, id).await? {
            return Err(ConfigError::NotFound);
        }
        let record = Record::new("server.delete_config_snapshot", "server", server, entry.endpoint.name.to_string());
        audit.record(&mut tx, &grant.who(), record.before(serde_json::json!({ "snapshot": id }))).await?;
        Ok(tx.commit().await?)
    }
}
