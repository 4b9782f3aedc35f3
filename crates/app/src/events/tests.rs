//! Tests of the hub by itself: what it keeps, and what a slow or late watcher is told.

use futures_util::{FutureExt, StreamExt};
use nexus_model::{GuestKind, ServerStatus};
use uuid::Uuid;

use super::*;

fn tenant() -> TenantId {
    Uuid::from_u128(1).into()
}

fn brief(n: u128) -> Happening {
    Happening::Server(ServerBrief {
        id: Uuid::from_u128(n).into(),
        name: n.to_string(),
        status: ServerStatus::Online,
        data_at: None,
        error: Some("inside".into()),
        tailscale: false,
        tailscale_host: None,
    })
}

fn manager() -> Sight {
    Sight::of_everything()
}

fn watch(events: &Events, last: Option<&str>) -> Pin<Box<dyn Stream<Item = EventOut> + Send>> {
    let start = events.subscribe(tenant(), last);
    Box::pin(events.follow(start, manager(), std::future::pending()))
}

fn now(stream: &mut Pin<Box<dyn Stream<Item = EventOut> + Send>>) -> Option<(String, &'static str)> {
    stream.next().now_or_never().map(|event| event.map(|event| (event.id, event.kind)).expect("the stream goes on"))
}

#[test]
fn numbers_go_on_and_missed_events_are_told() {
    let events = Events::new("p".into(), crate::telemetry::Telemetry::new());
    events.tell(tenant(), brief(1));
    assert!(!events.is_watched(tenant()));
    let mut stream = watch(&events, None);
    assert!(events.is_watched(tenant()));
    assert_eq!(now(&mut stream), Some(("p:0".into(), "hello")), "nobody watched, so nothing was kept");
    assert_eq!(now(&mut stream), None);
    events.tell(tenant(), brief(1));
    events.tell(tenant(), brief(2));
    assert_eq!(now(&mut stream), Some(("p:1".into(), "server")));
    drop(stream);
    let mut back = watch(&events, Some("p:1"));
    let told: Vec<_> = std::iter::from_fn(|| now(&mut back)).collect();
    assert_eq!(told, [("p:1".into(), "hello"), ("p:2".into(), "server")]);
    for unknown in ["q:1", "p:3", "p:18446744073709551615", "p", ""] {
        let mut other = watch(&events, Some(unknown));
        let told: Vec<_> = std::iter::from_fn(|| now(&mut other)).map(|(_, kind)| kind).collect();
        assert_eq!(told, ["hello", "reset"], "{unknown}");
    }
}

#[test]
fn who_is_too_slow_or_too_late_fetches_all_again() {
    let events = Events::new("p".into(), crate::telemetry::Telemetry::new());
    let mut slow = watch(&events, None);
    let tell_many = || (0..=KEPT as u128 + 1).for_each(|n| events.tell(tenant(), brief(n)));
    assert_eq!(now(&mut slow).map(|(_, kind)| kind), Some("hello"));
    tell_many();
    assert_eq!(now(&mut slow).map(|(_, kind)| kind), Some("reset"));
    assert_eq!(now(&mut slow), None, "what was left is skipped");
    events.tell(tenant(), brief(1));
    assert_eq!(now(&mut slow).map(|(_, kind)| kind), Some("server"));
    let mut late = watch(&events, Some("p:1"));
    let told: Vec<_> = std::iter::from_fn(|| now(&mut late)).map(|(_, kind)| kind).collect();
    assert_eq!(told, ["hello", "reset"]);
}

#[test]
fn the_end_comes_before_anything_that_waits() {
    let events = Events::new("p".into(), crate::telemetry::Telemetry::new());
    let start = events.subscribe(tenant(), None);
    let ended = std::future::ready(EndedBecause::Revoked);
    let mut stream = Box::pin(events.follow(start, manager(), ended));
    let last = stream.next().now_or_never().flatten().unwrap();
    assert!(matches!(last.data, EventData::Ended { reason: "revoked" }));
    assert!(matches!(stream.next().now_or_never(), Some(None)));
}

#[test]
fn many_rows_push_older_events_out() {
    let events = Events::new("p".into(), crate::telemetry::Telemetry::new());
    let mut stream = watch(&events, None);
    let server = Uuid::from_u128(9).into();
    let removed: Vec<_> =
        (0..KEPT_ROWS).map(|n| GuestKey { server, kind: GuestKind::Qemu, vmid: u32::try_from(n).unwrap() }).collect();
    let guests = || Happening::Guests {
        server_name: "s".into(),
        data_at: Micros(0),
        changed: Vec::new(),
        removed: removed.clone(),
    };
    events.tell(tenant(), guests());
    assert_eq!(now(&mut stream).map(|(_, kind)| kind), Some("hello"));
    assert_eq!(now(&mut stream).map(|(_, kind)| kind), Some("guests"));
    events.tell(tenant(), guests());
    events.tell(tenant(), guests());
    assert_eq!(events.hubs()[&tenant()].kept.len(), 1);
    assert_eq!(now(&mut stream), Some(("p:3".into(), "reset")));
}
