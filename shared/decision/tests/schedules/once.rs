//! `at`: one instant.

use rekindle_decision::schedule::Kind;
use rstest::rstest;

use crate::make::{at, parse};

#[rstest]
#[case::in_utc("at(2022-11-20T13:00:00)", "UTC", "2022-11-20T13:00:00Z")]
#[case::the_example_of_the_documentation(
    "at(2022-11-20T13:00:00)",
    "America/Los_Angeles",
    "2022-11-20T21:00:00Z"
)]
#[case::with_seconds("at(2026-03-29T01:59:59)", "Europe/Berlin", "2026-03-29T00:59:59Z")]
#[case::after_the_skipped_hour("at(2026-03-29T03:00:00)", "Europe/Berlin", "2026-03-29T01:00:00Z")]
#[case::in_the_repeated_hour("at(2026-10-25T02:30:00)", "Europe/Berlin", "2026-10-25T00:30:00Z")]
#[case::a_leap_day("at(2028-02-29T00:00:00)", "UTC", "2028-02-29T00:00:00Z")]
fn is_once(#[case] text: &str, #[case] zone: &str, #[case] instant: &str) {
    let (once, instant) = (parse(text, zone), at(instant));
    let moment = jiff::SignedDuration::from_nanos(1);
    assert_eq!(once.kind(), Kind::At);
    assert_eq!((once.latest(instant - moment), once.next(instant - moment)), (None, Some(instant)));
    assert_eq!((once.latest(instant), once.next(instant)), (Some(instant), None));
    assert_eq!((once.latest(instant + moment), once.next(instant + moment)), (Some(instant), None));
    assert_eq!(once.clone().with_anchor(at("2000-01-01T00:00:00Z")), once);
}
