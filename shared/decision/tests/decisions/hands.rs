//! A person's hand: a model that is suspended, and what was cancelled.

use rekindle_decision::facts::{AlarmFact, Facts, Gap};
use rekindle_decision::policy::{CountsAs, Expr, Limit, Objects, Policy, Trigger, Watch};
use rekindle_decision::ruling::Blocker;
use rekindle_decision::signal::{AlarmState, Arrival, Confirm, Signal, What};
use rekindle_decision::state::State;
use rekindle_decision::{decide, state::Suspension};
use rstest::rstest;

use crate::ledger::Ledger;
use crate::make::{
    alarm, at, counts, forced, found, guarded, hourly, length, metric, policy, sighting, suspension,
    threshold, tick, unless, verdict, weekly, with_alarm,
};

fn firing(now: &str) -> Facts {
    with_alarm(now, AlarmState::Alarm)
}

#[rstest]
#[case::until_it_is_resumed(None, "12:00:00", "hold suspended", None)]
#[case::for_some_time(Some("16:00:00"), "12:00:00", "hold suspended", Some("16:00:00"))]
#[case::a_second_before_the_end(Some("16:00:00"), "15:59:59", "hold suspended", Some("16:00:00"))]
#[case::at_the_end(Some("16:00:00"), "16:00:00", "start", None)]
fn a_model_that_is_suspended(
    #[case] until: Option<&str>,
    #[case] now: &str,
    #[case] expected: &str,
    #[case] looks: Option<&str>,
) {
    let mut facts = firing(now);
    facts.state.suspended = Some(suspension(until));
    let ruling = decide(&guarded(|_| {}), &facts);
    assert_eq!((verdict(&ruling).as_str(), ruling.look_again_at), (expected, looks.map(at)));
    if expected != "start" {
        let by_hand = Some(suspension(until));
        assert_eq!(ruling.decision.waiting_on(), [Blocker::Suspended { by_hand }]);
        // Force does not skip it, and what asks meanwhile is remembered.
        assert_eq!(verdict(&decide(&guarded(|_| {}), &forced(&facts))), "hold suspended");
        assert!(ruling.sightings["drift"].pending);
    }
}

#[test]
fn a_policy_that_is_suspended_says_so_whatever_was_done_by_hand() {
    let mut facts = firing("12:00:00");
    facts.state.suspended = Some(suspension(None));
    let policy = Policy { mode: rekindle_decision::policy::Mode::Suspended, ..guarded(|_| {}) };
    assert_eq!(decide(&policy, &facts).decision.waiting_on(), [Blocker::Suspended { by_hand: None }]);
}

#[test]
fn a_suspension_is_written_down_with_who_and_why() {
    let text = serde_json::to_string(&Blocker::Suspended { by_hand: Some(suspension(None)) }).unwrap();
    let written =
        r#"{"blocker":"suspended","by_hand":{"at":"2026-11-02T06:00:00Z","by":"ada","why":"release week"}}"#;
    assert_eq!(text, written);
    assert_eq!(
        serde_json::from_str::<Blocker>(r#"{"blocker":"suspended"}"#).unwrap(),
        Blocker::Suspended { by_hand: None }
    );
    let state: State = serde_json::from_str(
        r#"{"generation":1,"phase":{"phase":"idle"},"suspended":{"at":"2026-11-02T06:00:00Z"}}"#,
    )
    .unwrap();
    assert_eq!(state.suspended, Some(Suspension { by: None, reason: None, ..suspension(None) }));
}

#[rstest]
#[case::before_it_began("00:59:59", "start", "start")]
#[case::as_it_began("01:00:00", "rest", "rest")]
#[case::later("11:00:00", "rest", "rest")]
#[case::but_started_since("08:00:00", "start", "rest")]
fn an_alarm_that_was_cancelled(#[case] cancelled: &str, #[case] level: &str, #[case] edge: &str) {
    let mut facts = firing("12:00:00");
    facts.state.cancelled = Some(at(cancelled));
    facts.state.last_started = (cancelled == "08:00:00").then(|| at("09:00:00"));
    for (counts_as, expected) in [(CountsAs::Level, level), (CountsAs::Edge, edge), (CountsAs::Latch, level)]
    {
        let policy = policy([("drift", counts(counts_as, alarm("drift")))]);
        let ruling = decide(&policy, &facts);
        assert_eq!(verdict(&ruling), expected, "{counts_as:?}");
    }
}

#[test]
fn it_reads_as_cancelled() {
    let mut facts = firing("12:00:00");
    facts.state.cancelled = Some(at("11:00:00"));
    let ruling = decide(&guarded(|_| {}), &facts);
    insta::assert_snapshot!(ruling.sentence(), @"Rest: drift: alarm drift in ALARM since 2026-11-02 01:00 UTC (cancelled 2026-11-02 11:00 UTC).");

    let mut facts = Facts::at(at("12:00:00"));
    facts.signals.push(tick("weekly", "11:30:00"));
    facts.state.cancelled = Some(at("11:45:00"));
    let weekly = policy([("weekly", weekly())]);
    insta::assert_snapshot!(decide(&weekly, &facts).sentence(), @"Rest: weekly: the tick of 2026-11-02 11:30 UTC was cancelled, the next is 2026-11-09 03:00 UTC.");
    // A start that had answered it before is what answered it.
    facts.state.last_started = Some(at("11:40:00"));
    insta::assert_snapshot!(decide(&weekly, &facts).sentence(), @"Rest: weekly: the tick of 2026-11-02 11:30 UTC was answered by a later start, the next is 2026-11-09 03:00 UTC.");
}

fn accuracy(now: &str, value: Option<f64>) -> Facts {
    let mut facts = Facts::at(at(now));
    facts.metrics.insert("it".into(), hourly(now, &[value]));
    facts
}

#[rstest]
#[case::a_level(CountsAs::Level)]
#[case::an_edge(CountsAs::Edge)]
#[case::a_latch(CountsAs::Latch)]
fn a_metric_asks_again_only_when_it_becomes_bad_anew(#[case] counts_as: CountsAs) {
    let mut ledger = Ledger::of(policy([("it", counts(counts_as, metric(threshold(Limit::Below(0.8)))))]));
    ledger.state.suspended = Some(suspension(Some("04:00:00")));
    assert_eq!(ledger.says(accuracy("01:00:00", Some(0.6))), "hold suspended");
    ledger.cancels("02:00:00");
    // In the same turn, and whatever is read then.
    assert_eq!(ledger.says(accuracy("02:00:00", Some(0.6))), "rest");
    assert_eq!(ledger.says(accuracy("05:00:00", Some(0.6))), "rest");
    assert_eq!(ledger.says(accuracy("06:00:00", None)), "hold blind");
    assert_eq!(ledger.says(accuracy("07:00:00", Some(0.7))), "rest");
    assert_eq!(ledger.says(accuracy("08:00:00", Some(0.9))), "rest");
    assert_eq!(ledger.says(accuracy("09:00:00", Some(0.6))), "start");
}

#[test]
fn what_was_cancelled_before_it_was_ever_seen_is_cancelled_too() {
    let mut ledger = Ledger::of(policy([("it", metric(threshold(Limit::Below(0.8))))]));
    ledger.cancels("02:00:00");
    assert_eq!(ledger.says(accuracy("02:00:00", Some(0.6))), "rest");
    assert_eq!(ledger.says(accuracy("03:00:00", Some(0.6))), "rest");
}

#[rstest]
#[case::seen_before("10:00:00", "rest")]
#[case::seen_when_it_was_cancelled("11:00:00", "rest")]
#[case::seen_after("11:00:01", "start")]
fn a_latch_that_is_quiet_now(#[case] seen: &str, #[case] expected: &str) {
    let mut facts = with_alarm("12:00:00", AlarmState::Ok);
    facts.state.sightings.insert("drift".into(), sighting(seen, true));
    facts.state.cancelled = Some(at("11:00:00"));
    let policy = policy([("drift", counts(CountsAs::Latch, alarm("drift")))]);
    assert_eq!(verdict(&decide(&policy, &facts)), expected);
}

#[rstest]
#[case::before_its_instant("02:59:59", "start")]
#[case::at_its_instant("03:00:00", "rest")]
#[case::after_it("03:00:01", "rest")]
fn a_tick_that_was_cancelled(#[case] cancelled: &str, #[case] expected: &str) {
    let policy = policy([("weekly", weekly())]);
    let mut facts = Facts::at(at("04:00:00"));
    facts.signals.push(tick("weekly", "03:00:00"));
    facts.state.cancelled = Some(at(cancelled));
    assert_eq!(verdict(&decide(&policy, &facts)), expected);
    // The next one asks.
    let mut next = Facts::at(at("2026-11-09T03:00:00Z"));
    next.state.cancelled = facts.state.cancelled;
    assert_eq!(verdict(&decide(&policy, &next)), "start");
}

/// Three objects.
fn files() -> Trigger {
    let (bucket, prefix, suffix) = ("data".into(), String::new(), String::new());
    let quiet_for = length("0s");
    Watch::Objects(Objects { bucket, prefix, suffix, count: 3, bytes: 0, quiet_for }).into()
}

fn arriving(now: &str, instants: &[&str]) -> Facts {
    let mut facts = Facts::at(at(now));
    let object = |instant: &&str| {
        let what = What::Object { bucket: "data".into(), key: "a".into(), size: 1 };
        let (id, at) = ((*instant).to_owned(), at(instant));
        Signal::Arrived(Arrival { id, at, what, replay: None })
    };
    facts.signals = instants.iter().map(object).collect();
    facts
}

#[test]
fn what_arrived_before_does_not_count() {
    let mut ledger = Ledger::of(policy([("it", files())]));
    assert_eq!(ledger.says(arriving("01:00:00", &["00:10:00", "00:20:00"])), "rest");
    ledger.cancels("01:30:00");
    // One of them comes late, one again.
    assert_eq!(ledger.says(arriving("02:00:00", &["01:30:00", "00:20:00"])), "rest");
    assert_eq!(ledger.state.arrivals.get("it"), None);
    assert_eq!(ledger.says(arriving("03:00:00", &["01:30:01", "02:10:00"])), "rest");
    assert_eq!(ledger.says(arriving("04:00:00", &["03:10:00"])), "start");
}

#[rstest]
#[case::before_the_start("00:40:00", 3)]
#[case::while_it_is_in_flight("01:40:00", 1)]
fn what_is_set_aside_for_a_job_that_fails_counts_unless_it_was_cancelled(
    #[case] cancelled: &str,
    #[case] count: u64,
) {
    let mut ledger = Ledger::of(policy([("it", files())]));
    ledger.policy.guards.after_failure = crate::failed::trying_again(files()).guards.after_failure;
    let _ = ledger.turn(arriving("00:30:00", &["00:05:00"]));
    if cancelled < "01:00:00" {
        ledger.cancels(cancelled);
    }
    let _ = ledger.turn(arriving("00:50:00", &["00:45:00", "00:46:00"]));
    // A person asks.
    ledger.start(at("01:00:00"), 2);
    let _ = ledger.turn(Facts::at(at("01:30:00")));
    if cancelled > "01:00:00" {
        ledger.cancels(cancelled);
    }
    let _ = ledger.turn(arriving("01:50:00", &["01:45:00"]));
    ledger.fails("02:00:00");
    let _ = ledger.turn(Facts::at(at("03:00:00")));
    assert_eq!(ledger.state.arrivals["it"].count, count);
}

#[rstest]
#[case::given_before("10:59:59", "hold ask_first")]
#[case::given_when_it_was_cancelled("11:00:00", "hold ask_first")]
#[case::given_after("11:00:01", "start")]
fn a_yes_that_is_kept(#[case] given: &str, #[case] expected: &str) {
    let policy = guarded(|guards| guards.ask_first = true);
    let mut facts = firing("12:00:00");
    facts.alarms.insert("drift".into(), found(AlarmState::Alarm, "11:30:00"));
    facts
        .signals
        .push(Signal::Confirmed(Confirm { decision: decide(&policy, &facts).id, ..Confirm::default() }));
    let mut yes = decide(&policy, &facts).confirmed.unwrap();
    facts.signals.clear();
    yes.at = at(given);
    facts.state.confirmed = Some(yes);
    facts.state.cancelled = Some(at("11:00:00"));
    assert_eq!(verdict(&decide(&policy, &facts)), expected);
}

#[rstest]
#[case::a_second_before_it_has_become_as_old_again("15:59:59", "rest")]
#[case::when_it_has_become_as_old_again("16:00:00", "start")]
fn a_model_too_old(#[case] now: &str, #[case] expected: &str) {
    let mut policy = guarded(|guards| guards.max_age = Some(length("5h")));
    policy.trained = Some(at("05:59:59"));
    let mut facts = with_alarm(now, AlarmState::Ok);
    facts.state.cancelled = Some(at("11:00:00"));
    assert_eq!(verdict(&decide(&policy, &facts)), expected);
    // One that became too old only later was not cancelled.
    policy.trained = Some(at("06:00:01"));
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
}

#[test]
fn a_model_too_old_reads_as_cancelled() {
    let mut policy = guarded(|guards| guards.max_age = Some(length("5h")));
    policy.trained = Some(at("05:59:59"));
    let mut facts = with_alarm("12:00:00", AlarmState::Ok);
    facts.state.cancelled = Some(at("11:00:00"));
    let ruling = decide(&policy, &facts);
    let age = ruling.tree.parts.last().unwrap();
    assert_eq!((age.answered, age.cancelled), (Some(at("11:00:00")), true));
}

#[test]
fn what_forbids_goes_on_forbidding() {
    let mut facts = firing("12:00:00");
    facts.alarms.insert("new".into(), found(AlarmState::Alarm, "11:30:00"));
    facts.state.cancelled = Some(at("11:00:00"));
    let triggers = [("drift", alarm("drift")), ("new", alarm("new"))];
    let policy = Policy { start_when: unless("new", "drift"), ..policy(triggers) };
    assert_eq!(verdict(&decide(&policy, &facts)), "rest");
    let alone = Policy { start_when: Expr::Trigger("new".into()), ..policy };
    assert_eq!(verdict(&decide(&alone, &facts)), "start");
}

#[test]
fn after_the_next_start_a_level_asks_as_it_always_does() {
    let mut ledger = Ledger::of(guarded(|_| {}));
    ledger.cancels("02:00:00");
    assert_eq!(ledger.says(firing("02:30:00")), "rest");
    // A person insists.
    assert_eq!(ledger.says(forced(&firing("03:00:00"))), "start");
    assert_eq!(ledger.says(firing("03:30:00")), "hold in_flight");
    ledger.ends("04:00:00");
    assert_eq!(ledger.says(firing("05:00:00")), "start");
}

#[test]
fn what_cannot_be_read_is_as_unknown_as_ever() {
    let mut facts = firing("12:00:00");
    facts.alarms.insert("drift".into(), AlarmFact::Unread { gap: Gap::InternalError });
    facts.state.cancelled = Some(at("11:00:00"));
    assert_eq!(verdict(&decide(&guarded(|_| {}), &facts)), "hold blind");
}
