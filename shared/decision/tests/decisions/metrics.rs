//! A metric against its limit: which values count, and when they are too few or too old.

use jiff::Timestamp;
use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap, Point, Series};
use rekindle_decision::finding::Finding;
use rekindle_decision::policy::{Guards, Limit, MOutOfN, MissingData, Policy, Threshold};
use rekindle_decision::truth::Truth;
use rstest::rstest;

use crate::make::{at, finding, hourly, length, metric, policy, threshold, verdict};

const NOW: &str = "12:00:00";
const BELOW: Limit = Limit::Below(0.82);

fn accuracy(threshold: Threshold) -> Policy {
    policy([("accuracy", metric(threshold))])
}

fn facts(series: Series) -> Facts {
    let mut facts = Facts::at(at(NOW));
    facts.metrics.insert("accuracy".into(), series);
    facts
}

fn points(points: &[(&str, f64)]) -> Series {
    let point = |(start, value): &(&str, f64)| Point { at: at(start), value: *value, samples: None };
    Series::Complete { points: points.iter().map(point).collect() }
}

fn truth(threshold: Threshold, series: Series) -> Truth {
    decide(&accuracy(threshold), &facts(series)).tree.truth
}

#[rstest]
#[case::below_its_limit(BELOW, 0.819_999, true)]
#[case::at_its_limit(BELOW, 0.82, false)]
#[case::above_its_limit(BELOW, 0.820_001, false)]
#[case::above(Limit::Above(5.0), 5.000_001, true)]
#[case::at_the_upper_limit(Limit::Above(5.0), 5.0, false)]
#[case::under_the_upper_limit(Limit::Above(5.0), 4.999_999, false)]
#[case::minus_nought_below_nought(Limit::Below(0.0), -0.0, false)]
#[case::the_least_number(Limit::Below(0.0), f64::MIN, true)]
#[case::the_greatest_number(Limit::Above(0.0), f64::MAX, true)]
fn a_limit_is_crossed_strictly(#[case] limit: Limit, #[case] value: f64, #[case] fires: bool) {
    let expected = if fires { Truth::Fired } else { Truth::Quiet };
    assert_eq!(truth(threshold(limit), hourly(NOW, &[Some(value)])), expected);
}

#[rstest]
#[case::one_too_few([0.9, 0.7, 0.9, 0.7, 0.9], false)]
#[case::enough([0.7, 0.9, 0.7, 0.9, 0.7], true)]
#[case::more_than_enough([0.7, 0.7, 0.7, 0.7, 0.9], true)]
#[case::none([0.9, 0.9, 0.9, 0.9, 0.9], false)]
#[case::all([0.7, 0.7, 0.7, 0.7, 0.7], true)]
fn three_of_five(#[case] values: [f64; 5], #[case] fires: bool) {
    let threshold = Threshold { periods: MOutOfN { m: 3, n: 5 }, ..threshold(BELOW) };
    let expected = if fires { Truth::Fired } else { Truth::Quiet };
    assert_eq!(truth(threshold, hourly(NOW, &values.map(Some))), expected);
}

#[test]
fn only_the_newest_periods_are_judged() {
    // Seven are read, and two of the bad ones are older than the five that count.
    let threshold = Threshold { periods: MOutOfN { m: 3, n: 5 }, ..threshold(BELOW) };
    let values = [0.7, 0.7, 0.9, 0.9, 0.9, 0.7, 0.7].map(Some);
    let ruling = decide(&accuracy(threshold), &facts(hourly(NOW, &values)));
    let Finding::Within(measure) = finding(&ruling, "accuracy") else { panic!("{ruling:?}") };
    assert_eq!((measure.breaching, measure.values, measure.newest), (2, 5, Some(0.7)));
}

#[test]
fn a_missing_period_that_counts_as_bad_is_told_with_the_bad_ones() {
    let periods = MOutOfN { m: 3, n: 3 };
    let threshold = Threshold { periods, missing_data: MissingData::Breaching, ..threshold(BELOW) };
    let ruling = decide(&accuracy(threshold), &facts(hourly(NOW, &[Some(0.7), None, None])));
    let Finding::Breached(measure) = finding(&ruling, "accuracy") else { panic!("{ruling:?}") };
    assert_eq!((measure.breaching, measure.values), (3, 1));
}

#[test]
fn a_value_written_as_null_is_not_a_number() {
    let point: Point =
        serde_json::from_value(serde_json::json!({"at": "2026-11-02T11:00:00Z", "value": null})).unwrap();
    assert!(point.value.is_nan());
    let values = Series::Complete { points: vec![point] };
    assert_eq!(truth(threshold(BELOW), values), Truth::Unknown);
}

#[rstest]
#[case::one_too_few(Some(199.0), Truth::Unknown)]
#[case::exactly_enough(Some(200.0), Truth::Fired)]
#[case::more(Some(201.0), Truth::Fired)]
#[case::not_told(None, Truth::Unknown)]
#[case::not_a_number(Some(f64::NAN), Truth::Unknown)]
#[case::infinite(Some(f64::INFINITY), Truth::Unknown)]
fn a_period_with_few_samples_is_missing(#[case] samples: Option<f64>, #[case] expected: Truth) {
    let mut threshold = threshold(BELOW);
    threshold.source.min_samples = Some(200);
    let points = vec![Point { at: at("11:00:00"), value: 0.7, samples }];
    assert_eq!(truth(threshold, Series::Complete { points }), expected);
}

#[test]
fn without_a_minimum_samples_do_not_matter() {
    let points = vec![Point { at: at("11:00:00"), value: 0.7, samples: Some(0.0) }];
    assert_eq!(truth(threshold(BELOW), Series::Complete { points }), Truth::Fired);
}

#[rstest]
#[case::fresh("12:59:59", Truth::Fired)]
#[case::exactly_as_old_as_allowed("13:00:00", Truth::Fired)]
#[case::one_second_too_old("13:00:01", Truth::Unknown)]
fn a_value_is_stale_after_the_freshness(#[case] now: &str, #[case] expected: Truth) {
    // The period of 11:00 ends at 12:00, and one hour is allowed from then.
    let mut policy = accuracy(threshold(BELOW));
    policy.guards = Guards { freshness: Some(length("1h")), ..policy.guards };
    let facts = Facts { now: at(now), ..facts(points(&[("11:00:00", 0.7)])) };
    let ruling = decide(&policy, &facts);
    assert_eq!(ruling.tree.truth, expected);
    if expected == Truth::Unknown {
        let (newest, age) = (at("12:00:00"), length("1h1s"));
        let stale = Finding::Stale { newest, age, freshness: length("1h") };
        assert_eq!(finding(&ruling, "accuracy"), stale);
    }
}

#[rstest]
fn with_a_freshness_nothing_at_all_is_unknown_whatever_missing_data_counts_as(
    #[values(MissingData::Missing, MissingData::Ignore, MissingData::Breaching, MissingData::NotBreaching)]
    missing_data: MissingData,
) {
    let mut policy = accuracy(Threshold { missing_data, ..threshold(BELOW) });
    policy.guards = Guards { freshness: Some(length("1h")), ..policy.guards };
    let ruling = decide(&policy, &facts(points(&[])));
    assert!(matches!(finding(&ruling, "accuracy"), Finding::TooFewValues(_)), "{ruling:?}");
    assert_eq!(verdict(&ruling), "hold blind");
}

#[rstest]
#[case::not_a_number(f64::NAN)]
#[case::infinity(f64::INFINITY)]
#[case::minus_infinity(f64::NEG_INFINITY)]
fn a_value_that_is_not_finite_is_missing(#[case] value: f64) {
    assert_eq!(truth(threshold(BELOW), hourly(NOW, &[Some(value)])), Truth::Unknown);
    // An earlier real one takes its place.
    assert_eq!(truth(threshold(BELOW), hourly(NOW, &[Some(0.7), Some(value)])), Truth::Fired);
    assert_eq!(truth(threshold(BELOW), hourly(NOW, &[Some(0.9), Some(value)])), Truth::Quiet);
}

#[rstest]
#[case(Limit::Below(f64::NAN))]
#[case(Limit::Above(f64::NAN))]
#[case(Limit::Below(f64::INFINITY))]
#[case(Limit::Above(f64::NEG_INFINITY))]
fn a_limit_that_is_not_finite_decides_nothing(#[case] limit: Limit) {
    let ruling = decide(&accuracy(threshold(limit)), &facts(hourly(NOW, &[Some(0.7)])));
    assert_eq!(finding(&ruling, "accuracy"), Finding::NoLimit);
    assert_eq!(verdict(&ruling), "hold blind");
}

#[rstest]
#[case::of_the_open_period("12:00:00", false)]
#[case::of_the_future("13:00:00", false)]
#[case::of_the_newest_period("11:00:00", true)]
#[case::from_within_the_newest_period("11:59:59", true)]
#[case::of_the_oldest_period_read("09:00:00", true)]
#[case::one_second_before_the_oldest("08:59:59", false)]
#[case::of_last_week("2026-10-26T11:00:00Z", false)]
fn a_point(#[case] start: &str, #[case] counts: bool) {
    // One of one: the window is that period and the two before it.
    let expected = if counts { Truth::Fired } else { Truth::Unknown };
    assert_eq!(truth(threshold(BELOW), points(&[(start, 0.7)])), expected);
}

#[rstest]
#[case::the_same_point_twice(&[("11:00:00", 0.7), ("11:00:00", 0.7)])]
#[case::two_points_of_one_period(&[("11:00:00", 0.7), ("11:30:00", 0.7)])]
fn a_period_counts_once(#[case] told: &[(&str, f64)]) {
    let threshold = Threshold {
        periods: MOutOfN { m: 2, n: 2 },
        missing_data: MissingData::NotBreaching,
        ..threshold(BELOW)
    };
    let ruling = decide(&accuracy(threshold), &facts(points(told)));
    let Finding::Within(measure) = finding(&ruling, "accuracy") else { panic!("{ruling:?}") };
    assert_eq!((measure.breaching, measure.values), (1, 1));
}

#[test]
fn of_two_values_for_one_period_the_one_told_last_counts() {
    assert_eq!(truth(threshold(BELOW), points(&[("11:00:00", 0.9), ("11:00:00", 0.7)])), Truth::Fired);
    assert_eq!(truth(threshold(BELOW), points(&[("11:00:00", 0.7), ("11:00:00", 0.9)])), Truth::Quiet);
}

#[test]
fn the_order_of_the_points_does_not_matter() {
    let told = [("11:00:00", 0.7), ("09:00:00", 0.9), ("10:00:00", 0.9)];
    assert_eq!(truth(threshold(BELOW), points(&told)), Truth::Fired);
}

#[rstest]
#[case::a_part(Gap::PartialData)]
#[case::an_error(Gap::InternalError)]
#[case::forbidden(Gap::Forbidden)]
#[case::a_failed_call(Gap::Failed { error: "timeout".into() })]
fn an_incomplete_answer_decides_nothing(#[case] gap: Gap) {
    // Not even where missing periods count as bad or as good: the answer is missing, not the periods.
    for missing_data in [MissingData::Breaching, MissingData::NotBreaching] {
        let threshold = Threshold { missing_data, ..threshold(BELOW) };
        let ruling = decide(&accuracy(threshold), &facts(Series::Unread { gap: gap.clone() }));
        assert_eq!(finding(&ruling, "accuracy"), Finding::Unread { gap: gap.clone() });
        assert_eq!(verdict(&ruling), "hold blind");
    }
}

#[test]
fn a_metric_that_was_not_asked_for_is_unread() {
    let ruling = decide(&accuracy(threshold(BELOW)), &Facts::at(at(NOW)));
    assert_eq!(finding(&ruling, "accuracy"), Finding::Unread { gap: Gap::NotAsked });
}

#[rstest]
#[case::within_a_period("12:34:56", "1h", "09:00:00", "12:00:00")]
#[case::exactly_at_a_boundary("12:00:00", "1h", "09:00:00", "12:00:00")]
#[case::one_nanosecond_before("11:59:59.999999999", "1h", "08:00:00", "11:00:00")]
#[case::minutes("12:34:56", "1m", "12:31:00", "12:34:00")]
#[case::days("12:34:56", "1d", "2026-10-30T00:00:00Z", "00:00:00")]
#[case::before_1970("1969-12-31T23:30:00Z", "1h", "1969-12-31T20:00:00Z", "1969-12-31T23:00:00Z")]
fn the_window_ends_with_the_last_closed_period(
    #[case] now: &str,
    #[case] period: &str,
    #[case] start: &str,
    #[case] end: &str,
) {
    let mut threshold = threshold(BELOW);
    threshold.source.metric.period = length(period);
    assert_eq!(threshold.window(at(now)), (at(start), at(end)));
}

#[rstest]
fn the_window_is_defined_at_the_ends_of_time(#[values("0s", "1s", "1h", "3650d")] period: &str) {
    let mut threshold = threshold(BELOW);
    threshold.source.metric.period = length(period);
    for (m, n) in [(1, 1), (u32::MAX, u32::MAX)] {
        threshold.periods = MOutOfN { m, n };
        for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            let (start, end) = threshold.window(now);
            assert!(start <= end && end <= now, "{start} {end} {now}");
        }
    }
}
