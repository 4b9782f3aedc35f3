//! The only place that knows HTTP status codes. Answers are RFC 9457 problems; what went wrong inside goes to the
//! log with the request's id and never to the client.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use nexus_model::FieldError;
use serde::Serialize;
use utoipa::ToSchema;

/// A refusal or failure, as RFC 9457 says it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: the code says what it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// Stable, `snake_case`.
    code: &'static str,
    /// For people: what happened and what to do.
    detail: String,
    /// What is wrong with single fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    /// To find the request in the log; filled in on the way out.
    request_id: String,
}

/// What is wrong with one field.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    field: String,
    code: String,
    detail: String,
}

impl From<FieldError> for FieldProblem {
    fn from(error: FieldError) -> Self {
        Self { field: error.field.into(), code: error.code.into(), detail: error.detail }
    }
}

/// What a handler answers when it cannot do its work.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldProblem>,
    retry_after_seconds: Option<u64>,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), retry_after_seconds: None }
    }

    /// 401: nobody is signed in.
    pub(crate) fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Sign in and try again.")
    }

    /// 401: e-mail or password is wrong, or there is no such account; nobody learns which.
    pub(crate) fn invalid_credentials() -> Self {
        let detail = "The e-mail address or the password is not right.";
        Self::new(StatusCode::UNAUTHORIZED, "invalid_credentials", detail)
    }

    /// 404: what a person may not see does not exist for them.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing here, or you may not see it.")
    }

    /// 404 of a set-up link.
    pub(crate) fn setup_link_invalid() -> Self {
        let detail = "This set-up link is not valid any more. Run `nexus setup` on the server for a new one.";
        Self::new(StatusCode::NOT_FOUND, "setup_link_invalid", detail)
    }

    /// 404 of a link that was mailed or handed on.
    pub(crate) fn link_invalid() -> Self {
        let detail = "This link is not valid any more: it was used, has expired, or was replaced by a newer one.";
        Self::new(StatusCode::NOT_FOUND, "link_invalid", detail)
    }

    /// 409: there is no mail.
    pub(crate) fn mail_not_configured() -> Self {
        let detail = "This Nexus cannot send mail. Ask whoever runs it.";
        Self::conflict("mail_not_configured", detail)
    }

    /// 409: an address belongs to another account.
    pub(crate) fn email_taken() -> Self {
        Self::conflict("email_taken", "Another account has this e-mail address.")
    }

    /// 403: seen, but not allowed.
    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "You may see this, but not do that.")
    }

    /// 403: the person may, the program's token may not.
    pub(crate) fn token_not_allowed() -> Self {
        let detail = "This token is not for that. Use one with another scope, or sign in in a browser.";
        Self::new(StatusCode::FORBIDDEN, "token_not_allowed", detail)
    }

    /// 403: the account belongs to others too, or administers the installation.
    pub(crate) fn not_sole() -> Self {
        let detail = "This account is not this tenant's alone. Ask a system administrator.";
        Self::new(StatusCode::FORBIDDEN, "not_sole", detail)
    }

    /// 409: a tenant keeps its last admin.
    pub(crate) fn last_admin() -> Self {
        Self::conflict("last_admin", "This is the tenant's last admin. Make somebody else an admin first.")
    }

    /// 403: a cookie came from somebody else's page.
    pub(crate) fn origin_refused() -> Self {
        let detail = "The request came from another site. Open Nexus at its public address and try again.";
        Self::new(StatusCode::FORBIDDEN, "origin_refused", detail)
    }

    /// 403: a call of PVE that is closed for everybody.
    pub(crate) fn pve_closed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "pve_closed", detail)
    }

    /// 403: a call of PVE that takes a higher role.
    pub(crate) fn pve_role(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "pve_role", detail)
    }

    /// 404: a call that PVE does not have, as far as Nexus knows.
    pub(crate) fn pve_unknown(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "pve_unknown", detail)
    }

    /// 422: parameters of a call of PVE that are not passed on.
    pub(crate) fn of_parameters(errors: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut error =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "pve_parameters", "Some parameters are not passed on.");
        let problem = |(field, detail)| FieldProblem { field, code: "pve_refused".into(), detail };
        error.errors = errors.into_iter().map(problem).collect();
        error
    }

    /// 422: the same of one.
    pub(crate) fn of_parameter(name: &str, why: String) -> Self {
        Self::of_parameters([(name.to_owned(), why)])
    }

    /// 409 with its code.
    pub(crate) fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 412: somebody else changed it meanwhile.
    pub(crate) fn changed_meanwhile() -> Self {
        let detail = "Somebody changed this meanwhile. Load it again and repeat your change.";
        Self::new(StatusCode::PRECONDITION_FAILED, "changed_meanwhile", detail)
    }

    /// 428: the request must say which version it changes.
    pub(crate) fn precondition_required() -> Self {
        let detail = "Send the entity tag of the version that you change as If-Match.";
        Self::new(StatusCode::PRECONDITION_REQUIRED, "precondition_required", detail)
    }

    /// 400: not understood at all.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", detail)
    }

    /// 413: larger than any request of this kind.
    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is larger than Nexus takes here.")
    }

    /// 408: the body did not arrive in time.
    pub(crate) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The request did not arrive within 30 seconds. Try again.")
    }

    /// 415: not JSON.
    pub(crate) fn not_json() -> Self {
        let detail = "Send the request's body as application/json.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail)
    }

    /// 422 with the fields that are wrong.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Some fields need another value.");
        error.errors = errors.into_iter().map(FieldProblem::from).collect();
        error
    }

    /// 422 with its code: understood, and not possible.
    pub(crate) fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 422 for a body that is JSON but of another shape.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
    }

    /// 429 with the time to wait.
    pub(crate) fn too_many_attempts(retry_after_seconds: u64) -> Self {
        let detail = format!("Too many attempts. Try again in {retry_after_seconds} seconds.");
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail);
        error.retry_after_seconds = Some(retry_after_seconds);
        error
    }

    /// 429 for connectivity tests, and for servers that would be asked at once.
    pub(crate) fn too_many_tests(retry_after_seconds: u64) -> Self {
        let detail = format!(
            "Too many servers were tested, added or moved in a short time. Try again in {retry_after_seconds} seconds."
        );
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tests", detail);
        error.retry_after_seconds = Some(retry_after_seconds);
        error
    }

    /// 429 for messages to webhooks by hand.
    pub(crate) fn too_many_messages(retry_after_seconds: u64) -> Self {
        let detail = format!("Too many messages were sent by hand. Try again in {retry_after_seconds} seconds.");
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tests", detail);
        error.retry_after_seconds = Some(retry_after_seconds);
        error
    }

    /// 429 for consoles.
    pub(crate) fn too_many_consoles(whose: &str, limit: i64, detail: String) -> Self {
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_consoles", detail);
        error.errors = vec![FieldProblem { field: whose.into(), code: "limit".into(), detail: limit.to_string() }];
        error
    }

    /// 429 for event streams.
    pub(crate) fn too_many_streams() -> Self {
        let detail = "This browser has too many event streams open. Close other tabs of Nexus.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", detail)
    }

    /// 502 with its code: PVE did not do it.
    pub(crate) fn bad_gateway(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, code, detail)
    }

    /// 502: the place where pictures are kept did not do it; the cause goes to the log alone.
    pub(crate) fn no_object_store(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = cause, "The object store failed");
        let detail =
            "The place where Nexus keeps pictures does not answer as it should. Try again, or ask whoever runs Nexus.";
        Self::bad_gateway("no_object_store", detail)
    }

    /// 503: Nexus itself is stopping or not ready.
    pub(crate) fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Nexus is stopping. Try again in a moment.")
    }

    /// 500; the cause and its causes go to the log alone.
    pub(crate) fn internal(cause: impl std::error::Error) -> Self {
        let mut text = cause.to_string();
        let mut source = cause.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(error = text, "A request failed inside Nexus");
        let detail = "Something went wrong inside Nexus. The log has the cause under this request's id.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = Problem {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail,
            errors: self.errors,
            request_id: crate::guard::current_request_id(),
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<nexus_app::accounts::ChangeError> for ApiError {
    fn from(error: nexus_app::accounts::ChangeError) -> Self {
        use nexus_app::accounts::ChangeError;
        match error {
            ChangeError::Invalid(fields) => Self::invalid(fields),
            ChangeError::NotRecent(cause) => cause.into(),
            ChangeError::NotFound => Self::not_found(),
            ChangeError::LinkInvalid => Self::link_invalid(),
            ChangeError::MailNotConfigured => Self::mail_not_configured(),
            ChangeError::EmailTaken => Self::email_taken(),
            ChangeError::UserNameTaken => {
                Self::conflict("user_name_taken", "Somebody else has this user name. Choose another one.")
            }
            ChangeError::TooLarge => Self::too_large(),
            ChangeError::TooManyAttempts { retry_after } => Self::too_many_attempts(retry_after.as_secs().max(1)),
            ChangeError::Internal(cause) => cause.into(),
        }
    }
}

impl From<nexus_app::accounts::AccountError> for ApiError {
    fn from(error: nexus_app::accounts::AccountError) -> Self {
        use nexus_app::accounts::AccountError;
        match error {
            AccountError::Gone => Self::not_signed_in(),
            AccountError::Store(_) | AccountError::Hash(_) => Self::internal(error),
        }
    }
}

impl From<nexus_app::access::NotSignedIn> for ApiError {
    fn from(error: nexus_app::access::NotSignedIn) -> Self {
        use nexus_app::access::NotSignedIn;
        match error {
            NotSignedIn::Unknown => Self::not_signed_in(),
            NotSignedIn::TooManyAttempts { retry_after } => Self::too_many_attempts(retry_after.as_secs().max(1)),
            NotSignedIn::Store(cause) => Self::internal(cause),
        }
    }
}

impl From<nexus_app::access::NotRecent> for ApiError {
    fn from(_: nexus_app::access::NotRecent) -> Self {
        let detail = "Enter your password once more, then repeat this.";
        Self::new(StatusCode::FORBIDDEN, "confirm_required", detail)
    }
}

impl From<nexus_app::access::Refused> for ApiError {
    fn from(error: nexus_app::access::Refused) -> Self {
        use nexus_app::access::Refused;
        match error {
            Refused::SignedOut => Self::not_signed_in(),
            Refused::NotFound => Self::not_found(),
            Refused::Forbidden => Self::forbidden(),
            Refused::Token => Self::token_not_allowed(),
            Refused::Store(cause) => Self::internal(cause),
        }
    }
}
