//! Serve the first model for ever.

use crate::debt::policy::{Rule, Seen};

/// Never trains.
pub(super) struct Never;

impl Rule for Never {
    fn retrain(&mut self, _: &Seen) -> bool {
        false
    }
}
