//! One's own tokens, that programs sign in with.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use nexus_app::consoles::TenantName;
use nexus_app::tokens::{MadeToken, TokenError, TokenInput, TokenRow, name_for_pve};
use nexus_model::TokenScope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::console_session::TenantNameOut;
use crate::error::{ApiError, Problem};
use crate::extract::{Body, Person, TokenOf};
use crate::wire::{At, mirrored};

mirrored! {
    /// What a token may be used for; each is a part of what its person may do.
    TokenScopeOut = TokenScope { Read, Power, Console, Manage }
}

/// A server, by name.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenServer)]
pub(crate) struct TokenServerOut {
    id: Uuid,
    name: String,
}

/// What programs sign in with.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiToken)]
pub(crate) struct ApiTokenOut {
    id: Uuid,
    name: String,
    /// `USER@REALM!NAME`, as PVE's clients want it.
    pve_id: String,
    scopes: Vec<TokenScopeOut>,
    /// The only tenant that it works in.
    tenant: Option<TenantNameOut>,
    /// The only server that it works on.
    server: Option<TokenServerOut>,
    #[schema(value_type = At)]
    created_at: At,
    #[schema(value_type = At)]
    expires_at: At,
    /// To a minute.
    #[schema(value_type = Option<At>)]
    used_at: Option<At>,
    used_address: Option<String>,
}

impl From<TokenRow> for ApiTokenOut {
    fn from(token: TokenRow) -> Self {
        let tenant = token.tenant().map(|(id, slug, name)| TenantName { id, slug: slug.into(), name: name.into() });
        Self {
            id: token.id.into(),
            pve_id: name_for_pve(&token),
            scopes: token.scopes.scopes().map(TokenScopeOut::from).collect(),
            tenant: tenant.map(TenantNameOut::from),
            server: token.server().map(|(id, name)| TokenServerOut { id: id.into(), name: name.to_owned() }),
            created_at: At(token.created_at),
            expires_at: At(token.expires_at),
            used_at: token.used_at().map(At),
            used_address: token.used_address,
            name: token.name,
        }
    }
}

/// One's own tokens, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiTokenList)]
pub(crate) struct ApiTokenListOut {
    tokens: Vec<ApiTokenOut>,
    /// How many more there may be.
    may_make: usize,
}

/// A token to make.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ApiTokenIn {
    /// A letter, then letters, digits, `.`, `-` and `_`.
    #[schema(min_length = 2, max_length = 64)]
    name: String,
    #[schema(min_items = 1)]
    scopes: Vec<TokenScopeOut>,
    tenant: Option<Uuid>,
    /// Of that tenant.
    server: Option<Uuid>,
    #[schema(minimum = 1, maximum = 366)]
    expires_in_days: i64,
}

/// A token with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = NewApiToken)]
pub(crate) struct NewApiTokenOut {
    token: ApiTokenOut,
    secret: String,
    /// The whole value of `Authorization` for PVE's clients.
    pve_header: String,
    /// The whole value of `Authorization` for `/api/v1`.
    bearer: String,
}

impl From<MadeToken> for NewApiTokenOut {
    fn from(made: MadeToken) -> Self {
        let token = ApiTokenOut::from(made.token);
        Self {
            pve_header: format!("PVEAPIToken={}={}", token.pve_id, *made.secret),
            bearer: format!("Bearer {}", *made.secret),
            secret: made.secret.to_string(),
            token,
        }
    }
}

/// One's own tokens.
#[utoipa::path(get, path = "/me/tokens", tag = "account", operation_id = "list_api_tokens",
    responses((status = 200, body = ApiTokenListOut), (status = 401, body = Problem)))]
pub(crate) async fn list(State(api): State<Api>, Person(person): Person) -> Result<Json<ApiTokenListOut>, ApiError> {
    let list = api.app.tokens.list(&person).await?;
    let tokens = list.tokens.into_iter().map(ApiTokenOut::from).collect();
    Ok(Json(ApiTokenListOut { tokens, may_make: list.may_make }))
}

/// Makes a token.
#[utoipa::path(post, path = "/me/tokens", tag = "account", operation_id = "create_api_token", request_body = ApiTokenIn,
    responses((status = 201, body = NewApiTokenOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    Person(person): Person,
    Body(input): Body<ApiTokenIn>,
) -> Result<(StatusCode, Json<NewApiTokenOut>), ApiError> {
    let input = TokenInput {
        name: input.name,
        scopes: input.scopes.into_iter().map(TokenScope::from).collect(),
        tenant: input.tenant.map(Into::into),
        server: input.server.map(Into::into),
        expires_in_days: input.expires_in_days,
    };
    let made = api.app.tokens.create(&person, input).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Revokes a token; what it does now ends.
#[utoipa::path(delete, path = "/me/tokens/{token}", tag = "account", operation_id = "delete_api_token",
    params(("token" = Uuid, Path,)), responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    Person(person): Person,
    TokenOf(token): TokenOf,
) -> Result<StatusCode, ApiError> {
    api.app.tokens.delete(&person, token).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::NotFound => Self::not_found(),
            TokenError::Invalid(fields) => Self::invalid(fields),
            TokenError::NotRecent(cause) => cause.into(),
            TokenError::Duplicate => Self::conflict("duplicate", "You have a token of this name already."),
            TokenError::TooMany { limit } => {
                Self::conflict("too_many_tokens", format!("You have {limit} tokens already. Revoke one first."))
            }
            TokenError::Store(cause) => Self::internal(cause),
        }
    }
}
