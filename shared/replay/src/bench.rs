//! The streams benchmark: what each rule for retraining costs, against the best that could have been done.
//!
//! A [`Matrix`](matrix::Matrix) holds the loss of every model that could have been trained on every batch after it. So any
//! [`Rule`](rule::Rule) can be replayed exactly, and the [`Optimum`](optimum::Optimum) found. [`Bench`] does both for each
//! stream, retrain cost and [`Policy`], and the [`Report`](report::Report) compares them.

mod left_out;
pub mod matrix;
pub mod optimum;
pub mod policy;
mod read;
pub mod report;
pub mod rule;
pub mod run;
pub mod streams;
mod text;
mod tuned;
pub mod unreadable;

use matrix::Matrix;
use optimum::Optimum;
use policy::{Policy, Start};
use report::{Cell, Report};
use run::run;

use crate::dice::Dice;

/// What retraining costs, where nobody says otherwise, in batches whose losses are all 1.
pub const RETRAIN_COSTS: &[f64] = &[0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0];

/// What is to be compared.
#[derive(Debug, Clone)]
pub struct Bench<'a> {
    /// On which streams.
    pub streams: &'a [Matrix],
    /// At which costs of a retrain, in batches whose losses are all 1.
    pub retrain_costs: &'a [f64],
    /// Which rules.
    pub policies: &'a [Policy],
    /// For the rules that need chance.
    pub seed: u64,
}

impl Bench<'_> {
    /// Replays every stream with every rule at every cost. `begun` is told the name of each stream before it begins.
    pub fn run(&self, mut begun: impl FnMut(&str)) -> Report {
        let mut cells = Vec::new();
        for matrix in self.streams {
            begun(matrix.name());
            for retrain_cost in self.retrain_costs {
                self.compare(matrix, *retrain_cost, &mut cells);
            }
        }
        let left_out = left_out::cells(self.streams, self.retrain_costs);
        let mut policies = self.policies.to_vec();
        if !left_out.is_empty() {
            policies.push(left_out::POLICY);
        }
        cells.extend(left_out);
        Report::of(self.seed, self.retrain_costs, &policies, cells)
    }

    /// Every rule on one stream at one cost.
    fn compare(&self, matrix: &Matrix, retrain_cost: f64, cells: &mut Vec<Cell>) {
        let optimum = Optimum::of(matrix.scored(), retrain_cost);
        for policy in self.policies {
            let dice = self.dice(matrix.name(), policy.name);
            let start = Start { prefix: matrix.prefix(), retrain_cost, dice };
            let run = run(matrix.scored(), (policy.start)(&start).as_mut(), retrain_cost);
            cells.push(Cell::of(matrix.name(), retrain_cost, policy.name, run, &optimum));
        }
    }

    /// Dice that do not depend on which other streams and rules there are.
    fn dice(&self, stream: &str, policy: &str) -> Dice {
        // FNV-1a, 64 bits.
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        let names = stream.bytes().chain([b'/']).chain(policy.bytes());
        Dice::new(self.seed ^ names.fold(0xcbf2_9ce4_8422_2325, hash))
    }
}
