//! What to remember when nothing is started.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Findings, tree};
use crate::duration::Duration;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::policy::{CountsAs, Policy};
use crate::state::Sighting;
use crate::truth::Truth;

/// What to remember, and which pending triggers are wanted no longer.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    pub(super) sightings: BTreeMap<String, Sighting>,
    pub(super) withdrawn: Vec<String>,
}

pub(super) fn remember(policy: &Policy, facts: &Facts, findings: &Findings<'_>) -> Remembered {
    let memory = policy.start_when.memory();
    let mut remembered = Remembered::default();
    for (name, finding) in findings {
        let counts_as = policy.triggers.get(*name).map_or(CountsAs::Level, |trigger| trigger.counts_as);
        let before = facts.state.sighting(name);
        let now = match finding.truth() {
            Truth::Fired => Some(fired(facts, name, finding, counts_as)),
            // An edge is over only when it has been seen to be over.
            Truth::Unknown if tree::asks_once(facts, counts_as) => facts.state.sightings.get(*name).cloned(),
            Truth::Unknown => before.cloned(),
            Truth::Quiet => {
                let answered = matches!(finding, Finding::TickAnswered { .. });
                let latched = counts_as == CountsAs::Latch;
                if before.is_some_and(|sighting| sighting.pending) && !answered && !latched {
                    remembered.withdrawn.push((*name).to_owned());
                }
                let counts = |sighting: &&Sighting| {
                    latched || memory > Duration::default() && memory.after(sighting.last_seen) >= facts.now
                };
                before.filter(counts).map(|sighting| Sighting { pending: latched, ..sighting.clone() })
            }
        };
        if let Some(sighting) = now.or_else(|| kept(facts, name, finding)) {
            remembered.sightings.insert((*name).to_owned(), sighting);
        }
    }
    remembered
}

/// What the start in flight answers is kept until it is known what comes of it. What is over by then is not what comes
/// next: that is seen for the first time.
fn kept(facts: &Facts, name: &str, finding: &Finding) -> Option<Sighting> {
    let answered = facts.state.phase.since().is_some() && facts.state.sighting(name).is_none();
    let mut kept = facts.state.sightings.get(name).filter(|_| answered)?.clone();
    if finding.truth() == Truth::Quiet && facts.state.answered_until() >= Some(kept.first_seen) {
        kept.first_seen = facts.now;
    }
    Some(kept)
}

fn fired(facts: &Facts, name: &str, finding: &Finding, counts_as: CountsAs) -> Sighting {
    let occurrence = finding.occurrence();
    let ever = facts.state.sightings.get(name);
    let once = tree::asks_once(facts, counts_as);
    // A start does not break an edge that stays true: it is the same one after it.
    let before = if once { ever } else { facts.state.sighting(name) };
    let first_seen = before.map_or(occurrence.unwrap_or(facts.now), |sighting| sighting.first_seen);
    match tree::answered(facts, name, finding) {
        // Answered, it asks for nothing: it was last seen asking before that start, or never.
        Some(started) if once => {
            let last_seen = ever.map_or(started, |ever| ever.last_seen);
            // What still counts by memory keeps the occurrence it was seen with.
            let counts = facts.state.sighting(name);
            let occurrence = counts.map_or(occurrence, |sighting| sighting.occurrence);
            Sighting { first_seen, last_seen, occurrence, pending: false }
        }
        Some(_) | None => Sighting { first_seen, last_seen: facts.now, occurrence, pending: true },
    }
}
