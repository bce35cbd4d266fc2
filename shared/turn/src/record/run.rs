//! The log lines of one run: how its training ended, and whether it helped.

use jiff::Timestamp;
use rekindle_decision::effect::{Effect, Verdict};
use rekindle_decision::identity::job_name;
use rekindle_decision::state::Started;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::emf::{Measured, at, emf};
use crate::end::Ended;
use crate::repair::Closing;

/// The line of an event about a job, or of a sweep that found a job ended.
pub(crate) fn ended(now: Timestamp, stack: &str, model: Option<&str>, job: &str, ended: &Ended) -> Value {
    let closing = match ended {
        Ended::Closed(closing) => Some(closing),
        Ended::Known | Ended::Running | Ended::NotOurs { .. } | Ended::Failed { .. } => None,
    };
    let status = closing.map(|closing| closing.status.as_str());
    let mut measured = vec![
        Measured::is("TrainingsEnded", closing.is_some()),
        Measured::is("TrainingsCompleted", status == Some("Completed")),
        Measured::is("TrainingsFailed", status == Some("Failed")),
        Measured::is("TrainingsStopped", status.is_some_and(|word| !["Completed", "Failed"].contains(&word))),
        Measured::is("NotOurs", matches!(ended, Ended::NotOurs { .. })),
        Measured::is("FailedModels", matches!(ended, Ended::Failed { .. })),
    ];
    if let Some(spent) = closing.and_then(Closing::spent) {
        measured.push(Measured::dollars("SpentUsd", spent.dollars()));
    }
    let mut line = emf(now, stack, &measured);
    line.insert("At".to_owned(), at(now).into());
    line.insert("kind".to_owned(), "end".into());
    line.insert("Model".to_owned(), json!(model));
    line.insert("job".to_owned(), job.into());
    if let Some(closing) = closing {
        line.insert("Because".to_owned(), closing.because.join(", ").into());
    }
    extend(&mut line, ended);
    Value::Object(line)
}

/// The line of a training that was judged.
pub(crate) fn judged(
    now: Timestamp,
    stack: &str,
    model: &str,
    start: &Started,
    effect: &Effect,
    futile: bool,
) -> Value {
    let is = |verdict| effect.verdict == verdict;
    let measured = [
        Measured::is("TrainingsHelped", is(Verdict::Helped)),
        Measured::is("TrainingsNoDifference", is(Verdict::NoDifference)),
        Measured::is("TrainingsWorse", is(Verdict::Worse)),
        Measured::is("TrainingsCannotTell", is(Verdict::CannotTell)),
    ];
    let mut line = emf(now, stack, &measured);
    line.insert("At".to_owned(), at(now).into());
    line.insert("kind".to_owned(), "judged".into());
    line.insert("Model".to_owned(), model.into());
    line.insert("Because".to_owned(), start.because.join(", ").into());
    line.insert("job".to_owned(), job_name(model, start.generation).into());
    line.insert("generation".to_owned(), start.generation.into());
    line.insert("futile".to_owned(), futile.into());
    if let Some(cost) = start.cost {
        line.insert("cost".to_owned(), json!(cost));
    }
    extend(&mut line, effect);
    Value::Object(line)
}

fn extend(line: &mut Map<String, Value>, told: &impl Serialize) {
    if let Ok(Value::Object(fields)) = serde_json::to_value(told) {
        line.extend(fields);
    }
}
