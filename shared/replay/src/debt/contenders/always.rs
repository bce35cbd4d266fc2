//! Train in every period.

use crate::debt::policy::{Rule, Seen};

/// Trains in every period.
pub(super) struct Always;

impl Rule for Always {
    fn retrain(&mut self, _: &Seen) -> bool {
        true
    }
}
