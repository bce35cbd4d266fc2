//! The tabular cumulative sum: published examples and boundaries.

use rekindle_decision::detect::Direction;
use rekindle_decision::detect::cusum::{Cusum, Settings};
use rstest::rstest;

use crate::series::{assert_near, mean};

/// Montgomery, "Introduction to Statistical Quality Control", the example of the tabular cumulative sum: 20 values from
/// a process at its target of 10, then 10 at a mean of 11, with the table's two columns of sums.
const MONTGOMERY: [(f64, f64, f64); 30] = [
    (9.45, 0.0, 0.05),
    (7.99, 0.0, 1.56),
    (9.29, 0.0, 1.77),
    (11.66, 1.16, 0.0),
    (12.16, 2.82, 0.0),
    (10.18, 2.50, 0.0),
    (8.04, 0.04, 1.46),
    (11.46, 1.00, 0.0),
    (9.20, 0.0, 0.30),
    (10.34, 0.0, 0.0),
    (9.03, 0.0, 0.47),
    (11.47, 0.97, 0.0),
    (10.51, 0.98, 0.0),
    (9.40, 0.0, 0.10),
    (10.08, 0.0, 0.0),
    (9.37, 0.0, 0.13),
    (10.62, 0.12, 0.0),
    (10.31, 0.0, 0.0),
    (8.52, 0.0, 0.98),
    (10.84, 0.34, 0.0),
    (10.90, 0.74, 0.0),
    (9.33, 0.0, 0.17),
    (12.29, 1.79, 0.0),
    (11.50, 2.79, 0.0),
    (10.60, 2.89, 0.0),
    (11.08, 3.47, 0.0),
    (10.38, 3.35, 0.0),
    (11.62, 4.47, 0.0),
    (11.31, 5.28, 0.0),
    (10.52, 5.30, 0.0),
];

/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.3: means of groups, and the table's two columns of sums.
const NIST: [(f64, f64, f64); 14] = [
    (324.925, 0.0, 0.0),
    (324.675, 0.0, 0.01),
    (324.725, 0.0, 0.0),
    (324.350, 0.0, 0.33),
    (325.350, 0.03, 0.0),
    (325.225, 0.0, 0.0),
    (324.125, 0.0, 0.56),
    (324.525, 0.0, 0.72),
    (325.225, 0.0, 0.17),
    (324.600, 0.0, 0.25),
    (324.625, 0.0, 0.31),
    (325.150, 0.0, 0.0),
    (328.325, 3.01, 0.0),
    (327.250, 4.94, 0.0),
];

fn settings(direction: Direction) -> Settings {
    Settings { target: 10.0, slack: 0.5, interval: 5.0, direction }
}

#[rstest]
#[case::montgomery(&MONTGOMERY, settings(Direction::Up), Some(29))]
#[case::nist(&NIST, Settings { target: 325.0, slack: 0.3175, interval: 4.1959, direction: Direction::Up }, Some(14))]
fn a_published_table(
    #[case] table: &[(f64, f64, f64)],
    #[case] settings: Settings,
    #[case] first_alarm: Option<usize>,
) {
    let make = |direction| Cusum::new(Settings { direction, ..settings });
    let (mut up, mut down, mut both) = (make(Direction::Up), make(Direction::Down), make(Direction::Both));
    let mut alarm = None;
    for (period, (value, rise, fall)) in (1..).zip(table) {
        let raised = up.step(mean(*value));
        assert!(!down.step(mean(*value)));
        assert_eq!(both.step(mean(*value)), raised);
        if raised && alarm.is_none() {
            alarm = Some(period);
        }
        // The tables are rounded to two places.
        assert!((up.reading().statistic - rise).abs() < 0.005_1, "{period}: {up:?}");
        assert!((down.reading().statistic - fall).abs() < 0.005_1, "{period}: {down:?}");
        assert_near(both.reading().statistic, up.reading().statistic.max(down.reading().statistic));
        assert_near(up.reading().level, settings.interval);
    }
    assert_eq!(alarm, first_alarm);
}

#[rstest]
#[case::at_the_interval(Direction::Up, 15.5, false)]
#[case::beyond_it(Direction::Up, 15.501, true)]
#[case::a_fall_is_not_a_rise(Direction::Up, 4.499, false)]
#[case::down_at_the_interval(Direction::Down, 4.5, false)]
#[case::down_beyond_it(Direction::Down, 4.499, true)]
#[case::a_rise_is_not_a_fall(Direction::Down, 15.501, false)]
#[case::both_up(Direction::Both, 15.501, true)]
#[case::both_down(Direction::Both, 4.499, true)]
#[case::neither(Direction::Both, 10.0, false)]
fn the_first_period(#[case] direction: Direction, #[case] value: f64, #[case] alarm: bool) {
    assert_eq!(Cusum::new(settings(direction)).step(mean(value)), alarm);
}

#[rstest]
#[case::target(Settings { target: f64::NAN, ..settings(Direction::Both) })]
#[case::slack(Settings { slack: f64::NAN, ..settings(Direction::Both) })]
#[case::interval(Settings { interval: f64::NAN, ..settings(Direction::Both) })]
fn a_setting_that_is_no_number_never_alarms(#[case] settings: Settings) {
    let mut chart = Cusum::new(settings);
    assert!(![1e9, -1e9, 1e9, f64::MAX, f64::MIN].map(|value| chart.step(mean(value))).contains(&true));
}
