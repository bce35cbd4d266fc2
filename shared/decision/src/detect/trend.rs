//! The Mann-Kendall test for a trend, and the slope by Theil and Sen.
//!
//! Mann, "Nonparametric tests against trend" (1945); Kendall, "Rank correlation methods" (1975), with the correction of
//! the variance for ties and the correction for continuity; Sen, "Estimates of the regression coefficient based on
//! Kendall's tau" (1968).
//!
//! The p-value is that of the normal approximation, which is near from about ten values on, and assumes independent
//! periods: where neighbouring periods resemble each other a trend is seen too often.

use alloc::vec::Vec;
use core::f64::consts::SQRT_2;

use super::Direction;

/// How many values are compared at most, a leap year of days. Of more, the newest are.
pub const MOST: usize = 366;

/// The trend of a stretch of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// How many pairs of values rise, less how many fall: Kendall's S.
    pub s: i64,
    /// S in standard deviations of it, after moving it one towards nought; nought if all values are equal.
    pub z: f64,
    /// The median slope over all pairs of values, in the unit of a value per step.
    pub slope: f64,
}

impl Trend {
    /// The trend of values at equal distances, oldest first; nothing if there are fewer than two.
    ///
    /// A value that is not finite is missing: it is compared with nothing and keeps its place. A slope beyond all
    /// numbers counts as the greatest one.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let newest = values.get(values.len().saturating_sub(MOST)..).unwrap_or(values);
        let steps = core::iter::successors(Some(0.0_f64), |step| Some(step + 1.0));
        // Adding nought makes minus nought nought, for the two are a tie.
        let points: Vec<(f64, f64)> = steps
            .zip(newest)
            .filter(|(_, value)| value.is_finite())
            .map(|(step, v)| (step, v + 0.0))
            .collect();
        let mut s = 0_i64;
        let mut slopes = Vec::new();
        for (later, (step, value)) in points.iter().enumerate() {
            for (earlier_step, earlier) in points.iter().take(later) {
                s = s.saturating_add(value.total_cmp(earlier) as i64);
                slopes.push((value - earlier).clamp(f64::MIN, f64::MAX) / (step - earlier_step));
            }
        }
        let slope = median(&mut slopes)?;
        Some(Self { s, z: standardised(s, &points), slope })
    }

    /// The chance of a trend this strong or stronger in the direction, if there were none.
    #[must_use]
    pub fn p_value(self, direction: Direction) -> f64 {
        match direction {
            Direction::Up => libm::erfc(self.z / SQRT_2) / 2.0,
            Direction::Down => libm::erfc(-self.z / SQRT_2) / 2.0,
            Direction::Both => libm::erfc(self.z.abs() / SQRT_2),
        }
    }

    /// Whether there is a trend in the direction at a confidence such as 0.95: whether the p-value is below one minus
    /// the confidence.
    #[must_use]
    pub fn is_significant(self, direction: Direction, confidence: f64) -> bool {
        self.p_value(direction) < 1.0 - confidence
    }
}

/// S in standard deviations of it.
fn standardised(s: i64, points: &[(f64, f64)]) -> f64 {
    let mut sorted: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let spread = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let ties: f64 = sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()).map(|tie| spread(length(tie))).sum();
    let deviation = libm::sqrt((spread(length(&sorted)) - ties) / 18.0);
    #[expect(clippy::cast_precision_loss, reason = "at most the number of pairs of 366")]
    let moved = s.saturating_sub(s.signum()) as f64;
    // Only where all values are equal is there no deviation, and then there is no S either.
    if deviation > 0.0 { moved / deviation } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "at most 366")]
fn length(values: &[f64]) -> f64 {
    values.len() as f64
}

/// The middle one, or the mean of the middle two.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get(values.len().saturating_sub(1) / 2)?;
    Some(lower.midpoint(*upper))
}
