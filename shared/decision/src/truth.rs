//! Three-valued logic.

use serde::{Deserialize, Serialize};

/// Whether something asked for a training job: Kleene's three values.
///
/// `Unknown` is not a weak form of `Quiet`: a metric that is missing has not said that the model is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It asks.
    Fired,
    /// It does not ask.
    Quiet,
    /// It cannot be told.
    Unknown,
}

impl Truth {
    /// Fired if any is; otherwise unknown if any is; otherwise quiet. The empty case is quiet.
    #[must_use]
    pub fn any(of: impl IntoIterator<Item = Self>) -> Self {
        Self::at_least(1, of)
    }

    /// Quiet if any is; otherwise unknown if any is; otherwise fired. The empty case is quiet: nobody asked.
    #[must_use]
    pub fn all(of: impl IntoIterator<Item = Self>) -> Self {
        let (mut quiet, mut unknown, mut count) = (false, false, 0_usize);
        for truth in of {
            count = count.saturating_add(1);
            match truth {
                Self::Quiet => quiet = true,
                Self::Unknown => unknown = true,
                Self::Fired => {}
            }
        }
        match (count, quiet, unknown) {
            (0, _, _) | (_, true, _) => Self::Quiet,
            (_, false, true) => Self::Unknown,
            (_, false, false) => Self::Fired,
        }
    }

    /// Fired if `n` are; unknown if the unknown ones could make it `n`; otherwise quiet. None counts as one: what
    /// nobody asked for is not wanted.
    #[must_use]
    pub fn at_least(n: usize, of: impl IntoIterator<Item = Self>) -> Self {
        let n = n.max(1);
        let (mut fired, mut open) = (0_usize, 0_usize);
        for truth in of {
            match truth {
                Self::Fired => fired = fired.saturating_add(1),
                Self::Unknown => open = open.saturating_add(1),
                Self::Quiet => {}
            }
        }
        if fired >= n {
            Self::Fired
        } else if fired.saturating_add(open) >= n {
            Self::Unknown
        } else {
            Self::Quiet
        }
    }

    /// Quiet for fired and fired for quiet; what cannot be told cannot be told to be otherwise.
    #[must_use]
    pub const fn not(self) -> Self {
        match self {
            Self::Fired => Self::Quiet,
            Self::Quiet => Self::Fired,
            Self::Unknown => Self::Unknown,
        }
    }
}
