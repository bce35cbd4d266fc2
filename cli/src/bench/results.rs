//! Everything on one page.

use std::process::ExitCode;

use rekindle_replay::bench::RETRAIN_COSTS;
use rekindle_replay::debt::Benchmark;
use rekindle_replay::guarantee::Guarantee;
use rekindle_replay::results::Results;

/// Prints the page of results.
pub(super) fn results() -> anyhow::Result<ExitCode> {
    let results = Results {
        streams: super::streams::run(&super::streams::bundled()?, RETRAIN_COSTS, 1),
        debt: super::debt::run(Benchmark::default())?,
        guarantee: Guarantee::default().run(),
    };
    crate::say(results.to_string().trim_end())?;
    Ok(super::code(results.hold()))
}
