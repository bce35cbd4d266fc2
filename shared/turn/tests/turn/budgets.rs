//! Money: spoken for with the intent, given back when nothing comes of it.

use std::sync::Arc;

use crate::stage::{DRIFT, MODEL, MONDAY, Stage, WEEKLY, ask, asked, at, changed, monday, sentence, sweep};
use crate::unruly::{Call, Fate, Unruly};
use rekindle_decision::money::Money;
use rekindle_decision::policy::{Budget, BudgetMode, MaxStarts, Policy};
use rekindle_decision::signal::{AlarmState, Ask};
use rekindle_decision::span::Span;
use rekindle_policy::PolicySet;
use rekindle_turn::memory::Memory;
use rekindle_turn::turn;
use rekindle_turn::world::Creation;

pub(crate) fn usd(text: &str) -> Money {
    format!("{text} USD").parse().unwrap()
}

fn budget(fleet: Option<&str>, amount: &str) -> Budget {
    Budget {
        fleet: fleet.map(ToOwned::to_owned),
        amount: usd(amount),
        per: Span::Month,
        per_run: usd("12.50"),
        mode: BudgetMode::Enforce,
    }
}

pub(crate) fn of_the_fleet(policy: &mut Policy) {
    policy.guards.budgets = vec![budget(Some("search"), "20")];
}

/// Two models that share a budget with room for one run.
fn two() -> Memory {
    let world = Memory::at(at(MONDAY));
    let policies = ["a", "b"].map(|model| changed(model, WEEKLY, "{ cooldown: 1h }", of_the_fleet));
    world.share_policies(&Arc::new(policies.into_iter().collect::<PolicySet>()));
    world
}

#[tokio::test]
async fn of_two_models_in_one_turn_the_budget_lets_one_start() {
    let world = two();
    let summary = turn(&world, &[monday()]).await.unwrap();
    assert_eq!((summary.started, summary.held, summary.failed.len()), (1, 1, 0));
    assert_eq!(world.spent("search", "2026-11"), usd("12.50"));
    let lines = world.take_lines();
    let held = lines.iter().find(|line| line["Holds"] == 1).unwrap();
    let blocker = &held["ruling"]["decision"]["waiting_on"][0];
    assert_eq!((&blocker["blocker"], &blocker["spent"]), (&"budget".into(), &"12.50 USD".into()));
    assert_eq!(held["facts"]["fleets"]["search"]["amount"], "12.50 USD", "as it was read again");
    let news = world.take_published();
    let words: Vec<_> = news.iter().map(|news| news.detail["waiting_on"].clone()).collect();
    assert!(words.contains(&serde_json::json!(["budget"])), "{words:?}");
    // The tick is wanted for six hours, and the month lasts longer.
    world.set_now(at("2026-11-02T08:00:00Z"));
    assert_eq!(turn(&world.invocation("later"), &[sweep()]).await.unwrap().started, 0);
}

#[tokio::test]
async fn what_a_refused_start_had_reserved_is_another_models() {
    let world = two();
    let (code, message) = ("ValidationException".to_owned(), "no such bucket".to_owned());
    world.answer_next([Creation::Refused { code, message }]);
    let summary = turn(&world, &[monday()]).await.unwrap();
    assert_eq!((summary.started, summary.refused), (usize::from(summary.held == 0), 1));
    world.set_now(at("2026-11-02T03:05:00Z"));
    let again = turn(&world.invocation("second"), &[sweep()]).await.unwrap();
    assert_eq!(summary.started + again.started, 1);
    assert_eq!(world.spent("search", "2026-11"), usd("12.50"));
    let reserved = ["a", "b"].map(|model| world.runs(model)[0].reserve.len());
    assert_eq!(reserved.iter().sum::<usize>(), 1, "the run that was refused holds nothing any more");
}

#[tokio::test]
async fn a_start_that_waits_keeps_its_money_and_one_that_is_withdrawn_gives_it_back() {
    let quota = || Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message: "none".to_owned() };
    let stage = Stage::changed(DRIFT, "{ cooldown: 1h }", of_the_fleet);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.world.answer_next([quota(), quota()]);
    for _ in 0..2 {
        stage.sweep().await;
        assert_eq!(stage.world.spent("search", "2026-11"), usd("12.50"), "once, however often it is tried");
        stage.wait("5m");
    }
    stage.policy(2, DRIFT, "{ cooldown: 1h }", "mode: observe");
    stage.sweep().await;
    assert_eq!(stage.world.runs(MODEL)[0].status, "Withdrawn");
    assert_eq!(stage.world.spent("search", "2026-11"), Money::default());
    assert_eq!(stage.world.row(MODEL).state.starts, Vec::new());
}

#[tokio::test]
async fn a_fleet_whose_spending_cannot_be_read_starts_nothing() {
    let stage = Stage::changed(WEEKLY, "{ cooldown: 24h }", of_the_fleet);
    let plan = Arc::new(|_, call| (0, if call == Call::Spending { Fate::Fails } else { Fate::Passes }));
    let summary = Unruly::new(stage.world.invocation("one"), plan).turn(&[monday()]).await.unwrap().unwrap();
    assert_eq!((summary.started, summary.held), (0, 1));
    assert_eq!(stage.turn(&[sweep()]).await.started, 1, "the tick was kept");
}

#[tokio::test]
async fn two_spans_of_one_fleet_are_a_gap_with_a_name() {
    let stage = Stage::changed(WEEKLY, "{ cooldown: 24h }", |policy| {
        let day = Budget { per: Span::Day, ..budget(Some("search"), "20") };
        policy.guards.budgets = vec![budget(Some("search"), "100"), day];
    });
    let summary = stage.turn(&[monday()]).await;
    assert_eq!((summary.started, summary.held), (0, 1));
    let error = "the fleet search has budgets in 2026-11 and in 2026-11-02";
    assert_eq!(stage.line()["facts"]["fleets"]["search"]["gap"]["error"], error);
}

#[tokio::test]
async fn a_models_own_budget_counts_its_starts_of_the_month() {
    let stage = Stage::changed(DRIFT, "{ cooldown: 1h }", |policy| {
        policy.guards.budgets = vec![budget(None, "30")];
    });
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    for started in [1, 1, 0, 0] {
        let summary = stage.sweep().await;
        assert_eq!(summary.started, started, "{}", sentence(&summary));
        stage.end_job();
        stage.wait("2h");
    }
    let costs: Vec<_> = stage.world.row(MODEL).state.starts.iter().map(|start| start.cost).collect();
    assert_eq!(costs, [Some(usd("12.50")); 2]);
    let insists = Ask { force: true, ignore_budget: true, ..ask("a") };
    assert_eq!(stage.turn(&[asked(insists)]).await.started, 1);
    stage.end_job();
    stage.world.set_now(at("2026-12-01T00:00:00Z"));
    assert_eq!(stage.sweep().await.started, 1, "another month");
}

#[tokio::test]
async fn the_starts_of_a_window_are_counted_from_the_ledger() {
    let stage = Stage::changed(DRIFT, "{ cooldown: 0s }", |policy| {
        policy.guards.max_starts = Some(MaxStarts { starts: 2, within: "24h".parse().unwrap() });
    });
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    for started in [1, 1, 0] {
        assert_eq!(stage.sweep().await.started, started);
        stage.end_job();
        stage.wait("1h");
    }
    stage.wait("21h");
    assert_eq!(stage.sweep().await.started, 1, "the oldest has left the window");
}

#[tokio::test]
async fn a_dry_run_spends_nothing() {
    let stage = Stage::changed(WEEKLY, "{ cooldown: 24h }", of_the_fleet);
    let summary = stage.turn(&[asked(Ask { dry_run: true, ..ask("dry") })]).await;
    assert!(sentence(&summary).starts_with("Start generation 1"), "{}", sentence(&summary));
    assert_eq!(stage.world.spent("search", "2026-11"), Money::default());
}
