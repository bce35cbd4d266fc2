//! Jobs and runs.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::Policy;
use rekindle_decision::signal::Signal;
use rekindle_decision::state::Phase;

use super::{Found, Scene, unless};

/// The words of a run that has no job: it waits for one, or none came of it.
const JOBLESS: [&str; 4] = ["Starting", "Refused", "NameTaken", "Withdrawn"];

pub(super) fn each_run_has_its_job(scene: &Scene<'_>, policy: &Policy) -> Found {
    for run in scene.memory.runs(&policy.model) {
        let of = scene.witness.made.iter().filter(|made| made.name == run.job);
        let decisions: Vec<&str> = of.map(|made| made.decision.as_str()).collect();
        let wanted: &[&str] = if JOBLESS.contains(&run.status.as_str()) { &[] } else { &[&run.decision] };
        unless(decisions == wanted, || {
            format!("{} is {} of {}, and its jobs are of {decisions:?}", run.job, run.status, run.decision)
        })?;
    }
    Ok(())
}

pub(super) fn each_job_has_its_run(scene: &Scene<'_>, policy: &Policy) -> Found {
    let runs = scene.memory.runs(&policy.model);
    for made in scene.witness.made.iter().filter(|made| made.model == policy.model) {
        let Some(run) = runs.iter().find(|run| run.job == made.name) else {
            return Err(format!("{} has no run", made.name));
        };
        // What ended after the last sweep, nobody has seen yet.
        let end = scene.memory.job_end(&made.name).filter(|(_, at)| *at <= scene.last);
        let status = end.and_then(|(status, _)| status.ended()).unwrap_or("InProgress");
        let just = scene.memory.job_end(&made.name).is_some_and(|(_, at)| at > scene.last);
        unless(run.status == status || just && run.status != "Starting", || {
            format!("{} is {status}, and its run says {}", made.name, run.status)
        })?;
    }
    Ok(())
}

pub(super) fn the_phase_is_the_runs(scene: &Scene<'_>, policy: &Policy) -> Found {
    let (row, runs) = (scene.memory.row(&policy.model), scene.memory.runs(&policy.model));
    let open: Vec<u32> = runs
        .iter()
        .filter(|run| ["Starting", "InProgress"].contains(&run.status.as_str()))
        .map(|run| run.generation)
        .collect();
    match &row.state.phase {
        Phase::Idle => unless(open.is_empty() && row.turn.is_none(), || {
            format!("the phase is idle, and the open runs are {open:?}")
        }),
        Phase::Starting { .. } => Err("the start that is going on was left alone".to_owned()),
        Phase::Running { decision, .. } => {
            let run = runs.iter().find(|run| run.generation == row.state.generation);
            let same = run.is_some_and(|run| run.decision == *decision && run.status == "InProgress");
            unless(same && open == [row.state.generation], || {
                format!("generation {} runs, and the open runs are {open:?}", row.state.generation)
            })
        }
    }
}

pub(super) fn generations_count(scene: &Scene<'_>, policy: &Policy) -> Found {
    let generations: Vec<u32> = scene.memory.runs(&policy.model).iter().map(|run| run.generation).collect();
    let newest = scene.memory.row(&policy.model).state.generation;
    unless(generations == (1..=newest).collect::<Vec<_>>(), || {
        format!("the generation is {newest}, and the runs are {generations:?}")
    })
}

/// The shortest job there is runs three minutes.
const SHORTEST: u64 = 180;

pub(super) fn nothing_loops(scene: &Scene<'_>, policy: &Policy) -> Found {
    let jobs = scene.witness.made.iter().filter(|made| made.model == policy.model).count();
    let most = Duration::between(scene.from, scene.now).seconds() / SHORTEST;
    unless(u64::try_from(jobs).is_ok_and(|jobs| jobs <= most), || format!("there are {jobs} jobs"))
}

/// Whether a person forced this model.
pub(super) fn was_forced(scene: &Scene<'_>, policy: &Policy) -> bool {
    scene.witness.heard.values().any(|heard| {
        let Signal::Asked(ask) = &heard.signal else { return false };
        ask.models.contains(&policy.model) && (ask.force || ask.ignore_budget)
    })
}

pub(super) fn the_cooldown_is_kept(scene: &Scene<'_>, policy: &Policy) -> Found {
    if was_forced(scene, policy) {
        return Ok(());
    }
    // Nothing cools down after one that failed and is tried again: the wait after a failure stands for it.
    let stands = |decided: &Timestamp| scene.stand(policy).iter().any(|run| run.decided == *decided);
    let starts: Vec<_> = scene.made(policy).into_iter().map(|run| run.decided).collect();
    for (one, two) in starts.iter().zip(starts.iter().skip(1)).filter(|(one, _)| stands(one)) {
        unless(policy.guards.cooldown.after(*one) <= *two, || {
            format!("{one} and {two} are closer than {}", policy.guards.cooldown)
        })?;
    }
    Ok(())
}
