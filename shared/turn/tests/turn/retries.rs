//! A training that failed has answered nothing: what asked for it asks again after a wait, if the policy says so.

use crate::stage::{
    ACCURACY, DRIFT, MODEL, Stage, WEEKLY, arrival, ask, asked, control, monday, name, only, sentence,
};
use rekindle_decision::policy::{AfterFailure, CountsAs, Objects, Policy, Watch};
use rekindle_decision::signal::{Action, AlarmState, Ask, What};
use rekindle_turn::world::JobStatus;
use rstest::rstest;

/// What asks for a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Tick,
    Level,
    Edge,
    Latch,
    Arrivals,
    Request,
    Force,
}

/// Wait an hour after a failure, two after the next, and give up after three.
pub(crate) const PATIENT: fn(&mut Policy) = |policy| {
    policy.guards.after_failure = Some(AfterFailure {
        wait: "1h".parse().unwrap(),
        times: 2,
        up_to: "24h".parse().unwrap(),
        give_up_after: 3,
    });
};

const WITHOUT: fn(&mut Policy) = |policy| policy.guards.after_failure = None;

pub(crate) fn stage(asks: Asks, cooldown: &str, change: fn(&mut Policy)) -> Stage {
    let triggers = if matches!(asks, Asks::Level | Asks::Edge | Asks::Latch) { DRIFT } else { WEEKLY };
    let stage = Stage::changed(triggers, &format!("{{ cooldown: {cooldown} }}"), |policy| {
        change(policy);
        if asks == Asks::Arrivals {
            let (bucket, prefix, suffix) = ("features".to_owned(), "daily/".to_owned(), String::new());
            let quiet_for = "0s".parse().unwrap();
            only(
                policy,
                "data",
                Watch::Objects(Objects { bucket, prefix, suffix, count: 3, bytes: 0, quiet_for }),
            );
        }
        for trigger in policy.triggers.values_mut() {
            match asks {
                Asks::Edge => trigger.counts_as = CountsAs::Edge,
                Asks::Latch => trigger.counts_as = CountsAs::Latch,
                Asks::Tick | Asks::Level | Asks::Arrivals | Asks::Request | Asks::Force => {}
            }
        }
    });
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage
}

/// Asks; gives back how many jobs were started.
pub(crate) async fn wake(stage: &Stage, asks: Asks) -> usize {
    let signals = match asks {
        Asks::Tick => vec![monday()],
        Asks::Level | Asks::Edge | Asks::Latch => vec![crate::stage::sweep()],
        Asks::Arrivals => ["one", "two", "three"]
            .map(|key| {
                let key = format!("daily/{key}");
                arrival(
                    &key,
                    stage.now(),
                    What::Object { bucket: "features".to_owned(), key: key.clone(), size: 1 },
                )
            })
            .to_vec(),
        Asks::Request => vec![asked(ask("a"))],
        Asks::Force => vec![asked(Ask { force: true, ..ask("a") })],
    };
    let started = stage.turn(&signals).await.started;
    if asks == Asks::Latch {
        stage.world.set_alarm("churn-drift", AlarmState::Ok);
    }
    started
}

#[rstest]
#[case::a_tick(Asks::Tick)]
#[case::a_level(Asks::Level)]
#[case::an_edge(Asks::Edge)]
#[case::a_latch(Asks::Latch)]
#[case::arrivals(Asks::Arrivals)]
#[case::a_request(Asks::Request)]
#[case::a_request_with_force(Asks::Force)]
#[tokio::test]
async fn what_asked_for_a_training_that_failed_asks_again_after_the_wait(#[case] asks: Asks) {
    for looked_at in [false, true] {
        // The cooldown is longer than the wait: nothing cools down after what came to nothing.
        let stage = stage(asks, "3d", PATIENT);
        assert_eq!(wake(&stage, asks).await, 1);
        for (generation, early) in [(1, "59m59s"), (2, "1h59m59s")] {
            stage.wait("10m");
            if looked_at {
                assert_eq!(stage.sweep().await.started, 0, "while it runs");
            }
            stage.fail_job();
            let summary = stage.sweep().await;
            assert_eq!((summary.mended, summary.started, summary.held), (1, 0, 1), "{}", sentence(&summary));
            stage.wait(early);
            assert_eq!(stage.sweep().await.started, 0, "a second too early, {early}");
            stage.wait("1s");
            let summary = stage.sweep().await;
            assert_eq!(summary.started, 1, "a second after {early}: {}", sentence(&summary));
            assert_eq!(stage.generations().len(), generation + 1);
        }
        stage.wait("10m");
        stage.end_job();
        let _ = stage.sweep().await;
        let kept = stage.world.row(MODEL).state;
        assert_eq!((kept.failures, kept.failed_at, kept.starts.len()), (0, None, 3));
        assert_eq!(kept.starts.iter().filter(|start| start.failed).count(), 2);
        for _ in 0..10 {
            stage.wait("6h");
            assert_eq!(stage.sweep().await.started, 0, "what was made has answered it");
        }
    }
}

#[rstest]
#[case::a_tick(Asks::Tick)]
#[case::a_level(Asks::Level)]
#[case::an_edge(Asks::Edge)]
#[case::a_latch(Asks::Latch)]
#[case::arrivals(Asks::Arrivals)]
#[case::a_request(Asks::Request)]
#[case::a_request_with_force(Asks::Force)]
#[tokio::test]
async fn without_a_word_about_failures_a_training_that_failed_is_one(#[case] asks: Asks) {
    let stage = stage(asks, "2d", WITHOUT);
    assert_eq!(wake(&stage, asks).await, 1);
    stage.wait("10m");
    stage.fail_job();
    for _ in 0..7 {
        assert_eq!(stage.sweep().await.started, 0);
        stage.wait("6h");
    }
    stage.wait("1d");
    assert_eq!(
        stage.sweep().await.started,
        usize::from(asks == Asks::Level),
        "after the cooldown a level asks"
    );
}

#[rstest]
#[case::a_level(Asks::Level)]
#[case::an_edge(Asks::Edge)]
#[case::a_latch(Asks::Latch)]
#[case::arrivals(Asks::Arrivals)]
#[case::a_request(Asks::Request)]
#[case::a_request_with_force(Asks::Force)]
#[tokio::test]
async fn after_so_many_failures_a_person_must_look(#[case] asks: Asks) {
    let stage = stage(asks, "0s", PATIENT);
    let mut started = wake(&stage, asks).await;
    for _ in 0..40 {
        if stage.world.jobs().iter().any(|(_, ended)| !ended) {
            stage.fail_job();
        }
        started += stage.sweep().await.started;
        stage.wait("6h");
    }
    assert_eq!((started, stage.generations().len()), (3, 3));
    assert!(sentence(&stage.sweep().await).contains("given up after 3 failed trainings in a row"));
    // What asked is kept for whoever has mended it.
    assert_eq!(stage.turn(&[control("mended", Action::CloseBreaker)]).await.started, 1);
}

#[tokio::test]
async fn a_force_is_for_what_was_known_when_it_was_given() {
    let stage = stage(Asks::Force, "3d", PATIENT);
    assert_eq!(wake(&stage, Asks::Force).await, 1);
    stage.wait("1m");
    stage.fail_job();
    stage.wait("1m");
    assert_eq!(stage.sweep().await.started, 0, "it does not hurry a training that has just failed");
    let insists = |id| asked(Ask { force: true, ..ask(id) });
    assert_eq!(stage.turn(&[insists("b")]).await.started, 1, "whoever has seen it fail and insists does");
    assert_eq!(stage.generations(), [name(1), name(2)]);
}

#[tokio::test]
async fn a_tick_is_tried_again_within_its_deadline_alone() {
    let stage = stage(Asks::Tick, "3d", PATIENT);
    assert_eq!(wake(&stage, Asks::Tick).await, 1);
    stage.wait("5h30m");
    stage.fail_job();
    assert_eq!(stage.sweep().await.held, 1);
    stage.wait("1h");
    let summary = stage.sweep().await;
    assert_eq!((summary.started, summary.rested), (0, 1), "{}", sentence(&summary));
    assert!(sentence(&summary).contains("was wanted until 2026-11-02 09:00 UTC"), "{}", sentence(&summary));
}

#[tokio::test]
async fn a_level_that_went_quiet_while_it_failed_asks_no_more() {
    for asks in [Asks::Level, Asks::Edge] {
        let stage = stage(asks, "0s", PATIENT);
        assert_eq!(wake(&stage, asks).await, 1);
        stage.wait("10m");
        stage.world.set_alarm("churn-drift", AlarmState::Ok);
        stage.fail_job();
        stage.sweep().await;
        stage.wait("2h");
        assert_eq!(stage.sweep().await.rested, 1, "{asks:?}");
    }
}

#[tokio::test]
async fn what_was_cancelled_while_it_ran_is_not_tried_again() {
    for asks in [Asks::Tick, Asks::Level, Asks::Edge, Asks::Latch, Asks::Arrivals, Asks::Request] {
        let stage = stage(asks, "0s", PATIENT);
        assert_eq!(wake(&stage, asks).await, 1);
        stage.wait("10m");
        stage.turn(&[control("c", Action::Cancel)]).await;
        stage.wait("10m");
        stage.fail_job();
        for _ in 0..4 {
            assert_eq!(stage.sweep().await.started, 0, "{asks:?}");
            stage.wait("1h");
        }
    }
}

#[tokio::test]
async fn arrivals_before_and_after_a_start_that_failed_are_counted_together() {
    let stage = stage(Asks::Arrivals, "3d", PATIENT);
    assert_eq!(wake(&stage, Asks::Arrivals).await, 1);
    stage.wait("5m");
    let key = "daily/four".to_owned();
    let four =
        arrival(&key, stage.now(), What::Object { bucket: "features".to_owned(), key: key.clone(), size: 1 });
    stage.turn(std::slice::from_ref(&four)).await;
    stage.wait("5m");
    stage.fail_job();
    stage.turn(&[four]).await;
    assert_eq!(stage.world.row(MODEL).state.tally("data").map(|tally| tally.count), Some(4));
    stage.wait("1h");
    assert_eq!(stage.sweep().await.started, 1);
}

#[tokio::test]
async fn an_edge_that_comes_again_while_the_job_runs_is_another_one() {
    let stage = Stage::changed(ACCURACY, "{ cooldown: 0s }", |policy| {
        for trigger in policy.triggers.values_mut() {
            trigger.counts_as = CountsAs::Edge;
        }
    });
    let mut told = Vec::new();
    for value in [0.7, 0.7, 0.9, 0.7] {
        stage.accuracy(value);
        let summary = stage.sweep().await;
        told.push((summary.started, summary.held));
        stage.wait("1h");
    }
    assert_eq!(told, [(1, 0), (0, 0), (0, 0), (0, 1)], "it was over, and has come again");
    stage.world.end_job(&name(1), JobStatus::Stopped);
    stage.accuracy(0.7);
    assert_eq!(stage.sweep().await.started, 1);
    stage.wait("1h");
    stage.world.end_job(&name(2), JobStatus::Stopped);
    stage.accuracy(0.7);
    assert_eq!(stage.sweep().await.started, 0, "it stays");
}
