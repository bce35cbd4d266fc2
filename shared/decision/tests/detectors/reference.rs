//! Against `reference.csv`, which `reference.py` printed: the libraries' numbers on fixed series, step for step.

use rekindle_decision::detect::adwin::{self, Adwin};
use rekindle_decision::detect::ddm::{self, Ddm};
use rekindle_decision::detect::evidence::{self, Evidence};
use rekindle_decision::detect::hddm_a::{self, HddmA};
use rekindle_decision::detect::page_hinkley::{self, PageHinkley};
use rekindle_decision::detect::trend::Trend;
use rekindle_decision::detect::{Batch, Direction, Reading};
use rstest::rstest;

use crate::series::{assert_near, batch, mean, series};

#[derive(Debug)]
struct Row {
    step: i64,
    state: String,
    numbers: Option<(f64, f64)>,
}

fn rows(detector: &str, case: &str) -> Vec<Row> {
    let lines = include_str!("reference.csv").lines();
    let rows: Vec<Row> = lines
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|row| row[0] == detector && row[1] == case)
        .map(|row| Row {
            step: row[2].parse().unwrap(),
            state: row[3].to_owned(),
            numbers: row[4].parse().ok().zip(Some(row[5].parse().unwrap_or(0.0))),
        })
        .collect();
    assert!(!rows.is_empty(), "{detector} {case}");
    rows
}

/// Steps through a series, anew after each alarm, and compares the state at every step and the numbers at every row.
fn compare<D>(
    (detector, case): (&str, &str),
    batches: &[Batch],
    make: impl Fn() -> D,
    step: impl Fn(&mut D, Batch) -> &'static str,
    numbers: impl Fn(&D) -> Option<(f64, f64)>,
) {
    let rows = rows(detector, case);
    let mut rows = rows.iter().peekable();
    let (mut found, mut before) = (make(), "");
    for (number, batch) in batches.iter().enumerate() {
        if before == "alarm" {
            found = make();
        }
        let state = step(&mut found, *batch);
        if let Some(row) = rows.next_if(|row| usize::try_from(row.step) == Ok(number)) {
            assert_eq!(state, row.state, "{row:?}");
            let numbers = numbers(&found);
            assert_eq!(numbers.is_some(), row.numbers.is_some(), "{row:?} {numbers:?}");
            if let (Some(found), Some(expected)) = (numbers, row.numbers) {
                assert_near(found.0, expected.0);
                assert_near(found.1, expected.1);
            }
        } else {
            assert_eq!(state, before, "at {number}, where the state should not change");
        }
        before = state;
    }
    assert!(rows.next().is_none());
}

fn state(alarm: bool) -> &'static str {
    if alarm { "alarm" } else { "" }
}

fn pair(reading: Reading) -> (f64, f64) {
    (reading.statistic, reading.level)
}

fn means(case: &str) -> Vec<Batch> {
    series(case).into_iter().map(mean).collect()
}

#[rstest]
#[case::default_worse("page_hinkley", "worse", page_hinkley::Settings::default())]
#[case::default_better("page_hinkley", "better", page_hinkley::Settings::default())]
#[case::up("page_hinkley_up", "up", quick_page_hinkley(Direction::Up))]
#[case::down("page_hinkley_down", "down", quick_page_hinkley(Direction::Down))]
fn page_hinkley_is_rivers(
    #[case] detector: &str,
    #[case] case: &str,
    #[case] settings: page_hinkley::Settings,
) {
    compare(
        (detector, case),
        &means(case),
        || PageHinkley::new(settings),
        |found, batch| state(found.step(batch)),
        |found| found.reading().map(pair),
    );
}

fn quick_page_hinkley(direction: Direction) -> page_hinkley::Settings {
    page_hinkley::Settings { min_instances: 50, delta: 0.05, threshold: 3.0, alpha: 0.99, direction }
}

#[rstest]
fn ddm_is_rivers(#[values("worse", "better")] case: &str) {
    compare(
        ("ddm", case),
        &means(case),
        || Ddm::new(ddm::Settings::default()),
        |found, batch| match (found.step(batch), found.warns()) {
            (true, false) => "alarm",
            (false, true) => "warning",
            (false, false) => "",
            (true, true) => panic!("an alarm is not a warning"),
        },
        |found| found.reading().map(pair),
    );
}

#[rstest]
#[case::one_sided("hddm_a", hddm_a::Settings::default())]
#[case::two_sided("hddm_a_both", hddm_a::Settings { direction: Direction::Both, ..Default::default() })]
fn hddm_a_is_rivers(
    #[case] detector: &str,
    #[case] settings: hddm_a::Settings,
    #[values("worse", "better")] case: &str,
) {
    compare(
        (detector, case),
        &means(case),
        || HddmA::new(settings),
        |found, batch| state(found.step(batch)),
        |found| found.reading().map(pair),
    );
}

#[rstest]
#[case::default_worse("adwin", "worse", adwin::Settings::default())]
#[case::default_better("adwin", "better", adwin::Settings::default())]
#[case::default_up("adwin", "up", adwin::Settings::default())]
#[case::default_down("adwin", "down", adwin::Settings::default())]
#[case::quick_up("adwin_quick", "up", quick_adwin())]
#[case::quick_down("adwin_quick", "down", quick_adwin())]
fn adwin_is_rivers(#[case] detector: &str, #[case] case: &str, #[case] settings: adwin::Settings) {
    compare(
        (detector, case),
        &means(case),
        || Adwin::new(settings),
        |found, batch| state(found.step(batch)),
        |found| Some((found.width(), found.mean()?)),
    );
}

fn quick_adwin() -> adwin::Settings {
    adwin::Settings {
        delta: 0.05,
        clock: 1,
        max_buckets: 3,
        min_window_length: 2,
        grace_period: 5,
        direction: Direction::Both,
    }
}

#[rstest]
fn evidence_is_the_papers_formula(#[values("worse", "better")] case: &str) {
    let batches: Vec<Batch> =
        series(case).chunks(20).map(|losses| batch(losses.iter().sum(), 20.0)).collect();
    compare(
        ("evidence", case),
        &batches,
        || Evidence::new(evidence::Settings { tolerated: 0.11, run_length: 200.0 }),
        |found, batch| state(found.step(batch)),
        |found| Some(pair(found.reading())),
    );
}

#[rstest]
#[case::up("up", series("up")[600..966].to_vec())]
#[case::the_newest_of_many("up", series("up")[..966].to_vec())]
#[case::flat("flat", series("up")[..40].to_vec())]
#[case::ties("ties", series("down")[690..720].iter().map(|value| (20.0 * value).floor() / 4.0).collect())]
#[case::gaps("gaps", every_fifth_is_missing(&series("up")[690..720]))]
fn a_trend_is_pymannkendalls(#[case] case: &str, #[case] values: Vec<f64>) {
    let [row] = &rows("trend", case)[..] else { panic!("one row") };
    let [p_row] = &rows("trend_p", case)[..] else { panic!("one row") };
    let (z, slope) = row.numbers.unwrap();
    let trend = Trend::of(&values).unwrap();
    assert_eq!(trend.s, row.step);
    assert_near(trend.z, z);
    assert_near(trend.slope, slope);
    let (p, _) = p_row.numbers.unwrap();
    assert_near(trend.p_value(Direction::Both), p);
    let rises = if z > 0.0 { p / 2.0 } else { 1.0 - p / 2.0 };
    assert_near(trend.p_value(Direction::Up), rises);
    assert_near(trend.p_value(Direction::Down), 1.0 - rises);
}

fn every_fifth_is_missing(values: &[f64]) -> Vec<f64> {
    let gap = |(i, value): (usize, &f64)| if i % 5 == 3 { f64::NAN } else { *value };
    values.iter().enumerate().map(gap).collect()
}
