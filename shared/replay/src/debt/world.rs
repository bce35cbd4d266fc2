//! The world that is learnt from: `y = beta x + sqrt(v) eps`, with `x` and `eps` standard normal.

use rand_distr::{Distribution, StandardNormal, StandardUniform};
use rand_pcg::Pcg64;
use serde::Serialize;

use super::batch::Point;

/// The first period in which a shift may begin.
const FIRST_ONSET: u32 = 21;

/// Standard deviation of the one step of an abrupt shift of the coefficient.
const ABRUPT: f64 = 2.0;

/// Standard deviation of each step of a gradual shift of the coefficient.
const GRADUAL: f64 = 0.15;

/// The least and the greatest factor by which the variance grows.
const VARIANCE: (f64, f64) = (3.0, 6.0);

/// What may happen to a world, at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    /// Nothing.
    None,
    /// The coefficient jumps.
    AbruptCoef,
    /// The noise grows.
    Variance,
    /// The coefficient begins to walk.
    Gradual,
}

impl Shift {
    /// All of them, in the order of the published table.
    pub const ALL: [Self; 4] = [Self::None, Self::AbruptCoef, Self::Variance, Self::Gradual];

    /// Its name in the published table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::AbruptCoef => "abrupt_coef",
            Self::Variance => "variance",
            Self::Gradual => "gradual",
        }
    }
}

/// A kind of world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct World {
    /// What may happen.
    pub shift: Shift,
    /// How probable it is in each period that it begins, in hundredths.
    pub onset_percent: u8,
}

impl World {
    /// The sixteen worlds of the paper, in the order of the published table.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let with = |shift| [2, 5, 10, 20].map(|onset_percent| Self { shift, onset_percent });
        Shift::ALL.into_iter().flat_map(with).collect()
    }
}

/// The truth of a period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Truth {
    beta: f64,
    variance: f64,
    /// Whether the shift has begun.
    shifted: bool,
}

impl Truth {
    /// Before the first period.
    pub(super) const BEFORE: Self = Self { beta: 0.0, variance: 1.0, shifted: false };

    /// Goes on to this period.
    pub(super) fn step(&mut self, world: World, period: u32, chance: &mut Pcg64) {
        let begins = !self.shifted
            && period >= FIRST_ONSET
            && uniform(chance) < f64::from(world.onset_percent) / 100.0;
        self.shifted |= begins;
        match world.shift {
            Shift::AbruptCoef if begins => self.beta += ABRUPT * normal(chance),
            Shift::Variance if begins => {
                self.variance *= VARIANCE.0 + (VARIANCE.1 - VARIANCE.0) * uniform(chance);
            }
            Shift::Gradual if self.shifted => self.beta += GRADUAL * normal(chance),
            Shift::None | Shift::AbruptCoef | Shift::Variance | Shift::Gradual => {}
        }
    }

    /// Observes it so many times.
    pub(super) fn observe(self, times: usize, chance: &mut Pcg64) -> Vec<Point> {
        let deviation = libm::sqrt(self.variance);
        let mut one = || {
            let x = normal(chance);
            Point { x, y: self.beta * x + deviation * normal(chance) }
        };
        (0..times).map(|_| one()).collect()
    }
}

fn normal(chance: &mut Pcg64) -> f64 {
    StandardNormal.sample(chance)
}

fn uniform(chance: &mut Pcg64) -> f64 {
    StandardUniform.sample(chance)
}
