//! Trainings that fail: wait longer each time, then give up until a person asks.

use crate::stage::{DRIFT, MODEL, Stage, ask, asked, name, sentence};
use rekindle_decision::policy::AfterFailure;
use rekindle_decision::signal::{AlarmState, Ask};
use rekindle_turn::world::JobStatus;

fn patient() -> Stage {
    let stage = Stage::changed(DRIFT, "{ cooldown: 0s }", |policy| {
        policy.guards.after_failure = Some(AfterFailure {
            wait: "1h".parse().unwrap(),
            times: 2,
            up_to: "24h".parse().unwrap(),
            give_up_after: 3,
        });
    });
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage
}

fn fail(stage: &Stage) {
    stage.world.end_job(&stage.generations().pop().unwrap(), JobStatus::Failed);
}

#[tokio::test]
async fn a_failed_training_is_tried_again_later_each_time_and_at_last_not_at_all() {
    let stage = patient();
    assert_eq!(stage.sweep().await.started, 1);
    for (failures, wait) in [(1, "1h"), (2, "2h")] {
        stage.wait("10m");
        fail(&stage);
        let summary = stage.sweep().await;
        assert_eq!((summary.mended, summary.started, summary.held), (1, 0, 1));
        let kept = stage.world.row(MODEL).state;
        assert_eq!((kept.failures, kept.failed_at), (failures, Some(stage.now())));
        let version = stage.world.row(MODEL).version;
        stage.wait("1m");
        stage.sweep().await;
        assert_eq!(stage.world.row(MODEL).version, version);
        stage.wait(wait);
        assert_eq!(stage.sweep().await.started, 1, "after {wait}");
    }
    fail(&stage);
    for _ in 0..40 {
        let summary = stage.sweep().await;
        assert_eq!((summary.started, summary.held), (0, 1), "{}", sentence(&summary));
        stage.wait("6h");
    }
    // Without force it is held, too; whoever insists is heard.
    assert_eq!(stage.turn(&[asked(ask("a"))]).await.started, 0);
    assert_eq!(stage.turn(&[asked(Ask { force: true, ..ask("b") })]).await.started, 1);
    assert_eq!(stage.world.row(MODEL).state.failures, 3, "a start has not succeeded yet");
    stage.wait("10m");
    stage.end_job();
    stage.sweep().await;
    let kept = stage.world.row(MODEL).state;
    assert_eq!((kept.failures, kept.failed_at), (0, None));
    assert_eq!(stage.generations().len(), 5, "and the alarm, which stays, is heard again");
}

#[tokio::test]
async fn a_job_that_was_stopped_or_deleted_is_no_failure() {
    let stage = patient();
    stage.sweep().await;
    stage.wait("1h");
    stage.world.end_job(&name(1), JobStatus::Stopped);
    assert_eq!(stage.sweep().await.started, 1);
    stage.wait("1h");
    stage.world.delete_job(&name(2));
    assert_eq!(stage.sweep().await.started, 1);
    let kept = stage.world.row(MODEL).state;
    assert_eq!((kept.failures, kept.failed_at, kept.trained), (0, None, None));
    let ends: Vec<String> = stage.world.runs(MODEL).into_iter().map(|run| run.status).collect();
    assert_eq!(ends, ["Stopped", "Deleted", "InProgress"]);
}
