//! Permissions as types: what a [`crate::access::Grant`] or [`crate::access::GuestGrant`] proves. Who has them is
//! decided in `policy` alone.

use nexus_model::GuestRight;

/// What can be done in a tenant, whichever guest it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TenantRight {
    /// See that it is there, its name, one's own place in it.
    SeeTenant,
    /// See guests, each as far as one may; and their events.
    SeeGuests,
    /// See tasks: one's own, or all.
    SeeTasks,
    /// Act on many guests at once; on each as far as one may.
    ActOnGuests,
    /// See servers, their state and how they are reached.
    SeeServers,
    /// Add, edit, test, activate servers.
    ManageServers,
    /// Delete servers.
    DeleteServers,
    /// See members, groups, invitations, assignments.
    SeeMembers,
    /// Invite, remove, change roles, groups, assignments.
    ManageMembers,
    /// See the settings.
    SeeSettings,
    /// Change the settings.
    ManageSettings,
    /// Read PVE's API of a server: the explorer, the gateway, snapshots of its configuration.
    ReadPve,
    /// Change through PVE's API; managers the guests alone.
    WritePve,
    /// Read the audit log.
    SeeAudit,
    /// See everybody's console sessions, not only one's own.
    SeeAllConsoles,
    /// End everybody's consoles, not only one's own.
    EndConsoles,
}

impl TenantRight {
    /// Every right, in order.
    pub const ALL: &'static [Self] = &[
        Self::SeeTenant,
        Self::SeeGuests,
        Self::SeeTasks,
        Self::ActOnGuests,
        Self::SeeServers,
        Self::ManageServers,
        Self::DeleteServers,
        Self::SeeMembers,
        Self::ManageMembers,
        Self::SeeSettings,
        Self::ManageSettings,
        Self::ReadPve,
        Self::WritePve,
        Self::SeeAudit,
        Self::SeeAllConsoles,
        Self::EndConsoles,
    ];
}

/// A permission in a tenant. Only this file implements it.
pub trait TenantPermission: sealed::Sealed + Send + Sync + 'static {
    /// The right that it stands for.
    const RIGHT: TenantRight;
}

/// A permission on one guest. Only this file implements it.
pub trait GuestPermission: sealed::Sealed + Send + Sync + 'static {
    /// The right that it stands for.
    const RIGHT: GuestRight;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! permissions {
    ($kind:ident, $right:ident: $($(#[$doc:meta])* $name:ident = $value:ident,)*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(());
        impl sealed::Sealed for $name {}
        impl $kind for $name {
            const RIGHT: $right = $right::$value;
        }
    )* };
}

permissions! { TenantPermission, TenantRight:
    /// See the tenant.
    SeeTenant = SeeTenant,
    /// See guests and their events; the grant says which.
    SeeGuests = SeeGuests,
    /// See tasks; the grant says whether all.
    SeeTasks = SeeTasks,
    /// Act on many guests at once; each guest's right is asked when its turn comes.
    ActOnGuests = ActOnGuests,
    /// See servers.
    SeeServers = SeeServers,
    /// Add, edit, test, activate servers.
    ManageServers = ManageServers,
    /// Delete servers.
    DeleteServers = DeleteServers,
    /// See members, groups, invitations, assignments.
    SeeMembers = SeeMembers,
    /// Invite, remove, change roles, groups, assignments.
    ManageMembers = ManageMembers,
    /// See the settings.
    SeeSettings = SeeSettings,
    /// Change the settings.
    ManageSettings = ManageSettings,
    /// Read PVE's API of a server.
    ReadPve = ReadPve,
    /// Change through PVE's API; which paths, the gateway's table says.
    WritePve = WritePve,
    /// Read the audit log.
    SeeAudit = SeeAudit,
    /// End everybody's consoles.
    EndConsoles = EndConsoles,
}

permissions! { GuestPermission, GuestRight:
    /// See the guest.
    ViewGuest = View,
    /// Watch its console.
    WatchConsole = Watch,
    /// Work in its console.
    OpenConsole = Console,
    /// Use its power switches.
    PowerGuest = Power,
    /// Its snapshots.
    SnapshotGuest = Snapshot,
}
