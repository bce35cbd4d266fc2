//! Points that were observed.

/// One observation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The covariate.
    pub x: f64,
    /// What followed from it.
    pub y: f64,
}
