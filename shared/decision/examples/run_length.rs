//! Measures the promise of the e-detector: how long it runs to a false alarm, and how soon it finds a change.
//!
//! `cargo run --release -p rekindle-decision --example run_length [RUNS] [SEED]`
//!
//! In each cell errors come independently at exactly the tolerated rate, which is the hardest case the promise covers.
//! A run that has not alarmed after 20 times the promise is cut there, so the measured mean is a lower bound. A delay
//! is measured from a change at the first period, with nothing learnt before it, which is the longest it can be. The
//! program fails if the mean of a cell, plus two standard errors, is below what was promised.

use std::process::ExitCode;

use rekindle_decision::detect::Batch;
use rekindle_decision::detect::evidence::{Evidence, Settings};

const PROMISES: [u32; 3] = [50, 200, 1000];
const TOLERATED: [f64; 3] = [0.02, 0.18, 0.4];
const SIZES: [u32; 2] = [20, 400];
/// How much worse the rate becomes where a delay is measured.
const WORSE: [f64; 2] = [1.25, 1.5];
/// Where a run is cut, in promises.
const CUT: u32 = 20;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let (runs, seed) = match (arguments.next(), arguments.next()) {
        (None, _) => (20_000, 1),
        (Some(Ok(runs)), None) if runs > 1 => (runs, 1),
        (Some(Ok(runs)), Some(Ok(seed))) if runs > 1 => (runs, seed),
        _ => {
            eprintln!("give a number of runs, at least 2, and perhaps a seed");
            return ExitCode::from(2);
        }
    };
    println!("{runs} runs a cell, seed {seed}; runs are cut at {CUT} times the promise");
    println!("promise  rate  losses      mean  std.err     cut  delay at 1.25x  at 1.5x");
    let mut random = Random(seed);
    let mut kept = true;
    for promise in PROMISES {
        for tolerated in TOLERATED {
            for size in SIZES {
                let cell = Cell { promise, tolerated, size };
                kept &= cell.measure(runs, &mut random);
            }
        }
    }
    if kept {
        ExitCode::SUCCESS
    } else {
        println!("the promise is not kept");
        ExitCode::FAILURE
    }
}

/// A promise, and what it is tried on.
struct Cell {
    promise: u32,
    tolerated: f64,
    size: u32,
}

impl Cell {
    /// Prints the cell's line, and says whether the promise is kept.
    fn measure(&self, runs: u64, random: &mut Random) -> bool {
        let errors = Binomial::new(self.size, self.tolerated);
        let (mut sum, mut squares, mut cut, mut counted) = (0.0, 0.0, 0.0, 0.0);
        for _ in 0..runs {
            let (periods, alarmed) = self.run(&errors, random);
            let periods = f64::from(periods);
            sum += periods;
            squares += periods * periods;
            cut += f64::from(u8::from(!alarmed));
            counted += 1.0;
        }
        let mean: f64 = sum / counted;
        let error = ((squares / counted - mean * mean) / (counted - 1.0)).sqrt();
        let [little, much] = WORSE.map(|times| {
            let errors = Binomial::new(self.size, times * self.tolerated);
            median((0..runs.min(400)).map(|_| self.run(&errors, random).0).collect())
        });
        let kept = mean + 2.0 * error >= f64::from(self.promise);
        println!(
            "{:>7}  {:>4}  {:>6}  {mean:>8.1}  {error:>7.1}  {:>5.1}%  {little:>14}  {much:>7}{}",
            self.promise,
            self.tolerated,
            self.size,
            100.0 * cut / counted,
            if kept { "" } else { "  BELOW THE PROMISE" },
        );
        kept
    }

    /// How many periods there were up to the first alarm, or to where the run is cut.
    fn run(&self, errors: &Binomial, random: &mut Random) -> (u32, bool) {
        let settings = Settings { tolerated: self.tolerated, run_length: f64::from(self.promise) };
        let mut detector = Evidence::new(settings);
        let last = CUT * self.promise;
        let count = f64::from(self.size);
        let alarm = (1..=last).find(|_| detector.step(Batch { sum: errors.draw(random), count }));
        (alarm.unwrap_or(last), alarm.is_some())
    }
}

fn median(mut delays: Vec<u32>) -> u32 {
    delays.sort_unstable();
    delays.get(delays.len() / 2).copied().unwrap_or(0)
}

/// The number of errors in a period.
struct Binomial {
    /// The chance of at most so many, one by one from none.
    at_most: Vec<f64>,
}

impl Binomial {
    fn new(count: u32, rate: f64) -> Self {
        let mut chance = (f64::from(count) * (1.0 - rate).ln()).exp();
        let mut sum = chance;
        let mut at_most = vec![sum];
        for errors in 1..=count {
            chance *= f64::from(count - errors + 1) / f64::from(errors) * rate / (1.0 - rate);
            sum += chance;
            at_most.push(sum);
        }
        Self { at_most }
    }

    fn draw(&self, random: &mut Random) -> f64 {
        let chance = random.fraction();
        let errors = self.at_most.partition_point(|at_most| *at_most <= chance).min(self.at_most.len() - 1);
        u32::try_from(errors).map_or(0.0, f64::from)
    }
}

/// The generator `SplitMix64` (Vigna 2015).
struct Random(u64);

impl Random {
    /// A number from nought to below one, by the upper 32 bits.
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let upper = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(0);
        f64::from(upper) / (f64::from(u32::MAX) + 1.0)
    }
}
