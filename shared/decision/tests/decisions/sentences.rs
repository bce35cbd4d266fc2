//! What people read.

use insta::assert_snapshot;
use jiff::Timestamp;
use rekindle_decision::decide;
use rekindle_decision::explain::ago;
use rekindle_decision::facts::{AlarmFact, Facts, Gap, Series};
use rekindle_decision::policy::{
    Alarm, CountsAs, Expr, Guards, Limit, MOutOfN, Mode, Policy, Threshold, Watch,
};
use rekindle_decision::ruling::Ruling;
use rekindle_decision::signal::{AlarmKind, AlarmState, Ask, Signal, Transition};
use rekindle_decision::state::{Refusal, Sighting};

use crate::make::{
    alarm, ask, at, at_least, counts, found, hourly, length, metric, name, policy, running, sighting,
    starting, threshold, tick, weekly, with_alarm,
};

/// A calendar, an alarm and a metric: weekly in any case, in between when two signs agree within a day.
fn churn() -> Policy {
    let accuracy = Threshold { periods: MOutOfN { m: 3, n: 5 }, ..threshold(Limit::Below(0.82)) };
    let policy = policy([("weekly", weekly()), ("drift", alarm("drift")), ("accuracy", metric(accuracy))]);
    let signs = at_least(2, &["drift", "accuracy"], Some("24h"));
    let guards = Guards { cooldown: length("24h"), freshness: Some(length("3h")), ..policy.guards };
    Policy { start_when: Expr::Any(vec![name("weekly"), signs]), guards, ..policy }
}

/// The model is well, and everything can be read.
fn well(now: &str) -> Facts {
    let mut facts = with_alarm(now, AlarmState::Ok);
    facts.metrics.insert("accuracy".into(), hourly(now, &[Some(0.91); 5]));
    facts
}

/// Drift and accuracy are both bad.
fn ill(now: &str) -> Facts {
    let mut facts = with_alarm(now, AlarmState::Alarm);
    let values = [0.91, 0.84, 0.81, 0.8, 0.79].map(Some);
    facts.metrics.insert("accuracy".into(), hourly(now, &values));
    facts
}

fn told(ruling: &Ruling) -> String {
    format!("{}\n\n{}", ruling.sentence(), ruling.tree_text())
}

#[test]
fn a_start() {
    assert_snapshot!(told(&decide(&churn(), &ill("12:00:00"))), @"
    Start generation 1: drift: alarm drift in ALARM since 2026-11-02 01:00 UTC; accuracy: 3 of 5 periods below 0.82, 3 needed (newest 0.79).

    fired   any
      quiet   weekly: no tick since the last start, the next is 2026-11-09 03:00 UTC
      fired   at least 2 within 1d
        fired   drift: alarm drift in ALARM since 2026-11-02 01:00 UTC
        fired   accuracy: 3 of 5 periods below 0.82, 3 needed (newest 0.79)
    ");
}

#[test]
fn a_start_by_memory() {
    let mut facts = ill("12:00:00");
    facts.alarms.insert("drift".into(), found(AlarmState::Ok, "11:30:00"));
    facts.state.sightings.insert("drift".into(), sighting("11:15:00", false));
    assert_snapshot!(told(&decide(&churn(), &facts)), @"
    Start generation 1: drift: fired until 2026-11-02 11:15 UTC; accuracy: 3 of 5 periods below 0.82, 3 needed (newest 0.79).

    fired   any
      quiet   weekly: no tick since the last start, the next is 2026-11-09 03:00 UTC
      fired   at least 2 within 1d
        fired   drift: alarm drift OK since 2026-11-02 11:30 UTC (last seen fired 2026-11-02 11:15 UTC)
        fired   accuracy: 3 of 5 periods below 0.82, 3 needed (newest 0.79)
    ");
}

#[test]
fn a_start_for_a_tick() {
    let mut facts = well("03:00:04");
    facts.state.generation = 41;
    facts.signals.push(tick("weekly", "03:00:00"));
    assert_snapshot!(told(&decide(&churn(), &facts)), @"
    Start generation 42: weekly: scheduled for 2026-11-02 03:00 UTC.

    fired   any
      fired   weekly: scheduled for 2026-11-02 03:00 UTC
      quiet   at least 2 within 1d
        quiet   drift: alarm drift OK since 2026-11-02 01:00 UTC
        quiet   accuracy: 0 of 5 periods below 0.82, 3 needed (newest 0.91)
    ");
}

#[test]
fn a_start_on_few_values() {
    let policy = policy([(
        "load",
        metric(Threshold { periods: MOutOfN { m: 3, n: 3 }, ..threshold(Limit::Above(5.0)) }),
    )]);
    let mut facts = Facts::at(at("12:00:00"));
    facts.metrics.insert("load".into(), hourly("12:00:00", &[Some(9.0), None, None]));
    assert_snapshot!(decide(&policy, &facts).sentence(), @"Start generation 1: load: 1 of 3 periods above 5, 3 needed (newest 9, 1 value).");
}

#[test]
fn a_start_a_person_asked_for() {
    let mut facts = well("12:00:00");
    facts.signals.push(Signal::Asked(ask("one")));
    assert_snapshot!(decide(&churn(), &facts).sentence(), @"Start generation 1: ada asked: new labels.");
    facts.signals.push(Signal::Asked(Ask { by: None, reason: None, force: true, ..ask("two") }));
    assert_snapshot!(decide(&churn(), &facts).sentence(), @"Start generation 1: someone asked with force.");
}

#[test]
fn a_hold_in_a_cooldown() {
    let mut facts = ill("12:00:00");
    facts.state.last_started = Some(at("06:00:00"));
    assert_snapshot!(told(&decide(&churn(), &facts)), @"
    Held: cooldown of 1d until 2026-11-03 06:00 UTC (started 2026-11-02 06:00 UTC); would otherwise start because drift: alarm drift in ALARM since 2026-11-02 01:00 UTC; accuracy: 3 of 5 periods below 0.82, 3 needed (newest 0.79). Looking again after 2026-11-03 06:00 UTC.

    fired   any
      quiet   weekly: no tick since the last start, the next is 2026-11-09 03:00 UTC
      fired   at least 2 within 1d
        fired   drift: alarm drift in ALARM since 2026-11-02 01:00 UTC
        fired   accuracy: 3 of 5 periods below 0.82, 3 needed (newest 0.79)
    ");
}

#[test]
fn a_hold_while_a_job_runs() {
    let mut facts = ill("12:00:00");
    facts.state.generation = 7;
    facts.state.phase = running("11:40:00");
    assert_snapshot!(decide(&churn(), &facts).sentence(), @"Held: generation 7 has been in flight since 2026-11-02 11:40 UTC; would otherwise start because drift: alarm drift in ALARM since 2026-11-02 01:00 UTC; accuracy: 3 of 5 periods below 0.82, 3 needed (newest 0.79). Looking again at every sweep.");
}

#[test]
fn a_hold_while_a_start_waits_for_capacity() {
    let mut facts = ill("12:00:00");
    facts.state.generation = 7;
    let waiting =
        "ResourceLimitExceeded: the account-level limit of ml.m5.xlarge for training is 0 instances";
    facts.state.phase = starting("11:40:00", Some(waiting));
    assert_snapshot!(decide(&churn(), &facts).sentence(), @"Held: generation 7 has been waiting to start since 2026-11-02 11:40 UTC (ResourceLimitExceeded: the account-level limit of ml.m5.xlarge for training is 0 instances); would otherwise start because drift: alarm drift in ALARM since 2026-11-02 01:00 UTC; accuracy: 3 of 5 periods below 0.82, 3 needed (newest 0.79). Looking again at every sweep.");
}

#[test]
fn a_hold_of_a_suspended_policy() {
    let policy = Policy { mode: Mode::Suspended, ..churn() };
    assert_snapshot!(decide(&policy, &ill("12:00:00")).sentence(), @"Held: the policy is suspended; change its mode to go on; would otherwise start because drift: alarm drift in ALARM since 2026-11-02 01:00 UTC; accuracy: 3 of 5 periods below 0.82, 3 needed (newest 0.79). Looking again at every sweep.");
}

#[test]
fn a_hold_after_a_refusal() {
    let mut facts = ill("12:00:00");
    facts.state.refused = Some(Refusal {
        cause: decide(&churn(), &facts).cause,
        at: at("11:00:00"),
        code: "ValidationException".into(),
        message: "Could not find image".into(),
        before: 3,
    });
    assert_snapshot!(decide(&churn(), &facts).sentence(), @"Held: SageMaker refused this start at 2026-11-02 11:00 UTC (ValidationException: Could not find image); mend it, then change the policy, close the breaker, or ask for a training by hand; would otherwise start because drift: alarm drift in ALARM since 2026-11-02 01:00 UTC; accuracy: 3 of 5 periods below 0.82, 3 needed (newest 0.79). Looking again at every sweep.");
}

#[test]
fn a_hold_for_want_of_sight() {
    let mut facts = ill("12:00:00");
    facts.metrics.insert("accuracy".into(), Series::Unread { gap: Gap::Forbidden });
    assert_snapshot!(told(&decide(&churn(), &facts)), @"
    Held: accuracy cannot be told: reading it is forbidden; check the function's role; speaking for a start: drift: alarm drift in ALARM since 2026-11-02 01:00 UTC. Looking again at every sweep.

    unknown any
      quiet   weekly: no tick since the last start, the next is 2026-11-09 03:00 UTC
      unknown at least 2 within 1d
        fired   drift: alarm drift in ALARM since 2026-11-02 01:00 UTC
        unknown accuracy: reading it is forbidden; check the function's role
    ");
}

#[test]
fn a_hold_for_every_kind_of_blindness() {
    let triggers = ["a", "b", "c", "d", "e"].map(|name| (name, alarm(name)));
    let mut policy = policy(triggers);
    for word in ["few", "none", "stale", "no_limit"] {
        let limit = if word == "no_limit" { Limit::Above(f64::NAN) } else { Limit::Above(5.0) };
        let mut threshold = Threshold { periods: MOutOfN { m: 2, n: 2 }, ..threshold(limit) };
        threshold.source.min_samples = Some(10);
        policy.triggers.insert(word.into(), metric(threshold));
    }
    policy.triggers.insert("one".into(), metric(threshold(Limit::Above(5.0))));
    policy.guards.freshness = Some(length("1h"));
    policy.start_when = Expr::Any(policy.triggers.keys().cloned().map(Expr::Trigger).collect());

    let mut facts = Facts::at(at("12:30:00"));
    let suppressed =
        |state| AlarmFact::Found { state, since: at("01:00:00"), suppressed_by: Some("Alarm".into()) };
    facts.alarms.insert("a".into(), AlarmFact::Absent);
    facts.alarms.insert("b".into(), found(AlarmState::InsufficientData, "01:00:00"));
    facts.alarms.insert("c".into(), suppressed(AlarmState::Alarm));
    facts.alarms.insert("d".into(), AlarmFact::Unread { gap: Gap::Failed { error: "timed out".into() } });
    facts.metrics.insert("few".into(), Series::Unread { gap: Gap::PartialData });
    facts.metrics.insert("none".into(), hourly("12:30:00", &[None]));
    let Series::Complete { points } = hourly("12:30:00", &[Some(1.0), None]) else { panic!("complete") };
    let points =
        points.into_iter().map(|point| rekindle_decision::facts::Point { samples: Some(10.0), ..point });
    facts.metrics.insert("stale".into(), Series::Complete { points: points.collect() });
    facts.metrics.insert("no_limit".into(), hourly("12:30:00", &[Some(1.0)]));
    facts.metrics.insert("one".into(), hourly("12:30:00", &[None]));
    assert_snapshot!(decide(&policy, &facts).tree_text(), @"
    unknown any
      unknown a: there is no alarm named a
      unknown b: alarm b is INSUFFICIENT_DATA
      unknown c: alarm c is ALARM with its actions suppressed (Alarm)
      unknown d: reading it failed: timed out
      unknown e: it was not read
      unknown few: CloudWatch gave only a part of the data
      unknown no_limit: the policy's limit is not a number; mend the policy
      unknown none: 0 values in 2 periods
      unknown one: 0 values in 1 period
      unknown stale: newest value is of 2026-11-02 11:00 UTC, 1h30m old, and 1h is allowed
    ");
}

#[test]
fn a_rest() {
    assert_snapshot!(told(&decide(&churn(), &well("12:00:00"))), @"
    Rest: nothing asked for a training job.

    quiet   any
      quiet   weekly: no tick since the last start, the next is 2026-11-09 03:00 UTC
      quiet   at least 2 within 1d
        quiet   drift: alarm drift OK since 2026-11-02 01:00 UTC
        quiet   accuracy: 0 of 5 periods below 0.82, 3 needed (newest 0.91)
    ");
}

#[test]
fn a_rest_after_a_tick_was_answered() {
    let mut facts = well("04:00:00");
    facts.signals.push(tick("weekly", "03:00:00"));
    facts.state.last_started = Some(at("03:00:04"));
    assert_snapshot!(decide(&churn(), &facts).sentence(), @"Rest: weekly: the tick of 2026-11-02 03:00 UTC was answered by a later start, the next is 2026-11-09 03:00 UTC.");
}

#[test]
fn a_rest_after_a_tick_was_missed() {
    let mut facts = well("12:00:00");
    facts.signals.push(tick("weekly", "03:00:00"));
    assert_snapshot!(decide(&churn(), &facts).sentence(), @"Rest: weekly: the tick of 2026-11-02 03:00 UTC was wanted until 2026-11-02 09:00 UTC and is dropped, the next is 2026-11-09 03:00 UTC.");
}

/// An event of half past midnight that the alarm went to ALARM.
fn claim(alarm: &str) -> Signal {
    Signal::Alarmed(Transition {
        alarm: format!("arn:aws:cloudwatch:eu-central-1:445566778899:alarm:{alarm}"),
        name: alarm.into(),
        kind: AlarmKind::Metric,
        state: AlarmState::Alarm,
        since: at("00:30:00"),
        previous: None,
        reason: String::new(),
        points: Vec::new(),
        threshold: None,
        period: None,
        suppressed_by: None,
        replay: None,
    })
}

#[test]
fn a_rest_though_an_event_said_otherwise() {
    let mut facts = well("12:00:00");
    facts.signals.push(claim("drift"));
    assert_snapshot!(decide(&churn(), &facts).sentence(), @"Rest: drift: an event said that alarm drift went to ALARM at 2026-11-02 00:30 UTC, but CloudWatch says OK since 2026-11-02 01:00 UTC.");
}

#[test]
fn a_rest_long_after_a_tick_was_answered() {
    // Known from the expression, and told in no turn of now.
    let mut policy = churn();
    policy.revision.since = Some(at("00:00:00"));
    let mut facts = well("04:00:00");
    facts.state.last_started = Some(at("03:00:04"));
    assert_snapshot!(told(&decide(&policy, &facts)), @"
    Rest: nothing asked for a training job.

    quiet   any
      quiet   weekly: the tick of 2026-11-02 03:00 UTC was answered by a later start, the next is 2026-11-09 03:00 UTC
      quiet   at least 2 within 1d
        quiet   drift: alarm drift OK since 2026-11-02 01:00 UTC
        quiet   accuracy: 0 of 5 periods below 0.82, 3 needed (newest 0.91)
    ");
}

#[test]
fn of_several_things_worth_telling_a_rest_tells_one() {
    // The order in which they are told, and the contrary of the one in which they are written.
    let order = ["claimed", "answered", "missed", "edge", "settling"];
    let settling = Alarm { quiet_for: length("1h"), ..Alarm::named("settling") };
    let policy = policy([
        ("settling", Watch::Alarm(settling).into()),
        ("edge", counts(CountsAs::Edge, alarm("edge"))),
        ("missed", weekly()),
        ("answered", weekly()),
        ("claimed", alarm("claimed")),
    ]);
    let mut facts = Facts::at(at("12:00:00"));
    facts.alarms.insert("claimed".into(), found(AlarmState::Ok, "01:00:00"));
    facts.alarms.insert("edge".into(), found(AlarmState::Alarm, "01:00:00"));
    facts.alarms.insert("settling".into(), found(AlarmState::Alarm, "11:45:00"));
    facts.signals = vec![claim("claimed"), tick("answered", "03:00:00"), tick("missed", "04:30:00")];
    facts.state.last_started = Some(at("04:00:00"));
    for first in 0..order.len() {
        let names = order[first..].iter().rev().copied();
        let policy = Policy { start_when: Expr::Any(names.map(name).collect()), ..policy.clone() };
        let sentence = decide(&policy, &facts).sentence();
        assert!(sentence.starts_with(&format!("Rest: {}: ", order[first])), "{sentence}");
    }
}

#[test]
fn a_rest_after_what_was_held_went_away() {
    let mut facts = well("12:00:00");
    facts.state.sightings.insert("accuracy".into(), sighting("2026-10-30T12:00:00Z", true));
    assert_snapshot!(decide(&churn(), &facts).sentence(), @"Rest: no longer wanted: accuracy: 0 of 5 periods below 0.82, 3 needed (newest 0.91).");
    // Drift went away too, and counts by memory for a while: it is told all the same.
    facts.state.sightings.insert("drift".into(), sighting("11:45:00", true));
    assert_snapshot!(told(&decide(&churn(), &facts)), @"
    Rest: no longer wanted: accuracy: 0 of 5 periods below 0.82, 3 needed (newest 0.91); drift: alarm drift OK since 2026-11-02 01:00 UTC.

    quiet   any
      quiet   weekly: no tick since the last start, the next is 2026-11-09 03:00 UTC
      quiet   at least 2 within 1d
        fired   drift: alarm drift OK since 2026-11-02 01:00 UTC (last seen fired 2026-11-02 11:45 UTC)
        quiet   accuracy: 0 of 5 periods below 0.82, 3 needed (newest 0.91)
    ");
}

#[test]
fn a_rest_after_a_tick_was_held_for_too_long() {
    let mut facts = well("12:00:00");
    let pending = Sighting { occurrence: Some(at("03:00:00")), ..sighting("08:45:00", true) };
    facts.state.sightings.insert("weekly".into(), pending);
    assert_snapshot!(decide(&churn(), &facts).sentence(), @"Rest: no longer wanted: weekly: the tick of 2026-11-02 03:00 UTC was wanted until 2026-11-02 09:00 UTC and is dropped, the next is 2026-11-09 03:00 UTC.");
}

#[test]
fn how_long_ago() {
    assert_eq!(ago(at("06:00:00"), at("12:30:00")), "6h30m ago");
    assert_eq!(ago(at("12:00:00"), at("12:00:00")), "0s ago");
    // Clocks differ.
    assert_eq!(ago(at("12:00:01"), at("12:00:00")), "0s ago");
    assert_eq!(ago(Timestamp::MIN, Timestamp::MAX), "3660d ago");
}
