//! What went wrong with a call to PVE: the stage, the cause, and PVE's own words.
//!
//! PVE's words are cut to a bounded length and cleaned of control characters; no error ever holds a token, ticket,
//! password or port of a console.

use std::collections::BTreeMap;
use std::time::Duration;

use nexus_net::dial::{self, DialError};
use nexus_net::guard::Rule;
use nexus_net::tls::TlsProblem;

/// The longest text of PVE that an error keeps, in characters.
const WORDS: usize = 400;

/// Where a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The name, or the address guard.
    Resolve,
    /// TCP, or a connection that broke.
    Connect,
    /// The TLS handshake.
    Tls,
    /// PVE refused the token.
    Auth,
    /// The token lacks a privilege.
    Permission,
    /// PVE answered with an error, or with something that is no answer of PVE.
    Api,
    /// No answer in time.
    Timeout,
}

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct Error {
    /// Where it failed.
    pub stage: Stage,
    /// What happened.
    pub kind: ErrorKind,
    /// How often it was tried; 0 when an open breaker answered, or nothing was asked.
    pub attempts: u32,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// No connection.
    #[error("{text}")]
    Dial {
        /// For what a person can do about it.
        cause: Cause,
        /// The dialer's words.
        text: String,
    },
    /// The connection broke before the answer was whole.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// No whole answer in time.
    #[error("no answer within {after:?}")]
    Timeout {
        /// The limit.
        after: Duration,
    },
    /// As many requests as allowed were under way all the time.
    #[error("{at_once} requests to this server were under way for {after:?}")]
    Busy {
        /// Requests at once.
        at_once: usize,
        /// How long there was no place.
        after: Duration,
    },
    /// PVE's answer was an error.
    #[error("{}", if message.is_empty() { reason } else { message })]
    Status {
        /// The status code; 595 to 599 mean that another node could not be reached (PVE-FACTS 2.1).
        status: u16,
        /// The reason phrase: the first line of PVE's message, and all there is of it in many answers.
        reason: String,
        /// The whole message, from PVE 8.3 on; else empty.
        message: String,
        /// Faults of single parameters.
        errors: BTreeMap<String, String>,
    },
    /// The answer is larger than this call's limit.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The list has more rows than this program takes.
    #[error("the answer has more than {limit} rows")]
    TooManyRows {
        /// The limit.
        limit: usize,
    },
    /// The answer is not what PVE sends.
    #[error("the answer is not PVE's: {0}")]
    NotPve(String),
    /// The console's listener is gone: PVE never answered the upgrade (PVE-FACTS 4.2).
    #[error("the console is gone: no answer to the upgrade within {after:?}")]
    ConsoleGone {
        /// The limit.
        after: Duration,
    },
    /// The call cannot be made; PVE was not asked.
    #[error("{0}")]
    Impossible(&'static str),
}

/// What a person can do something about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The name has no address: a typing error, or the wrong DNS.
    UnknownName,
    /// The address guard refused the address.
    Refused(Rule),
    /// Nothing listens on the port.
    ConnectionRefused,
    /// There is no way to the address.
    Unreachable,
    /// The connection was ended from the other side.
    Reset,
    /// The proxy to the tailnet is down, or none.
    ProxyDown,
    /// No answer at this stage of the connection: a firewall, or a host that is off.
    ConnectTimeout(dial::Stage),
    /// The TLS handshake failed.
    Tls(TlsProblem),
    /// The connection stands, but PVE is too slow.
    Slow,
    /// PVE does not know the token, its secret is wrong, or it has expired.
    TokenRefused,
    /// The token lacks a privilege; PVE's words name it.
    MissingPrivilege,
    /// The port answers, but it is not PVE.
    NotPve,
    /// The port answers with a redirect, which is never followed; the words say where to.
    Redirect,
    /// PVE cannot reach the node that the call was for.
    NodeUnreachable,
    /// The console ended before it was used; opening it again helps.
    ConsoleGone,
    /// PVE reported another error; its words say which.
    Pve,
    /// Something else; the words say what.
    Other,
}

impl Cause {
    /// A stable word for the API and the text catalogue.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::UnknownName => "unknown_name",
            Self::Refused(_) => "address_refused",
            Self::ConnectionRefused => "connection_refused",
            Self::Unreachable => "unreachable",
            Self::Reset => "reset",
            Self::ProxyDown => "proxy_down",
            Self::ConnectTimeout(_) => "connect_timeout",
            Self::Tls(problem) => problem.name(),
            Self::Slow => "slow",
            Self::TokenRefused => "token_refused",
            Self::MissingPrivilege => "missing_privilege",
            Self::NotPve => "not_pve",
            Self::Redirect => "redirect",
            Self::NodeUnreachable => "node_unreachable",
            Self::ConsoleGone => "console_gone",
            Self::Pve => "pve_error",
            Self::Other => "other",
        }
    }
}

impl Error {
    /// The status code when PVE answered with one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.kind {
            ErrorKind::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// What a person can do something about.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match &self.kind {
            ErrorKind::Dial { cause, .. } => cause.clone(),
            ErrorKind::Broken(_) => Cause::Reset,
            ErrorKind::Timeout { .. } | ErrorKind::Busy { .. } => Cause::Slow,
            ErrorKind::Status { status: 595..=599, .. } => Cause::NodeUnreachable,
            ErrorKind::Status { status: 300..=399, .. } => Cause::Redirect,
            ErrorKind::Status { .. } if self.stage == Stage::Auth => Cause::TokenRefused,
            ErrorKind::Status { .. } if self.stage == Stage::Permission => Cause::MissingPrivilege,
            ErrorKind::Status { .. } => Cause::Pve,
            ErrorKind::TooLarge { .. } | ErrorKind::TooManyRows { .. } | ErrorKind::NotPve(_) => Cause::NotPve,
            ErrorKind::ConsoleGone { .. } => Cause::ConsoleGone,
            ErrorKind::Impossible(_) => Cause::Other,
        }
    }

    /// Whether PVE says that the guest's configuration does not exist on that node: deleted, or moved to another one. PVE
    /// has no 404 for it (PVE-FACTS 1.4).
    #[must_use]
    pub fn is_no_such_guest(&self) -> bool {
        matches!(&self.kind, ErrorKind::Status { status: 500, reason, .. }
            if reason.starts_with("Configuration file '") && reason.ends_with("' does not exist"))
    }

    /// Whether there was no connection, for a reason that another node need not have. A certificate that is not accepted
    /// and an address that is refused are for people to look at, not to be avoided.
    pub(crate) fn is_unreachable(&self) -> bool {
        match &self.kind {
            ErrorKind::Dial { cause: Cause::Tls(problem), .. } => *problem == TlsProblem::Closed,
            ErrorKind::Dial { cause, .. } => !matches!(cause, Cause::Refused(_)),
            _ => false,
        }
    }

    /// What several ways said, each for itself; stage and cause are of the first.
    pub(crate) fn of_ways(mut failures: Vec<(String, Self)>) -> Option<Self> {
        let all_dial = failures.iter().all(|(_, error)| matches!(error.kind, ErrorKind::Dial { .. }));
        if failures.len() < 2 || !all_dial {
            return failures.pop().map(|(_, error)| error);
        }
        let texts: Vec<String> = failures.iter().map(|(name, error)| format!("{name}: {error}")).collect();
        let (_, mut first) = failures.swap_remove(0);
        if let ErrorKind::Dial { text, .. } = &mut first.kind {
            *text = clean(&texts.join("; "));
        }
        Some(first)
    }

    pub(crate) fn tried(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self { attempts: 1, stage: Stage::Api, kind: ErrorKind::TooLarge { limit } }
    }

    pub(crate) fn busy(at_once: usize, after: Duration) -> Self {
        Self { attempts: 0, stage: Stage::Timeout, kind: ErrorKind::Busy { at_once, after } }
    }

    pub(crate) fn impossible(why: &'static str) -> Self {
        Self { attempts: 0, stage: Stage::Api, kind: ErrorKind::Impossible(why) }
    }

    pub(crate) fn not_pve(why: impl Into<String>) -> Self {
        Self { attempts: 1, stage: Stage::Api, kind: ErrorKind::NotPve(clean(&why.into())) }
    }

    pub(crate) fn too_many_rows(limit: usize) -> Self {
        Self { attempts: 1, stage: Stage::Api, kind: ErrorKind::TooManyRows { limit } }
    }

    pub(crate) fn broken(why: &dyn std::fmt::Display) -> Self {
        Self { attempts: 1, stage: Stage::Connect, kind: ErrorKind::Broken(why.to_string()) }
    }

    pub(crate) fn timeout(after: Duration) -> Self {
        Self { attempts: 1, stage: Stage::Timeout, kind: ErrorKind::Timeout { after } }
    }

    /// An answer other than 2xx. A refused console ticket is a 401 too, but says nothing against the token.
    pub(crate) fn refused(status: u16, reason: &str, message: &str, errors: BTreeMap<String, String>) -> Self {
        let reason = clean(reason);
        let stage = match status {
            401 if reason.contains("PVEVNC ticket") => Stage::Api,
            401 => Stage::Auth,
            403 => Stage::Permission,
            _ => Stage::Api,
        };
        let errors = errors.into_iter().take(32).map(|(name, text)| (clean(&name), clean(&text))).collect();
        Self { attempts: 1, stage, kind: ErrorKind::Status { status, reason, message: clean(message), errors } }
    }
}

impl From<&DialError> for Error {
    fn from(error: &DialError) -> Self {
        let stage = match (error, error.stage()) {
            (DialError::Timeout { .. }, _) => Stage::Timeout,
            (_, dial::Stage::Resolve) => Stage::Resolve,
            (_, dial::Stage::Connect) => Stage::Connect,
            (_, dial::Stage::Tls) => Stage::Tls,
        };
        let cause = match error {
            DialError::Resolve { .. } => Cause::UnknownName,
            DialError::Refused(refused) => Cause::Refused(refused.rule),
            DialError::PortRefused { .. } => Cause::Refused(Rule::Port),
            DialError::Connect { kind, .. } => match kind {
                std::io::ErrorKind::ConnectionRefused => Cause::ConnectionRefused,
                std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::ConnectionAborted => Cause::Reset,
                std::io::ErrorKind::TimedOut => Cause::ConnectTimeout(dial::Stage::Connect),
                std::io::ErrorKind::HostUnreachable | std::io::ErrorKind::NetworkUnreachable => Cause::Unreachable,
                _ => Cause::Other,
            },
            DialError::Proxy { .. } => Cause::ProxyDown,
            DialError::Tls { problem, .. } => Cause::Tls((**problem).clone()),
            DialError::Timeout { stage, .. } => Cause::ConnectTimeout(*stage),
        };
        Self { attempts: 1, stage, kind: ErrorKind::Dial { cause, text: clean(&error.to_string()) } }
    }
}

impl From<DialError> for Error {
    fn from(error: DialError) -> Self {
        Self::from(&error)
    }
}

/// One line of bounded length.
pub(crate) fn clean(text: &str) -> String {
    let printable = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.take(WORDS).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_their_stage_and_cause() {
        let of = |status, reason| Error::refused(status, reason, "", BTreeMap::new());
        let token = of(401, "Authentication failed!");
        assert_eq!((token.stage, token.cause(), token.status()), (Stage::Auth, Cause::TokenRefused, Some(401)));
        assert_eq!(token.to_string(), "Authentication failed!");
        let ticket = of(401, "permission denied - invalid PVEVNC ticket");
        assert_eq!((ticket.stage, ticket.cause()), (Stage::Api, Cause::Pve));
        let privilege = of(403, "Permission check failed (/vms/101, VM.PowerMgmt)");
        assert_eq!((privilege.stage, privilege.cause()), (Stage::Permission, Cause::MissingPrivilege));
        assert_eq!(of(595, "Connection refused").cause(), Cause::NodeUnreachable);
        assert!(of(500, "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist").is_no_such_guest());
        assert!(!of(500, "got timeout").is_no_such_guest());
    }

    #[test]
    fn pves_words_are_one_bounded_line() {
        let error = Error::refused(500, &"x\u{7}\n".repeat(1000), "whole\ntext\n", BTreeMap::new());
        let ErrorKind::Status { reason, message, .. } = &error.kind else { panic!("{error:?}") };
        assert!(reason.chars().count() <= WORDS && !reason.contains(char::is_control));
        assert_eq!(message, "whole text");
        assert_eq!(error.to_string(), "whole text");
    }
}
