//! A running cluster, as tests, the binary and the control port hold it. It must never outlive its `stop`: every
//! connection, task and guest process ends with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{GuestConfig, Kind, Mode, SimConfig, Status};
use crate::console::{ClientMessage, RfbFault};
use crate::fault::{Fault, Outage};
use crate::pki::Authority;
use crate::server::{self, Service};
use crate::state::Cluster;

/// A request that was answered, or would have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The node that got it.
    pub node: String,
    /// The HTTP method.
    pub method: String,
    /// The path below the format (`/version`), without the query.
    pub path: String,
    /// The status of the answer; 0 where none was sent.
    pub status: u16,
    /// The token id that came with it.
    pub token: Option<String>,
}

/// One simulated cluster.
pub struct Sim {
    cluster: Arc<Cluster>,
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl std::fmt::Debug for Sim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sim").field("name", &self.cluster.name).finish_non_exhaustive()
    }
}

impl Sim {
    /// Starts a cluster; its nodes listen when this returns.
    ///
    /// # Errors
    /// When the configuration contradicts itself or a port is taken.
    #[expect(clippy::unused_async, reason = "needs a runtime to start its tasks in")]
    pub async fn start(config: SimConfig) -> anyhow::Result<Self> {
        let listen: Vec<SocketAddr> = config.nodes.iter().map(|node| node.listen).collect();
        let cluster = Cluster::new(config)?;
        let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
        for (index, address) in listen.into_iter().enumerate() {
            let listener = server::bind(address)?;
            let node = &cluster.nodes[index];
            let _ = node.address.set(listener.local_addr()?);
            let service =
                Service { cluster: Arc::clone(&cluster), index, tracker: tracker.clone(), stop: stop.clone() };
            let name = node.name.clone();
            tracker.spawn(async move {
                if let Err(error) = service.run(listener).await {
                    tracing::error!(node = name, error = format!("{error:#}"), "the node's listener ended");
                }
            });
        }
        Ok(Self { cluster, tracker, stop })
    }

    /// Ends everything.
    pub async fn stop(self) {
        self.end().await;
    }

    /// The same for a holder of a shared cluster.
    pub async fn end(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.cluster.consoles.stop().await;
        self.cluster.tasks.stop().await;
        let _ = tokio::time::timeout(Duration::from_secs(5), self.tracker.wait()).await;
    }

    /// The cluster's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.cluster.name
    }

    /// Which PVE it behaves like.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.cluster.mode
    }

    /// The names of its nodes.
    #[must_use]
    pub fn nodes(&self) -> Vec<String> {
        self.cluster.nodes.iter().map(|node| node.name.clone()).collect()
    }

    /// Where a node listens.
    ///
    /// # Panics
    /// If there is no such node.
    #[must_use]
    pub fn address(&self, node: &str) -> SocketAddr {
        let found = self.cluster.node(node).and_then(|node| node.address.get());
        *found.unwrap_or_else(|| panic!("no node {node}"))
    }

    /// The SHA-256 fingerprint of a node's certificate in PVE's notation.
    ///
    /// # Panics
    /// If there is no such node.
    #[must_use]
    pub fn fingerprint(&self, node: &str) -> String {
        let found = self.cluster.node(node).unwrap_or_else(|| panic!("no node {node}"));
        found.certificate.get().fingerprint.clone()
    }

    /// The certificate of the cluster's own authority, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        self.cluster.authority.pem().to_owned()
    }

    /// What was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.cluster.requests.get().clone()
    }

    /// Every ticket, password and port of a console that was given out so far.
    #[must_use]
    pub fn console_secrets(&self) -> Vec<String> {
        self.cluster.issued.get().clone()
    }

    /// Forgets what was asked.
    pub fn clear_requests(&self) {
        self.cluster.requests.get().clear();
    }

    /// Every RFB message of clients that reached a guest's console.
    #[must_use]
    pub fn client_messages(&self, vmid: u32) -> Vec<ClientMessage> {
        self.cluster.consoles.client_messages(vmid)
    }

    /// Forgets the RFB messages of clients that reached a guest's console.
    pub fn clear_messages(&self, vmid: u32) {
        self.cluster.consoles.clear_messages(vmid);
    }

    /// The text on a guest's screen, where it is known.
    pub async fn screen_text(&self, vmid: u32) -> Option<String> {
        self.cluster.consoles.screen_text(vmid).await
    }

    /// Makes something go wrong.
    pub fn fault(&self, fault: Fault) {
        self.cluster.faults.add(fault);
        self.cluster.refresh_listeners();
    }

    /// Makes consoles go wrong: of one guest or of all, so many times or until cleared.
    pub fn console_fault(&self, vmid: Option<u32>, fault: RfbFault, times: Option<u32>) {
        self.cluster.consoles.fault(vmid, fault, times);
    }

    /// Ends all faults (not outages).
    pub fn clear_faults(&self) {
        self.cluster.faults.clear();
        self.cluster.consoles.clear_faults();
        self.cluster.refresh_listeners();
    }

    /// Gives a node a new certificate: of the cluster's authority, or of one that nobody knows.
    ///
    /// # Errors
    /// If there is no such node.
    pub fn change_certificate(&self, node: &str, same_authority: bool) -> anyhow::Result<()> {
        let found = self.cluster.node(node).with_context(|| format!("no node {node}"))?;
        let address = self.address(node).ip();
        let certificate = if same_authority {
            self.cluster.authority.issue(node, address)?
        } else {
            Authority::new()?.issue(node, address)?
        };
        *found.certificate.get() = certificate;
        Ok(())
    }

    /// Takes a node down, or up again; false if there is none of this name.
    pub fn set_outage(&self, node: &str, outage: Option<Outage>) -> bool {
        self.cluster.set_outage(node, outage)
    }

    /// Whether a guest runs; none if there is no such guest.
    #[must_use]
    pub fn guest_status(&self, vmid: u32) -> Option<Status> {
        self.cluster.guest(vmid).map(|guest| guest.config.status)
    }

    /// Starts, stops or pauses a guest as if from within; false if there is none.
    pub fn set_guest_status(&self, vmid: u32, status: Status) -> bool {
        self.cluster.set_status(vmid, status)
    }

    /// Starts, stops or pauses a guest as somebody else's task does, which PVE's lists of tasks then name; false if there
    /// is none.
    pub fn act(&self, vmid: u32, kind: &str, status: Status) -> bool {
        let Some(guest) = self.cluster.guest(vmid) else { return false };
        self.cluster.set_status(vmid, status);
        self.done(&guest.config.node, kind, vmid);
        true
    }

    /// A task of somebody else that has ended.
    fn done(&self, node: &str, kind: &str, vmid: u32) {
        self.cluster.tasks.start(node, kind, &vmid.to_string(), "root@pam", std::future::ready(Ok(())));
    }

    /// Sets the clocks of all nodes ahead by so many seconds, or back; of their tasks alone.
    pub fn set_clock(&self, ahead: i64) {
        self.cluster.tasks.set_clock(ahead);
    }

    /// Adds a guest, or puts a new one in the place of the one with its number.
    ///
    /// # Errors
    /// If its number is out of range or its node unknown.
    pub fn add_guest(&self, guest: GuestConfig) -> anyhow::Result<()> {
        self.cluster.add_guest(guest)
    }

    /// Takes a guest away; false if there is none.
    pub fn remove_guest(&self, vmid: u32) -> bool {
        self.cluster.remove_guest(vmid)
    }

    /// Locks or unlocks a guest; false if there is none.
    pub fn set_lock(&self, vmid: u32, lock: Option<&str>) -> bool {
        self.cluster.change(vmid, |guest| guest.config.lock = lock.map(str::to_owned)).is_some()
    }

    /// Makes a guest behave otherwise from now on: its agent, HA, how it takes a shutdown, its options. Its number, node and
    /// state have calls of their own. False if there is none.
    pub fn change_guest(&self, vmid: u32, change: impl FnOnce(&mut GuestConfig)) -> bool {
        self.cluster.change(vmid, |guest| change(&mut guest.config)).is_some()
    }

    /// HA's word for a guest; none if there is no such guest, or HA does not manage it.
    #[must_use]
    pub fn ha_state(&self, vmid: u32) -> Option<&'static str> {
        self.cluster.guest(vmid).filter(|guest| guest.config.ha).map(|guest| guest.ha)
    }

    /// Gives a guest other tags and another pool; false if there is none.
    pub fn set_place(&self, vmid: u32, tags: &[&str], pool: Option<&str>) -> bool {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let place = |guest: &mut crate::state::Guest| {
            guest.config.tags.clone_from(&tags);
            guest.config.pool = pool.map(str::to_owned);
        };
        self.cluster.change(vmid, place).is_some()
    }

    /// Moves a guest to another node, as a migration does; false if there is no such guest or node.
    pub fn move_guest(&self, vmid: u32, node: &str) -> bool {
        self.cluster.node(node).is_some()
            && self.cluster.change(vmid, |guest| guest.config.node = node.to_owned()).is_some()
    }

    /// The same with the task that PVE's lists name.
    pub fn migrate_guest(&self, vmid: u32, node: &str) -> bool {
        let Some(guest) = self.cluster.guest(vmid) else { return false };
        let kind = if guest.config.kind == Kind::Qemu { "qmigrate" } else { "vzmigrate" };
        let moved = self.move_guest(vmid, node);
        if moved {
            self.done(&guest.config.node, kind, vmid);
        }
        moved
    }

    /// Adds a token or replaces its secret and rights.
    ///
    /// # Errors
    /// If the id is not of the form `user@realm!name`.
    pub fn set_token(&self, id: &str, secret: &str, acl: &[(String, Vec<String>)]) -> anyhow::Result<()> {
        self.cluster.add_token(id.to_owned(), secret.to_owned(), acl)
    }

    /// Takes a token away; false if there is none.
    pub fn remove_token(&self, id: &str) -> bool {
        self.cluster.tokens.get().remove(id).is_some()
    }
}
