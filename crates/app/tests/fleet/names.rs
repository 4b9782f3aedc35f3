//! Names and tags as PVE allows them, and as a PVE that allows more would tell them: through the list, the search, events
//! and actions.

use nexus_app::events::EventData;
use nexus_app::guests::GuestPage;
use nexus_app::tasks::TaskState;
use nexus_model::{GuestStatus, PowerAction};
use pve_sim::{GuestConfig, Status};

use crate::world::{World, guest_config, on_both, until};

/// A VM's name is a DNS name, up to 255 characters (PVE's JSONSchema.pm, `dns-name`); what follows the first line here no
/// PVE should tell.
fn names() -> Vec<String> {
    let label = "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789".get(..63).unwrap();
    let mut names: Vec<String> =
        ["a", "0", "0-9.a-Z", "xn--mnchen-3ya.example", "null", "true", "-.-"].map(Into::into).into();
    names.push(label.into());
    names.push([label; 4].join(".").chars().take(253).collect());
    names.extend(
        ["<script>alert(1)</script>", "a'b\"c;--", "größer & 日本", "100%_\\", "🦀", "a\u{202e}b", "../../etc", "=1+1"]
            .map(Into::into),
    );
    names
}

/// Every character that PVE takes in a tag (JSONSchema.pm, `pve-tag`): letters, digits, `_`, and behind the first `-+.`.
fn tags() -> Vec<String> {
    (0..100).map(|n| format!("_{n}-+.{}", "aZ0_".repeat(1 + n % 9))).collect()
}

async fn one(world: &World, words: &str) -> Vec<u32> {
    let page = GuestPage { cursor: None, limit: 1000 };
    let list = world.app.guests.find(&world.see(&world.manager).await, words, page).await.unwrap();
    list.guests.into_iter().map(|guest| guest.key.vmid).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_name_and_a_hundred_tags_come_through_list_search_event_and_action() {
    on_both(|world| async move {
        let (names, tags) = (names(), tags());
        let numbered = || (150..).zip(&names);
        let mut events = world.events(&world.manager, None).await;
        for (vmid, name) in numbered() {
            let guest = guest_config(vmid, "pve1", Status::Stopped);
            world.sim.add_guest(GuestConfig { name: name.clone(), tags: tags.clone(), ..guest }).unwrap();
        }
        let last = numbered().last().unwrap().0;
        until("the guests", || async { world.status(last).map(drop) }).await;

        let page = GuestPage { cursor: None, limit: 1000 };
        let list = world.app.guests.list(&world.see(&world.manager).await, page).await.unwrap();
        for (vmid, name) in numbered() {
            let guest = list.guests.iter().find(|guest| guest.key.vmid == vmid).unwrap();
            assert_eq!((&guest.name, guest.tags.len()), (name, 100));
            assert_eq!(guest.tags, tags);
            assert!(one(&world, name).await.contains(&vmid), "{name}");
        }
        assert_eq!(one(&world, &tags[99]).await.len(), names.len(), "by the last tag");
        // Pages of one follow each other whatever the names are.
        let (mut cursor, mut paged) = (None, Vec::new());
        loop {
            let page = GuestPage { cursor, limit: 1 };
            let list = world.app.guests.list(&world.see(&world.manager).await, page).await.unwrap();
            paged.extend(list.guests.iter().map(|guest| guest.key.vmid));
            cursor = list.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(paged, list.guests.iter().map(|guest| guest.key.vmid).collect::<Vec<_>>());

        for (vmid, name) in numbered() {
            let task = world.act(&world.manager, vmid, PowerAction::Start).await.unwrap();
            assert_eq!(&task.guest_name, name);
            assert_eq!(world.ended(task.id).await.state, TaskState::Ok, "{name}");
            until("its entry", || async {
                let entries = world.audit().await;
                entries.into_iter().find(|entry| entry.outcome == "ok" && entry.target_name == *name).map(drop)
            })
            .await;
            loop {
                let event = crate::events::next(&mut events).await;
                let EventData::Guests { changed, .. } = event.data else { continue };
                let told = changed.iter().find(|guest| guest.key.vmid == vmid && guest.status == GuestStatus::Running);
                if let Some(guest) = told {
                    assert_eq!((&guest.name, &guest.tags), (name, &tags));
                    break;
                }
            }
        }
    })
    .await;
}
