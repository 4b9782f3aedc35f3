//! Figures of hours and days, gathered in memory: how many checks, how many failed, how long the good ones took.
//!
//! Response times are counted in buckets of a logarithmic scale. Bucket `n` begins at 0.5 ms times 1.1 to the power of `n`
//! and stands for its geometric middle, so that a percentile is at most 4.9 % off; the last of 132 begins at 132 s and takes
//! all above. Pure: no I/O, no clock.

use std::collections::HashMap;
use std::time::Duration;

use nexus_model::{CheckKind, MetricSpan, Micros, ServerId, TenantId};

use super::Sample;

/// Where the first bucket begins, in microseconds; it also takes all below.
const FIRST: f64 = 500.0;
/// How much longer the times of the next bucket are.
const STEP: f64 = 1.1;
/// How many buckets there are.
const BUCKETS: usize = 132;
/// How many of 100 answers take no longer than what is told.
const PERCENTILE: u64 = 95;

/// How many response times fell into which bucket; as long as the highest one that was hit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Times(Vec<u64>);

impl Times {
    fn add(&mut self, took: Duration) {
        let micros = took.as_secs_f64() * 1e6;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 0, and cut to the last bucket"
        )]
        let bucket = ((micros / FIRST).ln() / STEP.ln()).max(0.0) as usize;
        let bucket = bucket.min(BUCKETS - 1);
        if self.0.len() <= bucket {
            self.0.resize(bucket + 1, 0);
        }
        self.0[bucket] += 1;
    }

    fn add_all(&mut self, others: &Self) {
        if self.0.len() < others.0.len() {
            self.0.resize(others.0.len(), 0);
        }
        for (own, other) in self.0.iter_mut().zip(&others.0) {
            *own = own.saturating_add(*other);
        }
    }

    /// The time that 95 of 100 do not exceed, in milliseconds; `None` without any.
    fn p95(&self) -> Option<f64> {
        let rank = (self.0.iter().sum::<u64>() * PERCENTILE).div_ceil(100);
        let mut seen = 0;
        self.0.iter().zip(0_i32..).find_map(|(count, bucket)| {
            seen += count;
            (*count > 0 && seen >= rank).then(|| FIRST / 1e3 * STEP.powi(bucket) * STEP.sqrt())
        })
    }

    /// As it is stored: `bucket:count`, with a blank between two.
    pub(super) fn write(&self) -> String {
        let hit = self.0.iter().enumerate().filter(|(_, count)| **count > 0);
        hit.map(|(bucket, count)| format!("{bucket}:{count}")).collect::<Vec<_>>().join(" ")
    }

    /// What was stored; parts that cannot be read count for nothing.
    pub(super) fn read(text: &str) -> Self {
        let mut times = Self::default();
        for part in text.split_ascii_whitespace() {
            let Some((bucket, count)) = part.split_once(':') else { continue };
            let (Ok(bucket), Ok(count)) = (bucket.parse::<usize>(), count.parse()) else { continue };
            if bucket >= BUCKETS {
                continue;
            }
            if times.0.len() <= bucket {
                times.0.resize(bucket + 1, 0);
            }
            times.0[bucket] = count;
        }
        times
    }
}

/// What some checks came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) checks: u64,
    pub(crate) failed: u64,
    pub(crate) attempts: u64,
    /// Of the good ones.
    pub(crate) sum: Duration,
    pub(crate) times: Times,
}

impl Figures {
    fn add(&mut self, sample: &Sample) {
        self.checks += 1;
        self.attempts += u64::from(sample.attempts);
        if sample.ok {
            self.sum += sample.took;
            self.times.add(sample.took);
        } else {
            self.failed += 1;
        }
    }

    pub(super) fn add_all(&mut self, others: &Self) {
        self.checks = self.checks.saturating_add(others.checks);
        self.failed = self.failed.saturating_add(others.failed);
        self.attempts = self.attempts.saturating_add(others.attempts);
        self.sum = self.sum.saturating_add(others.sum);
        self.times.add_all(&others.times);
    }

    #[expect(clippy::cast_precision_loss, reason = "counts and milliseconds of a month are small")]
    pub(super) fn total(&self) -> MetricTotal {
        let good = self.checks.saturating_sub(self.failed);
        MetricTotal {
            checks: self.checks,
            failed: self.failed,
            attempts: self.attempts,
            success_percent: (self.checks > 0).then(|| good as f64 * 100.0 / self.checks as f64),
            average_ms: (good > 0).then(|| self.sum.as_secs_f64() * 1e3 / good as f64),
            p95_ms: if good > 0 { self.times.p95() } else { None },
        }
    }
}

/// What some checks came to, for people.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricTotal {
    /// How many there were.
    pub checks: u64,
    /// Those that failed.
    pub failed: u64,
    /// The tries that they took.
    pub attempts: u64,
    /// How many of 100 succeeded; `None` where nothing was asked.
    pub success_percent: Option<f64>,
    /// The average time of those; `None` where nothing succeeded.
    pub average_ms: Option<f64>,
    /// The time that 95 of 100 of those did not exceed, at most 4.9 % off.
    pub p95_ms: Option<f64>,
}

/// The hour or day of UTC that a moment lies in.
pub(crate) fn begin_of(span: MetricSpan, at: Micros) -> Micros {
    let length = micros(length(span));
    Micros(at.0.div_euclid(length) * length)
}

/// How long one point of a chart is.
pub(crate) const fn length(span: MetricSpan) -> Duration {
    match span {
        MetricSpan::Hour => Duration::from_secs(3600),
        MetricSpan::Day => Duration::from_secs(24 * 3600),
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// Of which server and which time figures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Of {
    pub(crate) tenant: TenantId,
    pub(crate) server: ServerId,
    pub(crate) span: MetricSpan,
    pub(crate) begins_at: Micros,
}

/// The figures of this process: of what runs now, and of what is over and not written yet.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    gathered: HashMap<Of, Gathered>,
}

#[derive(Debug, Default)]
struct Gathered {
    figures: Figures,
    /// Has something that is not written.
    unwritten: bool,
}

impl Gathering {
    pub(super) fn add(&mut self, sample: &Sample) {
        if sample.kind != CheckKind::Check {
            return;
        }
        for span in [MetricSpan::Hour, MetricSpan::Day] {
            let Sample { tenant, server, at, .. } = *sample;
            let of = Of { tenant, server, span, begins_at: begin_of(span, at) };
            let gathered = self.gathered.entry(of).or_default();
            gathered.figures.add(sample);
            gathered.unwritten = true;
        }
    }

    /// What is to be written. It counts as written from now on; see [`Self::not_written`].
    pub(super) fn take(&mut self) -> Vec<(Of, Figures)> {
        let unwritten = self.gathered.iter_mut().filter(|(_, gathered)| gathered.unwritten);
        unwritten
            .map(|(of, gathered)| {
                gathered.unwritten = false;
                (*of, gathered.figures.clone())
            })
            .collect()
    }

    /// What was taken could not be written.
    pub(super) fn not_written(&mut self, taken: &[(Of, Figures)]) {
        for (of, _) in taken {
            if let Some(gathered) = self.gathered.get_mut(of) {
                gathered.unwritten = true;
            }
        }
    }

    /// Forgets what is over and written, and what nobody would keep any more.
    pub(super) fn tidy(&mut self, now: Micros, kept: impl Fn(MetricSpan) -> Duration) {
        self.gathered.retain(|of, gathered| {
            let over = now.since(of.begins_at) >= length(of.span);
            !over || (gathered.unwritten && now.since(of.begins_at) < kept(of.span))
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn times(millis: impl IntoIterator<Item = f64>) -> Times {
        let mut times = Times::default();
        millis.into_iter().for_each(|ms| times.add(Duration::from_secs_f64(ms / 1e3)));
        times
    }

    #[test]
    fn times_are_stored_and_read_again() {
        let some = times([0.0, 0.4, 3.0, 3.0, 250.0, 1e9]);
        assert_eq!(Times::read(&some.write()), some);
        assert_eq!(some.0.len(), BUCKETS);
        assert_eq!(Times::read(""), Times::default());
        assert_eq!(Times::read("x 1 1:y 132:4 0:2"), times([0.1, 0.1]));
        assert_eq!((Times::default().p95(), Times::default().write().as_str()), (None, ""));
    }

    #[test]
    fn hours_and_days_begin_where_utc_says() {
        let at = Micros(1_795_276_799_999_999); // 2026-11-21T15:59:59.999999Z
        assert_eq!(begin_of(MetricSpan::Hour, at), Micros(1_795_273_200_000_000));
        assert_eq!(begin_of(MetricSpan::Day, at), Micros(1_795_219_200_000_000));
        assert_eq!(begin_of(MetricSpan::Day, Micros(-1)), Micros(-86_400_000_000));
    }

    proptest! {
        #[test]
        fn a_percentile_is_at_most_five_percent_off(
            millis in prop::collection::vec(0.5_f64..120_000.0, 1..300),
            split in any::<prop::sample::Index>(),
        ) {
            // Nearest rank, as the figures count.
            let mut sorted = millis.clone();
            sorted.sort_by(f64::total_cmp);
            let rank = (sorted.len() * 95).div_ceil(100);
            let exact = sorted[rank - 1];
            // Two processes' rows added up are the same as one.
            let (one, other) = millis.split_at(split.index(millis.len()));
            let mut both = times(one.iter().copied());
            both.add_all(&times(other.iter().copied()));
            prop_assert_eq!(&both, &times(millis.iter().copied()));
            let told = both.p95().unwrap();
            prop_assert!((told - exact).abs() <= exact * 0.05, "{} told, {} exact", told, exact);
        }
    }
}
