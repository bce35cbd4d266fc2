//! A metric that worsens steadily.

use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap};
use rekindle_decision::finding::{Finding, Judgement};
use rekindle_decision::policy::{Policy, Trend, Watch, Worse};
use rstest::rstest;

use crate::make::{at, finding, hourly, policy, source, trained, verdict};

const NOW: &str = "12:00:00";

/// Ten periods, at least so much worse together.
fn errors(worse: Worse, at_least: f64, confidence: f64) -> Policy {
    let rule = Trend { source: source("Errors", "Average"), worse, periods: 10, confidence, at_least };
    policy([("errors", Watch::Trend(Box::new(rule)).into())])
}

fn facts(values: &[f64]) -> Facts {
    let mut facts = Facts::at(at(NOW));
    let values: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
    facts.metrics.insert("errors".into(), hourly(NOW, &values));
    facts
}

const RISING: [f64; 10] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];

/// S is 45 of ten values without ties, and its deviation the root of 125: one minus the chance of 44 / 11.18 or more.
const SURE: f64 = 0.999_958_440_7;

fn falling() -> [f64; 10] {
    RISING.map(|value| 11.0 - value)
}

fn judged(ruling: &rekindle_decision::ruling::Ruling) -> (f64, f64) {
    let (Finding::Shown(judgement) | Finding::NotShown(judgement)) = finding(ruling, "errors") else {
        panic!("{ruling:?}")
    };
    let Judgement::Trend { values: 10, worsening, confidence, .. } = judgement else {
        panic!("{judgement:?}")
    };
    (worsening, confidence)
}

#[rstest]
#[case::up_where_higher_is_worse(Worse::Higher, RISING, 9.0, "start")]
#[case::down_where_higher_is_worse(Worse::Higher, falling(), -9.0, "rest")]
#[case::up_where_lower_is_worse(Worse::Lower, RISING, -9.0, "rest")]
#[case::down_where_lower_is_worse(Worse::Lower, falling(), 9.0, "start")]
#[case::nowhere(Worse::Higher, [5.0; 10], 0.0, "rest")]
fn a_metric_that_goes(
    #[case] worse: Worse,
    #[case] values: [f64; 10],
    #[case] worsening: f64,
    #[case] expected: &str,
) {
    let ruling = decide(&errors(worse, 0.0, 0.95), &facts(&values));
    assert_eq!(verdict(&ruling), expected);
    let (found, confidence) = judged(&ruling);
    assert!((found - worsening).abs() < 1e-12, "{found}");
    if worsening > 0.0 {
        assert!((confidence - SURE).abs() < 1e-6, "{confidence}");
    } else {
        assert!(confidence < 0.51, "{confidence}");
    }
}

#[rstest]
#[case::less_than_it_worsened(8.9, "start")]
#[case::as_much_as_it_worsened(9.0, "start")]
#[case::more_than_it_worsened(9.1, "rest")]
fn it_must_have_worsened_by(#[case] at_least: f64, #[case] expected: &str) {
    assert_eq!(verdict(&decide(&errors(Worse::Higher, at_least, 0.95), &facts(&RISING))), expected);
}

#[test]
fn a_step_that_leaves_the_slope_flat_has_not_worsened() {
    // The test is sure of it (S is 21), yet half of all pairs are level.
    let step = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    let ruling = decide(&errors(Worse::Higher, 0.0, 0.95), &facts(&step));
    let (worsening, confidence) = judged(&ruling);
    assert!(confidence > 0.95, "{confidence}");
    assert_eq!((Some(worsening), verdict(&ruling).as_str()), (Some(0.0), "rest"));
}

#[rstest]
#[case::less_than_it_is(SURE - 1e-6, "start")]
#[case::more_than_it_is(SURE + 1e-6, "rest")]
fn the_test_must_be_sure_by(#[case] confidence: f64, #[case] expected: &str) {
    assert_eq!(verdict(&decide(&errors(Worse::Higher, 0.0, confidence), &facts(&RISING))), expected);
}

#[test]
fn a_steady_worsening_too_small_to_matter_is_told() {
    let ruling = decide(&errors(Worse::Higher, 20.0, 0.95), &facts(&RISING));
    let Finding::NotShown(Judgement::Trend { values, at_least, needed, .. }) = finding(&ruling, "errors")
    else {
        panic!("{ruling:?}")
    };
    assert_eq!((values, at_least, needed), (10, 20.0, 0.95));
}

#[test]
fn only_the_newest_values_are_looked_at() {
    let mut values = vec![100.0, 90.0];
    values.extend(RISING);
    assert_eq!(verdict(&decide(&errors(Worse::Higher, 9.0, 0.95), &facts(&values))), "start");
}

#[rstest]
#[case::one_value_missing(&RISING[..9], None, Finding::TooFew { values: 9, needed: 10 })]
#[case::no_value(&[], None, Finding::TooFew { values: 0, needed: 10 })]
#[case::one_missing_of_the_model_that_serves(&RISING[..9], Some("02:00:00"), Finding::TooFew { values: 9, needed: 10 })]
#[case::one_of_the_model_before(&RISING, Some("02:00:01"), Finding::TooEarly { values: 9, needed: 10, until: at("13:00:00") })]
#[case::all_of_the_model_before(&RISING, Some(NOW), Finding::TooEarly { values: 0, needed: 10, until: at("22:00:00") })]
fn there_is_no_trend_yet_with(
    #[case] values: &[f64],
    #[case] ended: Option<&str>,
    #[case] expected: Finding,
) {
    let mut facts = facts(values);
    facts.state.trained = ended.map(trained);
    let ruling = decide(&errors(Worse::Higher, 0.0, 0.95), &facts);
    let says = if expected.until().is_some() { "rest" } else { "hold blind" };
    assert_eq!((verdict(&ruling).as_str(), ruling.look_again_at), (says, expected.until()));
    assert_eq!(finding(&ruling, "errors"), expected);
}

#[rstest]
#[case::worse(Worse::Higher, f64::MAX, "start")]
#[case::better(Worse::Lower, f64::MIN, "rest")]
fn a_step_beyond_all_numbers_is_the_greatest_of_them(
    #[case] worse: Worse,
    #[case] worsening: f64,
    #[case] expected: &str,
) {
    let step = [f64::MIN; 5].into_iter().chain([f64::MAX; 5]).collect::<Vec<_>>();
    let ruling = decide(&errors(worse, 0.0, 0.95), &facts(&step));
    assert_eq!((Some(judged(&ruling).0), verdict(&ruling).as_str()), (Some(worsening), expected));
}

#[test]
fn a_trend_that_was_not_read_is_unread() {
    let ruling = decide(&errors(Worse::Higher, 0.0, 0.95), &Facts::at(at(NOW)));
    assert_eq!(finding(&ruling, "errors"), Finding::Unread { gap: Gap::NotAsked });
}
