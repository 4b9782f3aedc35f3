//! Incarnations: PVE uses vmids again, and the next 105 may be another customer's.
//!
//! For each guest with assignments its mark is read once when the vmid appears or returns, and again when the row
//! looks like another guest's. An assignment without a mark takes the one it finds. Another mark, or a vmid that is
//! gone from a complete answer, puts it to sleep; the same mark wakes it. Nobody else is ever woken here.

use std::collections::HashMap;
use std::collections::hash_map::Entry as MapEntry;

use nexus_model::{Assignment, GuestKey, GuestKind, Incarnation};
use nexus_pve::{ClusterStatus, GuestConfig};
use nexus_store::Whose;
use serde_json::json;

use super::endpoint::pve_guest;
use super::rows::{GuestRow, Number, Snapshot};
use super::{Entry, Inventory};
use crate::access::Who;
use crate::audit::Entry as Record;

/// The marks that were read, each with what the row looked like then.
#[derive(Debug, Default)]
pub(super) struct Marks(HashMap<Number, Known>);

#[derive(Debug, Clone)]
struct Known {
    mark: Option<Incarnation>,
    name: String,
    uptime: Option<u64>,
}

impl Marks {
    /// The mark, if it was read and the row still looks like the same guest's: a new guest begins stopped, or with
    /// another name.
    fn of(&mut self, row: &GuestRow) -> Option<Option<Incarnation>> {
        match self.0.entry((row.key.kind, row.key.vmid)) {
            MapEntry::Vacant(_) => None,
            MapEntry::Occupied(mut known) => {
                let began_anew = known.get().uptime.is_some() && row.uptime_seconds < known.get().uptime;
                if known.get().name != row.name || began_anew {
                    known.remove();
                    return None;
                }
                known.get_mut().uptime = row.uptime_seconds;
                Some(known.get().mark.clone())
            }
        }
    }

    fn learn(&mut self, row: &GuestRow, mark: Option<Incarnation>) {
        let known = Known { mark, name: row.name.clone(), uptime: row.uptime_seconds };
        self.0.insert((row.key.kind, row.key.vmid), known);
    }

    fn forget_absent(&mut self, snapshot: &Snapshot) {
        self.0.retain(|number, _| snapshot.guests.contains_key(number));
    }
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

/// What is to be done with an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Leave,
    Tie(Incarnation),
    Sleep,
    Wake,
}

/// Compares an assignment with the guest that has its vmid now.
fn judge(assignment: &Assignment, mark: Option<&Incarnation>) -> Verdict {
    match (&assignment.incarnation, mark) {
        (None, Some(mark)) if !assignment.asleep => Verdict::Tie(mark.clone()),
        (Some(own), Some(mark)) if own == mark => {
            if assignment.asleep {
                Verdict::Wake
            } else {
                Verdict::Leave
            }
        }
        (Some(_), _) if !assignment.asleep => Verdict::Sleep,
        _ => Verdict::Leave,
    }
}

impl Inventory {
    /// Compares the server's assignments with its newest picture.
    pub(super) async fn tend_marks(&self, entry: &Entry) -> nexus_store::Result<()> {
        let Some(snapshot) = entry.snapshot() else { return Ok(()) };
        let mut read = self.inner.store.system_read(&self.inner.system).await?;
        let assignments = read.assignments_of_server(entry.endpoint.tenant, entry.endpoint.id).await?;
        drop(read);
        entry.picture().marks.forget_absent(&snapshot);
        let mut whole: Option<bool> = None;
        for assignment in assignments {
            let verdict = match snapshot.guest(assignment.guest) {
                Some(row) => match self.mark(entry, &row).await {
                    Some(mark) => judge(&assignment, mark.as_ref()),
                    None => Verdict::Leave,
                },
                None if assignment.asleep || !snapshot.complete => Verdict::Leave,
                None => {
                    let sure = match whole {
                        Some(sure) => sure,
                        None => *whole.insert(sees_everything(entry).await),
                    };
                    if sure { Verdict::Sleep } else { Verdict::Leave }
                }
            };
            self.carry_out(entry, &assignment, verdict).await?;
        }
        Ok(())
    }

    /// The guest's mark; `None` when it cannot be read now.
    async fn mark(&self, entry: &Entry, row: &GuestRow) -> Option<Option<Incarnation>> {
        let known = entry.picture().marks.of(row);
        if known.is_some() {
            return known;
        }
        let config = entry.endpoint.client.guest_config(pve_guest(row.key, &row.node)).await.ok()?;
        let mark = mark_of(row.key.kind, &config);
        entry.picture().marks.learn(row, mark.clone());
        Some(mark)
    }

    async fn carry_out(&self, entry: &Entry, assignment: &Assignment, verdict: Verdict) -> nexus_store::Result<()> {
        let tenant = entry.endpoint.tenant;
        let asleep = match verdict {
            Verdict::Leave => return Ok(()),
            Verdict::Tie(mark) => {
                let mut write = self.inner.store.system_write(&self.inner.system).await?;
                write.mark_assignment(tenant, assignment.id, &mark).await?;
                return write.commit().await;
            }
            Verdict::Sleep => true,
            Verdict::Wake => false,
        };
        let mut write = self.inner.store.system_write(&self.inner.system).await?;
        if write.set_assignment_asleep(tenant, assignment.id, asleep).await? {
            write.rights_changed(Whose::User(assignment.user)).await?;
            let record = sleep_record(assignment, asleep);
            self.inner.audit.record_as_system(&mut write, Some(tenant), &Who::system("inventory"), record).await?;
        }
        write.commit().await
    }
}

fn sleep_record(assignment: &Assignment, asleep: bool) -> Record {
    let GuestKey { server, kind, vmid } = assignment.guest;
    let (action, detail) = if asleep {
        ("assignment.sleep", "the guest is gone, or another one has its number")
    } else {
        ("assignment.wake", "the same guest is there again")
    };
    Record::new(action, "assignment", assignment.id, format!("{kind}/{vmid}"))
        .after(json!({ "user": assignment.user, "server": server, "asleep": asleep }))
        .detail(detail)
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
    use nexus_model::GuestPermissions;
    use uuid::Uuid;

    use super::*;

    fn assignment(mark: Option<&str>, asleep: bool) -> Assignment {
        Assignment {
            id: Uuid::from_u128(1).into(),
            user: Uuid::from_u128(2).into(),
            guest: GuestKey { server: Uuid::from_u128(3).into(), kind: GuestKind::Qemu, vmid: 105 },
            incarnation: mark.map(|mark| Incarnation(mark.into())),
            permissions: GuestPermissions::ALL,
            until: None,
            asleep,
        }
    }

    #[test]
    fn rights_belong_to_one_incarnation() {
        let (a, b) = (Incarnation("a".into()), Incarnation("b".into()));
        assert_eq!(judge(&assignment(None, false), Some(&a)), Verdict::Tie(a.clone()));
        assert_eq!(judge(&assignment(Some("a"), false), Some(&a)), Verdict::Leave);
        assert_eq!(judge(&assignment(Some("a"), false), Some(&b)), Verdict::Sleep);
        assert_eq!(judge(&assignment(Some("a"), false), None), Verdict::Sleep);
        assert_eq!(judge(&assignment(Some("a"), true), Some(&a)), Verdict::Wake);
        assert_eq!(judge(&assignment(Some("a"), true), Some(&b)), Verdict::Leave);
        assert_eq!(judge(&assignment(None, true), Some(&a)), Verdict::Leave, "only an admin wakes what has no mark");
    }

    fn row(name: &str, uptime: Option<u64>) -> GuestRow {
        let said = nexus_pve::GuestResource {
            name: Some(name.into()),
            uptime,
            ..super::super::rows::tests::said(105, nexus_pve::RunState::Running)
        };
        let snapshot = Snapshot::build(
            Uuid::from_u128(3).into(),
            vec![said],
            true,
            None,
            &super::super::rows::Overlay::default(),
            nexus_model::Micros(0),
        );
        (*snapshot.guests()[0]).clone()
    }

    #[test]
    fn a_row_that_looks_like_another_guest_is_read_again() {
        let mut marks = Marks::default();
        let mark = Some(Incarnation("a".into()));
        assert_eq!(marks.of(&row("web", Some(10))), None);
        marks.learn(&row("web", Some(10)), mark.clone());
        assert_eq!(marks.of(&row("web", Some(20))), Some(mark.clone()));
        assert_eq!(marks.of(&row("web", Some(5))), None);
        marks.learn(&row("web", Some(5)), mark.clone());
        assert_eq!(marks.of(&row("web", None)), None);
        marks.learn(&row("web", None), mark);
        assert_eq!(marks.of(&row("db", None)), None);
    }
}
