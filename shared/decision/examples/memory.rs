//! How much memory one model takes while it is decided on: `cargo run --release -p rekindle-decision --example memory`.
//!
//! Counts the resident pages of the process, so it runs on Linux only.

use std::fs;

use rekindle_decision::decide;

#[path = "fleet/mod.rs"]
#[expect(dead_code, reason = "shared with the benchmarks, which use all of it")]
mod fleet;

/// Models held at the same time.
const MODELS: usize = 500;

/// Bytes of one page, as Linux on x86-64 and arm64 has them.
const PAGE: usize = 4_096;

fn main() {
    for (name, rules) in fleet::six() {
        let before = resident();
        let policies: Vec<_> =
            (0..MODELS).map(|model| fleet::policy(&format!("model-{model}"), rules)).collect();
        let read = resident();
        let facts: Vec<_> = policies.iter().map(|policy| fleet::facts(policy, 14)).collect();
        let gathered = resident();
        let rulings: Vec<_> =
            policies.iter().zip(&facts).map(|(policy, facts)| decide(policy, facts)).collect();
        let decided = resident();
        let points: u64 = facts.iter().map(fleet::points).sum();
        println!(
            "{name}: policy {} B, facts {} B ({} points), ruling {} B a model; {} rulings held",
            read.saturating_sub(before) / MODELS,
            gathered.saturating_sub(read) / MODELS,
            points / MODELS as u64,
            decided.saturating_sub(gathered) / MODELS,
            rulings.len(),
        );
    }
}

fn resident() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * PAGE
}
