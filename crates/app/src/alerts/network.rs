//! Whether this process' own network is away: nearly all servers are silent at once. Then the fault is likely on this side,
//! and one alert of a tenant says so in place of many. Pure: the time is a parameter.

use std::collections::HashMap;
use std::time::Duration;

use nexus_model::{Micros, ServerId};

use super::window::{SPAN, Window};
use crate::inventory::outage::{LEAST, SHARE_PERCENT, is_network};

/// With fewer of 100 it is back.
const HALF: usize = 50;
/// A check says something about the network now for so long.
const FRESH: Duration = Duration::from_secs(150);
/// Who has been away for longer says nothing about the network now.
const LONG: Duration = Duration::from_secs(600);
/// A silence may turn out to be this side's for so long: by then servers that are asked every minute have been asked.
const HOLD: Duration = Duration::from_secs(75);

/// When this process' network was away.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    lost: Option<Lost>,
    /// From when until when, the newest last.
    before: Vec<(Micros, Micros)>,
}

/// The network is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost {
    /// Since the first server was silent.
    pub(super) since: Micros,
    /// Servers that are silent.
    pub(super) silent: usize,
    /// Of so many.
    pub(super) of: usize,
}

impl Network {
    /// Looks at all servers that this process asks.
    pub(super) fn look(&mut self, windows: &HashMap<ServerId, Window>, now: Micros) {
        self.before.retain(|(_, to)| now.since(*to) <= SPAN);
        let begun = self.lost.map_or(now, |lost| lost.since);
        let telling = windows.values().filter(|window| {
            let fresh = window.last_at().is_some_and(|last| now.since(last) <= FRESH);
            fresh && window.failing_since().is_none_or(|since| begun.since(since) <= LONG)
        });
        let (mut of, mut silent, mut since) = (0, 0, now);
        for window in telling {
            of += 1;
            if let Some(failing) = window.failing_since().filter(|_| window.is_silent()) {
                silent += 1;
                since = since.min(failing);
            }
        }
        match &mut self.lost {
            None if is_network(of, silent) => self.lost = Some(Lost { since, silent, of }),
            // Without news it stays as it is, as long as there are servers that could bring some.
            Some(lost) if (of > 0 && silent * 100 < of * HALF) || windows.len() < LEAST => {
                self.before.push((lost.since, now));
                self.lost = None;
            }
            Some(lost) if of > 0 => (lost.silent, lost.of) = (silent, of),
            None | Some(_) => {}
        }
    }

    pub(super) fn lost(&self) -> Option<Lost> {
        self.lost
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// Whether it was away then.
    pub(super) fn was_lost(&self, at: Micros) -> bool {
        self.lost.is_some_and(|lost| at >= lost.since)
            || self.before.iter().any(|(from, to)| (*from..=*to).contains(&at))
    }

    /// Since when a silence that began then is the server's own.
    pub(super) fn since_found(&self, since: Micros) -> Micros {
        let lost = self.before.iter().filter(|(from, to)| (*from..=*to).contains(&since));
        lost.map(|(_, to)| *to).max().unwrap_or(since)
    }
}

/// Whether a server's silence may still turn out to be this side's: it is young, there are others, and not enough of them
/// have been heard since it began.
pub(super) fn is_suspect(windows: &HashMap<ServerId, Window>, server: ServerId, now: Micros) -> bool {
    let Some(window) = windows.get(&server).filter(|window| window.is_silent()) else { return false };
    let Some(began) = window.failing_since().filter(|since| now.since(*since) < HOLD) else { return false };
    if windows.len() < LEAST {
        return false;
    }
    let others =
        windows.iter().filter(|(id, other)| **id != server && other.last_at().is_some_and(|last| last >= began));
    let (heard, asked) =
        others.fold((0, 0), |(heard, asked), (_, other)| (heard + usize::from(!other.is_silent()), asked + 1));
    heard * 100 <= asked * (100 - SHARE_PERCENT)
}

/// Whether some server was heard lately: without that nobody knows that the network is there.
pub(super) fn is_heard(windows: &HashMap<ServerId, Window>, now: Micros) -> bool {
    windows.values().any(|window| !window.is_silent() && window.last_at().is_some_and(|last| now.since(last) <= FRESH))
}
