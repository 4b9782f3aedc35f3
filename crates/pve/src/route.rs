//! How a server is reached: its ways, the nodes that may stand in for it, and the limits of its client.
//!
//! Values only. Nothing here connects, and nothing here knows who configured them.

use std::fmt;

use nexus_net::dial::Target;

use crate::client::Timeouts;
use crate::observe::Observer;

/// Requests at once to one server, unless configured: pveproxy has three workers.
pub const AT_ONCE: usize = 8;

/// A way to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// By its host.
    Direct,
    /// By its name or address in the tailnet.
    Tailscale,
}

impl Way {
    /// A stable word for messages and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Tailscale => "tailscale",
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One configured way and where it leads.
#[derive(Debug, Clone)]
pub struct Route {
    /// Which way.
    pub way: Way,
    /// Where it leads.
    pub target: Target,
}

/// Another node of the cluster, asked when no way leads to the server. It gets the server's token.
#[derive(Debug, Clone)]
pub struct Fallback {
    /// PVE's name of the node.
    pub node: String,
    /// Where it is, and whom to trust there.
    pub target: Target,
}

/// What a client is made of, but for the dialer and the token.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The configured ways, at least one; the first comes first until another has worked.
    pub routes: Vec<Route>,
    /// The cluster's other nodes, tried in this order.
    pub fallbacks: Vec<Fallback>,
    /// How long calls may take.
    pub timeouts: Timeouts,
    /// Requests at once; whoever comes first is served first.
    pub at_once: usize,
    /// A new number from 0 to 1 for each wait before a retry, which gets up to a fifth longer by it.
    pub jitter: fn() -> f64,
    /// Is told what calls come to.
    pub observer: Option<Observer>,
}

impl ClientConfig {
    /// Those ways with the usual limits, without fall-backs.
    #[must_use]
    pub fn new(routes: Vec<Route>, timeouts: Timeouts) -> Self {
        Self { routes, fallbacks: Vec::new(), timeouts, at_once: AT_ONCE, jitter: rand::random, observer: None }
    }
}
