//! `rekindle schema`.

use std::process::ExitCode;

/// Prints the grammar: for editors, or for people.
pub(crate) fn schema(markdown: bool) -> anyhow::Result<ExitCode> {
    if markdown {
        crate::say(rekindle_policy::reference().trim_end())?;
    } else {
        crate::say(&serde_json::to_string_pretty(&rekindle_policy::schema())?)?;
    }
    Ok(ExitCode::SUCCESS)
}
