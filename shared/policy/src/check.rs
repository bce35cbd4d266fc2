//! The meaning of a document: what YAML cannot know.

use std::collections::{BTreeMap, BTreeSet};

use rekindle_decision::policy::{
    Alarm, Alarms, Expr, Guards, Limit, Metric, Policy, Revision, Schedule, Source, Threshold, Trigger, Watch,
};
use rekindle_decision::schedule::Expression;

use crate::document::{Combination, Document, ExprText, TriggerText};
use crate::problem::nearest;
use crate::read::Fault;
use crate::set::Text;
use crate::training;

/// Longest model name: it is a table key, a tag value and part of every record.
const LONGEST_NAME: usize = 128;

/// Statistics that CloudWatch names; extended ones (`p90`, `tm99`, ...) are known by their form.
const STATISTICS: [&str; 5] = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"];

pub(crate) fn policies(document: &Document, text: &Text) -> Result<Vec<Policy>, Vec<Fault>> {
    let mut faults = Vec::new();
    let models = models(document, &mut faults);
    let triggers: BTreeMap<String, Trigger> = document
        .triggers
        .iter()
        .filter_map(|(name, written)| Some((name.clone(), trigger(name, written, &mut faults)?)))
        .collect();
    rules(document, &mut faults);
    if document.triggers.is_empty() {
        faults.push(Fault::at(["triggers"], "there is no trigger").hint("write at least one"));
    }
    let start_when = match &document.start_when {
        Some(written) => expr(written, &mut vec!["start_when".to_owned()], document, &mut faults),
        None => Expr::Any(document.triggers.keys().cloned().map(Expr::Trigger).collect()),
    };
    fresh_enough(document, &mut faults);
    let guards = Guards {
        cooldown: document.guards.cooldown.unwrap_or(Guards::COOLDOWN),
        in_flight: document.guards.in_flight,
        freshness: document.guards.freshness,
        ..Guards::default()
    };
    let base = Policy {
        revision: Revision { document: text.name.clone(), version: text.version, since: text.since },
        owner: document.owner.clone(),
        mode: document.mode,
        triggers,
        guards,
        data_window: document.data_window,
        training: document.training.clone(),
        ..Policy::of(String::new(), start_when)
    };
    let policies: Vec<Policy> = models.into_iter().map(|model| for_model(&base, model)).collect();
    // The first model speaks for all, unless only another one's name makes the request invalid.
    if let Some(found) = policies.iter().map(training::faults).find(|faults| !faults.is_empty()) {
        faults.extend(found);
    }
    if faults.is_empty() { Ok(policies) } else { Err(faults) }
}

/// A tick is of one trigger: of two that name its rule, the second would wait for ever.
fn rules(document: &Document, faults: &mut Vec<Fault>) {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, trigger) in &document.triggers {
        let Some(rule) = &trigger.rule else { continue };
        if let Some(other) = first.insert(rule, name) {
            let message = format!("the rule `{rule}` already sends the ticks of `{other}`");
            faults.push(Fault::at(["triggers", name, "rule"], message).hint("make them one trigger"));
        }
    }
}

/// A metric's newest value grows one period old before the next one comes.
fn fresh_enough(document: &Document, faults: &mut Vec<Fault>) {
    let Some(freshness) = document.guards.freshness else { return };
    for (name, written) in &document.triggers {
        let Some(metric) = written.metric.as_ref().filter(|metric| metric.period > freshness) else {
            continue;
        };
        let message = format!(
            "a freshness of {freshness} leaves the trigger `{name}` blind: its newest value becomes {} old",
            metric.period
        );
        faults.push(
            Fault::at(["guards", "freshness"], message)
                .hint(format!("write more than {}, with time for the values to arrive", metric.period)),
        );
    }
}

fn models(document: &Document, faults: &mut Vec<Fault>) -> Vec<String> {
    let (field, models) = match (&document.model, &document.models) {
        (Some(model), None) => ("model", vec![model.clone()]),
        (None, Some(models)) => ("models", models.clone()),
        (Some(_), Some(_)) => {
            faults.push(
                Fault::at(["models"], "both `model` and `models` are written").hint("keep one of them"),
            );
            return Vec::new();
        }
        (None, None) => {
            let fault = Fault::at([], "neither `model` nor `models` is written");
            faults.push(fault.hint("add `model: <name>`"));
            return Vec::new();
        }
    };
    if models.is_empty() {
        faults.push(Fault::at([field], "there is no model").hint("write at least one"));
    }
    let mut seen = BTreeSet::new();
    for (index, model) in models.iter().enumerate() {
        let index = index.to_string();
        let path = if field == "model" { vec![field] } else { vec![field, &index] };
        let fault = |message: String| Fault { path: strings(&path), message, hint: None };
        if !seen.insert(model) {
            faults.push(fault(format!("`{model}` is written twice")).hint("keep one of them"));
        }
        let known = |letter: char| letter.is_ascii_alphanumeric() || "-_.:/=+@".contains(letter);
        let first = model.chars().next().is_some_and(|letter| letter.is_ascii_alphanumeric());
        if !first || model.len() > LONGEST_NAME || !model.chars().all(known) {
            faults.push(fault(format!("`{model}` cannot be a model's name")).hint(format!(
                "begin with a letter or digit and use letters, digits and -_.:/=+@, at most {LONGEST_NAME} of them"
            )));
        }
    }
    models
}

fn trigger(name: &str, written: &TriggerText, faults: &mut Vec<Fault>) -> Option<Trigger> {
    let before = faults.len();
    let at = |field: &str, message: String| Fault::at(["triggers", name, field], message);
    let set = [
        ("schedule", written.schedule.is_some(), ""),
        ("alarm", written.alarm.is_some(), ""),
        ("metric", written.metric.is_some(), ""),
        ("timezone", written.timezone.is_some(), "schedule"),
        ("deadline", written.deadline.is_some(), "schedule"),
        ("rule", written.rule.is_some(), "schedule"),
        ("below", written.below.is_some(), "metric"),
        ("above", written.above.is_some(), "metric"),
        ("for", written.periods.is_some(), "metric"),
        ("missing_data", written.missing_data.is_some(), "metric"),
        ("min_samples", written.min_samples.is_some(), "metric"),
    ];
    let kinds: Vec<&str> =
        set.iter().filter(|(_, is_set, of)| *is_set && of.is_empty()).map(|(field, ..)| *field).collect();
    let kind = match kinds.as_slice() {
        [kind] => *kind,
        [] => {
            faults.push(
                Fault::at(["triggers", name], "the trigger has no kind")
                    .hint("write one of `schedule`, `alarm` and `metric`"),
            );
            return None;
        }
        more => {
            let message = format!("a trigger has one kind, and this one has {}", more.join(" and "));
            faults.push(Fault::at(["triggers", name], message).hint("make them two triggers"));
            return None;
        }
    };
    for (field, is_set, of) in set {
        if is_set && !of.is_empty() && of != kind {
            faults.push(at(
                field,
                format!("`{field}` belongs to triggers with `{of}`, and this one has `{kind}`"),
            ));
        }
    }
    let trigger = match (&written.schedule, &written.alarm, &written.metric) {
        (Some(expression), _, _) => {
            let parsed = match Expression::parse(expression, written.timezone.as_deref()) {
                Ok(parsed) => parsed,
                Err(wrong) => {
                    let fault = at("schedule", wrong.problem);
                    faults.push(match wrong.hint {
                        Some(hint) => fault.hint(hint),
                        None => fault,
                    });
                    return None;
                }
            };
            if let Some(rule) = &written.rule {
                only_model(&["triggers", name, "rule"], rule, faults);
            }
            Watch::Schedule(Box::new(Schedule {
                expression: parsed,
                deadline: written.deadline.unwrap_or(Schedule::DEADLINE),
                rule: written.rule.clone(),
            }))
            .into()
        }
        (_, Some(alarm), _) => {
            if alarm.is_empty() || alarm.starts_with("arn:") {
                faults.push(at("alarm", format!("`{alarm}` is not the name of an alarm")).hint(
                    "write the alarm's name; alarms are read in the account and Region of the function",
                ));
            }
            only_model(&["triggers", name, "alarm"], alarm, faults);
            Watch::Alarm(Alarm::named(alarm.clone())).into()
        }
        (_, _, Some(metric)) => threshold(name, metric, written, faults)?,
        (None, None, None) => return None,
    };
    (faults.len() == before).then_some(trigger)
}

fn threshold(name: &str, metric: &Metric, written: &TriggerText, faults: &mut Vec<Fault>) -> Option<Trigger> {
    let at = |field: &str, message: String| Fault::at(["triggers", name, field], message);
    let limit = match (written.below, written.above) {
        (Some(below), None) => Limit::Below(below),
        (None, Some(above)) => Limit::Above(above),
        (None, None) => {
            let fault = Fault::at(["triggers", name], "the metric has no limit");
            faults.push(fault.hint("write `below: <number>` or `above: <number>`"));
            return None;
        }
        (Some(_), Some(_)) => {
            faults.push(
                at("above", "both `below` and `above` are written".to_owned()).hint("make them two triggers"),
            );
            return None;
        }
    };
    if !limit.is_finite() {
        let field = if written.below.is_some() { "below" } else { "above" };
        faults.push(at(field, "the limit is not a number that can be crossed".to_owned()));
    }
    let in_metric = |field: &str, message: String| Fault::at(["triggers", name, "metric", field], message);
    if metric.namespace.is_empty() || metric.name.is_empty() {
        faults.push(at("metric", "the metric needs a namespace and a name".to_owned()));
    }
    only_model(&["triggers", name, "metric", "namespace"], &metric.namespace, faults);
    only_model(&["triggers", name, "metric", "name"], &metric.name, faults);
    for (dimension, value) in &metric.dimensions {
        only_model(&["triggers", name, "metric", "dimensions", dimension], value, faults);
    }
    let extended = |word: &str| {
        let digits = word.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        word.len() > digits.len()
            && !digits.is_empty()
            && digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '(')
    };
    if !STATISTICS.contains(&metric.statistic.as_str()) && !extended(&metric.statistic) {
        let fault = in_metric("statistic", format!("`{}` is not a statistic", metric.statistic));
        faults.push(match nearest(&metric.statistic, STATISTICS) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!("write one of {} or a percentile such as p90", STATISTICS.join(", "))),
        });
    }
    let seconds = metric.period.seconds();
    if !(matches!(seconds, 1 | 5 | 10 | 20 | 30) || (seconds > 0 && seconds.is_multiple_of(60))) {
        faults.push(
            in_metric("period", format!("CloudWatch has no period of {}", metric.period))
                .hint("write 1s, 5s, 10s, 20s, 30s or a multiple of 1m"),
        );
    }
    Some(
        Watch::Metric(Box::new(Threshold {
            source: Source { min_samples: written.min_samples, ..Source::of(metric.clone()) },
            limit,
            periods: written.periods.unwrap_or_default(),
            missing_data: written.missing_data.unwrap_or_default(),
            reported_as: None,
        }))
        .into(),
    )
}

fn expr(written: &ExprText, path: &mut Vec<String>, document: &Document, faults: &mut Vec<Fault>) -> Expr {
    let combination = match written {
        ExprText::Name(name) => {
            if !document.triggers.contains_key(name) {
                let fault = fault(path, format!("there is no trigger `{name}`"));
                let known = document.triggers.keys().map(String::as_str);
                faults.push(match nearest(name, known.clone()) {
                    Some(near) => fault.hint(format!("did you mean `{near}`?")),
                    None => fault.hint(format!("the triggers are {}", known.collect::<Vec<_>>().join(", "))),
                });
            }
            return Expr::Trigger(name.clone());
        }
        ExprText::Combination(combination) => &**combination,
    };
    let Combination { any, all, at_least, of, within } = combination;
    match (any, all, at_least, of) {
        (Some(parts), None, None, None) if within.is_none() => {
            Expr::Any(list("any", parts, path, document, faults))
        }
        (None, Some(parts), None, None) if within.is_none() => {
            Expr::All { of: list("all", parts, path, document, faults), within: None }
        }
        (None, None, Some(n), Some(parts)) => {
            let count = parts.len();
            if *n == 0 || usize::try_from(*n).map_or(true, |n| n > count) {
                let message = format!("at least {n} of {count} cannot be");
                faults.push(fault(path, message).hint(format!("write a number from 1 to {count}")));
            }
            Expr::AtLeast { n: *n, of: list("of", parts, path, document, faults), within: *within }
        }
        _ => {
            faults.push(fault(path, "this is not one combination").hint(
                "write exactly one of `any: [...]`, `all: [...]` and `at_least: N, of: [...], within: 24h`",
            ));
            Expr::Any(Vec::new())
        }
    }
}

fn list(
    word: &str,
    parts: &[ExprText],
    path: &mut Vec<String>,
    document: &Document,
    faults: &mut Vec<Fault>,
) -> Vec<Expr> {
    path.push(word.to_owned());
    if parts.is_empty() {
        faults.push(fault(path, "the list is empty").hint("name at least one trigger"));
    }
    let mut read = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        path.push(at.to_string());
        read.push(expr(part, path, document, faults));
        path.pop();
    }
    path.pop();
    read
}

fn strings(path: &[&str]) -> Vec<String> {
    path.iter().map(ToString::to_string).collect()
}

/// A misspelt `{model}` would name another alarm or metric, and be found out only when that cannot be read.
fn only_model(path: &[&str], text: &str, faults: &mut Vec<Fault>) {
    for whole in training::holes(text).into_iter().filter(|whole| *whole != "{model}") {
        faults.push(Fault {
            path: strings(path),
            message: format!("{whole} cannot be filled in"),
            hint: Some("the one placeholder here is {model}".to_owned()),
        });
    }
}

fn fault(path: &[String], message: impl Into<String>) -> Fault {
    Fault { path: path.to_vec(), message: message.into(), hint: None }
}

/// The policy of one model: `{model}` filled in.
fn for_model(base: &Policy, model: String) -> Policy {
    let fill = |text: &str| text.replace("{model}", &model);
    let triggers = base
        .triggers
        .iter()
        .map(|(name, trigger)| {
            let watch = match &trigger.watch {
                Watch::Schedule(schedule) => Watch::Schedule(Box::new(Schedule {
                    rule: schedule.rule.as_deref().map(fill),
                    ..(**schedule).clone()
                })),
                Watch::Alarm(alarm) => match &alarm.which {
                    Alarms::Name(name) => Watch::Alarm(Alarm::named(fill(name))),
                    Alarms::Prefix { .. } => Watch::Alarm(alarm.clone()),
                },
                Watch::Metric(threshold) => {
                    let metric = &threshold.source.metric;
                    let dimensions =
                        metric.dimensions.iter().map(|(key, value)| (key.clone(), fill(value))).collect();
                    let (namespace, name) = (fill(&metric.namespace), fill(&metric.name));
                    let metric = Metric { namespace, name, dimensions, ..metric.clone() };
                    let source = Source { metric, ..threshold.source.clone() };
                    Watch::Metric(Box::new(Threshold { source, ..(**threshold).clone() }))
                }
                other => other.clone(),
            };
            let filled = Trigger { watch, ..trigger.clone() };
            (name.clone(), filled)
        })
        .collect();
    Policy { triggers, model, ..base.clone() }
}
