//! Train when the models believe too different things for their age (the paper's own policy).

use crate::debt::divergence::divergence;
use crate::debt::policy::{Policy, Seen, States};

/// The root of the divergence that is expected where nothing shifts, `c0 + c1 ln(1 + age) + c2 sqrt(age) + c3 age`, fitted
/// to the calibration paths of the paper.
const EXPECTED: [f64; 4] =
    [0.037_259_470_788_642_1, 0.185_440_117_175_220_2, -0.111_400_245_242_074_6, 0.012_159_774_112_217_4];

/// The standard deviation of what that fit leaves.
const DEVIATION: f64 = 0.196_518_261_292_283;

/// Trains when the root of the divergence, standardised by what is expected at this age, exceeds a threshold which has to be
/// tuned.
pub(super) struct DebtThreshold {
    threshold: f64,
}

impl DebtThreshold {
    pub(super) const fn over(threshold: f64) -> Self {
        Self { threshold }
    }
}

impl Policy for DebtThreshold {
    fn retrain(&mut self, seen: &Seen, states: States<'_>) -> bool {
        let debt = libm::sqrt(divergence(states.shadow, states.deployed));
        let age = f64::from(seen.age);
        let [c0, c1, c2, c3] = EXPECTED;
        let expected = c0 + c1 * libm::log1p(age) + c2 * libm::sqrt(age) + c3 * age;
        (debt - expected) / DEVIATION > self.threshold
    }
}
