//! The learning-debt benchmark.

use std::process::ExitCode;

use rekindle_replay::debt::{Benchmark, Report};

use super::Progress;

/// Prints how rules compare in the published simulation, and whether this is it.
pub(super) fn debt(seed: u64, paths: u32, json: bool) -> anyhow::Result<ExitCode> {
    let report = run(Benchmark { seed, paths, ..Benchmark::default() })?;
    let text = if json { serde_json::to_string_pretty(&report)? } else { report.to_string() };
    crate::say(text.trim_end())?;
    Ok(super::code(report.check.holds()))
}

/// Runs it, and tells how far it is.
pub(super) fn run(benchmark: Benchmark) -> anyhow::Result<Report> {
    let progress = Progress::new();
    let report =
        benchmark.run(|now| progress.tell(&format!("learning debt: part {} of {}", now.done, now.of)));
    report.map_err(|error| anyhow::anyhow!("the published table of the learning-debt benchmark: {error}"))
}
