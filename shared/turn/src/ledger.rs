//! What the ledger holds, and the conditional writes that change it.
//!
//! The condition is the lock: `lease_until` only bounds how long a crash can block a model. Each write below says its
//! condition; an implementation that cannot keep it must fail.

use jiff::Timestamp;
use rekindle_decision::policy::Revision;
use rekindle_decision::ruling::Reserve;
use rekindle_decision::state::{
    Confirmed, Phase, Refusal, Request, Sighting, Started, State, Tally, Trained, Waiting,
};
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
    /// What is reserved for it of the fleets' budgets: each fleet once in a span. Empty again once it was given back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserve: Vec<Reserve>,
}

/// A fleet in one calendar span: what its spending is kept under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fleet {
    /// The fleet's name.
    pub name: String,
    /// The span's name: `2026-11`.
    pub span: String,
}

impl Fleet {
    /// Whose budget something is reserved of.
    #[must_use]
    pub fn of(reserve: &Reserve) -> Self {
        Self { name: reserve.fleet.clone(), span: reserve.span.clone() }
    }
}

/// Whether a conditional write took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "another turn may have been first"]
pub enum Written {
    /// It did.
    Yes,
    /// The row is not as expected: read it again.
    No,
    /// The row is as expected, and a fleet's budget has no room any more: read what was spent again. Only an [`Intent`]
    /// is answered so.
    OverBudget,
}

/// Step 1: the intent to start a generation.
///
/// Condition: the row's version is `version` (0: there is no row), there is no run of this generation, and every fleet of
/// `run.reserve` has spent and reserved so little that with the amount it is within the limit, where there is one. Each
/// amount is added to what its fleet has spent.
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
    /// The job exists: phase `running`, `last_started` becomes `since`, and what people were asked about it is over.
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
    /// Given up: phase `idle`, the generation is spent, the start is forgotten, and what was reserved for it is given
    /// back.
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
/// Condition: the generation is `generation` and the phase is `starting` or `running`: an end may overtake a settle. An end
/// that is `Completed` is remembered as the newest training, one that is `Failed` as one more failure in a row.
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
    /// When the end was seen, which stands for `ended` where nobody knows it.
    pub now: Timestamp,
    /// Seconds that are paid for, for each instance.
    pub billable_seconds: Option<i64>,
    /// The metrics it reported at its end.
    pub metrics: BTreeMap<String, f64>,
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
    /// What arrived.
    pub arrivals: BTreeMap<String, Tally>,
    /// Ids under which a start was put to a person.
    pub proposed: Vec<String>,
    /// A person's yes to remember.
    pub confirmed: Option<Confirmed>,
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

    /// The row with everything in it as it is, in its next version.
    fn next(&self) -> Self {
        Self { version: self.version.saturating_add(1), ..self.clone() }
    }

    /// The row after a take-over; `None` where its condition does not hold.
    #[must_use]
    pub fn taken_over(&self, claim: &TakeOver) -> Option<Self> {
        let own = self.turn.as_deref() == Some(claim.turn.as_str());
        let mut row = self.next();
        match &mut row.state.phase {
            Phase::Starting { lease_until, .. }
                if self.state.generation == claim.generation && (*lease_until < claim.now || own) =>
            {
                *lease_until = claim.lease_until;
            }
            Phase::Starting { .. } | Phase::Idle | Phase::Running { .. } => return None,
        }
        row.turn = Some(claim.turn.clone());
        Some(row)
    }

    /// The row after what came of a start; `None` where this turn does not hold that start.
    #[must_use]
    pub fn settled(&self, settle: &Settle) -> Option<Self> {
        let Phase::Starting { decision, since, .. } = &self.state.phase else { return None };
        let mine = self.turn.as_deref() == Some(settle.turn.as_str());
        if self.state.generation != settle.generation || !mine {
            return None;
        }
        let mut row = self.next();
        match &settle.settled {
            Settled::Running { decision, since, .. } => {
                row.state.phase = Phase::Running { decision: decision.clone(), since: *since };
                row.state.refused = None;
                row.made(*since);
            }
            Settled::Waiting { waiting, now } => {
                row.state.phase = Phase::Starting {
                    decision: decision.clone(),
                    since: *since,
                    lease_until: *now,
                    waiting: Some(waiting.clone()),
                };
            }
            Settled::GivenUp { refused, .. } => {
                row.state.phase = Phase::Idle;
                row.state.refused.clone_from(refused);
                row.state.starts.retain(|start| start.generation != settle.generation);
                row.turn = None;
            }
        }
        Some(row)
    }

    /// A start's job exists: what was asked of people until then is answered.
    fn made(&mut self, since: Timestamp) {
        self.turn = None;
        self.state.last_started = Some(since);
        self.state.proposed.clear();
        self.state.confirmed = None;
    }

    /// The row after an end; `None` where that generation is not open.
    #[must_use]
    pub fn closed(&self, close: &Close) -> Option<Self> {
        if self.state.generation != close.generation {
            return None;
        }
        let mut row = self.next();
        match self.state.phase {
            Phase::Idle => return None,
            // The settle was overtaken. What was put to people while the job ran is about the next one, and stays.
            Phase::Starting { .. } => row.made(close.since),
            Phase::Running { .. } => row.state.last_started = Some(close.since),
        }
        row.turn = None;
        row.state.phase = Phase::Idle;
        learn(&mut row.state, close);
        Some(row)
    }

    /// The row after what was remembered; `None` where it has changed since it was read.
    #[must_use]
    pub fn remembered(&self, memo: &Memo) -> Option<Self> {
        if self.version != memo.version {
            return None;
        }
        let mut row = self.next();
        row.state.sightings.clone_from(&memo.sightings);
        row.state.asked.clone_from(&memo.asked);
        row.state.arrivals.clone_from(&memo.arrivals);
        row.state.proposed.clone_from(&memo.proposed);
        row.state.confirmed.clone_from(&memo.confirmed);
        row.announced.clone_from(&memo.announced);
        Some(row)
    }
}

/// What an end means for the next decision. One that was stopped, by a person or for the next, says nothing about
/// training; neither does one that was deleted.
fn learn(state: &mut State, close: &Close) {
    let at = close.ended.unwrap_or(close.now);
    match close.status.as_str() {
        "Completed" => {
            let (generation, metrics) = (close.generation, close.metrics.clone());
            state.trained = Some(Trained { generation, at, metrics });
            state.failures = 0;
            state.failed_at = None;
            let starts = state.starts.iter_mut().filter(|start| start.generation == generation);
            starts.for_each(|start| start.trained = Some(at));
        }
        "Failed" => {
            state.failures = state.failures.saturating_add(1);
            state.failed_at = Some(at);
        }
        _ => {}
    }
}

/// Adds a start to those that are remembered, and forgets the oldest where there are too many.
pub(crate) fn count_start(starts: &mut Vec<Started>, start: Started) {
    starts.push(start);
    let surplus = starts.len().saturating_sub(State::STARTS);
    starts.drain(..surplus);
}

impl Run {
    /// The run after what came of its start.
    #[must_use]
    pub fn settled(&self, settled: &Settled) -> Self {
        let mut run = self.clone();
        match settled {
            Settled::Running { arn, .. } => {
                run.arn = Some(arn.clone());
                "InProgress".clone_into(&mut run.status);
                // What a wait was about is over.
                run.failure = None;
            }
            Settled::Waiting { waiting, .. } => run.failure = Some(waiting.to_string()),
            Settled::GivenUp { status, failure, .. } => {
                run.status.clone_from(status);
                run.failure = Some(failure.clone());
                run.reserve.clear();
            }
        }
        run
    }

    /// The run after its end.
    #[must_use]
    pub fn closed(&self, close: &Close) -> Self {
        Self {
            status: close.status.clone(),
            ended: close.ended,
            billable_seconds: close.billable_seconds,
            failure: close.failure.clone(),
            ..self.clone()
        }
    }
}
