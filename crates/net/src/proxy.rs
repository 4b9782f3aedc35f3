//! The SOCKS5 proxy of tailscaled's user-space mode.
//!
//! It is used for the tailnet's names and addresses alone: the proxy resolves names itself, out of the guard's sight.

use std::io;

use tokio::net::TcpStream;
use tokio_socks::Error as SocksError;
use tokio_socks::tcp::Socks5Stream;

use crate::dial::{DialError, is_tailnet};
use crate::host::Host;

/// A SOCKS5 proxy without authentication, and what it is for.
#[derive(Debug, Clone)]
pub struct SocksProxy {
    host: Host,
    port: u16,
    suffixes: Vec<String>,
}

impl SocksProxy {
    /// A proxy at `host:port` for names that end in one of `suffixes` (`tail1234.ts.net`), 100.64.0.0/10 and
    /// fd7a:115c:a1e0::/48.
    #[must_use]
    pub fn new(host: Host, port: u16, suffixes: &[String]) -> Self {
        let suffixes = suffixes.iter().map(|suffix| suffix.trim_matches('.').to_ascii_lowercase());
        Self { host, port, suffixes: suffixes.filter(|suffix| !suffix.is_empty()).collect() }
    }

    /// Whether `host` is reached through this proxy.
    #[must_use]
    pub fn is_for(&self, host: &Host) -> bool {
        match host {
            Host::Ip(ip) => is_tailnet(*ip),
            Host::Name(name) => self.suffixes.iter().any(|suffix| {
                name.strip_suffix(suffix.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }),
        }
    }

    /// Connects to `host:port` through the proxy.
    pub(crate) async fn connect(&self, host: &Host, port: u16) -> Result<TcpStream, DialError> {
        let failed = |kind: io::ErrorKind, reason: String| DialError::Connect {
            address: host.authority(port),
            kind,
            reason: format!("proxy {}: {reason}", self.host.authority(self.port)),
        };
        let proxy = match &self.host {
            Host::Name(name) => TcpStream::connect((name.as_str(), self.port)).await,
            Host::Ip(ip) => TcpStream::connect((*ip, self.port)).await,
        };
        let proxy = proxy.map_err(|error| failed(error.kind(), error.to_string()))?;
        let asked = match host {
            Host::Name(name) => Socks5Stream::connect_with_socket(proxy, (name.as_str(), port)).await,
            Host::Ip(ip) => Socks5Stream::connect_with_socket(proxy, (*ip, port)).await,
        };
        match asked {
            Ok(through) => Ok(through.into_inner()),
            Err(error) => Err(failed(kind_of(&error), error.to_string())),
        }
    }
}

fn kind_of(error: &SocksError) -> io::ErrorKind {
    match error {
        SocksError::Io(error) => error.kind(),
        SocksError::ConnectionRefused => io::ErrorKind::ConnectionRefused,
        SocksError::HostUnreachable | SocksError::TtlExpired => io::ErrorKind::HostUnreachable,
        SocksError::NetworkUnreachable => io::ErrorKind::NetworkUnreachable,
        SocksError::ConnectionNotAllowedByRuleset => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tailnet_goes_through_the_proxy() {
        let proxy =
            SocksProxy::new(Host::Ip("127.0.0.1".parse().unwrap()), 1055, &[".Tail1234.ts.net".into(), String::new()]);
        for host in ["pve.tail1234.ts.net", "tail1234.ts.net", "100.64.0.1", "100.127.255.254", "fd7a:115c:a1e0::9"] {
            assert!(proxy.is_for(&host.parse().unwrap()), "{host}");
        }
        for host in [
            "pve.example",
            "eviltail1234.ts.net",
            "other.ts.net",
            "100.128.0.1",
            "100.63.0.1",
            "10.0.0.1",
            "fd7a:115c:a1e1::9",
        ] {
            assert!(!proxy.is_for(&host.parse().unwrap()), "{host}");
        }
    }
}
