//! Assignments: rights on guests, given to people and groups; those on one guest sleep and wake with it.
//!
//! Every statement that changes what somebody may do must be followed by `rights_changed` in the same transaction.

use nexus_model::{
    Assignment, AssignmentId, GroupId, GuestKey, GuestKind, GuestPermissions, Incarnation, Micros, ServerId, Subject,
    Target, TargetKind, TenantId, UserId,
};
use uuid::Uuid;

use crate::db::{Query, sql};
use crate::search::containing;
use crate::user::Count;
use crate::{Error, Result, System, Tenant, Whose};

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

/// An assignment with the names of what it is about.
#[derive(Debug, Clone)]
pub struct NamedAssignment {
    /// The assignment.
    pub assignment: Assignment,
    /// The person's or the group's name.
    pub subject_name: String,
    /// The person's address.
    pub subject_email: Option<String>,
    /// Names the person's picture.
    pub subject_avatar: Option<String>,
    /// The server's name.
    pub server_name: Option<String>,
}

#[derive(sqlx::FromRow)]
struct NamedRow {
    #[sqlx(flatten)]
    assignment: AssignmentRow,
    user_name: Option<String>,
    group_name: Option<String>,
    email: Option<String>,
    avatar_tag: Option<String>,
    server_name: Option<String>,
}

impl NamedRow {
    fn named(self) -> Result<NamedAssignment> {
        Ok(NamedAssignment {
            assignment: self.assignment.assignment()?,
            subject_name: self.user_name.or(self.group_name).unwrap_or_default(),
            subject_email: self.email,
            subject_avatar: self.avatar_tag,
            server_name: self.server_name,
        })
    }
}

/// Which assignments; what is not set does not count.
#[derive(Debug, Clone, Default)]
pub struct AssignmentFilter {
    /// A person's: their own and those of their groups.
    pub user: Option<UserId>,
    /// A group's.
    pub group: Option<GroupId>,
    /// On a server, or on guests of it.
    pub server: Option<ServerId>,
    /// With one of these targets, by [`Target::key`].
    pub targets: Option<Vec<String>>,
    /// Whose names have this in them, or whose target is one of `typed_targets`.
    pub typed: String,
    /// Targets that what was typed finds too.
    pub typed_targets: Vec<String>,
}

/// A list of keys as one value: no key has a line break, so that `replace` finds whole keys alone, on both engines.
fn lines(keys: &[String]) -> String {
    let mut text = String::from("\n");
    for key in keys {
        text.push_str(key);
        text.push('\n');
    }
    text
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
    SLEEP_ALL = "
        UPDATE assignment SET asleep = TRUE, version = version + 1
         WHERE tenant_id = $1 AND server_id = $2 AND target = 'guest' AND NOT asleep
        RETURNING id, user_id, group_id, target, server_id, kind, vmid, name, incarnation, permissions, until, asleep,
                  version, created_at";
    SET_ASLEEP = "UPDATE assignment SET asleep = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND asleep <> $3";
    PUT_ASSIGNMENT = "
        INSERT INTO assignment (id, tenant_id, subject_id, user_id, group_id, target, target_key, server_id, kind, vmid,
                                name, permissions, until, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (tenant_id, subject_id, target_key)
        DO UPDATE SET permissions = excluded.permissions, until = excluded.until, asleep = excluded.asleep,
                      incarnation = excluded.incarnation, version = assignment.version + 1
        RETURNING id";
    LIST = r"
        SELECT a.id, a.user_id, a.group_id, a.target, a.server_id, a.kind, a.vmid, a.name, a.incarnation, a.permissions,
               a.until, a.asleep, a.version, a.created_at, u.full_name AS user_name, g.name AS group_name, u.email,
               u.avatar_tag, s.name AS server_name
          FROM assignment a
          LEFT JOIN user_account u ON u.id = a.user_id
          LEFT JOIN user_group g ON g.tenant_id = a.tenant_id AND g.id = a.group_id
          LEFT JOIN server s ON s.tenant_id = a.tenant_id AND s.id = a.server_id
         WHERE a.tenant_id = $1 AND a.id < $2
           AND (a.user_id = $3 OR a.group_id IN (
                SELECT m.group_id FROM group_member m WHERE m.tenant_id = $1 AND m.user_id = $3) OR $3 IS NULL)
           AND (a.group_id = $4 OR $4 IS NULL)
           AND (a.server_id = $5 OR $5 IS NULL)
           AND (replace($6, '
' || a.target_key || '
', '') <> $6 OR $6 IS NULL)
           AND (lower(coalesce(u.full_name, g.name)) LIKE $7 ESCAPE '\' OR lower(coalesce(u.email, '')) LIKE $7 ESCAPE '\'
                OR lower(coalesce(a.name, '')) LIKE $7 ESCAPE '\' OR lower(coalesce(s.name, '')) LIKE $7 ESCAPE '\'
                OR CAST(a.vmid AS text) LIKE $7 ESCAPE '\'
                OR replace($8, '
' || a.target_key || '
', '') <> $8)
         ORDER BY a.id DESC
         LIMIT $9";
    ONE = "
        SELECT a.id, a.user_id, a.group_id, a.target, a.server_id, a.kind, a.vmid, a.name, a.incarnation, a.permissions,
               a.until, a.asleep, a.version, a.created_at, u.full_name AS user_name, g.name AS group_name, u.email,
               u.avatar_tag, s.name AS server_name
          FROM assignment a
          LEFT JOIN user_account u ON u.id = a.user_id
          LEFT JOIN user_group g ON g.tenant_id = a.tenant_id AND g.id = a.group_id
          LEFT JOIN server s ON s.tenant_id = a.tenant_id AND s.id = a.server_id
         WHERE a.tenant_id = $1 AND a.id = $2";
    ALL = "
        SELECT id, user_id, group_id, target, server_id, kind, vmid, name, incarnation, permissions, until, asleep,
               version, created_at
          FROM assignment
         WHERE tenant_id = $1
         ORDER BY id";
    COUNT_ASSIGNMENTS = "SELECT count(*) AS count FROM assignment WHERE tenant_id = $1";
    INSERT_ASSIGNMENT = "
        INSERT INTO assignment (id, tenant_id, subject_id, user_id, group_id, target, target_key, server_id, kind, vmid,
                                name, permissions, until, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    UPDATE_ASSIGNMENT = "
        UPDATE assignment SET permissions = $4, until = $5, version = version + 1
         WHERE tenant_id = $1 AND id = $2 AND version = $3";
    WAKE_ASSIGNMENT = "
        UPDATE assignment SET asleep = $3, incarnation = NULL, version = version + 1
         WHERE tenant_id = $1 AND id = $2 AND asleep <> $3";
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

/// The values of a new assignment, in the order of the statements' columns.
fn bind_new<'t>(query: Query<'t>, tenant: TenantId, new: &NewAssignment) -> Query<'t> {
    let (subject, user, group): (Uuid, _, _) = match new.subject {
        Subject::User(user) => (user.into(), Some(user), None),
        Subject::Group(group) => (group.into(), None, Some(group)),
    };
    let guest = if let Target::Guest(guest) = &new.target { Some(*guest) } else { None };
    let query = query.bind(new.id).bind(tenant).bind(subject).bind(user).bind(group);
    let query = query.bind(new.target.kind().name()).bind(new.target.key()).bind(new.target.server());
    let query = query.bind(guest.map(|guest| guest.kind.name())).bind(guest.map(|guest| guest.vmid));
    query.bind(new.target.name()).bind(new.permissions.to_string()).bind(new.until).bind(new.at)
}

impl Tenant<'_> {
    /// Assignments that are older than `before`, the newest first.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn assignments(
        &mut self,
        filter: &AssignmentFilter,
        before: AssignmentId,
        limit: u32,
    ) -> Result<Vec<NamedAssignment>> {
        let tenant = self.tenant();
        let query = self.tx.query(LIST).bind(tenant).bind(before).bind(filter.user).bind(filter.group);
        let query = query.bind(filter.server).bind(filter.targets.as_deref().map(lines));
        let query = query.bind(containing(&filter.typed)).bind(lines(&filter.typed_targets)).bind(limit);
        query.all::<NamedRow>().await?.into_iter().map(NamedRow::named).collect()
    }

    /// The tenant's assignment `id`.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn assignment(&mut self, id: AssignmentId) -> Result<Option<NamedAssignment>> {
        let tenant = self.tenant();
        self.tx.query(ONE).bind(tenant).bind(id).optional::<NamedRow>().await?.map(NamedRow::named).transpose()
    }

    /// All assignments, without names.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn all_assignments(&mut self) -> Result<Vec<Assignment>> {
        let tenant = self.tenant();
        let rows: Vec<AssignmentRow> = self.tx.query(ALL).bind(tenant).all().await?;
        rows.into_iter().map(AssignmentRow::assignment).collect()
    }

    /// How many assignments there are. Lock the tenant first where the answer decides something.
    ///
    /// # Errors
    /// The database.
    pub async fn count_assignments(&mut self) -> Result<i64> {
        let tenant = self.tenant();
        Ok(self.tx.query(COUNT_ASSIGNMENTS).bind(tenant).one::<Count>().await?.count)
    }

    /// Gives rights in the scope's tenant; `new.tenant` is not taken. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// [`Error::Unique`]: the subject has rights on the target. [`Error::Missing`]: no such member, group or server here.
    /// The database.
    pub async fn insert_assignment(&mut self, new: &NewAssignment) -> Result<()> {
        let tenant = self.tenant();
        bind_new(self.tx.query(INSERT_ASSIGNMENT), tenant, new).execute().await?;
        Ok(())
    }

    /// Changes the assignment whose version is still `version`; whether there was one. The caller calls
    /// `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn update_assignment(
        &mut self,
        id: AssignmentId,
        version: i64,
        permissions: GuestPermissions,
        until: Option<Micros>,
    ) -> Result<bool> {
        let tenant = self.tenant();
        let query = self.tx.query(UPDATE_ASSIGNMENT).bind(tenant).bind(id).bind(version);
        Ok(query.bind(permissions.to_string()).bind(until).execute().await? == 1)
    }

    /// Wakes an assignment that sleeps, and unties it: the guest that has the vmid now is the one that is meant. Whether
    /// it slept. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database.
    pub async fn wake_assignment(&mut self, id: AssignmentId) -> Result<bool> {
        let tenant = self.tenant();
        Ok(self.tx.query(WAKE_ASSIGNMENT).bind(tenant).bind(id).bind(false).execute().await? == 1)
    }

    /// Puts all rights on single guests of a server to sleep; those that did not sleep yet. The caller calls
    /// `rights_changed`.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn sleep_assignments(&mut self, server: ServerId) -> Result<Vec<Assignment>> {
        let tenant = self.tenant();
        let rows: Vec<AssignmentRow> = self.tx.query(SLEEP_ALL).bind(tenant).bind(server).all().await?;
        rows.into_iter().map(AssignmentRow::assignment).collect()
    }

    /// Takes an assignment away; whether there was one. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn delete_assignment(&mut self, id: AssignmentId) -> Result<Option<Assignment>> {
        let tenant = self.tenant();
        let row: Option<AssignmentRow> = self.tx.query(DELETE_ASSIGNMENT).bind(tenant).bind(id).optional().await?;
        row.map(AssignmentRow::assignment).transpose()
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

    /// Puts all rights on single guests of a tenant's server to sleep that are awake; those. The caller calls
    /// `rights_changed`.
    ///
    /// # Errors
    /// The database, or a row that cannot be read.
    pub async fn sleep_assignments(&mut self, tenant: TenantId, server: ServerId) -> Result<Vec<Assignment>> {
        let rows: Vec<AssignmentRow> = self.tx.query(SLEEP_ALL).bind(tenant).bind(server).all().await?;
        rows.into_iter().map(AssignmentRow::assignment).collect()
    }

    /// Gives rights, in place of what the subject had on the target; awake, and not tied to an incarnation yet. Returns
    /// the assignment's id, which may be the older one's. The caller calls `rights_changed`.
    ///
    /// # Errors
    /// [`Error::Missing`]: no such member or group, or the tenant has no such server. The database.
    pub async fn put_assignment(&mut self, new: &NewAssignment) -> Result<AssignmentId> {
        Ok(bind_new(self.tx.query(PUT_ASSIGNMENT), new.tenant, new).one::<Inserted>().await?.id)
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
