//! `rekindle bench`: rules for retraining, compared where every outcome is known.

mod debt;
mod guarantee;
mod results;
mod streams;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// What is compared, and on what.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A folder of CSV files, a stream each; `shared/replay/streams/README.md` has the format. Left out, the streams that
    /// come with the tool.
    #[arg(long, conflicts_with_all = ["debt", "guarantee", "results"])]
    streams: Option<PathBuf>,
    /// What a retrain costs, in batches whose losses are all 1, separated by commas; left out,
    /// 0.02,0.05,0.1,0.2,0.5,1,2.
    #[arg(long, value_delimiter = ',', value_parser = streams::retrain_cost)]
    #[arg(conflicts_with_all = ["debt", "guarantee", "results"])]
    retrain_costs: Vec<f64>,
    #[command(flatten)]
    instead: Instead,
    /// With `--debt`: paths of each world.
    #[arg(long, requires = "debt", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    paths: u32,
    /// With `--guarantee`: how many worlds.
    #[arg(long, requires = "guarantee", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    instances: u32,
    /// Detectors read the losses of a batch in an order from this seed; paths and worlds follow from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One JSON document, with every retrain, instead of tables.
    #[arg(long)]
    json: bool,
}

/// What else than the streams.
#[derive(Debug, clap::Args)]
struct Instead {
    /// Instead, the published learning-debt simulation. Exit code: 0, or 1 where it is not as it was published.
    #[arg(long, conflicts_with_all = ["guarantee", "results"])]
    debt: bool,
    /// Instead, the promise of break-even with a measured reference, on random worlds. Exit code: 0, or 1 where it was
    /// broken.
    #[arg(long, conflicts_with = "results")]
    guarantee: bool,
    /// Instead, all three as a page in Markdown, which is `shared/replay/RESULTS.md`. Exit code: 1 where one of the two
    /// above would be.
    #[arg(long, conflicts_with_all = ["seed", "json"])]
    results: bool,
}

/// Prints what came of it.
pub(crate) fn bench(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { seed, json, .. } = *arguments;
    if arguments.instead.results {
        results::results()
    } else if arguments.instead.debt {
        debt::debt(seed, arguments.paths, json)
    } else if arguments.instead.guarantee {
        guarantee::guarantee(seed, arguments.instances, json)
    } else {
        streams::streams(arguments.streams.as_deref(), &arguments.retrain_costs, seed, json)
    }
}

/// A line on standard error that tells how far it is, for whoever waits there.
struct Progress(bool);

impl Progress {
    fn new() -> Self {
        Self(std::io::stderr().is_terminal())
    }

    fn tell(&self, how_far: &str) {
        if self.0 {
            // Whoever cannot be told of progress misses nothing else.
            let _ = write!(std::io::stderr(), "\r\x1b[K{how_far}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.tell("");
    }
}

/// The exit code of a check.
fn code(holds: bool) -> ExitCode {
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
