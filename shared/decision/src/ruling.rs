//! What was decided, and on which grounds.

mod blocker;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::money::Money;
use crate::state::{Confirmed, Request, Sighting, Tally};
use crate::truth::Truth;

pub use blocker::{Blocker, Reserve, Shortage};

/// A decision with its grounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use = "a decision that is not recorded cannot be audited"]
pub struct Ruling {
    /// What was decided.
    pub decision: Decision,
    /// The combination of the triggers, part by part.
    pub tree: Node,
    /// When the answer can change by the passing of time alone; `None` when something else must happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_again_at: Option<Timestamp>,
    /// The generation a start would be.
    pub generation: u32,
    /// The decision's identity: model, policy revision, engine revision, generation and cause.
    pub id: String,
    /// Digest of everything in `id` but the generation: the same wish, whenever it is granted.
    pub cause: String,
    /// Triggers to remember when nothing is started.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sightings: BTreeMap<String, Sighting>,
    /// The request to remember when nothing is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Request>,
    /// What arrived, to remember when nothing is started.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arrivals: BTreeMap<String, Tally>,
    /// Ids under which a start was put to a person, to remember.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposed: Vec<String>,
    /// A person's yes, to remember until the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmed>,
    /// The generation whose running job is to be stopped, so that this start can take its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<u32>,
    /// What a start is expected to cost, where the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// What a start reserves of the fleets' budgets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserve: Vec<Reserve>,
    /// What would stand in the way if it were enforced, and is only noted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audit: Vec<Blocker>,
    /// Triggers that were pending and are wanted no longer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<String>,
    /// The engine that ruled, see [`crate::ENGINE_REVISION`].
    pub engine: String,
}

/// What was decided about one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use = "a decision that is not recorded cannot be audited"]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Decision {
    /// Start a training job.
    Start {
        /// Why one is wanted.
        because: Vec<Reason>,
    },
    /// Not now: something stands in the way, be it only that we do not know.
    Hold {
        /// Why one is wanted, as far as is known.
        because: Vec<Reason>,
        /// Everything that stands in the way.
        waiting_on: Vec<Blocker>,
    },
    /// Nothing asked for a training job.
    Rest,
}

impl Decision {
    /// One word: `start`, `hold` or `rest`.
    #[must_use]
    pub const fn verdict(&self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::Hold { .. } => "hold",
            Self::Rest => "rest",
        }
    }

    /// Why a job is wanted; empty for a rest.
    #[must_use]
    pub fn because(&self) -> &[Reason] {
        match self {
            Self::Start { because } | Self::Hold { because, .. } => because,
            Self::Rest => &[],
        }
    }

    /// What stands in the way; empty unless held.
    #[must_use]
    pub fn waiting_on(&self) -> &[Blocker] {
        match self {
            Self::Hold { waiting_on, .. } => waiting_on,
            Self::Start { .. } | Self::Rest => &[],
        }
    }
}

/// Why a training job is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// A trigger fired.
    Trigger {
        /// Its name in the policy.
        trigger: String,
        /// What was found now.
        finding: Finding,
        /// When it was last seen fired, if it only counts by memory.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remembered: Option<Timestamp>,
    },
    /// A person asked.
    Asked(Request),
}

/// One part of the combination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// The trigger's name, or the word that combines.
    pub label: String,
    /// What it came to.
    pub truth: Truth,
    /// What was found, for a trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// When it was last seen fired, if it only counts by memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remembered: Option<Timestamp>,
    /// The start that answered it, or the cancellation, if it is true still and asks no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Timestamp>,
    /// Whether it was a cancellation.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub cancelled: bool,
    /// The parts inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Node>,
}

impl Node {
    /// Label of a negation. No trigger has it: a trigger has a finding.
    pub(crate) const NOT: &str = "not";

    fn is_negation(&self) -> bool {
        self.finding.is_none() && self.label == Self::NOT
    }

    /// The triggers that make this fired, each once, in order of writing: what fired in a part that did not count is no
    /// reason, and what stands under `not` speaks against a start.
    #[must_use]
    pub fn reasons(&self) -> Vec<&Self> {
        let mut found: Vec<&Self> = Vec::new();
        self.support(&mut found);
        found
    }

    fn support<'a>(&'a self, found: &mut Vec<&'a Self>) {
        if self.truth == Truth::Quiet || self.is_negation() {
            return;
        }
        if self.finding.is_some() {
            if self.truth == Truth::Fired && !found.iter().any(|node| node.label == self.label) {
                found.push(self);
            }
            return;
        }
        for part in &self.parts {
            part.support(found);
        }
    }

    /// The triggers inside that came to the given truth, each once, in order of writing. What stands under `not` speaks
    /// against a start: it is no reason for one.
    #[must_use]
    pub fn triggers(&self, truth: Truth) -> Vec<&Self> {
        let mut found: Vec<&Self> = Vec::new();
        self.collect(truth, &mut found);
        found
    }

    fn collect<'a>(&'a self, truth: Truth, found: &mut Vec<&'a Self>) {
        if self.finding.is_some() {
            if self.truth == truth && !found.iter().any(|node| node.label == self.label) {
                found.push(self);
            }
            return;
        }
        if truth == Truth::Fired && self.is_negation() {
            return;
        }
        for part in &self.parts {
            part.collect(truth, found);
        }
    }
}
