//! The watcher is watched: what the alarms on Rekindle itself look at.

use rekindle_decision::signal::{Signal, Sweep};
use rstest::rstest;
use serde_json::{Value, json};

use crate::stage::{ACCURACY, DRIFT, MODEL, Stage, monday, sweep};

/// A look at one model, as a person takes it.
fn at_one() -> Signal {
    Signal::Sweep(Sweep { models: vec![MODEL.to_owned()], ..Sweep::default() })
}

/// The newest line of a turn.
fn heartbeat(stage: &Stage) -> Value {
    stage.world.take_lines().into_iter().rfind(|line| line["kind"] == "turn").unwrap()
}

#[rstest]
#[case::a_sweep(sweep(), 1)]
#[case::a_look_at_one_model(at_one(), 0)]
#[case::a_tick(monday(), 0)]
#[tokio::test]
async fn only_a_look_at_everything_is_a_sign_of_life(#[case] signal: Signal, #[case] beats: u64) {
    let stage = Stage::with(crate::stage::WEEKLY);
    stage.turn(&[signal]).await;
    assert_eq!(heartbeat(&stage)["Sweeps"], beats);
}

#[rstest]
#[case::a_sweep(sweep(), 1)]
#[case::a_look_at_one_model(at_one(), 0)]
#[tokio::test]
async fn a_rule_of_ours_that_is_switched_off_is_noticed(#[case] signal: Signal, #[case] noticed: usize) {
    let stage = Stage::with(DRIFT);
    stage.world.disable_rules(&["rekindle-alarm"]);
    let summary = stage.turn(std::slice::from_ref(&signal)).await;
    assert_eq!(summary.disabled_rules.len(), noticed);
    let line = heartbeat(&stage);
    assert_eq!(line["DisabledRules"], noticed);
    if noticed > 0 {
        assert_eq!(line["disabled_rules"], json!(["rekindle-alarm is disabled"]));
    }
    stage.world.disable_rules(&[]);
    stage.turn(&[signal]).await;
    assert_eq!(heartbeat(&stage)["DisabledRules"], 0);
}

#[tokio::test]
async fn a_metric_that_never_delivered_is_not_one_that_is_silent() {
    let stage = Stage::with(ACCURACY);
    stage.sweep().await;
    let line = stage.line();
    assert_eq!(line["SilentSources"], 1);
    let told = line["silent"][0].as_str().unwrap();
    assert!(told.starts_with("accuracy: the metric Accuracy in Churn with Model=churn has never"), "{told}");

    stage.accuracy(0.9);
    stage.sweep().await;
    assert_eq!(stage.line()["SilentSources"], 0);
    // Nothing is sent any more: that is blind, and not a name that is misspelt.
    stage.wait("30d");
    stage.sweep().await;
    let line = stage.line();
    assert_eq!((&line["SilentSources"], &line["BlindModels"]), (&json!(0), &json!(1)));
}

#[rstest]
#[case::a_moment_before("5h59m59s", 0)]
#[case::as_long_as_it_may_be("6h", 1)]
#[tokio::test]
async fn a_model_that_is_blind_for_too_long_is_counted(#[case] after: &str, #[case] counted: u64) {
    let stage = Stage::of(ACCURACY, "{ blind_for: 6h }", "");
    stage.sweep().await;
    assert_eq!(stage.line()["BlindTooLong"], 0);
    stage.wait(after);
    stage.sweep().await;
    assert_eq!(stage.line()["BlindTooLong"], counted);
    // It can be told again: the time begins anew.
    stage.accuracy(0.9);
    stage.sweep().await;
    assert_eq!(stage.line()["BlindTooLong"], 0);
}

#[tokio::test]
async fn what_the_budget_holds_is_counted() {
    let guards = "{ cooldown: 0s, budget: { amount: 10 USD, per: month, per_run: 12.50 USD } }";
    let stage = Stage::of(ACCURACY, guards, "");
    stage.accuracy(0.7);
    stage.sweep().await;
    let line = stage.line();
    assert_eq!((&line["HeldByBudget"], &line["Holds"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn a_model_that_has_given_up_is_counted_until_a_person_has_looked() {
    let guards = "{ cooldown: 0s, after_failure: { wait: 1h, give_up_after: 1 } }";
    let stage = Stage::of(ACCURACY, guards, "");
    stage.accuracy(0.7);
    stage.sweep().await;
    stage.fail_job();
    stage.wait("30m");
    stage.sweep().await;
    assert_eq!(stage.line()["GivenUpModels"], 1);
    let closed = rekindle_decision::signal::Action::CloseBreaker;
    stage.turn(&[crate::stage::control("mended", closed)]).await;
    assert_eq!(stage.line()["GivenUpModels"], 0);
}
