//! What leads to one start at most.

use std::collections::BTreeMap;

use rekindle_decision::policy::{Policy, Watch};

use super::{Found, Scene, unless};

pub(super) fn requests(scene: &Scene<'_>, policy: &Policy) -> Found {
    once(scene, policy, |reason| reason.starts_with("asked "))
}

pub(super) fn ticks(scene: &Scene<'_>, policy: &Policy) -> Found {
    let is_tick = |reason: &str| {
        let mut watches = policy.watches();
        let trigger = reason.split(' ').next().unwrap_or_default();
        watches.any(|(name, watch)| name == trigger && matches!(watch, Watch::Schedule(_)))
    };
    once(scene, policy, is_tick)
}

/// A start answers every request made until then, also one that a newer request stands for.
///
/// Not one that was told in the very moment of a start: by its date that start answers it, and nobody writes down its id.
pub(super) fn answered(scene: &Scene<'_>, policy: &Policy) -> Found {
    let (all, runs) = (scene.made(policy), scene.stand(policy));
    for run in &all {
        let Some(reasons) = scene.reasons(run) else { continue };
        for id in reasons.iter().filter_map(|reason| reason.strip_prefix("asked ")) {
            let heard = scene.witness.heard.get(&format!("ask:{id}"));
            let Some((first, done)) = heard.and_then(|heard| Some((heard.first, heard.done?))) else {
                continue;
            };
            let raced = runs.iter().any(|run| run.decided >= first && run.decided <= done);
            let before = runs.iter().find(|before| before.decided < run.decided && before.decided > done);
            unless(raced || before.is_none(), || {
                let before = before.map(|before| before.job.as_str()).unwrap_or_default();
                format!("`{id}`, told at {done}, was answered by {before}, and led to {}", run.job)
            })?;
        }
    }
    Ok(())
}

fn once(scene: &Scene<'_>, policy: &Policy, meant: impl Fn(&str) -> bool) -> Found {
    let mut led: BTreeMap<&str, &str> = BTreeMap::new();
    let (all, stand) = (scene.made(policy), scene.stand(policy));
    let stands = |name: &str| stand.iter().any(|run| run.job == name);
    for run in &all {
        let Some(reasons) = scene.reasons(run) else { continue };
        for reason in reasons.iter().filter(|reason| meant(reason)) {
            let before = led.insert(reason, &run.job);
            unless(before.is_none_or(|before| !stands(before)), || {
                format!("`{reason}` led to {} and to {}", before.unwrap_or_default(), run.job)
            })?;
        }
    }
    Ok(())
}
