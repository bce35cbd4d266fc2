//! One history of a world.

use rand_pcg::Pcg64;

use super::batch::Point;
use super::world::{Truth, World};

/// Periods of a path.
pub(super) const PERIODS: u32 = 200;

/// Points before the first period.
const INITIAL: usize = 300;

/// Points of a period that the newer model learns from.
const UPDATE: usize = 5;

/// Points of a period that a policy is told about.
const MONITOR: usize = 5;

/// Points of a period by which the loss is measured; no policy sees them.
const EVALUATION: usize = 40;

/// What is observed in one period.
#[derive(Debug, Clone)]
pub struct Period {
    /// The newer model learns from these.
    pub update: Vec<Point>,
    /// A policy is told how both models do on these.
    pub monitor: Vec<Point>,
    /// The loss is measured on these.
    pub evaluation: Vec<Point>,
}

/// One history of a world.
#[derive(Debug, Clone)]
pub struct Path {
    /// What both models have learnt from at the beginning.
    pub initial: Vec<Point>,
    /// The periods, the first of which has the number 1.
    pub periods: Vec<Period>,
}

impl Path {
    /// Draws a history.
    #[must_use]
    pub fn draw(world: World, chance: &mut Pcg64) -> Self {
        let mut truth = Truth::BEFORE;
        let initial = truth.observe(INITIAL, chance);
        let mut one = |period| {
            truth.step(world, period, chance);
            Period {
                update: truth.observe(UPDATE, chance),
                monitor: truth.observe(MONITOR, chance),
                evaluation: truth.observe(EVALUATION, chance),
            }
        };
        let periods = (1..=PERIODS).map(&mut one).collect();
        Self { initial, periods }
    }
}
