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
    /// Who brought a server.
    ServerOrigin {
        /// The tenant itself.
        Own = "own",
        /// The settings of the process; read-only for everybody.
        Environment = "environment",
        /// A system admin, limited to some guests; the tenant sees its name and how it is doing.
        Provided = "provided",
    }
}

named! {
    /// How a server is reached.
    Way {
        /// By its host.
        Direct = "direct",
        /// By its name in the tailnet.
        Tailscale = "tailscale",
    }
}

/// Another node of a server's cluster, by which it may be reached where that is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallback {
    /// PVE's name of the node.
    pub node: String,
    /// Its address, as the cluster says.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// SHA-256 of its certificate as `/nodes` says, upper-case hex pairs with colons.
    pub fingerprint: Option<String>,
}

/// Some vmids, both ends among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VmidRange {
    /// The first.
    pub from: u32,
    /// The last.
    pub to: u32,
}

/// The guests that a provided server is limited to: those in any of the pools, with any of the tags, or in any of the
/// ranges. Nothing named is no guest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestScope {
    /// PVE's pools.
    pub pools: Vec<String>,
    /// Tags, compared as PVE does: without case.
    pub tags: Vec<String>,
    /// Ranges of vmids.
    pub vmids: Vec<VmidRange>,
}

impl GuestScope {
    /// Whether a guest with this vmid, pool and tags is among them.
    #[must_use]
    pub fn holds<'a>(&self, vmid: u32, pool: Option<&str>, tags: impl IntoIterator<Item = &'a str>) -> bool {
        self.vmids.iter().any(|range| (range.from..=range.to).contains(&vmid))
            || pool.is_some_and(|pool| self.pools.iter().any(|known| known == pool))
            || tags.into_iter().any(|tag| self.tags.iter().any(|known| known.eq_ignore_ascii_case(tag)))
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
    fn a_scope_holds_what_it_names_and_nothing_else() {
        let scope = GuestScope {
            pools: vec!["school".into()],
            tags: vec!["Class".into()],
            vmids: vec![VmidRange { from: 200, to: 299 }],
        };
        assert!(scope.holds(200, None, []) && scope.holds(299, None, []));
        assert!(scope.holds(100, Some("school"), []) && scope.holds(100, None, ["web", "class"]));
        assert!(!scope.holds(199, Some("School"), ["classes"]) && !scope.holds(300, None, []));
        assert!(!GuestScope::default().holds(100, Some(""), [""]));
    }

    #[test]
    fn tls_reads_as_the_api_writes_it() {
        let tls: Tls = serde_json::from_str(r#"{"mode":"pin","fingerprint":"AA"}"#).unwrap();
        assert_eq!(tls, Tls::Pin { fingerprint: "AA".into() });
    }
}
