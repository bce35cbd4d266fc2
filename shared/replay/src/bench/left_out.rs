//! `break_even` with constants that were chosen without the stream on which they are scored.
//!
//! Whoever chooses constants on the streams that he shows flatters himself. Here each stream is scored with those of a
//! few constants that do best on all others. What is lost against the constants that everybody has is what choosing
//! cost, and what was won is luck.

use rekindle_decision::break_even::Settings;

use super::matrix::Matrix;
use super::optimum::Optimum;
use super::policy::{BreakEven, Policy};
use super::report::{self, Cell};
use super::run::{Run, run};

/// What the rule is called.
pub(super) const POLICY: Policy = Policy {
    name: "break_even left out",
    chosen_on: "the other streams",
    // Without other streams there is nothing to choose on.
    start: |start| Box::new(BreakEven::in_service(Settings::default(), start)),
};

/// The constants to choose from: how much evidence is wanted is what weighs most, being too early against being too late.
fn grid() -> Vec<Settings> {
    let usual = Settings::default();
    [2.5, usual.evidence, 3.5].map(|evidence| Settings { evidence, ..usual }).to_vec()
}

/// One stream with one choice of constants.
struct Tried {
    /// One for each retrain cost.
    runs: Vec<Run>,
    /// The mean over the retrain costs of the cost over the optimum's.
    mean: f64,
}

fn tried(matrix: &Matrix, settings: Settings, retrain_costs: &[f64], best: &[Optimum]) -> Tried {
    let runs: Vec<Run> = retrain_costs
        .iter()
        .map(|cost| run(matrix.scored(), &mut BreakEven::after(settings, matrix.prefix(), *cost), *cost))
        .collect();
    let ratios = runs.iter().zip(best).map(|(run, best)| report::ratio(run.cost, best.cost));
    let mean = report::mean(ratios);
    Tried { runs, mean }
}

/// What each stream costs at each retrain cost, with constants chosen on the others; nothing for a single stream.
pub(super) fn cells(streams: &[Matrix], retrain_costs: &[f64]) -> Vec<Cell> {
    if streams.len() < 2 {
        return Vec::new();
    }
    let grid = grid();
    let tried: Vec<(&Matrix, Vec<Optimum>, Vec<Tried>)> = streams
        .iter()
        .map(|matrix| {
            let best: Vec<Optimum> =
                retrain_costs.iter().map(|cost| Optimum::of(matrix.scored(), *cost)).collect();
            let each = grid.iter().map(|settings| tried(matrix, *settings, retrain_costs, &best)).collect();
            (matrix, best, each)
        })
        .collect();
    let mut cells = Vec::new();
    for (own, (matrix, best, each)) in tried.iter().enumerate() {
        let elsewhere = |choice: usize| -> f64 {
            let others = tried.iter().enumerate().filter(|(other, _)| *other != own);
            others.filter_map(|(_, (_, _, each))| each.get(choice)).map(|tried| tried.mean).sum()
        };
        let chosen = (0..grid.len()).map(|choice| (choice, elsewhere(choice)));
        // Of equals the first.
        let chosen = chosen.reduce(|best, other| if other.1 < best.1 { other } else { best });
        let Some(tried) = chosen.and_then(|(choice, _)| each.get(choice)) else { continue };
        for ((run, best), cost) in tried.runs.iter().zip(best).zip(retrain_costs) {
            cells.push(Cell::of(matrix.name(), *cost, POLICY.name, run.clone(), best));
        }
    }
    cells
}
