//! Did it help? Judged once for each training; where trainings do not help, a person is called, once.

use std::sync::Arc;

use crate::stage::{DRIFT, MODEL, Stage, accuracy, ask, asked, changed, control, name, sentence, sweep};
use crate::unruly::{Call, Fate, Unruly};
use rekindle_decision::effect::{Effect, Verdict};
use rekindle_decision::facts::Gap;
use rekindle_decision::policy::{AfterFutility, Policy, Source, Worse};
use rekindle_decision::signal::{Action, AlarmState, Ask};
use rekindle_policy::PolicySet;
use rekindle_turn::world::JobStatus;
use rstest::rstest;
use serde_json::json;

/// Two alarms, either of which asks.
const TWO: &str = "{ drift: { alarm: \"{model}-drift\" }, quality: { alarm: \"{model}-quality\" } }";

/// Six hours before against six hours after; after two trainings that did not help, no more.
fn futility(policy: &mut Policy) {
    policy.guards.after_futility = Some(AfterFutility {
        source: Source::of(accuracy(MODEL)),
        worse: Worse::Lower,
        min_gain: 0.01,
        give_up_after: 2,
        compare: 6,
    });
}

pub(crate) fn stage() -> Stage {
    let stage = Stage::changed(TWO, "{ cooldown: 0s }", futility);
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.world.set_alarm("churn-quality", AlarmState::Ok);
    stage
}

/// So many hours of the same accuracy, and nobody looks.
pub(crate) fn hours(stage: &Stage, n: u32, value: f64) {
    for _ in 0..n {
        stage.wait("1h");
        stage.accuracy(value);
    }
}

/// The alarm of this name asks for a training, which takes an hour and ends well.
pub(crate) async fn train(stage: &Stage, alarm: &str) -> usize {
    stage.world.set_alarm(alarm, AlarmState::Alarm);
    let started = stage.sweep().await.started;
    stage.world.set_alarm(alarm, AlarmState::Ok);
    if started > 0 {
        stage.wait("1h");
        stage.end_job();
        stage.sweep().await;
    }
    let _ = stage.heard();
    started
}

/// A training, with this accuracy before and after; then a look.
pub(crate) async fn trained(stage: &Stage, before: f64, after: f64) {
    hours(stage, 7, before);
    assert_eq!(train(stage, "churn-drift").await, 1);
    hours(stage, 8, after);
    stage.sweep().await;
}

pub(crate) fn effects(stage: &Stage) -> Vec<Option<Verdict>> {
    let starts = stage.world.row(MODEL).state.starts;
    starts.iter().map(|start| start.effect.map(|effect| effect.verdict)).collect()
}

#[rstest]
#[case::helped(0.75, 0.875, Verdict::Helped, "Generation 1: helped. From 0.7500 to 0.8750")]
#[case::helped_too_little(
    0.75,
    0.755,
    Verdict::NoDifference,
    "Generation 1: no difference. From 0.7500 to 0.7550"
)]
#[case::no_difference(
    0.75,
    0.75,
    Verdict::NoDifference,
    "Generation 1: no difference. From 0.7500 to 0.7500"
)]
#[case::worse(0.875, 0.75, Verdict::Worse, "Generation 1: worse. From 0.8750 to 0.7500")]
#[tokio::test]
async fn a_training_is_judged_by_what_was_measured_before_and_after(
    #[case] before: f64,
    #[case] after: f64,
    #[case] verdict: Verdict,
    #[case] told: &str,
) {
    let stage = stage();
    trained(&stage, before, after).await;
    let effect: Effect = stage.world.row(MODEL).state.starts[0].effect.unwrap();
    assert_eq!((effect.verdict, effect.at), (verdict, stage.now()));
    assert_eq!(stage.world.runs(MODEL)[0].effect, Some(effect));
    let news = stage.published();
    assert_eq!((news.len(), news[0].detail_type.as_str()), (1, "Retraining Judged"));
    assert!(news[0].detail["sentence"].as_str().unwrap().starts_with(told), "{}", news[0].detail["sentence"]);
    assert_eq!(news[0].detail["effect"], json!(effect));
}

#[tokio::test]
async fn a_judgement_does_not_change_with_every_look_at_it() {
    let stage = stage();
    trained(&stage, 0.75, 0.875).await;
    let (row, run) = (stage.world.row(MODEL), stage.world.runs(MODEL));
    assert_eq!(stage.heard(), ["Retraining Judged"]);
    hours(&stage, 24, 0.5);
    for _ in 0..3 {
        stage.sweep().await;
    }
    assert_eq!((stage.world.row(MODEL), stage.world.runs(MODEL), stage.heard()), (row, run, Vec::new()));
}

#[tokio::test]
async fn nothing_is_judged_too_early_or_blindly() {
    let stage = stage();
    hours(&stage, 7, 0.75);
    train(&stage, "churn-drift").await;
    hours(&stage, 5, 0.875);
    stage.sweep().await;
    assert_eq!(effects(&stage), [None], "too early");
    stage.world.break_metric(&accuracy(MODEL), Gap::Forbidden);
    stage.wait("4h");
    stage.sweep().await;
    assert_eq!(effects(&stage), [None], "what cannot be read is waited for");
    stage.wait("1d");
    stage.sweep().await;
    assert_eq!(effects(&stage), [Some(Verdict::CannotTell)], "but not for ever");
    let news = stage.published().pop().unwrap();
    assert_eq!(news.detail["sentence"], "Whether generation 1 helped cannot be told.");
}

#[rstest]
#[case::a_failed_training(Some(JobStatus::Failed))]
#[case::a_stopped_training(Some(JobStatus::Stopped))]
#[case::a_policy_without_a_metric(None)]
#[tokio::test]
async fn there_is_nothing_to_judge_of(#[case] status: Option<JobStatus>) {
    let stage = match status {
        Some(_) => stage(),
        None => Stage::changed(DRIFT, "{ cooldown: 0s }", |_| {}),
    };
    hours(&stage, 7, 0.75);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.sweep().await;
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.world.end_job(&name(1), status.unwrap_or(JobStatus::Completed));
    stage.sweep().await;
    hours(&stage, 9, 0.875);
    stage.sweep().await;
    assert_eq!((effects(&stage), stage.world.runs(MODEL)[0].effect), (vec![None], None));
}

#[tokio::test]
pub(crate) async fn trainings_that_do_not_help_stop_and_call_a_person_once() {
    let stage = stage();
    trained(&stage, 0.75, 0.75).await;
    assert_eq!(stage.heard(), ["Retraining Judged"]);
    trained(&stage, 0.75, 0.75).await;
    let news = stage.published();
    let words: Vec<_> = news.iter().map(|news| news.detail_type.as_str()).collect();
    assert_eq!(words, ["Retraining Judged", "Retraining Futile"]);
    assert_eq!(news[1].detail["generation"], 2);

    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    for _ in 0..30 {
        let summary = stage.sweep().await;
        assert_eq!((summary.started, summary.held), (0, 1));
        assert!(
            sentence(&summary).contains("the last 2 trainings gained 0 at best"),
            "{}",
            sentence(&summary)
        );
        stage.wait("1h");
    }
    assert_eq!(stage.heard(), ["Retraining Held"], "the person is called once");
    let insists = asked(Ask { force: true, ..ask("a") });
    assert_eq!(stage.turn(&[insists]).await.started, 1, "whoever insists is heard");
}

#[rstest]
#[case::by_hand(Way::Hand)]
#[case::by_another_revision_of_the_policy(Way::Revision)]
#[case::by_another_trigger(Way::Trigger)]
#[tokio::test]
async fn the_next_one_starts_when_something_has_changed(#[case] way: Way) {
    let stage = stage();
    trained(&stage, 0.75, 0.75).await;
    trained(&stage, 0.75, 0.75).await;
    assert_eq!(train(&stage, "churn-drift").await, 0);
    stage.wait("1h");
    match way {
        Way::Hand => {
            stage.turn(&[control("close", Action::CloseBreaker)]).await;
        }
        Way::Revision => {
            let policy = changed(MODEL, TWO, "{ cooldown: 0s }", |policy| {
                futility(policy);
                policy.revision.version = 2;
            });
            stage.world.share_policies(&Arc::new([policy].into_iter().collect::<PolicySet>()));
        }
        Way::Trigger => {}
    }
    let alarm = if way == Way::Trigger { "churn-quality" } else { "churn-drift" };
    assert_eq!(train(&stage, alarm).await, 1);
    // Another one that does not help: by itself it opens nothing where the count began anew.
    hours(&stage, 8, 0.75);
    stage.sweep().await;
    assert_eq!(effects(&stage), [Some(Verdict::NoDifference); 3]);
    let (called, next) =
        (stage.heard().contains(&"Retraining Futile".to_owned()), train(&stage, "churn-drift").await);
    match way {
        Way::Hand | Way::Revision => assert_eq!((called, next), (false, 1)),
        // The last two were asked for by both.
        Way::Trigger => assert_eq!((called, next), (false, 0), "it was open already, and is still"),
    }
}

/// What closes a breaker, or goes round it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Hand,
    Revision,
    Trigger,
}

#[tokio::test]
async fn a_training_that_helped_between_closes_it() {
    let stage = stage();
    for after in [0.75, 0.85, 0.85] {
        let before = if after > 0.8 && stage.generations().len() > 1 { 0.85 } else { 0.75 };
        trained(&stage, before, after).await;
    }
    assert_eq!(
        effects(&stage),
        [Some(Verdict::NoDifference), Some(Verdict::Helped), Some(Verdict::NoDifference)]
    );
    assert_eq!(train(&stage, "churn-drift").await, 1);
}

#[tokio::test]
async fn a_judgement_that_is_struck_is_made_and_told_later() {
    for fate in [Fate::Fails, Fate::LosesAnswer, Fate::KillsBefore, Fate::KillsAfter] {
        for call in [Call::Judge, Call::Run, Call::Publish, Call::Said] {
            let stage = stage();
            trained(&stage, 0.75, 0.75).await;
            hours(&stage, 7, 0.75);
            assert_eq!(train(&stage, "churn-drift").await, 1);
            hours(&stage, 8, 0.75);
            let note = format!("{fate:?} at {call:?}");
            let plan = move |_, at| (0, if at == call { fate } else { Fate::Passes });
            let world = Unruly::new(stage.world.invocation("one"), Arc::new(plan));
            let _ = world.turn(&[sweep()]).await;
            for _ in 0..3 {
                stage.wait("15m");
                stage.sweep().await;
            }
            assert_eq!(effects(&stage), [Some(Verdict::NoDifference); 2], "{note}");
            let heard = stage.heard();
            for word in ["Retraining Judged", "Retraining Futile"] {
                let times = heard.iter().filter(|heard| *heard == word).count();
                assert!((1..=2).contains(&times), "{note}: {heard:?}");
            }
            assert_eq!(stage.world.row(MODEL).unsaid, [], "{note}");
        }
    }
}

#[tokio::test]
async fn a_dry_run_judges_nothing() {
    let stage = stage();
    hours(&stage, 7, 0.75);
    train(&stage, "churn-drift").await;
    hours(&stage, 8, 0.875);
    let row = stage.world.row(MODEL);
    stage.turn(&[asked(Ask { dry_run: true, ..ask("dry") })]).await;
    assert_eq!((stage.world.row(MODEL), stage.heard()), (row, Vec::new()));
}
