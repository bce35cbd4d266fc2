//! The e-detector: its promise, exactly, and its boundaries.

use rekindle_decision::detect::Batch;
use rekindle_decision::detect::evidence::{Evidence, Settings};
use rstest::rstest;

use crate::series::{assert_near, batch};

fn detector(tolerated: f64, run_length: f64) -> Evidence {
    Evidence::new(Settings { tolerated, run_length })
}

/// The evidence after these batches.
fn evidence(tolerated: f64, batches: &[Batch]) -> f64 {
    let mut detector = detector(tolerated, f64::MAX);
    assert!(!batches.iter().any(|batch| detector.step(*batch)));
    detector.reading().statistic
}

/// The chance of so many errors of `n`, one by one from none.
fn binomial(n: u32, p: f64) -> Vec<f64> {
    let mut chances = vec![(1.0 - p).powi(i32::try_from(n).unwrap())];
    for k in 1..=n {
        let before = chances[chances.len() - 1];
        chances.push(before * f64::from(n - k + 1) / f64::from(k) * p / (1.0 - p));
    }
    chances
}

#[rstest]
#[case::rare(0.001, 400)]
#[case::tiny_batches(0.02, 1)]
#[case::usual(0.18, 50)]
#[case::most(0.9, 20)]
fn the_mean_worth_of_a_period_at_the_tolerated_rate_is_one(#[case] tolerated: f64, #[case] n: u32) {
    // After one period the evidence is the worth of that period.
    let mean = |rate| -> f64 {
        let worth = |errors| evidence(tolerated, &[batch(f64::from(errors), f64::from(n))]);
        (0..).zip(binomial(n, rate)).map(|(errors, chance)| chance * worth(errors)).sum()
    };
    assert_near(mean(tolerated), 1.0);
    for share in [0.0, 0.5, 0.99] {
        assert!(mean(share * tolerated) < 1.0);
    }
    assert!(mean(tolerated * 1.01) > 1.0);
}

#[rstest]
fn the_mean_worth_of_losses_that_are_not_errors_is_less(
    #[values(0.0, 0.1, 0.25)] low: f64,
    #[values(0.3, 0.5, 0.75, 0.9)] high: f64,
) {
    // One loss, low or high, at a mean of exactly 0.25.
    let chance = (0.25 - low) / (high - low);
    let mean =
        chance * evidence(0.25, &[batch(high, 1.0)]) + (1.0 - chance) * evidence(0.25, &[batch(low, 1.0)]);
    assert!(mean < 1.0, "{mean}");
}

#[test]
fn evidence_is_what_was_times_the_worth_of_the_period() {
    // Odds of 1 to 3 and alternatives of 8^(1/2^k) times those, by the paper's formula.
    let alternatives = [0, 1, 2, 3, 4, 5].map(|k| {
        let odds = 8_f64.powf(0.5_f64.powi(k)) / 3.0;
        odds / (1.0 + odds)
    });
    let batches = [(4.0, 10.0), (0.5, 3.0), (9.0, 20.0)];
    let weigh = |q: f64| {
        batches.iter().fold(0.0, |evidence, (sum, count): &(f64, f64)| {
            (q / 0.25).powf(*sum) * ((1.0 - q) / 0.75).powf(count - sum) * (1.0 + evidence)
        })
    };
    let expected = alternatives.map(weigh).iter().sum::<f64>() / 6.0;
    assert_near(evidence(0.25, &batches.map(|(sum, count)| batch(sum, count))), expected);
}

#[test]
fn at_the_run_length_there_is_an_alarm() {
    let batches = [batch(7.0, 20.0), batch(6.0, 20.0)];
    let reached = evidence(0.2, &batches);
    for (run_length, alarm) in [(reached.next_down(), true), (reached, true), (reached.next_up(), false)] {
        let mut detector = detector(0.2, run_length);
        assert_eq!(batches.map(|batch| detector.step(batch)), [false, alarm]);
        assert_eq!(detector.reading().level.to_bits(), run_length.to_bits());
    }
}

#[rstest]
#[case::within(4.0, false)]
#[case::at(5.0, false)]
#[case::beyond(6.0, true)]
fn a_period_within_the_tolerated_mean_never_alarms(#[case] errors: f64, #[case] alarm: bool) {
    // So much evidence that the last period cannot take it away.
    let mut detector = detector(0.25, 2.0);
    assert!(detector.step(batch(20.0, 20.0)));
    assert_eq!(detector.step(batch(errors, 20.0)), alarm);
    assert!(detector.reading().statistic > 2.0);
}

#[rstest]
#[case::nought(0.0)]
#[case::below_nought(-0.5)]
#[case::minus_infinity(f64::NEG_INFINITY)]
fn where_nothing_is_tolerated_the_first_loss_is_an_alarm(#[case] tolerated: f64) {
    let mut detector = detector(tolerated, 1e300);
    assert!(![batch(0.0, 20.0); 30].map(|batch| detector.step(batch)).contains(&true));
    assert_eq!(detector.reading().statistic.to_bits(), 0.0_f64.to_bits());
    assert!(detector.step(batch(0.001, 20.0)));
}

#[rstest]
#[case::one(1.0)]
#[case::above_one(1.5)]
#[case::infinity(f64::INFINITY)]
#[case::not_a_number(f64::NAN)]
fn where_everything_is_tolerated_nothing_is_an_alarm(#[case] tolerated: f64) {
    let mut detector = detector(tolerated, 1.0);
    assert!(![batch(20.0, 20.0); 30].map(|batch| detector.step(batch)).contains(&true));
}

#[rstest]
#[case::half(0.5)]
#[case::nought(0.0)]
#[case::below_nought(-3.0)]
#[case::minus_infinity(f64::NEG_INFINITY)]
fn a_run_length_below_one_is_one(#[case] run_length: f64) {
    assert_eq!(detector(0.2, run_length), detector(0.2, 1.0));
}

#[rstest]
#[case::not_a_number(f64::NAN)]
#[case::infinity(f64::INFINITY)]
fn a_run_length_without_an_end_never_alarms(#[case] run_length: f64) {
    let mut detector = detector(0.2, run_length);
    assert!(![batch(1e9, 1e9); 30].map(|batch| detector.step(batch)).contains(&true));
}

#[test]
fn evidence_that_is_out_of_range_comes_back() {
    let mut detector = detector(0.2, 100.0);
    assert!(detector.step(batch(f64::MAX, f64::MAX)));
    assert!(detector.reading().statistic.is_finite());
    assert!(!detector.step(batch(0.0, f64::MAX)));
    assert_eq!(detector.reading().statistic.to_bits(), 0.0_f64.to_bits());
}

#[rstest]
#[case::a_little_worse(0.21, 60)]
#[case::worse(0.25, 5)]
#[case::much_worse(0.4, 1)]
#[case::as_tolerated(0.2, usize::MAX)]
fn an_alarm_after(#[case] rate: f64, #[case] most: usize) {
    // Periods of 400 losses at exactly that rate.
    let mut detector = detector(0.2, 200.0);
    let alarm = (1..=400).find(|_| detector.step(batch(400.0 * rate, 400.0))).unwrap_or(usize::MAX);
    assert!(alarm <= most, "{alarm}");
    assert_eq!(alarm == usize::MAX, most == usize::MAX);
}
