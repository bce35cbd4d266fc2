//! What arrives is counted over many turns, each thing once, and answered by a start.

use crate::stage::{MODEL, Stage, WEEKLY, arrival, ask, asked, name, only, outcome, sweep};
use rekindle_decision::policy::{Objects, Watch};
use rekindle_decision::signal::{Arrival, Ask, Signal, What};
use rekindle_turn::ledger::Row;
use rekindle_turn::world::Creation;

/// Three files of the training data.
pub(crate) fn counting(guards: &str) -> Stage {
    Stage::changed(WEEKLY, guards, |policy| {
        let watch = Watch::Objects(Objects {
            bucket: "features".to_owned(),
            prefix: "daily/".to_owned(),
            suffix: ".parquet".to_owned(),
            count: 3,
            bytes: 0,
            quiet_for: "0s".parse().unwrap(),
        });
        only(policy, "data", watch);
    })
}

fn object(key: &str) -> What {
    What::Object { bucket: "features".to_owned(), key: format!("daily/{key}.parquet"), size: 100 }
}

/// The object of this key, arriving now.
pub(crate) fn now(stage: &Stage, key: &str) -> Signal {
    arrival(key, stage.now(), object(key))
}

pub(crate) fn counted(stage: &Stage) -> (u64, u64) {
    stage.world.row(MODEL).state.tally("data").map_or((0, 0), |tally| (tally.count, tally.bytes))
}

#[tokio::test]
async fn arrivals_are_counted_over_turns_and_each_once() {
    let stage = counting("{ cooldown: 1h }");
    let first = now(&stage, "one");
    assert_eq!(stage.turn(std::slice::from_ref(&first)).await.rested, 1);
    assert_eq!(counted(&stage), (1, 100));
    stage.wait("1m");
    let version = stage.world.row(MODEL).version;
    stage.turn(&[first.clone(), first.clone()]).await;
    stage.sweep().await;
    assert_eq!((counted(&stage), stage.world.row(MODEL).version), ((1, 100), version), "delivered again");
    stage.turn(&[now(&stage, "two"), first]).await;
    assert_eq!(counted(&stage), (2, 200));
    stage.wait("1m");
    let third = now(&stage, "three");
    assert_eq!(stage.turn(std::slice::from_ref(&third)).await.started, 1);
    assert_eq!(counted(&stage), (0, 0), "the start answers what arrived until then");

    // What was there for the start is delivered once more, and counts no more.
    stage.wait("2h");
    stage.end_job();
    assert_eq!(stage.turn(&[third]).await.rested, 1);
    for (key, started) in [("four", 0), ("five", 0), ("six", 1)] {
        stage.wait("1m");
        assert_eq!(stage.turn(&[now(&stage, key)]).await.started, started, "{key}");
    }
    assert_eq!(stage.generations(), [name(1), name(2)]);
}

#[tokio::test]
async fn what_arrives_while_a_job_runs_asks_for_the_next() {
    let stage = counting("{ cooldown: 0s }");
    let all: Vec<Signal> = ["a", "b", "c"].map(|key| now(&stage, key)).to_vec();
    assert_eq!(stage.turn(&all).await.started, 1, "three in one batch");
    for key in ["d", "e", "f"] {
        stage.wait("1m");
        stage.turn(&[now(&stage, key)]).await;
    }
    assert_eq!(counted(&stage), (3, 300));
    stage.end_job();
    assert_eq!(stage.sweep().await.started, 1);
}

#[tokio::test]
async fn what_arrived_for_a_start_that_came_to_nothing_is_not_lost() {
    let stage = counting("{ cooldown: 0s }");
    stage.world.put_foreign_job(&name(1));
    let all: Vec<Signal> = ["a", "b", "c"].map(|key| now(&stage, key)).to_vec();
    assert_eq!(outcome(&stage.turn(&all).await), "lost");
    assert_eq!(counted(&stage), (3, 300));
    stage.wait("5m");
    assert_eq!(stage.sweep().await.started, 1);
}

#[tokio::test]
async fn an_arrival_wakes_those_who_count_it_and_a_replayed_one_nobody() {
    let stage = counting("{ cooldown: 0s }");
    let other =
        arrival("x", stage.now(), What::Object { bucket: "features".into(), key: "x".into(), size: 1 });
    let summary = stage.turn(&[other]).await;
    assert_eq!(
        (summary.models, summary.unclaimed.as_slice()),
        (0, &["no policy counts this arrival (x)".to_owned()][..])
    );
    let replay = Some("november".to_owned());
    let replayed = Signal::Arrived(Arrival { id: "y".into(), at: stage.now(), what: object("y"), replay });
    let summary = stage.turn(&[replayed]).await;
    assert_eq!((summary.models, summary.unclaimed.len()), (0, 1));
    assert_eq!(stage.world.row(MODEL), Row::default());
}

#[tokio::test]
async fn a_dry_run_counts_nothing() {
    let stage = counting("{ cooldown: 0s }");
    stage.turn(&[now(&stage, "a")]).await;
    let row = stage.world.row(MODEL);
    stage.turn(&[asked(Ask { dry_run: true, ..ask("dry") })]).await;
    assert_eq!(stage.world.row(MODEL), row);
}

#[tokio::test]
async fn a_refused_start_counts_for_no_window() {
    let stage = counting("{ cooldown: 0s }");
    let (code, message) = ("ValidationException".to_owned(), "no such bucket".to_owned());
    stage.world.answer_next([Creation::Refused { code, message }]);
    let all: Vec<Signal> = ["a", "b", "c"].map(|key| now(&stage, key)).to_vec();
    stage.turn(&all).await;
    assert_eq!(stage.world.row(MODEL).state.starts, Vec::new());
    stage.turn(&[sweep()]).await;
    assert_eq!(stage.world.creations(), 1);
}
