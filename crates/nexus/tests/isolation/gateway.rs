//! PVE's own API through Nexus, as every program: whose server it is, what the token is for, and that nothing but the
//! one header counts.

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request, header};
use http_body_util::BodyExt;
use hyper::body::Bytes;
use nexus_api::{Api, Site};
use nexus_model::ServerId;
use testkit::{Browser, World, counted, on_both_quiet};
use tower::ServiceExt;
use uuid::Uuid;

use crate::changed;
use crate::people::Is;
use crate::tokens::{Reach, SEEN, Token, tokens};

/// A call, with what it takes and what those get who may make it: nothing changes, since a parameter is refused.
struct Call {
    method: Method,
    path: &'static str,
    /// The scope without which a token does not bring it.
    scope: Option<&'static str>,
    for_admins: bool,
    allowed: u16,
}

const fn call(method: Method, path: &'static str, scope: Option<&'static str>, allowed: u16) -> Call {
    Call { method, path, scope, for_admins: false, allowed }
}

fn calls() -> Vec<Call> {
    let (read, power, manage) = (Some("read"), Some("power"), Some("manage"));
    vec![
        call(Method::GET, "json/version", None, 200),
        call(Method::GET, "json/cluster/resources", read, 200),
        call(Method::GET, "extjs/nodes", read, 200),
        call(Method::GET, "json/nodes/pve1/qemu/102/status/current", read, 200),
        call(Method::POST, "json/nodes/pve1/qemu/102/status/start", power, 422),
        call(Method::POST, "json/nodes/pve1/qemu/102/snapshot", manage, 422),
        call(Method::PUT, "json/nodes/pve1/qemu/102/config", manage, 422),
        // Closed for everybody, unknown, and not written as PVE's paths are.
        call(Method::POST, "json/access/ticket", read, 403),
        call(Method::GET, "json/nope", read, 501),
        Call { for_admins: true, ..call(Method::POST, "json/cluster/firewall/groups", manage, 422) },
    ]
}

async fn send(browser: &Browser, method: &Method, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let headers: Vec<_> = headers.iter().copied().chain([form]).collect();
    let body = if *method == Method::GET { "" } else { "no-such-parameter=1" };
    let answer = browser.send(method.clone(), path, Bytes::from(body), &headers).await;
    assert!(!answer.headers.contains_key(header::SET_COOKIE), "{path}");
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("a text");
    assert!(policy.starts_with("sandbox; default-src 'none'"), "{path}: {policy}");
    (answer.status.as_u16(), answer.text())
}

fn at(server: impl std::fmt::Display, path: &str) -> String {
    format!("/pve/{server}/api2/{path}")
}

/// What the token's person is where a server is.
fn is(world: &World, token: &Token, server: ServerId) -> Is {
    match (server == world.ours.server, server == world.theirs.server) {
        (true, _) if token.reach == Reach::Elsewhere => Is::Stranger,
        (true, _) => token.is,
        // For everywhere, a system admin's is for every tenant; another tenant's is for that.
        (_, true) if token.reach == Reach::Elsewhere || matches!(token.is, Is::System | Is::Stranger) => Is::Admin,
        _ => Is::Stranger,
    }
}

fn expected(call: &Call, token: &Token, is: Is) -> u16 {
    if token.reach == Reach::Over {
        return 401;
    }
    match is {
        Is::Stranger => 404,
        Is::Viewer(_) => 403,
        Is::Manager if call.for_admins => 403,
        _ if call.scope.is_some_and(|scope| !token.scopes.contains(&scope)) => 403,
        _ => call.allowed,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_token_reaches_its_own_servers_and_does_what_it_is_for() {
    on_both_quiet(async |world| {
        let tokens = tokens(&world).await;
        let before = world.dump(&SEEN).await;
        let (mut cases, mut wrong) = (0, Vec::new());
        let mut program = world.nobody();
        program.origin = String::new();
        for token in &tokens {
            for server in [world.ours.server, world.theirs.server, Uuid::now_v7().into()] {
                for call in calls() {
                    let path = at(server, call.path);
                    let (got, text) =
                        send(&program, &call.method, &path, &[("authorization", &token.pve_header)]).await;
                    let wanted = expected(&call, token, is(&world, token, server));
                    cases += 1;
                    if got != wanted {
                        wrong.push(format!(
                            "a token {}: {} {path} gave {got}, not {wanted}: {text}",
                            token.name, call.method
                        ));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {cases} cases:\n{}", wrong.len(), wrong.join("\n"));
        let changes = changed(&before, &world.dump(&SEEN).await);
        assert!(changes.is_empty(), "{}", changes.join("\n"));
        println!("{cases} cases of the gateway by token");
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_a_token_in_pves_header_counts() {
    on_both_quiet(async |world| {
        let tokens = tokens(&world).await;
        let token = tokens.iter().find(|token| token.name == "for the server").expect("a token");
        let (server, admin) = (world.ours.server, world.ours("admin").await);
        let mut silent = admin.clone();
        silent.origin = String::new();
        let mut elsewhere = admin.clone();
        elsewhere.origin = "https://elsewhere.example".into();
        let nobody = world.nobody();
        let wrong = format!("{}x", token.pve_header);
        let basic = token.bearer.replace("Bearer", "Basic");
        for place in [&world.ours, &world.theirs] {
            place.sim.clear_requests();
        }
        for call in calls() {
            for path in [at(server, call.path), format!("/api2/{}", call.path)] {
                for browser in [&admin, &silent, &elsewhere, &nobody] {
                    assert_eq!(send(browser, &call.method, &path, &[]).await.0, 401, "{} {path}", call.method);
                    for header in [&token.bearer, &basic, &wrong] {
                        let answer = send(browser, &call.method, &path, &[("authorization", header)]).await;
                        assert_eq!(answer.0, 401, "{} {path} {header}", call.method);
                    }
                }
            }
        }
        for place in [&world.ours, &world.theirs] {
            assert!(place.sim.requests().is_empty(), "{:?}", place.sim.requests());
        }
        // A cookie beside the token takes nothing away, and the token names its server.
        let headers = [("authorization", &*token.pve_header)];
        assert_eq!(send(&admin, &Method::GET, "/api2/json/version", &headers).await.0, 200);
        assert_eq!(send(&elsewhere, &Method::GET, &at(server, "json/version"), &headers).await.0, 200);
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_server_answers_like_one_that_never_was() {
    on_both_quiet(async |world| {
        let tokens = tokens(&world).await;
        let theirs = world.provide().await.0;
        let site = Arc::new(Site::loopback(world.nexus.address.port(), false));
        let router = nexus_api::router(Api { app: world.nexus.app.clone(), site });
        let ask = async |call: &Call, server: Uuid, token: &Token| {
            let request = Request::builder().method(call.method.clone()).uri(at(server, call.path));
            let request = request.header(header::AUTHORIZATION, &token.pve_header);
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let body = if call.method == Method::GET { "" } else { "no-such-parameter=1" };
            let request = request.body(Body::from(body)).expect("a request");
            let (response, statements) = counted(router.clone().oneshot(request)).await;
            let (mut parts, body) = response.expect("an answer").into_parts();
            parts.headers.remove("x-request-id");
            let body = body.collect().await.expect("a whole body").to_bytes();
            (parts.status, parts.headers, body, statements)
        };
        let token = tokens.iter().find(|token| token.name == "of another tenant").expect("a token");
        for place in [&world.ours, &world.theirs] {
            place.sim.clear_requests();
        }
        // That it is used is noted once a minute.
        ask(&calls()[0], Uuid::now_v7(), token).await;
        let mut cases = 0;
        for call in calls() {
            let never = ask(&call, Uuid::now_v7(), token).await;
            assert_eq!(never.0, 404, "{} {}", call.method, call.path);
            for server in [world.ours.server, theirs] {
                let foreign = ask(&call, server.uuid(), token).await;
                assert_eq!(foreign, never, "{} {}", call.method, call.path);
                cases += 1;
            }
        }
        for place in [&world.ours, &world.theirs] {
            assert!(place.sim.requests().is_empty(), "{:?}", place.sim.requests());
        }
        println!("{cases} cases of another's server in the gateway");
        world
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_page_of_who_does_not_want_one_is_that_of_nobody() {
    on_both_quiet(async |world| {
        let site = Arc::new(Site::loopback(world.nexus.address.port(), false));
        let router = nexus_api::router(Api { app: world.nexus.app.clone(), site });
        let ask = async |path: String| {
            let request = Request::builder().uri(path).body(Body::empty()).expect("a request");
            let (response, statements) = counted(router.clone().oneshot(request)).await;
            let (mut parts, body) = response.expect("an answer").into_parts();
            parts.headers.remove("x-request-id");
            let body = body.collect().await.expect("a whole body").to_bytes();
            let text = String::from_utf8_lossy(&body).into_owned();
            let without_id = text.split("\"request_id\"").next().unwrap_or_default().to_owned();
            (parts.status, parts.headers, without_id, statements)
        };
        for rest in ["", "/logo"] {
            let never = ask(format!("/api/v1/sign-in/never-was{rest}")).await;
            for slug in ["ours", "theirs", "closed"] {
                assert_eq!(ask(format!("/api/v1/sign-in/{slug}{rest}")).await, never, "{slug}{rest}");
            }
        }
        world
    })
    .await;
}
