//! Whether what was simulated is what was published.
//!
//! Every control policy must cost in every cell what it cost in the paper, within the error of both; and the mean ratios
//! must be those that ten sets of paths gave to others who wrote the simulation again.

use serde::Serialize;

use super::cell::Cell;
use super::play::Accounting;
use super::published::POLICIES;
use super::score::{self, Score};
use super::summary::{Group, Summary};

/// Standard errors by which a cell may be off, and standard deviations by which a mean ratio may.
const MOST: f64 = 4.0;

/// Signed mean ratios to the cost of the paper's CUSUM, over ten sets of 100 paths of each world: mean and standard
/// deviation, by [`Group::ALL`].
const RATIOS: [(&str, [(f64, f64); 5]); 4] = [
    ("calendar_tuned", [(1.480, 0.010), (1.548, 0.014), (1.253, 0.005), (1.427, 0.009), (1.534, 0.012)]),
    (
        "debt_threshold_tuned",
        [(0.967, 0.0021), (0.9574, 0.0015), (1.0408, 0.0041), (0.9884, 0.0025), (0.9498, 0.0015)],
    ),
    (
        "ski_rental",
        [(0.9789, 0.0008), (0.9764, 0.0013), (0.9580, 0.0009), (0.9711, 0.0008), (0.9771, 0.0010)],
    ),
    (
        "break_even",
        [(0.9728, 0.0009), (0.9717, 0.0012), (0.9502, 0.0010), (0.9649, 0.0007), (0.9722, 0.0010)],
    ),
];

/// How far the cells of a policy are from the published ones.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deviation {
    /// How a gap counts.
    pub accounting: Accounting,
    /// Whose cells.
    pub policy: &'static str,
    /// How many there are. Those of one world share their paths, so that only sixteen are independent.
    pub cells: usize,
    /// The largest difference, in standard errors of it.
    pub largest: f64,
    /// The standard deviation of the differences, in the same; about 1 or less.
    pub spread: f64,
    /// Whether all of them are near enough.
    pub holds: bool,
}

/// Where a mean ratio should be, and is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Interval {
    /// In which cells.
    pub group: Group,
    /// Whose cost, in parts of the paper's CUSUM's.
    pub policy: &'static str,
    /// The least that is expected.
    pub least: f64,
    /// The most.
    pub most: f64,
    /// What it is.
    pub ratio: f64,
    /// Whether that is between them.
    pub holds: bool,
}

/// Whether what was simulated is what was published.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Cell by cell.
    pub deviations: Vec<Deviation>,
    /// In the mean.
    pub intervals: Vec<Interval>,
}

impl Check {
    /// Checks these cells, each of which has so many paths.
    #[must_use]
    pub fn of(cells: &[Cell], paths: u32) -> Self {
        let accountings = Accounting::ALL.into_iter();
        let deviations = accountings.flat_map(|accounting| {
            POLICIES.into_iter().map(move |policy| deviation(cells, accounting, policy))
        });
        // What is expected was measured on 100; of more no more is asked, as it has an error of its own.
        let wider = libm::sqrt((100.0 / f64::from(paths.max(1))).max(1.0));
        let intervals = RATIOS.into_iter().flat_map(|(policy, expected)| {
            let of = Group::ALL.into_iter().zip(expected);
            of.filter_map(move |(group, expected)| {
                interval(cells, group, policy, (expected.0, expected.1 * wider))
            })
        });
        Self { deviations: deviations.collect(), intervals: intervals.collect() }
    }

    /// Whether everything is as it was published.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.deviations.iter().all(|deviation| deviation.holds)
            && self.intervals.iter().all(|interval| interval.holds)
    }
}

fn deviation(cells: &[Cell], accounting: Accounting, policy: &'static str) -> Deviation {
    let (mut count, mut largest, mut sum, mut squares) = (0.0, 0.0_f64, 0.0, 0.0);
    let mut found = 0_usize;
    for cell in cells.iter().filter(|cell| cell.accounting == accounting) {
        let both = score::of(&cell.scores, policy).zip(score::of(&cell.published, policy));
        let Some((own, published)) = both else { continue };
        let off = apart(own, published);
        // What is no number is not near, and `max` would forget it.
        largest = if off.is_nan() { f64::INFINITY } else { largest.max(off.abs()) };
        sum += off;
        squares += off * off;
        count += 1.0;
        found = found.saturating_add(1);
    }
    let mean = sum / count;
    let spread = libm::sqrt((squares / count - mean * mean).max(0.0));
    Deviation { accounting, policy, cells: found, largest, spread, holds: found > 0 && largest < MOST }
}

/// The difference of two means, in standard errors of it.
fn apart(own: &Score, published: &Score) -> f64 {
    (own.objective - published.objective) / libm::hypot(own.error, published.error)
}

fn interval(
    cells: &[Cell],
    group: Group,
    policy: &'static str,
    (mean, deviation): (f64, f64),
) -> Option<Interval> {
    let summary = Summary::of(cells, (Accounting::Signed, group), policy, "cusum_tuned")?;
    let (least, most) = (mean - MOST * deviation, mean + MOST * deviation);
    let ratio = summary.ratio;
    Some(Interval { group, policy, least, most, ratio, holds: (least..=most).contains(&ratio) })
}
