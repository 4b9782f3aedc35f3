//! All routes in one place, and the OpenAPI document that follows from them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{Content, RefOr};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::alert::AlertFilterIn;
use crate::error::ApiError;
use crate::{
    Api, account, alert, api_token, assignment, audit, bulk, check, config_snapshot, console, console_session, event,
    favourite, gateway, group, guard, guest, guest_detail, health, invitation, logo, member, metric, notification,
    organisation, own_account, prometheus, provided_server, pve_call, pve_schema, server, server_sheet, settings,
    setup, snapshot, stats, system, task, tenant, ui, user, view, webhook,
};

/// The largest body that any route takes.
const MAX_BODY_BYTES: usize = 256 << 10;

/// The largest body with a sheet in it: 256 KiB of text, written as JSON.
const MAX_SHEET_BODY_BYTES: usize = 640 << 10;

#[derive(OpenApi)]
#[openapi(
    info(title = "Nexus", description = "Connection broker for Proxmox VE.", license(name = "MIT OR Apache-2.0")),
    // Parameters alone do not bring their schemas along.
    components(schemas(AlertFilterIn)),
    security(("session" = []))
)]
struct Document;

/// Accounts, tenants, servers and consoles of the whole installation; and a tenant's consoles.
fn administration() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(user::list, user::create))
        .routes(routes!(user::get, user::update, user::delete))
        .routes(routes!(user::make_reset_link))
        .routes(routes!(user::end_sessions))
        .routes(routes!(organisation::list, organisation::create))
        .routes(routes!(organisation::update, organisation::delete))
        .routes(routes!(system::servers, provided_server::create))
        .routes(routes!(provided_server::get, provided_server::update, provided_server::delete))
        .routes(routes!(provided_server::test))
        .routes(routes!(provided_server::test_stored))
        .routes(routes!(system::get))
        .routes(routes!(system::test_mail))
        .routes(routes!(console_session::list))
        .routes(routes!(console_session::end))
        .routes(routes!(console_session::list_all))
        .routes(routes!(console_session::end_any))
}

/// Routes of what people and other systems are told.
fn telling() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(notification::list))
        .routes(routes!(notification::read))
        .routes(routes!(notification::preferences, notification::set_preferences))
        .routes(routes!(notification::send_test_mail))
        .routes(routes!(webhook::list, webhook::create))
        .routes(routes!(webhook::update, webhook::delete))
        .routes(routes!(webhook::renew_secret))
        .routes(routes!(webhook::test))
        .routes(routes!(webhook::deliveries))
        .routes(routes!(webhook::retry))
}

/// Routes of what a person keeps of guests.
fn kept() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(favourite::list))
        .routes(routes!(favourite::add, favourite::remove))
        .routes(routes!(favourite::recent))
        .routes(routes!(view::list, view::create))
        .routes(routes!(view::update, view::delete))
}

/// Routes of PVE's own API, and of what is kept of it.
fn pve() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(pve_schema::get))
        .routes(routes!(pve_schema::calls, pve_schema::forget_calls))
        .routes(routes!(pve_schema::favourites, pve_schema::add_favourite))
        .routes(routes!(pve_schema::remove_favourite))
        .routes(routes!(config_snapshot::plan, config_snapshot::set_plan))
        .routes(routes!(config_snapshot::list, config_snapshot::take))
        .routes(routes!(config_snapshot::get, config_snapshot::delete))
}

/// Routes under `/api/v1`. A route with `security(())` is open to everybody; all others ask for a session.
fn v1() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .merge(people())
        .merge(administration())
        .merge(telling())
        .merge(kept())
        .merge(pve())
        .merge(audits())
        .routes(routes!(setup::state, setup::set_up))
        .routes(routes!(account::sign_in))
        .routes(routes!(logo::get_sign_in_page))
        .routes(routes!(logo::get_sign_in_logo))
        .routes(routes!(account::sign_out))
        .routes(routes!(account::me, account::update_me))
        .routes(routes!(own_account::confirm))
        .routes(routes!(own_account::set_password))
        .routes(routes!(own_account::change_email))
        .routes(routes!(own_account::send_verification))
        .routes(routes!(own_account::verify))
        .routes(routes!(own_account::list_sessions, own_account::end_other_sessions))
        .routes(routes!(own_account::end_session))
        .routes(routes!(own_account::set_avatar, own_account::delete_avatar))
        .routes(routes!(own_account::get_avatar))
        .routes(routes!(api_token::list, api_token::create))
        .routes(routes!(api_token::delete))
        .routes(routes!(own_account::request_reset))
        .routes(routes!(own_account::use_reset))
        .routes(routes!(tenant::get))
        .routes(routes!(event::stream))
        .routes(routes!(server::list, server::create))
        .routes(routes!(server::test))
        .routes(routes!(server::get, server::update, server::delete))
        .routes(routes!(server::test_stored))
        .routes(routes!(pve_call::call))
        .routes(routes!(check::check))
        .routes(routes!(check::check_all, check::newest_run))
        .routes(routes!(stats::get))
        .routes(routes!(server_sheet::attached))
        .routes(routes!(server_sheet::export))
        .routes(routes!(guest::list))
        .routes(routes!(guest::get))
        .routes(routes!(guest::act))
        .routes(routes!(guest_detail::config))
        .routes(routes!(guest_detail::figures))
        .routes(routes!(guest_detail::addresses))
        .routes(routes!(console::open))
        .routes(routes!(console::connect))
        .routes(routes!(snapshot::list, snapshot::create))
        .routes(routes!(snapshot::update, snapshot::delete))
        .routes(routes!(snapshot::roll_back))
        .routes(routes!(task::list))
        .routes(routes!(bulk::list, bulk::start))
        .routes(routes!(bulk::get))
        .routes(routes!(bulk::stop))
        .routes(routes!(task::get))
        .routes(routes!(task::log))
        .routes(routes!(task::stop))
}

/// The audit logs: a tenant's, and the installation's.
fn audits() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(audit::list))
        .routes(routes!(audit::export))
        .routes(routes!(audit::actions))
        .routes(routes!(audit::verify))
        .routes(routes!(audit::list_system))
        .routes(routes!(audit::export_system))
        .routes(routes!(audit::actions_system))
        .routes(routes!(audit::verify_system))
}

/// Routes of a tenant's people.
fn people() -> OpenApiRouter<Api> {
    let sheets = OpenApiRouter::new()
        .routes(routes!(member::import))
        .routes(routes!(assignment::import))
        .routes(routes!(server_sheet::import))
        .layer(DefaultBodyLimit::max(MAX_SHEET_BODY_BYTES));
    OpenApiRouter::new()
        .merge(sheets)
        .routes(routes!(invitation::look))
        .routes(routes!(invitation::accept))
        .routes(routes!(member::list, member::add))
        .routes(routes!(member::update, member::remove))
        .routes(routes!(member::make_reset_link))
        .routes(routes!(member::find))
        .routes(routes!(invitation::list))
        .routes(routes!(invitation::renew))
        .routes(routes!(invitation::delete))
        .routes(routes!(group::list, group::create))
        .routes(routes!(group::update, group::delete))
        .routes(routes!(assignment::list, assignment::create))
        .routes(routes!(assignment::update, assignment::delete))
        .routes(routes!(assignment::wake))
        .routes(routes!(settings::get, settings::update))
        .routes(routes!(logo::set_logo, logo::delete_logo, logo::get_logo))
        .routes(routes!(metric::overview))
        .routes(routes!(metric::of_server))
        .routes(routes!(metric::checks))
        .routes(routes!(alert::list))
        .routes(routes!(alert::acknowledge))
}

fn split() -> (Router<Api>, utoipa::openapi::OpenApi) {
    let (router, mut document) =
        OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", v1()).split_for_parts();
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        "nexus",
        "The session cookie; `__Host-nexus` where the site is reached over HTTPS.",
    )));
    document.components.get_or_insert_default().add_security_scheme("session", cookie);
    name_problems(&mut document);
    (router, document)
}

/// Says of every refusal in the document that it is a problem of RFC 9457, as the answers themselves do.
fn name_problems(document: &mut utoipa::openapi::OpenApi) {
    let operations = document.paths.paths.values_mut().flat_map(|item| {
        [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten()
    });
    for response in operations.flat_map(|operation| operation.responses.responses.values_mut()) {
        let RefOr::T(response) = response else { continue };
        let is_problem = |content: &RefOr<Content>| match content {
            RefOr::T(Content { schema: Some(RefOr::Ref(to)), .. }) => to.ref_location.ends_with("/Problem"),
            _ => false,
        };
        if let Some(content) = response.content.shift_remove("application/json") {
            let kind = if is_problem(&content) { "application/problem+json" } else { "application/json" };
            response.content.insert(kind.to_owned(), content);
        }
    }
}

/// The OpenAPI document, as `/api/openapi.json` serves it.
#[must_use]
pub fn openapi() -> String {
    let mut text = split().1.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The whole site: API, document, health, web UI.
pub fn router(api: Api) -> Router {
    let (v1, _) = split();
    let document = openapi();
    v1.route("/api/openapi.json", get(move || async { ([("content-type", "application/json")], document) }))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(prometheus::figures))
        .fallback(ui::ui)
        .method_not_allowed_fallback(|| async { (StatusCode::METHOD_NOT_ALLOWED, "") })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(api.clone(), gateway::gate))
        .layer(CatchPanicLayer::custom(|_| {
            ApiError::internal(std::io::Error::other("a handler panicked")).into_response()
        }))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(api.clone(), guard::guard))
        .with_state(api)
}
