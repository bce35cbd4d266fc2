//! Starts and trainings that fail: what SageMaker may answer to a creation, and how long to wait after a bad end.

use std::sync::Arc;

use crate::stage::{DRIFT, MODEL, Stage, ask, asked, name, outcome, sentence, sweep};
use crate::unruly::{Call, Fate, Unruly};
use rekindle_decision::policy::{AfterFailure, Budget, BudgetMode};
use rekindle_decision::signal::{AlarmState, Ask};
use rekindle_decision::span::Span;
use rekindle_decision::state::Phase;
use rekindle_turn::world::{Creation, JobStatus};
use rstest::rstest;

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

/// What may become of a `CreateTrainingJob`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Becomes {
    Job,
    /// The job, and its answer is lost.
    JobUnheard,
    /// The same, and it cannot be asked after either.
    JobUnseen,
    /// Neither a job nor an answer.
    Nothing,
    Throttled,
    Refused,
    /// The name belongs to somebody else's job.
    Strangers,
    /// The name is taken, and nobody can see by what.
    Invisible,
}

/// Whatever SageMaker answers: what is reserved and counted fits what there is, no training has failed, and within two
/// sweeps there is one job of ours, unless the start was refused for good.
#[rstest]
#[case::a_job(Becomes::Job, "started", 1, 1)]
#[case::a_job_whose_answer_is_lost(Becomes::JobUnheard, "started", 1, 1)]
#[case::a_job_that_cannot_be_seen(Becomes::JobUnseen, "waiting", 1, 1)]
#[case::nothing_at_all(Becomes::Nothing, "waiting", 1, 1)]
#[case::not_now(Becomes::Throttled, "waiting", 1, 1)]
#[case::never(Becomes::Refused, "refused", 0, 0)]
#[case::a_strangers_job(Becomes::Strangers, "lost", 0, 2)]
#[case::a_job_nobody_can_see(Becomes::Invisible, "waiting", 1, 1)]
#[tokio::test]
async fn whatever_becomes_of_a_creation(
    #[case] becomes: Becomes,
    #[case] word: &str,
    #[case] counted: usize,
    #[case] runs_as: u32,
) {
    let budget = Budget {
        fleet: Some("search".to_owned()),
        amount: "100 USD".parse().unwrap(),
        per: Span::Month,
        per_run: "12.50 USD".parse().unwrap(),
        mode: BudgetMode::Enforce,
    };
    let stage =
        Stage::changed(DRIFT, "{ cooldown: 24h }", |policy| policy.guards.budgets = vec![budget.clone()]);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    let text = |code: &str| (code.to_owned(), "no".to_owned());
    match becomes {
        Becomes::Throttled => {
            let (code, message) = text("ThrottlingException");
            stage.world.answer_next([Creation::NotNow { code, message }]);
        }
        Becomes::Refused => {
            let (code, message) = text("ValidationException");
            stage.world.answer_next([Creation::Refused { code, message }]);
        }
        Becomes::Strangers => stage.world.put_foreign_job(&name(1)),
        Becomes::Invisible => stage.world.answer_next([Creation::NameTaken]),
        Becomes::Job | Becomes::JobUnheard | Becomes::JobUnseen | Becomes::Nothing => {}
    }
    let plan = move |_, call| match (becomes, call) {
        (Becomes::JobUnheard | Becomes::JobUnseen, Call::Create) => (0, Fate::LosesAnswer),
        (Becomes::Nothing, Call::Create) | (Becomes::JobUnseen, Call::Describe) => (0, Fate::Fails),
        _ => (0, Fate::Passes),
    };
    let world = Unruly::new(stage.world.invocation("one"), Arc::new(plan));
    let summary = world.turn(&[sweep()]).await.unwrap().unwrap();
    assert_eq!(outcome(&summary), word);
    let state = stage.world.row(MODEL).state;
    assert_eq!((state.failures, state.starts.len()), (0, counted));
    let reserved = |runs: u64| rekindle_decision::money::Money::from_micros(runs * 12_500_000);
    assert_eq!(stage.world.spent("search", "2026-11"), reserved(u64::from(counted > 0)));

    for _ in 0..2 {
        stage.wait("5m");
        stage.sweep().await;
    }
    let running = matches!(stage.world.row(MODEL).state.phase, Phase::Running { .. });
    assert_eq!(running, runs_as > 0);
    assert_eq!(stage.world.row(MODEL).state.generation, runs_as.max(1));
    assert_eq!(stage.world.spent("search", "2026-11"), reserved(u64::from(running)));
    assert_eq!(stage.world.row(MODEL).state.starts.len(), usize::from(running));
    assert_eq!(
        stage.heard().iter().filter(|word| *word == "Retraining Started").count(),
        usize::from(running)
    );
}
