//! Identity is derived: equal for the same wish, different for any other.

use proptest::prelude::*;
use rekindle_decision::decide;
use rekindle_decision::facts::{AlarmFact, Facts};
use rekindle_decision::identity::{cause, decision_id, generation_of, job_name};
use rekindle_decision::policy::Policy;
use rekindle_decision::signal::{AlarmState, Signal};
use rekindle_decision::state::State;
use rstest::rstest;

use crate::any::config;
use crate::make::{alarm, ask, at, at_least, found, policy, tick, weekly, with_alarm};

fn base() -> Policy {
    policy([("drift", alarm("drift")), ("weekly", weekly())])
}

fn firing() -> Facts {
    let mut facts = with_alarm("03:00:04", AlarmState::Alarm);
    facts.signals.push(tick("weekly", "03:00:00"));
    facts
}

fn id(policy: &Policy, facts: &Facts) -> String {
    decide(policy, facts).id
}

#[test]
fn an_identity_is_the_same_on_every_machine_and_in_every_year() {
    // Written down: a change here means that recorded decisions cannot be found again.
    let ruling = decide(&base(), &firing());
    insta::assert_snapshot!(format!("{} {}", ruling.cause, ruling.id), @"0b44f255294d72e08efb2c9e39f2e286 a6bfcfd6ff73b5d592f95ace6800f7a1");
    assert_eq!(job_name("churn", 1), "rk-churn-88b2072e-g000001");
}

#[rstest]
#[case::delivered_later(|facts: &mut Facts| facts.now = at("04:00:00"))]
#[case::delivered_twice(|facts: &mut Facts| facts.signals.push(tick("weekly", "03:00:00")))]
#[case::told_within_the_minute(|facts: &mut Facts| facts.signals.push(tick("weekly", "03:00:59.999")))]
#[case::told_by_a_clock_ahead_of_ours(|facts: &mut Facts| facts.signals.push(tick("weekly", "03:01:00")))]
#[case::delivered_with_an_older_tick(|facts: &mut Facts| facts.signals.push(tick("weekly", "02:00:00")))]
#[case::asked_but_answered(|facts: &mut Facts| {
    facts.signals.push(Signal::Asked(ask("one")));
    facts.state.answered.push("one".into());
})]
fn the_same_occurrence_is_the_same_decision(#[case] change: fn(&mut Facts)) {
    let mut facts = firing();
    change(&mut facts);
    assert_eq!(id(&base(), &facts), id(&base(), &firing()));
}

#[rstest]
#[case::another_version_of_the_policy(|policy: &mut Policy, _: &mut Facts| policy.revision.version += 1)]
#[case::another_document(|policy: &mut Policy, _: &mut Facts| policy.revision.document.push('2'))]
#[case::another_model(|policy: &mut Policy, _: &mut Facts| policy.model.push('2'))]
#[case::another_generation(|_: &mut Policy, facts: &mut Facts| facts.state.generation += 1)]
#[case::another_tick(|_: &mut Policy, facts: &mut Facts| {
    facts.now = at("03:01:00");
    facts.signals.push(tick("weekly", "03:01:00"));
})]
#[case::another_transition(|_: &mut Policy, facts: &mut Facts| {
    facts.alarms.insert("drift".into(), found(AlarmState::Alarm, "01:00:00.001"));
})]
#[case::one_trigger_less(|_: &mut Policy, facts: &mut Facts| facts.alarms.clear())]
#[case::a_request_on_top(|_: &mut Policy, facts: &mut Facts| facts.signals.push(Signal::Asked(ask("one"))))]
fn anything_else_is_another_decision(#[case] change: fn(&mut Policy, &mut Facts)) {
    let (mut policy, mut facts) = (base(), firing());
    change(&mut policy, &mut facts);
    assert_ne!(id(&policy, &facts), id(&base(), &firing()));
}

#[test]
fn a_cause_is_a_decision_without_its_generation() {
    let mut later = firing();
    later.state.generation = 9;
    let (first, second) = (decide(&base(), &firing()), decide(&base(), &later));
    assert_eq!(first.cause, second.cause);
    assert_eq!(first.id, decision_id(&first.cause, 1));
    assert_eq!(second.id, decision_id(&second.cause, 10));
}

#[rstest]
#[case::it_is_quiet(Some(found(AlarmState::Ok, "02:00:00")))]
#[case::it_was_quiet_bad_and_quiet_again(Some(found(AlarmState::Ok, "02:30:00")))]
#[case::it_cannot_be_told(None)]
fn what_counts_by_memory_is_the_same_cause_as_when_it_was_seen(#[case] now: Option<AlarmFact>) {
    let policy = policy([("drift", alarm("drift"))]);
    let policy = Policy { start_when: at_least(1, &["drift"], Some("24h")), ..policy };
    let mut facts = with_alarm("01:30:00", AlarmState::Alarm);
    let seen = decide(&policy, &facts);
    facts.state.sightings = seen.sightings;
    facts.now = at("03:00:00");
    facts.alarms = now.into_iter().map(|fact| ("drift".to_owned(), fact)).collect();
    assert_eq!(decide(&policy, &facts).cause, seen.cause);
}

#[test]
fn the_order_of_the_reasons_does_not_matter_to_the_cause() {
    let ruling = decide(&base(), &firing());
    let mut because = ruling.decision.because().to_vec();
    assert_eq!(because.len(), 2);
    because.reverse();
    assert_eq!(cause(&base(), &State::default(), &because), ruling.cause);
}

#[test]
fn what_lies_between_two_parts_of_a_cause_matters() {
    let with = |model: &str, document: &str| {
        let mut policy = base();
        policy.model = model.into();
        policy.revision.document = document.into();
        cause(&policy, &State::default(), &[])
    };
    assert_ne!(with("ab", "c"), with("a", "bc"));
}

#[test]
fn the_last_generation_there_is_has_no_next() {
    let mut facts = firing();
    facts.state.generation = u32::MAX;
    assert_eq!(decide(&base(), &facts).generation, u32::MAX);
}

/// SageMaker's own pattern, `^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}`, over at most 63 characters.
fn is_a_job_name(name: &str) -> bool {
    let (first, last) = (name.chars().next(), name.chars().last());
    let letter = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let known = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    letter(first) && letter(last) && known && name.len() <= 63
}

#[rstest]
#[case::plain("churn", 1)]
#[case::empty("", 1)]
#[case::nothing_that_is_a_letter("___", 1)]
#[case::not_ascii("größe-最高-🦀", 1)]
#[case::upper_case("ChurnEU", 1)]
#[case::very_long("a-very-long-name-of-a-model-that-goes-on-and-on-and-on-for-more-than-sixty-three", 1)]
#[case::a_dash_where_the_slug_is_cut("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbb", 1)]
#[case::the_last_generation("a-very-long-name-of-a-model-that-goes-on-and-on", u32::MAX)]
#[case::generation_nought("churn", 0)]
fn a_job_name_is_one_that_sagemaker_takes(#[case] model: &str, #[case] generation: u32) {
    let name = job_name(model, generation);
    assert!(is_a_job_name(&name), "{name}");
}

#[test]
fn models_that_share_a_slug_do_not_share_a_job_name() {
    let mut names: Vec<String> =
        ["a-b", "a_b", "a.b", "a b", "A-b", "a--b", "-a-b"].map(|model| job_name(model, 1)).to_vec();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 7, "{names:?}");
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn any_model_has_a_job_name_that_sagemaker_takes(model in ".{0,200}", generation: u32) {
        let name = job_name(&model, generation);
        prop_assert!(is_a_job_name(&name), "{}", name);
        prop_assert_eq!(name, job_name(&model, generation));
    }

    #[test]
    fn two_generations_have_two_job_names(model in ".{0,200}", one: u32, other: u32) {
        prop_assume!(one != other);
        prop_assert_ne!(job_name(&model, one), job_name(&model, other));
    }
}

#[rstest]
#[case::of_ours("rk-churn-88b2072e-g000042", Some(42))]
#[case::of_more_digits("rk-churn-88b2072e-g1000000", Some(1_000_000))]
#[case::of_a_model_that_looks_like_one("rk-a-g000001-88b2072e-g000002", Some(2))]
#[case::of_too_few_digits("rk-churn-88b2072e-g42", None)]
#[case::of_too_many_noughts("rk-churn-88b2072e-g0000042", None)]
#[case::of_a_sign("rk-churn-88b2072e-g+00042", None)]
#[case::of_more_than_can_be_counted("rk-churn-88b2072e-g4294967296", None)]
#[case::of_somebody_else("nightly-88b2072e-g000042", None)]
#[case::of_nothing("rk-g000042", None)]
#[case::empty("", None)]
fn the_generation_of_a_job(#[case] job: &str, #[case] generation: Option<u32>) {
    assert_eq!(generation_of(job), generation);
}

#[rstest]
#[case::the_first(1)]
#[case::a_great_one(999_999)]
#[case::a_greater_one(1_000_000)]
#[case::the_greatest(u32::MAX)]
fn a_generation_is_read_back_from_the_job_it_names(#[case] generation: u32) {
    assert_eq!(generation_of(&job_name("churn-weekly", generation)), Some(generation));
}
