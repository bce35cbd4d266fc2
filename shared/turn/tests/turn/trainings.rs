//! What a training that ended leaves for the next decision.

use std::collections::BTreeMap;

use crate::stage::{DRIFT, MODEL, Stage, name, sentence};
use rekindle_decision::signal::AlarmState;
use rekindle_decision::state::Trained;
use rekindle_turn::world::JobStatus;

#[tokio::test]
async fn a_completed_training_is_remembered_with_what_it_reported() {
    let stage = Stage::with(DRIFT);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.sweep().await;
    let start = stage.now();
    assert_eq!(stage.world.row(MODEL).state.starts[0].trained, None);
    stage.wait("1h");
    let metrics: BTreeMap<String, f64> = [("validation:auc".to_owned(), 0.91)].into();
    stage.world.report(&name(1), &metrics);
    stage.end_job();
    let ended = stage.now();
    stage.wait("4m");
    stage.sweep().await;
    let kept = stage.world.row(MODEL).state;
    assert_eq!(kept.trained, Some(Trained { generation: 1, at: ended, metrics: metrics.clone() }));
    assert_eq!((kept.starts[0].at, kept.starts[0].trained), (start, Some(ended)));

    // The next one fails: the model that serves is the one before.
    stage.wait("1d");
    assert_eq!(stage.sweep().await.started, 1);
    stage.wait("1h");
    stage.world.end_job(&name(2), JobStatus::Failed);
    stage.sweep().await;
    let kept = stage.world.row(MODEL).state;
    assert_eq!(kept.trained.map(|trained| trained.generation), Some(1));
    assert_eq!(kept.starts.iter().map(|start| start.trained).collect::<Vec<_>>(), [Some(ended), None]);
}

#[tokio::test]
async fn a_model_is_as_old_as_its_training() {
    let stage = Stage::changed(DRIFT, "{ cooldown: 0s }", |policy| {
        policy.guards.min_age = Some("6h".parse().unwrap());
    });
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.sweep().await;
    stage.wait("2h");
    stage.end_job();
    let summary = stage.sweep().await;
    assert_eq!((summary.started, summary.held), (0, 1), "{}", sentence(&summary));
    stage.wait("5h59m59s");
    assert_eq!(stage.sweep().await.started, 0);
    stage.wait("1s");
    assert_eq!(stage.sweep().await.started, 1);
}

#[tokio::test]
async fn the_ledger_remembers_so_many_starts_and_no_more() {
    let stage = Stage::of(DRIFT, "{ cooldown: 0s }", "");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    for _ in 0..70 {
        stage.sweep().await;
        stage.wait("1h");
        stage.end_job();
    }
    let starts = stage.world.row(MODEL).state.starts;
    assert_eq!((starts.len(), starts[0].generation, starts[63].generation), (64, 7, 70));
}
