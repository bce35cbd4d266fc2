//! What may stand in the way. All guards are asked before any is heard.

mod budget;
mod data;
mod failure;
pub(crate) mod futility;

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use crate::duration::Duration;
use crate::facts::Facts;
use crate::policy::{InFlight, Mode, Policy};
use crate::rules;
use crate::ruling::{Blocker, Reason, Reserve};
use crate::state::{Phase, Request};

/// What stands in the way, and what would if it were enforced.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    pub(crate) blockers: Vec<Blocker>,
    pub(crate) audit: Vec<Blocker>,
    pub(crate) reserve: Vec<Reserve>,
}

/// Every blocker, whether or not something asked. A forced request skips those that only wait.
pub(crate) fn standing(
    policy: &Policy,
    facts: &Facts,
    request: Option<&Request>,
    because: &[Reason],
    (cause, id): (&str, &str),
) -> Standing {
    let force = request.is_some_and(|request| request.force);
    // A force is for what stood in the way when it was given: a training that failed since for it waits like any other.
    let failed = facts.state.failed_at;
    let insists = force && request.is_some_and(|request| failed.is_none_or(|failed| request.at >= failed));
    let unless_forced = |blocker: Option<Blocker>| blocker.filter(|_| !force);
    let mut blockers: Vec<Blocker> = [
        suspended(policy, facts),
        in_flight(facts),
        unless_forced(cooldown(policy, facts)),
        unless_forced(min_age(policy, facts)),
        unless_forced(blackout(policy, facts)),
        max_starts(policy, facts).filter(|_| !request.is_some_and(|request| request.ignore_budget)),
        data::data(policy, facts),
        failure::after(policy, facts).filter(|_| !insists),
        unless_forced(futility::after(policy, facts, because)),
        refused(facts, cause),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut standing = budget::budgets(policy, facts, request);
    blockers.append(&mut standing.blockers);
    blockers.extend(approval(policy, facts, request, id));
    Standing { blockers, ..standing }
}

/// By the policy, or else by a person's hand.
fn suspended(policy: &Policy, facts: &Facts) -> Option<Blocker> {
    if policy.mode == Mode::Suspended {
        return Some(Blocker::Suspended { by_hand: None });
    }
    let by_hand = facts.state.suspension(facts.now)?;
    Some(Blocker::Suspended { by_hand: Some(by_hand.clone()) })
}

fn in_flight(facts: &Facts) -> Option<Blocker> {
    let generation = facts.state.generation;
    match &facts.state.phase {
        Phase::Idle => None,
        Phase::Starting { decision, since, waiting, .. } => Some(Blocker::InFlight {
            generation,
            decision: decision.clone(),
            since: *since,
            waiting: waiting.clone(),
        }),
        Phase::Running { decision, since, .. } => {
            Some(Blocker::InFlight { generation, decision: decision.clone(), since: *since, waiting: None })
        }
    }
}

/// The generation to stop so that a start can take its place: only in the way of something newer than it, and of nothing
/// else.
pub(crate) fn stop(policy: &Policy, facts: &Facts, newer: bool, waiting_on: &[Blocker]) -> Option<u32> {
    let Phase::Running { .. } = facts.state.phase else { return None };
    let alone = matches!(waiting_on, [Blocker::InFlight { .. }]);
    let replace = policy.guards.in_flight == InFlight::Replace && policy.mode == Mode::Enforce;
    (replace && newer && alone).then_some(facts.state.generation)
}

fn cooldown(policy: &Policy, facts: &Facts) -> Option<Blocker> {
    let started = facts.state.last_started?;
    let cooldown = policy.guards.cooldown;
    let until = cooldown.after(started);
    (facts.now < until).then_some(Blocker::Cooldown { until, started, cooldown })
}

fn min_age(policy: &Policy, facts: &Facts) -> Option<Blocker> {
    let (least, trained) = (policy.guards.min_age?, rules::trained(policy, facts)?);
    let until = least.after(trained);
    (facts.now < until).then_some(Blocker::MinAge { until, trained })
}

/// Of several open windows the one that closes last.
fn blackout(policy: &Policy, facts: &Facts) -> Option<Blocker> {
    let open = policy.guards.blackout.iter().filter_map(|window| {
        let until = window.open_until(facts.now)?;
        Some(Blocker::Blackout { until, opens: window.opens.text().to_owned() })
    });
    open.max_by_key(Blocker::until)
}

/// The oldest of the starts that fill the window says when there is room again.
fn max_starts(policy: &Policy, facts: &Facts) -> Option<Blocker> {
    let limit = policy.guards.max_starts?;
    let within = |at| limit.within.after(at) > facts.now;
    let starts = facts.state.starts.iter().map(|start| start.at).filter(|at| within(*at));
    let starts: Vec<_> = starts.collect();
    let most = usize::try_from(limit.starts).unwrap_or(usize::MAX);
    let room = starts.len().checked_sub(most)?;
    // Where none is allowed there is never room: somebody must change the policy.
    let until = limit.within.after(starts.get(room).copied().unwrap_or(facts.now));
    Some(Blocker::MaxStarts { until, starts: limit.starts, within: limit.within })
}

fn refused(facts: &Facts, cause: &str) -> Option<Blocker> {
    let refusal = facts.state.refused.as_ref().filter(|refusal| refusal.cause == cause)?;
    let until = refusal.again_at();
    let (at, code, message) = (refusal.at, refusal.code.clone(), refusal.message.clone());
    until.is_none_or(|until| facts.now < until).then_some(Blocker::Refused { at, code, message, until })
}

/// A person who asks for a training has agreed to it.
fn approval(policy: &Policy, facts: &Facts, request: Option<&Request>, id: &str) -> Option<Blocker> {
    let agreed = request.is_some() || crate::approval::agreed(facts, id).is_some();
    (policy.guards.ask_first && !agreed).then(|| Blocker::Approval { decision: id.to_owned() })
}

/// The longest wait there is, where a factor would make it longer.
fn times(wait: Duration, factor: u64) -> Duration {
    Duration::from_seconds(wait.seconds().saturating_mul(factor))
}
