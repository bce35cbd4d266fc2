//! Many alarms by the beginning of their names, and alarms that must have been quiet for a while.

use rekindle_decision::decide;
use rekindle_decision::facts::{AlarmFact, AlarmSet, Facts, Gap};
use rekindle_decision::finding::Finding;
use rekindle_decision::policy::{Alarm, Alarms, Policy, Watch};
use rekindle_decision::signal::AlarmState;
use rekindle_decision::signal::AlarmState::{Alarm as InAlarm, InsufficientData, Ok as Fine};
use rstest::rstest;

use crate::make::{at, finding, found, length, policy, verdict};

fn churn() -> Alarms {
    Alarms::Prefix { prefix: "churn-".into(), tags: [("team".to_owned(), "ml".to_owned())].into() }
}

fn settling(which: Alarms, quiet_for: &str) -> Policy {
    policy([("drift", Watch::Alarm(Alarm { which, quiet_for: length(quiet_for) }).into())])
}

fn unread() -> AlarmFact {
    AlarmFact::Unread { gap: Gap::Forbidden }
}

fn set(alarms: &[(&str, AlarmFact)]) -> Facts {
    let mut facts = Facts::at(at("03:00:00"));
    let alarms = alarms.iter().map(|(name, fact)| ((*name).to_owned(), fact.clone())).collect();
    facts.alarm_sets.insert(churn().key(), AlarmSet::Complete { alarms });
    facts
}

fn in_alarm(alarm: &str, since: &str) -> Finding {
    Finding::InAlarm { alarm: alarm.into(), since: at(since) }
}

#[test]
fn the_key_of_a_prefix_names_its_tags() {
    assert_eq!(churn().key(), "churn-* team=ml");
    assert_eq!(Alarms::Prefix { prefix: "churn-".into(), tags: [].into() }.key(), "churn-*");
    assert_eq!(Alarms::Name("churn-".into()).key(), "churn-");
}

#[rstest]
#[case::that_begins_so("churn-psi", true)]
#[case::that_is_no_longer("churn-", true)]
#[case::of_another_beginning("churn", false)]
#[case::that_only_holds_it("x-churn-psi", false)]
fn a_prefix_may_mean_an_alarm(#[case] alarm: &str, #[case] meant: bool) {
    assert_eq!(churn().may_mean(alarm), meant);
}

#[rstest]
#[case::the_newest_in_alarm(
    &[("churn-a", found(InAlarm, "01:00:00")), ("churn-b", found(InAlarm, "02:00:00"))],
    in_alarm("churn-b", "02:00:00"), "start"
)]
#[case::the_first_of_two_of_one_age(
    &[("churn-a", found(InAlarm, "01:00:00")), ("churn-b", found(InAlarm, "01:00:00"))],
    in_alarm("churn-a", "01:00:00"), "start"
)]
#[case::one_in_alarm_whatever_cannot_be_told(
    &[("churn-a", unread()), ("churn-b", found(InAlarm, "01:00:00")), ("churn-c", found(InsufficientData, "02:00:00"))],
    in_alarm("churn-b", "01:00:00"), "start"
)]
#[case::one_that_cannot_be_told_among_those_that_are_well(
    &[("churn-a", found(Fine, "01:00:00")), ("churn-b", unread()), ("churn-c", found(Fine, "02:00:00"))],
    Finding::Unread { gap: Gap::Forbidden }, "hold blind"
)]
#[case::one_without_data_among_those_that_are_well(
    &[("churn-a", found(Fine, "01:00:00")), ("churn-b", found(InsufficientData, "01:00:00"))],
    Finding::AlarmUnclear { alarm: "churn-b".into(), state: InsufficientData, suppressed_by: None }, "hold blind"
)]
#[case::the_newest_that_is_well(
    &[("churn-a", found(Fine, "02:00:00")), ("churn-b", found(Fine, "01:00:00"))],
    Finding::NotInAlarm { alarm: "churn-a".into(), since: at("02:00:00"), claimed: None }, "rest"
)]
#[case::none_at_all(&[], Finding::NoSuchAlarm { alarm: "churn-* team=ml".into() }, "hold blind")]
fn of_several_alarms_the_loudest_counts(
    #[case] alarms: &[(&str, AlarmFact)],
    #[case] expected: Finding,
    #[case] says: &str,
) {
    let ruling = decide(&settling(churn(), "0s"), &set(alarms));
    assert_eq!((finding(&ruling, "drift"), verdict(&ruling).as_str()), (expected, says));
}

#[test]
fn one_that_settles_is_louder_than_a_newer_one_that_is_well() {
    let facts = set(&[("churn-a", found(InAlarm, "02:30:00")), ("churn-b", found(Fine, "02:45:00"))]);
    let ruling = decide(&settling(churn(), "1h"), &facts);
    let (since, until) = (at("02:30:00"), at("03:30:00"));
    assert_eq!(finding(&ruling, "drift"), Finding::AlarmSettling { alarm: "churn-a".into(), since, until });
    assert_eq!((verdict(&ruling).as_str(), ruling.look_again_at), ("rest", Some(until)));
}

#[test]
fn one_that_cannot_be_told_is_louder_than_one_that_settles() {
    let facts = set(&[("churn-a", found(InAlarm, "02:30:00")), ("churn-b", unread())]);
    assert_eq!(verdict(&decide(&settling(churn(), "1h"), &facts)), "hold blind");
}

#[rstest]
#[case::not_read(None, Gap::NotAsked)]
#[case::not_readable(Some(Gap::InternalError), Gap::InternalError)]
fn a_set_that_was(#[case] gap: Option<Gap>, #[case] expected: Gap) {
    let mut facts = Facts::at(at("03:00:00"));
    facts.alarm_sets.extend(gap.map(|gap| (churn().key(), AlarmSet::Unread { gap })));
    let ruling = decide(&settling(churn(), "0s"), &facts);
    assert_eq!(finding(&ruling, "drift"), Finding::Unread { gap: expected });
    assert_eq!(verdict(&ruling), "hold blind");
}

#[test]
fn a_set_is_not_an_alarm_of_that_name() {
    let mut facts = Facts::at(at("03:00:00"));
    facts.alarms.insert(churn().key(), found(InAlarm, "01:00:00"));
    assert_eq!(verdict(&decide(&settling(churn(), "0s"), &facts)), "hold blind");
}

#[rstest]
#[case::a_moment_too_short("02:59:59.999999999", false)]
#[case::exactly_long_enough("03:00:00", true)]
#[case::longer("03:00:01", true)]
fn an_alarm_must_have_been_in_alarm_for_so_long(#[case] now: &str, #[case] fires: bool) {
    let mut facts = Facts::at(at(now));
    facts.alarms.insert("drift".into(), found(InAlarm, "02:00:00"));
    let ruling = decide(&settling(Alarms::Name("drift".into()), "1h"), &facts);
    let (since, until) = (at("02:00:00"), at("03:00:00"));
    let settles = Finding::AlarmSettling { alarm: "drift".into(), since, until };
    let expected = if fires { in_alarm("drift", "02:00:00") } else { settles };
    assert_eq!(finding(&ruling, "drift"), expected);
    assert_eq!(verdict(&ruling), if fires { "start" } else { "rest" });
    assert_eq!(ruling.look_again_at, (!fires).then_some(until));
}

#[rstest]
#[case::at_once_where_nothing_is_to_settle("0s", "start")]
#[case::later_where_something_is("1s", "rest")]
fn an_alarm_whose_clock_is_ahead_of_ours_counts(#[case] quiet_for: &str, #[case] expected: &str) {
    let mut facts = Facts::at(at("02:00:00"));
    facts.alarms.insert("drift".into(), found(InAlarm, "02:00:00.5"));
    assert_eq!(verdict(&decide(&settling(Alarms::Name("drift".into()), quiet_for), &facts)), expected);
}

#[rstest]
#[case::that_is_well(Fine, "rest")]
#[case::without_data(InsufficientData, "hold blind")]
fn an_alarm_does_not_settle(#[case] state: AlarmState, #[case] expected: &str) {
    let mut facts = Facts::at(at("03:00:00"));
    facts.alarms.insert("drift".into(), found(state, "02:59:00"));
    assert_eq!(verdict(&decide(&settling(Alarms::Name("drift".into()), "1h"), &facts)), expected);
}
