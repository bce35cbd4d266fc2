//! What people are answered who agreed to something that does not wait.

use rekindle_decision::facts::Facts;
use rekindle_decision::policy::Policy;
use rekindle_decision::ruling::{Blocker, Ruling};
use rekindle_decision::signal::{Confirm, Signal};

/// A sentence for each yes of this turn that is for no decision that waits or waited. One that came too late must not be
/// taken for one that was heard.
pub(crate) fn unclaimed(policy: &Policy, facts: &Facts, ruling: &Ruling) -> Vec<String> {
    let confirms = facts.signals.iter().filter_map(Signal::confirm);
    let lost = confirms.filter(|confirm| !heard(confirm, facts, ruling));
    lost.map(|confirm| sentence(policy, confirm, ruling)).collect()
}

/// Put to people since the last start, the one in flight, or the one of this very turn. While a start waits, its reasons
/// change, and with them its id.
fn heard(confirm: &Confirm, facts: &Facts, ruling: &Ruling) -> bool {
    let decision = &confirm.decision;
    *decision == ruling.id
        || facts.state.proposed.contains(decision)
        || facts.state.phase.decision() == Some(decision.as_str())
}

fn sentence(policy: &Policy, confirm: &Confirm, ruling: &Ruling) -> String {
    let Confirm { model, decision, .. } = confirm;
    if !policy.guards.ask_first {
        return format!("the policy of `{model}` asks nobody before a start: `{decision}` needs no yes");
    }
    let waits =
        ruling.decision.waiting_on().iter().find_map(|blocker| {
            if let Blocker::Approval { decision } = blocker { Some(decision) } else { None }
        });
    match waits {
        Some(waits) => {
            format!("no decision `{decision}` of `{model}` waits for a yes; the one that does is `{waits}`")
        }
        None => format!("no decision of `{model}` waits for a yes, so that `{decision}` starts nothing"),
    }
}
