//! A tenant's own servers as a sheet, in the columns that an import takes. Tokens are not in it.

use nexus_model::{ServerOrigin, Tls};
use nexus_store::Server;

use super::import::COLUMNS;
use super::{ServerError, Servers};
use crate::access::{Grant, SeeServers};
use crate::sheet;

fn cells(server: &Server) -> Vec<String> {
    let (verify, fingerprint) = match &server.tls {
        // A cluster's own CA has no column: whoever imports this chooses it again.
        Tls::Verify | Tls::Ca { .. } => (true, ""),
        Tls::Pin { fingerprint } => (false, fingerprint.as_str()),
        Tls::Insecure => (false, ""),
    };
    vec![
        server.name.clone(),
        server.host.clone(),
        server.port.to_string(),
        String::new(),
        verify.to_string(),
        server.use_tailscale.to_string(),
        server.tailscale_host.clone(),
        server.tailscale_port.to_string(),
        (server.connect_timeout_ms / 1000).to_string(),
        fingerprint.to_owned(),
    ]
}

impl Servers {
    /// The tenant's own servers by name, as CSV with titles and without tokens. What is provided, or comes from the
    /// settings, is not the tenant's to take along.
    ///
    /// # Errors
    /// The store.
    pub async fn export(&self, grant: &Grant<SeeServers>) -> Result<Vec<u8>, ServerError> {
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let servers = tx.servers().await?;
        drop(tx);
        let titles = COLUMNS.map(str::to_owned).to_vec();
        let own = servers.iter().filter(|server| server.origin == ServerOrigin::Own).map(cells);
        Ok(sheet::write(std::iter::once(titles).chain(own)))
    }
}
