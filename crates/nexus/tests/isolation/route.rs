//! Route by role: everybody asks for everything, and gets what the permission table says.

use std::collections::BTreeSet;

use http::StatusCode;
use testkit::{Browser, World, on_both_quiet};

use crate::people::{Is, everybody, expected};
use crate::table::{Operation, operations};
use crate::{changed, documented};

async fn status(browser: &Browser, operation: &Operation, path: &str) -> StatusCode {
    if operation.path.ends_with("/events") {
        return browser.stream(path).await.0;
    }
    if operation.path.starts_with("/api/v1/console/") {
        return match browser.websocket(path).await {
            Ok(_) => StatusCode::SWITCHING_PROTOCOLS,
            Err(answer) => answer.status,
        };
    }
    browser.call(operation.method.clone(), path, operation.body.as_ref(), operation.headers()).await.status
}

#[test]
fn the_table_has_every_operation_of_the_document() {
    let table: BTreeSet<String> = operations().iter().map(|o| format!("{} {}", o.method, o.path)).collect();
    let document: BTreeSet<String> =
        documented().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let (missing, more): (Vec<_>, Vec<_>) =
        (document.difference(&table).collect(), table.difference(&document).collect());
    assert!(missing.is_empty() && more.is_empty(), "not in the table: {missing:?}; not in the document: {more:?}");
}

/// What asking leaves: sign-ins and what hangs on their end, entries of refusals, a lock's counter; and the mark of the
/// guests, which Nexus reads when somebody begins to watch. And what a process says of itself every few seconds.
const SEEN: [&str; 14] = [
    "session",
    "throttle",
    "audit_entry",
    "audit_head",
    "last_seen_at",
    "access_epoch",
    "lock_count",
    "incarnation",
    "process",
    "server_lease",
    "server_picture",
    "tenant_watch",
    "server_check",
    "server_metric",
];

async fn ask_everything(world: &World) -> (usize, Vec<String>) {
    let (mut cases, mut wrong) = (0, Vec::new());
    for person in everybody(world) {
        let browser = person.browser(world).await;
        for operation in operations() {
            let path = operation.filled(world, person.tenant.uuid());
            let got = status(&browser, &operation, &path).await.as_u16();
            let wanted = expected(&operation, person.is);
            cases += 1;
            if got != wanted {
                wrong
                    .push(format!("{}: {} {} gave {got}, not {wanted}", person.name, operation.method, operation.path));
            }
        }
    }
    (cases, wrong)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_what_the_permission_table_says() {
    on_both_quiet(async |world| {
        let before = world.dump(&SEEN).await;
        let (cases, wrong) = ask_everything(&world).await;
        assert!(wrong.is_empty(), "{} of {cases} cases:\n{}", wrong.len(), wrong.join("\n"));
        let after = world.dump(&SEEN).await;
        let changes = changed(&before, &after);
        assert!(changes.is_empty(), "{}", changes.join("\n"));
        println!("{cases} cases of route by role");
        world
    })
    .await;
}

#[test]
fn the_table_refuses_more_than_it_allows() {
    // A slip that allows everything would make the test above pass with a server that allows everything.
    let all = [Is::Viewer(None), Is::Manager, Is::Admin, Is::System, Is::Stranger, Is::Nobody];
    let counts = all.map(|is| operations().iter().filter(|o| expected(o, is) == o.allowed).count());
    assert!(counts[..4].is_sorted() && counts[4] < counts[3] / 2 && counts[5] < counts[4], "{counts:?}");
}
