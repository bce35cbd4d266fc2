//! Guards that hold everything, or each other's wish.

use rekindle_decision::duration::Duration;
use rekindle_decision::money::Money;
use rekindle_decision::policy::{BudgetMode, InFlight, Policy};

use crate::document::Document;
use crate::fault::{Fault, Spot};

pub(super) fn warn(document: &Document, policy: &Policy, faults: &mut Vec<Fault>) {
    let guards = &document.guards;
    if guards.max_age.is_some() && policy.trained.is_none() {
        let message =
            "until Rekindle has trained the model, nobody knows its age: it is held, and never too old";
        let fault = Spot::of(["guards", "max_age"]).fault(message);
        faults.push(fault.hint("write when it was trained, such as `trained: 2026-10-01T00:00:00Z`"));
    }
    if let Some(after) = policy.guards.after_failure.filter(|after| after.wait == Duration::default()) {
        let message = "a training that failed is started again at once: no cooldown holds it";
        let hint = match after.give_up_after {
            0 => "write a wait, such as `wait: 1h`: it is never given up".to_owned(),
            times => {
                format!("write a wait, such as `wait: 1h`: {times} trainings in a row are soon paid for")
            }
        };
        faults.push(Spot::of(["guards", "after_failure", "wait"]).fault(message).hint(hint));
    }
    never_replaced(policy, faults);
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

/// A job that may be replaced must still run when the cooldown of its own start has passed.
fn never_replaced(policy: &Policy, faults: &mut Vec<Fault>) {
    let limit = policy.training.get("StoppingCondition").and_then(|stop| stop.get("MaxRuntimeInSeconds"));
    let Some(longest) = limit.and_then(serde_json::Value::as_u64).map(Duration::from_seconds) else { return };
    let cooldown = policy.guards.cooldown;
    if policy.guards.in_flight == InFlight::Replace && cooldown >= longest {
        let message =
            format!("no job is ever replaced: it ends within {longest}, and the cooldown lasts {cooldown}");
        let fault = Spot::of(["guards", "in_flight"]).fault(message);
        faults.push(fault.hint(format!("write a cooldown shorter than {longest}, or `in_flight: forbid`")));
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
