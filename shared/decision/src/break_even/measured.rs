//! The account where the loss of a fresh model is measured.

use super::Standing;

/// How much may be saved up against later excess while the deployed model is the better one, as a share of the price.
///
/// Gaps between two models on the same few samples scatter to both sides of nought. An account that forgets what was
/// below nought adds up the scatter above it; one that never forgets lets a good year pay for a bad month.
const CREDIT: f64 = 0.25;

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
    balance: f64,
    periods: u32,
}

impl Measured {
    /// An account of a model that has just been trained.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a period: the deployed model's loss less the fresh one's, weighted, and the price of a training in the same
    /// unit. A gap that is no finite number is no period.
    pub fn see(&mut self, gap: f64, price: f64) {
        if gap.is_finite() {
            self.balance = (self.balance + gap).max(-CREDIT * price);
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
        let excess = self.balance.max(0.0);
        (self.periods > 0).then(|| Standing {
            excess,
            next: excess / f64::from(self.periods),
            reference: fresh,
            share: 1.0,
            periods: self.periods,
        })
    }
}
