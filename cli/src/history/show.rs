//! `rekindle history show`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::explain::Minute;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::{Metric, Policy, Worse};
use rekindle_decision::signal::{AlarmState, Signal};
use rekindle_replay::history::{Ageing, Extent, History, How, Keys, LeftOut, worse};
use serde::Serialize;

use super::Files;
use crate::check::counted;

/// Gaps of one series that are told one by one: the longest.
const GAPS: usize = 3;

/// What is in a history.
#[derive(Debug, Serialize)]
struct Shown {
    series: Vec<OfSeries>,
    alarms: Vec<OfAlarm>,
    trainings: Option<OfTrainings>,
    /// How many of each kind.
    signals: BTreeMap<String, usize>,
    left_out: LeftOut,
}

#[derive(Debug, Serialize)]
struct OfSeries {
    metric: Metric,
    /// Under which names the policy reads it.
    names: Vec<String>,
    #[serde(flatten)]
    extent: Extent,
    missing: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ageing: Option<OfAgeing>,
}

#[derive(Debug, Serialize)]
struct OfAgeing {
    /// How much a model loses with each period of its age, in the metric's unit.
    worsening: f64,
    text: String,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
struct OfAlarm {
    name: String,
    from: Timestamp,
    to: Timestamp,
    changes: usize,
    /// How many of them are to ALARM.
    rang: usize,
}

#[derive(Debug, Serialize)]
struct OfTrainings {
    count: usize,
    from: Timestamp,
    to: Timestamp,
    /// How long the middle one took.
    took: Duration,
}

pub(super) fn show(files: &Files, json: bool) -> anyhow::Result<ExitCode> {
    let (policy, collected) = files.read()?;
    let left_out = collected.left_out().clone();
    let shown = Shown::of(&collected.history(), policy.as_ref(), left_out);
    let told = if json { serde_json::to_string_pretty(&shown)? } else { shown.lines().join("\n") };
    crate::say(&told)?;
    Ok(ExitCode::SUCCESS)
}

impl Shown {
    fn of(history: &History, policy: Option<&Policy>, left_out: LeftOut) -> Self {
        let keys = policy.map(Keys::of).unwrap_or_default();
        let series = history.series.iter().filter_map(|(metric, points)| {
            let names = keys.iter().filter(|(_, known)| *known == metric);
            let names: Vec<String> = names.map(|(key, _)| key.to_owned()).collect();
            let extent = Extent::of(metric, points)?;
            let ageing = ageing(history, metric, points, &names, policy);
            Some(OfSeries { metric: metric.clone(), names, missing: extent.missing(), extent, ageing })
        });
        let mut signals = BTreeMap::new();
        for (_, signal) in &history.signals {
            *signals.entry(kind(signal).to_owned()).or_default() += 1;
        }
        Self {
            series: series.collect(),
            alarms: alarms(history),
            trainings: trainings(history),
            signals,
            left_out,
        }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for series in &self.series {
            series.tell(&mut lines);
        }
        for OfAlarm { name, from, to, changes, rang } in &self.alarms {
            let changes = counted(*changes, "change");
            lines.push(format!(
                "alarm {name}: {changes} from {} to {}, {rang} to ALARM",
                Minute(*from),
                Minute(*to)
            ));
        }
        lines.push(match &self.trainings {
            Some(OfTrainings { count: 1, from, took, .. }) => {
                format!("1 training, which began {} and took {took}", Minute(*from))
            }
            Some(OfTrainings { count, from, to, took }) => {
                format!(
                    "{count} trainings from {} to {}; the middle one took {took}",
                    Minute(*from),
                    Minute(*to)
                )
            }
            None => "no trainings".to_owned(),
        });
        if !self.signals.is_empty() {
            let told: Vec<String> =
                self.signals.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
            lines.push(format!("events: {}", told.join(", ")));
        }
        lines.extend(left_out(&self.left_out));
        lines
    }
}

impl OfSeries {
    fn tell(&self, lines: &mut Vec<String>) {
        let Self { metric, names, extent, missing, ageing } = self;
        let dimensions: Vec<String> =
            metric.dimensions.iter().map(|(name, value)| format!("{name}={value} ")).collect();
        let dimensions = dimensions.concat();
        let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        lines.push(format!("{metric} {dimensions}by {}{names}", metric.period));
        let values = counted(extent.count, "value");
        lines.push(format!("  {values} from {} to {}", Minute(extent.from), Minute(extent.to)));
        if *missing > 0 {
            let mut longest: Vec<_> = extent.gaps.iter().collect();
            longest.sort_by_key(|gap| (core::cmp::Reverse(gap.periods), gap.from));
            let told = longest.iter().take(GAPS).map(|gap| {
                format!(
                    "{} from {}",
                    counted(usize::try_from(gap.periods).unwrap_or(usize::MAX), "period"),
                    Minute(gap.from)
                )
            });
            let told: Vec<String> = told.collect();
            let more = if longest.len() > GAPS { ", …" } else { "" };
            lines.push(format!(
                "  {missing} without a value, in {}: {}{more}",
                counted(longest.len(), "gap"),
                told.join(", ")
            ));
        }
        if let Some(OfAgeing { text, warnings, .. }) = ageing {
            lines.push(format!("  ageing: {text}"));
            lines.extend(warnings.iter().map(|warning| format!("  warning: {warning}")));
        }
    }
}

/// The ageing by a series. With a policy only where a rule says which way is worse; without one it is taken to be the way in
/// which the values go.
fn ageing(
    history: &History,
    metric: &Metric,
    points: &[Point],
    names: &[String],
    policy: Option<&Policy>,
) -> Option<OfAgeing> {
    let fit = |worse| {
        let serves_after = policy.map(|policy| policy.serves_after).unwrap_or_default();
        let how = How { period: metric.period, worse, serves_after };
        Ageing::fit(points, &history.trainings, how)
    };
    let fitted = match policy {
        Some(policy) => fit(names.iter().find_map(|name| worse(policy, name))?)?,
        None => fit(Worse::Higher).filter(|fitted| fitted.slope() >= 0.0).or_else(|| fit(Worse::Lower))?,
    };
    let mut warnings = fitted.warnings();
    if policy.is_none() && fitted.slope() > 0.0 {
        warnings.push("which way is worse is not known: --policy says it".to_owned());
    }
    Some(OfAgeing { worsening: fitted.worsening(), text: fitted.text(), warnings })
}

fn alarms(history: &History) -> Vec<OfAlarm> {
    let mut alarms: BTreeMap<&str, OfAlarm> = BTreeMap::new();
    for change in &history.alarms {
        let alarm = alarms.entry(&change.name).or_insert_with(|| OfAlarm {
            name: change.name.clone(),
            from: change.at,
            to: change.at,
            changes: 0,
            rang: 0,
        });
        alarm.to = change.at;
        alarm.changes += 1;
        alarm.rang += usize::from(change.state == AlarmState::Alarm);
    }
    alarms.into_values().collect()
}

fn trainings(history: &History) -> Option<OfTrainings> {
    let (first, last) = (history.trainings.first()?, history.trainings.last()?);
    let mut took: Vec<Duration> = history.trainings.iter().map(|training| training.took).collect();
    took.sort_unstable();
    let middle = took.get(took.len() / 2).copied()?;
    Some(OfTrainings { count: history.trainings.len(), from: first.began, to: last.began, took: middle })
}

const fn kind(signal: &Signal) -> &'static str {
    match signal {
        Signal::Scheduled(_) => "scheduled",
        Signal::Alarmed(_) => "alarmed",
        Signal::Arrived(_) => "arrived",
        Signal::Asked(_) => "asked",
        Signal::Confirmed(_) => "confirmed",
        Signal::Sweep(_) => "sweep",
        Signal::Controlled(_) => "controlled",
        Signal::TrainingEnded(_) => "training_ended",
        Signal::Edited(_) => "edited",
    }
}

fn left_out(left_out: &LeftOut) -> Vec<String> {
    let LeftOut { replaced, without_value, not_decisions, other_models, unknown } = left_out;
    let counts = [
        (replaced, "values that another of the same period replaced"),
        (without_value, "values that are not a number"),
        (not_decisions, "lines of a log that are no decisions"),
        (other_models, "decisions about other models"),
    ];
    let mut lines: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| **count > 0)
        .map(|(count, what)| format!("left out: {count} {what}"))
        .collect();
    lines.extend(unknown.iter().map(|(key, decisions)| {
        format!("left out: the series `{key}` of {decisions} decisions, which the policy does not name")
    }));
    lines
}
