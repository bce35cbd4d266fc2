//! A person's yes to a start that waits for one.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::facts::Facts;
use crate::policy::Policy;
use crate::ruling::{Blocker, Decision};
use crate::signal::Signal;
use crate::state::{Confirmed, State};

/// The yes that holds for a decision: one that names it, or one that names an earlier decision about the same start.
///
/// While a start waits, its reasons change, and with them its id: whoever agreed to one of the ids that were put to
/// people since the last start has agreed to this start.
pub(crate) fn agreed(facts: &Facts, id: &str) -> Option<Confirmed> {
    let told = facts.signals.iter().rev().filter_map(Signal::confirm).map(|confirm| Confirmed {
        decision: confirm.decision.clone(),
        at: facts.now,
        by: confirm.by.clone(),
        reason: confirm.reason.clone(),
    });
    let answered = facts.state.answered_until();
    let kept = facts.state.confirmed.clone();
    let kept = kept.filter(|confirmed| answered.is_none_or(|answered| confirmed.at > answered));
    kept.into_iter()
        .chain(told)
        .find(|yes| yes.decision == id || facts.state.proposed.contains(&yes.decision))
}

/// The ids put to people so far, this decision's included if it waits for one. What is not wanted any more is put to
/// nobody.
pub(crate) fn proposed(policy: &Policy, facts: &Facts, decision: &Decision) -> Vec<String> {
    if !policy.guards.ask_first || *decision == Decision::Rest {
        return Vec::new();
    }
    let mut proposed = facts.state.proposed.clone();
    for blocker in decision.waiting_on() {
        if let Blocker::Approval { decision } = blocker
            && !proposed.contains(decision)
        {
            proposed.push(decision.to_owned());
        }
    }
    // The first ones were announced, the last ones are the newest: what is between them is asked for by nobody.
    while proposed.len() > State::PROPOSED {
        proposed.remove(State::PROPOSED / 2);
    }
    proposed
}
