//! Many assignments at once, from a sheet: to members, on guests by server and number, or by pool or tag. A bad row is
//! reported and left out; all others are one transaction.

use std::collections::HashMap;

use nexus_model::{
    AssignmentId, Email, GuestKey, GuestKind, GuestPermissions, GuestRight, Micros, Name, ServerId, Subject, Target,
    UserId,
};
use nexus_store::{NewAssignment, Server, Tenant, Whose};
use serde_json::json;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use super::{AssignmentError, Assignments, MOST, Parts};
use crate::access::{Grant, ManageMembers};
use crate::audit::Entry;
use crate::secret;
use crate::sheet::{self, Row};

/// The columns, in their order where the sheet has no titles.
const COLUMNS: [&str; 7] = ["email", "server", "vmid", "pool", "tag", "permissions", "until"];

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// Gives rights.
    Create,
    /// Gives other rights than there were on the same target.
    Change,
    /// The rights are there already.
    Same,
    /// The row cannot be used.
    Error,
}

/// A row of a list of assignments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its line in the text.
    pub line: u64,
    /// The address, as it was written.
    pub email: String,
    /// The target, for people.
    pub target: String,
    /// What the row does.
    pub outcome: ImportOutcome,
    /// Why it cannot be used, for people.
    pub error: Option<String>,
}

/// A list of assignments, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// In their order.
    pub rows: Vec<ImportRow>,
    /// Whether it was done, and not only looked at.
    pub done: bool,
}

/// A row that can be used.
struct Wanted {
    user: UserId,
    email: Email,
    target: Target,
    permissions: GuestPermissions,
    until: Option<Micros>,
}

/// What a person has on a target, in the transaction.
#[derive(Clone, Copy)]
struct Has {
    id: AssignmentId,
    version: i64,
    permissions: GuestPermissions,
    until: Option<Micros>,
}

/// What rows are compared with.
struct Known {
    servers: Vec<Server>,
    has: HashMap<(UserId, String), Has>,
    count: i64,
}

/// A date is the end of that day in UTC.
fn until(text: &str, now: Micros) -> Result<Option<Micros>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let date = Date::parse(text, format_description!("[year]-[month]-[day]"));
    let date = date.ok().and_then(Date::next_day).map(|next| next.midnight().assume_utc());
    let at = date.or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok());
    let at = at.ok_or("The end must be a date such as 2027-01-31, or RFC 3339.")?;
    let at = i64::try_from(at.unix_timestamp_nanos() / 1000).map(Micros).unwrap_or(Micros(i64::MAX));
    if at > now { Ok(Some(at)) } else { Err("The end must lie ahead.".to_owned()) }
}

fn permissions(text: &str) -> Result<GuestPermissions, String> {
    let names = text.split(['+', ' ', '|']).filter(|name| !name.is_empty());
    let rights: Result<GuestPermissions, _> =
        names.map(|name| name.to_ascii_lowercase().parse::<GuestRight>()).collect();
    let known = "The permissions must be some of view, watch, console, power, snapshot.";
    rights.ok().filter(|rights| !rights.is_empty()).ok_or_else(|| known.to_owned())
}

/// The target in words.
fn words(row: &Row) -> String {
    let (server, vmid, pool, tag) = (row.cell(1), row.cell(2), row.cell(3), row.cell(4));
    let what = match (vmid, pool, tag) {
        (vmid, "", "") => vmid.to_owned(),
        ("", pool, "") => format!("pool {pool}"),
        ("", "", tag) => format!("tag {tag}"),
        (vmid, pool, tag) => [vmid, pool, tag].join(" "),
    };
    let whole = if server.is_empty() { what } else { format!("{server}: {what}") };
    whole.trim().chars().take(200).collect()
}

impl Known {
    fn server(&self, name: &str) -> Result<Option<ServerId>, String> {
        if name.is_empty() {
            return Ok(None);
        }
        let mut called = self.servers.iter().filter(|server| server.name == name);
        match (called.next(), called.next()) {
            (Some(server), None) => Ok(Some(server.id)),
            (Some(_), Some(_)) => Err(format!("There are several servers named {name}.")),
            (None, _) => Err(format!("There is no server named {name}.")),
        }
    }
}

impl Assignments {
    /// Gives rights by the rows of a sheet with the columns `email`, `server`, `vmid`, `pool`, `tag`, `permissions` and
    /// `until`. With `look_only` nothing changes and the answer is the same.
    ///
    /// # Errors
    /// A sheet that cannot be read, or the store.
    pub async fn import(
        &self,
        grant: &Grant<ManageMembers>,
        text: &str,
        look_only: bool,
    ) -> Result<Import, AssignmentError> {
        let rows = sheet::read(text, &COLUMNS).map_err(|error| AssignmentError::Invalid(vec![error.field("csv")]))?;
        let mut tx = self.inner.store.tenant_write(grant.scope()).await?;
        tx.lock().await?;
        let mut known = Self::known(&mut tx).await?;
        let mut done = Vec::with_capacity(rows.len());
        for row in rows {
            let result = match self.wanted(&mut tx, grant, &row, &known).await? {
                Ok(wanted) => self.take(&mut tx, grant, &mut known, wanted).await?,
                Err(why) => Err(why),
            };
            let (outcome, error) = match result {
                Ok(outcome) => (outcome, None),
                Err(why) => (ImportOutcome::Error, Some(why)),
            };
            let email = row.cell(0).chars().take(254).collect();
            done.push(ImportRow { line: row.line, email, target: words(&row), outcome, error });
        }
        if !look_only {
            tx.commit().await?;
        }
        Ok(Import { rows: done, done: !look_only })
    }

    async fn known(tx: &mut Tenant<'_>) -> Result<Known, AssignmentError> {
        let servers = tx.servers().await?;
        let all = tx.all_assignments().await?;
        let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let own = all.into_iter().filter_map(|one| {
            let Subject::User(user) = one.subject else { return None };
            let has = Has { id: one.id, version: one.version, permissions: one.permissions, until: one.until };
            Some(((user, one.target.key()), has))
        });
        Ok(Known { servers, has: own.collect(), count })
    }

    /// What a row wants, or why it cannot be used.
    async fn wanted(
        &self,
        tx: &mut Tenant<'_>,
        grant: &Grant<ManageMembers>,
        row: &Row,
        known: &Known,
    ) -> Result<Result<Wanted, String>, AssignmentError> {
        let email = match Email::parse(row.cell(0)) {
            Ok(email) => email,
            Err(error) => return Ok(Err(format!("The address {}.", error.detail))),
        };
        let Some(user) = tx.member_called(email.as_str()).await? else {
            return Ok(Err("Nobody with this address is a member here.".to_owned()));
        };
        let rest = || {
            let target = self.target(grant, row, known)?;
            let until = until(row.cell(6), self.inner.clock.now())?;
            Ok(Wanted { user, email, target, permissions: permissions(row.cell(5))?, until })
        };
        Ok(rest())
    }

    fn target(&self, grant: &Grant<ManageMembers>, row: &Row, known: &Known) -> Result<Target, String> {
        let server = known.server(row.cell(1))?;
        let named = |name: &str| match Name::parse(name) {
            Ok(name) => Ok(name.as_str().to_owned()),
            Err(error) => Err(format!("The name {}.", error.detail)),
        };
        match (row.cell(2), row.cell(3), row.cell(4)) {
            (vmid, "", "") if !vmid.is_empty() => {
                let server = server.ok_or("A guest needs its server.")?;
                let vmid = vmid.parse().map_err(|_| "The vmid must be a number.")?;
                let guests = GuestKind::ALL.iter().map(|kind| GuestKey { server, kind: *kind, vmid });
                let mut there = guests.filter(|guest| self.inner.inventory.find(grant.tenant_id(), *guest).is_some());
                there.next().map(Target::Guest).ok_or_else(|| "The server has no such guest.".to_owned())
            }
            ("", pool, "") if !pool.is_empty() => Ok(Target::Pool { server, name: named(pool)? }),
            ("", "", tag) if !tag.is_empty() => Ok(Target::Tag { server, name: named(tag)? }),
            _ => Err("There must be one of vmid, pool and tag.".to_owned()),
        }
    }

    /// Does what a row wants, in the list's transaction.
    async fn take(
        &self,
        tx: &mut Tenant<'_>,
        grant: &Grant<ManageMembers>,
        known: &mut Known,
        wanted: Wanted,
    ) -> Result<Result<ImportOutcome, String>, AssignmentError> {
        let Parts { clock, audit, .. } = &*self.inner;
        let (key, permissions, until) = (wanted.target.key(), wanted.permissions, wanted.until);
        let state = |permissions: GuestPermissions, until: Option<Micros>| {
            json!({
                "subject": wanted.email.as_str(), "target": key, "permissions": permissions.to_string(), "until": until,
            })
        };
        let before = known.has.get(&(wanted.user, key.clone())).copied();
        let (outcome, has, entry) = match before {
            Some(has) if has.permissions == permissions && has.until == until => {
                return Ok(Ok(ImportOutcome::Same));
            }
            Some(has) => {
                if !tx.update_assignment(has.id, has.version, permissions, until).await? {
                    return Err(AssignmentError::ChangedMeanwhile);
                }
                let entry = Entry::new("assignment.update", "assignment", has.id, key.as_str());
                let entry = entry.before(state(has.permissions, has.until));
                (ImportOutcome::Change, Has { version: has.version + 1, permissions, until, ..has }, entry)
            }
            None if known.count >= MOST => return Ok(Err(format!("There are {MOST} assignments already."))),
            None => {
                let id = secret::id();
                let subject = Subject::User(wanted.user);
                let (tenant, at, target) = (grant.tenant_id(), clock.now(), wanted.target.clone());
                tx.insert_assignment(&NewAssignment { id, tenant, subject, target, permissions, until, at }).await?;
                known.count += 1;
                let entry = Entry::new("assignment.create", "assignment", id, key.as_str());
                (ImportOutcome::Create, Has { id, version: 1, permissions, until }, entry)
            }
        };
        let entry = entry.after(state(permissions, until)).detail("from a list");
        tx.rights_changed(Whose::User(wanted.user)).await?;
        audit.record(tx, &grant.who(), entry).await?;
        known.has.insert((wanted.user, key), has);
        Ok(Ok(outcome))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_days_or_moments() {
        let now = Micros(1_800_000_000_000_000);
        assert_eq!(until("", now), Ok(None));
        assert_eq!(until("2027-01-31", now), Ok(Some(Micros(1_801_440_000_000_000))), "the end of the day");
        assert_eq!(until("2027-01-31T12:00:00+01:00", now), Ok(Some(Micros(1_801_393_200_000_000))));
        for bad in ["31.01.2027", "2027-13-01", "2020-01-01", "soon", "2027-01-31T12:00:00"] {
            assert!(until(bad, now).is_err(), "{bad}");
        }
    }

    #[test]
    fn rights_are_joined_in_three_ways() {
        let expected: GuestPermissions = [GuestRight::Console, GuestRight::Power].into_iter().collect();
        for text in ["console+power", "power|console", "Console  POWER", "view+console+power"] {
            assert_eq!(permissions(text), Ok(expected), "{text}");
        }
        for bad in ["", "+", "root", "console,power", "view+root"] {
            assert!(permissions(bad).is_err(), "{bad}");
        }
    }
}
