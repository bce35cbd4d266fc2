//! The Mann-Kendall test and the Theil-Sen slope: small cases by hand, and boundaries.

use rekindle_decision::detect::Direction;
use rekindle_decision::detect::trend::{MOST, Trend};
use rstest::rstest;

use crate::series::assert_near;

#[rstest]
#[case::nothing(&[], None)]
#[case::one_value(&[1.0], None)]
#[case::one_finite_value(&[f64::NAN, 1.0, f64::INFINITY], None)]
#[case::two(&[1.0, 3.0], Some((1, 0.0, 2.0)))]
#[case::two_falling(&[3.0, 1.0], Some((-1, 0.0, -2.0)))]
#[case::all_equal(&[2.0; 9], Some((0, 0.0, 0.0)))]
#[case::signs_of_nought_are_a_tie(&[0.0, -0.0, -0.0], Some((0, 0.0, 0.0)))]
// Six pairs; the variance is 4 * 3 * 13 / 18.
#[case::four_rising(&[1.0, 2.0, 4.0, 8.0], Some((6, 5.0 / 8.666_666_666_666_666_f64.sqrt(), 2.166_666_666_666_666_5)))]
// A tie of two takes 2 * 1 * 9 of 156 away.
#[case::four_with_a_tie(&[1.0, 2.0, 2.0, 8.0], Some((5, 4.0 / 7.666_666_666_666_667_f64.sqrt(), 1.666_666_666_666_666_7)))]
#[case::a_gap_keeps_its_place(&[1.0, f64::NAN, f64::NEG_INFINITY, 4.0], Some((1, 0.0, 1.0)))]
#[case::beyond_all_numbers(&[f64::MIN, f64::MAX], Some((1, 0.0, f64::MAX)))]
fn the_trend_of(#[case] values: &[f64], #[case] expected: Option<(i64, f64, f64)>) {
    let trend = Trend::of(values);
    assert_eq!(trend.map(|trend| trend.s), expected.map(|(s, _, _)| s));
    if let (Some(trend), Some((_, z, slope))) = (trend, expected) {
        assert_near(trend.z, z);
        assert_near(trend.slope, slope);
    }
}

#[test]
fn of_many_values_the_newest_are_compared() {
    // What is older falls steeply; the newest rise.
    let rising = (0..366_u16).map(f64::from);
    let values: Vec<f64> = [9e9, 8e9, 7e9].into_iter().chain(rising.clone()).collect();
    assert_eq!(Trend::of(&values), Trend::of(&rising.collect::<Vec<_>>()));
    assert_eq!(Trend::of(&values).unwrap().s, 366 * 365 / 2);
    assert_eq!(MOST, 366);
}

#[rstest]
#[case::rising(3.0, [0.001_349_898_031_630_094_5, 0.998_650_101_968_369_9, 0.002_699_796_063_260_189])]
#[case::falling(-1.0, [0.841_344_746_068_542_9, 0.158_655_253_931_457_05, 0.317_310_507_862_914_1])]
#[case::neither(0.0, [0.5, 0.5, 1.0])]
fn the_p_value_is_that_of_a_normal(#[case] z: f64, #[case] expected: [f64; 3]) {
    let trend = Trend { s: 0, z, slope: 0.0 };
    for (direction, expected) in [Direction::Up, Direction::Down, Direction::Both].into_iter().zip(expected) {
        assert_near(trend.p_value(direction), expected);
    }
}

#[rstest]
#[case::beyond(0.4999, true)]
#[case::at(0.5, false)]
#[case::short_of(0.5001, false)]
#[case::no_number(f64::NAN, false)]
fn a_trend_is_significant_below_one_minus_the_confidence(#[case] confidence: f64, #[case] expected: bool) {
    // No trend at all: a p-value of a half.
    let trend = Trend::of(&[1.0; 5]).unwrap();
    assert_eq!(trend.is_significant(Direction::Up, confidence), expected);
}

#[rstest]
#[case::up(Direction::Up, true)]
#[case::down(Direction::Down, false)]
#[case::both(Direction::Both, true)]
fn a_rise_is_significant(#[case] direction: Direction, #[case] expected: bool) {
    let trend = Trend::of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]).unwrap();
    assert_eq!(trend.is_significant(direction, 0.95), expected);
}
