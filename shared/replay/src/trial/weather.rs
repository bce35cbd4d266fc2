//! What happens to a few models in a few hours.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::identity::job_name;
use rekindle_decision::policy::{Alarms, Mode, Policy, Watch};
use rekindle_decision::signal::{Action, AlarmState, Arrival, Ask, Control, Signal, Sweep, Tick, What};
use rekindle_policy::PolicySet;
use rekindle_turn::world::JobStatus;

use crate::agenda::later;
use crate::course::Course;
use crate::delivery::Function;
use crate::dice::Dice;
use crate::events;
use crate::job::Ending;
use crate::simulation::Simulation;

/// A quarter of an hour, in thousandths of a second: the distance of two sweeps.
pub(crate) const QUARTER: u64 = 900_000;

/// The time in which things happen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Season {
    pub(crate) from: Timestamp,
    /// Thousandths of a second.
    pub(crate) length: u64,
    /// When the first sweep comes.
    pub(crate) first: u64,
    /// Of ten thousand things, so many happen just when a sweep does: that is when turns meet.
    pub(crate) crowded: u64,
}

impl Season {
    pub(crate) fn until(self) -> Timestamp {
        later(self.from, self.length)
    }

    fn sometime(self, dice: &mut Dice) -> Timestamp {
        if dice.chance(self.crowded) {
            // Few of the sweeps, so that they do not only meet the sweep.
            let sweep = dice.below(self.length / QUARTER / 4).saturating_mul(4 * QUARTER);
            return later(self.from, self.first.saturating_add(sweep).saturating_add(dice.below(150)));
        }
        later(self.from, dice.below(self.length))
    }
}

/// Puts everything that will happen on the agenda.
pub(crate) fn forecast(simulation: &mut Simulation, dice: &mut Dice, season: Season, policies: &[Policy]) {
    let visible = if dice.chance(6_000) { 0 } else { dice.between(1, 600) };
    simulation.memory().show_jobs_after(Duration::from_seconds(visible));
    jobs(simulation, dice);
    sweeps(simulation, dice, season);
    for policy in policies {
        for (trigger, watch) in policy.watches() {
            match watch {
                Watch::Schedule(_) => ticks(simulation, dice, season, policy, trigger),
                Watch::Alarm(alarm) => {
                    if let Alarms::Name(name) = &alarm.which {
                        alarms(simulation, dice, season, name);
                    }
                }
                Watch::Objects(_) | Watch::DataQuality(_) => {
                    arrivals(simulation, dice, season, policy, watch);
                }
                Watch::Metric(rule) => {
                    simulation.set_course(rule.source.metric.clone(), course(dice, season));
                }
                Watch::Monitor(_)
                | Watch::Events(_)
                | Watch::Trend(_)
                | Watch::Challenger(_)
                | Watch::Detector(_)
                | Watch::BreakEven(_) => {}
            }
        }
        people(simulation, dice, season, policy);
        strangers(simulation, dice, season, policy);
    }
    suspensions(simulation, dice, season, policies);
}

fn jobs(simulation: &mut Simulation, dice: &mut Dice) {
    let (well, longest) = (dice.between(3_000, 10_000), dice.between(5, 200));
    simulation.set_outcomes(Box::new(move |dice, _| {
        let status = if dice.chance(well) {
            JobStatus::Completed
        } else if dice.chance(7_000) {
            JobStatus::Failed
        } else {
            JobStatus::Stopped
        };
        let after = Duration::from_seconds(dice.between(180, longest.saturating_mul(60).max(180)));
        Ending { after, status, metrics: BTreeMap::new(), failure: None }
    }));
}

fn sweeps(simulation: &mut Simulation, dice: &mut Dice, season: Season) {
    let dropped = dice.pick(&[0, 500, 3_000]).copied().unwrap_or(0);
    let mut wait = season.first;
    while wait < season.length {
        let at = later(season.from, wait);
        if dice.chance(dropped) {
            simulation.count("sweeps dropped");
        } else {
            let sweep = Sweep { at: Some(at), ..Sweep::default() };
            simulation.at(at, move |simulation| {
                simulation.invoke(Function::OnMetricCheck, vec![Signal::Sweep(sweep)]);
            });
        }
        wait = wait.saturating_add(QUARTER);
    }
}

fn ticks(simulation: &mut Simulation, dice: &mut Dice, season: Season, policy: &Policy, trigger: &str) {
    let Some(Watch::Schedule(schedule)) = policy.triggers.get(trigger).map(|trigger| &trigger.watch) else {
        return;
    };
    let dropped = dice.pick(&[0, 1_000, 5_000]).copied().unwrap_or(0);
    let named = schedule.rule.is_none().then(|| trigger.to_owned());
    let mut at = schedule.expression.next(season.from);
    while let Some(instant) = at.filter(|at| *at < season.until()) {
        if dice.chance(dropped) {
            simulation.count("ticks dropped");
        } else {
            let tick = Tick { trigger: named.clone(), ..events::tick(schedule.rule.as_deref(), instant) };
            simulation.count("ticks");
            let told = later(instant, dice.below(60_000));
            simulation.deliver(told, Function::OnSchedule, &[Signal::Scheduled(tick)]);
        }
        at = schedule.expression.next(instant);
    }
}

fn alarms(simulation: &mut Simulation, dice: &mut Dice, season: Season, name: &str) {
    simulation.set_alarm(name, AlarmState::Ok);
    let dropped = dice.pick(&[0, 1_000, 10_000]).copied().unwrap_or(0);
    let mut changes: Vec<Timestamp> = (0..dice.between(1, 6)).map(|_| season.sometime(dice)).collect();
    changes.sort_unstable();
    for (nth, at) in changes.into_iter().enumerate() {
        let state = if dice.chance(1_500) {
            AlarmState::InsufficientData
        } else if nth % 2 == 0 {
            AlarmState::Alarm
        } else {
            AlarmState::Ok
        };
        let (name, told) = (name.to_owned(), !dice.chance(dropped));
        let wait = dice.between(100, 20_000);
        simulation.at(at, move |simulation| {
            simulation.count("alarm changes");
            simulation.set_alarm(&name, state);
            if told {
                let signal = Signal::Alarmed(events::transition(&name, state, at));
                simulation.deliver(later(at, wait), Function::OnAlarm, &[signal]);
            } else {
                simulation.count("alarm events dropped");
            }
        });
    }
}

fn arrivals(simulation: &mut Simulation, dice: &mut Dice, season: Season, policy: &Policy, watch: &Watch) {
    for burst in 0..dice.between(1, 4) {
        let begins = season.sometime(dice);
        let together = dice.chance(2_000);
        let mut parcel = Vec::new();
        for nth in 0..dice.between(1, 6) {
            let at = later(begins, dice.below(120_000));
            let what = if let Watch::DataQuality(quality) = watch {
                What::DataQuality {
                    rulesets: vec![quality.ruleset.clone()],
                    passed: dice.chance(7_000),
                    score: None,
                }
            } else {
                let key = format!("{}/{burst}-{nth}", policy.model);
                What::Object { bucket: "data".to_owned(), key, size: 100 }
            };
            let id = format!("{}-{burst}-{nth}", policy.model);
            let signal = Signal::Arrived(Arrival { id, at, what, replay: None });
            simulation.count("arrivals");
            if together {
                parcel.push(signal);
            } else {
                let told = later(at, dice.between(100, 10_000));
                simulation.deliver(told, Function::OnAlarm, &[signal]);
            }
        }
        if !parcel.is_empty() {
            simulation.deliver(later(begins, 130_000), Function::OnAlarm, &parcel);
        }
    }
}

fn people(simulation: &mut Simulation, dice: &mut Dice, season: Season, policy: &Policy) {
    for nth in 0..dice.pick(&[0, 0, 1, 2, 4]).copied().unwrap_or(0) {
        let ask = Ask {
            id: Some(format!("{}-ask-{nth}", policy.model)),
            models: vec![policy.model.clone()],
            reason: None,
            by: Some("ana".to_owned()),
            force: dice.chance(4_000),
            ignore_budget: dice.chance(1_000),
            dry_run: dice.chance(1_000),
        };
        simulation.count("requests");
        simulation.deliver(season.sometime(dice), Function::OnAlarm, &[Signal::Asked(ask)]);
    }
}

/// A person suspends a model for a while, or closes its breaker.
pub(crate) fn hands(simulation: &mut Simulation, dice: &mut Dice, season: Season, policies: &[Policy]) {
    for (nth, policy) in policies.iter().enumerate() {
        if !dice.chance(2_000) {
            continue;
        }
        let (one, two) = (season.sometime(dice), season.sometime(dice));
        // The promises are about models that nobody has suspended.
        let suspend = Action::Suspend { until: Some(two.max(one)) };
        let what = match dice.below(3) {
            0 => vec![(one, suspend)],
            1 => vec![(one.min(two), suspend), (one.max(two), Action::Resume)],
            _ => vec![(one, Action::CloseBreaker)],
        };
        for (at, action) in what {
            simulation.count("hands");
            let control = Control {
                id: Some(format!("{}-{nth}-{}", policy.model, action.word())),
                models: vec![policy.model.clone()],
                action,
                by: Some("ben".to_owned()),
                reason: None,
            };
            simulation.deliver(at, Function::OnAlarm, &[Signal::Controlled(control)]);
        }
    }
}

/// Somebody else takes a name of ours.
fn strangers(simulation: &mut Simulation, dice: &mut Dice, season: Season, policy: &Policy) {
    if dice.chance(1_000) {
        let generation = u32::try_from(dice.between(1, 3)).unwrap_or(1);
        let name = job_name(&policy.model, generation);
        simulation.at(season.sometime(dice), move |simulation| {
            if simulation.memory().request(&name).is_none() {
                simulation.count("names taken by strangers");
                simulation.memory().put_foreign_job(&name);
                simulation.note(|| format!("a stranger makes a job {name}"));
            }
        });
    }
}

/// A policy is switched off for a while, and on again before the season ends.
fn suspensions(simulation: &mut Simulation, dice: &mut Dice, season: Season, policies: &[Policy]) {
    if !dice.chance(1_500) {
        return;
    }
    let Some(policy) = dice.pick(policies).cloned() else { return };
    let whole: Arc<PolicySet> = Arc::new(policies.iter().cloned().collect());
    let off = policies.iter().cloned().map(|mut other| {
        if other.model == policy.model {
            other.mode = Mode::Suspended;
        }
        other
    });
    let off: Arc<PolicySet> = Arc::new(off.collect());
    let (one, two) = (season.sometime(dice), season.sometime(dice));
    let model = policy.model;
    simulation.at(one.min(two), move |simulation| {
        simulation.count("policies switched off");
        simulation.note(|| format!("the policy of {model} is switched off"));
        simulation.share_policies(&off);
    });
    simulation.at(one.max(two), move |simulation| {
        simulation.note(|| "all policies are switched on".to_owned());
        simulation.share_policies(&whole);
    });
}

/// Good but for some hours.
fn course(dice: &mut Dice, season: Season) -> Course {
    let mut bad = Vec::new();
    for _ in 0..dice.between(0, 2) {
        let from = season.sometime(dice);
        bad.push((from, later(from, dice.between(QUARTER, QUARTER.saturating_mul(12)))));
    }
    if dice.chance(3_000) {
        // It never gets well again.
        bad.push((season.sometime(dice), Timestamp::MAX));
    }
    Course::new(move |at| {
        let is_bad = bad.iter().any(|(from, until)| *from <= at && at < *until);
        Some(if is_bad { 0.7 } else { 0.9 })
    })
}
