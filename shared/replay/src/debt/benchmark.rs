//! The whole benchmark, from two seeds.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::SeedableRng;

use super::cell::{self, Cell};
use super::cusum_grid::Grid;
use super::path::Path;
use super::published::{Row, Unreadable, rows};
use super::report::Report;
use super::tape::Tape;
use super::tasks::share;
use super::world::World;

/// Paths of each world that CUSUM is tuned anew on, as many as in the paper.
const TUNING: u32 = 8;

/// The benchmark to run.
#[derive(Debug, Clone, Copy)]
pub struct Benchmark {
    /// The paths on which policies are compared follow from it.
    pub seed: u64,
    /// The paths on which CUSUM is tuned anew follow from it.
    pub tuning_seed: u64,
    /// Paths of each world; 100 in the paper.
    pub paths: u32,
}

impl Default for Benchmark {
    fn default() -> Self {
        Self { seed: 1, tuning_seed: 2, paths: 100 }
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Parts that are done.
    pub done: usize,
    /// Parts.
    pub of: usize,
}

impl Benchmark {
    /// Runs it, on all cores; the report depends on neither their number nor their speed. `told` hears of each part.
    ///
    /// # Errors
    ///
    /// What cannot be read in the published table.
    pub fn run(self, mut told: impl FnMut(Progress)) -> Result<Report, Unreadable> {
        let rows = rows()?;
        let worlds = World::all();
        let mut progress = Progress { done: 0, of: worlds.len().saturating_mul(2) };
        let mut done = || {
            progress.done = progress.done.saturating_add(1);
            told(progress);
        };
        let grids = share(&apart(&worlds, self.tuning_seed), |task| tune(*task.0, task.1.clone()), &mut done);
        let grid = grids.iter().fold(Grid::default(), Grid::join);
        let compare = |(world, chance): &(&World, Pcg64)| -> Vec<(usize, Cell)> {
            let here = rows.iter().enumerate().filter(|(_, row)| row.world == **world);
            let (places, rows): (Vec<usize>, Vec<&Row>) = here.unzip();
            places.into_iter().zip(cell::cells(**world, &rows, &grid, self.paths, chance.clone())).collect()
        };
        let mut cells: Vec<_> =
            share(&apart(&worlds, self.seed), compare, done).into_iter().flatten().collect();
        cells.sort_unstable_by_key(|(place, _)| *place);
        Ok(Report::of(self, &grid, cells.into_iter().map(|(_, cell)| cell).collect()))
    }
}

/// Chance of its own for each world: what is drawn in one moves nothing in another.
fn apart(worlds: &[World], seed: u64) -> Vec<(&World, Pcg64)> {
    let mut chance = Pcg64::seed_from_u64(seed);
    worlds.iter().map(|world| (world, Pcg64::from_rng(&mut chance))).collect()
}

fn tune(world: World, mut chance: Pcg64) -> Grid {
    let mut grid = Grid::default();
    for _ in 0..TUNING {
        grid.add(&Tape::of(&Path::draw(world, &mut chance)));
    }
    grid
}
