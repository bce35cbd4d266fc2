//! The conditional writes, one check for each clause.

use rekindle_decision::state::{Phase, Refusal, Started, Trained};

use super::script::{
    ARN, ME, OTHER, as_given_up, as_running, as_waiting, at, claim, counted, decision, end, intent, memo, no,
    quota, ran, refusal, remembered, row, run, same, settle, stands, started, starting, yes,
};
use super::{Check, Stage};
use crate::error::chain;
use crate::ledger::{Close, LEASE, Memo, Row, Run, Settle, TakeOver, Written};
use crate::world::World;

pub(super) async fn never_seen<S: Stage>(stage: &S) -> Check {
    stands(&stage.world(ME), &stage.model("never-seen"), &Row::default()).await
}

pub(super) async fn many_rows<S: Stage>(stage: &S) -> Check {
    let (known, intended, world) = started(stage, "many").await?;
    // More than one request of a table takes.
    let mut models: Vec<String> = (0..230).map(|n| format!("{known}-{n}")).collect();
    models.push(known.clone());
    let (rows, new) = (world.rows(&models).await, Row::default());
    same("the number of rows", &rows.len(), &models.len())?;
    for (model, found) in rows {
        let found = found.map_err(|error| format!("a row cannot be read: {}", chain(&*error)))?;
        same(&model, &found, if model == known { &intended } else { &new })?;
    }
    Ok(())
}

pub(super) async fn intent_whole<S: Stage>(stage: &S) -> Check {
    let (model, intended, world) = started(stage, "intent-whole").await?;
    stands(&world, &model, &intended).await?;
    ran(stage, &model, &run(&model, 1)).await
}

pub(super) async fn intent_stale<S: Stage>(stage: &S) -> Check {
    let (model, intended, world) = started(stage, "intent-stale").await?;
    for version in [2, 7] {
        no("an intent on a version to come", world.intend(&intent(&model, version, 2)).await)?;
    }
    yes("a memo", world.remember(&memo(&model, 1)).await)?;
    let before = row(&world, &model).await?;
    no("an intent on a version gone by", world.intend(&intent(&model, intended.version, 2)).await)?;
    stands(&world, &model, &before).await?;
    same("the run of an intent that lost", &stage.run(&model, 2).await?, &None)
}

pub(super) async fn intent_run<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "intent-run").await?;
    no("an intent of a generation that has run", world.intend(&intent(&model, 1, 1)).await)?;
    stands(&world, &model, &before).await
}

pub(super) async fn intent_first<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "intent-first").await?;
    no("a second first intent", world.intend(&intent(&model, 0, 1)).await)?;
    no("a second first intent of another generation", world.intend(&intent(&model, 0, 2)).await)?;
    stands(&world, &model, &before).await?;
    let fresh = stage.model("intent-never");
    no("an intent on a row that never was", world.intend(&intent(&fresh, 1, 1)).await)?;
    stands(&world, &fresh, &Row::default()).await
}

pub(super) async fn intent_raced<S: Stage>(stage: &S) -> Check {
    for round in 0..8 {
        let model = stage.model(&format!("intent-raced-{round}"));
        let (one, two) = (stage.world(ME), stage.world(OTHER));
        let (mine, mut theirs) = (intent(&model, 0, 1), intent(&model, 0, 1));
        theirs.row.turn = Some(OTHER.to_owned());
        let (a, b) = futures::future::join(one.intend(&mine), two.intend(&theirs)).await;
        let read = |got: Result<Written, _>| got.map_err(|error: <S::World as World>::Error| chain(&error));
        let winner = match (read(a)?, read(b)?) {
            (Written::Yes, Written::No) => mine,
            (Written::No, Written::Yes) => theirs,
            (Written::Yes, Written::Yes) => return Err("both won".to_owned()),
            other => return Err(format!("the answers were {other:?}")),
        };
        stands(&one, &model, &winner.row).await?;
    }
    Ok(())
}

pub(super) async fn settle_running<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = remembered(stage, "settle-running").await?;
    yes("a wait before", world.settle(&settle(&model, ME, as_waiting(60))).await)?;
    yes("running", world.settle(&settle(&model, ME, as_running())).await)?;
    wanted.version = 4;
    wanted.turn = None;
    wanted.state.phase = Phase::Running { decision: decision(1), since: at(1) };
    wanted.state.last_started = Some(at(1));
    wanted.state.refused = None;
    wanted.state.proposed.clear();
    wanted.state.confirmed = None;
    stands(&world, &model, &wanted).await?;
    let arn = Some(ARN.to_owned());
    ran(stage, &model, &Run { arn, status: "InProgress".to_owned(), ..run(&model, 1) }).await
}

pub(super) async fn settle_waiting<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = remembered(stage, "settle-waiting").await?;
    yes("waiting", world.settle(&settle(&model, ME, as_waiting(60))).await)?;
    wanted.version = 3;
    let waiting = Some(quota());
    wanted.state.phase =
        Phase::Starting { decision: decision(1), since: at(1), lease_until: at(60), waiting };
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &Run { failure: Some(quota().to_string()), ..run(&model, 1) }).await
}

pub(super) async fn settle_given_up<S: Stage>(stage: &S) -> Check {
    for refused in [Some(Refusal { cause: "another".to_owned(), ..refusal() }), None] {
        let (model, mut wanted, world) = remembered(stage, "settle-given-up").await?;
        yes("given up", world.settle(&settle(&model, ME, as_given_up(refused.clone()))).await)?;
        wanted.version = 3;
        wanted.turn = None;
        wanted.state.phase = Phase::Idle;
        wanted.state.refused = refused;
        wanted.state.starts = vec![counted(0)];
        stands(&world, &model, &wanted).await?;
        let (failure, reserve) = (Some("no such bucket".to_owned()), Vec::new());
        ran(stage, &model, &Run { failure, reserve, status: "Refused".to_owned(), ..run(&model, 1) }).await?;
    }
    Ok(())
}

pub(super) async fn settle_mine<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "settle-mine").await?;
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle by another turn", world.settle(&settle(&model, OTHER, settled.clone())).await)?;
        let later = Settle { generation: 2, ..settle(&model, ME, settled) };
        no("a settle of another generation", world.settle(&later).await)?;
    }
    stands(&world, &model, &before).await?;
    ran(stage, &model, &run(&model, 1)).await?;

    yes("running", world.settle(&settle(&model, ME, as_running())).await)?;
    let before = row(&world, &model).await?;
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle of what runs", world.settle(&settle(&model, ME, settled)).await)?;
    }
    stands(&world, &model, &before).await?;

    let (model, _, world) = started(stage, "settle-idle").await?;
    yes("given up", world.settle(&settle(&model, ME, as_given_up(None))).await)?;
    let before = row(&world, &model).await?;
    no("a settle of what was given up", world.settle(&settle(&model, ME, as_running())).await)?;
    stands(&world, &model, &before).await
}

pub(super) async fn take_over_late<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = remembered(stage, "take-over-late").await?;
    let lease = LEASE.seconds();
    for early in [lease - 1, lease] {
        no("a take-over within the lease", world.take_over(&claim(&model, OTHER, early)).await)?;
    }
    stands(&world, &model, &wanted).await?;
    yes("a take-over after the lease", world.take_over(&claim(&model, OTHER, lease + 1)).await)?;
    wanted.version = 3;
    wanted.turn = Some(OTHER.to_owned());
    wanted.state.phase = starting(1, lease + 1 + lease);
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &run(&model, 1)).await?;

    // Refused for now: the lease ends with the refusal, and the next sweep may go on.
    yes("a wait", world.settle(&settle(&model, OTHER, as_waiting(lease + 60))).await)?;
    no("a take-over in the instant of the wait", world.take_over(&claim(&model, ME, lease + 60)).await)?;
    yes("a take-over after the wait", world.take_over(&claim(&model, ME, lease + 61)).await)
}

pub(super) async fn take_over_own<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = started(stage, "take-over-own").await?;
    yes("a take-over of one's own", world.take_over(&claim(&model, ME, 2)).await)?;
    wanted.version = 2;
    wanted.state.phase = starting(1, 2 + LEASE.seconds());
    stands(&world, &model, &wanted).await?;
    yes("running", world.settle(&settle(&model, ME, as_running())).await)
}

pub(super) async fn take_over_fences<S: Stage>(stage: &S) -> Check {
    let (model, _, world) = started(stage, "take-over-fences").await?;
    yes("a take-over", world.take_over(&claim(&model, OTHER, LEASE.seconds() + 1)).await)?;
    let before = row(&world, &model).await?;
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle by the turn of before", world.settle(&settle(&model, ME, settled)).await)?;
    }
    stands(&world, &model, &before).await?;
    yes("a settle by the turn of now", world.settle(&settle(&model, OTHER, as_running())).await)
}

pub(super) async fn take_over_start<S: Stage>(stage: &S) -> Check {
    let late = LEASE.seconds() + 1;
    let (model, _, world) = started(stage, "take-over-start").await?;
    let next = TakeOver { generation: 2, ..claim(&model, OTHER, late) };
    no("a take-over of another generation", world.take_over(&next).await)?;
    yes("running", world.settle(&settle(&model, ME, as_running())).await)?;
    no("a take-over of what runs", world.take_over(&claim(&model, OTHER, late)).await)?;
    yes("the end", world.close(&end(&model, 1)).await)?;
    no("a take-over of what has ended", world.take_over(&claim(&model, OTHER, late)).await)
}

pub(super) async fn take_over_raced<S: Stage>(stage: &S) -> Check {
    for round in 0..8 {
        let (model, _, one) = started(stage, &format!("take-over-raced-{round}")).await?;
        let two = stage.world(OTHER);
        let late = LEASE.seconds() + 1;
        let (a, b) = (claim(&model, "contract-turn-3", late), claim(&model, "contract-turn-4", late));
        let (a, b) = futures::future::join(one.take_over(&a), two.take_over(&b)).await;
        let read = |got: Result<Written, _>| got.map_err(|error: <S::World as World>::Error| chain(&error));
        match (read(a)?, read(b)?) {
            (Written::Yes, Written::No) | (Written::No, Written::Yes) => {}
            (Written::Yes, Written::Yes) => return Err("both won".to_owned()),
            other => return Err(format!("the answers were {other:?}")),
        }
    }
    Ok(())
}

pub(super) async fn close_running<S: Stage>(stage: &S) -> Check {
    let (model, _, world) = remembered(stage, "close-running").await?;
    yes("running", world.settle(&settle(&model, ME, as_running())).await)?;
    let version = row(&world, &model).await?.version;
    // What is put to people while a job runs is about the next one.
    yes("a memo", world.remember(&memo(&model, version)).await)?;
    let mut wanted = row(&world, &model).await?;
    yes("the end", world.close(&end(&model, 1)).await)?;
    wanted.version += 1;
    wanted.state.phase = Phase::Idle;
    let metrics = [("validation:auc".to_owned(), 0.875), ("validation:loss".to_owned(), 0.25)].into();
    wanted.state.trained = Some(Trained { generation: 1, at: at(600), metrics });
    wanted.state.starts = vec![counted(0), Started { trained: Some(at(600)), ..counted(1) }];
    (wanted.state.failures, wanted.state.failed_at) = (0, None);
    stands(&world, &model, &wanted).await?;
    let ended = Run {
        arn: Some(ARN.to_owned()),
        status: "Completed".to_owned(),
        ended: Some(at(600)),
        billable_seconds: Some(540),
        ..run(&model, 1)
    };
    ran(stage, &model, &ended).await?;
    let again = Close { status: "Failed".to_owned(), ..end(&model, 1) };
    no("a second end", world.close(&again).await)?;
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &ended).await
}

pub(super) async fn close_otherwise<S: Stage>(stage: &S) -> Check {
    for (status, failures) in [("Failed", 3), ("Stopped", 2), ("Deleted", 2)] {
        let (model, _, world) = started(stage, "close-otherwise").await?;
        yes("running", world.settle(&settle(&model, ME, as_running())).await)?;
        let mut wanted = row(&world, &model).await?;
        let close = Close { status: status.to_owned(), ended: None, ..end(&model, 1) };
        yes(status, world.close(&close).await)?;
        wanted.version += 1;
        wanted.state.phase = Phase::Idle;
        wanted.state.failures = failures;
        // Nobody knows when it ended: it was seen then.
        wanted.state.failed_at = if status == "Failed" { Some(at(900)) } else { Some(at(0)) };
        stands(&world, &model, &wanted).await?;
    }
    Ok(())
}

pub(super) async fn close_starting<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = remembered(stage, "close-starting").await?;
    let failure = Some("CapacityError: no machines".to_owned());
    let close = Close {
        status: "Failed".to_owned(),
        ended: None,
        billable_seconds: None,
        failure: failure.clone(),
        ..end(&model, 1)
    };
    yes("an early end", world.close(&close).await)?;
    let mut wanted = Row { version: 3, turn: None, ..before };
    wanted.state.phase = Phase::Idle;
    wanted.state.last_started = Some(at(1));
    wanted.state.proposed.clear();
    wanted.state.confirmed = None;
    (wanted.state.failures, wanted.state.failed_at) = (3, Some(at(900)));
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &Run { failure, status: "Failed".to_owned(), ..run(&model, 1) }).await?;
    no("the settle that comes late", world.settle(&settle(&model, ME, as_running())).await)
}

pub(super) async fn close_raced<S: Stage>(stage: &S) -> Check {
    for round in 0..8 {
        let (model, _, one) = started(stage, &format!("close-raced-{round}")).await?;
        yes("running", one.settle(&settle(&model, ME, as_running())).await)?;
        let (two, version) = (stage.world(OTHER), row(&one, &model).await?.version);
        let (close, memo) = (end(&model, 1), memo(&model, version));
        let (closed, remembered) = futures::future::join(one.close(&close), two.remember(&memo)).await;
        yes("the end", closed)?;
        let remembered = match remembered.map_err(|error| chain(&error))? {
            Written::Yes => true,
            Written::No | Written::OverBudget => false,
        };
        let found = row(&one, &model).await?;
        same("the phase", &found.state.phase, &Phase::Idle)?;
        same("the training", &found.state.trained.map(|trained| trained.generation), &Some(1))?;
        same("whether the memo is there", &(found.announced == memo.announced), &remembered)?;
    }
    Ok(())
}

pub(super) async fn close_other<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "close-other").await?;
    for generation in [0, 2] {
        no("the end of another generation", world.close(&end(&model, generation)).await)?;
    }
    stands(&world, &model, &before).await
}

pub(super) async fn remember_first<S: Stage>(stage: &S) -> Check {
    let (model, world) = (stage.model("remember-first"), stage.world(ME));
    let first = memo(&model, 0);
    yes("a first memo", world.remember(&first).await)?;
    let mut wanted = Row { version: 1, announced: first.announced, ..Row::default() };
    wanted.state.sightings = first.sightings;
    wanted.state.asked = first.asked;
    wanted.state.arrivals = first.arrivals;
    wanted.state.proposed = first.proposed;
    wanted.state.confirmed = first.confirmed;
    stands(&world, &model, &wanted).await?;
    no("a second first memo", world.remember(&memo(&model, 0)).await)?;
    no("a first intent after it", world.intend(&intent(&model, 0, 1)).await)?;
    stands(&world, &model, &wanted).await?;
    yes("an intent on it", world.intend(&intent(&model, 1, 1)).await)
}

pub(super) async fn remember_stale<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "remember-stale").await?;
    for version in [0, 2, 7] {
        no("a memo on another version", world.remember(&memo(&model, version)).await)?;
    }
    stands(&world, &model, &before).await?;
    let fresh = stage.model("remember-never");
    no("a memo on a row that never was", world.remember(&memo(&fresh, 3)).await)?;
    stands(&world, &fresh, &Row::default()).await
}

pub(super) async fn remember_alone<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = remembered(stage, "remember-alone").await?;
    stands(&world, &model, &wanted).await?;
    let empty = Memo {
        sightings: std::collections::BTreeMap::new(),
        asked: None,
        arrivals: std::collections::BTreeMap::new(),
        proposed: Vec::new(),
        confirmed: None,
        announced: None,
        ..memo(&model, 2)
    };
    yes("an empty memo", world.remember(&empty).await)?;
    wanted.version = 3;
    wanted.state.sightings.clear();
    wanted.state.asked = None;
    wanted.state.arrivals.clear();
    wanted.state.proposed.clear();
    wanted.state.confirmed = None;
    wanted.announced = None;
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &run(&model, 1)).await
}

pub(super) async fn nothing<S: Stage>(stage: &S) -> Check {
    let (model, world) = (stage.model("nothing"), stage.world(ME));
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle", world.settle(&settle(&model, ME, settled)).await)?;
    }
    no("a take-over", world.take_over(&claim(&model, ME, LEASE.seconds() + 1)).await)?;
    no("an end", world.close(&end(&model, 1)).await)?;
    no("the end of no generation", world.close(&end(&model, 0)).await)?;
    stands(&world, &model, &Row::default()).await?;
    same("the run", &stage.run(&model, 1).await?, &None)
}
