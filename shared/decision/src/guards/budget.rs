//! What may be spent.

use super::Standing;
use crate::facts::{Facts, Gap, Spending};
use crate::money::Money;
use crate::policy::{Budget, BudgetMode, Policy};
use crate::ruling::{Blocker, Reserve};
use crate::state::Request;

/// Every budget against what this start would add to it.
pub(super) fn budgets(policy: &Policy, facts: &Facts, request: Option<&Request>) -> Standing {
    let ignored = request.is_some_and(|request| request.ignore_budget);
    let mut standing = Standing::default();
    for budget in &policy.guards.budgets {
        let enforced = budget.mode == BudgetMode::Enforce && !ignored;
        match over(budget, facts) {
            Some(blocker) if enforced => standing.blockers.push(blocker),
            Some(blocker) => standing.audit.push(blocker),
            None => {}
        }
        standing.reserve.extend(budget.fleet.as_ref().map(|fleet| Reserve {
            fleet: fleet.clone(),
            span: budget.per.name(facts.now),
            amount: budget.per_run,
            limit: enforced.then_some(budget.amount),
        }));
    }
    standing
}

fn over(budget: &Budget, facts: &Facts) -> Option<Blocker> {
    let spent = match &budget.fleet {
        None => own(budget, facts),
        Some(fleet) => match facts.fleets.get(fleet) {
            Some(Spending::Spent { amount }) => *amount,
            // What was spent is not known: neither is whether there is room.
            Some(Spending::Unread { gap }) => {
                return Some(Blocker::BudgetUnread { fleet: fleet.clone(), gap: gap.clone() });
            }
            None => return Some(Blocker::BudgetUnread { fleet: fleet.clone(), gap: Gap::NotAsked }),
        },
    };
    let (run, amount, per) = (budget.per_run, budget.amount, budget.per);
    (spent.plus(run) > amount).then(|| Blocker::Budget {
        fleet: budget.fleet.clone(),
        spent,
        run,
        amount,
        per,
        until: per.end(facts.now),
    })
}

/// What this model's starts of the present span were expected to cost.
fn own(budget: &Budget, facts: &Facts) -> Money {
    let since = budget.per.start(facts.now);
    let starts = facts.state.starts.iter().filter(|start| start.at >= since);
    // A start from before the policy knew what a run costs has cost as much as one does now.
    starts.map(|start| start.cost.unwrap_or(budget.per_run)).sum()
}
