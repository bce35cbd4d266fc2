//! Bayesian linear regression with a conjugate prior.

use std::f64::consts::PI;

use super::batch::Point;

/// What is believed: `beta | s2 ~ N(mean, s2 / precision)` and `s2 ~ InverseGamma(shape, scale)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model {
    /// Where the coefficient is.
    pub mean: f64,
    /// How precisely that is known, in units of the noise.
    pub precision: f64,
    /// Half the degrees of freedom of what is known of the noise.
    pub shape: f64,
    /// The noise: its variance is about `scale / shape`.
    pub scale: f64,
}

impl Model {
    /// What is believed before anything is seen.
    pub const PRIOR: Self = Self { mean: 0.0, precision: 1.0, shape: 2.0, scale: 1.0 };

    /// What is believed after these points as well.
    #[must_use]
    pub fn learn(self, points: &[Point]) -> Self {
        let Self { mean, precision, shape, scale } = self;
        let (mut xx, mut xy, mut yy, mut half) = (0.0, 0.0, 0.0, 0.0);
        for Point { x, y } in points {
            xx += x * x;
            xy += x * y;
            yy += y * y;
            half += 0.5;
        }
        let more = precision + xx;
        let there = (precision * mean + xy) / more;
        let noise = yy + precision * mean * mean - more * there * there;
        Self { mean: there, precision: more, shape: shape + half, scale: scale + noise / 2.0 }
    }
}

/// What a model says of the next point: a Student t law with `2 shape` degrees of freedom around `mean x`, its squared
/// scale `(scale / shape) (1 + x^2 / precision)`.
#[derive(Debug, Clone, Copy)]
pub struct Predictive {
    model: Model,
    /// What the log density of each point has in common.
    constant: f64,
}

/// Factors of which the logarithm is taken at once: a handful of numbers near 1 stays far from what overflows.
const AT_ONCE: usize = 8;

impl Predictive {
    /// What this model says.
    #[must_use]
    pub fn of(model: Model) -> Self {
        let Model { shape, scale, .. } = model;
        let gammas = libm::lgamma(shape + 0.5) - libm::lgamma(shape);
        let constant = gammas - libm::log(2.0 * shape * PI) / 2.0 - libm::log(scale / shape) / 2.0;
        Self { model, constant }
    }

    /// The mean log density of these points; 0 of none.
    #[must_use]
    pub fn score(&self, points: &[Point]) -> f64 {
        let Model { mean, precision, shape, scale } = self.model;
        let (mut sum, mut count) = (0.0, 0.0);
        for some in points.chunks(AT_ONCE) {
            let (mut spread, mut tail) = (1.0, 1.0);
            for Point { x, y } in some {
                let wide = 1.0 + x * x / precision;
                let off = y - mean * x;
                spread *= wide;
                tail *= 1.0 + off * off / (2.0 * scale * wide);
                count += 1.0;
            }
            sum -= libm::log(spread) / 2.0 + (shape + 0.5) * libm::log(tail);
        }
        if points.is_empty() { 0.0 } else { self.constant + sum / count }
    }
}

#[cfg(test)]
mod tests {
    use super::{Model, PI, Point, Predictive};

    /// Eleven points on no line.
    fn points() -> Vec<Point> {
        let one = |nth: i32| {
            let nth = f64::from(nth);
            Point { x: 0.4 * nth - 1.3, y: 0.9 * (nth - 5.0) * (nth - 3.0) - 1.0 }
        };
        (0..11).map(one).collect()
    }

    #[test]
    fn learning_at_once_and_in_two_batches_is_the_same() {
        let points = points();
        let (first, second) = points.split_at(4);
        let (once, twice) = (Model::PRIOR.learn(&points), Model::PRIOR.learn(first).learn(second));
        for (a, b) in [
            (once.mean, twice.mean),
            (once.precision, twice.precision),
            (once.shape, twice.shape),
            (once.scale, twice.scale),
        ] {
            assert!((a - b).abs() < 1e-9, "{once:?} {twice:?}");
        }
    }

    #[test]
    fn the_score_is_the_formula_of_the_paper() {
        let points = points();
        let model = Model::PRIOR.learn(&points);
        let Model { mean, precision, shape: a, scale } = model;
        let density = |Point { x, y }: &Point| {
            let w = scale / a * (1.0 + x * x / precision);
            libm::lgamma(a + 0.5)
                - libm::lgamma(a)
                - (2.0 * a * PI).ln() / 2.0
                - w.ln() / 2.0
                - (a + 0.5) * (1.0 + (y - mean * x).powi(2) / (2.0 * a * w)).ln()
        };
        let mean = points.iter().map(density).sum::<f64>() / 11.0;
        assert!((Predictive::of(model).score(&points) - mean).abs() < 1e-12);
    }

    #[test]
    fn the_density_of_one_point_sums_to_one() {
        let law = Predictive::of(Model::PRIOR);
        let (step, mut sum) = (0.01, 0.0);
        for nth in -40_000..40_000 {
            sum += law.score(&[Point { x: 0.7, y: f64::from(nth) * step }]).exp() * step;
        }
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
    }
}
