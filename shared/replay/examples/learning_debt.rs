//! The learning-debt benchmark: `cargo run --release -p rekindle-replay --example learning_debt -- --seed 1`.

use std::process::ExitCode;
use std::time::Instant;

use rekindle_replay::debt::Benchmark;

fn wanted() -> Result<Benchmark, String> {
    let mut benchmark = Benchmark::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
        let number = value.parse::<u64>().map_err(|error| format!("{value}: {error}"))?;
        match word.as_str() {
            "--seed" => benchmark.seed = number,
            "--tuning-seed" => benchmark.tuning_seed = number,
            "--paths" => benchmark.paths = u32::try_from(number).map_err(|error| error.to_string())?,
            other => return Err(format!("`{other}` is not known")),
        }
    }
    Ok(benchmark)
}

fn main() -> ExitCode {
    let begun = Instant::now();
    let report = wanted().and_then(|benchmark| {
        benchmark
            .run(|progress| eprint!("\r{} of {}", progress.done, progress.of))
            .map_err(|error| error.to_string())
    });
    match report {
        Ok(report) => {
            eprintln!("\r{:.1} s    ", begun.elapsed().as_secs_f64());
            print!("{report}");
            if report.check.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
