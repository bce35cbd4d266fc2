//! Where each story begins, and how it must end.

use std::sync::Arc;

use super::{Story, Told};
use crate::approvals::{careful, put};
use crate::stage::{
    DRIFT, MODEL, Stage, WEEKLY, alarm, ask, asked, confirm, control, ended, monday, name, tick,
};
use crate::unruly::{Call, Fate, Unruly};
use crate::{arrivals, budgets, costs, judged, replacing, retries};
use rekindle_decision::effect::Verdict;
use rekindle_decision::signal::{Action, AlarmState, Ask};
use rekindle_turn::ledger::EndCause;
use rekindle_turn::world::{Creation, JobStatus};

fn quota() -> Creation {
    Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message: "none left".to_owned() }
}

/// A model in alarm.
fn in_alarm(guards: &str) -> Stage {
    let stage = Stage::of(DRIFT, guards, "");
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage
}

/// The event of the alarm that is on.
fn alarmed(stage: &Stage) -> Told {
    Told::Event(vec![alarm(AlarmState::Alarm, stage.now())])
}

/// An hour into a job, which has ended, and nobody has seen it.
async fn over(stage: Stage) -> Stage {
    stage.sweep().await;
    stage.wait("1h");
    stage.end_job();
    let _ = stage.heard();
    stage
}

pub(super) async fn a_tick() -> Story {
    let stage = Stage::with(WEEKLY);
    let told = Told::Event(vec![monday()]);
    Story::of(stage, told).at_once().makes(&["InProgress"]).saying(&["Started g1"])
}

pub(super) async fn a_tick_told_anew() -> Story {
    a_tick().await.told_anew()
}

pub(super) async fn an_alarm() -> Story {
    let stage = in_alarm("{ cooldown: 24h }");
    let told = alarmed(&stage);
    Story::of(stage, told).makes(&["InProgress"]).saying(&["Started g1"]).passing(&["Held g2"])
}

pub(super) async fn an_alarm_told_once() -> Story {
    an_alarm().await.told_once()
}

pub(super) async fn the_next() -> Story {
    let stage = over(in_alarm("{ cooldown: 0s }")).await;
    Story::of(stage, Told::Sweep)
        .makes(&["Completed", "InProgress"])
        .saying(&["Finished g1", "Started g2"])
        .passing(&["Held g3"])
}

pub(super) async fn an_end() -> Story {
    let stage = over(in_alarm("{ cooldown: 0s }")).await;
    // Nothing is left that would ask for the next one.
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    let told = Told::End(vec![ended(&name(1), "Completed")]);
    Story::of(stage, told).at_once().makes(&["Completed"]).saying(&["Finished g1"])
}

pub(super) async fn an_end_told_anew() -> Story {
    an_end().await.told_anew().at_once()
}

pub(super) async fn an_end_told_once() -> Story {
    an_end().await.told_once()
}

/// A start whose turn was killed at a call, and whose lease is over.
async fn left_behind(at: Call, fate: Fate) -> Story {
    let stage = Stage::with(WEEKLY);
    let plan = move |_, call| (0, if call == at { fate } else { Fate::Passes });
    let world = Unruly::new(stage.world.invocation("gone"), Arc::new(plan));
    assert!(world.turn(&[monday()]).await.is_none());
    stage.wait("15m1s");
    Story::of(stage, Told::Sweep).makes(&["InProgress"]).saying(&["Started g1"])
}

pub(super) async fn a_start_left_behind() -> Story {
    left_behind(Call::Create, Fate::KillsBefore).await
}

pub(super) async fn a_job_left_behind() -> Story {
    left_behind(Call::Create, Fate::KillsAfter).await
}

/// The job that holds it ends before the next sweep.
pub(super) async fn a_tick_held() -> Story {
    let stage = Stage::of(WEEKLY, "{ cooldown: 0s }", "");
    stage.turn(&[asked(ask("earlier"))]).await;
    stage.wait("1h");
    let _ = stage.heard();
    let told = Told::Event(vec![tick("2026-11-02T04:00:00Z")]);
    Story::of(stage, told)
        .then(|stage| stage.world.end_job(&name(1), JobStatus::Completed))
        .makes(&["Completed", "InProgress"])
        .saying(&["Finished g1", "Started g2"])
        .passing(&["Held g2"])
}

pub(super) async fn a_yes() -> Story {
    let stage = careful("{ cooldown: 24h }");
    stage.sweep().await;
    let _ = stage.heard();
    let told = Told::Event(vec![confirm(&put(&stage))]);
    Story::of(stage, told).makes(&["InProgress"]).saying(&["Started g1"]).passing(&["Held g2"]).also(
        |stage, note| {
            let kept = stage.world.row(MODEL).state;
            let decision = &stage.world.runs(MODEL)[0].decision;
            assert!(!kept.proposed.contains(decision), "{note}: what was agreed to does not wait any more");
            assert_eq!(kept.confirmed, None, "{note}: the yes is used up");
        },
    )
}

pub(super) async fn a_replacement() -> Story {
    let stage = replacing::running(replacing::REPLACE).await;
    let told = Told::Event(vec![replacing::anew(&stage)]);
    Story::of(stage, told)
        .makes(&["Stopped", "InProgress"])
        .saying(&["Stopped g1", "Started g2"])
        .passing(&["Replaced g2", "Held g3"])
        .also(|stage, note| {
            assert_eq!(stage.world.runs(MODEL)[0].cause, Some(EndCause::Replaced), "{note}");
        })
}

/// A first run has used up the budget.
pub(super) async fn a_force() -> Story {
    let stage = Stage::changed(DRIFT, "{ cooldown: 1h }", budgets::of_the_fleet);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    let stage = over(stage).await;
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.sweep().await;
    let _ = stage.heard();
    let insists = Ask { force: true, ignore_budget: true, ..ask("a") };
    Story::of(stage, Told::Event(vec![asked(insists)]))
        .makes(&["Completed", "InProgress"])
        .saying(&["Started g2"])
        .also(|stage, note| {
            assert_eq!(stage.world.row(MODEL).state.answered, ["a"], "{note}");
            assert_eq!(stage.world.spent("search", "2026-11"), budgets::usd("25"), "{note}");
        })
}

pub(super) async fn a_reservation() -> Story {
    let stage = Stage::changed(DRIFT, "{ cooldown: 24h }", budgets::of_the_fleet);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    let told = alarmed(&stage);
    Story::of(stage, told).makes(&["InProgress"]).saying(&["Started g1"]).passing(&["Held g2"]).also(
        |stage, note| {
            assert_eq!(stage.world.spent("search", "2026-11"), budgets::usd("12.50"), "{note}");
            assert_eq!(stage.world.row(MODEL).state.starts.len(), 1, "{note}");
        },
    )
}

pub(super) async fn a_cost() -> Story {
    let stage = over(costs::costing("4", vec![costs::budget(Some("search"), "100")])).await;
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    let told = Told::End(vec![ended(&name(1), "Completed")]);
    Story::of(stage, told).makes(&["Completed"]).saying(&["Finished g1"]).also(|stage, note| {
        let run = stage.world.runs(MODEL).remove(0);
        let spent = stage.world.spent("search", "2026-11");
        assert_eq!((run.cost, spent), (Some(budgets::usd("4")), budgets::usd("4")), "{note}");
        assert_eq!(stage.world.row(MODEL).state.starts[0].cost, run.cost, "{note}");
    })
}

pub(super) async fn a_quota() -> Story {
    let Story { stage, told, .. } = a_reservation().await;
    stage.world.answer_next([quota()]);
    // Once more than there are jobs.
    Story::of(stage, told)
        .makes(&["InProgress"])
        .asking(2..=2)
        .saying(&["Started g1"])
        .passing(&["Waiting g1"])
        .also(|stage, note| assert_eq!(stage.world.runs(MODEL)[0].failure, None, "{note}"))
}

/// What is refused for good is asked for again only by who does not know that it was, or that no try before has made the job.
pub(super) async fn a_refusal() -> Story {
    let stage = Stage::changed(WEEKLY, "{ cooldown: 24h }", budgets::of_the_fleet);
    let told = Told::Event(vec![monday()]);
    let (code, message) = ("AccessDeniedException".to_owned(), "no right to pass the role".to_owned());
    stage.world.answer_next(vec![Creation::Refused { code, message }; 9]);
    Story::of(stage, told).makes(&["Refused"]).asking(1..=4).saying(&["Refused g1", "Held g2"]).also(
        |stage, note| {
            let kept = stage.world.row(MODEL).state;
            assert_eq!((kept.starts.len(), kept.refused.is_some()), (0, true), "{note}");
        },
    )
}

pub(super) async fn the_last_object() -> Story {
    let stage = arrivals::counting("{ cooldown: 1h }");
    for key in ["one", "two"] {
        stage.turn(&[arrivals::now(&stage, key)]).await;
        stage.wait("1m");
    }
    let told = Told::Event(vec![arrivals::now(&stage, "three")]);
    Story::of(stage, told)
        .makes(&["InProgress"])
        .saying(&["Started g1"])
        .also(|stage, note| assert_eq!(arrivals::counted(stage), (0, 0), "{note}: the start answers them"))
}

pub(super) async fn a_suspension() -> Story {
    let stage = in_alarm("{ cooldown: 0s }");
    let told = Told::Event(vec![control("s", Action::Suspend { until: None })]);
    Story::of(stage, told).saying(&["Suspended", "Held g1"]).also(|stage, note| {
        let kept = stage.world.row(MODEL).state;
        let held = kept.suspended.unwrap();
        let who = (held.until, held.by.as_deref(), held.reason.as_deref());
        assert_eq!(who, (None, Some("ana"), Some("the labels are wrong")), "{note}");
        assert_eq!(kept.answered, ["s"], "{note}");
    })
}

pub(super) async fn a_cancellation() -> Story {
    let stage = Stage::changed(DRIFT, "{ cooldown: 24h }", budgets::of_the_fleet);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.world.answer_next([quota()]);
    stage.sweep().await;
    stage.wait("5m");
    let _ = stage.heard();
    Story::of(stage, Told::Event(vec![control("c", Action::Cancel)]))
        .makes(&["Withdrawn"])
        .asking(1..=1)
        .saying(&["Cancelled", "Withdrawn g1"])
        .also(|stage, note| {
            let run = stage.world.runs(MODEL).remove(0);
            assert_eq!(run.failure.as_deref(), Some("it was cancelled"), "{note}");
        })
}

/// The second training that did not help.
pub(super) async fn a_verdict() -> Story {
    let stage = judged::stage();
    judged::trained(&stage, 0.75, 0.75).await;
    judged::hours(&stage, 7, 0.75);
    assert_eq!(judged::train(&stage, "churn-drift").await, 1);
    judged::hours(&stage, 8, 0.75);
    Story::of(stage, Told::Sweep).makes(&["Completed", "Completed"]).saying(&["Judged g2", "Futile g2"]).also(
        |stage, note| {
            assert_eq!(judged::effects(stage), [Some(Verdict::NoDifference); 2], "{note}");
            let told = stage.world.runs(MODEL).into_iter().map(|run| run.effect.map(|effect| effect.verdict));
            assert_eq!(told.collect::<Vec<_>>(), judged::effects(stage), "{note}");
        },
    )
}

pub(super) async fn a_failure() -> Story {
    let stage = retries::stage(retries::Asks::Edge, "3d", retries::PATIENT);
    assert_eq!(retries::wake(&stage, retries::Asks::Edge).await, 1);
    stage.wait("10m");
    stage.fail_job();
    let _ = stage.heard();
    Story::of(stage, Told::Sweep)
        .makes(&["Failed", "InProgress"])
        .saying(&["Failed g1", "Started g2"])
        .passing(&["Held g2"])
        .also(|stage, note| {
            let kept = stage.world.row(MODEL).state;
            assert_eq!((kept.failures, kept.starts[0].failed), (1, true), "{note}");
        })
}
