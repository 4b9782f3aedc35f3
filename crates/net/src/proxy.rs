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
        let proxy = match &self.host {
            Host::Name(name) => TcpStream::connect((name.as_str(), self.port)).await,
            Host::Ip(ip) => TcpStream::connect((*ip, self.port)).await,
        };
        let proxy = proxy.map_err(|error| self.is_down(host, port, &error))?;
        let asked = match host {
            Host::Name(name) => Socks5Stream::connect_with_socket(proxy, (name.as_str(), port)).await,
            Host::Ip(ip) => Socks5Stream::connect_with_socket(proxy, (*ip, port)).await,
        };
        match asked {
            Ok(through) => Ok(through.into_inner()),
            Err(error) => Err(match said_of_host(&error) {
                Some(kind) => DialError::Connect {
                    address: host.authority(port),
                    kind,
                    reason: format!("proxy {}: {error}", self.host.authority(self.port)),
                },
                None => self.is_down(host, port, &error),
            }),
        }
    }

    fn is_down(&self, host: &Host, port: u16, error: &dyn std::error::Error) -> DialError {
        DialError::Proxy {
            address: host.authority(port),
            proxy: self.host.authority(self.port),
            reason: error.to_string(),
        }
    }
}

/// What the proxy says of the host (RFC 1928 6); `None` when the fault is the proxy's own, or it is no such proxy.
fn said_of_host(error: &SocksError) -> Option<io::ErrorKind> {
    match error {
        SocksError::ConnectionRefused => Some(io::ErrorKind::ConnectionRefused),
        SocksError::HostUnreachable | SocksError::TtlExpired => Some(io::ErrorKind::HostUnreachable),
        SocksError::NetworkUnreachable => Some(io::ErrorKind::NetworkUnreachable),
        SocksError::ConnectionNotAllowedByRuleset => Some(io::ErrorKind::PermissionDenied),
        // Proxies answer so for names that they cannot find.
        SocksError::GeneralSocksServerFailure => Some(io::ErrorKind::Other),
        _ => None,
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
