//! Events about training jobs: they end runs, whatever order they come in, and start nothing.

use std::sync::Arc;

use crate::stage::{
    DRIFT, MODEL, Stage, WEEKLY, alarm, arrival, ask, asked, confirm, control, ended, monday, name, sweep,
};
use crate::unruly::{Call, Fate, Unruly};
use rekindle_decision::identity::job_name;
use rekindle_decision::signal::{Action, AlarmState, Ask, Signal, TrainingEnd, What};
use rekindle_decision::state::Phase;
use rekindle_policy::PolicySet;
use rekindle_turn::ledger::EndCause;
use rekindle_turn::world::JobStatus;
use rstest::rstest;
use serde_json::json;

/// An hour into the job of the weekly tick.
async fn running() -> Stage {
    let stage = Stage::with(WEEKLY);
    assert_eq!(stage.turn(&[monday()]).await.started, 1);
    stage.wait("1h");
    let _ = (stage.heard(), stage.world.take_lines());
    stage
}

fn completed() -> Signal {
    ended(&name(1), "Completed")
}

/// The line about a job's end, the newest since the last call.
fn line(stage: &Stage) -> serde_json::Value {
    stage.world.take_lines().into_iter().rfind(|line| line["kind"] == "end").unwrap()
}

#[tokio::test]
async fn an_event_closes_the_run_at_once() {
    let stage = running().await;
    stage.end_job();
    let summary = stage.end(&[completed()]).await;
    assert_eq!((summary.ended, summary.not_ours, summary.failed.len(), summary.started), (1, 0, 0, 0));
    assert_eq!(stage.heard(), ["Retraining Finished"]);
    let row = stage.world.row(MODEL);
    assert_eq!((row.state.phase, row.turn, row.unsaid), (Phase::Idle, None, Vec::new()));
    assert_eq!(stage.world.runs(MODEL)[0].status, "Completed");
    let line = line(&stage);
    assert_eq!(
        (&line["outcome"], &line["Model"], &line["job"], &line["TrainingsEnded"], &line["TrainingsFailed"]),
        (&json!("closed"), &json!(MODEL), &json!(name(1)), &json!(1), &json!(0))
    );
}

#[rstest]
#[case::well(JobStatus::Completed, "", "Retraining Finished", None)]
#[case::by_its_code(
    JobStatus::Failed,
    "AlgorithmError: exit code 1",
    "Retraining Failed",
    Some(EndCause::Algorithm)
)]
#[case::for_want_of_a_machine(
    JobStatus::Failed,
    "CapacityError: no machines",
    "Retraining Failed",
    Some(EndCause::Capacity)
)]
#[case::stopped(JobStatus::Stopped, "", "Retraining Stopped", Some(EndCause::Stopped))]
#[tokio::test]
async fn the_end_says_how_it_was_and_who_must_move(
    #[case] status: JobStatus,
    #[case] failure: &str,
    #[case] word: &str,
    #[case] cause: Option<EndCause>,
) {
    let stage = running().await;
    if status == JobStatus::Failed {
        stage.world.fail_job(&name(1), failure);
    } else {
        stage.world.end_job(&name(1), status);
    }
    stage.end(&[completed()]).await;
    let news = stage.published();
    assert_eq!((news.len(), news[0].detail_type.as_str()), (1, word));
    assert_eq!(news[0].detail["status"], status.ended().unwrap());
    let told = cause.map(|cause| json!(cause)).unwrap_or_default();
    assert_eq!(news[0].detail.get("cause").cloned().unwrap_or_default(), told);
    let run = stage.world.runs(MODEL).remove(0);
    assert_eq!((run.cause, run.status.as_str()), (cause, status.ended().unwrap()));
    assert_eq!(run.failure.as_deref(), (!failure.is_empty()).then_some(failure));
    assert_eq!(line(&stage)["TrainingsFailed"], json!(u64::from(status == JobStatus::Failed)));
}

#[tokio::test]
async fn an_event_that_comes_before_the_start_is_settled_closes_it() {
    let stage = Stage::with(WEEKLY);
    // Killed after the job was created.
    let plan = |_, call| (0, if call == Call::Create { Fate::KillsAfter } else { Fate::Passes });
    let world = Unruly::new(stage.world.invocation("one"), Arc::new(plan));
    assert!(world.turn(&[monday()]).await.is_none());
    stage.wait("1m");
    stage.end_job();
    assert_eq!(stage.end(&[completed()]).await.ended, 1);
    assert_eq!(stage.heard(), ["Retraining Started", "Retraining Finished"]);
    let kept = stage.world.row(MODEL).state;
    assert_eq!((kept.phase, kept.trained.map(|trained| trained.generation)), (Phase::Idle, Some(1)));
    // The platform tries the turn again: its tick is answered.
    let plan = |_, _| (0, Fate::Passes);
    let again = Unruly::new(stage.world.invocation("one"), Arc::new(plan));
    assert_eq!(again.turn(&[monday()]).await.unwrap().unwrap().started, 0);
    assert_eq!(stage.generations(), [name(1)]);
}

#[tokio::test]
async fn a_turn_that_is_slow_finds_its_job_ended_and_settled() {
    use futures::FutureExt;

    let stage = Stage::with(WEEKLY);
    let others = stage.world.clone();
    // Between the creation and its settling, the job ends and its event is heard.
    let plan = move |_, call| {
        if call == Call::Settle {
            others.end_job(&name(1), JobStatus::Completed);
            rekindle_turn::end(&others.invocation("other"), &[completed()]).now_or_never().unwrap();
        }
        (0, Fate::Passes)
    };
    let world = Unruly::new(stage.world.invocation("one"), Arc::new(plan));
    assert_eq!(world.turn(&[monday()]).await.unwrap().unwrap().started, 1);
    assert_eq!(stage.world.row(MODEL).state.phase, Phase::Idle, "what has ended does not run again");
    assert_eq!(stage.world.runs(MODEL)[0].status, "Completed");
    stage.wait("1h");
    assert_eq!(stage.sweep().await.started, 0);
}

#[tokio::test]
async fn one_end_that_is_told_often_is_closed_and_announced_once() {
    let stage = running().await;
    stage.end_job();
    let summary = stage.end(&[completed(), completed(), ended(&name(1), "Stopping")]).await;
    assert_eq!(summary.ended, 1);
    let row = stage.world.row(MODEL);
    for _ in 0..3 {
        stage.wait("1m");
        let summary = stage.end(&[completed()]).await;
        assert_eq!((summary.ended, summary.failed.len()), (0, 0));
        assert_eq!(line(&stage)["outcome"], "known");
    }
    assert_eq!((stage.world.row(MODEL), stage.heard()), (row, vec!["Retraining Finished".to_owned()]));
}

#[tokio::test]
async fn an_end_that_is_told_while_the_job_runs_ends_nothing() {
    let stage = running().await;
    let row = stage.world.row(MODEL);
    for status in ["InProgress", "Stopping", "Completed"] {
        assert_eq!(stage.end(&[ended(&name(1), status)]).await.ended, 0, "{status}");
        assert_eq!(line(&stage)["outcome"], "running", "the job itself is asked");
    }
    assert_eq!((stage.world.row(MODEL), stage.heard()), (row, Vec::new()));
}

#[tokio::test]
async fn an_end_of_long_ago_does_not_touch_the_job_of_now() {
    let stage = running().await;
    stage.end_job();
    stage.turn(&[asked(Ask { force: true, ..ask("a") })]).await;
    assert_eq!(stage.generations(), [name(1), name(2)]);
    let row = stage.world.row(MODEL);
    assert_eq!(stage.end(&[completed()]).await.ended, 0);
    assert_eq!(line(&stage)["outcome"], "known");
    assert_eq!(stage.world.row(MODEL), row);
}

#[tokio::test]
async fn an_end_that_nobody_told_of_is_found_by_the_sweep() {
    let stage = running().await;
    stage.end_job();
    assert_eq!(stage.sweep().await.mended, 1);
    assert_eq!(stage.heard(), ["Retraining Finished"]);
    let summary = stage.end(&[completed()]).await;
    assert_eq!((summary.ended, stage.heard()), (0, Vec::new()), "and the event that comes late is known");
}

#[tokio::test]
async fn jobs_of_others_are_counted_and_left_alone() {
    let stage = running().await;
    let row = stage.world.row(MODEL);
    let others = ["somebodys-job", "rk-churn-g1", &job_name("churn", 7), &job_name("other", 1)];
    for job in others {
        stage.world.put_foreign_job(job);
        stage.world.end_job(job, JobStatus::Completed);
    }
    // One that carries a model of another name, and one of a ledger that was deleted since.
    let stranger = |job: &str, model: &str| {
        let environment = json!({ "REKINDLE_DECISION": "theirs", "REKINDLE_MODEL": model });
        json!({ "TrainingJobName": job, "Environment": environment })
    };
    let jobs = [(job_name("a", 1), "b"), (job_name("gone", 1), "gone"), (job_name(MODEL, 2), MODEL)];
    for (job, model) in &jobs {
        let _ = rekindle_turn::World::create(&stage.world, &stranger(job, model)).await;
        stage.world.end_job(job, JobStatus::Completed);
    }
    let names = others
        .into_iter()
        .chain(jobs.iter().map(|(job, _)| job.as_str()))
        .chain(["rk-never-00000000-g000001"]);
    for job in names {
        let summary = stage.end(&[ended(job, "Completed")]).await;
        assert_eq!((summary.ended, summary.not_ours, summary.failed.len()), (0, 1, 0), "{job}");
        let line = line(&stage);
        assert_eq!((&line["outcome"], &line["NotOurs"]), (&json!("not_ours"), &json!(1)), "{job}");
    }
    assert_eq!((stage.world.row(MODEL), stage.heard()), (row, Vec::new()));
}

#[tokio::test]
async fn a_job_of_a_ledger_that_was_deleted_since_is_not_ours_although_it_carries_our_decision() {
    let first = running().await;
    let request = first.world.request(&name(1)).unwrap();
    let second = Stage::with(WEEKLY);
    let _ = rekindle_turn::World::create(&second.world, &request).await;
    second.end_job();
    second.wait("1d");
    // The same decision again, killed before its job was asked for.
    let plan = |_, call| (0, if call == Call::Create { Fate::KillsBefore } else { Fate::Passes });
    let world = Unruly::new(second.world.invocation("one"), Arc::new(plan));
    world.turn(&[asked(Ask { force: true, ..ask("a") })]).await;
    assert_eq!(second.end(&[completed()]).await.not_ours, 1);
    assert!(matches!(second.world.row(MODEL).state.phase, Phase::Starting { .. }));
}

#[tokio::test]
async fn the_run_of_a_model_whose_policy_was_deleted_is_closed_all_the_same() {
    let stage = running().await;
    stage.world.share_policies(&Arc::new(PolicySet::default()));
    stage.end_job();
    stage.world.refuse_announcements(1);
    let world = stage.world.invocation("end");
    assert_eq!(rekindle_turn::end(&world, &[completed()]).await.ended, 1);
    assert_eq!(stage.world.row(MODEL).state.phase, Phase::Idle);
    // No sweep comes by it any more: the next event about it says what was not said.
    stage.wait("16m");
    stage.end(&[completed()]).await;
    assert_eq!(stage.heard(), ["Retraining Finished"]);
}

#[rstest]
#[case::the_job(Call::Describe)]
#[case::the_row(Call::Rows)]
#[case::the_end(Call::Close)]
#[tokio::test]
async fn what_cannot_be_read_or_written_is_delivered_again(#[case] broken: Call) {
    let stage = running().await;
    stage.end_job();
    let plan = move |_, call| (0, if call == broken { Fate::Fails } else { Fate::Passes });
    let world = Unruly::new(stage.world.invocation("end"), Arc::new(plan));
    let summary = world.end(&[completed()]).await.unwrap();
    assert_eq!((summary.ended, summary.failed), (0, vec![format!("{}: the line is dead", name(1))]));
    let line = line(&stage);
    assert_eq!((&line["outcome"], &line["FailedModels"]), (&json!("failed"), &json!(1)));
    assert_eq!(stage.end(&[completed()]).await.ended, 1);
}

#[tokio::test]
async fn nothing_but_an_end_is_heard_and_nothing_is_ever_started() {
    let stage = Stage::of(DRIFT, "{ cooldown: 0s }", "");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    assert_eq!(stage.sweep().await.started, 1);
    stage.wait("1h");
    stage.end_job();
    let replayed = TrainingEnd { job: name(1), status: "Completed".to_owned(), replay: Some("r".to_owned()) };
    let object = What::Object { bucket: "b".to_owned(), key: "k".to_owned(), size: 1 };
    let signals = [
        sweep(),
        monday(),
        alarm(AlarmState::Alarm, stage.now()),
        asked(Ask { force: true, ..ask("a") }),
        confirm("decision"),
        control("c", Action::Resume),
        arrival("o", stage.now(), object),
        Signal::TrainingEnded(replayed),
        completed(),
    ];
    let world = Unruly::new(stage.world.invocation("end"), Arc::new(|_, _| (0, Fate::Passes)));
    let summary = world.end(&signals).await.unwrap();
    assert_eq!(
        (summary.ended, summary.started, summary.unclaimed.len()),
        (1, 0, 8),
        "{:?}",
        summary.unclaimed
    );
    let may = [Call::Describe, Call::Rows, Call::Close, Call::Run, Call::Publish, Call::Said];
    assert!(world.calls().iter().all(|call| may.contains(call)), "{:?}", world.calls());
    assert_eq!((stage.world.creations(), stage.generations()), (1, vec![name(1)]));
    // And where ends are not read, they start nothing either.
    let summary = stage.turn(&[completed()]).await;
    assert_eq!(
        (summary.models, summary.unclaimed),
        (0, vec![format!("the end of {} is for on-training-end", name(1))])
    );
}
