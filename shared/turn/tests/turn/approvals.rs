//! A person must agree: asked once, answered by the decision's id.

use crate::stage::{DRIFT, MODEL, Stage, alarm, ask, asked, confirm, name, outcome, sentence};
use rekindle_decision::signal::{AlarmState, Ask};
use rekindle_turn::ledger::Row;
use rekindle_turn::world::{Creation, JobStatus};

pub(crate) fn careful(guards: &str) -> Stage {
    let stage = Stage::changed(DRIFT, guards, |policy| policy.guards.ask_first = true);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage
}

/// The newest decision that was put to people.
pub(crate) fn put(stage: &Stage) -> String {
    stage.world.row(MODEL).state.proposed.last().unwrap().clone()
}

#[tokio::test]
async fn a_start_waits_for_a_yes_and_starts_with_it() {
    let stage = careful("{ cooldown: 24h }");
    let summary = stage.sweep().await;
    assert_eq!((summary.held, summary.started), (1, 0));
    let news = stage.published();
    assert_eq!(news[0].detail_type, "Retraining Held");
    assert_eq!(news[0].detail["waiting_on"], serde_json::json!(["ask_first"]));
    assert_eq!(news[0].detail["decision"], put(&stage), "the news says what to agree to");
    let row = stage.world.row(MODEL);
    for _ in 0..3 {
        stage.wait("5m");
        assert_eq!(stage.sweep().await.held, 1);
    }
    assert_eq!(stage.world.row(MODEL), row, "nothing is written for nothing new");
    assert_eq!(stage.heard(), Vec::<String>::new());

    let decision = put(&stage);
    let summary = stage.turn(&[confirm(&decision)]).await;
    assert_eq!((summary.started, summary.unclaimed.len()), (1, 0));
    assert_eq!(stage.job(), name(1));
    assert_eq!(stage.world.runs(MODEL)[0].decision, decision);
    let kept = stage.world.row(MODEL).state;
    assert_eq!((kept.proposed, kept.confirmed), (Vec::new(), None));
    // Delivered again, it is the job that runs.
    let summary = stage.turn(&[confirm(&decision)]).await;
    assert_eq!((summary.started, summary.unclaimed.len()), (0, 0));
}

#[tokio::test]
async fn a_yes_that_comes_too_late_is_answered_and_starts_nothing() {
    let stage = careful("{ cooldown: 1h }");
    stage.sweep().await;
    let old = put(&stage);
    stage.turn(&[confirm(&old)]).await;
    stage.wait("2h");
    stage.end_job();
    assert_eq!(stage.sweep().await.held, 1, "the alarm stays, and the next start is another one");
    let new = put(&stage);
    assert_ne!(old, new);
    let summary = stage.turn(&[confirm(&old)]).await;
    assert_eq!((summary.started, summary.held), (0, 1));
    assert_eq!(
        summary.unclaimed,
        [format!("no decision `{old}` of `churn` waits for a yes; the one that does is `{new}`")]
    );
    assert_eq!(stage.line()["unclaimed"], serde_json::json!(summary.unclaimed));
    assert_eq!(stage.turn(&[confirm(&new)]).await.started, 1);
    stage.wait("2h");
    stage.end_job();
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    let summary = stage.turn(&[confirm(&new)]).await;
    assert_eq!(
        summary.unclaimed,
        [format!("no decision of `churn` waits for a yes, so that `{new}` starts nothing")]
    );
}

#[tokio::test]
async fn a_policy_that_asks_nobody_says_so() {
    let stage = Stage::with(DRIFT);
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    let summary = stage.turn(&[confirm("0123")]).await;
    assert_eq!(summary.unclaimed, ["the policy of `churn` asks nobody before a start: `0123` needs no yes"]);
    let kept = stage.world.row(MODEL).state;
    assert_eq!((kept.confirmed, stage.world.creations()), (None, 0));
}

#[tokio::test]
async fn a_yes_is_kept_while_something_else_holds_the_start() {
    let stage = careful("{ cooldown: 24h }");
    stage.sweep().await;
    stage.turn(&[confirm(&put(&stage))]).await;
    stage.wait("1h");
    stage.end_job();
    // Another occurrence, put to people within the cooldown.
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.sweep().await;
    stage.wait("1h");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.turn(&[alarm(AlarmState::Alarm, stage.now())]).await;
    let decision = put(&stage);
    let summary = stage.turn(&[confirm(&decision)]).await;
    assert_eq!((summary.started, summary.held, summary.unclaimed.len()), (0, 1, 0));
    let kept = stage.world.row(MODEL).state.confirmed.unwrap();
    assert_eq!((kept.decision.as_str(), kept.by.as_deref()), (decision.as_str(), Some("ben")));
    // Delivered again it is the same yes, and nothing is written.
    stage.wait("5m");
    let row = stage.world.row(MODEL);
    stage.turn(&[confirm(&decision)]).await;
    assert_eq!(stage.world.row(MODEL), row);
    stage.wait("22h");
    assert_eq!(stage.sweep().await.started, 1, "the cooldown is over, and nobody has to agree again");
    assert_eq!(stage.world.row(MODEL).state.confirmed, None);
}

#[tokio::test]
async fn a_yes_whose_start_was_lost_is_not_lost() {
    let stage = careful("{ cooldown: 24h }");
    stage.sweep().await;
    stage.world.put_foreign_job(&name(1));
    assert_eq!(outcome(&stage.turn(&[confirm(&put(&stage))]).await), "lost");
    stage.wait("5m");
    assert_eq!(stage.sweep().await.started, 1, "it was for this start, whatever its number");
    assert_eq!(stage.generations(), [name(1), name(2)]);
}

#[tokio::test]
async fn a_yes_is_for_one_start() {
    let stage = careful("{ cooldown: 1h }");
    let quota = Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message: "none".to_owned() };
    stage.world.answer_next([quota]);
    stage.sweep().await;
    let decision = put(&stage);
    assert_eq!(outcome(&stage.turn(&[confirm(&decision)]).await), "waiting");
    stage.wait("5m");
    assert_eq!(stage.sweep().await.started, 1);
    stage.world.end_job(&name(1), JobStatus::Failed);
    stage.wait("2h");
    for _ in 0..3 {
        let summary = stage.sweep().await;
        assert_eq!((summary.started, summary.held), (0, 1), "{}", sentence(&summary));
        stage.wait("5m");
    }
}

#[tokio::test]
async fn a_dry_run_puts_nothing_to_anybody() {
    let stage = careful("{ cooldown: 24h }");
    stage.turn(&[asked(Ask { dry_run: true, ..ask("dry") })]).await;
    assert_eq!(stage.world.row(MODEL), Row::default());
    assert_eq!(stage.heard(), Vec::<String>::new());
}
