//! A webhook's URL, taken apart once: what is checked is what is called.

use nexus_net::host::Host;
use url::Url;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Whether it is encrypted.
    pub(super) https: bool,
    pub(super) host: Host,
    pub(super) port: u16,
    /// Path and query.
    pub(super) path: String,
}

impl Address {
    /// An `https` or `http` URL with a host, and without a user name, a password or a fragment.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "must be a URL such as https://example.org/hook")?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err("must begin with https://"),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold a user name or password");
        }
        if url.fragment().is_some() {
            return Err("must not hold a #");
        }
        let host = url.host_str().and_then(|host| host.parse().ok()).ok_or("must name a host")?;
        let port = url.port_or_known_default().ok_or("must name a port")?;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Ok(Self { https, host, port, path: format!("{}{query}", url.path()) })
    }

    /// Scheme, host and port: what is no secret.
    pub(super) fn origin(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}", self.host.authority(self.port))
    }

    /// What the Host header says: the port only where it is not the scheme's own.
    pub(super) fn authority(&self) -> String {
        let own = if self.https { 443 } else { 80 };
        if self.port == own { self.host.to_string() } else { self.host.authority(self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_as_browsers_do() {
        let address = Address::parse("https://Hooks.Example.org/a%20b/../c?x=1&y=2").unwrap();
        assert_eq!((address.origin().as_str(), address.path.as_str()), ("https://hooks.example.org:443", "/c?x=1&y=2"));
        assert_eq!(address.authority(), "hooks.example.org");
        let address = Address::parse("http://[::1]:8080").unwrap();
        assert_eq!((address.authority().as_str(), address.path.as_str()), ("[::1]:8080", "/"));
        // Numbers are addresses in every notation, and are seen as such.
        for one in ["http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://127.0.0.1/"] {
            assert_eq!(Address::parse(one).unwrap().host, "127.0.0.1".parse().unwrap(), "{one}");
        }
        for bad in [
            "",
            "hooks.example.org",
            "ftp://example.org/",
            "file:///etc/passwd",
            "https://jo@example.org/",
            "https://jo:x@example.org/",
            "https://example.org/#x",
            "https://",
            "javascript:alert(1)",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }
}
