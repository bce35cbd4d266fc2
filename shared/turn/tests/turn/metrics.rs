//! Metrics: read on every sweep, unknown when they are silent.

use crate::stage::{ACCURACY, MODEL, Stage, accuracy, name};
use rekindle_decision::facts::Gap;

#[tokio::test]
async fn a_blind_metric_is_told_once_and_not_on_each_sweep() {
    let stage = Stage::with(ACCURACY);
    let summary = stage.sweep().await;
    assert_eq!((summary.blind, summary.held), (1, 1));
    assert_eq!(stage.heard(), ["Retraining Held"]);
    let version = stage.world.row(MODEL).version;
    for _ in 0..48 {
        stage.wait("30m");
        assert_eq!(stage.sweep().await.blind, 1);
    }
    assert_eq!(stage.heard(), Vec::<String>::new());
    assert_eq!(stage.world.row(MODEL).version, version, "nothing is written for nothing new");
    assert_eq!(stage.line()["BlindModels"], 1, "but counted on every sweep");

    stage.accuracy(0.9);
    assert_eq!(stage.sweep().await.rested, 1);
    assert_eq!(stage.heard(), ["Retraining Withdrawn"]);
    stage.world.break_metric(&accuracy(MODEL), Gap::Forbidden);
    assert_eq!(stage.sweep().await.blind, 1);
    assert_eq!(stage.heard(), ["Retraining Held"], "blind anew is news anew");
    assert_eq!(stage.world.creations(), 0);
}

#[tokio::test]
async fn a_metric_that_crosses_its_limit_starts_one_job() {
    let stage = Stage::with(ACCURACY);
    for (value, started) in [(0.9, 0), (0.82, 0), (0.8199, 1), (0.7, 0), (0.7, 0)] {
        stage.accuracy(value);
        assert_eq!(stage.sweep().await.started, started, "accuracy {value}");
        stage.wait("1h");
    }
    assert_eq!(stage.job(), name(1));
    stage.end_job();
    stage.accuracy(0.91);
    stage.wait("1d");
    stage.accuracy(0.91);
    assert_eq!(stage.sweep().await.rested, 1, "it is well again");
}
