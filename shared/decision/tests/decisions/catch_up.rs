//! Schedules that the policy evaluates itself: a tick that AWS never told is known from the expression.

use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::finding::Finding;
use rekindle_decision::policy::Policy;
use rekindle_decision::ruling::Ruling;
use rekindle_decision::schedule::Expression;
use rekindle_decision::signal::{Signal, Tick};
use rstest::rstest;

use crate::make::{at, counts, finding, length, policy, running, schedule, tick, verdict};
use rekindle_decision::policy::CountsAs;

/// Mondays at three, wanted for six hours, from a policy that was written at the given time.
fn since(written: Option<&str>) -> Policy {
    let mut policy = policy([("weekly", schedule("cron(0 3 ? * MON *)", None, "6h"))]);
    policy.revision.since = written.map(at);
    policy
}

fn ruled(policy: &Policy, now: &str) -> (Finding, Ruling) {
    let ruling = decide(policy, &Facts::at(at(now)));
    (finding(&ruling, "weekly"), ruling)
}

#[rstest]
#[case::a_moment_before_its_instant("02:59:59.999999999", None)]
#[case::at_its_instant("03:00:00", Some("start"))]
#[case::exactly_at_the_deadline("09:00:00", Some("start"))]
#[case::a_moment_after_the_deadline("09:00:00.000000001", Some("rest"))]
fn a_tick_nobody_told_is_caught_up_until_its_deadline(#[case] now: &str, #[case] expected: Option<&str>) {
    let (found, ruling) = ruled(&since(None), now);
    let monday = at("03:00:00");
    let missed = |at: &str, next: &str| Finding::TickMissed {
        at: crate::make::at(at),
        deadline: length("6h").after(crate::make::at(at)),
        next: Some(crate::make::at(next)),
    };
    match expected {
        None => assert_eq!(found, missed("2026-10-26T03:00:00Z", "2026-11-02T03:00:00Z")),
        Some("start") => assert_eq!(found, Finding::TickDue { at: monday }),
        Some(_) => assert_eq!(found, missed("2026-11-02T03:00:00Z", "2026-11-09T03:00:00Z")),
    }
    assert_eq!(verdict(&ruling), expected.unwrap_or("rest"));
}

#[rstest]
#[case::before_its_instant(Some("02:59:59"), true)]
#[case::at_its_instant(Some("03:00:00"), true)]
#[case::a_moment_after_its_instant(Some("03:00:00.000000001"), false)]
#[case::nobody_knows_when(None, true)]
fn a_tick_is_caught_up_if_the_policy_was_written(#[case] written: Option<&str>, #[case] caught_up: bool) {
    let (found, ruling) = ruled(&since(written), "03:30:00");
    let none = Finding::NoTick { next: Some(at("2026-11-09T03:00:00Z")) };
    assert_eq!(found, if caught_up { Finding::TickDue { at: at("03:00:00") } } else { none });
    assert_eq!(verdict(&ruling), if caught_up { "start" } else { "rest" });
}

#[test]
fn a_tick_that_is_told_counts_though_the_policy_is_younger() {
    let mut facts = Facts::at(at("03:30:00"));
    facts.signals.push(tick("weekly", "03:00:00"));
    assert_eq!(verdict(&decide(&since(Some("03:15:00")), &facts)), "start");
}

#[rstest]
#[case::a_second_before("02:59:59", false)]
#[case::at_its_instant("03:00:00", true)]
fn a_caught_up_tick_is_answered_by_a_start(#[case] started: &str, #[case] answered: bool) {
    let mut facts = Facts::at(at("03:30:00"));
    facts.state.last_started = Some(at(started));
    let (due, next) = (at("03:00:00"), Some(at("2026-11-09T03:00:00Z")));
    let expected = if answered {
        Finding::TickAnswered { at: due, next, told: false, cancelled: false }
    } else {
        Finding::TickDue { at: due }
    };
    assert_eq!(finding(&decide(&since(None), &facts), "weekly"), expected);
}

#[rstest]
#[case::at_the_instant("03:00:00", "03:00:00")]
#[case::within_the_minute("03:00:59.999999999", "03:00:00")]
#[case::a_minute_later("03:01:00", "03:01:00")]
#[case::an_hour_later("04:00:00", "04:00:00")]
#[case::before_the_instant("02:59:59", "02:59:59")]
fn a_tick_told_at(#[case] told: &str, #[case] means: &str) {
    // The policy is younger than all of them: only what is told counts.
    let mut facts = Facts::at(at("05:00:00"));
    facts.signals.push(tick("weekly", told));
    let found = finding(&decide(&since(Some("23:00:00")), &facts), "weekly");
    assert_eq!(found, Finding::TickDue { at: at(means) });
}

#[test]
fn a_tick_told_late_and_one_that_was_caught_up_are_one() {
    let mut facts = Facts::at(at("03:00:30"));
    let caught_up = decide(&since(None), &facts);
    facts.signals.push(tick("weekly", "03:00:21"));
    assert_eq!(decide(&since(None), &facts).id, caught_up.id);
    // Answered, it does not ask again when EventBridge tells it at last.
    facts.state.last_started = Some(at("03:00:10"));
    assert_eq!(verdict(&decide(&since(None), &facts)), "rest");
}

#[test]
fn of_two_instants_within_the_deadline_the_newer_one_counts() {
    let hourly = policy([("weekly", schedule("cron(0 * * * ? *)", None, "6h"))]);
    let hourly = Policy { revision: rekindle_decision::policy::Revision::default(), ..hourly };
    assert_eq!(ruled(&hourly, "05:30:00").0, Finding::TickDue { at: at("05:00:00") });
}

#[rstest]
#[case::on_the_day_before("2026-10-24T01:00:00Z", "2026-10-24T00:30:00Z")]
#[case::twice_on_the_clock_the_first_time("2026-10-25T01:00:00Z", "2026-10-25T00:30:00Z")]
#[case::and_not_the_second("2026-10-25T01:45:00Z", "2026-10-25T00:30:00Z")]
#[case::on_the_day_after("2026-10-26T02:00:00Z", "2026-10-26T01:30:00Z")]
fn in_berlin_when_the_clocks_are_put_back(#[case] now: &str, #[case] due: &str) {
    let mut policy = policy([("weekly", schedule("cron(30 2 * * ? *)", Some("Europe/Berlin"), "6h"))]);
    policy.revision.since = None;
    assert_eq!(ruled(&policy, now).0, Finding::TickDue { at: at(due) });
}

#[test]
fn an_hour_that_the_clocks_skip_has_no_tick() {
    let mut policy = policy([("weekly", schedule("cron(30 2 * * ? *)", Some("Europe/Berlin"), "6h"))]);
    policy.revision.since = None;
    let (found, ruling) = ruled(&policy, "2026-03-29T10:00:00Z");
    let next = Some(at("2026-03-30T00:30:00Z"));
    let (missed, deadline) = (at("2026-03-28T01:30:00Z"), at("2026-03-28T07:30:00Z"));
    assert_eq!(found, Finding::TickMissed { at: missed, deadline, next });
    assert_eq!(ruling.look_again_at, next);
}

#[rstest]
#[case::before_the_policy_was_written(None, "2026-11-09T03:00:00Z")]
#[case::answered(Some("03:10:00"), "2026-11-09T03:00:00Z")]
fn at_rest_it_is_looked_at_again_for_the_next_tick(#[case] started: Option<&str>, #[case] next: &str) {
    let mut facts = Facts::at(at("04:00:00"));
    facts.state.last_started = started.map(at);
    let ruling = decide(&since(Some("03:30:00")), &facts);
    assert_eq!((verdict(&ruling).as_str(), ruling.look_again_at), ("rest", Some(at(next))));
    // Then it starts.
    facts.now = at(next);
    assert_eq!(verdict(&decide(&since(Some("03:30:00")), &facts)), "start");
}

#[test]
fn of_two_schedules_at_rest_the_sooner_one_says_when_to_look_again() {
    let two = policy([
        ("daily", schedule("cron(0 5 * * ? *)", None, "6h")),
        ("weekly", schedule("cron(0 3 ? * MON *)", None, "6h")),
    ]);
    let ruling = decide(&two, &Facts::at(at("04:00:00")));
    assert_eq!(ruling.look_again_at, Some(at("05:00:00")));
}

#[test]
fn a_single_instant_that_has_passed_has_no_next() {
    let mut policy = policy([("weekly", schedule("at(2026-11-02T03:00:00)", None, "6h"))]);
    policy.revision.since = None;
    let (found, ruling) = ruled(&policy, "12:00:00");
    let missed = Finding::TickMissed { at: at("03:00:00"), deadline: at("09:00:00"), next: None };
    assert_eq!((found, ruling.look_again_at), (missed, None));
}

#[test]
fn a_rate_without_an_anchor_has_only_the_ticks_that_are_told() {
    let mut rate = policy([("weekly", schedule("rate(12 hours)", None, "6h"))]);
    rate.revision.since = None;
    assert_eq!(ruled(&rate, "12:00:00").0, Finding::NoTick { next: None });
    let mut facts = Facts::at(at("12:00:00"));
    facts.signals.push(Signal::Scheduled(Tick {
        trigger: Some("weekly".into()),
        at: Some(at("11:59:30")),
        ..Tick::default()
    }));
    assert_eq!(finding(&decide(&rate, &facts), "weekly"), Finding::TickDue { at: at("11:59:30") });
}

#[test]
fn a_rate_with_an_anchor_is_caught_up() {
    let expression = Expression::parse("rate(12 hours)", None).unwrap().with_anchor(at("01:00:00"));
    let mut trigger = schedule("rate(12 hours)", None, "6h");
    let rekindle_decision::policy::Watch::Schedule(watch) = &mut trigger.watch else { panic!("a schedule") };
    watch.expression = expression;
    let mut policy = policy([("weekly", trigger)]);
    policy.revision.since = None;
    assert_eq!(ruled(&policy, "13:30:00").0, Finding::TickDue { at: at("13:00:00") });
}

#[test]
fn a_tick_that_is_held_is_dropped_at_its_deadline_unless_it_is_latched() {
    for (counts_as, expected) in
        [(CountsAs::Edge, "rest"), (CountsAs::Level, "rest"), (CountsAs::Latch, "start")]
    {
        let mut policy = since(None);
        let weekly = schedule("cron(0 3 ? * MON *)", None, "6h");
        policy.triggers.insert("weekly".into(), counts(counts_as, weekly));
        let mut facts = Facts::at(at("03:00:04"));
        facts.state.phase = running("02:00:00");
        let held = decide(&policy, &facts);
        assert_eq!(verdict(&held), "hold in_flight");
        let mut later = Facts::at(at("09:00:01"));
        later.state.sightings = held.sightings;
        assert_eq!(verdict(&decide(&policy, &later)), expected, "{counts_as:?}");
    }
}
