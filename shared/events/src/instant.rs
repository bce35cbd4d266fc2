//! Instants, in the five spellings that AWS uses, sometimes three of them in one event.

use jiff::Timestamp;
use serde_json::Value;

/// Milliseconds of 2000-01-01 and 2100-01-01, between which a bare number is taken for milliseconds. A number of
/// seconds falls far below and is refused: read as milliseconds it would quietly become a day in January 1970.
const PLAUSIBLE: core::ops::Range<i64> = 946_684_800_000..4_102_444_800_000;

/// Why something is not an instant, as the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAnInstant {
    #[error("is not an instant")]
    Unreadable,
    #[error("is not a plausible number of milliseconds since 1970")]
    Implausible,
}

/// Reads `2026-11-02T06:00:00Z`, the same with `+0000` or `+00:00`, and milliseconds since 1970 as a whole number,
/// as a number ending in `.0`, or as a string of digits.
pub(crate) fn read(value: &Value) -> Result<Timestamp, NotAnInstant> {
    match value {
        Value::String(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            milliseconds(text.parse().map_err(|_| NotAnInstant::Implausible)?)
        }
        Value::String(text) => rfc3339(text).ok_or(NotAnInstant::Unreadable),
        Value::Number(number) => {
            if let Some(whole) = number.as_i64() {
                return milliseconds(whole);
            }
            // Every plausible whole number prints exactly, so the way through text loses nothing.
            let float =
                number.as_f64().filter(|float| float.fract() == 0.0).ok_or(NotAnInstant::Unreadable)?;
            milliseconds(format!("{float:.0}").parse().map_err(|_| NotAnInstant::Implausible)?)
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(NotAnInstant::Unreadable),
    }
}

fn milliseconds(number: i64) -> Result<Timestamp, NotAnInstant> {
    if !PLAUSIBLE.contains(&number) {
        return Err(NotAnInstant::Implausible);
    }
    Timestamp::from_millisecond(number).map_err(|_| NotAnInstant::Implausible)
}

/// Date, `T`, time to the second, an optional fraction, an offset. jiff alone would take more than AWS ever writes,
/// such as a day without its hyphens or a time without seconds.
fn rfc3339(text: &str) -> Option<Timestamp> {
    let (date_time, rest) = text.split_at_checked("2026-11-02T06:00:00".len())?;
    let shaped = date_time.bytes().zip("dddd-dd-ddTdd:dd:dd".bytes()).all(|(byte, shape)| match shape {
        b'd' => byte.is_ascii_digit(),
        exact => byte == exact,
    });
    let offset = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if offset.len() == fraction.len() {
                return None;
            }
            offset
        }
    };
    (shaped && is_offset(offset)).then(|| text.parse().ok()).flatten()
}

fn is_offset(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(['+', '-']) else { return text == "Z" };
    let digits = match digits.split_once(':') {
        Some((hours, minutes)) if hours.len() == 2 && minutes.len() == 2 => format!("{hours}{minutes}"),
        Some(_) => return false,
        None => digits.into(),
    };
    digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}
