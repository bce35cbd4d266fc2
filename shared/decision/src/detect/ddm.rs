//! The Drift Detection Method: how far the error rate has risen above its best.
//!
//! Gama, Medas, Castillo and Rodrigues, "Learning with drift detection" (2004). Parameters, defaults and arithmetic are
//! those of `binary.DDM` of the river library, which it equals step for step if each batch holds one loss. On larger
//! batches the same test is made once at the end of each.
//!
//! Two weaknesses are the method's own: it compares at every step without a price for looking often, and after a
//! start without any error the first error is an alarm.

use super::{Batch, Mean, Reading};

/// The parameters of the method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Nothing is compared up to so many losses. Default 30.
    pub warm_start: u32,
    /// The warning level, in standard deviations above the best rate. Default 2.
    pub warning: f64,
    /// The alarm level, in standard deviations above the best rate. Default 3.
    pub drift: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { warm_start: 30, warning: 2.0, drift: 3.0 }
    }
}

/// The Drift Detection Method on losses between nought and one, errors in particular.
#[derive(Debug, Clone, PartialEq)]
pub struct Ddm {
    settings: Settings,
    mean: Mean,
    /// The rate and its standard deviation where the sum of the two was least.
    best: Option<(f64, f64)>,
    reading: Option<Reading>,
    warns: bool,
}

impl Ddm {
    /// A detector that has seen nothing. A level that is not a number is never reached.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, mean: Mean::default(), best: None, reading: None, warns: false }
    }

    /// Adds one more period, and says whether it raises an alarm.
    ///
    /// A sum outside nought to the count is taken to the nearer of the two.
    pub fn step(&mut self, batch: Batch) -> bool {
        let Some((mean, count)) = batch.rate() else { return false };
        let Settings { warm_start, warning, drift } = self.settings;
        self.mean.add(mean, count);
        let Mean { value: rate, weight } = self.mean;
        if weight <= f64::from(warm_start) {
            return false;
        }
        // Rounding may take a rate of one a hair beyond, whose root would be no number.
        let deviation = libm::sqrt((rate * (1.0 - rate)).max(0.0) / weight);
        let now = rate + deviation;
        let (least, least_deviation) = match self.best {
            Some((rate, deviation)) if now > rate + deviation => (rate, deviation),
            _ => (rate, deviation),
        };
        self.best = Some((least, least_deviation));
        let level = least + drift * least_deviation;
        self.reading = Some(Reading { statistic: now, level });
        let alarm = now > level;
        self.warns = !alarm && now > least + warning * least_deviation;
        alarm
    }

    /// Whether the newest step was beyond the warning level without being an alarm.
    #[must_use]
    pub fn warns(&self) -> bool {
        self.warns
    }

    /// The rate plus its standard deviation, and the alarm level; nothing before anything is compared.
    #[must_use]
    pub fn reading(&self) -> Option<Reading> {
        self.reading
    }
}
