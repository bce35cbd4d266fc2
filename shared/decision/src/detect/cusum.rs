//! The tabular cumulative sum: how far deviations from a target have added up.
//!
//! Page, "Continuous inspection schemes" (1954), in the form of Montgomery, "Introduction to Statistical Quality
//! Control".

use super::{Batch, Direction, Reading};

/// The target and how far from it is too far, in the unit of the mean. There is no default, since the unit is not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The mean of a period that is in order.
    pub target: f64,
    /// The deviation from the target that is allowed in each period, `k`.
    ///
    /// Choose half the shift that must be found: half a standard deviation of a period's mean to find a shift by one.
    pub slack: f64,
    /// How much must have added up for an alarm, `h`.
    ///
    /// Choose 4 to 5 standard deviations of a period's mean. With a slack of half a standard deviation, and both
    /// directions watched, a false alarm then comes every 168 (at 4) to 465 (at 5) periods on average, if periods are
    /// independent and normal.
    pub interval: f64,
    /// Which way the mean must move.
    pub direction: Direction,
}

/// The tabular cumulative sum of the mean of each period; every period has the same weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Cusum {
    settings: Settings,
    rise: f64,
    fall: f64,
}

impl Cusum {
    /// A chart that has seen nothing. A setting that is not a number never alarms.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, rise: 0.0, fall: 0.0 }
    }

    /// Adds one more period, and says whether it raises an alarm.
    pub fn step(&mut self, batch: Batch) -> bool {
        let Some(mean) = batch.mean() else { return false };
        let Settings { target, slack, .. } = self.settings;
        // The greater of nought and NaN is nought.
        self.rise = (mean - (target + slack) + self.rise).max(0.0);
        self.fall = ((target - slack) - mean + self.fall).max(0.0);
        let Reading { statistic, level } = self.reading();
        statistic > level
    }

    /// What has added up in the direction that counts, and the interval.
    #[must_use]
    pub fn reading(&self) -> Reading {
        let Settings { interval, direction, .. } = self.settings;
        Reading { statistic: direction.pick(self.rise, self.fall), level: interval }
    }
}
