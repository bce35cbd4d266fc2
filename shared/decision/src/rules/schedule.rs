//! A schedule's ticks.

use alloc::vec::Vec;

use jiff::Timestamp;

use super::About;
use crate::finding::Finding;
use crate::policy::Schedule;
use crate::signal::Signal;

/// The newest tick decides: ticks are not saved up, as a model trained once is trained for all of them. A tick that AWS
/// never told is known from the expression.
pub(super) fn find(about: About<'_>, schedule: &Schedule) -> Finding {
    let About { policy, name, facts } = about;
    let told = facts.signals.iter().filter_map(|signal| match signal {
        Signal::Scheduled(tick) if policy.trigger_of(tick) == Some(name) => {
            // A tick is not of the future: such a clock is wrong.
            let told = tick.at.unwrap_or(facts.now).min(facts.now);
            // Whoever ticks at another time than the policy says means it.
            Some(schedule.instant_of(told).unwrap_or(told))
        }
        Signal::Scheduled(_)
        | Signal::Alarmed(_)
        | Signal::Arrived(_)
        | Signal::Asked(_)
        | Signal::Confirmed(_)
        | Signal::Sweep(_)
        | Signal::Controlled(_)
        | Signal::TrainingEnded(_)
        | Signal::Edited(_) => None,
    });
    let told: Vec<Timestamp> = told.collect();
    let kept = facts.state.sighting(name).filter(|sighting| sighting.pending);
    // Instants before the policy was written were nobody's ticks.
    let since = policy.revision.since.unwrap_or(Timestamp::MIN);
    let own = schedule.expression.latest(facts.now).filter(|at| *at >= since);
    let newest = told.iter().copied().chain(kept.and_then(|sighting| sighting.occurrence)).chain(own).max();

    let next = schedule.expression.next(facts.now);
    let Some(at) = newest else { return Finding::NoTick { next } };
    let deadline = schedule.deadline.after(at);
    if facts.state.answered_until().is_some_and(|answered| answered >= at) {
        let cancelled = facts.state.last_started.is_none_or(|started| started < at);
        Finding::TickAnswered { at, next, told: told.contains(&at), cancelled }
    } else if facts.now > deadline {
        Finding::TickMissed { at, deadline, next }
    } else {
        Finding::TickDue { at }
    }
}
