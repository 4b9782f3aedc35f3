//! Actions on many guests: one power switch, worked on each of a list of guests, some at a time on each server.
//!
//! ```text
//!   start ─► running ─┬─ every guest has its result ────────────────────────────► done
//!                     └─ stopped by somebody, right gone, process gone ─► stopping ─► stopped
//!            a guest: waiting ─┬─► running ─► ok | failed
//!                              ├─► refused          no task: not there, not allowed, not possible
//!                              └─► skipped          stopped before its turn
//! ```
//! One process works on an action. The rows are the truth, written in turns; whoever wants it stopped writes that into
//! the row, and the process looks there before each guest. What runs is never cut off. When the process is gone, another
//! (or the next start) takes the action over: nothing more begins, and the results of what ran are still written.
//! Each guest's right is asked when its turn comes, and the person's right to act at all is kept alive meanwhile.

mod queue;
mod run;
mod take_up;
mod view;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nexus_model::{BulkId, BulkState, FieldError, GuestKey, InvalidInput, Micros, PowerAction, ProcessId, TenantId};
use nexus_store::{Bulk, BulkGuest, Store, SystemScope};
use serde_json::json;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use self::view::BulkTold;
pub use self::view::{BulkDetail, BulkGuestView, BulkPage, BulkView};
use crate::access::{Access, ActOnGuests, Grant, SeeTasks};
use crate::audit::{Audit, Entry, Outcome};
use crate::background::Background;
use crate::clock::Clock;
use crate::events::{Events, Happening};
use crate::guests::Sight;
use crate::inventory::Inventory;
use crate::page::{BadPage, Page};
use crate::relayed::Announced;
use crate::secret;
use crate::tasks::{Act, Tasks};

/// The most guests of one action.
const GUESTS: usize = 1000;
/// How many guests of a server may be worked on at once.
const PER_SERVER: std::ops::RangeInclusive<u32> = 1..=10;
/// How many of them are unless somebody says otherwise.
const USUAL_PER_SERVER: u32 = 4;
/// How many actions of one person may be under way in a tenant.
const AT_ONCE: u32 = 3;
/// How long writing down how it goes may hold up the end of Nexus.
const STOP: Duration = Duration::from_secs(5);

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkIn {
    /// The switch.
    pub action: PowerAction,
    /// On which guests, in this order; 1 to 1000, none twice.
    pub guests: Vec<GuestKey>,
    /// How many run at once on each server, 1 to 10; 4 unless given.
    pub per_server: Option<u32>,
    /// How long a guest may take to shut down, 10 to 3600 s.
    pub timeout_seconds: Option<u32>,
    /// Whether a guest that does not shut down in time is stopped.
    pub force_stop: bool,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// No such action, or none that the person may see.
    #[error("there is no such action on many guests")]
    NotFound,
    /// Some fields need another value.
    #[error("some fields need another value")]
    Invalid(Vec<FieldError>),
    /// The person has as many under way as they may.
    #[error("{AT_ONCE} actions on many guests are under way")]
    TooMany,
    /// It is over.
    #[error("the action is over")]
    Ended,
    /// The page cannot be read.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// The store failed.
    #[error("the store failed: {0}")]
    Internal(#[from] nexus_store::Error),
}

/// Begins, shows and stops actions on many guests. Cheap to clone.
#[derive(Clone)]
pub struct Bulks {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    /// Those that this process works on, to be told that their rows changed.
    runs: Mutex<HashMap<BulkId, Arc<Notify>>>,
    tracker: TaskTracker,
    stop: CancellationToken,
}

pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) system: SystemScope,
    pub(crate) clock: Clock,
    pub(crate) audit: Audit,
    pub(crate) access: Access,
    pub(crate) inventory: Inventory,
    pub(crate) tasks: Tasks,
    pub(crate) events: Events,
    pub(crate) process: ProcessId,
    /// A process that was silent for so long is gone.
    pub(crate) lease: Duration,
}

impl BulkIn {
    fn check(&self) -> Result<(Act, u32), BulkError> {
        let mut wrong = Vec::new();
        let mut refuse = |field, code, detail: &str| wrong.push(InvalidInput::new(code, detail).field(field));
        match self.guests.len() {
            0 => refuse("guests", "required", "must name a guest"),
            1..=GUESTS => {}
            _ => refuse("guests", "too_many", "may name 1000 guests at most"),
        }
        let mut seen = HashSet::new();
        if !self.guests.iter().all(|guest| seen.insert(*guest)) {
            refuse("guests", "duplicate", "must name no guest twice");
        }
        if !self.guests.iter().all(|guest| (100..=999_999_999).contains(&guest.vmid)) {
            refuse("guests", "out_of_range", "must have numbers of 100 to 999999999");
        }
        let per_server = self.per_server.unwrap_or(USUAL_PER_SERVER);
        if !PER_SERVER.contains(&per_server) {
            refuse("per_server", "out_of_range", "must be 1 to 10");
        }
        match Act::checked(self.action, self.timeout_seconds, self.force_stop) {
            Ok(act) if wrong.is_empty() => Ok((act, per_server)),
            Ok(_) => Err(BulkError::Invalid(wrong)),
            Err(more) => {
                wrong.extend(more);
                Err(BulkError::Invalid(wrong))
            }
        }
    }
}

impl Bulks {
    /// Takes over what processes that are gone left.
    pub(crate) fn start(parts: Parts, background: &Background) -> Self {
        let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
        let bulks = Self { inner: Arc::new(Inner { parts, runs: Mutex::default(), tracker, stop }) };
        let own = bulks.clone();
        background.start("bulk.take_up", move |beat| own.clone().take_up(beat));
        bulks
    }

    /// Begins no more guests. What waits is skipped; what runs is taken up at the next start or by another process.
    pub(crate) async fn stop_all(&self) {
        self.inner.stop.cancel();
        self.inner.tracker.close();
        if tokio::time::timeout(STOP, self.inner.tracker.wait()).await.is_err() {
            tracing::warn!("how actions on many guests stand is not written down; the next start looks");
        }
    }

    fn runs(&self) -> MutexGuard<'_, HashMap<BulkId, Arc<Notify>>> {
        self.inner.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an action on many guests.
    ///
    /// # Errors
    /// [`BulkError`]: fields, too many, the store.
    pub async fn start_one(&self, grant: Grant<ActOnGuests>, input: BulkIn) -> Result<BulkDetail, BulkError> {
        let (act, per_server) = input.check()?;
        let Parts { store, clock, audit, process, .. } = &self.inner.parts;
        let sight = Sight::of(&grant);
        let bulk = Bulk {
            id: secret::id(),
            tenant_id: grant.tenant_id(),
            user_id: grant.person().user(),
            user_name: grant.person().full_name().to_owned(),
            process_id: *process,
            action: input.action,
            timeout_seconds: input.timeout_seconds.map(i64::from),
            force_stop: input.force_stop,
            per_server,
            state: BulkState::Running,
            stopped_by: None,
            created_at: clock.now(),
            ended_at: None,
            turn: 0,
            counts: nexus_store::BulkCounts::default(),
        };
        let guests: Vec<BulkGuest> = self.name(&bulk, &input.guests, &sight);
        let mut tx = store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        if tx.live_bulks_of(bulk.user_id).await? >= AT_ONCE {
            return Err(BulkError::TooMany);
        }
        tx.insert_bulk(&bulk, &guests).await?;
        audit.record(&mut tx, &grant.who(), record(&bulk, guests.len()).outcome(Outcome::Intent)).await?;
        tx.announce_event(&Announced::Bulk(bulk.tenant_id, bulk.id, 0).to_string()).await?;
        let told = tx.bulk(bulk.id).await?.ok_or(BulkError::NotFound)?;
        tx.commit().await?;
        self.tell(BulkTold { bulk: told.clone(), guests: Vec::new() });
        self.work_on(&bulk, guests.clone(), act, grant);
        self.detail(&sight, &told, &guests)
    }

    /// The guests with the names that the person may know.
    fn name(&self, bulk: &Bulk, keys: &[GuestKey], sight: &Sight) -> Vec<BulkGuest> {
        let inventory = &self.inner.parts.inventory;
        let named = keys.iter().zip(0..).map(|(key, position)| {
            let seen = sight.permissions_on(*key).and_then(|_| inventory.find(bulk.tenant_id, *key));
            let name = seen.map_or_else(|| view::nameless(*key), |found| found.row.name.clone());
            BulkGuest::waiting(position, *key, name)
        });
        named.collect()
    }

    /// The newest actions: one's own, or everybody's for managers and up.
    ///
    /// # Errors
    /// The page, the store.
    pub async fn list(&self, grant: &Grant<SeeTasks>, page: &Page) -> Result<BulkPage, BulkError> {
        let before = page.place::<(i64, BulkId)>()?.map(|(at, id)| (Micros(at), id));
        let of = (!grant.is_manager()).then(|| grant.person().user());
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let mut rows = tx.bulks(of, before, page.limit() + 1).await?;
        let next_cursor = page.cut(&mut rows, |row| (row.created_at.0, row.id));
        let sight = Sight::of(grant);
        Ok(BulkPage { bulks: rows.iter().filter_map(|row| sight.bulk(row)).collect(), next_cursor })
    }

    /// One action with its guests.
    ///
    /// # Errors
    /// [`BulkError::NotFound`], the store.
    pub async fn get(&self, grant: &Grant<SeeTasks>, id: BulkId) -> Result<BulkDetail, BulkError> {
        let sight = Sight::of(grant);
        let mut tx = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let bulk = tx.bulk(id).await?.filter(|bulk| sight.bulk(bulk).is_some()).ok_or(BulkError::NotFound)?;
        let guests = tx.bulk_guests(id).await?;
        self.detail(&sight, &bulk, &guests)
    }

    fn detail(&self, sight: &Sight, bulk: &Bulk, guests: &[BulkGuest]) -> Result<BulkDetail, BulkError> {
        let view = sight.bulk(bulk).ok_or(BulkError::NotFound)?;
        let guests = guests.iter().map(|guest| sight.bulk_guest(guest, self.is_provided(guest))).collect();
        Ok(BulkDetail { bulk: view, guests })
    }

    fn is_provided(&self, guest: &BulkGuest) -> bool {
        !self.inner.parts.inventory.tells_all(guest.server_id)
    }

    /// Begins no more guests of an action; what runs is left to end. Twice does nothing more.
    ///
    /// # Errors
    /// [`BulkError::NotFound`], [`BulkError::Ended`], the store.
    pub async fn stop(&self, grant: &Grant<ActOnGuests>, id: BulkId) -> Result<BulkView, BulkError> {
        let Parts { store, audit, .. } = &self.inner.parts;
        let sight = Sight::of(grant);
        let mut tx = store.tenant_write(grant.scope()).await?;
        let bulk = tx.bulk(id).await?.filter(|bulk| sight.bulk(bulk).is_some()).ok_or(BulkError::NotFound)?;
        if tx.stop_bulk(id, grant.person().full_name()).await? {
            let before = json!({ "state": bulk.state });
            let entry = Entry::new("bulk.stop", "bulk_action", id, bulk.action.name());
            let entry = entry.before(before).after(json!({ "state": BulkState::Stopping }));
            audit.record(&mut tx, &grant.who(), entry).await?;
            tx.announce_event(&Announced::Bulk(bulk.tenant_id, id, 0).to_string()).await?;
        }
        let bulk = tx.bulk(id).await?.ok_or(BulkError::NotFound)?;
        tx.commit().await?;
        if bulk.ended_at.is_some() {
            return Err(BulkError::Ended);
        }
        self.poke(id);
        let view = sight.bulk(&bulk).ok_or(BulkError::NotFound)?;
        self.tell(BulkTold { bulk, guests: Vec::new() });
        Ok(view)
    }

    /// Has the run of an action, if it is here, look at its row.
    fn poke(&self, id: BulkId) {
        if let Some(look) = self.runs().get(&id) {
            look.notify_one();
        }
    }

    fn tell(&self, told: BulkTold) {
        let provided = told.guests.iter().map(|guest| self.is_provided(guest)).collect();
        self.inner.parts.events.tell(told.bulk.tenant_id, Happening::Bulk { told: Box::new(told), provided });
    }

    /// Another process wrote about an action: tells those who watch here, and the run, if it is here.
    pub(crate) async fn heard(&self, tenant: TenantId, id: BulkId, turn: i64) -> nexus_store::Result<()> {
        let Parts { store, system, events, .. } = &self.inner.parts;
        self.poke(id);
        if !events.remembers(tenant) {
            return Ok(());
        }
        let mut read = store.system_read(system).await?;
        let bulk = read.bulk_of(tenant, id).await?;
        let guests = read.bulk_guests_of_turn(tenant, id, turn).await?;
        read.commit().await?;
        if let Some(bulk) = bulk {
            self.tell(BulkTold { bulk, guests });
        }
        Ok(())
    }
}

/// What the tenant's log says of an action.
fn record(bulk: &Bulk, guests: usize) -> Entry {
    let state = json!({
        "action": bulk.action, "guests": guests, "per_server": bulk.per_server,
        "timeout_seconds": bulk.timeout_seconds, "force_stop": bulk.force_stop,
    });
    Entry::new("guest.bulk", "bulk_action", bulk.id, bulk.action.name()).after(state)
}
