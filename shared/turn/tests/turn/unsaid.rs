//! What was not announced is kept, and said later: the bus is down, or the function that should have said it is gone.

use std::sync::Arc;

use crate::stage::{DRIFT, MODEL, Stage, WEEKLY, ask, asked, control, ended, monday, name, sweep};
use crate::unruly::{Call, Fate, Unruly};
use rekindle_decision::signal::{Action, AlarmState, Ask};
use rekindle_turn::ledger::Happened;
use rekindle_turn::world::Creation;
use rstest::rstest;

/// No announcement is taken until the bus is mended.
const DOWN: usize = usize::MAX;

fn unsaid(stage: &Stage) -> Vec<Happened> {
    stage.world.row(MODEL).unsaid.iter().map(|news| news.what).collect()
}

/// A model in alarm.
fn in_alarm() -> Stage {
    let stage = Stage::with(DRIFT);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage
}

#[tokio::test]
async fn while_the_bus_is_down_everything_is_kept_and_later_said_once() {
    let stage = Stage::of(DRIFT, "{ cooldown: 0s }", "");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.world.refuse_announcements(DOWN);
    let summary = stage.sweep().await;
    assert_eq!((summary.started, summary.unannounced), (1, 1));
    stage.wait("1h");
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.end_job();
    stage.sweep().await;
    assert_eq!((unsaid(&stage), stage.heard()), (vec![Happened::Started, Happened::Ended], Vec::new()));
    stage.world.refuse_announcements(0);
    stage.sweep().await;
    assert_eq!(
        stage.heard(),
        ["Retraining Started"],
        "an hour old; of the end its own turn might still tell"
    );
    stage.wait("15m");
    stage.sweep().await;
    assert_eq!(stage.heard(), ["Retraining Finished"]);
    for _ in 0..3 {
        stage.wait("15m");
        stage.sweep().await;
    }
    assert_eq!((unsaid(&stage), stage.heard()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn what_is_said_late_says_when_it_happened_and_what_it_was() {
    let stage = in_alarm();
    let started = stage.now();
    stage.world.refuse_announcements(1);
    stage.sweep().await;
    stage.wait("20m");
    stage.sweep().await;
    let published = stage.published();
    let news = published.iter().find(|news| news.detail_type == "Retraining Started").unwrap();
    assert_eq!(news.at, started);
    let run = stage.world.runs(MODEL).remove(0);
    assert_eq!(
        (&news.detail["decision"], &news.detail["job"], &news.detail["why"]),
        (&run.decision.into(), &name(1).into(), &run.why.into()),
        "a consumer can tell a repetition"
    );
    assert_eq!(news.resources, [run.arn.unwrap()]);
}

#[rstest]
#[case::a_hold("Retraining Held")]
#[case::a_withdrawal("Retraining Withdrawn")]
#[tokio::test]
async fn a_hold_that_nobody_heard_of_is_said_again(#[case] word: &str) {
    let stage = in_alarm();
    stage.sweep().await;
    stage.wait("2h");
    stage.end_job();
    if word == "Retraining Withdrawn" {
        stage.sweep().await;
        stage.world.set_alarm("churn-drift", AlarmState::Ok);
        stage.wait("5m");
    }
    let _ = stage.heard();
    stage.world.refuse_announcements(DOWN);
    stage.sweep().await;
    assert_eq!(stage.heard(), Vec::<String>::new());
    stage.world.refuse_announcements(0);
    stage.wait("14m59s");
    stage.sweep().await;
    assert_eq!(stage.heard(), Vec::<String>::new(), "the turn that wrote it may still say it");
    stage.wait("1s");
    stage.sweep().await;
    let heard = stage.heard();
    assert_eq!(heard.iter().filter(|heard| *heard == word).count(), 1, "{heard:?}");
    stage.wait("20m");
    stage.sweep().await;
    assert_eq!((unsaid(&stage), stage.heard()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn a_hold_that_nobody_heard_of_is_over_with_the_start() {
    let stage = Stage::of(DRIFT, "{ cooldown: 3h }", "");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.sweep().await;
    stage.wait("2h");
    stage.end_job();
    stage.world.refuse_announcements(DOWN);
    stage.sweep().await;
    assert_eq!(unsaid(&stage), [Happened::Ended, Happened::Held]);
    stage.wait("1h");
    assert_eq!(stage.sweep().await.started, 1);
    assert_eq!(unsaid(&stage), [Happened::Ended, Happened::Started]);
}

#[tokio::test]
async fn only_what_the_bus_refused_is_said_again() {
    let stage = Stage::of(DRIFT, "{ cooldown: 0s }", "");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.sweep().await;
    stage.wait("1h");
    stage.end_job();
    let _ = stage.heard();
    // The end of one and the start of the next: the first of the two is refused.
    stage.world.refuse_announcements(1);
    let summary = stage.sweep().await;
    assert_eq!((summary.unannounced, stage.heard()), (1, vec!["Retraining Started".to_owned()]));
    assert_eq!(unsaid(&stage), [Happened::Ended]);
    stage.wait("16m");
    stage.sweep().await;
    assert_eq!(stage.heard(), ["Retraining Finished", "Retraining Held"]);
}

#[tokio::test]
async fn an_unchanged_hold_is_announced_once() {
    let stage = in_alarm();
    stage.sweep().await;
    stage.wait("2h");
    stage.end_job();
    stage.sweep().await;
    let _ = stage.heard();
    let version = stage.world.row(MODEL).version;
    for _ in 0..11 {
        stage.wait("5m");
        assert_eq!(stage.sweep().await.held, 1);
    }
    assert_eq!((stage.heard(), stage.world.row(MODEL).version), (Vec::new(), version));
}

#[tokio::test]
async fn a_turn_that_carries_on_a_start_has_said_what_holds_the_next() {
    let stage = in_alarm();
    let quota = Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message: "none".to_owned() };
    stage.world.answer_next([quota]);
    stage.sweep().await;
    stage.wait("5m");
    let _ = stage.heard();
    stage.sweep().await;
    assert_eq!((stage.heard(), unsaid(&stage)), (vec!["Retraining Started".to_owned()], Vec::new()));
    stage.wait("20m");
    stage.sweep().await;
    assert_eq!(stage.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_start_that_came_to_nothing_is_told_by_the_next_one_who_looks() {
    let rows = [
        (Creation::Refused { code: "ValidationException".to_owned(), message: "no".to_owned() }, "Refused"),
        (Creation::NameTaken, "Lost"),
    ];
    for (answer, word) in rows {
        let stage = in_alarm();
        if answer == Creation::NameTaken {
            stage.world.put_foreign_job(&name(1));
        } else {
            stage.world.answer_next([answer]);
        }
        let plan = |_, call| (0, if call == Call::Publish { Fate::KillsBefore } else { Fate::Passes });
        let world = Unruly::new(stage.world.invocation("one"), Arc::new(plan));
        assert!(world.turn(&[sweep()]).await.is_none());
        assert_eq!(unsaid(&stage), [Happened::GivenUp]);
        stage.world.set_alarm("churn-drift", AlarmState::Ok);
        stage.wait("15m");
        stage.sweep().await;
        let heard = stage.heard();
        assert!(heard.contains(&format!("Retraining {word}")), "{heard:?}");
        assert_eq!(unsaid(&stage), []);
    }
}

#[tokio::test]
async fn a_decision_that_could_not_be_written_leaves_a_hold_to_be_said() {
    let stage = in_alarm();
    stage.sweep().await;
    stage.wait("2h");
    stage.end_job();
    stage.world.refuse_announcements(DOWN);
    stage.sweep().await;
    stage.world.refuse_announcements(0);
    stage.wait("1h30m");
    // What is remembered cannot be written in this turn.
    let plan = |_, call| (0, if call == Call::Remember { Fate::Fails } else { Fate::Passes });
    let world = Unruly::new(stage.world.invocation("two"), Arc::new(plan));
    assert_eq!(world.turn(&[sweep()]).await.unwrap().unwrap().failed.len(), 1);
    assert!(stage.heard().contains(&"Retraining Undecided".to_owned()));
    assert_eq!(unsaid(&stage), [Happened::Held]);
    stage.sweep().await;
    assert_eq!(stage.heard(), ["Retraining Held"]);
}

#[tokio::test]
async fn a_dry_run_says_nothing_and_takes_nothing_away() {
    let stage = in_alarm();
    stage.world.refuse_announcements(DOWN);
    stage.sweep().await;
    stage.world.refuse_announcements(0);
    stage.wait("1h");
    stage.end_job();
    let row = stage.world.row(MODEL);
    let plan = |_, _| (0, Fate::Passes);
    let world = Unruly::new(stage.world.invocation("dry"), Arc::new(plan));
    world.turn(&[asked(Ask { dry_run: true, ..ask("dry") })]).await.unwrap().unwrap();
    assert_eq!(world.calls(), [Call::Policies, Call::Rows, Call::Alarms, Call::Describe]);
    assert_eq!((stage.world.row(MODEL), stage.heard()), (row, Vec::new()));
}

#[tokio::test]
async fn so_many_news_are_remembered_and_no_more() {
    let stage = Stage::of(WEEKLY, "{ cooldown: 0s }", "");
    stage.world.refuse_announcements(DOWN);
    for round in 0..12 {
        stage.turn(&[asked(Ask { force: true, ..ask(&round.to_string()) })]).await;
        stage.wait("1h");
        stage.end_job();
        stage.end(&[ended(&name(round + 1), "Completed")]).await;
    }
    let kept = stage.world.row(MODEL).unsaid;
    assert_eq!((kept.len(), kept.last().unwrap().generation), (16, 12), "the oldest go");
}

#[tokio::test]
async fn a_run_that_cannot_be_read_is_told_of_later() {
    let stage = Stage::with(WEEKLY);
    stage.turn(&[monday()]).await;
    stage.wait("1h");
    stage.end_job();
    let _ = stage.heard();
    let plan = |_, call| (0, if call == Call::Run { Fate::Fails } else { Fate::Passes });
    let world = Unruly::new(stage.world.invocation("two"), Arc::new(plan));
    assert_eq!(world.end(&[ended(&name(1), "Completed")]).await.unwrap().ended, 1);
    assert_eq!((unsaid(&stage), stage.heard()), (vec![Happened::Ended], Vec::new()));
    stage.wait("15m");
    stage.sweep().await;
    assert_eq!((unsaid(&stage), stage.heard()), (Vec::new(), vec!["Retraining Finished".to_owned()]));
}

#[tokio::test]
async fn a_persons_hand_that_nobody_heard_of_is_told_later() {
    let stage = Stage::with(WEEKLY);
    stage.world.refuse_announcements(1);
    stage.turn(&[control("s", Action::Suspend { until: None })]).await;
    stage.wait("16m");
    stage.sweep().await;
    let heard = stage.heard();
    assert!(heard.contains(&"Retraining Suspended".to_owned()), "{heard:?}");
    assert_eq!(unsaid(&stage), []);
}
