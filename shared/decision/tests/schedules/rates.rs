//! `rate`: a fixed distance from when the service was told.

use rekindle_decision::schedule::Kind;
use rstest::rstest;

use crate::make::{at, parse};

#[rstest]
#[case::one_minute("rate(1 minute)", 60)]
#[case::minutes("rate(5 minutes)", 300)]
#[case::one_hour("rate(1 hour)", 3_600)]
#[case::hours("rate(12 hours)", 43_200)]
#[case::one_day("rate(1 day)", 86_400)]
#[case::days("rate(7 days)", 604_800)]
#[case::zeros_before("rate(05 minutes)", 300)]
fn instants_are_a_distance_apart(#[case] text: &str, #[case] seconds: i64) {
    // Over a night in which Berlin's clocks change: a day is 24 hours.
    let start = at("2026-10-24T12:34:56.5Z");
    let rate = parse(text, "Europe/Berlin").with_anchor(start);
    let (step, moment) = (jiff::SignedDuration::from_secs(seconds), jiff::SignedDuration::from_nanos(1));
    assert_eq!(rate.kind(), Kind::Rate);
    assert_eq!((rate.latest(start - moment), rate.next(start - moment)), (None, Some(start)));
    assert_eq!((rate.latest(start), rate.next(start)), (Some(start), Some(start + step)));
    let second = start + step;
    assert_eq!((rate.latest(second - moment), rate.next(second - moment)), (Some(start), Some(second)));
    assert_eq!((rate.latest(second), rate.next(second)), (Some(second), Some(second + step)));
    let later = start + step * 1_000;
    assert_eq!((rate.latest(later + moment), rate.next(later + moment)), (Some(later), Some(later + step)));
}

#[test]
fn without_a_beginning_there_are_no_instants() {
    let rate = parse("rate(1 day)", "UTC");
    let now = at("2026-10-24T12:00:00Z");
    assert_eq!((rate.latest(now), rate.next(now)), (None, None));
}

#[test]
fn the_last_beginning_counts() {
    let rate = parse("rate(1 day)", "UTC");
    let (first, second) = (at("2026-10-24T12:00:00Z"), at("2026-10-24T13:00:00Z"));
    assert_eq!(rate.clone().with_anchor(first).with_anchor(second), rate.with_anchor(second));
}

#[test]
fn a_distance_past_the_end_of_time_has_one_instant() {
    let start = at("2026-10-24T12:00:00Z");
    let rate = parse("rate(4294967295 days)", "UTC").with_anchor(start);
    assert_eq!((rate.latest(jiff::Timestamp::MAX), rate.next(start)), (Some(start), None));
}

#[test]
fn a_cron_expression_needs_no_beginning() {
    let cron = parse("cron(0 9 * * ? *)", "UTC");
    assert_eq!(cron.kind(), Kind::Cron);
    assert_eq!(cron.clone().with_anchor(at("2026-10-24T12:00:00Z")), cron);
}
