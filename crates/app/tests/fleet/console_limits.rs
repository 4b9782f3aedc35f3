//! A tenant's own limits of consoles, and what lists tell of open ones.

use std::sync::Arc;
use std::time::Duration;

use nexus_app::access::{SeeTenant, SignedIn};
use nexus_app::consoles::{ConsoleQuery, ConsoleState, ConsoleView, RequestError, WhoseLimit};
use nexus_app::events::EventData;
use nexus_app::fleet::Limits;
use nexus_app::page::Page;

use crate::world::{World, on_both, on_both_with, until};

/// Changes the tenant's limits as its settings do.
async fn limit(world: &World, limits: &str) {
    let none = "console_per_user = NULL, console_per_guest = NULL, console_per_tenant = NULL";
    for change in [none, limits] {
        world.db.tamper(&format!("UPDATE tenant_settings SET {change}")).await;
    }
}

async fn refused(world: &World, person: &SignedIn, vmid: u32) -> (WhoseLimit, i64) {
    match world.request(person, vmid, true).await {
        Err(RequestError::TooMany { whose, limit }) => (whose, limit),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenants_limits_hold_for_the_next_console_and_name_whose_they_are() {
    on_both_with(Limits { consoles_per_user: 3, ..Limits::default() }, |world| async move {
        world.request(&world.manager, 100, true).await.unwrap();
        limit(&world, "console_per_user = 1").await;
        assert_eq!(refused(&world, &world.manager, 101).await, (WhoseLimit::Person, 1));
        // A viewer does not see the manager's console; it counts all the same.
        limit(&world, "console_per_guest = 1").await;
        assert_eq!(refused(&world, &world.viewer, 100).await, (WhoseLimit::Guest, 1));
        world.request(&world.manager, 101, true).await.expect("another guest");
        limit(&world, "console_per_tenant = 2").await;
        assert_eq!(refused(&world, &world.viewer, 100).await, (WhoseLimit::Tenant, 2));
        let detail = world.entry("console.open", "refused").await.detail.unwrap();
        assert_eq!(detail, "the organisation has 2 consoles, as many as there may be at once");
        // Whatever the tenant says, the installation's stays above.
        limit(&world, "console_per_user = 100").await;
        world.request(&world.manager, 100, true).await.unwrap();
        assert_eq!(refused(&world, &world.manager, 100).await, (WhoseLimit::Installation, 3));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_do_not_pass_the_limit_of_the_guest() {
    on_both(|world| async move {
        limit(&world, "console_per_guest = 2").await;
        let people = [&world.manager, &world.admin, &world.viewer];
        let requests = (0..9).map(|n| world.request(people[n % 3], 100, true));
        let results = futures_util::future::join_all(requests).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2, "{results:?}");
    })
    .await;
}

/// Asks for a console, lets its row say a time that a test can wait for, and opens it.
async fn with_a_second(world: &Arc<World>, column: &str, view_only: bool) -> crate::browser::Browser {
    limit(world, "console_idle_seconds = 120, console_max_seconds = 300").await;
    let ticket = world.request(&world.manager, 100, view_only).await.unwrap();
    assert_eq!((ticket.idle_seconds, ticket.max_seconds), ((!view_only).then_some(120), Some(300)));
    let text = format!("UPDATE console_session SET {column} = 1 WHERE state = 'requested'");
    assert_eq!(world.db.tamper(&text).await, 1);
    // What the settings say by now is for the next one.
    limit(world, "console_idle_seconds = NULL, console_max_seconds = NULL").await;
    let claimed = world.app.consoles.claim(&world.manager, ticket.id).await.unwrap();
    let (mut browser, stream) = crate::browser::Browser::pair().await;
    claimed.run_on(async move { Ok(stream) }, ());
    browser.handshake().await.unwrap();
    browser
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_and_maximum_time_end_a_console_as_they_were_when_it_was_asked_for() {
    on_both(|world| async move {
        assert_eq!(with_a_second(&world, "idle_seconds", false).await.reason().await, "idle");
        assert_eq!(with_a_second(&world, "max_seconds", false).await.reason().await, "max_length");
        assert_eq!(with_a_second(&world, "max_seconds", true).await.reason().await, "max_length");
        let free = world.request(&world.manager, 100, false).await.unwrap();
        assert_eq!((free.idle_seconds, free.max_seconds), (None, None));
    })
    .await;
}

async fn list(world: &World, person: &SignedIn, change: impl FnOnce(&mut ConsoleQuery)) -> Vec<ConsoleView> {
    let mut query = ConsoleQuery { page: Page { limit: 50, ..Page::default() }, ..ConsoleQuery::default() };
    change(&mut query);
    let grant = world.app.access.grant::<SeeTenant>(person, world.tenant).await.unwrap();
    world.app.consoles.list(&grant, &query).await.unwrap().sessions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_console_tells_how_far_away_both_ends_are() {
    on_both(|world| async move {
        let live = world.app.access.keep(world.see(&world.admin).await).await.unwrap();
        let mut events = Box::pin(world.app.events.stream(live, None).unwrap());
        let (ticket, mut browser) = world.open(&world.viewer, 100, false).await;
        let screen = browser.handshake().await.unwrap();
        browser.update(screen).await.unwrap();
        let reads = tokio::spawn(async move { browser.reason().await });
        let view = until("both round trips", || async {
            let view = list(&world, &world.admin, |query| query.state = Some(ConsoleState::Open)).await.pop()?;
            (view.browser_rtt_us.is_some() && view.server_rtt_us.is_some()).then_some(view)
        })
        .await;
        assert!(view.browser_rtt_us > Some(0) && view.server_rtt_us > Some(0), "{view:?}");
        assert!(view.bytes_down > 0 && view.idle.is_some(), "{view:?}");
        assert!(view.upid.as_deref().is_some_and(|upid| upid.starts_with("UPID:pve1:")), "{view:?}");
        // The person's own list has the figures too, but nothing of PVE's.
        let own = list(&world, &world.viewer, |_| {}).await;
        assert!(own.len() == 1 && own[0].upid.is_none() && own[0].browser_rtt_us.is_some(), "{own:?}");
        // Who watches is told by and by, and what the row keeps survives the end.
        let told = async {
            loop {
                let event = futures_util::StreamExt::next(&mut events).await.expect("the stream goes on");
                if let EventData::Console(view) = event.data
                    && view.browser_rtt_us.is_some()
                {
                    return *view;
                }
            }
        };
        let told = tokio::time::timeout(Duration::from_secs(40), told).await.expect("an event with figures");
        assert_eq!((told.id, told.state), (ticket.id, ConsoleState::Open));
        world.app.consoles.end(ticket.id, nexus_relay::EndReason::EndedByAdmin);
        assert_eq!(reads.await.unwrap(), "ended_by_admin");
        world.console_row(ticket.id).await;
        let ended = list(&world, &world.admin, |query| query.end_reason = Some("ended_by_admin".into())).await;
        assert_eq!(ended.len(), 1);
        assert!(ended[0].browser_rtt_us.is_some() && ended[0].upid.is_some() && ended[0].idle.is_none(), "{ended:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_of_one_person_or_of_one_end() {
    on_both(|world| async move {
        world.request(&world.manager, 100, true).await.unwrap();
        world.request(&world.viewer, 100, true).await.unwrap();
        let (manager, viewer) = (world.manager.user(), world.viewer_id);
        let of = |user| move |query: &mut ConsoleQuery| query.user = Some(user);
        assert_eq!(list(&world, &world.admin, |_| {}).await.len(), 2);
        assert_eq!(list(&world, &world.admin, of(viewer)).await.len(), 1);
        assert_eq!(list(&world, &world.viewer, of(viewer)).await.len(), 1);
        assert_eq!(list(&world, &world.viewer, of(manager)).await, [], "somebody else's");
        assert_eq!(list(&world, &world.admin, |query| query.end_reason = Some("unused".into())).await, []);
        world.db.tamper("UPDATE console_session SET state = 'ended', end_reason = 'unused' WHERE view_only").await;
        assert_eq!(list(&world, &world.admin, |query| query.end_reason = Some("unused".into())).await.len(), 2);
    })
    .await;
}
