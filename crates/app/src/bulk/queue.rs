//! Whose turn it is: each server has a lane of its own, so that a slow server holds up nobody else's guests. No I/O, no
//! clock, no rights.

use std::collections::VecDeque;

use nexus_model::ServerId;

/// The guests that wait, by server; a guest is its place in the order that was asked for.
#[derive(Debug)]
pub(super) struct Queue {
    lanes: Vec<Lane>,
    per_server: usize,
    /// The lane that is asked first next time.
    first: usize,
}

#[derive(Debug)]
struct Lane {
    server: ServerId,
    waiting: VecDeque<usize>,
    running: usize,
}

impl Queue {
    /// All guests wait, each named by its server.
    pub(super) fn new(servers: impl IntoIterator<Item = ServerId>, per_server: u32) -> Self {
        let mut lanes: Vec<Lane> = Vec::new();
        for (at, server) in servers.into_iter().enumerate() {
            match lanes.iter_mut().find(|lane| lane.server == server) {
                Some(lane) => lane.waiting.push_back(at),
                None => lanes.push(Lane { server, waiting: VecDeque::from([at]), running: 0 }),
            }
        }
        Self { lanes, per_server: usize::try_from(per_server.max(1)).unwrap_or(usize::MAX), first: 0 }
    }

    /// The guest that begins now; the servers take turns.
    pub(super) fn begin(&mut self) -> Option<usize> {
        let count = self.lanes.len();
        for step in 0..count {
            let at = (self.first + step) % count;
            let lane = &mut self.lanes[at];
            if lane.running >= self.per_server {
                continue;
            }
            if let Some(guest) = lane.waiting.pop_front() {
                lane.running += 1;
                self.first = at + 1;
                return Some(guest);
            }
        }
        None
    }

    /// A guest of this server that began is done.
    pub(super) fn done(&mut self, server: ServerId) {
        if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.server == server) {
            lane.running = lane.running.saturating_sub(1);
        }
    }

    /// Takes out all guests that wait, in the order that was asked for.
    pub(super) fn clear(&mut self) -> Vec<usize> {
        let mut all: Vec<usize> = self.lanes.iter_mut().flat_map(|lane| lane.waiting.drain(..)).collect();
        all.sort_unstable();
        all
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn server(n: u8) -> ServerId {
        Uuid::from_u128(n.into()).into()
    }

    #[test]
    fn servers_take_turns_and_hold_up_nobody_else() {
        let mut queue = Queue::new([1, 1, 1, 2, 1, 2].map(server), 2);
        let begun: Vec<usize> = std::iter::from_fn(|| queue.begin()).collect();
        assert_eq!(begun, [0, 3, 1, 5], "two of each server, in turns");
        queue.done(server(2));
        assert_eq!(queue.begin(), None, "the other server is still busy");
        queue.done(server(1));
        assert_eq!(queue.begin(), Some(2));
        assert_eq!(queue.clear(), [4]);
        assert_eq!(queue.begin(), None);
    }

    proptest! {
        #[test]
        fn every_guest_has_one_turn_and_no_server_more_than_its_share(
            servers in proptest::collection::vec(0_u8..6, 1..60),
            per_server in 1_u32..11,
            ends in proptest::collection::vec(any::<prop::sample::Index>(), 60),
        ) {
            let mut queue = Queue::new(servers.iter().map(|n| server(*n)), per_server);
            let (mut running, mut seen, mut ends) = (Vec::new(), Vec::new(), ends.into_iter());
            loop {
                while let Some(guest) = queue.begin() {
                    running.push(guest);
                    seen.push(guest);
                }
                let mut busy: HashMap<u8, u32> = HashMap::new();
                for guest in &running {
                    *busy.entry(servers[*guest]).or_default() += 1;
                }
                prop_assert!(busy.values().all(|count| *count <= per_server));
                if running.is_empty() {
                    break;
                }
                let ended = running.swap_remove(ends.next().unwrap().index(running.len()));
                queue.done(server(servers[ended]));
            }
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..servers.len()).collect::<Vec<_>>());
        }

        #[test]
        fn a_server_begins_its_guests_in_the_order_that_was_asked_for(
            servers in proptest::collection::vec(0_u8..3, 1..40),
        ) {
            let mut queue = Queue::new(servers.iter().map(|n| server(*n)), 10);
            let mut last: HashMap<u8, usize> = HashMap::new();
            while let Some(guest) = queue.begin() {
                queue.done(server(servers[guest]));
                let before = last.insert(servers[guest], guest);
                prop_assert!(before.is_none_or(|before| before < guest));
            }
            prop_assert!(queue.clear().is_empty());
        }
    }
}
