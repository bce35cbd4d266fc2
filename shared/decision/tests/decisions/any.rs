//! What laws and the oracle are tried on.

use std::hash::{BuildHasher, Hasher, RandomState};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use rekindle_decision::policy::Expr;

/// The triggers of every generated policy.
pub(crate) const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// So many cases from a new seed, which a failure prints: give it as `PROPTEST_RNG_SEED` to see the same cases again.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("PROPTEST_RNG_SEED={seed}");
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Noon of the day everything happens on.
pub(crate) fn noon() -> Timestamp {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

/// An instant up to thirty hours before noon: on the hour, or one second to either side.
pub(crate) fn before_noon() -> impl Strategy<Value = Timestamp> {
    (0_i64..=30, select(vec![-1_i64, 0, 0, 0, 1])).prop_map(|(hours, jitter)| {
        let seconds = (hours * 3_600 + jitter).max(0);
        noon().checked_sub(SignedDuration::from_secs(seconds)).unwrap()
    })
}

/// Any combination of the triggers, three deep; some of them impossible, such as none of two.
pub(crate) fn expr() -> impl Strategy<Value = Expr> {
    let within = select(vec![None, Some("0s"), Some("1h"), Some("24h")])
        .prop_map(|text| text.map(|text| text.parse().unwrap()));
    select(&NAMES[..]).prop_map(|name| Expr::Trigger(name.to_owned())).prop_recursive(3, 16, 4, move |part| {
        let parts = prop::collection::vec(part, 0..4);
        prop_oneof![
            parts.clone().prop_map(Expr::Any),
            (parts.clone(), within.clone()).prop_map(|(of, within)| Expr::All { of, within }),
            (0_u32..4, parts, within.clone()).prop_map(|(n, of, within)| Expr::AtLeast { n, of, within }),
        ]
    })
}
