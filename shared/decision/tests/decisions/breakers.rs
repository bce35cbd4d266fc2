//! How to go on after trainings that failed, and when to stop because they do not help.

use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap, Series};
use rekindle_decision::policy::{AfterFailure, AfterFutility, FUTILITY, Policy, Worse};
use rekindle_decision::ruling::Blocker;
use rekindle_decision::signal::{AlarmState, Signal};
use rstest::rstest;

use crate::make::{ask, at, forced, guarded, hourly, length, source, started, verdict, with_alarm};

/// An hour, then three times as long each time, never more than a day; after five nobody tries again.
fn backing_off(give_up_after: u32) -> Policy {
    let guard = AfterFailure { wait: length("1h"), times: 3, up_to: length("24h"), give_up_after };
    guarded(|guards| guards.after_failure = Some(guard))
}

fn failed(failures: u32, now: &str) -> Facts {
    let mut facts = with_alarm(now, AlarmState::Alarm);
    facts.state.failures = failures;
    facts.state.failed_at = Some(at("06:00:00"));
    facts
}

#[rstest]
#[case::once(1, "07:00:00")]
#[case::twice(2, "09:00:00")]
#[case::three_times(3, "15:00:00")]
#[case::four_times_which_is_more_than_a_day(4, "2026-11-03T06:00:00Z")]
#[case::more_often_than_can_be_counted(u32::MAX, "2026-11-03T06:00:00Z")]
fn after_trainings_failed(#[case] failures: u32, #[case] until: &str) {
    let policy = backing_off(0);
    let mut facts = failed(failures, "06:00:01");
    for (now, held) in [("06:00:01", true), (until, false)] {
        facts.now = at(now);
        let ruling = decide(&policy, &facts);
        let backoff = Blocker::Backoff { until: at(until), failures };
        assert_eq!(ruling.decision.waiting_on(), if held { std::slice::from_ref(&backoff) } else { &[] });
        assert_eq!(ruling.look_again_at, held.then(|| at(until)));
    }
    facts.now = rekindle_decision::duration::Duration::from_seconds(1).before(at(until));
    assert_eq!(verdict(&decide(&policy, &facts)), "hold after_failure");
    assert_eq!(verdict(&decide(&policy, &forced(&facts))), "start");
}

#[rstest]
#[case::once_less("2026-11-20T00:00:00Z", 4, "start")]
#[case::as_often_as_it_takes("2026-11-20T00:00:00Z", 5, "hold after_failure")]
#[case::more_often("2026-11-20T00:00:00Z", 6, "hold after_failure")]
fn they_are_given_up_after_failing(#[case] now: &str, #[case] failures: u32, #[case] expected: &str) {
    let ruling = decide(&backing_off(5), &failed(failures, now));
    assert_eq!(verdict(&ruling), expected);
    if expected != "start" {
        assert_eq!(ruling.decision.waiting_on(), [Blocker::GivenUp { failures }]);
        assert_eq!(ruling.look_again_at, None);
        // Until a person insists.
        let mut asked = failed(failures, now);
        asked.signals.push(Signal::Asked(ask("one")));
        assert_eq!(verdict(&decide(&backing_off(5), &asked)), "hold after_failure");
        assert_eq!(verdict(&decide(&backing_off(5), &forced(&failed(failures, now)))), "start");
    }
}

#[test]
fn nought_never_gives_up() {
    assert_eq!(verdict(&decide(&backing_off(0), &failed(1_000, "2026-11-20T00:00:00Z"))), "start");
}

#[test]
fn without_failures_nothing_waits() {
    // A training that ended well in between leaves the instant of the last failure.
    assert_eq!(verdict(&decide(&backing_off(1), &failed(0, "06:00:01"))), "start");
}

#[test]
fn a_failure_of_unknown_date_is_given_up_on_and_not_waited_for() {
    let mut facts = failed(5, "06:00:01");
    facts.state.failed_at = None;
    assert_eq!(verdict(&decide(&backing_off(5), &facts)), "hold after_failure");
    assert_eq!(verdict(&decide(&backing_off(6), &facts)), "start");
}

#[rstest]
#[case::times_nought_counts_as_one(0, "24h", "07:00:00")]
#[case::times_one(1, "24h", "07:00:00")]
#[case::a_longest_wait_below_the_first(3, "1m", "07:00:00")]
#[case::times_three(3, "24h", "15:00:00")]
fn the_third_wait(#[case] times: u32, #[case] up_to: &str, #[case] until: &str) {
    let guard = AfterFailure { wait: length("1h"), times, up_to: length(up_to), give_up_after: 0 };
    let ruling = decide(&guarded(|guards| guards.after_failure = Some(guard)), &failed(3, "06:30:00"));
    assert_eq!(ruling.look_again_at, Some(at(until)));
}

/// After two trainings that gained less than two, nobody tries again. Two values are compared.
fn futile(worse: Worse) -> Policy {
    let guard = AfterFutility {
        source: source("Accuracy", "Average"),
        worse,
        min_gain: 2.0,
        give_up_after: 2,
        compare: 2,
    };
    guarded(|guards| guards.after_futility = Some(guard))
}

/// Twelve hours from midnight on; trainings from 02:00 to 04:00 and from 07:00 to 09:00.
fn measured(values: [f64; 12]) -> Facts {
    let mut facts = with_alarm("12:00:00", AlarmState::Alarm);
    facts.metrics.insert(FUTILITY.into(), hourly("12:00:00", &values.map(Some)));
    facts.state.starts =
        vec![started(1, "02:00:00", Some("04:00:00")), started(2, "07:00:00", Some("09:00:00"))];
    facts
}

/// What was measured before the first training, between the two, and after the second.
fn levels(before: f64, between: f64, after: f64) -> Facts {
    let [a, b, c] = [before, between, after];
    measured([a, a, a, a, b, b, b, b, b, c, c, c])
}

fn blocked(worse: Worse, facts: &Facts) -> Option<f64> {
    match decide(&futile(worse), facts).decision.waiting_on() {
        [] => None,
        [Blocker::Futile { trainings: 2, best, min_gain: 2.0 }] => Some(*best),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::neither_helped((10.0, 11.0, 12.5), Some(1.5))]
#[case::the_first_helped_enough((10.0, 12.0, 12.0), None)]
#[case::the_second_helped_enough((10.0, 10.0, 12.0), None)]
#[case::it_helped_by_a_hair_too_little((10.0, 10.0, 11.875), Some(1.875))]
#[case::both_made_it_worse((10.0, 8.0, 7.0), Some(-1.0))]
fn of_two_trainings(#[case] levels_: (f64, f64, f64), #[case] best: Option<f64>) {
    let (before, between, after) = levels_;
    assert_eq!(blocked(Worse::Lower, &levels(before, between, after)), best);
    // The same where lower is better.
    assert_eq!(blocked(Worse::Higher, &levels(-before, -between, -after)), best);
}

#[test]
fn a_breaker_that_is_open_waits_for_a_person_with_force() {
    let facts = levels(10.0, 10.0, 10.0);
    let ruling = decide(&futile(Worse::Lower), &facts);
    assert_eq!((verdict(&ruling).as_str(), ruling.look_again_at), ("hold after_futility", None));
    let mut asked = facts.clone();
    asked.signals.push(Signal::Asked(ask("one")));
    assert_eq!(verdict(&decide(&futile(Worse::Lower), &asked)), "hold after_futility");
    assert_eq!(verdict(&decide(&futile(Worse::Lower), &forced(&facts))), "start");
}

#[rstest]
#[case::too_few_values_after_it("10:30:00")]
#[case::no_value_after_it("12:00:00")]
fn a_training_that_cannot_be_judged_yet_does_not_count(#[case] ended: &str) {
    let mut facts = levels(10.0, 10.0, 10.0);
    facts.state.starts[1].trained = Some(at(ended));
    assert_eq!(blocked(Worse::Lower, &facts), None);
    // One more before both makes two that can be judged.
    facts.state.starts.insert(0, started(0, "02:00:00", Some("03:00:00")));
    assert_eq!(blocked(Worse::Lower, &facts), Some(0.0));
}

#[rstest]
#[case::exactly_enough_before_it("02:00:00", true)]
#[case::one_too_few("01:59:59", true)]
#[case::too_few("01:00:00", false)]
fn the_values_before_a_start_are_compared(#[case] start: &str, #[case] counts: bool) {
    let mut facts = levels(10.0, 10.0, 10.0);
    facts.state.starts[0].at = at(start);
    assert_eq!(blocked(Worse::Lower, &facts).is_some(), counts);
}

#[test]
fn a_loss_beyond_all_numbers_is_the_greatest_of_them() {
    let (high, low) = (f64::MAX, f64::MIN);
    let mut facts = measured([high, high, 0.0, low, low, high, high, 0.0, 0.0, low, low, low]);
    facts.state.starts[0].trained = Some(at("03:00:00"));
    assert_eq!(blocked(Worse::Lower, &facts), Some(f64::MIN));
}

#[test]
fn a_training_that_failed_does_not_count() {
    let mut facts = levels(10.0, 10.0, 10.0);
    facts.state.starts.push(started(3, "11:00:00", None));
    assert_eq!(blocked(Worse::Lower, &facts), Some(0.0));
    facts.state.starts[1].trained = None;
    assert_eq!(blocked(Worse::Lower, &facts), None);
}

#[test]
fn only_the_newest_trainings_count() {
    // The first of three helped a lot; the two after it did not.
    let mut facts = measured([0.0, 0.0, 50.0, 50.0, 50.0, 50.0, 50.0, 50.0, 50.0, 50.0, 50.0, 50.0]);
    facts.state.starts = vec![
        started(1, "02:00:00", Some("02:00:00")),
        started(2, "05:00:00", Some("06:00:00")),
        started(3, "08:00:00", Some("09:00:00")),
    ];
    assert_eq!(blocked(Worse::Lower, &facts), Some(0.0));
}

#[test]
fn a_model_is_judged_from_when_it_serves_on() {
    // It would have been worse an hour earlier.
    let facts = measured([10.0, 10.0, 10.0, 10.0, 0.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0]);
    let policy = Policy { serves_after: length("1h"), ..futile(Worse::Lower) };
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
    assert_eq!(blocked(Worse::Lower, &facts), Some(0.0));
}

#[rstest]
#[case::two_that_ended_well(true, "hold after_futility")]
#[case::only_one(false, "start")]
fn a_breaker_that_cannot_be_read_holds_after(#[case] both: bool, #[case] expected: &str) {
    let mut facts = levels(10.0, 20.0, 30.0);
    facts.metrics.insert(FUTILITY.into(), Series::Unread { gap: Gap::InternalError });
    if !both {
        facts.state.starts[0].trained = None;
    }
    let ruling = decide(&futile(Worse::Lower), &facts);
    assert_eq!(verdict(&ruling), expected);
    if both {
        assert_eq!(ruling.decision.waiting_on(), [Blocker::FutileUnread { gap: Gap::InternalError }]);
        assert_eq!(ruling.look_again_at, None);
        assert_eq!(verdict(&decide(&futile(Worse::Lower), &forced(&facts))), "start");
    }
}
