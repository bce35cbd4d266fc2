//! What the ledger holds, and the conditional writes that change it.
//!
//! The condition is the lock: `lease_until` only bounds how long a crash can block a model. Each write below says its
//! condition; an implementation that cannot keep it must fail.

use jiff::Timestamp;
use rekindle_decision::policy::Revision;
use rekindle_decision::state::{Phase, Refusal, Request, Sighting, State, Waiting};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a turn may finish a start alone. Three times the longest timeout of our functions (300 s), so that a
/// lease that has run out means a turn that is gone.
pub const LEASE: rekindle_decision::duration::Duration =
    rekindle_decision::duration::Duration::from_seconds(900);

/// Honoured requests that are remembered. A redelivery comes within hours; a person asks a few times a day.
pub const ANSWERED: usize = 16;

/// The state row of one model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Rises by one with every write; 0 for a model never written.
    pub version: u64,
    /// What a decision may look at.
    pub state: State,
    /// The turn that holds the start that is going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// What was announced last, so that an unchanged hold is announced once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<String>,
}

/// One run: why a generation was started and what became of it. Answers "what did we start, why, what did it cost?" in
/// the console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The generation.
    pub generation: u32,
    /// The decision's id.
    pub decision: String,
    /// Why, in one sentence.
    pub why: String,
    /// The policy that decided.
    pub policy: Revision,
    /// The training job's name.
    pub job: String,
    /// Its ARN, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// When it was decided.
    pub decided: Timestamp,
    /// `Starting`, `InProgress`, SageMaker's word for the end, or ours for a start that never was.
    pub status: String,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Seconds that are paid for, for each instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable_seconds: Option<i64>,
    /// What SageMaker said about a failure or a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Whether a conditional write took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "another turn may have been first"]
pub enum Written {
    /// It did.
    Yes,
    /// The row is not as expected: read it again.
    No,
}

/// Step 1: the intent to start a generation.
///
/// Condition: the row's version is `version` (0: there is no row), and there is no run of this generation.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// The model.
    pub model: String,
    /// The version that was read.
    pub version: u64,
    /// The whole row to write: generation, phase `starting`, lease, turn.
    pub row: Row,
    /// The run to put beside it.
    pub run: Run,
}

/// Takes over a start whose lease has run out: the same generation, the same decision, another turn.
///
/// Condition: the generation is `generation`, the phase is `starting`, and the lease ended before `now` or was this
/// turn's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeOver {
    /// The model.
    pub model: String,
    /// The generation.
    pub generation: u32,
    /// Who takes over.
    pub turn: String,
    /// When.
    pub now: Timestamp,
    /// Until when.
    pub lease_until: Timestamp,
}

/// Step 3: what came of a start.
///
/// Condition: the generation is `generation`, the phase is `starting`, and the turn is `turn`. Only the fields of
/// [`Settled`] change: other turns may have remembered triggers meanwhile.
#[derive(Debug, Clone, PartialEq)]
pub struct Settle {
    /// The model.
    pub model: String,
    /// The generation.
    pub generation: u32,
    /// Who holds the start.
    pub turn: String,
    /// What came of it.
    pub settled: Settled,
}

/// What came of a start.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// The job exists: phase `running`, `last_started` becomes `since`.
    Running {
        /// The decision.
        decision: String,
        /// When it was decided.
        since: Timestamp,
        /// The job's ARN.
        arn: String,
    },
    /// Refused for now: stays `starting`, and the lease ends so that the next sweep tries the same generation.
    Waiting {
        /// What SageMaker answered.
        waiting: Waiting,
        /// When; the lease ends here.
        now: Timestamp,
    },
    /// Given up: phase `idle`, the generation is spent.
    GivenUp {
        /// The run's last status.
        status: String,
        /// What was said.
        failure: String,
        /// Kept so that the same cause is not tried again.
        refused: Option<Refusal>,
    },
}

/// Step 4: a job has ended.
///
/// Condition: the generation is `generation` and the phase is `starting` or `running`: an end may overtake a settle.
#[derive(Debug, Clone, PartialEq)]
pub struct Close {
    /// The model.
    pub model: String,
    /// The generation.
    pub generation: u32,
    /// SageMaker's word.
    pub status: String,
    /// When the start was decided, which becomes `last_started`.
    pub since: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Seconds that are paid for, for each instance.
    pub billable_seconds: Option<i64>,
    /// SageMaker's sentence about a failure.
    pub failure: Option<String>,
}

/// What to remember when nothing was started.
///
/// Condition: the row's version is `version` (0: there is no row).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memo {
    /// The model.
    pub model: String,
    /// The version that was read.
    pub version: u64,
    /// Triggers to remember.
    pub sightings: BTreeMap<String, Sighting>,
    /// A request to remember.
    pub asked: Option<Request>,
    /// What was announced.
    pub announced: Option<String>,
}

impl Row {
    /// What a decision may look at. A request stays in the row until its job exists, so that a start that comes to
    /// nothing does not lose it; a start answers every request made until then, as it does every trigger seen.
    pub(crate) fn known(&self) -> State {
        let mut state = self.state.clone();
        let started = state.last_started;
        state.asked = state.asked.filter(|request| started.is_none_or(|started| request.at > started));
        if let Some(open) = &state.asked {
            state.answered.retain(|id| *id != open.id);
        }
        state
    }

    /// The row after an end: the only changes a [`Close`] makes.
    #[must_use]
    pub fn closed(&self, close: &Close) -> Self {
        let mut row = self.clone();
        row.version = row.version.saturating_add(1);
        row.turn = None;
        row.state.phase = Phase::Idle;
        row.state.last_started = Some(close.since);
        row
    }
}
