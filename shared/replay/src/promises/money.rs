//! Budgets.

use std::collections::BTreeMap;

use rekindle_decision::money::Money;
use rekindle_decision::policy::{BudgetMode, Policy};
use rekindle_turn::ledger::Fleet;

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
            *sum = sum.plus(budget.per_run);
        }
        let beyond = spent.iter().find(|(_, sum)| **sum > budget.amount);
        unless(beyond.is_none() || jobs::was_forced(scene, policy), || {
            format!("of {} were spent {beyond:?}", budget.amount)
        })?;
    }
    Ok(())
}
