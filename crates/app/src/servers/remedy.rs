//! What a person can do about a connectivity test that failed, by its cause. Pure; commands hold a token's id and never its
//! secret.

use nexus_net::dial;
use nexus_net::tls::{TlsProblem, format_fingerprint};
use nexus_pve::Cause;

use super::doctor::quoted;

/// What to do about a failure.
pub(super) fn remedy(cause: &Cause, token_id: &str) -> String {
    match cause {
        Cause::UnknownName => {
            "Check the spelling, or enter the IP address. The name is looked up on the machine that runs Nexus.".into()
        }
        Cause::Refused(rule) => match rule.setting() {
            Some(setting) => {
                format!("Nexus may not call this address. The operator can allow it with the setting {setting}.")
            }
            None => "Nexus never calls this kind of address. Enter the address of the PVE node itself.".into(),
        },
        Cause::ConnectionRefused => {
            "Nothing listens there. Check host and port (PVE uses 8006), and on the node: systemctl status pveproxy"
                .into()
        }
        Cause::Unreachable => {
            "There is no route to this address from the machine that runs Nexus. Check the network or VPN between them."
                .into()
        }
        Cause::ConnectTimeout(stage) => connect_timeout(*stage),
        Cause::Reset => {
            "The connection was cut on the way. Check firewalls and proxies between Nexus and the node.".into()
        }
        Cause::Tls(problem) => tls(problem),
        Cause::Slow => {
            "PVE answers too slowly. Check the node's load, and on it: systemctl status pvedaemon pvestatd".into()
        }
        Cause::TokenRefused => token_refused(token_id),
        Cause::MissingPrivilege => {
            "The token may not even ask for this. The commands of the privilege check give it what Nexus needs.".into()
        }
        Cause::NotPve => {
            "Something else than Proxmox VE answers there. Check host and port, and any proxy before it.".into()
        }
        Cause::Redirect => {
            "The host sends callers elsewhere, and Nexus follows nobody with a token. Enter the host and port of PVE itself, \
             not those of a page before it."
                .into()
        }
        Cause::ProxyDown => {
            "The proxy to the tailnet does not answer. Check that tailscaled runs with --socks5-server, and the setting \
             NEXUS_TAILSCALE_PROXY."
                .into()
        }
        Cause::NodeUnreachable => {
            "The node that was asked cannot reach another node of its cluster. Check the cluster: pvecm status".into()
        }
        Cause::ConsoleGone => "The console ended before it was used. Open it again.".into(),
        Cause::Pve => {
            "PVE itself reported this. The node's log has more: journalctl -u pveproxy -u pvedaemon --since '5 min ago'"
                .into()
        }
        Cause::Other => {
            "Check host and port, and the network between Nexus and the node; then try again. The log of Nexus has more."
                .into()
        }
    }
}

fn token_refused(token_id: &str) -> String {
    let (user, name) = token_id.rsplit_once('!').unwrap_or((token_id, ""));
    let user = quoted(user);
    format!(
        "Check the token's id and secret, that its user is enabled and that it has not expired: pveum user token list \
         {user}. PVE shows a secret once only; for a new one, on a node: pveum user token remove {user} {name}; pveum \
         user token add {user} {name} --privsep 1"
    )
}

fn connect_timeout(stage: dial::Stage) -> String {
    match stage {
        dial::Stage::Resolve => "The name server does not answer. Check DNS on the machine that runs Nexus.",
        dial::Stage::Connect => {
            "Nothing answers there. Check that the node is on, and that no firewall drops the connection; \
             or raise the timeout."
        }
        dial::Stage::Tls => {
            "The port takes connections but does not answer. Check the port, and on the node: systemctl status pveproxy"
        }
    }
    .to_owned()
}

fn tls(problem: &TlsProblem) -> String {
    match problem {
        TlsProblem::UnknownIssuer => "PVE signs its certificates itself. Choose \"CA\" and paste /etc/pve/pve-root-ca.pem, \
             or choose \"Pin\" after comparing the fingerprint with: pvenode cert info"
            .into(),
        TlsProblem::WrongName { presented, .. } => {
            format!("Enter one of the names that the certificate is for ({}), or pin it.", presented.join(", "))
        }
        TlsProblem::Weak(_) => {
            "Make a new certificate on the node, with a key of 2048 bits or more: pvecm updatecerts --force".into()
        }
        TlsProblem::Expired => "Renew the certificate on the node: pvecm updatecerts --force".into(),
        TlsProblem::NotYetValid => "Check the clocks of the node and of the machine that runs Nexus.".into(),
        TlsProblem::PinMismatch { expected, found } => format!(
            "The server shows another certificate than the trusted one. Trusted: {}. Shown: {}. Trust the new one only \
             after comparing it on the node: pvenode cert info",
            format_fingerprint(expected),
            format_fingerprint(found)
        ),
        TlsProblem::NotTls => "This port does not speak TLS. Enter PVE's port, 8006.".into(),
        TlsProblem::BadSignature | TlsProblem::BadCertificate(_) => {
            "The certificate is damaged, or somebody is in between. Make a new one on the node: pvecm updatecerts --force"
                .into()
        }
        TlsProblem::Closed | TlsProblem::Protocol(_) => {
            "The TLS handshake failed. Check the port, and any proxy between Nexus and the node.".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_certificate_shows_both_fingerprints() {
        let text = tls(&TlsProblem::PinMismatch { expected: [0xaa; 32], found: [0xbb; 32] });
        assert!(text.contains("AA:AA") && text.contains("BB:BB"), "{text}");
    }

    #[test]
    fn a_refused_token_comes_with_commands_that_can_be_pasted() {
        let text = remedy(&Cause::TokenRefused, "o'neil@pve!broker");
        assert!(text.contains(r"pveum user token add 'o'\''neil@pve' broker --privsep 1"), "{text}");
    }
}
