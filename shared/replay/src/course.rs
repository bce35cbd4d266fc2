//! Metrics as functions of time.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use rekindle_decision::facts::{Point, Series};
use rekindle_turn::world::Query;

/// The value of a metric over the period that begins at an instant; `None` where nothing was measured.
type Value = dyn Fn(Timestamp) -> Option<f64> + Send + Sync;

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
        Self(Arc::new(value))
    }

    /// The value over the period that begins at an instant.
    pub(crate) fn value(&self, at: Timestamp) -> Option<f64> {
        (self.0)(at)
    }

    /// The closed periods that were asked for.
    pub(crate) fn series(&self, query: &Query, now: Timestamp) -> Series {
        let period = query.metric.period;
        let mut points = Vec::new();
        let mut at = query.start;
        while at < query.end && period.after(at) <= now && period.after(at) > at {
            let samples = query.samples.then_some(1_000.0);
            points.extend(self.value(at).map(|value| Point { at, value, samples }));
            at = period.after(at);
        }
        Series::Complete { points }
    }
}
