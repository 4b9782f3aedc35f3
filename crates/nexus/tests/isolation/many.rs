//! Guests of an action on many: whose each is, is asked when its turn comes, and what is another's is refused like what
//! never was.

use std::collections::BTreeSet;
use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use testkit::on_both_quiet;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn guests_of_another_tenant_among_many_are_refused_like_those_that_never_were() {
    on_both_quiet(async |world| {
        let their_admin = world.browser("admin@theirs.example").await;
        for place in [&world.ours, &world.theirs] {
            place.sim.clear_requests();
        }
        let key = |server: Uuid, vmid: u32| json!({ "server": server, "type": "qemu", "vmid": vmid });
        let (real, never) = (world.ours.server.uuid(), Uuid::now_v7());
        let guests = [key(real, 102), key(never, 102), key(real, 199), key(world.theirs.server.uuid(), 199)];
        let many = json!({ "action": "stop", "guests": guests });
        let begun = their_admin.post(&world.theirs.path("/bulk-actions"), &many).await;
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
        let begun = begun.json();
        let path = world.theirs.path(&format!("/bulk-actions/{}", begun["bulk"]["id"].as_str().expect("an id")));
        let over = async {
            loop {
                let now = their_admin.get(&path).await.json();
                if !now["bulk"]["ended_at"].is_null() {
                    return now;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let over = tokio::time::timeout(Duration::from_secs(30), over).await.expect("the action ends");
        for answer in [&begun, &over] {
            let told: BTreeSet<String> = answer["guests"]
                .as_array()
                .expect("guests")
                .iter()
                .map(|guest| {
                    let name = guest["guest_name"].as_str().expect("a name").replace("199", "102");
                    format!("{name} {} {} {}", guest["state"], guest["task"], guest["detail"])
                })
                .collect();
            assert_eq!(told.len(), 1, "all alike: {told:?}");
        }
        assert_eq!(over["bulk"]["counts"]["refused"], json!(4), "{over}");
        for place in [&world.ours, &world.theirs] {
            assert!(place.sim.requests().is_empty(), "{:?}", place.sim.requests());
        }
        world
    })
    .await;
}
