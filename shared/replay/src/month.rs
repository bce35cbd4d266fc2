//! A month of two hundred models in which training fails, does not help, machines run out, and the region is down.
//!
//! The world is the one that the fault tests use. What is written about the month is found in what the log, the bus and the
//! ledger say, as a person would have to find it.

mod fleet;
mod mishaps;
mod on_call;
mod reality;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{Alarms, Policy, Watch};
use rekindle_decision::signal::{AlarmState, Arrival, Signal, Sweep, What};
use rekindle_policy::Problem;
use rekindle_turn::prices::Prices;
use serde_json::Value;

use crate::agenda::later;
use crate::chronicle::Chronicle;
use crate::delivery::Function;
use crate::dice::Dice;
use crate::events;
use crate::faults::Faults;
use crate::promises::{self, Scene};
use crate::review::Review;
use crate::simulation::Simulation;

use on_call::OnCall;
use reality::Reality;

/// A month to live through.
#[derive(Debug, Clone, Copy)]
pub struct Month {
    /// Everything follows from it.
    pub seed: u64,
    /// How often the sweep looks.
    pub sweep_every: Duration,
}

/// Thousandths of a second.
const HOUR: u64 = 3_600_000;

impl Month {
    /// Lives through it, and reviews it. `day_over` is told of each day that has passed, `log` of each line that a function
    /// writes.
    ///
    /// # Errors
    ///
    /// What is wrong with the fleet's policies.
    pub fn live(
        self,
        mut day_over: impl FnMut(Timestamp),
        mut log: impl FnMut(&Value) + Send + 'static,
    ) -> Result<Review, Vec<Problem>> {
        let set = Arc::new(fleet::policies()?);
        let policies: Vec<Policy> = set.iter().map(|policy| Policy::clone(policy)).collect();
        let mut dice = Dice::new(self.seed);
        let mut simulation = Simulation::new(dice.below(u64::MAX), mishaps::FIRST);
        simulation.share_policies(&set);
        simulation.set_prices(prices());
        simulation.set_faults(mishaps::USUAL);
        let chronicle: Arc<Mutex<Chronicle>> = Arc::default();
        let reader = Arc::clone(&chronicle);
        simulation.set_reader(Box::new(move |line| {
            reader.lock().unwrap_or_else(PoisonError::into_inner).read(line);
            log(line);
        }));
        let reality = Reality::default();
        let outcomes = reality.clone();
        simulation.set_outcomes(Box::new(move |dice, made| outcomes.ending(dice, made)));
        self.sweeps(&mut simulation);
        mishaps(&mut simulation);
        for policy in &policies {
            forecast(&mut simulation, &mut dice, &reality, policy);
        }
        ticks(&mut simulation, &mut dice, &policies);

        let person = OnCall::new(reality);
        let (mut day, mut last) = (mishaps::FIRST, mishaps::FIRST);
        while day < mishaps::END {
            day = later(day, 24 * HOUR);
            // What the last sweep of all can see is what the promises are about.
            last = if day < mishaps::END { day } else { self.sweep_every.before(day) };
            live(&mut simulation, &chronicle, &person, last);
            day_over(day);
        }
        simulation.set_faults(Faults::none());
        simulation.invoke(
            Function::OnMetricCheck,
            vec![Signal::Sweep(Sweep { at: Some(last), ..Sweep::default() })],
        );
        live(&mut simulation, &chronicle, &person, later(last, 300_000));
        let now = simulation.now();
        let (witness, courses) = (simulation.witness(), simulation.courses());
        let scene = Scene {
            memory: simulation.memory(),
            witness: &witness,
            courses: &courses,
            policies: &policies,
            from: mishaps::FIRST,
            last,
            now,
        };
        let mut broken = witness.broken.clone();
        broken.extend(promises::broken(&scene));
        let chronicle = chronicle.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Review::of(&simulation, &chronicle, &policies, (mishaps::FIRST, mishaps::END), self.seed, broken))
    }

    fn sweeps(self, simulation: &mut Simulation) {
        let mut at = self.sweep_every.after(mishaps::FIRST);
        while at < self.sweep_every.before(mishaps::END) {
            let sweep = Sweep { at: Some(at), ..Sweep::default() };
            simulation.at(at, move |simulation| {
                simulation.invoke(Function::OnMetricCheck, vec![Signal::Sweep(sweep)]);
            });
            at = self.sweep_every.after(at);
        }
    }
}

fn live(simulation: &mut Simulation, chronicle: &Mutex<Chronicle>, person: &OnCall, until: Timestamp) {
    while simulation.step(until) {
        for news in simulation.take_published() {
            chronicle.lock().unwrap_or_else(PoisonError::into_inner).hear(&news);
            person.hear(simulation, &news);
        }
    }
    simulation.run_until(until);
}

fn prices() -> Prices {
    let (instance, price) = fleet::INSTANCE;
    Prices::of(price.parse().ok().map(|price| (instance.to_owned(), price)))
}

fn mishaps(simulation: &mut Simulation) {
    let (usually, crowded) = mishaps::QUOTAS;
    simulation.set_quota(Some(usually));
    simulation.at(mishaps::CROWDED.0, move |simulation| simulation.set_quota(Some(crowded)));
    simulation.at(mishaps::CROWDED.1, move |simulation| simulation.set_quota(Some(usually)));
    simulation.at(mishaps::DOWN.0, |simulation| simulation.set_faults(mishaps::REGION_DOWN));
    simulation.at(mishaps::DOWN.1, |simulation| simulation.set_faults(mishaps::USUAL));
}

/// Tells a function of something, unless the region is down by then.
fn tell(simulation: &mut Simulation, at: Timestamp, function: Function, signal: Signal) {
    if mishaps::is_down(at) {
        simulation.count("events that a region lost");
    } else {
        simulation.deliver(at, function, &[signal]);
    }
}

/// One rule ticks for all models of its schedule.
fn ticks(simulation: &mut Simulation, dice: &mut Dice, policies: &[Policy]) {
    let mut rules = std::collections::BTreeMap::new();
    for (_, watch) in policies.iter().flat_map(Policy::watches) {
        if let Watch::Schedule(schedule) = watch
            && let Some(rule) = &schedule.rule
        {
            rules.insert(rule.clone(), schedule.expression.clone());
        }
    }
    for (rule, expression) in rules {
        let mut at = expression.next(mishaps::FIRST);
        while let Some(instant) = at.filter(|at| *at < mishaps::END) {
            let tick = Signal::Scheduled(events::tick(Some(&rule), instant));
            tell(simulation, later(instant, dice.below(60_000)), Function::OnSchedule, tick);
            at = expression.next(instant);
        }
    }
}

/// What happens to one model.
fn forecast(simulation: &mut Simulation, dice: &mut Dice, reality: &Reality, policy: &Policy) {
    for (_, watch) in policy.watches() {
        if let Watch::Metric(rule) = watch {
            simulation.set_course(rule.source.metric.clone(), reality.course(&policy.model));
        } else if let Watch::Alarm(alarm) = watch
            && let Alarms::Name(name) = &alarm.which
        {
            drift(simulation, dice, name);
        } else if let Watch::Objects(objects) = watch {
            files(simulation, dice, &objects.bucket, &objects.prefix);
        }
    }
}

/// Once in the month the data of a model drifts for thirty hours.
fn drift(simulation: &mut Simulation, dice: &mut Dice, name: &str) {
    simulation.set_alarm(name, AlarmState::Ok);
    let begins = later(mishaps::FIRST, dice.below(28 * 24 * HOUR));
    for (at, state) in [(begins, AlarmState::Alarm), (later(begins, 30 * HOUR), AlarmState::Ok)] {
        let (name, wait) = (name.to_owned(), dice.between(100, 20_000));
        simulation.at(at, move |simulation| {
            simulation.set_alarm(&name, state);
            // The template's rule forwards ALARM only.
            if state == AlarmState::Alarm {
                let signal = Signal::Alarmed(events::transition(&name, state, at));
                tell(simulation, later(at, wait), Function::OnAlarm, signal);
            }
        });
    }
}

/// One file each night.
fn files(simulation: &mut Simulation, dice: &mut Dice, bucket: &str, prefix: &str) {
    for day in 0..30_u64 {
        let at = later(mishaps::FIRST, day * 24 * HOUR + dice.between(4 * HOUR, 6 * HOUR));
        let key = format!("{prefix}{day:02}.parquet");
        let what = What::Object { bucket: bucket.to_owned(), key: key.clone(), size: 40_000_000 };
        let arrival = Arrival { id: key, at, what, replay: None };
        tell(simulation, later(at, dice.between(500, 20_000)), Function::OnAlarm, Signal::Arrived(arrival));
    }
}
