//! How triggers combine: Kleene's three values, over every combination of them.

use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::{Expr, Policy};
use rekindle_decision::ruling::{Blocker, Node};
use rekindle_decision::signal::AlarmState;
use rekindle_decision::truth::Truth;
use rekindle_decision::truth::Truth::{Fired, Quiet, Unknown};
use rstest::rstest;

use crate::make::{alarm, all, any, at, at_least, found, name, not, policy, reasons, verdict};

const NAMES: [&str; 3] = ["a", "b", "c"];

/// What the combination of `a`, `b` and `c` comes to when they are so.
fn truth(expr: Expr, truths: &[Truth]) -> Truth {
    let policy = Policy { start_when: expr, ..policy(NAMES.map(|name| (name, alarm(name)))) };
    let mut facts = Facts::at(at("12:00:00"));
    for (name, truth) in NAMES.iter().zip(truths) {
        let state = match truth {
            Fired => AlarmState::Alarm,
            Quiet => AlarmState::Ok,
            Unknown => AlarmState::InsufficientData,
        };
        facts.alarms.insert((*name).to_owned(), found(state, "01:00:00"));
    }
    decide(&policy, &facts).tree.truth
}

#[rstest]
#[case([Fired, Fired], Fired)]
#[case([Fired, Quiet], Fired)]
#[case([Fired, Unknown], Fired)]
#[case([Quiet, Fired], Fired)]
#[case([Quiet, Quiet], Quiet)]
#[case([Quiet, Unknown], Unknown)]
#[case([Unknown, Fired], Fired)]
#[case([Unknown, Quiet], Unknown)]
#[case([Unknown, Unknown], Unknown)]
fn any_of_two(#[case] parts: [Truth; 2], #[case] expected: Truth) {
    assert_eq!(truth(any(&["a", "b"]), &parts), expected);
    assert_eq!(truth(at_least(1, &["a", "b"], None), &parts), expected);
    assert_eq!(Truth::any(parts), expected);
}

#[rstest]
#[case([Fired, Fired], Fired)]
#[case([Fired, Quiet], Quiet)]
#[case([Fired, Unknown], Unknown)]
#[case([Quiet, Fired], Quiet)]
#[case([Quiet, Quiet], Quiet)]
#[case([Quiet, Unknown], Quiet)]
#[case([Unknown, Fired], Unknown)]
#[case([Unknown, Quiet], Quiet)]
#[case([Unknown, Unknown], Unknown)]
fn all_of_two(#[case] parts: [Truth; 2], #[case] expected: Truth) {
    assert_eq!(truth(all(&["a", "b"], None), &parts), expected);
    assert_eq!(truth(at_least(2, &["a", "b"], None), &parts), expected);
    assert_eq!(Truth::all(parts), expected);
}

#[rstest]
#[case::enough([Fired, Fired, Quiet], Fired)]
#[case::enough_whatever_the_third([Fired, Unknown, Fired], Fired)]
#[case::the_unknown_one_decides([Fired, Unknown, Quiet], Unknown)]
#[case::both_unknown_ones_could([Quiet, Unknown, Unknown], Unknown)]
#[case::the_unknown_one_cannot_make_it([Quiet, Unknown, Quiet], Quiet)]
#[case::one([Quiet, Quiet, Fired], Quiet)]
#[case::none([Quiet, Quiet, Quiet], Quiet)]
#[case::all_unknown([Unknown, Unknown, Unknown], Unknown)]
fn two_of_three(#[case] parts: [Truth; 3], #[case] expected: Truth) {
    assert_eq!(truth(at_least(2, &NAMES, None), &parts), expected);
}

#[rstest]
#[case::any_of_nothing(any(&[]))]
#[case::all_of_nothing(all(&[], None))]
#[case::one_of_nothing(at_least(1, &[], None))]
#[case::none_of_nothing(at_least(0, &[], None))]
#[case::four_of_three(at_least(4, &NAMES, None))]
#[case::more_than_any_list_holds(at_least(u32::MAX, &NAMES, None))]
#[case::all_of_an_empty_part_and_a_trigger(Expr::All { of: vec![all(&[], None), name("a")], within: None })]
fn what_nobody_can_ask_for_is_quiet(#[case] expr: Expr) {
    assert_eq!(truth(expr, &[Fired, Fired, Fired]), Quiet);
}

#[test]
fn at_least_none_still_needs_one() {
    // Refused when a policy is read. A start without a reason must not come of it anyhow.
    assert_eq!(truth(at_least(0, &NAMES, None), &[Quiet, Quiet, Quiet]), Quiet);
    assert_eq!(truth(at_least(0, &NAMES, None), &[Quiet, Quiet, Fired]), Fired);
}

#[rstest]
#[case([Fired, Quiet, Quiet], Fired)]
#[case([Quiet, Fired, Quiet], Quiet)]
#[case([Quiet, Fired, Fired], Fired)]
#[case([Quiet, Fired, Unknown], Unknown)]
#[case([Unknown, Quiet, Quiet], Unknown)]
#[case([Unknown, Fired, Fired], Fired)]
fn combinations_nest(#[case] parts: [Truth; 3], #[case] expected: Truth) {
    assert_eq!(truth(Expr::Any(vec![name("a"), all(&["b", "c"], None)]), &parts), expected);
}

#[test]
fn a_trigger_that_is_written_twice_is_named_once() {
    let twice = Expr::Any(vec![name("a"), all(&["a", "b"], None)]);
    let policy = Policy { start_when: twice, ..policy(NAMES.map(|name| (name, alarm(name)))) };
    let mut facts = Facts::at(at("12:00:00"));
    facts.alarms.insert("a".into(), found(AlarmState::Alarm, "01:00:00"));
    facts.alarms.insert("b".into(), found(AlarmState::Alarm, "01:00:00"));
    assert_eq!(reasons(&decide(&policy, &facts)), ["a", "b"]);
}

#[rstest]
#[case::that_is_fulfilled([Fired, Fired, Fired], &["a", "b", "c"], &["a", "b", "c"])]
#[case::that_is_not([Fired, Fired, Quiet], &["a"], &["a", "b"])]
#[case::that_cannot_be_told([Quiet, Fired, Unknown], &["b"], &["b"])]
#[case::that_might_be_fulfilled_beside_one_that_is([Fired, Fired, Unknown], &["a", "b"], &["a", "b"])]
#[case::that_is_all_there_is([Quiet, Fired, Quiet], &[], &["b"])]
fn a_reason_stands_in_a_part(#[case] parts: [Truth; 3], #[case] expected: &[&str], #[case] fired: &[&str]) {
    let policy = policy(NAMES.map(|name| (name, alarm(name))));
    let mut facts = Facts::at(at("12:00:00"));
    for (name, truth) in NAMES.iter().zip(parts) {
        let state = match truth {
            Fired => AlarmState::Alarm,
            Quiet => AlarmState::Ok,
            Unknown => AlarmState::InsufficientData,
        };
        facts.alarms.insert((*name).into(), found(state, "01:00:00"));
    }
    for part in [all(&["b", "c"], None), at_least(2, &["b", "c"], None)] {
        let ruling =
            decide(&Policy { start_when: Expr::Any(vec![name("a"), part]), ..policy.clone() }, &facts);
        assert_eq!(reasons(&ruling), expected);
        let labels = |nodes: Vec<&Node>| nodes.iter().map(|node| node.label.clone()).collect::<Vec<_>>();
        assert_eq!(labels(ruling.tree.reasons()), expected);
        assert_eq!(labels(ruling.tree.triggers(Fired)), fired);
    }
}

#[test]
fn what_only_does_not_forbid_does_not_start_beside_a_part_that_is_not_fulfilled() {
    let start_when = Expr::Any(vec![not(name("c")), all(&["a", "b"], None)]);
    let policy = Policy { start_when, ..policy(NAMES.map(|name| (name, alarm(name)))) };
    let mut facts = Facts::at(at("12:00:00"));
    for (name, state) in [("a", AlarmState::Alarm), ("b", AlarmState::Ok), ("c", AlarmState::Ok)] {
        facts.alarms.insert(name.into(), found(state, "01:00:00"));
    }
    let ruling = decide(&policy, &facts);
    assert_eq!((ruling.tree.truth, verdict(&ruling).as_str()), (Fired, "rest"));
    facts.alarms.insert("b".into(), found(AlarmState::Alarm, "01:00:00"));
    assert_eq!(reasons(&decide(&policy, &facts)), ["a", "b"]);
}

#[test]
fn a_trigger_outside_the_combination_starts_nothing_and_is_remembered() {
    let policy = Policy { start_when: name("a"), ..policy(NAMES.map(|name| (name, alarm(name)))) };
    let mut facts = Facts::at(at("12:00:00"));
    facts.alarms.insert("a".into(), found(AlarmState::Ok, "01:00:00"));
    facts.alarms.insert("b".into(), found(AlarmState::Alarm, "01:00:00"));
    let ruling = decide(&policy, &facts);
    assert_eq!(verdict(&ruling), "rest");
    assert_eq!(ruling.sightings.keys().collect::<Vec<_>>(), ["b"]);
}

#[test]
fn a_name_the_policy_does_not_have_is_a_blocker_with_that_name() {
    // Refused when a policy is read; the engine holds, and says on what.
    let policy = Policy { start_when: name("weakly"), ..policy([("weekly", alarm("x"))]) };
    let ruling = decide(&policy, &Facts::at(at("12:00:00")));
    assert_eq!(verdict(&ruling), "hold blind");
    let [Blocker::Blind { trigger, .. }] = ruling.decision.waiting_on() else { panic!("{ruling:?}") };
    assert_eq!(trigger, "weakly");
}
