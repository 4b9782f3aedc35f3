//! One call of PVE's API by a person: what the explorer sends. The gateway decides what may pass.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use nexus_app::access::ReadPve;
use nexus_app::explorer::CallNote;
use nexus_app::gateway::{Format, GatewayError, Wanted, parts};
use nexus_model::PveMethod;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Api;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, May, ServerOf};

/// The largest part of an answer that is shown, in bytes.
const SHOWN: usize = 4 << 20;

/// A method of PVE's API.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = PveMethod)]
pub(crate) enum PveMethodOut {
    Get,
    Post,
    Put,
    Delete,
}

impl From<PveMethodOut> for PveMethod {
    fn from(method: PveMethodOut) -> Self {
        match method {
            PveMethodOut::Get => Self::Get,
            PveMethodOut::Post => Self::Post,
            PveMethodOut::Put => Self::Put,
            PveMethodOut::Delete => Self::Delete,
        }
    }
}

impl From<PveMethod> for PveMethodOut {
    fn from(method: PveMethod) -> Self {
        match method {
            PveMethod::Get => Self::Get,
            PveMethod::Post => Self::Post,
            PveMethod::Put => Self::Put,
            PveMethod::Delete => Self::Delete,
        }
    }
}

/// One parameter.
#[derive(Deserialize, Serialize, ToSchema)]
#[schema(as = PveParam)]
pub(crate) struct PveParamOut {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// A call. `path` is filled in (`/nodes/pve1/qemu/100/config`); parameters by name, each as text, an array as several.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PveCallIn {
    method: PveMethodOut,
    #[schema(max_length = 2000)]
    path: String,
    #[schema(max_items = 500)]
    params: Vec<PveParamOut>,
}

/// What PVE answered: its status, reason and body, unchanged but bounded. `reason` may be empty.
#[derive(Serialize, ToSchema)]
#[schema(as = PveAnswer)]
pub(crate) struct PveAnswerOut {
    #[schema(value_type = i64)]
    status: u16,
    reason: String,
    content_type: String,
    body: String,
    truncated: bool,
    took_ms: f64,
}

/// Makes a call, as the gateway would.
#[utoipa::path(post, path = "/tenants/{tenant}/servers/{server}/pve/call", tag = "explorer", operation_id = "call_pve",
    params(("tenant" = Uuid, Path,), ("server" = Uuid, Path,)), request_body = PveCallIn,
    responses((status = 200, body = PveAnswerOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
              (status = 502, body = Problem)))]
pub(crate) async fn call(
    State(api): State<Api>,
    May(grant): May<ReadPve>,
    ServerOf(server): ServerOf,
    Body(input): Body<PveCallIn>,
) -> Result<Json<PveAnswerOut>, ApiError> {
    if input.path.len() > 2000 {
        return Err(GatewayError::BadPath("it is too long").into());
    }
    let params: Vec<_> = input.params.into_iter().map(|param| (param.name, param.value)).collect();
    let method = input.method.into();
    let wanted = Wanted { method, format: Format::Json, path: parts(&input.path)?, params: params.clone() };
    let began = Instant::now();
    let answer = api.app.gateway.call(grant.person(), grant.tenant_id(), server, wanted).await;
    if matches!(answer, Ok(_) | Err(GatewayError::Unreachable(_) | GatewayError::TooLarge(_))) {
        let status = answer.as_ref().ok().map(|answer| answer.status);
        let note = CallNote { server, method, path: &input.path, params: &params, status, took: began.elapsed() };
        // PVE has answered: that it cannot be remembered changes nothing about it.
        if let Err(error) = api.app.explorer.note(&grant, &note).await {
            tracing::warn!(%error, "A call of the explorer cannot be remembered");
        }
    }
    let answer = answer?;
    let truncated = answer.body.len() > SHOWN;
    let body = String::from_utf8_lossy(&answer.body[..answer.body.len().min(SHOWN)]).into_owned();
    Ok(Json(PveAnswerOut {
        status: answer.status,
        reason: answer.reason,
        content_type: answer.content_type,
        body,
        truncated,
        took_ms: began.elapsed().as_secs_f64() * 1000.0,
    }))
}

impl From<GatewayError> for ApiError {
    fn from(error: GatewayError) -> Self {
        let words = error.to_string();
        match error {
            GatewayError::Refused(refused) => refused.into(),
            GatewayError::NoServer | GatewayError::OutOfScope => Self::not_found(),
            GatewayError::BadPath(_) | GatewayError::NoFormat => Self::of_parameter("path", words),
            GatewayError::Unknown(..) => Self::pve_unknown(words),
            GatewayError::Closed(_) => Self::pve_closed(words),
            GatewayError::Role(_) => Self::pve_role(words),
            GatewayError::Parameters(errors) => Self::of_parameters(errors),
            GatewayError::TooMany(seconds) => Self::too_many_attempts(seconds),
            GatewayError::Unreachable(_) | GatewayError::TooLarge(_) => Self::bad_gateway("pve_unreachable", words),
            error @ (GatewayError::Internal(_) | GatewayError::Store(_)) => Self::internal(error),
        }
    }
}
