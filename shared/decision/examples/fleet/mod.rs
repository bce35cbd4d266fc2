//! Policies and facts to measure decisions on.
#![expect(clippy::expect_used, reason = "what cannot be set up cannot be measured")]

use jiff::Timestamp;
use rekindle_decision::detect::{self, Direction};
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::{AlarmFact, Facts, Point, Series};
use rekindle_decision::policy::{
    Alarm, Baseline, BreakEven, Challenger, Change, Detector, Expr, Guards, Limit, MOutOfN, Method, Metric,
    MissingData, Policy, Schedule, Source, Threshold, Trend, Watch, Worse,
};
use rekindle_decision::schedule::Expression;
use rekindle_decision::signal::AlarmState;
use rekindle_decision::state::{State, Trained};

/// Days of history that each rule is measured on.
pub(crate) const DAYS: [u64; 3] = [7, 14, 28];

/// Every rule there is to measure.
pub(crate) const RULES: [&str; 12] = [
    "schedule",
    "alarm",
    "threshold",
    "baseline",
    "trend",
    "challenger",
    "evidence",
    "page_hinkley",
    "ddm",
    "hddm_a",
    "adwin",
    "break_even",
];

/// Six triggers: of the kinds that look at the newest points, and with two that look at all of them.
pub(crate) fn six() -> [(&'static str, &'static [&'static str]); 2] {
    [
        ("newest points", &["schedule", "alarm", "threshold", "outside", "fixed_baseline", "challenger"]),
        ("two detectors", &["schedule", "alarm", "threshold", "fixed_baseline", "evidence", "break_even"]),
    ]
}

fn now() -> Timestamp {
    "2026-11-02T12:00:00Z".parse().expect("an instant")
}

fn length(text: &str) -> Duration {
    text.parse().expect("a length")
}

fn metric(name: &str, statistic: &str) -> Metric {
    Metric {
        namespace: "Churn".into(),
        name: name.into(),
        dimensions: [("Model".to_owned(), "churn".to_owned())].into(),
        statistic: statistic.into(),
        period: length("5m"),
    }
}

fn watch(rule: &str) -> Watch {
    let source = |statistic| Source::of(metric(rule, statistic));
    let threshold = |limit| {
        Watch::Metric(Box::new(Threshold {
            source: source("Average"),
            limit,
            periods: MOutOfN { m: 3, n: 5 },
            missing_data: MissingData::Missing,
            reported_as: None,
        }))
    };
    let detector =
        |method| Watch::Detector(Box::new(Detector { source: source("Sum"), trials: None, method }));
    match rule {
        "schedule" => Watch::Schedule(Box::new(Schedule {
            expression: Expression::parse("cron(0 3 ? * MON *)", Some("Europe/Berlin")).expect("a schedule"),
            deadline: Schedule::DEADLINE,
            rule: None,
        })),
        "alarm" => Watch::Alarm(Alarm::named("drift")),
        "threshold" => threshold(Limit::Above(0.9)),
        "outside" => threshold(Limit::Outside(0.05, 0.9)),
        "fixed_baseline" => threshold(Limit::Risen(Change::Share(0.5), Baseline::Fixed(0.5))),
        "baseline" => threshold(Limit::Risen(Change::Share(0.9), Baseline::First(24))),
        "trend" => Watch::Trend(Box::new(Trend {
            source: source("Average"),
            worse: Worse::Higher,
            periods: 14,
            confidence: 0.95,
            at_least: 0.1,
        })),
        "challenger" => Watch::Challenger(Box::new(Challenger {
            source: source("Average"),
            challenger: metric("shadow", "Average"),
            worse: Worse::Higher,
            margin: 0.5,
            periods: MOutOfN { m: 5, n: 7 },
        })),
        "evidence" => detector(Method::Evidence { tolerated: 0.25, false_alarm_every: length("90d") }),
        "page_hinkley" => {
            let settings = detect::page_hinkley::Settings { direction: Direction::Up, ..Default::default() };
            detector(Method::PageHinkley(settings))
        }
        "ddm" => detector(Method::Ddm(detect::ddm::Settings::default())),
        "hddm_a" => detector(Method::HddmA(detect::hddm_a::Settings::default())),
        "adwin" => detector(Method::Adwin(detect::adwin::Settings::default())),
        _ => Watch::BreakEven(Box::new(BreakEven {
            source: source("Average"),
            retrain_cost: "1000 USD".parse().expect("money"),
            cost_per_unit_loss: "0.35 USD".parse().expect("money"),
            traffic: None,
            shadow: None,
            training_time: length("1h"),
        })),
    }
}

/// A policy with these triggers, any of which starts.
pub(crate) fn policy(model: &str, rules: &[&str]) -> Policy {
    let names = rules.iter().map(|rule| Expr::Trigger((*rule).to_owned()));
    Policy {
        triggers: rules.iter().map(|rule| ((*rule).to_owned(), watch(rule).into())).collect(),
        guards: Guards { freshness: Some(length("3h")), ..Guards::default() },
        ..Policy::of(model, Expr::Any(names.collect()))
    }
}

/// A healthy model's facts: every series has a point for each five minutes of so many days.
pub(crate) fn facts(policy: &Policy, days: u64) -> Facts {
    let mut facts = Facts::at(now());
    let since = Duration::from_seconds(days * 86_400).before(now());
    facts.state = State {
        generation: 7,
        last_started: Some(since),
        trained: Some(Trained { generation: 7, at: since, metrics: std::collections::BTreeMap::new() }),
        ..State::default()
    };
    let quiet = AlarmFact::Found { state: AlarmState::Ok, since, suppressed_by: None };
    facts.alarms.insert("drift".into(), quiet);
    for wanted in policy.wanted(now()) {
        let sum = wanted.metric.statistic == "Sum";
        let at = |index: u64| Duration::from_seconds(index * 300).after(since);
        // A fixed wave: what is measured must not hang on luck.
        let value = |index: u64| {
            let share = 0.2 + 0.001 * f64::from(u32::try_from(index * 7_919 % 41).unwrap_or(0));
            if sum { (share * 400.0).round() } else { share }
        };
        let points = (0..days * 288)
            .filter(|index| at(*index) >= wanted.start && at(*index) < wanted.end)
            .map(|index| Point { at: at(index), value: value(index), samples: Some(400.0) })
            .collect();
        facts.metrics.insert(wanted.key, Series::Complete { points });
    }
    facts
}

/// How many points there are in all.
pub(crate) fn points(facts: &Facts) -> u64 {
    let count = |series: &Series| match series {
        Series::Complete { points } => points.len() as u64,
        Series::Unread { .. } => 0,
    };
    facts.metrics.values().map(count).sum()
}
