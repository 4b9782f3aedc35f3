//! Console sessions as lists show them, and ending one from elsewhere: at once in this process, within seconds in any
//! other, whose consoles look for rows whose end was asked for.

use std::time::Duration;

use nexus_model::{ConsoleId, FieldError, GuestKey, Micros, TenantId, UserId, free_text};
use nexus_relay::EndReason;
use nexus_store::{ConsoleFilter, ConsoleRow, ConsoleSession, Person};
use serde_json::json;
use uuid::Uuid;

use super::{Consoles, Parts};
use crate::access::{Grant, SeeTenant, SystemGrant, TenantRight};
use crate::audit::Entry;
use crate::events::Happening;
use crate::page::{BadPage, Page};

/// How often rows whose end was asked for are looked for.
pub(super) const LOOK: Duration = Duration::from_secs(1);
/// Longest reason that a person is told, in characters.
const LONGEST_WORDS: usize = 100;

/// How far a console is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsoleState {
    /// Asked for, and not claimed yet.
    Requested,
    /// Open.
    Open,
    /// Over.
    Ended,
}

impl ConsoleState {
    /// As stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Open => "open",
            Self::Ended => "ended",
        }
    }

    fn stored(text: &str) -> Self {
        match text {
            "requested" => Self::Requested,
            "open" => Self::Open,
            _ => Self::Ended,
        }
    }
}

/// A tenant, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantName {
    /// Its id.
    pub id: TenantId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// One console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleView {
    /// Its id.
    pub id: ConsoleId,
    /// Who; `None` when they are gone, or out of sight.
    pub user: Option<Person>,
    /// What they were called then.
    pub user_name: String,
    /// The guest.
    pub guest: GuestKey,
    /// The guest's name then.
    pub guest_name: String,
    /// The server's name.
    pub server_name: Option<String>,
    /// In which tenant.
    pub tenant: TenantName,
    /// Whether the person may only look.
    pub view_only: bool,
    /// How far it is.
    pub state: ConsoleState,
    /// From where.
    pub address: String,
    /// With what.
    pub user_agent: String,
    /// When it was asked for.
    pub created_at: Micros,
    /// When it was claimed.
    pub started_at: Option<Micros>,
    /// When it ended.
    pub ended_at: Option<Micros>,
    /// Bytes to the browser.
    pub bytes_down: i64,
    /// Bytes from the browser.
    pub bytes_up: i64,
    /// The reason's name.
    pub end_reason: Option<String>,
    /// The newest round trip to the browser, in microseconds.
    pub browser_rtt_us: Option<i64>,
    /// The newest round trip to PVE, in microseconds.
    pub server_rtt_us: Option<i64>,
    /// PVE's task, for managers and up.
    pub upid: Option<String>,
    /// How long nobody has given input to it, while it is open; `None` where nobody can.
    pub idle: Option<Duration>,
    /// Whether who asks may end it.
    pub may_end: bool,
}

/// A console that was opened or has ended, before anybody's sight is applied.
#[derive(Debug, Clone)]
pub(crate) struct ConsoleTold {
    pub(crate) owner: UserId,
    /// As who sees everything sees it.
    pub(crate) view: ConsoleView,
    /// The server's name for who may not see servers.
    pub(crate) listed: Option<String>,
}

/// A page of consoles, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleList {
    /// The consoles.
    pub sessions: Vec<ConsoleView>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Why consoles are not listed, or one is not ended.
#[derive(Debug, thiserror::Error)]
pub enum EndError {
    /// There is no such console, or none that the person may see.
    #[error("there is no such console")]
    NotFound,
    /// It is over.
    #[error("the console has ended")]
    Ended,
    /// The reason cannot be used.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// The part of the list cannot be had.
    #[error(transparent)]
    Page(#[from] BadPage),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] nexus_store::Error),
}

/// A place in the list.
type Place = (i64, Uuid);

/// Which consoles of a tenant.
#[derive(Debug, Clone, Default)]
pub struct ConsoleQuery {
    /// In this state.
    pub state: Option<ConsoleState>,
    /// Of this guest.
    pub guest: Option<GuestKey>,
    /// Of this person.
    pub user: Option<UserId>,
    /// Ended for this reason.
    pub end_reason: Option<String>,
    /// The page; there is nothing to search.
    pub page: Page,
}

/// Which consoles of all tenants.
#[derive(Debug, Clone, Default)]
pub struct AllConsolesQuery {
    /// In this state.
    pub state: Option<ConsoleState>,
    /// Of this tenant.
    pub tenant: Option<TenantId>,
    /// Of this person.
    pub user: Option<UserId>,
    /// Ended for this reason.
    pub end_reason: Option<String>,
    /// The page; there is nothing to search.
    pub page: Page,
}

/// What who asks sees of consoles, beside whose they are.
#[derive(Debug, Clone, Copy)]
struct Sees {
    /// Servers, by the names that they have.
    servers: bool,
    /// What PVE says of itself, of provided servers too.
    inside: bool,
}

fn filter<'a>(
    page: &Page,
    state: Option<ConsoleState>,
    end_reason: Option<&'a str>,
) -> Result<ConsoleFilter<'a>, BadPage> {
    let before = page.place::<Place>()?.map(|(at, id)| (Micros(at), id.into()));
    let state = state.map(ConsoleState::name);
    Ok(ConsoleFilter { user: None, guest: None, tenant: None, state, end_reason, before, limit: page.limit() + 1 })
}

/// What the person is to read, checked; `None` for nothing.
fn words(typed: Option<&str>) -> Result<String, EndError> {
    let typed = typed.unwrap_or_default().replace('\n', " ");
    free_text(&typed, LONGEST_WORDS).map_err(|error| EndError::Invalid(vec![error.field("reason")]))
}

impl Consoles {
    /// The tenant's consoles for who sees them all, one's own otherwise.
    ///
    /// # Errors
    /// [`EndError::Page`], or the store.
    pub async fn list(&self, grant: &Grant<SeeTenant>, query: &ConsoleQuery) -> Result<ConsoleList, EndError> {
        let page = &query.page;
        let own = grant.person().user();
        let user = match query.user {
            asked if grant.allows(TenantRight::SeeAllConsoles) => asked,
            // Nobody's are found, as for whoever never was.
            Some(other) if other != own => Some(Uuid::nil().into()),
            _ => Some(own),
        };
        let filter = filter(page, query.state, query.end_reason.as_deref())?;
        let filter = ConsoleFilter { user, guest: query.guest, ..filter };
        let mut read = self.inner.parts.store.tenant_read(grant.scope()).await?;
        let rows = read.consoles(&filter).await?;
        read.commit().await?;
        let all = grant.allows(TenantRight::EndConsoles);
        let sees = Sees { servers: grant.allows(TenantRight::SeeServers), inside: false };
        Ok(self.page(page, rows, |row| all || row.user_id == own, sees))
    }

    /// The consoles of all tenants.
    ///
    /// # Errors
    /// [`EndError::Page`], or the store.
    pub async fn list_all(&self, _grant: &SystemGrant, query: &AllConsolesQuery) -> Result<ConsoleList, EndError> {
        let Parts { store, system, .. } = &self.inner.parts;
        let page = &query.page;
        let filter = filter(page, query.state, query.end_reason.as_deref())?;
        let filter = ConsoleFilter { user: query.user, tenant: query.tenant, ..filter };
        let mut read = store.system_read(system).await?;
        let rows = read.all_consoles(&filter).await?;
        read.commit().await?;
        Ok(self.page(page, rows, |_| true, Sees { servers: true, inside: true }))
    }

    fn page(
        &self,
        page: &Page,
        mut rows: Vec<ConsoleRow>,
        may_end: impl Fn(&ConsoleRow) -> bool,
        sees: Sees,
    ) -> ConsoleList {
        let next_cursor = page.cut(&mut rows, |row| (row.created_at.0, row.id.uuid()));
        let sessions = rows.into_iter().map(|row| {
            let may = may_end(&row);
            self.view(row, may, sees)
        });
        ConsoleList { sessions: sessions.collect(), next_cursor }
    }

    fn view(&self, row: ConsoleRow, may_end: bool, sees: Sees) -> ConsoleView {
        let state = ConsoleState::stored(&row.state);
        // Who may not see servers sees their names with their guests, as the inventory has them.
        let listed = || self.inner.parts.inventory.entry(row.server_id).map(|entry| entry.endpoint.name.to_string());
        let server_name = if sees.servers { row.server_name.clone() } else { listed() };
        let told = sees.inside || (sees.servers && self.inner.parts.inventory.tells_all(row.server_id));
        let now = self.inner.parts.clock.now();
        let row = self.as_of_now(row, now);
        let last_input = row.last_input_at.filter(|_| state == ConsoleState::Open && !row.view_only);
        let user = row.full_name.zip(row.email).map(|(full_name, email)| Person {
            id: row.user_id,
            full_name,
            email,
            avatar_tag: row.avatar_tag,
        });
        ConsoleView {
            id: row.id,
            user,
            user_name: row.user_name,
            guest: GuestKey { server: row.server_id, kind: row.kind, vmid: row.vmid },
            guest_name: row.guest_name,
            server_name,
            tenant: TenantName { id: row.tenant_id, slug: row.tenant_slug, name: row.tenant_name },
            view_only: row.view_only,
            state,
            address: row.address,
            user_agent: row.user_agent,
            created_at: row.created_at,
            started_at: row.started_at.map(Micros),
            ended_at: row.ended_at.map(Micros),
            bytes_down: row.bytes_down,
            bytes_up: row.bytes_up,
            end_reason: row.end_reason,
            browser_rtt_us: row.browser_rtt_us,
            server_rtt_us: row.pve_rtt_us,
            upid: row.upid.filter(|_| told),
            idle: last_input.map(|at| now.since(Micros(at))),
            may_end: may_end && state != ConsoleState::Ended,
        }
    }

    /// What a console of this process has done by now stands in its memory; the row is a little behind.
    fn as_of_now(&self, row: ConsoleRow, now: Micros) -> ConsoleRow {
        let live = self.running().get(&row.id).filter(|running| running.stats.get().is_some()).cloned();
        let Some(live) = live else { return row };
        let counted = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let figures = live.figures(now);
        ConsoleRow {
            bytes_down: counted(figures.bytes_down),
            bytes_up: counted(figures.bytes_up),
            browser_rtt_us: figures.browser_rtt_us.map(counted),
            pve_rtt_us: figures.pve_rtt_us.map(counted),
            last_input_at: figures.last_input_at.map(|at| at.0),
            ..row
        }
    }

    /// Tells who watches what the open consoles of a tenant have done.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn tell_live(&self, tenant: TenantId) -> nexus_store::Result<()> {
        let Parts { store, system, events, .. } = &self.inner.parts;
        if !events.is_watched(tenant) {
            return Ok(());
        }
        let mut read = store.system_read(system).await?;
        let rows = read.listed_live_consoles(tenant).await?;
        read.commit().await?;
        for row in rows {
            self.tell_row(row);
        }
        Ok(())
    }

    /// Tells who watches that a console was opened or has ended.
    pub(crate) async fn tell(&self, id: ConsoleId) {
        if let Err(error) = self.try_tell(id).await {
            tracing::warn!(console.id = %id, %error, "nobody could be told of a console");
        }
    }

    async fn try_tell(&self, id: ConsoleId) -> nexus_store::Result<()> {
        let Parts { store, system, .. } = &self.inner.parts;
        let mut read = store.system_read(system).await?;
        let row = read.listed_console(id).await?;
        read.commit().await?;
        if let Some(row) = row {
            self.tell_row(row);
        }
        Ok(())
    }

    fn tell_row(&self, row: ConsoleRow) {
        let Parts { inventory, events, .. } = &self.inner.parts;
        let (tenant, owner) = (row.tenant_id, row.user_id);
        let listed = inventory.entry(row.server_id).map(|entry| entry.endpoint.name.to_string());
        let view = self.view(row, true, Sees { servers: true, inside: false });
        events.tell(tenant, Happening::Console(Box::new(ConsoleTold { owner, view, listed })));
    }

    /// Ends a console of the tenant: any for who may, one's own otherwise.
    ///
    /// # Errors
    /// [`EndError`]; somebody else's is not found for who does not see it.
    pub async fn ask_end(&self, grant: &Grant<SeeTenant>, id: ConsoleId, typed: Option<&str>) -> Result<(), EndError> {
        let Parts { store, clock, audit, .. } = &self.inner.parts;
        let words = words(typed)?;
        let mut tx = store.tenant_write(grant.scope()).await?;
        let console = tx.console(id).await?;
        let own = grant.person().user();
        let mine = |console: &ConsoleSession| grant.allows(TenantRight::EndConsoles) || console.user_id == own;
        let console = console.filter(mine).ok_or(EndError::NotFound)?;
        if !tx.ask_console_end(id, clock.now(), EndReason::EndedByAdmin.name(), &words).await? {
            return Err(EndError::Ended);
        }
        audit.record(&mut tx, &grant.who(), entry(&console, &words)).await?;
        tx.commit().await?;
        self.end_saying(id, &words);
        Ok(())
    }

    /// Ends a console of any tenant.
    ///
    /// # Errors
    /// [`EndError`].
    pub async fn ask_end_anywhere(
        &self,
        grant: &SystemGrant,
        id: ConsoleId,
        typed: Option<&str>,
    ) -> Result<(), EndError> {
        let Parts { store, system, clock, audit, .. } = &self.inner.parts;
        let words = words(typed)?;
        let mut tx = store.system_write(system).await?;
        let console = tx.console(id).await?.ok_or(EndError::NotFound)?;
        if !tx.ask_console_end(&console, clock.now(), EndReason::EndedByAdmin.name(), &words).await? {
            return Err(EndError::Ended);
        }
        audit.record_as_system(&mut tx, Some(console.tenant_id), &grant.who(), entry(&console, &words)).await?;
        tx.commit().await?;
        self.end_saying(id, &words);
        Ok(())
    }

    /// Ends the consoles of this process whose end was asked for in another one, or while they were being claimed.
    pub(super) async fn end_asked(&self) -> nexus_store::Result<()> {
        let Parts { store, system, .. } = &self.inner.parts;
        if self.running().is_empty() {
            return Ok(());
        }
        let mut read = store.system_read(system).await?;
        let asked = read.asked_console_ends().await?;
        read.commit().await?;
        for asked in asked {
            self.end_saying(asked.id, asked.end_asked_words.as_deref().unwrap_or_default());
        }
        Ok(())
    }

    fn end_saying(&self, id: ConsoleId, words: &str) {
        let Some(running) = self.running().get(&id).cloned() else { return };
        match words {
            "" => running.signal.end(EndReason::EndedByAdmin),
            words => running.signal.end_saying(EndReason::EndedByAdmin, words),
        }
    }
}

fn entry(console: &ConsoleSession, words: &str) -> Entry {
    let state = json!({ "console": console.id, "user": console.user_id, "user_name": console.user_name });
    let entry = Entry::new("console.ask_end", "guest", console.guest(), console.guest_name.clone()).after(state);
    if words.is_empty() { entry } else { entry.detail(words) }
}
