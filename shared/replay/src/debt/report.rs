//! What came of the benchmark.

use serde::Serialize;

use super::benchmark::Benchmark;
use super::cell::Cell;
use super::check::Check;
use super::contenders::CONTENDERS;
use super::cusum_grid::{Chosen, Grid, inside};
use super::play::Accounting;
use super::score::CLAIRVOYANT;
use super::summary::{Group, Summary};

/// Whom everybody is compared with: the paper's baseline, the same with a fair chance, and the least that was possible.
pub(super) const AGAINST: [&str; 3] = ["cusum_tuned", "cusum_anew", CLAIRVOYANT];

/// What came of the benchmark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The seed of the paths that policies are compared on.
    pub seed: u64,
    /// The seed of the paths that CUSUM is tuned anew on.
    pub tuning_seed: u64,
    /// Paths of each world.
    pub paths: u32,
    /// Whether this is the published simulation.
    pub check: Check,
    /// Each policy against each of a few.
    pub summaries: Vec<Summary>,
    /// What CUSUM was tuned to.
    pub chosen: Vec<Chosen>,
    /// Everything, in the order of the published table.
    pub cells: Vec<Cell>,
}

impl Report {
    pub(super) fn of(benchmark: Benchmark, grid: &Grid, cells: Vec<Cell>) -> Self {
        let Benchmark { seed, tuning_seed, paths } = benchmark;
        let mut summaries = Vec::new();
        for accounting in Accounting::ALL {
            for against in AGAINST {
                for contender in CONTENDERS.iter().filter(|contender| contender.name != against) {
                    let of = |group| Summary::of(&cells, (accounting, group), contender.name, against);
                    summaries.extend(Group::ALL.into_iter().filter_map(of));
                }
            }
        }
        let mut chosen: Vec<Chosen> = Vec::new();
        for cell in &cells {
            let threshold = grid.best(cell.accounting, cell.price);
            let (accounting, unit, kappa) = (cell.accounting, cell.unit, cell.kappa);
            let one = Chosen { accounting, unit, kappa, threshold, inside: inside(threshold) };
            // The sixteen worlds of a price lie next to each other.
            if chosen.last() != Some(&one) {
                chosen.push(one);
            }
        }
        Self { seed, tuning_seed, paths, check: Check::of(&cells, paths), summaries, chosen, cells }
    }

    /// Trainings of a policy in the mean of the worlds without a shift, at each number of units that a training costs.
    #[must_use]
    pub fn retrains_without_shift(&self, unit: super::Unit, policy: &str) -> Vec<(f64, f64)> {
        let mut by_kappa: Vec<(f64, f64, f64)> = Vec::new();
        let quiet =
            |cell: &&Cell| !cell.shifts() && cell.accounting == Accounting::Signed && cell.unit == unit;
        for cell in self.cells.iter().filter(quiet) {
            let Some(score) = super::score::of(&cell.scores, policy) else { continue };
            match by_kappa.last_mut().filter(|last| last.0.total_cmp(&cell.kappa).is_eq()) {
                Some((_, sum, count)) => {
                    *sum += score.retrains;
                    *count += 1.0;
                }
                None => by_kappa.push((cell.kappa, score.retrains, 1.0)),
            }
        }
        by_kappa.into_iter().map(|(kappa, sum, count)| (kappa, sum / count)).collect()
    }
}
