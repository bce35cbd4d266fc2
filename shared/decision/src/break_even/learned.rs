//! The account where the loss of a fresh model has to be learned from the models that were deployed.

use alloc::vec::Vec;

use super::Standing;

/// One period: what was lost, and how much it counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// The mean loss.
    pub value: f64,
    /// What one unit of it costs in this period: traffic times price.
    pub weight: f64,
}

/// The constants of the account: one set for all models.
///
/// The default lies in the middle of a plateau; `rekindle bench` shows what comes of choosing how much evidence is
/// wanted without the stream that is scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// For how many periods of the present model the reference of the models before it counts, where the present one
    /// loses less. Less than that and one lucky period makes a reference that no model can keep.
    pub against_lower: f64,
    /// The same where it loses more. That a fresh model loses more is rarely its nature and mostly that it has not seen
    /// enough of what is new, so it is believed slowly.
    pub against_higher: f64,
    /// With how many trainings that saved all they could the account begins, so that one in vain does not end it.
    pub faith: f64,
    /// How many standard deviations of noise a period must be above the reference before it counts at all: the allowance
    /// of a CUSUM.
    pub allowance: f64,
    /// How many standard deviations must have come together before they count as excess: the decision interval of the same
    /// CUSUM. With the default pair a model that does not change, whose level and noise are known, is suspected about
    /// once in 450 periods (by the approximation of Siegmund 1985), whatever a training costs.
    pub evidence: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { against_lower: 6.0, against_higher: 40.0, faith: 2.0, allowance: 0.75, evidence: 3.0 }
    }
}

/// Adds up what is above a reference that is learned, training by training.
///
/// Three things are learned from the losses alone:
///
/// - **The reference**, which is what a fresh model loses. A model does not get better by ageing, so the first periods
///   after its training say most: of the means of its first one, two, three… losses the least is taken (the first level
///   of an isotonic fit, Barlow et al. 1972), shrunk towards the reference of the models before.
/// - **The noise**: the standard deviation of a period, from the differences of neighbours (von Neumann 1941), which a slow
///   drift does not disturb.
/// - **The share** of the excess that a training saves. After each training what was saved is compared with what would
///   have been, had the new model reached the reference. Where the world got harder instead of the model staler, trainings
///   save nothing, and the same excess counts for less each time.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    settings: Settings,
    reference: Option<f64>,
    cycle: Vec<Loss>,
    noise: Noise,
    share: Share,
    /// What is to be compared with the first loss of the new model.
    expected: Option<Expected>,
}

/// What a training was to save.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Expected {
    before: f64,
    reference: f64,
}

/// The mean of squared differences of neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Noise {
    squares: f64,
    pairs: u32,
}

impl Noise {
    fn add(&mut self, before: f64, after: f64) {
        let step = after - before;
        self.squares += step * step;
        self.pairs = self.pairs.saturating_add(1);
    }

    /// The difference of two has twice the variance of one.
    fn deviation(self) -> f64 {
        libm::sqrt(self.squares / 2.0 / f64::from(self.pairs.max(1)))
    }
}

/// How much of what they could have saved trainings have saved.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Share {
    saved: f64,
    trainings: f64,
}

impl Share {
    fn value(self) -> f64 {
        if self.trainings > 0.0 { self.saved / self.trainings } else { 1.0 }
    }
}

impl Learned {
    /// An account that has seen nothing. `reference` is what a fresh model is known to lose, such as the hold-out loss of
    /// the first one; without it the first loss is the reference.
    #[must_use]
    pub fn new(settings: Settings, reference: Option<f64>) -> Self {
        let share = Share { saved: settings.faith, trainings: settings.faith };
        Self {
            settings,
            reference: reference.filter(|loss| loss.is_finite()),
            cycle: Vec::new(),
            noise: Noise::default(),
            share,
            expected: None,
        }
    }

    /// Adds a period. One whose loss or weight is no finite number is no period; a weight below nought is nought.
    pub fn see(&mut self, loss: Loss) {
        if !loss.value.is_finite() || !loss.weight.is_finite() {
            return;
        }
        if let Some(last) = self.cycle.last() {
            self.noise.add(last.value, loss.value);
        }
        self.cycle.push(Loss { weight: loss.weight.max(0.0), ..loss });
        if let Some(expected) = self.expected.take() {
            self.compare(expected, loss.value);
        }
    }

    /// A new model serves from the next period on.
    pub fn trained(&mut self) {
        let Some((last, reference)) = self.cycle.last().copied().zip(self.level()) else { return };
        let before = match self.cycle.as_slice() {
            [.., earlier, last] => earlier.value / 2.0 + last.value / 2.0,
            [] | [_] => last.value,
        };
        self.expected = Some(Expected { before, reference });
        self.reference = Some(reference);
        self.cycle.clear();
    }

    /// How the account stands; nothing before the first period of the model that serves.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        let reference = self.level()?;
        let share = self.share.value();
        let excess = self.excess(reference) * share;
        let periods = u32::try_from(self.cycle.len()).unwrap_or(u32::MAX);
        Some(Standing { excess, next: excess / f64::from(periods.max(1)), reference, share, periods })
    }

    /// What a fresh model loses: the least of the means of the first losses, shrunk towards the reference so far.
    fn level(&self) -> Option<f64> {
        let first = self.cycle.first()?;
        let before = self.reference.unwrap_or(first.value);
        let Settings { against_lower, against_higher, .. } = self.settings;
        let mut least = f64::INFINITY;
        let (mut mean, mut values) = (0.0, 0.0);
        for loss in &self.cycle {
            values += 1.0;
            mean += (loss.value - mean) / values;
            let weight = if mean < before { against_lower } else { against_higher };
            let share = values / (weight + values);
            least = least.min(before + (mean - before) * share);
        }
        Some(least)
    }

    /// What has been lost above the reference and the noise, by weight: never below nought, for good times do not pay for
    /// bad ones, and nought where all of it may still be noise.
    fn excess(&self, reference: f64) -> f64 {
        let noise = self.noise.deviation();
        if !noise.is_finite() {
            // Squares of losses that are still numbers need not be.
            return f64::INFINITY;
        }
        let usual = reference + self.settings.allowance * noise;
        let (mut weighted, mut plain) = (0.0_f64, 0.0_f64);
        for Loss { value, weight } in &self.cycle {
            weighted = (weighted + (value - usual) * weight).max(0.0);
            plain = (plain + (value - usual)).max(0.0);
        }
        if plain >= self.settings.evidence * noise { weighted } else { 0.0 }
    }

    /// Learns from a training what trainings save.
    fn compare(&mut self, expected: Expected, after: f64) {
        let possible = expected.before - expected.reference;
        // What is within the noise is not there to be saved.
        if possible > self.noise.deviation() {
            let saved = ((expected.before - after) / possible).clamp(0.0, 1.0);
            self.share.saved += saved;
            self.share.trainings += 1.0;
        }
    }
}
