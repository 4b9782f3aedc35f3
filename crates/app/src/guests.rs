//! Guests: lists, one guest, power switches. Everything that is shown passes a [`Sight`] first.
//!
//! Lists are read from the inventory's newest pictures and never wait for PVE; only an action does.

mod words;

use std::sync::Arc;

use nexus_model::{
    GuestKey, GuestKind, GuestPermissions, GuestRight, GuestStatus, Micros, PowerAction, ServerId, SystemRole,
    TenantId, UserId,
};
use nexus_store::{Task, TaskState};

use crate::access::{
    Grant, GuestGrant, GuestPermission, PowerGuest, SeeGuests, SignedIn, TenantPermission, TenantRight, ViewGuest,
    Visible,
};
use crate::consoles::{ConsoleTold, ConsoleView};
use crate::inventory::{GuestRow, Inventory, Rates};
use crate::servers::ServerBrief;
use crate::tasks::{TaskMay, TaskView, Tasks};

pub(crate) use self::words::plain;
pub use crate::tasks::{Act, ActError};

/// The most guests of one page.
const PAGE: u32 = 1000;
/// How much of a name takes part in the order, in bytes: a cursor holds it.
const NAME_IN_CURSOR: usize = 60;

/// Lists guests and works their power switches. Cheap to clone.
#[derive(Clone)]
pub struct Guests {
    inventory: Inventory,
    tasks: Tasks,
}

/// What a person may do with a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuestMay {
    /// Work in its console.
    pub console: bool,
    /// Watch its console.
    pub watch: bool,
    /// Use its power switches.
    pub power: bool,
    /// Make, delete and go back to its snapshots.
    pub snapshot: bool,
}

/// A guest as one person sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct GuestView {
    /// Its key.
    pub key: GuestKey,
    /// What people call its server.
    pub server_name: String,
    /// Its name.
    pub name: String,
    /// Its state.
    pub status: GuestStatus,
    /// Whether it is a template.
    pub template: bool,
    /// PVE's lock while it holds.
    pub lock: Option<String>,
    /// Where it is; for managers and up.
    pub node: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its pool.
    pub pool: Option<String>,
    /// Share of `max_cpu` in use.
    pub cpu: Option<f64>,
    /// Cores.
    pub max_cpu: Option<f64>,
    /// Memory in use.
    pub memory_bytes: Option<u64>,
    /// Memory given.
    pub max_memory_bytes: Option<u64>,
    /// Time since start.
    pub uptime_seconds: Option<u64>,
    /// Disk in use; PVE knows it of containers alone.
    pub disk_bytes: Option<u64>,
    /// Disk given.
    pub max_disk_bytes: Option<u64>,
    /// What it moves.
    pub rates: Rates,
    /// Its state under high availability, in PVE's words.
    pub ha_state: Option<String>,
    /// When PVE said all this.
    pub data_at: Micros,
    /// What the person may do with it.
    pub may: GuestMay,
    /// The switches that fit its kind and state.
    pub actions: Vec<PowerAction>,
}

/// Which part of a list.
#[derive(Debug, Clone)]
pub struct GuestPage {
    /// From the page before.
    pub cursor: Option<String>,
    /// 1 to 1000.
    pub limit: u32,
}

/// A part of the list of guests.
#[derive(Debug, Clone, PartialEq)]
pub struct GuestList {
    /// By name.
    pub guests: Vec<GuestView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
    /// How fresh each server's part is, by name.
    pub servers: Vec<ServerBrief>,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The cursor is none of this list's.
    #[error("the cursor is not valid")]
    BadCursor,
    /// The store failed.
    #[error("the store failed: {0}")]
    Internal(#[from] nexus_store::Error),
}

/// The inventory does not have the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such guest")]
pub struct NotFound;

/// What one person sees in a tenant. Made from a grant, and as good as that grant.
#[derive(Debug, Clone)]
pub(crate) struct Sight {
    visible: Rights,
    /// Nodes, connections, UPIDs and other people's tasks.
    manager: bool,
    /// The same of provided servers.
    system: bool,
    /// Everybody's consoles, not only one's own.
    all_consoles: bool,
    /// Ending them.
    ends_consoles: bool,
    user: UserId,
}

#[derive(Debug, Clone)]
enum Rights {
    Of(Visible),
    /// A grant on one guest.
    One(GuestKey, GuestPermissions),
    #[cfg(test)]
    All,
}

impl Sight {
    /// The sight of a grant in the tenant.
    pub(crate) fn of<P: TenantPermission>(grant: &Grant<P>) -> Self {
        let sight = Self::new(Rights::Of(grant.visible().clone()), grant.is_manager(), grant.person());
        let (all_consoles, ends_consoles) =
            (grant.allows(TenantRight::SeeAllConsoles), grant.allows(TenantRight::EndConsoles));
        Self { all_consoles, ends_consoles, ..sight }
    }

    /// The sight of a grant on one guest.
    pub(crate) fn of_guest<P: GuestPermission>(grant: &GuestGrant<P>) -> Self {
        Self::new(Rights::One(grant.guest(), grant.rights()), grant.is_manager(), grant.person())
    }

    fn new(visible: Rights, manager: bool, person: &SignedIn) -> Self {
        let system = person.system_role() == SystemRole::Admin;
        Self { visible, manager, system, all_consoles: false, ends_consoles: false, user: person.user() }
    }

    /// A manager's sight, for tests of what it is applied to.
    #[cfg(test)]
    pub(crate) fn of_everything() -> Self {
        let user = uuid::Uuid::nil().into();
        Self { visible: Rights::All, manager: true, system: true, all_consoles: true, ends_consoles: true, user }
    }

    /// Whether it is this person's.
    pub(crate) fn is_of(&self, user: UserId) -> bool {
        self.user == user
    }

    /// Whether the person may know a server's inside: of a provided one, system admins alone.
    pub(crate) fn inside(&self, provided: bool) -> bool {
        self.manager && (!provided || self.system)
    }

    /// What the person may do on a guest; `None` where they may not see it.
    pub(crate) fn permissions_on(&self, key: GuestKey) -> Option<GuestPermissions> {
        let rights = match &self.visible {
            Rights::Of(visible) => visible.rights(key),
            Rights::One(one, rights) if *one == key => *rights,
            Rights::One(..) => GuestPermissions::NONE,
            #[cfg(test)]
            Rights::All => GuestPermissions::ALL,
        };
        rights.has(GuestRight::View).then_some(rights)
    }

    /// Whether the person sees every guest of the tenant.
    pub(crate) fn sees_all(&self) -> bool {
        match &self.visible {
            Rights::Of(visible) => visible.sees_all(),
            Rights::One(..) => false,
            #[cfg(test)]
            Rights::All => true,
        }
    }

    /// The guests that the person sees, where they do not see all.
    pub(crate) fn single(&self) -> Vec<GuestKey> {
        match &self.visible {
            Rights::Of(visible) => visible.single().filter(|key| visible.sees(*key)).collect(),
            Rights::One(key, rights) => Vec::from_iter(rights.has(GuestRight::View).then_some(*key)),
            #[cfg(test)]
            Rights::All => Vec::new(),
        }
    }

    /// Whether the person counts as manager or more.
    pub(crate) fn is_manager(&self) -> bool {
        self.manager
    }

    /// Whether a guest has these words, in lower case, in something that the person sees of it.
    fn has_words(&self, row: &GuestRow, server_name: &str, words: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(words);
        words.is_empty()
            || has(&row.name)
            || row.key.vmid.to_string().contains(words)
            || row.tags.iter().any(|tag| has(tag))
            || row.pool.as_deref().is_some_and(has)
            || has(server_name)
            || (self.inside(row.provided) && has(&row.node))
    }

    /// A guest as the person sees it.
    pub(crate) fn guest(&self, row: &GuestRow, server_name: &str, data_at: Micros) -> Option<GuestView> {
        let rights = self.permissions_on(row.key)?;
        let actions = PowerAction::ALL.iter().copied().filter(|action| possible(*action, row));
        Some(GuestView {
            key: row.key,
            server_name: server_name.to_owned(),
            name: row.name.clone(),
            status: row.status,
            template: row.template,
            lock: row.lock.clone(),
            node: Some(row.node.clone()).filter(|_| self.inside(row.provided)),
            tags: row.tags.clone(),
            pool: row.pool.clone(),
            cpu: row.cpu,
            max_cpu: row.max_cpu,
            memory_bytes: row.memory_bytes,
            max_memory_bytes: row.max_memory_bytes,
            uptime_seconds: row.uptime_seconds,
            disk_bytes: row.disk_bytes,
            max_disk_bytes: row.max_disk_bytes,
            rates: row.rates,
            ha_state: row.ha_state.clone(),
            data_at,
            may: GuestMay {
                console: rights.has(GuestRight::Console),
                watch: rights.has(GuestRight::Watch),
                power: rights.has(GuestRight::Power),
                snapshot: rights.has(GuestRight::Snapshot),
            },
            actions: actions.collect(),
        })
    }

    /// A server as the person sees it: viewers those of their guests, without the reason of a failure.
    pub(crate) fn server(&self, brief: ServerBrief) -> Option<ServerBrief> {
        let seen = match &self.visible {
            Rights::Of(visible) => visible.sees_all() || visible.single().any(|key| key.server == brief.id),
            Rights::One(key, _) => key.server == brief.id,
            #[cfg(test)]
            Rights::All => true,
        };
        seen.then(|| ServerBrief {
            error: brief.error.filter(|_| self.manager),
            tailscale_host: brief.tailscale_host.filter(|_| self.manager),
            ..brief
        })
    }

    /// A console as the person sees it: one's own, or everybody's for admins.
    pub(crate) fn console(&self, console: &ConsoleTold) -> Option<ConsoleView> {
        let own = console.owner == self.user;
        if !own && !self.all_consoles {
            return None;
        }
        let mut view = console.view.clone();
        view.may_end = view.may_end && (own || self.ends_consoles);
        if !self.manager {
            view.server_name.clone_from(&console.listed);
            view.upid = None;
        }
        Some(view)
    }

    /// The words of a failure: managers read PVE's.
    pub(crate) fn words(&self, detail: String, provided: bool) -> String {
        if self.inside(provided) { detail } else { plain(detail) }
    }

    /// A task as the person sees it: viewers their own on guests that they see now. Those who may not know the server's
    /// inside read words that name nothing of it.
    pub(crate) fn task(&self, task: &Task, provided: bool) -> Option<TaskView> {
        if !self.manager && (task.user_id != self.user || self.permissions_on(task.guest()).is_none()) {
            return None;
        }
        // That it was stopped is all there is to know, where PVE's words are not to be read.
        let told = task.state != TaskState::Stopped || self.inside(provided);
        let detail = task.detail.clone().filter(|_| told).map(|detail| self.words(detail, provided));
        let may = self.may_with(task, provided);
        Some(TaskView {
            id: task.id,
            guest: task.guest(),
            guest_name: task.guest_name.clone(),
            action: task.action,
            state: task.state,
            detail,
            user_name: task.user_name.clone(),
            upid: task.upid.clone().filter(|_| self.inside(provided)),
            created_at: task.created_at,
            ended_at: task.ended_at.map(Micros),
            snapshot: task.snapshot.clone(),
            bulk: task.bulk(),
            stopped_by: task.stopped_by.clone(),
            may,
        })
    }

    /// What the person may do with a task that they see.
    fn may_with(&self, task: &Task, provided: bool) -> TaskMay {
        TaskMay {
            stop: self.may_stop(task) && crate::tasks::can_be_stopped(task),
            log: self.inside(provided) && task.upid.is_some(),
        }
    }

    /// Whether the person may stop a task: their own, or as a manager any, while they have the right that it takes to
    /// begin such a one.
    pub(crate) fn may_stop(&self, task: &Task) -> bool {
        let right = if task.snapshot.is_some() { GuestRight::Snapshot } else { GuestRight::Power };
        let allowed = self.permissions_on(task.guest()).is_some_and(|rights| rights.has(right));
        allowed && (self.manager || task.user_id == self.user)
    }
}

/// Whether a switch makes sense for a guest as it is now. Templates have none.
pub(crate) fn possible(action: PowerAction, row: &GuestRow) -> bool {
    !row.template && action.possible(row.key.kind, row.status)
}

/// A guest's place in the list: by name without case, then by key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    name: String,
    key: GuestKey,
}

impl Place {
    fn of(row: &GuestRow) -> Self {
        let mut name = row.name.to_lowercase();
        let mut end = NAME_IN_CURSOR.min(name.len());
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name.truncate(end);
        Self { name, key: row.key }
    }

    fn cursor(&self) -> String {
        let GuestKey { server, kind, vmid } = self.key;
        format!("{}.{}.{}.{vmid}", hex::encode(&self.name), server.uuid().simple(), kind.name())
    }

    fn parse(cursor: &str) -> Option<Self> {
        let mut parts = cursor.split('.');
        let (name, server, kind, vmid) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let name = String::from_utf8(hex::decode(name).ok()?).ok()?;
        let server: ServerId = server.parse().ok()?;
        let kind: GuestKind = kind.parse().ok()?;
        let key = GuestKey { server, kind, vmid: vmid.parse().ok()? };
        (parts.next().is_none() && name.len() <= NAME_IN_CURSOR).then_some(Self { name, key })
    }
}

impl Guests {
    pub(crate) fn new(inventory: Inventory, tasks: Tasks) -> Self {
        Self { inventory, tasks }
    }

    /// A page of the guests that the person sees, over all servers of the tenant.
    ///
    /// # Errors
    /// [`ListError::BadCursor`].
    pub async fn list(&self, grant: &Grant<SeeGuests>, page: GuestPage) -> Result<GuestList, ListError> {
        self.find(grant, "", page).await
    }

    /// The same of the guests that have `words` in their name, number, tags, pool, server's name, or, for managers and
    /// up, node; without case.
    ///
    /// # Errors
    /// [`ListError::BadCursor`].
    #[expect(clippy::unused_async, reason = "other processes' pictures will be read from the store")]
    pub async fn find(&self, grant: &Grant<SeeGuests>, words: &str, page: GuestPage) -> Result<GuestList, ListError> {
        let after =
            page.cursor.as_deref().map(|cursor| Place::parse(cursor).ok_or(ListError::BadCursor)).transpose()?;
        let limit = page.limit.clamp(1, PAGE) as usize;
        let (sight, words) = (Sight::of(grant), words.trim().to_lowercase());
        let entries = self.inventory.of_tenant(grant.tenant().id);
        let mut servers: Vec<_> = entries.iter().filter_map(|entry| sight.server(entry.brief())).collect();
        servers.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        let mut rows = Vec::new();
        for entry in &entries {
            let Some(snapshot) = entry.snapshot() else { continue };
            let name = Arc::clone(&entry.endpoint.name);
            let data_at = snapshot.data_at();
            let seen = snapshot.guests.values().filter(|row| sight.permissions_on(row.key).is_some());
            let found = seen.filter(|row| sight.has_words(row, &name, &words));
            let behind = found.map(|row| (Place::of(row), row)).filter(|(place, _)| after.as_ref() < Some(place));
            rows.extend(behind.map(|(place, row)| (place, Arc::clone(row), Arc::clone(&name), data_at)));
        }
        let more = rows.len() > limit;
        if more {
            // The page alone is put in order, not all that there is.
            rows.select_nth_unstable_by(limit, |a, b| a.0.cmp(&b.0));
            rows.truncate(limit);
        }
        rows.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let next_cursor = rows.last().filter(|_| more).map(|last| last.0.cursor());
        let guests = rows.iter().filter_map(|(_, row, name, data_at)| sight.guest(row, name, *data_at)).collect();
        Ok(GuestList { guests, next_cursor, servers })
    }

    /// One guest.
    ///
    /// # Errors
    /// The inventory does not have it, or not yet.
    pub fn get(&self, grant: &GuestGrant<ViewGuest>) -> Result<GuestView, NotFound> {
        self.view(grant).ok_or(NotFound)
    }

    /// The guest of any grant on it.
    pub(crate) fn view<P: GuestPermission>(&self, grant: &GuestGrant<P>) -> Option<GuestView> {
        view(&self.inventory, grant.tenant().id, grant.guest(), &Sight::of_guest(grant))
    }

    /// Works a power switch. Returns as soon as PVE has taken it; how it goes on comes as events.
    ///
    /// # Errors
    /// [`ActError`].
    pub async fn act(&self, grant: GuestGrant<PowerGuest>, act: Act) -> Result<TaskView, ActError> {
        self.tasks.act(grant, act).await
    }
}

/// A guest as a sight shows it.
pub(crate) fn view(inventory: &Inventory, tenant: TenantId, key: GuestKey, sight: &Sight) -> Option<GuestView> {
    let found = inventory.find(tenant, key)?;
    sight.guest(&found.row, &found.entry.endpoint.name, found.data_at)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::words::UNTOLD;
    use super::*;

    #[test]
    fn cursors_come_back_as_the_same_place() {
        let key = GuestKey { server: Uuid::from_u128(7).into(), kind: GuestKind::Lxc, vmid: 999_999_999 };
        let place = Place { name: "ä".repeat(30), key };
        let cursor = place.cursor();
        assert!(cursor.len() <= 200, "{}", cursor.len());
        assert_eq!(Place::parse(&cursor), Some(place));
        for bad in ["", "zz", "61.x.qemu.1", "61.00000000000000000000000000000007.qemu.100.1"] {
            assert_eq!(Place::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn viewers_see_their_tasks_while_they_see_the_guest() {
        let key = |vmid| GuestKey { server: Uuid::from_u128(7).into(), kind: GuestKind::Qemu, vmid };
        let task = Task {
            id: Uuid::from_u128(1).into(),
            tenant_id: Uuid::from_u128(2).into(),
            user_id: Uuid::from_u128(3).into(),
            user_name: "viewer".into(),
            server_id: key(100).server,
            kind: GuestKind::Qemu,
            vmid: 100,
            guest_name: "web".into(),
            action: nexus_model::TaskAction::Start,
            node: "rack7".into(),
            upid: Some("UPID".into()),
            state: TaskState::Failed,
            detail: Some("start failed at pve.lan".into()),
            created_at: Micros(0),
            ended_at: None,
            snapshot: None,
            bulk_id: None,
            stopped_by: None,
        };
        let sight = |visible, manager| {
            let (all_consoles, ends_consoles) = (false, false);
            Sight { visible, manager, system: false, all_consoles, ends_consoles, user: task.user_id }
        };
        let one = |vmid, rights| Rights::One(key(vmid), rights);
        let view = GuestPermissions::NONE.with(GuestRight::View);
        let seen = sight(one(100, view), false).task(&task, false).unwrap();
        assert_eq!((seen.detail.as_deref(), seen.upid), (Some(UNTOLD), None));
        assert_eq!(sight(one(100, GuestPermissions::NONE), false).task(&task, false), None);
        assert_eq!(sight(one(101, view), false).task(&task, false), None);
        let other = Sight { user: Uuid::from_u128(4).into(), ..sight(one(100, view), false) };
        assert_eq!(other.task(&task, false), None);
        let managers = sight(one(101, view), true).task(&task, false).unwrap();
        assert_eq!(managers.detail.as_deref(), Some("start failed at pve.lan"));
        let provided = sight(one(101, view), true).task(&task, true).unwrap();
        assert_eq!((provided.detail.as_deref(), provided.upid), (Some(UNTOLD), None), "it is the provider's inside");
        let system = Sight { system: true, ..sight(one(101, view), true) }.task(&task, true).unwrap();
        assert_eq!(system.detail, managers.detail);
    }
}
