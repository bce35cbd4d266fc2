//! HDDM-A: on batches, and its boundaries.

use rekindle_decision::detect::hddm_a::{HddmA, Settings};
use rekindle_decision::detect::{Direction, Reading};
use rstest::rstest;

use crate::series::{assert_near, batch};

#[test]
fn the_defaults_are_rivers() {
    let Settings { drift_confidence, direction } = Settings::default();
    assert_eq!((drift_confidence.to_bits(), direction), (0.001_f64.to_bits(), Direction::Up));
}

/// The bound of the difference between so many losses and all of them.
fn bound(best: f64, all: f64) -> f64 {
    ((all - best) / (best * all) / 2.0 * (2.0 / 0.001_f64).ln()).sqrt()
}

#[rstest]
#[case::a_rise(Direction::Up, 90.0, Some(0.1))]
#[case::a_fall_is_no_rise(Direction::Up, 10.0, None)]
#[case::a_fall(Direction::Down, 10.0, Some(0.1))]
#[case::a_rise_is_no_fall(Direction::Down, 90.0, None)]
#[case::both_up(Direction::Both, 90.0, Some(0.1))]
#[case::both_down(Direction::Both, 10.0, Some(0.1))]
fn a_second_batch(#[case] direction: Direction, #[case] sum: f64, #[case] expected: Option<f64>) {
    let mut detector = HddmA::new(Settings { direction, ..Settings::default() });
    assert!(!detector.step(batch(150.0, 300.0)));
    assert_eq!(detector.reading(), None);
    // From a rate of 0.5 to one of 0.6 or 0.4 over all 400: further than the bound of 0.0563.
    assert_eq!(detector.step(batch(sum, 100.0)), expected.is_some());
    assert_eq!(detector.reading().is_some(), expected.is_some());
    if let (Some(reading), Some(statistic)) = (detector.reading(), expected) {
        assert_near(reading.statistic, statistic);
        assert_near(reading.level, bound(300.0, 400.0));
    }
}

#[rstest]
#[case::the_fall([50.0, 80.0, 80.0, 80.0, 20.0], Direction::Down)]
#[case::the_rise([50.0, 20.0, 20.0, 20.0, 80.0], Direction::Up)]
fn of_two_directions_the_nearer_to_its_bound_is_read(#[case] sums: [f64; 5], #[case] nearer: Direction) {
    // One way and then back again: over all, losses are both above their best and below their worst.
    let make = |direction| HddmA::new(Settings { direction, ..Settings::default() });
    let [up, down, both] = [Direction::Up, Direction::Down, Direction::Both].map(|direction| {
        let mut detector = make(direction);
        for sum in sums {
            detector.step(batch(sum, 100.0));
        }
        detector.reading()
    });
    assert!(up.is_some() && down.is_some());
    assert_eq!(both, if nearer == Direction::Up { up } else { down });
}

#[rstest]
#[case(0.0)]
#[case(1.0)]
#[case(-0.5)]
#[case(1.5)]
#[case(f64::NAN)]
fn a_confidence_outside_its_range_never_alarms(#[case] drift_confidence: f64) {
    let mut detector = HddmA::new(Settings { drift_confidence, direction: Direction::Both });
    let sums = [0.0, 1000.0, 0.0, 1000.0, 1000.0, 1000.0];
    for sum in sums {
        assert!(!detector.step(batch(sum, 1000.0)));
        assert_eq!(detector.reading(), None);
    }
}

#[test]
fn at_the_bound_there_is_an_alarm() {
    // The bound is the root of (256 - 128) / (128 * 256) / 2 * 32: a quarter, and so is the rise.
    let settings = Settings { drift_confidence: 2.0 * (-32.0_f64).exp(), direction: Direction::Up };
    let mut detector = HddmA::new(settings);
    assert!(!detector.step(batch(32.0, 128.0)));
    assert!(detector.step(batch(96.0, 128.0)));
    assert_eq!(detector.reading(), Some(Reading { statistic: 0.25, level: 0.25 }));
}
