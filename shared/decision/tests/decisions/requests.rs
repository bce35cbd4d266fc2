//! A person asks: heard without a trigger, kept until it can be honoured, honoured once.

use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::{Guards, Policy};
use rekindle_decision::signal::{AlarmState, Ask, Signal};
use rekindle_decision::state::{Phase, Request};
use rstest::rstest;

use crate::make::{alarm, ask, at, length, policy, reasons, request, verdict, with_alarm};

fn drift() -> Policy {
    let policy = policy([("drift", alarm("drift"))]);
    Policy { guards: Guards { cooldown: length("24h"), ..policy.guards }, ..policy }
}

/// Nothing fires, and these ask.
fn asked(asks: impl IntoIterator<Item = Ask>) -> Facts {
    let mut facts = with_alarm("12:00:00", AlarmState::Ok);
    facts.signals.extend(asks.into_iter().map(Signal::Asked));
    facts
}

#[test]
fn a_request_needs_no_trigger() {
    let ruling = decide(&drift(), &asked([ask("one")]));
    assert_eq!((verdict(&ruling).as_str(), reasons(&ruling).as_slice()), ("start", &["one".to_owned()][..]));
    assert_eq!(ruling.asked, Some(request("one", "12:00:00")));
}

#[test]
fn a_request_is_heard_while_the_triggers_are_blind() {
    let mut facts = asked([ask("one")]);
    facts.alarms.clear();
    assert_eq!(verdict(&decide(&drift(), &facts)), "start");
}

#[test]
fn a_request_comes_before_what_fired() {
    let mut facts = asked([ask("one")]);
    facts.alarms.extend(with_alarm("12:00:00", AlarmState::Alarm).alarms);
    assert_eq!(reasons(&decide(&drift(), &facts)), ["one", "drift"]);
}

#[rstest]
#[case::a_plain_one(false, "hold cooldown")]
#[case::a_forced_one(true, "start")]
fn in_a_cooldown_a_request(#[case] force: bool, #[case] expected: &str) {
    let mut facts = asked([Ask { force, ..ask("one") }]);
    facts.state.last_started = Some(at("11:00:00"));
    let ruling = decide(&drift(), &facts);
    assert_eq!(verdict(&ruling), expected);
    assert_eq!(ruling.asked, Some(Request { force, ..request("one", "12:00:00") }));
}

#[test]
fn a_held_request_is_honoured_when_the_hold_is_over() {
    let mut facts = with_alarm("2026-11-03T12:00:00Z", AlarmState::Ok);
    facts.state.asked = Some(request("one", "12:00:00"));
    facts.state.last_started = Some(at("2026-11-02T12:00:00Z"));
    let ruling = decide(&drift(), &facts);
    assert_eq!((verdict(&ruling).as_str(), reasons(&ruling).as_slice()), ("start", &["one".to_owned()][..]));
}

#[test]
fn a_held_force_stays_a_force() {
    let mut facts = with_alarm("13:00:00", AlarmState::Ok);
    facts.state.asked = Some(Request { force: true, ..request("one", "12:00:00") });
    facts.state.last_started = Some(at("12:30:00"));
    assert_eq!(verdict(&decide(&drift(), &facts)), "start");
}

#[test]
fn a_dry_run_decides_and_leaves_nothing_behind() {
    let ruling = decide(&drift(), &asked([Ask { dry_run: true, ..ask("one") }]));
    assert_eq!((verdict(&ruling).as_str(), ruling.asked), ("start", None));
}

#[rstest]
#[case::answered(&["zero", "one"], "rest")]
#[case::another_was_answered(&["zero"], "start")]
fn a_redelivered_request_asks_for_nothing(#[case] answered: &[&str], #[case] expected: &str) {
    let mut facts = asked([ask("one")]);
    facts.state.answered = answered.iter().map(ToString::to_string).collect();
    assert_eq!(verdict(&decide(&drift(), &facts)), expected);
}

#[test]
fn a_redelivered_dry_run_that_was_never_honoured_is_answered_again() {
    let facts = asked([Ask { dry_run: true, ..ask("one") }]);
    assert_eq!(decide(&drift(), &facts), decide(&drift(), &facts));
}

#[test]
fn the_newest_request_is_honoured() {
    assert_eq!(reasons(&decide(&drift(), &asked([ask("one"), ask("two")]))), ["two"]);
    let mut facts = asked([ask("two")]);
    facts.state.asked = Some(request("one", "11:00:00"));
    assert_eq!(reasons(&decide(&drift(), &facts)), ["two"]);
}

#[test]
fn one_start_answers_every_request_that_waits() {
    let mut facts = asked([ask("three"), ask("two")]);
    facts.state.asked = Some(Request { stands_for: vec!["zero".into()], ..request("one", "11:00:00") });
    let kept = decide(&drift(), &facts).asked.unwrap();
    assert_eq!(
        (kept.id.as_str(), kept.stands_for),
        ("two", ["zero", "one", "three"].map(Into::into).to_vec())
    );
    // Delivered again, one that another stands for is no request of its own.
    let mut facts = asked([ask("zero")]);
    facts.state.asked = Some(Request { stands_for: vec!["zero".into()], ..request("one", "11:00:00") });
    assert_eq!(reasons(&decide(&drift(), &facts)), ["one"]);
}

#[test]
fn a_request_that_comes_while_a_forced_one_is_honoured_is_kept() {
    let mut facts = asked([ask("plain")]);
    facts.state.asked = Some(Request { force: true, ..request("forced", "11:00:00") });
    assert_eq!(reasons(&decide(&drift(), &facts)), ["forced"]);
    let (decision, since) = ("d".into(), at("11:00:00"));
    facts.state.phase = Phase::Running { decision, since, stopping: None };
    assert_eq!(reasons(&decide(&drift(), &facts)), ["plain"]);
}

#[test]
fn a_redelivered_request_does_not_hide_a_new_one() {
    let mut facts = asked([ask("new"), ask("old")]);
    facts.state.answered.push("old".into());
    assert_eq!(reasons(&decide(&drift(), &facts)), ["new"]);
    // Nor one that is kept.
    let mut facts = asked([ask("old")]);
    facts.state.answered.push("old".into());
    facts.state.asked = Some(request("kept", "11:00:00"));
    assert_eq!(reasons(&decide(&drift(), &facts)), ["kept"]);
}

#[test]
fn a_kept_request_that_was_answered_asks_for_nothing() {
    let mut facts = asked([]);
    facts.state.asked = Some(request("one", "11:00:00"));
    facts.state.answered.push("one".into());
    assert_eq!(verdict(&decide(&drift(), &facts)), "rest");
}

#[test]
fn a_request_without_an_id_is_known_by_its_instant() {
    let facts = asked([Ask { id: None, ..ask("") }]);
    assert_eq!(reasons(&decide(&drift(), &facts)), ["2026-11-02T12:00:00Z"]);
}
