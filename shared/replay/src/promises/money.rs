//! Budgets.

use std::collections::BTreeMap;

use rekindle_decision::money::Money;
use rekindle_decision::policy::{BudgetMode, Policy};
use rekindle_turn::World;
use rekindle_turn::ledger::Fleet;
use rekindle_turn::world::Instances;

use super::{Found, Scene, jobs, unless};

/// Every run keeps what is reserved for it until it is given back.
pub(super) fn fleets(scene: &Scene<'_>, _: &Policy) -> Found {
    let mut reserved: BTreeMap<Fleet, Money> = BTreeMap::new();
    for policy in scene.policies {
        for (name, span) in policy.fleets(scene.now) {
            reserved.entry(Fleet { name: name.to_owned(), span }).or_default();
        }
        for run in scene.memory.runs(&policy.model) {
            for reserve in &run.reserve {
                let sum = reserved.entry(Fleet::of(reserve)).or_default();
                *sum = sum.plus(reserve.amount);
            }
        }
    }
    for (Fleet { name, span }, sum) in reserved {
        let spent = scene.memory.spent(&name, &span);
        unless(spent == sum, || format!("{name} has spent {spent} in {span}, and its runs reserved {sum}"))?;
    }
    Ok(())
}

pub(super) fn own_budgets(scene: &Scene<'_>, policy: &Policy) -> Found {
    let own = policy.guards.budgets.iter();
    let own = own.filter(|budget| budget.fleet.is_none() && budget.mode == BudgetMode::Enforce);
    for budget in own {
        let mut spent: BTreeMap<String, Money> = BTreeMap::new();
        for run in scene.made(policy) {
            let sum = spent.entry(budget.per.name(run.decided)).or_default();
            // What a start really cost makes room for another one.
            *sum = sum.plus(run.cost.unwrap_or(budget.per_run));
        }
        let beyond = spent.iter().find(|(_, sum)| **sum > budget.amount);
        unless(beyond.is_none() || jobs::was_forced(scene, policy), || {
            format!("of {} were spent {beyond:?}", budget.amount)
        })?;
    }
    Ok(())
}

/// The trials' instances; every job runs on one.
const INSTANCE: &str = "ml.m5.large";

pub(super) fn costs(scene: &Scene<'_>, policy: &Policy) -> Found {
    let one = [Instances { instance_type: INSTANCE.to_owned(), count: 1 }];
    for run in scene.made(policy).into_iter().filter(|run| run.ended.is_some()) {
        let price = run.billable_seconds.and_then(|seconds| scene.memory.prices().cost(&one, seconds));
        let Some(price) = price else { continue };
        let booked = run.reserve.iter().all(|reserve| reserve.amount == price);
        unless(run.cost == Some(price) && booked, || {
            format!("{} cost {price}: {:?}, reserved {:?}", run.job, run.cost, run.reserve)
        })?;
    }
    Ok(())
}
