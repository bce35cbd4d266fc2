//! Ticks: delivered twice, in flight, too late.

use crate::stage::{
    MODEL, MONDAY, Stage, WEEKLY, at, document, monday, name, outcome, sentence, sweep, text, tick,
};
use rekindle_decision::signal::{Signal, Tick};
use rekindle_decision::state::Phase;

#[tokio::test]
async fn a_tick_delivered_five_times_starts_one_job() {
    let stage = Stage::with(WEEKLY);
    for copy in 0..5 {
        let summary = stage.turn(&[monday()]).await;
        assert_eq!(summary.started, usize::from(copy == 0));
        stage.wait("20s");
    }
    assert_eq!(stage.job(), name(1));
    assert_eq!(stage.world.creations(), 1);

    // A sixth copy comes when the job has long ended and the cooldown is over.
    stage.end_job();
    stage.wait("2d");
    let summary = stage.turn(&[monday()]).await;
    assert_eq!(outcome(&summary), "decided");
    assert!(
        sentence(&summary).starts_with("Rest: weekly: the tick of 2026-11-02 03:00 UTC was answered"),
        "{summary:?}"
    );
    assert_eq!(stage.job(), name(1));
}

#[tokio::test]
async fn five_copies_in_one_batch_start_one_job() {
    let stage = Stage::with(WEEKLY);
    let summary = stage.turn(&[monday(), monday(), sweep(), monday(), monday()]).await;
    assert_eq!((summary.models, summary.started), (1, 1));
    assert_eq!(stage.job(), name(1));
}

#[tokio::test]
async fn a_tick_in_flight_is_kept_and_honoured_after_the_job_and_the_cooldown() {
    let stage = Stage::of(WEEKLY, "{ cooldown: 2h }", "");
    stage.turn(&[monday()]).await;
    assert_eq!(stage.heard(), ["Retraining Started"]);

    stage.wait("30m");
    let summary = stage.turn(&[tick("2026-11-02T03:30:00Z")]).await;
    assert_eq!((summary.started, summary.held), (0, 1));
    assert!(stage.world.row(MODEL).state.sightings["weekly"].pending);
    assert_eq!(stage.heard(), ["Retraining Held"]);

    stage.wait("30m");
    stage.end_job();
    let summary = stage.sweep().await;
    assert_eq!((summary.mended, summary.held), (1, 1));
    assert!(
        sentence(&summary).contains("cooldown of 2h until 2026-11-02 05:00 UTC"),
        "{}",
        sentence(&summary)
    );
    assert_eq!(
        stage.heard(),
        ["Retraining Finished", "Retraining Held"],
        "the blockers changed, so it is told again"
    );
    assert_eq!(stage.world.runs(MODEL)[0].status, "Completed");

    stage.wait("59m59s");
    assert_eq!(stage.sweep().await.started, 0, "one second before the cooldown ends");
    assert_eq!(stage.heard(), Vec::<String>::new(), "nothing new");
    stage.wait("1s");
    assert_eq!(stage.sweep().await.started, 1, "exactly when the cooldown ends");
    assert_eq!(stage.generations(), [name(1), name(2)]);
    stage.end_job();
    stage.wait("2h");
    assert_eq!(stage.sweep().await.rested, 1, "the tick was answered");
}

#[tokio::test]
async fn a_kept_tick_is_dropped_after_its_deadline_and_the_record_says_so() {
    let stage = Stage::with(WEEKLY);
    stage.turn(&[monday()]).await;
    stage.wait("1h");
    stage.end_job();
    stage.turn(&[tick("2026-11-02T04:00:00Z")]).await;
    assert_eq!(stage.heard(), ["Retraining Started", "Retraining Finished", "Retraining Held"]);
    stage.wait("5h59m56s");
    assert_eq!(stage.sweep().await.held, 1, "at the deadline it is wanted still");
    stage.wait("1s");
    let summary = stage.sweep().await;
    assert_eq!(
        sentence(&summary),
        "Rest: no longer wanted: weekly: the tick of 2026-11-02 04:00 UTC was wanted until 2026-11-02 10:00 UTC and \
         is dropped, the next is 2026-11-09 03:00 UTC."
    );
    assert_eq!(stage.heard(), ["Retraining Withdrawn"]);
    assert_eq!(stage.line()["ruling"]["withdrawn"], serde_json::json!(["weekly"]));
    assert!(stage.world.row(MODEL).state.sightings.is_empty());
    stage.wait("20h");
    assert_eq!(stage.sweep().await.rested, 1);
    assert_eq!(stage.job(), name(1));
    assert_eq!(stage.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_replayed_archive_starts_nothing() {
    let stage = Stage::with(WEEKLY);
    let Signal::Scheduled(tick) = monday() else { unreachable!() };
    let replayed = Signal::Scheduled(Tick { replay: Some("november".to_owned()), ..tick });
    let summary = stage.turn(&[replayed]).await;
    assert_eq!(summary.unclaimed, ["archive replay `november`: a replay starts nothing"]);
    assert_eq!((summary.models, stage.world.creations(), stage.world.row(MODEL).version), (0, 0, 0));
}

#[tokio::test]
async fn a_tick_that_nobody_wants_is_told() {
    let stage = Stage::with(WEEKLY);
    let source = Some("arn:aws:events:eu-central-1:445566778899:rule/rekindle-wekly".to_owned());
    let summary = stage.turn(&[Signal::Scheduled(Tick { source, ..Tick::default() })]).await;
    assert_eq!(summary.unclaimed, ["no policy names the rule or schedule `rekindle-wekly`"]);
    let models = vec![MODEL.to_owned(), "chrun".to_owned()];
    let trigger = Some("weekly".to_owned());
    let at = Some(at("2026-11-02T03:00:00Z"));
    let summary = stage.turn(&[Signal::Scheduled(Tick { models, trigger, at, ..Tick::default() })]).await;
    assert_eq!(summary.started, 1);
    assert_eq!(summary.unclaimed, ["no policy is known for a model `chrun`"]);
}

#[tokio::test]
async fn a_tick_without_an_instant_gets_the_time_of_arrival() {
    let stage = Stage::with(WEEKLY);
    let trigger = Some("weekly".to_owned());
    assert_eq!(stage.turn(&[Signal::Scheduled(Tick { trigger, ..Tick::default() })]).await.started, 1);
    let row = stage.world.row(MODEL);
    assert_eq!(row.state.last_started, Some(at(MONDAY)));
    assert!(matches!(row.state.phase, Phase::Running { .. }));
}

#[tokio::test]
async fn a_job_that_vanished_is_closed_once_it_should_be_visible() {
    let stage = Stage::with(WEEKLY);
    stage.turn(&[monday()]).await;
    stage.world.delete_job(&name(1));
    stage.wait("14m59s");
    assert_eq!(stage.sweep().await.mended, 0, "a new job may not be visible yet");
    stage.wait("1s");
    assert_eq!(stage.sweep().await.mended, 1);
    let run = stage.world.runs(MODEL).remove(0);
    assert_eq!(run.status, "Deleted");
    assert_eq!(run.failure.as_deref(), Some("SageMaker knows no job of this name"));
}

#[tokio::test]
async fn a_tick_that_may_concern_a_policy_that_cannot_be_read_is_tried_again() {
    let stage = Stage::with(WEEKLY);
    let bad = text("other.yaml", 1, "model: other\ntrigers: {}\n".to_owned());
    stage.world.put_policies([text("churn.yaml", 1, document(MODEL, WEEKLY, "{}", "")), bad]);
    let summary = stage.turn(&[monday()]).await;
    assert_eq!(summary.started, 1, "one bad document does not hurt the others");
    assert_eq!(summary.failed, ["other: the tick waits for other.yaml, which cannot be read"]);
    // Mended, the tick that is delivered again is answered for the one and honoured for the other.
    let mended = text("other.yaml", 2, document("other", WEEKLY, "{}", ""));
    stage.world.put_policies([text("churn.yaml", 1, document(MODEL, WEEKLY, "{}", "")), mended]);
    let summary = stage.turn(&[monday()]).await;
    assert_eq!((summary.started, summary.rested, summary.failed.len()), (1, 1, 0));
}

#[tokio::test]
async fn a_tick_waits_for_a_document_that_does_not_even_name_its_models() {
    let stage = Stage::with(WEEKLY);
    let bad = text("other.yaml", 1, "model: [other\n".to_owned());
    stage.world.put_policies([text("churn.yaml", 1, document(MODEL, WEEKLY, "{}", "")), bad]);
    let summary = stage.turn(&[monday()]).await;
    assert_eq!(summary.failed, ["the tick may be for other.yaml, which cannot be read"]);
    let Signal::Scheduled(tick) = monday() else { panic!("not a tick") };
    let mine = Signal::Scheduled(Tick { models: vec![MODEL.to_owned()], ..tick });
    assert_eq!(
        stage.turn(&[mine]).await.failed,
        Vec::<String>::new(),
        "it names its models, and all are known"
    );
}
