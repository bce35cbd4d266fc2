//! What stands in the way of a start, and when it is gone.

use jiff::Timestamp;
use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::{Guards, Mode, Policy};
use rekindle_decision::ruling::{Blocker, Decision};
use rekindle_decision::signal::{AlarmState, Ask, Signal};
use rekindle_decision::state::{Phase, Refusal};
use rstest::rstest;

use crate::make::{self, alarm, ask, at, length, policy, running, starting, verdict, with_alarm};

/// A policy whose one trigger fires.
fn drift(cooldown: &str) -> Policy {
    let policy = policy([("drift", alarm("drift"))]);
    Policy { guards: Guards { cooldown: length(cooldown), ..policy.guards }, ..policy }
}

fn firing(now: &str) -> Facts {
    with_alarm(now, AlarmState::Alarm)
}

fn forced(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    facts.signals.push(Signal::Asked(Ask { force: true, ..ask("forced") }));
    facts
}

#[rstest]
#[case::one_second_before_it_ends("11:59:59", false)]
#[case::a_moment_before_it_ends("11:59:59.999999999", false)]
#[case::exactly_when_it_ends("12:00:00", true)]
#[case::later("13:00:00", true)]
fn a_trigger_starts_once_the_cooldown_is_over(#[case] now: &str, #[case] starts: bool) {
    let mut facts = firing(now);
    facts.state.last_started = Some(at("2026-11-01T12:00:00Z"));
    let ruling = decide(&drift("24h"), &facts);
    assert_eq!(verdict(&ruling), if starts { "start" } else { "hold cooldown" });
    if !starts {
        assert_eq!(ruling.look_again_at, Some(at("12:00:00")));
    }
}

#[test]
fn a_model_never_started_has_no_cooldown() {
    assert_eq!(verdict(&decide(&drift("24h"), &firing("12:00:00"))), "start");
}

#[test]
fn a_start_dated_after_now_holds_too() {
    // Another turn's clock may be ahead of ours.
    let mut facts = firing("12:00:00");
    facts.state.last_started = Some(at("12:00:01"));
    assert_eq!(verdict(&decide(&drift("1s"), &facts)), "hold cooldown");
}

#[test]
fn a_cooldown_past_the_end_of_time_holds_until_then() {
    let mut facts = firing("12:00:00");
    facts.now = Timestamp::MAX.checked_sub(length("1h").signed()).unwrap();
    facts.state.last_started = Some(facts.now);
    assert_eq!(decide(&drift("1d"), &facts).look_again_at, Some(Timestamp::MAX));
}

#[rstest]
#[case::starting(starting("11:00:00", None), None)]
#[case::waiting_for_capacity(
    starting("11:00:00", Some("ResourceLimitExceeded")),
    Some("ResourceLimitExceeded")
)]
#[case::running(running("11:00:00"), None)]
fn a_job_in_flight_holds_even_what_is_forced(#[case] phase: Phase, #[case] waits_for: Option<&str>) {
    let mut facts = firing("12:00:00");
    facts.state.generation = 4;
    facts.state.phase = phase;
    for facts in [forced(&facts), facts] {
        let ruling = decide(&drift("0s"), &facts);
        let in_flight = Blocker::InFlight {
            generation: 4,
            decision: "earlier".into(),
            since: at("11:00:00"),
            waiting: waits_for.map(make::waits_for),
        };
        assert_eq!(ruling.decision.waiting_on(), [in_flight]);
        // It ends when SageMaker says so, which no clock knows.
        assert_eq!(ruling.look_again_at, None);
        assert_eq!(ruling.generation, 5);
    }
}

#[test]
fn a_suspended_policy_starts_nothing_even_when_forced() {
    let policy = Policy { mode: Mode::Suspended, ..drift("0s") };
    assert_eq!(verdict(&decide(&policy, &firing("12:00:00"))), "hold suspended");
    assert_eq!(verdict(&decide(&policy, &forced(&firing("12:00:00")))), "hold suspended");
}

#[test]
fn a_policy_that_observes_decides_as_one_that_enforces() {
    let policy = Policy { mode: Mode::Observe, ..drift("0s") };
    assert_eq!(verdict(&decide(&policy, &firing("12:00:00"))), "start");
}

#[test]
fn a_suspended_policy_with_nothing_to_hold_rests() {
    let policy = Policy { mode: Mode::Suspended, ..drift("0s") };
    assert_eq!(verdict(&decide(&policy, &with_alarm("12:00:00", AlarmState::Ok))), "rest");
}

fn refused(cause: &str) -> Refusal {
    Refusal {
        cause: cause.into(),
        at: at("11:00:00"),
        code: "ValidationException".into(),
        message: "no such image".into(),
        before: 3,
    }
}

#[test]
fn a_refused_start_is_not_tried_again_for_the_same_cause() {
    let (policy, mut facts) = (drift("0s"), firing("12:00:00"));
    let cause = decide(&policy, &facts).cause;
    facts.state.refused = Some(refused(&cause));
    assert_eq!(verdict(&decide(&policy, &facts)), "hold refused");
    // A start that was never made leaves the alarm as it is; the same alarm, later, is the same cause.
    facts.now = at("13:00:00");
    assert_eq!(verdict(&decide(&policy, &facts)), "hold refused");
}

#[rstest]
#[case::another_revision_of_the_policy(|policy: &mut Policy, _: &mut Facts| policy.revision.version += 1)]
#[case::another_transition_of_the_alarm(|_: &mut Policy, facts: &mut Facts| {
    facts.alarms.insert("drift".into(), crate::make::found(AlarmState::Alarm, "01:00:01"));
})]
#[case::a_request_on_top(|_: &mut Policy, facts: &mut Facts| facts.signals.push(Signal::Asked(ask("one"))))]
fn a_refused_start_is_tried_again_for(#[case] change: fn(&mut Policy, &mut Facts)) {
    let (mut policy, mut facts) = (drift("0s"), firing("12:00:00"));
    facts.state.refused = Some(refused(&decide(&policy, &facts).cause));
    change(&mut policy, &mut facts);
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
}

#[test]
fn force_does_not_skip_a_refusal_of_the_same_request() {
    let (policy, mut facts) = (drift("0s"), forced(&firing("12:00:00")));
    facts.state.refused = Some(refused(&decide(&policy, &facts).cause));
    assert_eq!(verdict(&decide(&policy, &facts)), "hold refused");
}

#[test]
fn a_hold_names_every_blocker() {
    let policy = Policy { mode: Mode::Suspended, ..drift("24h") };
    let mut facts = firing("12:00:00");
    facts.state.last_started = Some(at("11:00:00"));
    facts.state.phase = running("11:00:00");
    facts.state.refused = Some(refused(&decide(&policy, &facts).cause));
    let ruling = decide(&policy, &facts);
    assert_eq!(verdict(&ruling), "hold suspended in_flight cooldown refused");
    // Force takes away the one that only waits.
    facts.state.refused = None;
    assert_eq!(verdict(&decide(&policy, &forced(&facts))), "hold suspended in_flight");
}

#[rstest]
#[case::the_cooldown_alone(None, Some("12:30:00"))]
#[case::the_cooldown_and_a_job(Some(running("11:30:00")), None)]
fn look_again_when_the_last_blocker_is_gone(#[case] phase: Option<Phase>, #[case] expected: Option<&str>) {
    let mut facts = firing("12:00:00");
    facts.state.last_started = Some(at("11:30:00"));
    facts.state.phase = phase.unwrap_or_default();
    assert_eq!(decide(&drift("1h"), &facts).look_again_at, expected.map(at));
}

#[test]
fn a_start_and_a_rest_look_again_at_no_instant() {
    let start = decide(&drift("1h"), &firing("12:00:00"));
    let rest = decide(&drift("1h"), &with_alarm("12:00:00", AlarmState::Ok));
    assert_eq!((start.look_again_at, rest.look_again_at), (None, None));
}

#[test]
fn what_is_blind_is_held_whatever_else_holds_it() {
    let mut facts = Facts::at(at("12:00:00"));
    facts.state.last_started = Some(at("11:30:00"));
    let ruling = decide(&drift("1h"), &facts);
    assert_eq!(verdict(&ruling), "hold cooldown blind");
    assert_eq!(ruling.look_again_at, None);
    let Decision::Hold { because, .. } = ruling.decision else { panic!("held") };
    assert_eq!(because, []);
}

#[rstest]
#[case::input_that_may_come_late("ValidationException", 0, Some("12:00:00"))]
#[case::refused_once_more("ValidationException", 1, Some("13:00:00"))]
#[case::refused_a_third_time("ValidationException", 2, Some("15:00:00"))]
#[case::refused_often_enough("ValidationException", 3, None)]
#[case::refused_more_often_than_can_be_counted("ValidationException", u32::MAX, None)]
#[case::no_right_to_it("AccessDeniedException", 0, None)]
fn what_was_refused_is_tried_again(#[case] code: &str, #[case] before: u32, #[case] until: Option<&str>) {
    let policy = drift("0s");
    let mut facts = firing("11:00:00");
    let cause = decide(&policy, &facts).cause;
    facts.state.refused = Some(Refusal { code: code.into(), before, ..refused(&cause) });
    let ruling = decide(&policy, &facts);
    assert_eq!((verdict(&ruling).as_str(), ruling.look_again_at), ("hold refused", until.map(at)));
    facts.now = until.map_or(at("2026-12-01T00:00:00Z"), at);
    assert_eq!(verdict(&decide(&policy, &facts)), if until.is_some() { "start" } else { "hold refused" });
}
