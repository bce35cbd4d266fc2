//! A new model every so many batches, whatever is seen.

use super::Policy;
use crate::bench::rule::{Look, Rule};
use crate::bench::tuned::tuned;

pub(super) const EVERY_TEN: Policy =
    Policy { name: "periodic 10", chosen_on: "nothing", start: |_| Box::new(Periodic { every: 10 }) };

pub(super) const TUNED: Policy = Policy {
    name: "periodic tuned",
    chosen_on: "prefix",
    start: |start| {
        let rule = |every| Periodic { every };
        Box::new(rule(tuned(GRID, start.prefix, start.retrain_cost, rule).unwrap_or(NEVER)))
    },
};

/// Longer than any stream here.
const NEVER: usize = 1_000;

const GRID: &[usize] = &[1, 2, 3, 5, 8, 13, 21, 34, NEVER];

#[derive(Debug, Clone, Copy)]
struct Periodic {
    every: usize,
}

impl Rule for Periodic {
    fn look(&mut self, look: &Look) -> bool {
        look.age >= self.every
    }
}
