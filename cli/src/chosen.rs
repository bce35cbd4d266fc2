//! The policy that a command is about.

use std::path::Path;

use anyhow::{Context, bail};
use rekindle_decision::policy::Policy;
use rekindle_policy::{Text, read};

/// All policies of a document.
pub(crate) fn policies(document: &Path) -> anyhow::Result<Vec<Policy>> {
    let name = document.display().to_string();
    let text = String::from_utf8(crate::text(document)?).with_context(|| format!("{name} is not UTF-8"))?;
    of_text(&name, &text)
}

/// All policies of a document's text.
pub(crate) fn of_text(name: &str, text: &str) -> anyhow::Result<Vec<Policy>> {
    read(&Text::new(name, 1, text)).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}\nhint: `rekindle check {name}` shows the lines", told.join("\n"))
    })
}

/// The one that is meant: the only one, or that of the model.
pub(crate) fn one<'a>(
    document: &Path,
    policies: &'a [Policy],
    model: Option<&str>,
) -> anyhow::Result<&'a Policy> {
    let name = document.display();
    let known = || policies.iter().map(|policy| policy.model.as_str()).collect::<Vec<_>>().join(", ");
    match (model, policies) {
        (None, [only]) => Ok(only),
        (None, _) => bail!("{name} has several models; choose one with --model: {}", known()),
        (Some(model), all) => match all.iter().find(|policy| policy.model == model) {
            Some(policy) => Ok(policy),
            None => bail!("{name} has no model `{model}`; it has {}", known()),
        },
    }
}
