//! Model Monitor's schedules: woken by any processing job that ended, judged by what SageMaker says.

use crate::stage::{DRIFT, MODEL, Stage, arrival, name, only, sentence};
use rekindle_decision::policy::{Monitor, MonitorEnd, Watch};
use rekindle_decision::signal::What;

fn watching() -> Stage {
    Stage::changed(DRIFT, "{ cooldown: 1h }", |policy| {
        let monitor = Monitor { schedule: "churn-quality".to_owned(), on: MonitorEnd::Violations };
        only(policy, "quality", Watch::Monitor(monitor));
    })
}

fn ended(stage: &Stage) -> rekindle_decision::signal::Signal {
    let job = "arn:aws:sagemaker:eu-central-1:445566778899:processing-job/model-monitoring-2026".to_owned();
    arrival(&job.clone(), stage.now(), What::MonitoringRun { job, status: "Completed".to_owned() })
}

#[tokio::test]
async fn a_run_with_violations_starts_one_job() {
    let stage = watching();
    let summary = stage.sweep().await;
    assert_eq!((summary.blind, summary.started), (1, 0), "no run has finished: {}", sentence(&summary));
    stage.world.set_monitor("churn-quality", "Completed", stage.now());
    assert_eq!(stage.turn(&[ended(&stage)]).await.rested, 1, "whatever the event says");
    stage.wait("1h");
    stage.world.set_monitor("churn-quality", "CompletedWithViolations", stage.now());
    assert_eq!(stage.turn(&[ended(&stage)]).await.started, 1);
    stage.wait("2h");
    stage.end_job();
    assert_eq!(stage.sweep().await.started, 0, "the same run says nothing of the new model");
    stage.world.set_monitor("churn-quality", "CompletedWithViolations", stage.now());
    assert_eq!(stage.turn(&[ended(&stage)]).await.started, 1);
    assert_eq!(stage.generations(), [name(1), name(2)]);
    assert!(stage.world.row(MODEL).state.arrivals.is_empty(), "a run is not counted");
}
