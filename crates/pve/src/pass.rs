//! Calls that are passed on as they are: PVE's status, reason and body come back unread.
//!
//! Who calls has decided what may pass; here the parts of a path and the parameters are only written so that none of them
//! can become another. The token is the server's own, never one of the caller's.

use bytes::Bytes;
use http::Method;
use http::header::CONTENT_TYPE;

use crate::client::Client;
use crate::error::Error;
use crate::wire::{Call, component};

/// The largest answer that is passed on, in bytes.
pub const PASSED: usize = 16 << 20;

/// A call to be passed on.
#[derive(Debug, Clone)]
pub struct PassCall {
    /// GET, POST, PUT or DELETE.
    pub method: Method,
    /// Whether PVE is to answer in the form that its own pages read, `extjs`.
    pub extjs: bool,
    /// The parts of the path, decoded.
    pub path: Vec<String>,
    /// The parameters, decoded; one that is given several times is an array.
    pub params: Vec<(String, String)>,
}

/// PVE's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// What the body is; empty where PVE does not say.
    pub content_type: String,
    /// The body.
    pub body: Bytes,
}

impl PassCall {
    /// The call with everything percent-encoded.
    fn write(&self) -> Result<Call, Error> {
        // What climbs is no part of a path, however it is written.
        if self.path.iter().any(|part| part.is_empty() || part == "." || part == "..") {
            return Err(Error::impossible("a part of the path is none"));
        }
        let mut path = String::new();
        for part in &self.path {
            path.push('/');
            path.extend(component(part));
        }
        let pairs = self.params.iter().map(|(name, value)| format!("{}={}", component(name), component(value)));
        let form = pairs.collect::<Vec<_>>().join("&");
        let with_query = |path: String| if form.is_empty() { path } else { format!("{path}?{form}") };
        let call = match self.method {
            Method::GET => Call::get(with_query(path)),
            Method::DELETE => Call::delete(with_query(path)),
            Method::POST => Call::post(path, form),
            Method::PUT => Call::put(path, form),
            _ => return Err(Error::impossible("PVE has no such method")),
        };
        Ok(call.up_to(PASSED).passed(self.extjs))
    }
}

impl Client {
    /// Passes a call on, and hands back whatever PVE answers. Waits 60 s at most; what changes something is sent once.
    ///
    /// # Errors
    /// When there is no whole answer. A refusal of PVE is an answer.
    pub async fn pass(&self, call: &PassCall) -> Result<Passed, Error> {
        let answer = self.call(&call.write()?).await?;
        let content_type = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Passed {
            status: answer.status,
            reason: answer.reason.clone(),
            content_type: content_type.to_owned(),
            body: answer.copy(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(method: Method, path: &[&str], params: &[(&str, &str)]) -> Result<String, Error> {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        PassCall { method, extjs: false, path, params }.write().map(|call| call.path)
    }

    #[test]
    fn nothing_becomes_something_else() {
        let get = |path: &[&str], params: &[(&str, &str)]| written(Method::GET, path, params).unwrap();
        assert_eq!(get(&["nodes", "a/b?c#d"], &[]), "/nodes/a%2Fb%3Fc%23d");
        assert_eq!(get(&["version"], &[("a&b", "c=d&e"), ("ä", "+ %")]), "/version?a%26b=c%3Dd%26e&%C3%A4=%2B%20%25");
        assert_eq!(get(&[], &[]), "");
        for path in [["nodes", ".."], ["nodes", "."], ["nodes", ""]] {
            assert!(written(Method::GET, &path, &[]).is_err(), "{path:?}");
        }
        assert!(written(Method::PATCH, &["version"], &[]).is_err());
        assert_eq!(written(Method::POST, &["nodes"], &[("a", "b")]).unwrap(), "/nodes");
        assert_eq!(written(Method::DELETE, &["nodes"], &[("a", "b")]).unwrap(), "/nodes?a=b");
    }
}
