//! Detectors: has what a model is measured by changed since it was trained?
//!
//! A detector is fed the closed periods since the last training one by one, oldest first, and says in each step
//! whether it raises an alarm. It is made anew for every reading and fed the whole series again, so nothing of it is
//! written down, and nobody steps past the first alarm.
//!
//! | Detector | Asks | Promises |
//! |---|---|---|
//! | [`evidence`] | is the loss above what is tolerated? | an average run to a false alarm, however often one looks |
//! | [`cusum`] | has the mean left its target? | a known run length for normal, independent periods |
//! | [`page_hinkley`] | has the mean left its own past? | nothing in general |
//! | [`ddm`] | has the error rate left its best? | nothing in general |
//! | [`hddm_a`] | has the loss left its best? | a bounded chance of a false alarm at one look |
//! | [`adwin`] | do two parts of the past differ? | roughly a bounded chance of a false alarm at one look |
//! | [`trend`] | does a stretch of values rise or fall? | a p-value for independent periods |
//!
//! Every function here is total: numbers that are not finite, counts below nought and sums beyond their count have an
//! answer that is written where it is given, and none of them panics.
//!
//! ```
//! use rekindle_decision::detect::Batch;
//! use rekindle_decision::detect::evidence::{Evidence, Settings};
//!
//! // Two errors in a hundred are tolerated; a false alarm may come once in 200 periods.
//! let mut detector = Evidence::new(Settings { tolerated: 0.02, run_length: 200.0 });
//! assert!(!detector.step(Batch { sum: 7.0, count: 400.0 }));
//! assert!(!detector.step(Batch { sum: 14.0, count: 400.0 }));
//! assert!(detector.step(Batch { sum: 22.0, count: 400.0 }));
//! assert!(detector.reading().statistic >= detector.reading().level);
//! ```

pub mod adwin;
pub mod cusum;
pub mod ddm;
pub mod evidence;
pub mod hddm_a;
pub mod page_hinkley;
pub mod trend;

/// What happened in one closed period: the sum of the losses and how many there were.
///
/// A period of which only the mean is known is `Batch { sum: mean, count: 1.0 }`. A batch whose sum or count is not
/// finite, or whose count is nought or less, is no evidence: every detector skips it as if the period had not been.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Batch {
    /// The losses of the period, added up.
    pub sum: f64,
    /// How many losses were added up.
    pub count: f64,
}

impl Batch {
    /// The mean loss of the period; nothing for a batch that is no evidence, or whose mean is beyond all numbers.
    #[must_use]
    pub fn mean(self) -> Option<f64> {
        let mean = self.sum / self.count;
        (self.is_evidence() && mean.is_finite()).then_some(mean)
    }

    /// The mean of losses between nought and one, and their count.
    ///
    /// A sum below nought counts as nought and one above the count as the count. Losses outside the range were
    /// promised not to occur, and the nearest sum that can occur keeps a bad period bad.
    fn rate(self) -> Option<(f64, f64)> {
        self.is_evidence().then(|| (self.sum.clamp(0.0, self.count) / self.count, self.count))
    }

    fn is_evidence(self) -> bool {
        self.sum.is_finite() && self.count.is_finite() && self.count > 0.0
    }
}

/// What a detector measured in its newest step and what it compared that with.
///
/// For explanations: whether there was an alarm is what the step answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The measured value; the more there is, the nearer the alarm.
    pub statistic: f64,
    /// The value at which there is an alarm.
    pub level: f64,
}

impl Reading {
    fn excess(self) -> f64 {
        self.statistic - self.level
    }

    /// Of two readings the one nearer to an alarm, or further beyond it; the first if neither is.
    fn nearer(self, other: Self) -> Self {
        if other.excess() > self.excess() { other } else { self }
    }
}

/// Which way a mean must move to be an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A rise is an alarm, as of a loss.
    Up,
    /// A fall is an alarm, as of an accuracy.
    Down,
    /// Either is.
    Both,
}

impl Direction {
    /// Of what was measured for a rise and what was measured for a fall, the value that counts.
    fn pick(self, rise: f64, fall: f64) -> f64 {
        match self {
            Self::Up => rise,
            Self::Down => fall,
            Self::Both => rise.max(fall),
        }
    }
}

/// A running mean of weighted values (West 1979), which does not lose digits as a growing sum does.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Mean {
    value: f64,
    weight: f64,
}

impl Mean {
    fn add(&mut self, value: f64, weight: f64) {
        self.weight += weight;
        self.value += (weight / self.weight) * (value - self.value);
    }
}
