//! ADWIN: against the same window kept value by value, and its boundaries.

use rekindle_decision::detect::adwin::{Adwin, Settings};
use rekindle_decision::detect::{Direction, Reading};
use rstest::rstest;

use crate::series::{assert_near, mean, series};

#[test]
fn the_defaults_are_rivers() {
    let Settings { delta, clock, max_buckets, min_window_length, grace_period, direction } =
        Settings::default();
    assert_eq!((delta.to_bits(), clock, max_buckets), (0.002_f64.to_bits(), 32, 5));
    assert_eq!((min_window_length, grace_period, direction), (5, 10, Direction::Both));
}

/// Looks at every step, and keeps so many buckets that none are merged.
fn eager(direction: Direction) -> Settings {
    Settings {
        delta: 0.05,
        clock: 1,
        max_buckets: u32::MAX,
        min_window_length: 3,
        grace_period: 7,
        direction,
    }
}

/// The paper's window, value by value: whether there is an alarm, and what was nearest to one.
fn look(window: &mut Vec<f64>, settings: Settings) -> (bool, Option<Reading>) {
    let average = |values: &[f64]| values.iter().sum::<f64>() / length(values);
    let (mut alarm, mut nearest) = (false, None::<Reading>);
    'again: loop {
        let (n, middle) = (length(window), average(window));
        let variance = window.iter().map(|value| (value - middle).powi(2)).sum::<f64>() / n;
        let doubt = (2.0 * n.ln() / settings.delta).ln();
        for cut in 3..=window.len() - 3 {
            let (older, newer) = window.split_at(cut);
            let change = average(newer) - average(older);
            let parts = 1.0 / (length(older) - 2.0) + 1.0 / (length(newer) - 2.0);
            let level = (2.0 * parts * variance * doubt).sqrt() + 2.0 / 3.0 * doubt * parts;
            let statistic = match settings.direction {
                Direction::Up => change,
                Direction::Down => -change,
                Direction::Both => change.abs(),
            };
            alarm |= statistic > level;
            if nearest.is_none_or(|nearest| statistic - level > nearest.statistic - nearest.level) {
                nearest = Some(Reading { statistic, level });
            }
            if change.abs() > level {
                window.remove(0);
                continue 'again;
            }
        }
        return (alarm, nearest);
    }
}

fn length(values: &[f64]) -> f64 {
    f64::from(u32::try_from(values.len()).unwrap())
}

#[rstest]
fn unmerged_it_is_a_window_of_values(
    #[values(Direction::Up, Direction::Down, Direction::Both)] direction: Direction,
    #[values("up", "down")] case: &str,
) {
    let settings = eager(direction);
    let mut adwin = Adwin::new(settings);
    let mut window = Vec::new();
    let mut alarms = 0;
    for value in &series(case)[620..780] {
        window.push(10.0 * value);
        let alarm = adwin.step(mean(10.0 * value));
        if window.len() > 7 {
            let (expected, nearest) = look(&mut window, settings);
            assert_eq!(alarm, expected);
            let (found, nearest) = (adwin.reading().unwrap(), nearest.unwrap());
            assert_near(found.statistic, nearest.statistic);
            assert_near(found.level, nearest.level);
        } else {
            assert_eq!((alarm, adwin.reading()), (false, None));
        }
        assert_near(adwin.width(), length(&window));
        assert_near(adwin.mean().unwrap(), window.iter().sum::<f64>() / length(&window));
        alarms += u32::from(alarm);
    }
    let watched = match case {
        "up" => direction != Direction::Down,
        _ => direction != Direction::Up,
    };
    assert_eq!(alarms > 0, watched, "{alarms}");
    // What came before the change is gone, whether or not the change is an alarm.
    assert!(adwin.width() < 100.0, "{}", adwin.width());
}

#[rstest]
#[case::of_four_periods(4, 0, 1, 4)]
#[case::nought_counts_as_one(0, 0, 1, 2)]
#[case::more_than_the_grace_period(1, 10, 1, 11)]
#[case::not_the_grace_period_itself(10, 10, 1, 20)]
#[case::enough_for_two_parts(1, 0, 4, 8)]
#[case::parts_of_nothing_count_as_one(1, 0, 0, 2)]
fn it_is_first_looked_at_after(
    #[case] clock: u32,
    #[case] grace_period: u32,
    #[case] min_window_length: u32,
    #[case] first: u32,
) {
    let settings = Settings { clock, grace_period, min_window_length, ..Settings::default() };
    let mut adwin = Adwin::new(settings);
    assert_eq!(adwin.mean(), None);
    for period in 1..=first {
        assert!(!adwin.step(mean(0.25)));
        assert_eq!(adwin.reading().is_some(), period >= first, "{period}");
    }
    assert_eq!(adwin.mean().map(f64::to_bits), Some(0.25_f64.to_bits()));
}

#[test]
fn fewer_than_two_buckets_of_a_size_count_as_two() {
    let make = |max_buckets| Adwin::new(Settings { max_buckets, ..Settings::default() });
    assert_eq!(make(0), make(2));
    assert_eq!(make(1), make(2));
    assert_ne!(make(2), make(3));
}

#[rstest]
#[case::nought(0.0, false)]
#[case::one(1.0, false)]
#[case::below_nought(-1.0, false)]
#[case::above_one(2.0, false)]
#[case::not_a_number(f64::NAN, false)]
#[case::between(0.5, true)]
fn outside_its_range_delta_never_alarms(#[case] delta: f64, #[case] expected: bool) {
    // Not even where the sum, and with it the difference, is beyond all numbers.
    for after in [1e3, f64::MAX] {
        let mut adwin = Adwin::new(Settings { delta, clock: 1, ..Settings::default() });
        let mut alarm = false;
        for period in 0..200 {
            alarm |= adwin.step(mean(if period < 100 { 0.0 } else { after }));
        }
        assert_eq!(alarm, expected && after < f64::MAX);
        assert_eq!(adwin.width() < 200.0, alarm);
    }
}

#[test]
fn of_cuts_equally_near_to_an_alarm_the_oldest_is_read() {
    // All of them are infinitely far from one.
    let settings =
        Settings { delta: 0.0, clock: 1, min_window_length: 1, grace_period: 0, ..Settings::default() };
    let mut adwin = Adwin::new(settings);
    for value in [0.0, 0.0, 6.0] {
        assert!(!adwin.step(mean(value)));
    }
    assert_eq!(adwin.reading(), Some(Reading { statistic: 3.0, level: f64::INFINITY }));
}
