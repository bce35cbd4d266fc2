//! What laws are tried on.

#[path = "../shared/cases.rs"]
mod cases;

pub(crate) use cases::config;

use proptest::prelude::*;
use proptest::sample::select;
use rekindle_decision::detect::{Batch, Direction};

/// Any number at all, the awkward ones often.
pub(crate) fn wild() -> impl Strategy<Value = f64> {
    let awkward = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
    ];
    prop_oneof![3 => select(awkward.to_vec()), 1 => prop::num::f64::ANY, 2 => -2.0..400.0]
}

/// Any batch at all.
pub(crate) fn wild_batch() -> impl Strategy<Value = Batch> {
    (wild(), wild()).prop_map(|(sum, count)| Batch { sum, count })
}

/// A batch of errors, of fewer than so many.
pub(crate) fn batch(most: u32) -> impl Strategy<Value = Batch> {
    (1..most).prop_flat_map(|count| {
        (0..=count).prop_map(move |sum| Batch { sum: f64::from(sum), count: f64::from(count) })
    })
}

pub(crate) fn direction() -> impl Strategy<Value = Direction> {
    select(vec![Direction::Up, Direction::Down, Direction::Both])
}
