//! A schedule's tick: wanted from its instant until its deadline, unless a start has answered it.

use jiff::Timestamp;
use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::finding::Finding;
use rekindle_decision::policy::Policy;
use rekindle_decision::signal::{Signal, Tick};
use rekindle_decision::state::Sighting;
use rstest::rstest;

use crate::make::{at, finding, policy, schedule, tick, verdict, weekly};

/// The Monday after.
const NEXT: &str = "2026-11-09T03:00:00Z";

fn found(policy: &Policy, facts: &Facts) -> Finding {
    finding(&decide(policy, facts), "weekly")
}

fn kept(tick: &str, pending: bool) -> Sighting {
    Sighting { first_seen: at(tick), last_seen: at("04:00:00"), occurrence: Some(at(tick)), pending }
}

#[rstest]
#[case::at_its_instant("03:00:00", "start")]
#[case::a_little_late("03:00:04", "start")]
#[case::one_second_before_the_deadline("08:59:59", "start")]
#[case::exactly_at_the_deadline("09:00:00", "start")]
#[case::a_moment_after_the_deadline("09:00:00.000000001", "rest")]
#[case::the_next_day("2026-11-03T03:00:00Z", "rest")]
fn a_tick_is_wanted_until_its_deadline(#[case] now: &str, #[case] expected: &str) {
    let mut facts = Facts::at(at(now));
    facts.signals.push(tick("weekly", "03:00:00"));
    assert_eq!(verdict(&decide(&policy([("weekly", weekly())]), &facts)), expected);
}

#[test]
fn a_tick_past_its_deadline_says_when_it_was_wanted() {
    let mut facts = Facts::at(at("12:00:00"));
    facts.signals.push(tick("weekly", "03:00:00"));
    let missed = Finding::TickMissed { at: at("03:00:00"), deadline: at("09:00:00"), next: Some(at(NEXT)) };
    assert_eq!(found(&policy([("weekly", weekly())]), &facts), missed);
}

#[rstest]
#[case::by_no_start(None, false)]
#[case::by_no_start_one_second_before(Some("02:59:59"), false)]
#[case::by_a_start_at_its_instant(Some("03:00:00"), true)]
#[case::by_a_start_after_it(Some("03:30:00"), true)]
fn a_tick_is_answered(#[case] last_started: Option<&str>, #[case] answered: bool) {
    let mut facts = Facts::at(at("04:00:00"));
    facts.signals.push(tick("weekly", "03:00:00"));
    facts.state.last_started = last_started.map(at);
    let (at, next, policy) = (at("03:00:00"), Some(at(NEXT)), policy([("weekly", weekly())]));
    let expected = if answered {
        Finding::TickAnswered { at, next, told: true, cancelled: false }
    } else {
        Finding::TickDue { at }
    };
    assert_eq!(found(&policy, &facts), expected);
}

#[rstest]
#[case::in_order(&["2026-10-26T03:00:00Z", "03:00:00"])]
#[case::out_of_order(&["03:00:00", "2026-10-26T03:00:00Z"])]
#[case::twice(&["03:00:00", "03:00:00"])]
fn the_newest_tick_decides(#[case] ticks: &[&str]) {
    let mut facts = Facts::at(at("04:00:00"));
    facts.signals.extend(ticks.iter().map(|instant| tick("weekly", instant)));
    assert_eq!(found(&policy([("weekly", weekly())]), &facts), Finding::TickDue { at: at("03:00:00") });
}

#[rstest]
#[case::pending(kept("03:00:00", true), None, Some("03:00:00"))]
#[case::remembered_only(kept("03:00:00", false), None, None)]
#[case::seen_after_the_last_start(kept("03:00:00", true), Some("02:59:59"), Some("03:00:00"))]
#[case::seen_until_the_last_start(kept("03:00:00", true), Some("04:00:00"), None)]
fn a_tick_is_kept_in_the_ledger(
    #[case] kept: Sighting,
    #[case] last_started: Option<&str>,
    #[case] due: Option<&str>,
) {
    let mut facts = Facts::at(at("05:00:00"));
    facts.state.sightings.insert("weekly".into(), kept);
    facts.state.last_started = last_started.map(at);
    let expected =
        due.map_or(Finding::NoTick { next: Some(at(NEXT)) }, |due| Finding::TickDue { at: at(due) });
    assert_eq!(found(&policy([("weekly", weekly())]), &facts), expected);
}

#[rstest]
#[case::told_after_kept("03:00:00", "2026-10-26T03:00:00Z")]
#[case::kept_after_told("2026-10-26T03:00:00Z", "03:00:00")]
fn told_or_kept_the_newest_tick_decides(#[case] told: &str, #[case] in_ledger: &str) {
    let mut facts = Facts::at(at("05:00:00"));
    facts.signals.push(tick("weekly", told));
    facts.state.sightings.insert("weekly".into(), kept(in_ledger, true));
    assert_eq!(found(&policy([("weekly", weekly())]), &facts), Finding::TickDue { at: at("03:00:00") });
}

#[test]
fn a_tick_that_does_not_say_when_is_of_now() {
    let mut facts = Facts::at(at("05:00:00"));
    facts.signals.push(Signal::Scheduled(Tick { trigger: Some("weekly".into()), ..Tick::default() }));
    assert_eq!(found(&policy([("weekly", weekly())]), &facts), Finding::TickDue { at: at("05:00:00") });
}

#[rstest]
#[case::of_now("05:00:00", "05:00:00", "05:00:00")]
#[case::of_an_hour_to_come("05:00:00", "06:00:00", "05:00:00")]
#[case::of_a_year_to_come("05:00:00", "2027-11-02T06:00:00Z", "05:00:00")]
#[case::of_a_moment_to_come_within_the_minute("03:00:59", "03:01:01", "03:00:00")]
fn a_tick_is_never_of_the_future(#[case] now: &str, #[case] told: &str, #[case] of: &str) {
    let mut facts = Facts::at(at(now));
    facts.signals.push(tick("weekly", told));
    assert_eq!(found(&policy([("weekly", weekly())]), &facts), Finding::TickDue { at: at(of) });
    // So a start of now has answered it.
    facts.state.last_started = Some(at(now));
    let answered = Finding::TickAnswered { at: at(of), next: Some(at(NEXT)), told: true, cancelled: false };
    assert_eq!(found(&policy([("weekly", weekly())]), &facts), answered);
}

#[rstest]
#[case::now(&["03:00:00"], true)]
#[case::now_with_another(&["2026-10-26T03:00:00Z", "03:00:00"], true)]
#[case::by_a_rule_that_is_a_little_late(&["03:00:59"], true)]
#[case::not_now(&[], false)]
#[case::not_now_but_another_was(&["2026-10-26T03:00:00Z"], false)]
fn an_answered_tick_was_told(#[case] ticks: &[&str], #[case] told: bool) {
    let mut facts = Facts::at(at("05:00:00"));
    facts.signals.extend(ticks.iter().map(|instant| tick("weekly", instant)));
    facts.state.sightings.insert("weekly".into(), kept("03:00:00", true));
    facts.state.last_started = Some(at("03:30:00"));
    let (at, next) = (at("03:00:00"), Some(at(NEXT)));
    assert_eq!(
        found(&policy([("weekly", weekly())]), &facts),
        Finding::TickAnswered { at, next, told, cancelled: false }
    );
}

#[test]
fn without_a_tick_a_schedule_is_quiet() {
    let facts = Facts::at(at("05:00:00"));
    assert_eq!(found(&policy([("weekly", weekly())]), &facts), Finding::NoTick { next: Some(at(NEXT)) });
}

const RULE: &str = "arn:aws:events:eu-central-1:445566778899:rule/churn-weekly";
const SCHEDULER: &str = "arn:aws:scheduler:eu-central-1:445566778899:schedule/default/churn-weekly";

#[rstest]
#[case::the_rule(Some(RULE), None, true)]
#[case::a_schedule_of_the_scheduler(Some(SCHEDULER), None, true)]
#[case::the_trigger(None, Some("weekly"), true)]
#[case::the_trigger_by_its_rule(Some(RULE), Some("weekly"), true)]
#[case::the_trigger_by_another_rule(
    Some("arn:aws:events:eu-central-1:445566778899:rule/x"),
    Some("weekly"),
    false
)]
#[case::another_rule(Some("arn:aws:events:eu-central-1:445566778899:rule/churn-weekly-2"), None, false)]
#[case::another_trigger(None, Some("nightly"), false)]
#[case::another_trigger_by_the_rule(Some(RULE), Some("nightly"), false)]
#[case::nothing(None, None, false)]
fn a_tick_names(#[case] source: Option<&str>, #[case] trigger: Option<&str>, #[case] meant: bool) {
    let tick = Tick {
        source: source.map(Into::into),
        trigger: trigger.map(Into::into),
        at: Some(at("03:00:00")),
        ..Tick::default()
    };
    let policy = policy([("weekly", weekly())]);
    assert_eq!(policy.trigger_of(&tick), meant.then_some("weekly"));
    let mut facts = Facts::at(at("03:00:04"));
    facts.signals.push(Signal::Scheduled(tick));
    assert_eq!(found(&policy, &facts) == Finding::TickDue { at: at("03:00:00") }, meant);
}

#[test]
fn a_schedule_without_a_rule_hears_only_its_own_name() {
    let policy = policy([("weekly", schedule("rate(1 day)", None, "6h"))]);
    assert_eq!(policy.trigger_of(&Tick::default()), None);
    assert_eq!(policy.trigger_of(&Tick { source: Some(RULE.into()), ..Tick::default() }), None);
}

#[test]
fn a_deadline_at_the_end_of_time_is_the_end_of_time() {
    let mut facts = Facts::at(Timestamp::MAX);
    facts.signals.push(Signal::Scheduled(Tick {
        trigger: Some("weekly".into()),
        at: Some(Timestamp::MAX),
        ..Tick::default()
    }));
    assert_eq!(found(&policy([("weekly", weekly())]), &facts), Finding::TickDue { at: Timestamp::MAX });
}
