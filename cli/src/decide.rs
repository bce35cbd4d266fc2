//! `rekindle decide`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::{Alarms, Mode, Policy};
use rekindle_decision::ruling::Decision;

use crate::redecide::redecide;

/// What is decided on.
#[derive(Debug)]
pub(crate) enum On<'a> {
    /// Facts from a file.
    Facts(&'a Path),
    /// The facts of a line of the decision log, to be decided again.
    Record(&'a Path),
}

/// Decides once, as the functions would on the same facts.
pub(crate) fn decide(
    policy: &Path,
    on: &On<'_>,
    model: Option<&str>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let policies = crate::chosen::policies(policy)?;
    let facts = match on {
        On::Record(record) => return redecide(&policies, record, json),
        On::Facts(facts) => facts,
    };
    let policy = crate::chosen::one(policy, &policies, model)?;
    let facts: Facts = serde_json::from_slice(&crate::text(facts)?)
        .with_context(|| format!("{} does not hold facts", facts.display()))?;
    for unheard in unheard(policy, &facts) {
        eprintln!("note: {unheard}");
    }
    let ruling = rekindle_decision::decide(policy, &facts);
    if json {
        crate::say(&serde_json::to_string_pretty(&ruling)?)?;
    } else {
        let mode = match (&ruling.decision, policy.mode) {
            (Decision::Start { .. }, Mode::Observe) => "The policy observes: no job would be started.\n",
            _ => "",
        };
        crate::say(&format!("{}\n{mode}\n{}", ruling.sentence(), ruling.tree_text()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Facts that the policy does not ask for: most likely a slip of the pen.
fn unheard(policy: &Policy, facts: &Facts) -> Vec<String> {
    let named: Vec<&str> = policy
        .alarms()
        .into_iter()
        .filter_map(|which| match which {
            Alarms::Name(name) => Some(name.as_str()),
            Alarms::Prefix { .. } => None,
        })
        .collect();
    let alarms = facts.alarms.keys().filter(|name| !named.contains(&name.as_str()));
    let alarms = alarms.map(|name| format!("the policy names no alarm `{name}`; it has {}", list(&named)));
    let wanted: Vec<String> = policy.wanted(facts.now).into_iter().map(|wanted| wanted.key).collect();
    let keys: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let metrics = facts.metrics.keys().filter(|name| !keys.contains(&name.as_str()));
    let metrics = metrics.map(|name| {
        format!(
            "the policy has no metric trigger `{name}`; metrics stand under the trigger's name: {}",
            list(&keys)
        )
    });
    alarms.chain(metrics).collect()
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
