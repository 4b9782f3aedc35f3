//! A server as it is entered, and what of it can be taken. Every wrong field is named at once.
//!
//! It has no `Debug`: it holds the API token.

use nexus_model::{FieldError, Host, InvalidInput, Micros, Name, ServerId, ServerOrigin, TenantId, Tls};
use nexus_net::guard::Guard;
use nexus_net::tls::{certificates_from_pem, format_fingerprint, parse_fingerprint};
use nexus_pve::ApiToken;
use nexus_store::Server;
use zeroize::Zeroizing;

/// The longest notes, in characters.
const NOTES: usize = 2000;
/// The longest CA, in bytes of PEM.
const CA_PEM: usize = 64 << 10;
/// PVE's port.
const PVE_PORT: u32 = 8006;

/// A server as it is entered.
pub struct ServerInput {
    /// 1 to 100 characters.
    pub name: String,
    /// A host alone; may be empty with `use_tailscale`.
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
    /// Whether the tailnet is one of its ways.
    pub use_tailscale: bool,
    /// Its name or address in the tailnet; needed with `use_tailscale`.
    pub tailscale_host: Option<String>,
    /// 1 to 65535.
    pub tailscale_port: u32,
    /// When the token ends, where somebody knows.
    pub token_expires_at: Option<Micros>,
    /// Whether shells of its nodes may be opened.
    pub node_shell: bool,
    /// Whether the cluster's other nodes may be asked in its place.
    pub use_fallbacks: bool,
}

impl Default for ServerInput {
    /// What is taken where nothing is entered; name, host and token stay to be entered.
    fn default() -> Self {
        Self {
            name: String::new(),
            host: String::new(),
            port: PVE_PORT,
            api_token: None,
            tls: Tls::Verify,
            connect_timeout_seconds: 10,
            notes: None,
            is_active: true,
            use_tailscale: false,
            tailscale_host: None,
            tailscale_port: PVE_PORT,
            token_expires_at: None,
            node_shell: false,
            use_fallbacks: false,
        }
    }
}

/// The same, checked.
pub(super) struct Checked {
    pub(super) name: String,
    /// Empty where only the tailnet leads there.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) token: Option<ApiToken>,
    pub(super) tls: Tls,
    pub(super) connect_timeout_ms: u32,
    pub(super) notes: String,
    pub(super) is_active: bool,
    pub(super) use_tailscale: bool,
    pub(super) tailscale_host: String,
    pub(super) tailscale_port: u16,
    pub(super) token_expires_at: Option<Micros>,
    pub(super) node_shell: bool,
    pub(super) use_fallbacks: bool,
}

impl Checked {
    /// Whether a stored token may go on being used with these values: on no other way than it was, and with no less of a
    /// check. Fall-backs are nodes of the cluster that the token is of.
    pub(super) fn keeps_token_of(&self, stored: &Server) -> bool {
        !self.leads_elsewhere_than(stored) && stored.tls.keeps_token(&self.tls)
    }

    /// Whether a way leads to a host or port to which it did not lead before.
    pub(super) fn leads_elsewhere_than(&self, stored: &Server) -> bool {
        let direct = |host: &str, port| (!host.is_empty()).then(|| (host.to_owned(), port));
        let tailnet = |used: bool, host: &str, port| used.then(|| (host.to_owned(), port));
        let elsewhere = |now: Option<(String, u16)>, before| now.is_some() && now != before;
        elsewhere(direct(&self.host, self.port), direct(&stored.host, stored.port))
            || elsewhere(
                tailnet(self.use_tailscale, &self.tailscale_host, self.tailscale_port),
                tailnet(stored.use_tailscale, &stored.tailscale_host, stored.tailscale_port),
            )
    }

    /// The stored row with these values. Its token stays: whether it may, the caller decides.
    pub(super) fn onto(self, row: Server, now: Micros) -> Server {
        Server {
            name: self.name,
            host: self.host,
            port: self.port,
            tls: self.tls,
            connect_timeout_ms: self.connect_timeout_ms,
            notes: self.notes,
            is_active: self.is_active,
            use_tailscale: self.use_tailscale,
            tailscale_host: self.tailscale_host,
            tailscale_port: self.tailscale_port,
            token_expires_at: self.token_expires_at.map(|at| at.0),
            node_shell: self.node_shell,
            use_fallbacks: self.use_fallbacks,
            updated_at: now,
            ..row
        }
    }

    /// A new row with these values, for a token that was sealed for it.
    pub(super) fn row(self, id: ServerId, tenant: TenantId, token: (String, Vec<u8>), now: Micros) -> Server {
        let (token_id, token_secret) = token;
        let empty = Server {
            id,
            tenant_id: tenant,
            name: String::new(),
            host: String::new(),
            port: 0,
            token_id,
            token_secret,
            tls: Tls::Verify,
            connect_timeout_ms: 0,
            notes: String::new(),
            is_active: true,
            use_tailscale: false,
            tailscale_host: String::new(),
            tailscale_port: 0,
            token_expires_at: None,
            node_shell: false,
            use_fallbacks: false,
            fallbacks: Vec::new(),
            origin: ServerOrigin::Own,
            scope: None,
            version: 1,
            cluster_name: None,
            cluster_mark: None,
            created_at: now,
            updated_at: now,
        };
        self.onto(empty, now)
    }
}

/// Collects what is wrong.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn take<T>(&mut self, field: &'static str, value: Result<T, InvalidInput>) -> Option<T> {
        value.map_err(|error| self.0.push(error.field(field))).ok()
    }

    /// Host and port of one way, as far as the guard takes them.
    fn place(
        &mut self,
        fields: [&'static str; 2],
        (host, number): (&str, u32),
        guard: &Guard,
    ) -> Option<(String, u16)> {
        let host = self.take(fields[0], Host::parse(host));
        let port = self.take(fields[1], port(number, guard));
        if let (Some(host), Some(port)) = (&host, port) {
            self.take(fields[0], address(host, port, guard));
        }
        Some((host?.as_str().to_owned(), port?))
    }
}

impl ServerInput {
    /// Checks every field; a port or address that the guard refuses is refused here, naming the setting.
    pub(super) fn check(self, guard: &Guard) -> Result<Checked, Vec<FieldError>> {
        let mut faults = Faults::default();
        let name = faults.take("name", Name::parse(&self.name));
        // What leads nowhere need not be a port that may be called.
        let direct = if self.use_tailscale && self.host.trim().is_empty() {
            faults.take("port", number(self.port)).map(|port| (String::new(), port))
        } else {
            faults.place(["host", "port"], (&self.host, self.port), guard)
        };
        let tailscale_host = self.tailscale_host.unwrap_or_default();
        let tailnet = if !self.use_tailscale && tailscale_host.trim().is_empty() {
            faults.take("tailscale_port", number(self.tailscale_port)).map(|port| (String::new(), port))
        } else {
            faults.place(["tailscale_host", "tailscale_port"], (&tailscale_host, self.tailscale_port), guard)
        };
        let token = self.api_token.filter(|token| !token.trim().is_empty());
        let token = token.map(|token| faults.take("api_token", api_token(&token)));
        let expires = faults.take("token_expires_at", expiry(self.token_expires_at));
        let tls = faults.take("tls", tls(self.tls));
        let timeout = faults.take("connect_timeout_seconds", timeout(self.connect_timeout_seconds));
        let notes = faults.take("notes", notes(self.notes));
        match (name, direct, tailnet, expires, tls, timeout, notes) {
            (Some(name), Some(direct), Some(tailnet), Some(expires), Some(tls), Some(timeout), Some(notes))
                if faults.0.is_empty() =>
            {
                Ok(Checked {
                    name: name.as_str().to_owned(),
                    host: direct.0,
                    port: direct.1,
                    token: token.flatten(),
                    tls,
                    connect_timeout_ms: timeout,
                    notes,
                    is_active: self.is_active,
                    use_tailscale: self.use_tailscale,
                    tailscale_host: tailnet.0,
                    tailscale_port: tailnet.1,
                    token_expires_at: expires,
                    node_shell: self.node_shell,
                    use_fallbacks: self.use_fallbacks,
                })
            }
            _ => Err(faults.0),
        }
    }
}

fn number(port: u32) -> Result<u16, InvalidInput> {
    let port = u16::try_from(port).ok().filter(|port| *port > 0);
    port.ok_or_else(|| InvalidInput::new("invalid", "must be a number from 1 to 65535"))
}

fn expiry(at: Option<Micros>) -> Result<Option<Micros>, InvalidInput> {
    if at.is_some_and(|at| at.0 < 0) {
        return Err(InvalidInput::new("invalid", "must be a time after 1970"));
    }
    Ok(at)
}

fn port(port: u32, guard: &Guard) -> Result<u16, InvalidInput> {
    let port = number(port)?;
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
            api_token: Some(TOKEN.to_owned().into()),
            ..ServerInput::default()
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
            use_tailscale: true,
            tailscale_host: Some("pve1:8006".into()),
            tailscale_port: 70_000,
            token_expires_at: Some(Micros(-1)),
            ..ServerInput::default()
        };
        let expected = [
            ("name", "required"),
            ("host", "invalid"),
            ("port", "invalid"),
            ("tailscale_host", "invalid"),
            ("tailscale_port", "invalid"),
            ("api_token", "invalid"),
            ("token_expires_at", "invalid"),
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

    fn tailnet(host: &str, tailscale_host: &str) -> ServerInput {
        ServerInput { host: host.into(), use_tailscale: true, tailscale_host: Some(tailscale_host.into()), ..input() }
    }

    #[test]
    fn a_host_may_be_missing_only_where_the_tailnet_leads_there() {
        let checked =
            tailnet(" ", "pve1.tail1234.ts.net").check(&guard()).unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!((checked.host.as_str(), checked.tailscale_host.as_str()), ("", "pve1.tail1234.ts.net"));
        assert_eq!(faults(ServerInput { host: String::new(), ..input() }), [("host", "required")]);
        assert_eq!(faults(tailnet("pve1", "")), [("tailscale_host", "required")]);
        assert_eq!(faults(ServerInput { port: 0, ..tailnet("", "pve1") }), [("port", "invalid")]);
        // A port that is not called need not be one that may be called.
        assert!(faults(ServerInput { port: 22, ..tailnet("", "pve1") }).is_empty());
    }

    #[test]
    fn the_guard_judges_both_ways() {
        assert_eq!(faults(tailnet("pve1", "127.0.0.1")), [("tailscale_host", "address_refused")]);
        assert_eq!(faults(tailnet("pve1", "::ffff:169.254.169.254")), [("tailscale_host", "address_refused")]);
        assert!(faults(tailnet("pve1", "100.101.102.103")).is_empty());
        let other = ServerInput { tailscale_port: 22, ..tailnet("pve1", "pve1.ts.net") };
        assert_eq!(faults(other), [("tailscale_port", "port_refused")]);
    }

    #[test]
    fn the_wrong_part_of_a_token_is_named() {
        let uuid = "0b5e4a4c-3c3f-4a0e-9a55-2f6d9d1e6c11";
        let cases = [
            ("nexus@pve!broker".to_owned(), "not of the form"),
            (format!("@pve!broker={uuid}"), "user name"),
            (format!("nexus!broker={uuid}"), "realm"),
            (format!("nexus@p!broker={uuid}"), "realm"),
            (format!("nexus@pve!1={uuid}"), "token id"),
            ("nexus@pve!broker=hunter2".to_owned(), "not a UUID"),
        ];
        for (token, part) in cases {
            let input = ServerInput { api_token: Some(token.clone().into()), ..input() };
            let errors = input.check(&guard()).err().unwrap_or_default();
            assert!(errors.len() == 1 && errors[0].detail.contains(part), "{token}: {errors:?}");
        }
    }

    fn stored(input: ServerInput) -> Server {
        let checked = input.check(&guard()).unwrap_or_else(|faults| panic!("{faults:?}"));
        let (id, tenant) = (uuid::Uuid::from_u128(1).into(), uuid::Uuid::from_u128(2).into());
        checked.row(id, tenant, ("nexus@pve!broker".into(), vec![1]), Micros(0))
    }

    #[test]
    fn a_token_goes_on_no_way_on_which_it_did_not_go() {
        let keeps = |before: ServerInput, next: ServerInput| {
            let checked = next.check(&guard()).unwrap_or_else(|faults| panic!("{faults:?}"));
            checked.keeps_token_of(&stored(before))
        };
        let off = |input: ServerInput| ServerInput { use_tailscale: false, ..input };
        assert!(keeps(input(), input()));
        assert!(keeps(input(), ServerInput { use_fallbacks: true, node_shell: true, ..input() }), "the same cluster");
        assert!(keeps(tailnet("pve1", "pve1.ts.net"), off(tailnet("pve1", "pve1.ts.net"))), "a way less");
        assert!(keeps(tailnet("pve1", "pve1.ts.net"), tailnet("", "pve1.ts.net")), "a way less");
        assert!(keeps(off(tailnet("pve1", "a.ts.net")), off(tailnet("pve1", "b.ts.net"))), "nothing is sent there");
        assert!(!keeps(input(), ServerInput { host: "pve2".into(), ..input() }));
        assert!(!keeps(input(), ServerInput { port: 443, ..input() }));
        assert!(!keeps(input(), ServerInput { tls: Tls::Insecure, ..input() }));
        assert!(!keeps(off(tailnet("pve1", "a.ts.net")), tailnet("pve1", "a.ts.net")), "switched on");
        assert!(!keeps(tailnet("pve1", "a.ts.net"), tailnet("pve1", "b.ts.net")));
        let other_port = ServerInput { tailscale_port: 443, ..tailnet("pve1", "a.ts.net") };
        assert!(!keeps(tailnet("pve1", "a.ts.net"), other_port));
        assert!(!keeps(tailnet("", "a.ts.net"), tailnet("pve1", "a.ts.net")), "a way more");
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
