//! Requests and answers of PVE's HTTP API: paths, headers, bounded bodies, the JSON envelope.
//!
//! Nothing here connects. Paths are made of checked or percent-encoded parts only, and no redirect is ever followed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::ext::ReasonPhrase;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroize;

use crate::error::Error;
use crate::guest::Guest;
use crate::lenient;

/// The largest answer of an ordinary call, in bytes.
pub(crate) const SMALL: usize = 1 << 20;
/// The largest list of resources or tasks: some 60,000 rows.
pub(crate) const LARGE: usize = 32 << 20;
/// What is read of an error's body.
const ERROR_BODY: usize = 64 << 10;
/// hyper's buffer for one connection to PVE, whose answers have small heads.
pub(crate) const BUFFER: usize = 64 << 10;

/// Unreserved characters of RFC 3986 2.3 stay as they are.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes one part of a path or one value of a query.
pub(crate) fn component(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, COMPONENT)
}

/// A node's name as PVE allows it; dots and slashes are not in it, so that it cannot climb out of a path.
pub(crate) fn is_node_name(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// `/nodes/NODE`, checked.
pub(crate) fn node_path(node: &str) -> Result<String, Error> {
    if is_node_name(node) {
        return Ok(format!("/nodes/{node}"));
    }
    Err(Error::impossible("the node's name is not one of PVE's"))
}

/// `/nodes/NODE/KIND/VMID`, checked.
pub(crate) fn guest_path(guest: Guest<'_>) -> Result<String, Error> {
    Ok(format!("{}/{}/{}", node_path(guest.node)?, guest.kind, guest.vmid))
}

/// Fields of a form, percent-encoded; the names are our own.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", component(value))).collect();
    fields.join("&")
}

/// One call: what is asked, not how it is sent.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Below `/api2/json`, with the query.
    pub(crate) path: String,
    /// Form fields; only for POST and PUT.
    form: Cow<'static, str>,
    /// The largest answer.
    pub(crate) limit: usize,
    /// Asks although the server's breaker is open, as its one probe.
    pub(crate) probes: bool,
    /// Whether PVE asks the guest itself, which may be long in answering.
    asks_guest: bool,
    /// How PVE is to write the answer; `Some` for calls that are passed on as they are.
    pub(crate) passed: Option<&'static str>,
    /// Whether it is a page that everybody may read, beside the API: asked for without the token.
    document: bool,
}

/// What decides how long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A short answer of the server itself.
    Server,
    /// A short answer of one node, maybe by way of another.
    Node,
    /// A long list.
    List,
    /// An answer that PVE fetches from inside a guest.
    Guest,
    /// A change.
    Write,
    /// The opening of a console.
    Console,
    /// A call that is passed on for somebody else.
    Passed,
    /// A large page beside the API.
    Document,
}

impl Class {
    /// The classes whose limits are learned.
    pub(crate) const LEARNED: usize = 3;

    /// The number of the learner; none where the limit is fixed.
    pub(crate) fn learned(self) -> Option<usize> {
        match self {
            Self::Server => Some(0),
            Self::Node => Some(1),
            Self::List => Some(2),
            Self::Guest | Self::Write | Self::Console | Self::Passed | Self::Document => None,
        }
    }
}

impl Call {
    fn new(method: Method, path: String, form: Cow<'static, str>) -> Self {
        Self { method, path, form, limit: SMALL, probes: false, asks_guest: false, passed: None, document: false }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path.into(), Cow::Borrowed(""))
    }

    /// A page beside the API.
    pub(crate) fn document(path: impl Into<String>) -> Self {
        Self { document: true, ..Self::get(path) }
    }

    pub(crate) fn post(path: impl Into<String>, form: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::POST, path.into(), form.into())
    }

    pub(crate) fn put(path: impl Into<String>, form: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Method::PUT, path.into(), form.into())
    }

    /// Parameters of a DELETE stand in the path's query (PVE-FACTS 2).
    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path.into(), Cow::Borrowed(""))
    }

    pub(crate) fn asking_guest(mut self) -> Self {
        self.asks_guest = true;
        self
    }

    pub(crate) fn up_to(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    pub(crate) fn probing(mut self) -> Self {
        self.probes = true;
        self
    }

    pub(crate) fn passed(mut self, extjs: bool) -> Self {
        self.passed = Some(if extjs { "extjs" } else { "json" });
        self
    }

    /// The node that the call is for: what fails then says nothing about the server.
    pub(crate) fn node(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("/nodes/")?;
        rest.split(['/', '?']).next()
    }

    /// How long it may take, unless it opens a console.
    pub(crate) fn class(&self) -> Class {
        match (&self.method, self.node()) {
            _ if self.passed.is_some() => Class::Passed,
            _ if self.document => Class::Document,
            (method, _) if method != Method::GET => Class::Write,
            _ if self.asks_guest => Class::Guest,
            _ if self.limit >= LARGE => Class::List,
            (_, Some(_)) => Class::Node,
            (_, None) => Class::Server,
        }
    }

    /// Whether the call may be sent again after a connection broke under it.
    pub(crate) fn is_idempotent(&self) -> bool {
        self.method == Method::GET
    }

    fn below_api(&self) -> String {
        format!("/api2/{}{}", self.passed.unwrap_or("json"), self.path)
    }

    /// The request to `host`, which is written `host:port`.
    pub(crate) fn request(&self, host: &str, token: &HeaderValue) -> Result<Request<Full<Bytes>>, Error> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(if self.document { self.path.clone() } else { self.below_api() })
            .header(HOST, host)
            .header(ACCEPT, if self.document { "*/*" } else { "application/json" })
            .header(USER_AGENT, concat!("nexus/", env!("CARGO_PKG_VERSION")));
        if !self.document {
            request = request.header(AUTHORIZATION, token.clone());
        }
        if self.method == Method::POST || self.method == Method::PUT {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        request
            .body(Full::new(Bytes::copy_from_slice(self.form.as_bytes())))
            .map_err(|_| Error::impossible("the request cannot be written"))
    }
}

/// An answer with its whole body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: HeaderMap,
    /// The tries that it took.
    pub(crate) attempts: u32,
    body: BytesMut,
}

impl Drop for Answer {
    /// Bodies carry tickets and passwords.
    fn drop(&mut self) {
        self.body.as_mut().zeroize();
    }
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
    #[serde(default, deserialize_with = "lenient::count")]
    total: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorBody {
    #[serde(deserialize_with = "lenient::text")]
    message: Option<String>,
    #[serde(deserialize_with = "lenient::texts")]
    errors: BTreeMap<String, String>,
}

impl Answer {
    /// Reads the body, within `limit` for a success. The body of an error is a help, not a need: PVE sends some without
    /// length and ends the connection without `close_notify` (PVE-FACTS 1.4, PVE-8.3-DIFFERENCES row 7).
    pub(crate) async fn read(response: Response<Incoming>, limit: usize) -> Result<Self, Error> {
        let (head, mut incoming) = response.into_parts();
        let success = head.status.is_success();
        let limit = if success { limit } else { ERROR_BODY };
        let too_large = || Error::too_large(limit);
        if success && incoming.size_hint().lower() > limit as u64 {
            return Err(too_large());
        }
        // In one piece where the length is known, so that no copy of a ticket stays behind in a smaller buffer.
        let expected = usize::try_from(incoming.size_hint().lower()).unwrap_or(0);
        let mut body = BytesMut::with_capacity(expected.min(ERROR_BODY));
        while let Some(frame) = incoming.frame().await {
            let data = match frame {
                Ok(frame) => frame.into_data().unwrap_or_default(),
                Err(_) if !success => break,
                Err(error) => return Err(Error::broken(&plain(&error))),
            };
            if body.len() + data.len() > limit {
                if success {
                    return Err(too_large());
                }
                break;
            }
            body.extend_from_slice(&data);
        }
        let phrase = head.extensions.get::<ReasonPhrase>().map(|phrase| String::from_utf8_lossy(phrase.as_bytes()));
        let known = head.status.canonical_reason().unwrap_or("unknown status");
        let reason = phrase.map_or_else(|| known.to_owned(), std::borrow::Cow::into_owned);
        Ok(Self { status: head.status.as_u16(), reason, headers: head.headers, attempts: 1, body })
    }

    /// The body, for who passes it on.
    pub(crate) fn copy(&self) -> Bytes {
        Bytes::copy_from_slice(&self.body)
    }

    /// The error that an answer other than 2xx stands for.
    pub(crate) fn refusal(&self) -> Error {
        let text = |name| self.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        if let (300..=399, Some(to)) = (self.status, text(LOCATION)) {
            let told = format!("it redirects to {to}");
            return Error::refused(self.status, &self.reason, &told, BTreeMap::new()).tried(self.attempts);
        }
        let body: ErrorBody = serde_json::from_slice(&self.body).unwrap_or_default();
        Error::refused(self.status, &self.reason, &body.message.unwrap_or_default(), body.errors).tried(self.attempts)
    }

    /// What stands under `data`.
    pub(crate) fn data<T: DeserializeOwned>(&self) -> Result<T, Error> {
        Ok(self.data_and_total()?.0)
    }

    /// The same with what stands under `total`, which parts of a list have.
    pub(crate) fn data_and_total<T: DeserializeOwned>(&self) -> Result<(T, Option<u64>), Error> {
        if !(200..300).contains(&self.status) {
            return Err(self.refusal());
        }
        let kind = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if let Some(kind) = kind.filter(|kind| !kind.contains("json")) {
            return Err(Error::not_pve(format!("it is {kind} instead of JSON")).tried(self.attempts));
        }
        // Only the place of a fault is told: serde's words may hold the value, which may be a ticket.
        serde_json::from_slice::<Envelope<T>>(&self.body).map(|envelope| (envelope.data, envelope.total)).map_err(
            |fault| {
                let text = format!("unexpected JSON at line {} column {}", fault.line(), fault.column());
                Error::not_pve(text).tried(self.attempts)
            },
        )
    }
}

/// What hyper says about an answer that did not come.
pub(crate) fn http_error(error: &hyper::Error) -> Error {
    if error.is_parse() || error.is_parse_status() {
        return Error::not_pve("it is not HTTP");
    }
    Error::broken(&plain(error))
}

/// hyper's error with its innermost cause, which says more.
pub(crate) fn plain(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::guest::Kind;

    fn answer(status: u16, reason: &str, body: &str) -> Answer {
        Answer { status, reason: reason.into(), headers: HeaderMap::new(), attempts: 1, body: BytesMut::from(body) }
    }

    #[test]
    fn a_refusal_has_pves_words_of_each_version() {
        let new = answer(
            403,
            "Permission check failed (/vms/101, VM.PowerMgmt)",
            r#"{"data":null,"message":"Permission check failed (/vms/101, VM.PowerMgmt)\n"}"#,
        );
        let old = answer(403, "Permission check failed (/vms/101, VM.PowerMgmt)", r#"{"data":null}"#);
        assert_eq!(new.refusal().to_string(), old.refusal().to_string());
        let parameters =
            answer(400, "Parameter verification failed.", r#"{"data":null,"errors":{"upid":"no such task"}}"#);
        let crate::ErrorKind::Status { errors, .. } = parameters.refusal().kind else { panic!() };
        assert_eq!(errors["upid"], "no such task");
        assert_eq!(answer(401, "No ticket", "").refusal().to_string(), "No ticket");
        assert_eq!(answer(502, "Bad Gateway", "<html>").refusal().to_string(), "Bad Gateway");
    }

    #[test]
    fn faults_in_json_do_not_show_the_value() {
        let error = answer(200, "OK", r#"{"data":{"port":"PVEVNC:secret"}}"#).data::<Vec<u8>>().unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(answer(200, "OK", "<html>").data::<String>().is_err());
        assert!(answer(200, "OK", "{}").data::<String>().is_err());
    }

    #[test]
    fn paths_hold_checked_names_only() {
        let path = |node| guest_path(Guest { node, kind: Kind::Qemu, vmid: 100 });
        assert_eq!(path("pve-1").unwrap(), "/nodes/pve-1/qemu/100");
        for node in ["", ".", "..", "a/b", "a?b", "-a", "a-", "pve 1", "pvé"] {
            assert!(path(node).is_err(), "{node}");
        }
    }

    proptest! {
        #[test]
        fn components_need_no_further_care(text in "\\PC{0,60}") {
            let encoded = component(&text).to_string();
            prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
            prop_assert_eq!(percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap(), text);
        }

        #[test]
        fn no_body_makes_a_refusal_panic(body in prop::collection::vec(any::<u8>(), 0..200), status in 300_u16..600) {
            let answer = Answer { status, reason: String::new(), headers: HeaderMap::new(), attempts: 1, body: BytesMut::from(&body[..]) };
            prop_assert_eq!(answer.refusal().status(), Some(status));
        }
    }
}
