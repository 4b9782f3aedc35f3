//! Invitations: for admins, those that wait; for the invited person, what a link is for and accepting it.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use nexus_app::access::{ManageMembers, SeeMembers};
use nexus_app::accounts::{AcceptError, AcceptIn as Accept, InvitationLook};
use nexus_app::members::{InvitationMade, InvitationView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::account::{TenantRoleOut, cookie};
use crate::error::{ApiError, Problem};
use crate::extract::{Anybody, Body, InvitationOf, May, MaybePerson};
use crate::own_account::SecretIn;
use crate::wire::At;

/// An invitation and its link, which is shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = InvitationMade)]
pub(crate) struct InvitationMadeOut {
    id: Uuid,
    email: String,
    role: TenantRoleOut,
    link: String,
    #[schema(value_type = At)]
    expires_at: At,
    /// Whether it went to the address by mail, too.
    mailed: bool,
}

impl From<InvitationMade> for InvitationMadeOut {
    fn from(made: InvitationMade) -> Self {
        Self {
            id: made.id.into(),
            email: made.email,
            role: made.role.into(),
            link: made.link.to_string(),
            expires_at: At(made.expires_at),
            mailed: made.mailed,
        }
    }
}

/// An invitation that waits.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(crate) struct InvitationOut {
    id: Uuid,
    email: String,
    role: TenantRoleOut,
    /// By name; empty when they are not here any more.
    invited_by: String,
    #[schema(value_type = At)]
    created_at: At,
    #[schema(value_type = At)]
    expires_at: At,
    mailed: bool,
    /// Too old, or void because who invited may not do so any more.
    expired: bool,
}

impl From<InvitationView> for InvitationOut {
    fn from(invitation: InvitationView) -> Self {
        Self {
            id: invitation.id.into(),
            email: invitation.email,
            role: invitation.role.into(),
            invited_by: invitation.invited_by,
            created_at: At(invitation.created_at),
            expires_at: At(invitation.expires_at),
            mailed: invitation.mailed,
            expired: invitation.expired,
        }
    }
}

/// Pending invitations, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = InvitationList)]
pub(crate) struct InvitationListOut {
    invitations: Vec<InvitationOut>,
}

/// What a link invites to.
#[derive(Serialize, ToSchema)]
#[schema(as = InvitationLook)]
pub(crate) struct InvitationLookOut {
    tenant_name: String,
    email: String,
    role: TenantRoleOut,
    invited_by: String,
    #[schema(value_type = At)]
    expires_at: At,
}

impl From<InvitationLook> for InvitationLookOut {
    fn from(look: InvitationLook) -> Self {
        Self {
            tenant_name: look.tenant_name,
            email: look.email,
            role: look.role.into(),
            invited_by: look.invited_by,
            expires_at: At(look.expires_at),
        }
    }
}

/// The secret of an invitation; name and password make a new account, without them the signed-in one accepts.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AcceptIn {
    /// From the link's fragment.
    secret: String,
    full_name: Option<String>,
    password: Option<String>,
}

/// Where the invitation led.
#[derive(Serialize, ToSchema)]
#[schema(as = Accepted)]
pub(crate) struct AcceptedOut {
    /// The tenant's name in URLs.
    slug: String,
}

/// Pending invitations.
#[utoipa::path(get, path = "/tenants/{tenant}/invitations", tag = "member", operation_id = "list_invitations",
    params(("tenant" = Uuid, Path,)),
    responses((status = 200, body = InvitationListOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(api): State<Api>,
    May(grant): May<SeeMembers>,
) -> Result<Json<InvitationListOut>, ApiError> {
    let invitations = api.app.members.invitations(&grant).await?;
    Ok(Json(InvitationListOut { invitations: invitations.into_iter().map(InvitationOut::from).collect() }))
}

/// A new link and another seven days.
#[utoipa::path(post, path = "/tenants/{tenant}/invitations/{invitation}/renew", tag = "member",
    operation_id = "renew_invitation", params(("tenant" = Uuid, Path,), ("invitation" = Uuid, Path,)),
    responses((status = 200, body = InvitationMadeOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn renew(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    InvitationOf(invitation): InvitationOf,
) -> Result<Json<InvitationMadeOut>, ApiError> {
    Ok(Json(api.app.members.renew_invitation(&grant, invitation).await?.into()))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/tenants/{tenant}/invitations/{invitation}", tag = "member",
    operation_id = "delete_invitation", params(("tenant" = Uuid, Path,), ("invitation" = Uuid, Path,)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(api): State<Api>,
    May(grant): May<ManageMembers>,
    InvitationOf(invitation): InvitationOf,
) -> Result<StatusCode, ApiError> {
    api.app.members.delete_invitation(&grant, invitation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an invitation is for.
#[utoipa::path(post, path = "/invitations/look", tag = "account", operation_id = "look_at_invitation", security(()),
    request_body = SecretIn,
    responses((status = 200, body = InvitationLookOut), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn look(
    State(api): State<Api>,
    Anybody(client): Anybody,
    Body(input): Body<SecretIn>,
) -> Result<Json<InvitationLookOut>, ApiError> {
    Ok(Json(api.app.accounts.look_at_invitation(&input.secret, &client).await?.into()))
}

/// Accepts an invitation, with the signed-in account or a new one (which is then signed in).
#[utoipa::path(post, path = "/invitations/accept", tag = "account", operation_id = "accept_invitation", security(()),
    request_body = AcceptIn,
    responses((status = 200, body = AcceptedOut), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn accept(
    State(api): State<Api>,
    Anybody(client): Anybody,
    MaybePerson(person): MaybePerson,
    Body(input): Body<AcceptIn>,
) -> Result<Response, ApiError> {
    let AcceptIn { secret, full_name, password } = input;
    let typed = Accept { secret, full_name, password };
    let accepted = api.app.accounts.accept_invitation(typed, person.as_ref(), client).await?;
    let mut response = Json(AcceptedOut { slug: accepted.slug }).into_response();
    if let Some(new) = accepted.session {
        response.headers_mut().insert(header::SET_COOKIE, cookie(&api.site, &new.token, new.max_age.as_secs())?);
    }
    Ok(response)
}

impl From<AcceptError> for ApiError {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::LinkInvalid => Self::link_invalid(),
            AcceptError::SignInFirst => {
                Self::conflict("sign_in_first", "Sign in with the account of this address, then open the link again.")
            }
            AcceptError::WrongAccount => Self::conflict(
                "wrong_account",
                "This invitation is for another address than the one you are signed in with.",
            ),
            AcceptError::Invalid(fields) => Self::invalid(fields),
            AcceptError::TooManyAttempts { retry_after } => Self::too_many_attempts(retry_after.as_secs().max(1)),
            AcceptError::Internal(cause) => cause.into(),
        }
    }
}
