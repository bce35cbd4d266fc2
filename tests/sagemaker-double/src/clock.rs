//! The time of one account.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

/// Ticks with the real clock, shifted, or stands still until told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    Ticking { ahead: SignedDuration },
    Standing { at: Timestamp },
}

/// What the side door may do to a clock, in this order: mode, set, advance.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockChange {
    manual: Option<bool>,
    set: Option<Timestamp>,
    #[serde(default)]
    advance_seconds: f64,
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        match *self {
            Self::Ticking { ahead } => Timestamp::now().saturating_add(ahead).unwrap_or(Timestamp::MAX),
            Self::Standing { at } => at,
        }
    }

    pub(crate) fn change(&mut self, change: &ClockChange) {
        let manual = change.manual.unwrap_or(matches!(self, Self::Standing { .. }));
        let at = later(change.set.unwrap_or_else(|| self.now()), seconds(change.advance_seconds));
        *self = if manual {
            Self::Standing { at }
        } else {
            Self::Ticking { ahead: at.duration_since(Timestamp::now()) }
        };
    }

    pub(crate) fn reading(&self) -> Value {
        json!({ "now": self.now(), "manual": matches!(self, Self::Standing { .. }) })
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::Ticking { ahead: SignedDuration::ZERO }
    }
}

/// That long after the instant, or the end of time.
pub(crate) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// Seconds as a duration; nonsense is no time at all.
pub(crate) fn seconds(count: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(count).unwrap_or(SignedDuration::ZERO)
}

/// An instant as awsJson 1.1 writes it: seconds since 1970, with milliseconds.
pub(crate) fn epoch(at: Timestamp) -> Value {
    json!(SignedDuration::from_millis(at.as_millisecond()).as_secs_f64())
}

/// An instant as awsJson 1.1 reads it.
pub(crate) fn from_epoch(value: &Value) -> Option<Timestamp> {
    let since = SignedDuration::try_from_secs_f64(value.as_f64()?).ok()?;
    Timestamp::from_duration(since).ok()
}
