//! One policy against another, over the cells in which something shifts.

use std::fmt;

use serde::Serialize;

use super::cell::Cell;
use super::play::Accounting;
use super::published::Unit;
use super::score::{self, Score};

/// Which cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The 72 of one unit of the price.
    Unit(Unit),
    /// All 216.
    All,
    /// The 144 in which the paper's CUSUM is tuned to a threshold inside its grid.
    Inside,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 5] = {
        let [q75, mean, median] = Unit::ALL;
        [Self::Unit(q75), Self::Unit(mean), Self::Unit(median), Self::All, Self::Inside]
    };

    /// Whether the cell is one of them.
    #[must_use]
    pub fn holds(self, cell: &Cell) -> bool {
        cell.shifts()
            && match self {
                Self::Unit(unit) => cell.unit == unit,
                Self::All => true,
                Self::Inside => cell.inside,
            }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Unit(unit) => unit.name(),
            Self::All => "all",
            Self::Inside => "inside",
        })
    }
}

/// One policy against another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// How a gap counts.
    pub accounting: Accounting,
    /// In which cells.
    pub group: Group,
    /// Whose cost,
    pub policy: &'static str,
    /// in parts of whose.
    pub against: &'static str,
    /// The mean of the ratio of the two over the cells.
    pub ratio: f64,
    /// Cells in which the ratio is below 1.
    pub wins: usize,
    /// Cells.
    pub cells: usize,
    /// The same mean in the paper, where both are in it.
    pub published: Option<f64>,
    /// The same cells in the paper.
    pub published_wins: Option<usize>,
}

impl Summary {
    /// Compares two policies; `None` where a cell lacks one of them.
    #[must_use]
    pub fn of(
        cells: &[Cell],
        (accounting, group): (Accounting, Group),
        policy: &'static str,
        against: &'static str,
    ) -> Option<Self> {
        let of = cells.iter().filter(|cell| cell.accounting == accounting && group.holds(cell));
        let (ratio, wins, count) = mean(of.clone().map(|cell| quotient(&cell.scores, policy, against)))?;
        let published = mean(of.map(|cell| quotient(&cell.published, policy, against)));
        Some(Self {
            accounting,
            group,
            policy,
            against,
            ratio,
            wins,
            cells: count,
            published: published.map(|(ratio, _, _)| ratio),
            published_wins: published.map(|(_, wins, _)| wins),
        })
    }
}

fn quotient(scores: &[Score], policy: &str, against: &str) -> Option<f64> {
    Some(score::of(scores, policy)?.objective / score::of(scores, against)?.objective)
}

/// The mean of the ratios, those below 1, and how many there are.
fn mean(ratios: impl Iterator<Item = Option<f64>>) -> Option<(f64, usize, usize)> {
    let (mut sum, mut wins, mut cells, mut count) = (0.0, 0_usize, 0_usize, 0.0);
    for ratio in ratios {
        let ratio = ratio?;
        sum += ratio;
        count += 1.0;
        wins = wins.saturating_add(usize::from(ratio < 1.0));
        cells = cells.saturating_add(1);
    }
    (cells > 0).then_some((sum / count, wins, cells))
}
