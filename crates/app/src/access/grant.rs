//! The proofs for one request. Fields are private and constructors belong to `access`: a grant cannot be made elsewhere.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use nexus_model::{GuestKey, GuestPermissions, GuestRight, SessionId, TenantId, TenantRole, UserId};
use nexus_store::TenantScope;

use super::look::{Asked, Found, Question};
use super::token::Limits;
use super::{Client, SignedIn};
use crate::permission::{GuestPermission, TenantPermission, TenantRight};
use crate::policy::{self, Place, Verdict};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person, by a session or a token.
    User {
        /// The person.
        user: UserId,
        /// The session, or the token in its place.
        session: SessionId,
        /// The person's address: what the audit log calls them.
        email: String,
        /// The person's name: what other people read.
        full_name: String,
        /// The name of the token, if a program acts for them.
        token: Option<String>,
    },
    /// Nexus itself, or who works on its machine.
    System {
        /// What part, or which command.
        name: String,
    },
}

/// Who acts, and from where: for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Who.
    pub actor: Actor,
    /// From where; `None` for Nexus itself.
    pub client: Option<Client>,
}

impl Who {
    /// Nexus itself.
    #[must_use]
    pub fn system(name: &str) -> Self {
        Self { actor: Actor::System { name: name.to_owned() }, client: None }
    }
}

/// The tenant that a grant is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantInfo {
    /// Its id.
    pub id: TenantId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub description: String,
    /// Whether it is open.
    pub is_active: bool,
}

/// Rights in a tenant that do not hang on one thing, for the UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantMay {
    /// Servers and how they are reached.
    pub see_servers: bool,
    /// Add, edit, test servers.
    pub manage_servers: bool,
    /// Delete servers.
    pub delete_servers: bool,
    /// Every guest, assigned or not.
    pub see_all_guests: bool,
    /// Members, groups, assignments.
    pub see_members: bool,
    /// Invite, remove, change roles, groups, assignments.
    pub manage_members: bool,
    /// The settings.
    pub see_settings: bool,
    /// Change the settings.
    pub manage_settings: bool,
    /// PVE's API, to read: the explorer, and snapshots of configuration.
    pub read_pve: bool,
    /// PVE's API, to change.
    pub write_pve: bool,
    /// The audit log.
    pub see_audit: bool,
    /// Everybody's console sessions.
    pub see_all_consoles: bool,
    /// End everybody's consoles.
    pub end_consoles: bool,
}

/// Which guests a person sees, and what they may do on each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visible {
    pub(super) everywhere: GuestPermissions,
    pub(super) single: Arc<HashMap<GuestKey, GuestPermissions>>,
    /// What a token leaves of them.
    pub(super) limits: Option<Limits>,
}

impl Visible {
    /// What the person may do on a guest; nothing where they may not see it.
    #[must_use]
    pub fn rights(&self, guest: GuestKey) -> GuestPermissions {
        let rights = self.whole(guest);
        self.limits.map_or(rights, |limits| limits.left_of(rights, guest.server))
    }

    /// What the person may do on a guest, whatever the token leaves of it.
    pub(super) fn whole(&self, guest: GuestKey) -> GuestPermissions {
        let single = self.single.get(&guest).copied().unwrap_or(GuestPermissions::NONE);
        self.everywhere.union(single)
    }

    /// Whether the person sees a guest.
    #[must_use]
    pub fn sees(&self, guest: GuestKey) -> bool {
        self.rights(guest).has(GuestRight::View)
    }

    /// Whether the person sees every guest of the tenant.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        self.everywhere.has(GuestRight::View) && self.limits.is_none_or(|limits| limits.server.is_none())
    }

    /// The guests on which the person has rights of their own, in no order.
    pub fn single(&self) -> impl Iterator<Item = GuestKey> + '_ {
        self.single.keys().copied()
    }
}

/// Proof that a person may do `P` in one tenant, for one request. Only [`super::Access::grant`] makes one.
pub struct Grant<P: TenantPermission> {
    base: Base,
    permission: PhantomData<P>,
}

/// Proof that a person may do `P` on one guest, for one request. Only [`super::Access::guest_grant`] makes one.
pub struct GuestGrant<P: GuestPermission> {
    base: Base,
    guest: GuestKey,
    permission: PhantomData<P>,
}

struct Base {
    scope: TenantScope,
    person: SignedIn,
    tenant: TenantInfo,
    place: Place,
    visible: Visible,
}

impl Base {
    fn new(scope: TenantScope, person: SignedIn, found: Found) -> Self {
        Self { scope, person, tenant: found.tenant, place: found.place, visible: found.visible }
    }
}

macro_rules! common {
    () => {
        /// The scope that the store asks for.
        #[must_use]
        pub fn scope(&self) -> &TenantScope {
            &self.base.scope
        }

        /// The person.
        #[must_use]
        pub fn person(&self) -> &SignedIn {
            &self.base.person
        }

        /// Who acts, for the audit log.
        #[must_use]
        pub fn who(&self) -> Who {
            self.base.person.who()
        }

        /// Where the request came from.
        #[must_use]
        pub fn client(&self) -> &Client {
            self.base.person.client()
        }

        /// The tenant.
        #[must_use]
        pub fn tenant(&self) -> &TenantInfo {
            &self.base.tenant
        }

        /// The tenant's id.
        #[must_use]
        pub fn tenant_id(&self) -> TenantId {
            self.base.tenant.id
        }

        /// The person's role as a member; `None` for a system admin who is not one.
        #[must_use]
        pub fn role(&self) -> Option<TenantRole> {
            self.base.place.role
        }

        /// Whether the person counts as manager or more: they see nodes, UPIDs, errors and everybody's tasks.
        #[must_use]
        pub fn is_manager(&self) -> bool {
            policy::role(self.base.place).is_some_and(|role| role >= TenantRole::Manager)
        }

        /// Whether the person counts as admin of the tenant.
        #[must_use]
        pub fn is_admin(&self) -> bool {
            policy::role(self.base.place).is_some_and(|role| role >= TenantRole::Admin)
        }

        /// Whether the person may also do `right` in the tenant.
        #[must_use]
        pub fn allows(&self, right: TenantRight) -> bool {
            let limits = self.base.person.limits();
            policy::in_tenant(self.base.place, right) == Verdict::Allowed
                && limits.is_none_or(|limits| limits.bring(right))
        }
    };
}

impl<P: TenantPermission> Grant<P> {
    pub(super) fn new(scope: TenantScope, person: SignedIn, found: Found) -> Self {
        Self { base: Base::new(scope, person, found), permission: PhantomData }
    }

    common!();

    /// Which guests the person sees.
    #[must_use]
    pub fn visible(&self) -> &Visible {
        &self.base.visible
    }

    /// What the person may do on a guest; `None` where they may not see it.
    #[must_use]
    pub fn permissions_on(&self, guest: GuestKey) -> Option<GuestPermissions> {
        Some(self.base.visible.rights(guest)).filter(|rights| rights.has(GuestRight::View))
    }

    /// What the person may do in the tenant, for the UI.
    #[must_use]
    pub fn may(&self) -> TenantMay {
        TenantMay {
            see_servers: self.allows(TenantRight::SeeServers),
            manage_servers: self.allows(TenantRight::ManageServers),
            delete_servers: self.allows(TenantRight::DeleteServers),
            see_all_guests: self.base.visible.sees_all(),
            see_members: self.allows(TenantRight::SeeMembers),
            manage_members: self.allows(TenantRight::ManageMembers),
            see_settings: self.allows(TenantRight::SeeSettings),
            manage_settings: self.allows(TenantRight::ManageSettings),
            read_pve: self.allows(TenantRight::ReadPve),
            write_pve: self.allows(TenantRight::WritePve),
            see_audit: self.allows(TenantRight::SeeAudit),
            see_all_consoles: self.allows(TenantRight::SeeAllConsoles),
            end_consoles: self.allows(TenantRight::EndConsoles),
        }
    }
}

impl<P: GuestPermission> GuestGrant<P> {
    pub(super) fn new(scope: TenantScope, person: SignedIn, guest: GuestKey, found: Found) -> Self {
        Self { base: Base::new(scope, person, found), guest, permission: PhantomData }
    }

    common!();

    /// The guest.
    #[must_use]
    pub fn guest(&self) -> GuestKey {
        self.guest
    }

    /// Everything that the person may do on the guest.
    #[must_use]
    pub fn rights(&self) -> GuestPermissions {
        self.base.visible.rights(self.guest)
    }
}

/// Proof that a person may administer the installation, for one request. Only [`super::Access::system_grant`] makes one.
pub struct SystemGrant {
    person: SignedIn,
}

impl SystemGrant {
    pub(super) fn new(person: SignedIn) -> Self {
        Self { person }
    }

    /// The person.
    #[must_use]
    pub fn person(&self) -> &SignedIn {
        &self.person
    }

    /// Who acts, for the audit log.
    #[must_use]
    pub fn who(&self) -> Who {
        self.person.who()
    }
}

/// A grant that [`super::Access::keep`] can keep. Only this file implements it.
pub trait Proof: sealed::Sealed + Send + Sync + 'static {}
impl<P: TenantPermission> Proof for Grant<P> {}
impl<P: GuestPermission> Proof for GuestGrant<P> {}

pub(super) mod sealed {
    use super::{Asked, Found, TenantScope};

    /// What `keep` needs of a grant.
    pub trait Sealed: Sized {
        /// The question that the grant answers.
        #[doc(hidden)]
        fn asked(&self) -> AskedBy;
        /// The same grant after another look.
        #[doc(hidden)]
        fn renewed(self, scope: TenantScope, found: FoundAgain) -> Self;
    }

    /// Keeps the private types out of the public trait.
    pub struct AskedBy(pub(in super::super) Asked);

    /// The same.
    pub struct FoundAgain(pub(in super::super) Found);
}

impl<P: TenantPermission> sealed::Sealed for Grant<P> {
    fn asked(&self) -> sealed::AskedBy {
        sealed::AskedBy(Asked::by(&self.base.person, self.base.tenant.id, Question::Tenant(P::RIGHT)))
    }

    fn renewed(self, scope: TenantScope, found: sealed::FoundAgain) -> Self {
        Self::new(scope, self.base.person, found.0)
    }
}

impl<P: GuestPermission> sealed::Sealed for GuestGrant<P> {
    fn asked(&self) -> sealed::AskedBy {
        sealed::AskedBy(Asked::by(&self.base.person, self.base.tenant.id, Question::Guest(P::RIGHT, self.guest)))
    }

    fn renewed(self, scope: TenantScope, found: sealed::FoundAgain) -> Self {
        Self::new(scope, self.base.person, self.guest, found.0)
    }
}
