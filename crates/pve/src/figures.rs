//! Figures of a guest over time, from PVE's round-robin databases (PVE-FACTS 3.13).
//!
//! Points are PVE's own: nothing is filled in or smoothed.

use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::guest::Guest;
use crate::lenient::{self, Rows};
use crate::wire::{Call, guest_path};

/// The most points of an answer; PVE 9 sends 1440 at most.
const POINTS: usize = 5000;

/// How far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timeframe {
    /// The last hour.
    Hour,
    /// The last day.
    Day,
    /// The last week.
    Week,
    /// The last month.
    Month,
    /// The last year.
    Year,
}

impl Timeframe {
    /// As PVE's parameter says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// What a point says of its span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consolidation {
    /// The average.
    Average,
    /// The highest value.
    Max,
}

impl Consolidation {
    /// As PVE's parameter says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Average => "AVERAGE",
            Self::Max => "MAX",
        }
    }
}

/// One point; what PVE has no value for is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figure {
    /// Seconds since 1970 UTC by the node's clock.
    pub time: u64,
    /// Part of `max_cpu` in use, 0 to 1.
    pub cpu: Option<f64>,
    /// Number of processors.
    pub max_cpu: Option<f64>,
    /// Memory in use, in bytes.
    pub mem: Option<f64>,
    /// Memory, in bytes.
    pub max_mem: Option<f64>,
    /// Bytes read from disks in a second.
    pub disk_read: Option<f64>,
    /// Bytes written to disks in a second.
    pub disk_write: Option<f64>,
    /// Bytes received in a second.
    pub net_in: Option<f64>,
    /// Bytes sent in a second.
    pub net_out: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawFigure {
    #[serde(deserialize_with = "lenient::count")]
    time: Option<u64>,
    #[serde(deserialize_with = "lenient::real")]
    cpu: Option<f64>,
    #[serde(deserialize_with = "lenient::real")]
    maxcpu: Option<f64>,
    #[serde(deserialize_with = "lenient::real")]
    mem: Option<f64>,
    #[serde(deserialize_with = "lenient::real")]
    maxmem: Option<f64>,
    #[serde(deserialize_with = "lenient::real")]
    diskread: Option<f64>,
    #[serde(deserialize_with = "lenient::real")]
    diskwrite: Option<f64>,
    #[serde(deserialize_with = "lenient::real")]
    netin: Option<f64>,
    #[serde(deserialize_with = "lenient::real")]
    netout: Option<f64>,
}

impl RawFigure {
    fn read(self) -> Option<Figure> {
        let known = |value: Option<f64>| value.filter(|value| *value >= 0.0);
        Some(Figure {
            time: self.time?,
            cpu: known(self.cpu),
            max_cpu: known(self.maxcpu),
            mem: known(self.mem),
            max_mem: known(self.maxmem),
            disk_read: known(self.diskread),
            disk_write: known(self.diskwrite),
            net_in: known(self.netin),
            net_out: known(self.netout),
        })
    }
}

fn points(rows: Vec<RawFigure>) -> Result<Vec<Figure>, Error> {
    if rows.len() > POINTS {
        return Err(Error::too_many_rows(POINTS));
    }
    let mut points: Vec<Figure> = rows.into_iter().filter_map(RawFigure::read).collect();
    points.sort_by_key(|point| point.time);
    points.dedup_by_key(|point| point.time);
    Ok(points)
}

impl Client {
    /// Figures of a guest over time, oldest first, each time once; at most 5000 points.
    ///
    /// # Errors
    /// As every call; [`Error::is_no_such_guest`] when it is not on that node.
    pub async fn guest_figures(
        &self,
        guest: Guest<'_>,
        timeframe: Timeframe,
        consolidation: Consolidation,
    ) -> Result<Vec<Figure>, Error> {
        let query = format!("timeframe={}&cf={}", timeframe.as_str(), consolidation.as_str());
        points(self.get::<Rows<RawFigure>>(Call::get(format!("{}/rrddata?{query}", guest_path(guest)?))).await?.all()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_points_are_read() {
        let rows = r#"[{"time":1795248180,"maxmem":134217728,"maxdisk":0,"maxcpu":1,"disk":0},{"time":1795248120},
            {"time":"1795248240","cpu":"0.25","netin":12.5,"diskread":-1,"mem":null},{"cpu":1},{"time":1795248120}]"#;
        let points = points(serde_json::from_str(rows).unwrap()).unwrap();
        let times: Vec<u64> = points.iter().map(|point| point.time).collect();
        assert_eq!(times, [1_795_248_120, 1_795_248_180, 1_795_248_240]);
        assert_eq!(points[0], Figure { time: 1_795_248_120, ..Figure::default() });
        assert_eq!((points[1].max_mem, points[1].cpu), (Some(134_217_728.0), None));
        assert_eq!((points[2].cpu, points[2].net_in, points[2].disk_read), (Some(0.25), Some(12.5), None));
    }

    #[test]
    fn points_are_bounded() {
        let rows = |n: usize| serde_json::from_str(&format!("[{}]", vec![r#"{"time":1}"#; n].join(","))).unwrap();
        assert_eq!(points(rows(POINTS)).unwrap().len(), 1);
        assert!(points(rows(POINTS + 1)).is_err());
    }
}
