//! For how long a condition that became true asks: while it is, once, or until the next start.

use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap, Series};
use rekindle_decision::policy::CountsAs::{self, Edge, Latch, Level};
use rekindle_decision::policy::{Guards, Limit, MOutOfN, Policy, Threshold, Trigger, Watch};
use rekindle_decision::signal::AlarmState::{Alarm as InAlarm, InsufficientData, Ok as Fine};
use rekindle_decision::signal::{AlarmState, Signal};
use rekindle_decision::state::State;
use rstest::rstest;

use crate::make::{
    alarm, any, ask, at, counts, found, hourly, length, metric, policy, schedule, threshold, verdict,
};

/// What the ledger writes after a turn.
fn after(state: State, now: &str, ruling: &rekindle_decision::ruling::Ruling) -> State {
    let starts = verdict(ruling) == "start";
    State {
        sightings: ruling.sightings.clone(),
        last_started: if starts { Some(at(now)) } else { state.last_started },
        ..state
    }
}

/// Whether an alarm's trigger asks at each of the times; a start is remembered.
fn alarms(counts_as: CountsAs, turns: &[(&str, AlarmState, &str)]) -> Vec<String> {
    let policy = policy([("drift", counts(counts_as, alarm("drift")))]);
    let mut state = State::default();
    turns
        .iter()
        .map(|(now, alarm, since)| {
            let mut facts = Facts { state: state.clone(), ..Facts::at(at(now)) };
            facts.alarms.insert("drift".into(), found(*alarm, since));
            let ruling = decide(&policy, &facts);
            state = after(state.clone(), now, &ruling);
            verdict(&ruling)
        })
        .collect()
}

#[rstest]
#[case::a_level(Level, ["start", "start", "start", "rest", "start"])]
#[case::an_edge(Edge, ["start", "rest", "rest", "rest", "start"])]
#[case::a_latch(Latch, ["start", "start", "start", "rest", "start"])]
fn an_alarm_that_stays_and_comes_again_as(#[case] counts_as: CountsAs, #[case] expected: [&str; 5]) {
    let turns = [
        ("02:00:00", InAlarm, "01:00:00"),
        ("03:00:00", InAlarm, "01:00:00"),
        ("04:00:00", InAlarm, "01:00:00"),
        ("05:00:00", Fine, "04:30:00"),
        ("06:00:00", InAlarm, "05:30:00"),
    ];
    assert_eq!(alarms(counts_as, &turns), expected);
}

#[rstest]
#[case::a_level(Level, ["hold blind", "start", "hold blind", "start"])]
#[case::an_edge(Edge, ["hold blind", "start", "hold blind", "rest"])]
fn an_alarm_that_cannot_be_told_for_a_while_as(#[case] counts_as: CountsAs, #[case] expected: [&str; 4]) {
    let turns = [
        ("02:00:00", InsufficientData, "01:00:00"),
        ("03:00:00", InAlarm, "02:30:00"),
        ("04:00:00", InsufficientData, "03:30:00"),
        ("05:00:00", InAlarm, "02:30:00"),
    ];
    assert_eq!(alarms(counts_as, &turns), expected);
}

#[test]
fn an_alarm_that_went_off_anew_between_two_turns_is_a_new_edge() {
    let turns = [("02:00:00", InAlarm, "01:00:00"), ("03:00:00", InAlarm, "02:30:00")];
    assert_eq!(alarms(Edge, &turns), ["start", "start"]);
}

/// Whether a metric's trigger asks in each of the hours. Between them, other triggers may start.
fn metrics(counts_as: CountsAs, turns: &[(&str, Option<f64>, bool)]) -> Vec<String> {
    let trigger = counts(counts_as, metric(threshold(Limit::Below(0.8))));
    let policy = policy([("accuracy", trigger)]);
    let mut state = State::default();
    turns
        .iter()
        .map(|(now, value, other_start)| {
            let mut facts = Facts { state: state.clone(), ..Facts::at(at(now)) };
            let series = match value {
                Some(value) => hourly(now, &[Some(*value)]),
                None => Series::Unread { gap: Gap::InternalError },
            };
            facts.metrics.insert("accuracy".into(), series);
            let ruling = decide(&policy, &facts);
            state = after(state.clone(), now, &ruling);
            if *other_start {
                state.last_started = Some(length("30m").after(at(now)));
            }
            verdict(&ruling)
        })
        .collect()
}

const BAD: Option<f64> = Some(0.7);
const GOOD: Option<f64> = Some(0.9);

#[rstest]
#[case::a_level(Level, ["start", "start", "rest", "start"])]
#[case::an_edge(Edge, ["start", "rest", "rest", "start"])]
#[case::a_latch(Latch, ["start", "start", "rest", "start"])]
fn a_metric_that_stays_and_comes_again_as(#[case] counts_as: CountsAs, #[case] expected: [&str; 4]) {
    let turns = [
        ("02:00:00", BAD, false),
        ("03:00:00", BAD, false),
        ("04:00:00", GOOD, false),
        ("05:00:00", BAD, false),
    ];
    assert_eq!(metrics(counts_as, &turns), expected);
}

#[rstest]
#[case::a_level(Level, ["start", "hold blind", "start"])]
#[case::an_edge(Edge, ["start", "hold blind", "rest"])]
fn an_edge_is_over_only_when_it_has_been_seen_to_be(
    #[case] counts_as: CountsAs,
    #[case] expected: [&str; 3],
) {
    let turns = [("02:00:00", BAD, false), ("03:00:00", None, false), ("04:00:00", BAD, false)];
    assert_eq!(metrics(counts_as, &turns), expected);
}

#[test]
fn a_start_for_another_reason_answers_an_edge_too() {
    let turns = [
        ("02:00:00", GOOD, true),
        ("03:00:00", BAD, true),
        ("04:00:00", BAD, false),
        ("05:00:00", BAD, false),
    ];
    assert_eq!(metrics(Edge, &turns), ["rest", "start", "rest", "rest"]);
}

/// One trigger that fired and went quiet while a job ran.
fn held_and_gone(counts_as: CountsAs) -> (Policy, Facts) {
    let policy = policy([("drift", counts(counts_as, alarm("drift")))]);
    let mut facts = Facts::at(at("02:00:00"));
    facts.alarms.insert("drift".into(), found(InAlarm, "01:00:00"));
    facts.state.phase = crate::make::running("00:30:00");
    let held = decide(&policy, &facts);
    assert_eq!(verdict(&held), "hold in_flight");
    let mut later = Facts::at(at("03:00:00"));
    later.alarms.insert("drift".into(), found(Fine, "02:30:00"));
    later.state.sightings = held.sightings;
    (policy, later)
}

#[rstest]
#[case::a_level(Level, "rest", true)]
#[case::an_edge(Edge, "rest", true)]
#[case::a_latch(Latch, "start", false)]
fn what_is_true_no_longer_asks_as(
    #[case] counts_as: CountsAs,
    #[case] expected: &str,
    #[case] withdrawn: bool,
) {
    let (policy, facts) = held_and_gone(counts_as);
    let ruling = decide(&policy, &facts);
    assert_eq!((verdict(&ruling).as_str(), !ruling.withdrawn.is_empty()), (expected, withdrawn));
    assert_eq!(ruling.sightings.contains_key("drift"), !withdrawn);
    assert_eq!(ruling.tree.parts[0].remembered, (!withdrawn).then(|| at("02:00:00")));
}

#[test]
fn a_latch_stays_latched_for_as_many_turns_as_it_takes() {
    let (policy, mut facts) = held_and_gone(Latch);
    for hour in 4..8 {
        facts.state.phase = crate::make::running("00:30:00");
        let held = decide(&policy, &facts);
        assert_eq!(verdict(&held), "hold in_flight");
        facts.state.sightings = held.sightings;
        facts.now = at(&format!("0{hour}:00:00"));
    }
    // Nor is it undone by not being told.
    facts.alarms.clear();
    facts.state.phase = rekindle_decision::state::Phase::Idle;
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
    // The next start answers it.
    facts.state.last_started = Some(at("07:00:00"));
    facts.alarms.insert("drift".into(), found(Fine, "02:30:00"));
    assert_eq!(verdict(&decide(&policy, &facts)), "rest");
}

#[rstest]
#[case::that_was_answered("04:00:00", false)]
#[case::that_came_after_the_start("03:59:59", true)]
fn an_edge(#[case] started: &str, #[case] asks: bool) {
    let policy = policy([("drift", counts(Edge, alarm("drift")))]);
    let mut facts = Facts::at(at("05:00:00"));
    facts.alarms.insert("drift".into(), found(InAlarm, "04:00:00"));
    facts.state.last_started = Some(at(started));
    let ruling = decide(&policy, &facts);
    assert_eq!(verdict(&ruling), if asks { "start" } else { "rest" });
    assert_eq!(ruling.tree.parts[0].answered, (!asks).then(|| at(started)));
}

#[test]
fn an_edge_that_was_answered_is_remembered_as_not_pending() {
    let policy = policy([("drift", counts(Edge, alarm("drift")))]);
    let mut facts = Facts::at(at("05:00:00"));
    facts.alarms.insert("drift".into(), found(InAlarm, "04:00:00"));
    facts.state.sightings.insert("drift".into(), crate::make::sighting("04:00:00", true));
    facts.state.last_started = Some(at("04:30:00"));
    let kept = &decide(&policy, &facts).sightings["drift"];
    assert_eq!((kept.first_seen, kept.last_seen, kept.pending), (at("04:00:00"), at("04:00:00"), false));
    // Asked for again after that start, it would not count by memory.
    let policy = Policy { start_when: crate::make::at_least(1, &["drift"], Some("24h")), ..policy };
    assert_eq!(verdict(&decide(&policy, &facts)), "rest");
}

#[test]
fn an_edge_that_is_seen_only_after_it_was_answered_never_asked() {
    // A run of a monitor is of before the start, and ends after it.
    let mut policy = policy([("drift", counts(Edge, alarm("drift")))]);
    policy.start_when = crate::make::at_least(1, &["drift"], Some("24h"));
    let mut facts = Facts::at(at("05:00:00"));
    facts.alarms.insert("drift".into(), found(InAlarm, "04:00:00"));
    facts.state.last_started = Some(at("04:30:00"));
    let first = decide(&policy, &facts);
    assert_eq!(
        (first.sightings["drift"].last_seen, first.sightings["drift"].pending),
        (at("04:30:00"), false)
    );
    facts.state.sightings = first.sightings;
    facts.alarms.insert("drift".into(), found(Fine, "05:30:00"));
    facts.now = at("06:00:00");
    let second = decide(&policy, &facts);
    assert_eq!((verdict(&second).as_str(), second.withdrawn.len()), ("rest", 0));
}

#[rstest]
#[case::a_level(Level, "start")]
#[case::an_edge(Edge, "start")]
#[case::a_latch(Latch, "start")]
fn a_tick_asks_once_whatever_it_counts_as(#[case] counts_as: CountsAs, #[case] expected: &str) {
    let weekly = counts(counts_as, schedule("cron(0 3 ? * MON *)", None, "6h"));
    let mut policy = policy([("weekly", weekly)]);
    policy.revision.since = None;
    let mut facts = Facts::at(at("03:00:04"));
    let first = decide(&policy, &facts);
    facts.state = after(State::default(), "03:00:04", &first);
    facts.now = at("04:00:00");
    let second = decide(&policy, &facts);
    assert_eq!((verdict(&first).as_str(), verdict(&second).as_str()), (expected, "rest"));
    assert_eq!(second.withdrawn, [""; 0]);
}

#[test]
fn in_a_cooldown_an_edge_waits_and_a_level_that_went_quiet_does_not() {
    let policy = policy([("drift", counts(Edge, alarm("drift")))]);
    let policy = Policy { guards: Guards { cooldown: length("6h"), ..policy.guards }, ..policy };
    let mut facts = Facts::at(at("05:00:00"));
    facts.alarms.insert("drift".into(), found(InAlarm, "04:00:00"));
    facts.state.last_started = Some(at("03:00:00"));
    let held = decide(&policy, &facts);
    assert_eq!((verdict(&held).as_str(), held.look_again_at), ("hold cooldown", Some(at("09:00:00"))));
    facts.state.sightings = held.sightings;
    facts.now = at("09:00:00");
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
}

#[test]
fn a_request_is_heard_while_an_edge_is_answered() {
    let policy = policy([("drift", counts(Edge, alarm("drift")))]);
    let mut facts = Facts::at(at("05:00:00"));
    facts.alarms.insert("drift".into(), found(InAlarm, "04:00:00"));
    facts.state.last_started = Some(at("04:30:00"));
    facts.signals.push(Signal::Asked(ask("one")));
    assert_eq!(crate::make::reasons(&decide(&policy, &facts)), ["one"]);
}

#[test]
fn what_a_kind_counts_as_when_the_policy_does_not_say() {
    let level = Threshold { periods: MOutOfN { m: 1, n: 1 }, ..threshold(Limit::Below(0.8)) };
    let kinds: [(Trigger, CountsAs); 4] = [
        (metric(level), Level),
        (alarm("drift"), Level),
        (schedule("rate(1 day)", None, "6h"), Edge),
        (
            Watch::Monitor(rekindle_decision::policy::Monitor {
                schedule: "q".into(),
                on: rekindle_decision::policy::MonitorEnd::Clean,
            })
            .into(),
            Edge,
        ),
    ];
    for (trigger, expected) in kinds {
        assert_eq!(trigger.counts_as, expected, "{:?}", trigger.watch);
    }
    assert_eq!(policy([("a", alarm("a"))]).start_when, any(&["a"]));
}
