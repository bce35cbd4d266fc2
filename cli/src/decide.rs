//! `rekindle decide`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use rekindle_decision::facts::Facts;
use rekindle_policy::{Text, read};

/// Decides once, as the functions would on the same facts.
pub(crate) fn decide(
    policy: &Path,
    facts: &Path,
    model: Option<&str>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let name = policy.display().to_string();
    let text = String::from_utf8(crate::text(policy)?).with_context(|| format!("{name} is not UTF-8"))?;
    let policies = match read(&Text { name: name.clone(), version: 1, text }) {
        Ok(policies) => policies,
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            bail!("{}\nhint: `rekindle check {name}` shows the lines", told.join("\n"));
        }
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
    let ruling = rekindle_decision::decide(policy, &facts);
    if json {
        println!("{}", serde_json::to_string_pretty(&ruling)?);
    } else {
        println!("{}\n\n{}", ruling.sentence(), ruling.tree_text());
    }
    Ok(ExitCode::SUCCESS)
}
