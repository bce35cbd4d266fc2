//! `not`: what forbids, and never asks.

use rekindle_decision::decide;
use rekindle_decision::facts::{AlarmFact, Facts};
use rekindle_decision::policy::{CountsAs, Expr, Monitor, MonitorEnd, Policy, Watch};
use rekindle_decision::signal::AlarmState;
use rekindle_decision::signal::{Ask, Signal};
use rekindle_decision::truth::Truth::{self, Fired, Quiet, Unknown};
use rstest::rstest;

use crate::make::{
    alarm, all, any, ask, at, at_least, counts, found, name, not, policy, reasons, sighting, unless, verdict,
};

fn two(start_when: Expr) -> Policy {
    Policy { start_when, ..policy(["drift", "incident"].map(|name| (name, alarm(name)))) }
}

fn facts(drift: Truth, incident: Truth) -> Facts {
    let mut facts = Facts::at(at("12:00:00"));
    for (name, truth) in [("drift", drift), ("incident", incident)] {
        let state = match truth {
            Fired => AlarmState::Alarm,
            Quiet => AlarmState::Ok,
            Unknown => AlarmState::InsufficientData,
        };
        facts.alarms.insert(name.into(), found(state, "01:00:00"));
    }
    facts
}

#[rstest]
#[case(Fired, Quiet)]
#[case(Quiet, Fired)]
#[case(Unknown, Unknown)]
fn the_contrary(#[case] of: Truth, #[case] is: Truth) {
    assert_eq!(of.not(), is);
}

#[rstest]
#[case(Fired, Fired, "rest")]
#[case(Fired, Quiet, "start")]
#[case(Fired, Unknown, "hold blind")]
#[case(Quiet, Fired, "rest")]
#[case(Quiet, Quiet, "rest")]
#[case(Quiet, Unknown, "rest")]
#[case(Unknown, Fired, "rest")]
#[case(Unknown, Quiet, "hold blind")]
#[case(Unknown, Unknown, "hold blind blind")]
fn drift_unless_there_is_an_incident(#[case] drift: Truth, #[case] incident: Truth, #[case] expected: &str) {
    assert_eq!(verdict(&decide(&two(unless("drift", "incident")), &facts(drift, incident))), expected);
}

#[test]
fn what_does_not_forbid_is_no_reason() {
    assert_eq!(reasons(&decide(&two(unless("drift", "incident")), &facts(Fired, Quiet))), ["drift"]);
    // Nor is what forbids.
    let twice = any(&["drift"]);
    let start_when = Expr::Any(vec![twice, unless("drift", "incident")]);
    assert_eq!(reasons(&decide(&two(start_when), &facts(Fired, Fired))), ["drift"]);
}

#[rstest]
#[case::alone(not(name("drift")))]
#[case::of_nothing(not(all(&[], None)))]
#[case::twice(not(not(name("incident"))))]
#[case::beside_another(Expr::All { of: vec![not(name("drift")), not(not(name("incident")))], within: None })]
#[case::in_any(Expr::Any(vec![not(name("drift"))]))]
#[case::in_at_least(Expr::AtLeast { n: 1, of: vec![not(name("drift"))], within: None })]
fn what_only_does_not_forbid_starts_nothing(#[case] start_when: Expr) {
    // Refused when a policy is read. A start without a reason must not come of it anyhow.
    let ruling = decide(&two(start_when.clone()), &facts(Quiet, Fired));
    assert_eq!((ruling.tree.truth, verdict(&ruling).as_str()), (Fired, "rest"));
    // A person's request is a reason.
    let mut facts = facts(Quiet, Fired);
    facts.signals.push(Signal::Asked(Ask { ..ask("one") }));
    assert_eq!(verdict(&decide(&two(start_when), &facts)), "start");
}

#[test]
fn what_only_does_not_forbid_is_blind_while_what_asks_cannot_be_told() {
    let start_when = Expr::Any(vec![not(name("incident")), name("drift")]);
    assert_eq!(verdict(&decide(&two(start_when.clone()), &facts(Unknown, Quiet))), "hold blind");
    assert_eq!(verdict(&decide(&two(start_when.clone()), &facts(Quiet, Quiet))), "rest");
    assert_eq!(verdict(&decide(&two(start_when), &facts(Fired, Quiet))), "start");
}

#[test]
fn what_cannot_be_told_under_a_negation_is_named() {
    let mut facts = facts(Fired, Quiet);
    facts.alarms.insert("incident".into(), AlarmFact::Absent);
    let ruling = decide(&two(unless("drift", "incident")), &facts);
    let [rekindle_decision::ruling::Blocker::Blind { trigger, .. }] = ruling.decision.waiting_on() else {
        panic!("{ruling:?}")
    };
    assert_eq!((trigger.as_str(), reasons(&ruling)), ("incident", vec!["drift".to_owned()]));
}

#[test]
fn what_was_true_a_while_ago_does_not_forbid() {
    let start_when = Expr::AtLeast {
        n: 2,
        of: vec![name("drift"), not(name("incident"))],
        within: Some("24h".parse().unwrap()),
    };
    let mut facts = facts(Quiet, Quiet);
    for name in ["drift", "incident"] {
        facts.state.sightings.insert(name.into(), sighting("11:00:00", true));
    }
    let ruling = decide(&two(start_when), &facts);
    assert_eq!((verdict(&ruling).as_str(), reasons(&ruling)), ("start", vec!["drift".to_owned()]));
}

#[rstest]
#[case::a_level(CountsAs::Level)]
#[case::an_edge(CountsAs::Edge)]
#[case::a_latch(CountsAs::Latch)]
fn what_is_true_still_forbids_though_a_start_has_answered_it(#[case] counts_as: CountsAs) {
    let mut policy = two(unless("drift", "incident"));
    policy.triggers.insert("incident".into(), counts(counts_as, alarm("incident")));
    let mut facts = facts(Fired, Fired);
    facts.state.last_started = Some(at("11:00:00"));
    assert_eq!(verdict(&decide(&policy, &facts)), "rest");
    facts.alarms.insert("incident".into(), found(AlarmState::Ok, "11:30:00"));
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
}

#[test]
fn bad_data_forbids_until_a_run_of_the_monitor_finds_it_good() {
    // The result of a monitoring run asks once; it forbids for as long as it is the newest.
    let monitor = Monitor { schedule: "quality".into(), on: MonitorEnd::Violations };
    let mut policy = two(unless("drift", "incident"));
    policy.triggers.insert("incident".into(), Watch::Monitor(monitor).into());
    let mut facts = facts(Fired, Quiet);
    facts.state.last_started = Some(at("11:00:00"));
    for (status, expected) in
        [("CompletedWithViolations", "rest"), ("Completed", "start"), ("Failed", "hold blind")]
    {
        let (status, scheduled) = (status.to_owned(), at("10:00:00"));
        let run = rekindle_decision::facts::MonitorFact::Found { status, scheduled, failure: None };
        facts.monitors.insert("quality".into(), run);
        assert_eq!(verdict(&decide(&policy, &facts)), expected);
    }
}

#[test]
fn a_latch_forbids_until_the_next_start() {
    let mut policy = two(unless("drift", "incident"));
    policy.triggers.insert("incident".into(), counts(CountsAs::Latch, alarm("incident")));
    let mut facts = facts(Fired, Quiet);
    facts.state.sightings.insert("incident".into(), sighting("10:00:00", true));
    assert_eq!(verdict(&decide(&policy, &facts)), "rest");
    facts.state.last_started = Some(at("10:30:00"));
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
}

#[test]
fn the_parts_and_the_memory_of_a_combination() {
    let day = Some("24h");
    let inside = Expr::Any(vec![at_least(1, &["a"], Some("2h")), not(all(&["b", "c"], day))]);
    assert_eq!(inside.names(), ["a", "b", "c"]);
    assert_eq!(inside.memory(), "24h".parse().unwrap());
    assert_eq!(not(name("a")).parts(), [name("a")]);
    assert_eq!(name("a").parts(), []);
    let outer = Expr::All { of: vec![at_least(1, &["a"], Some("2h"))], within: Some("1h".parse().unwrap()) };
    assert_eq!(outer.memory(), "2h".parse().unwrap());
    assert_eq!(any(&["a"]).memory(), "0s".parse().unwrap());
}
