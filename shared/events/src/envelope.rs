//! EventBridge events: `source` and `detail-type` decide.

use serde_json::Value;

use crate::object::Object;
use crate::refusal::{Problem, did_you_mean, shown};
use crate::{Reading, alarm, json, later, schedule};

/// Every `detail-type` that has a reader, for the hint after a typo.
const READ: [&str; 4] = [
    "Scheduled Event",
    "CloudWatch Alarm State Change",
    "CloudWatch Alarm Configuration Change",
    "CloudWatch Alarm Contributor State Change",
];

/// Reads an EventBridge event.
pub(crate) fn read(event: &Object<'_>) -> Result<Reading, Problem> {
    dispatch(event).map_err(|problem| problem.resembling("EventBridge event"))
}

fn dispatch(event: &Object<'_>) -> Result<Reading, Problem> {
    let source = source(event)?;
    let detail_type = event.need_text("detail-type")?;
    match (source, detail_type) {
        ("aws.events" | "aws.scheduler", "Scheduled Event") => schedule::read(event),
        ("aws.cloudwatch", "CloudWatch Alarm State Change") => alarm::from_event(event),
        ("aws.cloudwatch", "CloudWatch Alarm Configuration Change") => Ok(ignored(
            "alarm configuration change",
            "the alarm was edited, and its state is told separately",
        )),
        ("aws.cloudwatch", "CloudWatch Alarm Contributor State Change") => Ok(ignored(
            "alarm contributor state change",
            "it speaks of one series of the alarm, and the state of the whole alarm is told separately",
        )),
        ("rekindle", _) => {
            Ok(ignored("event of our own", "we announced it ourselves, and must not answer ourselves"))
        }
        _ => Err(later::refuse(source, detail_type).unwrap_or_else(|| {
            Problem::new(format!("we read no {} of source {}", shown(detail_type), shown(source)))
                .or_hint(did_you_mean(detail_type, &READ).filter(|_| !READ.contains(&detail_type)))
        })),
    }
}

/// The source: a string, or a list of one.
fn source<'a>(event: &Object<'a>) -> Result<&'a str, Problem> {
    match event.get("source").map(|value| (value, value.as_array().map(Vec::as_slice))) {
        Some((Value::String(source), _) | (_, Some([Value::String(source)]))) => Ok(source),
        Some((value, _)) => Err(Problem::new(format!(
            "`{}` is {}, not a string or a list of one",
            event.at("source"),
            json::sort(value)
        ))),
        None => Err(event.missing("source")),
    }
}

/// The resource an event is about, if it names one.
pub(crate) fn resource<'a>(event: &Object<'a>) -> Result<Option<&'a str>, Problem> {
    match event.list("resources")?.and_then(<[Value]>::first) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(arn)) => Ok(Some(arn)),
        Some(other) => Err(Problem::new(format!(
            "`{}[0]` is {}, not a string",
            event.at("resources"),
            json::sort(other)
        ))),
    }
}

/// The archive replay that sent an event again, if one did.
pub(crate) fn replay(event: &Object<'_>) -> Result<Option<String>, Problem> {
    Ok(event.text("replay-name")?.map(String::from))
}

fn ignored(kind: &str, why: &str) -> Reading {
    Reading::Ignored { kind: kind.into(), why: why.into() }
}
