//! Audit coverage: each changing operation is done once with success, and leaves the entry that the table says.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use testkit::world::{PASSWORD, SECRET};
use testkit::{Browser, Engine, MailServer, World, smtp};

use crate::documented;

/// Every changing operation with the action that it must leave.
const CHANGES: [(&str, &str); 79] = [
    ("set_up", "user.create"),
    ("sign_in", "session.create"),
    ("sign_out", "session.delete"),
    ("update_me", "user.update"),
    ("confirm", "session.confirm"),
    ("set_password", "user.set_password"),
    ("change_email", "user.ask_email"),
    ("send_verification", "user.ask_verification"),
    ("verify", "user.verify"),
    ("request_reset", "reset_link.create"),
    ("use_reset", "user.set_password"),
    ("end_session", "session.delete"),
    ("end_other_sessions", "session.delete_others"),
    ("set_avatar", "user.set_avatar"),
    ("delete_avatar", "user.delete_avatar"),
    ("accept_invitation", "invitation.accept"),
    ("add_member", "invitation.create"),
    ("update_member", "member.update"),
    ("remove_member", "member.delete"),
    ("make_member_reset_link", "reset_link.create"),
    ("import_members", "invitation.create"),
    ("renew_invitation", "invitation.create"),
    ("delete_invitation", "invitation.delete"),
    ("create_group", "group.create"),
    ("update_group", "group.update"),
    ("delete_group", "group.delete"),
    ("create_assignment", "assignment.create"),
    ("update_assignment", "assignment.update"),
    ("wake_assignment", "assignment.wake"),
    ("delete_assignment", "assignment.delete"),
    ("import_assignments", "assignment.create"),
    ("update_settings", "settings.update"),
    ("acknowledge_alert", "alert.acknowledge"),
    ("create_server", "server.create"),
    ("update_server", "server.update"),
    ("delete_server", "server.delete"),
    ("test_server", "server.test"),
    ("test_stored_server", "server.test"),
    ("import_servers", "server.create"),
    ("create_provided_server", "server.create"),
    ("update_provided_server", "server.update"),
    ("delete_provided_server", "server.delete"),
    ("test_provided_server", "server.test"),
    ("test_stored_provided_server", "server.test"),
    ("act_on_guest", "guest.power"),
    ("stop_task", "task.stop"),
    ("create_snapshot", "guest.snapshot_create"),
    ("update_snapshot", "guest.snapshot_update"),
    ("roll_back_snapshot", "guest.snapshot_rollback"),
    ("delete_snapshot", "guest.snapshot_delete"),
    ("start_bulk_action", "guest.bulk"),
    ("stop_bulk_action", "bulk.stop"),
    ("open_console", "console.open"),
    ("end_console_session", "console.ask_end"),
    ("end_any_console_session", "console.ask_end"),
    ("create_user", "user.create"),
    ("update_user", "user.update"),
    ("delete_user", "user.delete"),
    ("make_reset_link", "reset_link.create"),
    ("end_user_sessions", "session.delete_all"),
    ("create_tenant", "tenant.create"),
    ("update_tenant", "tenant.update"),
    ("delete_tenant", "tenant.delete"),
    ("send_test_mail", "settings.test_mail"),
    ("create_webhook", "webhook.create"),
    ("update_webhook", "webhook.update"),
    ("delete_webhook", "webhook.delete"),
    ("renew_webhook_secret", "webhook.secret"),
    ("test_webhook", "webhook.test"),
    ("retry_delivery", "webhook.retry"),
    ("create_api_token", "token.create"),
    ("delete_api_token", "token.delete"),
    ("call_pve", "pve.call"),
    ("set_config_plan", "server.set_config_plan"),
    ("take_config_snapshot", "server.take_config_snapshot"),
    ("delete_config_snapshot", "server.delete_config_snapshot"),
    ("set_logo", "settings.set_logo"),
    ("delete_logo", "settings.delete_logo"),
    ("send_system_test_mail", "system.test_mail"),
];

/// What is asked with POST and changes nothing, or what one keeps for oneself alone.
const READS: [&str; 15] = [
    "look_at_invitation",
    "verify_audit",
    "verify_system_audit",
    "check_server",
    "check_all_servers",
    "read_notifications",
    "set_notification_preferences",
    "add_favourite",
    "remove_favourite",
    "create_view",
    "update_view",
    "delete_view",
    "forget_pve_calls",
    "add_pve_favourite",
    "remove_pve_favourite",
];

/// A picture of one pixel.
const PNG: &str = "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753\
                   de0000000c49444154789c631068f80000022401816f91e4640000000049454e\
                   44ae426082";

#[test]
fn every_changing_operation_is_in_the_table() {
    let table: BTreeSet<&str> = CHANGES.iter().map(|(id, _)| *id).chain(READS).collect();
    let document = documented();
    let changing: BTreeSet<&str> =
        document.iter().filter(|(method, _, _)| method != "GET").map(|(_, _, id)| id.as_str()).collect();
    let (missing, more): (Vec<_>, Vec<_>) =
        (changing.difference(&table).collect(), table.difference(&changing).collect());
    assert!(missing.is_empty() && more.is_empty(), "not in the table: {missing:?}; not in the document: {more:?}");
}

/// Does one operation after the other, and looks for what each leaves.
struct Doer {
    world: World,
    mails: MailServer,
    done: BTreeSet<&'static str>,
}

impl Doer {
    /// How many entries of an action there are, in whichever chain, of success or about to be asked.
    async fn count(&self, action: &str) -> usize {
        let rows = self.world.rows("audit_entry").await;
        let says = |row: &str, column: &str, value: &str| {
            row.contains(&format!(" {column}='{value}' ")) || row.contains(&format!(" {column}={value} "))
        };
        let fits = |row: &&String| {
            says(row, "action", action) && (says(row, "outcome", "ok") || says(row, "outcome", "intent"))
        };
        rows.iter().filter(fits).count()
    }

    /// Does `id`, which must succeed and leave its entry; what came back.
    async fn does(&mut self, id: &str, who: &Browser, method: Method, path: &str, body: Value) -> Value {
        self.does_with(id, who, method, path, body, "\"0\"").await
    }

    async fn does_with(
        &mut self,
        id: &str,
        who: &Browser,
        method: Method,
        path: &str,
        body: Value,
        tag: &str,
    ) -> Value {
        let (id, action) = *CHANGES.iter().find(|(known, _)| *known == id).expect("an operation of the table");
        let before = self.count(action).await;
        let body = (!body.is_null()).then_some(&body);
        let answer = who.call(method, &format!("/api/v1{path}"), body, &[("if-match", tag)]).await;
        assert!(answer.status.is_success(), "{id}: {} {}", answer.status, answer.text());
        self.left(id, action, before).await;
        answer.json()
    }

    /// Some entries follow the answer: the operation goes on behind it.
    async fn left(&mut self, id: &'static str, action: &str, before: usize) {
        let looked = async {
            while self.count(action).await <= before {
                tokio::task::yield_now().await;
            }
        };
        let found = tokio::time::timeout(std::time::Duration::from_secs(20), looked).await;
        assert!(found.is_ok(), "{id} left no {action}");
        self.done.insert(id);
    }

    async fn own_account(&mut self) {
        let (nobody, email) = (self.world.nobody(), "viewer-view@ours.example");
        let sign_in = json!({ "email": email, "password": PASSWORD });
        self.does("sign_in", &nobody, Method::POST, "/sign-in", sign_in).await;
        let person = self.world.browser(email).await;
        self.does("confirm", &person, Method::POST, "/me/confirm", json!({ "password": PASSWORD })).await;
        self.does("update_me", &person, Method::PATCH, "/me", json!({ "full_name": "Another Name" })).await;
        let sessions = person.get("/api/v1/me/sessions").await.json();
        let other =
            sessions["sessions"].as_array().expect("sessions").iter().find(|one| one["current"] == json!(false));
        let path = format!("/me/sessions/{}", text(other.expect("another session"), "id"));
        self.does("end_session", &person, Method::DELETE, &path, Value::Null).await;
        self.world.browser(email).await;
        self.does("end_other_sessions", &person, Method::DELETE, "/me/sessions", Value::Null).await;
        self.sends_picture("set_avatar", &person, "/me/avatar").await;
        self.does("delete_avatar", &person, Method::DELETE, "/me/avatar", Value::Null).await;
        let changed = json!({ "current_password": PASSWORD, "password": "violet-anchor-pancake" });
        self.does("set_password", &person, Method::PUT, "/me/password", changed).await;
        self.does("sign_out", &person, Method::POST, "/sign-out", json!({})).await;
    }

    async fn sends_picture(&mut self, id: &str, who: &Browser, path: &str) {
        let (id, action) = *CHANGES.iter().find(|(known, _)| *known == id).expect("an operation of the table");
        let before = self.count(action).await;
        let picture: Vec<u8> =
            (0..PNG.len() / 2).map(|at| u8::from_str_radix(&PNG[2 * at..2 * at + 2], 16).expect("hex")).collect();
        let path = format!("/api/v1{path}");
        let answer = who.send(Method::PUT, &path, picture.into(), &[("content-type", "image/png")]).await;
        assert!(answer.status.is_success(), "{id}: {}", answer.text());
        self.left(id, action, before).await;
    }

    /// What programs sign in with, PVE's own API, and how the tenant looks.
    async fn programs(&mut self, admin: &Browser, root: &Browser) {
        let token = json!({ "name": "Nightly", "scopes": ["read"], "expires_in_days": 1 });
        let made = self.does("create_api_token", admin, Method::POST, "/me/tokens", token).await;
        let path = format!("/me/tokens/{}", text(&made["token"], "id"));
        self.does("delete_api_token", admin, Method::DELETE, &path, Value::Null).await;
        let tenant = format!("/tenants/{}", self.world.ours.tenant);
        let server = format!("{tenant}/servers/{}", self.world.ours.server);
        let call = json!({ "method": "POST", "path": "/nodes/pve1/qemu/101/status/suspend", "params": [] });
        self.does("call_pve", admin, Method::POST, &format!("{server}/pve/call"), call).await;
        let plan = json!({ "paths": ["/version"], "every_hours": null });
        self.does("set_config_plan", admin, Method::PUT, &format!("{server}/config-plan"), plan).await;
        let path = format!("{server}/config-snapshots");
        let taken = self.does("take_config_snapshot", admin, Method::POST, &path, Value::Null).await;
        let path = format!("{path}/{}", text(&taken, "id"));
        self.does("delete_config_snapshot", admin, Method::DELETE, &path, Value::Null).await;
        let logo = format!("{tenant}/logo");
        self.sends_picture("set_logo", admin, &logo).await;
        self.does("delete_logo", admin, Method::DELETE, &logo, Value::Null).await;
        self.does("send_system_test_mail", root, Method::POST, "/system/test-mail", json!({})).await;
    }

    async fn mails(&mut self) {
        let nobody = self.world.nobody();
        let unverified = self.world.browser("unverified@ours.example").await;
        self.does("send_verification", &unverified, Method::POST, "/me/verify", json!({})).await;
        let secret = self.mails.take("unverified@ours.example").await.secret();
        self.does("verify", &nobody, Method::POST, "/verify", json!({ "secret": secret })).await;
        let email = json!({ "email": "moved@ours.example" });
        self.does("change_email", &unverified, Method::POST, "/me/email", email).await;
        let asked = json!({ "email": "viewer-power@ours.example" });
        self.does("request_reset", &nobody, Method::POST, "/password-reset", asked).await;
        let secret = self.mails.take("viewer-power@ours.example").await.secret();
        let used = json!({ "secret": secret, "password": "violet-anchor-pancake" });
        self.does("use_reset", &nobody, Method::POST, "/password-reset/use", used).await;
    }

    async fn members(&mut self, admin: &Browser) {
        let (nobody, base) = (self.world.nobody(), format!("/tenants/{}", self.world.ours.tenant));
        let at = |rest: &str| format!("{base}{rest}");
        let new = |email: &str| json!({ "email": email, "role": "viewer" });
        let added = self.does("add_member", admin, Method::POST, &at("/members"), new("one@new.example")).await;
        let path = at(&format!("/invitations/{}", text(&added["invitation"], "id")));
        let renewed = self.does("renew_invitation", admin, Method::POST, &format!("{path}/renew"), json!({})).await;
        let link = text(&renewed, "link");
        let secret = link.split_once('#').expect("a secret").1;
        let accept = json!({ "secret": secret, "full_name": "One", "password": "violet-anchor-pancake" });
        self.does("accept_invitation", &nobody, Method::POST, "/invitations/accept", accept).await;
        let added = admin.post(&format!("/api/v1{}", at("/members")), &new("two@new.example")).await.json();
        let path = at(&format!("/invitations/{}", text(&added["invitation"], "id")));
        self.does("delete_invitation", admin, Method::DELETE, &path, Value::Null).await;
        let csv = json!({ "csv": "email,role\nthree@new.example,viewer\n", "dry_run": false });
        self.does("import_members", admin, Method::POST, &at("/members/import"), csv).await;
        let list = admin.get(&format!("/api/v1{}", at("/members?q=one@new.example"))).await.json();
        let member = &list["members"][0];
        let path = at(&format!("/members/{}", text(&member["user"], "id")));
        let tag = format!("\"{}\"", member["version"]);
        let role = json!({ "role": "manager" });
        self.does_with("update_member", admin, Method::PATCH, &path, role, &tag).await;
        self.does("make_member_reset_link", admin, Method::POST, &format!("{path}/reset-link"), json!({})).await;
        self.does("remove_member", admin, Method::DELETE, &path, Value::Null).await;
    }

    async fn rights(&mut self, admin: &Browser) {
        let ours = &self.world.ours;
        let (base, member, server) = (format!("/tenants/{}", ours.tenant), ours.member, ours.server);
        let at = |rest: &str| format!("{base}{rest}");
        let named = |name: &str| json!({ "name": name, "members": [member] });
        let group = self.does("create_group", admin, Method::POST, &at("/groups"), named("New")).await;
        let path = at(&format!("/groups/{}", text(&group, "id")));
        let tag = format!("\"{}\"", group["version"]);
        self.does_with("update_group", admin, Method::PUT, &path, named("Newer"), &tag).await;
        self.does("delete_group", admin, Method::DELETE, &path, Value::Null).await;
        let new = json!({
            "subject": { "kind": "user", "id": member }, "permissions": ["view"],
            "target": { "kind": "guest", "server": server, "type": "qemu", "vmid": 101 },
        });
        let made = self.does("create_assignment", admin, Method::POST, &at("/assignments"), new).await;
        let id = text(&made, "id");
        let path = at(&format!("/assignments/{id}"));
        let (tag, more) = (format!("\"{}\"", made["version"]), json!({ "permissions": ["console"] }));
        self.does_with("update_assignment", admin, Method::PUT, &path, more, &tag).await;
        let literal = self.world.id(id.parse().expect("an id"));
        self.world.tamper(&format!("UPDATE assignment SET asleep = TRUE WHERE id = {literal}")).await;
        self.does("wake_assignment", admin, Method::POST, &format!("{path}/wake"), json!({})).await;
        self.does("delete_assignment", admin, Method::DELETE, &path, Value::Null).await;
        let csv = "email,server,vmid,pool,tag,permissions,until\nviewer-none@ours.example,,,,blue,view,\n";
        let csv = json!({ "csv": csv, "dry_run": false });
        self.does("import_assignments", admin, Method::POST, &at("/assignments/import"), csv).await;
        let settings = admin.get(&format!("/api/v1{}", at("/settings"))).await.json();
        let tag = format!("\"{}\"", settings["version"]);
        let changed = crate::table::settings("Ours");
        self.does_with("update_settings", admin, Method::PUT, &at("/settings"), changed, &tag).await;
        let path = at(&format!("/alerts/{}/acknowledge", self.world.ours.alert));
        self.does("acknowledge_alert", admin, Method::POST, &path, Value::Null).await;
    }

    async fn telling(&mut self, admin: &Browser) {
        let base = format!("/tenants/{}", self.world.ours.tenant);
        let hooks = format!("{base}/webhooks");
        let path = format!("{base}/alerts/test-mail");
        self.does("send_test_mail", admin, Method::POST, &path, Value::Null).await;
        let input = |name: &str| json!({ "name": name, "url": "https://hooks.invalid/", "events": ["alert_opened"], "is_active": true });
        let made = self.does("create_webhook", admin, Method::POST, &hooks, input("New")).await;
        let (path, tag) = (format!("{hooks}/{}", text(&made["webhook"], "id")), text(&made["webhook"], "etag"));
        self.does_with("update_webhook", admin, Method::PUT, &path, input("Newer"), &tag).await;
        self.does("renew_webhook_secret", admin, Method::POST, &format!("{path}/secret"), Value::Null).await;
        // Nobody is there: the message fails, and can be sent again.
        let sent = self.does("test_webhook", admin, Method::POST, &format!("{path}/test"), Value::Null).await;
        let again = format!("{path}/deliveries/{}/retry", text(&sent, "id"));
        self.does("retry_delivery", admin, Method::POST, &again, Value::Null).await;
        self.does("delete_webhook", admin, Method::DELETE, &path, Value::Null).await;
    }

    async fn servers(&mut self, admin: &Browser) {
        let base = format!("/tenants/{}/servers", self.world.ours.tenant);
        let sim = &self.world.theirs.sim;
        let (port, pin) = (sim.address("pve1").port(), sim.fingerprint("pve1"));
        let tls = json!({ "mode": "pin", "fingerprint": sim.fingerprint("pve1") });
        let input = json!({
            "name": "Second", "host": "127.0.0.1", "port": sim.address("pve1").port(), "tls": tls,
            "api_token": format!("broker@pve!nexus={SECRET}"),
        });
        self.does("test_server", admin, Method::POST, &format!("{base}/test"), input.clone()).await;
        let made = self.does("create_server", admin, Method::POST, &base, input.clone()).await;
        let path = format!("{base}/{}", text(&made, "id"));
        self.does("test_stored_server", admin, Method::POST, &format!("{path}/test"), json!({})).await;
        let current = admin.get(&format!("/api/v1{path}")).await.json();
        let tag = text(&current, "etag");
        self.does_with("update_server", admin, Method::PUT, &path, input, &tag).await;
        self.does("delete_server", admin, Method::DELETE, &path, Value::Null).await;
        let csv = format!(
            "name,host,port,api_token,verify_ssl,use_tailscale,tailscale_hostname,tailscale_port,connection_timeout,\
             fingerprint\nThird,127.0.0.1,{port},broker@pve!nexus={SECRET},,,,,,{pin}\n"
        );
        let sheet = json!({ "csv": csv, "dry_run": false });
        self.does("import_servers", admin, Method::POST, &format!("{base}/import"), sheet).await;
    }

    async fn provided_servers(&mut self, root: &Browser) {
        let sim = &self.world.theirs.sim;
        let tls = json!({ "mode": "pin", "fingerprint": sim.fingerprint("pve1") });
        let input = json!({
            "tenant": self.world.ours.tenant, "scope": { "pools": [], "tags": [], "vmids": [{ "from": 100, "to": 101 }] },
            "name": "Provided", "host": "127.0.0.1", "port": sim.address("pve1").port(), "tls": tls,
            "api_token": format!("broker@pve!nexus={SECRET}"),
        });
        self.does("test_provided_server", root, Method::POST, "/servers/test", input.clone()).await;
        let made = self.does("create_provided_server", root, Method::POST, "/servers", input.clone()).await;
        let path = format!("/servers/{}", text(&made["server"], "id"));
        self.does("test_stored_provided_server", root, Method::POST, &format!("{path}/test"), json!({})).await;
        let tag = text(&made["server"], "etag");
        self.does_with("update_provided_server", root, Method::PUT, &path, input, &tag).await;
        self.does("delete_provided_server", root, Method::DELETE, &path, Value::Null).await;
    }

    async fn guests(&mut self, admin: &Browser, root: &Browser) {
        let guest = |vmid| self.world.ours.guest_path(vmid).replacen("/api/v1", "", 1);
        let (stopped, running) = (guest(102), guest(100));
        let tenant = self.world.ours.tenant;
        let start = json!({ "action": "start" });
        self.does("act_on_guest", admin, Method::POST, &format!("{stopped}/actions"), start).await;
        let watch = json!({ "view_only": true });
        // The entry of a console that is asked for is written when its WebSocket comes.
        let before = self.count("console.open").await;
        for (id, ender) in [("end_console_session", admin), ("end_any_console_session", root)] {
            let ticket = admin.post(&format!("/api/v1{running}/console"), &watch).await.json();
            let mut socket = admin.websocket(&text(&ticket, "path")).await.expect("a WebSocket");
            socket.rfb().await.expect("a console");
            let session = text(&ticket, "session");
            let path = if id == "end_console_session" {
                format!("/tenants/{tenant}/console-sessions/{session}/end")
            } else {
                format!("/console-sessions/{session}/end")
            };
            self.does(id, ender, Method::POST, &path, json!({ "reason": "enough" })).await;
            assert!(socket.closed().await.is_some());
        }
        self.left("open_console", "console.open", before + 1).await;
    }

    async fn snapshots(&mut self, admin: &Browser) {
        let path = self.world.ours.guest_path(101).replacen("/api/v1", "", 1) + "/snapshots";
        let one = format!("{path}/before");
        let new = json!({ "name": "before", "description": "x" });
        let task = self.does("create_snapshot", admin, Method::POST, &path, new).await;
        self.until_over(admin, &task).await;
        let more = json!({ "description": "y" });
        self.does("update_snapshot", admin, Method::PATCH, &one, more).await;
        let back = format!("{one}/rollback");
        let task = self.does("roll_back_snapshot", admin, Method::POST, &back, json!({})).await;
        self.until_over(admin, &task).await;
        let task = self.does("delete_snapshot", admin, Method::DELETE, &one, Value::Null).await;
        self.until_over(admin, &task).await;
    }

    /// Tasks that end when they are stopped alone.
    async fn tasks(&mut self, admin: &Browser) {
        let guest = self.world.ours.guest(200);
        for vmid in [102, 200] {
            assert!(self.world.ours.sim.change_guest(vmid, |guest| guest.endless = true));
        }
        let base = format!("/tenants/{}", self.world.ours.tenant);
        let path = self.world.ours.guest_path(102) + "/actions";
        let task = admin.post(&path, &json!({ "action": "stop" })).await.json();
        let stop = format!("{base}/tasks/{}/stop", text(&task, "id"));
        self.does("stop_task", admin, Method::POST, &stop, json!({})).await;
        self.until_over(admin, &task).await;
        let key = json!({ "server": guest.server, "type": "lxc", "vmid": 200 });
        let many = json!({ "action": "start", "guests": [key] });
        let path = format!("{base}/bulk-actions");
        let begun = self.does("start_bulk_action", admin, Method::POST, &path, many).await;
        let stop = format!("{path}/{}/stop", text(&begun["bulk"], "id"));
        self.does("stop_bulk_action", admin, Method::POST, &stop, json!({})).await;
        for vmid in [102, 200] {
            assert!(self.world.ours.sim.change_guest(vmid, |guest| guest.endless = false));
        }
    }

    async fn until_over(&self, who: &Browser, task: &Value) {
        let path = self.world.ours.path(&format!("/tasks/{}", text(task, "id")));
        let over = async {
            while who.get(&path).await.json()["state"] == json!("running") {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), over).await.expect("the task ends");
    }

    async fn system(&mut self, root: &Browser) {
        let new = json!({ "email": "made@new.example", "full_name": "Made", "system_role": "user" });
        let made = self.does("create_user", root, Method::POST, "/users", new).await;
        let path = format!("/users/{}", text(&made["account"], "id"));
        let tag = format!("\"{}\"", made["account"]["version"]);
        self.does_with("update_user", root, Method::PATCH, &path, json!({ "full_name": "Other" }), &tag).await;
        self.does("make_reset_link", root, Method::POST, &format!("{path}/reset-link"), json!({})).await;
        self.does("end_user_sessions", root, Method::POST, &format!("{path}/end-sessions"), json!({})).await;
        self.does("delete_user", root, Method::DELETE, &path, Value::Null).await;
        let made = self.does("create_tenant", root, Method::POST, "/tenants", json!({ "name": "Made" })).await;
        let path = format!("/tenants/{}", text(&made["tenant"], "id"));
        let tag = format!("\"{}\"", made["tenant"]["version"]);
        self.does_with("update_tenant", root, Method::PATCH, &path, json!({ "name": "Other" }), &tag).await;
        self.does("delete_tenant", root, Method::DELETE, &path, Value::Null).await;
        // As on the first day: nobody administers the installation.
        self.world.tamper("UPDATE user_account SET system_role = 'user'").await;
        let secret = self.world.nexus.app.accounts.make_setup_link().await.expect("the store").expect("no admin");
        let first = json!({ "secret": secret.as_str(), "full_name": "First", "email": "first@new.example",
                            "password": "violet-anchor-pancake", "tenant_name": "First" });
        self.does("set_up", &self.world.nobody(), Method::POST, "/setup", first).await;
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changing_operation_leaves_its_entry() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mails = MailServer::start().await;
        let port = mails.address.port();
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, &mails.certificate_pem).expect("the certificate can be written");
        let world = World::start_changed(engine, |settings| {
            settings.public_url = Some("https://nexus.example".into());
            settings.smtp_host = Some("localhost".into());
            settings.smtp_port = Some(port);
            settings.smtp_user = Some(smtp::USER.into());
            settings.smtp_password = Some(smtp::PASSWORD.into());
            settings.smtp_from = Some("nexus@nexus.example".into());
            settings.smtp_ca_file = Some(ca);
        });
        let Some(world) = world.await else { continue };
        let (admin, root) = (world.ours("admin").await, world.browser("root@nexus.example").await);
        let mut doer = Doer { world, mails, done: BTreeSet::new() };
        doer.own_account().await;
        doer.mails().await;
        doer.members(&admin).await;
        doer.rights(&admin).await;
        doer.telling(&admin).await;
        doer.servers(&admin).await;
        doer.provided_servers(&root).await;
        doer.programs(&admin, &root).await;
        doer.guests(&admin, &root).await;
        doer.snapshots(&admin).await;
        doer.tasks(&admin).await;
        doer.system(&root).await;
        let all: BTreeSet<&str> = CHANGES.iter().map(|(id, _)| *id).collect();
        assert_eq!(doer.done, all, "each was done");
        println!("{} changing operations leave their entries", all.len());
        doer.world.stop().await;
    }
}
