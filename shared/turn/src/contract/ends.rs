//! The ends of runs, and whether they helped, one check for each clause.

use rekindle_decision::money::Money;
use rekindle_decision::state::{Phase, Started, Trained};

use super::script::{
    ARN, ME, OTHER, as_running, at, close, counted, effect, end, intent, judge, memo, news, no, old_news,
    ran, remembered, row, run, running, same, settle, stands, started, yes,
};
use super::{Check, Stage};
use crate::error::chain;
use crate::ledger::{Change, Close, EndCause, Happened, Judge, Row, Run, Written};
use crate::world::World;

pub(super) async fn running_once<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = running(stage, "close-running").await?;
    // What is put to people while a job runs is about the next one.
    let memo = memo(&model, &before);
    yes("a memo", world.remember(&memo).await)?;
    let mut wanted = memo.row;
    yes("the end", world.change(&close(&end(&model, 1))).await)?;
    wanted.version += 1;
    wanted.state.phase = Phase::Idle;
    let metrics = end(&model, 1).metrics;
    wanted.state.trained = Some(Trained { generation: 1, at: at(600), metrics: metrics.clone() });
    wanted.state.starts = vec![counted(0), Started { trained: Some(at(600)), ..counted(1) }];
    (wanted.state.failures, wanted.state.failed_at) = (0, None);
    wanted.unsaid = vec![old_news(), news(Happened::Started, 3), news(Happened::Ended, 900)];
    stands(&world, &model, &wanted).await?;
    let ended = Run {
        arn: Some(ARN.to_owned()),
        status: "Completed".to_owned(),
        ended: Some(at(600)),
        billable_seconds: Some(540),
        metrics,
        ..run(&model, 1)
    };
    ran(stage, &model, &ended).await?;
    let again = Close { status: "Failed".to_owned(), ..end(&model, 1) };
    no("a second end", world.change(&close(&again)).await)?;
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &ended).await
}

pub(super) async fn otherwise<S: Stage>(stage: &S) -> Check {
    let ends = [
        ("Failed", Some(EndCause::Algorithm), 3),
        ("Stopped", Some(EndCause::Replaced), 2),
        ("Deleted", Some(EndCause::Deleted), 2),
        ("Stopped", None, 2),
    ];
    for (status, cause, failures) in ends {
        let (model, mut wanted, world) = running(stage, "close-otherwise").await?;
        let failure = Some("SageMaker's words".to_owned());
        let end = Close { status: status.to_owned(), ended: None, failure, cause, ..end(&model, 1) };
        yes(status, world.change(&close(&end)).await)?;
        wanted.version += 1;
        wanted.state.phase = Phase::Idle;
        wanted.state.failures = failures;
        // Nobody knows when it ended: it was seen then.
        wanted.state.failed_at = if status == "Failed" { Some(at(900)) } else { Some(at(0)) };
        wanted.unsaid.push(news(Happened::Ended, 900));
        stands(&world, &model, &wanted).await?;
        let Close { arn, billable_seconds, metrics, failure, .. } = end;
        let status = status.to_owned();
        let ended = Run { arn, status, billable_seconds, failure, cause, metrics, ..run(&model, 1) };
        ran(stage, &model, &ended).await?;
    }
    Ok(())
}

pub(super) async fn early<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = remembered(stage, "close-starting").await?;
    let failure = Some("CapacityError: no machines".to_owned());
    let end = Close {
        status: "Failed".to_owned(),
        arn: None,
        ended: None,
        billable_seconds: None,
        metrics: std::collections::BTreeMap::new(),
        failure: failure.clone(),
        ..end(&model, 1)
    };
    yes("an early end", world.change(&close(&end)).await)?;
    let mut wanted = Row { version: 3, turn: None, ..before };
    wanted.state.phase = Phase::Idle;
    wanted.state.last_started = Some(at(1));
    wanted.state.proposed.clear();
    wanted.state.confirmed = None;
    (wanted.state.failures, wanted.state.failed_at) = (3, Some(at(900)));
    wanted.unsaid.extend([news(Happened::Started, 900), news(Happened::Ended, 900)]);
    stands(&world, &model, &wanted).await?;
    ran(stage, &model, &Run { failure, status: "Failed".to_owned(), ..run(&model, 1) }).await?;
    no("the settle that comes late", world.change(&settle(&model, ME, as_running())).await)
}

/// The policy says that what fails is tried again.
pub(super) async fn tried_again<S: Stage>(stage: &S) -> Check {
    let (model, world) = (stage.model("close-again"), stage.world(ME));
    let mut first = intent(&model, 0, 1);
    first.row.state.starts = vec![counted(0), Started { again: true, ..counted(1) }];
    if let Some(before) = first.row.state.starts.first_mut() {
        before.at = at(0);
    }
    yes("the intent", world.intend(&first).await)?;
    yes("running", world.change(&settle(&model, ME, as_running())).await)?;
    let mut wanted = row(&world, &model).await?;
    let cost = Some(Money::from_micros(1));
    let failed = Close { status: "Failed".to_owned(), cost, ..end(&model, 1) };
    yes("a failed training", world.change(&close(&failed)).await)?;
    wanted.version += 1;
    wanted.state.phase = Phase::Idle;
    wanted.state.last_started = Some(at(0));
    (wanted.state.failures, wanted.state.failed_at) = (3, Some(at(600)));
    if let Some(start) = wanted.state.starts.last_mut() {
        (start.cost, start.failed) = (cost, true);
    }
    wanted.unsaid.push(news(Happened::Ended, 900));
    stands(&world, &model, &wanted).await
}

pub(super) async fn raced<S: Stage>(stage: &S) -> Check {
    for round in 0..8 {
        let (model, before, one) = running(stage, &format!("close-raced-{round}")).await?;
        let two = stage.world(OTHER);
        let mut memo = memo(&model, &before);
        memo.row.announced = Some("raced".to_owned());
        let end = close(&end(&model, 1));
        let (closed, remembered) = futures::future::join(one.change(&end), two.remember(&memo)).await;
        yes("the end", closed)?;
        let remembered = match remembered.map_err(|error| chain(&error))? {
            Written::Yes => true,
            Written::No | Written::OverBudget => false,
        };
        let found = row(&one, &model).await?;
        same("the phase", &found.state.phase, &Phase::Idle)?;
        same("the training", &found.state.trained.map(|trained| trained.generation), &Some(1))?;
        same("whether the memo is there", &(found.announced == memo.row.announced), &remembered)?;
    }
    Ok(())
}

pub(super) async fn other<S: Stage>(stage: &S) -> Check {
    let (model, before, world) = started(stage, "close-other").await?;
    for generation in [0, 2] {
        no("the end of another generation", world.change(&close(&end(&model, generation))).await)?;
    }
    stands(&world, &model, &before).await
}

pub(super) async fn judged_once<S: Stage>(stage: &S) -> Check {
    for futile in [false, true] {
        let (model, _, world) = running(stage, "judge").await?;
        let judgement = judge(&model, futile);
        no("a judgement of what runs", world.change(&Change::Judge(judgement.clone())).await)?;
        yes("the end", world.change(&close(&end(&model, 1))).await)?;
        let mut wanted = row(&world, &model).await?;
        let other = Change::Judge(Judge { generation: 2, ..judgement.clone() });
        no("a judgement of what never was", world.change(&other).await)?;
        yes("the judgement", world.change(&Change::Judge(judgement.clone())).await)?;
        wanted.version += 1;
        wanted.state.starts =
            vec![counted(0), Started { trained: Some(at(600)), effect: Some(effect()), ..counted(1) }];
        wanted.unsaid.push(news(Happened::Judged, 7_200));
        wanted.unsaid.extend(futile.then(|| news(Happened::Futile, 7_200)));
        stands(&world, &model, &wanted).await?;
        let ended = Run {
            arn: Some(ARN.to_owned()),
            status: "Completed".to_owned(),
            ended: Some(at(600)),
            billable_seconds: Some(540),
            metrics: end(&model, 1).metrics,
            effect: Some(effect()),
            ..run(&model, 1)
        };
        ran(stage, &model, &ended).await?;
        let again = Judge { now: at(9_000), futile: !futile, ..judgement };
        no("a second judgement", world.change(&Change::Judge(again)).await)?;
        stands(&world, &model, &wanted).await?;
        ran(stage, &model, &ended).await?;
    }
    Ok(())
}

pub(super) async fn judged_well<S: Stage>(stage: &S) -> Check {
    let (model, _, world) = running(stage, "judge-failed").await?;
    let failed = Close { status: "Failed".to_owned(), ..end(&model, 1) };
    yes("a failed training", world.change(&close(&failed)).await)?;
    let before = row(&world, &model).await?;
    no("a judgement of what failed", world.change(&Change::Judge(judge(&model, false))).await)?;
    stands(&world, &model, &before).await
}
