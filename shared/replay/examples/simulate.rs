//! Lives through many seeds, or through one with its story:
//! `cargo run --release -p rekindle-replay --example simulate -- --seeds 20000`, `--seed 17 --model ticks`, `--sabotage fence`.

use std::process::ExitCode;
use std::time::Instant;

use rekindle_replay::trial::{Stock, Trial, Verdict};
use rekindle_replay::{Counts, Sabotage};

/// What is asked for.
#[derive(Debug, Default)]
struct Wanted {
    first: u64,
    seeds: u64,
    seed: Option<u64>,
    /// Of whom the story is told.
    model: Option<String>,
    sabotage: Option<Sabotage>,
    /// Goes on after a violation, and only counts them.
    all: bool,
}

fn wanted() -> Result<Wanted, String> {
    let mut wanted = Wanted { seeds: 1_000, ..Wanted::default() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
        match word.as_str() {
            "--seeds" => wanted.seeds = number(value()?)?,
            "--first" => wanted.first = number(value()?)?,
            "--seed" => wanted.seed = Some(number(value()?)?),
            "--model" => wanted.model = Some(value()?),
            "--sabotage" => wanted.sabotage = Some(value()?.parse()?),
            "--all" => wanted.all = true,
            other => return Err(format!("`{other}` is not known")),
        }
    }
    Ok(wanted)
}

fn main() -> ExitCode {
    let done = wanted().and_then(|wanted| {
        let stock = Stock::read().map_err(|problems| format!("{problems:?}"))?;
        Ok(match wanted.seed {
            Some(seed) => one(&stock, seed, wanted.sabotage, wanted.model.as_deref()),
            None => many(&stock, &wanted),
        })
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One seed, with its story. Whether every promise was kept.
fn one(stock: &Stock, seed: u64, sabotage: Option<Sabotage>, model: Option<&str>) -> bool {
    let Verdict { counts, violations, story } = Trial { seed, sabotage, told: true }.run(stock);
    println!("{}", story.about(model));
    if model.is_none() {
        println!("{counts}");
    }
    for violation in &violations {
        println!("seed {seed}, {}: {}: {}", violation.model, violation.promise, violation.found);
    }
    violations.is_empty()
}

fn many(stock: &Stock, wanted: &Wanted) -> bool {
    let (begun, mut counts, mut bad) = (Instant::now(), Counts::default(), 0_u64);
    for nth in 0..wanted.seeds {
        let seed = wanted.first + nth;
        let verdict = Trial { seed, sabotage: wanted.sabotage, told: false }.run(stock);
        counts.join(&verdict.counts);
        if let Some(first) = verdict.violations.first() {
            bad += 1;
            if !wanted.all {
                one(stock, seed, wanted.sabotage, Some(&first.model));
                println!("replay it with --seed {seed}");
                return false;
            }
            println!("seed {seed}, {}: {}: {}", first.model, first.promise, first.found);
        }
        if (nth + 1) % 1_000 == 0 || nth + 1 == wanted.seeds {
            let turns = counts.of("turns");
            let seconds = begun.elapsed().as_secs_f64();
            #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
            let rate = turns as f64 / seconds.max(0.001);
            eprintln!("{} seeds, {turns} turns, {rate:.0} turns/s, {bad} seeds broke a promise", nth + 1);
        }
    }
    println!("{counts}");
    bad == 0
}
