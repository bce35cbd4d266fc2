//! Fixed series that `reference.py` can write too, and short ways to say a batch.

use rekindle_decision::detect::Batch;

/// A period of which only the mean is known.
pub(crate) fn mean(mean: f64) -> Batch {
    Batch { sum: mean, count: 1.0 }
}

pub(crate) fn batch(sum: f64, count: f64) -> Batch {
    Batch { sum, count }
}

/// Equal but for the last few of sixteen digits.
#[track_caller]
pub(crate) fn assert_near(found: f64, expected: f64) {
    let far = (found - expected).abs() > 1e-9 * (1.0 + expected.abs());
    assert!(!far && found.is_finite(), "{found} is not {expected}");
}

fn uniform(seed: u64) -> impl Iterator<Item = f64> {
    let next = |seed: &u64| Some((1_103_515_245 * seed + 12_345) % (1 << 31));
    let fraction = |seed| f64::from(u32::try_from(seed).unwrap()) / f64::from(1_u32 << 31);
    std::iter::successors(next(&seed), next).map(fraction)
}

/// Nought or one, one with a probability that changes after 1000.
fn bits(seed: u64, before: f64, after: f64) -> Vec<f64> {
    let bit = |(i, u)| f64::from(u8::from(u < if i < 1000 { before } else { after }));
    (0..2000).zip(uniform(seed)).map(bit).collect()
}

/// A number up to 0.3 that is shifted after 700.
fn level(seed: u64, shift: f64) -> Vec<f64> {
    let number = |(i, u)| 0.3 * u + if i < 700 { 0.0 } else { shift };
    (0..1500).zip(uniform(seed)).map(number).collect()
}

pub(crate) fn series(name: &str) -> Vec<f64> {
    match name {
        "worse" => bits(1, 0.1, 0.3),
        "better" => bits(2, 0.3, 0.1),
        "up" => level(3, 0.2),
        "down" => level(4, -0.2),
        _ => panic!("no series {name}"),
    }
}
