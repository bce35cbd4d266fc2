//! How far two beliefs are apart.

use super::model::Model;

/// The Kullback-Leibler divergence of what the one believes of coefficient and noise from what the other does, in nats; the
/// square of the paper's *learning debt* where the one is the newer model and the other is served.
pub(super) fn divergence(from: &Model, to: &Model) -> f64 {
    let (a, b, k) = (from.shape, from.scale, from.precision);
    let (a0, b0, k0) = (to.shape, to.scale, to.precision);
    let noise = a0 * libm::log(b / b0) + libm::lgamma(a0) - libm::lgamma(a)
        + (a - a0) * digamma(a)
        + a * (b0 / b - 1.0);
    let apart = from.mean - to.mean;
    let coefficient = libm::log(k / k0) + k0 / k - 1.0 + k0 * apart * apart * a / b;
    (noise + coefficient / 2.0).max(0.0)
}

/// From here on the series of [`digamma`] is exact to the last bits.
const LARGE: f64 = 16.0;

/// The derivative of the logarithm of the gamma function, of a positive number.
fn digamma(mut x: f64) -> f64 {
    let mut before = 0.0;
    while x < LARGE {
        before -= 1.0 / x;
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0]
        .into_iter()
        .rev()
        .fold(0.0, |sum, term| (sum + term) * inverse);
    before + libm::log(x) - 0.5 / x - series
}

#[cfg(test)]
mod tests {
    use super::super::model::Model;
    use super::{digamma, divergence};

    #[test]
    fn digamma_has_its_known_values() {
        let euler = 0.577_215_664_901_532_9;
        for (x, known) in [
            (1.0, -euler),
            (0.5, -euler - 2.0 * 2.0_f64.ln()),
            (2.0, 1.0 - euler),
            (100.0, 4.600_161_852_738_087),
        ] {
            assert!((digamma(x) - known).abs() < 1e-13, "{x}: {}", digamma(x));
        }
    }

    /// The divergence of two beliefs is summed over a grid of coefficients and variances.
    #[test]
    fn the_divergence_is_the_mean_of_the_log_ratio() {
        let one = Model { mean: 0.3, precision: 40.0, shape: 9.0, scale: 12.0 };
        let other = Model { mean: -0.1, precision: 15.0, shape: 6.0, scale: 5.0 };
        let density = |model: &Model, beta: f64, s2: f64| {
            let Model { mean, precision, shape, scale } = *model;
            let normal = (precision / s2).ln() / 2.0
                - (2.0 * std::f64::consts::PI).ln() / 2.0
                - precision * (beta - mean).powi(2) / (2.0 * s2);
            normal + shape * scale.ln() - libm::lgamma(shape) - (shape + 1.0) * s2.ln() - scale / s2
        };
        let (mut sum, mut mass) = (0.0, 0.0);
        for row in 1..2_000 {
            let s2 = f64::from(row) * 0.01;
            for column in -400..400 {
                let beta = 0.3 + f64::from(column) * 0.01;
                let log = density(&one, beta, s2);
                let weight = log.exp() * 1e-4;
                mass += weight;
                sum += weight * (log - density(&other, beta, s2));
            }
        }
        assert!((mass - 1.0).abs() < 1e-3, "{mass}");
        assert!((divergence(&one, &other) - sum).abs() < 1e-3, "{} {sum}", divergence(&one, &other));
        assert!(divergence(&one, &one).abs() < 1e-12);
    }
}
