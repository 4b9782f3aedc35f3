//! What a client knows about the ways to its server: for people who ask why it is slow.
//!
//! No token is in it, and no words of PVE longer than an error keeps.

use std::time::Duration;

use crate::route::Way;

/// How a server has been reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The configured ways, in the order in which they are configured.
    pub ways: Vec<WayReport>,
    /// The node that stands in for the server, when no way led to it at the last call.
    pub fallback_in_use: Option<String>,
    /// The nodes that are not asked now, by name.
    pub nodes: Vec<NodeBreaker>,
    /// The last calls over all ways.
    pub recent: Recent,
}

/// How one way has been doing since the client was made.
#[derive(Debug, Clone, PartialEq)]
pub struct WayReport {
    /// Which.
    pub way: Way,
    /// The host of that way.
    pub host: String,
    /// Whether it is the one that worked last.
    pub is_last: bool,
    /// The longest limit that was learned for reading calls.
    pub learned_read: Option<Duration>,
    /// The configured limit for reading calls.
    pub configured: Duration,
    /// Tries in all.
    pub attempts: u64,
    /// Tries without an answer.
    pub failures: u64,
    /// Why the last try had no answer; `None` when it had one.
    pub last_error: Option<String>,
    /// Set while it is not asked.
    pub breaker: Option<Open>,
}

/// A breaker that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The last failure.
    pub cause: String,
    /// How long it is open still; zero when the next call is a probe.
    pub left: Duration,
}

/// A node that is not asked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeBreaker {
    /// PVE's name of it.
    pub node: String,
    /// The last failure.
    pub cause: String,
    /// How long it is not asked still; zero when the next call is a probe.
    pub retry_in: Duration,
}

/// The last calls, at most twenty; those that failed at once because of an open breaker are not among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recent {
    /// How many.
    pub total: u32,
    /// Those without an answer, or with one from 500 on.
    pub failed: u32,
    /// Tries that they took.
    pub attempts: u32,
    /// The average time of the others.
    pub average: Option<Duration>,
}
