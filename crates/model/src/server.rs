//! Values of a server: how its certificate is checked, how it is doing.

use serde::{Deserialize, Serialize};

use crate::permission::named;

named! {
    /// How a server's certificate is checked, weakest first.
    TlsMode {
        /// Not at all; shown with a warning wherever the server shows.
        Insecure = "insecure",
        /// The leaf has one SHA-256 fingerprint.
        Pin = "pin",
        /// Signed by this cluster's own CA.
        Ca = "ca",
        /// Signed by a public or configured CA.
        Verify = "verify",
    }
}

/// How a server's certificate is checked, with what that needs. At most 64 KiB of PEM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Tls {
    /// Signed by a public or configured CA.
    Verify,
    /// Signed by this CA.
    Ca {
        /// The CA's certificate in PEM.
        ca_pem: String,
    },
    /// The leaf has this SHA-256 fingerprint.
    Pin {
        /// Upper-case hex pairs with colons, 95 characters.
        fingerprint: String,
    },
    /// Not checked.
    Insecure,
}

impl Tls {
    /// The mode alone.
    #[must_use]
    pub fn mode(&self) -> TlsMode {
        match self {
            Self::Verify => TlsMode::Verify,
            Self::Ca { .. } => TlsMode::Ca,
            Self::Pin { .. } => TlsMode::Pin,
            Self::Insecure => TlsMode::Insecure,
        }
    }

    /// Whether a token stored under `self` may be used under `next`: never where the check
    /// got weaker, and not where another certificate or CA is trusted.
    #[must_use]
    pub fn keeps_token(&self, next: &Self) -> bool {
        self == next || matches!(self, Self::Insecure)
    }
}

named! {
    /// How a server is doing.
    ServerStatus {
        /// Not asked yet.
        Unknown = "unknown",
        /// Being asked for the first time.
        Checking = "checking",
        /// Answers.
        Online = "online",
        /// Answers, but too seldom or too slowly.
        Degraded = "degraded",
        /// Failed twice in a row.
        Offline = "offline",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_only_where_trust_did_not_shrink() {
        let pin = |f: &str| Tls::Pin { fingerprint: f.into() };
        assert!(pin("A").keeps_token(&pin("A")));
        assert!(!pin("A").keeps_token(&pin("B")));
        assert!(!Tls::Verify.keeps_token(&Tls::Insecure));
        assert!(!Tls::Verify.keeps_token(&pin("A")));
        assert!(Tls::Insecure.keeps_token(&pin("A")));
    }

    #[test]
    fn tls_reads_as_the_api_writes_it() {
        let tls: Tls = serde_json::from_str(r#"{"mode":"pin","fingerprint":"AA"}"#).unwrap();
        assert_eq!(tls, Tls::Pin { fingerprint: "AA".into() });
    }
}
