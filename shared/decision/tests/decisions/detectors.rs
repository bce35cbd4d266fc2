//! Each detector from the policy to the verdict. What the detectors compute is tested where they are written.

use rekindle_decision::decide;
use rekindle_decision::detect::{
    Batch, Direction, Reading, adwin, cusum, ddm, evidence, hddm_a, page_hinkley,
};
use rekindle_decision::facts::{Facts, Gap, Series};
use rekindle_decision::finding::{Finding, Judgement};
use rekindle_decision::policy::{Detector, Method, Policy, Watch};
use rstest::rstest;

use crate::make::{at, finding, hourly, length, policy, sampled, source, trained, verdict};

const NOW: &str = "12:00:00";

fn losses(method: Method, statistic: &str) -> Policy {
    let rule = Detector { source: source("Loss", statistic), trials: None, method };
    policy([("losses", Watch::Detector(Box::new(rule)).into())])
}

/// As many losses in each period.
fn facts(samples: f64, values: &[f64]) -> Facts {
    let mut facts = Facts::at(at(NOW));
    facts.metrics.insert("losses".into(), sampled(NOW, samples, values));
    facts
}

fn evidence() -> Method {
    Method::Evidence { tolerated: 0.02, false_alarm_every: length("200h") }
}

fn cusum() -> Method {
    let direction = Direction::Up;
    Method::Cusum(cusum::Settings { target: 0.0, slack: 1.0, interval: 5.0, direction })
}

fn page_hinkley(min_instances: u32) -> Method {
    let direction = Direction::Up;
    Method::PageHinkley(page_hinkley::Settings {
        min_instances,
        delta: 0.0,
        threshold: 2.0,
        alpha: 1.0,
        direction,
    })
}

fn ddm() -> Method {
    Method::Ddm(ddm::Settings::default())
}

fn hddm_a() -> Method {
    Method::HddmA(hddm_a::Settings::default())
}

fn adwin() -> Method {
    Method::Adwin(adwin::Settings { clock: 1, ..adwin::Settings::default() })
}

/// The same, fed by hand: the step of the first alarm and the reading there.
fn by_hand(method: Method, batches: &[Batch]) -> (Option<usize>, Option<Reading>) {
    macro_rules! run {
        ($detector:expr, $reading:expr) => {{
            let mut detector = $detector;
            let alarm = batches.iter().position(|batch| detector.step(*batch));
            (alarm, $reading(&detector))
        }};
    }
    match method {
        Method::Evidence { tolerated, false_alarm_every } => {
            let run_length = f64::from(u32::try_from(false_alarm_every.seconds()).unwrap()) / 3_600.0;
            let settings = evidence::Settings { tolerated, run_length };
            run!(evidence::Evidence::new(settings), |it: &evidence::Evidence| Some(it.reading()))
        }
        Method::PageHinkley(settings) => {
            run!(page_hinkley::PageHinkley::new(settings), page_hinkley::PageHinkley::reading)
        }
        Method::Cusum(settings) => {
            run!(cusum::Cusum::new(settings), |it: &cusum::Cusum| Some(it.reading()))
        }
        Method::Ddm(settings) => run!(ddm::Ddm::new(settings), ddm::Ddm::reading),
        Method::HddmA(settings) => run!(hddm_a::HddmA::new(settings), hddm_a::HddmA::reading),
        Method::Adwin(settings) => run!(adwin::Adwin::new(settings), adwin::Adwin::reading),
    }
}

/// Forty periods, the second half bad.
fn a_step(good: f64, bad: f64) -> Vec<f64> {
    let half = |value: f64| std::iter::repeat_n(value, 20);
    half(good).chain(half(bad)).collect()
}

#[rstest]
#[case::evidence("evidence", evidence(), 400.0, vec![7.0, 14.0, 22.0], Some(3))]
#[case::evidence_of_little("evidence", evidence(), 400.0, vec![7.0, 14.0], None)]
#[case::cusum("cusum", cusum(), 1.0, vec![3.0, 3.0, 3.0], Some(3))]
#[case::cusum_of_little("cusum", cusum(), 1.0, vec![3.0, 3.0], None)]
#[case::page_hinkley("page_hinkley", page_hinkley(3), 1.0, vec![0.0, 0.0, 6.0], Some(3))]
#[case::page_hinkley_of_little("page_hinkley", page_hinkley(3), 1.0, vec![0.0, 0.0, 3.0], None)]
#[case::page_hinkley_before_it_may("page_hinkley", page_hinkley(4), 1.0, vec![0.0, 0.0, 6.0], None)]
#[case::ddm("ddm", ddm(), 100.0, vec![10.0, 40.0], Some(2))]
#[case::ddm_of_little("ddm", ddm(), 100.0, vec![10.0, 11.0], None)]
#[case::ddm_before_it_may("ddm", ddm(), 10.0, vec![1.0, 9.0, 1.0], None)]
#[case::hddm_a("hddm_a", hddm_a(), 100.0, vec![10.0, 60.0], Some(2))]
#[case::hddm_a_of_little("hddm_a", hddm_a(), 100.0, vec![10.0, 15.0], None)]
#[case::adwin("adwin", adwin(), 1.0, a_step(0.0, 10.0), Some(31))]
#[case::adwin_of_little("adwin", adwin(), 1.0, a_step(0.0, 0.1), None)]
fn a_detector(
    #[case] word: &str,
    #[case] method: Method,
    #[case] count: f64,
    #[case] sums: Vec<f64>,
    #[case] alarm: Option<u32>,
) {
    let batches: Vec<Batch> = sums.iter().map(|sum| Batch { sum: *sum, count }).collect();
    let (position, reading) = by_hand(method, &batches);
    assert_eq!(position.map(|step| step + 1), alarm.map(|step| step as usize));
    let hours = sums.len() as u64;
    let of = |period: u32| length(&format!("{}h", hours + 1 - u64::from(period))).before(at("13:00:00"));
    let judgement = Judgement::Detector {
        method: word.into(),
        periods: alarm.unwrap_or(u32::try_from(hours).unwrap()),
        statistic: reading.map_or(0.0, |reading| reading.statistic),
        level: reading.map_or(0.0, |reading| reading.level),
        since: alarm.map(of).map(|at| length("1h").before(at)),
    };
    let expected = if alarm.is_some() { Finding::Shown(judgement) } else { Finding::NotShown(judgement) };
    let ruling = decide(&losses(method, "Sum"), &facts(count, &sums));
    assert_eq!(finding(&ruling, "losses"), expected);
    assert_eq!(verdict(&ruling), if alarm.is_some() { "start" } else { "rest" });
    assert_eq!(method.word(), word);
}

#[test]
fn the_numbers_of_a_cusum_are_those_of_the_book() {
    let ruling = decide(&losses(cusum(), "Sum"), &facts(1.0, &[3.0, 3.0, 3.0, -100.0]));
    // An alarm stands until the next training: what came after it does not take it back.
    let since = Some(at("10:00:00"));
    let (method, periods, statistic, level) = ("cusum".to_owned(), 3, 6.0, 5.0);
    let judgement = Judgement::Detector { method, periods, statistic, level, since };
    assert_eq!(finding(&ruling, "losses"), Finding::Shown(judgement));
}

#[rstest]
#[case::sums_of_losses("Sum", [8.0, 12.0, 400.0], "start")]
#[case::sums_taken_for_means("Average", [8.0, 12.0, 0.0], "start")]
#[case::means_of_losses("Average", [0.02, 0.02, 1.0], "start")]
#[case::means_taken_for_sums("Sum", [0.02, 0.02, 1.0], "rest")]
fn the_statistic_says_what_a_value_is(
    #[case] statistic: &str,
    #[case] values: [f64; 3],
    #[case] expected: &str,
) {
    assert_eq!(verdict(&decide(&losses(evidence(), statistic), &facts(400.0, &values))), expected);
}

#[test]
fn a_mean_is_weighed_by_its_samples() {
    let sums = decide(&losses(evidence(), "Sum"), &facts(400.0, &[50.0, 50.0]));
    let means = decide(&losses(evidence(), "Average"), &facts(400.0, &[0.125, 0.125]));
    assert_eq!(finding(&sums, "losses"), finding(&means, "losses"));
}

#[rstest]
#[case::no_period(&[], None, Finding::TooFew { values: 0, needed: 1 })]
#[case::a_period_without_a_value(&[None], None, Finding::TooFew { values: 0, needed: 1 })]
#[case::a_period_of_the_model_without_a_value(&[Some(22.0), None], Some("11:00:00"), Finding::TooFew { values: 0, needed: 1 })]
#[case::no_period_of_the_model(&[Some(22.0)], Some("11:00:01"), Finding::TooEarly { values: 0, needed: 1, until: at("13:00:00") })]
#[case::periods_without_samples(&[Some(22.0), Some(22.0)], None, Finding::Uncounted { values: 2 })]
#[case::a_period_of_the_model_without_samples(&[Some(22.0), Some(22.0)], Some("11:00:00"), Finding::Uncounted { values: 1 })]
fn nothing_can_be_said_with(
    #[case] values: &[Option<f64>],
    #[case] ended: Option<&str>,
    #[case] expected: Finding,
) {
    let mut facts = Facts::at(at(NOW));
    facts.metrics.insert("losses".into(), hourly(NOW, values));
    facts.state.trained = ended.map(trained);
    let ruling = decide(&losses(evidence(), "Sum"), &facts);
    let says = if expected.until().is_some() { "rest" } else { "hold blind" };
    assert_eq!((finding(&ruling, "losses"), verdict(&ruling).as_str()), (expected, says));
}

#[test]
fn a_period_without_samples_is_no_evidence_and_the_others_are() {
    let mut facts = facts(1.0, &[3.0, 3.0, 3.0, 3.0]);
    let Some(Series::Complete { points }) = facts.metrics.get_mut("losses") else { panic!("complete") };
    points.iter_mut().filter(|point| point.at == at("09:00:00")).for_each(|point| point.samples = None);
    let Finding::Shown(Judgement::Detector { periods, since, .. }) =
        finding(&decide(&losses(cusum(), "Sum"), &facts), "losses")
    else {
        panic!("an alarm")
    };
    assert_eq!((periods, since), (3, Some(at("11:00:00"))));
}

#[test]
fn a_detector_sees_only_what_the_model_did_that_serves() {
    let mut facts = facts(1.0, &[3.0, 3.0, 3.0, 0.0]);
    facts.state.trained = Some(trained("10:00:00"));
    let Finding::NotShown(Judgement::Detector { periods, statistic, .. }) =
        finding(&decide(&losses(cusum(), "Sum"), &facts), "losses")
    else {
        panic!("no alarm")
    };
    assert_eq!((periods, statistic), (2, 1.0));
    facts.state.trained = Some(trained(NOW));
    let ruling = decide(&losses(cusum(), "Sum"), &facts);
    let early = Finding::TooEarly { values: 0, needed: 1, until: at("13:00:00") };
    assert_eq!((finding(&ruling, "losses"), verdict(&ruling).as_str()), (early, "rest"));
}

/// The number of losses is a metric of its own.
fn with_trials(statistic: &str) -> Policy {
    let trials = Some(source("Predictions", "Sum").metric);
    let rule = Detector { source: source("Loss", statistic), trials, method: evidence() };
    policy([("losses", Watch::Detector(Box::new(rule)).into())])
}

#[rstest]
#[case::for_every_period(&[Some(400.0), Some(400.0), Some(400.0)], Some((3, true)))]
#[case::not_for_the_bad_one(&[Some(400.0), Some(400.0), None], Some((2, false)))]
#[case::not_for_the_first(&[None, Some(400.0), Some(400.0)], Some((2, true)))]
#[case::for_none(&[None, None, None], None)]
fn the_number_of_losses_is_known(#[case] trials: &[Option<f64>], #[case] expected: Option<(u32, bool)>) {
    let mut facts = Facts::at(at(NOW));
    facts.metrics.insert("losses".into(), hourly(NOW, &[7.0, 14.0, 22.0].map(Some)));
    facts.metrics.insert("losses.trials".into(), hourly(NOW, trials));
    let found = finding(&decide(&with_trials("Sum"), &facts), "losses");
    match (expected, found) {
        (None, found) => assert_eq!(found, Finding::Uncounted { values: 3 }),
        (Some(expected), Finding::Shown(Judgement::Detector { periods, .. })) => {
            assert_eq!((periods, true), expected);
        }
        (Some(expected), Finding::NotShown(Judgement::Detector { periods, .. })) => {
            assert_eq!((periods, false), expected);
        }
        (Some(_), found) => panic!("{found:?}"),
    }
}

#[test]
fn the_number_of_losses_is_not_that_of_the_metric_s_samples() {
    let mut facts = facts(1.0, &[7.0, 14.0, 22.0]);
    facts.metrics.insert("losses.trials".into(), hourly(NOW, &[400.0; 3].map(Some)));
    assert_eq!(verdict(&decide(&with_trials("Sum"), &facts)), "start");
    facts.metrics.insert("losses.trials".into(), hourly(NOW, &[4_000.0; 3].map(Some)));
    assert_eq!(verdict(&decide(&with_trials("Sum"), &facts)), "rest");
}

#[rstest]
#[case::the_losses("losses")]
#[case::their_number("losses.trials")]
fn a_detector_is_blind_without(#[case] key: &str) {
    let mut facts = facts(400.0, &[7.0, 14.0, 22.0]);
    facts.metrics.insert("losses.trials".into(), hourly(NOW, &[400.0; 3].map(Some)));
    facts.metrics.insert(key.into(), Series::Unread { gap: Gap::InternalError });
    let ruling = decide(&with_trials("Sum"), &facts);
    assert_eq!(finding(&ruling, "losses"), Finding::Unread { gap: Gap::InternalError });
    assert_eq!(verdict(&ruling), "hold blind");
}

#[test]
fn a_level_that_is_no_number_is_not_told() {
    let direction = Direction::Up;
    let settings = cusum::Settings { target: 0.0, slack: 0.0, interval: f64::INFINITY, direction };
    let ruling = decide(&losses(Method::Cusum(settings), "Sum"), &facts(1.0, &[5.0]));
    let (method, periods, statistic, level, since) = ("cusum".to_owned(), 1, 0.0, 0.0, None);
    let judgement = Judgement::Detector { method, periods, statistic, level, since };
    assert_eq!(finding(&ruling, "losses"), Finding::NotShown(judgement));
}
