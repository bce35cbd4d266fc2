//! What laws and the oracle are tried on.

#[path = "../shared/cases.rs"]
mod cases;

pub(crate) use cases::config;

use jiff::Timestamp;

/// Noon of the day everything happens on.
pub(crate) fn noon() -> Timestamp {
    // Noon of 2 November 2026. It is asked for too often to be read each time.
    Timestamp::constant(1_793_620_800, 0)
}
