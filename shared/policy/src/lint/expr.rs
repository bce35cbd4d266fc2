//! How triggers combine.

use std::collections::BTreeSet;

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::Policy;

use crate::check::names;
use crate::document::{Combination, Document, ExprText};
use crate::fault::{Fault, Spot};

pub(super) fn warn(document: &Document, policy: &Policy, faults: &mut Vec<Fault>) {
    let named: BTreeSet<&str> = policy.start_when.names().into_iter().collect();
    for name in document.triggers.keys().filter(|name| !named.contains(name.as_str())) {
        let fault = Spot::of(["triggers", name])
            .fault(format!("`start_when` never names `{name}`, so it asks for nothing"));
        faults.push(fault.hint(format!("name it, such as `any: [{name}, ...]`, or remove it")));
    }
    let mut remembered =
        |written: &ExprText, spot: Spot| within(written, &spot, policy.guards.cooldown, faults);
    if let Some(written) = &document.start_when {
        remembered(written, Spot::of(["start_when"]));
    }
    for (name, trigger) in &document.triggers {
        if let Some(written) = trigger.only_if.as_ref().filter(|written| !names(written).is_empty()) {
            remembered(written, Spot::of(["triggers", name, "only_if"]));
        }
    }
}

/// What fired is remembered for as long as `within` says, and a start does not make it forgotten.
fn within(written: &ExprText, spot: &Spot, cooldown: Duration, faults: &mut Vec<Fault>) {
    let ExprText::Combination(combination) = written else { return };
    let Combination { any, all, of, not, at_least: _, within: own } = &**combination;
    if let Some(own) = own.filter(|own| *own > cooldown) {
        let message = format!(
            "what fired before a start still counts when the cooldown of {cooldown} is over: it is remembered for {own}"
        );
        let hint = format!("write `within: {cooldown}` or less, or a longer cooldown");
        faults.push(spot.at("within").fault(message).hint(hint));
    }
    for (word, parts) in [("any", any), ("all", all), ("of", of)] {
        for (index, part) in parts.iter().flatten().enumerate() {
            within(part, &spot.at(word).item(index), cooldown, faults);
        }
    }
    if let Some(part) = not {
        within(part, &spot.at("not"), cooldown, faults);
    }
}
