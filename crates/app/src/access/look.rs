//! One look at the rows, and the policy's answer to one question. Requests and the watcher of live grants come through
//! here alike, so that they cannot differ.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use nexus_model::{
    GuestKey, GuestPermissions, GuestRight, Micros, ServerId, ServerOrigin, SessionId, TargetKind, TenantId, UserId,
};
use nexus_store::System;

use super::token::Limits;
use super::{Access, Inner, Refused, SignedIn, TenantInfo, Visible};
use crate::permission::TenantRight;
use crate::placement::{Placements, Within};
use crate::policy::{self, Place, Verdict};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// May they do this in the tenant?
    Tenant(TenantRight),
    /// May they do this on this guest?
    Guest(GuestRight, GuestKey),
}

/// Who asks it, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) user: UserId,
    pub(super) session: SessionId,
    pub(super) tenant: TenantId,
    /// What the token that it is asked by leaves.
    pub(super) limits: Option<Limits>,
    pub(super) question: Question,
}

impl Asked {
    pub(super) fn by(person: &SignedIn, tenant: TenantId, question: Question) -> Self {
        Self { user: person.user(), session: person.session(), tenant, limits: person.limits(), question }
    }

    /// The server that must be there for the answer.
    pub(super) fn server(&self) -> Option<ServerId> {
        match self.question {
            Question::Tenant(_) => None,
            Question::Guest(_, guest) => Some(guest.server),
        }
    }
}

/// The epochs of a look: when they are the same, so is the rest (but for what ends by itself).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Epochs {
    pub(super) user: i64,
    pub(super) tenant: i64,
    /// Of the guests' places, where rights go by them.
    pub(super) places: Option<u64>,
}

/// A person's place in a tenant, as the rows say.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) epochs: Epochs,
    /// When the session, or the first of the assignments, ends by itself.
    pub(super) until: Micros,
    pub(super) place: Place,
    pub(super) tenant: TenantInfo,
    pub(super) visible: Visible,
    /// Which of the servers that were asked about the tenant has, active; with its guests where it is limited to some.
    servers: BTreeMap<ServerId, Option<Within>>,
}

impl Found {
    /// Whether the tenant may know of a guest on this server.
    fn reaches(&self, guest: GuestKey) -> bool {
        match self.servers.get(&guest.server) {
            None => false,
            Some(None) => true,
            Some(Some(within)) => within.holds(guest),
        }
    }
}

/// The result of a look.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "nearly all are the large one, and none is kept")]
pub(super) enum Looked {
    /// The session is over.
    SignedOut,
    /// No account that may sign in, or no such tenant.
    Nothing,
    /// There is a place; `policy` says what it is worth.
    Found(Found),
}

/// Reads the standing of one person in one tenant.
pub(super) async fn look(
    system: &mut System<'_>,
    asked: &Asked,
    servers: &BTreeSet<ServerId>,
    placements: &Placements,
    now: Micros,
) -> nexus_store::Result<Looked> {
    let Some(standing) = system.standing(asked.user, asked.session, asked.tenant, now).await? else {
        return Ok(Looked::Nothing);
    };
    if !standing.is_active {
        return Ok(Looked::Nothing);
    }
    let Some(session_until) = standing.session_until else { return Ok(Looked::SignedOut) };
    let Some(tenant) = standing.tenant else { return Ok(Looked::Nothing) };
    let place = Place {
        system_role: standing.system_role,
        role: tenant.role,
        is_active: tenant.is_active,
        viewer_scope: tenant.viewer_scope,
    };
    let everywhere = policy::on_all_guests(place);
    let mut until = session_until;
    let mut single: HashMap<_, GuestPermissions> = HashMap::new();
    let mut places = None;
    let epoch = placements.epoch();
    // Who may do all on all guests needs no list of single ones.
    if policy::role(place).is_some_and(|role| role == nexus_model::TenantRole::Viewer) {
        for assigned in system.assigned(asked.tenant, asked.user, now).await? {
            until = assigned.until.map_or(until, |end| until.min(end));
            let limited = assigned.origin == Some(ServerOrigin::Provided);
            if limited || assigned.target.kind() != TargetKind::Guest {
                places = Some(epoch);
            }
            let covered = placements.covered(asked.tenant, &assigned.target).into_iter();
            for guest in covered.filter(|g| !limited || placements.within(asked.tenant, g.server).holds(*g)) {
                let rights = single.entry(guest).or_insert(GuestPermissions::NONE);
                *rights = rights.union(policy::on_guest(place, assigned.permissions));
            }
        }
    }
    let mut there = BTreeMap::new();
    // For who has no place here, a tenant that is there takes no more statements than one that never was.
    for server in servers.iter().filter(|_| policy::role(place).is_some()) {
        let Some(origin) = system.active_server(asked.tenant, *server).await? else { continue };
        let limited = origin == ServerOrigin::Provided;
        if limited {
            places = Some(epoch);
        }
        there.insert(*server, limited.then(|| placements.within(asked.tenant, *server)));
    }
    Ok(Looked::Found(Found {
        epochs: Epochs { user: standing.user_epoch, tenant: tenant.epoch, places },
        until,
        place,
        tenant: TenantInfo {
            id: asked.tenant,
            slug: tenant.slug,
            name: tenant.name,
            description: tenant.description,
            is_active: tenant.is_active,
        },
        visible: Visible { everywhere, single: Arc::new(single), limits: asked.limits },
        servers: there,
    }))
}

impl Looked {
    /// The answer to one question.
    pub(super) fn answer(&self, question: Question) -> Result<&Found, Refused> {
        let found = match self {
            Self::SignedOut => return Err(Refused::SignedOut),
            Self::Nothing => return Err(Refused::NotFound),
            Self::Found(found) => found,
        };
        let verdict = match question {
            Question::Tenant(right) => policy::in_tenant(found.place, right),
            Question::Guest(_, guest) if !found.reaches(guest) => Verdict::NotFound,
            Question::Guest(right, guest) => policy::with_rights(found.visible.whole(guest), right),
        };
        let verdict = match found.visible.limits {
            Some(limits) if !limits.reach(found.tenant.id, question) => Verdict::NotFound,
            Some(limits) if verdict == Verdict::Allowed && !limits.allow(question) => return Err(Refused::Token),
            _ => verdict,
        };
        match verdict {
            Verdict::Allowed => Ok(found),
            Verdict::Forbidden => Err(Refused::Forbidden),
            Verdict::NotFound => Err(Refused::NotFound),
        }
    }
}

impl Access {
    /// Asks the rows and the policy, now.
    pub(super) async fn ask(&self, asked: &Asked) -> Result<Found, Refused> {
        let Inner { store, system, clock, placements, .. } = &*self.inner;
        let mut read = store.system_read(system).await?;
        let servers = asked.server().into_iter().collect();
        let looked = look(&mut read, asked, &servers, placements, clock.now()).await?;
        read.commit().await?;
        looked.answer(asked.question).cloned()
    }
}
