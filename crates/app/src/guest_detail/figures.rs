//! Figures over time, as lists that a chart takes. Pure.

use nexus_model::Micros;
use nexus_pve::{Consolidation, Figure, Timeframe};

/// Figures of a guest; all lists are as long as `times`, and `None` stands where PVE has no value.
#[derive(Debug, Clone, PartialEq)]
pub struct GuestFigures {
    /// How far back.
    pub timeframe: Timeframe,
    /// What a point says of its span of time.
    pub consolidation: Consolidation,
    /// Seconds from one point to the next.
    pub step_seconds: u64,
    /// By the node's clock.
    pub times: Vec<Micros>,
    /// Share of `max_cpu` in use.
    pub cpu: Vec<Option<f64>>,
    /// Cores.
    pub max_cpu: Vec<Option<f64>>,
    /// Memory in use.
    pub memory_bytes: Vec<Option<f64>>,
    /// Memory given.
    pub max_memory_bytes: Vec<Option<f64>>,
    /// Bytes per second, as the three below.
    pub disk_read: Vec<Option<f64>>,
    /// Written.
    pub disk_write: Vec<Option<f64>>,
    /// Received.
    pub net_in: Vec<Option<f64>>,
    /// Sent.
    pub net_out: Vec<Option<f64>>,
}

/// What PVE 9 puts between two points, where there are not two.
fn usual_step(timeframe: Timeframe) -> u64 {
    match timeframe {
        Timeframe::Hour | Timeframe::Day => 60,
        Timeframe::Week | Timeframe::Month => 1800,
        Timeframe::Year => 21_600,
    }
}

pub(super) fn read(timeframe: Timeframe, consolidation: Consolidation, points: &[Figure]) -> GuestFigures {
    let step = points.windows(2).map(|pair| pair[1].time - pair[0].time).min();
    let time = |point: &Figure| Micros(i64::try_from(point.time.saturating_mul(1_000_000)).unwrap_or(i64::MAX));
    let list = |value: fn(&Figure) -> Option<f64>, digits: i32| {
        let scale = 10_f64.powi(digits);
        points.iter().map(|point| value(point).map(|value| (value * scale).round() / scale)).collect()
    };
    GuestFigures {
        timeframe,
        consolidation,
        step_seconds: step.unwrap_or_else(|| usual_step(timeframe)),
        times: points.iter().map(time).collect(),
        cpu: list(|point| point.cpu, 5),
        max_cpu: list(|point| point.max_cpu, 2),
        memory_bytes: list(|point| point.mem, 0),
        max_memory_bytes: list(|point| point.max_mem, 0),
        disk_read: list(|point| point.disk_read, 1),
        disk_write: list(|point| point.disk_write, 1),
        net_in: list(|point| point.net_in, 1),
        net_out: list(|point| point.net_out, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_as_long_as_the_times_and_gaps_stay() {
        let point = |time, cpu| Figure { time, cpu, mem: Some(1.5), ..Figure::default() };
        let points = [point(60, Some(0.123_456_7)), point(120, None), point(240, Some(1.0))];
        let figures = read(Timeframe::Hour, Consolidation::Average, &points);
        assert_eq!(figures.cpu, [Some(0.123_46), None, Some(1.0)]);
        assert_eq!((figures.step_seconds, figures.times[2]), (60, Micros(240_000_000)));
        assert_eq!((figures.memory_bytes[0], figures.net_in.clone()), (Some(2.0), vec![None; 3]));
        let none = read(Timeframe::Year, Consolidation::Max, &[]);
        assert_eq!((none.step_seconds, none.times.len(), none.cpu.len()), (21_600, 0, 0));
        let far = [Figure { time: u64::MAX, ..Figure::default() }];
        assert_eq!(read(Timeframe::Year, Consolidation::Max, &far).times, [Micros(i64::MAX)]);
    }
}
