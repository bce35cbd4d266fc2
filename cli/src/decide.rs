//! `rekindle decide`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::{Alarms, Mode, Policy};
use rekindle_decision::ruling::Decision;
use rekindle_policy::{Text, read};

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
    let name = policy.display().to_string();
    let text = String::from_utf8(crate::text(policy)?).with_context(|| format!("{name} is not UTF-8"))?;
    let policies = match read(&Text::new(name.as_str(), 1, text)) {
        Ok(policies) => policies,
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            bail!("{}\nhint: `rekindle check {name}` shows the lines", told.join("\n"));
        }
    };
    let facts = match on {
        On::Record(record) => return redecide(&policies, record, json),
        On::Facts(facts) => facts,
    };
    let known = || policies.iter().map(|policy| policy.model.as_str()).collect::<Vec<_>>().join(", ");
    let policy = match (model, policies.as_slice()) {
        (None, [only]) => only,
        (None, _) => bail!("{name} has several models; choose one with --model: {}", known()),
        (Some(model), all) => match all.iter().find(|policy| policy.model == model) {
            Some(policy) => policy,
            None => bail!("{name} has no model `{model}`; it has {}", known()),
        },
    };
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
