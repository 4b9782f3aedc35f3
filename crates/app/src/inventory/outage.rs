//! When people are told that a server has gone or is back: never at the start of the process, never of a server that
//! it has not seen, and not while nearly all servers are away at once, for then the fault is likely on this side.
//!
//! ```text
//!   (never seen) ── answers ─► here ── two failures ─► gone, untold ── some seconds, others answer ─► gone, told
//!                               ▲                          │ answers: nobody was told, nobody is told      │
//!                               └──────────────────────────┴──────────── answers: "back" is told ──────────┘
//! ```

use std::sync::Arc;
use std::time::Duration;

use nexus_model::ServerStatus;
use tokio::time::Instant;

use super::{Entry, Inventory};
use crate::background::Beat;
use crate::notifications::Notice;

/// So many servers must be away at once for the network to be suspected.
pub(crate) const LEAST: usize = 3;
/// And so much of all, in percent.
pub(crate) const SHARE_PERCENT: usize = 80;

/// What was told of one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Heard {
    /// It has not answered this process yet.
    #[default]
    Never,
    /// It answers.
    Here,
    /// It was here and is not any more.
    Gone {
        /// Since when.
        since: Instant,
        /// Whether anybody was told.
        told: bool,
    },
}

impl Heard {
    /// The server has answered; whether its return is to be told.
    pub(super) fn answered(&mut self) -> bool {
        let back = matches!(self, Self::Gone { told: true, .. });
        *self = Self::Here;
        back
    }

    /// The server is offline now.
    pub(super) fn gone(&mut self, now: Instant) {
        if *self == Self::Here {
            *self = Self::Gone { since: now, told: false };
        }
    }

    /// Whether its absence is to be told now; it counts as told then.
    pub(super) fn due(&mut self, now: Instant, hold: Duration) -> bool {
        match self {
            Self::Gone { since, told } if !*told && now.duration_since(*since) >= hold => {
                *told = true;
                true
            }
            _ => false,
        }
    }

    /// Since when it is gone without anybody having been told.
    pub(super) fn waits(&self) -> Option<Instant> {
        match self {
            Self::Gone { since, told: false } => Some(*since),
            _ => None,
        }
    }

    /// Its absence says nothing until now: it counts from here on.
    fn wait_anew(&mut self, now: Instant) {
        if let Self::Gone { since, told: false } = self {
            *since = now;
        }
    }
}

/// Whether nearly all servers are away: of `known` servers, `unreached` did not answer when they were asked last.
pub(crate) fn is_network(known: usize, unreached: usize) -> bool {
    unreached >= LEAST && unreached * 100 >= known * SHARE_PERCENT
}

/// How many other servers are asked at once when one goes: whether they answer tells one server from the network.
const WITNESSES: usize = 8;

impl Inventory {
    /// The server has answered.
    pub(super) fn hear_answer(&self, entry: &Entry) {
        if entry.heard().answered() {
            self.tell_notice(entry, None);
        }
    }

    /// The server is offline.
    pub(super) fn hear_silence(&self, entry: &Entry) {
        let went = {
            let mut heard = entry.heard();
            let before = *heard;
            heard.gone(Instant::now());
            *heard != before
        };
        if went {
            // Others are asked soon, so that their answers count when this one's absence is judged.
            for other in self.all().into_iter().filter(|other| other.endpoint.id != entry.endpoint.id).take(WITNESSES) {
                other.wake.notify_one();
            }
        }
    }

    /// Whether nearly all servers of the installation are away at once, without any answer.
    pub(crate) fn network_is_away(&self) -> bool {
        let entries = self.all();
        let away = |entry: &&Arc<Entry>| entry.last_check().is_some_and(|check| !check.reached && !check.ok());
        is_network(entries.len(), entries.iter().filter(away).count())
    }

    /// The task that tells of servers that have been gone for some seconds.
    pub(super) async fn tell_gone(self, beat: Beat) {
        let hold = self.inner.intervals.hold;
        let mut network_was_away = false;
        while beat.nap(hold / 10).await {
            // Who asks a server tells of it.
            let waits = |entry: &Arc<Entry>| entry.heard().waits().is_some() && self.holds(entry.endpoint.id);
            let waiting: Vec<_> = self.all().into_iter().filter(waits).collect();
            if waiting.is_empty() {
                network_was_away = false;
            } else if self.network_is_away() {
                network_was_away = true;
                waiting.iter().for_each(|entry| entry.heard().wait_anew(Instant::now()));
            } else if std::mem::take(&mut network_was_away) {
                // Those that come back with it are not to be told of: all are asked again first.
                waiting.iter().for_each(|entry| entry.wake.notify_one());
            } else {
                waiting.iter().for_each(|entry| self.tell_if_gone(entry, hold));
            }
            beat.done();
        }
    }

    /// Tells that a server has gone, if it is time to and it was found so since it counts.
    fn tell_if_gone(&self, entry: &Entry, hold: Duration) {
        let (health, check) = (entry.health(), entry.last_check());
        let since = entry.heard().waits();
        let found = since.zip(check).is_some_and(|(since, check)| check.ended > since && !check.ok());
        if health.status == ServerStatus::Offline && found && entry.heard().due(Instant::now(), hold) {
            self.tell_notice(entry, Some(health.detail.clone().unwrap_or_default()));
        }
    }

    /// Tells that a server has gone, with the reason, or that it is back.
    fn tell_notice(&self, entry: &Entry, gone: Option<String>) {
        let (tenant, server, server_name) = (entry.endpoint.tenant, entry.endpoint.id, entry.endpoint.name.to_string());
        self.inner.notices.tell(match gone {
            // What is provided is not the tenant's to know more of.
            Some(why) => {
                let detail = Some(why).filter(|_| !entry.is_provided());
                Notice::ServerOffline { tenant, server, server_name, detail }
            }
            None => Notice::ServerOnline { tenant, server, server_name, detail: None },
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLD: Duration = Duration::from_secs(15);

    #[test]
    fn only_who_was_here_is_missed_and_only_who_was_missed_is_welcomed() {
        let start = Instant::now();
        let mut heard = Heard::default();
        heard.gone(start);
        assert_eq!(
            (heard, heard.due(start + HOLD, HOLD)),
            (Heard::Never, false),
            "a process that starts tells nothing"
        );
        assert!(!heard.answered(), "and welcomes nobody");
        heard.gone(start);
        heard.gone(start + HOLD);
        assert_eq!(heard.waits(), Some(start), "since it went, not since it was asked last");
        assert!(!heard.due(start + HOLD / 2, HOLD));
        assert!(!heard.answered(), "back before anybody was told");
        heard.gone(start);
        assert!(heard.due(start + HOLD, HOLD) && !heard.due(start + HOLD * 2, HOLD), "once");
        assert!(heard.answered() && !heard.answered(), "once");
        heard.gone(start);
        heard.wait_anew(start + HOLD);
        assert!(!heard.due(start + HOLD, HOLD) && heard.due(start + HOLD * 2, HOLD), "it counts from there on");
    }

    #[test]
    fn nearly_all_servers_at_once_are_a_network() {
        assert!(is_network(3, 3) && is_network(5, 4) && is_network(10, 8));
        assert!(!is_network(2, 2) && !is_network(5, 3) && !is_network(10, 7) && !is_network(0, 0));
    }
}
