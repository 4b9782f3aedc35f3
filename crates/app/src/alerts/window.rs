//! The last checks of each server, as this process made them, and what the rules say of them.
//!
//! An alert opens on the bad side of its threshold and is over clearly on the good side, so that it does not flap:
//!
//! | rule | opens | is over |
//! | --- | --- | --- |
//! | success rate | of 10 or more checks within 15 minutes too few succeeded | five good ones in a row and a good rate, or ten in a row, or 5 points above |
//! | latency | the good ones of those took too long on average | the last five took 90 % of the threshold or less |
//! | offline | checks have failed in a row for too long | two good ones, or one that is a minute old |
//!
//! What was lost while this side's own network was away does not count; see `network`. Pure: the time is a parameter.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nexus_model::{AlertRule, Micros, ServerId, TenantId};
use nexus_store::AlertSettings;

use super::network::Network;
use crate::metrics::{Sample, millis};

/// How far back checks count.
pub(super) const SPAN: Duration = Duration::from_secs(15 * 60);
/// How many checks say something.
const ENOUGH: usize = 10;
/// How many checks of a server are kept.
const KEPT: usize = 1_000;
/// So many good ones in a row are a good sign, twice as many are enough.
const GOOD: usize = 5;
/// After a start nothing is opened for so long, and checks from then do not count for a rate.
pub(super) const QUIET: Duration = Duration::from_secs(120);
/// How long one good check must be old to end an absence.
const BACK: Duration = Duration::from_secs(60);

/// One check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Check {
    at: Micros,
    ok: bool,
    took: Duration,
    /// Whether somebody at the other end spoke.
    answered: bool,
}

/// The last checks of one server.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub(super) tenant: TenantId,
    pub(super) name: Arc<str>,
    checks: VecDeque<Check>,
    /// The times of the last good ones, however old.
    good: VecDeque<Duration>,
    /// How many of the last ones were alike, and since when.
    streak: usize,
    since: Micros,
    /// Why the last one failed.
    error: Option<String>,
    /// Older checks do not count for the rule any more.
    rate_from: Micros,
    latency_from: Micros,
}

/// What a rule says of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Beyond the threshold.
    Bad {
        /// What was measured.
        value: i64,
        /// More about it.
        detail: Option<String>,
    },
    /// Clearly on the good side.
    Good,
    /// Neither, or nothing is known.
    Unclear,
}

/// An alert of the rule that stands already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) opened_at: Micros,
    pub(super) threshold: i64,
}

/// What a judgement hangs on beside the checks.
pub(super) struct Circumstances<'a> {
    pub(super) now: Micros,
    /// When this process started.
    pub(super) started_at: Micros,
    pub(super) network: &'a Network,
    /// Whether the server's silence may still turn out to be this side's.
    pub(super) suspect: bool,
}

impl Window {
    fn new(sample: &Sample) -> Self {
        Self {
            tenant: sample.tenant,
            name: Arc::clone(&sample.server_name),
            checks: VecDeque::new(),
            good: VecDeque::new(),
            streak: 0,
            since: sample.at,
            error: None,
            rate_from: Micros(i64::MIN),
            latency_from: Micros(i64::MIN),
        }
    }

    fn add(&mut self, sample: &Sample) {
        let check = Check { at: sample.at, ok: sample.ok, took: sample.took, answered: sample.answered };
        if self.checks.back().is_none_or(|last| last.ok != check.ok) {
            (self.streak, self.since) = (0, check.at);
        }
        self.streak += 1;
        self.name = Arc::clone(&sample.server_name);
        self.error.clone_from(&sample.error);
        if check.ok {
            self.good.push_back(check.took);
            if self.good.len() > GOOD {
                self.good.pop_front();
            }
        }
        self.checks.push_back(check);
        while self.checks.len() > 1 && (self.checks.len() > KEPT || check.at.since(self.checks[0].at) > SPAN) {
            self.checks.pop_front();
        }
    }

    /// When it was asked last.
    pub(super) fn last_at(&self) -> Option<Micros> {
        self.checks.back().map(|last| last.at)
    }

    /// Whether the last check failed and nobody spoke.
    pub(super) fn is_silent(&self) -> bool {
        self.checks.back().is_some_and(|last| !last.ok && !last.answered)
    }

    /// Since when its checks have failed in a row; `None` when the last one did not.
    pub(super) fn failing_since(&self) -> Option<Micros> {
        self.checks.back().filter(|last| !last.ok).map(|_| self.since)
    }

    fn good_since(&self) -> Option<Micros> {
        self.checks.back().filter(|last| last.ok).map(|_| self.since)
    }

    /// What counts, from `from` on: not what was lost on this side.
    fn counted<'a>(&'a self, from: Micros, around: &'a Circumstances<'_>) -> impl Iterator<Item = &'a Check> {
        let from = from.max(around.now.minus(SPAN));
        self.checks
            .iter()
            .filter(move |check| check.at >= from && (check.ok || check.answered || !around.network.was_lost(check.at)))
    }

    /// What the rule says. `standing` is the alert that is open or acknowledged.
    pub(super) fn judge(
        &self,
        rule: AlertRule,
        settings: &AlertSettings,
        standing: Option<Standing>,
        around: &Circumstances<'_>,
    ) -> Verdict {
        match rule {
            AlertRule::SuccessRate => self.judge_rate(settings.alert_success_percent, standing.is_some(), around),
            AlertRule::Latency => self.judge_latency(settings.alert_latency_ms, standing.is_some(), around),
            AlertRule::Offline => self.judge_absence(settings.alert_offline_seconds, standing, around),
            AlertRule::Network => Verdict::Unclear,
        }
    }

    fn judge_rate(&self, threshold: i64, stands: bool, around: &Circumstances<'_>) -> Verdict {
        let least = usize::try_from(threshold).unwrap_or(usize::MAX);
        let from = if stands { self.rate_from } else { self.rate_from.max(around.started_at.plus(QUIET)) };
        let (all, good) =
            self.counted(from, around).fold((0, 0), |(all, good), check| (all + 1, good + usize::from(check.ok)));
        if stands {
            let row = if self.good_since().is_some() { self.streak } else { 0 };
            let long_good = self.good_since().is_some_and(|since| row > 1 && around.now.since(since) >= SPAN);
            let clearly = all >= ENOUGH && good * 100 >= all * (least + 5).min(100);
            let recovered = row >= GOOD && good * 100 >= all * least;
            return if clearly || recovered || row >= 2 * GOOD || long_good { Verdict::Good } else { Verdict::Unclear };
        }
        if all < ENOUGH || good * 100 >= all * least || around.suspect {
            return Verdict::Unclear;
        }
        let detail = self.error.clone();
        Verdict::Bad { value: i64::try_from(good * 100 / all).unwrap_or_default(), detail }
    }

    fn judge_latency(&self, threshold: i64, stands: bool, around: &Circumstances<'_>) -> Verdict {
        if stands {
            let average = average(self.good.iter().copied());
            let good = average.is_some_and(|took| millis(took) * 10 <= threshold * 9);
            return if good && self.good.len() == GOOD { Verdict::Good } else { Verdict::Unclear };
        }
        let from = self.latency_from.max(around.started_at.plus(QUIET));
        let (all, good) = self.counted(from, around).fold((0, Vec::new()), |(all, mut good), check| {
            good.extend(check.ok.then_some(check.took));
            (all + 1, good)
        });
        if all < ENOUGH || good.len() < GOOD {
            return Verdict::Unclear;
        }
        match average(good.into_iter()).map(millis) {
            Some(value) if value > threshold => Verdict::Bad { value, detail: None },
            _ => Verdict::Unclear,
        }
    }

    fn judge_absence(&self, threshold: i64, standing: Option<Standing>, around: &Circumstances<'_>) -> Verdict {
        let now = around.now;
        if let Some(since) = self.good_since() {
            return if self.streak >= 2 || now.since(since) >= BACK { Verdict::Good } else { Verdict::Unclear };
        }
        let Some(since) = self.failing_since() else { return Verdict::Unclear };
        let away = seconds(now.since(around.network.since_found(since)));
        if let Some(Standing { opened_at, threshold: before }) = standing {
            // What another start of Nexus knew counts too: only another threshold ends the alert of a server that is away.
            let away = away.max(seconds(now.since(opened_at)).saturating_add(before));
            return if away <= threshold && threshold > before { Verdict::Good } else { Verdict::Unclear };
        }
        let quiet = now.since(around.started_at) < QUIET;
        let lost = self.is_silent() && (around.network.is_lost() || around.suspect);
        if self.streak < 2 || away <= threshold || quiet || lost {
            return Verdict::Unclear;
        }
        Verdict::Bad { value: away, detail: self.error.clone() }
    }

    /// The rule's alert is over: what was before does not count again.
    fn over(&mut self, rule: AlertRule, now: Micros) {
        match rule {
            AlertRule::SuccessRate => self.rate_from = now,
            AlertRule::Latency => {
                self.latency_from = now;
                self.good.clear();
            }
            AlertRule::Offline | AlertRule::Network => {}
        }
    }
}

fn average(took: impl ExactSizeIterator<Item = Duration>) -> Option<Duration> {
    let count = u32::try_from(took.len()).ok().filter(|count| *count > 0)?;
    Some(took.sum::<Duration>() / count)
}

fn seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

/// The windows of all servers that this process asks. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Windows {
    inner: Arc<Mutex<HashMap<ServerId, Window>>>,
}

impl Windows {
    /// Takes a check.
    pub(crate) fn add(&self, sample: &Sample) {
        let mut windows = self.lock();
        let window = windows.entry(sample.server).or_insert_with(|| Window::new(sample));
        if window.tenant != sample.tenant {
            *window = Window::new(sample);
        }
        window.add(sample);
    }

    /// An alert of a server is over: what was before does not count again.
    pub(super) fn over(&self, server: ServerId, rule: AlertRule, now: Micros) {
        if let Some(window) = self.lock().get_mut(&server) {
            window.over(rule, now);
        }
    }

    /// Forgets a server: it is another one now.
    pub(super) fn forget(&self, server: ServerId) {
        self.lock().remove(&server);
    }

    /// Forgets the servers that are not asked here.
    pub(super) fn keep(&self, asked: impl Fn(ServerId) -> bool) {
        self.lock().retain(|server, _| asked(*server));
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<ServerId, Window>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
