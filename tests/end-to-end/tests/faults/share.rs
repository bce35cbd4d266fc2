//! How much is tried, and from which seed.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::OnceLock;

/// The seed of this run, printed once.
pub(crate) fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let given = std::env::var("REKINDLE_FAULTS_SEED").ok().and_then(|seed| seed.parse().ok());
        given.unwrap_or_else(|| RandomState::new().build_hasher().finish())
    })
}

/// Says from which seed a test draws: a test's own output is shown only if it fails.
pub(crate) fn print_seed() -> u64 {
    println!("REKINDLE_FAULTS_SEED={}", seed());
    seed()
}

/// Whether everything is tried, however long it takes.
pub(crate) fn full() -> bool {
    std::env::var("REKINDLE_FAULTS").is_ok_and(|share| share == "full")
}

/// What alone is tried, if anything is: of all stories, those whose name holds this text.
pub(crate) fn only() -> Option<String> {
    std::env::var("REKINDLE_FAULTS_ONLY").ok().filter(|only| !only.is_empty())
}
