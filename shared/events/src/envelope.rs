//! EventBridge events: `source` and `detail-type` decide.

use std::borrow::Cow;

use rekindle_decision::signal::{Arrival, Signal, What};
use serde_json::Value;

use crate::object::Object;
use crate::refusal::{Problem, almost, shown};
use crate::{Reading, alarm, glue, json, other, parameter, processing, s3, schedule, training};

/// Every kind of AWS that is read by name, for the hint after a slip. From AWS, a near miss is a slip: read as an event
/// like any other, it would quietly lose an alarm, or let the end of a training job start the next.
const READ: [(&str, &str); 10] = [
    ("aws.events", "Scheduled Event"),
    ("aws.scheduler", "Scheduled Event"),
    ("aws.cloudwatch", "CloudWatch Alarm State Change"),
    ("aws.cloudwatch", "CloudWatch Alarm Configuration Change"),
    ("aws.cloudwatch", "CloudWatch Alarm Contributor State Change"),
    ("aws.s3", s3::DETAIL_TYPE),
    ("aws.glue-dataquality", glue::DETAIL_TYPE),
    ("aws.sagemaker", processing::DETAIL_TYPE),
    ("aws.sagemaker", training::DETAIL_TYPE),
    ("aws.ssm", parameter::DETAIL_TYPE),
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
        ("aws.s3", s3::DETAIL_TYPE) => s3::read(event),
        ("aws.glue-dataquality", glue::DETAIL_TYPE) => glue::read(event),
        ("aws.sagemaker", processing::DETAIL_TYPE) => processing::read(event),
        ("aws.sagemaker", training::DETAIL_TYPE) => training::read(event),
        ("aws.ssm", parameter::DETAIL_TYPE) => parameter::read(event),
        _ => match slip(source, detail_type) {
            Some(problem) => Err(problem),
            None => other::read(event, source, detail_type),
        },
    }
}

/// Refuses what AWS would have spelled a little otherwise.
fn slip(source: &str, detail_type: &str) -> Option<Problem> {
    let (_, meant) = READ.iter().find(|(of, named)| *of == source && almost(detail_type, named))?;
    let problem = format!("we read no {} of source {}", shown(detail_type), shown(source));
    Some(Problem::new(problem).hint(format!("did you mean `{meant}`?")))
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

/// What an event says, as an object or as a text holding one, and its path.
pub(crate) fn detail<'a>(event: &Object<'a>) -> Result<(Cow<'a, Value>, String), Problem> {
    let detail = event.get("detail").ok_or_else(|| event.missing("detail"))?;
    let path = event.at("detail");
    Ok((json::embedded(detail, &path)?, path))
}

/// Longest identifier of somebody else's. The ledger remembers several of them in one row.
const MAX_ID: usize = 256;

/// A text by which something is told from the next: not empty, and not so long that it could not be remembered.
pub(crate) fn need_id<'a>(object: &Object<'a>, field: &str) -> Result<&'a str, Problem> {
    bounded(object.need_text(field)?, &object.at(field), MAX_ID)
}

/// A text that says something in at most so many bytes.
pub(crate) fn bounded<'a>(text: &'a str, path: &str, most: usize) -> Result<&'a str, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new(format!("`{path}` is empty")));
    }
    if text.len() > most {
        return Err(Problem::new(format!("`{path}` is longer than {most} bytes")));
    }
    Ok(text)
}

/// Something that arrived.
pub(crate) fn arrived(
    id: String,
    at: jiff::Timestamp,
    what: What,
    event: &Object<'_>,
) -> Result<Reading, Problem> {
    Ok(Reading::Signal(Signal::Arrived(Arrival { id, at, what, replay: replay(event)? })))
}

pub(crate) fn ignored(kind: &str, why: &str) -> Reading {
    Reading::Ignored { kind: kind.into(), why: why.into() }
}
