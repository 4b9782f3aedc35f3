//! Whether this process lives, and whether it can serve. One line each; nobody needs to sign in.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::Api;

/// The process runs.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// The database answers, the keys open what it holds, and the process does not stop; else 503 and why, in one line.
pub(crate) async fn ready(State(api): State<Api>) -> impl IntoResponse {
    let fresh = [(header::CACHE_CONTROL, "no-store")];
    match api.app.operating.ready().await {
        Ok(()) => (StatusCode::OK, fresh, "ok\n".to_owned()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, fresh, format!("{why}\n")),
    }
}
