//! A training that failed and is tried again: its start has answered nothing.

use rekindle_decision::facts::Facts;
use rekindle_decision::money::Money;
use rekindle_decision::policy::{
    AfterFailure, Budget, BudgetMode, CountsAs, Guards, Limit, MaxStarts, Objects, Policy, Trigger, Watch,
};
use rekindle_decision::signal::{AlarmState, Arrival, Signal, What};
use rekindle_decision::span::Span;
use rekindle_decision::state::{Started, State};
use rstest::rstest;

use crate::ledger::Ledger;
use crate::make::{
    alarm, at, counts, found, hourly, length, metric, policy, started, threshold, tick, weekly, with_alarm,
};

/// This trigger alone, a cooldown of a day, and an hour of waiting after a failure.
pub(crate) fn trying_again(trigger: Trigger) -> Policy {
    let wait = length("1h");
    let after_failure = Some(AfterFailure { wait, times: 2, up_to: length("24h"), give_up_after: 5 });
    let policy = policy([("it", trigger)]);
    Policy { guards: Guards { cooldown: Guards::COOLDOWN, after_failure, ..policy.guards.clone() }, ..policy }
}

fn once(trigger: Trigger) -> Policy {
    let mut policy = trying_again(trigger);
    policy.guards.after_failure = None;
    policy
}

/// A model whose training of one o'clock failed at two.
fn failing(policy: Policy, facts: impl Fn(&str) -> Facts) -> Ledger {
    let mut ledger = Ledger::of(policy);
    assert_eq!(ledger.says(facts("01:00:00")), "start");
    assert!(
        ledger.says(facts("01:30:00")).contains("in_flight") || ledger.state.sightings.contains_key("it")
    );
    ledger.fails("02:00:00");
    ledger
}

fn alarmed(now: &str) -> Facts {
    with_alarm(now, AlarmState::Alarm)
}

fn calm(now: &str) -> Facts {
    let mut facts = with_alarm(now, AlarmState::Ok);
    facts.alarms.insert("drift".into(), found(AlarmState::Ok, "01:15:00"));
    facts
}

fn bad(now: &str) -> Facts {
    let mut facts = Facts::at(at(now));
    facts.metrics.insert("it".into(), hourly(now, &[Some(0.6)]));
    facts
}

fn good(now: &str) -> Facts {
    let mut facts = Facts::at(at(now));
    facts.metrics.insert("it".into(), hourly(now, &[Some(0.9)]));
    facts
}

fn accuracy(counts_as: CountsAs) -> Trigger {
    counts(counts_as, metric(threshold(Limit::Below(0.8))))
}

#[rstest]
#[case::a_level(alarm("drift"), alarmed)]
#[case::an_edge(counts(CountsAs::Edge, alarm("drift")), alarmed)]
#[case::a_latch(counts(CountsAs::Latch, alarm("drift")), alarmed)]
#[case::a_metric(accuracy(CountsAs::Level), bad)]
#[case::an_edge_of_a_metric(accuracy(CountsAs::Edge), bad)]
fn after_the_wait_it_asks_again_by(#[case] trigger: Trigger, #[case] facts: fn(&str) -> Facts) {
    let mut ledger = failing(trying_again(trigger.clone()), facts);
    assert_eq!(ledger.says(facts("02:59:59")), "hold after_failure");
    assert_eq!(ledger.says(facts("03:00:00")), "start");
    assert_eq!(ledger.state.generation, 3);

    // Where nothing is tried again, the start has answered it, or it cools down.
    let mut ledger = failing(once(trigger.clone()), facts);
    let expected = if trigger.counts_as == CountsAs::Edge { "rest" } else { "hold cooldown" };
    assert_eq!(ledger.says(facts("03:00:00")), expected);
}

#[test]
fn the_cooldown_of_the_start_before_it_holds_still() {
    let mut ledger = failing(trying_again(alarm("drift")), alarmed);
    ledger.state.starts[0].at = at("2026-11-01T12:00:00Z");
    ledger.state.forget_start(2);
    assert_eq!(ledger.says(alarmed("11:59:59")), "hold cooldown");
    assert_eq!(ledger.says(alarmed("12:00:00")), "start");
}

#[rstest]
#[case::within_its_deadline("09:00:00", "start")]
#[case::after_it("09:00:01", "rest")]
fn a_tick_asks_again(#[case] now: &str, #[case] expected: &str) {
    for own in [true, false] {
        let mut ledger = Ledger::of(trying_again(weekly()));
        // Told, or known from the expression.
        ledger.policy.revision.since = own.then(|| at("2026-10-01T00:00:00Z"));
        let mut told = Facts::at(at("03:00:04"));
        told.signals.extend((!own).then(|| tick("it", "03:00:00")));
        assert_eq!(ledger.says(told), "start");
        assert_eq!(ledger.says(Facts::at(at("03:30:00"))), "rest");
        ledger.fails("04:00:00");
        assert_eq!(ledger.says(Facts::at(at("04:30:00"))), "hold after_failure");
        assert_eq!(ledger.says(Facts::at(at(now))), expected);
    }
}

#[test]
fn a_latch_asks_again_though_its_level_went_quiet_meanwhile() {
    let latch = || counts(CountsAs::Latch, alarm("drift"));
    let told = |policy| {
        let mut ledger = Ledger::of(policy);
        assert_eq!(ledger.says(alarmed("01:00:00")), "start");
        assert_eq!(ledger.says(calm("01:30:00")), "rest");
        assert_eq!(ledger.says(calm("01:45:00")), "rest");
        ledger.fails("02:00:00");
        ledger.says(calm("03:00:00"))
    };
    assert_eq!(told(trying_again(latch())), "start");
    assert_eq!(told(once(latch())), "rest");
}

#[test]
fn what_is_over_meanwhile_asks_no_more() {
    for trigger in [alarm("drift"), counts(CountsAs::Edge, alarm("drift"))] {
        let mut ledger = Ledger::of(trying_again(trigger));
        assert_eq!(ledger.says(alarmed("01:00:00")), "start");
        assert_eq!(ledger.says(calm("01:30:00")), "rest");
        ledger.fails("02:00:00");
        assert_eq!(ledger.says(calm("03:00:00")), "rest");
        assert_eq!(ledger.state.sightings.get("it"), None);
    }
}

#[test]
fn an_edge_that_came_back_while_a_job_ran_is_another_one() {
    let mut ledger = Ledger::of(trying_again(accuracy(CountsAs::Edge)));
    assert_eq!(ledger.says(bad("01:00:00")), "start");
    assert_eq!(ledger.says(bad("02:00:00")), "rest");
    assert_eq!(ledger.says(good("03:00:00")), "rest");
    assert_eq!(ledger.says(good("04:00:00")), "rest");
    assert_eq!(ledger.says(bad("05:00:00")), "hold in_flight cooldown");
    ledger.ends("05:30:00");
    // What was measured of the model before does not count; the next bad hour is of this one.
    assert_eq!(ledger.says(bad("08:00:00")), "hold cooldown");
    assert_eq!(ledger.says(bad("2026-11-03T01:00:00Z")), "start");
}

#[test]
fn an_edge_that_stays_is_the_same_one_after_a_training_that_ended_well() {
    let mut ledger = Ledger::of(trying_again(accuracy(CountsAs::Edge)));
    assert_eq!(ledger.says(bad("01:00:00")), "start");
    assert_eq!(ledger.says(bad("02:00:00")), "rest");
    ledger.ends("02:30:00");
    assert_eq!(ledger.says(bad("2026-11-03T02:00:00Z")), "rest");
}

/// Three objects.
fn files() -> Trigger {
    let (bucket, prefix, suffix) = ("data".into(), String::new(), String::new());
    let quiet_for = length("0s");
    Watch::Objects(Objects { bucket, prefix, suffix, count: 3, bytes: 0, quiet_for }).into()
}

/// Objects at these times.
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

#[rstest]
#[case::nothing_came_meanwhile(&[], 3, 0)]
#[case::one_came_meanwhile(&["01:10:00"], 4, 1)]
#[case::one_came_twice(&["01:10:00", "00:30:00", "01:10:00"], 4, 1)]
#[case::one_from_before_is_told_only_now(&["00:40:00"], 4, 0)]
fn what_arrived_counts_again(#[case] meanwhile: &[&str], #[case] count: u64, #[case] after_a_good_end: u64) {
    let mut ledger = Ledger::of(trying_again(files()));
    assert_eq!(ledger.says(arriving("01:00:00", &["00:10:00", "00:20:00", "00:30:00"])), "start");
    assert_eq!(ledger.says(arriving("01:30:00", meanwhile)), "rest");
    ledger.fails("02:00:00");
    assert_eq!(ledger.says(Facts::at(at("02:30:00"))), "hold after_failure");
    assert_eq!(ledger.state.arrivals["it"].count, count);
    assert_eq!(ledger.says(Facts::at(at("03:00:00"))), "start");

    // After one that ended well, only what came meanwhile counts.
    let mut ledger = Ledger::of(trying_again(files()));
    let _ = ledger.turn(arriving("01:00:00", &["00:10:00", "00:20:00", "00:30:00"]));
    let _ = ledger.turn(arriving("01:30:00", meanwhile));
    ledger.ends("02:00:00");
    let _ = ledger.turn(Facts::at(at("02:30:00")));
    let counted = ledger.state.arrivals.get("it").map_or(0, |tally| tally.count);
    assert_eq!(counted, after_a_good_end);
}

#[test]
fn the_money_is_spent_all_the_same() {
    let mut ledger = failing(trying_again(alarm("drift")), alarmed);
    ledger.policy.guards.max_starts = Some(MaxStarts { starts: 1, within: length("6h") });
    let (amount, per_run): (Money, Money) = ("15 USD".parse().unwrap(), "10 USD".parse().unwrap());
    let (per, mode) = (Span::Day, BudgetMode::Enforce);
    ledger.policy.guards.budgets = vec![Budget { fleet: None, amount, per, per_run, mode }];
    assert_eq!(ledger.says(alarmed("03:00:00")), "hold max_starts budget");
    assert_eq!(ledger.says(alarmed("07:00:00")), "hold budget");
    assert_eq!(ledger.says(alarmed("2026-11-03T00:00:00Z")), "start");
}

#[test]
fn each_further_failure_waits_longer_until_it_is_given_up() {
    let mut ledger = failing(trying_again(alarm("drift")), alarmed);
    for (fails, starts) in [("02:00:00", "03:00:00"), ("04:00:00", "06:00:00"), ("07:00:00", "11:00:00")] {
        if ledger.state.phase.since().is_some() {
            ledger.fails(fails);
        }
        assert_eq!(ledger.says(alarmed(starts)), "start");
    }
    ledger.fails("12:00:00");
    assert_eq!(ledger.says(alarmed("20:00:00")), "start");
    ledger.fails("21:00:00");
    assert_eq!(ledger.says(alarmed("2026-12-01T00:00:00Z")), "hold after_failure");
}

#[rstest]
#[case::the_one_before_it(vec![started(1, "01:00:00", None), started(2, "02:00:00", None)], Some("01:00:00"))]
#[case::the_newest_that_has_not_failed_too(
    vec![
        started(0, "00:30:00", None),
        Started { failed: true, ..started(1, "01:00:00", None) },
        started(2, "02:00:00", None),
    ],
    Some("00:30:00")
)]
#[case::none(vec![started(2, "02:00:00", None)], None)]
fn the_last_start_is_again(#[case] starts: Vec<Started>, #[case] last: Option<&str>) {
    let mut state = State { generation: 2, last_started: Some(at("02:00:00")), starts, ..State::default() };
    state.forget_start(2);
    assert_eq!(state.last_started, last.map(at));
    assert!(state.starts.iter().any(|start| start.generation == 2 && start.failed));
}
