//! The permission table (SPEC section 3) once more, written by hand: what each operation needs, and what those get who
//! have it. Nothing here is taken from a recording.

use http::Method;
use serde_json::{Value, json};
use testkit::World;
use uuid::Uuid;

/// What a right is about: who has it decides what each person gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Needs {
    /// Open to everybody.
    Nothing,
    /// A session.
    Session,
    /// A place in the tenant.
    Member,
    /// "Act on many guests": everybody of the tenant, each as far as their rights on guests go, where it is open.
    MemberChanges,
    /// "See servers", "see members", "see settings": managers and up.
    Manager,
    /// "Add, edit, test servers": managers and up, where the tenant is open.
    ManagerChanges,
    /// "Audit log": admins.
    Admin,
    /// "Delete servers", "invite, remove, change roles, assignments", "settings": admins, where the tenant is open.
    AdminChanges,
    /// To administer the installation: system admins.
    System,
    /// A right on guest 102.
    View,
    Watch,
    Console,
    Power,
    Snapshot,
    /// To own the thing: nobody here does.
    Own,
}

/// One operation and how it is asked.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// As the document writes it.
    pub(crate) path: String,
    pub(crate) needs: Needs,
    pub(crate) body: Option<Value>,
    /// What those get who have the right. Chosen so that nothing changes where that can be: what is not there, what
    /// somebody changed meanwhile, what is not complete.
    pub(crate) allowed: u16,
    /// Parameters of the path that name nothing.
    absent: &'static [&'static str],
    query: &'static str,
    /// Sent as `If-Match`: of no version.
    old: bool,
}

impl Operation {
    fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    fn absent(mut self, names: &'static [&'static str]) -> Self {
        self.absent = names;
        self
    }

    fn query(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }

    fn old(mut self) -> Self {
        self.old = true;
        self
    }

    pub(crate) fn headers(&self) -> &'static [(&'static str, &'static str)] {
        if self.old { &[("if-match", "\"999999\"")] } else { &[] }
    }

    /// The path in a tenant, with its query.
    pub(crate) fn filled(&self, world: &World, tenant: Uuid) -> String {
        let ours = &world.ours;
        let owner = ours.member.uuid();
        let path = self.path.replace("/config-snapshots/{snapshot}", "/config-snapshots/{config_snapshot}");
        let path = path.replace("{type}", "qemu").replace("{vmid}", "102").replace("{snapshot}", "none");
        let mut path = path.replace("{slug}", "ours");
        let known = [
            ("tenant", tenant),
            ("server", ours.server.uuid()),
            ("task", ours.task.uuid()),
            ("bulk", ours.bulk.uuid()),
            ("view", ours.view.uuid()),
            ("session", ours.console.uuid()),
            ("user", owner),
            ("group", ours.group.uuid()),
            ("invitation", ours.invitation.uuid()),
            ("assignment", ours.assignment.uuid()),
            ("alert", ours.alert.uuid()),
            ("webhook", ours.webhook.uuid()),
            ("delivery", ours.delivery.uuid()),
            ("token", ours.token.uuid()),
            ("config_snapshot", ours.config_snapshot.uuid()),
            ("favourite", ours.pve_favourite.uuid()),
        ];
        for (name, id) in known {
            let id = if self.absent.contains(&name) { Uuid::now_v7() } else { id };
            path = path.replace(&format!("{{{name}}}"), &id.to_string());
        }
        assert!(!path.contains('{'), "{path} has a parameter that the table does not know");
        path + self.query
    }
}

fn operation(method: Method, path: String, needs: Needs, allowed: u16) -> Operation {
    Operation { method, path, needs, body: None, allowed, absent: &[], query: "", old: false }
}

fn at(method: Method, rest: &str, needs: Needs, allowed: u16) -> Operation {
    operation(method, format!("/api/v1{rest}"), needs, allowed)
}

fn get(rest: &str, needs: Needs) -> Operation {
    at(Method::GET, rest, needs, 200)
}

fn post(rest: &str, needs: Needs, allowed: u16) -> Operation {
    at(Method::POST, rest, needs, allowed).body(json!({}))
}

fn delete(rest: &str, needs: Needs, allowed: u16) -> Operation {
    at(Method::DELETE, rest, needs, allowed)
}

/// A server without its token: whoever may do it is told so, and nothing is stored or dialled.
fn server_body() -> Value {
    json!({ "name": "x", "host": "pve.example", "tls": { "mode": "verify" } })
}

/// The same to be provided.
fn provided_body() -> Value {
    let scope = json!({ "pools": ["x"], "tags": [], "vmids": [] });
    json!({ "tenant": Uuid::nil(), "scope": scope, "name": "x", "host": "pve.example", "tls": { "mode": "verify" } })
}

/// All that a tenant's settings must say.
pub(crate) fn settings(name: &str) -> Value {
    json!({
        "name": name, "description": "", "viewer_scope": "all", "audit_retention_days": 90, "alerts_enabled": true,
        "alert_success_percent": 80, "alert_latency_ms": 500, "alert_offline_seconds": 300, "mail_on_alert": true,
        "mail_on_recovery": false, "language": "de", "logo_on_sign_in": false, "default_timeout_seconds": 20,
        "default_tls_mode": "verify", "console_per_user": 3,
    })
}

fn secret() -> Value {
    json!({ "secret": "x" })
}

/// One's own account, and what nobody needs to be signed in for.
fn account() -> Vec<Operation> {
    use Needs::{Nothing, Session};
    let setup = json!({ "secret": "x", "full_name": "x", "email": "x@x.example", "password": "x", "tenant_name": "x" });
    let sign_in = json!({ "email": "nobody@nexus.example", "password": "wrong-password" });
    vec![
        get("/setup", Nothing),
        post("/setup", Nothing, 409).body(setup),
        post("/sign-in", Nothing, 401).body(sign_in),
        post("/verify", Nothing, 404).body(secret()),
        // Without a mailer nobody can be sent anything.
        post("/password-reset", Nothing, 409).body(json!({ "email": "admin@ours.example" })),
        post("/password-reset/use", Nothing, 404).body(json!({ "secret": "x", "password": "violet-anchor-pancake" })),
        post("/invitations/look", Nothing, 404).body(secret()),
        post("/invitations/accept", Nothing, 404).body(secret()),
        get("/me", Session),
        at(Method::PATCH, "/me", Session, 422).body(json!({ "full_name": "" })),
        at(Method::PUT, "/me/password", Session, 422).body(json!({})),
        post("/me/confirm", Session, 422),
        post("/me/email", Session, 422),
        post("/me/verify", Session, 409),
        get("/me/sessions", Session),
        delete("/me/sessions", Session, 204),
        delete("/me/sessions/{session}", Session, 404).absent(&["session"]),
        at(Method::PUT, "/me/avatar", Session, 422).body(json!({})),
        delete("/me/avatar", Session, 204),
        get("/me/tokens", Session),
        post("/me/tokens", Session, 422),
        delete("/me/tokens/{token}", Session, 404).absent(&["token"]),
        get("/sign-in/{slug}", Nothing),
        at(Method::GET, "/sign-in/{slug}/logo", Nothing, 404),
        at(Method::GET, "/avatars/{user}", Session, 404).absent(&["user"]),
    ]
}

/// What a tenant has, but for its people.
fn tenant() -> Vec<Operation> {
    use Needs::{Admin, AdminChanges, Console, Manager, ManagerChanges, Member, Power, View, Watch};
    const GUEST: &str = "/tenants/{tenant}/guests/{server}/{type}/{vmid}";
    let of_guest = |rest: &str| format!("{GUEST}{rest}");
    vec![
        get("/tenants/{tenant}", Member),
        get("/tenants/{tenant}/events", Member),
        get("/tenants/{tenant}/guests", Member),
        get("/tenants/{tenant}/tasks", Member),
        at(Method::GET, "/tenants/{tenant}/tasks/{task}", Member, 404).absent(&["task"]),
        get("/tenants/{tenant}/servers", Manager),
        post("/tenants/{tenant}/servers", ManagerChanges, 422).body(server_body()),
        post("/tenants/{tenant}/servers/test", ManagerChanges, 422).body(server_body()),
        get("/tenants/{tenant}/servers/{server}", Manager),
        at(Method::PUT, "/tenants/{tenant}/servers/{server}", ManagerChanges, 412).body(server_body()).old(),
        delete("/tenants/{tenant}/servers/{server}", AdminChanges, 404).absent(&["server"]),
        post("/tenants/{tenant}/servers/{server}/test", ManagerChanges, 404).absent(&["server"]),
        post("/tenants/{tenant}/servers/{server}/check", ManagerChanges, 404).absent(&["server"]),
        post("/tenants/{tenant}/servers/check", ManagerChanges, 202),
        get("/tenants/{tenant}/servers/check", Manager),
        get("/tenants/{tenant}/stats", Member),
        at(Method::GET, "/tenants/{tenant}/servers/{server}/attached", ManagerChanges, 200),
        post("/tenants/{tenant}/servers/import", ManagerChanges, 422),
        get("/tenants/{tenant}/servers/export", Manager),
        get(GUEST, View),
        post(&of_guest("/actions"), Power, 409).body(json!({ "action": "resume" })),
        post(&of_guest("/console"), Console, 409).body(json!({ "view_only": false })),
        post(&of_guest("/console"), Watch, 409).body(json!({ "view_only": true })),
        get("/tenants/{tenant}/settings", Manager),
        at(Method::PUT, "/tenants/{tenant}/settings", AdminChanges, 412).body(settings("x")).old(),
        get("/tenants/{tenant}/metrics", Manager),
        get("/tenants/{tenant}/servers/{server}/metrics", Manager),
        get("/tenants/{tenant}/checks", Manager),
        get("/tenants/{tenant}/alerts", Manager),
        post("/tenants/{tenant}/alerts/{alert}/acknowledge", ManagerChanges, 404).absent(&["alert"]),
        get("/tenants/{tenant}/audit", Admin),
        get("/tenants/{tenant}/audit/export", Admin).query("?format=csv"),
        get("/tenants/{tenant}/audit/actions", Admin),
        post("/tenants/{tenant}/audit/verify", Admin, 200),
        get("/tenants/{tenant}/console-sessions", Member),
        // Everybody may end their own: what is not there is nobody's.
        post("/tenants/{tenant}/console-sessions/{session}/end", Member, 404).absent(&["session"]),
    ]
}

/// What a person does with guests, and keeps of them.
fn of_guests() -> Vec<Operation> {
    use Needs::{Member, MemberChanges, Snapshot, View};
    const GUEST: &str = "/tenants/{tenant}/guests/{server}/{type}/{vmid}";
    let of_guest = |rest: &str| format!("{GUEST}{rest}");
    let view = || json!({ "name": "x", "filter": "", "sort": "", "layout": "table", "columns": [] });
    vec![
        get(&of_guest("/config"), View),
        get(&of_guest("/rrd"), View),
        get(&of_guest("/addresses"), View),
        get(&of_guest("/snapshots"), Snapshot),
        post(&of_guest("/snapshots"), Snapshot, 422).body(json!({ "name": "1" })),
        at(Method::PATCH, &of_guest("/snapshots/{snapshot}"), Snapshot, 404).body(json!({ "description": "x" })),
        delete(&of_guest("/snapshots/{snapshot}"), Snapshot, 404),
        post(&of_guest("/snapshots/{snapshot}/rollback"), Snapshot, 404),
        at(Method::GET, "/tenants/{tenant}/tasks/{task}/log", Member, 404).absent(&["task"]),
        post("/tenants/{tenant}/tasks/{task}/stop", Member, 404).absent(&["task"]),
        post("/tenants/{tenant}/bulk-actions", MemberChanges, 422).body(json!({ "action": "start", "guests": [] })),
        get("/tenants/{tenant}/bulk-actions", Member),
        at(Method::GET, "/tenants/{tenant}/bulk-actions/{bulk}", Member, 404).absent(&["bulk"]),
        post("/tenants/{tenant}/bulk-actions/{bulk}/stop", MemberChanges, 404).absent(&["bulk"]),
        // What the first leaves, the second takes away.
        at(Method::PUT, &of_guest("/favourite"), View, 204),
        delete(&of_guest("/favourite"), View, 204),
        get("/tenants/{tenant}/favourites", Member),
        get("/tenants/{tenant}/recent-guests", Member),
        get("/tenants/{tenant}/views", Member),
        post("/tenants/{tenant}/views", Member, 422),
        at(Method::PUT, "/tenants/{tenant}/views/{view}", Member, 404).body(view()).absent(&["view"]).old(),
        delete("/tenants/{tenant}/views/{view}", Member, 404).absent(&["view"]),
    ]
}

/// PVE's own API, and how a tenant looks.
fn of_pve() -> Vec<Operation> {
    use Needs::{AdminChanges, Manager, ManagerChanges, Member};
    let version = json!({ "method": "GET", "path": "/version", "params": [] });
    let plan = json!({ "paths": ["/version"], "every_hours": null });
    vec![
        get("/tenants/{tenant}/servers/{server}/pve/schema", Manager),
        post("/tenants/{tenant}/servers/{server}/pve/call", Manager, 200).body(version),
        get("/tenants/{tenant}/pve-calls", Manager),
        // What the call left.
        delete("/tenants/{tenant}/pve-calls", Manager, 204),
        get("/tenants/{tenant}/pve-favourites", Manager),
        post("/tenants/{tenant}/pve-favourites", Manager, 422),
        delete("/tenants/{tenant}/pve-favourites/{favourite}", Manager, 404).absent(&["favourite"]),
        get("/tenants/{tenant}/servers/{server}/config-plan", Manager),
        at(Method::PUT, "/tenants/{tenant}/servers/{server}/config-plan", ManagerChanges, 412).body(plan).old(),
        get("/tenants/{tenant}/servers/{server}/config-snapshots", Manager),
        // Nobody has chosen what is kept.
        post("/tenants/{tenant}/servers/{server}/config-snapshots", ManagerChanges, 409),
        get("/tenants/{tenant}/servers/{server}/config-snapshots/{snapshot}", Manager),
        delete("/tenants/{tenant}/servers/{server}/config-snapshots/{snapshot}", AdminChanges, 404)
            .absent(&["config_snapshot"]),
        at(Method::PUT, "/tenants/{tenant}/logo", AdminChanges, 422).body(json!({})),
        delete("/tenants/{tenant}/logo", AdminChanges, 204),
        at(Method::GET, "/tenants/{tenant}/logo", Member, 404),
    ]
}

/// What people and other systems are told.
fn telling() -> Vec<Operation> {
    use Needs::{AdminChanges, Manager, Member};
    let webhook =
        || json!({ "name": "x", "url": "https://x.example/", "events": ["alert_opened"], "is_active": false });
    vec![
        get("/tenants/{tenant}/notifications", Member),
        post("/tenants/{tenant}/notifications/read", Member, 200).body(json!({ "ids": [] })),
        get("/tenants/{tenant}/notification-preferences", Member),
        at(Method::PUT, "/tenants/{tenant}/notification-preferences", Member, 422).body(json!({})),
        // Without a mailer nobody can be sent anything.
        post("/tenants/{tenant}/alerts/test-mail", AdminChanges, 409),
        get("/tenants/{tenant}/webhooks", Manager),
        post("/tenants/{tenant}/webhooks", AdminChanges, 422),
        at(Method::PUT, "/tenants/{tenant}/webhooks/{webhook}", AdminChanges, 412).body(webhook()).old(),
        delete("/tenants/{tenant}/webhooks/{webhook}", AdminChanges, 404).absent(&["webhook"]),
        post("/tenants/{tenant}/webhooks/{webhook}/secret", AdminChanges, 404).absent(&["webhook"]),
        post("/tenants/{tenant}/webhooks/{webhook}/test", AdminChanges, 404).absent(&["webhook"]),
        at(Method::GET, "/tenants/{tenant}/webhooks/{webhook}/deliveries", Manager, 404).absent(&["webhook"]),
        post("/tenants/{tenant}/webhooks/{webhook}/deliveries/{delivery}/retry", AdminChanges, 404)
            .absent(&["delivery"]),
    ]
}

/// Members, invitations, groups, assignments.
fn people() -> Vec<Operation> {
    use Needs::{AdminChanges, Manager};
    let role = json!({ "role": "viewer" });
    let group = json!({ "name": "x", "members": [] });
    let rights = json!({ "permissions": ["view"] });
    vec![
        get("/tenants/{tenant}/members", Manager),
        post("/tenants/{tenant}/members", AdminChanges, 422),
        at(Method::PATCH, "/tenants/{tenant}/members/{user}", AdminChanges, 412).body(role).old(),
        delete("/tenants/{tenant}/members/{user}", AdminChanges, 404).absent(&["user"]),
        post("/tenants/{tenant}/members/{user}/reset-link", AdminChanges, 404).absent(&["user"]),
        post("/tenants/{tenant}/members/import", AdminChanges, 422),
        get("/tenants/{tenant}/people", AdminChanges).query("?q=zzz"),
        get("/tenants/{tenant}/invitations", Manager),
        post("/tenants/{tenant}/invitations/{invitation}/renew", AdminChanges, 404).absent(&["invitation"]),
        delete("/tenants/{tenant}/invitations/{invitation}", AdminChanges, 404).absent(&["invitation"]),
        get("/tenants/{tenant}/groups", Manager),
        post("/tenants/{tenant}/groups", AdminChanges, 422),
        at(Method::PUT, "/tenants/{tenant}/groups/{group}", AdminChanges, 412).body(group).old(),
        delete("/tenants/{tenant}/groups/{group}", AdminChanges, 404).absent(&["group"]),
        get("/tenants/{tenant}/assignments", Manager),
        post("/tenants/{tenant}/assignments", AdminChanges, 422),
        at(Method::PUT, "/tenants/{tenant}/assignments/{assignment}", AdminChanges, 412).body(rights).old(),
        post("/tenants/{tenant}/assignments/{assignment}/wake", AdminChanges, 404).absent(&["assignment"]),
        delete("/tenants/{tenant}/assignments/{assignment}", AdminChanges, 404).absent(&["assignment"]),
        post("/tenants/{tenant}/assignments/import", AdminChanges, 422),
    ]
}

/// The installation.
fn system() -> Vec<Operation> {
    use Needs::System;
    vec![
        get("/users", System),
        post("/users", System, 422),
        at(Method::GET, "/users/{user}", System, 404).absent(&["user"]),
        at(Method::PATCH, "/users/{user}", System, 412).body(json!({ "full_name": "x" })).old(),
        delete("/users/{user}", System, 404).absent(&["user"]),
        post("/users/{user}/reset-link", System, 404).absent(&["user"]),
        post("/users/{user}/end-sessions", System, 404).absent(&["user"]),
        get("/tenants", System),
        post("/tenants", System, 422),
        at(Method::PATCH, "/tenants/{tenant}", System, 412).body(json!({ "name": "x" })).old(),
        delete("/tenants/{tenant}", System, 404).absent(&["tenant"]),
        get("/servers", System),
        post("/servers", System, 422).body(provided_body()),
        post("/servers/test", System, 422).body(provided_body()),
        // What is a tenant's own is not provided.
        at(Method::GET, "/servers/{server}", System, 404),
        at(Method::PUT, "/servers/{server}", System, 404).body(provided_body()).old(),
        delete("/servers/{server}", System, 404),
        post("/servers/{server}/test", System, 404),
        get("/system", System),
        post("/system/test-mail", System, 409),
        get("/console-sessions", System),
        post("/console-sessions/{session}/end", System, 404).absent(&["session"]),
        get("/audit", System),
        get("/audit/export", System).query("?format=jsonl"),
        get("/audit/actions", System),
        post("/audit/verify", System, 200),
    ]
}

/// Every operation; the one that ends the session is the last.
pub(crate) fn operations() -> Vec<Operation> {
    let mut all = account();
    all.extend(tenant());
    all.extend(of_guests());
    all.extend(of_pve());
    all.extend(people());
    all.extend(telling());
    all.extend(system());
    all.push(at(Method::GET, "/console/{session}", Needs::Own, 404).absent(&["session"]));
    all.push(post("/sign-out", Needs::Session, 204));
    all
}
