//! A schedule's ticks.

use crate::facts::Facts;
use crate::finding::Finding;
use crate::policy::{Policy, Schedule};
use crate::signal::Signal;

/// The newest tick decides: ticks are not saved up, as a model trained once is trained for all of them.
pub(super) fn find(policy: &Policy, name: &str, schedule: &Schedule, facts: &Facts) -> Finding {
    let told = facts.signals.iter().filter_map(|signal| match signal {
        Signal::Scheduled(tick) if policy.trigger_of(tick) == Some(name) => {
            Some(tick.at.unwrap_or(facts.now))
        }
        Signal::Scheduled(_) | Signal::Alarmed(_) | Signal::Asked(_) | Signal::Sweep(_) => None,
    });
    let kept = facts.state.sighting(name).filter(|sighting| sighting.pending);
    let newest = told.chain(kept.and_then(|sighting| sighting.occurrence)).max();

    let Some(at) = newest else { return Finding::NoTick };
    let deadline = schedule.deadline.after(at);
    if facts.state.last_started.is_some_and(|started| started >= at) {
        Finding::TickAnswered { at }
    } else if facts.now > deadline {
        Finding::TickMissed { at, deadline }
    } else {
        Finding::TickDue { at }
    }
}
