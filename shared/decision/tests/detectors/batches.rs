//! Which batches are evidence.

use rekindle_decision::detect::{Batch, Direction, adwin, cusum, ddm, evidence, hddm_a, page_hinkley};
use rstest::rstest;

use crate::series::batch;

#[rstest]
#[case::a_rate(7.0, 28.0, Some(0.25))]
#[case::a_mean_of_anything(-7.0, 2.0, Some(-3.5))]
#[case::part_of_one(0.5, 0.25, Some(2.0))]
#[case::no_losses(0.0, 3.0, Some(0.0))]
#[case::nothing(0.0, 0.0, None)]
#[case::something_of_nothing(1.0, 0.0, None)]
#[case::less_than_nothing(1.0, -2.0, None)]
#[case::sum_is_no_number(f64::NAN, 2.0, None)]
#[case::sum_is_infinite(f64::NEG_INFINITY, 2.0, None)]
#[case::count_is_no_number(1.0, f64::NAN, None)]
#[case::count_is_infinite(1.0, f64::INFINITY, None)]
#[case::beyond_all_numbers(f64::MAX, 0.5, None)]
fn the_mean_of(#[case] sum: f64, #[case] count: f64, #[case] mean: Option<f64>) {
    assert_eq!(batch(sum, count).mean(), mean);
}

const NO_EVIDENCE: [Batch; 7] = [
    Batch { sum: 1.0, count: 0.0 },
    Batch { sum: 0.0, count: 0.0 },
    Batch { sum: 1.0, count: -1.0 },
    Batch { sum: f64::NAN, count: 1.0 },
    Batch { sum: f64::INFINITY, count: 1.0 },
    Batch { sum: 1.0, count: f64::INFINITY },
    Batch { sum: 1.0, count: f64::NAN },
];

/// Some evidence and then some batches that are none, each of which must change nothing.
fn skips<D: Clone + PartialEq + std::fmt::Debug>(mut detector: D, step: impl Fn(&mut D, Batch) -> bool) {
    for sum in [1.0, 3.0, 0.0, 2.0] {
        step(&mut detector, batch(sum, 10.0));
    }
    for batch in NO_EVIDENCE {
        let before = detector.clone();
        assert!(!step(&mut detector, batch), "{batch:?}");
        assert_eq!(detector, before, "{batch:?}");
    }
}

#[test]
fn a_batch_that_is_no_evidence_changes_nothing() {
    // So eager that anything counted would be an alarm.
    let tolerated = evidence::Settings { tolerated: 0.01, run_length: 1.0 };
    skips(evidence::Evidence::new(tolerated), evidence::Evidence::step);
    let target = cusum::Settings { target: 0.0, slack: 0.0, interval: 0.0, direction: Direction::Both };
    skips(cusum::Cusum::new(target), cusum::Cusum::step);
    let page = page_hinkley::Settings { min_instances: 1, threshold: -1.0, ..Default::default() };
    skips(page_hinkley::PageHinkley::new(page), page_hinkley::PageHinkley::step);
    let levels = ddm::Settings { warm_start: 0, warning: -9.0, drift: -9.0 };
    skips(ddm::Ddm::new(levels), ddm::Ddm::step);
    let both = hddm_a::Settings { drift_confidence: 0.999, direction: Direction::Both };
    skips(hddm_a::HddmA::new(both), hddm_a::HddmA::step);
    let clock = adwin::Settings { clock: 1, grace_period: 0, min_window_length: 1, ..Default::default() };
    skips(adwin::Adwin::new(clock), adwin::Adwin::step);
}

#[rstest]
#[case::below_nought(-3.0, 0.0)]
#[case::above_the_count(25.0, 20.0)]
fn for_rates_a_sum_outside_its_range_is_the_nearest_within(#[case] sum: f64, #[case] nearest: f64) {
    let (outside, within) = (batch(sum, 20.0), batch(nearest, 20.0));
    let first = batch(8.0, 20.0);
    let mut detectors =
        [0.3; 2].map(|tolerated| evidence::Evidence::new(evidence::Settings { tolerated, run_length: 1e9 }));
    assert_eq!(detectors.each_mut().map(|detector| detector.step(first)), [false; 2]);
    assert_eq!(detectors[0].step(outside), detectors[1].step(within));
    assert_eq!(detectors[0], detectors[1]);

    let mut detectors = [ddm::Settings::default(); 2].map(ddm::Ddm::new);
    assert_eq!(detectors.each_mut().map(|detector| detector.step(first)), [false; 2]);
    assert_eq!(detectors[0].step(outside), detectors[1].step(within));
    assert_eq!(detectors[0], detectors[1]);

    let mut detectors = [hddm_a::Settings::default(); 2].map(hddm_a::HddmA::new);
    assert_eq!(detectors.each_mut().map(|detector| detector.step(first)), [false; 2]);
    assert_eq!(detectors[0].step(outside), detectors[1].step(within));
    assert_eq!(detectors[0], detectors[1]);
}
