//! What a training really cost takes the place of what was reserved for it, in the span it was reserved in.

use crate::stage::{DRIFT, MODEL, Stage, alarm, ask, asked, at, ended, name, sentence};
use rekindle_decision::money::Money;
use rekindle_decision::policy::{Budget, BudgetMode, InFlight, Policy};
use rekindle_decision::signal::{AlarmState, Ask};
use rekindle_decision::span::Span;
use rekindle_turn::world::{Creation, JobStatus};
use rstest::rstest;
use serde_json::json;

fn usd(text: &str) -> Money {
    format!("{text} USD").parse().unwrap()
}

pub(crate) fn budget(fleet: Option<&str>, amount: &str) -> Budget {
    Budget {
        fleet: fleet.map(ToOwned::to_owned),
        amount: usd(amount),
        per: Span::Month,
        per_run: usd("12.50"),
        mode: BudgetMode::Enforce,
    }
}

/// A model whose alarm is on and whose hour of training costs so much, within these budgets.
pub(crate) fn costing(price: &str, budgets: Vec<Budget>) -> Stage {
    with(price, |policy| policy.guards.budgets = budgets)
}

fn with(price: &str, change: impl FnOnce(&mut Policy)) -> Stage {
    let stage = Stage::changed(DRIFT, "{ cooldown: 0s }", change);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    if price.is_empty() { stage } else { stage.priced(&format!("{price} USD")) }
}

/// What the fleet has spent in November.
fn fleet(stage: &Stage) -> Money {
    stage.world.spent("search", "2026-11")
}

/// Trains for so long; gives back whether it could start.
async fn train(stage: &Stage, length: &str) -> bool {
    if stage.sweep().await.started == 0 {
        return false;
    }
    stage.wait(length);
    stage.end_job();
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.sweep().await;
    stage.wait("1m");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    true
}

#[rstest]
#[case::less_than_estimated("4", "30m", "2.00")]
#[case::more_than_estimated("40", "30m", "20.00")]
#[case::exactly_as_estimated("25", "30m", "12.50")]
#[case::more_than_the_whole_budget("400", "2h", "800.00")]
#[case::without_a_price("", "30m", "12.50")]
#[tokio::test]
async fn a_fleet_has_spent_what_its_runs_cost(#[case] price: &str, #[case] length: &str, #[case] cost: &str) {
    let stage = costing(price, vec![budget(Some("search"), "100")]);
    stage.sweep().await;
    assert_eq!(fleet(&stage), usd("12.50"), "an estimate, while it runs");
    stage.wait(length);
    stage.end_job();
    stage.end(&[ended(&name(1), "Completed")]).await;
    assert_eq!(fleet(&stage), usd(cost));
    let run = stage.world.runs(MODEL).remove(0);
    assert_eq!((run.cost, run.reserve[0].amount), (Some(usd(cost)), usd(cost)));
    assert_eq!(stage.world.row(MODEL).state.starts[0].cost, Some(usd(cost)));
    let news = stage.published();
    let told = news.iter().find(|news| news.detail_type == "Retraining Finished").unwrap();
    assert_eq!(told.detail["cost"], json!(format!("{cost} USD")));
    // Told again, it is not spent again.
    stage.end(&[ended(&name(1), "Completed")]).await;
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.sweep().await;
    assert_eq!(fleet(&stage), usd(cost));
}

#[tokio::test]
async fn the_budget_of_a_model_counts_real_costs() {
    // 30 USD are two starts by estimate.
    for (price, runs) in [("", 2), ("2", 9), ("20", 1)] {
        let stage = costing(price, vec![budget(None, "30")]);
        let mut made = 0;
        while made < 20 && train(&stage, "1h").await {
            made += 1;
        }
        assert_eq!(made, runs, "at {price} USD an hour");
    }
}

#[tokio::test]
async fn the_budget_of_a_fleet_counts_real_costs() {
    for (price, runs) in [("", 2), ("2", 9), ("20", 1)] {
        let stage = costing(price, vec![budget(Some("search"), "30")]);
        let mut made = 0;
        while made < 20 && train(&stage, "1h").await {
            made += 1;
        }
        assert_eq!(made, runs, "at {price} USD an hour");
        let cost: Money = stage.world.runs(MODEL).iter().filter_map(|run| run.cost).sum();
        assert_eq!(fleet(&stage), cost);
    }
}

#[tokio::test]
async fn what_a_run_costs_belongs_to_the_month_it_was_decided_in() {
    let stage = costing("4", vec![budget(Some("search"), "20"), budget(None, "20")]);
    stage.world.set_now(at("2026-11-30T23:30:00Z"));
    assert_eq!(stage.sweep().await.started, 1);
    stage.world.set_now(at("2026-12-01T01:30:00Z"));
    stage.end_job();
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.sweep().await;
    assert_eq!(fleet(&stage), usd("8"));
    assert_eq!(stage.world.spent("search", "2026-12"), Money::default());
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    assert_eq!(stage.sweep().await.started, 1, "December is as good as new");
    assert_eq!((fleet(&stage), stage.world.spent("search", "2026-12")), (usd("8"), usd("12.50")));
}

#[rstest]
#[case::failed(JobStatus::Failed)]
#[case::stopped(JobStatus::Stopped)]
#[tokio::test]
async fn a_run_that_ended_badly_has_cost_its_time(#[case] status: JobStatus) {
    let stage = costing("4", vec![budget(Some("search"), "100")]);
    stage.sweep().await;
    stage.wait("15m");
    stage.world.end_job(&name(1), status);
    stage.end(&[ended(&name(1), "Failed")]).await;
    assert_eq!((fleet(&stage), stage.world.runs(MODEL)[0].cost), (usd("1"), Some(usd("1"))));
}

#[tokio::test]
async fn a_job_that_was_deleted_has_cost_what_was_estimated() {
    let stage = costing("4", vec![budget(Some("search"), "100")]);
    stage.sweep().await;
    stage.wait("1h");
    stage.world.delete_job(&name(1));
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    assert_eq!(stage.sweep().await.mended, 1);
    assert_eq!((fleet(&stage), stage.world.runs(MODEL)[0].cost), (usd("12.50"), Some(usd("12.50"))));
}

#[tokio::test]
async fn a_start_that_came_to_nothing_has_cost_nothing() {
    let stage = costing("4", vec![budget(Some("search"), "100")]);
    let (code, message) = ("ValidationException".to_owned(), "no".to_owned());
    stage.world.answer_next([Creation::Refused { code, message }]);
    stage.sweep().await;
    let run = stage.world.runs(MODEL).remove(0);
    assert_eq!((fleet(&stage), run.cost, run.reserve), (Money::default(), None, Vec::new()));
}

#[tokio::test]
async fn a_job_that_was_replaced_has_cost_the_time_until_it_stopped() {
    let stage = with("4", |policy| {
        policy.guards.budgets = vec![budget(Some("search"), "100")];
        policy.guards.in_flight = InFlight::Replace;
    });
    stage.sweep().await;
    stage.wait("58m");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.turn(&[alarm(AlarmState::Alarm, stage.now())]).await;
    assert_eq!(fleet(&stage), usd("12.50"));
    stage.wait("2m");
    let summary = stage.sweep().await;
    assert_eq!(summary.started, 1, "{}", sentence(&summary));
    // An hour of the first, and the estimate of the second.
    assert_eq!(fleet(&stage), usd("16.50"));
    let costs: Vec<_> = stage.world.runs(MODEL).into_iter().map(|run| (run.cost, run.cause)).collect();
    assert_eq!(
        costs,
        [(Some(usd("4")), Some(rekindle_turn::ledger::EndCause::Replaced)), (Some(usd("12.50")), None)]
    );
}

#[tokio::test]
async fn a_model_without_a_budget_still_says_what_its_runs_cost() {
    let stage = costing("4", Vec::new());
    stage.sweep().await;
    assert_eq!(stage.world.runs(MODEL)[0].cost, None);
    stage.wait("1h");
    stage.end_job();
    stage.end(&[ended(&name(1), "Completed")]).await;
    assert_eq!(stage.world.runs(MODEL)[0].cost, Some(usd("4")));
}

#[tokio::test]
async fn what_was_spent_beyond_a_budget_holds_the_next_run_until_the_month_is_over() {
    let stage = costing("400", vec![budget(Some("search"), "100")]);
    assert!(train(&stage, "1h").await);
    assert!(!train(&stage, "1h").await);
    let insists = asked(Ask { force: true, ..ask("a") });
    assert_eq!(stage.turn(&[insists]).await.started, 0, "force is no money");
    stage.world.set_now(at("2026-12-01T00:00:00Z"));
    assert_eq!(stage.sweep().await.started, 1);
}
