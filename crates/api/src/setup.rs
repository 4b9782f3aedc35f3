//! The first admin: made once, with the link that the first start prints.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use nexus_app::accounts::{SetupError, SetupIn as Setup};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Api;
use crate::account::{MeOut, signed_in};
use crate::error::{ApiError, Problem};
use crate::extract::{Anybody, Body};

/// The first admin and the first tenant.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SetupIn {
    /// From the link's fragment.
    secret: String,
    full_name: String,
    email: String,
    password: String,
    tenant_name: String,
}

/// Whether the set-up is still to be done.
#[derive(Serialize, ToSchema)]
#[schema(as = SetupState)]
pub(crate) struct SetupOut {
    required: bool,
    /// Whether Nexus can send mail.
    mail: bool,
}

/// Whether the set-up is still to be done.
#[utoipa::path(get, path = "/setup", tag = "account", operation_id = "setup_state", security(()), responses((status = 200, body = SetupOut)))]
pub(crate) async fn state(State(api): State<Api>) -> Result<Json<SetupOut>, ApiError> {
    let required = api.app.accounts.setup_required().await?;
    Ok(Json(SetupOut { required, mail: api.app.accounts.has_mail() }))
}

/// Makes the first admin and their tenant, and signs them in.
#[utoipa::path(post, path = "/setup", tag = "account", request_body = SetupIn, security(()),
    responses((status = 201, body = MeOut), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn set_up(
    State(api): State<Api>,
    Anybody(client): Anybody,
    Body(input): Body<SetupIn>,
) -> Result<Response, ApiError> {
    let SetupIn { secret, full_name, email, password, tenant_name } = input;
    let new = api.app.set_up(Setup { secret, full_name, email, password, tenant_name }, client).await?;
    signed_in(&api, StatusCode::CREATED, new).await
}

impl From<SetupError> for ApiError {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::LinkInvalid => Self::setup_link_invalid(),
            SetupError::AlreadySetUp => Self::conflict("already_set_up", "Nexus is set up already. Sign in instead."),
            SetupError::Invalid(fields) => Self::invalid(fields),
            SetupError::TooManyAttempts { retry_after } => Self::too_many_attempts(retry_after.as_secs().max(1)),
            SetupError::Internal(cause) => Self::internal(cause),
        }
    }
}
