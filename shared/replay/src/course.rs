//! Metrics as functions of time.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use rekindle_decision::facts::{Point, Series};
use rekindle_turn::world::Query;

/// The value of a metric over the period that begins at an instant; `None` where nothing was measured.
type Value = dyn Fn(Timestamp) -> Option<Point> + Send + Sync;

/// How many samples a value has that is only a value.
const SAMPLES: f64 = 1_000.0;

/// What a metric does over time.
#[derive(Clone)]
pub struct Course(Arc<Value>);

impl fmt::Debug for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Course")
    }
}

impl Course {
    /// A metric that has this value over the period that begins at an instant.
    pub fn new(value: impl Fn(Timestamp) -> Option<f64> + Send + Sync + 'static) -> Self {
        Self::measured(move |at| Some(Point { at, value: value(at)?, samples: Some(SAMPLES) }))
    }

    /// A metric that was measured: with its own numbers of samples.
    pub fn measured(value: impl Fn(Timestamp) -> Option<Point> + Send + Sync + 'static) -> Self {
        Self(Arc::new(value))
    }

    /// The value over the period that begins at an instant.
    pub(crate) fn value(&self, at: Timestamp) -> Option<f64> {
        self.point(at).map(|point| point.value)
    }

    /// What was measured over the period that begins at an instant.
    pub(crate) fn point(&self, at: Timestamp) -> Option<Point> {
        (self.0)(at)
    }

    /// The closed periods that were asked for.
    pub(crate) fn series(&self, query: &Query, now: Timestamp) -> Series {
        let period = query.metric.period;
        let mut points = Vec::new();
        let mut at = query.start;
        while at < query.end && period.after(at) <= now && period.after(at) > at {
            let point = (self.0)(at);
            points.extend(
                point.map(|point| Point { samples: point.samples.filter(|_| query.samples), ..point }),
            );
            at = period.after(at);
        }
        Series::Complete { points }
    }
}
