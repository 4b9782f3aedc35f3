//! Everybody who may ask, and what the permission table gives them.

use nexus_model::TenantId;
use testkit::{Browser, World};

use crate::table::{Needs, Operation};

/// What somebody is in the tenant that is asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Is {
    /// Not signed in.
    Nobody,
    /// Signed in, and not of this tenant.
    Stranger,
    /// A viewer, with the name of the one right on guest 102 that they were given.
    Viewer(Option<&'static str>),
    Manager,
    Admin,
    System,
    /// An admin of the tenant, which is closed.
    AdminOfClosed,
    /// A manager or viewer of the tenant, which is closed: it is not there for them.
    OfClosed,
    /// A system admin, where the tenant is closed.
    SystemInClosed,
}

/// One person, one tenant.
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) email: Option<&'static str>,
    pub(crate) is: Is,
    pub(crate) tenant: TenantId,
}

impl Person {
    pub(crate) async fn browser(&self, world: &World) -> Browser {
        match self.email {
            Some(email) => world.browser(email).await,
            None => world.nobody(),
        }
    }
}

/// Everybody, asking about the tenant `ours`; then those whom the closed tenant concerns, asking about that.
pub(crate) fn everybody(world: &World) -> Vec<Person> {
    use Is::{Admin, AdminOfClosed, Manager, Nobody, OfClosed, Stranger, System, SystemInClosed, Viewer};
    let person = |tenant, name, email, is| Person { name, email: Some(email), is, tenant };
    let ours = |name, email, is| person(world.ours.tenant, name, email, is);
    let closed = |name, email, is| person(world.closed, name, email, is);
    vec![
        Person { name: "nobody", email: None, is: Nobody, tenant: world.ours.tenant },
        ours("a user of no tenant", "stranger@nexus.example", Stranger),
        ours("an admin of another tenant", "admin@theirs.example", Stranger),
        ours("a manager of another tenant", "manager@theirs.example", Stranger),
        ours("a viewer of another tenant", "viewer-console@theirs.example", Stranger),
        ours("an admin of a closed tenant", "admin@closed.example", Stranger),
        ours("a viewer of a closed tenant", "viewer@closed.example", Stranger),
        ours("a viewer who is not verified", "unverified@ours.example", Viewer(None)),
        ours("a viewer without assignment", "viewer-none@ours.example", Viewer(None)),
        ours("a viewer who may view", "viewer-view@ours.example", Viewer(Some("view"))),
        ours("a viewer who may watch", "viewer-watch@ours.example", Viewer(Some("watch"))),
        ours("a viewer with the console", "viewer-console@ours.example", Viewer(Some("console"))),
        ours("a viewer with power", "viewer-power@ours.example", Viewer(Some("power"))),
        ours("a viewer with snapshots", "viewer-snapshot@ours.example", Viewer(Some("snapshot"))),
        ours("a manager", "manager@ours.example", Manager),
        ours("an admin", "admin@ours.example", Admin),
        ours("a system admin", "root@nexus.example", System),
        closed("a stranger in a closed tenant", "stranger@nexus.example", Stranger),
        closed("a closed tenant's viewer", "viewer@closed.example", OfClosed),
        closed("a closed tenant's manager", "manager@closed.example", OfClosed),
        closed("a closed tenant's admin", "admin@closed.example", AdminOfClosed),
        closed("a system admin in a closed tenant", "root@nexus.example", SystemInClosed),
    ]
}

/// The permission table: what a person gets.
pub(crate) fn expected(operation: &Operation, is: Is) -> u16 {
    refusal(operation, is).unwrap_or(operation.allowed)
}

/// With what somebody is refused; `None` where they may.
pub(crate) fn refusal(operation: &Operation, is: Is) -> Option<u16> {
    match operation.needs {
        Needs::Nothing => return None,
        _ if is == Is::Nobody => return Some(401),
        Needs::Session => return None,
        Needs::System => return unless(matches!(is, Is::System | Is::SystemInClosed)),
        Needs::Own => return Some(404),
        _ if matches!(is, Is::Stranger | Is::OfClosed) => return Some(404),
        _ => {}
    }
    let in_closed = matches!(is, Is::AdminOfClosed | Is::SystemInClosed);
    let is_admin = in_closed || matches!(is, Is::Admin | Is::System);
    let is_manager = is_admin || is == Is::Manager;
    match operation.needs {
        Needs::Nothing | Needs::Session | Needs::System | Needs::Own | Needs::Member => None,
        Needs::MemberChanges => unless(!in_closed),
        // The closed tenant has no server: what is asked about is another tenant's.
        Needs::Manager if in_closed && operation.path.contains("{server}") => Some(404),
        Needs::Manager => unless(is_manager),
        Needs::ManagerChanges => unless(is_manager && !in_closed),
        Needs::Admin => unless(is_admin),
        Needs::AdminChanges => unless(is_admin && !in_closed),
        Needs::View | Needs::Watch | Needs::Console | Needs::Power | Needs::Snapshot if in_closed => Some(404),
        Needs::View => on_guest(is, &["view", "watch", "console", "power", "snapshot"]),
        Needs::Watch => on_guest(is, &["watch", "console"]),
        Needs::Console => on_guest(is, &["console"]),
        Needs::Power => on_guest(is, &["power"]),
        Needs::Snapshot => on_guest(is, &["snapshot"]),
    }
}

fn unless(may: bool) -> Option<u16> {
    (!may).then_some(403)
}

/// Managers and up have every right on every guest; viewers what they were given, and every right shows the guest.
fn on_guest(is: Is, enough: &[&str]) -> Option<u16> {
    match is {
        Is::Viewer(None) => Some(404),
        Is::Viewer(Some(right)) if !enough.contains(&right) => Some(403),
        _ => None,
    }
}
