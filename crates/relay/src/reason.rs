//! Why a console ended: one enum that feeds the close frame, the audit log, metrics and the person's screen.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

macro_rules! reasons {
    ($($(#[$doc:meta])+ $name:ident = $code:literal $text:literal $(retry $retry:ident)?,)+) => {
        /// Why a console session ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EndReason { $($(#[$doc])+ $name,)+ }

        impl EndReason {
            /// All of them, for tests and documents.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The close code of the WebSocket (RFC 6455 section 7.4).
            pub fn code(self) -> u16 {
                match self { $(Self::$name => $code,)+ }
            }

            /// The name in the close frame, the API and the audit log.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// Whether a new attempt without anybody's doing makes sense.
            pub fn may_retry(self) -> bool {
                match self { $(Self::$name => reasons!(@ $($retry)?),)+ }
            }
        }
    };
    (@ yes) => { true };
    (@) => { false };
}

reasons! {
    /// The browser closed the console.
    ClientClosed = 1000 "client_closed",
    /// Nexus is stopping.
    Shutdown = 1012 "shutdown" retry yes,
    /// A fault of ours.
    Internal = 4000 "internal" retry yes,
    /// The guest was stopped, or is not running.
    GuestStopped = 4001 "guest_stopped",
    /// PVE closed the console and nobody knows why.
    PveClosed = 4002 "pve_closed" retry yes,
    /// PVE does not answer, or not any more.
    PveUnreachable = 4003 "pve_unreachable" retry yes,
    /// PVE refuses the token this console.
    PveRefused = 4004 "pve_refused",
    /// The VNC password was not taken: somebody else opened the same guest in the same moment.
    PveAuthFailed = 4005 "pve_auth_failed" retry yes,
    /// PVE sent something that is not the protocol.
    PveProtocol = 4006 "pve_protocol",
    /// PVE never answered the upgrade: its console process is gone.
    ConsoleGone = 4007 "console_gone" retry yes,
    /// Nobody typed or moved the mouse for as long as the tenant allows.
    Idle = 4008 "idle",
    /// The longest time that the tenant allows is over.
    MaxLength = 4009 "max_length",
    /// An admin ended it.
    EndedByAdmin = 4010 "ended_by_admin",
    /// The right to this console was taken.
    Revoked = 4011 "revoked",
    /// The rights are other ones now; a new session gets them.
    RightsChanged = 4012 "rights_changed" retry yes,
    /// The person signed out.
    SignedOut = 4013 "signed_out",
    /// The browser sent something that is not allowed or not the protocol.
    ProtocolError = 4014 "protocol_error",
    /// The browser did not take what was sent for too long.
    ClientSlow = 4015 "client_slow" retry yes,
    /// The browser's connection is dead.
    ClientGone = 4016 "client_gone" retry yes,
    /// The PVE node has as many consoles open as it may.
    NodeFull = 4017 "node_full",
    /// The guest does not exist any more.
    GuestGone = 4018 "guest_gone",
}

/// Ends a session from elsewhere, with a reason. Clones are the same signal; the first reason stays.
#[derive(Debug, Clone, Default)]
pub struct EndSignal {
    token: CancellationToken,
    given: Arc<OnceLock<(EndReason, Option<Box<str>>)>>,
}

impl EndSignal {
    /// A signal that nobody has given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the session, unless it has been ended for another reason.
    pub fn end(&self, reason: EndReason) {
        self.give(reason, None);
    }

    /// The same, with words for the person at the browser, who reads them in place of the reason's name. What does not
    /// fit into a close frame (123 bytes, RFC 6455 section 5.5) is cut off.
    pub fn end_saying(&self, reason: EndReason, words: &str) {
        self.give(reason, Some(words.into()));
    }

    fn give(&self, reason: EndReason, words: Option<Box<str>>) {
        // Lost against an earlier reason, which stays.
        let _ = self.given.set((reason, words));
        self.token.cancel();
    }

    /// What a close frame for `reason` says.
    pub fn words(&self, reason: EndReason) -> &str {
        match self.given.get() {
            Some((given, Some(words))) if *given == reason => words,
            _ => reason.name(),
        }
    }

    /// The reason, once there is one.
    pub fn reason(&self) -> Option<EndReason> {
        // The token alone is cancelled after the reason stands.
        self.token.is_cancelled().then(|| self.given.get().map_or(EndReason::Internal, |given| given.0))
    }

    /// Waits for the end.
    pub async fn ended(&self) -> EndReason {
        self.token.cancelled().await;
        self.reason().unwrap_or(EndReason::Internal)
    }

    pub(crate) fn wait(&self) -> WaitForCancellationFutureOwned {
        self.token.clone().cancelled_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_fit_a_close_frame() {
        let codes: HashSet<u16> = EndReason::ALL.iter().map(|r| r.code()).collect();
        let names: HashSet<&str> = EndReason::ALL.iter().map(|r| r.name()).collect();
        assert_eq!((codes.len(), names.len()), (EndReason::ALL.len(), EndReason::ALL.len()));
        for reason in EndReason::ALL {
            assert!(matches!(reason.code(), 1000 | 1012 | 4000..5000), "{reason:?}");
            assert!(reason.name().len() < 123 && reason.name().chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        }
    }

    #[tokio::test]
    async fn the_first_reason_stays() {
        let signal = EndSignal::new();
        assert_eq!(signal.reason(), None);
        signal.clone().end(EndReason::Revoked);
        signal.end(EndReason::Shutdown);
        assert_eq!(signal.ended().await, EndReason::Revoked);
        assert_eq!(signal.reason(), Some(EndReason::Revoked));
        assert_eq!(signal.words(EndReason::Revoked), "revoked");
        let signal = EndSignal::new();
        signal.end_saying(EndReason::EndedByAdmin, "Lunch is over");
        assert_eq!(signal.words(EndReason::EndedByAdmin), "Lunch is over");
        assert_eq!(signal.words(EndReason::ClientGone), "client_gone");
    }
}
