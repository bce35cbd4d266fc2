//! Ends runs, and nothing else: the way of an event that says a training job has changed its state. No start can be reached
//! from here.

use std::collections::BTreeSet;

use rekindle_decision::identity::{generation_of, job_name};
use rekindle_decision::signal::{Signal, TrainingEnd};
use serde::Serialize;

use crate::act::SKEW;
use crate::announce::{self, Told};
use crate::ending::{self, Open};
use crate::error::chain;
use crate::gather::Unread;
use crate::ledger::{Change, Written};
use crate::record::{self, Summary};
use crate::repair::Closing;
use crate::world::{Job, World};

/// What came of one event about a training job.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Ended {
    /// Its run is closed now.
    Closed(Closing),
    /// Its run was closed before: SageMaker tells one change several times.
    Known,
    /// It runs still.
    Running,
    /// It is not of this ledger.
    NotOurs {
        /// Why not.
        why: String,
    },
    /// It could not be read or written.
    Failed {
        /// What went wrong.
        error: String,
        /// Whether somebody must look: trying again will not help.
        for_a_person: bool,
    },
}

/// Closes the run of every training job that the signals say has ended, if it has: the job itself is asked. Other signals
/// are told that they came to the wrong place.
///
/// Never fails as a whole: what went wrong is in the summary.
pub async fn end<W: World>(world: &W, signals: &[Signal]) -> Summary {
    let mut summary = Summary { began: Some(world.now()), ..Summary::default() };
    let mut seen = BTreeSet::new();
    let mut told = Vec::new();
    for signal in signals {
        let Signal::TrainingEnded(end) = signal else {
            summary.unclaimed.push("only the ends of training jobs are read here".to_owned());
            continue;
        };
        if let Some(replay) = &end.replay {
            summary.unclaimed.push(format!("archive replay `{replay}`: a replay ends nothing"));
            continue;
        }
        if !seen.insert(&end.job) {
            continue;
        }
        let (model, ended) = one(world, end).await;
        summary.end(&end.job, &ended);
        world.log(&record::ended(world.now(), world.stack(), model.as_deref(), &end.job, &ended));
        // Known: the turn that closed it may have been killed before it was said, and be tried again just now.
        if let (Some(model), Ended::Closed(_) | Ended::Known) = (&model, &ended) {
            told.extend(news(world, model).await);
        }
    }
    summary.unannounced += announce::say(world, told).await;
    world.log(&summary.line(world.now(), world.stack()));
    summary
}

async fn one<W: World>(world: &W, end: &TrainingEnd) -> (Option<String>, Ended) {
    let not_ours = |why: &str| Ended::NotOurs { why: format!("{}: {why}", end.job) };
    let Some(generation) = generation_of(&end.job) else {
        return (None, not_ours("its name is not one of ours"));
    };
    let job = match world.describe(&end.job).await {
        Ok(job) => job,
        Err(error) => {
            return (None, Ended::Failed { error: chain(&error), for_a_person: W::is_for_a_person(&error) });
        }
    };
    let Job::Found { model: Some(model), decision: Some(decision), created, status, .. } = &job else {
        return (None, not_ours("no job of that name carries a model and a decision of ours"));
    };
    let (model, decision, created, status) = (model.clone(), decision.clone(), *created, *status);
    if job_name(&model, generation) != end.job {
        return (None, not_ours("it carries a model that has another name"));
    }
    if status.ended().is_none() {
        return (Some(model), Ended::Running);
    }
    let answer = world.rows(std::slice::from_ref(&model)).await.remove(&model);
    let row = match Unread::or_row::<W>(answer) {
        Ok(row) => row,
        Err(Unread { error, for_a_person }) => return (Some(model), Ended::Failed { error, for_a_person }),
    };
    if row.state.generation > generation
        || row.state.generation == generation && row.state.phase.since().is_none()
    {
        return (Some(model), Ended::Known);
    }
    let ours = row.state.generation == generation && row.state.phase.decision() == Some(decision.as_str());
    let since = row.state.phase.since().filter(|_| ours);
    // A job older than the decision is of another ledger, such as one that was deleted since.
    let since = since.filter(|since| created.is_none_or(|created| SKEW.after(created) >= *since));
    let Some(since) = since else { return (Some(model), not_ours("the ledger has no such run")) };
    let stopping = row.state.phase.stopping().is_some();
    let (turn, now) = (world.token(), world.now());
    let open = Open { model: &model, generation, turn, since, stopping, now };
    let Some(close) = ending::close(&open, job, world.prices()) else {
        return (Some(model), Ended::Running);
    };
    let closing = Closing::of(&close, &row.state.starts);
    let ended = match world.change(&Change::Close(close)).await {
        Ok(Written::Yes) => Ended::Closed(closing),
        Ok(Written::No | Written::OverBudget) => Ended::Known,
        Err(error) => Ended::Failed { error: chain(&error), for_a_person: W::is_for_a_person(&error) },
    };
    (Some(model), ended)
}

/// What is to be said now of a model whose run has ended.
async fn news<W: World>(world: &W, model: &str) -> Vec<Told> {
    let names = [model.to_owned()];
    let Ok(row) = Unread::or_row::<W>(world.rows(&names).await.remove(model)) else { return Vec::new() };
    announce::of_runs(world, model, &row, &row.to_say(world.token(), world.now())).await
}
