//! The console ports of the nodes: 5900 to 5999 each, lowest free one first, one connection each.
//!
//! Ports are numbers only, nothing listens on them: the HTTP side reaches the worker through the table.

use std::collections::HashMap;

use tokio::time::Instant;

use super::Target;

/// The first port PVE gives out.
const FIRST: u16 = 5900;
/// The last port PVE gives out.
const LAST: u16 = 5999;

/// What stands behind a port that is taken.
#[derive(Debug)]
struct Slot<W> {
    /// Tells apart two workers that had the same port one after the other.
    serial: u64,
    /// The worker that waits for a connection; none while a connection is served or after the worker ended.
    waiting: Option<W>,
    target: Target,
    ended: bool,
    reserved_until: Instant,
}

/// The ports of all nodes; `W` is whatever waits behind one.
#[derive(Debug)]
pub(super) struct Ports<W> {
    slots: HashMap<(String, u16), Slot<W>>,
    serial: u64,
}

/// A port that was given out, for the calls that follow.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    pub(super) node: String,
    pub(super) port: u16,
    serial: u64,
}

impl<W> Ports<W> {
    pub(super) fn new() -> Self {
        Self { slots: HashMap::new(), serial: 0 }
    }

    /// Takes the lowest free port of the node; nobody waits behind it yet.
    pub(super) fn reserve(&mut self, node: &str, target: Target, reserved_until: Instant) -> Option<Lease> {
        let now = Instant::now();
        let port = (FIRST..=LAST).find(|port| {
            self.slots.get(&(node.to_owned(), *port)).is_none_or(|slot| slot.ended && slot.reserved_until <= now)
        })?;
        self.serial += 1;
        let slot = Slot { serial: self.serial, waiting: None, target, ended: false, reserved_until };
        self.slots.insert((node.to_owned(), port), slot);
        Some(Lease { node: node.to_owned(), port, serial: self.serial })
    }

    fn slot(&mut self, lease: &Lease) -> Option<&mut Slot<W>> {
        self.slots.get_mut(&(lease.node.clone(), lease.port)).filter(|slot| slot.serial == lease.serial)
    }

    /// Lets the worker wait behind its port (for the first time or, with vncterm, again).
    pub(super) fn wait(&mut self, lease: &Lease, worker: W) {
        if let Some(slot) = self.slot(lease) {
            slot.waiting = Some(worker);
        }
    }

    /// Takes back a worker that still waits, at the end of its time. The port is free afterwards.
    pub(super) fn expire(&mut self, lease: &Lease) -> Option<W> {
        let slot = self.slot(lease)?;
        let worker = slot.waiting.take()?;
        slot.ended = true;
        Some(worker)
    }

    /// Marks the worker's end: the port is free as soon as its reservation is over.
    pub(super) fn end(&mut self, lease: &Lease) {
        if let Some(slot) = self.slot(lease) {
            slot.waiting = None;
            slot.ended = true;
        }
    }

    /// The worker that waits behind the port, for the one connection it takes.
    pub(super) fn connect(&mut self, node: &str, port: u16) -> Option<(Lease, W)> {
        let slot = self.slots.get_mut(&(node.to_owned(), port))?;
        let worker = slot.waiting.take()?;
        Some((Lease { node: node.to_owned(), port, serial: slot.serial }, worker))
    }

    /// Whose worker waits behind the port.
    pub(super) fn listener(&self, node: &str, port: u16) -> Option<Target> {
        let slot = self.slots.get(&(node.to_owned(), port))?;
        slot.waiting.is_some().then_some(slot.target)
    }

    /// Forgets every worker that waits.
    pub(super) fn clear(&mut self) {
        for slot in self.slots.values_mut() {
            slot.waiting = None;
            slot.ended = true;
        }
    }
}
