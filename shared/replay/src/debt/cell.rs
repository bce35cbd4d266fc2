//! A cell: one price and accounting in one world.

use rand_pcg::Pcg64;
use serde::Serialize;

use super::clairvoyant::optimum;
use super::contenders::CONTENDERS;
use super::cusum_grid::Grid;
use super::path::Path;
use super::play::{Accounting, play};
use super::published::{Row, Unit};
use super::score::{CLAIRVOYANT, Score, Tally};
use super::tape::Tape;
use super::world::{Shift, World};

/// What came of a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// How a gap counts.
    pub accounting: Accounting,
    /// What the price is counted in.
    pub unit: Unit,
    /// How many of it a training costs.
    pub kappa: f64,
    /// What a training costs, in nats a point.
    pub price: f64,
    /// In which world.
    #[serde(flatten)]
    pub world: World,
    /// Whether the paper's CUSUM is tuned to a threshold inside its grid.
    pub inside: bool,
    /// What each policy cost.
    pub scores: Vec<Score>,
    /// What it cost in the paper.
    pub published: Vec<Score>,
}

impl Cell {
    /// Whether anything shifts in it.
    #[must_use]
    pub fn shifts(&self) -> bool {
        self.world.shift != Shift::None
    }
}

/// Lives through so many paths of a world with every policy, at every price of these rows, which are all of that world.
pub(super) fn cells(world: World, rows: &[&Row], grid: &Grid, paths: u32, mut chance: Pcg64) -> Vec<Cell> {
    let count = CONTENDERS.len().saturating_add(1);
    let mut tallies = vec![vec![Tally::default(); count]; rows.len()];
    for _ in 0..paths {
        let tape = Tape::of(&Path::draw(world, &mut chance));
        for (row, tallies) in rows.iter().zip(&mut tallies) {
            let setting = row.setting(grid.best(row.accounting, row.price));
            let plays = CONTENDERS.iter().map(|contender| {
                let outcome = play(&tape, row.price, &mut *(contender.make)(&setting));
                (outcome.objective(row.accounting, row.price), outcome.retrains)
            });
            let all = plays.chain([optimum(&tape, row.accounting, row.price)]);
            for (tally, (objective, retrains)) in tallies.iter_mut().zip(all) {
                tally.add(objective, retrains);
            }
        }
    }
    rows.iter().zip(tallies).map(|(row, tallies)| cell(row, tallies)).collect()
}

fn cell(row: &Row, tallies: Vec<Tally>) -> Cell {
    let names = CONTENDERS.iter().map(|contender| contender.name).chain([CLAIRVOYANT]);
    Cell {
        accounting: row.accounting,
        unit: row.unit,
        kappa: row.kappa,
        price: row.price,
        world: row.world,
        inside: row.inside,
        scores: tallies.into_iter().zip(names).map(|(tally, name)| tally.score(name)).collect(),
        published: row.scores.clone(),
    }
}
