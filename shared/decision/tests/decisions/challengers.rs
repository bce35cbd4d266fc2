//! A metric against another model's, period by period.

use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap, Series};
use rekindle_decision::finding::{Finding, Judgement};
use rekindle_decision::policy::{Challenger, MOutOfN, Policy, Watch, Worse};
use rekindle_decision::truth::Truth;
use rstest::rstest;

use crate::make::{at, finding, hourly, policy, source, trained, verdict};

const NOW: &str = "12:00:00";

/// Better by more than an eighth in two of three periods.
fn shadow(worse: Worse) -> Policy {
    let rule = Challenger {
        source: source("Accuracy", "Average"),
        challenger: source("ShadowAccuracy", "Average").metric,
        worse,
        margin: 0.125,
        periods: MOutOfN { m: 2, n: 3 },
    };
    policy([("shadow", Watch::Challenger(Box::new(rule)).into())])
}

type Pair = (Option<f64>, Option<f64>);

/// This model's value and the other's, the newest on the right.
fn facts(pairs: &[Pair]) -> Facts {
    let mut facts = Facts::at(at(NOW));
    let (own, other): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
    facts.metrics.insert("shadow".into(), hourly(NOW, &own));
    facts.metrics.insert("shadow.challenger".into(), hourly(NOW, &other));
    facts
}

const BETTER: Pair = (Some(0.5), Some(0.75));
const LIKE: Pair = (Some(0.5), Some(0.5));
const NO_OTHER: Pair = (Some(0.5), None);
const NO_OWN: Pair = (None, Some(0.75));

fn judged(better: u32, values: u32, newest: (f64, f64)) -> Judgement {
    Judgement::Challenger { better, values, periods: MOutOfN { m: 2, n: 3 }, margin: 0.125, newest }
}

#[rstest]
#[case::three_better(&[BETTER, BETTER, BETTER], Finding::Shown(judged(3, 3, (0.5, 0.75))))]
#[case::two_better(&[BETTER, LIKE, BETTER], Finding::Shown(judged(2, 3, (0.5, 0.75))))]
#[case::one_better(&[LIKE, BETTER, LIKE], Finding::NotShown(judged(1, 3, (0.5, 0.5))))]
#[case::older_ones_that_were_better(&[BETTER, BETTER, LIKE, LIKE, LIKE], Finding::NotShown(judged(0, 3, (0.5, 0.5))))]
#[case::a_gap_filled_from_before(&[BETTER, BETTER, NO_OTHER, LIKE], Finding::Shown(judged(2, 3, (0.5, 0.5))))]
#[case::two_gaps_filled_from_before(&[BETTER, NO_OWN, NO_OTHER, LIKE, LIKE], Finding::NotShown(judged(1, 3, (0.5, 0.5))))]
#[case::a_pair_too_old(&[BETTER, NO_OWN, NO_OTHER, BETTER, NO_OWN, LIKE], Finding::TooFew { values: 2, needed: 3 })]
#[case::two_that_are_enough(&[BETTER, BETTER], Finding::Shown(judged(2, 2, (0.5, 0.75))))]
#[case::two_of_which_one_is_better(&[BETTER, LIKE], Finding::TooFew { values: 2, needed: 3 })]
#[case::two_that_cannot_become_enough(&[LIKE, LIKE], Finding::NotShown(judged(0, 2, (0.5, 0.5))))]
#[case::one_that_is_not_better(&[LIKE], Finding::TooFew { values: 1, needed: 3 })]
#[case::none_in_common(&[NO_OTHER, NO_OWN, NO_OTHER], Finding::TooFew { values: 0, needed: 3 })]
fn periods_in_which_both_have_a_value(#[case] pairs: &[Pair], #[case] expected: Finding) {
    let ruling = decide(&shadow(Worse::Lower), &facts(pairs));
    let says = match expected.truth() {
        Truth::Fired => "start",
        Truth::Quiet => "rest",
        Truth::Unknown => "hold blind",
    };
    assert_eq!((finding(&ruling, "shadow"), verdict(&ruling).as_str()), (expected, says));
}

#[rstest]
#[case::by_the_margin_where_lower_is_worse(Worse::Lower, 0.5, 0.625, false)]
#[case::by_more_where_lower_is_worse(Worse::Lower, 0.5, 0.626, true)]
#[case::worse_where_lower_is_worse(Worse::Lower, 0.5, 0.2, false)]
#[case::by_the_margin_where_higher_is_worse(Worse::Higher, 0.5, 0.375, false)]
#[case::by_more_where_higher_is_worse(Worse::Higher, 0.5, 0.374, true)]
#[case::worse_where_higher_is_worse(Worse::Higher, 0.5, 0.8, false)]
fn the_other_is_better(#[case] worse: Worse, #[case] own: f64, #[case] other: f64, #[case] fires: bool) {
    let ruling = decide(&shadow(worse), &facts(&[(Some(own), Some(other)); 3]));
    let judgement = judged(if fires { 3 } else { 0 }, 3, (own, other));
    let expected = if fires { Finding::Shown(judgement) } else { Finding::NotShown(judgement) };
    assert_eq!(finding(&ruling, "shadow"), expected);
}

#[rstest]
#[case::this_model_s("shadow")]
#[case::the_other_s("shadow.challenger")]
fn a_series_that_cannot_be_read_decides_nothing(#[case] key: &str) {
    let mut facts = facts(&[BETTER; 3]);
    facts.metrics.insert(key.into(), Series::Unread { gap: Gap::PartialData });
    let ruling = decide(&shadow(Worse::Lower), &facts);
    assert_eq!(finding(&ruling, "shadow"), Finding::Unread { gap: Gap::PartialData });
    facts.metrics.remove(key);
    assert_eq!(
        finding(&decide(&shadow(Worse::Lower), &facts), "shadow"),
        Finding::Unread { gap: Gap::NotAsked }
    );
}

#[test]
fn only_this_model_s_values_must_have_enough_samples() {
    let mut policy = shadow(Worse::Lower);
    let trigger = policy.triggers.get_mut("shadow").unwrap();
    let Watch::Challenger(rule) = &mut trigger.watch else { panic!("a challenger") };
    rule.source.min_samples = Some(10);
    let mut facts = facts(&[BETTER; 3]);
    facts.metrics.insert("shadow".into(), crate::make::sampled(NOW, 10.0, &[0.5; 3]));
    assert_eq!(verdict(&decide(&policy, &facts)), "start");
    facts.metrics.insert("shadow".into(), crate::make::sampled(NOW, 9.0, &[0.5; 3]));
    assert_eq!(verdict(&decide(&policy, &facts)), "hold blind");
}

#[rstest]
#[case::that_serves_for_one(NOW, "10:30:00", Finding::TooEarly { values: 1, needed: 3, until: at("14:00:00") })]
#[case::that_serves_for_none(NOW, "11:30:00", Finding::TooEarly { values: 0, needed: 3, until: at("15:00:00") })]
#[case::that_serves_for_two_which_are_enough(NOW, "10:00:00", Finding::Shown(judged(2, 2, (0.5, 0.75))))]
#[case::that_has_served_for_nearly_three("13:59:59.999999999", "10:30:00", Finding::TooEarly { values: 1, needed: 3, until: at("14:00:00") })]
#[case::that_has_served_for_three("14:00:00", "10:30:00", Finding::TooFew { values: 1, needed: 3 })]
fn only_periods_count_of_a_model(#[case] now: &str, #[case] ended: &str, #[case] expected: Finding) {
    let mut facts = facts(&[BETTER; 3]);
    facts.now = at(now);
    facts.state.trained = Some(trained(ended));
    let ruling = decide(&shadow(Worse::Lower), &facts);
    assert_eq!(ruling.look_again_at, expected.until());
    assert_eq!(finding(&ruling, "shadow"), expected);
}
