//! HTTP/1.x messages the way pveproxy reads and writes them (pve-http-server, PVE/APIServer/AnyEvent.pm): its limits,
//! its header lines, its reason phrases. Written by hand because no HTTP library can send two `Connection` headers, an
//! answer without a length, or none at all. It must know nothing of the API behind it.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

/// pveproxy takes at most this many header lines.
const MAX_HEADERS: usize = 64;
/// pveproxy takes at most this many bytes of headers.
const MAX_HEAD: usize = 8192;
/// Bodies longer than this are compressed if the client asks for it.
const COMPRESS_ABOVE: usize = 1024;

/// A request's head.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    pub(crate) method: String,
    /// Path and query as sent.
    pub(crate) target: String,
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    pub(crate) minor: u8,
    headers: Vec<(String, String)>,
    /// How many bytes the head has.
    pub(crate) length: usize,
}

/// What became of the bytes read so far.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// More bytes are needed.
    Partial,
    /// A whole head.
    Head(Box<Head>),
    /// Too many lines or bytes: pveproxy says nothing and hangs up after its timeout.
    TooLarge,
    /// No HTTP request.
    Garbage,
    /// HTTP, but of this version.
    Version(String),
}

impl Head {
    /// The first header of this name (lower case).
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a comma-separated header holds this token.
    pub(crate) fn has_token(&self, name: &str, token: &str) -> bool {
        self.headers
            .iter()
            .filter(|(key, _)| key == name)
            .any(|(_, value)| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
    }

    /// The path without its query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query without its question mark; empty if there is none.
    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// Reads a head from the start of `bytes`.
pub(crate) fn parse(bytes: &[u8]) -> Parsed {
    let Some(line_end) = bytes.iter().position(|byte| *byte == b'\n') else {
        return if bytes.len() > MAX_HEAD { Parsed::TooLarge } else { Parsed::Partial };
    };
    let line = String::from_utf8_lossy(&bytes[..line_end]);
    let mut words = line.trim_end().split(' ');
    let version = match (words.next(), words.next(), words.next(), words.next()) {
        (Some(_), Some(_), Some(version), None) if version.starts_with("HTTP/") => version.to_owned(),
        _ => return Parsed::Garbage,
    };
    if !matches!(version.as_str(), "HTTP/1.0" | "HTTP/1.1") {
        return Parsed::Version(version.trim_start_matches("HTTP/").to_owned());
    }
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length > MAX_HEAD => Parsed::TooLarge,
        Ok(httparse::Status::Complete(length)) => Parsed::Head(Box::new(Head {
            method: request.method.unwrap_or_default().to_owned(),
            target: request.path.unwrap_or_default().to_owned(),
            minor: request.version.unwrap_or_default(),
            headers: request
                .headers
                .iter()
                .map(|header| {
                    (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).trim().to_owned())
                })
                .collect(),
            length,
        })),
        Ok(httparse::Status::Partial) if bytes.len() > MAX_HEAD => Parsed::TooLarge,
        Ok(httparse::Status::Partial) => Parsed::Partial,
        Err(httparse::Error::TooManyHeaders) => Parsed::TooLarge,
        Err(_) => Parsed::Garbage,
    }
}

/// What an answer carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    /// Nothing, and no `Content-Length` either.
    None,
    /// Text without a `Content-Type`: errors from outside a handler.
    Text(String),
    /// JSON.
    Json(String),
    /// A script, from a file.
    Script(String),
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) body: Body,
    /// Came from pvedaemon or another node, with that hop's `Connection: close` left in.
    pub(crate) relayed: bool,
    /// The `Location` of a redirect.
    pub(crate) location: Option<String>,
}

impl Answer {
    pub(crate) fn new(status: u16, reason: impl Into<String>, body: Body) -> Self {
        Self { status, reason: reason.into(), body, relayed: false, location: None }
    }

    /// An error from outside a handler: 9.2 repeats the reason as text, 8.3 sends nothing
    /// (PVE-8.3-DIFFERENCES, row 2).
    pub(crate) fn plain(new: bool, status: u16, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let body = if new { Body::Text(reason.clone()) } else { Body::None };
        Self::new(status, reason, body)
    }
}

/// How an answer is framed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Framing {
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    pub(crate) minor: u8,
    /// The connection stays open.
    pub(crate) keep: bool,
    /// What the client takes.
    pub(crate) coding: Coding,
}

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Identity,
    Gzip,
    Deflate,
}

impl Coding {
    /// The one pveproxy picks for a request.
    pub(crate) fn of(head: &Head) -> Self {
        let accept = head.header("accept-encoding").unwrap_or_default();
        if accept.contains("gzip") {
            Self::Gzip
        } else if accept.contains("deflate") {
            Self::Deflate
        } else {
            Self::Identity
        }
    }
}

/// Writes an answer with exactly pveproxy's header lines.
pub(crate) fn write(answer: &Answer, framing: Framing) -> Vec<u8> {
    let mut body = match &answer.body {
        Body::None => None,
        Body::Text(text) | Body::Json(text) | Body::Script(text) => Some(text.as_bytes().to_vec()),
    };
    let mut coding = Coding::Identity;
    if let Some(plain) = body.as_ref().filter(|plain| plain.len() > COMPRESS_ABOVE) {
        coding = framing.coding;
        body = Some(compress(plain, coding));
    }
    // A line break in the text would end the status line: pveproxy cuts at the first one.
    let reason = answer.reason.lines().next().unwrap_or_default();
    let date = crate::wire::http_date();
    let mut out = format!("HTTP/1.{} {} {reason}\r\n", framing.minor, answer.status);
    let mut line = |name: &str, value: &str| {
        out.push_str(name);
        out.push_str(": ");
        out.push_str(value);
        out.push_str("\r\n");
    };
    line("Cache-Control", "max-age=0");
    if answer.relayed || !framing.keep {
        line("Connection", "close");
    }
    if framing.keep {
        line("Connection", "Keep-Alive");
    }
    line("Date", &date);
    line("Pragma", "no-cache");
    if let Some(location) = &answer.location {
        line("Location", location);
    }
    line("Server", "pve-api-daemon/3.0");
    match coding {
        Coding::Identity => {}
        Coding::Gzip => line("Content-Encoding", "gzip"),
        Coding::Deflate => line("Content-Encoding", "deflate"),
    }
    if let Some(body) = &body {
        line("Content-Length", &body.len().to_string());
    }
    match answer.body {
        Body::Json(_) => line("Content-Type", "application/json;charset=UTF-8"),
        Body::Script(_) => line("Content-Type", "application/javascript"),
        Body::None | Body::Text(_) => {}
    }
    line("Expires", &date);
    out.push_str("\r\n");
    let mut out = out.into_bytes();
    out.extend(body.unwrap_or_default());
    out
}

fn compress(plain: &[u8], coding: Coding) -> Vec<u8> {
    const MEMORY: &str = "writing to memory cannot fail";
    match coding {
        Coding::Identity => plain.to_vec(),
        Coding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(plain).expect(MEMORY);
            encoder.finish().expect(MEMORY)
        }
        Coding::Deflate => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(plain).expect(MEMORY);
            encoder.finish().expect(MEMORY)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(answer: &Answer, keep: bool) -> String {
        let framing = Framing { minor: 1, keep, coding: Coding::Identity };
        String::from_utf8(write(answer, framing)).unwrap()
    }

    #[test]
    fn unauthorized_has_neither_length_nor_type() {
        let out = text(&Answer::new(401, "No ticket", Body::None), false);
        assert!(out.starts_with("HTTP/1.1 401 No ticket\r\nCache-Control: max-age=0\r\nConnection: close\r\nDate: "));
        assert!(!out.contains("Content-"));
        assert!(out.ends_with("\r\n\r\n"));
    }

    #[test]
    fn relayed_answers_carry_two_connection_headers() {
        let mut answer = Answer::new(200, "OK", Body::Json("{}".to_owned()));
        answer.relayed = true;
        assert!(text(&answer, true).contains("Connection: close\r\nConnection: Keep-Alive\r\n"));
        assert_eq!(text(&answer, false).matches("Connection: ").count(), 1);
    }

    #[test]
    fn reasons_end_at_the_first_line() {
        let out = text(&Answer::new(403, "Permission check failed (URI,\n)", Body::None), false);
        assert!(out.starts_with("HTTP/1.1 403 Permission check failed (URI,\r\n"));
    }

    #[test]
    fn heads_have_limits() {
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "X: 1\r\n".repeat(65));
        assert!(matches!(parse(many.as_bytes()), Parsed::TooLarge));
        let long = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(9000));
        assert!(matches!(parse(long.as_bytes()), Parsed::TooLarge));
        assert!(matches!(parse(b"HELLO\r\n\r\n"), Parsed::Garbage));
        assert!(matches!(parse(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Parsed::Version(v) if v == "2.0"));
        assert!(matches!(parse(b"GET / HTTP/1.1\r\nHost"), Parsed::Partial));
    }
}
