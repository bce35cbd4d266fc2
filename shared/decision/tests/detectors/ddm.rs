//! The Drift Detection Method: on batches, and its boundaries.

use rekindle_decision::detect::Reading;
use rekindle_decision::detect::ddm::{Ddm, Settings};
use rstest::rstest;

use crate::series::{assert_near, batch};

#[test]
fn the_defaults_are_rivers() {
    let Settings { warm_start, warning, drift } = Settings::default();
    assert_eq!((warm_start, warning.to_bits(), drift.to_bits()), (30, 2_f64.to_bits(), 3_f64.to_bits()));
}

#[test]
fn a_batch_weighs_as_much_as_it_holds() {
    let mut detector = Ddm::new(Settings::default());
    assert!(!detector.step(batch(80.0, 400.0)));
    // A rate of 0.2, whose deviation is the root of 0.2 * 0.8 / 400: 0.02.
    let first = detector.reading().unwrap();
    assert_near(first.statistic, 0.22);
    assert_near(first.level, 0.26);
    assert!(!detector.warns());
    assert!(!detector.step(batch(30.0, 100.0)));
    // A rate of 110 in 500, against the best there was.
    let second = detector.reading().unwrap();
    assert_near(second.statistic, 0.22 + (0.22_f64 * 0.78 / 500.0).sqrt());
    assert_near(second.level, 0.26);
}

#[rstest]
#[case::within(14.0, false, false)]
#[case::beyond_the_warning(30.0, false, true)]
#[case::beyond_both(60.0, true, false)]
fn a_second_batch(#[case] sum: f64, #[case] alarm: bool, #[case] warns: bool) {
    // From 0.2 and 0.02: the warning is at 0.24, the alarm at 0.26.
    let mut detector = Ddm::new(Settings::default());
    detector.step(batch(80.0, 400.0));
    assert_eq!(detector.step(batch(sum, 80.0)), alarm, "{detector:?}");
    assert_eq!(detector.warns(), warns, "{detector:?}");
}

#[rstest]
#[case::at_the_warm_start(30.0, false)]
#[case::after_it(31.0, true)]
fn nothing_is_compared_before_the_warm_start(#[case] count: f64, #[case] compared: bool) {
    let mut detector = Ddm::new(Settings::default());
    detector.step(batch(10.0, count));
    assert_eq!(detector.reading().is_some(), compared);
}

#[test]
fn at_a_level_is_not_beyond_it() {
    // All losses: a rate of one and no deviation, so that the statistic is both levels exactly.
    let mut detector = Ddm::new(Settings::default());
    for _ in 0..3 {
        assert!(!detector.step(batch(40.0, 40.0)));
        assert!(!detector.warns());
        let reading = detector.reading().unwrap();
        assert_eq!(
            (reading.statistic.to_bits(), reading.level.to_bits()),
            (1_f64.to_bits(), 1_f64.to_bits())
        );
    }
}

#[test]
fn after_no_loss_the_first_loss_at_all_is_an_alarm() {
    let mut detector = Ddm::new(Settings::default());
    assert!(!detector.step(batch(0.0, 50.0)) && !detector.step(batch(0.0, 50.0)));
    assert!(detector.step(batch(1.0, 50.0)));
}

#[test]
fn of_two_equally_good_rates_the_newer_is_best() {
    // A half with a deviation of a half, and three quarters with a deviation of a quarter: both add up to one.
    let mut detector = Ddm::new(Settings { warm_start: 0, ..Settings::default() });
    for (losses, level) in [(batch(0.5, 1.0), 2.0), (batch(1.75, 2.0), 1.5)] {
        assert!(!detector.step(losses));
        assert_eq!(detector.reading(), Some(Reading { statistic: 1.0, level }));
    }
}

#[test]
fn a_better_rate_becomes_the_best() {
    let mut detector = Ddm::new(Settings::default());
    detector.step(batch(80.0, 400.0));
    detector.step(batch(0.0, 400.0));
    let deviation = (0.1_f64 * 0.9 / 800.0).sqrt();
    assert_near(detector.reading().unwrap().level, 0.1 + 3.0 * deviation);
}
