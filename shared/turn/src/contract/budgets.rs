//! The fleets' budgets, one check for each clause.

use std::collections::BTreeSet;

use rekindle_decision::facts::Spending;
use rekindle_decision::money::Money;
use rekindle_decision::ruling::Reserve;

use super::script::{
    ME, OTHER, SPAN, as_given_up, as_running, as_waiting, claim, close, end, expect, intent, never_ran, no,
    ran, reserve, row, run, same, settle, settle_after, stands, yes,
};
use super::{Check, Stage};
use crate::error::chain;
use crate::ledger::{Close, Fleet, Intent, LEASE, Row, Run, Written};
use crate::world::World;

/// The first intent of a model, which reserves this.
fn reserving(model: &str, reserve: Vec<Reserve>) -> Intent {
    let mut intent = intent(model, 0, 1);
    intent.run.reserve = reserve;
    intent
}

/// So many halves of the room that [`reserve`] leaves were spent.
async fn spent<W: World>(world: &W, fleet: &str, halves: u64) -> Check {
    spent_micros(world, fleet, halves.saturating_mul(12_500_000)).await
}

async fn spent_micros<W: World>(world: &W, fleet: &str, micros: u64) -> Check {
    let fleet = Fleet { name: fleet.to_owned(), span: SPAN.to_owned() };
    let read = world.spending(&BTreeSet::from([fleet.clone()])).await;
    let amount = Money::from_micros(micros);
    same("what was spent", &read.get(&fleet), &Some(&Spending::Spent { amount }))
}

pub(super) async fn unspent<S: Stage>(stage: &S) -> Check {
    spent(&stage.world(ME), &stage.model("budget-unspent"), 0).await
}

pub(super) async fn kept<S: Stage>(stage: &S) -> Check {
    let (world, fleet) = (stage.world(ME), stage.model("budget-kept"));
    for halves in 1..=2 {
        let model = stage.model("budget-within");
        yes("an intent within it", world.intend(&reserving(&model, vec![reserve(&fleet)])).await)?;
        spent(&world, &fleet, halves).await?;
    }
    let model = stage.model("budget-beyond");
    let mut beyond = reserving(&model, vec![reserve(&fleet)]);
    for amount in [1, 12_500_000, 25_000_001] {
        beyond.run.reserve = vec![Reserve { amount: Money::from_micros(amount), ..reserve(&fleet) }];
        expect("an intent beyond it", Written::OverBudget, world.intend(&beyond).await)?;
    }
    spent(&world, &fleet, 2).await?;
    stands(&world, &model, &Row::default()).await?;
    never_ran(stage, &model, 1).await?;
    // Of another span, and only noted.
    beyond.run.reserve = vec![
        Reserve { span: "2026-12".to_owned(), ..reserve(&fleet) },
        Reserve { limit: None, ..reserve(&fleet) },
    ];
    yes("an intent that only notes", world.intend(&beyond).await)?;
    spent(&world, &fleet, 3).await
}

pub(super) async fn larger_than_all<S: Stage>(stage: &S) -> Check {
    let (world, fleet) = (stage.world(ME), stage.model("budget-small"));
    let amount = Money::from_micros(25_000_001);
    let large = reserving(&stage.model("budget-large"), vec![Reserve { amount, ..reserve(&fleet) }]);
    expect("more than the whole budget", Written::OverBudget, world.intend(&large).await)?;
    spent(&world, &fleet, 0).await
}

pub(super) async fn all_or_nothing<S: Stage>(stage: &S) -> Check {
    let (world, rich, poor) = (stage.world(ME), stage.model("budget-rich"), stage.model("budget-poor"));
    let none = Reserve { limit: Some(Money::from_micros(12_499_999)), ..reserve(&poor) };
    let model = stage.model("budget-both");
    let both = reserving(&model, vec![reserve(&rich), none]);
    expect("an intent of two fleets", Written::OverBudget, world.intend(&both).await)?;
    spent(&world, &rich, 0).await?;
    spent(&world, &poor, 0).await?;
    stands(&world, &model, &Row::default()).await
}

pub(super) async fn row_first<S: Stage>(stage: &S) -> Check {
    let (world, model, fleet) = (stage.world(ME), stage.model("budget-row"), stage.model("budget-full"));
    yes("the first", world.intend(&reserving(&model, vec![reserve(&fleet)])).await)?;
    let none = Reserve { limit: Some(Money::from_micros(12_500_000)), ..reserve(&fleet) };
    no("a second first intent, over the budget too", world.intend(&reserving(&model, vec![none])).await)?;
    no("a second first intent", world.intend(&reserving(&model, vec![reserve(&fleet)])).await)?;
    spent(&world, &fleet, 1).await
}

pub(super) async fn raced<S: Stage>(stage: &S) -> Check {
    for round in 0..8 {
        let fleet = stage.model(&format!("budget-raced-{round}"));
        let (one, two) = (stage.world(ME), stage.world(OTHER));
        let last = Reserve { limit: Some(Money::from_micros(12_500_000)), ..reserve(&fleet) };
        let intents = [(); 2].map(|()| reserving(&stage.model("budget-racer"), vec![last.clone()]));
        let [a, b] = &intents;
        let (a, b) = futures::future::join(one.intend(a), two.intend(b)).await;
        let read = |got: Result<Written, _>| got.map_err(|error: <S::World as World>::Error| chain(&error));
        match (read(a)?, read(b)?) {
            (Written::Yes, Written::OverBudget) | (Written::OverBudget, Written::Yes) => {}
            other => return Err(format!("the answers were {other:?}")),
        }
        spent(&one, &fleet, 1).await?;
    }
    Ok(())
}

pub(super) async fn given_back<S: Stage>(stage: &S) -> Check {
    let (world, other) = (stage.world(ME), stage.world(OTHER));
    let (fleet, noted) = (stage.model("budget-back"), stage.model("budget-noted"));
    let model = stage.model("budget-given-up");
    let both = vec![reserve(&fleet), Reserve { limit: None, ..reserve(&noted) }];
    yes(
        "a neighbour",
        world.intend(&reserving(&stage.model("budget-neighbour"), vec![reserve(&fleet)])).await,
    )?;
    yes("the intent", world.intend(&reserving(&model, both)).await)?;
    yes("a wait", world.change(&settle(&model, ME, as_waiting(60))).await)?;
    spent(&world, &fleet, 2).await?;
    yes("a take-over", other.change(&claim(&model, OTHER, LEASE.seconds())).await)?;
    no("given up by the turn of before", world.change(&settle(&model, ME, as_given_up(None))).await)?;
    spent(&world, &fleet, 2).await?;
    let given_up = settle_after(&model, OTHER, LEASE.seconds(), as_given_up(None));
    yes("given up", other.change(&given_up).await)?;
    no("given up again", other.change(&given_up).await)?;
    spent(&world, &fleet, 1).await?;
    spent(&world, &noted, 0).await
}

pub(super) async fn stays_spent<S: Stage>(stage: &S) -> Check {
    let (world, fleet) = (stage.world(ME), stage.model("budget-spent"));
    let model = stage.model("budget-trained");
    yes("the intent", world.intend(&reserving(&model, vec![reserve(&fleet)])).await)?;
    yes("running", world.change(&settle(&model, ME, as_running())).await)?;
    // Nobody knows what it cost.
    yes("the end", world.change(&close(&end(&model, 1))).await)?;
    spent(&world, &fleet, 1).await?;
    let found = row(&world, &model).await?.state.starts.last().and_then(|start| start.cost);
    same("what the start cost", &found, &Some(Money::from_micros(12_500_000)))
}

pub(super) async fn corrected<S: Stage>(stage: &S) -> Check {
    // Less and more than was reserved, nothing, the same, and more than the fleet's whole limit.
    for micros in [1, 12_500_001, 0, 12_500_000, 90_000_000] {
        let (world, other) = (stage.world(ME), stage.world(OTHER));
        let (fleet, noted) = (stage.model("budget-cost"), stage.model("budget-cost-noted"));
        let (model, next) = (stage.model("budget-costly"), stage.model("budget-costly-neighbour"));
        yes("a neighbour", world.intend(&reserving(&next, vec![reserve(&fleet)])).await)?;
        let both = vec![reserve(&fleet), Reserve { limit: None, ..reserve(&noted) }];
        yes("the intent", world.intend(&reserving(&model, both)).await)?;
        yes("running", world.change(&settle(&model, ME, as_running())).await)?;
        let end = Close { cost: Some(Money::from_micros(micros)), ..end(&model, 1) };
        yes("the end", world.change(&close(&end)).await)?;
        no("the end again", other.change(&close(&Close { turn: OTHER.to_owned(), ..end.clone() })).await)?;
        spent_micros(&world, &fleet, micros.saturating_add(12_500_000)).await?;
        spent_micros(&world, &noted, micros).await?;
        let stand = |of: &str| Reserve { amount: Money::from_micros(micros), ..reserve(of) };
        let Close { arn, status, ended, billable_seconds, cost, metrics, .. } = end;
        let reserve = vec![stand(&fleet), Reserve { limit: None, ..stand(&noted) }];
        let wanted = Run { arn, status, ended, billable_seconds, cost, metrics, reserve, ..run(&model, 1) };
        ran(stage, &model, &wanted).await?;
        let found = row(&world, &model).await?.state.starts.last().and_then(|start| start.cost);
        same("what the start cost", &found, &cost)?;
    }
    Ok(())
}
