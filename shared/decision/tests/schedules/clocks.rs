//! Clock changes: what the clocks skip is skipped, what they show twice is once.

use rstest::rstest;

use crate::make::{at, gaps, parse, shown};

#[rstest]
#[case::berlin_in_the_skipped_hour(
    "cron(30 2 * * ? *)",
    "Europe/Berlin",
    "2026-03-27T12:00:00Z",
    "Sat 2026-03-28 02:30, Mon 2026-03-30 02:30"
)]
#[case::berlin_as_the_skipped_hour_begins(
    "cron(0 2 * * ? *)",
    "Europe/Berlin",
    "2026-03-27T12:00:00Z",
    "Sat 2026-03-28 02:00, Mon 2026-03-30 02:00"
)]
#[case::berlin_just_before(
    "cron(59 1 * * ? *)",
    "Europe/Berlin",
    "2026-03-28T12:00:00Z",
    "Sun 2026-03-29 01:59, Mon 2026-03-30 01:59"
)]
#[case::berlin_just_after(
    "cron(0 3 * * ? *)",
    "Europe/Berlin",
    "2026-03-28T12:00:00Z",
    "Sun 2026-03-29 03:00, Mon 2026-03-30 03:00"
)]
#[case::berlin_every_hour_over_it(
    "cron(0 1-4 * * ? *)",
    "Europe/Berlin",
    "2026-03-28T12:00:00Z",
    "Sun 2026-03-29 01:00, Sun 2026-03-29 03:00, Sun 2026-03-29 04:00"
)]
#[case::los_angeles_as_documented(
    "cron(30 2 * * ? *)",
    "America/Los_Angeles",
    "2026-03-07T12:00:00Z",
    "Mon 2026-03-09 02:30"
)]
#[case::new_york_in_the_skipped_hour(
    "cron(15,45 2 ? * SUN *)",
    "America/New_York",
    "2026-03-02T12:00:00Z",
    "Sun 2026-03-15 02:15, Sun 2026-03-15 02:45"
)]
#[case::lord_howe_skips_half_an_hour(
    "cron(0/15 2 * * ? *)",
    "Australia/Lord_Howe",
    "2026-10-03T12:00:00Z",
    "Sun 2026-10-04 02:30, Sun 2026-10-04 02:45, Mon 2026-10-05 02:00"
)]
#[case::apia_skipped_a_day(
    "cron(0 12 * 12 ? 2011)",
    "Pacific/Apia",
    "2011-12-28T12:00:00Z",
    "Wed 2011-12-28 12:00, Thu 2011-12-29 12:00, Sat 2011-12-31 12:00"
)]
#[case::apia_as_the_skipped_day_ended(
    "cron(0 0 * * ? *)",
    "Pacific/Apia",
    "2011-12-29T00:00:00Z",
    "Thu 2011-12-29 00:00, Sat 2011-12-31 00:00"
)]
#[case::apia_never_had_that_day("cron(0 12 30 12 ? 2011)", "Pacific/Apia", "2011-01-01T00:00:00Z", "")]
#[case::santiago_has_a_day_without_midnight(
    "cron(0 0 ? 9 1#1 *)",
    "America/Santiago",
    "2026-09-01T00:00:00Z",
    "Sun 2030-09-01 00:00"
)]
#[case::tokyo_has_no_changes(
    "cron(30 2 * * ? *)",
    "Asia/Tokyo",
    "2026-03-27T12:00:00Z",
    "Sat 2026-03-28 02:30, Sun 2026-03-29 02:30, Mon 2026-03-30 02:30"
)]
#[case::kathmandu_is_off_by_a_quarter(
    "cron(0 9 * * ? *)",
    "Asia/Kathmandu",
    "2026-03-27T03:14:59Z",
    "Fri 2026-03-27 09:00"
)]
fn the_skipped_is_skipped(
    #[case] text: &str,
    #[case] zone: &str,
    #[case] after: &str,
    #[case] expected: &str,
) {
    let count = expected.split(", ").count();
    assert_eq!(shown(text, zone, after, count), expected);
}

#[rstest]
#[case::berlin("cron(30 2 * 10 ? *)", "Europe/Berlin", "2026-10-24T12:00:00Z", &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])]
#[case::berlin_as_the_hour_begins("cron(0 2 * 10 ? *)", "Europe/Berlin", "2026-10-24T12:00:00Z", &["2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z"])]
#[case::berlin_as_the_hour_has_passed("cron(0 3 * 10 ? *)", "Europe/Berlin", "2026-10-24T12:00:00Z", &["2026-10-25T02:00:00Z", "2026-10-26T02:00:00Z"])]
#[case::los_angeles_as_documented("cron(30 1 * * ? *)", "America/Los_Angeles", "2026-10-31T12:00:00Z", &["2026-11-01T08:30:00Z", "2026-11-02T09:30:00Z"])]
#[case::new_york_from_within_the_first_showing("cron(0/20 1 * * ? *)", "America/New_York", "2026-11-01T05:20:00Z", &["2026-11-01T05:40:00Z", "2026-11-02T06:00:00Z"])]
#[case::new_york_from_within_the_second_showing("cron(0/20 1 * * ? *)", "America/New_York", "2026-11-01T06:10:00Z", &["2026-11-02T06:00:00Z"])]
#[case::lord_howe_repeats_half_an_hour("cron(45 1 * * ? *)", "Australia/Lord_Howe", "2026-04-03T20:00:00Z", &["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"])]
fn the_repeated_is_once(
    #[case] text: &str,
    #[case] zone: &str,
    #[case] after: &str,
    #[case] expected: &[&str],
) {
    let expression = parse(text, zone);
    let mut from = at(after);
    for next in expected {
        assert_eq!(expression.next(from), Some(at(next)));
        from = at(next);
    }
}

/// 02:00 to 03:00 is shown from 00:00 UTC and again from 01:00 UTC.
#[rstest]
#[case::before_it("2026-10-25T00:29:00Z", "2026-10-24T00:45:00Z", "2026-10-25T00:30:00Z")]
#[case::in_the_first_showing("2026-10-25T00:35:00Z", "2026-10-25T00:30:00Z", "2026-10-25T00:45:00Z")]
#[case::as_the_second_begins("2026-10-25T01:00:00Z", "2026-10-25T00:45:00Z", "2026-10-26T01:30:00Z")]
#[case::in_the_second_before_its_time("2026-10-25T01:10:00Z", "2026-10-25T00:45:00Z", "2026-10-26T01:30:00Z")]
#[case::in_the_second_between("2026-10-25T01:35:00Z", "2026-10-25T00:45:00Z", "2026-10-26T01:30:00Z")]
#[case::in_the_second_after_its_time("2026-10-25T01:59:59Z", "2026-10-25T00:45:00Z", "2026-10-26T01:30:00Z")]
fn the_repeated_hour_looks_back_on_all_of_the_first(
    #[case] now: &str,
    #[case] latest: &str,
    #[case] next: &str,
) {
    let twice = parse("cron(30,45 2 * * ? *)", "Europe/Berlin");
    assert_eq!(twice.latest(at(now)), Some(at(latest)));
    assert_eq!(twice.next(at(now)), Some(at(next)));
}

#[rstest]
#[case::a_usual_night("2026-10-24T00:00:00Z", "2026-10-24T04:00:00Z", &[30; 8])]
#[case::forward("2026-03-28T23:30:00Z", "2026-03-29T03:00:00Z", &[30; 7])]
#[case::back("2026-10-24T23:30:00Z", "2026-10-25T03:00:00Z", &[30, 30, 90, 30, 30])]
fn every_half_hour_rests_for_the_repeated_hour(
    #[case] from: &str,
    #[case] until: &str,
    #[case] expected: &[i64],
) {
    assert_eq!(gaps("cron(0/30 * * * ? *)", "Europe/Berlin", from, until), expected);
}

#[test]
fn every_minute_is_once_on_any_day() {
    let day = |zone, from, until| gaps("cron(* * * * ? *)", zone, from, until).len();
    assert_eq!(day("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), 23 * 60);
    assert_eq!(day("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), 24 * 60);
    assert_eq!(day("Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"), 24 * 60);
    assert_eq!(day("Pacific/Apia", "2011-12-30T09:30:00Z", "2011-12-30T10:30:00Z"), 60);
}
