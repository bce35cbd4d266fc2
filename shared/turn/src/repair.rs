//! Mends what an earlier turn left open, before anything new is decided.
//!
//! Nothing waits for an event that may never come: a job that ended is closed from `DescribeTrainingJob`, and a start
//! whose turn is gone is taken over, with the same generation and the same decision.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::identity::job_name;
use rekindle_decision::policy::Mode;
use rekindle_decision::state::Phase;
use serde::Serialize;

use crate::act::{self, Start};
use crate::error::chain;
use crate::gather::Gathered;
use crate::ledger::{Close, LEASE, Settle, Settled, TakeOver, Written};
use crate::record::Outcome;
use crate::world::{Job, World};

/// How long after its start a job may be invisible before it counts as deleted: how soon a new job can be described is
/// not documented.
const VISIBLE_AFTER: Duration = Duration::from_seconds(900);

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
        /// What came of it.
        outcome: Box<Outcome>,
    },
    /// It could not be mended now; the model stays in flight.
    NotYet {
        /// Why not.
        error: String,
    },
}

/// Mends one model, and reads its row again if that changed it.
pub(crate) async fn mend<W: World>(world: &W, mut model: Gathered) -> Gathered {
    let Ok(row) = &model.row else { return model };
    model.facts.state = row.state.clone();
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
        Phase::Starting { decision, since, .. } => {
            Some(take_over(world, &model, generation, decision.clone(), *since).await)
        }
    };
    if repair.is_some() {
        let name = model.policy.model.clone();
        model.row = match world.rows(std::slice::from_ref(&name)).await.remove(&name) {
            Some(Ok(row)) => Ok(row),
            Some(Err(error)) => Err(chain(&*error)),
            None => Err("the ledger gave no answer for it".to_owned()),
        };
        if let Ok(row) = &model.row {
            model.facts.state = row.state.clone();
        }
    }
    model.repair = repair;
    model
}

async fn close<W: World>(world: &W, model: &Gathered, generation: u32, since: Timestamp) -> Option<Repair> {
    let name = job_name(&model.policy.model, generation);
    let (status, ended, billable_seconds, failure) = match world.describe(&name).await {
        Err(error) => return Some(Repair::NotYet { error: chain(&error) }),
        Ok(Job::Found { status, ended, billable_seconds, failure, .. }) => {
            (status.ended()?.to_owned(), ended, billable_seconds, failure)
        }
        Ok(Job::Absent) if VISIBLE_AFTER.after(since) > model.facts.now => return None,
        Ok(Job::Absent) => {
            ("Deleted".to_owned(), None, None, Some("SageMaker knows no job of this name".to_owned()))
        }
    };
    let close = Close {
        model: model.policy.model.clone(),
        generation,
        status: status.clone(),
        since,
        ended,
        billable_seconds,
        failure: failure.clone(),
    };
    match world.close(&close).await {
        Err(error) => Some(Repair::NotYet { error: chain(&error) }),
        // Not written: another turn closed it first, which is as good.
        Ok(Written::Yes | Written::No) => Some(Repair::Closed { generation, status, failure }),
    }
}

async fn take_over<W: World>(
    world: &W,
    model: &Gathered,
    generation: u32,
    decision: String,
    since: Timestamp,
) -> Repair {
    let now = model.facts.now;
    let claim = TakeOver {
        model: model.policy.model.clone(),
        generation,
        turn: world.token().to_owned(),
        now,
        lease_until: LEASE.after(now),
    };
    match world.take_over(&claim).await {
        Err(error) => return Repair::NotYet { error: chain(&error) },
        Ok(Written::No) => return Repair::NotYet { error: "another turn took the start over".to_owned() },
        Ok(Written::Yes) => {}
    }
    let start = Start { policy: &model.policy, generation, decision, at: since, now };
    let outcome = match act::found(world, &start).await {
        // Nobody made the job. An owner who has switched the policy off since does not want it any more.
        Ok(None) if model.policy.mode != Mode::Enforce => withdraw(world, &start).await,
        Ok(None) => act::create(world, &start).await,
        Ok(Some(outcome)) => Ok(outcome),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(outcome) => Repair::TookOver { generation, outcome: Box::new(outcome) },
        Err(error) => Repair::NotYet { error: chain(&error) },
    }
}

async fn withdraw<W: World>(world: &W, start: &Start<'_>) -> Result<Outcome, W::Error> {
    let failure = format!("the policy's mode is {} now", start.policy.mode);
    let settled =
        Settled::GivenUp { status: "Withdrawn".to_owned(), failure: failure.clone(), refused: None };
    let settle = Settle {
        model: start.policy.model.clone(),
        generation: start.generation,
        turn: world.token().to_owned(),
        settled,
    };
    let _ = world.settle(&settle).await?;
    Ok(Outcome::Lost { why: failure })
}
