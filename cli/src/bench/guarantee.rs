//! The promise of the measured account.

use std::process::ExitCode;

use rekindle_replay::guarantee::Guarantee;

/// Prints whether the promise was kept on random worlds.
pub(super) fn guarantee(seed: u64, instances: u32, json: bool) -> anyhow::Result<ExitCode> {
    let report = Guarantee { instances, seed }.run();
    let text = if json { serde_json::to_string_pretty(&report)? } else { report.to_string() };
    crate::say(text.trim_end())?;
    Ok(super::code(report.holds()))
}
