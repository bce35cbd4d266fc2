//! The ageing that is fitted finds what was put in, and says what it cannot know.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::Worse;
use rekindle_replay::history::{Ageing, How, Training};
use rstest::rstest;

use crate::shared::at;

const HOUR: Duration = Duration::from_seconds(3_600);

fn how(worse: Worse) -> How {
    How { period: HOUR, worse, serves_after: Duration::default() }
}

fn hour(start: Timestamp, number: usize) -> Timestamp {
    Duration::from_seconds(3_600 * number as u64).after(start)
}

/// Values of a world that is as hard as told in each model's life, of models that lose `slope` more each hour, trained at the
/// hours told and serving from the hour after. Between lives, the world changes.
fn values(start: Timestamp, hours: usize, trained: &[usize], slope: f64) -> (Vec<Point>, Vec<Training>) {
    let value = |number: usize| {
        let life = trained.iter().filter(|trained| **trained < number).count();
        let age = number - trained.iter().copied().filter(|trained| *trained < number).max().unwrap_or(0);
        10.0 - 3.0 * number_of(life) + slope * number_of(age)
    };
    let points =
        (0..hours).map(|number| Point { at: hour(start, number), value: value(number), samples: None });
    let trainings = trained.iter().map(|number| Training { began: hour(start, *number), took: HOUR });
    (points.collect(), trainings.collect())
}

fn start() -> Timestamp {
    at("2026-11-02T00:00:00Z")
}

#[rstest]
#[case::of_one_life(40, &[], 0.25)]
#[case::of_three(60, &[10, 30], 0.25)]
#[case::of_more_pairs_than_are_compared(400, &[190], 0.125)]
#[case::none(60, &[10, 30], 0.0)]
#[case::of_lives_of_two_hours(12, &[2, 4, 6, 8], 0.5)]
fn what_was_put_in_is_found(#[case] hours: usize, #[case] trained: &[usize], #[case] slope: f64) {
    let (points, trainings) = values(start(), hours, trained, slope);
    let ageing = Ageing::fit(&points, &trainings, how(Worse::Higher)).unwrap();
    assert_close(ageing.worsening(), slope);
    assert_eq!(ageing.periods(), hours);
    // Turned round it is the same.
    let turned: Vec<Point> = points.iter().map(|point| Point { value: -point.value, ..*point }).collect();
    let turned = Ageing::fit(&turned, &trainings, how(Worse::Lower)).unwrap();
    assert_close(turned.worsening(), slope);
    for (period, point) in points.iter().enumerate() {
        let served = trained.iter().copied().filter(|trained| *trained < period).max();
        // Trained when the hour before was over.
        match served.map(|hour| hour - 1) {
            // What was measured is what the deployed model lost.
            Some(deployed) => assert_eq!(ageing.loss(deployed, period), Some(point.value)),
            // The first model counts as trained an hour before the first that can be asked for.
            None if period > 0 => assert_close(ageing.loss(0, period).unwrap(), point.value - slope),
            None => {}
        }
        for model in 0..period {
            let loss = ageing.loss(model, period);
            assert_eq!(loss, turned.loss(model, period));
            // A model that is an hour fresher loses the slope less.
            if model + 1 < period && model % 7 == 0 {
                assert_close(loss.unwrap() - ageing.loss(model + 1, period).unwrap(), slope);
            }
        }
        assert_eq!(ageing.loss(period, period), None, "it is not trained yet");
    }
    assert_eq!(ageing.loss(0, hours), None);
}

#[rstest]
#[case::by_an_amount(7.0, 0)]
#[case::in_time(0.0, 24 * 365)]
#[case::by_both(-3.0, 5)]
fn what_is_added_to_all_values_and_when_it_was_make_no_difference(#[case] amount: f64, #[case] hours: usize) {
    let (mut points, _) = values(start(), 80, &[20, 50], 0.25);
    for (number, point) in points.iter_mut().enumerate() {
        // Noise that is in order of nothing.
        point.value += number_of((number * 37) % 16) / 8.0;
    }
    let trained = [20, 50];
    let trainings = |start| trained.map(|number| Training { began: hour(start, number), took: HOUR });
    let first = Ageing::fit(&points, &trainings(start()), how(Worse::Higher)).unwrap();
    let moved: Vec<Point> = points
        .iter()
        .map(|point| Point { at: hour(point.at, hours), value: point.value + amount, ..*point })
        .collect();
    let second = Ageing::fit(&moved, &trainings(hour(start(), hours)), how(Worse::Higher)).unwrap();
    assert_close(first.slope(), second.slope());
    for (trained, period) in [(0, 1), (10, 60), (50, 79)] {
        assert_close(second.loss(trained, period).unwrap() - first.loss(trained, period).unwrap(), amount);
    }
}

#[test]
fn a_few_values_that_are_wrong_by_any_amount_move_nothing_far() {
    let (mut points, trainings) = values(start(), 100, &[50], 0.25);
    for number in [3, 30, 55, 70, 99] {
        points[number].value = 1e9;
    }
    let ageing = Ageing::fit(&points, &trainings, how(Worse::Higher)).unwrap();
    assert!((ageing.slope() - 0.25).abs() < 0.01, "{}", ageing.slope());
}

#[test]
fn a_period_in_which_two_models_served_is_of_the_earlier_and_fits_neither() {
    let (mut points, _) = values(start(), 20, &[], 0.25);
    // The second model serves from 10:30, and loses nothing yet; what was measured that hour is anything.
    for (number, point) in points.iter_mut().enumerate().skip(11) {
        point.value = 0.25 * number_of(number - 9);
    }
    points[10].value = 1e6;
    let training = Training { began: at("2026-11-02T09:00:00Z"), took: "1h30m".parse().unwrap() };
    let ageing = Ageing::fit(&points, &[training], how(Worse::Higher)).unwrap();
    assert_close(ageing.slope(), 0.25);
    assert_close(ageing.loss(0, 10).unwrap(), 1e6 - 0.25);
    assert_eq!(ageing.loss(8, 11), Some(points[11].value));
}

#[test]
fn gaps_have_no_loss_and_keep_their_place() {
    let (points, trainings) = values(start(), 60, &[30], 0.25);
    let with_gaps: Vec<Point> =
        points.into_iter().enumerate().filter(|(number, _)| number % 7 != 3).map(|it| it.1).collect();
    let ageing = Ageing::fit(&with_gaps, &trainings, how(Worse::Higher)).unwrap();
    assert_close(ageing.slope(), 0.25);
    assert_eq!((ageing.loss(0, 10), ageing.measured(10)), (None, None));
    assert!(ageing.loss(0, 11).is_some());
}

#[test]
fn it_says_what_it_is_and_what_it_cannot_know() {
    let fit = |hours, trained: &[usize], slope, worse| {
        let (points, trainings) = values(start(), hours, trained, slope);
        let ageing = Ageing::fit(&points, &trainings, how(worse)).unwrap();
        [vec![ageing.text()], ageing.warnings()].concat().join("\n")
    };
    let told = [
        fit(60, &[20, 40], 0.001_234_567_8, Worse::Higher),
        fit(900, &[], 0.25, Worse::Higher),
        fit(60, &[30], 0.01, Worse::Lower),
        fit(1, &[], 0.0, Worse::Higher),
    ];
    insta::assert_snapshot!(told.join("\n\n"));
    assert_eq!(Ageing::fit(&[], &[], how(Worse::Higher)), None);
}

fn assert_close(one: f64, other: f64) {
    assert!((one - other).abs() < 1e-9, "{one} is not {other}");
}

fn number_of(count: usize) -> f64 {
    u32::try_from(count).unwrap().into()
}
