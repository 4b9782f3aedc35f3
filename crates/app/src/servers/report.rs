//! A connectivity test in plain words: each stage as it was measured, and what to do about what failed.
//!
//! Pure. Remedies name exact commands; they hold the token's id and never its secret.

use nexus_model::Micros;
use nexus_net::dial;
use nexus_net::tls::{TlsProblem, format_fingerprint};
use nexus_pve::{Cause, Permissions, ProbeReport, ProbeStage};

/// The stages in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestStage {
    /// The name, and the address guard.
    Resolve,
    /// TCP.
    Connect,
    /// The certificate.
    Tls,
    /// PVE's API with the token.
    Api,
    /// The token's privileges.
    Permissions,
}

/// What a token can be enough for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// Guests and their state.
    SeeGuests,
    /// Power switches.
    Power,
    /// Consoles.
    Console,
    /// Snapshots.
    Snapshots,
    /// Numbers of nodes and storages, and the cluster's name.
    NodeNumbers,
}

/// Privileges by feature (PVE-FACTS 6).
const NEEDED: &[(Feature, &[&str])] = &[
    (Feature::SeeGuests, &["VM.Audit"]),
    (Feature::Power, &["VM.PowerMgmt"]),
    (Feature::Console, &["VM.Console"]),
    (Feature::Snapshots, &["VM.Snapshot", "VM.Snapshot.Rollback"]),
    (Feature::NodeNumbers, &["Sys.Audit", "Datastore.Audit", "Pool.Audit"]),
];

/// What a connectivity test found.
#[derive(Debug, Clone, PartialEq)]
pub struct TestReport {
    /// Whether every stage is fine.
    pub ok: bool,
    /// All five, in order.
    pub stages: Vec<StageReport>,
    /// The address that answered.
    pub address: Option<String>,
    /// The certificate that was shown.
    pub certificate: Option<Certificate>,
    /// PVE's version.
    pub version: Option<String>,
    /// How many nodes the cluster has.
    pub nodes: Option<u32>,
    /// From what was measured.
    pub recommended_timeout_seconds: Option<u32>,
    /// What the token is enough for; empty when its privileges could not be read.
    pub features: Vec<FeatureReport>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageReport {
    /// Which.
    pub stage: TestStage,
    /// Whether it was done and went well.
    pub ok: bool,
    /// Not reached because an earlier one failed.
    pub skipped: bool,
    /// How long it took.
    pub milliseconds: Option<f64>,
    /// What was found, or what went wrong.
    pub detail: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// A certificate, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256 of the leaf.
    pub fingerprint: String,
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// First moment of its time.
    pub not_before: Micros,
    /// Last moment of its time.
    pub not_after: Micros,
    /// Whether the chosen mode accepts it.
    pub trusted: bool,
}

/// One feature and what it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureReport {
    /// Which.
    pub feature: Feature,
    /// Privileges that the token has nowhere.
    pub missing: Vec<String>,
}

impl TestReport {
    /// The report of a probe made with the token `token_id`.
    pub(crate) fn new(probe: &ProbeReport, token_id: &str) -> Self {
        let features = probe.permissions.as_ref().map(features).unwrap_or_default();
        let stages: Vec<_> = probe.stages.iter().map(|stage| stage_report(stage, probe, &features, token_id)).collect();
        let second = |seconds: i64| Micros(seconds.saturating_mul(1_000_000));
        Self {
            ok: stages.iter().all(|stage| stage.ok),
            stages,
            address: probe.address.map(|address| address.to_string()),
            certificate: probe.certificate.as_ref().map(|certificate| Certificate {
                fingerprint: format_fingerprint(&certificate.fingerprint),
                subject: certificate.subject.clone(),
                issuer: certificate.issuer.clone(),
                not_before: second(certificate.not_before),
                not_after: second(certificate.not_after),
                trusted: probe.trusted,
            }),
            version: probe.version.as_ref().map(|version| version.version.clone()),
            nodes: probe.nodes.as_ref().and_then(|nodes| u32::try_from(nodes.len()).ok()),
            recommended_timeout_seconds: probe
                .recommended_timeout()
                .and_then(|time| u32::try_from(time.as_secs()).ok()),
            features,
        }
    }
}

fn features(permissions: &Permissions) -> Vec<FeatureReport> {
    let missing = |needed: &[&str]| -> Vec<String> {
        needed.iter().filter(|name| !permissions.anywhere(name)).map(|name| (*name).to_owned()).collect()
    };
    NEEDED.iter().map(|(feature, needed)| FeatureReport { feature: *feature, missing: missing(needed) }).collect()
}

fn stage_report(
    stage: &nexus_pve::StageReport,
    probe: &ProbeReport,
    features: &[FeatureReport],
    token_id: &str,
) -> StageReport {
    let name = match stage.stage {
        ProbeStage::Resolve => TestStage::Resolve,
        ProbeStage::Connect => TestStage::Connect,
        ProbeStage::Tls => TestStage::Tls,
        ProbeStage::Api => TestStage::Api,
        ProbeStage::Permissions => TestStage::Permissions,
    };
    let milliseconds = stage.took.map(|took| (took.as_secs_f64() * 10_000.0).round() / 10.0);
    let report = |ok, skipped, detail, remedy| StageReport { stage: name, ok, skipped, milliseconds, detail, remedy };
    if let Some(error) = &stage.error {
        return report(false, false, error.to_string(), remedy(&error.cause(), token_id));
    }
    if stage.took.is_none() {
        return report(false, true, "not reached".into(), None);
    }
    match name {
        TestStage::Resolve | TestStage::Connect => {
            report(true, false, probe.address.map(|address| address.ip().to_string()).unwrap_or_default(), None)
        }
        TestStage::Tls => {
            let subject = probe.certificate.as_ref().map(|certificate| certificate.subject.clone());
            report(true, false, subject.unwrap_or_default(), None)
        }
        TestStage::Api => {
            let version = probe.version.as_ref().map(|version| format!("Proxmox VE {}", version.version));
            report(true, false, version.unwrap_or_default(), None)
        }
        TestStage::Permissions => {
            let (ok, detail, remedy) = rights(features, token_id);
            report(ok, false, detail, remedy)
        }
    }
}

/// Without `VM.Audit` a token sees no guest at all; anything else that is missing closes single features.
fn rights(features: &[FeatureReport], token_id: &str) -> (bool, String, Option<String>) {
    let missing: Vec<&str> = features.iter().flat_map(|feature| &feature.missing).map(String::as_str).collect();
    if missing.is_empty() {
        return (true, "the token's privileges are enough for everything".into(), None);
    }
    let sees = features.iter().any(|feature| feature.feature == Feature::SeeGuests && feature.missing.is_empty());
    (sees, format!("the token lacks {}", missing.join(", ")), Some(grant_commands(&missing, token_id)))
}

/// The commands that give what is missing. User and token both need it: a token's rights are those that both have.
fn grant_commands(missing: &[&str], token_id: &str) -> String {
    let user = token_id.split('!').next().unwrap_or(token_id);
    let all: Vec<&str> = NEEDED.iter().flat_map(|(_, needed)| needed.iter().copied()).collect();
    format!(
        "On a node of the cluster, as root (missing: {}; where the role exists already, say modify instead of add):\n\
         pveum role add NexusBroker --privs \"{}\"\n\
         pveum acl modify / --users '{user}' --roles NexusBroker\n\
         pveum acl modify / --tokens '{token_id}' --roles NexusBroker",
        missing.join(", "),
        all.join(",")
    )
}

/// What to do about a failure, where there is something to do.
fn remedy(cause: &Cause, token_id: &str) -> Option<String> {
    Some(match cause {
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
        Cause::TokenRefused => format!(
            "Check the token's id and secret, and that it has not expired. To make a new one, on a node: \
             pveum user token add {} --privsep 1",
            token_id.replacen('!', " ", 1)
        ),
        Cause::MissingPrivilege => {
            let all: Vec<&str> = NEEDED.iter().flat_map(|(_, needed)| needed.iter().copied()).collect();
            grant_commands(&all, token_id)
        }
        Cause::NotPve => {
            "Something else than Proxmox VE answers there. Check host and port, and any proxy before it.".into()
        }
        Cause::NodeUnreachable => {
            "The node that was asked cannot reach another node of its cluster. Check the cluster: pvecm status".into()
        }
        Cause::ConsoleGone | Cause::Pve | Cause::Other => return None,
    })
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
    use std::time::Duration;

    use nexus_pve::{Error, ErrorKind, Stage, Version};

    use super::*;

    fn probe() -> ProbeReport {
        let stages =
            [ProbeStage::Resolve, ProbeStage::Connect, ProbeStage::Tls, ProbeStage::Api, ProbeStage::Permissions];
        ProbeReport {
            stages: stages
                .map(|stage| nexus_pve::StageReport { stage, took: Some(Duration::from_micros(1540)), error: None })
                .to_vec(),
            address: "10.0.0.5:8006".parse().ok(),
            way: None,
            certificate: None,
            trusted: true,
            version: Some(Version { version: "9.2.11".into(), release: "9.2".into(), repoid: String::new() }),
            nodes: Some(Vec::new()),
            permissions: Some(Permissions::default()),
            cluster: None,
        }
    }

    #[test]
    fn missing_privileges_come_with_the_exact_commands() {
        let report = TestReport::new(&probe(), "nexus@pve!broker");
        assert!(!report.ok);
        let rights = &report.stages[4];
        assert!(!rights.ok && !rights.skipped);
        let remedy = rights.remedy.as_deref().unwrap();
        assert!(remedy.contains("pveum role add NexusBroker --privs \"VM.Audit,VM.PowerMgmt,VM.Console,"), "{remedy}");
        assert!(remedy.contains("pveum acl modify / --users 'nexus@pve' --roles NexusBroker"), "{remedy}");
        assert!(remedy.contains("pveum acl modify / --tokens 'nexus@pve!broker' --roles NexusBroker"), "{remedy}");
        assert_eq!(report.features[2], FeatureReport { feature: Feature::Console, missing: vec!["VM.Console".into()] });
    }

    #[test]
    fn times_are_measured_and_later_stages_are_left_out() {
        let mut probe = probe();
        let after = Duration::from_secs(10);
        let timeout =
            ErrorKind::Dial { cause: Cause::ConnectTimeout(dial::Stage::Connect), text: format!("{after:?}") };
        probe.stages[1].error = Some(Error { stage: Stage::Timeout, kind: timeout });
        for stage in &mut probe.stages[2..] {
            stage.took = None;
        }
        probe.permissions = None;
        probe.version = None;
        let report = TestReport::new(&probe, "nexus@pve!broker");
        assert_eq!(report.stages[0].milliseconds, Some(1.5));
        assert!(report.stages[0].ok && !report.stages[1].ok && !report.stages[1].skipped);
        assert!(report.stages[1].remedy.as_deref().is_some_and(|text| text.contains("firewall")));
        assert!(report.stages[2..].iter().all(|stage| stage.skipped && !stage.ok));
        assert!(report.features.is_empty() && report.recommended_timeout_seconds.is_none());
    }

    #[test]
    fn a_changed_certificate_shows_both_fingerprints() {
        let text = tls(&TlsProblem::PinMismatch { expected: [0xaa; 32], found: [0xbb; 32] });
        assert!(text.contains("AA:AA") && text.contains("BB:BB"), "{text}");
    }
}
