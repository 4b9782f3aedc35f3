//! The privilege doctor: what a token is enough for, what it has too much of, and the commands that mend it.
//!
//! Pure. Commands give no more than Nexus needs, to the token and to its user, because a token with privilege separation
//! may only do what both may. They hold the token's id and never its secret.

use std::collections::BTreeSet;

use nexus_model::Micros;
use nexus_pve::{Examination, Permissions, TokenInfo};
use time::OffsetDateTime;
use time::macros::format_description;

use super::packages;

/// The role that the commands make.
pub(super) const ROLE: &str = "NexusBroker";
/// The account that is suggested where the token is root's.
const OWN_TOKEN: &str = "nexus@pve!broker";
/// How long before its end a token is warned of, in days.
const SOON_DAYS: i64 = 30;
/// How far clocks may be apart, in seconds.
const SKEW: u64 = 60;
/// The most narrow paths that commands are made for.
const PATHS: usize = 8;

/// What a token can be enough for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// Guests and their state.
    SeeGuests,
    /// Power switches.
    Power,
    /// Consoles.
    Console,
    /// Snapshots.
    Snapshots,
    /// Numbers of nodes and storages, pools, and the cluster's name.
    NodeNumbers,
    /// Tasks that others began.
    Tasks,
    /// Shells of nodes; judged where they are allowed.
    NodeShell,
    /// Making backups; not judged, because Nexus makes none.
    Backups,
}

/// On what a privilege is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// On guests, storages or pools: those that have it are those that work.
    Anything,
    /// On nodes.
    Nodes,
    /// On `/` itself.
    Root,
}

/// Privileges by feature (PVE-FACTS 6).
const NEEDED: &[(Feature, On, &[&str])] = &[
    (Feature::SeeGuests, On::Anything, &["VM.Audit"]),
    (Feature::Power, On::Anything, &["VM.PowerMgmt"]),
    (Feature::Console, On::Anything, &["VM.Console"]),
    (Feature::Snapshots, On::Anything, &["VM.Snapshot", "VM.Snapshot.Rollback"]),
    (Feature::NodeNumbers, On::Nodes, &["Sys.Audit"]),
    (Feature::NodeNumbers, On::Anything, &["Datastore.Audit", "Pool.Audit"]),
    (Feature::Tasks, On::Root, &["Sys.Audit"]),
    (Feature::NodeShell, On::Nodes, &["Sys.Console"]),
];

/// With one of these a stolen token takes the whole cluster.
const DANGEROUS: &[&str] = &[
    "Permissions.Modify",
    "User.Modify",
    "Realm.Allocate",
    "Realm.AllocateUser",
    "Group.Allocate",
    "Sys.Modify",
    "Sys.PowerMgmt",
    "Sys.Console",
    "Sys.AccessNetwork",
    "VM.Allocate",
    "VM.GuestAgent.Unrestricted",
    "Datastore.Allocate",
];

/// One feature and what it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureReport {
    /// Which.
    pub feature: Feature,
    /// Privileges that the token lacks for it.
    pub missing: Vec<String>,
}

/// What a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoctorPurpose {
    /// A role with what Nexus needs.
    CreateRole,
    /// More privileges for the role that there is.
    ModifyRole,
    /// An account for Nexus alone.
    CreateUser,
    /// A token with privileges of its own.
    CreateToken,
    /// The role for the account.
    GrantUser,
    /// The role for the token.
    GrantToken,
}

/// A command to run on a node of the cluster, as root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoctorCommand {
    /// What it is for.
    pub purpose: DoctorPurpose,
    /// One line.
    pub command: String,
}

/// What a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoctorWarningCode {
    /// The token is root's.
    RootToken,
    /// The token ends soon.
    TokenExpiresSoon,
    /// The token has ended.
    TokenExpired,
    /// The token may do whatever its user may.
    NotSeparated,
    /// The token may do far more than Nexus needs.
    TooMuch,
    /// A package is too old for a kind of console.
    ConsoleNeedsUpdate,
    /// The node's clock and ours differ.
    ClockSkew,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoctorWarning {
    /// What it is about.
    pub code: DoctorWarningCode,
    /// What was found.
    pub detail: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// What the doctor says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Doctor {
    /// What the token is enough for; empty where its privileges could not be read.
    pub features: Vec<FeatureReport>,
    /// In the order in which they are run.
    pub commands: Vec<DoctorCommand>,
    /// Something to look at.
    pub warnings: Vec<DoctorWarning>,
}

/// What the doctor looks at.
#[derive(Clone, Copy)]
pub(super) struct Patient<'a> {
    pub(super) token_id: &'a str,
    /// `None` where PVE refused the token, or told nothing.
    pub(super) permissions: Option<&'a Permissions>,
    pub(super) found: &'a Examination,
    /// PVE's version.
    pub(super) version: Option<&'a str>,
    /// Whether shells of nodes may be opened.
    pub(super) node_shell: bool,
    /// When the token ends, as it was entered.
    pub(super) expires: Option<Micros>,
    pub(super) clock_ahead: Option<i64>,
    pub(super) now: Micros,
}

impl Doctor {
    pub(super) fn of(patient: &Patient<'_>) -> Self {
        let features = patient.permissions.map(|permissions| features(permissions, patient.node_shell));
        let commands = match (patient.permissions, &features) {
            (Some(_), _) if patient.is_root() => fresh(OWN_TOKEN, patient),
            (Some(permissions), Some(features)) => mend(patient, permissions, features),
            _ => fresh(if patient.is_root() { OWN_TOKEN } else { patient.token_id }, patient),
        };
        Self { features: features.unwrap_or_default(), commands, warnings: warnings(patient) }
    }
}

impl Patient<'_> {
    fn is_root(&self) -> bool {
        user_of(self.token_id) == "root@pam"
    }

    /// Everything that the role should hold.
    fn role(&self) -> Vec<&'static str> {
        let wanted = NEEDED.iter().filter(|(feature, ..)| self.node_shell || *feature != Feature::NodeShell);
        let mut names: Vec<&str> = Vec::new();
        for name in wanted.flat_map(|(_, _, privileges)| privileges.iter().copied()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

fn user_of(token_id: &str) -> &str {
    token_id.rsplit_once('!').map_or(token_id, |(user, _)| user)
}

fn name_of(token_id: &str) -> &str {
    token_id.rsplit_once('!').map_or("", |(_, name)| name)
}

/// For a shell, in single quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn holds(permissions: &Permissions, on: On, privilege: &str) -> bool {
    match on {
        On::Anything => permissions.anywhere(privilege),
        On::Root => permissions.on("/", privilege),
        On::Nodes => {
            let single = |path: &str| path.starts_with("/nodes/") && permissions.on(path, privilege);
            permissions.on("/nodes", privilege) || permissions.paths().any(|(path, _)| single(path))
        }
    }
}

/// Each feature once, in the order of the table.
pub(super) fn features(permissions: &Permissions, node_shell: bool) -> Vec<FeatureReport> {
    let mut reports: Vec<FeatureReport> = Vec::new();
    for (feature, on, privileges) in NEEDED {
        if *feature == Feature::NodeShell && !node_shell {
            continue;
        }
        let missing = privileges.iter().filter(|name| !holds(permissions, *on, name)).map(|name| (*name).to_owned());
        match reports.last_mut().filter(|report| report.feature == *feature) {
            Some(report) => report.missing.extend(missing),
            None => reports.push(FeatureReport { feature: *feature, missing: missing.collect() }),
        }
    }
    reports
}

/// Every missing privilege once.
pub(super) fn missing(features: &[FeatureReport]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in features.iter().flat_map(|feature| &feature.missing) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// The role as it should be: made, or given what it lacks; nothing where it is so already.
fn role_command(patient: &Patient<'_>) -> Option<DoctorCommand> {
    let wanted = patient.role();
    let add = format!("pveum role add {ROLE} --privs \"{}\"", wanted.join(","));
    let (purpose, command) = match patient.found.roles.as_ref().map(|roles| roles.get(ROLE)) {
        Some(None) => (DoctorPurpose::CreateRole, add),
        Some(Some(has)) => {
            let lacks: Vec<&str> = wanted.into_iter().filter(|name| !has.contains(*name)).collect();
            if lacks.is_empty() {
                return None;
            }
            let command = format!("pveum role modify {ROLE} --privs \"{}\" --append 1", lacks.join(","));
            (DoctorPurpose::ModifyRole, command)
        }
        // Whether it is there is not known: the second half is for the case that it is.
        None => {
            let append = format!("pveum role modify {ROLE} --privs \"{}\" --append 1", wanted.join(","));
            (DoctorPurpose::CreateRole, format!("{add} || {append}"))
        }
    };
    Some(DoctorCommand { purpose, command })
}

fn grant(purpose: DoctorPurpose, path: &str, who: &str) -> DoctorCommand {
    let option = if purpose == DoctorPurpose::GrantUser { "--users" } else { "--tokens" };
    let command = format!("pveum acl modify {} {option} {} --roles {ROLE}", plain_path(path), quoted(who));
    DoctorCommand { purpose, command }
}

/// Paths of PVE need no quotes as a rule.
fn plain_path(path: &str) -> String {
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte));
    if plain { path.to_owned() } else { quoted(path) }
}

/// All commands for a token that is not there, or not as it should be.
fn fresh(token_id: &str, patient: &Patient<'_>) -> Vec<DoctorCommand> {
    let (user, name) = (user_of(token_id), name_of(token_id));
    let mut commands = Vec::from_iter(role_command(patient));
    let add_user = format!("pveum user add {} --comment \"Nexus broker\"", quoted(user));
    commands.push(DoctorCommand { purpose: DoctorPurpose::CreateUser, command: add_user });
    let add_token = format!("pveum user token add {} {name} --privsep 1", quoted(user));
    commands.push(DoctorCommand { purpose: DoctorPurpose::CreateToken, command: add_token });
    commands.push(grant(DoctorPurpose::GrantUser, "/", user));
    commands.push(grant(DoctorPurpose::GrantToken, "/", token_id));
    commands
}

/// What a token that works lacks still.
fn mend(patient: &Patient<'_>, permissions: &Permissions, features: &[FeatureReport]) -> Vec<DoctorCommand> {
    let missing = missing(features);
    let separated = patient.found.token.is_none_or(|token| token.separated);
    if missing.is_empty() {
        return Vec::new();
    }
    let (user, paths) = (user_of(patient.token_id), narrow_paths(permissions, &missing));
    let user_lacks = patient.found.user.as_ref().is_none_or(|user| missing.iter().any(|name| !user.anywhere(name)));
    let mut commands = Vec::from_iter(role_command(patient));
    for path in &paths {
        if user_lacks {
            commands.push(grant(DoctorPurpose::GrantUser, path, user));
        }
        if separated {
            commands.push(grant(DoctorPurpose::GrantToken, path, patient.token_id));
        }
    }
    commands
}

/// Where the token sees guests now, if somebody kept it to some of them on purpose: it is not widened there. What is about
/// nodes or the cluster is granted on `/` in any case.
fn narrow_paths(permissions: &Permissions, missing: &[&str]) -> Vec<String> {
    let of_guests = missing.iter().all(|name| name.starts_with("VM."));
    if !of_guests || permissions.on("/", "VM.Audit") || !permissions.anywhere("VM.Audit") {
        return vec!["/".to_owned()];
    }
    if permissions.on("/vms", "VM.Audit") {
        return vec!["/vms".to_owned()];
    }
    let seen = |start: &str| -> Vec<String> {
        let paths = permissions.paths().map(|(path, _)| path.to_owned());
        paths.filter(|path| path.starts_with(start) && permissions.on(path, "VM.Audit")).collect()
    };
    // PVE lists the members of a pool beside the pool.
    let pools = seen("/pool/");
    let paths = if pools.is_empty() { seen("/vms/") } else { pools };
    if paths.is_empty() || paths.len() > PATHS { vec!["/".to_owned()] } else { paths }
}

fn warnings(patient: &Patient<'_>) -> Vec<DoctorWarning> {
    let mut warnings = Vec::new();
    let mut warn = |code, detail: String, remedy: Option<String>| warnings.push(DoctorWarning { code, detail, remedy });
    if patient.is_root() {
        let detail = "The token belongs to root@pam: whoever gets hold of it owns the cluster.".to_owned();
        let remedy = "Make an account and a token for Nexus alone with the commands below, enter that token here, and \
                      delete this one."
            .to_owned();
        warn(DoctorWarningCode::RootToken, detail, Some(remedy));
    }
    if let Some((code, detail)) = expiry(patient) {
        let remedy = format!(
            "Give it another year: pveum user token modify {} {} --expire $(date -d '+1 year' +%s)",
            quoted(user_of(patient.token_id)),
            name_of(patient.token_id)
        );
        warn(code, detail, Some(remedy));
    }
    if patient.found.token.is_some_and(|token| !token.separated) {
        let detail = "The token has no privileges of its own: it may do whatever its user may.".to_owned();
        let user = user_of(patient.token_id);
        let remedy = format!(
            "pveum user token modify {} {} --privsep 1\n{}",
            quoted(user),
            name_of(patient.token_id),
            grant(DoctorPurpose::GrantToken, "/", patient.token_id).command
        );
        warn(DoctorWarningCode::NotSeparated, detail, Some(remedy));
    }
    let too_much = too_much(patient);
    if !too_much.is_empty() {
        let detail = format!("Nexus never needs {}, but the token has it.", too_much.join(", "));
        let remedy = format!(
            "Take the larger role from the token and its user, and give both {ROLE} alone. What they have: pveum acl list"
        );
        warn(DoctorWarningCode::TooMuch, detail, Some(remedy));
    }
    for (detail, remedy) in packages::too_old(patient.version, patient.found.packages.as_ref(), patient.node_shell) {
        warn(DoctorWarningCode::ConsoleNeedsUpdate, detail, Some(remedy));
    }
    if let Some(ahead) = patient.clock_ahead.filter(|ahead| ahead.unsigned_abs() > SKEW) {
        let side = if ahead > 0 { "ahead of" } else { "behind" };
        let detail = format!("The node's clock is {} seconds {side} that of Nexus.", ahead.unsigned_abs());
        let remedy = "Set the clock of whichever is wrong: timedatectl status shows it, chronyc makestep sets it.";
        warn(DoctorWarningCode::ClockSkew, detail, Some(remedy.to_owned()));
    }
    warnings
}

/// What PVE says of the token's end goes before what somebody entered.
fn expiry(patient: &Patient<'_>) -> Option<(DoctorWarningCode, String)> {
    let told = |token: TokenInfo| token.expires.and_then(|at| i64::try_from(at).ok());
    let at = match patient.found.token {
        Some(token) => told(token)?,
        None => patient.expires?.0.div_euclid(1_000_000),
    };
    let left = at.saturating_sub(patient.now.0.div_euclid(1_000_000));
    let day = OffsetDateTime::from_unix_timestamp(at).ok()?.format(format_description!("[year]-[month]-[day]")).ok()?;
    if left <= 0 {
        return Some((DoctorWarningCode::TokenExpired, format!("The token has ended on {day}.")));
    }
    let days = left / 86_400;
    (days < SOON_DAYS).then(|| {
        let when = match days {
            0 => "within a day".to_owned(),
            1 => "in 1 day".to_owned(),
            days => format!("in {days} days"),
        };
        (DoctorWarningCode::TokenExpiresSoon, format!("The token ends {when}, on {day}."))
    })
}

fn too_much<'p>(patient: &Patient<'p>) -> Vec<&'p str> {
    let Some(permissions) = patient.permissions else { return Vec::new() };
    let has: BTreeSet<&str> = permissions.privileges();
    let shell = |name: &&&str| patient.node_shell && **name == "Sys.Console";
    DANGEROUS.iter().filter(|name| has.contains(**name) && !shell(name)).copied().collect()
}

#[cfg(test)]
mod tests;
