//! The explorer's schema, calls and favourites, and snapshots of a server's configuration.

use std::time::Duration;

use nexus_app::access::{DeleteServers, ReadPve, Refused, SignedIn, WritePve};
use nexus_app::config_snapshots::{ConfigError, PlanInput};
use nexus_app::explorer::{CallNote, ExplorerError};
use nexus_app::page::Page;
use nexus_model::{PveMay, PveMethod};
use pve_sim::{Fault, FaultKind};

use crate::world::{World, on_both};

const SCRIPT: &str = "/pve-docs/api-viewer/apidoc.js";

async fn read(world: &World, person: &SignedIn) -> nexus_app::access::Grant<ReadPve> {
    world.app.access.grant(person, world.tenant).await.unwrap()
}

async fn write(world: &World) -> nexus_app::access::Grant<WritePve> {
    world.app.access.grant(&world.manager, world.tenant).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_describes_its_api_and_each_call_says_who_may() {
    on_both(|world| async move {
        let explorer = &world.app.explorer;
        let grant = read(&world, &world.manager).await;
        let schema = explorer.schema(&grant, world.server, false).await.unwrap();
        let call = |schema: &nexus_app::explorer::SchemaView, method, path: &str| {
            let path = schema.paths.iter().find(|one| one.path == path).unwrap_or_else(|| panic!("{path}"));
            let call = path.methods.iter().find(|one| one.method == method).unwrap();
            (call.may, call.destroys, call.told.parameters.len())
        };
        let start = call(&schema, PveMethod::Post, "/nodes/{node}/qemu/{vmid}/status/start");
        assert_eq!((start.0, start.1), (PveMay::Scoped, false));
        assert!(start.2 >= 2);
        assert_eq!(call(&schema, PveMethod::Get, "/version").0, PveMay::Yes);
        assert_eq!(call(&schema, PveMethod::Post, "/nodes/{node}/qemu/{vmid}/vncproxy").0, PveMay::Closed);
        assert!(call(&schema, PveMethod::Delete, "/nodes/{node}/qemu/{vmid}").1);
        // Nobody said who they are to get it, and nobody asks for it twice within an hour.
        let asked = || world.sim.requests().into_iter().filter(|one| one.path == SCRIPT).collect::<Vec<_>>();
        assert_eq!(asked().len(), 1);
        assert!(asked()[0].token.is_none());
        explorer.schema(&grant, world.server, false).await.unwrap();
        explorer.schema(&grant, world.server, true).await.unwrap();
        assert_eq!(asked().len(), 1);
        // Viewers have no explorer, others' servers do not exist.
        let viewer = world.app.access.grant::<ReadPve>(&world.viewer, world.tenant).await;
        assert!(matches!(viewer, Err(Refused::Forbidden)));
        let nowhere = explorer.schema(&grant, uuid::Uuid::now_v7().into(), false).await;
        assert!(matches!(nowhere, Err(ExplorerError::NotFound)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_that_is_none_is_said_to_be_none() {
    on_both(|world| async move {
        let grant = read(&world, &world.manager).await;
        let asked = async |kind: FaultKind| {
            world.sim.fault(Fault::on(SCRIPT, kind).times(1));
            world.app.explorer.schema(&grant, world.server, false).await.err().unwrap()
        };
        let missing = asked(FaultKind::Status(404, "File not found".into())).await;
        assert!(matches!(missing, ExplorerError::NoSchema(_)), "{missing}");
        assert!(matches!(asked(FaultKind::NotJson).await, ExplorerError::NoSchema(_)));
        assert!(matches!(asked(FaultKind::Huge(9)).await, ExplorerError::TooLarge(_)));
        for broken in ["const apiSchema = [{]", "const apiSchema = alert(1)", "const apiSchema = [\"endless"] {
            let error = asked(FaultKind::Script(broken.into())).await;
            assert!(matches!(error, ExplorerError::BadSchema(_)), "{broken}: {error}");
        }
        let nested = format!("const apiSchema = {}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert!(matches!(asked(FaultKind::Script(nested)).await, ExplorerError::BadSchema(_)));
        world.app.explorer.schema(&grant, world.server, false).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_remembered_without_secrets_and_favourites_are_ones_own() {
    on_both(|world| async move {
        let explorer = &world.app.explorer;
        let (manager, admin) = (read(&world, &world.manager).await, read(&world, &world.admin).await);
        let params = [("cipassword".to_owned(), "hunter2".to_owned()), ("cores".to_owned(), "2".to_owned())];
        for number in 0..101 {
            let path = format!("/nodes/pve1/qemu/{number}/config");
            let took = Duration::from_millis(7);
            let (server, method, status) = (world.server, PveMethod::Put, Some(200));
            let note = CallNote { server, method, path: &path, params: &params, status, took };
            explorer.note(&manager, &note).await.unwrap();
        }
        let calls = explorer.calls(&manager).await.unwrap();
        assert_eq!((calls.len(), calls[0].path.as_str()), (100, "/nodes/pve1/qemu/100/config"));
        assert!(!format!("{calls:?}").contains("hunter2"));
        assert_eq!(calls[0].params[1].value, "2");
        assert!(explorer.calls(&admin).await.unwrap().is_empty());
        explorer.forget_calls(&manager).await.unwrap();
        assert!(explorer.calls(&manager).await.unwrap().is_empty());
        let kept = explorer.keep(&manager, PveMethod::Get, "/version").await.unwrap();
        let again = explorer.keep(&manager, PveMethod::Get, "/version").await.unwrap();
        assert_eq!(kept, again);
        assert!(matches!(explorer.keep(&manager, PveMethod::Get, "/../x").await, Err(ExplorerError::Invalid(_))));
        assert!(matches!(explorer.forget(&admin, kept.id).await, Err(ExplorerError::NotFound)));
        explorer.forget(&manager, kept.id).await.unwrap();
        assert!(explorer.favourites(&manager).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_is_kept_and_its_changes_are_seen() {
    on_both(|world| async move {
        let all = &world.app.config_snapshots;
        let (may_read, may_write) = (read(&world, &world.manager).await, write(&world).await);
        let proposed = all.plan(&may_read, world.server).await.unwrap();
        assert_eq!(proposed.version, 0);
        assert!(proposed.paths.iter().any(|path| path == "/nodes/{node}/qemu/{vmid}/config"), "{proposed:?}");
        assert!(matches!(all.take(&may_write, world.server).await, Err(ConfigError::NoPlan)));
        let plan = |paths: &[&str]| PlanInput {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            every_hours: None,
        };
        for bad in ["/access/users", "/nodes/{node}/qemu/{vmid}/vncproxy", "/nowhere", "/storage/{storage}", "nodes"] {
            let refused = all.set_plan(&may_write, world.server, plan(&[bad]), 0).await;
            assert!(matches!(refused, Err(ConfigError::Invalid(_))), "{bad}");
        }
        let wanted = plan(&["/nodes/{node}/qemu/{vmid}/config"]);
        let set = all.set_plan(&may_write, world.server, wanted.clone(), 0).await.unwrap();
        assert_eq!(set.version, 1);
        let stale = all.set_plan(&may_write, world.server, wanted, 0).await;
        assert!(matches!(stale, Err(ConfigError::ChangedMeanwhile)));
        let first = all.take(&may_write, world.server).await.unwrap();
        assert_eq!((first.paths, first.failed, first.changed()), (5, 0, true));
        let same = all.take(&may_write, world.server).await.unwrap();
        assert!(!same.changed());
        let changes = [("cipassword", "hunter2"), ("cores", "3")];
        assert!(world.sim.change_guest(100, |guest| {
            guest.options.extend(changes.map(|(key, value)| (key.to_owned(), value.to_owned())));
        }));
        let other = all.take(&may_write, world.server).await.unwrap();
        assert!(other.changed());
        let detail = all.get(&may_read, world.server, other.id).await.unwrap();
        assert!(!format!("{detail:?}").contains("hunter2"), "{detail:?}");
        let part = detail.parts.iter().find(|part| part.path == "/nodes/pve1/qemu/100/config").unwrap();
        assert_eq!(part.status, Some(200));
        let page = |limit, cursor| Page { limit, cursor, ..Page::default() };
        let newest = all.list(&may_read, world.server, &page(2, None)).await.unwrap();
        assert_eq!(newest.snapshots.iter().map(|one| one.id).collect::<Vec<_>>(), [other.id, same.id]);
        let rest = all.list(&may_read, world.server, &page(2, newest.next_cursor)).await.unwrap();
        assert_eq!((rest.snapshots.len(), rest.next_cursor), (1, None));
        let refused = world.app.access.grant::<DeleteServers>(&world.manager, world.tenant).await;
        assert!(matches!(refused, Err(Refused::Forbidden)));
        all.delete(&world.delete().await, world.server, first.id).await.unwrap();
        assert!(matches!(all.get(&may_read, world.server, first.id).await, Err(ConfigError::NotFound)));
        world.entry("server.take_config_snapshot", "ok").await;
        // Nothing is kept of a server that does not answer.
        world.sim.fault(Fault::on("/nodes", FaultKind::Reset));
        let silent = all.take(&may_write, world.server).await;
        assert!(matches!(silent, Err(ConfigError::Unreachable(_))), "{silent:?}");
    })
    .await;
}
