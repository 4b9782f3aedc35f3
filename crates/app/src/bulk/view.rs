//! Actions on many guests as one person sees them: their own, or everybody's for managers and up.

use nexus_model::{BulkGuestState, BulkId, BulkState, GuestKey, GuestKind, Micros, PowerAction, TaskId};
use nexus_store::{Bulk, BulkCounts, BulkGuest};

use crate::guests::Sight;

/// An action on many guests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkView {
    /// Its id.
    pub id: BulkId,
    /// What is done with each.
    pub action: PowerAction,
    /// How far it is.
    pub state: BulkState,
    /// Who began it.
    pub user_name: String,
    /// How many run at once on each server.
    pub per_server: u32,
    /// How long a guest may take to shut down.
    pub timeout_seconds: Option<i64>,
    /// Whether it is stopped after that.
    pub force_stop: bool,
    /// How its guests fare.
    pub counts: BulkCounts,
    /// Who stopped it.
    pub stopped_by: Option<String>,
    /// When it began.
    pub created_at: Micros,
    /// When it ended.
    pub ended_at: Option<Micros>,
    /// Whether the person may stop it now.
    pub may_stop: bool,
}

/// How one guest of many fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkGuestView {
    /// Which guest.
    pub guest: GuestKey,
    /// Its name then.
    pub guest_name: String,
    /// How far it is.
    pub state: BulkGuestState,
    /// Its task, where there is one.
    pub task: Option<TaskId>,
    /// Why not.
    pub detail: Option<String>,
    /// When it had its result.
    pub ended_at: Option<Micros>,
}

/// An action with each of its guests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkDetail {
    /// The action.
    pub bulk: BulkView,
    /// Its guests, in the order that was asked for.
    pub guests: Vec<BulkGuestView>,
}

/// A page of actions, newest first.
#[derive(Debug, Clone)]
pub struct BulkPage {
    /// The actions.
    pub bulks: Vec<BulkView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// How an action goes, before anybody's sight is applied, with those of its guests that changed.
#[derive(Debug, Clone)]
pub(crate) struct BulkTold {
    pub(crate) bulk: Bulk,
    pub(crate) guests: Vec<BulkGuest>,
}

/// What a guest is called whose name one may not know.
pub(super) fn nameless(guest: GuestKey) -> String {
    match guest.kind {
        GuestKind::Qemu => format!("VM {}", guest.vmid),
        GuestKind::Lxc => format!("CT {}", guest.vmid),
    }
}

impl Sight {
    /// An action as the person sees it; `None` where it is not theirs to see.
    pub(crate) fn bulk(&self, bulk: &Bulk) -> Option<BulkView> {
        (self.is_manager() || self.is_of(bulk.user_id)).then(|| BulkView {
            id: bulk.id,
            action: bulk.action,
            state: bulk.state,
            user_name: bulk.user_name.clone(),
            per_server: bulk.per_server,
            timeout_seconds: bulk.timeout_seconds,
            force_stop: bulk.force_stop,
            counts: bulk.counts,
            stopped_by: bulk.stopped_by.clone(),
            created_at: bulk.created_at,
            ended_at: bulk.ended_at.map(Micros),
            may_stop: bulk.state == BulkState::Running,
        })
    }

    /// A guest of an action that the person sees. Of guests that they do not see any more they read neither name nor
    /// words of PVE; Nexus' own words, those of guests that had no task, name nothing.
    pub(crate) fn bulk_guest(&self, guest: &BulkGuest, provided: bool) -> BulkGuestView {
        let seen = self.is_manager() || self.permissions_on(guest.guest()).is_some();
        let detail = guest.detail.clone().map(|detail| match guest.state {
            BulkGuestState::Failed => self.words(detail, provided),
            _ => detail,
        });
        BulkGuestView {
            guest: guest.guest(),
            guest_name: if seen { guest.guest_name.clone() } else { nameless(guest.guest()) },
            state: guest.state,
            task: guest.task().filter(|_| seen),
            detail: detail.filter(|_| seen || guest.state != BulkGuestState::Failed),
            ended_at: guest.ended_at.map(Micros),
        }
    }
}
