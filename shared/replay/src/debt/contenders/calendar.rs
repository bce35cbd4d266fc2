//! Train by the calendar (a baseline of the paper).

use crate::debt::policy::{Rule, Seen};

/// Trains in each period that the interval divides, whenever the last training was.
pub(super) struct Calendar {
    interval: u32,
}

impl Calendar {
    pub(super) const fn every(interval: u32) -> Self {
        Self { interval }
    }
}

impl Rule for Calendar {
    fn retrain(&mut self, seen: &Seen) -> bool {
        seen.period.is_multiple_of(self.interval)
    }
}
