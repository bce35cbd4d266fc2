//! The slope by Theil and Sen, within stretches that are not compared with each other.
//!
//! Theil, "A rank-invariant method of linear and polynomial regression analysis" (1950); Sen, "Estimates of the regression
//! coefficient based on Kendall's tau" (1968): the median of the slopes between all pairs of values. It bears that 29 in a
//! hundred values are wrong by any amount.

/// Pairs that are compared at most. Of more, so many at equal distances in their order: the median of 2,000 slopes is within
/// two percentiles of that of all, nearly always.
pub(super) const MOST: u64 = 2_000;

/// The median slope over pairs of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slope {
    /// In the values' unit per step.
    pub(super) median: f64,
    /// How many pairs were compared.
    pub(super) compared: u64,
    /// How many pairs there are.
    pub(super) pairs: u64,
}

/// The median slope over the pairs within each stretch of (step, value), whose steps rise; nothing where no stretch has a
/// pair.
pub(super) fn slope(stretches: &[&[(i64, f64)]]) -> Option<Slope> {
    let pairs: u64 = stretches.iter().map(|stretch| pairs_of(stretch.len())).sum();
    let compared = pairs.min(MOST);
    let mut slopes: Vec<f64> =
        (0..compared).filter_map(|nth| between(stretches, place(nth, compared, pairs))).collect();
    Some(Slope { median: median(&mut slopes)?, compared, pairs })
}

/// How many pairs so many values have.
fn pairs_of(values: usize) -> u64 {
    let values = u64::try_from(values).unwrap_or(u64::MAX);
    values.saturating_mul(values.saturating_sub(1)) / 2
}

/// The place among all pairs of the one that is compared as the nth: in the middle of its share of them.
fn place(nth: u64, compared: u64, pairs: u64) -> u64 {
    let (nth, compared, pairs) = (u128::from(nth), u128::from(compared), u128::from(pairs));
    let place = ((2 * nth + 1) * pairs).checked_div(2 * compared).unwrap_or(0);
    u64::try_from(place).unwrap_or(u64::MAX)
}

/// The slope of a pair by its place. Pairs are ordered by stretch, then by the later value, then by the earlier.
fn between(stretches: &[&[(i64, f64)]], mut place: u64) -> Option<f64> {
    for stretch in stretches {
        let pairs = pairs_of(stretch.len());
        if place >= pairs {
            place -= pairs;
            continue;
        }
        // The nth value is the later one of n pairs, so the first of them has the place n(n-1)/2.
        let later = (1 + 8 * place).isqrt().div_ceil(2);
        let earlier = place - later * (later - 1) / 2;
        let value = |nth: u64| stretch.get(usize::try_from(nth).ok()?);
        let ((from, before), (to, after)) = (value(earlier)?, value(later)?);
        #[expect(clippy::cast_precision_loss, reason = "a number of periods")]
        let steps = (to - from) as f64;
        return Some((after - before).clamp(f64::MIN, f64::MAX) / steps);
    }
    None
}

/// The middle one, or the mean of the middle two.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get(values.len().saturating_sub(1) / 2)?;
    Some(lower.midpoint(*upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_has_one_place() {
        let stretch = [(0, 1.0), (1, 2.0), (4, 16.0), (9, 512.0)];
        let other = [(3, 1.0), (5, 2.0)];
        let all: Vec<f64> = (0..7).map(|at| between(&[&stretch, &other], at).unwrap()).collect();
        let by_hand = [1.0, 15.0 / 4.0, 14.0 / 3.0, 511.0 / 9.0, 510.0 / 8.0, 496.0 / 5.0, 0.5];
        assert_eq!(all, by_hand);
        assert_eq!(between(&[&stretch, &other], 7), None);
    }

    #[test]
    fn of_many_pairs_so_many_are_compared_and_all_parts_have_their_share() {
        let stretch: Vec<(i64, f64)> =
            (0..10_000_i32).map(|step| (step.into(), 0.25 * f64::from(step))).collect();
        let slope = slope(&[&stretch]).unwrap();
        assert_eq!(slope, Slope { median: 0.25, compared: MOST, pairs: 49_995_000 });
        let places: Vec<u64> = (0..MOST).map(|nth| place(nth, MOST, slope.pairs)).collect();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]) && *places.last().unwrap() < slope.pairs);
        assert_eq!((0..3).map(|nth| place(nth, 3, 3)).collect::<Vec<_>>(), [0, 1, 2], "a few: each");
    }

    #[test]
    fn values_that_have_no_pair_have_no_slope() {
        assert_eq!(slope(&[]), None);
        assert_eq!(slope(&[&[(0, 1.0)], &[(1, 2.0)]]), None);
    }
}
