//! Short words for the tables.

#[path = "../shared/cases.rs"]
mod cases;

pub(crate) use cases::config;

use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp};
use rekindle_decision::schedule::Expression;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn parse(text: &str, zone: &str) -> Expression {
    Expression::parse(text, Some(zone)).unwrap()
}

/// The instants after one, as the clocks of the zone show them, joined; fewer if the schedule ends.
///
/// Each is walked back again: whatever a table says of `next` it says of `latest` too.
pub(crate) fn shown(text: &str, zone: &str, after: &str, count: usize) -> String {
    let expression = parse(text, zone);
    let clocks = TimeZoneDatabase::bundled().get(zone).unwrap();
    let (mut instants, mut from, mut before) = (Vec::new(), at(after), expression.latest(at(after)));
    while let Some(next) = expression.next(from).filter(|_| instants.len() < count) {
        assert_eq!(expression.latest(next), Some(next), "{text} at {next}");
        let second = SignedDuration::from_secs(1);
        assert_eq!(expression.latest(next - second), before, "{text} before {next}");
        assert_eq!(expression.next(next - second), Some(next), "{text} before {next}");
        instants.push(clocks.to_datetime(next).strftime("%a %F %H:%M").to_string());
        (from, before) = (next, Some(next));
    }
    instants.join(", ")
}

/// The distances in minutes between the instants from one to another.
pub(crate) fn gaps(text: &str, zone: &str, from: &str, until: &str) -> Vec<i64> {
    let expression = parse(text, zone);
    let mut last = at(from);
    let mut gaps = Vec::new();
    while let Some(next) = expression.next(last).filter(|next| *next <= at(until)) {
        gaps.push(next.duration_since(last).as_mins());
        last = next;
    }
    gaps
}
