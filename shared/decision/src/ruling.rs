//! What was decided, and on which grounds.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::finding::Finding;
use crate::state::{Request, Sighting, Waiting};
use crate::truth::Truth;

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

/// What stands in the way of a start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "blocker", rename_all = "snake_case")]
pub enum Blocker {
    /// The policy is suspended.
    Suspended,
    /// A job of this model has not ended, as far as we know.
    InFlight {
        /// Its generation.
        generation: u32,
        /// The decision it carries out.
        decision: String,
        /// Since when.
        since: Timestamp,
        /// What SageMaker answered, if the start waits for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting: Option<Waiting>,
    },
    /// The last start is too recent.
    Cooldown {
        /// When it ends.
        until: Timestamp,
        /// The last start.
        started: Timestamp,
        /// The policy's cooldown.
        cooldown: Duration,
    },
    /// Whether a job is wanted hangs on a trigger that cannot be told.
    Blind {
        /// Its name in the policy.
        trigger: String,
        /// What was found.
        finding: Finding,
    },
    /// The ledger could not be read: what is in flight is not known, so nothing may be started.
    Ledger {
        /// Why not.
        error: String,
    },
    /// SageMaker refused a start for the same cause for good.
    Refused {
        /// When.
        at: Timestamp,
        /// The error's code.
        code: String,
        /// The error's text.
        message: String,
    },
}

impl Blocker {
    /// One word for counting, as in the policy where the policy has one.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::InFlight { .. } => "in_flight",
            Self::Cooldown { .. } => "cooldown",
            Self::Blind { .. } => "blind",
            Self::Ledger { .. } => "ledger",
            Self::Refused { .. } => "refused",
        }
    }

    /// When it goes away by itself; `None` when something else must happen.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Cooldown { until, .. } => Some(*until),
            Self::Suspended
            | Self::InFlight { .. }
            | Self::Blind { .. }
            | Self::Ledger { .. }
            | Self::Refused { .. } => None,
        }
    }
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
    /// The parts inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Node>,
}

impl Node {
    /// The triggers inside that came to the given truth, each once, in order of writing.
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
        for part in &self.parts {
            part.collect(truth, found);
        }
    }
}
