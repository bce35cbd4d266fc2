//! The combination of the triggers, evaluated part by part.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;

use super::Findings;
use crate::duration::Duration;
use crate::facts::{Facts, Gap};
use crate::finding::Finding;
use crate::policy::{CountsAs, Expr, Policy};
use crate::rules;
use crate::ruling::Node;
use crate::truth::Truth;

/// Label of the model's age among the triggers.
const MAX_AGE: &str = "guards.max_age";

/// The whole tree. A greatest age is one more thing that may ask, whatever the triggers combine to.
pub(super) fn grow(policy: &Policy, findings: &Findings<'_>, facts: &Facts) -> Node {
    let grower = Grower { policy, findings, facts, negated: false };
    let triggers = grower.part(&policy.start_when, Duration::default());
    let Some(finding) = rules::age(policy, facts) else { return triggers };
    let answered = cancelled_age(&finding, facts);
    let age = Node {
        truth: if answered.is_some() { Truth::Quiet } else { finding.truth() },
        finding: Some(finding),
        answered,
        cancelled: answered.is_some(),
        ..branch(MAX_AGE.to_owned(), Truth::Quiet, Vec::new())
    };
    branch("any".to_owned(), Truth::any([triggers.truth, age.truth]), alloc::vec![triggers, age])
}

fn branch(label: String, truth: Truth, parts: Vec<Node>) -> Node {
    Node { label, truth, finding: None, remembered: None, answered: None, cancelled: false, parts }
}

/// When a person cancelled that the model is too old: a model only grows older, so it asks again when it might have grown as
/// old once more.
fn cancelled_age(finding: &Finding, facts: &Facts) -> Option<Timestamp> {
    let Finding::TooOld(age) = finding else { return None };
    let cancelled = facts.state.cancelled_since()?;
    let until = age.allowed.after(cancelled);
    (age.allowed.after(age.trained) <= cancelled && facts.now < until).then_some(cancelled)
}

#[derive(Clone, Copy)]
struct Grower<'a> {
    policy: &'a Policy,
    findings: &'a Findings<'a>,
    facts: &'a Facts,
    negated: bool,
}

impl Grower<'_> {
    /// A part of the combination. A trigger that fired within the given time still counts.
    fn part(&self, expr: &Expr, within: Duration) -> Node {
        let parts = |of: &[Expr], within| of.iter().map(|part| self.part(part, within)).collect::<Vec<_>>();
        let truths = |parts: &[Node]| parts.iter().map(|part| part.truth).collect::<Vec<_>>();
        let label = |word: String, within: Option<Duration>| match within {
            Some(within) => alloc::format!("{word} within {within}"),
            None => word,
        };
        match expr {
            Expr::Trigger(name) => self.trigger(name, within),
            Expr::Any(of) => {
                let parts = parts(of, within);
                branch("any".to_owned(), Truth::any(truths(&parts)), parts)
            }
            Expr::All { of, within: own } => {
                let parts = parts(of, own.unwrap_or(within));
                branch(label("all".to_owned(), *own), Truth::all(truths(&parts)), parts)
            }
            Expr::AtLeast { n, of, within: own } => {
                let parts = parts(of, own.unwrap_or_default());
                let truth = Truth::at_least(usize::try_from(*n).unwrap_or(usize::MAX), truths(&parts));
                branch(label(alloc::format!("at least {n}"), *own), truth, parts)
            }
            // What was true a while ago does not forbid what is asked for now; what is true still does, though a start
            // has answered it.
            Expr::Not(part) => {
                let part = Self { negated: true, ..*self }.part(part, Duration::default());
                branch(Node::NOT.to_owned(), part.truth.not(), alloc::vec![part])
            }
        }
    }

    fn trigger(&self, name: &str, within: Duration) -> Node {
        // A combination may name what the policy does not have; reading refuses that, and a ruling must name it still.
        let finding = self.findings.get(name).cloned().unwrap_or(Finding::Unread { gap: Gap::NotAsked });
        let counts_as = self.policy.triggers.get(name).map_or(CountsAs::Level, |trigger| trigger.counts_as);
        let found = finding.truth();
        let once = asks_once(self.facts, counts_as);
        let answered = (once && found == Truth::Fired && !self.negated)
            .then(|| answered(self.facts, name, &finding))
            .flatten();
        let asks = if answered.is_some() { Truth::Quiet } else { found };
        let remembered = self.remembered(name, within, counts_as).filter(|_| asks != Truth::Fired);
        let truth = if remembered.is_some() { Truth::Fired } else { asks };
        Node {
            finding: Some(finding),
            remembered,
            answered,
            cancelled: answered.is_some() && self.facts.state.cancelled_since().is_some(),
            ..branch(name.to_owned(), truth, Vec::new())
        }
    }

    /// When a trigger was last seen fired, if that still counts: since the last start for a latch, within the given time
    /// for any.
    fn remembered(&self, name: &str, within: Duration, counts_as: CountsAs) -> Option<Timestamp> {
        let seen = self.facts.state.sighting(name)?.last_seen;
        let recent = within > Duration::default() && within.after(seen) >= self.facts.now;
        (recent || counts_as == CountsAs::Latch).then_some(seen)
    }
}

/// Whether a condition that stays true asks only once: an edge does, and so does whatever a person has cancelled.
pub(super) fn asks_once(facts: &Facts, counts_as: CountsAs) -> bool {
    counts_as == CountsAs::Edge || facts.state.cancelled_since().is_some()
}

/// The start, or the cancellation, that has answered a condition that is still true: it became true at or before that.
///
/// What has an instant of its own is judged by that; a metric by when it was first seen beyond its limit without a break.
pub(super) fn answered(facts: &Facts, name: &str, finding: &Finding) -> Option<Timestamp> {
    let until = facts.state.answered_until()?;
    let seen = || facts.state.sightings.get(name).map_or(facts.now, |sighting| sighting.first_seen);
    let became_true = finding.occurrence().unwrap_or_else(seen);
    (became_true <= until).then_some(until)
}

impl Node {
    /// The first instant at which some trigger inside may ask by itself.
    pub(super) fn soonest(&self) -> Option<Timestamp> {
        let own = self.finding.as_ref().filter(|_| self.answered.is_none()).and_then(Finding::until);
        own.into_iter().chain(self.parts.iter().filter_map(Self::soonest)).min()
    }
}
