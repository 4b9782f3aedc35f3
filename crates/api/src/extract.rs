//! Extractors: who asks, with what right, with what body. A handler runs only when all of them were given.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use nexus_app::access::{
    Asks, Client, Grant, GuestGrant, GuestPermission, NotSignedIn, SignedIn, SystemGrant, TenantPermission,
};
use nexus_model::{
    AlertId, AssignmentId, BulkId, ConfigSnapshotId, ConsoleId, DeliveryId, GroupId, GuestKey, GuestKind, InvitationId,
    PveCallId, ServerId, TaskId, TenantId, TokenId, UserId, ViewId, WebhookId,
};
use nexus_net::accept::Peer;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::ApiError;
use crate::{Api, Site};

/// The secret of a program's token (RFC 6750, 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The session token in the request's cookie; none beside a program's token, so that there is one answer to who asks.
pub(crate) fn session_token<'r>(site: &Site, headers: &'r HeaderMap) -> Option<&'r str> {
    if bearer(headers).is_some() {
        return None;
    }
    let name = site.cookie();
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

/// Who asks, signed in or not: for the audit log and for limits.
pub(crate) fn client(parts: &Parts, site: &Site) -> Client {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.address.ip());
    // Some proxies add a line of their own behind what the client sent: all lines count, in their order.
    let forwarded: Vec<String> = parts.headers.get_all("x-forwarded-for").iter().map(text).collect();
    let user_agent = parts.headers.get(header::USER_AGENT).map(text).unwrap_or_default();
    Client {
        address: site.client_address(peer, &forwarded.join(",")),
        user_agent: user_agent.chars().take(200).collect(),
        request_id: crate::guard::current_request_id(),
    }
}

/// Who asks, where nobody needs to be signed in.
pub(crate) struct Anybody(pub(crate) Client);

impl FromRequestParts<Api> for Anybody {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        Ok(Self(client(parts, &api.site)))
    }
}

/// The person who asks, signed in, or a program with a token of theirs. For what a grant decides.
pub(crate) struct Caller(pub(crate) SignedIn);

impl FromRequestParts<Api> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let (access, client) = (&api.app.access, client(parts, &api.site));
        let person = match bearer(&parts.headers) {
            Some(secret) => {
                let asks = if parts.method.is_safe() { Asks::ToSee } else { Asks::ToChange };
                access.authenticate_token(secret, client, asks).await?
            }
            None => {
                let token = session_token(&api.site, &parts.headers).ok_or_else(ApiError::not_signed_in)?;
                access.authenticate(token, client).await?
            }
        };
        crate::guard::asked_by(person.user());
        Ok(Self(person))
    }
}

/// The person who asks, signed in, no program: for what is their own.
pub(crate) struct Person(pub(crate) SignedIn);

impl FromRequestParts<Api> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let Caller(person) = Caller::from_request_parts(parts, api).await?;
        api.app.access.in_person(&person)?;
        Ok(Self(person))
    }
}

/// The right to administer the installation.
pub(crate) struct Administrator(pub(crate) SystemGrant);

impl FromRequestParts<Api> for Administrator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let Caller(person) = Caller::from_request_parts(parts, api).await?;
        Ok(Self(api.app.access.system_grant(&person)?))
    }
}

/// The person who asks, if somebody is signed in.
pub(crate) struct MaybePerson(pub(crate) Option<SignedIn>);

impl FromRequestParts<Api> for MaybePerson {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let Some(token) = session_token(&api.site, &parts.headers) else { return Ok(Self(None)) };
        match api.app.access.authenticate(token, client(parts, &api.site)).await {
            Ok(person) => {
                crate::guard::asked_by(person.user());
                Ok(Self(Some(person)))
            }
            Err(NotSignedIn::Unknown) => Ok(Self(None)),
            Err(error) => Err(error.into()),
        }
    }
}

#[derive(Deserialize)]
struct TenantPath {
    tenant: String,
}

async fn tenant(parts: &mut Parts, api: &Api) -> Result<TenantId, ApiError> {
    let Path(path) = Path::<TenantPath>::from_request_parts(parts, api).await.map_err(|_| ApiError::not_found())?;
    path.tenant.parse().map_err(|_| ApiError::not_found())
}

/// The right to do `P` in the tenant of the path.
pub(crate) struct May<P: TenantPermission>(pub(crate) Grant<P>);

impl<P: TenantPermission> FromRequestParts<Api> for May<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let Caller(person) = Caller::from_request_parts(parts, api).await?;
        let tenant = tenant(parts, api).await?;
        Ok(Self(api.app.access.grant::<P>(&person, tenant).await?))
    }
}

#[derive(Deserialize)]
struct GuestPath {
    server: String,
    #[serde(rename = "type")]
    kind: String,
    vmid: String,
}

/// The right to do `P` on the guest of the path.
pub(crate) struct MayGuest<P: GuestPermission>(pub(crate) GuestGrant<P>);

impl<P: GuestPermission> FromRequestParts<Api> for MayGuest<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let Caller(person) = Caller::from_request_parts(parts, api).await?;
        let (tenant, guest) = guest_path(parts, api).await?;
        Ok(Self(api.app.access.guest_grant::<P>(&person, tenant, guest).await?))
    }
}

/// The tenant and the guest of the path, where the right that is needed stands in the body.
pub(crate) struct GuestOf(pub(crate) TenantId, pub(crate) GuestKey);

impl FromRequestParts<Api> for GuestOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let (tenant, guest) = guest_path(parts, api).await?;
        Ok(Self(tenant, guest))
    }
}

/// The tenant and the guest that the path names.
async fn guest_path(parts: &mut Parts, api: &Api) -> Result<(TenantId, GuestKey), ApiError> {
    let tenant = tenant(parts, api).await?;
    let Path(path) = Path::<GuestPath>::from_request_parts(parts, api).await.map_err(|_| ApiError::not_found())?;
    let key = || {
        let vmid = path.vmid.parse::<u32>().ok().filter(|id| (100..=999_999_999).contains(id))?;
        let (server, kind) = (path.server.parse().ok()?, path.kind.parse::<GuestKind>().ok()?);
        Some(GuestKey { server, kind, vmid })
    };
    Ok((tenant, key().ok_or_else(ApiError::not_found)?))
}

#[derive(Deserialize)]
struct ServerPath {
    server: String,
}

/// The server of the path; whether the tenant has it, the operation finds out.
pub(crate) struct ServerOf(pub(crate) ServerId);

impl FromRequestParts<Api> for ServerOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let path = Path::<ServerPath>::from_request_parts(parts, api).await.map_err(|_| ApiError::not_found())?;
        path.server.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}

/// An id that a path names; whether there is such a thing, the operation finds out.
macro_rules! named_in_paths {
    ($($(#[$doc:meta])* $name:ident = $id:ident in $path:ident . $field:ident,)*) => { $(
        #[derive(Deserialize)]
        struct $path {
            $field: String,
        }

        $(#[$doc])*
        pub(crate) struct $name(pub(crate) $id);

        impl FromRequestParts<Api> for $name {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
                let path = Path::<$path>::from_request_parts(parts, api).await.map_err(|_| ApiError::not_found())?;
                path.$field.parse().map(Self).map_err(|_| ApiError::not_found())
            }
        }
    )* };
}

named_in_paths! {
    /// The token of the path.
    TokenOf = TokenId in TokenPath.token,
    /// The person of the path.
    UserOf = UserId in UserPath.user,
    /// The invitation of the path.
    InvitationOf = InvitationId in InvitationPath.invitation,
    /// The group of the path.
    GroupOf = GroupId in GroupPath.group,
    /// The console session of the path.
    ConsoleOf = ConsoleId in ConsolePath.session,
    /// The tenant of the path, where the right is not the tenant's to give.
    TenantOf = TenantId in AnyTenantPath.tenant,
    /// The task of the path.
    TaskOf = TaskId in TaskPath.task,
    /// The alert of the path.
    AlertOf = AlertId in AlertPath.alert,
    /// The action on many guests of the path.
    BulkOf = BulkId in BulkPath.bulk,
    /// The assignment of the path.
    AssignmentOf = AssignmentId in AssignmentPath.assignment,
    /// The view of the path.
    ViewOf = ViewId in ViewPath.view,
    /// The webhook of the path.
    WebhookOf = WebhookId in WebhookPath.webhook,
    /// The call that one keeps, of the path.
    FavouriteOf = PveCallId in FavouritePath.favourite,
    /// The snapshot of a configuration, of the path.
    ConfigSnapshotOf = ConfigSnapshotId in ConfigSnapshotPath.snapshot,
    /// The message of the path.
    DeliveryOf = DeliveryId in DeliveryPath.delivery,
}

#[derive(Deserialize)]
struct SnapshotPath {
    snapshot: String,
}

/// The snapshot of the path; whether the guest has it, the operation finds out.
pub(crate) struct SnapshotOf(pub(crate) String);

impl FromRequestParts<Api> for SnapshotOf {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let path = Path::<SnapshotPath>::from_request_parts(parts, api).await.map_err(|_| ApiError::not_found())?;
        Ok(Self(path.0.snapshot))
    }
}

/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);

/// A JSON body of at most 256 KiB (the router's limit), with errors that say what is wrong.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Api> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().unwrap_or_default().trim() != "application/json" {
            return Err(ApiError::not_json());
        }
        let whole = tokio::time::timeout(BODY_TIME, Bytes::from_request(request, api)).await;
        let bytes = whole.map_err(|_| ApiError::too_slow())?.map_err(|_| ApiError::too_large())?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => {
                ApiError::unreadable(format!("The body is not of the expected form: {error}."))
            }
            _ => ApiError::bad_request("The body is not valid JSON."),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let site = Site::loopback(80, false);
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; nexus2=x"));
        assert_eq!(session_token(&site, &headers), None);
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark; nexus=abc; b=2"));
        assert_eq!(session_token(&site, &headers), Some("abc"));
    }
}
