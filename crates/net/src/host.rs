//! A host as a person writes it: a name or an address.
//!
//! Reading it resolves nothing. Names that look like numbers are refused, because resolvers read them as addresses.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use rustls_pki_types::{DnsName, ServerName};

/// A host name or an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name in lower case, without the dot at the end.
    Name(String),
    /// An address; IPv4-mapped ones are kept as IPv4.
    Ip(IpAddr),
}

/// The text is neither a host name nor an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a host name, an IPv4 or an IPv6 address")]
pub struct BadHost;

impl FromStr for Host {
    type Err = BadHost;

    fn from_str(text: &str) -> Result<Self, BadHost> {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if let Some(bare) = bare {
            return bare
                .parse::<std::net::Ipv6Addr>()
                .map(|ip| Self::Ip(IpAddr::V6(ip).to_canonical()))
                .map_err(|_| BadHost);
        }
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Ok(Self::Ip(ip.to_canonical()));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let last = name.rsplit('.').next().unwrap_or_default();
        // As browsers do: a last label of digits or 0x… would be read as an IPv4 address by some resolvers.
        let numeric = last.bytes().all(|byte| byte.is_ascii_digit())
            || last.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if numeric || DnsName::try_from(name.as_str()).is_err() {
            return Err(BadHost);
        }
        Ok(Self::Name(name))
    }
}

impl Host {
    /// The name for the TLS handshake and the check of the certificate.
    ///
    /// # Errors
    /// [`BadHost`] for a [`Host::Name`] that was not made by reading a text.
    pub fn server_name(&self) -> Result<ServerName<'static>, BadHost> {
        match self {
            Self::Name(name) => ServerName::try_from(name.clone()).map_err(|_| BadHost),
            Self::Ip(ip) => Ok(ServerName::IpAddress((*ip).into())),
        }
    }

    /// `host:port` as it stands in a URL and in the Host header; IPv6 in brackets.
    #[must_use]
    pub fn authority(&self, port: u16) -> String {
        format!("{self}:{port}")
    }
}

impl fmt::Display for Host {
    /// IPv6 addresses stand in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Ip(IpAddr::V4(ip)) => ip.fmt(f),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_addresses_are_told_apart() {
        assert_eq!("PVE1.Example.".parse(), Ok(Host::Name("pve1.example".into())));
        assert_eq!("10.0.0.5".parse(), Ok(Host::Ip("10.0.0.5".parse().unwrap())));
        assert_eq!("[2001:db8::1]".parse(), "2001:db8::1".parse::<Host>());
        // All of these are the address itself, which the guard then judges.
        for text in ["::ffff:7f00:1", "[::ffff:127.0.0.1]", "::FFFF:127.0.0.1"] {
            assert_eq!(text.parse(), Ok(Host::Ip("127.0.0.1".parse().unwrap())), "{text}");
        }
        assert_eq!("localhost.".parse(), Ok(Host::Name("localhost".into())));
        assert_eq!("::ffff:10.0.0.5".parse(), Ok(Host::Ip("10.0.0.5".parse().unwrap())));
        assert_eq!("2001:db8::1".parse::<Host>().unwrap().authority(8006), "[2001:db8::1]:8006");
        assert_eq!("pve1".parse::<Host>().unwrap().authority(8006), "pve1:8006");
    }

    #[test]
    fn what_is_no_host_is_refused() {
        let long = format!("{}.example", "a".repeat(64));
        for text in [
            "",
            ".",
            "a b",
            "a..b",
            "http://pve1",
            "pve1:8006",
            "user@pve1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0X7F000001",
            "0x7f.1",
            "0x7f.0x1",
            "0177.0.0.1",
            "0177.0.0.01",
            "127.0.0.1.",
            "2130706433.",
            "127.0.0.1%lo",
            "[::1%lo]",
            "localhost..",
            "１２７.0.0.1",
            "127。0。0。1",
            "127.0.0.1\n",
            "127.0.0.1\0.example",
            "a.0x1",
            "[::1",
            "[10.0.0.1]",
            "fe80::1%eth0",
            long.as_str(),
            "-a.example",
        ] {
            assert_eq!(text.parse::<Host>(), Err(BadHost), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_what_reads_has_a_server_name(text in "\\PC{0,80}") {
            if let Ok(host) = text.parse::<Host>() {
                prop_assert!(host.server_name().is_ok());
                prop_assert_eq!(host.to_string().parse::<Host>(), Ok(host));
            }
        }
    }
}
