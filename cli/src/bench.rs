//! `rekindle bench`: rules for retraining, compared on streams of which every outcome is known.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use rekindle_replay::bench::matrix::Matrix;
use rekindle_replay::bench::{Bench, RETRAIN_COSTS, policy, streams};

/// Prints how the rules compare; streams that have begun are told on standard error, for whoever waits there.
pub(crate) fn bench(
    folder: Option<&Path>,
    retrain_costs: &[f64],
    seed: u64,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let streams = match folder {
        Some(folder) => read(folder)?,
        None => streams::bundled()
            .map_err(|(name, error)| anyhow::anyhow!("the bundled stream {name}: {error}"))?,
    };
    let retrain_costs = if retrain_costs.is_empty() { RETRAIN_COSTS } else { retrain_costs };
    let (mut stderr, mut begun) = (std::io::stderr(), 0_usize);
    let watched = stderr.is_terminal();
    let (all, policies) = (streams.len(), policy::ALL);
    let report = Bench { streams: &streams, retrain_costs, policies, seed }.run(|stream| {
        begun = begun.saturating_add(1);
        if watched {
            // Whoever cannot be told of progress misses nothing else.
            let _ = write!(stderr, "\r\x1b[Kstream {begun} of {all}: {stream}");
        }
    });
    if watched {
        let _ = write!(stderr, "\r\x1b[K");
    }
    let text = if json { serde_json::to_string_pretty(&report)? } else { report.to_string() };
    crate::say(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// What a retrain costs, as it is written on the command line.
pub(crate) fn retrain_cost(text: &str) -> Result<f64, String> {
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
