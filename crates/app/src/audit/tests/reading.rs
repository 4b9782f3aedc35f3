//! Pages, filters and exports of the log, each by its right.

use std::time::Duration;

use futures_util::TryStreamExt;
use nexus_model::{Micros, TenantId, TenantRole};

use super::super::{AuditQuery, Exporting, Format, LogError, Outcome};
use crate::access::{Grant, Refused, SeeAudit, Who};
use crate::audit::Entry;
use crate::tests::{Cast, START, World, in_worlds};

/// Seven entries of different kinds, a second apart, in the tenant's log; one in the installation's.
async fn write(world: &World, tenant: TenantId) {
    let who = |name: &str| Who::system(name);
    let entries = [
        (who("one"), Entry::new("thing.create", "thing", "t-1", "First")),
        (who("two"), Entry::new("thing.create", "thing", "t-2", "50% off").detail("because")),
        (who("one"), Entry::new("thing.delete", "thing", "t-1", "First").outcome(Outcome::Failed)),
        (who("one"), Entry::new("things.list", "other", "x", "=1+1").outcome(Outcome::Refused)),
        (who("two"), Entry::new("thing.delete", "thing", "t-2", "50x off")),
        (who("three"), Entry::new("thing.update", "thing", "t-3", "Third").before(serde_json::json!({ "a": 1 }))),
        (who("three"), Entry::new("thing.update", "thing", "t-3", "Third").after(serde_json::json!({ "a": 2 }))),
    ];
    for (who, entry) in entries {
        world.clock.advance(Duration::from_secs(1));
        world.audit.record_alone(Some(tenant), &who, entry).await.unwrap();
    }
    world.audit.record_alone(None, &who("one"), Entry::new("thing.create", "thing", "t-0", "First")).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
}

async fn grant(world: &World, tenant: TenantId) -> Grant<SeeAudit> {
    world.access.grant(&world.sign_in("admin@example.org").await, tenant).await.unwrap()
}

fn thing() -> AuditQuery {
    AuditQuery { action: Some("thing*".into()), ..AuditQuery::default() }
}

#[tokio::test]
async fn filters_find_what_they_say() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        write(&world, cast.tenant).await;
        let grant = grant(&world, cast.tenant).await;
        let some = |text: &str| Some(text.to_owned());
        let second = |n: i64| Some(Micros(START.0 + n * 1_000_000));
        let cases = [
            (thing(), 7),
            (AuditQuery { action: some("thing."), ..thing() }, 6),
            (AuditQuery { action: some("thing.create"), ..thing() }, 2),
            (AuditQuery { action: some("thing_create"), ..thing() }, 0),
            (AuditQuery { actor: some("ONE"), ..thing() }, 3),
            (AuditQuery { target: some("50%"), ..thing() }, 1),
            (AuditQuery { target: some("T-1"), ..thing() }, 2),
            (AuditQuery { outcome: Some(Outcome::Failed), ..thing() }, 1),
            (AuditQuery { q: some("because"), ..thing() }, 1),
            (AuditQuery { q: some("third"), ..thing() }, 2),
            (AuditQuery { from: second(3), ..thing() }, 5),
            (AuditQuery { to: second(3), ..thing() }, 2),
            (AuditQuery { from: second(3), to: second(3), ..thing() }, 0),
            (AuditQuery { actor: Some(cast.admin.to_string()), ..AuditQuery::default() }, 0),
        ];
        for (query, count) in cases {
            let page = world.audit.list(&grant, &query, None, 50).await.unwrap();
            assert_eq!((page.entries.len(), page.next_cursor), (count, None), "{query:?}");
        }
        let actions = world.audit.actions(&grant).await.unwrap();
        let mut sorted = actions.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(actions, sorted);
        assert!(actions.contains(&"things.list".to_owned()) && actions.contains(&"member.put".to_owned()));
        let root = world.sign_in("root@example.org").await;
        let system = world.access.system_grant(&root).unwrap();
        assert_eq!(world.audit.list_system(&system, &thing(), None, 50).await.unwrap().entries.len(), 1);
        assert!(world.audit.actions_system(&system).await.unwrap().contains(&"thing.create".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        // All at one time: the id alone orders them.
        for n in 0..9 {
            let entry = Entry::new("thing.do", "thing", n, "");
            world.audit.record_alone(Some(cast.tenant), &Who::system("one"), entry).await.unwrap();
        }
        let grant = grant(&world, cast.tenant).await;
        let whole = world.audit.list(&grant, &AuditQuery::default(), None, 200).await.unwrap();
        assert_eq!(whole.next_cursor, None);
        let (mut read, mut cursor) = (Vec::new(), None);
        loop {
            let page = world.audit.list(&grant, &AuditQuery::default(), cursor.as_deref(), 4).await.unwrap();
            assert!(page.entries.len() <= 4);
            read.extend(page.entries);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(read, whole.entries);
        for bad in ["x", "AAAA"] {
            let refused = world.audit.list(&grant, &AuditQuery::default(), Some(bad), 4).await;
            assert!(matches!(refused, Err(LogError::BadCursor)));
        }
    })
    .await;
}

async fn exported(world: &World, tenant: TenantId, query: &AuditQuery, format: Format, most: usize) -> String {
    let live = world.access.keep(grant(world, tenant).await).await.unwrap();
    let pieces = world.audit.export_at_most(Exporting::Tenant(Box::new(live)), query, format, most).unwrap();
    let pieces: Vec<Vec<u8>> = pieces.try_collect().await.unwrap();
    String::from_utf8(pieces.concat()).unwrap()
}

#[tokio::test]
async fn exports_hold_all_or_say_that_they_do_not() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        write(&world, cast.tenant).await;
        let csv = exported(&world, cast.tenant, &thing(), Format::Csv, 100).await;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        assert_eq!(reader.headers().unwrap().iter().next(), Some("at"));
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 7);
        assert_eq!((&rows[0][0], &rows[0][6]), ("2027-01-15T08:00:01Z", "thing.create"), "the oldest first");
        assert_eq!((&rows[3][9], &rows[5][12]), ("'=1+1", r#"{"a":1}"#));
        let lines = exported(&world, cast.tenant, &thing(), Format::JsonLines, 7).await;
        let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 7);
        assert_eq!(lines[6]["after"], serde_json::json!({ "a": 2 }));
        assert_eq!(lines[3]["target"]["name"], "=1+1");
        // More than an export holds.
        let cut = exported(&world, cast.tenant, &thing(), Format::JsonLines, 3).await;
        let last: serde_json::Value = serde_json::from_str(cut.lines().last().unwrap()).unwrap();
        assert_eq!((cut.lines().count(), &last["cut"]), (4, &serde_json::Value::Bool(true)));
        let cut = exported(&world, cast.tenant, &thing(), Format::Csv, 3).await;
        assert!(cut.lines().count() == 5 && cut.lines().last().unwrap().contains("cut: there are more"), "{cut}");
    })
    .await;
}

#[tokio::test]
async fn an_export_ends_with_the_right_to_it() {
    in_worlds(async |_db, world| {
        let cast = Cast::new(&world).await;
        let live = world.access.keep(grant(&world, cast.tenant).await).await.unwrap();
        let pieces = world.audit.export(Exporting::Tenant(Box::new(live)), &thing(), Format::Csv).unwrap();
        let root = world.sign_in("root@example.org").await;
        let system = Exporting::System(world.access.system_grant(&root).unwrap());
        let of_all = world.audit.export(system, &thing(), Format::Csv).unwrap();
        world.provision.member(cast.tenant, cast.stranger, TenantRole::Admin).await.unwrap();
        world.provision.remove_member(cast.tenant, cast.admin).await.unwrap();
        world.provision.set_system_role(cast.stranger, nexus_model::SystemRole::Admin).await.unwrap();
        world.provision.set_system_role(cast.root, nexus_model::SystemRole::User).await.unwrap();
        let ended = pieces.try_collect::<Vec<_>>().await.unwrap_err();
        assert!(matches!(ended, LogError::Refused(Refused::NotFound)), "{ended:?}");
        let ended = of_all.try_collect::<Vec<_>>().await.unwrap_err();
        assert!(matches!(ended, LogError::Refused(Refused::Forbidden)), "{ended:?}");
    })
    .await;
}
