//! Training jobs, one check for each clause.

use rekindle_decision::identity::job_name;

use super::script::{ME, OTHER, same};
use super::{Check, Stage, request};
use crate::error::chain;
use crate::world::{Creation, Job, JobStatus, World};

pub(super) async fn describe<W: World>(world: &W, name: &str) -> Result<Job, String> {
    world.describe(name).await.map_err(|error| format!("the job cannot be described: {}", chain(&error)))
}

/// Creates a job of our decision; gives back its ARN.
pub(super) async fn create<W: World>(world: &W, name: &str, step: &str) -> Result<String, String> {
    let answer = world.create(&request(name, "ours")).await;
    let Creation::Created { arn } = answer else {
        return Err(format!("{step} was answered with {answer:?}"));
    };
    Ok(arn)
}

pub(super) async fn job_absent<S: Stage>(stage: &S) -> Check {
    let name = job_name(&stage.model("job-absent"), 1);
    same("the job", &describe(&stage.world(ME), &name).await?, &Job::Absent)
}

pub(super) async fn job_found<S: Stage>(stage: &S) -> Check {
    let (name, world) = (job_name(&stage.model("job-found"), 1), stage.world(ME));
    let created = create(&world, &name, "the creation").await?;
    match describe(&stage.world(OTHER), &name).await? {
        Job::Absent => Err("the job is absent".to_owned()),
        Job::Found { arn, decision, status, created: since, ended, .. } => {
            same("the ARN", &arn, &created)?;
            same("the decision", &decision.as_deref(), &Some("ours"))?;
            // A double may train quickly: only what has ended has an end.
            same("whether it has an end", &ended.is_some(), &(status != JobStatus::InFlight))?;
            same("whether it has a beginning", &since.is_some(), &true)
        }
    }
}

pub(super) async fn job_once<S: Stage>(stage: &S) -> Check {
    let (name, world) = (job_name(&stage.model("job-once"), 1), stage.world(ME));
    create(&world, &name, "the first creation").await?;
    for decision in ["ours", "theirs"] {
        let again = stage.world(OTHER).create(&request(&name, decision)).await;
        same("the answer to the second creation", &again, &Creation::NameTaken)?;
    }
    match describe(&world, &name).await? {
        Job::Found { decision, .. } => same("the decision", &decision.as_deref(), &Some("ours")),
        Job::Absent => Err("the job is absent".to_owned()),
    }
}

pub(super) async fn job_stopped<S: Stage>(stage: &S) -> Check {
    let (name, world) = (job_name(&stage.model("job-stopped"), 1), stage.world(ME));
    create(&world, &name, "the creation").await?;
    let absent = job_name(&stage.model("job-never"), 1);
    for job in [&name, &name, &absent] {
        world.stop(job).await.map_err(|error| format!("{job} cannot be stopped: {}", chain(&error)))?;
    }
    let Job::Found { status, .. } = describe(&world, &name).await? else {
        return Err("the job that was stopped is absent".to_owned());
    };
    // It may save its work first.
    let stops = matches!(status, JobStatus::InFlight | JobStatus::Stopped);
    same("whether it stops", &stops, &true)?;
    same("the job that never was", &describe(&world, &absent).await?, &Job::Absent)
}
