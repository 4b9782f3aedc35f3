//! Operation by token: a program gets a part of what its person gets, never more, and nothing outside of the tenant and
//! the server that its token is for.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Browser, World, on_both_quiet};

use crate::changed;
use crate::people::{Is, refusal};
use crate::table::{Needs, Operation, operations};

/// A token, and what it is.
pub(crate) struct Token {
    pub(crate) name: &'static str,
    pub(crate) bearer: String,
    pub(crate) pve_header: String,
    pub(crate) is: Is,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) reach: Reach,
}

/// Where a token may be used, as the tenant `ours` and its server see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reach {
    Everywhere,
    Server,
    Elsewhere,
    Over,
}

const ALL: &[&str] = &["read", "power", "console", "manage"];

async fn make(world: &World, email: &str, name: &str, scopes: &[&str], place: Value) -> Value {
    let browser = world.browser(email).await;
    let mut input = json!({ "name": name, "scopes": scopes, "expires_in_days": 1 });
    for (key, value) in place.as_object().into_iter().flatten() {
        input[key.as_str()] = value.clone();
    }
    let made = browser.post("/api/v1/me/tokens", &input).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    made.json()
}

/// Takes its worth from a token whose name says so.
async fn end(world: &World, name: &str, email: &str, id: &str) {
    match name {
        "expired" => {
            let id = world.id(id.parse().expect("an id"));
            assert_eq!(world.tamper(&format!("UPDATE api_token SET expires_at = 2 WHERE id = {id}")).await, 1);
        }
        "revoked" => {
            let path = format!("/api/v1/me/tokens/{id}");
            let gone = world.browser(email).await.call(Method::DELETE, &path, None, &[]).await;
            assert_eq!(gone.status, StatusCode::NO_CONTENT);
        }
        _ => {}
    }
}

/// Tokens of every kind.
pub(crate) async fn tokens(world: &World) -> Vec<Token> {
    const ADMIN: &str = "admin@ours.example";
    let (ours, server) = (world.ours.tenant, world.ours.server);
    let theirs = world.theirs.tenant;
    let everywhere = || json!({});
    let (tenant, one) = (json!({ "tenant": ours }), json!({ "tenant": ours, "server": server }));
    let other = json!({ "tenant": theirs });
    let other_server = json!({ "tenant": theirs, "server": world.theirs.server });
    let wanted = [
        ("to read", ADMIN, Is::Admin, &["read"][..], everywhere(), Reach::Everywhere),
        ("for power", ADMIN, Is::Admin, &["power"], everywhere(), Reach::Everywhere),
        ("for consoles", ADMIN, Is::Admin, &["console"], everywhere(), Reach::Everywhere),
        ("to manage", ADMIN, Is::Admin, &["manage"], everywhere(), Reach::Everywhere),
        ("for everything", ADMIN, Is::Admin, ALL, everywhere(), Reach::Everywhere),
        ("for the tenant", ADMIN, Is::Admin, ALL, tenant, Reach::Everywhere),
        ("for the server", ADMIN, Is::Admin, ALL, one.clone(), Reach::Server),
        ("to read the server", ADMIN, Is::Admin, &["read"], one, Reach::Server),
        ("of a manager", "manager@ours.example", Is::Manager, ALL, everywhere(), Reach::Everywhere),
        (
            "of a viewer",
            "viewer-console@ours.example",
            Is::Viewer(Some("console")),
            ALL,
            everywhere(),
            Reach::Everywhere,
        ),
        (
            "of a viewer, to read",
            "viewer-power@ours.example",
            Is::Viewer(Some("power")),
            &["read"],
            everywhere(),
            Reach::Everywhere,
        ),
        ("of a system admin", "root@nexus.example", Is::System, ALL, everywhere(), Reach::Everywhere),
        ("of another tenant", "admin@theirs.example", Is::Stranger, ALL, everywhere(), Reach::Everywhere),
        ("for another tenant", "root@nexus.example", Is::System, ALL, other, Reach::Elsewhere),
        ("for another server", "root@nexus.example", Is::System, ALL, other_server, Reach::Elsewhere),
        ("expired", ADMIN, Is::Admin, ALL, everywhere(), Reach::Over),
        ("revoked", ADMIN, Is::Admin, ALL, everywhere(), Reach::Over),
    ];
    let mut tokens = Vec::new();
    for (at, (name, email, is, scopes, place, reach)) in wanted.into_iter().enumerate() {
        let made = make(world, email, &format!("Token-{at}"), scopes, place).await;
        let id = made["token"]["id"].as_str().expect("an id");
        end(world, name, email, id).await;
        let text = |name: &str| made[name].as_str().expect("a header").to_owned();
        tokens.push(Token { name, bearer: text("bearer"), pve_header: text("pve_header"), is, scopes, reach });
    }
    tokens
}

/// What is said of PVE's API and of what was kept of it.
fn is_of_pve(operation: &Operation) -> bool {
    let deletes_for_admins = operation.needs == Needs::AdminChanges;
    ["/pve/", "/pve-", "/config-"].iter().any(|part| operation.path.contains(part)) && !deletes_for_admins
}

/// What any token of the tenant sees: the tenant itself, and what is told to the person or theirs.
fn is_for_any(operation: &Operation) -> bool {
    const PATHS: [&str; 5] = ["", "/logo", "/notifications", "/notification-preferences", "/console-sessions"];
    let rest = operation.path.strip_prefix("/api/v1/tenants/{tenant}");
    operation.needs == Needs::Member && rest.is_some_and(|rest| PATHS.contains(&rest))
}

/// The scope without which a token does not bring it; `None` where any token does.
fn scope(operation: &Operation) -> Option<&'static str> {
    match operation.needs {
        Needs::Watch | Needs::Console => Some("console"),
        Needs::Power | Needs::MemberChanges => Some("power"),
        Needs::Snapshot | Needs::ManagerChanges | Needs::AdminChanges => Some("manage"),
        // What is done by the right to see something is a change all the same.
        _ if operation.method != Method::GET => Some("manage"),
        _ if is_for_any(operation) => None,
        _ => Some("read"),
    }
}

/// What a program gets: a status, and whether it is the token that is refused.
fn expected(operation: &Operation, token: &Token) -> (u16, bool) {
    const REFUSED: (u16, bool) = (403, true);
    if operation.needs == Needs::Nothing {
        return (operation.allowed, false);
    }
    if token.reach == Reach::Over {
        return (401, false);
    }
    let has = |scope: Option<&str>| scope.is_none_or(|scope| token.scopes.contains(&scope));
    match operation.needs {
        Needs::Session if (operation.method.as_str(), operation.path.as_str()) == ("GET", "/api/v1/me") => {
            return (200, false);
        }
        Needs::System if token.is != Is::System => return (403, false),
        // One's own account is for the person, and so is the installation.
        Needs::Session | Needs::System => return REFUSED,
        Needs::Own => return (404, false),
        _ if token.reach == Reach::Elsewhere => return (404, false),
        _ => {}
    }
    if let Some(status) = refusal(operation, token.is) {
        return (status, false);
    }
    let of_guest =
        matches!(operation.needs, Needs::View | Needs::Watch | Needs::Console | Needs::Power | Needs::Snapshot);
    let of_tenant_alone = operation.needs == Needs::Member && seen_with_the_tenant(operation);
    if token.reach == Reach::Server && !of_guest && !of_tenant_alone && !is_of_pve(operation) {
        return REFUSED;
    }
    if has(scope(operation)) { (operation.allowed, false) } else { REFUSED }
}

/// What takes no more than a place in the tenant, whether it only looks or not.
fn seen_with_the_tenant(operation: &Operation) -> bool {
    is_for_any(operation) || operation.path.contains("/notification") || operation.path.contains("/console-sessions/")
}

async fn ask(browser: &Browser, operation: &Operation, path: &str, bearer: &str) -> (u16, bool) {
    let mut headers = operation.headers().to_vec();
    headers.push(("authorization", bearer));
    if operation.path.ends_with("/events") {
        let status = browser.stream_with(path, &headers).await.0;
        if status == StatusCode::OK {
            return (200, false);
        }
    }
    if operation.path.starts_with("/api/v1/console/") {
        let upgrade = [
            ("upgrade", "websocket"),
            ("connection", "Upgrade"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        headers.extend(upgrade);
    }
    let answer = browser.call(operation.method.clone(), path, operation.body.as_ref(), &headers).await;
    (answer.status.as_u16(), answer.code() == "token_not_allowed")
}

/// What asking leaves, beside what sessions leave: when a token was used, and the calls of PVE that were made.
pub(crate) const SEEN: [&str; 17] = [
    "session",
    "throttle",
    "audit_entry",
    "audit_head",
    "last_seen_at",
    "access_epoch",
    "lock_count",
    "incarnation",
    "process",
    "server_lease",
    "server_picture",
    "tenant_watch",
    "server_check",
    "server_metric",
    "used_at",
    "used_address",
    "pve_call",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_token_gets_its_part_of_what_its_person_gets() {
    on_both_quiet(async |world| {
        let tokens = tokens(&world).await;
        let before = world.dump(&SEEN).await;
        let (mut cases, mut wrong) = (0, Vec::new());
        let mut nobody = world.nobody();
        // A program has neither a page nor a cookie.
        nobody.origin = String::new();
        for token in &tokens {
            for operation in operations() {
                let path = operation.filled(&world, world.ours.tenant.uuid());
                let got = ask(&nobody, &operation, &path, &token.bearer).await;
                let wanted = expected(&operation, token);
                cases += 1;
                if got != wanted {
                    let asked = format!("{} {}", operation.method, operation.path);
                    wrong.push(format!("a token {}: {asked} gave {got:?}, not {wanted:?}", token.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {cases} cases:\n{}", wrong.len(), wrong.join("\n"));
        let changes = changed(&before, &world.dump(&SEEN).await);
        assert!(changes.is_empty(), "{}", changes.join("\n"));
        println!("{cases} cases of operation by token");
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_does_not_count_beside_a_token_nor_a_token_in_another_form() {
    on_both_quiet(async |world| {
        let admin = world.ours("admin").await;
        let made = make(&world, "admin@ours.example", "Token", &["read"], json!({})).await;
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        let path = world.ours.path("/servers");
        let get = async |browser: &Browser, header: &str| {
            browser.call(Method::GET, &path, None, &[("authorization", header)]).await.status.as_u16()
        };
        let mut nobody = world.nobody();
        nobody.origin = String::new();
        assert_eq!(get(&nobody, &text("bearer")).await, 200);
        // The header decides, whoever is signed in.
        assert_eq!(get(&admin, "Bearer 7e1c5d6e-8c1b-4a5e-9a52-2b1f3d0c9e11").await, 401);
        // PVE's form is the gateway's; another scheme is none, so that the cookie counts, if there is one.
        for header in [text("pve_header"), text("secret"), format!("Basic {}", text("secret"))] {
            assert_eq!(get(&nobody, &header).await, 401, "{header}");
        }
        // What a token may not is not made good by a cookie.
        let headers = [("authorization", &*text("bearer"))];
        let refused = admin.call(Method::DELETE, "/api/v1/me/sessions", None, &headers).await;
        assert_eq!((refused.status.as_u16(), &*refused.code()), (403, "token_not_allowed"));
        world
    })
    .await;
}
