//! Every operation of the OpenAPI document, the WebSocket and the event stream, as every kind of person.
//!
//! What is expected follows from the permission table (SPEC section 3), written down here once more by hand. An
//! operation that the document has and this table does not makes the test fail.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Browser, World, on_both};
use uuid::Uuid;

/// What a right is about: who has it decides what each person gets.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    /// Open to everybody.
    Nothing,
    /// A session.
    Session,
    /// A place in the tenant.
    Member,
    /// To see servers: managers and up.
    Servers,
    /// To delete servers: admins.
    DeleteServers,
    /// A right on guest 102.
    View,
    Watch,
    Console,
    Power,
    /// To own the console session: nobody here does.
    Own,
    /// To see a task that an admin began.
    OthersTask,
}

struct Operation {
    method: Method,
    /// As the document writes it.
    path: &'static str,
    needs: Needs,
    body: Option<Value>,
    /// What those get who have the right. Chosen so that nothing changes: a stopped guest, a server that is not there.
    allowed: u16,
    /// Further headers.
    headers: &'static [(&'static str, &'static str)],
}

fn operation(method: Method, path: &'static str, needs: Needs, body: Option<Value>, allowed: u16) -> Operation {
    Operation { method, path, needs, body, allowed, headers: &[] }
}

const GUEST: &str = "/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}";

fn server_body() -> Value {
    // No token: whoever may do it is told so, and nothing is stored or dialled.
    json!({ "name": "x", "host": "pve.example", "tls": { "mode": "verify" } })
}

fn operations() -> Vec<Operation> {
    use Needs::{Console, DeleteServers, Member, Nothing, OthersTask, Own, Power, Servers, Session, View, Watch};
    let (get, post) = (Method::GET, Method::POST);
    let sign_in = json!({ "email": "nobody@nexus.example", "password": "wrong-password" });
    let setup = json!({ "secret": "x", "full_name": "x", "email": "x@x.example", "password": "x", "tenant_name": "x" });
    let in_tenant = |rest: &str| -> &'static str { Box::leak(format!("/api/v1/tenants/{{tenant}}{rest}").into()) };
    let of_guest = |rest: &str| -> &'static str { Box::leak(format!("{GUEST}{rest}").into()) };
    let mut all = vec![
        operation(get.clone(), "/api/v1/setup", Nothing, None, 200),
        operation(post.clone(), "/api/v1/setup", Nothing, Some(setup), 409),
        operation(post.clone(), "/api/v1/sign-in", Nothing, Some(sign_in), 401),
        operation(get.clone(), "/api/v1/me", Session, None, 200),
        operation(Method::PATCH, "/api/v1/me", Session, Some(json!({})), 200),
        operation(get.clone(), in_tenant(""), Member, None, 200),
        operation(get.clone(), in_tenant("/events"), Member, None, 200),
        operation(get.clone(), in_tenant("/guests"), Member, None, 200),
        operation(get.clone(), in_tenant("/tasks"), Member, None, 200),
        operation(get.clone(), in_tenant("/tasks/{task}"), OthersTask, None, 404),
        operation(get.clone(), in_tenant("/servers"), Servers, None, 200),
        operation(post.clone(), in_tenant("/servers"), Servers, Some(server_body()), 422),
        operation(post.clone(), in_tenant("/servers/test"), Servers, Some(server_body()), 422),
        operation(get.clone(), in_tenant("/servers/{server}"), Servers, None, 200),
        operation(Method::PUT, in_tenant("/servers/{server}"), Servers, Some(server_body()), 412),
        operation(Method::DELETE, in_tenant("/servers/{server}"), DeleteServers, None, 404),
        operation(post.clone(), in_tenant("/servers/{server}/test"), Servers, None, 200),
        operation(get.clone(), GUEST, View, None, 200),
        operation(post.clone(), of_guest("/actions"), Power, Some(json!({ "action": "resume" })), 409),
        operation(post.clone(), of_guest("/console"), Console, Some(json!({ "view_only": false })), 409),
        operation(post.clone(), of_guest("/console"), Watch, Some(json!({ "view_only": true })), 409),
        operation(get, "/api/v1/console/{session}", Own, None, 404),
        // Last: it ends the session.
        operation(post, "/api/v1/sign-out", Session, None, 204),
    ];
    for operation in &mut all {
        if operation.method == Method::PUT {
            operation.headers = &[("if-match", "\"999999\"")];
        }
    }
    all
}

/// Everybody, with the name before the `@` where they belong to a tenant.
const PEOPLE: [&str; 11] = [
    "nobody",
    "stranger",
    "their admin",
    "viewer-none",
    "viewer-view",
    "viewer-watch",
    "viewer-console",
    "viewer-power",
    "manager",
    "admin",
    "system admin",
];

/// The permission table: what `who` gets.
fn expected(operation: &Operation, who: &str) -> u16 {
    let allowed = operation.allowed;
    if operation.needs == Needs::Nothing {
        return allowed;
    }
    if who == "nobody" {
        return 401;
    }
    if operation.needs == Needs::Session {
        return allowed;
    }
    if operation.needs == Needs::Own || matches!(who, "stranger" | "their admin") {
        return 404;
    }
    let is_manager = matches!(who, "manager" | "admin" | "system admin");
    let is_admin = matches!(who, "admin" | "system admin");
    let on_guest = |enough: &[&str]| match who {
        _ if is_manager || enough.contains(&who) => allowed,
        "viewer-none" => 404,
        _ => 403,
    };
    match operation.needs {
        Needs::Nothing | Needs::Session | Needs::Member | Needs::Own | Needs::OthersTask => allowed,
        Needs::Servers => {
            if is_manager {
                allowed
            } else {
                403
            }
        }
        Needs::DeleteServers => {
            if is_admin {
                allowed
            } else {
                403
            }
        }
        Needs::View => on_guest(&["viewer-view", "viewer-watch", "viewer-console", "viewer-power"]),
        Needs::Watch => on_guest(&["viewer-watch", "viewer-console"]),
        Needs::Console => on_guest(&["viewer-console"]),
        Needs::Power => on_guest(&["viewer-power"]),
    }
}

async fn browser(world: &World, who: &str) -> Browser {
    match who {
        "nobody" => world.nobody(),
        "stranger" => world.browser("stranger@nexus.example").await,
        "their admin" => world.browser("admin@theirs.example").await,
        "system admin" => world.browser("root@nexus.example").await,
        _ => world.ours(who).await,
    }
}

fn fill(world: &World, operation: &Operation) -> String {
    let absent = Uuid::now_v7().to_string();
    let server = if operation.method == Method::DELETE { absent.clone() } else { world.ours.server.to_string() };
    operation
        .path
        .replace("{tenant}", &world.ours.tenant.to_string())
        .replace("{server}", &server)
        .replace("{type}", "qemu")
        .replace("{vmid}", "102")
        .replace("{task}", &absent)
        .replace("{session}", &absent)
}

async fn status(browser: &Browser, world: &World, operation: &Operation) -> StatusCode {
    let path = fill(world, operation);
    if operation.path.ends_with("/events") {
        return browser.stream(&path).await.0;
    }
    if operation.path.starts_with("/api/v1/console/") {
        return match browser.websocket(&path).await {
            Ok(_) => StatusCode::SWITCHING_PROTOCOLS,
            Err(answer) => answer.status,
        };
    }
    browser.call(operation.method.clone(), &path, operation.body.as_ref(), operation.headers).await.status
}

/// Every operation that the document has, as `METHOD path`.
fn documented() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&nexus_api::openapi()).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("the document has paths");
    let of = |path: &String, methods: &Value| -> Vec<String> {
        let methods = methods.as_object().expect("methods");
        methods.keys().map(|method| format!("{} {path}", method.to_uppercase())).collect()
    };
    paths.iter().flat_map(|(path, methods)| of(path, methods)).collect()
}

#[test]
fn the_table_has_every_operation_of_the_document() {
    let table: BTreeSet<String> = operations().iter().map(|o| format!("{} {}", o.method, o.path)).collect();
    assert_eq!(table, documented());
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_what_the_permission_table_says() {
    on_both(async |world| {
        let mut cases = 0;
        let mut wrong = Vec::new();
        for who in PEOPLE {
            let browser = browser(&world, who).await;
            for operation in operations() {
                let got = status(&browser, &world, &operation).await.as_u16();
                let wanted = expected(&operation, who);
                cases += 1;
                if got != wanted {
                    wrong.push(format!("{who}: {} {} gave {got}, not {wanted}", operation.method, operation.path));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        println!("{cases} cases of route by role");
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ones_own_answers_like_what_never_was() {
    on_both(async |world| {
        let admin = world.browser("admin@theirs.example").await;
        let absent = Uuid::now_v7().to_string();
        let pairs = [
            (
                world.ours.path("/servers"),
                world.theirs.path("/servers").replace(&world.theirs.tenant.to_string(), &absent),
            ),
            (
                world.theirs.path(&format!("/servers/{}", world.ours.server)),
                world.theirs.path(&format!("/servers/{absent}")),
            ),
            (
                world.theirs.path(&format!("/guests/{}/qemu/100", world.ours.server)),
                world.theirs.path(&format!("/guests/{absent}/qemu/100")),
            ),
        ];
        world.ours.sim.clear_requests();
        for (foreign, never) in pairs {
            let (foreign, never) = (admin.get(&foreign).await, admin.get(&never).await);
            let without_id = |answer: &testkit::Answer| {
                let mut body = answer.json();
                body["request_id"] = Value::Null;
                (answer.status, body)
            };
            assert_eq!(foreign.status, StatusCode::NOT_FOUND);
            assert_eq!(without_id(&foreign), without_id(&never));
        }
        world
    })
    .await;
}
