//! The whole table as a reviewed snapshot, and what must hold of it whatever it says.

use std::fmt::Write;

use nexus_model::{GuestPermissions, GuestRight, SystemRole, TenantRole, ViewerScope};
use proptest::prelude::*;

use super::{Place, Verdict, in_system, in_tenant, on_all_guests, on_guest, role, with_rights};
use crate::permission::TenantRight;

fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for is_active in [true, false] {
        for viewer_scope in ViewerScope::ALL {
            for system_role in SystemRole::ALL {
                let roles = std::iter::once(None).chain(TenantRole::ALL.iter().copied().map(Some));
                for role in roles {
                    places.push(Place { system_role: *system_role, role, is_active, viewer_scope: *viewer_scope });
                }
            }
        }
    }
    places
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "yes",
        Verdict::Forbidden => "403",
        Verdict::NotFound => "404",
    }
}

/// One letter for each right: view, watch, console, power, snapshot.
fn letters(permissions: GuestPermissions) -> String {
    let letter = |right: &GuestRight| if permissions.has(*right) { &right.name()[..1] } else { "-" };
    GuestRight::ALL.iter().map(letter).collect()
}

/// One line for each place; the columns of rights on guests say what a person has who was assigned that right alone.
#[test]
fn the_matrix() {
    let mut table = format!("{:<38}", "tenant  viewers see  system  member");
    for right in TenantRight::ALL {
        write!(table, " {:>13}", format!("{right:?}")).unwrap();
    }
    for column in ["unassigned"].into_iter().chain(GuestRight::ALL.iter().map(|right| right.name())) {
        write!(table, " {column:>10}").unwrap();
    }
    for place in places() {
        let (open, member) =
            (if place.is_active { "open" } else { "closed" }, place.role.map_or("-", TenantRole::name));
        let who = format!("{open:<7} {:<12} {:<7} {member}", place.viewer_scope.name(), place.system_role.name());
        write!(table, "\n{who:<38}").unwrap();
        for right in TenantRight::ALL {
            write!(table, " {:>13}", word(in_tenant(place, *right))).unwrap();
        }
        write!(table, " {:>10}", letters(on_all_guests(place))).unwrap();
        for right in GuestRight::ALL {
            write!(table, " {:>10}", letters(on_guest(place, GuestPermissions::NONE.with(*right)))).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

/// What changes something.
const CHANGES: [TenantRight; 7] = [
    TenantRight::ActOnGuests,
    TenantRight::ManageServers,
    TenantRight::DeleteServers,
    TenantRight::ManageMembers,
    TenantRight::ManageSettings,
    TenantRight::EndConsoles,
    TenantRight::WritePve,
];

#[test]
fn system_admins_alone_administer_the_installation() {
    for role in SystemRole::ALL {
        assert_eq!(in_system(*role) == Verdict::Allowed, *role == SystemRole::Admin);
    }
}

fn any_place() -> impl Strategy<Value = Place> {
    prop::sample::select(places())
}

fn any_rights() -> impl Strategy<Value = GuestPermissions> {
    prop::collection::vec(prop::sample::select(GuestRight::ALL), 0..5).prop_map(|rights| rights.into_iter().collect())
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotFound => 0,
        Verdict::Forbidden => 1,
        Verdict::Allowed => 2,
    }
}

proptest! {
    #[test]
    fn more_role_is_never_less_right(place in any_place(), assigned in any_rights()) {
        let higher = match place.role {
            None => Some(TenantRole::Viewer),
            Some(TenantRole::Viewer) => Some(TenantRole::Manager),
            Some(TenantRole::Manager | TenantRole::Admin) => Some(TenantRole::Admin),
        };
        let promoted = Place { role: higher, ..place };
        let crowned = Place { system_role: SystemRole::Admin, ..place };
        for more in [promoted, crowned] {
            prop_assert!(role(more) >= role(place));
            for right in TenantRight::ALL {
                prop_assert!(rank(in_tenant(more, *right)) >= rank(in_tenant(place, *right)), "{more:?} {right:?}");
            }
            for right in GuestRight::ALL {
                prop_assert!(on_guest(more, assigned).has(*right) || !on_guest(place, assigned).has(*right));
            }
        }
    }

    #[test]
    fn more_assignment_is_never_less_right(place in any_place(), some in any_rights(), more in any_rights()) {
        let (fewer, all) = (on_guest(place, some), on_guest(place, some.union(more)));
        prop_assert_eq!(all, all.union(fewer));
    }

    #[test]
    fn who_has_no_place_has_nothing(place in any_place(), assigned in any_rights()) {
        if role(place).is_none() {
            prop_assert!(on_guest(place, assigned).is_empty());
            prop_assert!(TenantRight::ALL.iter().all(|right| in_tenant(place, *right) == Verdict::NotFound));
        } else {
            prop_assert_eq!(in_tenant(place, TenantRight::SeeTenant), Verdict::Allowed);
        }
    }

    #[test]
    fn a_closed_tenant_is_read_only(place in any_place(), assigned in any_rights()) {
        let closed = Place { is_active: false, ..place };
        for right in [GuestRight::Watch, GuestRight::Console, GuestRight::Power, GuestRight::Snapshot] {
            prop_assert_ne!(with_rights(on_guest(closed, assigned), right), Verdict::Allowed);
        }
        for right in CHANGES {
            prop_assert_ne!(in_tenant(closed, right), Verdict::Allowed);
        }
        // Reading is left to admins as it was, and to nobody else.
        for right in TenantRight::ALL.iter().filter(|right| !CHANGES.contains(right)) {
            let expected = if role(closed) == Some(TenantRole::Admin) { Verdict::Allowed } else { Verdict::NotFound };
            prop_assert_eq!(in_tenant(closed, *right), expected, "{:?}", right);
        }
    }

    #[test]
    fn removal_takes_all(place in any_place(), assigned in any_rights()) {
        let removed = Place { role: None, system_role: SystemRole::User, ..place };
        prop_assert!(on_guest(removed, assigned).is_empty() && on_all_guests(removed).is_empty());
        for right in TenantRight::ALL {
            prop_assert_eq!(in_tenant(removed, *right), Verdict::NotFound, "{:?}", right);
        }
    }

    #[test]
    fn a_right_in_the_tenant_never_hangs_on_what_viewers_see(place in any_place()) {
        for scope in ViewerScope::ALL {
            let other = Place { viewer_scope: *scope, ..place };
            prop_assert!(TenantRight::ALL.iter().all(|right| in_tenant(other, *right) == in_tenant(place, *right)));
        }
    }

    #[test]
    fn viewers_change_nothing_of_the_tenant(place in any_place()) {
        if role(place) == Some(TenantRole::Viewer) {
            // Acting on guests changes nothing of the tenant, and each guest has a right of its own.
            let of_tenant = CHANGES.iter().filter(|right| **right != TenantRight::ActOnGuests);
            prop_assert!(of_tenant.into_iter().all(|right| in_tenant(place, *right) == Verdict::Forbidden));
        }
    }

    #[test]
    fn what_is_not_seen_is_not_forbidden_but_absent(rights in any_rights()) {
        for right in GuestRight::ALL {
            let expected = if rights.has(*right) { Verdict::Allowed } else if rights.is_empty() { Verdict::NotFound } else { Verdict::Forbidden };
            prop_assert_eq!(with_rights(rights, *right), expected);
        }
    }
}
