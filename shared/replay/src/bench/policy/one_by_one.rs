//! Detectors that are fed one loss after another, as their papers have them.

use rekindle_decision::detect::Batch;

use super::Start;
use crate::bench::rule::{Look, Rule};
use crate::dice::Dice;

/// A new model when a detector has raised an alarm at any loss of a batch; after it a new detector.
///
/// Of a batch only the mean loss is known. It is fed as losses of 0 and 1 that have this mean, in an order from the dice.
pub(super) struct OneByOne<D> {
    detector: D,
    new: fn() -> D,
    step: fn(&mut D, Batch) -> bool,
    dice: Dice,
}

/// At the most so many losses stand for a batch.
const MOST: u32 = 1_000;

impl<D: 'static> OneByOne<D> {
    pub(super) fn rule(start: &Start<'_>, new: fn() -> D, step: fn(&mut D, Batch) -> bool) -> Box<dyn Rule> {
        Box::new(Self { detector: new(), new, step, dice: start.dice.clone() })
    }
}

impl<D> Rule for OneByOne<D> {
    fn look(&mut self, look: &Look) -> bool {
        let count = look.count.min(MOST);
        // The dice of a batch are its own: how far the one before was read moves nothing here.
        let losses = Losses::of(look.loss, count, self.dice.apart());
        let mut alarm = false;
        for sum in losses {
            alarm |= (self.step)(&mut self.detector, Batch { sum, count: 1.0 });
            if alarm {
                break;
            }
        }
        alarm
    }

    fn retrained(&mut self) {
        self.detector = (self.new)();
    }
}

/// Losses of 0 and 1 in a random order, each order as likely as any other.
struct Losses {
    left: u64,
    ones: u64,
    dice: Dice,
}

impl Losses {
    fn of(mean: f64, count: u32, dice: Dice) -> Self {
        let ones = (mean * f64::from(count)).round_ties_even().clamp(0.0, f64::from(count));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, from 0 to the count"
        )]
        let ones = ones as u64;
        Self { left: u64::from(count), ones, dice }
    }
}

impl Iterator for Losses {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        let is_one = self.dice.below(self.left) < self.ones;
        self.left = self.left.checked_sub(1)?;
        self.ones = self.ones.saturating_sub(u64::from(is_one));
        Some(f64::from(u8::from(is_one)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_ones_as_the_mean_has_in_another_order_for_each_seed() {
        let losses = |mean, seed| Losses::of(mean, 40, Dice::new(seed)).collect::<Vec<_>>();
        for (mean, ones) in [(0.0, 0.0), (0.25, 10.0), (0.3125, 12.0), (1.0, 40.0)] {
            assert_eq!((losses(mean, 1).len(), losses(mean, 1).iter().sum::<f64>()), (40, ones));
        }
        assert_eq!(losses(0.25, 1), losses(0.25, 1));
        assert_ne!(losses(0.25, 1), losses(0.25, 2));
    }
}
