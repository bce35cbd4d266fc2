//! `in_flight: replace`: what is newer than the running job stops it, and starts once it has stopped.

use crate::stage::{DRIFT, MODEL, Stage, alarm, ask, asked, name, outcome, sentence};
use rekindle_decision::signal::{AlarmState, Ask, Signal};

pub(crate) const REPLACE: &str = "{ cooldown: 0s, in_flight: replace }";

/// Half an hour into a job that an alarm started.
pub(crate) async fn running(guards: &str) -> Stage {
    let stage = Stage::of(DRIFT, guards, "");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    assert_eq!(stage.sweep().await.started, 1);
    stage.wait("30m");
    let _ = stage.heard();
    stage
}

/// The alarm goes off anew; nobody has looked between.
pub(crate) fn anew(stage: &Stage) -> Signal {
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    alarm(AlarmState::Alarm, stage.now())
}

fn in_flight(stage: &Stage) -> Vec<bool> {
    stage.world.jobs().into_iter().map(|(_, ended)| !ended).collect()
}

#[tokio::test]
async fn a_newer_occurrence_stops_the_job_and_starts_when_it_has_stopped() {
    let stage = running(REPLACE).await;
    let summary = stage.turn(&[anew(&stage)]).await;
    assert_eq!((outcome(&summary).as_str(), summary.started, summary.held), ("stopping", 0, 1));
    let news = stage.published();
    assert_eq!(news.len(), 1);
    assert_eq!(news[0].detail_type, "Retraining Replaced");
    assert_eq!(
        (&news[0].detail["stopping"], &news[0].detail["outcome"]),
        (&name(1).into(), &"stopping".into())
    );

    // It saves its work; until it has stopped, it is asked again, and nobody is told again.
    stage.wait("1m");
    let version = stage.world.row(MODEL).version;
    assert_eq!(outcome(&stage.sweep().await), "stopping");
    assert_eq!((stage.world.row(MODEL).version, stage.heard()), (version, Vec::new()));
    assert_eq!(in_flight(&stage), [true]);

    stage.wait("1m");
    let summary = stage.sweep().await;
    assert_eq!((summary.mended, summary.started), (1, 1), "{}", sentence(&summary));
    assert_eq!((stage.generations(), in_flight(&stage)), (vec![name(1), name(2)], vec![false, true]));
    let runs = stage.world.runs(MODEL);
    assert_eq!((runs[0].status.as_str(), runs[1].status.as_str()), ("Stopped", "InProgress"));
    let kept = stage.world.row(MODEL).state;
    assert_eq!((kept.failures, kept.trained, kept.starts.len()), (0, None, 2));
    stage.wait("1h");
    assert_eq!(outcome(&stage.sweep().await), "decided", "what it was started for stops it not");
}

#[tokio::test]
async fn a_level_that_stays_stops_nothing() {
    let stage = running(REPLACE).await;
    for _ in 0..3 {
        assert_eq!(outcome(&stage.sweep().await), "decided");
        stage.wait("1h");
    }
    assert_eq!(in_flight(&stage), [true]);
}

#[tokio::test]
async fn a_person_replaces_a_job_and_the_request_is_honoured() {
    let stage = running(REPLACE).await;
    assert_eq!(outcome(&stage.turn(&[asked(ask("a"))]).await), "stopping");
    stage.wait("2m");
    assert_eq!(stage.sweep().await.started, 1);
    let kept = stage.world.row(MODEL).state;
    assert_eq!((kept.answered.as_slice(), stage.generations().len()), (&["a".to_owned()][..], 2));
}

#[tokio::test]
async fn nothing_is_stopped_by_those_who_only_wait_observe_or_ask_what_would_be() {
    let forbid = running("{ cooldown: 0s }").await;
    assert_eq!(outcome(&forbid.turn(&[anew(&forbid)]).await), "decided");
    assert_eq!(forbid.heard(), ["Retraining Held"]);

    let dry = running(REPLACE).await;
    let row = dry.world.row(MODEL);
    assert_eq!(outcome(&dry.turn(&[asked(Ask { dry_run: true, ..ask("dry") })]).await), "dry_run");
    assert_eq!(dry.world.row(MODEL), row);

    let observing = running(REPLACE).await;
    observing.policy(2, DRIFT, REPLACE, "mode: observe");
    assert_eq!(outcome(&observing.turn(&[anew(&observing)]).await), "decided");

    let cooling = running("{ cooldown: 24h, in_flight: replace }").await;
    assert_eq!(outcome(&cooling.turn(&[anew(&cooling)]).await), "decided", "the start could not follow");

    for stage in [forbid, dry, observing, cooling] {
        stage.wait("10m");
        assert_eq!(in_flight(&stage), [true]);
    }
}

#[tokio::test]
async fn a_job_that_ended_before_it_was_stopped_is_closed_as_it_ended() {
    let stage = running(REPLACE).await;
    stage.turn(&[anew(&stage)]).await;
    stage.wait("30s");
    stage.end_job();
    assert_eq!(stage.sweep().await.started, 1);
    assert_eq!(stage.world.runs(MODEL)[0].status, "Completed");
    assert_eq!(stage.world.row(MODEL).state.trained.map(|trained| trained.generation), Some(1));
}
