//! The address guard: which network addresses Nexus may call on behalf of a tenant.
//!
//! Every outgoing connection passes here with the address that it is really made to, after the name was resolved and
//! for literals too. The guard never resolves, never connects and knows no names; it must never be asked about a name
//! instead of an address.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;

use ipnet::IpNet;

/// The ports that PVE is reached on without further configuration: pveproxy itself, and what reverse proxies and
/// Tailscale Funnel offer.
pub const PVE_PORTS: [u16; 4] = [8006, 443, 8443, 10000];

/// The setting that allows networks beyond the built-in rules.
pub const SETTING_ALLOW: &str = "NEXUS_PVE_ALLOW_NETWORKS";
/// The setting that refuses networks.
pub const SETTING_DENY: &str = "NEXUS_PVE_DENY_NETWORKS";
/// The setting that adds ports.
pub const SETTING_PORTS: &str = "NEXUS_PVE_PORTS";
/// The setting that allows loopback addresses.
pub const SETTING_LOOPBACK: &str = "NEXUS_PVE_ALLOW_LOOPBACK";

/// What an operator configures of the guard.
#[derive(Debug, Clone, Default)]
pub struct GuardConfig {
    /// Networks that are allowed although a built-in rule would refuse them.
    pub allow: Vec<IpNet>,
    /// Networks that are refused; goes before `allow`.
    pub deny: Vec<IpNet>,
    /// Ports beside [`PVE_PORTS`].
    pub ports: Vec<u16>,
    /// The addresses on which this process listens. An unspecified address stands for every address of this machine.
    pub own: Vec<SocketAddr>,
    /// Whether loopback addresses are allowed (tests and the demonstration).
    pub allow_loopback: bool,
}

/// A policy for outgoing connections; cheap to clone.
#[derive(Debug, Clone)]
pub struct Guard {
    config: Arc<GuardConfig>,
    purpose: Purpose,
}

/// What connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// PVE, wherever it is.
    Pve,
    /// URLs that tenants enter: public addresses alone.
    Public,
    /// The same without encryption: networks that the operator lists, and nothing else.
    Listed,
}

/// Ports that other protocols than HTTP are known for: what a browser does not call either (Fetch standard, "port
/// blocking"), and databases, mail boxes, remote desktops and the like that answer anybody who speaks first.
const NO_HTTP_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 138, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526,
    530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1433, 1521, 1719, 1720, 1723, 2049,
    3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5900, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
    10080, 11211, 27017,
];

/// Why an address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// 127.0.0.0/8 or ::1.
    Loopback,
    /// 169.254.0.0/16 or fe80::/10.
    LinkLocal,
    /// The address of a cloud provider's instance metadata.
    Metadata,
    /// 0.0.0.0/8 or ::, which reach this machine itself.
    Unspecified,
    /// 224.0.0.0/4 or ff00::/8.
    Multicast,
    /// 255.255.255.255.
    Broadcast,
    /// An address that is not of the public internet, where only such may be called.
    NotPublic,
    /// An address that is on no list of the operator, where only such may be called.
    NotListed,
    /// An address on which Nexus itself listens.
    Own,
    /// A network that the operator refuses.
    Denied(IpNet),
    /// A port that is not on the list.
    Port,
}

impl Rule {
    /// The setting that changes this rule; `None` when nothing does.
    #[must_use]
    pub fn setting(&self) -> Option<&'static str> {
        match self {
            Self::Loopback => Some(SETTING_LOOPBACK),
            Self::LinkLocal | Self::Metadata => Some(SETTING_ALLOW),
            Self::Denied(_) => Some(SETTING_DENY),
            Self::Port => Some(SETTING_PORTS),
            Self::Unspecified | Self::Multicast | Self::Broadcast | Self::NotPublic | Self::NotListed | Self::Own => {
                None
            }
        }
    }

    /// A stable word for logs and the API.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::LinkLocal => "link_local",
            Self::Metadata => "metadata",
            Self::Unspecified => "unspecified",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::NotPublic => "not_public",
            Self::NotListed => "not_listed",
            Self::Own => "own_listener",
            Self::Denied(_) => "denied_network",
            Self::Port => "port",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback => f.write_str("loopback addresses are refused"),
            Self::LinkLocal => f.write_str("link-local addresses are refused"),
            Self::Metadata => f.write_str("addresses of instance metadata are refused"),
            Self::Unspecified => f.write_str("the unspecified address is refused"),
            Self::Multicast => f.write_str("multicast addresses are refused"),
            Self::Broadcast => f.write_str("the broadcast address is refused"),
            Self::NotPublic => f.write_str("the address is not public"),
            Self::NotListed => f.write_str("the address is on no list"),
            Self::Own => f.write_str("Nexus listens there itself"),
            Self::Denied(net) => write!(f, "the network {net} is refused by configuration"),
            Self::Port => f.write_str("the port is not on the list of allowed ports"),
        }
    }
}

/// An address that the guard refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// The rule that refused it.
    pub rule: Rule,
    /// The address as it was asked for.
    pub addr: SocketAddr,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} may not be called: {}", self.addr, self.rule)?;
        match self.rule.setting() {
            Some(setting) => write!(f, " (setting {setting})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refused {}

impl Guard {
    /// The policy for calls to PVE: private networks are allowed, for that is where PVE lives.
    #[must_use]
    pub fn pve(config: GuardConfig) -> Self {
        Self { config: Arc::new(config), purpose: Purpose::Pve }
    }

    /// The policy for URLs that tenants enter: public addresses, and networks that `config` allows. Any port but those
    /// that other protocols than HTTP are known for; `config.ports` and `config.allow_loopback` mean nothing here.
    #[must_use]
    pub fn public(config: GuardConfig) -> Self {
        Self { config: Arc::new(config), purpose: Purpose::Public }
    }

    /// As [`Guard::public`], for calls that nothing encrypts: only networks that `config` allows.
    #[must_use]
    pub fn listed(config: GuardConfig) -> Self {
        Self { config: Arc::new(config), purpose: Purpose::Listed }
    }

    /// Whether a connection to `addr` may be made.
    ///
    /// # Errors
    /// [`Refused`] with the first rule that speaks against it.
    pub fn check(&self, addr: SocketAddr) -> Result<(), Refused> {
        match self.rule_against(addr) {
            Some(rule) => Err(Refused { rule, addr }),
            None => Ok(()),
        }
    }

    /// Whether `port` may be called at all: for names that a proxy resolves, and for a form that is being saved.
    #[must_use]
    pub fn allows_port(&self, port: u16) -> bool {
        match self.purpose {
            Purpose::Pve => PVE_PORTS.contains(&port) || self.config.ports.contains(&port),
            Purpose::Public | Purpose::Listed => !NO_HTTP_PORTS.contains(&port),
        }
    }

    fn rule_against(&self, addr: SocketAddr) -> Option<Rule> {
        let ip = addr.ip();
        if let Some(rule) = meanings(ip).into_iter().find_map(|ip| self.rule_against_ip(ip, addr.port())) {
            return Some(rule);
        }
        (!self.allows_port(addr.port())).then_some(Rule::Port)
    }

    fn rule_against_ip(&self, ip: IpAddr, port: u16) -> Option<Rule> {
        if let Some(rule) = never(ip) {
            return Some(rule);
        }
        if self.config.own.iter().any(|own| is_own(*own, ip, port)) {
            return Some(Rule::Own);
        }
        if let Some(net) = self.config.deny.iter().find(|net| net.contains(&ip)) {
            return Some(Rule::Denied(*net));
        }
        if self.config.allow.iter().any(|net| net.contains(&ip)) {
            return None;
        }
        match (self.purpose, unless_configured(ip)) {
            (Purpose::Pve, Some(Rule::Loopback)) if self.config.allow_loopback => None,
            (Purpose::Public, None) if !is_public(ip) => Some(Rule::NotPublic),
            (Purpose::Listed, None) => Some(Rule::NotListed),
            (_, rule) => rule,
        }
    }
}

/// Whether an address belongs to the public internet, by the registries of special-purpose addresses (RFC 6890 and its
/// successors): what is private, shared, reserved, for documentation or benchmarks does not.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let special = v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_documentation()
                || matches!((a, b, c), (0 | 240..=255, ..) | (100, 64..=127, _) | (198, 18 | 19, _))
                || matches!((a, b, c), (192, 0, 0) | (192, 88, 99));
            !special
        }
        IpAddr::V6(v6) => {
            let s = v6.segments();
            let global = s[0] & 0xe000 == 0x2000;
            // 2001::/23 (protocols), 2001:db8::/32 and 3fff::/20 (documentation), 2002::/16 (6to4).
            let special = (s[0] == 0x2001 && (s[1] < 0x200 || s[1] == 0xdb8))
                || (s[0] == 0x3fff && s[1] < 0x1000)
                || s[0] == 0x2002;
            // NAT64's well-known prefix: the address inside is looked at beside this one.
            (global && !special) || s[..6] == [0x64, 0xff9b, 0, 0, 0, 0]
        }
    }
}

/// Rules that no setting changes: such addresses are no host's.
fn never(ip: IpAddr) -> Option<Rule> {
    match ip {
        IpAddr::V4(v4) if v4.octets()[0] == 0 => Some(Rule::Unspecified),
        IpAddr::V4(Ipv4Addr::BROADCAST) => Some(Rule::Broadcast),
        _ if ip.is_unspecified() => Some(Rule::Unspecified),
        _ if ip.is_multicast() => Some(Rule::Multicast),
        _ => None,
    }
}

/// Instance metadata beyond 169.254.169.254: AWS (IPv6), Google (IPv6), Azure, Alibaba, Oracle.
const METADATA: [IpAddr; 7] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
];

fn unless_configured(ip: IpAddr) -> Option<Rule> {
    if METADATA.contains(&ip) {
        return Some(Rule::Metadata);
    }
    if ip.is_loopback() {
        return Some(Rule::Loopback);
    }
    let link_local = match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    link_local.then_some(Rule::LinkLocal)
}

fn is_own(own: SocketAddr, ip: IpAddr, port: u16) -> bool {
    if own.port() != port {
        return false;
    }
    own.ip().to_canonical() == ip || (own.ip().is_unspecified() && (ip.is_loopback() || is_of_this_machine(ip)))
}

/// Only an address of this machine can be bound; port 0 disturbs nobody and the socket is dropped at once.
fn is_of_this_machine(ip: IpAddr) -> bool {
    UdpSocket::bind(SocketAddr::new(ip, 0)).is_ok()
}

/// The address itself and every IPv4 address that its notation carries: translators and tunnels lead there.
fn meanings(ip: IpAddr) -> Vec<IpAddr> {
    let IpAddr::V6(v6) = ip else { return vec![ip] };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return vec![v4.into()];
    }
    let mut all = vec![ip];
    all.extend(carried(v6).into_iter().map(IpAddr::V4));
    all
}

/// IPv4 addresses inside an IPv6 address: IPv4-compatible (RFC 4291 2.5.5.1), IPv4-translated (RFC 2765 2.1), NAT64 (RFC
/// 6052 2.2, RFC 8215), 6to4 (RFC 3056 2), Teredo (RFC 4380 4, both addresses) and ISATAP (RFC 5214 6.1).
fn carried(v6: Ipv6Addr) -> Vec<Ipv4Addr> {
    let s = v6.segments();
    let o = v6.octets();
    let last = Ipv4Addr::new(o[12], o[13], o[14], o[15]);
    let mut found = match s {
        // `::` and `::1` are addresses of their own.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Vec::new(),
        [0, 0, 0, 0, 0 | 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => vec![last],
        // The layout depends on the site (/96 or /48 are usual): both readings count, but zeros only say "not this one".
        [0x64, 0xff9b, 1, ..] => {
            let readings = [last, Ipv4Addr::new(o[6], o[7], o[9], o[10])];
            readings.into_iter().filter(|v4| !v4.is_unspecified()).collect()
        }
        [0x2002, ..] => vec![Ipv4Addr::new(o[2], o[3], o[4], o[5])],
        [0x2001, 0, ..] => {
            vec![Ipv4Addr::new(o[4], o[5], o[6], o[7]), Ipv4Addr::new(!o[12], !o[13], !o[14], !o[15])]
        }
        _ => Vec::new(),
    };
    // Beside the rest: any prefix may stand before it.
    if matches!(s, [_, _, _, _, 0 | 0x200, 0x5efe, ..]) {
        found.push(last);
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused_by(guard: &Guard, addr: &str) -> Option<Rule> {
        guard.check(addr.parse().unwrap()).err().map(|refused| refused.rule)
    }

    fn default_guard() -> Guard {
        Guard::pve(GuardConfig::default())
    }

    #[test]
    fn private_and_public_hosts_on_pve_ports_are_allowed() {
        let guard = default_guard();
        for addr in
            ["10.0.0.5:8006", "192.168.1.4:443", "172.16.0.1:8443", "100.64.3.4:10000", "[fd7a:115c:a1e0::1]:8006"]
        {
            assert_eq!(refused_by(&guard, addr), None, "{addr}");
        }
        for addr in ["203.0.113.9:8006", "[2001:db8::5]:8006"] {
            assert_eq!(refused_by(&guard, addr), None, "{addr}");
        }
    }

    #[test]
    fn each_rule_has_its_addresses() {
        let cases = [
            ("127.0.0.1:8006", Rule::Loopback),
            ("127.200.0.9:8006", Rule::Loopback),
            ("[::1]:8006", Rule::Loopback),
            ("169.254.7.7:8006", Rule::LinkLocal),
            ("[fe80::1]:8006", Rule::LinkLocal),
            ("169.254.169.254:443", Rule::Metadata),
            ("[fd00:ec2::254]:443", Rule::Metadata),
            ("0.0.0.0:8006", Rule::Unspecified),
            ("0.1.2.3:8006", Rule::Unspecified),
            ("[::]:8006", Rule::Unspecified),
            ("224.0.0.1:8006", Rule::Multicast),
            ("[ff02::1]:8006", Rule::Multicast),
            ("255.255.255.255:8006", Rule::Broadcast),
            ("10.0.0.5:22", Rule::Port),
        ];
        for (addr, rule) in cases {
            assert_eq!(refused_by(&default_guard(), addr), Some(rule), "{addr}");
        }
    }

    #[test]
    fn every_notation_of_an_ipv4_address_is_seen_through() {
        let cases = [
            ("[::ffff:127.0.0.1]:8006", Rule::Loopback),
            ("[::127.0.0.1]:8006", Rule::Loopback),
            ("[::ffff:0:127.0.0.1]:8006", Rule::Loopback),
            ("[64:ff9b::127.0.0.1]:8006", Rule::Loopback),
            ("[64:ff9b:1::169.254.169.254]:8006", Rule::Metadata),
            ("[64:ff9b:1:7f00:0:100::]:8006", Rule::Loopback),
            ("[2002:7f00:1::]:8006", Rule::Loopback),
            ("[2002:a9fe:a9fe::1]:8006", Rule::Metadata),
            ("[2001:0:7f00:1::]:8006", Rule::Loopback),
            ("[2001:0:102:304::80ff:fffe]:8006", Rule::Loopback),
            ("[2001:db8::5efe:127.0.0.1]:8006", Rule::Loopback),
            ("[2002:7f00:1::5efe:8.8.8.8]:8006", Rule::Loopback),
            ("[2001:db8::200:5efe:a9fe:1]:8006", Rule::LinkLocal),
        ];
        for (addr, rule) in cases {
            assert_eq!(refused_by(&default_guard(), addr), Some(rule), "{addr}");
        }
    }

    #[test]
    fn loopback_setting_opens_loopback_and_nothing_else() {
        let guard = Guard::pve(GuardConfig { allow_loopback: true, ..GuardConfig::default() });
        assert_eq!(refused_by(&guard, "127.0.0.1:8006"), None);
        assert_eq!(refused_by(&guard, "[::1]:8006"), None);
        assert_eq!(refused_by(&guard, "127.0.0.1:5432"), Some(Rule::Port));
        assert_eq!(refused_by(&guard, "169.254.169.254:8006"), Some(Rule::Metadata));
    }

    #[test]
    fn a_denied_network_goes_before_an_allowed_one() {
        let guard = Guard::pve(GuardConfig {
            allow: vec!["169.254.0.0/16".parse().unwrap(), "10.0.0.0/8".parse().unwrap()],
            deny: vec!["10.9.0.0/16".parse().unwrap()],
            ..GuardConfig::default()
        });
        assert_eq!(refused_by(&guard, "169.254.1.1:8006"), None);
        assert_eq!(refused_by(&guard, "10.8.0.1:8006"), None);
        let denied = Rule::Denied("10.9.0.0/16".parse().unwrap());
        assert_eq!(refused_by(&guard, "10.9.0.1:8006"), Some(denied));
        assert_eq!(refused_by(&guard, "[::ffff:10.9.0.1]:8006"), Some(denied));
        assert_eq!(refused_by(&guard, "[64:ff9b::10.9.0.1]:8006"), Some(denied));
    }

    #[test]
    fn own_listeners_are_refused_even_where_loopback_is_allowed() {
        let own: SocketAddr = "127.0.0.1:8443".parse().unwrap();
        let guard = Guard::pve(GuardConfig { own: vec![own], allow_loopback: true, ..GuardConfig::default() });
        assert_eq!(refused_by(&guard, "127.0.0.1:8443"), Some(Rule::Own));
        assert_eq!(refused_by(&guard, "[::ffff:127.0.0.1]:8443"), Some(Rule::Own));
        assert_eq!(refused_by(&guard, "127.0.0.1:8006"), None);
        let all = Guard::pve(GuardConfig {
            own: vec!["[::]:8443".parse().unwrap()],
            allow_loopback: true,
            ..Default::default()
        });
        assert_eq!(refused_by(&all, "127.0.0.1:8443"), Some(Rule::Own));
        assert_eq!(refused_by(&all, "203.0.113.77:8443"), None);
    }

    #[test]
    fn the_message_names_rule_and_setting() {
        let text = default_guard().check("10.0.0.5:22".parse().unwrap()).unwrap_err().to_string();
        assert!(text.contains("10.0.0.5:22") && text.contains("port") && text.contains(SETTING_PORTS), "{text}");
        let text = default_guard().check("[::1]:8006".parse().unwrap()).unwrap_err().to_string();
        assert!(text.contains("loopback") && text.contains(SETTING_LOOPBACK), "{text}");
    }

    #[test]
    fn tenants_urls_lead_to_public_addresses_alone() {
        let guard = Guard::public(GuardConfig::default());
        for addr in ["1.1.1.1:443", "8.8.8.8:8443", "[2606:4700::1111]:443", "[64:ff9b::101:101]:80", "100.63.0.1:443"]
        {
            assert_eq!(refused_by(&guard, addr), None, "{addr}");
        }
        for addr in [
            "10.0.0.5:443",
            "172.31.0.1:443",
            "192.168.0.1:443",
            "100.64.0.1:443",
            "192.0.0.1:443",
            "192.0.2.1:443",
            "198.18.0.1:443",
            "198.51.100.7:443",
            "203.0.113.9:443",
            "192.88.99.1:443",
            "240.0.0.1:443",
            "[fd00::1]:443",
            "[fec0::1]:443",
            "[2001:db8::1]:443",
            "[3fff::1]:443",
            "[64:ff9b::a00:1]:443",
            "[::ffff:10.0.0.1]:443",
            "[5f00::1]:443",
        ] {
            assert_eq!(refused_by(&guard, addr), Some(Rule::NotPublic), "{addr}");
        }
        let rules = [
            ("127.0.0.1:443", Rule::Loopback),
            ("[::1]:443", Rule::Loopback),
            ("[::ffff:127.0.0.1]:443", Rule::Loopback),
            ("169.254.169.254:80", Rule::Metadata),
            ("168.63.129.16:80", Rule::Metadata),
            ("0.0.0.0:443", Rule::Unspecified),
            ("[2002:7f00:1::1]:443", Rule::NotPublic),
            ("1.1.1.1:25", Rule::Port),
            ("1.1.1.1:5432", Rule::Port),
        ];
        for (addr, rule) in rules {
            assert_eq!(refused_by(&guard, addr), Some(rule), "{addr}");
        }
        let loopback = GuardConfig { allow_loopback: true, ports: vec![25], ..GuardConfig::default() };
        assert_eq!(refused_by(&Guard::public(loopback.clone()), "127.0.0.1:443"), Some(Rule::Loopback));
        assert_eq!(refused_by(&Guard::public(loopback), "1.1.1.1:25"), Some(Rule::Port));
    }

    #[test]
    fn calls_that_nothing_encrypts_go_to_listed_networks_alone() {
        let config = GuardConfig {
            allow: vec!["10.1.0.0/16".parse().unwrap(), "127.0.0.0/8".parse().unwrap()],
            own: vec!["127.0.0.1:8080".parse().unwrap()],
            ..GuardConfig::default()
        };
        let (listed, public) = (Guard::listed(config.clone()), Guard::public(config));
        for guard in [&listed, &public] {
            assert_eq!(refused_by(guard, "10.1.2.3:80"), None);
            assert_eq!(refused_by(guard, "127.0.0.1:9000"), None);
            assert_eq!(refused_by(guard, "127.0.0.1:8080"), Some(Rule::Own));
            assert_eq!(refused_by(guard, "169.254.169.254:80"), Some(Rule::Metadata));
        }
        assert_eq!(refused_by(&listed, "1.1.1.1:80"), Some(Rule::NotListed));
        assert_eq!(refused_by(&public, "1.1.1.1:80"), None);
        assert_eq!(refused_by(&public, "10.2.0.1:80"), Some(Rule::NotPublic));
    }

    proptest! {
        /// No notation of an IPv4 address may pass where the address itself is refused.
        #[test]
        fn notations_are_never_weaker(bits: u32, port in prop::sample::select(vec![8006_u16, 443, 22])) {
            let v4 = Ipv4Addr::from(bits);
            let [a, b, c, d] = v4.octets();
            let guard = default_guard();
            if guard.check(SocketAddr::new(v4.into(), port)).is_ok() {
                return Ok(());
            }
            let (hi, lo) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            for v6 in [
                v4.to_ipv6_mapped(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, hi, lo),
                Ipv6Addr::new(0x2002, hi, lo, 0, 0, 0, 0, 1),
                Ipv6Addr::new(0x2001, 0, 0x808, 0x808, 0, 0, !hi, !lo),
                Ipv6Addr::new(0xfd00, 1, 2, 3, 0, 0x5efe, hi, lo),
            ] {
                prop_assert!(guard.check(SocketAddr::new(v6.into(), port)).is_err(), "{v6}");
            }
        }

        /// Loopback and multicast never pass an unconfigured guard, whatever the port.
        #[test]
        fn loopback_and_multicast_never_pass(low in 0_u32..(1 << 24), port: u16) {
            let loopback = Ipv4Addr::from((127 << 24) | low);
            let multicast = Ipv4Addr::from((224 << 24) | low);
            prop_assert!(default_guard().check(SocketAddr::new(loopback.into(), port)).is_err());
            prop_assert!(default_guard().check(SocketAddr::new(multicast.into(), port)).is_err());
        }
    }
}
