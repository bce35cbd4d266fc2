//! The conditional writes, one check for each clause.

use rekindle_decision::signal::Action;
use rekindle_decision::state::{Phase, Refusal};

use super::script::{
    ARN, ME, OTHER, as_given_up, as_running, as_waiting, at, claim, claim_of, close, counted, decision, end,
    intent, judge, memo, never_ran, news, no, old_news, quota, ran, refusal, remembered, row, run, said,
    same, settle, settle_after, settle_of, stands, started, starting, steered, yes,
};
use super::{Check, Stage};
use crate::error::chain;
use crate::ledger::{Change, Happened, LEASE, Memo, Row, Run, Written};
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
    yes("a memo", world.remember(&memo(&model, &intended)).await)?;
    let before = row(&world, &model).await?;
    no("an intent on a version gone by", world.intend(&intent(&model, intended.version, 2)).await)?;
    stands(&world, &model, &before).await?;
    never_ran(stage, &model, 2).await
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
    yes("a wait before", world.change(&settle(&model, ME, as_waiting(60))).await)?;
    yes("a take-over after it", world.change(&claim(&model, ME, 61)).await)?;
    yes("running", world.change(&settle_after(&model, ME, 61, as_running())).await)?;
    wanted.version = 5;
    wanted.turn = None;
    wanted.unsaid = vec![old_news(), news(Happened::Started, 3)];
    wanted.state.phase = Phase::Running { decision: decision(1), since: at(1), stopping: None };
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
    yes("waiting", world.change(&settle(&model, ME, as_waiting(60))).await)?;
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
        yes("given up", world.change(&settle(&model, ME, as_given_up(refused.clone()))).await)?;
        wanted.version = 3;
        wanted.turn = None;
        wanted.state.phase = Phase::Idle;
        wanted.state.refused = refused;
        wanted.state.starts = vec![counted(0)];
        wanted.unsaid = vec![old_news(), news(Happened::GivenUp, 3)];
        stands(&world, &model, &wanted).await?;
        let (failure, reserve) = (Some("no such bucket".to_owned()), Vec::new());
        let status = "Refused".to_owned();
        ran(stage, &model, &Run { failure, reserve, status, cost: None, ..run(&model, 1) }).await?;
    }
    Ok(())
}

pub(super) async fn settle_mine<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "settle-mine").await?;
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle by another turn", world.change(&settle(&model, OTHER, settled.clone())).await)?;
        let later = settle_of(&model, 2, ME, settled);
        no("a settle of another generation", world.change(&later).await)?;
    }
    stands(&world, &model, &before).await?;
    ran(stage, &model, &run(&model, 1)).await?;

    yes("running", world.change(&settle(&model, ME, as_running())).await)?;
    let before = row(&world, &model).await?;
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle of what runs", world.change(&settle(&model, ME, settled)).await)?;
    }
    stands(&world, &model, &before).await?;

    let (model, _, world) = started(stage, "settle-idle").await?;
    yes("given up", world.change(&settle(&model, ME, as_given_up(None))).await)?;
    let before = row(&world, &model).await?;
    no("a settle of what was given up", world.change(&settle(&model, ME, as_running())).await)?;
    stands(&world, &model, &before).await
}

pub(super) async fn take_over_late<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = remembered(stage, "take-over-late").await?;
    let lease = LEASE.seconds();
    for early in [lease - 1, lease] {
        no("a take-over within the lease", world.change(&claim(&model, OTHER, early)).await)?;
    }
    stands(&world, &model, &wanted).await?;
    yes("a take-over after the lease", world.change(&claim(&model, OTHER, lease + 1)).await)?;
    wanted.version = 3;
    wanted.turn = Some(OTHER.to_owned());
    wanted.state.phase = starting(1, lease + 1 + lease);
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &run(&model, 1)).await?;

    // Refused for now: the lease ends with the refusal, and the next sweep may go on.
    yes("a wait", world.change(&settle_after(&model, OTHER, lease + 1, as_waiting(lease + 60))).await)?;
    no("a take-over in the instant of the wait", world.change(&claim(&model, ME, lease + 60)).await)?;
    yes("a take-over after the wait", world.change(&claim(&model, ME, lease + 61)).await)
}

pub(super) async fn take_over_own<S: Stage>(stage: &S) -> Check {
    let (model, mut wanted, world) = started(stage, "take-over-own").await?;
    yes("a take-over of one's own", world.change(&claim(&model, ME, 2)).await)?;
    wanted.version = 2;
    wanted.state.phase = starting(1, 2 + LEASE.seconds());
    stands(&world, &model, &wanted).await?;
    // The platform's second try has the name of the first. What the first one had sent, and what arrives only now, is about
    // a try that is over: it must not give up what the second one has made.
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle of the try before", world.change(&settle(&model, ME, settled)).await)?;
    }
    stands(&world, &model, &wanted).await?;
    yes("running", world.change(&settle_after(&model, ME, 2, as_running())).await)
}

pub(super) async fn take_over_fences<S: Stage>(stage: &S) -> Check {
    let (model, _, world) = started(stage, "take-over-fences").await?;
    yes("a take-over", world.change(&claim(&model, OTHER, LEASE.seconds() + 1)).await)?;
    let before = row(&world, &model).await?;
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle by the turn of before", world.change(&settle(&model, ME, settled)).await)?;
    }
    stands(&world, &model, &before).await?;
    let settle = settle_after(&model, OTHER, LEASE.seconds() + 1, as_running());
    yes("a settle by the turn of now", world.change(&settle).await)
}

pub(super) async fn take_over_start<S: Stage>(stage: &S) -> Check {
    let late = LEASE.seconds() + 1;
    let (model, _, world) = started(stage, "take-over-start").await?;
    no("a take-over of another generation", world.change(&claim_of(&model, 2, OTHER, late)).await)?;
    yes("running", world.change(&settle(&model, ME, as_running())).await)?;
    no("a take-over of what runs", world.change(&claim(&model, OTHER, late)).await)?;
    yes("the end", world.change(&close(&end(&model, 1))).await)?;
    no("a take-over of what has ended", world.change(&claim(&model, OTHER, late)).await)
}

pub(super) async fn take_over_raced<S: Stage>(stage: &S) -> Check {
    for round in 0..8 {
        let (model, _, one) = started(stage, &format!("take-over-raced-{round}")).await?;
        let two = stage.world(OTHER);
        let late = LEASE.seconds() + 1;
        let (a, b) = (claim(&model, "contract-turn-3", late), claim(&model, "contract-turn-4", late));
        let (a, b) = futures::future::join(one.change(&a), two.change(&b)).await;
        let read = |got: Result<Written, _>| got.map_err(|error: <S::World as World>::Error| chain(&error));
        match (read(a)?, read(b)?) {
            (Written::Yes, Written::No) | (Written::No, Written::Yes) => {}
            (Written::Yes, Written::Yes) => return Err("both won".to_owned()),
            other => return Err(format!("the answers were {other:?}")),
        }
    }
    Ok(())
}

pub(super) async fn remember_first<S: Stage>(stage: &S) -> Check {
    let (model, world) = (stage.model("remember-first"), stage.world(ME));
    let first = memo(&model, &Row::default());
    yes("a first memo", world.remember(&first).await)?;
    stands(&world, &model, &first.row).await?;
    no("a second first memo", world.remember(&first).await)?;
    no("a first intent after it", world.intend(&intent(&model, 0, 1)).await)?;
    stands(&world, &model, &first.row).await?;
    yes("an intent on it", world.intend(&intent(&model, 1, 1)).await)
}

pub(super) async fn remember_stale<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "remember-stale").await?;
    for version in [0, 2, 7] {
        let other = Memo { version, ..memo(&model, &before) };
        no("a memo on another version", world.remember(&other).await)?;
    }
    stands(&world, &model, &before).await?;
    let fresh = stage.model("remember-never");
    let never = memo(&fresh, &Row { version: 3, ..Row::default() });
    no("a memo on a row that never was", world.remember(&never).await)?;
    stands(&world, &fresh, &Row::default()).await
}

pub(super) async fn remember_whole<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = remembered(stage, "remember-whole").await?;
    stands(&world, &model, &before).await?;
    // What a person did by hand, with everything else as it was.
    let mut by_hand = Row { version: 3, steered: Some(steered(Action::Cancel)), ..before.clone() };
    by_hand.state.cancelled = Some(at(90));
    by_hand.unsaid.push(news(Happened::Steered, 90));
    let written = Memo { model: model.clone(), version: 2, row: by_hand.clone() };
    yes("a memo of a person's hand", world.remember(&written).await)?;
    stands(&world, &model, &by_hand).await?;
    // And nothing at all: what is not in the row any more must not stay behind.
    let empty = Row { version: 4, ..Row::default() };
    let written = Memo { model: model.clone(), version: 3, row: empty.clone() };
    yes("a memo of an empty row", world.remember(&written).await)?;
    stands(&world, &model, &empty).await?;
    ran(stage, &model, &run(&model, 1)).await
}

pub(super) async fn nothing<S: Stage>(stage: &S) -> Check {
    let (model, world) = (stage.model("nothing"), stage.world(ME));
    for settled in [as_running(), as_waiting(60), as_given_up(None)] {
        no("a settle", world.change(&settle(&model, ME, settled)).await)?;
    }
    no("a take-over", world.change(&claim(&model, ME, LEASE.seconds() + 1)).await)?;
    no("an end", world.change(&close(&end(&model, 1))).await)?;
    no("the end of no generation", world.change(&close(&end(&model, 0))).await)?;
    no("a judgement", world.change(&Change::Judge(judge(&model, false))).await)?;
    no("what was announced", world.change(&said(&model, &[old_news()])).await)?;
    stands(&world, &model, &Row::default()).await?;
    never_ran(stage, &model, 1).await
}
