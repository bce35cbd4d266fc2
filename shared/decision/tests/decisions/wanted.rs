//! What a policy asks to be read.

use rekindle_decision::detect::cusum;
use rekindle_decision::policy::{
    AfterFutility, Alarms, Baseline, BreakEven, Budget, BudgetMode, Challenger, Change, DATA, Data, Detector,
    FUTILITY, Limit, MOutOfN, Method, Monitor, MonitorEnd, Policy, Source, Trend, Watch, Worse,
};
use rekindle_decision::span::Span;

use crate::make::{alarm, at, length, metric, policy, source, threshold, weekly};

/// Hourly, with labels after an hour, and two days of history.
fn late(name: &str, min_samples: Option<u64>) -> Source {
    let (label_delay, history) = (length("1h"), length("2d"));
    Source { label_delay, history, min_samples, ..source(name, "Average") }
}

fn detector(trials: bool) -> Watch {
    let direction = rekindle_decision::detect::Direction::Up;
    let settings = cusum::Settings { target: 0.0, slack: 0.0, interval: 1.0, direction };
    let trials = trials.then(|| source("Trials", "Sum").metric);
    let source = late("Loss", None);
    Watch::Detector(Box::new(Detector { source, trials, method: Method::Cusum(settings) }))
}

fn everything() -> Policy {
    let mut limit = threshold(Limit::Below(0.8));
    limit.source = late("A", Some(5));
    limit.periods = MOutOfN { m: 3, n: 5 };
    let mut first = threshold(Limit::Fallen(Change::By(0.1), Baseline::First(3)));
    first.source = late("B", None);
    let trend = Trend {
        source: late("C", Some(5)),
        worse: Worse::Higher,
        periods: 10,
        confidence: 0.9,
        at_least: 0.0,
    };
    let challenger = Challenger {
        source: late("D", Some(5)),
        challenger: source("E", "Average").metric,
        worse: Worse::Lower,
        margin: 0.0,
        periods: MOutOfN { m: 1, n: 4 },
    };
    let costs = |traffic: bool| BreakEven {
        source: late("F", None),
        retrain_cost: "1 USD".parse().unwrap(),
        cost_per_unit_loss: "1 USD".parse().unwrap(),
        traffic: traffic.then(|| Box::new(source("G", "Sum").metric)),
        shadow: traffic.then(|| Box::new(source("S", "Average").metric)),
        training_time: length("1h"),
    };
    let mut policy = policy([
        ("a_limit", metric(limit)),
        ("b_first", metric(first)),
        ("c_trend", Watch::Trend(Box::new(trend)).into()),
        ("d_shadow", Watch::Challenger(Box::new(challenger)).into()),
        ("e_counted", detector(false).into()),
        ("f_trials", detector(true).into()),
        ("g_costs", Watch::BreakEven(Box::new(costs(false))).into()),
        ("h_traffic", Watch::BreakEven(Box::new(costs(true))).into()),
        ("i_weekly", weekly()),
        ("j_alarm", alarm("drift")),
        ("k_monitor", Watch::Monitor(Monitor { schedule: "q".into(), on: MonitorEnd::Clean }).into()),
    ]);
    policy.guards.data = Some(Data { source: late("Rows", Some(1)), at_least: 5.0, max_age: None });
    policy.guards.after_futility = Some(AfterFutility {
        source: late("Accuracy", None),
        worse: Worse::Lower,
        min_gain: 0.0,
        give_up_after: 2,
        compare: 3,
    });
    policy
}

#[test]
fn every_series_is_wanted_with_its_window() {
    let now = at("12:30:00");
    let policy = everything();
    let wanted = policy.wanted(now);
    let text: Vec<String> = wanted
        .iter()
        .map(|wanted| {
            let hours = wanted.end.duration_since(wanted.start).as_hours();
            let samples = if wanted.samples { " with samples" } else { "" };
            assert_eq!(wanted.end, at("11:00:00"));
            format!("{} {} {hours}h{samples}", wanted.key, wanted.metric.name)
        })
        .collect();
    assert_eq!(
        text,
        [
            "a_limit A 7h with samples",
            "b_first B 48h",
            "c_trend C 12h with samples",
            "d_shadow D 6h with samples",
            "d_shadow.challenger E 6h with samples",
            "e_counted Loss 48h with samples",
            "f_trials Loss 48h",
            "f_trials.trials Trials 48h",
            "g_costs F 48h",
            "h_traffic F 48h",
            "h_traffic.traffic G 48h",
            "h_traffic.shadow S 48h",
            "guards.data Rows 48h with samples",
            "guards.after_futility Accuracy 48h",
        ]
    );
    assert_eq!((DATA, FUTILITY), ("guards.data", "guards.after_futility"));
}

#[test]
fn alarms_monitors_and_fleets_are_wanted_too() {
    let mut policy = everything();
    let budget = |fleet: Option<&str>, per| Budget {
        fleet: fleet.map(Into::into),
        amount: "10 USD".parse().unwrap(),
        per,
        per_run: "1 USD".parse().unwrap(),
        mode: BudgetMode::Enforce,
    };
    policy.guards.budgets =
        vec![budget(None, Span::Day), budget(Some("ml"), Span::Month), budget(Some("all"), Span::Week)];
    assert_eq!(policy.alarms(), [&Alarms::Name("drift".into())]);
    assert_eq!(policy.monitors(), ["q"]);
    let fleets = policy.fleets(at("2026-11-05T12:00:00Z"));
    assert_eq!(fleets, [("ml", "2026-11".to_owned()), ("all", "2026-11-02".to_owned())]);
}
