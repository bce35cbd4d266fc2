//! Limits that are a band, and limits that are measured from something.

use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Series};
use rekindle_decision::finding::{Finding, Lacking, Measure};
use rekindle_decision::policy::Baseline::{First, Fixed, Training};
use rekindle_decision::policy::Change::{By, Share};
use rekindle_decision::policy::Limit::{Above, Below, Fallen, Outside, Risen};
use rekindle_decision::policy::{Limit, MOutOfN, Policy, Threshold};
use rekindle_decision::state::Trained;
use rstest::rstest;

use crate::make::{at, finding, hourly, length, metric, policy, threshold, trained, verdict};

const NOW: &str = "12:00:00";

fn accuracy(limit: Limit) -> Policy {
    policy([("accuracy", metric(threshold(limit)))])
}

/// Six hours, the newest at eleven; the model was trained at six.
fn six(values: [f64; 6]) -> Facts {
    let mut facts = Facts::at(at(NOW));
    facts.metrics.insert("accuracy".into(), hourly(NOW, &values.map(Some)));
    facts.state.trained = Some(trained("06:00:00"));
    facts
}

fn one(value: f64) -> Facts {
    six([1.0, 1.0, 1.0, 1.0, 1.0, value])
}

fn reported(name: &str, value: f64) -> Trained {
    Trained { metrics: [(name.to_owned(), value)].into(), ..trained("06:00:00") }
}

fn measured(limit: Limit, baseline: Option<f64>, newest: f64, beyond: u32) -> Measure {
    let periods = MOutOfN { m: 1, n: 1 };
    Measure { breaching: beyond, values: 1, periods, newest: Some(newest), limit, baseline }
}

#[rstest]
#[case::a_hair_below_the_band(0.399_999, true)]
#[case::at_its_lower_end(0.4, false)]
#[case::inside(0.5, false)]
#[case::at_its_upper_end(0.6, false)]
#[case::a_hair_above_it(0.600_001, true)]
fn a_value_is_outside_a_band(#[case] value: f64, #[case] fires: bool) {
    let limit = Outside(0.4, 0.6);
    let measure = measured(limit, None, value, u32::from(fires));
    let expected = if fires { Finding::Breached(measure) } else { Finding::Within(measure) };
    assert_eq!(finding(&decide(&accuracy(limit), &one(value)), "accuracy"), expected);
}

#[rstest]
#[case::fallen_by_an_amount(Fallen(By(0.25), Fixed(1.0)), Below(0.75), 1.0)]
#[case::risen_by_an_amount(Risen(By(0.25), Fixed(1.0)), Above(1.25), 1.0)]
#[case::fallen_by_a_share(Fallen(Share(0.25), Fixed(8.0)), Below(6.0), 8.0)]
#[case::risen_by_a_share(Risen(Share(0.25), Fixed(8.0)), Above(10.0), 8.0)]
#[case::fallen_by_a_share_of_what_is_below_nought(Fallen(Share(0.25), Fixed(-8.0)), Below(-10.0), -8.0)]
#[case::risen_by_a_share_of_what_is_below_nought(Risen(Share(0.25), Fixed(-8.0)), Above(-6.0), -8.0)]
#[case::fallen_by_a_share_of_nought(Fallen(Share(0.25), Fixed(0.0)), Below(0.0), 0.0)]
#[case::risen_at_all(Risen(By(0.0), Fixed(3.0)), Above(3.0), 3.0)]
fn a_limit_is_measured_from_its_baseline(
    #[case] limit: Limit,
    #[case] resolved: Limit,
    #[case] baseline: f64,
) {
    assert_eq!(limit.resolved(baseline), resolved);
    let (Below(level) | Above(level)) = resolved else { panic!("{resolved:?}") };
    let step = if matches!(resolved, Below(_)) { -0.001 } else { 0.001 };
    for (value, fires) in [(level, false), (level - step, false), (level + step, true)] {
        let measure = measured(resolved, Some(baseline), value, u32::from(fires));
        let expected = if fires { Finding::Breached(measure) } else { Finding::Within(measure) };
        assert_eq!(finding(&decide(&accuracy(limit), &one(value)), "accuracy"), expected);
    }
}

#[rstest]
#[case::a_band_upside_down(Outside(0.6, 0.4))]
#[case::a_band_without_a_lower_end(Outside(f64::NEG_INFINITY, 0.4))]
#[case::a_band_without_an_upper_end(Outside(0.4, f64::NAN))]
#[case::a_change_below_nought(Fallen(By(-0.1), Fixed(1.0)))]
#[case::a_share_below_nought(Risen(Share(-0.1), Fixed(1.0)))]
#[case::a_change_that_is_no_number(Fallen(By(f64::NAN), First(1)))]
#[case::a_share_that_is_infinite(Risen(Share(f64::INFINITY), Training))]
#[case::a_baseline_that_is_no_number(Fallen(By(0.1), Fixed(f64::NAN)))]
#[case::a_limit_beyond_all_numbers(Risen(By(f64::MAX), Fixed(f64::MAX)))]
#[case::a_limit_below_all_numbers(Fallen(Share(1.0), Fixed(f64::MIN)))]
fn what_cannot_be_crossed_decides_nothing(#[case] limit: Limit) {
    let ruling = decide(&accuracy(limit), &one(0.5));
    assert_eq!((finding(&ruling, "accuracy"), verdict(&ruling).as_str()), (Finding::NoLimit, "hold blind"));
}

#[test]
fn a_band_may_have_no_width() {
    assert!(Outside(0.5, 0.5).is_finite());
    assert_eq!(verdict(&decide(&accuracy(Outside(0.5, 0.5)), &one(0.5))), "rest");
    assert_eq!(verdict(&decide(&accuracy(Outside(0.5, 0.5)), &one(0.51))), "start");
}

#[rstest]
#[case::the_first(1, 4.0)]
#[case::none_counts_as_one(0, 4.0)]
#[case::the_mean_of_two(2, 6.0)]
#[case::the_middle_of_three(3, 6.0)]
#[case::the_middle_two_of_four(4, 5.0)]
#[case::of_all_six(6, 5.0)]
fn the_baseline_is_the_median_of_the_first_values_since_the_training(#[case] k: u32, #[case] expected: f64) {
    let facts = six([4.0, 8.0, 6.0, 2.0, 1.0, 9.0]);
    let ruling = decide(&accuracy(Fallen(By(0.5), First(k))), &facts);
    let Finding::Within(measure) = finding(&ruling, "accuracy") else { panic!("{ruling:?}") };
    assert_eq!((measure.baseline, measure.limit), (Some(expected), Below(expected - 0.5)));
}

#[rstest]
#[case::the_model_has_not_served_for_so_long("12:00:00", 7, None)]
#[case::it_will_have_in_a_moment("12:59:59.999999999", 7, None)]
#[case::there_should_be_by_now("13:00:00", 7, Some(6))]
#[case::one_is_missing("12:00:00", 6, Some(5))]
fn too_few_values_make_no_baseline(#[case] now: &str, #[case] needed: u32, #[case] unknown: Option<u32>) {
    let mut facts = one(1.0);
    facts.now = at(now);
    if let (Some(5), Some(Series::Complete { points })) = (unknown, facts.metrics.get_mut("accuracy")) {
        points.retain(|point| point.at != at("08:00:00"));
    }
    let ruling = decide(&accuracy(Fallen(By(0.5), First(needed))), &facts);
    let (expected, says) = match unknown {
        None => (Finding::TooEarly { values: 6, needed, until: at("13:00:00") }, "rest"),
        Some(values) => (Finding::NoBaseline { lacking: Lacking::Values { values, needed } }, "hold blind"),
    };
    assert_eq!((finding(&ruling, "accuracy"), verdict(&ruling).as_str()), (expected, says));
}

#[rstest]
#[case::from_its_end("07:00:00", "0s", 5, "13:00:00")]
#[case::from_a_moment_after_a_period_began("07:00:01", "0s", 4, "14:00:00")]
#[case::from_when_its_model_serves("06:00:00", "2h", 4, "14:00:00")]
fn values_of_the_model_before_make_no_baseline(
    #[case] ended: &str,
    #[case] serves_after: &str,
    #[case] values: u32,
    #[case] until: &str,
) {
    let mut facts = one(1.0);
    facts.state.trained = Some(trained(ended));
    let policy = Policy { serves_after: length(serves_after), ..accuracy(Fallen(By(0.5), First(6))) };
    let early = Finding::TooEarly { values, needed: 6, until: at(until) };
    assert_eq!(finding(&decide(&policy, &facts), "accuracy"), early);
}

#[rstest]
#[case::nobody_knows_when(None, "0s", Some(Lacking::Trained))]
#[case::a_moment_before_the_history(Some("2026-10-03T11:59:59.999999999Z"), "0s", Some(Lacking::History))]
#[case::as_the_history_begins(Some("2026-10-03T12:00:00Z"), "0s", None)]
#[case::before_it_with_a_model_that_serves_since_it(Some("2026-10-03T11:00:00Z"), "1h", None)]
fn without_the_beginning_of_its_model_there_is_no_baseline(
    #[case] ended: Option<&str>,
    #[case] serves_after: &str,
    #[case] lacking: Option<Lacking>,
) {
    let mut facts = one(1.0);
    facts.state.trained = ended.map(trained);
    let mut policy = Policy { serves_after: length(serves_after), ..accuracy(Fallen(By(0.5), First(1))) };
    let within = Finding::Within(measured(Below(0.5), Some(1.0), 1.0, 0));
    let (expected, says) =
        lacking.map_or((within, "rest"), |lacking| (Finding::NoBaseline { lacking }, "hold blind"));
    let ruling = decide(&policy, &facts);
    assert_eq!((finding(&ruling, "accuracy"), verdict(&ruling).as_str()), (expected.clone(), says));
    // What the policy says of the model before Rekindle counts as well.
    facts.state.trained = None;
    policy.trained = ended.map(at);
    assert_eq!(finding(&decide(&policy, &facts), "accuracy"), expected);
}

#[test]
fn the_first_values_may_be_anywhere_in_the_history() {
    let rule = Threshold { ..threshold(Fallen(By(0.5), First(2))) };
    assert_eq!(rule.window(at(NOW)), (at("2026-10-03T12:00:00Z"), at(NOW)));
    let rule = threshold(Fallen(By(0.5), Training));
    assert_eq!(rule.window(at(NOW)), (at("09:00:00"), at(NOW)));
}

#[rstest]
#[case::under_the_metric_s_own_name("Accuracy", None, true)]
#[case::under_another_name("validation:accuracy", Some("validation:accuracy"), true)]
#[case::only_under_a_name_nobody_asked_for("accuracy", None, false)]
#[case::only_under_the_own_name_when_another_is_asked_for("Accuracy", Some("validation:accuracy"), false)]
fn a_training_reports(#[case] name: &str, #[case] reported_as: Option<&str>, #[case] known: bool) {
    let rule =
        Threshold { reported_as: reported_as.map(Into::into), ..threshold(Fallen(Share(0.25), Training)) };
    let policy = policy([("accuracy", metric(rule))]);
    let mut facts = one(0.5);
    facts.state.trained = Some(reported(name, 0.8));
    let found = finding(&decide(&policy, &facts), "accuracy");
    let lacking = Lacking::Reported { metric: reported_as.unwrap_or("Accuracy").into() };
    let breached = measured(Below(0.8 - 0.25 * 0.8), Some(0.8), 0.5, 1);
    assert_eq!(found, if known { Finding::Breached(breached) } else { Finding::NoBaseline { lacking } });
}

#[rstest]
#[case::not_a_number(f64::NAN)]
#[case::infinite(f64::INFINITY)]
fn what_a_training_reports_must_be_a_number(#[case] value: f64) {
    let mut facts = one(0.5);
    facts.state.trained = Some(reported("Accuracy", value));
    let found = finding(&decide(&accuracy(Fallen(By(0.1), Training)), &facts), "accuracy");
    let lacking = Lacking::Reported { metric: "Accuracy".into() };
    assert_eq!(found, Finding::NoBaseline { lacking });
}

#[test]
fn a_model_that_was_not_trained_by_us_has_reported_nothing() {
    let mut facts = one(0.5);
    facts.state.trained = None;
    let policy = Policy { trained: Some(at("06:00:00")), ..accuracy(Fallen(By(0.1), Training)) };
    let ruling = decide(&policy, &facts);
    assert_eq!(finding(&ruling, "accuracy"), Finding::NoBaseline { lacking: Lacking::Training });
    assert_eq!(verdict(&ruling), "hold blind");
}

#[test]
fn a_limit_that_hangs_on_a_baseline_is_beyond_reach_until_it_is_known() {
    for limit in [Fallen(By(0.0), First(1)), Risen(By(0.0), First(1))] {
        assert!(!limit.breached_by(f64::MIN) && !limit.breached_by(f64::MAX));
        assert_eq!(limit.baseline(), Some(First(1)));
    }
    assert_eq!(Outside(0.0, 1.0).resolved(5.0), Outside(0.0, 1.0));
    assert_eq!(
        (Below(1.0).baseline(), Above(1.0).baseline(), Outside(0.0, 1.0).baseline()),
        (None, None, None)
    );
}

#[test]
fn a_series_without_a_value_has_no_newest() {
    let mut facts = one(1.0);
    facts.metrics.insert("accuracy".into(), Series::Complete { points: vec![] });
    let found = finding(&decide(&accuracy(Fallen(By(0.1), Fixed(1.0))), &facts), "accuracy");
    let measure = Measure { values: 0, newest: None, ..measured(Below(0.9), Some(1.0), 0.0, 0) };
    assert_eq!(found, Finding::TooFewValues(measure));
}
