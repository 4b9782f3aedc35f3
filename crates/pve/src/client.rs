//! The calls of PVE's API that a broker needs.
//!
//! One client is one server, one token and one trust; a change of any of them makes a new client. It holds no cache and
//! decides nothing about rights.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use nexus_net::dial::{Dialer, Target};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::Error;
use crate::guest::{Guest, GuestConfig, GuestStatus, Kind, RawStatus};
use crate::lenient::Rows;
use crate::line::Line;
use crate::node::{ClusterStatus, Node, RawClusterStatus, RawNode, RawVersion, Version};
use crate::observe::CallDone;
use crate::permission::{Permissions, RawPermissions};
use crate::power::{Power, PowerOptions};
use crate::reach::Reach;
use crate::report::Report;
use crate::resource::{RawResource, Resource};
use crate::route::{ClientConfig, Fallback, Route, Way};
use crate::task::{RawTaskRow, TaskRow, Upid};
use crate::token::ApiToken;
use crate::wire::{Answer, Call, LARGE, guest_path, node_path};

/// How long each class of call may take. Connecting to read has the target's own limit beside it; changes and consoles
/// have one limit for all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Calls that read, from the request to the last byte of the answer; the cap of what is learned.
    pub read: Duration,
    /// Calls that change something.
    pub write: Duration,
    /// The call that makes a console's ticket.
    pub console: Duration,
    /// The WebSocket upgrade, which PVE never answers when the console is gone (PVE-FACTS 4.2).
    pub upgrade: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            read: Duration::from_secs(10),
            write: Duration::from_secs(15),
            console: Duration::from_secs(15),
            upgrade: Duration::from_secs(10),
        }
    }
}

/// A client of one server; cheap to clone.
#[derive(Clone)]
pub struct Client {
    reach: Arc<Reach>,
    token: ApiToken,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("host", &self.reach.host()).field("token", &self.token).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the server at `target`, which is its one way; nothing is connected yet.
    #[must_use]
    pub fn new(dialer: Dialer, target: Target, token: ApiToken, timeouts: Timeouts) -> Self {
        Self::with_routes(dialer, ClientConfig::new(vec![Route { way: Way::Direct, target }], timeouts), token)
    }

    /// A client for a server with one or more ways; nothing is connected yet. Without a way every call fails.
    #[must_use]
    pub fn with_routes(dialer: Dialer, config: ClientConfig, token: ApiToken) -> Self {
        Self { reach: Arc::new(Reach::new(dialer, token.header(), config)), token }
    }

    /// Puts other nodes in place of those that stood in for the server so far.
    pub fn set_fallbacks(&self, fallbacks: Vec<Fallback>) {
        self.reach.set_fallbacks(fallbacks);
    }

    /// How the server has been reached since this client was made.
    #[must_use]
    pub fn report(&self) -> Report {
        self.reach.report()
    }

    /// The way that worked last.
    #[must_use]
    pub fn way(&self) -> Option<Way> {
        self.reach.way()
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.reach.timeouts()
    }

    pub(crate) async fn open_line(&self, call: &Call) -> Result<(Answer, Line), Error> {
        self.reach.open_line(call).await
    }

    pub(crate) async fn call(&self, call: &Call) -> Result<Answer, Error> {
        self.reach.call(call).await
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        self.reach.call(&call).await?.data()
    }

    /// The same with the number of all rows, for parts of a list.
    pub(crate) async fn get_with_total<T: DeserializeOwned>(&self, call: Call) -> Result<(T, Option<u64>), Error> {
        self.reach.call(&call).await?.data_and_total()
    }

    /// Sends a change that PVE answers with nothing.
    pub(crate) async fn change(&self, call: &Call) -> Result<(), Error> {
        self.reach.call(call).await?.data::<IgnoredAny>().map(|_| ())
    }

    /// Sends a change that PVE answers with the task that it began.
    pub(crate) async fn begin(&self, call: &Call) -> Result<Upid, Error> {
        let answer = self.reach.call(call).await?;
        let upid: String = answer.data()?;
        upid.parse().map_err(|_| Error::not_pve("the answer holds no task").tried(answer.attempts))
    }

    /// The version of the node that answers; any valid token may ask.
    ///
    /// # Errors
    /// As every call: the stage, and PVE's own words.
    pub async fn version(&self) -> Result<Version, Error> {
        Ok(self.get::<RawVersion>(Call::get("/version")).await?.into())
    }

    /// What this token may do.
    ///
    /// # Errors
    /// As every call.
    pub async fn permissions(&self) -> Result<Permissions, Error> {
        Ok(self.get::<RawPermissions>(Call::get("/access/permissions")).await?.into())
    }

    /// The nodes of the cluster, with their certificates' fingerprints.
    ///
    /// # Errors
    /// As every call.
    pub async fn nodes(&self) -> Result<Vec<Node>, Error> {
        let rows = self.get::<Rows<RawNode>>(Call::get("/nodes")).await?.all()?;
        Ok(rows.into_iter().filter_map(RawNode::read).collect())
    }

    /// The cluster's name and quorum, and its nodes; needs Sys.Audit on `/`.
    ///
    /// # Errors
    /// As every call.
    pub async fn cluster_status(&self) -> Result<Vec<ClusterStatus>, Error> {
        let rows = self.get::<Rows<RawClusterStatus>>(Call::get("/cluster/status")).await?.all()?;
        Ok(rows.into_iter().filter_map(RawClusterStatus::read).collect())
    }

    /// All guests, nodes and storages that the token may see; up to 10 s old. It asks although the server's breaker is
    /// open, as its one probe: whoever asks for it has a pace of their own.
    ///
    /// # Errors
    /// As every call; the limit is 32 MiB and 60,000 rows.
    pub async fn resources(&self) -> Result<Vec<Resource>, Error> {
        self.check().await.0
    }

    /// The same, with all that it came to; the observer is not told of it.
    pub async fn check(&self) -> (Result<Vec<Resource>, Error>, CallDone) {
        let call = Call::get("/cluster/resources").up_to(LARGE).probing();
        let (answer, mut done) = self.reach.call_told(&call).await;
        let rows = answer.and_then(|answer| answer.data::<Rows<RawResource>>()?.all());
        let resources = rows.map_err(|error| error.tried(done.attempts));
        let resources = resources.map(|rows| rows.into_iter().map(Resource::from).collect());
        if let Err(error) = &resources {
            done.failed(error);
            done.ok = false;
        }
        (resources, done)
    }

    /// Running and recently ended tasks; empty for a token without Sys.Audit on `/` (PVE-FACTS 3.7).
    ///
    /// # Errors
    /// As every call; the limit is 32 MiB and 60,000 rows.
    pub async fn cluster_tasks(&self) -> Result<Vec<TaskRow>, Error> {
        let rows = self.get::<Rows<RawTaskRow>>(Call::get("/cluster/tasks").up_to(LARGE)).await?.all()?;
        Ok(rows.into_iter().filter_map(RawTaskRow::read).collect())
    }

    /// The guests of one kind on one node, as the node knows them now; virtual machines with QEMU's own state.
    ///
    /// # Errors
    /// As every call; the limit is 32 MiB and 60,000 rows.
    pub async fn node_guests(&self, node: &str, kind: Kind) -> Result<Vec<GuestStatus>, Error> {
        let query = if kind == Kind::Qemu { "?full=1" } else { "" };
        let call = Call::get(format!("{}/{kind}{query}", node_path(node)?)).up_to(LARGE);
        let rows = self.get::<Rows<RawStatus>>(call).await?.all()?;
        Ok(rows.into_iter().map(GuestStatus::from).filter(|guest| guest.vmid != 0).collect())
    }

    /// The state of one guest at this moment.
    ///
    /// # Errors
    /// As every call; [`Error::is_no_such_guest`] when it is not on that node.
    pub async fn guest_status(&self, guest: Guest<'_>) -> Result<GuestStatus, Error> {
        let call = Call::get(format!("{}/status/current", guest_path(guest)?));
        let status = GuestStatus::from(self.get::<RawStatus>(call).await?);
        Ok(GuestStatus { vmid: guest.vmid, ..status })
    }

    /// The configuration of one guest.
    ///
    /// # Errors
    /// As every call; [`Error::is_no_such_guest`] when it is not on that node.
    pub async fn guest_config(&self, guest: Guest<'_>) -> Result<GuestConfig, Error> {
        self.get(Call::get(format!("{}/config", guest_path(guest)?))).await
    }

    /// Begins a power action. Whether it succeeded is known only from the task. Options that the action does not have are
    /// not sent.
    ///
    /// # Errors
    /// As every call; [`crate::ErrorKind::Impossible`] for an action that the kind of guest does not have. Never sent twice.
    pub async fn power(&self, guest: Guest<'_>, action: Power, options: PowerOptions) -> Result<Upid, Error> {
        if !action.is_for(guest.kind) {
            return Err(Error::impossible("containers cannot be reset"));
        }
        let path = format!("{}/status/{}", guest_path(guest)?, action.as_str());
        self.begin(&Call::post(path, options.form(action))).await
    }
}
