//! What the writers of other cron dialects meant to write.

use alloc::format;
use alloc::string::String;

use super::cron::Cron;
use super::refusal::NotASchedule;

/// Fields that are not six: five are Unix's, or lack the year; seven begin with Quartz's seconds.
pub(super) fn not_six(fields: &[&str]) -> NotASchedule {
    let meant = match *fields {
        [minute, hour, day, month, weekday] => five(minute, hour, day, month, weekday),
        [_, ref rest @ ..] => Some(rest.join(" ")),
        [] => None,
    };
    let count = fields.len();
    let hint = match meant.filter(|meant| Cron::parse(meant).is_ok()) {
        Some(meant) if count == 5 => {
            format!("EventBridge wants the year too, and counts Sunday as 1: write `cron({meant})`")
        }
        Some(meant) => format!("EventBridge has no seconds: write `cron({meant})`"),
        None => String::from("write minute, hour, day-of-month, month, day-of-week and year"),
    };
    NotASchedule::new(format!("a cron expression has six fields, here are {count}"), hint)
}

/// A value in both day fields.
pub(super) fn two_days(fields: &[&str]) -> NotASchedule {
    let (name, meant) = match *fields {
        [minute, hour, day, month, "*", year] => {
            ("day-of-week", format!("{minute} {hour} {day} {month} ? {year}"))
        }
        [minute, hour, "*", month, weekday, year] => {
            ("day-of-month", format!("{minute} {hour} ? {month} {weekday} {year}"))
        }
        _ => ("", String::new()),
    };
    let hint = if Cron::parse(&meant).is_ok() {
        format!("write `?` in {name}: `cron({meant})`")
    } else {
        String::from("write `?` in one of them, and a second schedule for the other")
    };
    NotASchedule::new("day-of-month and day-of-week are both set", hint)
}

/// What is not between the brackets of `cron`, `rate` or `at`, but may be meant to be.
pub(super) fn bare(text: &str) -> Option<String> {
    let meant = match text {
        "@hourly" => "0 * * * ? *",
        "@daily" | "@midnight" => "0 0 * * ? *",
        "@weekly" => "0 0 ? * SUN *",
        "@monthly" => "0 0 1 * ? *",
        "@yearly" | "@annually" => "0 0 1 JAN ? *",
        text => text,
    };
    Cron::parse(meant).is_ok().then(|| format!("cron({meant})"))
}

/// Unix's five fields in EventBridge's six. Unix takes a day that fits either of two given day fields; EventBridge
/// cannot say that.
fn five(minute: &str, hour: &str, day: &str, month: &str, weekday: &str) -> Option<String> {
    let rest = |day: &str, weekday: &str| format!("{minute} {hour} {day} {month} {weekday} *");
    match (day, weekday) {
        (_, "?") | ("?", _) => Some(rest(day, weekday)),
        (_, "*") => Some(rest(day, "?")),
        // Not Unix's sign, so not Unix's count either.
        ("*", weekday) if weekday.contains('#') => None,
        ("*", weekday) => {
            // Unix counts Sunday as 0 or 7.
            let shift = |letter: char| {
                letter.to_digit(10).and_then(|day| char::from_digit(day % 7 + 1, 10)).unwrap_or(letter)
            };
            Some(rest("?", &weekday.chars().map(shift).collect::<String>()))
        }
        _ => None,
    }
}
