//! How fast a replay is: `cargo run --release -p rekindle-replay --example throughput -- --models 4`.
//!
//! Each model has a year of 5-minute points and one limit on them, and is looked at every quarter of an hour by the same
//! turn as live. Memory is that of one model: they go one after the other, and nothing of a model is kept.

use std::error::Error;
use std::time::Instant;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_policy::{Text, read};
use rekindle_replay::history::History;
use rekindle_replay::replay::{Reads, Replay, World};
use rekindle_replay::report::Unit;

const POLICY: &str = include_str!("throughput.yaml");

const DAYS: usize = 365;

fn main() -> Result<(), Box<dyn Error>> {
    let models: u32 = match std::env::args().skip_while(|word| word != "--models").nth(1) {
        Some(models) => models.parse()?,
        None => 4,
    };
    let policies =
        read(&Text::new("throughput.yaml", 1, POLICY)).map_err(|problems| format!("{problems:?}"))?;
    let policy = policies.first().ok_or("the policy is for no model")?;
    let source = policy.watches().find_map(|(_, watch)| watch.source()).ok_or("no trigger reads a metric")?;
    let start: Timestamp = "2025-01-01T00:00:00Z".parse()?;
    let (begun, mut decisions, mut starts) = (Instant::now(), 0, 0);
    for model in 0..models {
        // A model loses a little more each day, and no two lose alike.
        let slope = 0.000_01 * f64::from(model % 7 + 1);
        let loss = std::sync::Arc::new(move |trained: usize, period: usize| {
            let age = u32::try_from(period.saturating_sub(trained)).unwrap_or(u32::MAX);
            Some(0.1 + slope * f64::from(age))
        });
        let world = World::assumed(
            "year",
            (start, source.metric.period, DAYS * 288),
            loss,
            Reads::Loss,
            String::new(),
        );
        let replay = Replay {
            policy,
            history: &History::default(),
            name: "a year",
            metric: &source.metric,
            world: &world,
            retrain_cost: 10.0,
            cost_per_unit_loss: 0.1,
            unit: Unit::Usd,
            training_time: Duration::from_seconds(3_600),
            sweep_every: Duration::from_seconds(900),
            seed: u64::from(model),
        };
        let lived = replay.run(|_| {});
        decisions += lived.decisions;
        starts += lived.starts.len();
        let seconds = begun.elapsed().as_secs_f64();
        eprintln!("{} of {models} models, {decisions} decisions, {seconds:.1} s", model + 1);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a count of decisions")]
    let a_second = decisions as f64 / seconds;
    println!(
        "{decisions} decisions, {starts} starts, {seconds:.1} s: {a_second:.0} decisions a second; {peak}"
    );
    Ok(())
}
