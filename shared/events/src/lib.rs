//! Reads what AWS sends into signals. Pure: no SDK, no clock, no I/O.
//!
//! A Lambda function is handed bytes. They may be a tick of a schedule, an alarm in one of five wrappings, news of data,
//! the end of a training job, an event of somebody's own, a request that was typed, or a stranger. [`read`] tells them
//! apart and answers in one of three ways for each thing inside:
//!
//! * a [`Signal`]: somebody asks us to look at models, or one of our training jobs has ended;
//! * [`Reading::Ignored`]: known, and deliberately without effect;
//! * [`Unrecognised`]: refused by name, with the field at fault, so that nobody has to guess.
//!
//! Two rules carry the rest. *Unknown fields are welcome*, since AWS adds them without notice. *Unknown shapes are
//! refused*, since a lenient default turns a stranger into a healthy alarm. An EventBridge event of a kind without a
//! reader is no stranger: it is kept whole, and means nothing until a policy asks for it.
//!
//! ```
//! use rekindle_decision::signal::Signal;
//! use rekindle_events::{Reading, read};
//!
//! let entries = read(br#"{"rekindle": "retrain", "model": "churn-weekly", "by": "ada"}"#);
//! let Ok(Reading::Signal(Signal::Asked(ask))) = &entries[0].reading else { panic!("not a request") };
//! assert_eq!(ask.models, ["churn-weekly"]);
//!
//! // A typo is refused, and the refusal says what to write instead.
//! let entries = read(br#"{"rekindle": "retrain", "modle": "churn-weekly"}"#);
//! let refused = entries[0].reading.as_ref().unwrap_err();
//! assert_eq!(refused.to_string(), "cannot read this request to retrain: `modle` is not one of its fields");
//! assert_eq!(refused.hint.as_deref(), Some("did you mean `model`?"));
//!
//! // A person may also hold a model, let it go again, forget what asks for a training, or forgive failed ones.
//! let entries = read(br#"{"rekindle": "suspend", "model": "churn-weekly", "until": "2026-12-01T00:00:00Z"}"#);
//! let Ok(Reading::Signal(Signal::Controlled(control))) = &entries[0].reading else { panic!("not a control") };
//! assert_eq!((control.action.word(), control.models.len()), ("suspend", 1));
//! ```
//!
//! Each kind has a file of its own, and [`read`] asks them in the order of `shape.rs`. A new EventBridge kind is one
//! new file and one line in `envelope.rs`.

mod alarm;
mod arn;
mod envelope;
mod glue;
mod instant;
mod json;
mod judged;
mod object;
mod other;
mod ours;
mod parameter;
mod processing;
mod records;
mod refusal;
mod s3;
mod schedule;
mod series;
mod shape;
mod sns;
mod training;

use std::borrow::Cow;

use rekindle_decision::signal::Signal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::json::MAX_BYTES;
use crate::object::Object;
pub use crate::other::MAX_EVENT_BYTES;
use crate::refusal::Problem;
pub use crate::refusal::{MAX_SOURCE_BYTES, Unrecognised};
use crate::shape::Shape;

/// One thing found in a payload, and what we made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The `messageId` of the SQS record that held it, for the answer that names the failed part of a batch.
    pub message_id: Option<String>,
    /// What it says, or why it was refused.
    pub reading: Result<Reading, Unrecognised>,
}

/// What a thing that we understood says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reading", rename_all = "snake_case")]
pub enum Reading {
    /// A reason to look at models.
    Signal(Signal),
    /// Known, and without effect on purpose.
    Ignored {
        /// What it is.
        kind: String,
        /// Why it has no effect.
        why: String,
    },
}

/// Reads one invocation payload: one entry per thing inside, since a batch may hold several.
///
/// Never empty and never panics: bytes that are no JSON at all make one refused entry. A refused entry leaves its
/// neighbours in the batch alone.
///
/// ```
/// # use rekindle_events::read;
/// let entries = read(b"good morning");
/// assert_eq!(entries.len(), 1);
/// assert!(entries[0].reading.is_err());
/// ```
#[must_use]
pub fn read(payload: &[u8]) -> Vec<Entry> {
    let single = |reading: Result<Reading, Problem>| {
        vec![Entry { message_id: None, reading: reading.map_err(|problem| problem.about(payload)) }]
    };
    let value = match json::parse(payload) {
        Ok(value) => value,
        Err(problem) => return single(Err(problem)),
    };
    match Object::root(&value) {
        Ok(object) if Shape::of(&object) == Shape::Records => match records::split(&object) {
            Ok(records) => records.into_iter().map(records::Record::read).collect(),
            Err(problem) => single(Err(problem)),
        },
        Ok(object) => single(one(&object, 0)),
        Err(problem) => single(Err(problem)),
    }
}

/// How many wrappings one thing may have. A queue around a notification is the most that occurs.
const MAX_WRAPPINGS: usize = 2;

/// Reads one thing that is not a batch.
fn one(object: &Object<'_>, wrappings: usize) -> Result<Reading, Problem> {
    match Shape::of(object) {
        Shape::Ours => ours::read(object),
        Shape::OursUnmarked => Err(ours::unmarked(object)),
        Shape::AlarmAction => alarm::from_action(object),
        Shape::Records => Err(Problem::new(format!("{} holds a batch inside a message", object.name()))
            .hint("deliver the messages of the inner batch one by one")
            .resembling("batch")),
        Shape::Envelope => envelope::read(object),
        Shape::Notification => unwrapped(sns::message(object), wrappings),
        Shape::AlarmText => alarm::from_text(object),
        Shape::Stranger => Err(shape::stranger(object)),
    }
}

/// Reads what a wrapping held: `found` is the inner value and its path.
fn unwrapped(found: Result<(Cow<'_, Value>, String), Problem>, wrappings: usize) -> Result<Reading, Problem> {
    let (value, path) = found?;
    if wrappings >= MAX_WRAPPINGS {
        return Err(Problem::new(format!("`{path}` is wrapped more than {MAX_WRAPPINGS} times")));
    }
    one(&Object::new(&value, path)?, wrappings + 1)
}
