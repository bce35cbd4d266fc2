//! How to go on after trainings that failed, and when to stop because they do not help.

use rekindle_decision::decide;
use rekindle_decision::effect::{Verdict, breaker_is_open};
use rekindle_decision::facts::{Facts, Gap, Series};
use rekindle_decision::policy::{AfterFailure, AfterFutility, FUTILITY, Policy, Worse};
use rekindle_decision::ruling::Blocker;
use rekindle_decision::signal::{AlarmState, Signal};
use rekindle_decision::state::{Started, State};
use rstest::rstest;

use crate::make::{
    alarm, ask, at, forced, found, guarded, judged, length, policy, source, started, verdict, with_alarm,
};

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

/// After two trainings in a row that did not help, those triggers do not ask again. Two values are compared.
fn futile() -> Policy {
    let guard = AfterFutility {
        source: source("Accuracy", "Average"),
        worse: Worse::Lower,
        min_gain: 2.0,
        give_up_after: 2,
        compare: 2,
    };
    guarded(|guards| guards.after_futility = Some(guard))
}

/// Drift asks at noon, after trainings that came to this, one letter for each, oldest first: (h)elped, (n)o difference,
/// (w)orse, `?` cannot be told, `-` not judged yet. The first began at one, the next an hour later.
fn after(verdicts: &str) -> Facts {
    let mut facts = with_alarm("12:00:00", AlarmState::Alarm);
    let start = |(letter, hour): (char, u32)| {
        let (verdict, gain) = match letter {
            'h' => (Verdict::Helped, 2.0),
            'n' => (Verdict::NoDifference, 0.25),
            'w' => (Verdict::Worse, -1.0),
            _ => (Verdict::CannotTell, 0.0),
        };
        let start = judged(hour, &format!("{hour:02}:00:00"), verdict, gain);
        if letter == '-' { Started { effect: None, trained: None, ..start } } else { start }
    };
    facts.state.starts = verdicts.chars().zip(1..).map(start).collect();
    facts
}

#[rstest]
#[case::one_fewer_than_it_takes("n", None)]
#[case::as_many_as_it_takes("nn", Some(0.25))]
#[case::more("nnn", Some(0.25))]
#[case::one_that_made_it_worse("nw", Some(0.25))]
#[case::both_made_it_worse("ww", Some(-1.0))]
#[case::one_helped_before_them("hnn", Some(0.25))]
#[case::one_helped_between_them("nhn", None)]
#[case::the_newest_helped("nnh", None)]
#[case::one_of_which_nothing_can_be_told_between_them("n?n", Some(0.25))]
#[case::nothing_can_be_told_of_the_newest("nn?", Some(0.25))]
#[case::nothing_can_be_told("n???", None)]
#[case::one_helped_and_then_nothing_can_be_told("nh?n", None)]
#[case::the_newest_is_not_judged_yet("nn-", Some(0.25))]
#[case::one_of_two_is_not_judged_yet("n-", None)]
fn a_row_of_trainings(#[case] verdicts: &str, #[case] best: Option<f64>) {
    let (policy, facts) = (futile(), after(verdicts));
    let ruling = decide(&policy, &facts);
    let blocker = best.map(|best| Blocker::Futile { trainings: 2, best, min_gain: 2.0 });
    assert_eq!(ruling.decision.waiting_on(), blocker.as_slice());
    assert_eq!(ruling.look_again_at, None);
    assert_eq!(breaker_is_open(&policy, &facts), best.is_some());
}

#[test]
fn a_breaker_that_is_open_waits_for_a_person_with_force() {
    let facts = after("nn");
    let mut asked = facts.clone();
    asked.signals.push(Signal::Asked(ask("one")));
    assert_eq!(verdict(&decide(&futile(), &asked)), "hold after_futility");
    assert_eq!(verdict(&decide(&futile(), &forced(&facts))), "start");
}

#[rstest]
#[case::of_this_revision(7, "hold after_futility")]
#[case::of_another_revision(6, "start")]
fn trainings_count_that_are(#[case] version: i64, #[case] expected: &str) {
    let mut facts = after("nn");
    facts.state.starts[0].policy = version;
    assert_eq!(verdict(&decide(&futile(), &facts)), expected);
    // Two of this one fill the row again.
    facts.state.starts.push(judged(3, "03:00:00", Verdict::NoDifference, 0.0));
    assert_eq!(verdict(&decide(&futile(), &facts)), "hold after_futility");
}

#[rstest]
#[case::before_them("00:59:59", "hold after_futility")]
#[case::when_the_first_began("01:00:00", "start")]
#[case::between_them("01:30:00", "start")]
#[case::after_them("06:00:00", "start")]
fn a_person_who_closed_the_breaker(#[case] closed: &str, #[case] expected: &str) {
    let mut facts = after("nn");
    facts.state.breaker_closed = Some(at(closed));
    assert_eq!(verdict(&decide(&futile(), &facts)), expected);
    assert_eq!(breaker_is_open(&futile(), &facts), expected != "start");
}

#[rstest]
#[case::none_of_them_was_for_it(["drift", "drift"], "start")]
#[case::the_older_was_for_it(["accuracy", "drift"], "hold after_futility")]
#[case::the_newer_was_for_it(["drift", "accuracy"], "hold after_futility")]
fn another_signal_passes_if(#[case] because: [&str; 2], #[case] expected: &str) {
    let policy = policy([("accuracy", alarm("drift")), ("drift", alarm("quiet"))]);
    let policy = Policy { guards: futile().guards, ..policy };
    let mut facts = after("nn");
    facts.alarms.insert("quiet".into(), found(AlarmState::Ok, "01:00:00"));
    for (start, trigger) in facts.state.starts.iter_mut().zip(because) {
        start.because = vec![trigger.into()];
    }
    assert_eq!(verdict(&decide(&policy, &facts)), expected);
    // Whatever asks, it is open.
    assert!(breaker_is_open(&policy, &facts));
}

#[test]
fn an_old_model_passes_once_as_often_as_any_other_signal() {
    let mut policy = futile();
    policy.guards.max_age = Some(length("1h"));
    policy.trained = Some(at("02:00:00"));
    let mut facts = after("nn");
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
    facts.state.starts[1].because.push("guards.max_age".into());
    assert_eq!(verdict(&decide(&policy, &facts)), "hold after_futility");
}

/// Two trainings that ended at two and at four; none is judged. Their values are mature at four and at six, and given up on
/// at eight and at ten.
fn unread(now: &str) -> Facts {
    let mut facts = with_alarm(now, AlarmState::Alarm);
    facts.metrics.insert(FUTILITY.into(), Series::Unread { gap: Gap::InternalError });
    let start = |generation, start, end| Started { policy: 7, ..started(generation, start, Some(end)) };
    facts.state.starts = vec![start(1, "01:00:00", "02:00:00"), start(2, "03:00:00", "04:00:00")];
    facts
}

#[rstest]
#[case::that_is_not_due_yet("03:59:59", "start")]
#[case::that_is_due("04:00:00", "hold after_futility")]
#[case::that_is_due_still("09:59:59", "hold after_futility")]
#[case::of_which_nothing_can_be_told_any_more("10:00:00", "start")]
fn a_breaker_that_cannot_be_read(#[case] now: &str, #[case] expected: &str) {
    let facts = unread(now);
    let ruling = decide(&futile(), &facts);
    assert_eq!(verdict(&ruling), expected);
    if expected != "start" {
        assert_eq!(ruling.decision.waiting_on(), [Blocker::FutileUnread { gap: Gap::InternalError }]);
        assert_eq!(ruling.look_again_at, None);
        assert_eq!(verdict(&decide(&futile(), &forced(&facts))), "start");
    }
}

#[rstest]
#[case::both_count(|_: &mut State| {}, "hold after_futility")]
#[case::one_did_not_end_well(|state: &mut State| state.starts[0].trained = None, "start")]
#[case::one_is_of_another_revision(|state: &mut State| state.starts[0].policy = 6, "start")]
#[case::a_person_has_closed_it_since(|state: &mut State| state.breaker_closed = Some(at("01:00:00")), "start")]
fn too_few_trainings_open_no_breaker(#[case] change: fn(&mut State), #[case] expected: &str) {
    let mut facts = unread("07:00:00");
    change(&mut facts.state);
    assert_eq!(verdict(&decide(&futile(), &facts)), expected);
}
