//! Parameters that are chosen on the prefix of a stream.

use super::matrix::Stretch;
use super::rule::Rule;
use super::run::run;

/// The first value with which a rule costs least on the prefix, for each retrain cost anew.
pub(super) fn tuned<T: Copy, R: Rule>(
    grid: &[T],
    prefix: Stretch<'_>,
    retrain_cost: f64,
    rule: impl Fn(T) -> R,
) -> Option<T> {
    let costs = grid.iter().map(|value| (*value, run(prefix, &mut rule(*value), retrain_cost).cost));
    costs.reduce(|best, other| if other.1 < best.1 { other } else { best }).map(|(value, _)| value)
}
