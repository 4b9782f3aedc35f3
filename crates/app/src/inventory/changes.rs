//! Which guests PVE's own list of tasks names as changed, while somebody watches. Only those are asked for their state,
//! so that what happens behind Nexus' back shows within seconds and not with the next overview.
//!
//! Tasks are told apart by their ids alone: what a node's clock says does not count.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use nexus_model::{GuestKey, GuestKind};
use nexus_pve::TaskRow;
use tokio::time::Instant;

use super::{Entry, Inventory, Snapshot};

/// How many guests are asked in one turn; the others wait for the next.
const LOOKS: usize = 20;
/// How many of them at a time.
const AT_ONCE: usize = 4;
/// How many guests may wait: an answer may name any number.
const WAITING: usize = 1000;

/// What one server's task remembers of PVE's tasks.
#[derive(Debug)]
pub(super) struct Changes {
    /// The tasks of the last answer and whether they had ended; `None` before the first.
    seen: Option<HashMap<String, bool>>,
    /// Numbers of guests that are to be looked at.
    waiting: BTreeSet<u32>,
    next: Instant,
}

impl Changes {
    pub(super) fn new() -> Self {
        Self { seen: None, waiting: BTreeSet::new(), next: Instant::now() }
    }

    /// When tasks are asked for next.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// Notes the guests of tasks that began or ended since the last answer. Of the first answer none: the overview was
    /// fetched in the same moment.
    fn learn(&mut self, rows: &[TaskRow]) {
        let now: HashMap<String, bool> =
            rows.iter().map(|row| (row.upid.as_str().to_owned(), row.ended_at.is_some())).collect();
        if let Some(seen) = &self.seen {
            let moved = rows.iter().filter(|row| seen.get(row.upid.as_str()) != now.get(row.upid.as_str()));
            for vmid in moved.filter_map(guest_of) {
                if self.waiting.len() < WAITING {
                    self.waiting.insert(vmid);
                }
            }
        }
        self.seen = Some(now);
    }

    /// The numbers to look at now.
    fn take(&mut self) -> Vec<u32> {
        let taken: Vec<u32> = self.waiting.iter().copied().take(LOOKS).collect();
        for vmid in &taken {
            self.waiting.remove(vmid);
        }
        taken
    }
}

/// The guest that a task may have changed.
fn guest_of(row: &TaskRow) -> Option<u32> {
    let changes_nothing =
        matches!(row.upid.kind(), "vncproxy" | "termproxy" | "spiceproxy" | "vncshell" | "spiceshell");
    row.upid.id().parse().ok().filter(|vmid| *vmid >= 100 && !changes_nothing)
}

/// The guests with these numbers, and whether some are not in the picture.
fn find(snapshot: &Snapshot, vmids: &[u32]) -> (Vec<GuestKey>, bool) {
    let mut unknown = false;
    let known = vmids.iter().filter_map(|vmid| {
        let kinds = [GuestKind::Qemu, GuestKind::Lxc].into_iter();
        let found = kinds.map(|kind| (kind, *vmid)).find_map(|number| snapshot.guests.get(&number));
        unknown |= found.is_none();
        found.map(|row| row.key)
    });
    (known.collect(), unknown)
}

impl Inventory {
    /// Whether the server's tasks are worth asking for: somebody watches, and it answers.
    pub(super) fn follows_tasks(&self, entry: &Entry) -> bool {
        self.is_watched(entry.endpoint.tenant) && entry.health().failures == 0 && entry.snapshot().is_some()
    }

    /// Asks for tasks, and for the state of the guests that they name. Gives way to the overview when that is due.
    pub(super) async fn follow_tasks(&self, entry: &Entry, changes: &mut Changes, due: Instant) {
        let intervals = &self.inner.intervals;
        let least = Instant::now() + Duration::from_secs(1);
        match tokio::time::timeout_at(due.max(least), entry.endpoint.client.cluster_tasks()).await {
            Ok(Ok(rows)) => {
                changes.learn(&rows);
                // Empty is what a token reads that may not read tasks.
                let pace = if rows.is_empty() { intervals.tasks_seldom } else { intervals.tasks };
                changes.next = Instant::now() + pace;
            }
            Ok(Err(error)) => {
                let refused = matches!(error.status(), Some(401 | 403 | 501));
                changes.next = Instant::now() + if refused { intervals.tasks_seldom } else { intervals.watched };
                tracing::debug!(server.id = %entry.endpoint.id, %error, "tasks cannot be read");
                return;
            }
            Err(_) => {
                changes.next = Instant::now() + intervals.watched;
                return;
            }
        }
        let Some(snapshot) = entry.snapshot() else { return };
        let (guests, unknown) = find(&snapshot, &changes.take());
        if unknown && !entry.is_provided() {
            // A new guest; on a provided server it is most likely somebody else's.
            entry.wake.notify_one();
        }
        let looks = guests.into_iter().map(|guest| async move {
            // Where that fails the overview comes soon enough.
            let _ = self.look(entry.endpoint.tenant, guest).await;
        });
        let all = stream::iter(looks).buffer_unordered(AT_ONCE).collect::<()>();
        let _ = tokio::time::timeout_at(due.max(least), all).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(start: u32, kind: &str, id: &str, ended: bool) -> TaskRow {
        let upid = format!("UPID:pve1:00000431:0003A328:{start:08X}:{kind}:{id}:root@pam:").parse().unwrap();
        TaskRow { upid, ended_at: ended.then_some(1), exit: ended.then(|| "OK".to_owned()) }
    }

    #[test]
    fn tasks_that_begin_or_end_name_their_guests_once() {
        let mut changes = Changes::new();
        changes.learn(&[task(1, "qmstart", "100", true)]);
        assert!(changes.take().is_empty(), "what was before the first look is in the overview");
        let running = [task(1, "qmstart", "100", true), task(2, "qmshutdown", "101", false)];
        changes.learn(&running);
        assert_eq!(changes.take(), [101]);
        changes.learn(&running);
        assert!(changes.take().is_empty());
        changes.learn(&[task(2, "qmshutdown", "101", true), task(3, "vncproxy", "102", false)]);
        assert_eq!(changes.take(), [101], "it has ended; a console changes nothing");
        let odd = ["", "99", "pve1", "4294967296", "-100"].map(|id| task(9, "aptupdate", id, true));
        changes.learn(&odd);
        assert!(changes.take().is_empty());
    }

    #[test]
    fn a_clock_that_jumps_hides_nothing() {
        let mut changes = Changes::new();
        changes.learn(&[task(0x7000_0000, "qmstart", "100", true)]);
        changes.learn(&[task(0x7000_0000, "qmstart", "100", true), task(1, "qmstop", "100", true)]);
        assert_eq!(changes.take(), [100]);
    }

    #[test]
    fn an_answer_cannot_make_nexus_ask_without_limit() {
        let mut changes = Changes::new();
        changes.learn(&[]);
        let many: Vec<_> = (100..5000).map(|vmid| task(vmid, "qmstart", &vmid.to_string(), true)).collect();
        changes.learn(&many);
        let turns = std::iter::from_fn(|| Some(changes.take()).filter(|taken| !taken.is_empty()));
        let sizes: Vec<_> = turns.map(|taken| taken.len()).collect();
        assert_eq!((sizes.len(), sizes.iter().all(|size| *size == LOOKS)), (WAITING / LOOKS, true));
    }
}
