//! When to stop because training does not help.

use alloc::vec::Vec;

use crate::facts::Facts;
use crate::policy::{AfterFutility, FUTILITY, Policy, Worse};
use crate::rules::series::{self, Period, median};
use crate::ruling::Blocker;
use crate::state::Started;

/// The newest trainings whose effect can be told, against the least gain. Recomputed from the metric each time: late
/// labels that show that a training did help open the breaker again.
pub(super) fn after(policy: &Policy, facts: &Facts) -> Option<Blocker> {
    let guard = policy.guards.after_futility.as_ref()?;
    let trainings = usize::try_from(guard.give_up_after).unwrap_or(usize::MAX).max(1);
    let ended = facts.state.starts.iter().filter(|start| start.trained.is_some()).count();
    let points = match series::points(facts, FUTILITY) {
        Ok(points) => points,
        // A breaker that cannot be read is not one that is closed; but too few trainings open none.
        Err(gap) => return (ended >= trainings).then_some(Blocker::FutileUnread { gap }),
    };
    let values = series::values(&guard.source, points, guard.source.all(facts.now));
    let gains: Vec<f64> = facts
        .state
        .starts
        .iter()
        .rev()
        .filter_map(|start| gain(guard, policy, start, &values))
        .take(trainings)
        .collect();
    let best = gains.iter().copied().reduce(f64::max)?;
    (gains.len() == trainings && best < guard.min_gain).then_some(Blocker::Futile {
        trainings: guard.give_up_after,
        best,
        min_gain: guard.min_gain,
    })
}

/// By how much the median after a training is better than the one before it; `None` while there are too few values to
/// either side.
fn gain(guard: &AfterFutility, policy: &Policy, start: &Started, values: &[Period]) -> Option<f64> {
    let compare = usize::try_from(guard.compare).unwrap_or(usize::MAX).max(1);
    let served = policy.serves_after.after(start.trained?);
    // The model before serves until then, but what made somebody train is what was seen until the start.
    let before = values.get(..values.partition_point(|value| value.at < start.at))?;
    let after = values.get(values.partition_point(|value| value.at < served)..)?;
    let before = before.get(before.len().checked_sub(compare)?..)?;
    let after = after.get(..compare)?;
    let middle = |values: &[Period]| median(values.iter().map(|value| value.value));
    let rise = series::finite(middle(after)? - middle(before)?);
    Some(match guard.worse {
        Worse::Higher => -rise,
        Worse::Lower => rise,
    })
}
