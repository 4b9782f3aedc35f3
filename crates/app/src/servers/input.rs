//! A server as it is entered, and what of it can be taken. Every wrong field is named at once.
//!
//! It has no `Debug`: it holds the API token.

use nexus_model::{FieldError, Host, InvalidInput, Name, Tls};
use nexus_net::guard::Guard;
use nexus_net::tls::{certificates_from_pem, format_fingerprint, parse_fingerprint};
use nexus_pve::ApiToken;
use nexus_store::Server;
use zeroize::Zeroizing;

/// The longest notes, in characters.
const NOTES: usize = 2000;
/// The longest CA, in bytes of PEM.
const CA_PEM: usize = 64 << 10;

/// A server as it is entered.
pub struct ServerInput {
    /// 1 to 100 characters.
    pub name: String,
    /// A host alone.
    pub host: String,
    /// 1 to 65535.
    pub port: u32,
    /// `USER@REALM!TOKENID=UUID`; `None` to keep the stored one.
    pub api_token: Option<Zeroizing<String>>,
    /// How the certificate is checked.
    pub tls: Tls,
    /// 1 to 120.
    pub connect_timeout_seconds: u32,
    /// Free text.
    pub notes: Option<String>,
    /// Whether Nexus talks to it.
    pub is_active: bool,
}

/// The same, checked.
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) token: Option<ApiToken>,
    pub(super) tls: Tls,
    pub(super) connect_timeout_ms: u32,
    pub(super) notes: String,
    pub(super) is_active: bool,
}

impl Checked {
    /// Whether a stored token may go on being used with these values.
    pub(super) fn keeps_token_of(&self, stored: &Server) -> bool {
        self.host == stored.host && self.port == stored.port && stored.tls.keeps_token(&self.tls)
    }
}

/// Collects what is wrong.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn take<T>(&mut self, field: &'static str, value: Result<T, InvalidInput>) -> Option<T> {
        value.map_err(|error| self.0.push(error.field(field))).ok()
    }
}

impl ServerInput {
    /// Checks every field; a port or address that the guard refuses is refused here, naming the setting.
    pub(super) fn check(self, guard: &Guard) -> Result<Checked, Vec<FieldError>> {
        let mut faults = Faults::default();
        let name = faults.take("name", Name::parse(&self.name));
        let host = faults.take("host", Host::parse(&self.host));
        let port = faults.take("port", port(self.port, guard));
        if let (Some(host), Some(port)) = (&host, port) {
            faults.take("host", address(host, port, guard));
        }
        let token = self.api_token.filter(|token| !token.trim().is_empty());
        let token = token.map(|token| faults.take("api_token", api_token(&token)));
        let tls = faults.take("tls", tls(self.tls));
        let timeout = faults.take("connect_timeout_seconds", timeout(self.connect_timeout_seconds));
        let notes = faults.take("notes", notes(self.notes));
        match (name, host, port, tls, timeout, notes) {
            (Some(name), Some(host), Some(port), Some(tls), Some(connect_timeout_ms), Some(notes))
                if faults.0.is_empty() =>
            {
                Ok(Checked {
                    name: name.as_str().to_owned(),
                    host: host.as_str().to_owned(),
                    port,
                    token: token.flatten(),
                    tls,
                    connect_timeout_ms,
                    notes,
                    is_active: self.is_active,
                })
            }
            _ => Err(faults.0),
        }
    }
}

fn port(port: u32, guard: &Guard) -> Result<u16, InvalidInput> {
    let port = u16::try_from(port).ok().filter(|port| *port > 0);
    let port = port.ok_or_else(|| InvalidInput::new("invalid", "must be a number from 1 to 65535"))?;
    if guard.allows_port(port) {
        Ok(port)
    } else {
        let detail = format!(
            "{port} is not among the ports that Nexus may call (8006, 443, 8443, 10000); the operator can add it with the setting {}",
            nexus_net::guard::SETTING_PORTS
        );
        Err(InvalidInput::new("port_refused", detail))
    }
}

/// Addresses are refused on saving already; names only when they are resolved.
fn address(host: &Host, port: u16, guard: &Guard) -> Result<(), InvalidInput> {
    let Ok(ip) = host.as_str().parse::<std::net::IpAddr>() else { return Ok(()) };
    guard.check((ip, port).into()).map_err(|refused| {
        let setting =
            refused.rule.setting().map(|name| format!("; the operator can change that with the setting {name}"));
        InvalidInput::new(
            "address_refused",
            format!("may not be called: {}{}", refused.rule, setting.unwrap_or_default()),
        )
    })
}

fn api_token(token: &str) -> Result<ApiToken, InvalidInput> {
    ApiToken::parse(token.trim())
        .map_err(|error| InvalidInput::new("invalid", format!("must have the form USER@REALM!TOKENID=UUID: {error}")))
}

fn tls(tls: Tls) -> Result<Tls, InvalidInput> {
    match tls {
        Tls::Ca { ca_pem } if ca_pem.len() > CA_PEM => {
            Err(InvalidInput::new("too_long", "may have 64 KiB of certificates at most"))
        }
        Tls::Ca { ca_pem } => match certificates_from_pem(&ca_pem) {
            Ok(_) => Ok(Tls::Ca { ca_pem }),
            Err(error) => Err(InvalidInput::new("invalid", format!("must be a CA certificate in PEM: {error}"))),
        },
        Tls::Pin { fingerprint } => {
            let parsed = parse_fingerprint(fingerprint.trim());
            let parsed = parsed.ok_or_else(|| {
                InvalidInput::new("invalid", "must be a SHA-256 fingerprint: 32 pairs of hex digits with colons")
            })?;
            Ok(Tls::Pin { fingerprint: format_fingerprint(&parsed) })
        }
        other => Ok(other),
    }
}

fn timeout(seconds: u32) -> Result<u32, InvalidInput> {
    if (1..=120).contains(&seconds) {
        Ok(seconds * 1000)
    } else {
        Err(InvalidInput::new("invalid", "must be 1 to 120 seconds"))
    }
}

fn notes(notes: Option<String>) -> Result<String, InvalidInput> {
    let notes = notes.unwrap_or_default();
    if notes.chars().count() > NOTES {
        return Err(InvalidInput::new("too_long", "may have 2000 characters at most"));
    }
    if notes.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(InvalidInput::new("invalid", "must not contain control characters"));
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use nexus_net::guard::GuardConfig;

    use super::*;

    const TOKEN: &str = "nexus@pve!broker=0b5e4a4c-3c3f-4a0e-9a55-2f6d9d1e6c11";

    fn input() -> ServerInput {
        ServerInput {
            name: " Rack 1 ".into(),
            host: "PVE1.example.org".into(),
            port: 8006,
            api_token: Some(TOKEN.to_owned().into()),
            tls: Tls::Verify,
            connect_timeout_seconds: 10,
            notes: None,
            is_active: true,
        }
    }

    fn guard() -> Guard {
        Guard::pve(GuardConfig::default())
    }

    fn faults(input: ServerInput) -> Vec<(&'static str, &'static str)> {
        let errors = input.check(&guard()).err().unwrap_or_default();
        errors.iter().map(|error| (error.field, error.code)).collect()
    }

    #[test]
    fn good_values_are_folded() {
        let checked = input().check(&guard()).unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!((checked.name.as_str(), checked.host.as_str()), ("Rack 1", "pve1.example.org"));
        assert_eq!((checked.port, checked.connect_timeout_ms), (8006, 10_000));
        assert_eq!(checked.token.unwrap().id(), "nexus@pve!broker");
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let wrong = ServerInput {
            name: String::new(),
            host: "https://pve1".into(),
            port: 0,
            api_token: Some(String::from("root@pam=x").into()),
            tls: Tls::Pin { fingerprint: "AA:BB".into() },
            connect_timeout_seconds: 121,
            notes: Some("\u{7}".into()),
            is_active: true,
        };
        let expected = [
            ("name", "required"),
            ("host", "invalid"),
            ("port", "invalid"),
            ("api_token", "invalid"),
            ("tls", "invalid"),
            ("connect_timeout_seconds", "invalid"),
            ("notes", "invalid"),
        ];
        assert_eq!(faults(wrong), expected);
    }

    #[test]
    fn what_the_guard_refuses_is_refused_on_saving_and_names_the_setting() {
        assert_eq!(faults(ServerInput { port: 22, ..input() }), [("port", "port_refused")]);
        assert_eq!(faults(ServerInput { host: "169.254.169.254".into(), ..input() }), [("host", "address_refused")]);
        assert_eq!(faults(ServerInput { host: "127.0.0.1".into(), ..input() }), [("host", "address_refused")]);
        let errors = ServerInput { port: 22, ..input() }.check(&guard()).err().unwrap_or_default();
        assert!(errors[0].detail.contains(nexus_net::guard::SETTING_PORTS), "{}", errors[0].detail);
    }

    #[test]
    fn no_error_repeats_the_token() {
        let secret = "0b5e4a4c-3c3f-4a0e-9a55-2f6d9d1e6c1";
        let token = format!("nexus@pve!broker={secret}");
        let errors = ServerInput { api_token: Some(token.into()), ..input() }.check(&guard()).err().unwrap_or_default();
        assert_eq!(errors.len(), 1);
        assert!(!errors[0].detail.contains(secret));
    }
}
