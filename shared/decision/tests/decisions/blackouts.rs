//! When nothing may be started, and when a model is too young or too old.

use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::finding::{Age, Finding};
use rekindle_decision::policy::{MaxStarts, Policy};
use rekindle_decision::ruling::Blocker;
use rekindle_decision::schedule::{Expression, Window};
use rekindle_decision::signal::{AlarmState, Signal};
use rstest::rstest;

use crate::make::{
    ask, at, finding, forced, guarded, length, reasons, running, started, trained, verdict, with_alarm,
};

fn window(opens: &str, zone: Option<&str>, open_for: &str) -> Window {
    Window { opens: Expression::parse(opens, zone).unwrap(), length: length(open_for) }
}

fn firing(now: &str) -> Facts {
    with_alarm(now, AlarmState::Alarm)
}

#[rstest]
#[case::before_it_opens("07:59:59.999999999", None)]
#[case::as_it_opens("08:00:00", Some("10:00:00"))]
#[case::a_moment_before_it_closes("09:59:59.999999999", Some("10:00:00"))]
#[case::as_it_closes("10:00:00", None)]
fn in_a_blackout_nothing_starts(#[case] now: &str, #[case] until: Option<&str>) {
    let policy = guarded(|guards| guards.blackout = vec![window("cron(0 8 * * ? *)", None, "2h")]);
    let ruling = decide(&policy, &firing(now));
    let blocker =
        until.map(|until| Blocker::Blackout { until: at(until), opens: "cron(0 8 * * ? *)".into() });
    assert_eq!(ruling.decision.waiting_on(), blocker.as_slice());
    assert_eq!(verdict(&ruling), if until.is_some() { "hold blackout" } else { "start" });
    assert_eq!(ruling.look_again_at, until.map(at));
    // Force skips what only waits.
    assert_eq!(verdict(&decide(&policy, &forced(&firing(now)))), "start");
}

#[rstest]
#[case::the_one_that_closes_last("08:30:00", "11:00:00", "cron(30 7 * * ? *)")]
#[case::the_only_one_that_is_open("07:45:00", "11:00:00", "cron(30 7 * * ? *)")]
fn of_two_windows(#[case] now: &str, #[case] until: &str, #[case] opens: &str) {
    let short = window("cron(0 8 * * ? *)", None, "1h");
    let long = window("cron(30 7 * * ? *)", None, "3h30m");
    for blackout in [vec![short.clone(), long.clone()], vec![long, short]] {
        let ruling = decide(&guarded(|guards| guards.blackout = blackout), &firing(now));
        let blocker = Blocker::Blackout { until: at(until), opens: opens.into() };
        assert_eq!(ruling.decision.waiting_on(), [blocker]);
    }
}

#[rstest]
#[case::in_summer_an_hour_earlier("2026-10-23T16:00:00Z", "2026-10-23T18:00:00Z")]
#[case::in_winter("2026-10-30T17:00:00Z", "2026-10-30T19:00:00Z")]
fn a_blackout_opens_on_the_clocks_of_its_zone(#[case] opens: &str, #[case] closes: &str) {
    let friday = window("cron(0 18 ? * FRI *)", Some("Europe/Berlin"), "2h");
    let policy = guarded(|guards| guards.blackout = vec![friday]);
    let mut facts = firing("2026-10-20T12:00:00Z");
    facts.now = at(opens);
    assert_eq!(decide(&policy, &facts).look_again_at, Some(at(closes)));
    facts.now = length("1s").before(at(opens));
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
    facts.now = at(closes);
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
}

/// Two starts in any day, of which there were these.
fn twice_a_day(starts: &[&str]) -> (Policy, Facts) {
    let policy = guarded(|guards| guards.max_starts = Some(MaxStarts { starts: 2, within: length("24h") }));
    let mut facts = firing("12:00:00");
    facts.state.starts = (1..).zip(starts).map(|(number, start)| started(number, start, None)).collect();
    (policy, facts)
}

const YESTERDAY: &str = "2026-11-01T12:00:00Z";

#[rstest]
#[case::none(&[], None)]
#[case::one(&["11:00:00"], None)]
#[case::two(&["10:00:00", "11:00:00"], Some("2026-11-03T10:00:00Z"))]
#[case::three(&["09:00:00", "10:00:00", "11:00:00"], Some("2026-11-03T10:00:00Z"))]
#[case::two_and_one_that_has_just_left(&[YESTERDAY, "10:00:00", "11:00:00"], Some("2026-11-03T10:00:00Z"))]
#[case::one_and_one_that_has_just_left(&[YESTERDAY, "11:00:00"], None)]
#[case::one_and_one_that_leaves_in_a_second(&["2026-11-01T12:00:01Z", "11:00:00"], Some("12:00:01"))]
fn there_were_starts_in_the_window(#[case] starts: &[&str], #[case] until: Option<&str>) {
    let (policy, facts) = twice_a_day(starts);
    let ruling = decide(&policy, &facts);
    let within = length("24h");
    let blocker = until.map(|until| Blocker::MaxStarts { until: at(until), starts: 2, within });
    assert_eq!(ruling.decision.waiting_on(), blocker.as_slice());
    assert_eq!(ruling.look_again_at, until.map(at));
    // Force does not skip it: it is how often the world can bear it.
    assert_eq!(verdict(&decide(&policy, &forced(&facts))), verdict(&ruling));
}

#[test]
fn where_no_start_is_allowed_none_is_made() {
    let policy = guarded(|guards| guards.max_starts = Some(MaxStarts { starts: 0, within: length("24h") }));
    let ruling = decide(&policy, &firing("12:00:00"));
    assert_eq!(verdict(&ruling), "hold max_starts");
    assert_eq!(ruling.look_again_at, Some(at("2026-11-03T12:00:00Z")));
}

#[rstest]
#[case::a_moment_too_young("11:59:59.999999999", "hold min_age")]
#[case::just_old_enough("12:00:00", "start")]
fn a_model_serves_for_a_while(#[case] now: &str, #[case] expected: &str) {
    let policy = guarded(|guards| guards.min_age = Some(length("24h")));
    let mut facts = firing(now);
    facts.state.trained = Some(trained(YESTERDAY));
    let ruling = decide(&policy, &facts);
    assert_eq!(verdict(&ruling), expected);
    if expected != "start" {
        let blocker = Blocker::MinAge { until: at("12:00:00"), trained: at(YESTERDAY) };
        assert_eq!(ruling.decision.waiting_on(), [blocker]);
        assert_eq!(ruling.look_again_at, Some(at("12:00:00")));
    }
    assert_eq!(verdict(&decide(&policy, &forced(&facts))), "start");
    // What the policy says of the model before Rekindle counts as long as we have trained none.
    let policy = Policy { trained: Some(at(YESTERDAY)), ..policy };
    assert_eq!(verdict(&decide(&policy, &firing(now))), expected);
    facts.state.trained = Some(trained("2026-10-01T12:00:00Z"));
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
}

#[test]
fn a_model_of_unknown_age_is_not_too_young() {
    let policy = guarded(|guards| guards.min_age = Some(length("24h")));
    assert_eq!(verdict(&decide(&policy, &firing("12:00:00"))), "start");
}

/// No trigger fires, and a model may become a day old.
fn ageing(now: &str, ended: Option<&str>) -> (Policy, Facts) {
    let policy = guarded(|guards| guards.max_age = Some(length("24h")));
    let mut facts = with_alarm(now, AlarmState::Ok);
    facts.state.trained = ended.map(trained);
    (policy, facts)
}

#[rstest]
#[case::a_second_too_young("11:59:59", "23h59m59s", false)]
#[case::a_moment_too_young("11:59:59.999999999", "23h59m59s", false)]
#[case::just_too_old("12:00:00", "24h", true)]
#[case::older("13:00:00", "25h", true)]
fn at_its_greatest_age_a_model_is_trained_again(#[case] now: &str, #[case] age: &str, #[case] too_old: bool) {
    let (policy, facts) = ageing(now, Some(YESTERDAY));
    let ruling = decide(&policy, &facts);
    let age = Age { trained: at(YESTERDAY), age: length(age), allowed: length("24h") };
    let found = finding(&ruling, "guards.max_age");
    assert_eq!(found, if too_old { Finding::TooOld(age) } else { Finding::YoungEnough(age) });
    assert_eq!(verdict(&ruling), if too_old { "start" } else { "rest" });
    assert_eq!(ruling.look_again_at, (!too_old).then(|| at("12:00:00")));
    if too_old {
        assert_eq!(reasons(&ruling), ["guards.max_age"]);
    }
}

#[test]
fn a_model_of_unknown_age_never_rests() {
    let (policy, facts) = ageing("12:00:00", None);
    let ruling = decide(&policy, &facts);
    assert_eq!(finding(&ruling, "guards.max_age"), Finding::AgeUnknown);
    assert_eq!(verdict(&ruling), "hold blind");
    // The policy may know.
    let policy = Policy { trained: Some(at(YESTERDAY)), ..policy };
    assert_eq!(reasons(&decide(&policy, &facts)), ["guards.max_age"]);
    // What fires starts all the same, and what a person asks for too.
    let (policy, _) = ageing("12:00:00", None);
    assert_eq!(reasons(&decide(&policy, &firing("12:00:00"))), ["drift"]);
    let mut asked = facts;
    asked.signals.push(Signal::Asked(ask("one")));
    assert_eq!(verdict(&decide(&policy, &asked)), "start");
}

#[test]
fn age_asks_whatever_the_triggers_combine_to_and_is_held_like_any_other() {
    let (policy, mut facts) = ageing("12:00:00", Some(YESTERDAY));
    let policy = Policy { start_when: crate::make::not(crate::make::name("drift")), ..policy };
    facts.alarms.extend(firing("12:00:00").alarms);
    facts.state.phase = running("11:00:00");
    let ruling = decide(&policy, &facts);
    assert_eq!(
        (verdict(&ruling).as_str(), reasons(&ruling)),
        ("hold in_flight", vec!["guards.max_age".to_owned()])
    );
}
