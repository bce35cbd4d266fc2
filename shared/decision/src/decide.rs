//! The decision.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::duration::Duration;
use crate::facts::{Facts, Gap};
use crate::finding::Finding;
use crate::policy::{Expr, Policy};
use crate::ruling::{Blocker, Decision, Node, Reason, Ruling};
use crate::signal::Signal;
use crate::state::{Request, Sighting};
use crate::truth::Truth;
use crate::{ENGINE_REVISION, guards, identity, rules};

type Findings<'a> = BTreeMap<&'a str, Finding>;

/// Decides what to do about one model.
///
/// Total: facts that cannot be judged become a [`Blocker`], never an error. Every trigger and every guard is asked
/// before any is heard, so that the ruling names all of them.
///
/// ```
/// use rekindle_decision::{decide, facts::Facts, policy::*, ruling::Decision, signal::*};
///
/// let weekly = Schedule {
///     expression: "cron(0 3 ? * MON *)".into(),
///     timezone: None,
///     deadline: Schedule::DEADLINE,
///     rule: Some("rekindle-weekly".into()),
/// };
/// let policy = Policy {
///     model: "churn".into(),
///     revision: Revision::default(),
///     owner: None,
///     mode: Mode::Enforce,
///     triggers: [("weekly".into(), Trigger::Schedule(weekly))].into(),
///     start_when: Expr::Trigger("weekly".into()),
///     guards: Guards::default(),
///     data_window: None,
///     training: serde_json::Value::Null,
/// };
/// let tick = Tick {
///     trigger: Some("weekly".into()),
///     at: Some("2026-11-02T03:00:00Z".parse()?),
///     ..Tick::default()
/// };
/// let mut facts = Facts::at("2026-11-02T03:00:04Z".parse()?);
/// facts.signals.push(Signal::Scheduled(tick));
///
/// assert!(matches!(decide(&policy, &facts).decision, Decision::Start { .. }));
/// // The same tick again, after that start, asks for nothing.
/// facts.state.last_started = Some("2026-11-02T03:00:04Z".parse()?);
/// assert_eq!(decide(&policy, &facts).decision, Decision::Rest);
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn decide(policy: &Policy, facts: &Facts) -> Ruling {
    let findings: Findings<'_> = policy
        .triggers
        .iter()
        .map(|(name, trigger)| (name.as_str(), rules::find(policy, name, trigger, facts)))
        .collect();
    let tree = evaluate(&policy.start_when, Duration::default(), &findings, facts);
    let request = newest_request(facts);
    let force = request.as_ref().is_some_and(|(request, _)| request.force);

    let mut because: Vec<Reason> =
        request.iter().map(|(request, _)| Reason::Asked(request.clone())).collect();
    because.extend(tree.triggers(Truth::Fired).into_iter().filter_map(reason));
    let cause = identity::cause(policy, &facts.state, &because);
    let mut waiting_on = guards::blockers(policy, facts, force, &cause);

    let wanted = if request.is_some() { Truth::Fired } else { tree.truth };
    if wanted == Truth::Unknown {
        waiting_on.extend(tree.triggers(Truth::Unknown).into_iter().filter_map(blind));
    }
    let decision = match wanted {
        Truth::Quiet => Decision::Rest,
        Truth::Fired if waiting_on.is_empty() => Decision::Start { because },
        Truth::Fired | Truth::Unknown => Decision::Hold { because, waiting_on },
    };

    let (sightings, withdrawn) = remember(policy, facts, &findings);
    let generation = facts.state.generation.saturating_add(1);
    Ruling {
        look_again_at: look_again_at(&decision),
        decision,
        tree,
        generation,
        id: identity::decision_id(&cause, generation),
        cause,
        sightings,
        // A dry run asks what would be, and leaves nothing behind.
        asked: request.filter(|(_, dry_run)| !dry_run).map(|(request, _)| request),
        withdrawn,
        engine: ENGINE_REVISION.to_owned(),
    }
}

/// The combination, part by part. A trigger that fired within the given time still counts.
fn evaluate(expr: &Expr, within: Duration, findings: &Findings<'_>, facts: &Facts) -> Node {
    let parts = |of: &[Expr], within| -> Vec<Node> {
        of.iter().map(|part| evaluate(part, within, findings, facts)).collect()
    };
    let node = |label: String, truth, parts| Node { label, truth, finding: None, remembered: None, parts };
    let truths = |parts: &[Node]| parts.iter().map(|part| part.truth).collect::<Vec<_>>();
    match expr {
        Expr::Trigger(name) => trigger(name, within, findings, facts),
        Expr::Any(of) => {
            let parts = parts(of, within);
            node("any".to_owned(), Truth::any(truths(&parts)), parts)
        }
        Expr::All(of) => {
            let parts = parts(of, within);
            node("all".to_owned(), Truth::all(truths(&parts)), parts)
        }
        Expr::AtLeast { n, of, within } => {
            let parts = parts(of, within.unwrap_or_default());
            let label = match within {
                Some(within) => alloc::format!("at least {n} within {within}"),
                None => alloc::format!("at least {n}"),
            };
            let truth = Truth::at_least(usize::try_from(*n).unwrap_or(usize::MAX), truths(&parts));
            node(label, truth, parts)
        }
    }
}

fn trigger(name: &str, within: Duration, findings: &Findings<'_>, facts: &Facts) -> Node {
    // A combination may name what the policy does not have; reading refuses that, and a ruling must name it still.
    let finding = findings.get(name).cloned().unwrap_or(Finding::Unread { gap: Gap::NotAsked });
    let truth = finding.truth();
    let remembered = facts.state.sighting(name).map(|sighting| sighting.last_seen).filter(|seen| {
        truth != Truth::Fired && within > Duration::default() && within.after(*seen) >= facts.now
    });
    let truth = if remembered.is_some() { Truth::Fired } else { truth };
    Node { label: name.to_owned(), truth, finding: Some(finding), remembered, parts: Vec::new() }
}

fn reason(node: &Node) -> Option<Reason> {
    let finding = node.finding.clone()?;
    Some(Reason::Trigger { trigger: node.label.clone(), finding, remembered: node.remembered })
}

fn blind(node: &Node) -> Option<Blocker> {
    Some(Blocker::Blind { trigger: node.label.clone(), finding: node.finding.clone()? })
}

/// The request to honour: the newest of this turn and of those kept, unless it was honoured before. The second part
/// says whether it is a dry run.
fn newest_request(facts: &Facts) -> Option<(Request, bool)> {
    let open = |request: &Request| !facts.state.answered.contains(&request.id);
    let told = facts.signals.iter().rev().filter_map(|signal| match signal {
        Signal::Asked(ask) => {
            let id = ask.id.clone().unwrap_or_else(|| facts.now.to_string());
            let (by, reason) = (ask.by.clone(), ask.reason.clone());
            Some((Request { id, at: facts.now, by, reason, force: ask.force }, ask.dry_run))
        }
        Signal::Scheduled(_) | Signal::Alarmed(_) | Signal::Sweep(_) => None,
    });
    let kept = facts.state.asked.clone().map(|request| (request, false));
    let open: Vec<_> = told.chain(kept).filter(|(request, _)| open(request)).collect();
    // A plain request does not take the force from one that waits.
    let forced = open.iter().find(|(request, dry_run)| request.force && !dry_run);
    match open.first() {
        Some((_, true)) | None => open.first().cloned(),
        first @ Some((_, false)) => forced.or(first).cloned(),
    }
}

/// What to remember when nothing is started, and which pending triggers are wanted no longer.
fn remember(
    policy: &Policy,
    facts: &Facts,
    findings: &Findings<'_>,
) -> (BTreeMap<String, Sighting>, Vec<String>) {
    let memory = policy.start_when.memory();
    let mut kept = BTreeMap::new();
    let mut withdrawn = Vec::new();
    for (name, finding) in findings {
        let before = facts.state.sighting(name);
        let now = match finding.truth() {
            Truth::Fired => {
                let occurrence = finding.occurrence();
                let first_seen =
                    before.map_or(occurrence.unwrap_or(facts.now), |sighting| sighting.first_seen);
                Some(Sighting { first_seen, last_seen: facts.now, occurrence, pending: true })
            }
            Truth::Unknown => before.cloned(),
            Truth::Quiet => {
                let answered = matches!(finding, Finding::TickAnswered { .. });
                if before.is_some_and(|sighting| sighting.pending) && !answered {
                    withdrawn.push((*name).to_owned());
                }
                before
                    .filter(|sighting| {
                        memory > Duration::default() && memory.after(sighting.last_seen) >= facts.now
                    })
                    .map(|sighting| Sighting { pending: false, ..sighting.clone() })
            }
        };
        if let Some(sighting) = now {
            kept.insert((*name).to_owned(), sighting);
        }
    }
    (kept, withdrawn)
}

/// When the answer can change by the passing of time alone: when the last of the blockers has gone.
fn look_again_at(decision: &Decision) -> Option<jiff::Timestamp> {
    let untils: Option<Vec<_>> = decision.waiting_on().iter().map(Blocker::until).collect();
    untils.and_then(|untils| untils.into_iter().max())
}
