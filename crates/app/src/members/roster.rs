//! Rosters: many members at once, from a sheet. A bad row is reported and left out; all others are one transaction.

use std::collections::HashSet;

use nexus_model::{Email, TenantRole};
use nexus_store::{System, Whose};
use serde_json::json;
use zeroize::Zeroizing;

use super::{MemberError, Members, Parts, added, finder};
use crate::access::{Grant, ManageMembers};
use crate::audit::Entry;
use crate::notifications::Told;
use crate::sheet::{self, Row};

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RosterOutcome {
    /// The person could be found and becomes a member.
    Add,
    /// The address is invited.
    Invite,
    /// The person is such a member already.
    Same,
    /// The row cannot be used.
    Error,
}

/// A row of a roster.
#[derive(Debug, Clone)]
pub struct RosterRow {
    /// Its line in the text.
    pub line: u64,
    /// The address, as far as it is one.
    pub email: String,
    /// The role, as it was written.
    pub role: String,
    /// What the row does.
    pub outcome: RosterOutcome,
    /// Why it cannot be used, for people.
    pub error: Option<String>,
    /// The invitation's link, shown this once.
    pub link: Option<Zeroizing<String>>,
}

/// A roster, row by row.
#[derive(Debug, Clone)]
pub struct Roster {
    /// In their order.
    pub rows: Vec<RosterRow>,
    /// Whether it was done, and not only looked at.
    pub done: bool,
}

/// A row that can be used.
struct Wanted {
    email: Email,
    role: TenantRole,
}

fn wanted(row: &Row, seen: &mut HashSet<String>) -> Result<Wanted, String> {
    let email = Email::parse(row.cell(0)).map_err(|error| format!("The address {}.", error.detail))?;
    let role = match row.cell(1).to_ascii_lowercase().as_str() {
        "" => TenantRole::Viewer,
        role => role.parse().map_err(|_| "The role must be viewer, manager or admin.".to_owned())?,
    };
    if !seen.insert(email.as_str().to_owned()) {
        return Err("The address stands in an earlier row already.".to_owned());
    }
    Ok(Wanted { email, role })
}

impl Members {
    /// Adds and invites the people of a sheet with the columns `email` and `role` (a viewer where it is empty). With
    /// `look_only` nothing changes and the answer is the same, but for the links.
    ///
    /// # Errors
    /// A sheet that cannot be read, too many invitations, the store.
    pub async fn import(
        &self,
        grant: &Grant<ManageMembers>,
        text: &str,
        look_only: bool,
    ) -> Result<Roster, MemberError> {
        let rows =
            sheet::read(text, &["email", "role"]).map_err(|error| MemberError::Invalid(vec![error.field("csv")]))?;
        let Parts { store, system, notices, .. } = &*self.inner;
        let mut tx = store.system_write(system).await?;
        tx.lock_tenant(grant.tenant_id()).await?;
        let (mut seen, mut done, mut invited, mut told) =
            (HashSet::new(), Vec::with_capacity(rows.len()), 0, Vec::new());
        for row in rows {
            let result = match wanted(&row, &mut seen) {
                Ok(wanted) => self.take(&mut tx, grant, &wanted, &mut told).await?,
                Err(why) => Taken { outcome: RosterOutcome::Error, error: Some(why), link: None },
            };
            invited += u32::from(result.outcome == RosterOutcome::Invite);
            done.push(RosterRow {
                line: row.line,
                email: row.cell(0).chars().take(254).collect(),
                role: row.cell(1).chars().take(100).collect(),
                outcome: result.outcome,
                error: result.error,
                link: result.link.filter(|_| !look_only),
            });
        }
        if invited > 0 {
            self.count_invitations(&mut tx, grant.tenant_id(), invited).await?;
        }
        if !look_only {
            tx.commit().await?;
            notices.told(told);
        }
        Ok(Roster { rows: done, done: !look_only })
    }

    /// Does what a row wants, in the roster's transaction.
    async fn take(
        &self,
        tx: &mut System<'_>,
        grant: &Grant<ManageMembers>,
        wanted: &Wanted,
        told: &mut Vec<Told>,
    ) -> Result<Taken, MemberError> {
        let Parts { clock, audit, notices, .. } = &*self.inner;
        let (tenant, email) = (grant.tenant_id(), wanted.email.as_str());
        if let Some(user) = tx.member_called(tenant, email).await? {
            let member = tx.member(tenant, user).await?.ok_or(MemberError::NotFound)?;
            if member.role == wanted.role {
                return Ok(Taken { outcome: RosterOutcome::Same, error: None, link: None });
            }
            let why = format!("This member is {} here. Change the role on the members page.", member.role);
            return Ok(Taken { outcome: RosterOutcome::Error, error: Some(why), link: None });
        }
        let Some(person) = tx.find_account(finder(grant.person()), email).await? else {
            let made = self.invite(tx, grant, &wanted.email, wanted.role).await?;
            return Ok(Taken { outcome: RosterOutcome::Invite, error: None, link: Some(made.link) });
        };
        tx.insert_member(tenant, person.id, wanted.role, clock.now()).await?;
        tx.delete_invitation_of(tenant, email).await?;
        tx.rights_changed(Whose::User(person.id)).await?;
        let entry = Entry::new("member.create", "user", person.id, email).after(json!({ "role": wanted.role }));
        audit.record_as_system(tx, Some(tenant), &grant.who(), entry.detail("from a roster")).await?;
        self.tell_added(tx, grant, &person).await?;
        told.extend(notices.write(tx, &added(grant, &person, wanted.role)).await?);
        Ok(Taken { outcome: RosterOutcome::Add, error: None, link: None })
    }
}

/// What became of a row.
struct Taken {
    outcome: RosterOutcome,
    error: Option<String>,
    link: Option<Zeroizing<String>>,
}
