//! An event of a history.

use jiff::Timestamp;
use rekindle_decision::explain::Minute;
use rekindle_decision::signal::Signal;
use rekindle_events::{Reading, Unrecognised};
use serde_json::{Value, json};

/// An event that wakes nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSignal {
    /// It is not a mapping.
    #[error("an event is a mapping")]
    NotAMapping,
    /// There is nothing in it.
    #[error("the event says nothing")]
    Nothing,
    /// It is known, and has no effect.
    #[error("the functions ignore a {kind}: {why}")]
    Ignored {
        /// What it is.
        kind: String,
        /// Why it has no effect.
        why: String,
    },
    /// It is not known.
    #[error("the functions refuse the event of {}: {refused}", Minute(*at))]
    Refused {
        /// When it happened.
        at: Timestamp,
        /// Why.
        refused: Unrecognised,
    },
}

/// An `EventBridge` event as the functions would read it. What every envelope has need not be written.
///
/// # Errors
///
/// The functions would not take it for a signal.
pub fn signal(event: &Value, at: Timestamp) -> Result<Signal, NoSignal> {
    let mut whole = json!({
        "version": "0",
        "id": format!("event-of-{at}"),
        "account": "445566778899",
        "time": at.to_string(),
        "region": "eu-central-1",
        "resources": [],
        "detail": {},
    });
    let (Value::Object(fields), Value::Object(given)) = (&mut whole, event) else {
        return Err(NoSignal::NotAMapping);
    };
    fields.extend(given.clone());
    let entries = rekindle_events::read(whole.to_string().as_bytes());
    match entries.into_iter().next().ok_or(NoSignal::Nothing)?.reading {
        Ok(Reading::Signal(signal)) => Ok(signal),
        Ok(Reading::Ignored { kind, why }) => Err(NoSignal::Ignored { kind, why }),
        Err(refused) => Err(NoSignal::Refused { at, refused }),
    }
}
