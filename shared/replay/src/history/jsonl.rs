//! A history as JSON Lines: one document a line, and nothing that a history knows is left out.
//!
//! ```json
//! {"metric":{"namespace":"Churn","name":"Accuracy","statistic":"Average","period":"1h"},"at":"2026-11-02T00:00:00Z","value":0.91,"samples":400}
//! {"alarm":"churn-feature-drift","state":"ALARM","at":"2026-11-02T09:30:00Z"}
//! {"training":{"began":"2026-11-02T10:00:00Z","took":"42m"}}
//! {"event":{"source":"aws.s3","detail-type":"Object Created","detail":{}},"at":"2026-11-02T11:00:00Z"}
//! {"signal":{"signal":"asked","id":"a-1","models":["churn"]},"at":"2026-11-02T12:00:00Z"}
//! ```
//!
//! An `event` is one of `EventBridge`, read as the functions read it; a `signal` is one that was read already, as
//! `rekindle parse-event` prints it. What is written has signals: events cannot be made of them again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::Metric;
use rekindle_decision::signal::{AlarmState, Signal};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::collected::Collected;
use super::event;
use super::fault::{Fault, Place};
use super::{AlarmChange, History, Training};

/// The fields that say what a line is.
const KINDS: [&str; 5] = ["metric", "alarm", "training", "event", "signal"];

/// The fields of a line, whatever they hold.
type Fields = BTreeMap<String, Value>;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    metric: Metric,
    at: Timestamp,
    /// Null for a value that is not a number; it has to be said all the same.
    #[serde(deserialize_with = "Option::deserialize")]
    value: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    samples: Option<f64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    alarm: String,
    state: AlarmState,
    at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trained {
    training: Took,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Took {
    began: Timestamp,
    took: Duration,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Happened {
    event: Value,
    at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    signal: Signal,
    at: Timestamp,
}

/// Reads lines into what was collected before. Empty lines are none.
///
/// # Errors
///
/// The first line that says nothing of a history.
pub fn read(file: &str, text: &str, into: &mut Collected) -> Result<(), Fault> {
    for (number, line) in (1..).zip(text.lines()) {
        if !line.trim().is_empty() {
            read_line(file, number, line, into)?;
        }
    }
    Ok(())
}

fn read_line(file: &str, number: u64, line: &str, into: &mut Collected) -> Result<(), Fault> {
    let said: Fields = parsed(file, number, line)?;
    let kinds: Vec<&str> = KINDS.into_iter().filter(|kind| said.contains_key(*kind)).collect();
    match kinds.as_slice() {
        ["metric"] => {
            let Measured { metric, at, value, samples } = parsed(file, number, line)?;
            into.point(&metric, Point { at, value: value.unwrap_or(f64::NAN), samples });
        }
        ["alarm"] => {
            let Changed { alarm, state, at } = parsed(file, number, line)?;
            into.alarm(AlarmChange { at, name: alarm, state });
        }
        ["training"] => {
            let Trained { training: Took { began, took } } = parsed(file, number, line)?;
            into.training(&Training { began, took });
        }
        ["event"] => {
            let Happened { event, at } = parsed(file, number, line)?;
            let signal = event::signal(&event, at)
                .map_err(|error| Fault::new(file, Place::Line(number), error.to_string()))
                .map_err(|fault| {
                    fault.hint("`rekindle parse-event` shows what the functions make of an event")
                })?;
            into.signal(at, signal);
        }
        ["signal"] => {
            let Told { signal, at } = parsed(file, number, line)?;
            into.signal(at, signal);
        }
        [] => {
            let told: Vec<&str> = said.keys().map(String::as_str).collect();
            let what = format!("a line that is neither of {}: it has {}", KINDS.join(", "), told.join(", "));
            return Err(Fault::new(file, Place::Line(number), what).hint(
                "a value is {\"metric\": {\"namespace\", \"name\", \"dimensions\", \"statistic\", \"period\"}, \"at\", \"value\", \
                 \"samples\"}",
            ));
        }
        several => {
            let what = format!("a line that is several things at once: {}", several.join(" and "));
            return Err(Fault::new(file, Place::Line(number), what).hint("write each on a line of its own"));
        }
    }
    Ok(())
}

/// Whether a line looks like one of a history.
pub(super) fn is_line(line: &str) -> bool {
    let said: Option<Fields> = serde_json::from_str(line).ok();
    said.is_some_and(|said| KINDS.iter().any(|kind| said.contains_key(*kind)))
}

/// A line, or what is wrong with it and in which column.
fn parsed<T: DeserializeOwned>(file: &str, number: u64, line: &str) -> Result<T, Fault> {
    serde_json::from_str(line).map_err(|error| {
        let text = error.to_string();
        let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
        let column = u64::try_from(error.column()).unwrap_or(u64::MAX).max(1);
        let fault = Fault::new(file, Place::Column(number, column), what);
        if error.is_syntax() || error.is_eof() {
            fault.hint("each line is one JSON document, whole")
        } else {
            fault
        }
    })
}

/// A history as lines, those of one kind together and oldest first. [`read`] makes the same history of them.
///
/// # Errors
///
/// A signal holds what JSON cannot say; none does that was read.
pub fn write(history: &History) -> Result<String, serde_json::Error> {
    let mut lines = String::new();
    let mut say = |line: String| {
        lines.push_str(&line);
        lines.push('\n');
    };
    for Training { began, took } in &history.trainings {
        say(serde_json::to_string(&Trained { training: Took { began: *began, took: *took } })?);
    }
    for AlarmChange { at, name, state } in &history.alarms {
        say(serde_json::to_string(&Changed { alarm: name.clone(), state: *state, at: *at })?);
    }
    for (at, signal) in &history.signals {
        say(serde_json::to_string(&Told { signal: signal.clone(), at: *at })?);
    }
    for (metric, points) in &history.series {
        for Point { at, value, samples } in points {
            let value = Some(*value).filter(|value| value.is_finite());
            say(serde_json::to_string(&Measured {
                metric: metric.clone(),
                at: *at,
                value,
                samples: *samples,
            })?);
        }
    }
    Ok(lines)
}
