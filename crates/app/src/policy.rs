//! Who may do what: the one table, as functions of plain values. No I/O, no clock. Everything that decides a right
//! asks here, and a reviewed snapshot shows the whole table.
//!
//! A system admin is an admin of every tenant. A closed tenant is read-only for its admins and not there for others.

#[cfg(test)]
mod tests;

use nexus_model::{GuestPermissions, GuestRight, SystemRole, TenantRole, TokenScope, ViewerScope};

use crate::permission::TenantRight;

/// A person's place in one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// What they are to the installation.
    pub system_role: SystemRole,
    /// What they are in the tenant; `None` for who is not a member.
    pub role: Option<TenantRole>,
    /// Whether the tenant is open.
    pub is_active: bool,
    /// Which guests its viewers see.
    pub viewer_scope: ViewerScope,
}

/// The answer to "may they?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Allowed,
    /// They see it, and may not do that.
    Forbidden,
    /// For them there is no such thing.
    NotFound,
}

/// The role that counts; `None` for who has no place in the tenant.
#[must_use]
pub fn role(place: Place) -> Option<TenantRole> {
    let role = if place.system_role == SystemRole::Admin { Some(TenantRole::Admin) } else { place.role };
    role.filter(|role| place.is_active || *role == TenantRole::Admin)
}

/// Whether they may do something in the tenant.
#[must_use]
pub fn in_tenant(place: Place, right: TenantRight) -> Verdict {
    let Some(role) = role(place) else { return Verdict::NotFound };
    let (least, changes) = match right {
        TenantRight::SeeTenant | TenantRight::SeeGuests | TenantRight::SeeTasks => (TenantRole::Viewer, false),
        TenantRight::ActOnGuests => (TenantRole::Viewer, true),
        TenantRight::ManageServers | TenantRight::WritePve => (TenantRole::Manager, true),
        TenantRight::SeeServers | TenantRight::SeeMembers | TenantRight::SeeSettings | TenantRight::ReadPve => {
            (TenantRole::Manager, false)
        }
        TenantRight::SeeAudit | TenantRight::SeeAllConsoles => (TenantRole::Admin, false),
        TenantRight::DeleteServers
        | TenantRight::ManageMembers
        | TenantRight::ManageSettings
        | TenantRight::EndConsoles => (TenantRole::Admin, true),
    };
    if role >= least && (place.is_active || !changes) { Verdict::Allowed } else { Verdict::Forbidden }
}

/// Whether they may administer the installation: accounts, tenants, everything of everybody.
#[must_use]
pub const fn in_system(role: SystemRole) -> Verdict {
    match role {
        SystemRole::Admin => Verdict::Allowed,
        SystemRole::User => Verdict::Forbidden,
    }
}

/// Their rights on every guest of the tenant, whichever it is.
#[must_use]
pub fn on_all_guests(place: Place) -> GuestPermissions {
    let rights = match role(place) {
        None => GuestPermissions::NONE,
        Some(TenantRole::Manager | TenantRole::Admin) => GuestPermissions::ALL,
        Some(TenantRole::Viewer) => match place.viewer_scope {
            ViewerScope::Assigned => GuestPermissions::NONE,
            ViewerScope::All => GuestPermissions::NONE.with(GuestRight::View),
        },
    };
    while_open(place, rights)
}

/// Their rights on one guest on which `assigned` was given to them.
#[must_use]
pub fn on_guest(place: Place, assigned: GuestPermissions) -> GuestPermissions {
    if role(place).is_none() {
        return GuestPermissions::NONE;
    }
    on_all_guests(place).union(while_open(place, assigned))
}

/// In a closed tenant guests can be seen and nothing else.
fn while_open(place: Place, rights: GuestPermissions) -> GuestPermissions {
    if place.is_active || rights.is_empty() { rights } else { GuestPermissions::NONE.with(GuestRight::View) }
}

/// Whether rights on a guest are enough for `right`.
#[must_use]
pub fn with_rights(rights: GuestPermissions, right: GuestRight) -> Verdict {
    if rights.has(right) {
        Verdict::Allowed
    } else if rights.has(GuestRight::View) {
        Verdict::Forbidden
    } else {
        Verdict::NotFound
    }
}

/// The scope without which a token does not bring a right in a tenant; `None` where any token does.
#[must_use]
pub const fn scope_of(right: TenantRight) -> Option<TokenScope> {
    match right {
        TenantRight::SeeTenant => None,
        TenantRight::SeeGuests
        | TenantRight::SeeTasks
        | TenantRight::SeeServers
        | TenantRight::SeeMembers
        | TenantRight::SeeSettings
        | TenantRight::ReadPve
        | TenantRight::SeeAudit
        | TenantRight::SeeAllConsoles => Some(TokenScope::Read),
        TenantRight::ActOnGuests => Some(TokenScope::Power),
        TenantRight::ManageServers
        | TenantRight::DeleteServers
        | TenantRight::ManageMembers
        | TenantRight::ManageSettings
        | TenantRight::WritePve
        | TenantRight::EndConsoles => Some(TokenScope::Manage),
    }
}

/// The scope without which a token does not bring a right on a guest.
#[must_use]
pub const fn scope_of_guest(right: GuestRight) -> TokenScope {
    match right {
        GuestRight::View => TokenScope::Read,
        GuestRight::Watch | GuestRight::Console => TokenScope::Console,
        GuestRight::Power => TokenScope::Power,
        GuestRight::Snapshot => TokenScope::Manage,
    }
}

/// Whether a token that is limited to one server brings a right in its tenant: what speaks of the tenant as a whole, it
/// does not bring.
#[must_use]
pub const fn is_of_one_server(right: TenantRight) -> bool {
    matches!(right, TenantRight::SeeTenant | TenantRight::ReadPve | TenantRight::WritePve)
}
