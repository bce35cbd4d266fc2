//! What keeps a turn from happening, and how errors are told.

use core::error::Error;

/// Why no turn could be taken; trying again may help.
#[derive(Debug, thiserror::Error)]
#[error("could not {step}")]
pub struct TurnError<E: Error + 'static> {
    /// What was being done.
    pub step: &'static str,
    /// What the world answered.
    pub source: E,
}

/// An error with everything behind it, on one line.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
