//! One world: what each model loses in each period beyond the freshest.

use std::fmt;

use rekindle_decision::break_even::Measured;
use serde::Serialize;

use crate::dice::Dice;

/// How the world changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Now and then, by much.
    Jumps,
    /// Always, by little.
    Drift,
    /// Always, mostly by little, at times by very much.
    Heavy,
    /// Once, and then no more.
    Once,
    /// Otherwise in each period: what a fresher model is worth comes and goes.
    Unsteady,
    /// So that the excess stops as soon as the rule has retrained.
    Adversarial,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Jumps, Self::Drift, Self::Heavy, Self::Once, Self::Unsteady, Self::Adversarial];
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Jumps => "jumps",
            Self::Drift => "drift",
            Self::Heavy => "heavy",
            Self::Once => "once",
            Self::Unsteady => "unsteady",
            Self::Adversarial => "adversarial",
        })
    }
}

/// A world.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// What a training costs.
    pub price: f64,
    /// For each period what the models up to the one before lose in it, the oldest first.
    periods: Vec<Vec<f64>>,
}

/// A number from 0 to 1, 1 left out.
fn part(dice: &mut Dice) -> f64 {
    let of = 1_u32 << 24;
    u32::try_from(dice.below(u64::from(of))).map_or(0.0, |part| f64::from(part) / f64::from(of))
}

impl Instance {
    /// A world of this shape.
    #[must_use]
    pub fn draw(shape: Shape, dice: &mut Dice) -> Self {
        let periods = usize::try_from(dice.between(2, 40)).unwrap_or(2);
        let price = 0.01 + 2.0 * part(dice);
        let periods = match shape {
            Shape::Adversarial => adversarial(periods, price, dice),
            Shape::Unsteady => {
                let worth = |_: usize, _: usize, dice: &mut Dice| match dice.below(7) {
                    0..3 => 0.0,
                    3..6 => 0.3 * part(dice),
                    _ => 2.0 * part(dice),
                };
                summed(periods, worth, dice)
            }
            Shape::Jumps | Shape::Drift | Shape::Heavy | Shape::Once => {
                let changes = changes(shape, periods, dice);
                summed(periods, |model, _, _| changes.get(model).copied().unwrap_or_default(), dice)
            }
        };
        Self { price, periods }
    }

    /// How many periods there are; nothing is lost in the first one, at whose end the first model is trained.
    #[must_use]
    pub fn periods(&self) -> usize {
        self.periods.len()
    }

    /// What the model that was trained at the end of one period loses in a later one, beyond the freshest.
    #[must_use]
    pub fn gap(&self, model: usize, period: usize) -> f64 {
        self.periods.get(period).and_then(|gaps| gaps.get(model)).copied().unwrap_or_default()
    }
}

/// What each model is better for good than the one before.
fn changes(shape: Shape, periods: usize, dice: &mut Dice) -> Vec<f64> {
    let at = dice.below(u64::try_from(periods).unwrap_or(u64::MAX));
    let change = |period: u64| match shape {
        Shape::Jumps if dice.below(8) == 0 => 2.0 * part(dice),
        Shape::Once if period == at => part(dice) * part(dice),
        Shape::Drift => 0.05 * part(dice),
        Shape::Heavy => 0.01 / (part(dice) + 0.001),
        Shape::Jumps | Shape::Once | Shape::Unsteady | Shape::Adversarial => 0.0,
    };
    (0_u64..).take(periods).map(change).collect()
}

/// The gaps where a model is worth so much more than the one before it in a period.
fn summed(
    periods: usize,
    mut worth: impl FnMut(usize, usize, &mut Dice) -> f64,
    dice: &mut Dice,
) -> Vec<Vec<f64>> {
    let of = |period: usize| {
        let mut gaps = vec![0.0; period];
        let mut sum = 0.0;
        // The freshest, which is the last, loses nothing.
        for (model, gap) in gaps.iter_mut().enumerate().rev().skip(1) {
            sum += worth(model, period, dice);
            *gap = sum;
        }
        gaps
    };
    (0..periods).map(of).collect()
}

/// The models up to the one that serves lose so much, and fresher ones nothing, until the rule retrains. Then nobody loses
/// anything for a while.
fn adversarial(periods: usize, price: f64, dice: &mut Dice) -> Vec<Vec<f64>> {
    let mut account = Measured::new();
    let (mut serves, mut quiet) = (0_usize, 0_u64);
    let mut rent = price * part(dice);
    let is_steady = dice.chance(5_000);
    let mut all = vec![Vec::new()];
    for period in 1..periods {
        let lost = if quiet > 0 { 0.0 } else { rent };
        let gap = |model: usize| if model <= serves && model.saturating_add(1) < period { lost } else { 0.0 };
        all.push((0..period).map(gap).collect());
        account.see(gap(serves));
        quiet = quiet.saturating_sub(1);
        if account.standing(0.0).is_some_and(|standing| standing.is_worth(price, 1.0)) {
            account.trained();
            serves = period;
            quiet = dice.below(6);
        }
        if !is_steady || serves == period {
            rent = price * part(dice) * part(dice);
        }
    }
    all
}
