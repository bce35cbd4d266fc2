//! CUSUM tuned anew: the paper's grid has eleven thresholds, and a third of its cells would like one below the least.

use serde::Serialize;

use super::contenders::Cusum;
use super::play::{Accounting, Outcome, play};
use super::published::Unit;
use super::tape::Tape;

/// Thresholds of the grid.
const POINTS: i32 = 40;

/// The least threshold and the greatest, in nats a point; those between are a geometric series.
const ENDS: (f64, f64) = (0.000_5, 4.0);

/// A threshold that was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chosen {
    /// For how a gap counts.
    pub accounting: Accounting,
    /// For what the price is counted in.
    pub unit: Unit,
    /// For how many of it a training costs.
    pub kappa: f64,
    /// The threshold, in nats a point.
    pub threshold: f64,
    /// Whether it lies inside the grid.
    pub inside: bool,
}

/// What CUSUM does on paths of their own, with each threshold.
#[derive(Debug, Clone, Default)]
pub(super) struct Grid {
    /// By the threshold: the sums over the paths.
    sums: Vec<Outcome>,
}

impl Grid {
    /// Lives through one more path with each threshold.
    pub(super) fn add(&mut self, tape: &Tape) {
        self.sums.resize_with(thresholds().count(), Outcome::default);
        for (sum, threshold) in self.sums.iter_mut().zip(thresholds()) {
            sum.join(play(tape, 0.0, &mut Cusum::over(threshold)));
        }
    }

    /// Joins what came of other paths.
    pub(super) fn join(mut self, other: &Self) -> Self {
        self.sums.resize_with(thresholds().count(), Outcome::default);
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, other)| sum.join(*other));
        self
    }

    /// The first threshold that costs least at this price.
    pub(super) fn best(&self, accounting: Accounting, price: f64) -> f64 {
        let mut best = (f64::INFINITY, ENDS.0);
        for (sum, threshold) in self.sums.iter().zip(thresholds()) {
            let cost = sum.objective(accounting, price);
            if cost < best.0 {
                best = (cost, threshold);
            }
        }
        best.1
    }
}

/// Whether a threshold is neither the least nor the greatest.
pub(super) fn inside(threshold: f64) -> bool {
    let slack = 1.000_001;
    threshold > ENDS.0 * slack && threshold * slack < ENDS.1
}

fn thresholds() -> impl Iterator<Item = f64> {
    let (least, most) = (libm::log(ENDS.0), libm::log(ENDS.1));
    let step = (most - least) / f64::from(POINTS - 1);
    (0..POINTS).map(move |nth| libm::exp(least + step * f64::from(nth)))
}
