//! Windows: open from an instant for a length.

use jiff::{SignedDuration, Timestamp};
use rekindle_decision::schedule::Window;
use rstest::rstest;

use crate::make::{at, parse};

fn closes(opens: &str, zone: &str, length: &str, now: &str) -> String {
    let window = Window { opens: parse(opens, zone), length: length.parse().unwrap() };
    window.open_until(at(now)).map_or_else(String::new, |closes| closes.to_string())
}

#[rstest]
#[case::a_moment_before_it_opens("1h", "2026-11-02T21:59:59.999999999Z", "")]
#[case::as_it_opens("1h", "2026-11-02T22:00:00Z", "2026-11-02T23:00:00Z")]
#[case::a_moment_before_it_closes("1h", "2026-11-02T22:59:59.999999999Z", "2026-11-02T23:00:00Z")]
#[case::as_it_closes("1h", "2026-11-02T23:00:00Z", "")]
#[case::over_midnight("3h", "2026-11-03T00:30:00Z", "2026-11-03T01:00:00Z")]
#[case::of_no_length("0s", "2026-11-02T22:00:00Z", "")]
#[case::of_a_day_closes_as_it_opens_again("1d", "2026-11-02T22:00:00Z", "2026-11-03T22:00:00Z")]
#[case::open_again_before_it_closed("25h", "2026-11-02T22:30:00Z", "2026-11-03T23:00:00Z")]
#[case::not_yet_open_again("25h", "2026-11-02T21:59:00Z", "2026-11-02T23:00:00Z")]
fn every_day_from_22_o_clock(#[case] length: &str, #[case] now: &str, #[case] expected: &str) {
    assert_eq!(closes("cron(0 22 * * ? *)", "UTC", length, now), expected);
}

#[rstest]
#[case::an_usual_night("2026-03-27T22:00:00Z", "2026-03-28T03:00:00Z")]
#[case::the_clocks_go_forward("2026-03-28T22:00:00Z", "2026-03-29T03:00:00Z")]
#[case::the_clocks_are_put_back("2026-10-24T22:00:00Z", "2026-10-25T02:00:00Z")]
fn the_length_is_time_that_passes(#[case] now: &str, #[case] expected: &str) {
    assert_eq!(closes("cron(0 22 * * ? *)", "Europe/Berlin", "6h", now), expected);
}

/// Two windows that are open from midnight to midnight, whatever the clocks do at night: the recipe of
/// `infra/policies/README.md`.
#[rstest]
#[case::usual_days("Europe/Berlin", "2026-03-20T23:00:00Z", "2026-03-22T23:00:00Z")]
#[case::the_clocks_go_forward("Europe/Berlin", "2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z")]
#[case::the_clocks_are_put_back("Europe/Berlin", "2026-10-23T22:00:00Z", "2026-10-25T23:00:00Z")]
#[case::on_the_other_side("America/New_York", "2026-10-31T04:00:00Z", "2026-11-02T05:00:00Z")]
fn whole_local_days(#[case] zone: &str, #[case] begins: &str, #[case] ends: &str) {
    let recipe = include_str!("../../../../infra/policies/README.md");
    let windows = [("cron(0 0 ? * SAT,SUN *)", "13h"), ("cron(0 12 ? * SAT,SUN *)", "12h")];
    for (opens, length) in windows {
        assert!(
            recipe.contains(&format!("- {{ cron: \"{opens}\", for: {length}, timezone: Europe/Berlin }}"))
        );
    }
    let open = |now: Timestamp| {
        windows.iter().any(|(opens, length)| !closes(opens, zone, length, &now.to_string()).is_empty())
    };
    let (begins, ends) = (at(begins), at(ends));
    let minute = SignedDuration::from_mins(1);
    assert!(!open(begins - minute) && !open(ends));
    let mut now = begins;
    while now < ends {
        assert!(open(now), "{now}");
        now += minute;
    }
}

#[test]
fn a_window_that_opens_once_or_at_a_rate() {
    assert_eq!(
        closes("at(2026-12-24T00:00:00)", "UTC", "3d", "2026-12-26T12:00:00Z"),
        "2026-12-27T00:00:00Z"
    );
    assert_eq!(closes("rate(1 day)", "UTC", "3d", "2026-12-26T12:00:00Z"), "");
}
