//! The connectivity test's answer: each stage as it was measured.

use nexus_app::servers::{Feature, TestReport, TestStage};
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::At;

/// What a connectivity test found.
#[derive(Serialize, ToSchema)]
#[schema(as = TestReport)]
pub(crate) struct TestReportOut {
    /// Whether every stage is fine.
    ok: bool,
    stages: Vec<StageOut>,
    /// The address that answered.
    address: Option<String>,
    certificate: Option<CertificateOut>,
    /// PVE's version.
    version: Option<String>,
    nodes: Option<u32>,
    recommended_timeout_seconds: Option<u32>,
    /// What the token's privileges are enough for.
    features: Vec<FeatureOut>,
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
}

/// One feature and what it lacks.
#[derive(Serialize, ToSchema)]
#[schema(as = TestFeature)]
pub(crate) struct FeatureOut {
    feature: FeatureNameOut,
    ok: bool,
    /// Privileges that are missing.
    missing: Vec<String>,
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
        let features = report.features.into_iter();
        Self {
            ok: report.ok,
            stages: stages.collect(),
            address: report.address,
            certificate: report.certificate.map(|c| CertificateOut {
                fingerprint: c.fingerprint,
                subject: c.subject,
                issuer: c.issuer,
                not_before: At(c.not_before),
                not_after: At(c.not_after),
                trusted: c.trusted,
            }),
            version: report.version,
            nodes: report.nodes,
            recommended_timeout_seconds: report.recommended_timeout_seconds,
            features: features
                .map(|f| FeatureOut { feature: f.feature.into(), ok: f.missing.is_empty(), missing: f.missing })
                .collect(),
        }
    }
}
