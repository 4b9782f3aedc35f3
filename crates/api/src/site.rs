//! Where this Nexus is reached: the only source for origins and the cookie's name, never a request's `Host`.

use std::net::IpAddr;

use ipnet::IpNet;

/// How browsers reach Nexus.
#[derive(Debug, Clone)]
pub struct Site {
    origins: Vec<String>,
    secure: bool,
    trusted_proxies: Vec<IpNet>,
    gateway_host: Option<String>,
}

impl Site {
    /// A site with one public origin, such as `https://nexus.example.org`.
    #[must_use]
    pub fn public(origin: &str, trusted_proxies: Vec<IpNet>) -> Self {
        let secure = origin.starts_with("https://");
        Self { origins: vec![origin.to_owned()], secure, trusted_proxies, gateway_host: None }
    }

    /// A site that only this machine reaches: on a loopback port, by its three names.
    #[must_use]
    pub fn loopback(port: u16, secure: bool) -> Self {
        let scheme = if secure { "https" } else { "http" };
        let origins = ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{scheme}://{host}:{port}")).to_vec();
        Self { origins, secure, trusted_proxies: Vec::new(), gateway_host: None }
    }

    /// The same with a host name that is the gateway's alone, and each server's below it.
    #[must_use]
    pub fn with_gateway(self, host: Option<&str>) -> Self {
        Self { gateway_host: host.map(str::to_ascii_lowercase), ..self }
    }

    /// The host name that is the gateway's alone.
    #[must_use]
    pub fn gateway_host(&self) -> Option<&str> {
        self.gateway_host.as_deref()
    }

    /// The origin for links.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.origins.first().map_or("", String::as_str)
    }

    /// Whether `origin`, as a browser sends it, is this site.
    #[must_use]
    pub fn is_own_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|own| own == origin)
    }

    /// Whether browsers use HTTPS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The session cookie's name: with `__Host-` wherever browsers take that (it needs HTTPS).
    #[must_use]
    pub fn cookie(&self) -> &'static str {
        if self.secure { "__Host-nexus" } else { "nexus" }
    }

    /// Who asks: the peer, or the nearest address in `forwarded` (an `X-Forwarded-For`, left to right) that is
    /// not a trusted proxy, where the peer is one.
    #[must_use]
    pub fn client_address(&self, peer: IpAddr, forwarded: &str) -> IpAddr {
        let trusted = |address: &IpAddr| self.trusted_proxies.iter().any(|net| net.contains(address));
        // A listener for both families shows IPv4 peers as mapped addresses.
        let mut nearest = peer.to_canonical();
        if !trusted(&nearest) {
            return nearest;
        }
        let hops = forwarded.split(',').rev().map_while(|hop| hop.trim().parse::<IpAddr>().ok());
        for hop in hops.take(16) {
            nearest = hop.to_canonical();
            if !trusted(&nearest) {
                break;
            }
        }
        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_trusted_proxy_may_name_the_client() {
        let site = Site::public("https://nexus.example.org", vec!["10.0.0.0/8".parse().unwrap()]);
        assert_eq!(site.client_address(ip("192.0.2.1"), "203.0.113.9"), ip("192.0.2.1"));
        assert_eq!(site.client_address(ip("10.0.0.1"), "203.0.113.9"), ip("203.0.113.9"));
        assert_eq!(site.client_address(ip("10.0.0.1"), "1.1.1.1, 203.0.113.9, 10.0.0.2"), ip("203.0.113.9"));
        assert_eq!(site.client_address(ip("10.0.0.1"), "garbage"), ip("10.0.0.1"));
        assert_eq!(site.client_address(ip("::ffff:10.0.0.1"), "1.2.3.4,203.0.113.9"), ip("203.0.113.9"));
        assert_eq!(site.client_address(ip("10.0.0.1"), ""), ip("10.0.0.1"));
    }

    #[test]
    fn the_cookie_is_bound_to_the_host_where_https_is_spoken() {
        assert_eq!(Site::public("https://nexus.example.org", vec![]).cookie(), "__Host-nexus");
        let here = Site::loopback(8080, false);
        assert_eq!(here.cookie(), "nexus");
        assert!(here.is_own_origin("http://localhost:8080") && here.is_own_origin("http://127.0.0.1:8080"));
        assert!(!here.is_own_origin("http://localhost:8081") && !here.is_own_origin("null"));
        let secure = Site::loopback(8443, true);
        assert!(secure.is_own_origin("https://localhost:8443") && !secure.is_own_origin("http://localhost:8443"));
        assert_eq!(secure.cookie(), "__Host-nexus");
    }
}
