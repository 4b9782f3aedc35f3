//! The connectivity test: one try, stage by stage, with measured times and what was found at each.
//!
//! It uses the given token once and keeps nothing. A failed stage ends the test; the stages behind it are left out.

use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use http::header::DATE;
use nexus_net::certificate::CertificateInfo;
use nexus_net::dial::{self, DialError, Dialed, Dialer, Timings};
use serde::de::DeserializeOwned;

use crate::error::{Error, Stage};
use crate::lenient::Rows;
use crate::line::Line;
use crate::node::{ClusterStatus, Node, RawClusterStatus, RawNode, RawVersion, Version};
use crate::permission::{Permissions, RawPermissions};
use crate::route::{Route, Way};
use crate::token::ApiToken;
use crate::wire::{Answer, Call};

/// How long each call of the test may take.
const CALL: Duration = Duration::from_secs(10);

/// The stages in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProbeStage {
    /// Looking up the name, and the address guard.
    Resolve,
    /// TCP.
    Connect,
    /// The TLS handshake.
    Tls,
    /// `/version` with the token.
    Api,
    /// `/access/permissions` and `/nodes`.
    Permissions,
}

impl ProbeStage {
    const ALL: [Self; 5] = [Self::Resolve, Self::Connect, Self::Tls, Self::Api, Self::Permissions];
}

/// One stage of the test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageReport {
    /// Which.
    pub stage: ProbeStage,
    /// How long it took; `None` when it was not reached.
    pub took: Option<Duration>,
    /// Why it failed; [`Error::cause`] says what a person can do.
    pub error: Option<Error>,
}

impl StageReport {
    /// Whether the stage was done and went well.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.took.is_some() && self.error.is_none()
    }
}

/// What the test found.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeReport {
    /// All five stages in their order.
    pub stages: Vec<StageReport>,
    /// The address that was reached.
    pub address: Option<SocketAddr>,
    /// The way that was tested.
    pub way: Way,
    /// Tries that it took.
    pub attempts: u32,
    /// Whether the tailnet's proxy was used; `None` when nothing was reached.
    pub proxied: Option<bool>,
    /// The certificate that was shown, trusted or not.
    pub certificate: Option<CertificateInfo>,
    /// Whether the TLS policy accepted the certificate.
    pub trusted: bool,
    /// PVE's version.
    pub version: Option<Version>,
    /// The nodes of the cluster, with fingerprints to pin.
    pub nodes: Option<Vec<Node>>,
    /// What the token may do.
    pub permissions: Option<Permissions>,
    /// The cluster's name, where the token may see it.
    pub cluster: Option<String>,
    /// How many seconds the node's clock is ahead of ours (less than zero: behind), as its answer's date says.
    pub clock_ahead: Option<i64>,
}

impl ProbeReport {
    /// Whether every stage went well.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.stages.iter().all(StageReport::is_ok)
    }

    /// The error that ended the test.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.stages.iter().find_map(|stage| stage.error.as_ref())
    }

    /// A limit for connecting and reading that leaves room for a bad day: four times what the test took, 5 to 60 s in
    /// whole seconds. `None` unless the test reached PVE.
    #[must_use]
    pub fn recommended_timeout(&self) -> Option<Duration> {
        self.version.as_ref()?;
        let took: Duration = self.stages.iter().filter_map(|stage| stage.took).sum();
        Some(Duration::from_secs((took.as_secs_f64() * 4.0).ceil().clamp(5.0, 60.0).round() as u64))
    }

    fn empty(way: Way) -> Self {
        Self {
            stages: ProbeStage::ALL.map(|stage| StageReport { stage, took: None, error: None }).to_vec(),
            address: None,
            way,
            attempts: 1,
            proxied: None,
            certificate: None,
            trusted: false,
            version: None,
            nodes: None,
            permissions: None,
            cluster: None,
            clock_ahead: None,
        }
    }

    fn put(&mut self, stage: ProbeStage, took: Duration, error: Option<Error>) {
        if let Some(report) = self.stages.iter_mut().find(|report| report.stage == stage) {
            report.took = Some(took);
            report.error = error;
        }
    }

    fn put_dial(&mut self, timings: Timings, failed: Option<&DialError>) {
        let reached = failed.map_or(dial::Stage::Tls, DialError::stage);
        let stages = [
            (dial::Stage::Resolve, ProbeStage::Resolve, timings.resolve),
            (dial::Stage::Connect, ProbeStage::Connect, timings.connect),
            (dial::Stage::Tls, ProbeStage::Tls, timings.tls),
        ];
        for (of_dial, stage, took) in stages {
            let error = failed.filter(|_| of_dial == reached).map(Error::from);
            self.put(stage, took, error);
            if of_dial == reached {
                return;
            }
        }
    }
}

/// Tests one way to a server and what `token` may do there.
pub async fn probe(dialer: &Dialer, route: &Route, token: &ApiToken) -> ProbeReport {
    let target = &route.target;
    let mut report = ProbeReport::empty(route.way);
    let mut timings = Timings::default();
    let dialed = match dialer.dial_timed(target, &mut timings).await {
        Ok(dialed) => dialed,
        Err(error) => {
            report.put_dial(timings, Some(&error));
            if let DialError::Tls { certificate, address, .. } = &error {
                report.address = Some(*address);
                report.certificate = certificate.as_ref().map(CertificateInfo::read);
            }
            return report;
        }
    };
    report.put_dial(timings, None);
    report.found(&dialed);
    let mut line = Line::new(dialer, target, token.header(), dialed);
    let started = Instant::now();
    let version = report.ask_version(&mut line).await;
    report.put(ProbeStage::Api, started.elapsed(), version.as_ref().err().cloned());
    let Ok(version) = version else { return report };
    report.version = Some(version.into());
    let started = Instant::now();
    let rights = report.ask_rights(&mut line).await;
    report.put(ProbeStage::Permissions, started.elapsed(), rights.err());
    report
}

impl ProbeReport {
    fn found(&mut self, dialed: &Dialed) {
        self.address = Some(dialed.address);
        self.proxied = Some(dialed.way == dial::Way::Proxy);
        self.certificate = dialed.stream.peer_certificate().as_ref().map(CertificateInfo::read);
        self.trusted = true;
    }

    async fn ask_version(&mut self, line: &mut Line) -> Result<RawVersion, Error> {
        let answer = answer(line, "/version").await?;
        self.clock_ahead = answer.headers.get(DATE).and_then(|value| value.to_str().ok()).and_then(ahead);
        read(&answer)
    }

    async fn ask_rights(&mut self, line: &mut Line) -> Result<(), Error> {
        let permissions = Permissions::from(ask::<RawPermissions>(line, "/access/permissions").await?);
        let may_see_cluster = permissions.on("/", "Sys.Audit");
        self.permissions = Some(permissions);
        let nodes = ask::<Rows<RawNode>>(line, "/nodes").await?.all()?;
        self.nodes = Some(nodes.into_iter().filter_map(RawNode::read).collect());
        if may_see_cluster {
            // Only a help to notice the same cluster twice: its failure is none of the test's.
            let rows =
                ask::<Rows<RawClusterStatus>>(line, "/cluster/status").await.and_then(Rows::all).unwrap_or_default();
            self.cluster = rows.into_iter().filter_map(RawClusterStatus::read).find_map(|row| match row {
                ClusterStatus::Cluster { name, .. } => Some(name),
                ClusterStatus::Node { .. } => None,
            });
        }
        Ok(())
    }
}

async fn ask<T: DeserializeOwned>(line: &mut Line, path: &str) -> Result<T, Error> {
    read(&answer(line, path).await?)
}

async fn answer(line: &mut Line, path: &str) -> Result<Answer, Error> {
    let answer = tokio::time::timeout(CALL, line.call(&Call::get(path))).await;
    answer.map_err(|_| Error::timeout(CALL))?
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    answer.data().map_err(|error| match error.stage {
        // A 404 from something else than PVE reads better as what it is.
        Stage::Api if error.status() == Some(404) => Error::not_pve(error.to_string()),
        _ => error,
    })
}

/// How far the clock that wrote an HTTP date is ahead of ours, in whole seconds.
fn ahead(date: &str) -> Option<i64> {
    let theirs = httpdate::parse_http_date(date).ok()?;
    Some(match theirs.duration_since(SystemTime::now()) {
        Ok(ahead) => i64::try_from(ahead.as_secs()).ok()?,
        Err(behind) => -i64::try_from(behind.duration().as_secs()).ok()?,
    })
}
