//! Why we woke.

use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why a turn was taken.
///
/// A signal only *asks*: whoever may invoke the function can write one, and any of them may come twice, late,
/// or out of order. What it claims is read again before anything is started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "signal", rename_all = "snake_case")]
pub enum Signal {
    /// A schedule reached one of its instants.
    Scheduled(Tick),
    /// A CloudWatch alarm changed its state.
    Alarmed(Transition),
    /// Something arrived: data, a result about data, or an event of the owner's choice.
    Arrived(Arrival),
    /// A person, or a program of theirs, asked for a training job.
    Asked(Ask),
    /// A person agreed to a start that waited for it.
    Confirmed(Confirm),
    /// The periodic look at everything.
    Sweep(Sweep),
    /// A person steers one model, or several, by hand.
    Controlled(Control),
    /// A training job has changed its state. It can end a run; it never starts one.
    TrainingEnded(TrainingEnd),
    /// Somebody wrote or removed a policy document. It is read and answered; it starts nothing.
    Edited(Edit),
}

impl Signal {
    /// A person's request, if this is one.
    #[must_use]
    pub const fn ask(&self) -> Option<&Ask> {
        if let Self::Asked(ask) = self { Some(ask) } else { None }
    }

    /// A person's yes, if this is one.
    #[must_use]
    pub const fn confirm(&self) -> Option<&Confirm> {
        if let Self::Confirmed(confirm) = self { Some(confirm) } else { None }
    }

    /// What a person wants done by hand, if this says so.
    #[must_use]
    pub const fn control(&self) -> Option<&Control> {
        if let Self::Controlled(control) = self { Some(control) } else { None }
    }

    /// Name of the archive replay that sent this again, if one did.
    #[must_use]
    pub fn replay(&self) -> Option<&str> {
        match self {
            Self::Scheduled(tick) => tick.replay.as_deref(),
            Self::Alarmed(transition) => transition.replay.as_deref(),
            Self::Arrived(arrival) => arrival.replay.as_deref(),
            Self::TrainingEnded(end) => end.replay.as_deref(),
            Self::Edited(edit) => edit.replay.as_deref(),
            Self::Asked(_) | Self::Confirmed(_) | Self::Controlled(_) | Self::Sweep(_) => None,
        }
    }

    /// What names the *occurrence* behind this signal: equal for the same alarm transition in any envelope and for
    /// the same tick delivered twice, different for everything else. `None` when the sender left out what would
    /// tell one occurrence from the next.
    #[must_use]
    pub fn identity(&self) -> Option<String> {
        match self {
            Self::Scheduled(tick) => {
                let at = tick.at?;
                let source = tick.source.as_deref().unwrap_or("-");
                // Two targets of one rule may stand for different triggers or models.
                let (trigger, models) = (tick.trigger.as_deref().unwrap_or("-"), tick.models.join(","));
                Some(alloc::format!("schedule:{source}:{trigger}:{models}@{}", at.as_millisecond()))
            }
            Self::Alarmed(transition) => {
                Some(alloc::format!("alarm:{}@{}", transition.alarm, transition.since.as_millisecond()))
            }
            Self::Arrived(arrival) => Some(alloc::format!("arrival:{}", arrival.id)),
            Self::Asked(ask) => ask.id.as_ref().map(|id| alloc::format!("ask:{id}")),
            Self::Confirmed(confirm) => Some(alloc::format!("confirm:{}", confirm.decision)),
            Self::Controlled(control) => control.id.as_ref().map(|id| alloc::format!("control:{id}")),
            Self::TrainingEnded(end) => Some(alloc::format!("job:{}:{}", end.job, end.status)),
            Self::Edited(edit) => {
                Some(alloc::format!("policy:{}@{}", edit.document, edit.at.as_millisecond()))
            }
            Self::Sweep(sweep) => {
                let at = sweep.at?;
                Some(alloc::format!(
                    "sweep:{}@{}",
                    sweep.source.as_deref().unwrap_or("-"),
                    at.as_millisecond()
                ))
            }
        }
    }
}

/// One instant of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tick {
    /// ARN of the EventBridge rule or of the EventBridge Scheduler schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The scheduled instant, not the arrival. Absent when the sender did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Name of the policy trigger this schedule stands for. Absent: the policy names the rule or the schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// The models concerned; empty means every model whose policy knows this schedule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// Name of the archive replay that sent this again, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
}

impl Tick {
    /// The last part of the ARN: what a person called the rule or the schedule.
    #[must_use]
    pub fn source_name(&self) -> Option<&str> {
        self.source.as_deref().and_then(|arn| arn.rsplit('/').next())
    }
}

/// The state of a CloudWatch alarm. There is no default: an unknown word is not a healthy alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// Within its threshold.
    Ok,
    /// Beyond its threshold.
    Alarm,
    /// Not enough data to tell.
    InsufficientData,
}

impl AlarmState {
    /// The word CloudWatch uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// What an alarm watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// One metric.
    Metric,
    /// An expression over metrics.
    MetricMath,
    /// A band that CloudWatch learned.
    Anomaly,
    /// Other alarms.
    Composite,
    /// The event does not say.
    Unknown,
}

/// A change of state of one alarm, as an event told it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// ARN of the alarm.
    pub alarm: String,
    /// Name of the alarm.
    pub name: String,
    /// What the alarm watches.
    pub kind: AlarmKind,
    /// The state it changed to.
    pub state: AlarmState,
    /// When it changed, in CloudWatch's own clock.
    pub since: Timestamp,
    /// The state before, where told. A composite released from suppression reports ALARM from ALARM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<AlarmState>,
    /// CloudWatch's sentence. Foreign text: for people, never for control flow.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The datapoints that were judged, oldest first; a gap is `None`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Option<f64>>,
    /// The threshold, where told: anomaly bands and composites have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Seconds of one datapoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<u32>,
    /// Why a composite's actions were suppressed (`WaitPeriod`, `ExtensionPeriod`, `Alarm`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<String>,
    /// Name of the archive replay that sent this again, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
}

/// A request by a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ask {
    /// What tells this request from the next; the edge fills in the invocation's id when the sender gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The models to retrain; at least one.
    pub models: Vec<String>,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Skip the triggers and the guards that wait; never the in-flight guard, the budget,
    /// the most starts, the data guard, a suspended policy or the schema.
    #[serde(default)]
    pub force: bool,
    /// Spend beyond the budget, and start more often than `max_starts` allows.
    #[serde(default)]
    pub ignore_budget: bool,
    /// Decide and record, start nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// A person's yes to a start that waited for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Confirm {
    /// The model.
    pub model: String,
    /// The decision that waits, by its id.
    pub decision: String,
    /// Who agrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a person wants done by hand with models that are not to be trained for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// What tells this from the next; the edge fills in the invocation's id when the sender gave none. Delivered twice, it
    /// is done once: a suspension that comes again must not undo what was resumed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The models; at least one.
    pub models: Vec<String>,
    /// What is to be done.
    pub action: Action,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a person wants done by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Start nothing, until then or until resumed. What asks meanwhile is remembered.
    Suspend {
        /// Until when; `None`: until resumed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Start again what asks.
    Resume,
    /// Everything that asks now is answered without a start: it asks again only when it becomes true anew.
    Cancel,
    /// Trainings that failed or did not help until now do not stand in the way any more.
    CloseBreaker,
}

impl Action {
    /// The word a person writes, and reads.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Suspend { .. } => "suspend",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
            Self::CloseBreaker => "close_breaker",
        }
    }
}

/// A change of state of a training job, as an event told it. SageMaker sends several for one change, in any order, and may
/// send none: what it claims is read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingEnd {
    /// The job's name, which holds model and generation.
    pub job: String,
    /// SageMaker's word for the state: `Completed`, `Failed`, `Stopped`.
    pub status: String,
    /// Name of the archive replay that sent this again, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
}

/// A policy document that somebody created, changed or removed. Which of the three does not matter: the document is read
/// anew, and what is there now counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Name of the parameter.
    pub document: String,
    /// When.
    pub at: Timestamp,
    /// Name of the archive replay that sent this again, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
}

/// Something that arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// What tells this occurrence from the next, whatever envelope it came in.
    pub id: String,
    /// When it happened, by its sender's clock.
    pub at: Timestamp,
    /// What it is.
    pub what: What,
    /// Name of the archive replay that sent this again, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
}

/// What arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// An object in S3.
    Object {
        /// Its bucket.
        bucket: String,
        /// Its key.
        key: String,
        /// Its size in bytes.
        size: u64,
    },
    /// A result of Glue Data Quality.
    DataQuality {
        /// The rulesets that were evaluated.
        rulesets: Vec<String>,
        /// Whether the data passed: of the data, not of the run.
        passed: bool,
        /// Share of the rules that passed, 0 to 1, where told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score: Option<f64>,
    },
    /// A processing job has ended that may have been a run of Model Monitor. The event does not say of which schedule,
    /// nor what was found: both are read again.
    MonitoringRun {
        /// ARN of the processing job.
        job: String,
        /// SageMaker's word for how it ended.
        status: String,
    },
    /// An EventBridge event of any other kind, whole, to be matched by a pattern.
    Event {
        /// The event.
        event: Value,
    },
}

/// A periodic look at all models, or at some.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sweep {
    /// ARN of the rule or schedule that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The scheduled instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The models to look at; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
}
