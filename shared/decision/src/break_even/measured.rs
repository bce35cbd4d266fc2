//! The account where the loss of a fresh model is measured.

use super::Standing;

/// Adds up how much worse the deployed model was than one that is kept fresh.
///
/// # The promise
///
/// Let fresher models never be worse. Then whoever retrains when [`Standing::is_worth`] says so at one period ahead never
/// pays more than `2 + d` times the clairvoyant optimum, for price and excess together, where `d` is the largest excess
/// of one period as a multiple of the price.
///
/// Why: call a cycle what lies between two of its trainings, and `x` the excess that was paid in it. The optimum either
/// trains within the cycle, too, for the price `p`, or goes through it with a model that is no fresher, for `x` and more:
/// at least `min(x, p)`. With `x ≥ p` the cycle costs `p + x ≤ (2 + d)·p`, since `x` was below `p` one period ago. With
/// `x < p` it was `x·(1 + 1/n) ≥ p` after `n` periods, of which the first is free, for its model was the freshest there is:
/// so `d·p ≥ x/(n - 1)`, and `p/x + 1 ≤ 2 + 1/n ≤ 2 + d`. The last cycle ends without a training, and costs at most as
/// much as the optimum pays for it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measured {
    excess: f64,
    periods: u32,
}

impl Measured {
    /// An account of a model that has just been trained.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a period: the deployed model's loss less the fresh one's, weighted. A gap that is no finite number is no
    /// period. Good periods do not pay for bad ones: below nought nothing is remembered.
    pub fn see(&mut self, gap: f64) {
        if gap.is_finite() {
            self.excess = (self.excess + gap).max(0.0);
            self.periods = self.periods.saturating_add(1);
        }
    }

    /// A new model serves from the next period on.
    pub fn trained(&mut self) {
        *self = Self::default();
    }

    /// How the account stands; nothing before the first period.
    ///
    /// The reference is given as the newest fresh loss, which the caller knows.
    #[must_use]
    pub fn standing(&self, fresh: f64) -> Option<Standing> {
        (self.periods > 0).then(|| Standing {
            excess: self.excess,
            next: self.excess / f64::from(self.periods),
            reference: fresh,
            share: 1.0,
            periods: self.periods,
        })
    }
}
