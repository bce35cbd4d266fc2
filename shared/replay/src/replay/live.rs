//! The policy's life: the simulation with its agenda, and what its log says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::{Metric, Mode, Policy, Watch};
use rekindle_decision::signal::{AlarmState, Signal, Sweep, Tick};
use rekindle_policy::PolicySet;
use rekindle_turn::world::JobStatus;
use serde_json::Value;

use super::service::Service;
use super::{Replay, World};
use crate::course::Course;
use crate::delivery::Function;
use crate::events;
use crate::job::Ending;
use crate::report::{Held, Start};
use crate::simulation::Simulation;

/// What a policy did.
#[derive(Debug, Clone, Default)]
pub struct Lived {
    /// The trainings it started, oldest first.
    pub starts: Vec<Start>,
    /// How often it was held back, by blocker.
    pub holds: BTreeMap<String, u64>,
    /// When it was held back.
    pub held: Vec<Held>,
    /// How often it decided.
    pub decisions: u64,
    /// The loss in each batch that counts; nothing where nothing is known.
    pub loss: Vec<Option<f64>>,
}

/// A policy's life in a simulated account.
pub struct Live {
    simulation: Simulation,
    service: Service,
    world: World,
    period: Duration,
    told: Arc<Mutex<Told>>,
    end: Timestamp,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").field("end", &self.end).finish_non_exhaustive()
    }
}

/// What the log has said so far.
#[derive(Debug, Default)]
struct Told {
    lived: Lived,
    /// The blockers of the newest decision, each with since when.
    open: BTreeMap<String, Timestamp>,
}

impl Live {
    /// Everything that will happen, on the agenda.
    pub(super) fn of(replay: &Replay<'_>) -> Self {
        let world = replay.world.clone();
        let scored = world.first_scored();
        let (begin, end) = (world.start_of(scored), world.start_of(world.batches()));
        // The model that serves at the beginning has just been trained, and what decides is in force.
        let policy = Policy { mode: Mode::Enforce, trained: Some(begin), ..replay.policy.clone() };
        let mut simulation = Simulation::new(replay.seed, begin);
        simulation.share_policies(&Arc::new([policy.clone()].into_iter().collect::<PolicySet>()));
        let service = Service::of(&world);
        let period = replay.metric.period;
        for wanted in policy.wanted(begin) {
            let points = replay.history.series.get(wanted.metric).cloned().unwrap_or_default();
            let course = if wanted.metric == replay.metric {
                served(&service, &world, period, points)
            } else {
                recorded(points)
            };
            simulation.set_course(wanted.metric.clone(), course);
        }
        trainings(&mut simulation, replay, &policy, &service, label_delay(&policy, replay.metric));
        alarms(&mut simulation, replay, &policy);
        ticks(&mut simulation, &policy, end);
        for (at, signal) in replay.history.signals.iter().filter(|(at, _)| *at >= begin && *at < end) {
            simulation.deliver(*at, Function::OnAlarm, std::slice::from_ref(signal));
        }
        sweeps(&mut simulation, replay.sweep_every, end);
        let told: Arc<Mutex<Told>> = Arc::default();
        let reader = Arc::clone(&told);
        let batches = world.clone();
        simulation.set_reader(Box::new(move |line| read(&reader, &batches, line)));
        Self { simulation, service, world, period, told, end }
    }

    /// Lets everything happen. `heard` is told of the end of each day.
    pub(super) fn until_the_end(mut self, mut heard: impl FnMut(Timestamp)) -> Lived {
        let mut day = self.simulation.now();
        while day < self.end {
            day = Duration::from_seconds(86_400).after(day).min(self.end);
            self.simulation.run_until(day);
            // Nobody reads what a bus takes here, and nothing may grow with the length of a history.
            drop((self.simulation.take_published(), self.simulation.memory().take_lines()));
            heard(day);
        }
        let mut lived = told(&self.told).finish(self.end);
        let world = &self.world;
        lived.loss = world
            .scored()
            .batches()
            .map(|batch| {
                // A batch is as many periods as are folded into it; those of which nothing is known say nothing.
                let starts = (0..u64::from(world.fold())).map(|nth| {
                    let since = Duration::from_seconds(self.period.seconds().saturating_mul(nth));
                    since.after(world.start_of(batch))
                });
                let losses = starts.filter_map(|at| self.service.loss(world, at, self.period));
                let (sum, count) = losses.fold((0.0, 0.0), |(sum, count), loss| (sum + loss, count + 1.0));
                (count > 0.0).then(|| sum / count)
            })
            .collect();
        lived
    }
}

fn told(told: &Mutex<Told>) -> MutexGuard<'_, Told> {
    // Only one thread ever holds it.
    told.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Told {
    fn finish(&mut self, end: Timestamp) -> Lived {
        for (by, from) in std::mem::take(&mut self.open) {
            self.lived.held.push(Held { from, to: end, by });
        }
        self.lived.held.sort_by(|one, other| (one.from, &one.by).cmp(&(other.from, &other.by)));
        std::mem::take(&mut self.lived)
    }
}

/// Reads a line that a function wrote.
fn read(log: &Mutex<Told>, world: &World, line: &Value) {
    let text = |field: &str| line.get(field).and_then(Value::as_str).unwrap_or_default();
    if text("kind") != "decision" {
        return;
    }
    let now = line.pointer("/facts/now").and_then(Value::as_str).and_then(|now| now.parse().ok());
    let Some(now): Option<Timestamp> = now else { return };
    let mut told = told(log);
    told.lived.decisions = told.lived.decisions.saturating_add(1);
    if line.get("Starts").and_then(Value::as_f64) == Some(1.0) {
        let period = world.batch_over(now).unwrap_or_default();
        told.lived.starts.push(Start { at: now, period, because: text("Sentence").to_owned() });
    }
    let waiting: Vec<&str> = text("WaitingOn").split(", ").filter(|word| !word.is_empty()).collect();
    for by in &waiting {
        let held = told.lived.holds.entry((*by).to_owned()).or_default();
        *held = held.saturating_add(1);
        told.open.entry((*by).to_owned()).or_insert(now);
    }
    let over: Vec<String> = told.open.keys().filter(|by| !waiting.contains(&by.as_str())).cloned().collect();
    for by in over {
        if let Some(from) = told.open.remove(&by) {
            told.lived.held.push(Held { from, to: now, by });
        }
    }
}

/// How many samples a value counts as where nobody knows.
const SAMPLES: f64 = 1_000.0;

/// The metric that depends on which model serves: of so many samples as were measured then, whichever served.
fn served(service: &Service, world: &World, period: Duration, points: Vec<Point>) -> Course {
    let (service, world, measured) = (service.clone(), world.clone(), recorded(points));
    Course::measured(move |at| {
        let value = world.value_of(service.loss(&world, at, period)?);
        let samples = measured.point(at).and_then(|point| point.samples).or(Some(SAMPLES));
        Some(Point { at, value, samples })
    })
}

/// A metric that does not.
fn recorded(points: Vec<Point>) -> Course {
    Course::measured(move |at| {
        let place = points.binary_search_by_key(&at, |point| point.at).ok()?;
        points.get(place).copied()
    })
}

/// How late the values of the metric are true, by the policy.
fn label_delay(policy: &Policy, metric: &Metric) -> Duration {
    let delays = policy.watches().filter_map(|(_, watch)| watch.source());
    delays
        .filter(|source| source.metric == *metric)
        .map(|source| source.label_delay)
        .max()
        .unwrap_or_default()
}

/// Every training takes its time and ends well; its model knows what had labels when it was decided.
fn trainings(
    simulation: &mut Simulation,
    replay: &Replay<'_>,
    policy: &Policy,
    service: &Service,
    label_delay: Duration,
) {
    let (world, service) = (replay.world.clone(), service.clone());
    let (after, serves_after) = (replay.training_time, policy.serves_after);
    simulation.set_outcomes(Box::new(move |_, made| {
        if let Some(model) = world.model_at(label_delay.before(made.created)) {
            service.take_over(serves_after.after(after.after(made.created)), model);
        }
        Ending { after, status: JobStatus::Completed, metrics: BTreeMap::new(), failure: None }
    }));
}

/// Alarms are what they were; of before the history nothing is known but that they were OK.
fn alarms(simulation: &mut Simulation, replay: &Replay<'_>, policy: &Policy) {
    let begin = simulation.now();
    for (_, watch) in policy.watches() {
        if let Watch::Alarm(alarm) = watch
            && let rekindle_decision::policy::Alarms::Name(name) = &alarm.which
        {
            simulation.set_alarm(name, AlarmState::Ok);
        }
    }
    for change in &replay.history.alarms {
        if change.at <= begin {
            simulation.set_alarm(&change.name, change.state);
            continue;
        }
        let (name, state, at) = (change.name.clone(), change.state, change.at);
        simulation.at(at, move |simulation| {
            simulation.set_alarm(&name, state);
            // The template's rule forwards ALARM only.
            if state == AlarmState::Alarm {
                simulation
                    .invoke(Function::OnAlarm, vec![Signal::Alarmed(events::transition(&name, state, at))]);
            }
        });
    }
}

fn ticks(simulation: &mut Simulation, policy: &Policy, end: Timestamp) {
    let begin = simulation.now();
    for (name, watch) in policy.watches() {
        let Watch::Schedule(schedule) = watch else { continue };
        let (trigger, model, expression) =
            (name.to_owned(), policy.model.clone(), schedule.expression.clone());
        if let Some(at) = expression.next(begin) {
            tick(simulation, at, end, trigger, model, expression);
        }
    }
}

/// One tick, which puts the next one on the agenda: a year of minutes need not lie there all at once.
fn tick(
    simulation: &mut Simulation,
    at: Timestamp,
    end: Timestamp,
    trigger: String,
    model: String,
    expression: rekindle_decision::schedule::Expression,
) {
    if at >= end {
        return;
    }
    simulation.at(at, move |simulation| {
        let signal = Signal::Scheduled(Tick {
            trigger: Some(trigger.clone()),
            models: vec![model.clone()],
            at: Some(at),
            ..Tick::default()
        });
        simulation.invoke(Function::OnSchedule, vec![signal]);
        if let Some(next) = expression.next(at) {
            tick(simulation, next, end, trigger, model, expression);
        }
    });
}

fn sweeps(simulation: &mut Simulation, every: Duration, end: Timestamp) {
    let at = every.after(simulation.now());
    if at >= end || every.seconds() == 0 {
        return;
    }
    simulation.at(at, move |simulation| {
        let sweep = Sweep { at: Some(at), ..Sweep::default() };
        simulation.invoke(Function::OnMetricCheck, vec![Signal::Sweep(sweep)]);
        sweeps(simulation, every, end);
    });
}
