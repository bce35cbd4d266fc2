//! The least that a stretch can cost, for somebody who knows all of it beforehand.

use super::matrix::Stretch;

/// The best times to retrain, and what they cost. Nobody reaches this who cannot see the noise of what is to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    /// In batches whose losses are all 1.
    pub cost: f64,
    /// The batches after which to retrain, counted from 0. Of several best ways it is one with the fewest.
    pub retrained_at: Vec<usize>,
}

/// Costs that are nearer than this are the same: sums of the same losses in another order differ by less, and losses
/// written with five digits by more.
const SAME: f64 = 1e-9;

/// The best way to have a model in service.
#[derive(Debug, Clone, Copy)]
struct Way {
    model: usize,
    cost: f64,
    retrains: usize,
    /// The place of the way that it goes on from, by the model before.
    before: Option<usize>,
}

impl Way {
    fn is_better_than(&self, other: &Self) -> bool {
        if (self.cost - other.cost).abs() < SAME {
            self.retrains < other.retrains
        } else {
            self.cost < other.cost
        }
    }
}

impl Optimum {
    /// Finds it by dynamic programming over the model in service, in time that grows as the square of the batches.
    #[must_use]
    pub fn of(stretch: Stretch<'_>, retrain_cost: f64) -> Self {
        let first = Way { model: stretch.first_model(), cost: 0.0, retrains: 0, before: None };
        let mut ways = vec![first];
        for period in stretch.batches() {
            for way in &mut ways {
                way.cost += stretch.loss(way.model, period).unwrap_or(f64::NAN);
            }
            if period < stretch.last()
                && let Some((place, best)) = best(&ways)
            {
                let (cost, retrains) = (best.cost + retrain_cost, best.retrains.saturating_add(1));
                ways.push(Way { model: period, cost, retrains, before: Some(place) });
            }
        }
        let end = best(&ways).map_or(first, |(_, way)| way);
        let mut retrained_at = Vec::with_capacity(end.retrains);
        let mut way = end;
        while let Some(before) = way.before.and_then(|place| ways.get(place)) {
            retrained_at.push(way.model);
            way = *before;
        }
        retrained_at.reverse();
        Self { cost: end.cost, retrained_at }
    }
}

fn best(ways: &[Way]) -> Option<(usize, Way)> {
    ways.iter()
        .copied()
        .enumerate()
        .reduce(|best, way| if way.1.is_better_than(&best.1) { way } else { best })
}
