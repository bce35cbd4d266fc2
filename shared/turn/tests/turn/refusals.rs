//! What SageMaker may answer besides yes.

use crate::stage::{DRIFT, MODEL, MONDAY, Stage, at, name, outcome, sentence};
use rekindle_decision::signal::AlarmState;
use rekindle_decision::state::Phase;
use rekindle_turn::world::Creation;
use rstest::rstest;

fn quota() -> Creation {
    Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message: "none left".to_owned() }
}

fn refused() -> Creation {
    Creation::Refused { code: "ValidationException".to_owned(), message: "no such bucket".to_owned() }
}

/// As [`refused`], for what never heals by itself.
fn forbidden() -> Creation {
    Creation::Refused {
        code: "AccessDeniedException".to_owned(),
        message: "may not pass the role".to_owned(),
    }
}

fn in_alarm() -> Stage {
    let stage = Stage::with(DRIFT);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage
}

#[tokio::test]
async fn a_start_refused_for_now_is_tried_again_as_the_same_generation_and_decision() {
    let stage = in_alarm();
    stage.world.answer_next([quota(), quota(), quota()]);
    assert_eq!(outcome(&stage.sweep().await), "waiting");
    let row = stage.world.row(MODEL);
    let Phase::Starting { decision, since, waiting, .. } = row.state.phase else { panic!("{row:?}") };
    let waiting = waiting.map(|waiting| waiting.to_string());
    assert_eq!((since, waiting.as_deref()), (at(MONDAY), Some("ResourceLimitExceeded: none left")));
    assert_eq!(stage.heard(), ["Retraining Waiting"]);

    for _ in 0..2 {
        stage.wait("5m");
        let summary = stage.sweep().await;
        assert_eq!((summary.started, summary.mended, summary.refused), (0, 1, 1));
        assert_eq!(stage.world.row(MODEL).state.generation, 1);
    }
    assert_eq!(
        stage.heard(),
        ["Retraining Held"],
        "the same answer again is no news; what holds the model is"
    );
    stage.wait("5m");
    let summary = stage.sweep().await;
    assert_eq!((summary.started, summary.mended), (1, 1));
    assert_eq!(stage.job(), name(1));
    let request = stage.world.request(&name(1)).unwrap();
    assert_eq!(request["Environment"]["REKINDLE_DECISION"], decision);
    assert_eq!(
        request["HyperParameters"]["to"], "2026-11-02T03:00:04",
        "as it was decided, not as it was tried"
    );
    let row = stage.world.row(MODEL);
    assert_eq!(
        row.state.phase,
        Phase::Running { decision: decision.clone(), since: at(MONDAY), stopping: None }
    );
    let run = stage.world.runs(MODEL).remove(0);
    assert_eq!((run.status.as_str(), run.failure), ("InProgress", None));
    let news = stage.published();
    assert_eq!(news.len(), 1);
    assert_eq!(
        (news[0].detail_type.as_str(), &news[0].detail["decision"]),
        ("Retraining Started", &decision.into())
    );
}

#[tokio::test]
async fn a_refusal_is_told_once_and_not_tried_again_for_the_same_cause() {
    let stage = in_alarm();
    stage.world.answer_next([forbidden()]);
    let summary = stage.sweep().await;
    assert_eq!((outcome(&summary).as_str(), summary.refused), ("refused", 1));
    let row = stage.world.row(MODEL);
    assert_eq!((row.state.generation, &row.state.phase, row.state.last_started), (1, &Phase::Idle, None));
    assert_eq!(stage.world.runs(MODEL)[0].status, "Refused");
    assert_eq!(stage.heard(), ["Retraining Refused"]);
    for _ in 0..30 {
        stage.wait("1h");
        let summary = stage.sweep().await;
        assert_eq!((summary.started, summary.held), (0, 1));
        assert!(sentence(&summary).contains("may not pass the role"), "{}", sentence(&summary));
    }
    assert_eq!(stage.heard(), ["Retraining Held"]);
    assert_eq!(stage.world.creations(), 1);
}

#[tokio::test]
async fn input_that_may_be_late_is_asked_for_a_few_times_more_and_then_no_more() {
    let stage = in_alarm();
    stage.world.answer_next((0..9).map(|_| refused()));
    assert_eq!(outcome(&stage.sweep().await), "refused");
    for (refusals, early) in [(1, "59m59s"), (2, "1h59m59s"), (3, "3h59m59s")] {
        stage.wait(early);
        assert_eq!(
            (stage.sweep().await.held, stage.world.creations()),
            (1, refusals),
            "a second before {early}"
        );
        stage.wait("1s");
        assert_eq!(outcome(&stage.sweep().await), "refused", "a second after {early}");
    }
    for _ in 0..48 {
        stage.wait("1h");
        assert_eq!(stage.sweep().await.held, 1);
    }
    assert_eq!((stage.world.creations(), stage.generations()), (4, Vec::new()));
    let heard = stage.heard();
    assert_eq!(heard.iter().filter(|word| *word == "Retraining Refused").count(), 4, "{heard:?}");
    assert_eq!(stage.world.row(MODEL).unsaid, []);
}

#[rstest]
#[case::a_policy_revision(true)]
#[case::another_alarm(false)]
#[tokio::test]
async fn a_refused_start_is_tried_again_after(#[case] revision: bool) {
    let stage = in_alarm();
    stage.world.answer_next([refused()]);
    stage.sweep().await;
    stage.wait("1h");
    if revision {
        stage.policy(2, DRIFT, "{ cooldown: 24h }", "mode: enforce");
    } else {
        stage.world.set_alarm("churn-drift", AlarmState::Ok);
        stage.sweep().await;
        stage.wait("1h");
        stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    }
    assert_eq!(stage.sweep().await.started, 1);
    assert_eq!(stage.job(), name(2), "the refused generation is spent");
}

#[tokio::test]
async fn a_start_that_waited_and_is_refused_then_is_not_tried_again_for_the_same_cause() {
    let stage = in_alarm();
    stage.world.answer_next([quota(), refused()]);
    stage.sweep().await;
    stage.wait("5m");
    let decision = stage.world.runs(MODEL)[0].decision.clone();
    let _ = stage.heard();
    let summary = stage.sweep().await;
    assert_eq!((summary.started, summary.refused), (0, 1));
    let news = stage.published();
    assert_eq!(news[0].detail_type, "Retraining Refused");
    assert_eq!(news[0].detail["decision"], decision, "a consumer can tell a repetition");
    for _ in 0..5 {
        stage.wait("5m");
        assert_eq!(stage.sweep().await.started, 0);
    }
    assert_eq!(stage.world.creations(), 2);
    stage.policy(2, DRIFT, "{ cooldown: 24h }", "mode: enforce");
    assert_eq!(stage.sweep().await.started, 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_after_and_the_job_recognised_as_ours() {
    let stage = in_alarm();
    stage.world.answer_next([Creation::NoAnswer { error: "timed out".to_owned() }]);
    let summary = stage.sweep().await;
    assert_eq!((summary.started, stage.world.creations()), (1, 1));
    assert!(matches!(stage.world.row(MODEL).state.phase, Phase::Running { .. }));
    assert_eq!(stage.job(), name(1));
}

#[tokio::test]
async fn a_name_taken_by_a_stranger_loses_the_generation_and_skips_no_further_in_this_turn() {
    let stage = in_alarm();
    stage.world.put_foreign_job(&name(1));
    let summary = stage.sweep().await;
    assert_eq!((outcome(&summary).as_str(), summary.started), ("lost", 0));
    assert_eq!(stage.world.creations(), 1);
    let run = stage.world.runs(MODEL).remove(0);
    assert_eq!(run.status, "NameTaken");
    assert_eq!(stage.heard(), ["Retraining Lost"]);
    stage.wait("5m");
    assert_eq!(stage.sweep().await.started, 1, "the next sweep decides afresh");
    assert_eq!(stage.generations(), [name(1), name(2)]);
}

#[tokio::test]
async fn a_start_taken_over_and_lost_to_a_stranger_skips_no_further_in_this_turn() {
    let stage = in_alarm();
    stage.world.answer_next([quota()]);
    stage.sweep().await;
    let _ = stage.heard();
    stage.wait("5m");
    stage.world.put_foreign_job(&name(1));
    let summary = stage.sweep().await;
    assert_eq!((summary.started, summary.mended, stage.world.creations()), (0, 1, 1));
    assert_eq!(stage.generations(), [name(1)]);
    assert_eq!(stage.heard(), ["Retraining Lost"]);
    stage.wait("5m");
    assert_eq!(stage.sweep().await.started, 1, "the next sweep decides afresh");
    assert_eq!(stage.generations(), [name(1), name(2)]);
}

#[tokio::test]
async fn a_name_that_is_taken_by_a_job_nobody_can_see_waits() {
    let stage = in_alarm();
    stage.world.answer_next([Creation::NameTaken]);
    assert_eq!(outcome(&stage.sweep().await), "waiting");
    stage.wait("5m");
    assert_eq!(stage.sweep().await.started, 1);
    assert_eq!(stage.job(), name(1));
}

#[tokio::test]
async fn a_job_of_another_decision_is_not_ours() {
    use rekindle_turn::World;

    let stage = in_alarm();
    let theirs =
        serde_json::json!({ "TrainingJobName": name(1), "Environment": { "REKINDLE_DECISION": "other" } });
    let Creation::Created { .. } = stage.world.create(&theirs).await else { panic!("it is the first") };
    assert_eq!(outcome(&stage.sweep().await), "lost");
    assert_eq!(stage.world.runs(MODEL)[0].status, "NameTaken");
}

#[tokio::test]
async fn a_lost_answer_that_cannot_be_asked_after_waits_for_the_next_sweep_alone() {
    use crate::unruly::{Call, Fate, Unruly};

    let stage = in_alarm();
    let fates = [(Call::Create, Fate::LosesAnswer), (Call::Describe, Fate::Fails)];
    let plan = std::sync::Arc::new(move |_, call| {
        let fate = fates.iter().find(|(of, _)| *of == call);
        (0, fate.map_or(Fate::Passes, |(_, fate)| *fate))
    });
    let world = Unruly::new(stage.world.invocation("one"), plan);
    let summary = world.turn(&[crate::stage::sweep()]).await.unwrap().unwrap();
    assert_eq!(outcome(&summary), "waiting");
    stage.wait("5m");
    assert_eq!(stage.sweep().await.started, 1, "and not for the lease");
    assert_eq!((stage.job(), stage.world.creations()), (name(1), 1));
}

#[tokio::test]
async fn a_job_made_late_counts_as_running_once_it_is_seen() {
    let stage = in_alarm();
    stage.world.answer_next([quota()]);
    stage.sweep().await;
    stage.wait("1h");
    stage.world.show_jobs_after("2m".parse().unwrap());
    stage.sweep().await;
    assert_eq!(stage.job(), name(1));
    for _ in 0..5 {
        stage.wait("5s");
        stage.sweep().await;
    }
    assert_eq!(stage.job(), name(1), "not seen is not deleted");
    stage.wait("2m");
    assert_eq!(stage.sweep().await.started, 1);
    assert!(matches!(stage.world.row(MODEL).state.phase, Phase::Running { .. }));
    assert_eq!(stage.job(), name(1));
}

#[tokio::test]
async fn a_start_whose_job_may_exist_unseen_is_not_withdrawn() {
    let stage = in_alarm();
    stage.world.show_jobs_after("2m".parse().unwrap());
    stage.world.answer_next([Creation::NoAnswer { error: "timed out".to_owned() }]);
    assert_eq!(outcome(&stage.sweep().await), "waiting");
    stage.policy(2, DRIFT, "{ cooldown: 24h }", "mode: observe");
    stage.wait("1m");
    stage.sweep().await;
    assert!(matches!(stage.world.row(MODEL).state.phase, Phase::Starting { .. }));
    stage.wait("15m");
    stage.sweep().await;
    assert!(
        matches!(stage.world.row(MODEL).state.phase, Phase::Running { .. }),
        "it is there, and it is ours"
    );
    assert_eq!(stage.job(), name(1));
}

#[rstest]
#[case::observe("mode: observe")]
#[case::suspended("mode: suspended")]
#[tokio::test]
async fn a_waiting_start_is_withdrawn_when_its_owner_switches_the_policy_off(#[case] mode: &str) {
    let stage = in_alarm();
    stage.world.answer_next([quota()]);
    stage.sweep().await;
    stage.wait("5m");
    stage.policy(2, DRIFT, "{ cooldown: 24h }", mode);
    let summary = stage.sweep().await;
    assert_eq!((summary.started, stage.world.creations()), (0, 1));
    assert_eq!(stage.world.runs(MODEL)[0].status, "Withdrawn");
    assert_eq!(stage.world.row(MODEL).state.phase, Phase::Idle);
}
