//! Guards that hold everything, or each other's wish.

use rekindle_decision::duration::Duration;
use rekindle_decision::money::Money;
use rekindle_decision::policy::{BudgetMode, Policy};

use crate::document::Document;
use crate::fault::{Fault, Spot};

pub(super) fn warn(document: &Document, policy: &Policy, faults: &mut Vec<Fault>) {
    let guards = &document.guards;
    if let Some(budget) = &guards.budget {
        too_small("budget", budget.amount, budget.per_run, budget.mode, faults);
    }
    if let Some(budget) = &guards.fleet_budget {
        too_small("fleet_budget", budget.amount, budget.per_run, budget.mode, faults);
    }
    if let Some(most) = policy.guards.max_age {
        let spot = Spot::of(["guards", "max_age"]);
        let held = |field: &str, held: Duration, written: bool| {
            let default = if written { "" } else { ", which is the default," };
            let message = format!(
                "at an age of {most} a training is wanted, and the {field} of {held}{default} holds it"
            );
            spot.fault(message).hint(format!("write a max_age longer than {held}, or a shorter {field}"))
        };
        let cooldown = policy.guards.cooldown;
        if cooldown > most {
            faults.push(held("cooldown", cooldown, guards.cooldown.is_some()));
        }
        if let Some(least) = policy.guards.min_age.filter(|least| *least > most) {
            faults.push(held("min_age", least, true));
        }
    }
}

fn too_small(field: &str, amount: Money, per_run: Money, mode: BudgetMode, faults: &mut Vec<Fault>) {
    if per_run <= amount {
        return;
    }
    let end = match mode {
        BudgetMode::Enforce => "no training is ever started",
        BudgetMode::Audit => "every training is noted as beyond it",
    };
    let message = format!("the budget of {amount} is smaller than one run, {per_run}: {end}");
    let fault = Spot::of(["guards", field, "amount"]).fault(message);
    faults.push(fault.hint(format!("write at least {per_run}, or what a run costs in truth as `per_run`")));
}
