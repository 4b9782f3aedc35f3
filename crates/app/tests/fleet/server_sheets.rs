//! Servers in bulk: sheets in and out, and what hangs on a server.

use nexus_app::fleet::Limits;
use nexus_app::servers::{ServerError, ServerImport, ServerInput};
use nexus_model::{GuestPermissions, GuestRight, Tls};

use crate::world::{SECRET, TOKEN, World, on_both, on_both_with, server_input};

const TITLES: &str = "name,host,port,api_token,verify_ssl,use_tailscale,tailscale_hostname,tailscale_port,connection_timeout,fingerprint";

/// Each row's line with the columns and codes of its errors.
fn errors(import: &ServerImport) -> Vec<(u64, Vec<(&'static str, &'static str)>)> {
    let rows = import.rows.iter();
    rows.map(|row| (row.line, row.errors.iter().map(|error| (error.field, error.code)).collect())).collect()
}

fn added(import: &ServerImport) -> usize {
    import.rows.iter().filter(|row| row.server.is_some()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_row_leaves_the_others() {
    on_both(|world| async move {
        let servers = &world.app.servers;
        let (port, pin) = (world.sim.address("pve2").port(), world.sim.fingerprint("pve2"));
        let known = world.sim.address("pve1").port();
        let text = format!(
            "\u{feff}{}\r\n\
             \"Rack; two\";127.0.0.1;{port};{TOKEN};false;;;;5;{pin}\r\n\
             Known;127.0.0.1;{known};{TOKEN};false;;;;;\r\n\
             Twice;127.0.0.1;{port};{TOKEN};;;;;;\r\n\
             \"No\r\ntoken\";127.0.0.2;;;;;;;;\r\n\
             Metadata;169.254.169.254;22;{TOKEN};perhaps;;;;0;AA\r\n\
             Tailnet;;;{TOKEN};no;yes;127.0.0.3;8006;;",
            TITLES.replace(',', ";")
        );
        let expected = [
            (2, vec![]),
            (3, vec![("host", "duplicate")]),
            (4, vec![("host", "duplicate")]),
            (5, vec![("api_token", "required"), ("name", "invalid")]),
            (
                7,
                vec![
                    ("verify_ssl", "invalid"),
                    ("port", "port_refused"),
                    ("fingerprint", "invalid"),
                    ("connection_timeout", "invalid"),
                ],
            ),
            (8, vec![]),
        ];
        let look = servers.import(&world.manage().await, &text, true).await.unwrap();
        assert_eq!(errors(&look), expected);
        assert_eq!((added(&look), look.used, look.limit, look.done), (0, 1, 50, false));
        assert_eq!(servers.list(&world.servers().await).await.unwrap().used, 1, "nothing changed");
        let done = servers.import(&world.manage().await, &text, false).await.unwrap();
        assert_eq!(errors(&done), errors(&look), "the answer is the same");
        assert_eq!((added(&done), done.used, done.done), (2, 3, true));
        let list = servers.list(&world.servers().await).await.unwrap();
        let rack = list.servers.iter().find(|server| server.name == "Rack; two").unwrap();
        let connection = rack.connection.as_ref().unwrap();
        assert_eq!((connection.tls.clone(), connection.connect_timeout_seconds), (Tls::Pin { fingerprint: pin }, 5));
        let tailnet = list.servers.iter().find(|server| server.name == "Tailnet").unwrap().connection.as_ref().unwrap();
        assert_eq!((tailnet.host.as_deref(), tailnet.tls.clone()), (None, Tls::Insecure));
        assert!(!format!("{done:?}{look:?}").contains(SECRET));
        let entries = world.audit().await;
        let listed = entries.iter().filter(|entry| entry.detail.as_deref() == Some("from a list")).count();
        assert_eq!(listed, 2, "each has its entry");
        assert!(!format!("{entries:?}").contains(SECRET));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_count_and_lists_do_not_scan_the_network() {
    on_both_with(Limits { servers_per_tenant: 30, ..Limits::default() }, |world| async move {
        let servers = &world.app.servers;
        let sheet = |from: u32, rows: u32| {
            let rows =
                (from..from + rows).map(|n| format!("S{n},127.1.{}.{},8006,{TOKEN},,,,,,", n / 200, n % 200 + 1));
            std::iter::once(TITLES.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
        };
        let look = servers.import(&world.manage().await, &sheet(0, 1000), true).await.unwrap();
        assert_eq!((look.rows.len(), look.rows.iter().filter(|row| row.errors.is_empty()).count()), (1000, 29));
        let done = servers.import(&world.manage().await, &sheet(0, 1000), false).await.unwrap();
        assert_eq!((added(&done), done.used), (29, 30));
        assert_eq!(errors(&done)[29].1, [("name", "slots_full")]);
        // Making room does not make more than there are slots in ten minutes.
        for row in done.rows.iter().take(5) {
            servers.delete(&world.delete().await, row.server.unwrap()).await.unwrap();
        }
        let more = servers.import(&world.manage().await, &sheet(1000, 3), false).await.unwrap();
        assert_eq!(added(&more), 1);
        assert_eq!(errors(&more)[1].1, [("name", "too_many_tests")]);
        let refused = servers.import(&world.manage().await, &sheet(2000, 1), false).await;
        assert!(matches!(refused, Err(ServerError::TooManyTests { .. })), "{refused:?}");
        let long = servers.import(&world.manage().await, &sheet(0, 1001), true).await.unwrap_err();
        assert!(matches!(&long, ServerError::Invalid(fields) if fields[0].code == "too_many_rows"), "{long:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_out_comes_in_again_without_tokens() {
    on_both(|world| async move {
        let servers = &world.app.servers;
        let odd = ServerInput {
            name: "=cmd|'/c calc'!A1".into(),
            host: String::new(),
            use_tailscale: true,
            tailscale_host: Some("127.0.0.9".into()),
            is_active: false,
            ..server_input(&world.sim)
        };
        servers.create(&world.manage().await, odd).await.unwrap();
        let text = String::from_utf8(servers.export(&world.servers().await).await.unwrap()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], TITLES);
        assert!(lines[1].starts_with("'=cmd|'/c calc'!A1,,"), "{text}");
        assert!(!text.contains(SECRET) && !text.contains("nexus@pve"), "{text}");
        let again = servers.import(&world.manage().await, &text, true).await.unwrap();
        assert_eq!(again.rows[0].name, "=cmd|'/c calc'!A1");
        assert_eq!(errors(&again)[0].1, [("api_token", "required")]);
        assert_eq!(again.rows[0].host, "127.0.0.9");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_hangs_on_a_server_is_counted() {
    on_both(|world: std::sync::Arc<World>| async move {
        let attached = world.app.servers.attached(&world.manage().await, world.server).await.unwrap();
        assert_eq!((attached.assignments, attached.people), (2, 1));
        assert_eq!((attached.open_consoles, attached.running_tasks), (0, 0));
        let view = GuestPermissions::NONE.with(GuestRight::View);
        let me = world.app.accounts.me(&world.manager).await.unwrap();
        world.app.provision.assign(world.tenant, me.user.id, world.guest(103), view).await.unwrap();
        let attached = world.app.servers.attached(&world.manage().await, world.server).await.unwrap();
        assert_eq!((attached.assignments, attached.people), (3, 2));
        let none = world.app.servers.attached(&world.manage().await, uuid::Uuid::nil().into()).await;
        assert!(matches!(none, Err(ServerError::NotFound)));
    })
    .await;
}
