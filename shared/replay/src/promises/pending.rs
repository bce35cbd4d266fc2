//! No trigger is lost.

use jiff::Timestamp;
use rekindle_decision::policy::{CountsAs, Policy, Watch};
use rekindle_decision::signal::{Arrival, Signal};
use rekindle_decision::state::Tally;

use super::{Found, Scene, unless};
use crate::witness::Heard;

pub(super) fn requests(scene: &Scene<'_>, policy: &Policy) -> Found {
    // As a decision sees it: a start answers every request made until then.
    let started = scene.started(policy);
    let kept = scene.memory.row(&policy.model).state.asked;
    let waits = kept.is_some_and(|kept| started.is_none_or(|started| kept.at > started));
    for heard in scene.witness.heard.values() {
        let Signal::Asked(ask) = &heard.signal else { continue };
        // A request that no turn has done with went to the failure queue, where a person finds it.
        let meant = ask.models.contains(&policy.model) && !ask.dry_run && heard.done.is_some();
        // A turn that heard it may have gathered its other facts, and so be dated, just before.
        let reason = ask.id.as_ref().map(|id| format!("asked {id}")).unwrap_or_default();
        let mut made = scene.made(policy).into_iter();
        let led = made.any(|run| scene.reasons(&run).is_some_and(|reasons| reasons.contains(&reason)));
        unless(!meant || waits || led || scene.answers(policy, heard.first), || {
            format!("{:?}, told at {}, is gone; the last start was at {started:?}", ask.id, heard.first)
        })?;
    }
    Ok(())
}

pub(super) fn arrivals(scene: &Scene<'_>, policy: &Policy) -> Found {
    let started = scene.started(policy);
    let made = scene.witness.made.iter().filter(|made| made.model == policy.model);
    let created = made.map(|made| made.created).max();
    let row = scene.memory.row(&policy.model);
    for (trigger, watch) in policy.watches() {
        let came: Vec<(&Arrival, &Heard)> = scene
            .witness
            .heard
            .values()
            .filter_map(|heard| {
                let Signal::Arrived(arrival) = &heard.signal else { return None };
                watch.counts(&arrival.what).then_some((arrival, heard))
            })
            .collect();
        if came.is_empty() {
            continue;
        }
        let since = |at: Timestamp| started.is_none_or(|started| at > started);
        let done = |heard: &Heard| heard.done.is_some();
        let least = came.iter().filter(|(arrival, heard)| since(arrival.at) && done(heard)).count();
        // A turn that lost its first write decides again on the ledger of then, under the date of its facts: what came
        // between the two is new, and keeps what came before it from being put aside.
        let between = |arrival: &Arrival| since(arrival.at) && created.is_some_and(|at| arrival.at <= at);
        let mixed = came.iter().any(|(arrival, _)| between(arrival));
        let most = came.iter().filter(|(arrival, _)| mixed || since(arrival.at)).count();
        let tally = row.state.tally(trigger);
        // What was put aside for a training that failed since is counted again by the next decision.
        let aside =
            |tally: &Tally| tally.aside.filter(|aside| started.is_none_or(|started| aside.since > started));
        let count = tally.map_or(0, |tally| tally.count + aside(tally).map_or(0, |aside| aside.count));
        let counted = u64::try_from(least).is_ok_and(|least| least <= count);
        unless(counted && u64::try_from(most).is_ok_and(|most| count <= most), || {
            format!("of `{trigger}` came {least} to {most} since {started:?}, and {count} are counted")
        })?;
    }
    Ok(())
}

pub(super) fn ticks(scene: &Scene<'_>, policy: &Policy) -> Found {
    for (trigger, watch) in policy.watches() {
        let Watch::Schedule(schedule) = watch else { continue };
        let mut next = schedule.expression.next(scene.from);
        while let Some(tick) = next.filter(|tick| *tick <= scene.last) {
            next = schedule.expression.next(tick);
            let deadline = schedule.deadline.after(tick);
            // Ticks are not saved up: the newest stands for all before it.
            let until = next.unwrap_or(deadline).min(deadline);
            if scene.answers(policy, tick) || until >= scene.last && scene.held(policy, trigger) {
                continue;
            }
            let looks = scene.witness.looks.get(&policy.model);
            let seen = looks.is_some_and(|looks| looks.iter().any(|at| *at >= tick && *at < until));
            // One that was told by the trigger's name, which another model may have, too, stands for it as well.
            let named = scene.witness.named.keys().any(|(model, name, at)| {
                *model == policy.model
                    && name == trigger
                    && at.parse::<Timestamp>().is_ok_and(|at| at >= tick && at < until)
            });
            // A function that was killed right after its start has not said why.
            let started = scene.made(policy).iter().any(|run| run.decided >= tick && run.decided < until);
            unless(!seen || started || named, || {
                format!("`{trigger}` of {tick} was looked at before {until}, and led to nothing")
            })?;
        }
    }
    Ok(())
}

pub(super) fn latches(scene: &Scene<'_>, policy: &Policy) -> Found {
    let row = scene.memory.row(&policy.model);
    for ((model, trigger), at) in &scene.witness.fired {
        let latch = policy.triggers.get(trigger).is_some_and(|trigger| trigger.counts_as == CountsAs::Latch);
        if *model != policy.model || !latch {
            continue;
        }
        let kept = row.state.sighting(trigger).is_some_and(|sighting| sighting.pending);
        unless(kept || scene.answers(policy, *at), || {
            format!("`{trigger}` was fired at {at}, and is forgotten; last start {:?}", scene.started(policy))
        })?;
    }
    Ok(())
}
