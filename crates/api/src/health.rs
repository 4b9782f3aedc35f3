//! Whether this process lives, and whether it can serve.

use axum::extract::State;

use crate::Api;
use crate::error::ApiError;

/// The process runs.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// The database answers; it is closed when the process stops.
pub(crate) async fn ready(State(api): State<Api>) -> Result<&'static str, ApiError> {
    match api.app.accounts.setup_required().await {
        Ok(_) => Ok("ok\n"),
        Err(_) => Err(ApiError::unavailable()),
    }
}
