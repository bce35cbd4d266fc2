//! What became of a fleet, as a person on call would tell it afterwards.
//!
//! Everything here is found in the log, on the bus, and in the ledger. Nothing is known of what was meant to go wrong.

mod account;
mod incident;
mod text;

use jiff::Timestamp;
use rekindle_decision::policy::Policy;
use serde::Serialize;

use crate::chronicle::Chronicle;
use crate::promises;
use crate::simulation::Simulation;
use crate::witness::Violation;

pub use account::{Day, Family};
pub use incident::Incident;

/// What became of a fleet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Review {
    /// The seed it followed from.
    pub seed: u64,
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// Models.
    pub models: usize,
    /// Invocations of functions.
    pub turns: u64,
    /// Decisions.
    pub decisions: u64,
    /// Calls to AWS.
    pub calls: u64,
    /// Faults of the everyday kind: calls that failed, answers lost, functions killed, events told twice, late or never.
    pub faults: u64,
    /// Trainings, by families of models whose names begin alike.
    pub families: Vec<Family>,
    /// Trainings, day by day.
    pub days: Vec<Day>,
    /// What kept five models or more from their training for more than two hours, in the order in which it began.
    pub incidents: Vec<Incident>,
    /// Promises that were checked of every model.
    pub promises: usize,
    /// Those that were broken.
    pub broken: Vec<String>,
}

/// What is counted as an everyday fault.
const FAULTS: [&str; 9] = [
    "calls that failed",
    "calls that took effect late",
    "answers lost",
    "kills",
    "timeouts",
    "ends that nobody tells",
    "events delivered twice",
    "events late",
    "invocations begun twice under one name",
];

impl Review {
    /// Reviews what happened in a span of time.
    #[must_use]
    pub fn of(
        simulation: &Simulation,
        chronicle: &Chronicle,
        policies: &[Policy],
        (from, until): (Timestamp, Timestamp),
        seed: u64,
        broken: Vec<Violation>,
    ) -> Self {
        let counts = simulation.counts();
        let runs = account::runs(simulation.memory(), policies);
        Self {
            seed,
            from,
            until,
            models: policies.len(),
            turns: counts.of("turns"),
            decisions: counts.of("decisions"),
            calls: counts.of("calls"),
            faults: FAULTS.into_iter().map(|fault| counts.of(fault)).sum(),
            families: account::families(policies, &runs),
            days: account::days(&runs, from, until),
            incidents: incident::find(chronicle, &runs, until),
            promises: promises::count(),
            broken: broken
                .into_iter()
                .map(|Violation { promise, model, found }| format!("{model}: {promise}: {found}"))
                .collect(),
        }
    }
}
