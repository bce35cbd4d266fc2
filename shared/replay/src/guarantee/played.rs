//! What the rule and the optimum cost in one world.

use rekindle_decision::break_even::Measured;

use super::instance::Instance;
use crate::bench::report::ratio;

/// Costs that are nearer than this are the same.
const SAME: f64 = 1e-9;

/// What came of one world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Played {
    /// What the rule cost, price and excess together.
    pub cost: f64,
    /// The least that was possible.
    pub optimum: f64,
    /// The most that was promised.
    pub bound: f64,
}

impl Played {
    /// Plays the rule in a world.
    #[must_use]
    pub fn of(instance: &Instance) -> Self {
        let ((cost, largest), optimum) = (play(instance), optimum(instance));
        Self { cost, optimum, bound: (2.0 + largest / instance.price) * optimum }
    }

    /// Whether the rule cost no more than was promised.
    #[must_use]
    pub fn keeps_the_promise(&self) -> bool {
        self.cost <= self.bound + SAME
    }

    /// The cost as a part of what was promised; where it cost nothing, nothing.
    #[must_use]
    pub fn of_bound(&self) -> f64 {
        if self.cost > 0.0 { ratio(self.cost, self.bound) } else { 0.0 }
    }

    /// The cost in units of the optimum's.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        ratio(self.cost, self.optimum)
    }
}

/// What the rule costs, and the largest excess that it paid in one period. After the last period there is nothing to
/// decide.
#[must_use]
pub fn play(instance: &Instance) -> (f64, f64) {
    let (mut account, mut model, mut cost, mut largest) = (Measured::new(), 0, 0.0, 0.0_f64);
    for period in 1..instance.periods() {
        let gap = instance.gap(model, period);
        cost += gap;
        largest = largest.max(gap);
        account.see(gap);
        let retrains = account.standing(0.0).is_some_and(|standing| standing.is_worth(instance.price, 1.0));
        if retrains && period.saturating_add(1) < instance.periods() {
            account.trained();
            cost += instance.price;
            model = period;
        }
    }
    (cost, largest)
}

/// The least that was possible, by dynamic programming over the model that serves.
#[must_use]
pub fn optimum(instance: &Instance) -> f64 {
    // By the model that serves, what the best way to it has cost.
    let mut best = vec![0.0];
    for period in 1..instance.periods() {
        for (model, cost) in best.iter_mut().enumerate() {
            *cost += instance.gap(model, period);
        }
        best.push(least(&best) + instance.price);
    }
    least(&best)
}

fn least(costs: &[f64]) -> f64 {
    costs.iter().copied().fold(f64::INFINITY, f64::min)
}
