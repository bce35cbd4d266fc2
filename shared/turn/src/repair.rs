//! Mends what an earlier turn left open, before anything new is decided.
//!
//! Nothing waits for an event that may never come: a job that ended is closed from `DescribeTrainingJob`, and a start
//! whose turn is gone is taken over, with the same generation and the same decision.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::decide;
use rekindle_decision::identity::job_name;
use rekindle_decision::policy::Mode;
use rekindle_decision::state::{Phase, Waiting};
use serde::Serialize;

use crate::act::{self, Start, VISIBLE_AFTER};
use crate::error::chain;
use crate::gather::{Gathered, Unread};
use crate::ledger::{Close, LEASE, Settled, TakeOver, Written};
use crate::record::Outcome;
use crate::world::{Job, World};

/// What was mended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "repair", rename_all = "snake_case")]
pub enum Repair {
    /// A job had ended.
    Closed {
        /// Its generation.
        generation: u32,
        /// SageMaker's word for the end.
        status: String,
        /// What SageMaker said about a failure.
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
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

/// Mends one model, and reads its row again if that changed it.
pub(crate) async fn mend<W: World>(world: &W, mut model: Gathered) -> Gathered {
    let Ok(row) = &model.row else { return model };
    model.facts.state = row.known();
    if model.dry_run {
        return foresee(world, model).await;
    }
    let generation = row.state.generation;
    let repair = match &row.state.phase {
        Phase::Idle => None,
        Phase::Running { since, .. } => close(world, &model, generation, *since).await,
        // A start of this very turn is a retry by the platform after a crash: nobody else works on it.
        Phase::Starting { lease_until, .. }
            if *lease_until >= model.facts.now && row.turn.as_deref() != Some(world.token()) =>
        {
            None
        }
        // Switched off, it is withdrawn; but not while the job may exist and not be seen yet.
        Phase::Starting { lease_until, waiting, .. }
            if model.policy.mode != Mode::Enforce
                && act::may_exist(waiting.as_ref())
                && VISIBLE_AFTER.after(*lease_until) > model.facts.now =>
        {
            None
        }
        Phase::Starting { decision, since, waiting, .. } => {
            let start = Start {
                policy: &model.policy,
                generation,
                decision: decision.clone(),
                at: *since,
                now: model.facts.now,
            };
            Some(take_over(world, &model, &start, waiting.as_ref()).await)
        }
    };
    if repair.is_some() {
        let name = model.policy.model.clone();
        model.row = Unread::or_row::<W>(world.rows(std::slice::from_ref(&name)).await.remove(&name));
        if let Ok(row) = &model.row {
            model.facts.state = row.known();
        }
    }
    model.repair = repair;
    model
}

/// Sees through what a turn that may write would mend first. A start that waits stays in flight: what SageMaker would
/// answer is not known before it is asked.
async fn foresee<W: World>(world: &W, mut model: Gathered) -> Gathered {
    let Ok(row) = &model.row else { return model };
    let Phase::Running { since, .. } = row.state.phase else { return model };
    if let Ok(Some(close)) = ended(world, &model, row.state.generation, since).await
        && let Some(closed) = row.closed(&close)
    {
        model.row = Ok(closed);
    }
    model
}

async fn close<W: World>(world: &W, model: &Gathered, generation: u32, since: Timestamp) -> Option<Repair> {
    let close = match ended(world, model, generation, since).await {
        Err(error) => return Some(Repair::NotYet { error: chain(&error) }),
        Ok(close) => close?,
    };
    let (status, failure) = (close.status.clone(), close.failure.clone());
    match world.close(&close).await {
        Err(error) => Some(Repair::NotYet { error: chain(&error) }),
        Ok(Written::Yes) => Some(Repair::Closed { generation, status, failure }),
        Ok(Written::No | Written::OverBudget) => Some(Repair::Overtaken),
    }
}

/// The end of a running job; `None` while it runs, as far as SageMaker says.
async fn ended<W: World>(
    world: &W,
    model: &Gathered,
    generation: u32,
    since: Timestamp,
) -> Result<Option<Close>, W::Error> {
    let name = job_name(&model.policy.model, generation);
    let close = Close {
        model: model.policy.model.clone(),
        generation,
        status: String::new(),
        since,
        ended: None,
        now: model.facts.now,
        billable_seconds: None,
        metrics: BTreeMap::new(),
        failure: None,
    };
    let close = match world.describe(&name).await? {
        Job::Found { status, ended, billable_seconds, failure, metrics, .. } => {
            let Some(status) = status.ended() else { return Ok(None) };
            Close { status: status.to_owned(), ended, billable_seconds, metrics, failure, ..close }
        }
        Job::Absent if VISIBLE_AFTER.after(since) > model.facts.now => return Ok(None),
        Job::Absent => {
            let failure = Some("SageMaker knows no job of this name".to_owned());
            Close { status: "Deleted".to_owned(), failure, ..close }
        }
    };
    Ok(Some(close))
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
    match world.take_over(&claim).await {
        Err(error) => return Repair::NotYet { error: chain(&error) },
        Ok(Written::No | Written::OverBudget) => return Repair::Overtaken,
        Ok(Written::Yes) => {}
    }
    let outcome = match act::found(world, start).await {
        // Nobody made the job. An owner who has switched the policy off since does not want it any more.
        Ok(None) if model.policy.mode != Mode::Enforce => withdraw(world, start).await,
        // What is refused now is what would be asked for next: the cause of today's wish, under today's policy.
        Ok(None) => act::create(world, start, &decide(&model.policy, &model.facts).cause).await,
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

async fn withdraw<W: World>(world: &W, start: &Start<'_>) -> Result<Outcome, W::Error> {
    let failure = format!("the policy's mode is {} now", start.policy.mode);
    let settled =
        Settled::GivenUp { status: "Withdrawn".to_owned(), failure: failure.clone(), refused: None };
    act::settle(world, start, settled).await?;
    Ok(Outcome::Lost { why: failure })
}
