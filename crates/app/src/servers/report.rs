//! The connectivity test of one way in plain words: each stage as it was measured, and what was found. Pure.

use nexus_model::{Micros, Way};
use nexus_net::tls::{TlsProblem, format_fingerprint};
use nexus_pve::{Cause, ProbeReport, ProbeStage};

use super::doctor::{Doctor, Feature, FeatureReport, missing};
use super::remedy::remedy;

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

/// What a connectivity test found.
#[derive(Debug, Clone, PartialEq)]
pub struct TestReport {
    /// Whether every stage is fine.
    pub ok: bool,
    /// On which way.
    pub way: Way,
    /// How often it was tried.
    pub attempts: u32,
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
    /// What the token is enough for, and how to mend it; `None` where PVE was not reached.
    pub doctor: Option<Doctor>,
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
    /// The trusted fingerprint, where another one is pinned.
    pub expected_fingerprint: Option<String>,
    /// Whether it is another one than was trusted.
    pub changed: bool,
}

impl TestReport {
    /// The report of a probe made with the token `token_id`.
    pub(super) fn new(way: Way, probe: &ProbeReport, token_id: &str, doctor: Option<Doctor>) -> Self {
        let features = doctor.as_ref().map_or(&[][..], |doctor| &doctor.features);
        let stages: Vec<_> = probe.stages.iter().map(|stage| stage_report(stage, probe, features, token_id)).collect();
        Self {
            ok: stages.iter().all(|stage| stage.ok),
            way,
            attempts: probe.attempts,
            stages,
            address: probe.address.map(|address| address.to_string()),
            certificate: certificate(probe),
            version: probe.version.as_ref().map(|version| version.version.clone()),
            nodes: probe.nodes.as_ref().and_then(|nodes| u32::try_from(nodes.len()).ok()),
            recommended_timeout_seconds: probe
                .recommended_timeout()
                .and_then(|time| u32::try_from(time.as_secs()).ok()),
            doctor,
        }
    }
}

fn certificate(probe: &ProbeReport) -> Option<Certificate> {
    let certificate = probe.certificate.as_ref()?;
    let second = |seconds: i64| Micros(seconds.saturating_mul(1_000_000));
    let expected = match probe.error().map(nexus_pve::Error::cause) {
        Some(Cause::Tls(TlsProblem::PinMismatch { expected, .. })) => Some(format_fingerprint(&expected)),
        _ => None,
    };
    Some(Certificate {
        fingerprint: format_fingerprint(&certificate.fingerprint),
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
        not_before: second(certificate.not_before),
        not_after: second(certificate.not_after),
        trusted: probe.trusted,
        changed: expected.is_some(),
        expected_fingerprint: expected,
    })
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
        return report(false, false, error.to_string(), Some(remedy(&error.cause(), token_id)));
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
            let (ok, detail, remedy) = rights(features);
            report(ok, false, detail, remedy)
        }
    }
}

/// Without `VM.Audit` a token sees no guest at all; anything else that is missing closes single features.
fn rights(features: &[FeatureReport]) -> (bool, String, Option<String>) {
    let missing = missing(features);
    if missing.is_empty() {
        return (true, "the token's privileges are enough for everything".into(), None);
    }
    let sees = features.iter().any(|feature| feature.feature == Feature::SeeGuests && feature.missing.is_empty());
    let remedy = if sees {
        "Everything else works. The commands of the privilege check give what is missing."
    } else {
        "Without VM.Audit the token sees no guest. The commands of the privilege check give what is missing."
    };
    (sees, format!("the token lacks {}", missing.join(", ")), Some(remedy.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use nexus_net::dial;
    use nexus_pve::{Error, ErrorKind, Examination, Permissions, Stage, Version};

    use super::super::doctor::Patient;
    use super::*;

    fn probe() -> ProbeReport {
        let stages =
            [ProbeStage::Resolve, ProbeStage::Connect, ProbeStage::Tls, ProbeStage::Api, ProbeStage::Permissions];
        ProbeReport {
            stages: stages
                .map(|stage| nexus_pve::StageReport { stage, took: Some(Duration::from_micros(1540)), error: None })
                .to_vec(),
            address: "10.0.0.5:8006".parse().ok(),
            way: nexus_pve::Way::Direct,
            attempts: 1,
            proxied: None,
            certificate: None,
            trusted: true,
            version: Some(Version { version: "9.2.11".into(), release: "9.2".into(), repoid: String::new() }),
            nodes: Some(Vec::new()),
            permissions: Some(Permissions::default()),
            cluster: None,
            clock_ahead: None,
        }
    }

    fn report(probe: &ProbeReport) -> TestReport {
        let doctor = Doctor::of(&Patient {
            token_id: "nexus@pve!broker",
            permissions: probe.permissions.as_ref(),
            found: &Examination::default(),
            version: Some("9.2.11"),
            node_shell: false,
            expires: None,
            clock_ahead: None,
            now: Micros(0),
        });
        let doctor = probe.permissions.is_some().then_some(doctor);
        TestReport::new(Way::Direct, probe, "nexus@pve!broker", doctor)
    }

    #[test]
    fn missing_privileges_are_a_failed_stage_only_where_no_guest_is_seen() {
        let report = report(&probe());
        assert!(!report.ok);
        let rights = &report.stages[4];
        assert!(!rights.ok && !rights.skipped && rights.detail.contains("VM.Audit, VM.PowerMgmt, VM.Console"));
        assert!(rights.remedy.as_deref().is_some_and(|text| text.contains("VM.Audit")));
        let features = report.doctor.map(|doctor| doctor.features).unwrap_or_default();
        assert_eq!(features[2], FeatureReport { feature: Feature::Console, missing: vec!["VM.Console".into()] });
    }

    #[test]
    fn times_are_measured_and_later_stages_are_left_out() {
        let mut probe = probe();
        let after = Duration::from_secs(10);
        let timeout =
            ErrorKind::Dial { cause: Cause::ConnectTimeout(dial::Stage::Connect), text: format!("{after:?}") };
        probe.stages[1].error = Some(failed(timeout));
        for stage in &mut probe.stages[2..] {
            stage.took = None;
        }
        probe.permissions = None;
        probe.version = None;
        let report = report(&probe);
        assert_eq!(report.stages[0].milliseconds, Some(1.5));
        assert!(report.stages[0].ok && !report.stages[1].ok && !report.stages[1].skipped);
        assert!(report.stages[1].remedy.as_deref().is_some_and(|text| text.contains("firewall")));
        assert!(report.stages[2..].iter().all(|stage| stage.skipped && !stage.ok));
        assert!(report.doctor.is_none() && report.recommended_timeout_seconds.is_none());
    }

    fn failed(kind: ErrorKind) -> Error {
        Error { stage: Stage::Timeout, kind, attempts: 1 }
    }
}
