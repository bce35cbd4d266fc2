//! The streams benchmark.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use rekindle_replay::bench::matrix::Matrix;
use rekindle_replay::bench::report::Report;
use rekindle_replay::bench::{Bench, RETRAIN_COSTS, policy, streams};

use super::Progress;

/// Prints how the rules compare.
pub(super) fn streams(
    folder: Option<&Path>,
    retrain_costs: &[f64],
    seed: u64,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let streams = folder.map_or_else(bundled, read)?;
    let retrain_costs = if retrain_costs.is_empty() { RETRAIN_COSTS } else { retrain_costs };
    let report = run(&streams, retrain_costs, seed);
    let text = if json { serde_json::to_string_pretty(&report)? } else { report.to_string() };
    crate::say(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// Compares the rules, and tells how far it is.
pub(super) fn run(streams: &[Matrix], retrain_costs: &[f64], seed: u64) -> Report {
    let (progress, all, mut begun) = (Progress::new(), streams.len(), 0_usize);
    Bench { streams, retrain_costs, policies: policy::ALL, seed }.run(|stream| {
        begun = begun.saturating_add(1);
        progress.tell(&format!("stream {begun} of {all}: {stream}"));
    })
}

/// The streams that come with the tool.
pub(super) fn bundled() -> anyhow::Result<Vec<Matrix>> {
    streams::bundled().map_err(|(name, error)| anyhow::anyhow!("the bundled stream {name}: {error}"))
}

/// What a retrain costs, as it is written on the command line.
pub(super) fn retrain_cost(text: &str) -> Result<f64, String> {
    let cost = text.parse::<f64>().ok().filter(|cost| cost.is_finite() && *cost >= 0.0);
    cost.ok_or_else(|| {
        "a retrain cost is a number from 0 on, such as 0.2; give several as 0.1,0.2,0.5".to_owned()
    })
}

/// The streams of a folder, in the order of the names of their files.
fn read(folder: &Path) -> anyhow::Result<Vec<Matrix>> {
    let mut files = std::fs::read_dir(folder)
        .with_context(|| format!("could not read the folder {}", folder.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| format!("could not read the folder {}", folder.display()))?;
    files.retain(|file| file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")));
    files.sort();
    if files.is_empty() {
        bail!("{} holds no stream: a stream is a file that ends in .csv", folder.display());
    }
    let mut streams: Vec<Matrix> = Vec::with_capacity(files.len());
    for file in &files {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let stream =
            Matrix::read(&text, &name).with_context(|| format!("could not read {}", file.display()))?;
        if streams.iter().any(|other| other.name() == stream.name()) {
            let (file, name) = (file.display(), stream.name());
            bail!(
                "{file}: another file has the stream `{name}`; give one of them another `stream=` in line 1"
            );
        }
        streams.push(stream);
    }
    Ok(streams)
}
