//! What will happen, in the order of time.

use std::collections::BTreeMap;
use std::fmt;
use std::task::Waker;

use jiff::{SignedDuration, Timestamp};

use crate::dice::Dice;
use crate::simulation::Simulation;

/// Something that happens at an instant.
pub(crate) enum Happening {
    /// A call of an invocation goes on.
    Resume(Waker),
    /// The platform ends an invocation that has taken too long.
    Timeout(u64),
    /// Anything else.
    Do(Box<dyn FnOnce(&mut Simulation) + Send>),
}

impl fmt::Debug for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resume(_) => "Resume",
            Self::Timeout(_) => "Timeout",
            Self::Do(_) => "Do",
        })
    }
}

/// What will happen, in the order of time. What falls on the same instant happens in an order drawn by the dice.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    entries: BTreeMap<(Timestamp, u64, u64), Happening>,
    written: u64,
}

impl Agenda {
    pub(crate) fn put(&mut self, at: Timestamp, dice: &mut Dice, happening: Happening) {
        self.written = self.written.saturating_add(1);
        self.entries.insert((at, dice.below(1 << 32), self.written), happening);
    }

    /// The next thing, if it happens until then.
    pub(crate) fn next(&mut self, until: Timestamp) -> Option<(Timestamp, Happening)> {
        let entry = self.entries.first_entry().filter(|entry| entry.key().0 <= until)?;
        let ((at, ..), happening) = entry.remove_entry();
        Some((at, happening))
    }
}

/// The instant so many thousandths of a second later, or the last one there is.
pub(crate) fn later(at: Timestamp, milliseconds: u64) -> Timestamp {
    let length = SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    at.checked_add(length).unwrap_or(Timestamp::MAX)
}
