//! HDDM-A: how far the mean of the losses is from its best, against a bound by Hoeffding.
//!
//! Frías-Blanco and others, "Online and non-parametric drift detection methods based on Hoeffding's bounds" (2015), the
//! A-test. Parameters, defaults and arithmetic are those of `binary.HDDMA` of the river library, which it equals step
//! for step if each batch holds one loss. On larger batches the same test is made once at the end of each.
//!
//! The bound holds for independent losses between nought and one and for one look. The library's warning level is
//! left out: nothing would read it.

use super::{Batch, Direction, Mean, Reading};

/// The parameters of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The chance of a false alarm at one look. Default 0.001. Outside nought to one nothing is an alarm.
    pub drift_confidence: f64,
    /// Which way the mean must move. Default up, the library's one-sided test; both is its two-sided one.
    pub direction: Direction,
}

impl Default for Settings {
    fn default() -> Self {
        Self { drift_confidence: 0.001, direction: Direction::Up }
    }
}

/// The A-test of HDDM on losses between nought and one.
#[derive(Debug, Clone, PartialEq)]
pub struct HddmA {
    direction: Direction,
    /// The logarithm of one over the confidence, as the bound of a mean needs it.
    for_mean: f64,
    /// The logarithm of two over the confidence, as the bound of a difference needs it.
    for_difference: f64,
    all: Mean,
    lowest: Mean,
    highest: Mean,
}

impl HddmA {
    /// A detector that has seen nothing.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let Settings { drift_confidence, direction } = settings;
        // An infinite bound is never reached; at nought it is infinite by itself.
        let usable = (0.0..1.0).contains(&drift_confidence);
        let bound = |sides: f64| if usable { libm::log(sides / drift_confidence) } else { f64::INFINITY };
        let (all, lowest, highest) = (Mean::default(), Mean::default(), Mean::default());
        Self { direction, for_mean: bound(1.0), for_difference: bound(2.0), all, lowest, highest }
    }

    /// Adds one more period, and says whether it raises an alarm.
    ///
    /// A sum outside nought to the count is taken to the nearer of the two.
    pub fn step(&mut self, batch: Batch) -> bool {
        let Some((mean, count)) = batch.rate() else { return false };
        self.all.add(mean, count);
        let all = self.all;
        // Of nothing yet the radius is infinite, and all there is becomes the best.
        let radius = |mean: Mean| libm::sqrt(1.0 / (2.0 * mean.weight) * self.for_mean);
        if self.lowest.value + radius(self.lowest) >= all.value + radius(all) {
            self.lowest = all;
        }
        if self.highest.value - radius(self.highest) <= all.value - radius(all) {
            self.highest = all;
        }
        self.reading().is_some_and(|reading| reading.statistic >= reading.level)
    }

    /// How far the mean of all losses is from its best, and the bound; nothing while the mean is its best.
    ///
    /// If both directions count, it is the one that is nearer to its bound.
    #[must_use]
    pub fn reading(&self) -> Option<Reading> {
        let rise = self.since(self.lowest, self.all.value - self.lowest.value);
        let fall = self.since(self.highest, self.highest.value - self.all.value);
        match self.direction {
            Direction::Up => rise,
            Direction::Down => fall,
            Direction::Both => match (rise, fall) {
                (Some(rise), Some(fall)) => Some(rise.nearer(fall)),
                (rise, fall) => rise.or(fall),
            },
        }
    }

    /// A difference between all losses and those up to the best, and its bound; nothing if those are all.
    fn since(&self, best: Mean, statistic: f64) -> Option<Reading> {
        let since = self.all.weight - best.weight;
        let share = since / best.weight * (1.0 / self.all.weight);
        let level = libm::sqrt(share / 2.0 * self.for_difference);
        (since > 0.0).then_some(Reading { statistic, level })
    }
}
