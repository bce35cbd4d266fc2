//! A person's hand: suspend, resume, cancel, close a breaker, each with who and why.

use std::sync::Arc;

use crate::stage::{
    DRIFT, MODEL, Stage, WEEKLY, ask, asked, at, control, monday, name, outcome, sentence, sweep,
};
use crate::unruly::{Call, Fate, Unruly};
use rekindle_decision::policy::AfterFailure;
use rekindle_decision::signal::{Action, AlarmState, Ask, Control, Signal};
use rekindle_decision::state::Phase;
use rekindle_turn::world::Creation;
use rstest::rstest;
use serde_json::json;

const SUSPEND: Action = Action::Suspend { until: None };

fn quota() -> Creation {
    Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message: "none left".to_owned() }
}

fn in_alarm(guards: &str) -> Stage {
    let stage = Stage::of(DRIFT, guards, "");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage
}

fn anew(stage: &Stage) {
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.wait("1m");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
}

#[rstest]
#[case::suspend(SUSPEND, "Retraining Suspended", "ana asked for `suspend`: the labels are wrong")]
#[case::resume(Action::Resume, "Retraining Resumed", "ana asked for `resume`: the labels are wrong")]
#[case::cancel(Action::Cancel, "Retraining Cancelled", "ana asked for `cancel`: the labels are wrong")]
#[case::close_breaker(
    Action::CloseBreaker,
    "Retraining Breaker Closed",
    "ana asked for `close_breaker`: the labels are wrong"
)]
#[tokio::test]
async fn a_persons_hand_is_written_and_told_with_who_and_why(
    #[case] action: Action,
    #[case] word: &str,
    #[case] told: &str,
) {
    let stage = Stage::with(WEEKLY);
    stage.world.set_now(at("2026-11-03T12:00:00Z"));
    let signal = control("hand", action);
    assert_eq!(stage.turn(std::slice::from_ref(&signal)).await.unclaimed, Vec::<String>::new());
    let row = stage.world.row(MODEL);
    let steered = row.steered.unwrap();
    let who = (steered.control.by.as_deref(), steered.control.reason.as_deref());
    assert_eq!(
        (steered.at, steered.control.action, who),
        (stage.now(), action, (Some("ana"), Some("the labels are wrong")))
    );
    assert_eq!(row.state.answered, ["hand"]);
    let line = stage.line();
    let heard = &line["facts"]["signals"][0];
    assert_eq!((&heard["by"], &heard["reason"]), (&json!("ana"), &json!("the labels are wrong")));
    let news = stage.published();
    assert_eq!((news.len(), news[0].detail_type.as_str()), (1, word));
    let detail = &news[0].detail;
    assert_eq!(
        (&detail["model"], &detail["by"], &detail["reason"], &detail["sentence"]),
        (&json!(MODEL), &json!("ana"), &json!("the labels are wrong"), &json!(told))
    );
    // Delivered again, it is done already.
    let row = stage.world.row(MODEL);
    stage.wait("1h");
    stage.turn(&[signal]).await;
    assert_eq!((stage.world.row(MODEL), stage.heard()), (row, Vec::new()));
}

#[tokio::test]
async fn while_suspended_nothing_starts_and_what_asks_is_remembered() {
    let stage = Stage::with(WEEKLY);
    stage.turn(&[control("s", SUSPEND)]).await;
    let summary = stage.turn(&[monday()]).await;
    assert_eq!((summary.started, summary.held), (0, 1));
    assert!(
        sentence(&summary).contains(
            "ana suspended the model 2026-11-02 03:00 UTC (the labels are wrong); resume it to go on"
        ),
        "{}",
        sentence(&summary)
    );
    let insists = asked(Ask { force: true, ..ask("a") });
    assert_eq!(stage.turn(&[insists]).await.started, 0, "not even when forced");
    stage.wait("1h");
    let summary = stage.turn(&[control("r", Action::Resume)]).await;
    assert_eq!((summary.started, stage.generations()), (1, vec![name(1)]));
    assert_eq!(stage.world.row(MODEL).state.suspended, None);
    let kept = stage.world.row(MODEL).state;
    assert_eq!(kept.answered, ["s", "r", "a"], "the request was honoured by it");
}

#[tokio::test]
async fn a_suspension_that_comes_again_does_not_undo_what_was_resumed_since() {
    let stage = in_alarm("{ cooldown: 0s }");
    stage.turn(&[control("s", SUSPEND)]).await;
    stage.turn(&[control("r", Action::Resume)]).await;
    stage.wait("1m");
    stage.turn(&[control("s", SUSPEND)]).await;
    assert_eq!(stage.world.row(MODEL).state.suspended, None);
    stage.turn(&[control("another", SUSPEND)]).await;
    assert!(stage.world.row(MODEL).state.suspended.is_some());
}

#[tokio::test]
async fn a_suspension_ends_when_it_said_it_would() {
    let stage = in_alarm("{ cooldown: 0s }");
    let until = at("2026-11-02T12:00:00Z");
    let summary = stage.turn(&[control("s", Action::Suspend { until: Some(until) })]).await;
    assert!(sentence(&summary).contains("until 2026-11-02 12:00 UTC"), "{}", sentence(&summary));
    assert_eq!(stage.line()["ruling"]["look_again_at"], json!(until));
    stage.world.set_now(at("2026-11-02T11:59:59Z"));
    assert_eq!(stage.sweep().await.started, 0);
    stage.world.set_now(until);
    assert_eq!(stage.sweep().await.started, 1);
}

#[tokio::test]
async fn a_start_that_waits_is_withdrawn_by_the_turn_that_suspends() {
    let stage = in_alarm("{ cooldown: 24h }");
    stage.world.answer_next([quota()]);
    assert_eq!(outcome(&stage.sweep().await), "waiting");
    stage.wait("5m");
    let _ = stage.heard();
    let summary = stage.turn(&[control("s", SUSPEND)]).await;
    assert_eq!((summary.started, summary.held, stage.world.creations()), (0, 1, 1));
    let run = stage.world.runs(MODEL).remove(0);
    assert_eq!((run.status.as_str(), run.failure.as_deref()), ("Withdrawn", Some("the model was suspended")));
    assert_eq!(stage.line()["repair"]["outcome"]["outcome"], "withdrawn");
    assert_eq!(stage.heard(), ["Retraining Suspended", "Retraining Withdrawn"]);
    let row = stage.world.row(MODEL);
    assert_eq!((row.state.phase, row.state.starts, row.unsaid), (Phase::Idle, Vec::new(), Vec::new()));
    stage.wait("1h");
    stage.sweep().await;
    assert_eq!(stage.heard(), Vec::<String>::new());
    assert_eq!(stage.turn(&[control("r", Action::Resume)]).await.started, 1);
    assert_eq!(stage.generations(), [name(2)], "the generation is spent");
}

#[tokio::test]
async fn a_start_that_waits_and_is_cancelled_is_not_made_for_the_same_wish() {
    let stage = Stage::with(WEEKLY);
    stage.world.answer_next([quota()]);
    stage.turn(&[monday(), asked(ask("a"))]).await;
    stage.wait("5m");
    stage.turn(&[control("c", Action::Cancel)]).await;
    let run = stage.world.runs(MODEL).remove(0);
    assert_eq!((run.status.as_str(), run.failure.as_deref()), ("Withdrawn", Some("it was cancelled")));
    assert_eq!(stage.world.row(MODEL).state.answered, ["a", "c"]);
    stage.turn(&[monday(), asked(ask("a"))]).await;
    for _ in 0..12 {
        stage.wait("30m");
        assert_eq!(stage.sweep().await.started, 0);
    }
    assert_eq!(stage.world.creations(), 1);
    assert_eq!(stage.turn(&[asked(ask("b"))]).await.started, 1, "what is asked for anew is another wish");
}

#[rstest]
#[case::before_the_job_was_made(Call::Intend, 0)]
#[case::after_the_job_was_made(Call::Create, 1)]
#[tokio::test]
async fn a_start_whose_turn_is_gone_is_withdrawn_unless_its_job_is_there(
    #[case] last: Call,
    #[case] jobs: usize,
) {
    let stage = Stage::with(WEEKLY);
    let plan = move |_, call| (0, if call == last { Fate::KillsAfter } else { Fate::Passes });
    let world = Unruly::new(stage.world.invocation("one"), Arc::new(plan));
    assert!(world.turn(&[monday()]).await.is_none());
    stage.wait("1m");
    stage.turn(&[control("c", Action::Cancel)]).await;
    assert!(matches!(stage.world.row(MODEL).state.phase, Phase::Starting { .. }), "another turn holds it");
    for _ in 0..4 {
        stage.wait("15m");
        stage.sweep().await;
    }
    assert_eq!(stage.generations().len(), jobs);
    let status = if jobs == 0 { "Withdrawn" } else { "InProgress" };
    assert_eq!(stage.world.runs(MODEL)[0].status, status);
}

#[tokio::test]
async fn what_was_cancelled_asks_again_only_when_it_becomes_true_anew() {
    let stage = in_alarm("{ cooldown: 2h }");
    stage.sweep().await;
    stage.end_job();
    stage.wait("1h");
    assert_eq!(stage.sweep().await.held, 1);
    let summary = stage.turn(&[control("c", Action::Cancel)]).await;
    assert_eq!((summary.held, summary.rested), (0, 1), "{}", sentence(&summary));
    for _ in 0..24 {
        stage.wait("1h");
        assert_eq!(stage.sweep().await.started, 0, "the alarm stays on");
    }
    anew(&stage);
    assert_eq!(stage.sweep().await.started, 1);
}

#[rstest]
#[case::suspend(SUSPEND)]
#[case::cancel(Action::Cancel)]
#[tokio::test]
async fn a_job_that_runs_is_left_to_run(#[case] action: Action) {
    let stage = in_alarm("{ cooldown: 0s }");
    stage.sweep().await;
    stage.wait("10m");
    stage.turn(&[control("hand", action)]).await;
    stage.wait("10m");
    stage.sweep().await;
    assert_eq!(stage.world.jobs(), [(name(1), false)]);
    stage.end_job();
    assert_eq!(stage.sweep().await.started, 0);
    assert_eq!(stage.world.runs(MODEL)[0].status, "Completed");
}

#[tokio::test]
async fn a_request_that_was_cancelled_asks_for_nothing_when_it_comes_again() {
    let stage = Stage::with(WEEKLY);
    stage.turn(&[monday()]).await;
    stage.end_job();
    stage.wait("1h");
    assert_eq!(stage.turn(&[asked(ask("a"))]).await.held, 1);
    stage.turn(&[control("c", Action::Cancel)]).await;
    assert_eq!(stage.world.row(MODEL).state.asked, None);
    stage.wait("2d");
    assert_eq!(stage.turn(&[asked(ask("a"))]).await.started, 0);
}

#[tokio::test]
async fn a_breaker_that_was_opened_by_failures_is_closed_by_hand() {
    let stage = Stage::changed(DRIFT, "{ cooldown: 0s }", |policy| {
        let (wait, up_to) = ("1h".parse().unwrap(), "24h".parse().unwrap());
        policy.guards.after_failure = Some(AfterFailure { wait, times: 2, up_to, give_up_after: 1 });
    });
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.sweep().await;
    stage.fail_job();
    stage.wait("2d");
    assert!(sentence(&stage.sweep().await).contains("given up after 1 failed training in a row"));
    let summary = stage.turn(&[control("b", Action::CloseBreaker)]).await;
    assert_eq!((summary.started, stage.world.row(MODEL).state.failures), (1, 0));
}

#[tokio::test]
async fn a_start_that_was_refused_is_tried_again_after_the_breaker_was_closed() {
    let stage = in_alarm("{ cooldown: 0s }");
    let (code, message) = ("AccessDenied".to_owned(), "no right to pass the role".to_owned());
    stage.world.answer_next([Creation::Refused { code, message }]);
    stage.sweep().await;
    stage.wait("1h");
    assert_eq!(stage.sweep().await.held, 1);
    assert_eq!(stage.turn(&[control("b", Action::CloseBreaker)]).await.started, 1);
}

#[tokio::test]
async fn hands_at_the_same_time_are_all_written() {
    let stage = in_alarm("{ cooldown: 24h }");
    stage.sweep().await;
    stage.end_job();
    stage.wait("1h");
    let worlds: Vec<Unruly> = (0..4)
        .map(|n| {
            Unruly::new(
                stage.world.invocation(&format!("turn-{n}")),
                Arc::new(move |_, _| (n % 3, Fate::Passes)),
            )
        })
        .collect();
    let hands = [SUSPEND, Action::Cancel, Action::CloseBreaker, Action::Cancel];
    let turns = worlds.iter().zip(hands).enumerate().map(|(n, (world, action))| async move {
        world.turn(&[control(&format!("hand-{n}"), action)]).await.unwrap().unwrap()
    });
    for summary in futures::future::join_all(turns).await {
        assert_eq!(summary.failed, Vec::<String>::new());
    }
    let mut answered = stage.world.row(MODEL).state.answered;
    answered.sort();
    assert_eq!(answered, ["hand-0", "hand-1", "hand-2", "hand-3"]);
    assert!(stage.world.row(MODEL).state.suspended.is_some());
}

#[tokio::test]
async fn hands_of_one_turn_are_followed_in_their_order() {
    let stage = in_alarm("{ cooldown: 0s }");
    let summary = stage.turn(&[control("s", SUSPEND), control("r", Action::Resume)]).await;
    assert_eq!(summary.started, 1);
    let summary = stage.turn(&[control("r2", Action::Resume), control("s2", SUSPEND), sweep()]).await;
    assert_eq!(summary.held, 1);
    assert!(stage.world.row(MODEL).state.suspended.is_some());
}

#[tokio::test]
async fn a_model_that_is_not_known_is_told_to_the_sender() {
    let stage = Stage::with(WEEKLY);
    let models = vec!["chrun".to_owned()];
    let hand = Control { id: None, models, action: SUSPEND, by: None, reason: None };
    let summary = stage.turn(&[Signal::Controlled(hand)]).await;
    assert_eq!(summary.unclaimed, ["no policy is known for a model `chrun`"]);
}
