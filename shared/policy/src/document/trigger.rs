//! One trigger as it is written.

use std::collections::BTreeMap;
use std::fmt;

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{CountsAs, MOutOfN, MissingData, MonitorEnd, Outcome};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::detector::{
    AdwinText, BreakEvenText, CusumText, DdmText, EvidenceText, HddmAText, PageHinkleyText,
};
use super::expr::ExprText;
use super::form::{BaselineText, ChangeText, Instant};
use super::metric::{ChallengerText, MetricText, WorseningText};

/// The fields of a trigger that decide its kind.
pub(crate) const KINDS: [&str; 7] =
    ["schedule", "alarm", "monitor", "data_quality", "objects", "event", "metric"];

/// What can be asked of a metric.
pub(crate) const QUESTIONS: [&str; 14] = [
    "below",
    "above",
    "outside",
    "drop_from_baseline",
    "rise_from_baseline",
    "worsening",
    "challenger",
    "evidence",
    "page_hinkley",
    "cusum",
    "ddm",
    "hddm_a",
    "adwin",
    "break_even",
];

const SCHEDULE: &[&str] = &["schedule"];
const ARRIVING: &[&str] = &["alarm", "data_quality", "objects", "event"];
const METRIC: &[&str] = &["metric"];
const LIMITS: &[&str] = &["below", "above", "outside", "drop_from_baseline", "rise_from_baseline"];
const COUNTED: &[&str] =
    &["below", "above", "outside", "drop_from_baseline", "rise_from_baseline", "challenger"];
const FROM_BASELINE: &[&str] = &["drop_from_baseline", "rise_from_baseline"];
const DETECTORS: &[&str] = &["evidence", "page_hinkley", "cusum", "ddm", "hddm_a", "adwin"];
const LOOK_BACK: &[&str] = &[
    "drop_from_baseline",
    "rise_from_baseline",
    "evidence",
    "page_hinkley",
    "cusum",
    "ddm",
    "hddm_a",
    "adwin",
    "break_even",
];

/// One trigger. Exactly one of `schedule`, `alarm`, `monitor`, `data_quality`, `objects`, `event` and `metric` decides
/// its kind; a metric needs exactly one question besides.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Trigger", transform = crate::schema::one_kind))]
#[serde(deny_unknown_fields, default)]
pub struct TriggerText {
    /// A schedule: `cron(...)` with the six fields of `EventBridge`, `rate(...)` or `at(...)`. Fires for a tick until a
    /// start at or after it, or until the deadline.
    pub schedule: Option<String>,
    /// Time zone of the schedule, by its IANA name such as `Europe/Berlin`. Left out: UTC.
    pub timezone: Option<String>,
    /// The first instant of a `rate(...)`, such as `2026-10-01T03:00:00Z`. Left out: only the ticks that AWS sends are
    /// known, and a lost one is not caught up.
    pub from: Option<Instant>,
    /// How long a tick stays wanted. Longer than a person takes to answer, or a blackout or a budget holds: at its deadline a
    /// tick that still waits is dropped. Left out: 6h.
    pub deadline: Option<Duration>,
    /// Name of the `EventBridge` rule, or of the `EventBridge` Scheduler schedule, that sends the ticks. Left out: ticks
    /// name the trigger.
    pub rule: Option<String>,
    /// What must be true besides, wherever `start_when` names this trigger. Left out: nothing.
    pub only_if: Option<ExprText>,
    /// A `CloudWatch` alarm, metric or composite, by name or ARN; or `prefix` and `tags` for any of several. Fires while
    /// it is in `ALARM`.
    pub alarm: Option<AlarmText>,
    /// Name of a `SageMaker` Model Monitor schedule. Fires for its newest finished run.
    pub monitor: Option<String>,
    /// Which end of the run fires. Left out: violations.
    pub on: Option<MonitorEnd>,
    /// A Glue Data Quality ruleset. Fires for its newest result since the last start.
    pub data_quality: Option<DataQualityText>,
    /// Objects in S3. Fires when enough of them have arrived since the last start.
    pub objects: Option<ObjectsText>,
    /// Events of any kind on the event bus. Fires when enough of them have arrived since the last start.
    pub event: Option<EventText>,
    /// Nothing further must have happened for so long: a burst counts once it is over. Left out: 0s.
    pub quiet_for: Option<Duration>,
    /// A `CloudWatch` metric. Fires by the one question that is asked of it.
    pub metric: Option<MetricText>,
    /// Fires for values less than this.
    pub below: Option<f64>,
    /// Fires for values greater than this.
    pub above: Option<f64>,
    /// Fires for values less than the first or greater than the second: `[0.1, 0.3]`.
    #[cfg_attr(feature = "schema", schemars(length(min = 2, max = 2)))]
    pub outside: Option<Vec<f64>>,
    /// Fires for values that have fallen from the baseline by more than this: `3%` of it, or `0.02` in the metric's unit.
    pub drop_from_baseline: Option<ChangeText>,
    /// Fires for values that have risen from the baseline by more than this: `3%` of it, or `0.02` in the metric's unit.
    pub rise_from_baseline: Option<ChangeText>,
    /// What a drop or a rise is measured from: a figure, `{ first: 24 }` values after the last training, `training` for
    /// what the last training job reported under the metric's name, or `{ training: "validation:accuracy" }` for what it
    /// reported under another.
    pub baseline: Option<BaselineText>,
    /// How many of how many periods. Left out: 1 of 1.
    #[serde(rename = "for")]
    pub periods: Option<MOutOfN>,
    /// What a period without a value counts as, in CloudWatch's words. With `missing`, too few values fire, as they do at
    /// CloudWatch, if every one there is lies beyond the limit. Left out: missing.
    pub missing_data: Option<MissingData>,
    /// Fires when the newest values have worsened steadily.
    pub worsening: Option<WorseningText>,
    /// Fires when another model's metric has been better.
    pub challenger: Option<ChallengerText>,
    /// Fires when the losses show that the model is worse than tolerated, with false alarms bounded.
    pub evidence: Option<EvidenceText>,
    /// Fires by the Page-Hinkley test; `{}` for all defaults.
    pub page_hinkley: Option<PageHinkleyText>,
    /// Fires by the cumulative sum.
    pub cusum: Option<CusumText>,
    /// Fires by the Drift Detection Method; `{}` for all defaults.
    pub ddm: Option<DdmText>,
    /// Fires by HDDM-A; `{}` for all defaults.
    pub hddm_a: Option<HddmAText>,
    /// Fires by ADWIN; `{}` for all defaults.
    pub adwin: Option<AdwinText>,
    /// Fires when staying stale has cost as much as a training would.
    pub break_even: Option<BreakEvenText>,
    /// How many losses there were in each period, of the same period as the metric. Left out: the metric's own sample
    /// count.
    pub trials: Option<MetricText>,
    /// Periods with fewer samples than this count as missing. Left out: every value counts.
    pub min_samples: Option<u64>,
    /// How long the labels behind a value take to arrive. A younger period is no evidence yet, whatever its value says.
    /// Left out: 0s.
    pub label_delay: Option<Duration>,
    /// How far back is looked at most, where everything since the last training is. For a model older than that, a
    /// detector looks at this window alone, and a baseline of the `first` values cannot be told any more. Left out: 30d,
    /// or as long as `CloudWatch` keeps such periods.
    pub history: Option<Duration>,
    /// For how long a condition that became true asks. Left out: `level` for `alarm` and `metric`, `edge` for the others.
    pub counts_as: Option<CountsAs>,
}

/// A field of a trigger.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Its name.
    pub(crate) field: &'static str,
    /// Whether it is written.
    pub(crate) written: bool,
    /// The fields of which one must be written besides; none for a field that goes with every trigger.
    pub(crate) of: &'static [&'static str],
}

impl TriggerText {
    /// Every field but the kinds, with what it goes with. The schema is made of this too.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let part = |field, written, of| Part { field, written, of };
        let mut parts = vec![
            part("timezone", self.timezone.is_some(), SCHEDULE),
            part("from", self.from.is_some(), SCHEDULE),
            part("deadline", self.deadline.is_some(), SCHEDULE),
            part("rule", self.rule.is_some(), SCHEDULE),
            part("only_if", self.only_if.is_some(), SCHEDULE),
            part("on", self.on.is_some(), &["monitor"]),
            part("quiet_for", self.quiet_for.is_some(), ARRIVING),
        ];
        parts.extend(self.questions().map(|(field, written)| part(field, written, METRIC)));
        parts.extend([
            part("baseline", self.baseline.is_some(), FROM_BASELINE),
            part("for", self.periods.is_some(), COUNTED),
            part("missing_data", self.missing_data.is_some(), LIMITS),
            part("trials", self.trials.is_some(), DETECTORS),
            part("min_samples", self.min_samples.is_some(), METRIC),
            part("label_delay", self.label_delay.is_some(), METRIC),
            part("history", self.history.is_some(), LOOK_BACK),
            part("counts_as", self.counts_as.is_some(), &[]),
        ]);
        parts
    }

    /// The kinds, and whether each is written.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let written = [
            self.schedule.is_some(),
            self.alarm.is_some(),
            self.monitor.is_some(),
            self.data_quality.is_some(),
            self.objects.is_some(),
            self.event.is_some(),
            self.metric.is_some(),
        ];
        KINDS.into_iter().zip(written)
    }

    /// The questions, and whether each is written.
    pub(crate) fn questions(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let written = [
            self.below.is_some(),
            self.above.is_some(),
            self.outside.is_some(),
            self.drop_from_baseline.is_some(),
            self.rise_from_baseline.is_some(),
            self.worsening.is_some(),
            self.challenger.is_some(),
            self.evidence.is_some(),
            self.page_hinkley.is_some(),
            self.cusum.is_some(),
            self.ddm.is_some(),
            self.hddm_a.is_some(),
            self.adwin.is_some(),
            self.break_even.is_some(),
        ];
        QUESTIONS.into_iter().zip(written)
    }
}

/// Which alarms: a name or an ARN, or every alarm whose name begins alike.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(untagged, rename = "Alarm"))]
pub enum AlarmText {
    /// Name or ARN of one alarm, in the account and Region of the functions.
    Name(String),
    /// Any of several alarms.
    Prefix(AlarmsText),
}

/// Every alarm whose name begins so and that carries all these tags. Fires while any of them is in `ALARM`.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Alarms"))]
#[serde(deny_unknown_fields)]
pub struct AlarmsText {
    /// How the names begin.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub prefix: String,
    /// Tags the alarms carry, by key. Left out: any.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

impl<'de> Deserialize<'de> for AlarmText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = AlarmText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of an alarm, or `prefix` and `tags`")
            }

            fn visit_str<E>(self, name: &str) -> Result<AlarmText, E> {
                Ok(AlarmText::Name(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AlarmText, A::Error> {
                AlarmsText::deserialize(MapAccessDeserializer::new(map)).map(AlarmText::Prefix)
            }
        }
        deserializer.deserialize_any(Text)
    }
}

/// The results of a Glue Data Quality ruleset.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "DataQuality"))]
#[serde(deny_unknown_fields)]
pub struct DataQualityText {
    /// Name of the ruleset.
    pub ruleset: String,
    /// Which result fires. Left out: passed.
    #[serde(default)]
    pub on: Outcome,
}

/// Objects that arrive in an S3 bucket, counted since the last start: what came before it, though its event comes late,
/// was there for that training. The bucket must send its events to `EventBridge`, and the stack's `DataBuckets` must name
/// it.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Objects"))]
#[serde(deny_unknown_fields)]
pub struct ObjectsText {
    /// Name of the bucket.
    pub bucket: String,
    /// How the keys begin. Left out: any.
    #[serde(default)]
    pub prefix: String,
    /// How the keys end, such as `.parquet`. Left out: any.
    #[serde(default)]
    pub suffix: String,
    /// At least so many objects. Left out: 1.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub count: Option<u64>,
    /// At least so many bytes together. Left out: however few.
    #[serde(default)]
    pub bytes: Option<u64>,
}

/// Events that a pattern matches.
#[derive(Debug, Clone, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Event"))]
#[serde(deny_unknown_fields)]
pub struct EventText {
    /// An `EventBridge` event pattern, such as `{ source: [acme.labels] }`. Events of the source that the stack's
    /// `CustomEventSource` names reach the functions, others by a rule of yours. Alarms, objects, data quality results and
    /// processing jobs are of kinds of their own, which no pattern sees.
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, Value>"))]
    pub pattern: Value,
    /// At least so many events. Left out: 1.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub count: Option<u64>,
}
