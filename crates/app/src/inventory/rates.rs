//! How fast a guest reads, writes, receives and sends: PVE tells counters since the guest's start, and two of them with
//! the time between make a rate. And how far figures that always move may move without being told.
//!
//! Pure: no I/O and no clock. PVE writes counters and uptime together every 10 s, so the uptime is the time between,
//! whenever they were asked for. It must never make a rate of counters of two different runs.

use nexus_model::Micros;
use nexus_pve::{GuestResource, RunState};
use serde::{Deserialize, Serialize};

/// What a guest moves, in bytes per second; `None` until two pictures told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// Read from its disks.
    pub disk_read: Option<f64>,
    /// Written to its disks.
    pub disk_write: Option<f64>,
    /// Received.
    pub net_in: Option<f64>,
    /// Sent.
    pub net_out: Option<f64>,
}

/// How far a rate may be from the one that is shown without being another: this share of the larger one, …
const SHARE: f64 = 0.1;
/// … or this many bytes per second.
const LEAST: f64 = 500.0;

/// A guest's counters, and when they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counters {
    at: Micros,
    uptime: Option<u64>,
    disk_read: Option<u64>,
    disk_write: Option<u64>,
    net_in: Option<u64>,
    net_out: Option<u64>,
}

impl Counters {
    /// The counters of a guest that runs.
    pub(crate) fn read(said: &GuestResource, at: Micros) -> Option<Self> {
        let GuestResource { uptime, disk_read, disk_write, net_in, net_out, .. } = *said;
        let told = uptime.or(disk_read).or(disk_write).or(net_in).or(net_out).is_some();
        (told && said.status == RunState::Running).then_some(Self {
            at,
            uptime,
            disk_read,
            disk_write,
            net_in,
            net_out,
        })
    }

    /// Whether PVE has not written them anew since.
    fn same_as(&self, before: &Self) -> bool {
        Self { at: before.at, ..*self } == *before
    }

    /// The seconds since `before`; `None` where the guest was started anew.
    fn since(&self, before: &Self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "an uptime is far below 2^52 seconds")]
        let passed = match (before.uptime, self.uptime) {
            (Some(before), Some(now)) if now < before => return None,
            (Some(before), Some(now)) if now > before => (now - before) as f64,
            _ => self.at.since(before.at).as_secs_f64(),
        };
        (passed > 0.0).then_some(passed)
    }
}

/// What to remember, and the rates to show, of a guest with these counters after what was remembered and shown before.
pub(crate) fn after(before: Option<(Option<Counters>, Rates)>, now: Option<Counters>) -> (Option<Counters>, Rates) {
    let (Some(now), Some((old, shown))) = (now, before) else { return (now, Rates::default()) };
    // Shown by another process, which asked until now: its rates stand for one turn.
    let Some(old) = old else { return (Some(now), shown) };
    if now.same_as(&old) {
        return (Some(old), shown);
    }
    let Some(seconds) = now.since(&old) else { return (Some(now), Rates::default()) };
    let rate = |old: Option<u64>, now: Option<u64>, shown: Option<f64>| {
        #[expect(clippy::cast_precision_loss, reason = "two digits of it are shown")]
        let moved = now?.checked_sub(old?)? as f64;
        Some(steady(shown, moved / seconds))
    };
    let rates = Rates {
        disk_read: rate(old.disk_read, now.disk_read, shown.disk_read),
        disk_write: rate(old.disk_write, now.disk_write, shown.disk_write),
        net_in: rate(old.net_in, now.net_in, shown.net_in),
        net_out: rate(old.net_out, now.net_out, shown.net_out),
    };
    (Some(now), rates)
}

/// The rate that is shown as long as the new one is near it, else the new one with two digits: a rate never stands still,
/// and every other one is told to everybody who watches.
fn steady(shown: Option<f64>, new: f64) -> f64 {
    match shown {
        Some(shown) if new > 0.0 && shown > 0.0 && (new - shown).abs() <= (new.max(shown) * SHARE).max(LEAST) => shown,
        _ => two_digits(new),
    }
}

/// How far a share must move to be seen, of the whole.
const NOTICEABLE: f64 = 0.005;

/// The share that is shown as long as the new one is near it. What creeps away is told once it is far enough.
pub(crate) fn steady_share(shown: Option<f64>, new: Option<f64>) -> Option<f64> {
    match (shown, new) {
        (Some(shown), Some(new)) if (new - shown).abs() < NOTICEABLE && (new > 0.0) == (shown > 0.0) => Some(shown),
        _ => new,
    }
}

/// The same of bytes out of `of`.
pub(crate) fn steady_bytes(shown: Option<u64>, new: Option<u64>, of: Option<u64>) -> Option<u64> {
    #[expect(clippy::cast_precision_loss, reason = "compared in hundredths of the whole")]
    let near = |shown: u64, new: u64| (shown.abs_diff(new) as f64) < NOTICEABLE * of.unwrap_or(1).max(1) as f64;
    match (shown, new) {
        (Some(shown), Some(new)) if near(shown, new) && of.is_none_or(|of| shown <= of) => Some(shown),
        _ => new,
    }
}

fn two_digits(rate: f64) -> f64 {
    if rate < 1.0 {
        return 0.0;
    }
    let unit = 10_f64.powf((rate.log10().floor() - 1.0).max(0.0));
    (rate / unit).round() * unit
}

#[cfg(test)]
mod tests {
    use super::super::rows::tests::said;
    use super::*;

    fn counters(seconds: i64, uptime: u64, net_in: u64) -> Option<Counters> {
        let said = GuestResource {
            uptime: Some(uptime),
            net_in: Some(net_in),
            disk_read: Some(0),
            ..said(100, RunState::Running)
        };
        Counters::read(&said, Micros(seconds * 1_000_000))
    }

    #[test]
    fn two_pictures_make_a_rate() {
        let first = after(None, counters(0, 100, 5_000));
        assert_eq!(first.1, Rates::default());
        let second = after(Some(first), counters(13, 110, 128_456_789));
        let shown = Rates { net_in: Some(13_000_000.0), disk_read: Some(0.0), ..Rates::default() };
        assert_eq!(second.1, shown, "by the guest's uptime, not by when it was asked");
        let same = after(Some(second), counters(20, 110, 128_456_789));
        assert_eq!(same, second, "PVE has written nothing new");
        let near = after(Some(same), counters(25, 120, 128_456_789 + 131_000_000));
        assert_eq!(near.1, shown, "near enough to stand");
        let idle = after(Some(near), counters(35, 130, 128_456_789 + 131_000_000));
        assert_eq!(idle.1.net_in, Some(0.0));
    }

    #[test]
    fn a_guest_that_began_anew_has_no_rate() {
        let shown = Rates { net_in: Some(5000.0), ..Rates::default() };
        let before = Some((counters(0, 100, 5_000), shown));
        assert_eq!(after(before, counters(10, 5, 90_000)), (counters(10, 5, 90_000), Rates::default()));
        let less = after(before, counters(10, 110, 4_000)).1;
        assert_eq!((less.net_in, less.disk_read), (None, Some(0.0)), "a network card less");
        assert_eq!(after(before, None), (None, Rates::default()), "it stopped");
        let back = said(100, RunState::Unknown);
        assert_eq!(Counters::read(&back, Micros(0)), None);
        let nothing = GuestResource { uptime: None, ..said(100, RunState::Running) };
        assert_eq!(Counters::read(&nothing, Micros(0)), None);
    }

    #[test]
    fn what_another_process_showed_stands_until_two_pictures_told() {
        let shown = Rates { net_in: Some(5000.0), ..Rates::default() };
        let taken_up = after(Some((None, shown)), counters(0, 100, 5_000));
        assert_eq!(taken_up, (counters(0, 100, 5_000), shown));
        let without = |counters: Option<Counters>| counters.map(|counters| Counters { uptime: None, ..counters });
        let by_clock = after(Some((without(taken_up.0), shown)), without(counters(10, 0, 105_000)));
        assert_eq!(by_clock.1.net_in, Some(10_000.0));
        let no_time = after(Some((without(taken_up.0), shown)), without(counters(0, 0, 105_000)));
        assert_eq!(no_time.1, Rates::default());
    }

    #[test]
    fn rates_have_two_digits() {
        for (rate, shown) in [
            (0.0, 0.0),
            (0.9, 0.0),
            (1.4, 1.0),
            (12.4, 12.0),
            (987.0, 990.0),
            (996.0, 1000.0),
            (123_456.0, 120_000.0),
            (1e18, 1e18),
        ] {
            assert!((two_digits(rate) - shown).abs() < 1e-6 * shown.max(1.0), "{rate}");
        }
        assert!((steady(Some(300.0), 780.0) - 300.0).abs() < f64::EPSILON);
        assert!((steady(Some(300.0), 820.0) - 820.0).abs() < f64::EPSILON);
        assert!(steady(Some(300.0), 0.0).abs() < f64::EPSILON, "nothing is told from little");
    }
}
