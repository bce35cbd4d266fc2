//! The cost of staying stale against the cost of a training.

use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap, Series};
use rekindle_decision::finding::{Finding, Judgement};
use rekindle_decision::policy::{BreakEven, Policy, Watch};
use rstest::rstest;

use crate::make::{at, finding, hourly, length, policy, source, started, trained, verdict};

const NOW: &str = "12:00:00";

/// Ten dollars for each unit of the loss.
fn rule(retrain_cost: &str) -> BreakEven {
    BreakEven {
        source: source("Loss", "Average"),
        retrain_cost: retrain_cost.parse().unwrap(),
        cost_per_unit_loss: "10 USD".parse().unwrap(),
        traffic: None,
        shadow: None,
        training_time: length("0s"),
    }
}

fn stale(rule: BreakEven) -> Policy {
    policy([("stale", Watch::BreakEven(Box::new(rule)).into())])
}

fn facts(losses: &[f64]) -> Facts {
    let mut facts = Facts::at(at(NOW));
    let losses: Vec<Option<f64>> = losses.iter().copied().map(Some).collect();
    facts.metrics.insert("stale".into(), hourly(NOW, &losses));
    facts
}

/// The same rule with a shadow beside, and the shadow always loses one: nothing has to be learned.
fn against_a_shadow(retrain_cost: &str) -> BreakEven {
    BreakEven { shadow: Some(Box::new(source("Shadow", "Average").metric)), ..rule(retrain_cost) }
}

fn with_shadow(losses: &[f64]) -> Facts {
    let mut facts = facts(losses);
    facts.metrics.insert("stale.shadow".into(), hourly(NOW, &vec![Some(1.0); losses.len()]));
    facts
}

fn found(rule: BreakEven, facts: &Facts) -> Finding {
    finding(&decide(&stale(rule), facts), "stale")
}

fn judged(found: Finding) -> (f64, f64, f64, u32) {
    let (Finding::Shown(judgement) | Finding::NotShown(judgement)) = found else { panic!("{found:?}") };
    let Judgement::BreakEven { excess, ahead, reference, periods, .. } = judgement else {
        panic!("{judgement:?}")
    };
    (excess, ahead, reference, periods)
}

#[rstest]
#[case::a_millionth_more_than_is_lost("25.000001 USD", false)]
#[case::as_much_as_is_lost("25 USD", true)]
#[case::less_than_is_lost("24.999999 USD", true)]
#[case::nothing("0 USD", true)]
fn a_training_that_costs(#[case] cost: &str, #[case] fires: bool) {
    // Twenty dollars were lost in four periods, and the next one will lose five.
    let ruling = decide(&stale(against_a_shadow(cost)), &with_shadow(&[1.0, 1.0, 2.0, 2.0]));
    let cost = rule(cost).retrain_cost.dollars();
    let judgement =
        Judgement::BreakEven { excess: 20.0, ahead: 5.0, cost, reference: 1.0, periods: 4, share: 1.0 };
    let expected = if fires { Finding::Shown(judgement) } else { Finding::NotShown(judgement) };
    assert_eq!(finding(&ruling, "stale"), expected);
    assert_eq!(verdict(&ruling), if fires { "start" } else { "rest" });
}

#[test]
fn a_training_that_costs_nothing_is_not_worth_having_for_nothing() {
    let ruling = decide(&stale(rule("0 USD")), &facts(&[1.0, 1.0]));
    assert_eq!(verdict(&ruling), "rest");
    let ruling = decide(&stale(against_a_shadow("0 USD")), &with_shadow(&[1.0, 1.0]));
    assert_eq!(verdict(&ruling), "rest");
}

#[rstest]
#[case::never_better(&[1.0, 2.0, 3.0], 30.0)]
#[case::better_before_it_was_worse(&[0.0, 0.0, 3.0], 20.0)]
#[case::better_in_between(&[1.0, 2.0, 0.0, 2.0], 10.0)]
#[case::a_little_better_in_between(&[1.0, 3.0, 0.0, 1.0], 10.0)]
#[case::better_at_the_end(&[1.0, 2.0, 0.0], 0.0)]
fn good_periods_do_not_pay_for_bad_ones(#[case] losses: &[f64], #[case] expected: f64) {
    let (excess, ..) = judged(found(against_a_shadow("1000 USD"), &with_shadow(losses)));
    assert_eq!(Some(excess), Some(expected));
}

#[rstest]
#[case::one(&[1.0, 2.0, 2.0], &[None, Some(1.0), Some(1.0)], Some((20.0, 2)))]
#[case::the_newest(&[1.0, 2.0, 2.0], &[Some(1.0), Some(1.0), None], Some((10.0, 2)))]
#[case::all(&[1.0, 2.0, 2.0], &[None, None, None], None)]
fn a_shadow_without(
    #[case] losses: &[f64],
    #[case] shadow: &[Option<f64>],
    #[case] expected: Option<(f64, u32)>,
) {
    let mut facts = facts(losses);
    facts.metrics.insert("stale.shadow".into(), hourly(NOW, shadow));
    match (expected, found(against_a_shadow("1000 USD"), &facts)) {
        (None, found) => assert_eq!(found, Finding::TooFew { values: 0, needed: 1 }),
        (Some(expected), found) => {
            let (excess, _, reference, periods) = judged(found);
            assert_eq!((excess, periods, Some(reference)), (expected.0, expected.1, Some(1.0)));
        }
    }
}

#[rstest]
#[case::at_once("0s", "0s", 5.0)]
#[case::after_a_training("2h", "0s", 15.0)]
#[case::after_a_training_and_its_labels("2h", "1h", 20.0)]
#[case::after_half_a_period("30m", "0s", 7.5)]
fn what_is_lost_until_a_new_model_is_known_counts(
    #[case] training_time: &str,
    #[case] label_delay: &str,
    #[case] ahead: f64,
) {
    let mut rule = BreakEven { training_time: length(training_time), ..against_a_shadow("1000 USD") };
    rule.source.label_delay = length(label_delay);
    let mut facts = with_shadow(&[1.0, 1.0, 2.0, 2.0]);
    facts.now = length(label_delay).after(facts.now);
    assert_eq!(judged(found(rule.clone(), &facts)), (20.0, ahead, 1.0, 4));
    // What is learned is no better than its noise: only what is lost either way counts, not the step after it.
    let (excess, learned, ..) = judged(found(BreakEven { shadow: None, ..rule }, &facts));
    assert!((learned - excess / 4.0 * (ahead / 5.0 - 1.0)).abs() < 1e-9, "{learned}");
}

/// Six periods' worth of what earlier models lost, against so many of this one's.
fn shrunk(before: f64, mean: f64, values: f64) -> f64 {
    before * (1.0 - values / (6.0 + values)) + mean * (values / (6.0 + values))
}

#[rstest]
#[case::by_no_training(None, &[8.0, 4.0, 4.0], shrunk(8.0, 16.0 / 3.0, 3.0), 3)]
#[case::by_all_values_of_a_better_one(Some("10:00:00"), &[8.0, 4.0, 4.0], shrunk(8.0, 4.0, 2.0), 2)]
#[case::slowly_by_a_worse_one(Some("10:00:00"), &[8.0, 49.0, 49.0], 9.0, 2)]
#[case::not_by_a_value_after_it_was_worse(Some("10:00:00"), &[8.0, 4.0, 400.0], shrunk(8.0, 4.0, 1.0), 2)]
#[case::by_the_first_value_of_its_model(Some("10:00:01"), &[8.0, 8.0, 4.0], shrunk(8.0, 4.0, 1.0), 1)]
#[case::not_where_nothing_is_older(Some("09:00:00"), &[8.0, 4.0, 4.0], shrunk(8.0, 16.0 / 3.0, 3.0), 3)]
fn the_reference_is_moved(
    #[case] ended: Option<&str>,
    #[case] losses: &[f64],
    #[case] reference: f64,
    #[case] periods: u32,
) {
    let nearly = |found| {
        let (_, _, moved, of) = judged(found);
        assert!((moved - reference).abs() < 1e-12, "{moved}, and not {reference}");
        assert_eq!(of, periods);
    };
    let mut facts = facts(losses);
    facts.state.trained = ended.map(trained);
    nearly(found(rule("1000 USD"), &facts));
    // A training of before Rekindle's first moves it too.
    let policy = Policy { trained: ended.map(at), ..stale(rule("1000 USD")) };
    facts.state.trained = None;
    nearly(finding(&decide(&policy, &facts), "stale"));
}

#[rstest]
#[case::within_all_numbers(1e100, true)]
#[case::which_only_together_are_beyond_them(1.5e307, false)]
#[case::beyond_them(f64::MAX, false)]
fn losses_of_the_past_and_to_come(#[case] loss: f64, #[case] judged: bool) {
    // A single jump is evidence once seven pairs of neighbours say what noise is.
    let found = found(rule("1000 USD"), &facts(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, loss]));
    assert_eq!(matches!(found, Finding::Shown(_)), judged, "{found:?}");
    assert_eq!(found == Finding::NoLimit, !judged);
}

#[test]
fn the_reference_is_moved_once_by_each_training() {
    let mut facts = facts(&[8.0, 1.0, 1.0, 43.0, 43.0]);
    // Down by the first, up by the second, which is known twice.
    facts.state.starts = vec![
        started(1, "07:30:00", Some("08:00:00")),
        started(2, "09:00:00", None),
        started(3, "09:30:00", Some("10:00:00")),
    ];
    facts.state.trained = Some(trained("10:00:00"));
    let down = shrunk(8.0, 1.0, 2.0);
    let (_, _, reference, periods) = judged(found(rule("1000 USD"), &facts));
    assert!((reference - (down * 40.0 / 41.0 + 43.0 / 41.0)).abs() < 1e-12, "{reference}");
    assert_eq!(periods, 2);
}

#[test]
fn trainings_in_vain_make_the_next_one_dearer() {
    // Ten quiet periods, then the world is harder, and a training does not help.
    let losses: Vec<f64> = [0.1; 10].into_iter().chain([0.3; 10]).chain([0.3; 10]).collect();
    let mut facts = facts(&losses);
    facts.state.trained = Some(trained("02:00:00"));
    let Finding::NotShown(Judgement::BreakEven { share, .. }) = found(rule("1000 USD"), &facts) else {
        panic!("the rule does not fire")
    };
    // Two trainings in good faith, and one that saved nothing.
    assert!((share - 2.0 / 3.0).abs() < 1e-12, "{share}");
}

#[test]
fn the_reference_is_of_when_the_model_served() {
    let mut facts = facts(&[8.0, 400.0, 4.0]);
    facts.state.trained = Some(trained("09:30:00"));
    let policy = Policy { serves_after: length("1h"), ..stale(rule("1000 USD")) };
    let (_, _, reference, periods) = judged(finding(&decide(&policy, &facts), "stale"));
    assert!((reference - shrunk(8.0, 4.0, 1.0)).abs() < 1.0, "the reference is {reference}");
    assert_eq!(periods, 1);
}

/// Losses weigh as much as there is traffic.
fn weighed(traffic: &[Option<f64>]) -> Finding {
    let traffic_metric = Some(Box::new(source("Requests", "Sum").metric));
    let mut facts = with_shadow(&[1.0, 2.0, 2.0]);
    facts.metrics.insert("stale.traffic".into(), hourly(NOW, traffic));
    found(BreakEven { traffic: traffic_metric, ..against_a_shadow("1000 USD") }, &facts)
}

#[rstest]
#[case::of_every_period(&[Some(1.0), Some(3.0), Some(5.0)], Some((80.0, 3)))]
#[case::of_the_others(&[Some(1.0), None, Some(5.0)], Some((50.0, 2)))]
#[case::of_none(&[None, None, None], None)]
fn the_traffic_is_known(#[case] traffic: &[Option<f64>], #[case] expected: Option<(f64, u32)>) {
    match (expected, weighed(traffic)) {
        (None, found) => assert_eq!(found, Finding::TooFew { values: 0, needed: 1 }),
        (Some((excess, periods)), found) => {
            assert_eq!(judged(found), (excess, excess / f64::from(periods), 1.0, periods));
        }
    }
}

#[rstest]
#[case::losses("stale")]
#[case::traffic("stale.traffic")]
#[case::the_shadow("stale.shadow")]
fn without_a_word_on(#[case] key: &str) {
    let traffic = Some(Box::new(source("Requests", "Sum").metric));
    let mut facts = with_shadow(&[1.0, 2.0, 2.0]);
    facts.metrics.insert("stale.traffic".into(), hourly(NOW, &[Some(1.0)]));
    facts.metrics.insert(key.into(), Series::Unread { gap: Gap::Forbidden });
    let ruling = decide(&stale(BreakEven { traffic, ..against_a_shadow("1 USD") }), &facts);
    assert_eq!(finding(&ruling, "stale"), Finding::Unread { gap: Gap::Forbidden });
    assert_eq!(verdict(&ruling), "hold blind");
}

#[rstest]
#[case::there_is_none(&[], None, None)]
#[case::there_is_none_of_its_first_hour(&[], Some("11:00:00"), None)]
#[case::its_first_hour_has_not_ended(&[1.0, 2.0], Some("11:00:01"), Some("13:00:00"))]
#[case::all_are_of_the_model_before(&[1.0, 2.0], Some(NOW), Some("13:00:00"))]
fn there_is_nothing_to_count_while_of_losses(
    #[case] losses: &[f64],
    #[case] ended: Option<&str>,
    #[case] until: Option<&str>,
) {
    let mut facts = facts(losses);
    facts.state.trained = ended.map(trained);
    let (values, needed) = (0, 1);
    let few = Finding::TooFew { values, needed };
    let expected = until.map_or(few, |until| Finding::TooEarly { values, needed, until: at(until) });
    assert_eq!(found(rule("1 USD"), &facts), expected);
}

#[test]
fn a_loss_beyond_all_numbers_decides_nothing() {
    let ruling = decide(&stale(rule("1 USD")), &facts(&[0.0, f64::MAX]));
    assert_eq!((finding(&ruling, "stale"), verdict(&ruling).as_str()), (Finding::NoLimit, "hold blind"));
}
