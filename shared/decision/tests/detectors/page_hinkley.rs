//! The Page-Hinkley test: what it adds up, and its boundaries.

use rekindle_decision::detect::page_hinkley::{PageHinkley, Settings};
use rekindle_decision::detect::{Direction, Reading};
use rstest::rstest;

use crate::series::{assert_near, batch, mean};

/// Round numbers: nothing forgotten, nothing allowed, compared from the first period on.
fn plain(direction: Direction, threshold: f64) -> Settings {
    Settings { min_instances: 1, delta: 0.0, threshold, alpha: 1.0, direction }
}

#[test]
fn the_defaults_are_rivers() {
    let Settings { min_instances, delta, threshold, alpha, direction } = Settings::default();
    assert_eq!((min_instances, direction), (30, Direction::Both));
    assert_eq!([delta, threshold, alpha].map(f64::to_bits), [0.005, 50.0, 0.9999].map(f64::to_bits));
}

#[rstest]
#[case::at_the_threshold(Direction::Up, 4.0, 2.0, false)]
#[case::beyond_it(Direction::Up, 4.0, 1.999, true)]
#[case::a_fall_is_not_a_rise(Direction::Up, -4.0, 1.999, false)]
#[case::down_at_the_threshold(Direction::Down, -4.0, 2.0, false)]
#[case::down_beyond_it(Direction::Down, -4.0, 1.999, true)]
#[case::a_rise_is_not_a_fall(Direction::Down, 4.0, 1.999, false)]
#[case::both_up(Direction::Both, 4.0, 1.999, true)]
#[case::both_down(Direction::Both, -4.0, 1.999, true)]
fn a_second_period(
    #[case] direction: Direction,
    #[case] second: f64,
    #[case] threshold: f64,
    #[case] alarm: bool,
) {
    // The mean so far is half the second value, and so is the deviation from it.
    let mut test = PageHinkley::new(plain(direction, threshold));
    assert!(!test.step(mean(0.0)));
    assert_eq!(test.step(mean(second)), alarm);
}

#[test]
fn what_adds_up() {
    // Means so far: 1, 2, 3, 3. Deviations: 0, 1, 2, 0. Allowed: a quarter. Forgotten: half.
    let settings = Settings { delta: 0.25, alpha: 0.5, ..plain(Direction::Up, 100.0) };
    let mut up = PageHinkley::new(settings);
    let mut down = PageHinkley::new(Settings { direction: Direction::Down, ..settings });
    let periods = [(1.0, 0.0, 0.0), (3.0, 0.875, 0.0), (5.0, 2.312_5, 0.0), (3.0, 1.031_25, 1.218_75)];
    for (value, rise, fall) in periods {
        let batch = batch(2.0 * value, 2.0);
        assert!(!up.step(batch) && !down.step(batch));
        assert_near(up.reading().unwrap().statistic, rise);
        assert_near(down.reading().unwrap().statistic, fall);
    }
    assert_near(up.reading().unwrap().level, 100.0);
}

#[rstest]
#[case::none_counts_as_one(0)]
#[case::one(1)]
#[case::three(3)]
fn nothing_is_compared_before_enough_periods(#[case] min_instances: u32) {
    let mut test = PageHinkley::new(Settings { min_instances, ..plain(Direction::Up, -1.0) });
    for period in 0..5 {
        let enough = period >= min_instances.max(1);
        assert_eq!(test.reading(), enough.then_some(Reading { statistic: 0.0, level: -1.0 }));
        assert_eq!(test.step(mean(0.0)), period + 1 >= min_instances.max(1));
    }
}
