//! Whether a training helped: when it is judged, by which values, and with which figures.

use jiff::Timestamp;
use proptest::prelude::*;
use rekindle_decision::duration::Duration;
use rekindle_decision::effect::{Effect, Gain, Judgement, Verdict, judge, judged};
use rekindle_decision::facts::{Facts, Gap, Point, Series};
use rekindle_decision::policy::{AfterFutility, FUTILITY, Policy, Worse};
use rstest::rstest;

use crate::any::config;
use crate::make::{at, guarded, length, source, started};

/// Better is higher, by this much at least.
fn improving(min_gain: f64, compare: u32) -> Policy {
    let source = source("Accuracy", "Average");
    let guard = AfterFutility { source, worse: Worse::Lower, min_gain, give_up_after: 3, compare };
    guarded(|guards| guards.after_futility = Some(guard))
}

/// The same, and better is lower.
fn lowering(min_gain: f64, compare: u32) -> Policy {
    let mut policy = improving(min_gain, compare);
    policy.guards.after_futility.iter_mut().for_each(|guard| guard.worse = Worse::Higher);
    policy
}

/// Hourly points from an instant on.
fn points(from: &str, values: &[(f64, Option<f64>)]) -> Vec<Point> {
    let hours = (0_u64..).map(|hours| Duration::from_seconds(hours * 3_600).after(at(from)));
    let point = |((value, samples), at): (&(f64, Option<f64>), Timestamp)| Point {
        at,
        value: *value,
        samples: *samples,
    };
    values.iter().zip(hours).map(point).collect()
}

/// A training from five to six; these values just before it and just after it, and one that says nothing in between.
fn around(before: &[(f64, Option<f64>)], after: &[(f64, Option<f64>)], now: &str) -> Facts {
    let mut facts = Facts::at(at(now));
    let hours = Duration::from_seconds(3_600 * u64::try_from(before.len()).unwrap());
    let from = hours.before(at("05:00:00")).to_string();
    let all = [points(&from, before), points("05:00:00", &[(77.0, None)]), points("06:00:00", after)];
    facts.metrics.insert(FUTILITY.into(), Series::Complete { points: all.concat() });
    facts.state.starts = vec![started(1, "05:00:00", Some("06:00:00"))];
    facts
}

fn plain(values: &[f64]) -> Vec<(f64, Option<f64>)> {
    values.iter().map(|value| (*value, None)).collect()
}

/// Five values before and five after; the last of them is mature at eleven.
fn five(before: [f64; 5], after: [f64; 5], now: &str) -> Facts {
    around(&plain(&before), &plain(&after), now)
}

fn of_the_first(policy: &Policy, facts: &Facts) -> Option<Judgement> {
    judge(policy, facts, &facts.state.starts[0])
}

fn effect(policy: &Policy, facts: &Facts) -> Effect {
    match of_the_first(policy, facts) {
        Some(Judgement::Judged(effect)) => effect,
        other => panic!("{other:?}"),
    }
}

fn cannot_tell(at: Timestamp) -> Judgement {
    Judgement::Judged(Effect { verdict: Verdict::CannotTell, at, gain: None })
}

const LEVEL: [f64; 5] = [10.0; 5];
const SPREAD: [f64; 5] = [10.0, 11.0, 12.0, 13.0, 14.0];

#[rstest]
#[case::it_is_clearly_better(LEVEL, [12.0; 5], Verdict::Helped, 2.0)]
#[case::it_is_clearly_worse(LEVEL, [9.0; 5], Verdict::Worse, -1.0)]
#[case::nothing_has_changed(LEVEL, LEVEL, Verdict::NoDifference, 0.0)]
#[case::it_is_better_by_exactly_the_gain_that_counts(LEVEL, [11.5; 5], Verdict::Helped, 1.5)]
#[case::it_is_surely_better_by_too_little(LEVEL, [11.25; 5], Verdict::NoDifference, 1.25)]
#[case::it_is_better_within_chance(SPREAD, [11.5, 12.5, 13.5, 14.5, 15.5], Verdict::NoDifference, 1.5)]
#[case::it_is_worse_within_chance(SPREAD, [9.0, 10.0, 11.0, 12.0, 13.0], Verdict::NoDifference, -1.0)]
#[case::one_of_five_is_so_far_out_that_it_cannot_be_sure(LEVEL, [12.0, 12.0, 12.0, 12.0, -900.0], Verdict::NoDifference, 2.0)]
fn of_five_values_and_five(
    #[case] before: [f64; 5],
    #[case] after: [f64; 5],
    #[case] verdict: Verdict,
    #[case] gain: f64,
) {
    let judged = effect(&improving(1.5, 5), &five(before, after, "11:00:00"));
    assert_eq!((judged.verdict, judged.gain.map(|it| it.gain)), (verdict, Some(gain)));
    assert_eq!(judged.at, at("11:00:00"));
    // The same where lower is better.
    let [before, after] = [before, after].map(|values| values.map(|value| -value));
    let lower = effect(&lowering(1.5, 5), &five(before, after, "11:00:00"));
    let figures = |gain: Option<Gain>| gain.map(|it| (it.gain, it.low, it.high));
    assert_eq!((lower.verdict, figures(lower.gain)), (verdict, figures(judged.gain)));
}

#[test]
fn the_figures_are_medians_the_median_shift_and_its_interval() {
    let after = [20.0, 21.0, 23.0, 24.0, 26.0];
    let judged = effect(&improving(0.0, 5), &five(SPREAD, after, "11:00:00"));
    // The third smallest and the third greatest of the twenty-five differences.
    assert_eq!(judged.gain, Some(Gain { before: 12.0, after: 23.0, gain: 11.0, low: 7.0, high: 14.0 }));
}

#[test]
fn of_six_values_and_six_it_is_the_fifth_difference_from_each_end() {
    let before = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    let after = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0];
    let judged = effect(&improving(0.0, 6), &around(&plain(&before), &plain(&after), "12:00:00"));
    // 18 less 1.96 times the root of 39 is 5.76.
    assert_eq!(judged.gain, Some(Gain { before: 2.5, after: 350.0, gain: 347.5, low: 99.0, high: 596.0 }));
}

#[rstest]
#[case::three_to_each_side(3, None)]
#[case::as_few_as_can_be_told(AfterFutility::LEAST, Some(2.0))]
fn from_chance_can_be_told(#[case] compare: u32, #[case] gain: Option<f64>) {
    let now = at("11:00:00");
    let judged = effect(&improving(0.0, compare), &five(LEVEL, [12.0; 5], "11:00:00"));
    assert_eq!(judged.gain.map(|it| it.gain), gain);
    if gain.is_none() {
        assert_eq!(Judgement::Judged(judged), cannot_tell(now));
    }
}

/// Hits and trials as one value of so many samples.
fn share(hits: f64, samples: f64) -> (f64, Option<f64>) {
    (hits / samples, Some(samples))
}

/// Newcombe 1998, Statistics in Medicine 17, Table II, method 10.
#[rstest]
#[case::a((56.0, 70.0), (48.0, 80.0), 0.0524, 0.3339)]
#[case::b((9.0, 10.0), (3.0, 10.0), 0.1705, 0.8090)]
#[case::c((6.0, 7.0), (2.0, 7.0), 0.0582, 0.8062)]
#[case::d((5.0, 56.0), (0.0, 29.0), -0.0381, 0.1926)]
#[case::e((0.0, 10.0), (0.0, 20.0), -0.1611, 0.2775)]
#[case::f((0.0, 10.0), (0.0, 10.0), -0.2775, 0.2775)]
#[case::g((10.0, 10.0), (0.0, 20.0), 0.6791, 1.0)]
#[case::h((10.0, 10.0), (0.0, 10.0), 0.6075, 1.0)]
fn a_published_interval(
    #[case] after: (f64, f64),
    #[case] before: (f64, f64),
    #[case] low: f64,
    #[case] high: f64,
) {
    let facts = around(&[share(before.0, before.1)], &[share(after.0, after.1)], "07:00:00");
    let judged = effect(&improving(0.0, 1), &facts);
    let gain = judged.gain.unwrap();
    for (figure, published) in
        [(gain.gain, after.0 / after.1 - before.0 / before.1), (gain.low, low), (gain.high, high)]
    {
        assert!((figure - published).abs() < 0.000_051, "{figure} {published}");
    }
    assert_eq!(judged.verdict, if low > 0.0 { Verdict::Helped } else { Verdict::NoDifference });
}

#[test]
fn shares_of_several_periods_are_one_share_of_all_their_samples() {
    let parts = |hits: [f64; 2], samples: [f64; 2]| [share(hits[0], samples[0]), share(hits[1], samples[1])];
    let facts = around(&parts([8.0, 40.0], [20.0, 60.0]), &parts([50.0, 6.0], [60.0, 10.0]), "08:00:00");
    let whole = around(&[share(48.0, 80.0)], &[share(56.0, 70.0)], "08:00:00");
    let [parts, whole] =
        [(2, facts), (1, whole)].map(|(n, facts)| effect(&improving(0.0, n), &facts).gain.unwrap());
    assert!((parts.low - whole.low).abs() < 1e-12 && (parts.high - whole.high).abs() < 1e-12);
}

#[rstest]
#[case::one_value_is_no_share([(0.6, Some(80.0)), (1.5, Some(80.0))])]
#[case::one_value_has_no_samples([(0.6, Some(80.0)), (0.6, None)])]
#[case::one_value_has_none([(0.6, Some(80.0)), (0.6, Some(0.0))])]
fn what_is_no_share_of_samples_is_compared_by_its_ranks(#[case] odd: [(f64, Option<f64>); 2]) {
    // Two values are too few for that.
    let after = [(0.8, Some(70.0)), (0.8, Some(70.0))];
    let facts = around(&odd, &after, "08:00:00");
    assert_eq!(of_the_first(&improving(0.0, 2), &facts), Some(cannot_tell(at("08:00:00"))));
}

#[rstest]
#[case::a_second_before_its_values_are_mature("06:00:00", "0s", "0s", "10:59:59", false)]
#[case::when_its_values_are_mature("06:00:00", "0s", "0s", "11:00:00", true)]
#[case::a_second_before_late_labels_are_there("06:00:00", "2h", "0s", "12:59:59", false)]
#[case::when_late_labels_are_there("06:00:00", "2h", "0s", "13:00:00", true)]
#[case::when_it_served_a_second_into_a_period("06:00:01", "0s", "0s", "11:59:59", false)]
#[case::when_that_period_is_left_out("06:00:01", "0s", "0s", "12:00:00", true)]
#[case::when_it_serves_an_hour_later("06:00:00", "0s", "1h", "11:59:59", false)]
#[case::when_it_has_served_long_enough("06:00:00", "0s", "1h", "12:00:00", true)]
fn a_training_is_judged(
    #[case] trained: &str,
    #[case] label_delay: &str,
    #[case] serves_after: &str,
    #[case] now: &str,
    #[case] is_judged: bool,
) {
    let mut policy = Policy { serves_after: length(serves_after), ..improving(0.0, 5) };
    let mut guard = policy.guards.after_futility.take().unwrap();
    guard.source.label_delay = length(label_delay);
    policy.guards.after_futility = Some(guard);
    let mut facts = around(&plain(&LEVEL), &plain(&[12.0; 9]), now);
    facts.state.starts[0].trained = Some(at(trained));
    let judgement = of_the_first(&policy, &facts).unwrap();
    assert_eq!(matches!(judgement, Judgement::Judged(_)), is_judged, "{judgement:?}");
    if !is_judged {
        assert_eq!(judgement, Judgement::NotYet);
    }
}

#[test]
fn a_training_is_not_judged_that_did_not_end_well_or_should_improve_nothing() {
    let mut facts = five(LEVEL, [12.0; 5], "11:00:00");
    let nothing = guarded(|_| {});
    assert_eq!(of_the_first(&nothing, &facts), None);
    assert_eq!(judged(&nothing, &facts), []);
    facts.state.starts[0].trained = None;
    assert_eq!(of_the_first(&improving(0.0, 5), &facts), None);
}

#[rstest]
#[case::when_it_has_served_long_enough("11:00:00", Some(2.0))]
#[case::a_second_earlier("10:59:59", Some(2.0))]
#[case::a_period_earlier("10:00:00", None)]
#[case::at_once("06:00:00", None)]
fn a_model_that_was_replaced(#[case] replaced: &str, #[case] gain: Option<f64>) {
    // The next model is far better, which says nothing about this one.
    let mut facts = five(LEVEL, [12.0; 5], "11:00:00");
    facts.state.starts.push(started(2, "08:00:00", Some(replaced)));
    let effect = effect(&improving(0.0, 5), &facts);
    assert_eq!(effect.gain.map(|it| it.gain), gain);
    assert_eq!(effect.verdict, if gain.is_some() { Verdict::Helped } else { Verdict::CannotTell });
    // Nor does one that failed.
    facts.state.starts[1].trained = None;
    assert_eq!(self::effect(&improving(0.0, 5), &facts).verdict, Verdict::Helped);
}

#[rstest]
#[case::as_soon_as_it_is_due("11:00:00", false)]
#[case::a_second_before_it_is_late("20:59:59", false)]
#[case::when_it_is_late("21:00:00", true)]
fn a_metric_that_is_not_read(#[case] now: &str, #[case] late: bool) {
    let gap = Gap::PartialData;
    let mut facts = five(LEVEL, [12.0; 5], now);
    facts.metrics.insert(FUTILITY.into(), Series::Unread { gap: gap.clone() });
    let expected = if late { cannot_tell(facts.now) } else { Judgement::Unread(gap) };
    assert_eq!(of_the_first(&improving(0.0, 5), &facts), Some(expected));
    // Nor one that went silent.
    let values = facts.metrics.entry(FUTILITY.into()).or_insert(Series::Complete { points: vec![] });
    *values = Series::Complete { points: points("00:00:00", &plain(&[10.0; 8])) };
    let expected = if late { cannot_tell(facts.now) } else { Judgement::NotYet };
    assert_eq!(of_the_first(&improving(0.0, 5), &facts), Some(expected));
}

#[test]
fn values_that_come_late_are_judged_by_when_there_are_enough() {
    let values = plain(&[12.0, f64::NAN, 12.0, 12.0, 12.0, 12.0]);
    let mut facts = around(&plain(&LEVEL), &values, "11:00:00");
    assert_eq!(of_the_first(&improving(0.0, 5), &facts), Some(Judgement::NotYet));
    facts.now = at("12:00:00");
    assert_eq!(effect(&improving(0.0, 5), &facts).verdict, Verdict::Helped);
}

#[rstest]
#[case::enough("00:00:00", true)]
#[case::one_too_few("01:00:00", false)]
fn the_values_before_a_start_are_compared(#[case] from: &str, #[case] enough: bool) {
    let mut facts = five(LEVEL, [12.0; 5], "11:00:00");
    if let Some(Series::Complete { points }) = facts.metrics.get_mut(FUTILITY) {
        points.retain(|point| point.at >= at(from));
    }
    let judgement = of_the_first(&improving(0.0, 5), &facts);
    assert_eq!(matches!(judgement, Some(Judgement::Judged(_))), enough, "{judgement:?}");
}

#[test]
fn each_start_is_judged_once() {
    let policy = improving(0.0, 4);
    let mut facts = around(&plain(&LEVEL), &plain(&[12.0; 6]), "12:00:00");
    facts.state.starts.insert(0, started(0, "00:00:00", None));
    facts.state.starts.push(started(2, "10:00:00", Some("11:00:00")));
    let found = judged(&policy, &facts);
    let verdicts: Vec<_> = found.iter().map(|(generation, effect)| (*generation, effect.verdict)).collect();
    assert_eq!(verdicts, [(1, Verdict::Helped)]);
    facts.state.starts[1].effect = Some(found[0].1);
    assert_eq!(judged(&policy, &facts), []);
}

#[rstest]
#[case::helped(Verdict::Helped, "helped", Some(false))]
#[case::no_difference(Verdict::NoDifference, "no difference", Some(true))]
#[case::worse(Verdict::Worse, "worse", Some(true))]
#[case::cannot_tell(Verdict::CannotTell, "cannot tell", None)]
fn a_verdict(#[case] verdict: Verdict, #[case] words: &str, #[case] futile: Option<bool>) {
    assert_eq!(verdict.to_string(), words);
    assert_eq!(Effect { verdict, at: at("11:00:00"), gain: None }.is_futile(), futile);
}

#[test]
fn no_more_values_are_compared_than_can_be() {
    // Four billion squared would take for ever, and fit nowhere.
    let facts = five(LEVEL, [12.0; 5], "2099-01-01T00:00:00Z");
    assert_eq!(of_the_first(&improving(0.0, u32::MAX), &facts), Some(cannot_tell(facts.now)));
}

/// Values to both sides: any, or shares of samples.
fn sides() -> impl Strategy<Value = [Vec<(f64, Option<f64>)>; 2]> {
    let number = prop_oneof![8 => -10.0..10.0_f64, 1 => select_extremes()];
    let any = || proptest::collection::vec((number.clone(), proptest::option::of(0.0..100.0_f64)), 6);
    let shares = || proptest::collection::vec((0.0..=1.0_f64, (1.0..100.0_f64).prop_map(Some)), 6);
    prop_oneof![(any(), any()), (shares(), shares())].prop_map(|(before, after)| [before, after])
}

fn select_extremes() -> impl Strategy<Value = f64> {
    proptest::sample::select(vec![f64::MAX, f64::MIN, f64::MIN_POSITIVE, -0.0])
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn before_and_after_exchanged_are_the_same_the_other_way_round([before, after] in sides()) {
        let policy = improving(0.0, 6);
        let one = effect(&policy, &around(&before, &after, "12:00:00"));
        let other = effect(&policy, &around(&after, &before, "12:00:00"));
        let mirrored = other.gain.map(|it| Gain {
            before: it.after,
            after: it.before,
            gain: -it.gain,
            low: -it.high,
            high: -it.low,
        });
        prop_assert_eq!(one.gain, mirrored);
        let verdict = match other.verdict {
            Verdict::Helped => Verdict::Worse,
            Verdict::Worse => Verdict::Helped,
            same @ (Verdict::NoDifference | Verdict::CannotTell) => same,
        };
        prop_assert_eq!(one.verdict, verdict);
    }

    #[test]
    fn the_gain_lies_in_its_interval_and_is_a_number([before, after] in sides()) {
        let gain = effect(&improving(0.0, 6), &around(&before, &after, "12:00:00")).gain.unwrap();
        prop_assert!(gain.low <= gain.gain && gain.gain <= gain.high, "{:?}", gain);
        prop_assert!([gain.before, gain.after, gain.low, gain.high].iter().all(|it| it.is_finite()));
    }

    #[test]
    fn a_greater_gain_asked_for_makes_no_training_a_help(
        [before, after] in sides(),
        less in 0.0..5.0_f64,
        more in 0.0..5.0_f64,
    ) {
        let facts = around(&before, &after, "12:00:00");
        let [least, most] = [less, less + more].map(|min_gain| effect(&improving(min_gain, 6), &facts));
        prop_assert!(most.verdict != Verdict::Helped || least.verdict == Verdict::Helped);
        prop_assert_eq!(most.gain, least.gain);
    }
}
