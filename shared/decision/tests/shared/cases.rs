//! How many cases a law is tried on, and from which seed: for every test binary of this crate.

use std::hash::{BuildHasher, Hasher, RandomState};

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// So many cases from a new seed, which a failure prints: give it as `PROPTEST_RNG_SEED` to see the same cases again.
///
/// `PROPTEST_CASES`, where it is set, makes them fewer and never more, so that mutation testing is quick.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("PROPTEST_RNG_SEED={seed}");
    let most = std::env::var("PROPTEST_CASES").ok().and_then(|most| most.parse::<u32>().ok());
    ProptestConfig {
        cases: most.map_or(cases, |most| cases.min(most.max(1))),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
