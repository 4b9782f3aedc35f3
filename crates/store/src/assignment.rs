//! Assignments: rights on guests, given to people and groups; those on one guest sleep and wake with it.
//!
//! Every statement that changes what somebody may do must be followed by `rights_changed` in the same transaction.

use nexus_model::{
    Assignment, AssignmentId, GroupId, GuestKey, GuestKind, GuestPermissions, Incarnation, Micros, ServerId, Subject,
    Target, TargetKind, TenantId, UserId,
};
use uuid::Uuid;

use crate::db::sql;
use crate::{Error, Result, System, Whose};

/// The columns of a [`Target`].
#[derive(sqlx::FromRow)]
pub(crate) struct TargetRow {
    #[sqlx(try_from = "String")]
    target: TargetKind,
    server_id: Option<Uuid>,
    kind: Option<String>,
    vmid: Option<i64>,
    name: Option<String>,
}

impl TargetRow {
    pub(crate) fn target(self) -> Result<Target> {
        let server = self.server_id.map(ServerId::from);
        let name = || self.name.ok_or(Error::Stored("assignment.name"));
        match self.target {
            TargetKind::Pool => Ok(Target::Pool { server, name: name()? }),
            TargetKind::Tag => Ok(Target::Tag { server, name: name()? }),
            TargetKind::Guest => {
                let kind = self.kind.and_then(|kind| kind.parse::<GuestKind>().ok());
                let vmid = self.vmid.and_then(|vmid| u32::try_from(vmid).ok());
                match (server, kind, vmid) {
                    (Some(server), Some(kind), Some(vmid)) => Ok(Target::Guest(GuestKey { server, kind, vmid })),
                    _ => Err(Error::Stored("assignment.target")),
                }
            }
        }
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct AssignmentRow {
    #[sqlx(try_from = "Uuid")]
    id: AssignmentId,
    user_id: Option<Uuid>,
    group_id: Option<Uuid>,
    #[sqlx(flatten)]
    target: TargetRow,
    incarnation: Option<String>,
    #[sqlx(try_from = "String")]
    permissions: GuestPermissions,
    until: Option<i64>,
    asleep: bool,
    version: i64,
    #[sqlx(try_from = "i64")]
    created_at: Micros,
}

impl AssignmentRow {
    pub(crate) fn assignment(self) -> Result<Assignment> {
        let subject = match (self.user_id, self.group_id) {
            (Some(user), None) => Subject::User(UserId::from(user)),
            (None, Some(group)) => Subject::Group(GroupId::from(group)),
            _ => return Err(Error::Stored("assignment.subject")),
        };
        Ok(Assignment {
            id: self.id,
            subject,
            target: self.target.target()?,
            incarnation: self.incarnation.map(Incarnation),
            permissions: self.permissions,
            until: self.until.map(Micros),
            asleep: self.asleep,
            version: self.version,
            created_at: self.created_at,
        })
    }
}

/// An assignment to be made.
#[derive(Debug, Clone)]
pub struct NewAssignment {
    /// Its id.
    pub id: AssignmentId,
    /// The tenant of all the others.
    pub tenant: TenantId,
    /// Who gets the rights.
    pub subject: Subject,
    /// On what.
    pub target: Target,
    /// Which rights.
    pub permissions: GuestPermissions,
    /// When they end by themselves.
    pub until: Option<Micros>,
    /// Now.
    pub at: Micros,
}

#[derive(sqlx::FromRow)]
struct Inserted {
    #[sqlx(try_from = "Uuid")]
    id: AssignmentId,
}

sql! {
    OF_SERVER = "
        SELECT id, user_id, group_id, target, server_id, kind, vmid, name, incarnation, permissions, until, asleep,
               version, created_at
          FROM assignment
         WHERE tenant_id = $1 AND server_id = $2 AND target = 'guest'
         ORDER BY id";
    MARK = "UPDATE assignment SET incarnation = $3 WHERE tenant_id = $1 AND id = $2 AND incarnation IS NULL";
    SET_ASLEEP = "UPDATE assignment SET asleep = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND asleep <> $3";
    PUT_ASSIGNMENT = "
        INSERT INTO assignment (id, tenant_id, subject_id, user_id, group_id, target, target_key, server_id, kind, vmid,
                                name, permissions, until, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (tenant_id, subject_id, target_key)
        DO UPDATE SET permissions = excluded.permissions, until = excluded.until, asleep = excluded.asleep,
                      incarnation = excluded.incarnation, version = assignment.version + 1
        RETURNING id";
    DELETE_ASSIGNMENT = "
        DELETE FROM assignment
         WHERE tenant_id = $1 AND id = $2
        RETURNING id, user_id, group_id, target, server_id, kind, vmid, name, incarnation, permissions, until, asleep,
                  version, created_at";
}

/// Whose rights an assignment to somebody changes: a group's members are found by asking everybody in the tenant.
#[must_use]
pub fn whose(tenant: TenantId, subject: Subject) -> Whose {
    match subject {
        Subject::User(user) => Whose::User(user),
        Subject::Group(_) => Whose::Tenant(tenant),
    }
}

impl System<'_> {
    /// Everybody's assignments on single guests of a server.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn assignments_of_server(&mut self, tenant: TenantId, server: ServerId) -> Result<Vec<Assignment>> {
        let rows: Vec<AssignmentRow> = self.tx.query(OF_SERVER).bind(tenant).bind(server).all().await?;
        rows.into_iter().map(AssignmentRow::assignment).collect()
    }

    /// Ties an assignment that has no mark yet to the guest that has the vmid now.
    ///
    /// # Errors
    /// The database.
    pub async fn mark_assignment(&mut self, tenant: TenantId, id: AssignmentId, mark: &Incarnation) -> Result<()> {
        self.tx.query(MARK).bind(tenant).bind(id).bind(mark.0.as_str()).execute().await?;
        Ok(())
    }

    /// Puts an assignment to sleep or wakes it; whether that changed anything. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn set_assignment_asleep(&mut self, tenant: TenantId, id: AssignmentId, asleep: bool) -> Result<bool> {
        Ok(self.tx.query(SET_ASLEEP).bind(tenant).bind(id).bind(asleep).execute().await? == 1)
    }

    /// Gives rights, in place of what the subject had on the target; awake, and not tied to an incarnation yet. Returns
    /// the assignment's id, which may be the older one's. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// [`Error::Missing`]: no such member or group, or the tenant has no such server. The database.
    pub async fn put_assignment(&mut self, new: &NewAssignment) -> Result<AssignmentId> {
        let (subject, user, group): (Uuid, _, _) = match new.subject {
            Subject::User(user) => (user.into(), Some(user), None),
            Subject::Group(group) => (group.into(), None, Some(group)),
        };
        let guest = if let Target::Guest(guest) = &new.target { Some(*guest) } else { None };
        let query = self.tx.query(PUT_ASSIGNMENT).bind(new.id).bind(new.tenant).bind(subject).bind(user).bind(group);
        let query = query.bind(new.target.kind().name()).bind(new.target.key()).bind(new.target.server());
        let query = query.bind(guest.map(|guest| guest.kind.name())).bind(guest.map(|guest| guest.vmid));
        let query = query.bind(new.target.name()).bind(new.permissions.to_string()).bind(new.until).bind(new.at);
        Ok(query.one::<Inserted>().await?.id)
    }

    /// Takes an assignment away; what it was. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn delete_assignment(&mut self, tenant: TenantId, id: AssignmentId) -> Result<Option<Assignment>> {
        let row: Option<AssignmentRow> = self.tx.query(DELETE_ASSIGNMENT).bind(tenant).bind(id).optional().await?;
        row.map(AssignmentRow::assignment).transpose()
    }
}
