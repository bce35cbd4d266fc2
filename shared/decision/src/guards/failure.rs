//! How to go on after trainings that failed.

use super::times;
use crate::facts::Facts;
use crate::policy::Policy;
use crate::ruling::Blocker;

pub(super) fn after(policy: &Policy, facts: &Facts) -> Option<Blocker> {
    let guard = policy.guards.after_failure?;
    let failures = facts.state.failures;
    if failures == 0 {
        return None;
    }
    if guard.give_up_after > 0 && failures >= guard.give_up_after {
        return Some(Blocker::GivenUp { failures });
    }
    let factor = u64::from(guard.times.max(1)).saturating_pow(failures.saturating_sub(1));
    let wait = times(guard.wait, factor).min(guard.up_to.max(guard.wait));
    let until = wait.after(facts.state.failed_at?);
    (facts.now < until).then_some(Blocker::Backoff { until, failures })
}
