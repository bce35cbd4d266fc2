//! When to stop because training does not help.

use alloc::vec::Vec;

use crate::effect::{self, Judgement};
use crate::facts::{Facts, Gap};
use crate::policy::{AfterFutility, Policy};
use crate::ruling::{Blocker, Reason};
use crate::state::Started;

/// The newest trainings that were judged, under this revision of the policy and since a person last closed the breaker: if
/// none of so many helped, the next one waits for a person, for another policy, or for another signal.
pub(super) fn after(policy: &Policy, facts: &Facts, because: &[Reason]) -> Option<Blocker> {
    let guard = policy.guards.after_futility.as_ref()?;
    let trainings = usize::try_from(guard.give_up_after).unwrap_or(usize::MAX).max(1);
    if let Some(gap) = overdue(policy, facts, trainings) {
        return Some(Blocker::FutileUnread { gap });
    }
    let futile = row(policy, facts, trainings)?;
    if differs(because, &futile) {
        return None;
    }
    let gains = futile.iter().filter_map(|start| Some(start.effect?.gain?.gain));
    let best = gains.reduce(f64::max).unwrap_or_default();
    let AfterFutility { give_up_after, min_gain, .. } = *guard;
    Some(Blocker::Futile { trainings: give_up_after, best, min_gain })
}

/// The starts that count: of this revision, and since the breaker was last closed by hand.
fn counting<'a>(policy: &'a Policy, facts: &'a Facts) -> impl DoubleEndedIterator<Item = &'a Started> {
    let closed = facts.state.breaker_closed;
    let version = policy.revision.version;
    let starts = facts.state.starts.iter();
    starts.filter(move |start| start.policy == version && closed.is_none_or(|closed| start.at > closed))
}

/// The newest so many of which it can be told, if none of them helped.
fn row<'a>(policy: &'a Policy, facts: &'a Facts, trainings: usize) -> Option<Vec<&'a Started>> {
    let futile: Vec<&Started> = counting(policy, facts)
        .rev()
        .filter(|start| start.effect.is_some_and(|effect| effect.is_futile().is_some()))
        .take(trainings)
        .collect();
    let all = futile.iter().all(|start| start.effect.and_then(|effect| effect.is_futile()) == Some(true));
    (futile.len() == trainings && all).then_some(futile)
}

/// Whether the breaker is open, whatever asks.
#[must_use]
pub(crate) fn is_open(policy: &Policy, facts: &Facts) -> bool {
    policy.guards.after_futility.as_ref().is_some_and(|guard| {
        let trainings = usize::try_from(guard.give_up_after).unwrap_or(usize::MAX).max(1);
        row(policy, facts, trainings).is_some()
    })
}

/// A breaker that cannot be read is not one that is closed; but too few trainings open none.
fn overdue(policy: &Policy, facts: &Facts, trainings: usize) -> Option<Gap> {
    let ended = counting(policy, facts).filter(|start| start.trained.is_some()).count();
    if ended < trainings {
        return None;
    }
    let mut open = counting(policy, facts).filter(|start| start.effect.is_none());
    open.find_map(|start| match effect::judge(policy, facts, start)? {
        Judgement::Unread(gap) => Some(gap),
        Judgement::NotYet | Judgement::Judged(_) => None,
    })
}

/// Whether what asks now is something else than what asked for the trainings that did not help: a trigger that none of
/// them was started for.
fn differs(because: &[Reason], futile: &[&Started]) -> bool {
    because.iter().any(|reason| match reason {
        Reason::Trigger { trigger, .. } => !futile.iter().any(|start| start.because.contains(trigger)),
        Reason::Asked(_) => false,
    })
}
