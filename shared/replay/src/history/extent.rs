//! From when to when a series has values, and where it has none.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::Metric;
use serde::Serialize;

/// From when to when a series has values, and where it has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Extent {
    /// Start of the first period with a value.
    pub from: Timestamp,
    /// End of the last one.
    pub to: Timestamp,
    /// How many periods have a value.
    pub count: usize,
    /// The stretches between them that have none.
    pub gaps: Vec<Stretch>,
}

/// Periods in a row without a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// Start of the first of them.
    pub from: Timestamp,
    /// End of the last.
    pub to: Timestamp,
    /// How many they are.
    pub periods: u64,
}

impl Extent {
    /// That of the points of a metric, oldest first and each at the start of its period; nothing if there are none.
    #[must_use]
    pub fn of(metric: &Metric, points: &[Point]) -> Option<Self> {
        let (first, last) = (points.first()?, points.last()?);
        let gap = |(before, after): (&Point, &Point)| {
            let (from, to) = (metric.period.after(before.at), after.at);
            let length = Duration::between(from, to).seconds();
            let periods = length.checked_div(metric.period.seconds()).unwrap_or(0);
            (periods > 0).then_some(Stretch { from, to, periods })
        };
        let gaps = points.iter().zip(points.iter().skip(1)).filter_map(gap).collect();
        Some(Self { from: first.at, to: metric.period.after(last.at), count: points.len(), gaps })
    }

    /// How many periods have no value, of those between the first and the last that have one.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.gaps.iter().map(|gap| gap.periods).sum()
    }
}
