//! Stopping a job that runs, so that something newer can take its place.

use rekindle_decision::decide;
use rekindle_decision::facts::{AlarmFact, Facts};
use rekindle_decision::policy::{InFlight, Limit, Mode, Policy};
use rekindle_decision::signal::AlarmState::{Alarm as InAlarm, InsufficientData, Ok as Fine};
use rekindle_decision::signal::{Ask, Signal};
use rekindle_decision::state::Phase;
use rstest::rstest;

use crate::make::{
    alarm, ask, at, found, hourly, length, metric, policy, request, running, sighting, starting, threshold,
    verdict,
};

fn replacing() -> Policy {
    let mut policy = policy([("drift", alarm("drift"))]);
    policy.guards.in_flight = InFlight::Replace;
    policy
}

/// Generation seven has been running since noon, and the alarm changed then.
fn while_running(alarm: AlarmFact) -> Facts {
    let mut facts = Facts::at(at("13:00:00"));
    facts.alarms.insert("drift".into(), alarm);
    facts.state.generation = 7;
    facts.state.phase = running("12:00:00");
    facts
}

#[rstest]
#[case::that_is_older("11:59:59", None)]
#[case::of_the_same_instant("12:00:00", None)]
#[case::that_is_newer("12:00:00.000000001", Some(7))]
fn for_an_alarm(#[case] since: &str, #[case] stops: Option<u32>) {
    let ruling = decide(&replacing(), &while_running(found(InAlarm, since)));
    assert_eq!((ruling.stop, verdict(&ruling).as_str()), (stops, "hold in_flight"));
    assert_eq!(ruling.generation, 8);
}

#[test]
fn a_policy_that_waits_stops_nothing() {
    let policy = policy([("drift", alarm("drift"))]);
    assert_eq!(decide(&policy, &while_running(found(InAlarm, "12:30:00"))).stop, None);
}

#[rstest]
#[case::observes(Mode::Observe, "hold in_flight")]
#[case::is_suspended(Mode::Suspended, "hold suspended in_flight")]
fn nothing_is_stopped_by_a_policy_that(#[case] mode: Mode, #[case] expected: &str) {
    let ruling = decide(&Policy { mode, ..replacing() }, &while_running(found(InAlarm, "12:30:00")));
    assert_eq!((ruling.stop, verdict(&ruling).as_str()), (None, expected));
}

#[rstest]
#[case::that_is_quiet(Fine, "rest")]
#[case::that_cannot_be_told(InsufficientData, "hold in_flight blind")]
fn nothing_is_stopped_for_an_alarm(
    #[case] state: rekindle_decision::signal::AlarmState,
    #[case] expected: &str,
) {
    let ruling = decide(&replacing(), &while_running(found(state, "12:30:00")));
    assert_eq!((ruling.stop, verdict(&ruling).as_str()), (None, expected));
}

#[rstest]
#[case::a_start_that_is_not_a_job_yet(starting("12:00:00", None))]
#[case::a_start_that_waits(starting("12:00:00", Some("ResourceLimitExceeded")))]
#[case::nothing(Phase::Idle)]
fn there_is_nothing_to_stop_in(#[case] phase: Phase) {
    let mut facts = while_running(found(InAlarm, "12:30:00"));
    facts.state.phase = phase;
    assert_eq!(decide(&replacing(), &facts).stop, None);
}

#[test]
fn nothing_is_stopped_that_could_not_be_replaced_at_once() {
    let mut policy = replacing();
    policy.guards.cooldown = length("2h");
    let mut facts = while_running(found(InAlarm, "12:30:00"));
    facts.state.last_started = Some(at("12:00:00"));
    let ruling = decide(&policy, &facts);
    assert_eq!((ruling.stop, verdict(&ruling).as_str()), (None, "hold in_flight cooldown"));
    facts.now = at("14:00:00");
    assert_eq!(decide(&policy, &facts).stop, Some(7));
    // A person's force skips the cooldown.
    facts.now = at("13:00:00");
    facts.signals.push(Signal::Asked(Ask { force: true, ..ask("one") }));
    assert_eq!(decide(&policy, &facts).stop, Some(7));
}

#[test]
fn a_metric_is_never_newer_than_the_job_it_was_started_for() {
    let mut policy = policy([("accuracy", metric(threshold(Limit::Below(0.8))))]);
    policy.guards.in_flight = InFlight::Replace;
    let mut facts = while_running(found(Fine, "01:00:00"));
    facts.metrics.insert("accuracy".into(), hourly("13:00:00", &[Some(0.5)]));
    let ruling = decide(&policy, &facts);
    assert_eq!((ruling.stop, verdict(&ruling).as_str()), (None, "hold in_flight"));
}

#[test]
fn what_only_counts_by_memory_is_not_newer() {
    let mut policy = replacing();
    policy.start_when = crate::make::at_least(1, &["drift"], Some("24h"));
    let mut facts = while_running(found(Fine, "12:45:00"));
    facts.state.sightings.insert("drift".into(), sighting("12:40:00", true));
    let ruling = decide(&policy, &facts);
    assert_eq!((ruling.stop, verdict(&ruling).as_str()), (None, "hold in_flight"));
}

#[rstest]
#[case::asked_before_the_job("11:59:59", None)]
#[case::asked_as_it_was_decided("12:00:00", None)]
#[case::asked_after_it("12:00:01", Some(7))]
fn for_a_person_who(#[case] asked: &str, #[case] stops: Option<u32>) {
    let mut facts = while_running(found(Fine, "01:00:00"));
    facts.state.asked = Some(request("one", asked));
    assert_eq!(decide(&replacing(), &facts).stop, stops);
}

#[test]
fn one_newer_reason_among_older_ones_is_enough() {
    let mut policy = replacing();
    policy.triggers.insert("psi".into(), alarm("psi"));
    policy.start_when = crate::make::any(&["drift", "psi"]);
    let mut facts = while_running(found(InAlarm, "11:00:00"));
    facts.alarms.insert("psi".into(), found(InAlarm, "12:30:00"));
    assert_eq!(decide(&policy, &facts).stop, Some(7));
}
