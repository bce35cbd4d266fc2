//! What is remembered from turn to turn: what is pending, what counts by memory, and what a start clears.

use rekindle_decision::decide;
use rekindle_decision::facts::{AlarmFact, Facts, Gap};
use rekindle_decision::policy::{Expr, Policy};
use rekindle_decision::ruling::Ruling;
use rekindle_decision::signal::AlarmState;
use rekindle_decision::state::Sighting;
use rekindle_decision::truth::Truth;
use rstest::rstest;

use crate::make::{
    alarm, all, any, at, at_least, found, length, policy, reasons, sighting, tick, verdict, weekly,
    with_alarm,
};

/// Drift and accuracy, each an alarm; both within a day.
fn two_signs() -> Policy {
    let policy = policy([("drift", alarm("drift")), ("accuracy", alarm("accuracy"))]);
    Policy { start_when: at_least(2, &["drift", "accuracy"], Some("24h")), ..policy }
}

/// Drift was last seen fired at noon yesterday and is quiet; accuracy is bad now.
fn a_day_later(now: &str) -> Facts {
    let mut facts = with_alarm(now, AlarmState::Ok);
    facts.alarms.insert("accuracy".into(), found(AlarmState::Alarm, "11:00:00"));
    facts.state.sightings.insert("drift".into(), sighting("2026-11-01T12:00:00Z", true));
    facts
}

#[rstest]
#[case::one_second_before_the_time_is_up("11:59:59", "start")]
#[case::exactly_when_it_is_up("12:00:00", "start")]
#[case::one_second_later("12:00:01", "rest")]
fn a_trigger_that_fired_within_the_time_still_counts(#[case] now: &str, #[case] expected: &str) {
    assert_eq!(verdict(&decide(&two_signs(), &a_day_later(now))), expected);
}

#[test]
fn memory_is_a_reason_with_its_date() {
    let ruling = decide(&two_signs(), &a_day_later("11:00:00"));
    assert_eq!(reasons(&ruling), ["drift", "accuracy"]);
    let remembered: Vec<_> = ruling.tree.parts.iter().map(|part| part.remembered).collect();
    assert_eq!(remembered, [Some(at("2026-11-01T12:00:00Z")), None]);
}

#[test]
fn memory_counts_while_the_level_cannot_be_read() {
    let mut facts = a_day_later("11:00:00");
    facts.alarms.insert("drift".into(), AlarmFact::Unread { gap: Gap::InternalError });
    assert_eq!(verdict(&decide(&two_signs(), &facts)), "start");
}

#[rstest]
#[case::before_it_was_seen("2026-11-01T11:59:59Z", "start")]
#[case::at_the_instant_it_was_seen("2026-11-01T12:00:00Z", "rest")]
#[case::after_it_was_seen("2026-11-01T12:00:01Z", "rest")]
fn a_start_clears_what_was_seen_until_then(#[case] last_started: &str, #[case] expected: &str) {
    let mut facts = a_day_later("11:00:00");
    facts.state.last_started = Some(at(last_started));
    assert_eq!(verdict(&decide(&two_signs(), &facts)), expected);
}

#[rstest]
#[case::any(any(&["drift"]))]
#[case::all(all(&["drift"], None))]
#[case::all_within_no_time_at_all(all(&["drift"], Some("0s")))]
#[case::at_least_without_within(at_least(1, &["drift"], None))]
#[case::within_no_time_at_all(at_least(1, &["drift"], Some("0s")))]
fn without_within_only_the_present_counts(#[case] start_when: Expr) {
    let policy = Policy { start_when, ..two_signs() };
    assert_eq!(verdict(&decide(&policy, &a_day_later("2026-11-01T12:00:00Z"))), "rest");
}

#[test]
fn within_reaches_into_the_parts() {
    let inner = any(&["drift"]);
    let start_when = Expr::AtLeast { n: 1, of: vec![inner], within: Some(length("24h")) };
    let policy = Policy { start_when, ..two_signs() };
    assert_eq!(verdict(&decide(&policy, &a_day_later("12:00:00"))), "start");
}

fn drift() -> Policy {
    policy([("drift", alarm("drift"))])
}

fn kept(ruling: &Ruling) -> Option<&Sighting> {
    ruling.sightings.get("drift")
}

#[test]
fn a_trigger_seen_for_the_first_time_is_pending_since_its_occurrence() {
    let ruling = decide(&drift(), &with_alarm("12:00:00", AlarmState::Alarm));
    let since = at("01:00:00");
    let expected =
        Sighting { first_seen: since, last_seen: at("12:00:00"), occurrence: Some(since), pending: true };
    assert_eq!(kept(&ruling), Some(&expected));
}

#[test]
fn a_trigger_seen_again_keeps_when_it_was_first_seen() {
    let mut facts = with_alarm("12:00:00", AlarmState::Alarm);
    facts.state.sightings.insert("drift".into(), sighting("11:00:00", true));
    let ruling = decide(&drift(), &facts);
    let kept = kept(&ruling).unwrap();
    assert_eq!((kept.first_seen, kept.last_seen, kept.pending), (at("11:00:00"), at("12:00:00"), true));
}

#[test]
fn a_trigger_that_cannot_be_told_stays_as_it_was() {
    let mut facts = with_alarm("12:00:00", AlarmState::InsufficientData);
    facts.state.sightings.insert("drift".into(), sighting("11:00:00", true));
    let ruling = decide(&drift(), &facts);
    assert_eq!(kept(&ruling), Some(&sighting("11:00:00", true)));
    assert_eq!(ruling.withdrawn, [""; 0]);
}

#[test]
fn a_level_that_a_start_answered_is_forgotten_though_it_cannot_be_told() {
    let mut facts = with_alarm("12:00:00", AlarmState::InsufficientData);
    facts.state.sightings.insert("drift".into(), sighting("11:00:00", true));
    facts.state.last_started = Some(at("11:30:00"));
    assert_eq!(kept(&decide(&drift(), &facts)), None);
}

#[test]
fn a_pending_trigger_that_went_quiet_is_withdrawn_and_forgotten() {
    let mut facts = with_alarm("12:00:00", AlarmState::Ok);
    facts.state.sightings.insert("drift".into(), sighting("11:00:00", true));
    let ruling = decide(&drift(), &facts);
    assert_eq!((ruling.withdrawn.as_slice(), kept(&ruling)), (&["drift".to_owned()][..], None));
}

#[rstest]
#[case::exactly_when_the_memory_ends("12:00:00", true)]
#[case::one_second_later("12:00:01", false)]
fn a_trigger_that_went_quiet_is_remembered_as_long_as_it_can_count(
    #[case] now: &str,
    #[case] remembered: bool,
) {
    let mut facts = with_alarm(now, AlarmState::Ok);
    facts.alarms.insert("accuracy".into(), found(AlarmState::Ok, "01:00:00"));
    facts.state.sightings.insert("drift".into(), sighting("2026-11-01T12:00:00Z", true));
    let ruling = decide(&two_signs(), &facts);
    let expected = Sighting { pending: false, ..sighting("2026-11-01T12:00:00Z", true) };
    assert_eq!(kept(&ruling), remembered.then_some(&expected));
    // Withdrawn once: the next turn sees that it is not pending.
    assert_eq!(ruling.withdrawn, ["drift"]);
    facts.state.sightings = ruling.sightings;
    assert_eq!(decide(&two_signs(), &facts).withdrawn, [""; 0]);
}

#[rstest]
#[case::that_was_answered(Some("03:30:00"), "04:00:00", false)]
#[case::that_was_missed(None, "10:00:00", true)]
fn a_tick(#[case] last_started: Option<&str>, #[case] now: &str, #[case] withdrawn: bool) {
    let policy = policy([("weekly", weekly())]);
    let mut facts = Facts::at(at(now));
    facts.signals.push(tick("weekly", "03:00:00"));
    let pending = Sighting { occurrence: Some(at("03:00:00")), ..sighting("03:40:00", true) };
    facts.state.sightings.insert("weekly".into(), pending);
    facts.state.last_started = last_started.map(at);
    let ruling = decide(&policy, &facts);
    assert_eq!(ruling.tree.truth, Truth::Quiet);
    assert_eq!(ruling.withdrawn.as_slice() == ["weekly"], withdrawn);
    assert!(ruling.sightings.is_empty());
}

#[test]
fn what_a_hold_remembers_starts_when_the_hold_is_over() {
    // A tick comes while a job runs, and its event does not come again.
    let policy = policy([("weekly", weekly())]);
    let mut facts = Facts::at(at("03:00:04"));
    facts.signals.push(tick("weekly", "03:00:00"));
    facts.state.phase = crate::make::running("02:00:00");
    let held = decide(&policy, &facts);
    assert_eq!(verdict(&held), "hold in_flight");

    let mut later = Facts::at(at("05:00:00"));
    later.state.sightings = held.sightings;
    let started = decide(&policy, &later);
    assert_eq!(verdict(&started), "start");

    // The start answers it: what was written down with it does not count any more.
    let mut after = Facts::at(at("08:00:00"));
    after.state.sightings = started.sightings;
    after.state.last_started = Some(at("05:00:00"));
    assert_eq!(verdict(&decide(&policy, &after)), "rest");
}

/// Drift and accuracy, all of both within a day.
fn both_signs(within: Option<&str>) -> Policy {
    Policy { start_when: all(&["drift", "accuracy"], within), ..two_signs() }
}

#[rstest]
#[case::exactly_within_the_time(Some("24h"), "12:00:00", "start")]
#[case::a_second_longer_ago(Some("24h"), "12:00:01", "rest")]
#[case::within_no_time(Some("0s"), "2026-11-01T12:00:00Z", "rest")]
#[case::now(None, "2026-11-01T12:00:00Z", "rest")]
fn all_of_them_within_a_time(#[case] within: Option<&str>, #[case] now: &str, #[case] expected: &str) {
    assert_eq!(verdict(&decide(&both_signs(within), &a_day_later(now))), expected);
}

#[rstest]
#[case::a_part_without_a_time_has_that_of_the_whole(None, "start")]
#[case::a_part_may_have_a_shorter_one(Some("1h"), "rest")]
#[case::a_part_may_have_a_longer_one(Some("48h"), "start")]
fn of_parts_within_parts(#[case] inner: Option<&str>, #[case] expected: &str) {
    let start_when =
        Expr::All { of: vec![all(&["drift"], inner), all(&["accuracy"], None)], within: Some(length("24h")) };
    let policy = Policy { start_when, ..two_signs() };
    assert_eq!(verdict(&decide(&policy, &a_day_later("11:00:00"))), expected);
}

#[test]
fn a_number_of_parts_without_a_time_has_none() {
    // Only `any` and `all` hand the time on; who counts says within which time.
    let start_when = Expr::All {
        of: vec![at_least(1, &["drift"], None), all(&["accuracy"], None)],
        within: Some(length("24h")),
    };
    let policy = Policy { start_when, ..two_signs() };
    assert_eq!(verdict(&decide(&policy, &a_day_later("11:00:00"))), "rest");
}
