//! One instant, once.

use alloc::format;
use alloc::string::{String, ToString};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::refusal::{NotASchedule, quoted};
use super::zone;

/// Reads what stands between the brackets.
pub(super) fn parse(text: &str, timezone: &TimeZone) -> Result<Timestamp, NotASchedule> {
    let Some(date) = civil(text) else {
        let hint = match meant(text) {
            Some(meant) => format!("write `at({meant})`; the time zone is named beside the expression"),
            None => String::from("write such as `at(2026-11-20T13:00:00)`"),
        };
        return Err(NotASchedule::new(
            format!("{} is no date and time of the form yyyy-mm-ddThh:mm:ss", quoted(text)),
            hint,
        ));
    };
    // AWS would never come to it: better said now than missed then.
    zone::first(timezone, date).ok_or_else(|| {
        let zone = timezone.iana_name().unwrap_or_default();
        NotASchedule::new(
            format!("{} is skipped by the clocks of {zone}", quoted(text)),
            "write a time before or after the change",
        )
    })
}

/// Nineteen letters, and no second 60.
fn civil(text: &str) -> Option<DateTime> {
    text.parse().ok().filter(|date: &DateTime| text.len() == 19 && date.to_string() == text)
}

fn meant(text: &str) -> Option<String> {
    let meant = text.trim().replacen(' ', "T", 1);
    let meant = meant.get(..19).unwrap_or(&meant);
    [meant.into(), format!("{meant}:00"), format!("{meant}T00:00:00")]
        .into_iter()
        .find(|meant| civil(meant).is_some())
}
