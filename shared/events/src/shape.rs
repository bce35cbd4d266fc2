//! Which kind of thing an object is.

use crate::object::Object;
use crate::ours;
use crate::refusal::{Problem, did_you_mean};

/// The kinds that can be told apart by their outermost fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A request of our own.
    Ours,
    /// A request that forgot to say that it is one of ours.
    OursUnmarked,
    /// An alarm that invokes the function itself.
    AlarmAction,
    /// A batch, of SNS or of SQS.
    Records,
    /// An EventBridge event.
    Envelope,
    /// The text that SNS puts into a queue.
    Notification,
    /// The text of an alarm, as SNS delivers it raw.
    AlarmText,
    /// None of these.
    Stranger,
}

impl Shape {
    /// Asks in this order; the first yes decides.
    pub(crate) fn of(object: &Object<'_>) -> Self {
        let has = |field| object.has(field);
        if has("rekindle") {
            Self::Ours
        } else if (has("model") || has("models") || ours::misspelt(object).is_some()) && !has("source") {
            Self::OursUnmarked
        } else if has("alarmArn") && has("alarmData") {
            Self::AlarmAction
        } else if has("Records") {
            Self::Records
        } else if has("source") && has("detail-type") {
            Self::Envelope
        } else if has("Type") && has("Message") {
            Self::Notification
        } else if has("AlarmName") && has("NewStateValue") {
            Self::AlarmText
        } else {
            Self::Stranger
        }
    }
}

/// A kind, the fields that make it one, and others by which it can be recognised when one of those is missing.
struct Kind {
    name: &'static str,
    marks: &'static [&'static str],
    habits: &'static [&'static str],
}

const KINDS: [Kind; 6] = [
    Kind {
        name: "EventBridge event",
        marks: &["source", "detail-type"],
        habits: &["detail", "resources", "version", "id", "account", "time", "region"],
    },
    Kind {
        name: "alarm action",
        marks: &["alarmArn", "alarmData"],
        habits: &["accountId", "source", "time", "region"],
    },
    Kind {
        name: "alarm text of SNS",
        marks: &["AlarmName", "NewStateValue"],
        habits: &[
            "AlarmArn",
            "StateChangeTime",
            "NewStateReason",
            "OldStateValue",
            "AWSAccountId",
            "Trigger",
            "AlarmRule",
        ],
    },
    Kind {
        name: "SNS notification",
        marks: &["Type", "Message"],
        habits: &["TopicArn", "MessageId", "Signature", "Timestamp"],
    },
    Kind {
        name: "request of our own",
        marks: &["rekindle"],
        habits: &[
            "reason",
            "by",
            "force",
            "ignore_budget",
            "dry_run",
            "decision",
            "until",
            "trigger",
            "scheduled_time",
            "attempt",
        ],
    },
    Kind {
        name: "record of a failed invocation",
        marks: &[],
        habits: &["requestContext", "requestPayload", "responseContext", "responsePayload"],
    },
];

/// Refuses an object of no kind, naming the kind it comes closest to and what it lacks of it.
pub(crate) fn stranger(object: &Object<'_>) -> Problem {
    let present: Vec<&str> = object.fields().filter(|field| object.has(field)).collect();
    let has = |name: &&&str| present.iter().any(|field| field.eq_ignore_ascii_case(name));
    let likeness =
        |kind: &Kind| 2 * kind.marks.iter().filter(has).count() + kind.habits.iter().filter(has).count();
    // One habit alone is no resemblance: half the world has a `version`.
    let closest = KINDS.iter().rev().max_by_key(|kind| likeness(kind)).filter(|kind| likeness(kind) > 1);
    let Some(kind) = closest else {
        let hint = present.iter().find_map(|field| did_you_mean(field, &["rekindle", "model", "models"]));
        return Problem::new(format!(
            "{} has none of the fields by which we tell kinds apart",
            object.name()
        ))
        .or_hint(hint);
    };
    let problem = match kind.marks.iter().find(|mark| !present.contains(mark)) {
        Some(mark) => {
            let same = |field: &&&str| field.eq_ignore_ascii_case(mark);
            let hint = present.iter().find(same).map(|field| format!("write `{field}` as `{mark}`"));
            object.missing(mark).or_hint(hint)
        }
        None => Problem::new("this kind is not read").hint("send its `requestPayload` again instead"),
    };
    problem.resembling(kind.name)
}
