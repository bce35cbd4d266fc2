//! What is true at the end must be heard at the end.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::AlarmFact;
use rekindle_decision::policy::{Alarms, CountsAs, Expr, Policy, Watch};
use rekindle_decision::signal::AlarmState;
use rekindle_turn::ledger::Run;

use super::{Found, Scene, unless};

pub(super) fn looked_at(scene: &Scene<'_>, policy: &Policy) -> Found {
    let decided = scene.witness.decided.get(&policy.model);
    unless(decided.is_some_and(|decided| decided.at >= scene.last), || format!("last decided: {decided:?}"))
}

/// A start of the last sweep itself is an answer, too.
fn heard(scene: &Scene<'_>, policy: &Policy, trigger: &str) -> bool {
    // A start that another turn took from it, or that must wait for the next sweep, is written down like a hold.
    let lost = scene.witness.decided.get(&policy.model).is_some_and(|decided| {
        decided.outcome == "lost" && decided.because.iter().any(|reason| reason == trigger)
    });
    lost || scene.held(policy, trigger) || scene.made(policy).iter().any(|run| run.decided >= scene.last)
}

/// Whether the last sweep could see a start that answers what was there at an instant: what failed after it stood then.
fn answered(scene: &Scene<'_>, policy: &Policy, at: Timestamp) -> bool {
    let stood = |run: &Run| scene.memory.job_end(&run.job).is_some_and(|(_, end)| end > scene.last);
    let later = scene.made(policy).into_iter().any(|run| run.decided >= at && stood(&run));
    later || scene.answers(policy, at)
}

/// The triggers that `start_when` asks for alone: with others, each may wait for the rest.
fn alone(policy: &Policy) -> bool {
    matches!(&policy.start_when, Expr::Any(of) if of.iter().all(|part| matches!(part, Expr::Trigger(_))))
}

pub(super) fn alarms(scene: &Scene<'_>, policy: &Policy) -> Found {
    for (name, trigger) in policy.triggers.iter().filter(|_| alone(policy)) {
        let Watch::Alarm(alarm) = &trigger.watch else { continue };
        let Alarms::Name(alarm_name) = &alarm.which else { continue };
        let Some(AlarmFact::Found { state: AlarmState::Alarm, since, .. }) = scene.alarm(alarm_name) else {
            continue;
        };
        let settled = alarm.quiet_for.after(since) <= scene.last;
        let answered = trigger.counts_as == CountsAs::Edge && answered(scene, policy, since);
        unless(!settled || answered || heard(scene, policy, name), || {
            format!("`{name}` is in ALARM since {since}: {:?}", scene.witness.decided.get(&policy.model))
        })?;
    }
    Ok(())
}

pub(super) fn metrics(scene: &Scene<'_>, policy: &Policy) -> Found {
    for (name, trigger) in policy.triggers.iter().filter(|_| alone(policy)) {
        let Watch::Metric(rule) = &trigger.watch else { continue };
        let Some(course) = scene.courses.get(&rule.source.metric) else { continue };
        // Three whole periods in a row, and one for its end to have passed, are beyond any M of N here.
        let period = rule.source.metric.period.seconds();
        let back = |periods: u64| Duration::from_seconds(period.saturating_mul(periods)).before(scene.last);
        let is_bad = |at| course.value(at).is_some_and(|value| value < 0.8);
        // What was measured before the newest model served says nothing about it.
        let trained = scene.memory.row(&policy.model).state.trained.map(|trained| trained.at);
        let bad = (1..=5).map(back).all(|at| is_bad(at) && trained.is_none_or(|trained| at >= trained));
        unless(!bad || heard(scene, policy, name), || {
            format!("`{name}` is beyond its limit: {:?}", scene.witness.decided.get(&policy.model))
        })?;
    }
    Ok(())
}

pub(super) fn waits_name_blockers(scene: &Scene<'_>, policy: &Policy) -> Found {
    let decided = scene.witness.decided.get(&policy.model);
    let holds = decided.filter(|decided| decided.verdict == "hold");
    unless(holds.is_none_or(|holds| !holds.waiting_on.is_empty()), || format!("{holds:?}"))
}
