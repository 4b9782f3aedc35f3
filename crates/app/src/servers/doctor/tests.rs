//! The commands of each case, as a person would paste them, and what is warned of.

use std::collections::BTreeMap;

use nexus_pve::{Examination, Permissions, TokenInfo};

use super::*;

const NOW: Micros = Micros(1_800_000_000_000_000);
const ALL: &[&str] = &[
    "VM.Audit",
    "VM.PowerMgmt",
    "VM.Console",
    "VM.Snapshot",
    "VM.Snapshot.Rollback",
    "Sys.Audit",
    "Datastore.Audit",
    "Pool.Audit",
];
const ROLE_PRIVILEGES: &str =
    "VM.Audit,VM.PowerMgmt,VM.Console,VM.Snapshot,VM.Snapshot.Rollback,Sys.Audit,Datastore.Audit,Pool.Audit";

fn permissions(paths: &[(&str, &[&str])]) -> Permissions {
    Permissions::from_paths(paths.iter().copied())
}

fn roles(list: &[(&str, &str)]) -> Option<BTreeMap<String, BTreeSet<String>>> {
    let role = |(name, privileges): &(&str, &str)| {
        let privileges = privileges.split(',').filter(|text| !text.is_empty()).map(str::to_owned);
        ((*name).to_owned(), privileges.collect())
    };
    Some(list.iter().map(role).collect())
}

fn patient<'a>(permissions: Option<&'a Permissions>, found: &'a Examination) -> Patient<'a> {
    Patient {
        token_id: "nexus@pve!broker",
        permissions,
        found,
        version: Some("9.2.11"),
        node_shell: false,
        expires: None,
        clock_ahead: None,
        now: NOW,
    }
}

fn commands(doctor: &Doctor) -> Vec<(DoctorPurpose, &str)> {
    doctor.commands.iter().map(|command| (command.purpose, command.command.as_str())).collect()
}

fn codes(doctor: &Doctor) -> Vec<DoctorWarningCode> {
    doctor.warnings.iter().map(|warning| warning.code).collect()
}

#[test]
fn a_healthy_token_needs_nothing() {
    let (has, found) = (permissions(&[("/", ALL)]), Examination::default());
    let doctor = Doctor::of(&patient(Some(&has), &found));
    assert!(doctor.commands.is_empty() && doctor.warnings.is_empty(), "{doctor:?}");
    assert_eq!(doctor.features.len(), 6, "node shells are not judged where they are not allowed");
    assert!(doctor.features.iter().all(|feature| feature.missing.is_empty()));
}

#[test]
fn a_token_that_pve_refuses_is_made_anew_with_no_more_than_is_needed() {
    let found = Examination::default();
    let doctor = Doctor::of(&patient(None, &found));
    let add = format!("pveum role add NexusBroker --privs \"{ROLE_PRIVILEGES}\"");
    let role = format!("{add} || pveum role modify NexusBroker --privs \"{ROLE_PRIVILEGES}\" --append 1");
    assert_eq!(
        commands(&doctor),
        [
            (DoctorPurpose::CreateRole, role.as_str()),
            (DoctorPurpose::CreateUser, "pveum user add 'nexus@pve' --comment \"Nexus broker\""),
            (DoctorPurpose::CreateToken, "pveum user token add 'nexus@pve' broker --privsep 1"),
            (DoctorPurpose::GrantUser, "pveum acl modify / --users 'nexus@pve' --roles NexusBroker"),
            (DoctorPurpose::GrantToken, "pveum acl modify / --tokens 'nexus@pve!broker' --roles NexusBroker"),
        ]
    );
    assert!(doctor.features.is_empty());
}

#[test]
fn a_role_that_lacks_something_gets_that_alone() {
    let has = permissions(&[("/", &["VM.Audit", "VM.PowerMgmt", "VM.Console", "Sys.Audit"])]);
    let found = Examination {
        roles: roles(&[("NexusBroker", "VM.Audit,VM.PowerMgmt,VM.Console,Sys.Audit"), ("PVEAuditor", "VM.Audit")]),
        ..Examination::default()
    };
    let doctor = Doctor::of(&patient(Some(&has), &found));
    let modify = "pveum role modify NexusBroker --privs \
                  \"VM.Snapshot,VM.Snapshot.Rollback,Datastore.Audit,Pool.Audit\" --append 1";
    assert_eq!(commands(&doctor)[0], (DoctorPurpose::ModifyRole, modify));
    assert_eq!(doctor.commands.len(), 3, "{doctor:?}");
    let lacks: Vec<_> = doctor.features.iter().filter(|f| !f.missing.is_empty()).map(|f| f.feature).collect();
    assert_eq!(lacks, [Feature::Snapshots, Feature::NodeNumbers]);
}

#[test]
fn where_the_role_is_whole_only_who_lacks_it_gets_it() {
    let has = permissions(&[("/", &["VM.Audit"])]);
    let whole = Examination {
        roles: roles(&[("NexusBroker", ROLE_PRIVILEGES)]),
        user: Some(permissions(&[("/", ALL)])),
        ..Examination::default()
    };
    let doctor = Doctor::of(&patient(Some(&has), &whole));
    let token = "pveum acl modify / --tokens 'nexus@pve!broker' --roles NexusBroker";
    assert_eq!(commands(&doctor), [(DoctorPurpose::GrantToken, token)], "the user has everything");
    let shared = Examination {
        token: Some(TokenInfo { expires: None, separated: false }),
        user: Some(has.clone()),
        ..whole.clone()
    };
    let doctor = Doctor::of(&patient(Some(&has), &shared));
    let user = "pveum acl modify / --users 'nexus@pve' --roles NexusBroker";
    assert_eq!(commands(&doctor), [(DoctorPurpose::GrantUser, user)], "the token has what its user has");
    assert_eq!(codes(&doctor), [DoctorWarningCode::NotSeparated]);
    assert_eq!(
        doctor.warnings[0].remedy.as_deref(),
        Some(format!("pveum user token modify 'nexus@pve' broker --privsep 1\n{token}").as_str())
    );
}

#[test]
fn a_token_that_was_kept_to_some_guests_is_not_widened() {
    let found = Examination { roles: roles(&[]), ..Examination::default() };
    let cluster: &[&str] = &["Sys.Audit", "Datastore.Audit", "Pool.Audit"];
    let guests: &[&str] = &["VM.Audit", "VM.PowerMgmt", "VM.Snapshot", "VM.Snapshot.Rollback"];
    let pool = permissions(&[("/", cluster), ("/pool/customer-a", guests), ("/vms/101", guests)]);
    let doctor = Doctor::of(&patient(Some(&pool), &found));
    assert_eq!(
        commands(&doctor)[1..],
        [
            (DoctorPurpose::GrantUser, "pveum acl modify /pool/customer-a --users 'nexus@pve' --roles NexusBroker"),
            (
                DoctorPurpose::GrantToken,
                "pveum acl modify /pool/customer-a --tokens 'nexus@pve!broker' --roles NexusBroker"
            ),
        ]
    );
    let single = permissions(&[("/", cluster), ("/vms/101", guests)]);
    let doctor = Doctor::of(&patient(Some(&single), &found));
    assert!(doctor.commands[1].command.starts_with("pveum acl modify /vms/101 "), "{doctor:?}");
}

#[test]
fn node_shells_are_judged_where_they_are_allowed() {
    let (has, found) = (permissions(&[("/", ALL)]), Examination { roles: roles(&[]), ..Examination::default() });
    let doctor = Doctor::of(&Patient { node_shell: true, ..patient(Some(&has), &found) });
    assert_eq!(
        doctor.features.last(),
        Some(&FeatureReport { feature: Feature::NodeShell, missing: vec!["Sys.Console".into()] })
    );
    assert!(doctor.commands[0].command.contains("Pool.Audit,Sys.Console\""), "{doctor:?}");
    let with: Vec<&str> = ALL.iter().copied().chain(["Sys.Console"]).collect();
    let has = permissions(&[("/", &with)]);
    assert!(codes(&Doctor::of(&Patient { node_shell: true, ..patient(Some(&has), &found) })).is_empty());
    assert_eq!(codes(&Doctor::of(&patient(Some(&has), &found))), [DoctorWarningCode::TooMuch]);
}

#[test]
fn roots_token_is_replaced_by_one_of_its_own() {
    let with: Vec<&str> = ALL.iter().copied().chain(["Permissions.Modify", "Sys.Modify", "VM.Allocate"]).collect();
    let (has, found) = (permissions(&[("/", &with)]), Examination::default());
    let doctor = Doctor::of(&Patient { token_id: "root@pam!nexus", ..patient(Some(&has), &found) });
    assert_eq!(codes(&doctor), [DoctorWarningCode::RootToken, DoctorWarningCode::TooMuch]);
    assert!(doctor.warnings[1].detail.contains("Permissions.Modify, Sys.Modify, VM.Allocate"));
    let commands = commands(&doctor);
    assert_eq!(commands[2].1, "pveum user token add 'nexus@pve' broker --privsep 1");
    assert!(!commands.iter().any(|(_, command)| command.contains("root@pam")), "{commands:?}");
}

#[test]
fn the_end_of_a_token_is_warned_of() {
    let has = permissions(&[("/", ALL)]);
    let day = 86_400_000_000;
    let warned = |found: &Examination, expires: Option<Micros>| {
        let doctor = Doctor::of(&Patient { expires, ..patient(Some(&has), found) });
        doctor.warnings.first().map(|warning| (warning.code, warning.detail.clone()))
    };
    let none = Examination::default();
    assert_eq!(warned(&none, Some(Micros(NOW.0 + 31 * day))), None);
    let soon = "The token ends in 29 days, on 2027-02-13.".to_owned();
    assert_eq!(warned(&none, Some(Micros(NOW.0 + 29 * day))), Some((DoctorWarningCode::TokenExpiresSoon, soon)));
    let today = "The token ends within a day, on 2027-01-15.".to_owned();
    assert_eq!(warned(&none, Some(Micros(NOW.0 + day / 2))), Some((DoctorWarningCode::TokenExpiresSoon, today)));
    let past = "The token has ended on 2027-01-14.".to_owned();
    assert_eq!(warned(&none, Some(Micros(NOW.0 - day))), Some((DoctorWarningCode::TokenExpired, past)));
    // What PVE says goes before what was entered.
    let told = |expires| Examination { token: Some(TokenInfo { expires, separated: true }), ..Examination::default() };
    assert_eq!(warned(&told(None), Some(NOW)), None);
    let ends = Some(u64::try_from(NOW.0 / 1_000_000).unwrap() + 5 * 86_400);
    assert_eq!(warned(&told(ends), None).map(|(code, _)| code), Some(DoctorWarningCode::TokenExpiresSoon));
    let doctor = Doctor::of(&Patient { expires: Some(NOW), ..patient(Some(&has), &none) });
    let remedy = doctor.warnings[0].remedy.as_deref().unwrap();
    assert!(
        remedy.ends_with("pveum user token modify 'nexus@pve' broker --expire $(date -d '+1 year' +%s)"),
        "{remedy}"
    );
}

#[test]
fn clocks_and_old_packages_are_warned_of() {
    let (has, found) = (permissions(&[("/", ALL)]), Examination::default());
    let doctor =
        Doctor::of(&Patient { clock_ahead: Some(-3600), version: Some("8.3.0"), ..patient(Some(&has), &found) });
    assert_eq!(codes(&doctor), [DoctorWarningCode::ConsoleNeedsUpdate, DoctorWarningCode::ClockSkew]);
    assert_eq!(doctor.warnings[1].detail, "The node's clock is 3600 seconds behind that of Nexus.");
    let near = Doctor::of(&Patient { clock_ahead: Some(20), ..patient(Some(&has), &found) });
    assert!(near.warnings.is_empty());
}

#[test]
fn names_are_quoted_for_a_shell() {
    let found = Examination::default();
    let doctor = Doctor::of(&Patient { token_id: "a'b$(id)@ldap!t-1", ..patient(None, &found) });
    assert!(doctor.commands[2].command.contains(r"add 'a'\''b$(id)@ldap' t-1 --privsep 1"), "{doctor:?}");
}
