//! Alarms: a hint by event, a level by fact.

use crate::stage::{DRIFT, MODEL, MONDAY, Stage, alarm, at, monday, name, only, sentence};
use rekindle_decision::policy::{Alarm, Alarms, Watch};
use rekindle_decision::signal::AlarmState;
use rstest::rstest;

#[tokio::test]
async fn an_alarm_by_event_that_is_ok_by_fact_is_no_reason() {
    let stage = Stage::with(DRIFT);
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.wait("5h");
    let summary = stage.turn(&[alarm(AlarmState::Alarm, at(MONDAY))]).await;
    assert_eq!((summary.rested, summary.started), (1, 0));
    assert_eq!(
        sentence(&summary),
        "Rest: drift: an event said that alarm churn-drift went to ALARM at 2026-11-02 03:00 UTC, but CloudWatch says \
         OK since 2026-11-02 03:00 UTC."
    );
    assert_eq!(stage.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn an_alarm_whose_event_never_came_starts_at_the_sweep() {
    let stage = Stage::with(DRIFT);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    assert_eq!(stage.sweep().await.started, 1);
    assert_eq!(stage.job(), name(1));
}

#[tokio::test]
async fn an_alarm_held_by_the_cooldown_starts_at_the_first_sweep_after() {
    let stage = Stage::with(
        "{ weekly: { schedule: \"cron(0 3 ? * MON *)\", rule: rekindle-weekly }, drift: { alarm: \"{model}-drift\" } }",
    );
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.turn(&[monday()]).await;
    stage.wait("2h");
    stage.end_job();
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    let summary = stage.turn(&[alarm(AlarmState::Alarm, stage.now())]).await;
    assert!(sentence(&summary).contains("would otherwise start because drift"), "{}", sentence(&summary));
    assert_eq!(stage.heard(), ["Retraining Started", "Retraining Finished", "Retraining Held"]);
    for _ in 0..21 {
        stage.wait("1h");
        let summary = stage.sweep().await;
        assert_eq!((summary.started, summary.held), (0, 1));
    }
    assert_eq!(stage.heard(), Vec::<String>::new(), "a hold is told once");
    stage.wait("1h");
    assert_eq!(stage.sweep().await.started, 1);
    assert_eq!(stage.generations(), [name(1), name(2)]);
}

#[tokio::test]
async fn an_alarm_that_stays_is_not_written_on_every_sweep() {
    let stage = Stage::with(DRIFT);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.sweep().await;
    stage.wait("5m");
    stage.sweep().await;
    let version = stage.world.row(MODEL).version;
    for _ in 0..11 {
        stage.wait("5m");
        stage.sweep().await;
    }
    assert_eq!(stage.world.row(MODEL).version, version, "within the hour");
    stage.wait("5m");
    stage.sweep().await;
    assert_eq!(stage.world.row(MODEL).version, version + 1, "and once an hour");
}

#[tokio::test]
async fn an_alarm_that_went_back_to_ok_is_withdrawn() {
    let stage = Stage::with(DRIFT);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.sweep().await;
    stage.wait("1h");
    stage.end_job();
    stage.sweep().await;
    assert_eq!(stage.heard(), ["Retraining Started", "Retraining Finished", "Retraining Held"]);
    stage.wait("1h");
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    let summary = stage.turn(&[alarm(AlarmState::Ok, stage.now())]).await;
    assert_eq!(summary.rested, 1);
    assert_eq!(
        sentence(&summary),
        "Rest: no longer wanted: drift: alarm churn-drift OK since 2026-11-02 05:00 UTC."
    );
    let news = stage.published();
    assert_eq!(news[0].detail_type, "Retraining Withdrawn");
    assert_eq!(news[0].detail["verdict"], "rest");
    assert_eq!(stage.world.row(MODEL).announced, None);
    stage.wait("2d");
    assert_eq!(stage.sweep().await.rested, 1);
    assert_eq!(stage.heard(), Vec::<String>::new());
}

#[rstest]
#[case::insufficient_data(Some(AlarmState::InsufficientData))]
#[case::no_such_alarm(None)]
#[tokio::test]
async fn an_alarm_that_cannot_tell_is_held_as_blind(#[case] state: Option<AlarmState>) {
    let stage = Stage::with(DRIFT);
    if let Some(state) = state {
        stage.world.set_alarm("churn-drift", state);
    }
    let summary = stage.sweep().await;
    assert_eq!((summary.blind, summary.held, summary.started), (1, 1, 0));
}

/// Every alarm of the model that its owners have marked.
fn of_a_prefix() -> Stage {
    Stage::changed(DRIFT, "{ cooldown: 1h }", |policy| {
        let tags = [("retrain".to_owned(), "yes".to_owned())].into();
        let which = Alarms::Prefix { prefix: "churn-".to_owned(), tags };
        only(policy, "drift", Watch::Alarm(Alarm { which, ..Alarm::named("") }));
    })
}

#[tokio::test]
async fn any_alarm_of_a_prefix_with_the_tags_starts_one_job() {
    let stage = of_a_prefix();
    for name in ["churn-drift", "churn-loss", "churn-disk", "search-drift"] {
        stage.world.set_alarm(name, AlarmState::Ok);
    }
    for name in ["churn-drift", "churn-loss", "search-drift"] {
        stage.world.tag_alarm(name, "retrain", "yes");
    }
    assert_eq!(stage.sweep().await.rested, 1);
    stage.world.set_alarm("churn-disk", AlarmState::Alarm);
    stage.world.set_alarm("search-drift", AlarmState::Alarm);
    assert_eq!(stage.sweep().await.rested, 1, "the one is not marked, the other of another model");

    // The event wakes by the beginning of its name; what it says is read again.
    stage.wait("1h");
    let summary = stage.turn(&[alarm(AlarmState::Alarm, stage.now())]).await;
    assert_eq!((summary.models, summary.started), (1, 0), "{}", sentence(&summary));
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    assert_eq!(stage.turn(&[alarm(AlarmState::Alarm, stage.now())]).await.started, 1);
    let told = stage.line()["facts"]["alarm_sets"]["churn-* retrain=yes"]["alarms"].clone();
    let told: Vec<&String> = told.as_object().unwrap().keys().collect();
    assert_eq!(told, ["churn-drift", "churn-loss"]);
}

#[tokio::test]
async fn a_prefix_that_no_alarm_has_is_blind() {
    let stage = of_a_prefix();
    let summary = stage.sweep().await;
    assert_eq!((summary.blind, summary.started), (1, 0), "{}", sentence(&summary));
}
