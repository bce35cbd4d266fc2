//! People ask.

use crate::stage::{
    DRIFT, MODEL, Stage, WEEKLY, alarm, ask, asked, at, monday, name, outcome, sentence, sweep,
};
use rekindle_decision::signal::{AlarmState, Ask};
use rekindle_decision::state::Phase;
use rekindle_turn::ledger::Row;
use rekindle_turn::world::Creation;

const QUIET: &str = WEEKLY;

#[tokio::test]
async fn a_request_starts_a_job_that_no_trigger_asked_for() {
    let stage = Stage::with(QUIET);
    assert_eq!(stage.turn(&[asked(ask("a"))]).await.started, 1);
    let run = stage.world.runs(MODEL).remove(0);
    assert!(run.why.contains("ana"), "{}", run.why);
    assert_eq!(stage.world.row(MODEL).state.answered, ["a"]);
}

#[tokio::test]
async fn the_same_request_twice_is_one_job() {
    let stage = Stage::with(QUIET);
    let force = Ask { force: true, ..ask("a") };
    assert_eq!(stage.turn(&[asked(force.clone()), asked(force.clone())]).await.started, 1);
    assert_eq!(stage.turn(&[asked(force.clone())]).await.started, 0);
    stage.end_job();
    stage.wait("3d");
    let summary = stage.turn(&[asked(force)]).await;
    assert_eq!((summary.started, summary.rested), (0, 1));
    assert_eq!(stage.job(), name(1));
    assert_eq!(stage.turn(&[asked(ask("b"))]).await.started, 1, "another request is another wish");
}

#[tokio::test]
async fn force_skips_the_cooldown_and_not_the_job_in_flight() {
    let stage = Stage::with(QUIET);
    stage.turn(&[monday()]).await;
    stage.wait("1h");
    let force = Ask { force: true, ..ask("a") };
    let summary = stage.turn(&[asked(force)]).await;
    assert_eq!((summary.started, summary.held), (0, 1));
    stage.end_job();
    stage.wait("1m");
    assert_eq!(stage.sweep().await.started, 1, "kept, and honoured once the job has ended");
    stage.end_job();
    stage.wait("1m");
    let patient = stage.turn(&[asked(ask("b"))]).await;
    assert_eq!((patient.started, patient.held), (0, 1), "without force the cooldown holds");
    stage.wait("1d");
    assert_eq!(stage.sweep().await.started, 1);
    stage.end_job();
    stage.wait("2d");
    assert_eq!(stage.sweep().await.rested, 1, "each was honoured once");
    assert_eq!(stage.world.creations(), 3);
}

#[tokio::test]
async fn a_model_that_is_not_known_is_told_to_the_sender() {
    let stage = Stage::with(QUIET);
    let models = vec!["chrun".to_owned(), MODEL.to_owned()];
    let summary = stage.turn(&[asked(Ask { models, ..ask("a") })]).await;
    assert_eq!(summary.unclaimed, ["no policy is known for a model `chrun`"]);
    assert_eq!(summary.started, 1);
    let summary = stage.turn(&[asked(Ask { models: Vec::new(), ..ask("b") })]).await;
    assert_eq!(summary.unclaimed, ["the request names no model"]);
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let stage = Stage::with(QUIET);
    let dry = asked(Ask { dry_run: true, ..ask("a") });
    let summary = stage.turn(&[dry]).await;
    assert_eq!((outcome(&summary).as_str(), summary.started), ("dry_run", 0));
    assert!(sentence(&summary).starts_with("Start generation 1"), "it says what would be");
    assert_eq!(stage.world.row(MODEL), Row::default());
    assert_eq!(stage.world.creations(), 0);
    assert_eq!(stage.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_dry_run_mends_nothing_and_sees_through_what_could_be_mended() {
    let stage = Stage::with(QUIET);
    let dry = || asked(Ask { dry_run: true, force: true, ..ask("dry") });
    stage.turn(&[monday()]).await;
    stage.wait("1h");
    assert!(sentence(&stage.turn(&[dry()]).await).starts_with("Held: "), "the job runs");
    stage.end_job();
    let before = stage.world.row(MODEL);
    let summary = stage.turn(&[dry()]).await;
    assert!(sentence(&summary).starts_with("Start generation 2"), "{}", sentence(&summary));
    assert_eq!(stage.world.row(MODEL), before);

    let waiting = Stage::with(QUIET);
    let quota =
        Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message: "none left".to_owned() };
    waiting.world.answer_next([quota]);
    waiting.turn(&[monday()]).await;
    waiting.wait("1h");
    let before = waiting.world.row(MODEL);
    waiting.turn(&[dry()]).await;
    assert_eq!(waiting.world.row(MODEL), before);
    assert_eq!(waiting.world.creations(), 1, "a dry run carries on no start");
}

#[tokio::test]
async fn a_dry_run_in_the_same_batch_swallows_no_other_signal() {
    let stage = Stage::with(QUIET);
    let dry = asked(Ask { dry_run: true, ..ask("dry") });
    assert_eq!(stage.turn(&[monday(), dry.clone()]).await.started, 1, "a tick and a dry run");
    let stage = Stage::with(QUIET);
    assert_eq!(stage.turn(&[asked(ask("wet")), dry]).await.started, 1, "a request and a dry run");
    assert_eq!(stage.world.row(MODEL).state.answered, ["wet"]);
}

#[tokio::test]
async fn a_policy_that_observes_decides_and_starts_nothing() {
    let stage = Stage::of(QUIET, "{ cooldown: 24h }", "mode: observe");
    let summary = stage.turn(&[monday()]).await;
    assert_eq!((outcome(&summary).as_str(), summary.started), ("observed", 0));
    assert_eq!(stage.heard(), ["Retraining Wanted"]);
    stage.wait("5m");
    stage.sweep().await;
    assert_eq!(stage.heard(), Vec::<String>::new(), "told once");
    stage.turn(&[asked(Ask { force: true, ..ask("a") })]).await;
    assert_eq!(stage.heard(), ["Retraining Wanted"]);
    assert_eq!(stage.world.row(MODEL).state.asked, None, "deciding on it has honoured it");
    assert_eq!(stage.world.creations(), 0);
}

#[tokio::test]
async fn a_suspended_policy_starts_nothing_not_even_when_forced() {
    let stage = Stage::of(QUIET, "{ cooldown: 24h }", "mode: suspended");
    let summary = stage.turn(&[asked(Ask { force: true, ..ask("a") })]).await;
    assert_eq!((summary.started, summary.held), (0, 1));
    assert!(sentence(&summary).contains("suspended"), "{}", sentence(&summary));
    assert_eq!(stage.world.creations(), 0);
    stage.policy(2, QUIET, "{ cooldown: 24h }", "mode: enforce");
    assert_eq!(stage.sweep().await.started, 1, "and is kept until it may");
}

#[tokio::test]
async fn a_request_whose_start_was_lost_to_a_stranger_is_not_lost() {
    let stage = Stage::with(QUIET);
    stage.world.put_foreign_job(&name(1));
    assert_eq!(outcome(&stage.turn(&[asked(ask("a"))]).await), "lost");
    stage.wait("5m");
    assert_eq!(stage.sweep().await.started, 1);
    assert_eq!(stage.generations(), [name(1), name(2)]);
    stage.wait("5m");
    assert_eq!(stage.turn(&[asked(ask("a"))]).await.started, 0);
    stage.end_job();
    stage.wait("2d");
    assert_eq!(stage.sweep().await.rested, 1, "honoured once");
}

#[tokio::test]
async fn a_request_that_waits_for_a_quota_is_honoured_once() {
    let stage = Stage::with(QUIET);
    let quota =
        Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message: "none left".to_owned() };
    stage.world.answer_next([quota]);
    stage.turn(&[asked(ask("a"))]).await;
    stage.turn(&[asked(ask("a"))]).await;
    stage.wait("5m");
    assert_eq!(stage.turn(&[asked(ask("a"))]).await.started, 1);
    stage.end_job();
    stage.wait("2d");
    let summary = stage.turn(&[asked(ask("a"))]).await;
    assert_eq!((summary.started, summary.rested), (0, 1));
    assert!(matches!(stage.world.row(MODEL).state.phase, Phase::Idle));
    assert_eq!(stage.job(), name(1));
}

#[tokio::test]
async fn a_request_and_an_alarm_together_are_one_job() {
    let stage = Stage::with(DRIFT);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    let summary = stage.turn(&[asked(ask("a")), alarm(AlarmState::Alarm, stage.now())]).await;
    assert_eq!(summary.started, 1);
    assert_eq!(stage.job(), name(1));
}

#[tokio::test]
async fn a_request_that_came_second_to_a_start_that_has_ended_is_kept_for_the_next_sweep() {
    use crate::unruly::{Call, Fate, Unruly};
    use futures::FutureExt;
    use rekindle_turn::{World, turn};

    let stage = Stage::with(QUIET);
    let others = stage.world.clone();
    // Between the decision and its intent, a slow turn that woke earlier starts a job, the job ends, and is closed.
    let plan = std::sync::Arc::new(move |_, call| {
        if call == Call::Intend {
            let (other, now) = (others.invocation("other"), others.now());
            others.set_now(at("2026-11-02T03:00:02Z"));
            turn(&other, &[monday()]).now_or_never().unwrap().unwrap();
            others.end_job(&name(1), rekindle_turn::world::JobStatus::Completed);
            turn(&other, &[sweep()]).now_or_never().unwrap().unwrap();
            others.set_now(now);
        }
        (0, Fate::Passes)
    });
    let force = asked(Ask { force: true, ..ask("a") });
    let summary = Unruly::new(stage.world.invocation("mine"), plan).turn(&[force]).await.unwrap().unwrap();
    assert_eq!((outcome(&summary).as_str(), summary.started), ("lost", 0));
    assert_eq!(stage.world.row(MODEL).unsaid, [], "what was remembered with it is said with it");
    assert_eq!(stage.generations(), [name(1)]);
    stage.wait("5m");
    assert_eq!(stage.sweep().await.started, 1);
    assert_eq!(stage.generations(), [name(1), name(2)]);
}

#[tokio::test]
async fn one_job_answers_every_request_of_its_turn() {
    let stage = Stage::with(QUIET);
    let force = |id| asked(Ask { force: true, ..ask(id) });
    assert_eq!(stage.turn(&[force("a"), force("b")]).await.started, 1);
    stage.end_job();
    stage.wait("1h");
    let again = stage.turn(&[force("a")]).await;
    assert_eq!((again.started, again.rested), (0, 1), "delivered again, it asks for nothing");
}

#[tokio::test]
async fn a_plain_request_does_not_take_the_force_from_one_that_waits() {
    let stage = Stage::with(QUIET);
    stage.turn(&[monday()]).await;
    stage.wait("1m");
    stage.turn(&[asked(Ask { force: true, ..ask("a") })]).await;
    stage.turn(&[asked(ask("b"))]).await;
    stage.end_job();
    stage.wait("1m");
    assert_eq!(stage.sweep().await.started, 1, "inside the cooldown, which force skips");
}

#[tokio::test]
async fn a_job_of_another_ledger_is_not_ours_although_its_decision_has_the_same_id() {
    let first = Stage::with(QUIET);
    first.turn(&[asked(ask("a"))]).await;
    let request = first.world.request(&first.job()).unwrap();
    // The same wish, with the table gone and the old job still there.
    let second = Stage::with(QUIET);
    let _ = rekindle_turn::World::create(&second.world, &request).await;
    second.wait("7d");
    let summary = second.turn(&[asked(ask("a"))]).await;
    assert_eq!((summary.started, second.world.runs(MODEL)[0].status.as_str()), (0, "NameTaken"));
}
