//! The Page-Hinkley test: how far deviations from the mean so far have added up since their lowest point.
//!
//! Page, "Continuous inspection schemes" (1954); Hinkley, "Inference about the change-point from cumulative sum tests"
//! (1971). Parameters, defaults and arithmetic are those of `PageHinkley` of the river library.

use super::{Batch, Direction, Mean, Reading};

/// The parameters of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How many periods must have been before there can be an alarm. Default 30.
    pub min_instances: u32,
    /// The deviation from the mean so far that is allowed in each period, in the unit of the mean. Default 0.005.
    pub delta: f64,
    /// How much must have added up for an alarm, in the unit of the mean. Default 50, which fits counts rather than
    /// rates: deviations of a rate add up to at most one a period.
    pub threshold: f64,
    /// The factor by which what has added up is forgotten in each period. Default 0.9999.
    pub alpha: f64,
    /// Which way the mean must move. Default both.
    pub direction: Direction,
}

impl Default for Settings {
    fn default() -> Self {
        Self { min_instances: 30, delta: 0.005, threshold: 50.0, alpha: 0.9999, direction: Direction::Both }
    }
}

/// The Page-Hinkley test on the mean of each period; every period has the same weight.
#[derive(Debug, Clone, PartialEq)]
pub struct PageHinkley {
    settings: Settings,
    mean: Mean,
    rise: f64,
    least_rise: f64,
    fall: f64,
    greatest_fall: f64,
}

impl PageHinkley {
    /// A test that has seen nothing. A setting that is not a number never alarms.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            mean: Mean::default(),
            rise: 0.0,
            least_rise: f64::INFINITY,
            fall: 0.0,
            greatest_fall: f64::NEG_INFINITY,
        }
    }

    /// Adds one more period, and says whether it raises an alarm.
    pub fn step(&mut self, batch: Batch) -> bool {
        let Some(mean) = batch.mean() else { return false };
        let Settings { delta, alpha, .. } = self.settings;
        self.mean.add(mean, 1.0);
        let deviation = mean - self.mean.value;
        self.rise = alpha * self.rise + deviation - delta;
        self.fall = alpha * self.fall + deviation + delta;
        self.least_rise = self.least_rise.min(self.rise);
        self.greatest_fall = self.greatest_fall.max(self.fall);
        self.reading().is_some_and(|reading| reading.statistic > reading.level)
    }

    /// What has added up in the direction that counts, and the threshold; nothing before there can be an alarm.
    #[must_use]
    pub fn reading(&self) -> Option<Reading> {
        let Settings { min_instances, threshold, direction, .. } = self.settings;
        // Without a single period nothing has been compared, however few are asked for.
        let enough = self.mean.weight >= f64::from(min_instances.max(1));
        let statistic = direction.pick(self.rise - self.least_rise, self.greatest_fall - self.fall);
        enough.then_some(Reading { statistic, level: threshold })
    }
}
