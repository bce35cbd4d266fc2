//! What the ledger remembers of one model, as far as a decision may look at it.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::effect::Effect;
use crate::money::Money;

/// What the ledger remembers of one model. The default is a model never seen before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Number of the newest training job, counted from 1; 0 before the first. It never goes back.
    pub generation: u32,
    /// What is going on.
    pub phase: Phase,
    /// When the newest start was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_started: Option<Timestamp>,
    /// Triggers seen fired since the last start, by trigger.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sightings: BTreeMap<String, Sighting>,
    /// A request by a person that could not be honoured yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Request>,
    /// Ids of the newest requests that were honoured: a redelivered one asks for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered: Vec<String>,
    /// The newest start that SageMaker refused for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
    /// What arrived since the last start, by the trigger that counts it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arrivals: BTreeMap<String, Tally>,
    /// The newest training that ended well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trained: Option<Trained>,
    /// The newest starts, oldest first, at most [`State::STARTS`]. Written with the intent, and taken back if no job came
    /// of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts: Vec<Started>,
    /// Trainings that failed in a row, up to now.
    #[serde(default)]
    pub failures: u32,
    /// When the newest of them ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Timestamp>,
    /// Ids under which a start was put to a person since the last start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposed: Vec<String>,
    /// A person's yes that has not led to a start yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmed>,
    /// A person has suspended the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Suspension>,
    /// When a person last cancelled everything that asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Timestamp>,
    /// When a person last closed the breakers: what failed or did not help until then does not stand in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker_closed: Option<Timestamp>,
}

impl State {
    /// Starts that are remembered: two a day for a month and some, so that budgets and windows can be counted from them.
    pub const STARTS: usize = 64;

    /// Arrivals that are remembered by trigger, so that one that is delivered twice counts once. Sixteen letters each.
    pub const SEEN: usize = 256;

    /// Requests that one stands for, by id. A person asks a few times a day.
    pub const STANDS_FOR: usize = 12;

    /// Decisions put to a person that are remembered. While objects arrive, each changes the id.
    pub const PROPOSED: usize = 32;

    /// The suspension that holds now.
    #[must_use]
    pub fn suspension(&self, now: Timestamp) -> Option<&Suspension> {
        let holds = |suspension: &&Suspension| suspension.until.is_none_or(|until| now < until);
        self.suspended.as_ref().filter(holds)
    }

    /// Until when everything that asked is answered: by a start, or by a person who cancelled it.
    #[must_use]
    pub fn answered_until(&self) -> Option<Timestamp> {
        self.last_started.max(self.cancelled)
    }

    /// When a person cancelled what asked, if there was no start since.
    #[must_use]
    pub fn cancelled_since(&self) -> Option<Timestamp> {
        self.cancelled.filter(|cancelled| self.last_started.is_none_or(|started| started <= *cancelled))
    }

    /// A trigger seen fired since the last start. A start answers everything seen until then, so older sightings do
    /// not count; the rows they stand in are not touched for that.
    #[must_use]
    pub fn sighting(&self, trigger: &str) -> Option<&Sighting> {
        let answered = self.answered_until();
        let sighting = self.sightings.get(trigger);
        sighting.filter(|sighting| answered.is_none_or(|answered| sighting.last_seen > answered))
    }

    /// What arrived for a trigger since the last start. A start answers everything that arrived until then.
    #[must_use]
    pub fn tally(&self, trigger: &str) -> Option<&Tally> {
        let answered = self.answered_until();
        self.arrivals.get(trigger).filter(|tally| answered.is_none_or(|answered| tally.last > answered))
    }

    /// A training has failed that is to be tried again: its start has answered nothing, and nothing cools down after it.
    /// The newest start that did not come to this is the last one again.
    pub fn forget_start(&mut self, generation: u32) {
        for start in self.starts.iter_mut().filter(|start| start.generation == generation) {
            start.failed = true;
        }
        self.last_started = self.started_before(generation);
    }

    /// The newest start before a generation that has answered what asked: one that failed and is tried again has not.
    #[must_use]
    pub fn started_before(&self, generation: u32) -> Option<Timestamp> {
        let stands = |start: &&Started| !start.failed && start.generation < generation;
        self.starts.iter().rev().find(stands).map(|start| start.at)
    }
}

/// A training that ended well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// Its generation.
    pub generation: u32,
    /// When it ended.
    pub at: Timestamp,
    /// The metrics it reported at its end, by the names of the training request's metric definitions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metrics: BTreeMap<String, f64>,
}

/// A start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// Its generation.
    pub generation: u32,
    /// When it was decided.
    pub at: Timestamp,
    /// What it was expected to cost, where the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// When its training ended well, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trained: Option<Timestamp>,
    /// Whether the policy tries again what fails, so that a training that failed has answered nothing.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub again: bool,
    /// Whether its training failed and is tried again.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub failed: bool,
    /// The triggers that asked for it, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// Version of the policy that decided.
    #[serde(default)]
    pub policy: i64,
    /// Whether the training helped, once that was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

impl Started {
    /// A start of which only generation and instant are known.
    #[must_use]
    pub const fn of(generation: u32, at: Timestamp) -> Self {
        Self {
            generation,
            at,
            cost: None,
            trained: None,
            again: false,
            failed: false,
            because: Vec::new(),
            policy: 0,
            effect: None,
        }
    }
}

/// A person has suspended a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// When.
    pub at: Timestamp,
    /// Until when; `None`: until it is resumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(default, rename = "why", skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What arrived for one trigger since the last start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// How many bytes, where they have a size.
    #[serde(default)]
    pub bytes: u64,
    /// When the first came.
    pub first: Timestamp,
    /// When the newest came.
    pub last: Timestamp,
    /// What the newest result about data was, and when: `true` is passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<(bool, Timestamp)>,
    /// Digests of the newest ones' identities, so that one that is delivered twice counts once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<String>,
    /// What a start in flight answers: not counted while it is, and counted again if it comes to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<Aside>,
}

/// What arrived before a start that is in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// When that start was decided.
    pub since: Timestamp,
    /// How many.
    pub count: u64,
    /// How many bytes.
    #[serde(default)]
    pub bytes: u64,
}

/// A person's yes to a start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The decision.
    pub decision: String,
    /// When it came.
    pub at: Timestamp,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(default, rename = "why", skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What is going on with one model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// Nothing.
    #[default]
    Idle,
    /// A start was decided and written down; whether the job exists is not known yet.
    Starting {
        /// The decision.
        decision: String,
        /// Since when.
        since: Timestamp,
        /// Until when the turn that decided may finish alone. Not the lock: the ledger's condition is.
        lease_until: Timestamp,
        /// What SageMaker answered, when it refused for now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting: Option<Waiting>,
    },
    /// The job exists and, as far as we know, has not ended.
    Running {
        /// The decision.
        decision: String,
        /// Since when.
        since: Timestamp,
        /// When it was asked to stop, so that a newer start can take its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stopping: Option<Timestamp>,
    },
}

impl Phase {
    /// When the start in flight was decided, if one is.
    #[must_use]
    pub const fn since(&self) -> Option<Timestamp> {
        match self {
            Self::Idle => None,
            Self::Starting { since, .. } | Self::Running { since, .. } => Some(*since),
        }
    }

    /// When the running job was asked to stop for a newer start, if it was.
    #[must_use]
    pub const fn stopping(&self) -> Option<Timestamp> {
        match self {
            Self::Idle | Self::Starting { .. } => None,
            Self::Running { stopping, .. } => *stopping,
        }
    }

    /// The decision that is being carried out, if one is.
    #[must_use]
    pub fn decision(&self) -> Option<&str> {
        match self {
            Self::Idle => None,
            Self::Starting { decision, .. } | Self::Running { decision, .. } => Some(decision),
        }
    }
}

/// What a start that was decided waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The error's code, or a word of ours where nobody answered.
    pub code: String,
    /// The error's text.
    pub message: String,
}

impl core::fmt::Display for Waiting {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// A trigger that was seen fired since the last start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen fired.
    pub last_seen: Timestamp,
    /// The occurrence behind it: the tick's instant, or when the alarm changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurrence: Option<Timestamp>,
    /// Whether it is wanted still; false once the level went quiet and only the memory is kept.
    pub pending: bool,
}

/// A request by a person, kept until it is honoured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What tells this request from the next.
    pub id: String,
    /// When it came.
    pub at: Timestamp,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why. Written down as `why`: a [`Reason`](crate::ruling::Reason) already has a field named `reason`.
    #[serde(default, rename = "why", skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether triggers and waiting guards are skipped.
    #[serde(default)]
    pub force: bool,
    /// Whether the budget is.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub ignore_budget: bool,
    /// Ids of other requests that were waiting when this one was chosen: the start that honours it answers them, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_for: Vec<String>,
}

/// A start that SageMaker refused for good: not tried again until the policy or the cause changes, or a person closes the
/// breaker; but what may heal by itself is tried a few times more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Digest of policy revision and cause, see [`crate::identity::cause`].
    pub cause: String,
    /// When.
    pub at: Timestamp,
    /// The error's code.
    pub code: String,
    /// The error's text.
    pub message: String,
    /// How often it was refused for this cause before.
    #[serde(default)]
    pub before: u32,
}

impl Refusal {
    /// SageMaker's word for a request that cannot be right, and for input that is not there yet. Which of them it is stands
    /// in the text alone, which is no contract.
    const INVALID: &'static str = "ValidationException";

    /// Times that an invalid request is sent again: input may come late.
    const AGAIN: u32 = 3;

    /// Wait before the first of them; each further one waits twice as long.
    const WAIT: Duration = Duration::from_seconds(3_600);

    /// When it is worth another try; `None`: never by itself.
    #[must_use]
    pub fn again_at(&self) -> Option<Timestamp> {
        if self.code != Self::INVALID || self.before >= Self::AGAIN {
            return None;
        }
        Some(Duration::from_seconds(Self::WAIT.seconds() << self.before).after(self.at))
    }
}
