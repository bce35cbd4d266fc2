//! A linear forecast that learns one observation after another.

use std::array::from_fn;

/// Recursive least squares with a weak pull of every weight towards 0: the mean of a Bayesian linear regression.
#[derive(Debug, Clone)]
pub(super) struct Linear<const N: usize> {
    weights: [f64; N],
    /// The covariance of the weights, in units of the noise.
    spread: [[f64; N]; N],
}

/// The variance of each weight before anything is seen, in units of the noise.
const VAGUE: f64 = 1e4;

impl<const N: usize> Linear<N> {
    pub(super) fn new() -> Self {
        let spread = from_fn(|row| from_fn(|column| if row == column { VAGUE } else { 0.0 }));
        Self { weights: [0.0; N], spread }
    }

    pub(super) fn learn(&mut self, features: &[f64; N], value: f64) {
        let gain = self.spread.map(|row| dot(&row, features));
        let scale = 1.0 + dot(&gain, features);
        let missed = value - self.forecast(features);
        for (weight, gain) in self.weights.iter_mut().zip(gain) {
            *weight += gain * missed / scale;
        }
        for (row, one) in self.spread.iter_mut().zip(gain) {
            for (spread, other) in row.iter_mut().zip(gain) {
                *spread -= one * other / scale;
            }
        }
    }

    pub(super) fn forecast(&self, features: &[f64; N]) -> f64 {
        dot(&self.weights, features)
    }
}

fn dot<const N: usize>(one: &[f64; N], other: &[f64; N]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found() {
        let mut line = Linear::new();
        for x in 0..20_u32 {
            line.learn(&[1.0, f64::from(x)], 0.25 + 0.5 * f64::from(x));
        }
        assert!((line.forecast(&[1.0, 40.0]) - 20.25).abs() < 1e-3);
    }
}
