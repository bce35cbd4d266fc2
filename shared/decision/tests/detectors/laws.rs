//! Laws: each a sentence that holds for any series.

use proptest::collection::vec;
use proptest::prelude::*;
use rekindle_decision::detect::adwin::{self, Adwin};
use rekindle_decision::detect::cusum::{self, Cusum};
use rekindle_decision::detect::ddm::{self, Ddm};
use rekindle_decision::detect::evidence::{self, Evidence};
use rekindle_decision::detect::hddm_a::{self, HddmA};
use rekindle_decision::detect::page_hinkley::{self, PageHinkley};
use rekindle_decision::detect::trend::Trend;
use rekindle_decision::detect::{Batch, Direction};

use crate::any::{batch, config, direction, wild, wild_batch};
use crate::series::mean;

fn evidence(tolerated: f64, run_length: f64) -> Evidence {
    Evidence::new(evidence::Settings { tolerated, run_length })
}

fn statistic(tolerated: f64, batches: &[Batch]) -> f64 {
    let mut detector = evidence(tolerated, f64::MAX);
    for batch in batches {
        detector.step(*batch);
    }
    detector.reading().statistic
}

fn page_hinkley(direction: Direction) -> PageHinkley {
    PageHinkley::new(page_hinkley::Settings {
        threshold: 1.0,
        min_instances: 3,
        direction,
        ..Default::default()
    })
}

fn cusum(direction: Direction) -> Cusum {
    Cusum::new(cusum::Settings { target: 0.0, slack: 0.1, interval: 1.0, direction })
}

fn adwin(direction: Direction) -> Adwin {
    Adwin::new(adwin::Settings { clock: 3, delta: 0.3, direction, ..Default::default() })
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn no_settings_and_no_batches_panic(
        numbers in [wild(), wild(), wild(), wild()],
        counts in [0_u32..7, 0_u32..7, 0_u32..7, 0_u32..7],
        direction in direction(),
        batches in vec(wild_batch(), 0..60),
    ) {
        let [a, b, c, _] = numbers;
        let [k, l, m, n] = counts;
        let mut evidence = evidence(a, b);
        let settings = page_hinkley::Settings { min_instances: k, delta: a, threshold: b, alpha: c, direction };
        let mut page_hinkley = PageHinkley::new(settings);
        let mut cusum = Cusum::new(cusum::Settings { target: a, slack: b, interval: c, direction });
        let mut ddm = Ddm::new(ddm::Settings { warm_start: k, warning: a, drift: b });
        let mut hddm_a = HddmA::new(hddm_a::Settings { drift_confidence: a, direction });
        let mut adwin = Adwin::new(adwin::Settings {
            delta: a, clock: k, max_buckets: l, min_window_length: m, grace_period: n, direction,
        });
        for batch in &batches {
            evidence.step(*batch);
            let reading = evidence.reading();
            prop_assert!(reading.statistic >= 0.0 && reading.level >= 1.0, "{:?}", reading);
            page_hinkley.step(*batch);
            prop_assert!(page_hinkley.reading().is_none_or(|it| it.level.to_bits() == b.to_bits()));
            cusum.step(*batch);
            prop_assert!(cusum.reading().statistic >= 0.0);
            prop_assert!(!(ddm.step(*batch) && ddm.warns()));
            hddm_a.step(*batch);
            adwin.step(*batch);
            prop_assert!(adwin.width() >= 0.0 && adwin.mean().is_none_or(|_| adwin.width() >= 1.0));
        }
        let values: Vec<f64> = batches.iter().map(|batch| batch.sum).collect();
        if let Some(trend) = Trend::of(&values) {
            prop_assert!(trend.z.is_finite() && trend.slope.is_finite(), "{:?}", trend);
            prop_assert!((0.0..=1.0).contains(&trend.p_value(direction)));
        }
    }

    #[test]
    fn without_a_loss_there_is_never_evidence_enough(
        tolerated in wild(),
        run_length in wild(),
        counts in vec(wild(), 0..400),
    ) {
        let mut detector = evidence(tolerated, run_length);
        for count in counts {
            let batch = Batch { sum: 0.0, count };
            prop_assert!(!detector.step(batch));
        }
    }

    #[test]
    fn more_losses_are_never_less_evidence(
        tolerated in 0.0_f64..1.0,
        batches in vec((batch(400), 0.0_f64..9.0), 1..30),
        which in any::<prop::sample::Index>(),
    ) {
        let fewer: Vec<Batch> = batches.iter().map(|(batch, _)| *batch).collect();
        let mut more = fewer.clone();
        let (batch, extra) = batches[which.index(batches.len())];
        more[which.index(batches.len())].sum = batch.sum + extra;
        let (fewer, more) = (statistic(tolerated, &fewer), statistic(tolerated, &more));
        prop_assert!(more >= fewer * (1.0 - 1e-12), "{} {}", fewer, more);
    }

    #[test]
    fn to_look_in_the_middle_of_a_period_is_to_add_the_worth_of_its_second_half(
        tolerated in 0.01_f64..0.99,
        before in vec(batch(40), 0..4),
        (first, second) in (batch(40), batch(40)),
    ) {
        let whole = Batch { sum: first.sum + second.sum, count: first.count + second.count };
        let at_once = statistic(tolerated, &[before.clone(), vec![whole]].concat());
        let in_two = statistic(tolerated, &[before, vec![first, second]].concat());
        let expected = at_once + statistic(tolerated, &[second]);
        prop_assert!((in_two - expected).abs() <= 1e-9 * expected, "{} {} {}", at_once, in_two, expected);
    }

    #[test]
    fn who_asks_for_a_longer_run_is_never_alarmed_earlier(
        tolerated in 0.0_f64..1.0,
        run_length in 1.0_f64..500.0,
        times in 1.0_f64..5.0,
        batches in vec(batch(400), 1..40),
    ) {
        let alarm = |run_length| {
            let mut detector = evidence(tolerated, run_length);
            batches.iter().position(|batch| detector.step(*batch)).unwrap_or(usize::MAX)
        };
        prop_assert!(alarm(run_length * times) >= alarm(run_length));
    }

    #[test]
    fn a_fall_is_the_rise_of_what_is_the_other_way_round(values in vec(-1.0_f64..1.0, 1..120), shift in -2.0_f64..2.0) {
        let half = values.len() / 2;
        let shifted = |(i, value): (usize, &f64)| if i < half { *value } else { value + shift };
        let values: Vec<f64> = values.iter().enumerate().map(shifted).collect();
        let (mut page_up, mut page_down) = (page_hinkley(Direction::Up), page_hinkley(Direction::Down));
        let (mut cusum_up, mut cusum_down) = (cusum(Direction::Up), cusum(Direction::Down));
        let (mut adwin_up, mut adwin_down) = (adwin(Direction::Up), adwin(Direction::Down));
        let (mut page_both, mut cusum_both, mut adwin_both) =
            (page_hinkley(Direction::Both), cusum(Direction::Both), adwin(Direction::Both));
        for value in &values {
            let (value, other) = (mean(*value), mean(-*value));
            prop_assert_eq!(page_up.step(value), page_down.step(other));
            prop_assert_eq!(page_up.reading(), page_down.reading());
            prop_assert_eq!(cusum_up.step(value), cusum_down.step(other));
            prop_assert_eq!(cusum_up.reading(), cusum_down.reading());
            let rose = adwin_up.step(value);
            prop_assert_eq!(rose, adwin_down.step(other));
            prop_assert_eq!(adwin_up.reading(), adwin_down.reading());
            // Both directions alarm wherever one does.
            page_both.step(value);
            prop_assert!(page_both.reading().map(|it| it.statistic) >= page_up.reading().map(|it| it.statistic));
            cusum_both.step(value);
            prop_assert!(cusum_both.reading().statistic >= cusum_up.reading().statistic);
            prop_assert!(adwin_both.step(value) || !rose);
        }
        let there: Option<Trend> = Trend::of(&values);
        let back = Trend::of(&values.iter().rev().copied().collect::<Vec<_>>());
        prop_assert_eq!(there.map(|trend| trend.s), back.map(|trend| -trend.s));
        prop_assert_eq!(there.map(|trend| trend.slope), back.map(|trend| -trend.slope));
    }
}
