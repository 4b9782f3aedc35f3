//! The connectivity test: each way on which a server is or would be reached, tried on its own and at the same time.
//!
//! A stored token is used for the server as it is stored, and for nothing else. A tenant's tests are counted: else it
//! could look through the network with them.

use std::sync::PoisonError;
use std::time::Duration;

use futures_util::future::join_all;
use nexus_model::{Micros, ServerId, ServerOrigin, TenantId};
use nexus_pve::node::NodeState;
use nexus_pve::{ApiToken, Cause, Examination, Route, examine, probe};
use nexus_store::Server;
use uuid::Uuid;

use super::doctor::{Doctor, Patient};
use super::report::TestReport;
use super::{Parts, ServerError, ServerInput, Servers};
use crate::access::{Grant, ManageServers};
use crate::audit::{Entry, Outcome};
use crate::inventory::endpoint::way_of;

/// What a connectivity test found.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerTest {
    /// Whether every way is fine.
    pub ok: bool,
    /// By way, the direct one first.
    pub reports: Vec<TestReport>,
}

impl ServerTest {
    /// What to write down of it.
    pub(crate) fn onto(&self, entry: Entry) -> Entry {
        let failed = self.reports.iter().find_map(|report| {
            let stage = report.stages.iter().find(|stage| !stage.ok)?;
            Some(format!("{}: {}", report.way.name(), stage.detail))
        });
        match failed {
            Some(why) => entry.outcome(Outcome::Failed).detail(why),
            None => entry,
        }
    }
}

/// Where a server is reached, for the log.
pub(super) fn place(server: &Server) -> String {
    if server.host.is_empty() {
        format!("{}:{}", server.tailscale_host, server.tailscale_port)
    } else {
        format!("{}:{}", server.host, server.port)
    }
}

impl Servers {
    /// Tests a connection with the given values alone; nothing is stored.
    ///
    /// # Errors
    /// Fields, too many tests, or the store.
    pub async fn test(&self, grant: &Grant<ManageServers>, input: ServerInput) -> Result<ServerTest, ServerError> {
        let mut checked = self.check(input)?;
        let token = checked.token.take();
        let token = token.ok_or_else(|| ServerError::field("api_token", "required", "must not be empty"))?;
        let row = checked.row(Uuid::nil().into(), grant.tenant_id(), (token.id().to_owned(), Vec::new()), Micros(0));
        self.count_test(grant.tenant_id())?;
        let test = self.try_ways(&row, &token).await?;
        self.tested(grant, Entry::new("server.test", "server", "", place(&row)), &test).await?;
        Ok(test)
    }

    /// Tests a server as it is stored.
    ///
    /// # Errors
    /// [`ServerError::NotFound`], what is provided, too many tests, or the store.
    pub async fn test_stored(&self, grant: &Grant<ManageServers>, id: ServerId) -> Result<ServerTest, ServerError> {
        let Parts { store, maker, inventory, .. } = &self.inner.parts;
        let mut tx = store.tenant_read(grant.scope()).await?;
        let server = tx.server(id).await?.ok_or(ServerError::NotFound)?;
        drop(tx);
        if server.origin == ServerOrigin::Provided {
            return Err(ServerError::Provided);
        }
        self.count_test(grant.tenant_id())?;
        let token =
            maker.token(&server).map_err(|error| ServerError::field("api_token", "required", error.to_string()))?;
        let test = self.try_ways(&server, &token).await?;
        self.tested(grant, Entry::new("server.test", "server", id, server.name.clone()), &test).await?;
        inventory.refresh_soon(id);
        Ok(test)
    }

    /// Tries every way of a row at the same time, with a token that is not taken from it.
    pub(super) async fn try_ways(&self, server: &Server, token: &ApiToken) -> Result<ServerTest, ServerError> {
        let routes = self.inner.parts.maker.routes(server);
        let routes = routes.map_err(|error| ServerError::field("tls", "invalid", error.to_string()))?;
        let tries = routes.into_iter().map(|route| self.try_way(server, route, token));
        let reports = join_all(tries).await;
        Ok(ServerTest { ok: reports.iter().all(|report| report.ok), reports })
    }

    async fn try_way(&self, server: &Server, route: Route, token: &ApiToken) -> TestReport {
        let Parts { maker, clock, .. } = &self.inner.parts;
        let probe = probe(&maker.dialer, &route, token).await;
        let refused = matches!(probe.error().map(nexus_pve::Error::cause), Some(Cause::TokenRefused));
        let found = match &probe.permissions {
            Some(permissions) => {
                let node = probe.nodes.iter().flatten().find(|node| node.status == NodeState::Online);
                let node = node.map(|node| node.name.as_str());
                examine(&maker.dialer, &route.target, token, permissions, node).await
            }
            None => Examination::default(),
        };
        let patient = Patient {
            token_id: token.id(),
            permissions: probe.permissions.as_ref(),
            found: &found,
            version: probe.version.as_ref().map(|version| version.version.as_str()),
            node_shell: server.node_shell,
            expires: server.token_expires_at.map(Micros),
            clock_ahead: probe.clock_ahead,
            now: clock.now(),
        };
        let doctor = (refused || probe.permissions.is_some()).then(|| Doctor::of(&patient));
        TestReport::new(way_of(route.way), &probe, token.id(), doctor)
    }

    async fn tested(
        &self,
        grant: &Grant<ManageServers>,
        entry: Entry,
        test: &ServerTest,
    ) -> Result<(), nexus_store::Error> {
        let audit = &self.inner.parts.audit;
        audit.record_alone(Some(grant.tenant().id), &grant.who(), test.onto(entry)).await
    }

    /// Takes what is left of the servers that a tenant may add by lists for now, up to `wanted`.
    pub(super) fn reserve_imports(&self, tenant: TenantId, wanted: usize) -> Result<usize, ServerError> {
        const WINDOW: Duration = Duration::from_secs(600);
        let now = self.inner.parts.clock.now();
        let most = usize::try_from(self.inner.parts.limits.servers_per_tenant).unwrap_or(usize::MAX);
        let mut imports = self.inner.imports.lock().unwrap_or_else(PoisonError::into_inner);
        imports.retain(|_, times| times.back().is_some_and(|last| now.since(*last) < WINDOW));
        let times = imports.entry(tenant).or_default();
        while times.front().is_some_and(|first| now.since(*first) >= WINDOW) {
            times.pop_front();
        }
        let left = most.saturating_sub(times.len()).min(wanted);
        match times.front() {
            Some(first) if left == 0 && wanted > 0 => {
                Err(ServerError::TooManyTests { retry_after: WINDOW.saturating_sub(now.since(*first)) })
            }
            _ => {
                times.extend(std::iter::repeat_n(now, left));
                Ok(left)
            }
        }
    }

    /// Gives back what was reserved and not used.
    pub(super) fn return_imports(&self, tenant: TenantId, unused: usize) {
        let mut imports = self.inner.imports.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = imports.get_mut(&tenant) {
            times.truncate(times.len().saturating_sub(unused));
        }
    }

    /// Counts one test of a tenant, or one server that is asked at once because it is new or changed.
    pub(super) fn count_test(&self, tenant: TenantId) -> Result<(), ServerError> {
        const WINDOW: Duration = Duration::from_secs(60);
        let now = self.inner.parts.clock.now();
        let mut tests = self.inner.tests.lock().unwrap_or_else(PoisonError::into_inner);
        tests.retain(|_, times| times.back().is_some_and(|last| now.since(*last) < WINDOW));
        let times = tests.entry(tenant).or_default();
        while times.front().is_some_and(|first| now.since(*first) >= WINDOW) {
            times.pop_front();
        }
        match times.front() {
            Some(first) if times.len() >= self.inner.parts.limits.tests_per_minute => {
                Err(ServerError::TooManyTests { retry_after: WINDOW.saturating_sub(now.since(*first)) })
            }
            _ => {
                times.push_back(now);
                Ok(())
            }
        }
    }
}
