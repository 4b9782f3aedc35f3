//! Foreign ids: whatever another tenant really has answers like what never was. The same status, headers and body, by the
//! same statements, with nothing changed and nothing asked of any PVE.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use nexus_api::{Api, Site};
use nexus_model::ServerId;
use serde_json::{Value, json};
use testkit::{Browser, World, counted, on_both_quiet};
use tower::ServiceExt;
use uuid::Uuid;

use crate::{changed, documented};

/// A request whose ids stand in braces; those of a body's or a query's too.
struct Probe {
    method: Method,
    path: &'static str,
    query: &'static str,
    body: Option<Value>,
    upgrade: bool,
}

impl Probe {
    fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    fn query(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }

    fn text(&self) -> String {
        format!("{}{} {}", self.path, self.query, self.body.as_ref().map(Value::to_string).unwrap_or_default())
    }
}

fn probe(method: Method, path: &'static str) -> Probe {
    Probe { method, path, query: "", body: None, upgrade: false }
}

fn get(path: &'static str) -> Probe {
    probe(Method::GET, path)
}

fn post(path: &'static str, body: Value) -> Probe {
    probe(Method::POST, path).body(body)
}

fn put(path: &'static str, body: Value) -> Probe {
    probe(Method::PUT, path).body(body)
}

fn patch(path: &'static str, body: Value) -> Probe {
    probe(Method::PATCH, path).body(body)
}

fn delete(path: &'static str) -> Probe {
    probe(Method::DELETE, path)
}

/// Requests that would succeed for an admin, were all ids their own.
fn probes() -> Vec<Probe> {
    let server = || {
        json!({ "name": "x", "host": "192.0.2.1", "tls": { "mode": "insecure" },
                "api_token": "broker@pve!nexus=4e0b6f8a-54fb-4a7c-9d3c-0f2a6b1c7d8e" })
    };
    let mut all = of_tenant(&server);
    all.extend(of_guests());
    all.extend(of_pve());
    all.extend(of_provided(&server));
    all.extend(of_people());
    all.extend(of_telling());
    all.extend(of_account_and_system());
    all
}

fn of_tenant(server: &dyn Fn() -> Value) -> Vec<Probe> {
    const GUEST: &str = "/tenants/{tenant}/guests/{server}/{type}/{vmid}";
    vec![
        get("/tenants/{tenant}"),
        get("/tenants/{tenant}/events"),
        get("/tenants/{tenant}/guests"),
        get("/tenants/{tenant}/tasks"),
        get("/tenants/{tenant}/tasks/{task}"),
        get("/tenants/{tenant}/servers"),
        post("/tenants/{tenant}/servers", server()),
        post("/tenants/{tenant}/servers/test", server()),
        get("/tenants/{tenant}/servers/{server}"),
        put("/tenants/{tenant}/servers/{server}", server()),
        delete("/tenants/{tenant}/servers/{server}"),
        post("/tenants/{tenant}/servers/{server}/test", json!({})),
        post("/tenants/{tenant}/servers/{server}/check", json!({})),
        post("/tenants/{tenant}/servers/check", json!({})),
        get("/tenants/{tenant}/servers/check"),
        get("/tenants/{tenant}/stats"),
        get("/tenants/{tenant}/servers/{server}/attached"),
        post("/tenants/{tenant}/servers/import", json!({ "csv": "name,host\n", "dry_run": true })),
        get("/tenants/{tenant}/servers/export"),
        get(GUEST),
        post("/tenants/{tenant}/guests/{server}/{type}/{vmid}/actions", json!({ "action": "start" })),
        post("/tenants/{tenant}/guests/{server}/{type}/{vmid}/console", json!({ "view_only": true })),
        get("/tenants/{tenant}/settings"),
        put("/tenants/{tenant}/settings", crate::table::settings("x")),
        get("/tenants/{tenant}/metrics"),
        get("/tenants/{tenant}/servers/{server}/metrics"),
        get("/tenants/{tenant}/checks"),
        get("/tenants/{tenant}/checks").query("?server={server}"),
        get("/tenants/{tenant}/alerts"),
        get("/tenants/{tenant}/alerts").query("?server={server}"),
        post("/tenants/{tenant}/alerts/{alert}/acknowledge", json!({})),
        get("/tenants/{tenant}/audit"),
        get("/tenants/{tenant}/audit").query("?actor={member}"),
        get("/tenants/{tenant}/audit").query("?target={server}"),
        get("/tenants/{tenant}/audit/export").query("?format=csv"),
        get("/tenants/{tenant}/audit/actions"),
        post("/tenants/{tenant}/audit/verify", json!({})),
        get("/tenants/{tenant}/console-sessions"),
        post("/tenants/{tenant}/console-sessions/{console}/end", json!({})),
        Probe { upgrade: true, ..get("/console/{console}") },
    ]
}

/// What a person does with guests, and keeps of them.
fn of_guests() -> Vec<Probe> {
    const SNAPSHOT: &str = "/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots/{snapshot}";
    // Guests of an action on many are refused each by itself: another test has theirs.
    let bulk = json!({ "action": "start", "guests": [{ "server": Uuid::nil(), "type": "qemu", "vmid": 102 }] });
    let view = || json!({ "name": "New", "filter": "", "sort": "", "layout": "table", "columns": [] });
    vec![
        get("/tenants/{tenant}/guests/{server}/{type}/{vmid}/config"),
        get("/tenants/{tenant}/guests/{server}/{type}/{vmid}/rrd").query("?timeframe=day&consolidation=max"),
        get("/tenants/{tenant}/guests/{server}/{type}/{vmid}/addresses"),
        get("/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots"),
        post("/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots", json!({ "name": "before" })),
        patch(SNAPSHOT, json!({ "description": "x" })),
        delete(SNAPSHOT),
        post("/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots/{snapshot}/rollback", json!({})),
        get("/tenants/{tenant}/tasks").query("?server={server}&type=qemu&vmid=102"),
        get("/tenants/{tenant}/tasks/{task}/log"),
        post("/tenants/{tenant}/tasks/{task}/stop", json!({})),
        get("/tenants/{tenant}/console-sessions").query("?server={server}&type=qemu&vmid=102"),
        post("/tenants/{tenant}/bulk-actions", bulk),
        get("/tenants/{tenant}/bulk-actions"),
        get("/tenants/{tenant}/bulk-actions/{bulk}"),
        post("/tenants/{tenant}/bulk-actions/{bulk}/stop", json!({})),
        put("/tenants/{tenant}/guests/{server}/{type}/{vmid}/favourite", json!({})),
        delete("/tenants/{tenant}/guests/{server}/{type}/{vmid}/favourite"),
        get("/tenants/{tenant}/favourites"),
        get("/tenants/{tenant}/recent-guests"),
        get("/tenants/{tenant}/views"),
        post("/tenants/{tenant}/views", view()),
        put("/tenants/{tenant}/views/{view}", view()),
        delete("/tenants/{tenant}/views/{view}"),
    ]
}

/// PVE's own API, and how a tenant looks.
fn of_pve() -> Vec<Probe> {
    const PLAN: &str = "/tenants/{tenant}/servers/{server}/config-plan";
    const SNAPSHOT: &str = "/tenants/{tenant}/servers/{server}/config-snapshots/{config_snapshot}";
    let call = || json!({ "method": "GET", "path": "/version", "params": [] });
    let plan = || json!({ "paths": ["/version"], "every_hours": null });
    let favourite = json!({ "method": "GET", "path": "/version" });
    let token = || json!({ "name": "New", "scopes": ["read"], "tenant": "{tenant}", "expires_in_days": 1 });
    let mut of_server = token();
    of_server["server"] = json!("{server}");
    vec![
        get("/tenants/{tenant}/servers/{server}/pve/schema"),
        post("/tenants/{tenant}/servers/{server}/pve/call", call()),
        get("/tenants/{tenant}/pve-calls"),
        delete("/tenants/{tenant}/pve-calls"),
        get("/tenants/{tenant}/pve-favourites"),
        post("/tenants/{tenant}/pve-favourites", favourite),
        delete("/tenants/{tenant}/pve-favourites/{favourite}"),
        get(PLAN),
        put(PLAN, plan()),
        get("/tenants/{tenant}/servers/{server}/config-snapshots"),
        post("/tenants/{tenant}/servers/{server}/config-snapshots", json!({})),
        get(SNAPSHOT),
        delete(SNAPSHOT),
        get("/tenants/{tenant}/servers/{provided}/pve/schema"),
        post("/tenants/{tenant}/servers/{provided}/pve/call", call()),
        get("/tenants/{tenant}/servers/{provided}/config-plan"),
        put("/tenants/{tenant}/servers/{provided}/config-plan", plan()),
        put("/tenants/{tenant}/logo", json!({})),
        delete("/tenants/{tenant}/logo"),
        get("/tenants/{tenant}/logo"),
        delete("/me/tokens/{token}"),
        post("/me/tokens", token()),
        post("/me/tokens", of_server),
    ]
}

/// Servers that system admins gave to tenants: for their own tenants as little to be changed as for others.
fn of_provided(server: &dyn Fn() -> Value) -> Vec<Probe> {
    let mut provided = server();
    provided["tenant"] = json!("{tenant}");
    provided["scope"] = json!({ "pools": [], "tags": ["x"], "vmids": [] });
    let guest = json!({ "kind": "guest", "server": "{provided}", "type": "qemu", "vmid": 102 });
    let rights = json!({ "subject": { "kind": "user", "id": "{member}" }, "target": guest, "permissions": ["view"] });
    vec![
        get("/tenants/{tenant}/servers/{provided}"),
        put("/tenants/{tenant}/servers/{provided}", server()),
        delete("/tenants/{tenant}/servers/{provided}"),
        post("/tenants/{tenant}/servers/{provided}/test", json!({})),
        post("/tenants/{tenant}/servers/{provided}/check", json!({})),
        get("/tenants/{tenant}/servers/{provided}/attached"),
        get("/tenants/{tenant}/guests/{provided}/{type}/{vmid}"),
        post("/tenants/{tenant}/guests/{provided}/{type}/{vmid}/actions", json!({ "action": "start" })),
        post("/tenants/{tenant}/guests/{provided}/{type}/{vmid}/console", json!({ "view_only": true })),
        get("/tenants/{tenant}/guests/{provided}/{type}/{vmid}/config"),
        get("/tenants/{tenant}/guests/{provided}/{type}/{vmid}/rrd"),
        get("/tenants/{tenant}/guests/{provided}/{type}/{vmid}/addresses"),
        get("/tenants/{tenant}/guests/{provided}/{type}/{vmid}/snapshots"),
        post("/tenants/{tenant}/guests/{provided}/{type}/{vmid}/snapshots", json!({ "name": "before" })),
        put("/tenants/{tenant}/guests/{provided}/{type}/{vmid}/favourite", json!({})),
        post("/tenants/{tenant}/assignments", rights),
        get("/tenants/{tenant}/assignments").query("?server={provided}&type=qemu&vmid=102"),
        get("/servers/{provided}"),
        put("/servers/{provided}", provided),
        delete("/servers/{provided}"),
        post("/servers/{provided}/test", json!({})),
    ]
}

fn of_telling() -> Vec<Probe> {
    let webhook = || json!({ "name": "x", "url": "https://x.example/", "events": ["alert_opened"], "is_active": true });
    let channels = || json!({ "in_app": false, "email": true });
    let preferences =
        json!({ "servers": channels(), "alerts": channels(), "guest_actions": channels(), "members": channels() });
    const WEBHOOK: &str = "/tenants/{tenant}/webhooks/{webhook}";
    vec![
        get("/tenants/{tenant}/notifications"),
        post("/tenants/{tenant}/notifications/read", json!({ "ids": ["{notification}"] })),
        get("/tenants/{tenant}/notification-preferences"),
        put("/tenants/{tenant}/notification-preferences", preferences),
        post("/tenants/{tenant}/alerts/test-mail", json!({})),
        get("/tenants/{tenant}/webhooks"),
        post("/tenants/{tenant}/webhooks", webhook()),
        put(WEBHOOK, webhook()),
        delete(WEBHOOK),
        post("/tenants/{tenant}/webhooks/{webhook}/secret", json!({})),
        post("/tenants/{tenant}/webhooks/{webhook}/test", json!({})),
        get("/tenants/{tenant}/webhooks/{webhook}/deliveries"),
        post("/tenants/{tenant}/webhooks/{webhook}/deliveries/{delivery}/retry", json!({})),
    ]
}

fn of_people() -> Vec<Probe> {
    let group = || json!({ "name": "New", "members": ["{member}"] });
    let rights =
        |subject: Value, target: Value| json!({ "subject": subject, "target": target, "permissions": ["view"] });
    let (user, of_group) = (json!({ "kind": "user", "id": "{member}" }), json!({ "kind": "group", "id": "{group}" }));
    let guest = json!({ "kind": "guest", "server": "{server}", "type": "qemu", "vmid": 100 });
    let (pool, tag) =
        (json!({ "kind": "pool", "server": "{server}", "name": "p" }), json!({ "kind": "tag", "name": "t" }));
    let csv = |dry_run: bool| json!({ "csv": "email,role\n", "dry_run": dry_run });
    vec![
        get("/tenants/{tenant}/members"),
        post("/tenants/{tenant}/members", json!({ "email": "new@nexus.example", "role": "viewer" })),
        patch("/tenants/{tenant}/members/{member}", json!({ "role": "manager" })),
        patch("/tenants/{tenant}/members/{member}", json!({ "is_active": false })),
        delete("/tenants/{tenant}/members/{member}"),
        post("/tenants/{tenant}/members/{member}/reset-link", json!({})),
        post("/tenants/{tenant}/members/import", csv(false)),
        get("/tenants/{tenant}/people").query("?q=viewer"),
        get("/tenants/{tenant}/invitations"),
        post("/tenants/{tenant}/invitations/{invitation}/renew", json!({})),
        delete("/tenants/{tenant}/invitations/{invitation}"),
        get("/tenants/{tenant}/groups"),
        post("/tenants/{tenant}/groups", group()),
        put("/tenants/{tenant}/groups/{group}", group()),
        delete("/tenants/{tenant}/groups/{group}"),
        get("/tenants/{tenant}/assignments"),
        get("/tenants/{tenant}/assignments").query("?user={member}"),
        get("/tenants/{tenant}/assignments").query("?group={group}"),
        get("/tenants/{tenant}/assignments").query("?server={server}&type=qemu&vmid=102"),
        post("/tenants/{tenant}/assignments", rights(user.clone(), guest.clone())),
        post("/tenants/{tenant}/assignments", rights(of_group.clone(), guest)),
        post("/tenants/{tenant}/assignments", rights(user, pool)),
        post("/tenants/{tenant}/assignments", rights(of_group, tag)),
        put("/tenants/{tenant}/assignments/{assignment}", json!({ "permissions": ["console"] })),
        post("/tenants/{tenant}/assignments/{assignment}/wake", json!({})),
        delete("/tenants/{tenant}/assignments/{assignment}"),
        post("/tenants/{tenant}/assignments/import", csv(true)),
    ]
}

fn of_account_and_system() -> Vec<Probe> {
    vec![
        delete("/me/sessions/{session}"),
        get("/avatars/{member}"),
        get("/users/{member}"),
        patch("/users/{member}", json!({ "is_active": false })),
        delete("/users/{member}"),
        post("/users/{member}/reset-link", json!({})),
        post("/users/{member}/end-sessions", json!({})),
        patch("/tenants/{tenant}", json!({ "is_active": false })),
        delete("/tenants/{tenant}"),
        post("/console-sessions/{console}/end", json!({})),
    ]
}

/// What the document calls a parameter that is called otherwise here, so that a body's and a path's id have one name.
fn documented_as(name: &str) -> &str {
    match name {
        "member" => "user",
        "console" => "session",
        "provided" => "server",
        "config_snapshot" => "snapshot",
        same => same,
    }
}

type Ids = BTreeMap<&'static str, String>;

fn ids(place: &testkit::Place, provided: ServerId, session: &str) -> Ids {
    BTreeMap::from([
        ("tenant", place.tenant.to_string()),
        ("server", place.server.to_string()),
        ("provided", provided.to_string()),
        ("task", place.task.to_string()),
        ("bulk", place.bulk.to_string()),
        ("view", place.view.to_string()),
        ("console", place.console.to_string()),
        ("alert", place.alert.to_string()),
        ("webhook", place.webhook.to_string()),
        ("delivery", place.delivery.to_string()),
        ("notification", place.notification.to_string()),
        ("member", place.member.to_string()),
        ("group", place.group.to_string()),
        ("invitation", place.invitation.to_string()),
        ("assignment", place.assignment.to_string()),
        ("session", session.to_owned()),
        ("token", place.token.to_string()),
        ("config_snapshot", place.config_snapshot.to_string()),
        ("favourite", place.pve_favourite.to_string()),
    ])
}

fn fill(text: &str, ids: &Ids) -> String {
    let text = text.replace("{type}", "qemu").replace("{vmid}", "102").replace("{snapshot}", "before");
    ids.iter().fold(text, |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
}

/// What came back, but for what is different each time; and by which statements.
#[derive(Debug, PartialEq)]
struct Asked {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: String,
    statements: Vec<&'static str>,
}

impl Asked {
    /// What is not the same, or all but the headers.
    fn against(&self, other: Option<&Self>) -> String {
        let mut told = format!("{} {}", self.status, self.body);
        if other.is_none_or(|other| other.headers != self.headers) {
            told += &format!(" {:?}", self.headers);
        }
        let same = other.map_or(0, |other| {
            self.statements.iter().zip(&other.statements).take_while(|(own, other)| own == other).count()
        });
        let rest = self.statements[same..].iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        format!("{told}; after {same} same statements: {:#?}", rest.collect::<Vec<_>>())
    }
}

/// Nexus' routes in the test's own task, as one browser asks them.
struct Inside {
    router: Router,
    browser: Browser,
}

impl Inside {
    fn new(world: &World, browser: Browser) -> Self {
        let site = Arc::new(Site::loopback(world.nexus.address.port(), false));
        Self { router: nexus_api::router(Api { app: world.nexus.app.clone(), site }), browser }
    }

    async fn ask(&self, probe: &Probe, ids: &Ids) -> Asked {
        let path = format!("/api/v1{}{}", fill(probe.path, ids), fill(probe.query, ids));
        let mut request = Request::builder().method(probe.method.clone()).uri(path);
        request = request.header(header::COOKIE, self.browser.cookie.clone().unwrap_or_default());
        request = request.header(header::ORIGIN, self.browser.origin.clone()).header(header::IF_MATCH, "\"1\"");
        if probe.upgrade {
            request = request
                .header(header::UPGRADE, "websocket")
                .header(header::CONNECTION, "Upgrade")
                .header(header::SEC_WEBSOCKET_VERSION, "13")
                .header(header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==")
                .header(header::SEC_WEBSOCKET_PROTOCOL, "binary");
        }
        let body = match &probe.body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(fill(&body.to_string(), ids))
            }
            None => Body::empty(),
        };
        let request = request.body(body).expect("a request");
        let (response, statements) = counted(self.router.clone().oneshot(request)).await;
        let (parts, body) = response.expect("an answer").into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Asked {
            status: parts.status,
            headers: headers(&parts.headers),
            body: without_request_id(&String::from_utf8_lossy(&body)),
            statements,
        }
    }
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = headers.iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
    kept.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect()
}

fn without_request_id(body: &str) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(mut body) => {
            if let Some(id) = body.get_mut("request_id") {
                *id = Value::Null;
            }
            body.to_string()
        }
        Err(_) => body.to_owned(),
    }
}

/// The ids that a text asks for.
fn asked_for(text: &str, ids: &Ids) -> Vec<&'static str> {
    ids.keys().filter(|name| text.contains(&format!("{{{name}}}"))).copied().collect()
}

#[test]
fn every_id_of_a_path_is_replaced() {
    let none = "tenant server provided task bulk view console alert webhook delivery \
                notification member group invitation assignment session token config_snapshot favourite";
    let ids: Ids = none.split(' ').map(|name| (name, String::new())).collect();
    let mut probed = BTreeSet::new();
    for probe in probes() {
        for name in asked_for(probe.path, &ids) {
            let path = ids.keys().fold(probe.path.to_owned(), |path, name| {
                path.replace(&format!("{{{name}}}"), &format!("{{{}}}", documented_as(name)))
            });
            probed.insert(format!("{} /api/v1{path} {}", probe.method, documented_as(name)));
        }
    }
    let mut missing = Vec::new();
    for (method, path, _) in documented() {
        let names = path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        // A guest's type, number and snapshots are no ids: they mean something on a server alone. Slugs have a test.
        let is_id = |name: &&str| match *name {
            "type" | "vmid" | "slug" => false,
            "snapshot" => path.contains("config-snapshots"),
            _ => true,
        };
        for name in names.filter(is_id) {
            let case = format!("{method} {path} {name}");
            if !probed.contains(&case) {
                missing.push(case);
            }
        }
    }
    assert!(missing.is_empty(), "no probe replaces: {missing:#?}");
}

/// What has nothing to do with what somebody asked: chaining, when a session was last used, and what a process says of
/// itself every few seconds.
const ASIDE: [&str; 12] = [
    "audit_head",
    "seq",
    "mac",
    "used_at",
    "last_seen_at",
    "lock_count",
    "process",
    "server_lease",
    "server_picture",
    "tenant_watch",
    "server_check",
    "server_metric",
];

/// A console that waits to be opened and a picture: so that there is something to be found.
async fn make_reachable(world: &World) {
    let (console, member) = (world.id(world.ours.console.uuid()), world.id(world.ours.member.uuid()));
    let picture = world.id(Uuid::from_u128(1));
    let picture = if picture.starts_with('x') { picture } else { "'\\x0001'".to_owned() };
    world
        .tamper(&format!(
            "UPDATE console_session SET state = 'requested', expires_at = 9000000000000000, ended_at = NULL
              WHERE id = {console};
             INSERT INTO avatar (user_id, picture) VALUES ({member}, {picture});
             UPDATE user_account SET avatar_tag = 'x' WHERE id = {member}"
        ))
        .await;
}

async fn own_session(browser: &Browser) -> String {
    let list = browser.get("/api/v1/me/sessions").await.json();
    let sessions = list["sessions"].as_array().expect("sessions");
    let current = sessions.iter().find(|session| session["current"] == json!(true)).expect("the current session");
    current["id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_tenant_has_answers_like_what_never_was() {
    on_both_quiet(async |world| {
        make_reachable(&world).await;
        let (admin, their_admin) = (world.ours("admin").await, world.browser("admin@theirs.example").await);
        let provided = world.provide().await;
        let real = ids(&world.ours, provided.0, &own_session(&admin).await);
        let own = ids(&world.theirs, provided.1, &own_session(&their_admin).await);
        let inside = Inside::new(&world, their_admin);
        for place in [&world.ours, &world.theirs] {
            place.sim.clear_requests();
        }
        let before = world.dump(&ASIDE).await;
        let (mut cases, mut wrong) = (0, Vec::new());
        for probe in probes() {
            for name in asked_for(&probe.text(), &own) {
                // A tenant's id comes with all that is in that tenant.
                let base = if name == "tenant" { &real } else { &own };
                let with = |id: String| -> Ids {
                    base.iter().map(|(k, v)| (*k, if *k == name { id.clone() } else { v.clone() })).collect()
                };
                let (foreign, never) = (with(real[name].clone()), with(Uuid::now_v7().to_string()));
                let case = format!("{} {}{} with another's {name}", probe.method, probe.path, probe.query);
                let (foreign, never) = (inside.ask(&probe, &foreign).await, inside.ask(&probe, &never).await);
                cases += 1;
                if foreign != never {
                    let (own, other) = (foreign.against(Some(&never)), never.against(Some(&foreign)));
                    wrong.push(format!("{case}: {own}\n   is not {other}"));
                }
                if let Some(why) = not_refused(&probe, name, &foreign) {
                    wrong.push(format!("{case} {why}: {} {}", foreign.status, foreign.body));
                }
            }
        }
        let after = world.dump(&ASIDE).await;
        assert!(wrong.is_empty(), "{} of {cases} cases:\n{}", wrong.len(), wrong.join("\n"));
        // That somebody asked for a console that is not theirs is recorded, alike for all, and in no tenant's log.
        let mut changes = changed(&before, &after);
        changes.retain(|row| !(row.starts_with("+ audit_entry") && is_noted_refusal(row)));
        assert!(changes.is_empty(), "{}", changes.join("\n"));
        for place in [&world.ours, &world.theirs] {
            assert!(place.sim.requests().is_empty(), "{:?}", place.sim.requests());
        }
        println!("{cases} cases of foreign ids");
        world
    })
    .await;
}

fn is_noted_refusal(row: &str) -> bool {
    let says = |text: &str| row.contains(text) || row.contains(&text.replace('\'', ""));
    let of_no_tenant = row.contains("tenant_id=NULL") || row.contains("tenant_id=- ");
    of_no_tenant && says("action='console.open'") && says("outcome='refused'")
}

/// An id in a path: 404, or 403 where only system admins may ask at all. In a body: 404 too, or an error of a field. In a
/// query: nothing is found. Of ids that are to be marked as read, those count that are one's own.
fn not_refused(probe: &Probe, name: &str, asked: &Asked) -> Option<&'static str> {
    let in_path = probe.path.contains(&format!("{{{name}}}"));
    let of_system = ["/users", "/servers", "/console-sessions"].iter().any(|start| probe.path.starts_with(start))
        || (probe.path == "/tenants/{tenant}" && probe.method != Method::GET);
    let in_query = probe.query.contains(&format!("{{{name}}}"));
    match asked.status.as_u16() {
        403 if of_system => None,
        404 if !in_query && !of_system => None,
        422 if !in_path && !in_query && asked.body.contains("\"errors\":[{") => None,
        200 if in_query || probe.path.ends_with("/notifications/read") && !in_path => None,
        _ => Some("is not refused as it should be"),
    }
}
