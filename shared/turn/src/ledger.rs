//! What the ledger holds, and the conditional writes that change it.
//!
//! The condition is the lock: `lease_until` only bounds how long a crash can block a model. Each write says its condition;
//! an implementation that cannot keep it must fail. What a write does is said once, in [`Change::of`]: a world only reads,
//! asks it, and writes what it answered if nothing has changed meanwhile.

mod change;
mod row;
mod run;

use rekindle_decision::duration::Duration;
use rekindle_decision::ruling::Reserve;
use serde::{Deserialize, Serialize};

pub(crate) use change::count_start;
pub use change::{After, Change, Close, Judge, Said, Settle, Settled, Spent, TakeOver};
pub use row::{Happened, News, Row, Steered};
pub use run::{EndCause, Run};

/// How long a turn may finish a start alone. Three times the longest timeout of our functions (300 s), so that a
/// lease that has run out means a turn that is gone.
pub const LEASE: Duration = Duration::from_seconds(900);

/// Honoured requests that are remembered. A redelivery comes within hours; a person asks a few times a day.
pub const ANSWERED: usize = 16;

/// A fleet in one calendar span: what its spending is kept under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fleet {
    /// The fleet's name.
    pub name: String,
    /// The span's name: `2026-11`.
    pub span: String,
}

impl Fleet {
    /// Whose budget something is reserved of.
    #[must_use]
    pub fn of(reserve: &Reserve) -> Self {
        Self { name: reserve.fleet.clone(), span: reserve.span.clone() }
    }
}

/// Whether a conditional write took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "another turn may have been first"]
pub enum Written {
    /// It did.
    Yes,
    /// The row is not as expected: read it again.
    No,
    /// The row is as expected, and a fleet's budget has no room any more: read what was spent again. Only an [`Intent`]
    /// is answered so.
    OverBudget,
}

/// Step 1: the intent to start a generation.
///
/// Condition: the row's version is `version` (0: there is no row), there is no run of this generation, and every fleet of
/// `run.reserve` has spent and reserved so little that with the amount it is within the limit, where there is one. Each
/// amount is added to what its fleet has spent.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// The model.
    pub model: String,
    /// The version that was read.
    pub version: u64,
    /// The whole row to write: generation, phase `starting`, lease, turn.
    pub row: Row,
    /// The run to put beside it.
    pub run: Run,
}

/// What to remember when nothing was started.
///
/// Condition: the row's version is `version` (0: there is no row).
#[derive(Debug, Clone, PartialEq)]
pub struct Memo {
    /// The model.
    pub model: String,
    /// The version that was read.
    pub version: u64,
    /// The whole row to write, in its next version.
    pub row: Row,
}
