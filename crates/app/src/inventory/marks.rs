//! Incarnations: PVE uses vmids again, and the next 105 may be another customer's.
//!
//! For each guest with assignments its mark is read when the vmid appears or returns, when the row looks like another
//! guest's, and every few minutes besides. An assignment without a mark takes the one it finds. Another mark, a vmid
//! that is gone from a complete answer, or a guest that looks like another and whose mark cannot be read puts it to
//! sleep; the same mark wakes it. Nobody else is ever woken here. Favourites sleep and wake in the same way; they give no
//! right, and so a guest that only looks like another keeps them, and their marks are read once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use nexus_model::{Assignment, GuestKey, GuestKind, GuestStatus, Incarnation, Subject, Target, TenantId};
use nexus_pve::{ClusterStatus, GuestConfig};
use nexus_store::{MarkedGuest, System, whose};
use serde_json::json;
use tokio::time::Instant;

use super::endpoint::{Whereabouts, pve_guest};
use super::rows::{GuestRow, Number, Snapshot};
use super::{Entry, Inventory};
use crate::access::Who;
use crate::audit::Entry as Record;

/// How old a mark may be before it is read again.
const RENEW: Duration = Duration::from_secs(180);
/// How long a guest is left alone whose mark could not be read.
const RETRY: Duration = Duration::from_secs(10);
/// How many marks of a server are read at a time.
const AT_ONCE: usize = 4;
/// How long one turn may read marks.
const READING: Duration = Duration::from_secs(10);

/// What is known of the marks, each with what the row looked like when it was read.
#[derive(Debug, Default)]
pub(super) struct Marks(HashMap<Number, Known>);

#[derive(Debug, Default)]
struct Known {
    /// As it was read last; the inner `None` is a configuration without one.
    mark: Option<Option<Incarnation>>,
    name: String,
    uptime: Option<u64>,
    running: bool,
    /// The row looked like another guest's since the mark was read.
    unlike: bool,
    read: Option<Instant>,
    failed: Option<Instant>,
}

/// What can be said of the guest that has a vmid now.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    /// Its mark was not read yet.
    Unread,
    /// It has this mark, or none.
    Mark(Option<Incarnation>),
    /// It may be another guest than the one whose mark was read.
    Unlike,
}

/// How pressing it is to read a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Unlike,
    Unread,
    Old,
}

impl Marks {
    /// Compares with how the rows look now. A new guest begins stopped, or with another name, and with a new uptime.
    fn watch(&mut self, numbers: &HashSet<Number>, snapshot: &Snapshot) {
        self.0.retain(|number, _| numbers.contains(number));
        for (number, known) in &mut self.0 {
            match snapshot.guests.get(number) {
                Some(row) => known.compare(row),
                None => known.unlike |= known.mark.is_some(),
            }
        }
    }

    /// Whether a guest's mark is to be read now.
    fn due(&self, row: &GuestRow, now: Instant) -> Option<Due> {
        if row.status == GuestStatus::Unknown {
            return None;
        }
        let Some(known) = self.0.get(&number(row)) else { return Some(Due::Unread) };
        let passed = |since: Option<Instant>, time| since.is_none_or(|since| now.duration_since(since) >= time);
        if !passed(known.failed, RETRY) {
            return None;
        }
        match known.mark {
            None => Some(Due::Unread),
            Some(_) if known.unlike => Some(Due::Unlike),
            Some(_) => passed(known.read, RENEW).then_some(Due::Old),
        }
    }

    fn seen(&self, number: Number) -> Seen {
        match self.0.get(&number) {
            Some(Known { unlike: true, .. }) => Seen::Unlike,
            Some(Known { mark: Some(mark), .. }) => Seen::Mark(mark.clone()),
            Some(_) | None => Seen::Unread,
        }
    }

    fn learn(&mut self, row: &GuestRow, mark: Option<Incarnation>, now: Instant) {
        let known = Known {
            mark: Some(mark),
            name: row.name.clone(),
            uptime: row.uptime_seconds,
            running: runs(row),
            unlike: false,
            read: Some(now),
            failed: None,
        };
        self.0.insert(number(row), known);
    }

    fn failed(&mut self, row: &GuestRow, now: Instant) {
        self.0.entry(number(row)).or_default().failed = Some(now);
    }
}

impl Known {
    fn compare(&mut self, row: &GuestRow) {
        // A row of a node that is away tells nothing.
        if self.mark.is_none() || row.status == GuestStatus::Unknown {
            return;
        }
        let began_anew = !self.running && runs(row) || row.uptime_seconds < self.uptime;
        self.unlike |= began_anew || self.name != row.name;
        self.uptime = row.uptime_seconds;
        self.running = runs(row);
    }
}

fn number(row: &GuestRow) -> Number {
    of_key(row.key)
}

fn of_key(guest: GuestKey) -> Number {
    (guest.kind, guest.vmid)
}

fn runs(row: &GuestRow) -> bool {
    matches!(row.status, GuestStatus::Running | GuestStatus::Paused)
}

/// The mark in a guest's configuration: for VMs SMBIOS uuid or creation time, for containers their hardware addresses.
fn mark_of(kind: GuestKind, config: &GuestConfig) -> Option<Incarnation> {
    if kind == GuestKind::Qemu {
        return config.incarnation().map(Incarnation);
    }
    let nets = (0..32).filter_map(|n| config.get(&format!("net{n}")));
    let mut addresses: Vec<String> = nets
        .flat_map(|net| net.split(','))
        .filter_map(|part| part.strip_prefix("hwaddr="))
        .map(str::to_ascii_lowercase)
        .collect();
    addresses.sort_unstable();
    (!addresses.is_empty()).then(|| Incarnation(format!("hwaddr:{}", addresses.join("+"))))
}

/// What is to be done with an assignment or with favourites.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Leave,
    Tie(Incarnation),
    Sleep,
    Wake,
}

/// Compares what is on one incarnation, asleep or not, with the guest that has its vmid now.
fn judge(incarnation: Option<&Incarnation>, asleep: bool, seen: &Seen) -> Verdict {
    match (incarnation, seen) {
        (None, Seen::Mark(Some(mark))) if !asleep => Verdict::Tie(mark.clone()),
        (Some(own), Seen::Mark(Some(mark))) if own == mark => {
            if asleep {
                Verdict::Wake
            } else {
                Verdict::Leave
            }
        }
        (Some(_), Seen::Mark(_) | Seen::Unlike) if !asleep => Verdict::Sleep,
        _ => Verdict::Leave,
    }
}

/// One comparison with a picture.
struct Turn<'a> {
    entry: &'a Entry,
    snapshot: Arc<Snapshot>,
    /// Whether what is not in the picture is really gone, once it was asked.
    whole: Option<bool>,
}

impl Turn<'_> {
    fn seen(&self, guest: GuestKey) -> Seen {
        self.entry.picture().marks.seen(of_key(guest))
    }

    async fn judge(&mut self, guest: GuestKey, incarnation: Option<&Incarnation>, asleep: bool) -> Verdict {
        if self.snapshot.guest(guest).is_some() {
            return judge(incarnation, asleep, &self.seen(guest));
        }
        if asleep || !self.snapshot.complete {
            return Verdict::Leave;
        }
        let whole = match self.whole {
            Some(whole) => whole,
            None => *self.whole.insert(sees_everything(self.entry).await),
        };
        if whole { Verdict::Sleep } else { Verdict::Leave }
    }
}

impl Inventory {
    /// Compares the server's assignments and favourites with its newest picture; `nodes` are the ones that are there.
    pub(super) async fn tend_marks(&self, entry: &Entry, nodes: &[String]) -> nexus_store::Result<()> {
        let Some(snapshot) = entry.snapshot() else { return Ok(()) };
        let mut read = self.inner.store.system_read(&self.inner.system).await?;
        let (tenant, server) = (entry.endpoint.tenant, entry.endpoint.id);
        let assignments = read.assignments_of_server(tenant, server).await?;
        let favourites = read.marked_guests(tenant, server).await?;
        drop(read);
        let assigned: HashSet<Number> = assignments.iter().filter_map(guest_of).map(of_key).collect();
        let mut numbers = assigned.clone();
        numbers.extend(favourites.iter().map(|marked| of_key(marked.guest)));
        entry.picture().marks.watch(&numbers, &snapshot);
        read_marks(entry, &snapshot, (&numbers, &assigned), nodes).await;
        let mut turn = Turn { entry, snapshot, whole: None };
        for assignment in assignments {
            let Some(guest) = guest_of(&assignment) else { continue };
            let verdict = turn.judge(guest, assignment.incarnation.as_ref(), assignment.asleep).await;
            self.carry_out(entry, &assignment, verdict).await?;
        }
        self.tend_favourites(&mut turn, favourites).await
    }

    async fn tend_favourites(&self, turn: &mut Turn<'_>, favourites: Vec<MarkedGuest>) -> nexus_store::Result<()> {
        let mut changes = Vec::new();
        for marked in favourites {
            let is_there = turn.snapshot.guest(marked.guest).is_some();
            if is_there && turn.seen(marked.guest) == Seen::Unlike {
                continue;
            }
            let verdict = turn.judge(marked.guest, marked.incarnation.as_ref(), marked.asleep).await;
            if verdict != Verdict::Leave {
                changes.push((marked, verdict));
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        let tenant = turn.entry.endpoint.tenant;
        let mut write = self.inner.store.system_write(&self.inner.system).await?;
        if !is_at(&mut write, turn.entry).await? {
            return Ok(());
        }
        for (marked, verdict) in changes {
            match verdict {
                Verdict::Leave => {}
                Verdict::Tie(mark) => write.tie_favourites(tenant, marked.guest, &mark).await?,
                Verdict::Sleep => write.set_favourites_asleep(tenant, &marked, true).await?,
                Verdict::Wake => write.set_favourites_asleep(tenant, &marked, false).await?,
            }
        }
        write.commit().await
    }

    async fn carry_out(&self, entry: &Entry, assignment: &Assignment, verdict: Verdict) -> nexus_store::Result<()> {
        let tenant = entry.endpoint.tenant;
        if verdict == Verdict::Leave {
            return Ok(());
        }
        let mut write = self.inner.store.system_write(&self.inner.system).await?;
        if verdict != Verdict::Sleep && !is_at(&mut write, entry).await? {
            return Ok(());
        }
        if let Verdict::Tie(mark) = verdict {
            write.mark_assignment(tenant, assignment.id, &mark).await?;
            return write.commit().await;
        }
        self.set_asleep(&mut write, tenant, assignment, verdict == Verdict::Sleep).await?;
        write.commit().await
    }

    async fn set_asleep(
        &self,
        write: &mut System<'_>,
        tenant: TenantId,
        assignment: &Assignment,
        asleep: bool,
    ) -> nexus_store::Result<()> {
        if write.set_assignment_asleep(tenant, assignment.id, asleep).await? {
            write.rights_changed(whose(tenant, assignment.subject)).await?;
            let record = sleep_record(assignment, asleep, None);
            self.inner.audit.record_as_system(write, Some(tenant), &Who::system("inventory"), record).await?;
        }
        Ok(())
    }
}

/// Reads the marks of `numbers` that are due, the most pressing and those of `assigned` first: one request per guest, a
/// few at a time, within a limit. The others are not read again because they are old.
async fn read_marks(
    entry: &Entry,
    snapshot: &Snapshot,
    (numbers, assigned): (&HashSet<Number>, &HashSet<Number>),
    nodes: &[String],
) {
    let now = Instant::now();
    let mut due: Vec<(Due, bool, Arc<GuestRow>)> = {
        let marks = &entry.picture().marks;
        let rows = numbers.iter().filter_map(|number| snapshot.guests.get(number));
        let there = rows.filter(|row| nodes.contains(&row.node));
        let due = there.filter_map(|row| {
            let (due, other) = (marks.due(row, now)?, !assigned.contains(&number(row)));
            (due != Due::Old || !other).then(|| (due, other, Arc::clone(row)))
        });
        due.collect()
    };
    due.sort_by_key(|(due, other, row)| (*due, *other, row.key.vmid));
    let reads: Vec<_> = due.into_iter().map(|(_, _, row)| read_mark(entry, row)).collect();
    let all = stream::iter(reads).buffer_unordered(AT_ONCE).collect::<()>();
    if tokio::time::timeout(READING, all).await.is_err() {
        tracing::warn!(server.id = %entry.endpoint.id, "guests' marks are read too slowly; some are left for later");
    }
}

async fn read_mark(entry: &Entry, row: Arc<GuestRow>) {
    let config = entry.endpoint.client.guest_config(pve_guest(row.key, &row.node)).await;
    let marks = &mut entry.picture().marks;
    match config {
        Ok(config) => marks.learn(&row, mark_of(row.key.kind, &config), Instant::now()),
        Err(_) => marks.failed(&row, Instant::now()),
    }
}

/// Whether the stored server is still where its answers came from; holds until the transaction ends.
async fn is_at(write: &mut System<'_>, entry: &Entry) -> nexus_store::Result<bool> {
    let endpoint = &entry.endpoint;
    write.lock_tenant(endpoint.tenant).await?;
    let server = write.any_server(endpoint.id).await?;
    Ok(server.is_some_and(|server| Whereabouts::of(&server) == endpoint.place))
}

/// The one guest that an assignment is about.
fn guest_of(assignment: &Assignment) -> Option<GuestKey> {
    if let Target::Guest(guest) = assignment.target { Some(guest) } else { None }
}

/// What is recorded of an assignment that was put to sleep or woken.
pub(crate) fn sleep_record(assignment: &Assignment, asleep: bool, why: Option<&'static str>) -> Record {
    let target = assignment.target.key();
    let (action, detail) = if asleep {
        ("assignment.sleep", "the guest is gone, or another one has its number")
    } else {
        ("assignment.wake", "the same guest is there again")
    };
    let subject = match assignment.subject {
        Subject::User(user) => json!({ "user": user }),
        Subject::Group(group) => json!({ "group": group }),
    };
    let after = json!({ "subject": subject, "asleep": asleep });
    Record::new(action, "assignment", assignment.id, target).after(after).detail(why.unwrap_or(detail))
}

/// Whether an absent guest is really gone: the cluster is quorate, and the token may see all guests.
async fn sees_everything(entry: &Entry) -> bool {
    let client = &entry.endpoint.client;
    let Ok(permissions) = client.permissions().await else { return false };
    let all = ["/", "/vms"].iter().any(|path| permissions.on(path, "VM.Audit"));
    let quorate = match client.cluster_status().await {
        Ok(rows) => !rows.iter().any(|row| matches!(row, ClusterStatus::Cluster { quorate: false, .. })),
        Err(_) => false,
    };
    all && quorate
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn rights_belong_to_one_incarnation() {
        let mark = |mark: &str| Seen::Mark(Some(Incarnation(mark.into())));
        let judge = |own: Option<&str>, asleep, seen: &Seen| {
            super::judge(own.map(|own| Incarnation(own.into())).as_ref(), asleep, seen)
        };
        let (a, b) = (mark("a"), mark("b"));
        assert_eq!(judge(None, false, &a), Verdict::Tie(Incarnation("a".into())));
        assert_eq!(judge(Some("a"), false, &a), Verdict::Leave);
        assert_eq!(judge(Some("a"), false, &b), Verdict::Sleep);
        assert_eq!(judge(Some("a"), false, &Seen::Mark(None)), Verdict::Sleep);
        assert_eq!(judge(Some("a"), false, &Seen::Unlike), Verdict::Sleep);
        assert_eq!(judge(Some("a"), false, &Seen::Unread), Verdict::Leave);
        assert_eq!(judge(Some("a"), true, &a), Verdict::Wake);
        assert_eq!(judge(Some("a"), true, &b), Verdict::Leave);
        assert_eq!(judge(Some("a"), true, &Seen::Unlike), Verdict::Leave);
        assert_eq!(judge(None, false, &Seen::Unlike), Verdict::Leave);
        assert_eq!(judge(None, true, &a), Verdict::Leave, "only an admin wakes what has no mark");
    }

    fn picture(name: &str, state: nexus_pve::RunState, uptime: Option<u64>) -> Snapshot {
        let said =
            nexus_pve::GuestResource { name: Some(name.into()), uptime, ..super::super::rows::tests::said(105, state) };
        let overlay = super::super::rows::Overlay::default();
        let said = super::super::rows::Said { guests: vec![said], ..Default::default() };
        Snapshot::build(Uuid::from_u128(3).into(), said, None, &overlay, nexus_model::Micros(0))
    }

    const NUMBER: Number = (GuestKind::Qemu, 105);

    /// What is seen when a guest that looked like `before` when its mark was read looks like `after`.
    fn seen_after(before: &Snapshot, after: &[&Snapshot]) -> Seen {
        let (mut marks, numbers) = (Marks::default(), HashSet::from([NUMBER]));
        marks.learn(&before.guests[&NUMBER], Some(Incarnation("a".into())), Instant::now());
        for snapshot in after {
            marks.watch(&numbers, snapshot);
        }
        marks.seen(NUMBER)
    }

    #[test]
    fn a_row_that_looks_like_another_guest_is_read_again() {
        use nexus_pve::RunState::{Running, Stopped, Unknown};
        let mark = Seen::Mark(Some(Incarnation("a".into())));
        let runs = |uptime| picture("web", Running, Some(uptime));
        let stopped = picture("web", Stopped, None);
        let away = picture("web", Unknown, None);
        assert_eq!(seen_after(&runs(10), &[&runs(20)]), mark);
        assert_eq!(seen_after(&runs(10), &[&away, &runs(20)]), mark);
        assert_eq!(seen_after(&stopped, &[&stopped]), mark);
        assert_eq!(seen_after(&runs(10), &[&runs(5)]), Seen::Unlike);
        assert_eq!(seen_after(&runs(10), &[&away, &runs(5)]), Seen::Unlike);
        assert_eq!(seen_after(&runs(10), &[&stopped]), Seen::Unlike);
        assert_eq!(seen_after(&stopped, &[&runs(5)]), Seen::Unlike, "stopped, replaced and started");
        assert_eq!(seen_after(&runs(10), &[&picture("db", Running, Some(20))]), Seen::Unlike);
        assert_eq!(seen_after(&runs(10), &[&runs(5), &runs(20)]), Seen::Unlike, "until it is read");
        let mut gone = runs(10);
        gone.guests.clear();
        assert_eq!(seen_after(&runs(10), &[&gone, &runs(20)]), Seen::Unlike, "gone and back");
    }

    #[test]
    fn marks_are_read_when_they_are_due_and_not_where_it_failed_just_now() {
        use nexus_pve::RunState::{Running, Unknown};
        let (start, numbers) = (Instant::now(), HashSet::from([NUMBER]));
        let (old, new) = (picture("web", Running, Some(10)), picture("web", Running, Some(5)));
        let row = |snapshot: &Snapshot| Arc::clone(&snapshot.guests[&NUMBER]);
        let mut marks = Marks::default();
        assert_eq!(marks.due(&row(&picture("web", Unknown, None)), start), None);
        assert_eq!(marks.due(&row(&old), start), Some(Due::Unread));
        marks.failed(&row(&old), start);
        assert_eq!((marks.due(&row(&old), start), marks.seen(NUMBER)), (None, Seen::Unread));
        assert_eq!(marks.due(&row(&old), start + RETRY), Some(Due::Unread));
        marks.learn(&row(&old), None, start);
        assert_eq!(marks.due(&row(&old), start + RETRY), None);
        assert_eq!(marks.due(&row(&old), start + RENEW), Some(Due::Old));
        marks.watch(&numbers, &new);
        assert_eq!(marks.due(&row(&new), start), Some(Due::Unlike));
        marks.failed(&row(&new), start);
        assert_eq!((marks.due(&row(&new), start), marks.seen(NUMBER)), (None, Seen::Unlike));
        marks.watch(&HashSet::new(), &new);
        assert_eq!(marks.seen(NUMBER), Seen::Unread, "nobody has rights on it any more");
    }
}
