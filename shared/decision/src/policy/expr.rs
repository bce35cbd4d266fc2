//! How triggers combine.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::duration::Duration;

/// How triggers combine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// One trigger, by name.
    Trigger(String),
    /// Any of these.
    Any(Vec<Expr>),
    /// All of these. With `within`, a part that fired this long ago still counts, and one that fired longer ago does
    /// not: yesterday's drift does not pair with today's bad data.
    All {
        /// Which.
        of: Vec<Expr>,
        /// How far apart they may fire. Only triggers are remembered, not combinations.
        within: Option<Duration>,
    },
    /// At least so many of these, each now or within the given time.
    AtLeast {
        /// How many.
        n: u32,
        /// Of which.
        of: Vec<Expr>,
        /// A part that fired this long ago still counts. Only triggers are remembered, not combinations.
        within: Option<Duration>,
    },
    /// Fired where the part is quiet, quiet where it fired, unknown where that is unknown. It never asks for a training
    /// by itself: it stands beside something that does, in `all`.
    Not(Box<Expr>),
}

impl Expr {
    /// The longest `within` anywhere inside: how long a trigger must be remembered after it went quiet.
    #[must_use]
    pub fn memory(&self) -> Duration {
        let own = match self {
            Self::AtLeast { within, .. } | Self::All { within, .. } => within.unwrap_or_default(),
            Self::Trigger(_) | Self::Any(_) | Self::Not(_) => Duration::default(),
        };
        self.parts().iter().map(Self::memory).max().unwrap_or_default().max(own)
    }

    /// Every trigger named inside, in order of writing.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Trigger(name) => alloc::vec![name.as_str()],
            Self::Any(_) | Self::All { .. } | Self::AtLeast { .. } | Self::Not(_) => {
                self.parts().iter().flat_map(Self::names).collect()
            }
        }
    }

    /// The parts inside.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::Trigger(_) => &[],
            Self::Any(of) | Self::All { of, .. } | Self::AtLeast { of, .. } => of,
            Self::Not(part) => core::slice::from_ref(part),
        }
    }
}
