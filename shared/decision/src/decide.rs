//! The decision.

mod memory;
mod request;
mod tree;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use jiff::Timestamp;

use crate::facts::Facts;
use crate::finding::Finding;
use crate::policy::Policy;
use crate::ruling::{Blocker, Decision, Node, Reason, Ruling};
use crate::state::Phase;
use crate::truth::Truth;
use crate::{ENGINE_REVISION, approval, guards, identity, rules};

type Findings<'a> = BTreeMap<&'a str, Finding>;

/// Decides what to do about one model.
///
/// Total: facts that cannot be judged become a [`Blocker`], never an error. Every trigger and every guard is asked
/// before any is heard, so that the ruling names all of them.
///
/// ```
/// use rekindle_decision::{decide, facts::Facts, policy::*, ruling::Decision, schedule::Expression};
///
/// let weekly = Watch::Schedule(Box::new(Schedule {
///     expression: Expression::parse("cron(0 3 ? * MON *)", Some("Europe/Berlin"))?,
///     deadline: Schedule::DEADLINE,
///     rule: None,
/// }));
/// let policy = Policy {
///     triggers: [("weekly".into(), weekly.into())].into(),
///     ..Policy::of("churn", Expr::Trigger("weekly".into()))
/// };
///
/// // Monday, four seconds past three in Berlin: whether or not AWS has told it, the tick is due.
/// let mut facts = Facts::at("2026-11-02T02:00:04Z".parse()?);
/// assert!(matches!(decide(&policy, &facts).decision, Decision::Start { .. }));
/// // After that start, it asks for nothing.
/// facts.state.last_started = Some(facts.now);
/// assert_eq!(decide(&policy, &facts).decision, Decision::Rest);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decide(policy: &Policy, facts: &Facts) -> Ruling {
    let findings: Findings<'_> = policy
        .triggers
        .iter()
        .map(|(name, trigger)| (name.as_str(), rules::find(policy, name, trigger, facts)))
        .collect();
    let tree = tree::grow(policy, &findings, facts);
    let request = request::newest(facts);
    let asked = request.as_ref().map(|(request, _)| request);

    let mut because: Vec<Reason> = asked.into_iter().cloned().map(Reason::Asked).collect();
    because.extend(tree.reasons().into_iter().filter_map(reason));
    let cause = identity::cause(policy, &facts.state, &because);
    let generation = facts.state.generation.saturating_add(1);
    let id = identity::decision_id(&cause, generation);
    let guards::Standing { blockers: mut waiting_on, audit, reserve } =
        guards::standing(policy, facts, asked, &because, (&cause, &id));

    let wanted = if asked.is_some() {
        Truth::Fired
    } else if tree.truth == Truth::Fired && because.is_empty() {
        // What stands under `not` only does not forbid: a start needs something that asks for it.
        Truth::any(tree.triggers(Truth::Unknown).iter().map(|node| node.truth))
    } else {
        tree.truth
    };
    if wanted == Truth::Unknown {
        waiting_on.extend(tree.triggers(Truth::Unknown).into_iter().filter_map(blind));
    }
    let newer = newer(facts, &because);
    let decision = match wanted {
        Truth::Quiet => Decision::Rest,
        Truth::Fired if waiting_on.is_empty() => Decision::Start { because },
        Truth::Fired | Truth::Unknown => Decision::Hold { because, waiting_on },
    };

    let memory::Remembered { sightings, withdrawn } = memory::remember(policy, facts, &findings);
    Ruling {
        look_again_at: look_again_at(&decision, &tree),
        tree,
        generation,
        // What is not wanted any more was not agreed to for another time.
        confirmed: approval::agreed(facts, &id).filter(|_| policy.guards.ask_first && wanted != Truth::Quiet),
        proposed: approval::proposed(policy, facts, &decision),
        stop: guards::stop(policy, facts, wanted == Truth::Fired && newer, decision.waiting_on()),
        id,
        cause,
        sightings,
        arrivals: rules::tallies(policy, facts),
        cost: policy.guards.budgets.iter().map(|budget| budget.per_run).max(),
        reserve,
        audit: if wanted == Truth::Fired { audit } else { Vec::new() },
        // A dry run asks what would be, and leaves nothing behind.
        asked: request.filter(|(_, dry_run)| !dry_run).map(|(request, _)| request),
        withdrawn,
        engine: ENGINE_REVISION.to_owned(),
        decision,
    }
}

fn reason(node: &Node) -> Option<Reason> {
    let finding = node.finding.clone()?;
    Some(Reason::Trigger { trigger: node.label.clone(), finding, remembered: node.remembered })
}

fn blind(node: &Node) -> Option<Blocker> {
    Some(Blocker::Blind { trigger: node.label.clone(), finding: node.finding.clone()? })
}

/// Whether something asks that is newer than the start in flight. A level has no instant, and is what that start is for.
fn newer(facts: &Facts, because: &[Reason]) -> bool {
    let Phase::Running { since, .. } = facts.state.phase else { return false };
    because.iter().any(|reason| match reason {
        Reason::Asked(request) => request.at > since,
        Reason::Trigger { finding, remembered: None, .. } => {
            finding.occurrence().is_some_and(|at| at > since)
        }
        Reason::Trigger { remembered: Some(_), .. } => false,
    })
}

/// When the answer can change by the passing of time alone: when the last of the blockers has gone, or, where nothing is
/// wanted, when the first trigger may ask.
fn look_again_at(decision: &Decision, tree: &Node) -> Option<Timestamp> {
    match decision {
        Decision::Start { .. } => None,
        Decision::Hold { waiting_on, .. } => {
            let untils: Option<Vec<_>> = waiting_on.iter().map(Blocker::until).collect();
            untils.and_then(|untils| untils.into_iter().max())
        }
        Decision::Rest => tree.soonest(),
    }
}
