//! An alarm's state, as read. What an event claimed is for the record only.

use rekindle_decision::decide;
use rekindle_decision::facts::{AlarmFact, Facts, Gap};
use rekindle_decision::finding::Finding;
use rekindle_decision::signal::{AlarmKind, AlarmState, Signal, Transition};
use rekindle_decision::truth::Truth;
use rstest::rstest;

use crate::make::{alarm, at, finding, found, policy, verdict, with_alarm};

fn suppressed(state: AlarmState) -> AlarmFact {
    AlarmFact::Found { state, since: at("01:00:00"), suppressed_by: Some("WaitPeriod".into()) }
}

fn unread(gap: Gap) -> AlarmFact {
    AlarmFact::Unread { gap }
}

/// An event that tells of a change of state.
fn told(name: &str, state: AlarmState) -> Signal {
    Signal::Alarmed(Transition {
        alarm: format!("arn:aws:cloudwatch:eu-central-1:445566778899:alarm:{name}"),
        name: name.into(),
        kind: AlarmKind::Metric,
        state,
        since: at("02:00:00"),
        previous: None,
        reason: String::new(),
        points: Vec::new(),
        threshold: None,
        period: None,
        suppressed_by: None,
        replay: None,
    })
}

#[rstest]
#[case::in_alarm(Some(found(AlarmState::Alarm, "01:00:00")), Truth::Fired)]
#[case::ok(Some(found(AlarmState::Ok, "01:00:00")), Truth::Quiet)]
#[case::without_enough_data(Some(found(AlarmState::InsufficientData, "01:00:00")), Truth::Unknown)]
#[case::in_alarm_but_suppressed(Some(suppressed(AlarmState::Alarm)), Truth::Unknown)]
#[case::without_data_and_suppressed(Some(suppressed(AlarmState::InsufficientData)), Truth::Unknown)]
#[case::ok_and_suppressed(Some(suppressed(AlarmState::Ok)), Truth::Quiet)]
#[case::that_does_not_exist(Some(AlarmFact::Absent), Truth::Unknown)]
#[case::that_may_not_be_read(Some(unread(Gap::Forbidden)), Truth::Unknown)]
#[case::that_could_not_be_read(Some(unread(Gap::Failed { error: "timeout".into() })), Truth::Unknown)]
#[case::that_was_not_read(None, Truth::Unknown)]
fn an_alarm(#[case] fact: Option<AlarmFact>, #[case] expected: Truth) {
    let mut facts = Facts::at(at("03:00:00"));
    facts.alarms.extend(fact.map(|fact| ("drift".to_owned(), fact)));
    let ruling = decide(&policy([("drift", alarm("drift"))]), &facts);
    assert_eq!(ruling.tree.truth, expected);
    let verdict = verdict(&ruling);
    match expected {
        Truth::Fired => assert_eq!(verdict, "start"),
        Truth::Quiet => assert_eq!(verdict, "rest"),
        Truth::Unknown => assert_eq!(verdict, "hold blind"),
    }
}

#[rstest]
#[case::of_this_alarm("drift", AlarmState::Alarm, true)]
#[case::of_another_alarm("drift-2", AlarmState::Alarm, false)]
#[case::that_it_is_ok("drift", AlarmState::Ok, false)]
fn a_claim_that_does_not_hold_is_told_and_starts_nothing(
    #[case] name: &str,
    #[case] state: AlarmState,
    #[case] is_claim: bool,
) {
    let mut facts = with_alarm("03:00:00", AlarmState::Ok);
    facts.signals.push(told(name, state));
    let ruling = decide(&policy([("drift", alarm("drift"))]), &facts);
    let claimed = is_claim.then(|| at("02:00:00"));
    let expected = Finding::NotInAlarm { alarm: "drift".into(), since: at("01:00:00"), claimed };
    assert_eq!((finding(&ruling, "drift"), verdict(&ruling)), (expected, "rest".to_owned()));
}

#[test]
fn an_event_alone_fires_nothing() {
    let mut facts = Facts::at(at("03:00:00"));
    facts.signals.push(told("drift", AlarmState::Alarm));
    assert_eq!(verdict(&decide(&policy([("drift", alarm("drift"))]), &facts)), "hold blind");
}

#[test]
fn an_alarm_that_stays_in_alarm_fires_on_every_turn() {
    let mut facts = with_alarm("03:00:00", AlarmState::Alarm);
    facts.state.last_started = Some(at("02:00:00"));
    assert_eq!(verdict(&decide(&policy([("drift", alarm("drift"))]), &facts)), "start");
}
