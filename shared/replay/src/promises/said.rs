//! What is written is said.

use rekindle_decision::policy::Policy;

use super::{Found, Scene, unless};

/// The events that tell of an end.
const ENDS: [&str; 3] = ["Retraining Finished", "Retraining Failed", "Retraining Stopped"];

fn is_said(scene: &Scene<'_>, kind: &str, job: &str) -> bool {
    scene.witness.said.contains(&(kind.to_owned(), job.to_owned()))
}

pub(super) fn starts(scene: &Scene<'_>, policy: &Policy) -> Found {
    for run in scene.made(policy) {
        unless(is_said(scene, "Retraining Started", &run.job), || format!("nobody was told of {}", run.job))?;
    }
    Ok(())
}

pub(super) fn ends(scene: &Scene<'_>, policy: &Policy) -> Found {
    let closed = |end: jiff::Timestamp| end <= scene.last;
    for run in scene.made(policy).into_iter().filter(|run| run.ended.is_some_and(closed)) {
        let said = ENDS.iter().any(|kind| is_said(scene, kind, &run.job));
        unless(said, || format!("nobody was told that {} is {}", run.job, run.status))?;
    }
    Ok(())
}

pub(super) fn nothing_is_left(scene: &Scene<'_>, policy: &Policy) -> Found {
    let unsaid = scene.memory.row(&policy.model).unsaid;
    unless(unsaid.is_empty(), || format!("{unsaid:?}"))
}
