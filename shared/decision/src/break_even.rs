//! Break-even: retrain when staying stale has cost as much as retraining would.
//!
//! Nobody knows how long what a new model saves will last, as nobody who rents skis knows how often he will still ski.
//! Whoever buys when the rents have come to the price never pays more than twice what the best plan would have, and no
//! rule that does not know the future can promise less (Karlin, Manasse, Rudolph and Sleator, "Competitive snoopy
//! caching", 1988). Here the rent is the *excess*: what the deployed model loses beyond what a fresh one would.
//!
//! What a fresh one would lose is known or not, and so there are two accounts:
//!
//! - [`Measured`]: a shadow model is kept fresh and its loss is measured beside. The excess is the gap between the two.
//! - [`Learned`]: there are only the losses of the models that were deployed. The reference is learned from how each of
//!   them began, and what is above it must be more than noise, and of the kind that trainings have helped against.
//!
//! Both are fed period by period and say how the account stands; neither knows a clock, money or AWS.

mod learned;
mod measured;

pub use learned::{Learned, Loss, Settings};
pub use measured::Measured;

/// How an account stands after the newest period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// What staying stale has cost since the last training, as far as a training could have saved it; not below nought.
    /// In the unit of the losses times that of their weights.
    pub excess: f64,
    /// What the next period costs, if it costs as much as those since the last training did on average.
    pub next: f64,
    /// The loss of a fresh model, in the unit of the losses.
    pub reference: f64,
    /// The share of the measured excess that a training is believed to save, from nought to one. It is in `excess`
    /// already.
    pub share: f64,
    /// Periods since the last training.
    pub periods: u32,
}

impl Standing {
    /// Whether a training is worth its price, if so many more periods of excess come before a decision of the next period
    /// would take effect.
    ///
    /// Where nothing was lost nothing is worth having, at whatever price.
    #[must_use]
    pub fn is_worth(&self, price: f64, periods_ahead: f64) -> bool {
        self.excess > 0.0 && self.excess + self.next * periods_ahead >= price
    }
}
