//! `rekindle history pull`.

#[cfg(feature = "aws")]
mod cloud;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::explain::Minute;
use rekindle_decision::facts::{Gap, Series};
use rekindle_decision::policy::{Alarms, Metric, Policy};
use rekindle_decision::signal::AlarmState;
use rekindle_policy::{PolicySet, Text};
use rekindle_replay::history::{AlarmChange, Collected, Training, jsonl};

use crate::check::counted;

/// AWS, or what stands in for it.
pub(super) trait Past {
    /// Now, by the clock of the machine.
    fn now(&self) -> Timestamp;

    /// Every policy document that is deployed below a path.
    fn documents(&mut self, path: &str) -> anyhow::Result<Vec<Text>>;

    /// The values of a metric, with their numbers of samples if those are wanted.
    fn values(&mut self, metric: &Metric, span: Span, samples: bool) -> Series;

    /// The names of the alarms that are meant.
    fn alarm_names(&mut self, which: &Alarms) -> anyhow::Result<Vec<String>>;

    /// The changes of an alarm, oldest first.
    fn changes(&mut self, alarm: &str, span: Span) -> anyhow::Result<Vec<(Timestamp, AlarmState)>>;

    /// The trainings of a model that began since then and ended well.
    fn trainings(&mut self, model: &str, since: Timestamp) -> anyhow::Result<Vec<Training>>;
}

/// A stretch of time; its end is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// The policy of a model as it is deployed.
pub(super) fn deployed(past: &mut impl Past, path: &str, model: &str) -> anyhow::Result<Policy> {
    let set = PolicySet::default().refresh(past.documents(path)?);
    if let Some(policy) = set.get(model) {
        return Ok(Policy::clone(policy));
    }
    let known: Vec<&str> = set.iter().map(|policy| policy.model.as_str()).collect();
    let hint = match rekindle_policy::nearest(model, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`--policy FILE` reads the policy from a file".to_owned(),
    };
    Err(anyhow!(
        "no policy of `{model}` is deployed below {path}, of {}\n\nhint: {hint}",
        counted(known.len(), "model")
    ))
}

/// Fetches all that the policy reads. Says on standard error how far it is.
pub(super) fn pull(
    policy: &Policy,
    days: u32,
    to: Option<&Path>,
    past: &mut impl Past,
) -> anyhow::Result<ExitCode> {
    let text = jsonl::write(&collect(policy, days, past)?.history())?;
    let lines = counted(text.lines().count(), "line");
    match to {
        Some(file) => {
            fs::write(file, text).with_context(|| format!("could not write {}", file.display()))?;
            eprintln!("{}: {lines}", file.display());
        }
        None => crate::say(text.trim_end())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn collect(policy: &Policy, days: u32, past: &mut impl Past) -> anyhow::Result<Collected> {
    let now = past.now();
    let from = Duration::from_seconds(u64::from(days) * 86_400).before(now);
    let mut collected = Collected::default();
    // The same metric may be read by several rules; the number of samples is wanted if one of them wants it.
    let wanted = policy.wanted(now);
    let mut metrics: Vec<&Metric> = wanted.iter().map(|wanted| wanted.metric).collect();
    metrics.sort_unstable();
    metrics.dedup();
    for metric in metrics {
        let samples = wanted.iter().any(|wanted| wanted.metric == metric && wanted.samples);
        let span = kept(metric, from, now);
        let points = match past.values(metric, span, samples) {
            Series::Complete { points } => points,
            Series::Unread { gap } => {
                return Err(anyhow!("{metric} could not be read: {}", why(&gap)));
            }
        };
        let since =
            if span.from > from { format!(", kept since {}", Minute(span.from)) } else { String::new() };
        eprintln!("{metric}: {}{since}", counted(points.len(), "value"));
        for point in points {
            collected.point(metric, point);
        }
    }
    for which in policy.alarms() {
        for name in past.alarm_names(which)? {
            let changes = past.changes(&name, Span { from, to: now })?;
            let first = changes.first().map_or(String::new(), |(at, _)| format!(" since {}", Minute(*at)));
            eprintln!("alarm {name}: {}{first}", counted(changes.len(), "change"));
            for (at, state) in changes {
                collected.alarm(AlarmChange { at, name: name.clone(), state });
            }
        }
    }
    let trainings = past.trainings(&policy.model, from)?;
    eprintln!("{}", counted(trainings.len(), "training"));
    for training in &trainings {
        collected.training(training);
    }
    Ok(collected)
}

/// The whole closed periods of a stretch that CloudWatch still keeps. What it does not keep it leaves out without a word.
fn kept(metric: &Metric, from: Timestamp, now: Timestamp) -> Span {
    let period = i64::try_from(metric.period.seconds()).unwrap_or(i64::MAX).max(1);
    let kept = match period {
        // A multiple of a longer period is made of values that are kept longer.
        whole if whole % 3_600 == 0 => 455 * 86_400,
        whole if whole % 300 == 0 => 63 * 86_400,
        whole if whole % 60 == 0 => 15 * 86_400,
        _ => 3 * 3_600,
    };
    let oldest = now.as_second().saturating_sub(kept).max(from.as_second());
    let start = |second: i64| {
        let second = second.div_euclid(period).saturating_mul(period);
        Timestamp::from_second(second).unwrap_or(Timestamp::MIN)
    };
    // The first period that begins no earlier than that.
    Span { from: start(oldest.saturating_add(period - 1)), to: start(now.as_second()) }
}

fn why(gap: &Gap) -> String {
    match gap {
        Gap::PartialData => "CloudWatch gave a part and no way to the rest; try again".to_owned(),
        Gap::InternalError => "CloudWatch could not answer; try again".to_owned(),
        Gap::Forbidden => "these credentials may not read it; they need cloudwatch:GetMetricData".to_owned(),
        Gap::Failed { error } => error.clone(),
        Gap::NotAsked => "CloudWatch gave no answer to it; try again".to_owned(),
    }
}

/// What AWS remembers, by the credentials and the Region of the environment.
#[cfg(feature = "aws")]
pub(super) fn open() -> anyhow::Result<impl Past> {
    cloud::Cloud::open()
}

/// Not in this build.
#[cfg(not(feature = "aws"))]
pub(super) fn open() -> anyhow::Result<impl Past> {
    Err::<nowhere::Nowhere, _>(anyhow!(
        "this build of rekindle does not reach AWS: it is made without the AWS SDK, which takes minutes to compile, once\n\n\
         hint: write `cargo run --features aws -- history pull ...`; `history show` needs no AWS"
    ))
}

#[cfg(not(feature = "aws"))]
mod nowhere;

#[cfg(test)]
mod tests;
