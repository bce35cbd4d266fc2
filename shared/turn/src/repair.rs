//! Mends what an earlier turn left open, before anything new is decided.
//!
//! Nothing waits for an event that may never come: a job that ended is closed from `DescribeTrainingJob`, and a start
//! whose turn is gone is taken over, with the same generation and the same decision.

use jiff::Timestamp;
use rekindle_decision::decide;
use rekindle_decision::duration::Duration;
use rekindle_decision::identity::job_name;
use rekindle_decision::money::Money;
use rekindle_decision::policy::Mode;
use rekindle_decision::state::{Phase, Started, Waiting};
use serde::Serialize;

use crate::act::{self, Before, Start, Tried, VISIBLE_AFTER};
use crate::end::Ended;
use crate::ending::{self, Open};
use crate::error::chain;
use crate::gather::{Gathered, read_again};
use crate::ledger::{Change, Close, EndCause, LEASE, Settled, TakeOver, Written};
use crate::record::{self, Outcome};
use crate::world::{Job, World};

/// What was mended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "repair", rename_all = "snake_case")]
pub enum Repair {
    /// A job had ended.
    Closed(Closing),
    /// A start whose turn was gone was carried on.
    TookOver {
        /// Its generation.
        generation: u32,
        /// Its decision.
        decision: String,
        /// Whether it waits for the same thing as before, which is no news.
        waits_as_before: bool,
        /// What came of it.
        outcome: Box<Outcome>,
    },
    /// Another turn was first.
    Overtaken,
    /// It could not be mended now; the model stays in flight.
    NotYet {
        /// Why not.
        error: String,
    },
}

/// The end of a job, as the record tells it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Closing {
    /// Its generation.
    pub generation: u32,
    /// SageMaker's word for the end.
    pub status: String,
    /// What SageMaker said about a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Why it ended otherwise than well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<EndCause>,
    /// What it cost, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// What it was expected to cost, which stands for the cost where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Money>,
    /// Seconds that are paid for, for each instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable_seconds: Option<i64>,
    /// When its start was decided.
    pub started: Timestamp,
    /// The triggers that asked for it, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
}

impl Closing {
    /// With what is remembered of its start.
    pub(crate) fn of(close: &Close, starts: &[Started]) -> Self {
        let start = starts.iter().find(|start| start.generation == close.generation);
        Self {
            generation: close.generation,
            status: close.status.clone(),
            failure: close.failure.clone(),
            cause: close.cause,
            cost: close.cost,
            expected: start.and_then(|start| start.cost),
            billable_seconds: close.billable_seconds,
            started: close.since,
            because: start.map(|start| start.because.clone()).unwrap_or_default(),
        }
    }

    /// What it cost, as far as anybody knows.
    pub(crate) fn spent(&self) -> Option<Money> {
        self.cost.or(self.expected)
    }
}

/// Mends one model, and reads its row again if that changed it.
pub(crate) async fn mend<W: World>(world: &W, mut model: Gathered) -> Gathered {
    let Ok(row) = &model.row else { return model };
    model.facts.state = row.known();
    if model.dry_run {
        return foresee(world, model).await;
    }
    let generation = row.state.generation;
    let own = row.turn.as_deref() == Some(world.token());
    let repair = match &row.state.phase {
        Phase::Idle => None,
        Phase::Running { since, stopping, .. } => {
            let open = open(world, &model, generation, *since, stopping.is_some());
            close(world, &open, &row.state.starts).await
        }
        // A start of this very turn is a retry by the platform after a crash: nobody else works on it.
        Phase::Starting { lease_until, .. } if *lease_until >= model.facts.now && !own => None,
        // Not wanted any more, it is withdrawn; but not while the job may exist and not be seen yet.
        Phase::Starting { lease_until, waiting, since, .. }
            if unwanted(&model, *since).is_some()
                && act::may_exist(waiting.as_ref())
                && VISIBLE_AFTER.after(*lease_until) > model.facts.now =>
        {
            None
        }
        Phase::Starting { decision, since, lease_until, waiting } => {
            let start = Start {
                policy: &model.policy,
                generation,
                decision: decision.clone(),
                at: *since,
                now: model.facts.now,
                refused: row.state.refused.as_ref(),
                before: Some(Before {
                    tried: Tried::of(waiting.as_ref(), *lease_until, model.facts.now, own),
                    version: row.version,
                }),
            };
            Some(take_over(world, &model, &start, waiting.as_ref()).await)
        }
    };
    if repair.is_some() {
        read_again(world, &mut model).await;
    }
    model.repair = repair;
    model
}

/// Sees through what a turn that may write would mend first. A start that waits stays in flight: what SageMaker would
/// answer is not known before it is asked.
async fn foresee<W: World>(world: &W, mut model: Gathered) -> Gathered {
    let Ok(row) = &model.row else { return model };
    let Phase::Running { since, stopping, .. } = row.state.phase else { return model };
    let open = open(world, &model, row.state.generation, since, stopping.is_some());
    if let Ok(Some(close)) = ended(world, &open).await
        && let Some(closed) = Change::Close(close).of(row, None)
    {
        model.row = Ok(closed.row);
    }
    model
}

fn open<'a, W: World>(
    world: &'a W,
    model: &'a Gathered,
    generation: u32,
    since: Timestamp,
    stopping: bool,
) -> Open<'a> {
    let now = model.facts.now;
    Open { model: &model.policy.model, generation, turn: world.token(), since, stopping, now }
}

/// How long a start may wait for SageMaker to take it: a quota that is too small for the request never passes by itself.
const WAIT_LIMIT: Duration = Duration::from_seconds(7 * 86_400);

/// Why a start that has no job yet is not wanted any more, if it is not: an owner has switched the policy off, a person
/// has suspended the model or cancelled what asked, or it has waited for too long.
fn unwanted(model: &Gathered, since: Timestamp) -> Option<String> {
    let state = &model.facts.state;
    if model.policy.mode != Mode::Enforce {
        return Some(format!("the policy's mode is {} now", model.policy.mode));
    }
    if state.suspension(model.facts.now).is_some() {
        return Some("the model was suspended".to_owned());
    }
    if state.cancelled.is_some_and(|cancelled| cancelled >= since) {
        return Some("it was cancelled".to_owned());
    }
    let too_long = WAIT_LIMIT.after(since) <= model.facts.now;
    too_long.then(|| format!("it has waited for {WAIT_LIMIT}; what still asks is decided on afresh"))
}

async fn close<W: World>(world: &W, open: &Open<'_>, starts: &[Started]) -> Option<Repair> {
    let close = match ended(world, open).await {
        Err(error) => return Some(Repair::NotYet { error: chain(&error) }),
        Ok(close) => close?,
    };
    let closing = Closing::of(&close, starts);
    match world.change(&Change::Close(close)).await {
        Err(error) => Some(Repair::NotYet { error: chain(&error) }),
        Ok(Written::Yes) => {
            // The same line as where an event told of the end: whoever counts the ends need not know who saw them.
            let (job, ended) = (job_name(open.model, open.generation), Ended::Closed(closing.clone()));
            world.log(&record::ended(open.now, world.stack(), Some(open.model), &job, &ended));
            Some(Repair::Closed(closing))
        }
        Ok(Written::No | Written::OverBudget) => Some(Repair::Overtaken),
    }
}

/// The end of a running job; `None` while it runs, as far as SageMaker says.
async fn ended<W: World>(world: &W, open: &Open<'_>) -> Result<Option<Close>, W::Error> {
    let job = world.describe(&job_name(open.model, open.generation)).await?;
    if job == Job::Absent && VISIBLE_AFTER.after(open.since) > open.now {
        return Ok(None);
    }
    Ok(ending::close(open, job, world.prices()))
}

async fn take_over<W: World>(
    world: &W,
    model: &Gathered,
    start: &Start<'_>,
    waiting: Option<&Waiting>,
) -> Repair {
    let claim = TakeOver {
        model: model.policy.model.clone(),
        generation: start.generation,
        turn: world.token().to_owned(),
        now: start.now,
        lease_until: LEASE.after(start.now),
    };
    match world.change(&Change::TakeOver(claim)).await {
        Err(error) => return Repair::NotYet { error: chain(&error) },
        Ok(Written::No | Written::OverBudget) => return Repair::Overtaken,
        Ok(Written::Yes) => {}
    }
    let outcome = match act::found(world, start).await {
        // Nobody made the job.
        Ok(None) => match unwanted(model, start.at) {
            Some(why) => withdraw(world, start, why).await,
            // What is refused now is what would be asked for next: the cause of today's wish, under today's policy.
            None => act::create(world, start, &decide(&model.policy, &model.facts).cause).await,
        },
        Ok(Some(outcome)) => Ok(outcome),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(outcome) => Repair::TookOver {
            generation: start.generation,
            decision: start.decision.clone(),
            waits_as_before: waits_as_before(&outcome, waiting),
            outcome: Box::new(outcome),
        },
        Err(error) => Repair::NotYet { error: chain(&error) },
    }
}

/// The code decides: texts hold numbers that change, such as how much of a quota is in use.
fn waits_as_before(outcome: &Outcome, before: Option<&Waiting>) -> bool {
    let Outcome::Waiting { code, .. } = outcome else { return false };
    before.is_some_and(|before| before.code == *code)
}

async fn withdraw<W: World>(world: &W, start: &Start<'_>, why: String) -> Result<Outcome, W::Error> {
    let settled = Settled::GivenUp { status: "Withdrawn".to_owned(), failure: why.clone(), refused: None };
    act::settle(world, start, settled).await?;
    Ok(Outcome::Withdrawn { why })
}
