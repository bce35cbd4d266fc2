//! What a model's owner wants, for one model, checked and ready to be decided on.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::duration::Duration;
use crate::signal::{Arrival, Tick, What};

mod expr;
mod guards;
mod metric;
mod trigger;

pub use expr::Expr;
pub use guards::{
    AfterFailure, AfterFutility, Budget, BudgetMode, Data, Guards, InFlight, MaxStarts, Wanted,
};
pub(crate) use metric::LOOK_BACK;
pub use metric::{
    Baseline, BreakEven, Challenger, Change, Detector, Limit, MOutOfN, Method, Metric, MissingData, Source,
    Threshold, Trend, Worse,
};
pub use trigger::{
    Alarm, Alarms, CountsAs, DataQuality, Events, Monitor, MonitorEnd, Objects, Outcome, Schedule, Trigger,
    Watch,
};

/// Key of the data guard's series in [`Facts`](crate::facts::Facts).
pub const DATA: &str = "guards.data";

/// Key of the futility breaker's series in [`Facts`](crate::facts::Facts).
pub const FUTILITY: &str = "guards.after_futility";

/// What the owner of one model wants.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The model's name, the whole of it: the job name holds a slug and a hash of this.
    pub model: String,
    /// Where the policy came from and which version of it this is.
    pub revision: Revision,
    /// Whom to call.
    pub owner: Option<String>,
    /// Whether a decision to start is acted on.
    pub mode: Mode,
    /// What may ask for a training job, by name.
    pub triggers: BTreeMap<String, Trigger>,
    /// How the triggers combine.
    pub start_when: Expr,
    /// What may stand in the way.
    pub guards: Guards,
    /// When the model that served before Rekindle's first training was trained.
    pub trained: Option<Timestamp>,
    /// How long after its training has ended a model serves: what was measured before is of the model before.
    pub serves_after: Duration,
    /// Length of the data window that `{window.start}` and `{window.end}` in the training request describe.
    pub data_window: Option<Duration>,
    /// The `CreateTrainingJob` request as the owner wrote it, in the API's own field names, placeholders unfilled.
    pub training: Value,
}

/// Which text a policy was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Name of the parameter or file.
    pub document: String,
    /// Version of it; rises by one with every change in Parameter Store.
    pub version: i64,
    /// When this version was written, where known. A schedule's instants before it are not caught up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} revision {}", self.document, self.version)
    }
}

/// Whether a decision to start is acted on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Start the job.
    #[default]
    Enforce,
    /// Decide and record, start nothing.
    Observe,
    /// Start nothing, not even when forced, and say so.
    Suspended,
}

impl Mode {
    /// The word a policy uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Observe => "observe",
            Self::Suspended => "suspended",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Enforce => "enforce",
            Self::Observe => "observe",
            Self::Suspended => "suspended",
        })
    }
}

impl Policy {
    /// A policy for a model with nothing in it yet but how triggers combine: enforced, the usual guards, no training.
    #[must_use]
    pub fn of(model: impl Into<String>, start_when: Expr) -> Self {
        Self {
            model: model.into(),
            revision: Revision::default(),
            owner: None,
            mode: Mode::default(),
            triggers: BTreeMap::new(),
            start_when,
            guards: Guards::default(),
            trained: None,
            serves_after: Duration::default(),
            data_window: None,
            training: Value::Null,
        }
    }

    /// The alarms to read.
    #[must_use]
    pub fn alarms(&self) -> Vec<&Alarms> {
        self.watches()
            .filter_map(|(_, watch)| if let Watch::Alarm(alarm) = watch { Some(&alarm.which) } else { None })
            .collect()
    }

    /// The Model Monitor schedules whose newest run is to be read.
    #[must_use]
    pub fn monitors(&self) -> Vec<&str> {
        self.watches()
            .filter_map(|(_, watch)| {
                if let Watch::Monitor(monitor) = watch { Some(monitor.schedule.as_str()) } else { None }
            })
            .collect()
    }

    /// The fleets whose spending is to be read, each with the name of the present span.
    #[must_use]
    pub fn fleets(&self, now: Timestamp) -> Vec<(&str, String)> {
        let fleets = self.guards.budgets.iter();
        fleets.filter_map(|budget| Some((budget.fleet.as_deref()?, budget.per.name(now)))).collect()
    }

    /// The series to read, for triggers and guards.
    #[must_use]
    pub fn wanted(&self, now: Timestamp) -> Vec<Wanted<'_>> {
        let mut wanted = Vec::new();
        for (name, watch) in self.watches() {
            let mut push = |role: Option<&str>, metric, (start, end), samples| {
                let key = match role {
                    Some(role) => alloc::format!("{name}.{role}"),
                    None => name.into(),
                };
                wanted.push(Wanted { key, metric, start, end, samples });
            };
            match watch {
                Watch::Schedule(_)
                | Watch::Alarm(_)
                | Watch::Monitor(_)
                | Watch::DataQuality(_)
                | Watch::Objects(_)
                | Watch::Events(_) => {}
                Watch::Metric(rule) => {
                    let source = &rule.source;
                    push(None, &source.metric, rule.window(now), source.min_samples.is_some());
                }
                Watch::Trend(rule) => {
                    let source = &rule.source;
                    push(None, &source.metric, rule.window(now), source.min_samples.is_some());
                }
                Watch::Challenger(rule) => {
                    let (source, window) = (&rule.source, rule.window(now));
                    push(None, &source.metric, window, source.min_samples.is_some());
                    push(Some("challenger"), &rule.challenger, window, source.min_samples.is_some());
                }
                Watch::Detector(rule) => {
                    let (source, window) = (&rule.source, rule.source.all(now));
                    // Counted as trials, or against the least that counts.
                    let samples = rule.trials.is_none() || source.min_samples.is_some();
                    push(None, &source.metric, window, samples);
                    if let Some(trials) = &rule.trials {
                        push(Some("trials"), trials, window, false);
                    }
                }
                Watch::BreakEven(rule) => {
                    let (source, window) = (&rule.source, rule.source.all(now));
                    push(None, &source.metric, window, source.min_samples.is_some());
                    if let Some(traffic) = &rule.traffic {
                        push(Some("traffic"), traffic, window, false);
                    }
                    if let Some(shadow) = &rule.shadow {
                        push(Some("shadow"), shadow, window, false);
                    }
                }
            }
        }
        let guard = |key: &str, source| wanted_by(key, source, now);
        wanted.extend(self.guards.data.iter().map(|data| guard(DATA, &data.source)));
        wanted.extend(self.guards.after_futility.iter().map(|futility| guard(FUTILITY, &futility.source)));
        wanted
    }

    /// What each trigger watches, by the trigger's name.
    pub fn watches(&self) -> impl Iterator<Item = (&str, &Watch)> {
        self.triggers.iter().map(|(name, trigger)| (name.as_str(), &trigger.watch))
    }

    /// The name of the trigger a tick stands for, if this policy has it. A tick that names a trigger must also come from
    /// the trigger's rule, where both are known: other owners may have a trigger of the same name.
    #[must_use]
    pub fn trigger_of(&self, tick: &Tick) -> Option<&str> {
        self.watches()
            .find(|(name, watch)| {
                let Watch::Schedule(schedule) = watch else { return false };
                match (&tick.trigger, schedule.rule.as_deref(), tick.source_name()) {
                    (Some(named), Some(rule), Some(source)) => named == *name && rule == source,
                    (Some(named), _, _) => named == *name,
                    (None, rule, source) => rule.is_some() && rule == source,
                }
            })
            .map(|(name, _)| name)
    }

    /// The names of the triggers that count an arrival.
    pub fn counting<'a>(&'a self, arrival: &'a Arrival) -> impl Iterator<Item = &'a str> {
        self.watches().filter(|(_, watch)| watch.counts(&arrival.what)).map(|(name, _)| name)
    }

    /// Whether an arrival concerns this policy: a trigger counts it, or has something to read again because of it.
    #[must_use]
    pub fn hears(&self, arrival: &Arrival) -> bool {
        let monitored = matches!(&arrival.what, What::MonitoringRun { .. }) && !self.monitors().is_empty();
        monitored || self.counting(arrival).next().is_some()
    }
}

fn wanted_by<'a>(key: &str, source: &'a Source, now: Timestamp) -> Wanted<'a> {
    let (start, end) = source.all(now);
    Wanted { key: key.into(), metric: &source.metric, start, end, samples: source.min_samples.is_some() }
}

impl Threshold {
    /// The closed, mature periods to read: start of the first, end of the last (exclusive), both on period boundaries.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        match self.limit.baseline() {
            // The first values after the last training may be anywhere in the history.
            Some(Baseline::First(_)) => self.source.all(now),
            Some(Baseline::Fixed(_) | Baseline::Training) | None => self.judged(now),
        }
    }

    /// The periods that are judged.
    #[must_use]
    pub(crate) fn judged(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        self.source.newest(u64::from(self.periods.n).saturating_add(LOOK_BACK), now)
    }
}

impl Trend {
    /// The closed, mature periods to read.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        self.source.newest(u64::from(self.periods).saturating_add(LOOK_BACK), now)
    }
}

impl Challenger {
    /// The closed, mature periods to read, of both series.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        self.source.newest(u64::from(self.periods.n).saturating_add(LOOK_BACK), now)
    }
}

impl Watch {
    /// Whether this counts an arrival.
    #[must_use]
    pub fn counts(&self, what: &What) -> bool {
        match (self, what) {
            (Self::Objects(watch), What::Object { bucket, key, .. }) => {
                watch.bucket == *bucket && key.starts_with(&watch.prefix) && key.ends_with(&watch.suffix)
            }
            (Self::DataQuality(watch), What::DataQuality { rulesets, .. }) => {
                rulesets.contains(&watch.ruleset)
            }
            (Self::Events(watch), What::Event { event }) => watch.pattern.matches(event),
            _ => false,
        }
    }
}
