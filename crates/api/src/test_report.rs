//! The connectivity test's answer: each stage as it was measured.

use nexus_app::servers::{
    Certificate, Doctor, DoctorPurpose, DoctorWarningCode, Feature, ServerTest, TestReport, TestStage,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::server_view::WayOut;
use crate::wire::{At, mirrored};

/// What a connectivity test found, by way.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerTest)]
pub(crate) struct ServerTestOut {
    /// Whether every way is fine.
    ok: bool,
    reports: Vec<TestReportOut>,
}

impl From<ServerTest> for ServerTestOut {
    fn from(test: ServerTest) -> Self {
        Self { ok: test.ok, reports: test.reports.into_iter().map(Into::into).collect() }
    }
}

/// What the test of one way found.
#[derive(Serialize, ToSchema)]
#[schema(as = TestReport)]
pub(crate) struct TestReportOut {
    /// Whether every stage is fine.
    ok: bool,
    way: WayOut,
    /// How often it was tried.
    attempts: u32,
    stages: Vec<StageOut>,
    /// The address that answered.
    address: Option<String>,
    certificate: Option<CertificateOut>,
    /// PVE's version.
    version: Option<String>,
    nodes: Option<u32>,
    recommended_timeout_seconds: Option<u32>,
    /// Null where PVE was not reached.
    doctor: Option<DoctorOut>,
}

/// One stage.
#[derive(Serialize, ToSchema)]
#[schema(as = TestStage)]
pub(crate) struct StageOut {
    stage: StageNameOut,
    ok: bool,
    /// Not reached because an earlier one failed.
    skipped: bool,
    milliseconds: Option<f64>,
    /// What was found, or what went wrong.
    detail: String,
    /// What to do about it.
    remedy: Option<String>,
}

/// The stages in their order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TestStageName)]
pub(crate) enum StageNameOut {
    Resolve,
    Connect,
    Tls,
    Api,
    Permissions,
}

/// The certificate that the server showed.
#[derive(Serialize, ToSchema)]
#[schema(as = Certificate)]
pub(crate) struct CertificateOut {
    /// SHA-256 of the leaf.
    fingerprint: String,
    subject: String,
    issuer: String,
    #[schema(value_type = At)]
    not_before: At,
    #[schema(value_type = At)]
    not_after: At,
    /// Whether the chosen mode accepts it.
    trusted: bool,
    /// The trusted fingerprint, where another one is pinned.
    expected_fingerprint: Option<String>,
    /// Whether it is another one than was trusted.
    changed: bool,
}

impl From<Certificate> for CertificateOut {
    fn from(certificate: Certificate) -> Self {
        Self {
            fingerprint: certificate.fingerprint,
            subject: certificate.subject,
            issuer: certificate.issuer,
            not_before: At(certificate.not_before),
            not_after: At(certificate.not_after),
            trusted: certificate.trusted,
            expected_fingerprint: certificate.expected_fingerprint,
            changed: certificate.changed,
        }
    }
}

/// What a token can be enough for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TestFeatureName)]
pub(crate) enum FeatureNameOut {
    SeeGuests,
    Power,
    Console,
    Snapshots,
    NodeNumbers,
    Tasks,
    NodeShell,
    Backups,
}

impl From<TestStage> for StageNameOut {
    fn from(stage: TestStage) -> Self {
        match stage {
            TestStage::Resolve => Self::Resolve,
            TestStage::Connect => Self::Connect,
            TestStage::Tls => Self::Tls,
            TestStage::Api => Self::Api,
            TestStage::Permissions => Self::Permissions,
        }
    }
}

impl From<Feature> for FeatureNameOut {
    fn from(feature: Feature) -> Self {
        match feature {
            Feature::SeeGuests => Self::SeeGuests,
            Feature::Power => Self::Power,
            Feature::Console => Self::Console,
            Feature::Snapshots => Self::Snapshots,
            Feature::NodeNumbers => Self::NodeNumbers,
            Feature::Tasks => Self::Tasks,
            Feature::NodeShell => Self::NodeShell,
            Feature::Backups => Self::Backups,
        }
    }
}

mirrored! {
    /// What a command is for.
    DoctorPurposeOut = DoctorPurpose { CreateRole, ModifyRole, CreateUser, CreateToken, GrantUser, GrantToken }
}

mirrored! {
    /// What a warning is about.
    DoctorWarningCodeOut = DoctorWarningCode {
        RootToken, TokenExpiresSoon, TokenExpired, NotSeparated, TooMuch, ConsoleNeedsUpdate, ClockSkew
    }
}

/// One feature and the privileges that the token lacks for it.
#[derive(Serialize, ToSchema)]
#[schema(as = TestFeature)]
pub(crate) struct FeatureOut {
    feature: FeatureNameOut,
    missing: Vec<String>,
}

/// A command to run on a node, as root.
#[derive(Serialize, ToSchema)]
#[schema(as = DoctorCommand)]
pub(crate) struct DoctorCommandOut {
    purpose: DoctorPurposeOut,
    command: String,
}

/// Something to look at.
#[derive(Serialize, ToSchema)]
#[schema(as = DoctorWarning)]
pub(crate) struct DoctorWarningOut {
    code: DoctorWarningCodeOut,
    detail: String,
    remedy: Option<String>,
}

/// What the token is enough for, and how to mend it.
#[derive(Serialize, ToSchema)]
#[schema(as = Doctor)]
pub(crate) struct DoctorOut {
    /// Empty where the token's privileges could not be read.
    features: Vec<FeatureOut>,
    /// In the order in which they are run.
    commands: Vec<DoctorCommandOut>,
    warnings: Vec<DoctorWarningOut>,
}

impl From<Doctor> for DoctorOut {
    fn from(doctor: Doctor) -> Self {
        let features = doctor.features.into_iter();
        let commands = doctor.commands.into_iter();
        let warnings = doctor.warnings.into_iter();
        Self {
            features: features.map(|f| FeatureOut { feature: f.feature.into(), missing: f.missing }).collect(),
            commands: commands.map(|c| DoctorCommandOut { purpose: c.purpose.into(), command: c.command }).collect(),
            warnings: warnings
                .map(|w| DoctorWarningOut { code: w.code.into(), detail: w.detail, remedy: w.remedy })
                .collect(),
        }
    }
}

impl From<TestReport> for TestReportOut {
    fn from(report: TestReport) -> Self {
        let stages = report.stages.into_iter().map(|s| StageOut {
            stage: s.stage.into(),
            ok: s.ok,
            skipped: s.skipped,
            milliseconds: s.milliseconds,
            detail: s.detail,
            remedy: s.remedy,
        });
        Self {
            ok: report.ok,
            way: report.way.into(),
            attempts: report.attempts,
            stages: stages.collect(),
            address: report.address,
            certificate: report.certificate.map(Into::into),
            version: report.version,
            nodes: report.nodes,
            recommended_timeout_seconds: report.recommended_timeout_seconds,
            doctor: report.doctor.map(Into::into),
        }
    }
}
