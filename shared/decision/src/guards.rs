//! What may stand in the way. All guards are asked before any is heard.

use alloc::vec::Vec;

use crate::facts::Facts;
use crate::policy::{InFlight, Mode, Policy};
use crate::ruling::Blocker;
use crate::state::Phase;

/// Every blocker, whether or not something asked. `force` skips those that only wait.
pub(crate) fn blockers(policy: &Policy, facts: &Facts, force: bool, cause: &str) -> Vec<Blocker> {
    let waiting = if force { None } else { cooldown(policy, facts) };
    [suspended(policy), in_flight(policy, facts), waiting, refused(facts, cause)]
        .into_iter()
        .flatten()
        .collect()
}

fn suspended(policy: &Policy) -> Option<Blocker> {
    (policy.mode == Mode::Suspended).then_some(Blocker::Suspended)
}

fn in_flight(policy: &Policy, facts: &Facts) -> Option<Blocker> {
    let InFlight::Forbid = policy.guards.in_flight;
    let generation = facts.state.generation;
    match &facts.state.phase {
        Phase::Idle => None,
        Phase::Starting { decision, since, waiting, .. } => Some(Blocker::InFlight {
            generation,
            decision: decision.clone(),
            since: *since,
            waiting: waiting.clone(),
        }),
        Phase::Running { decision, since } => {
            Some(Blocker::InFlight { generation, decision: decision.clone(), since: *since, waiting: None })
        }
    }
}

fn cooldown(policy: &Policy, facts: &Facts) -> Option<Blocker> {
    let started = facts.state.last_started?;
    let cooldown = policy.guards.cooldown;
    let until = cooldown.after(started);
    (facts.now < until).then_some(Blocker::Cooldown { until, started, cooldown })
}

fn refused(facts: &Facts, cause: &str) -> Option<Blocker> {
    let refusal = facts.state.refused.as_ref().filter(|refusal| refusal.cause == cause)?;
    Some(Blocker::Refused { at: refusal.at, code: refusal.code.clone(), message: refusal.message.clone() })
}
