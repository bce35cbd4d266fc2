//! Which values are evidence: those whose labels have come, of the model that serves now.

use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Point, Series};
use rekindle_decision::finding::Finding;
use rekindle_decision::policy::MissingData::{self, Breaching, Ignore, Missing, NotBreaching};
use rekindle_decision::policy::{Limit, MOutOfN, Policy, Threshold};
use rstest::rstest;

use crate::make::{at, finding, hourly, length, metric, policy, threshold, trained, verdict};

/// Hourly accuracy whose labels take two hours.
fn late() -> Threshold {
    let mut rule = threshold(Limit::Below(0.82));
    rule.source.label_delay = length("2h");
    rule
}

fn accuracy(rule: Threshold) -> Policy {
    policy([("accuracy", metric(rule))])
}

fn bad_at(now: &str, start: &str) -> Facts {
    let mut facts = Facts::at(at(now));
    let points = vec![Point { at: at(start), value: 0.7, samples: None }];
    facts.metrics.insert("accuracy".into(), Series::Complete { points });
    facts
}

#[rstest]
#[case::that_is_mature("12:00:00", "09:00:00", "start")]
#[case::that_is_mature_to_the_second("12:00:00", "09:59:59", "start")]
#[case::that_is_immature("12:00:00", "10:00:00", "hold blind")]
#[case::that_is_mature_in_a_moment("11:59:59.999999999", "09:00:00", "hold blind")]
fn a_value_of_a_period(#[case] now: &str, #[case] start: &str, #[case] expected: &str) {
    assert_eq!(verdict(&decide(&accuracy(late()), &bad_at(now, start))), expected);
}

#[test]
fn an_immature_value_does_not_hide_a_mature_one() {
    let mut facts = bad_at("12:00:00", "09:00:00");
    let Some(Series::Complete { points }) = facts.metrics.get_mut("accuracy") else { panic!("complete") };
    points.push(Point { at: at("10:00:00"), value: 0.99, samples: None });
    points.push(Point { at: at("11:00:00"), value: 0.99, samples: None });
    let ruling = decide(&accuracy(late()), &facts);
    let Finding::Breached(measure) = finding(&ruling, "accuracy") else { panic!("{ruling:?}") };
    assert_eq!(measure.newest, Some(0.7));
}

#[rstest]
#[case::exactly_as_old_as_allowed("13:00:00", "start")]
#[case::a_second_older("13:00:01", "hold blind")]
fn freshness_is_counted_from_when_a_value_could_be_mature(#[case] now: &str, #[case] expected: &str) {
    // The period of nine ends at ten, and its labels are there at twelve.
    let mut policy = accuracy(late());
    policy.guards.freshness = Some(length("1h"));
    let ruling = decide(&policy, &bad_at(now, "09:00:00"));
    assert_eq!(verdict(&ruling), expected);
    if expected != "start" {
        let (newest, age, freshness) = (at("10:00:00"), length("1h1s"), length("1h"));
        assert_eq!(finding(&ruling, "accuracy"), Finding::Stale { newest, age, freshness });
    }
}

#[rstest]
#[case::before_the_training_ended("08:30:00", "0s", "08:00:00", Some("14:00:00"))]
#[case::in_the_next_period("08:30:00", "0s", "09:00:00", None)]
#[case::as_the_training_ended("09:00:00", "0s", "09:00:00", None)]
#[case::a_moment_before_it_ended("09:00:00.000000001", "0s", "09:00:00", Some("15:00:00"))]
#[case::before_its_model_served("08:30:00", "1h", "09:00:00", Some("15:00:00"))]
#[case::when_its_model_served("08:30:00", "1h", "10:00:00", None)]
fn a_value_of_a_period_that_began(
    #[case] ended: &str,
    #[case] serves_after: &str,
    #[case] start: &str,
    #[case] early_until: Option<&str>,
) {
    let rule = Threshold { periods: MOutOfN { m: 1, n: 5 }, ..threshold(Limit::Below(0.82)) };
    let policy = Policy { serves_after: length(serves_after), ..accuracy(rule) };
    let mut facts = bad_at("12:00:00", start);
    facts.state.trained = Some(trained(ended));
    let expected = (if early_until.is_some() { "rest" } else { "start" }, early_until.map(at));
    let says = |policy: &Policy, facts: &Facts| {
        let ruling = decide(policy, facts);
        let found = finding(&ruling, "accuracy");
        assert!(matches!(found, Finding::Breached(_) | Finding::TooEarly { values: 0, needed: 5, .. }));
        (ruling.decision.verdict(), found.until())
    };
    assert_eq!(says(&policy, &facts), expected);
    // What the policy says of the model before Rekindle counts as long as we have trained none.
    let policy = Policy { trained: Some(at(ended)), ..policy };
    facts.state.trained = None;
    assert_eq!(says(&policy, &facts), expected);
    facts.state.trained = Some(trained("11:59:00"));
    let until = length(serves_after).after(at("17:00:00"));
    assert_eq!(says(&policy, &facts), ("rest", Some(until)));
}

#[rstest]
#[case::nobody_knows_since_when(None, "12:00:00", None)]
#[case::it_serves_for_a_period_whose_labels_come_in_a_moment(
    Some("09:00:00"),
    "11:59:59.999999999",
    Some("12:00:00")
)]
#[case::it_serves_for_a_period_whose_labels_came(Some("09:00:00"), "12:00:00", None)]
#[case::it_serves_since_after_the_period_began(Some("09:00:00.000000001"), "12:00:00", Some("13:00:00"))]
fn a_model_without_a_value_is_early_until_there_can_be_one(
    #[case] ended: Option<&str>,
    #[case] now: &str,
    #[case] until: Option<&str>,
) {
    let mut facts = Facts::at(at(now));
    facts.metrics.insert("accuracy".into(), Series::Complete { points: vec![] });
    facts.state.trained = ended.map(trained);
    let ruling = decide(&accuracy(late()), &facts);
    let says = if until.is_some() { "rest" } else { "hold blind" };
    assert_eq!((verdict(&ruling).as_str(), ruling.look_again_at), (says, until.map(at)));
    match (finding(&ruling, "accuracy"), until) {
        (found, Some(until)) => {
            assert_eq!(found, Finding::TooEarly { values: 0, needed: 1, until: at(until) });
        }
        (found, None) => assert!(matches!(found, Finding::TooFewValues(_)), "{found:?}"),
    }
}

#[test]
fn freshness_is_of_the_metric_and_not_of_the_model() {
    // The newest value is of the model before: the metric is alive, and there is nothing to judge yet.
    let mut policy = accuracy(threshold(Limit::Below(0.82)));
    policy.guards.freshness = Some(length("1h"));
    let mut facts = bad_at("12:00:00", "11:00:00");
    facts.state.trained = Some(trained("11:30:00"));
    let early = Finding::TooEarly { values: 0, needed: 1, until: at("13:00:00") };
    assert_eq!(finding(&decide(&policy, &facts), "accuracy"), early);
    // Once there should be something, there is not.
    let mut facts = bad_at("12:00:00", "10:00:00");
    facts.state.trained = Some(trained("10:30:00"));
    let ruling = decide(&policy, &facts);
    let Finding::TooFewValues(measure) = finding(&ruling, "accuracy") else { panic!("{ruling:?}") };
    assert_eq!((measure.values, measure.newest), (0, None));
}

/// Two of three hourly periods; the model was trained at the given time, and it is noon.
fn after_training(missing_data: MissingData, ended: Option<&str>, values: &[Option<f64>]) -> String {
    let rule = Threshold { periods: MOutOfN { m: 2, n: 3 }, missing_data, ..threshold(Limit::Below(0.82)) };
    let mut facts = Facts::at(at("12:00:00"));
    facts.metrics.insert("accuracy".into(), hourly("12:00:00", values));
    facts.state.trained = ended.map(trained);
    verdict(&decide(&accuracy(rule), &facts))
}

const BAD: Option<f64> = Some(0.7);
const GOOD: Option<f64> = Some(0.9);

#[rstest]
#[case::a_model_that_has_served_for_ever(None, [None, None, None], "start")]
#[case::all_three_periods(Some("09:00:00"), [None, None, None], "start")]
#[case::a_moment_less(Some("09:00:00.000000001"), [None, None, None], "rest")]
#[case::two_periods(Some("10:00:00"), [BAD, None, None], "rest")]
#[case::two_periods_of_which_one_is_bad(Some("10:00:00"), [BAD, None, BAD], "rest")]
#[case::two_periods_that_are_bad(Some("10:00:00"), [None, BAD, BAD], "start")]
#[case::two_periods_and_one_good(Some("10:00:00"), [BAD, GOOD, None], "rest")]
#[case::one_period(Some("11:00:00"), [BAD, BAD, None], "rest")]
#[case::less_than_one_period(Some("11:00:01"), [BAD, BAD, BAD], "rest")]
fn what_is_missing_counts_as_bad_only_once_the_model_has_served_for_all_periods(
    #[case] ended: Option<&str>,
    #[case] values: [Option<f64>; 3],
    #[case] expected: &str,
) {
    assert_eq!(after_training(Breaching, ended, &values), expected);
}

#[rstest]
#[case::missing(Missing)]
#[case::ignore(Ignore)]
#[case::breaching(Breaching)]
#[case::not_breaching(NotBreaching)]
fn what_is_made_of_missing_values_does_not_matter_while_it_is_early(#[case] missing_data: MissingData) {
    for (ended, values, expected) in [
        ("12:00:00", [BAD, BAD, BAD], "rest"),
        ("11:00:00", [BAD, BAD, BAD], "rest"),
        ("10:00:00", [BAD, BAD, None], "rest"),
        ("10:00:00", [BAD, GOOD, BAD], "rest"),
        ("10:00:00", [GOOD, BAD, BAD], "start"),
    ] {
        assert_eq!(after_training(missing_data, Some(ended), &values), expected, "{ended} {values:?}");
    }
}

#[rstest]
#[case::missing(Missing)]
#[case::ignore(Ignore)]
#[case::breaching(Breaching)]
#[case::not_breaching(NotBreaching)]
fn a_model_that_has_just_been_trained_is_not_bad_for_what_the_one_before_did(
    #[case] missing_data: MissingData,
) {
    let rule = Threshold { missing_data, ..threshold(Limit::Below(0.82)) };
    let mut facts = bad_at("12:00:00", "11:00:00");
    facts.state.trained = Some(trained("12:00:00"));
    let ruling = decide(&accuracy(rule), &facts);
    let early = Finding::TooEarly { values: 0, needed: 1, until: at("13:00:00") };
    assert_eq!((finding(&ruling, "accuracy"), verdict(&ruling).as_str()), (early, "rest"));
}
