//! Policies that laws are tried on: one trigger of each kind, and every guard.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use rekindle_decision::detect::{Direction, adwin, cusum, ddm, hddm_a, page_hinkley};
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{
    AfterFailure, AfterFutility, Alarm, Alarms, Baseline, BreakEven, Budget, BudgetMode, Challenger, Change,
    CountsAs, Data, DataQuality, Detector, Expr, Guards, InFlight, Limit, MOutOfN, MaxStarts, Method,
    MissingData, Mode, Monitor, MonitorEnd, Objects, Outcome, Policy, Schedule, Source, Threshold, Trend,
    Trigger, Watch, Worse,
};
use rekindle_decision::schedule::{Expression, Window};
use rekindle_decision::span::Span;

use crate::any::noon;
use crate::make::{self, length, source};

/// One trigger of each kind, by its kind's name. Events have no pattern to be made of here.
pub(crate) const KINDS: [&str; 11] = [
    "alarm",
    "alarms",
    "baseline",
    "challenger",
    "cost",
    "detector",
    "metric",
    "monitor",
    "objects",
    "quality",
    "weekly",
];

/// The kinds of which it can be unknown what they are.
pub(crate) const READ: [&str; 8] =
    ["alarm", "alarms", "baseline", "challenger", "cost", "detector", "metric", "monitor"];

/// A trigger beside them, so that the tuples stay short.
pub(crate) const TREND: &str = "trend";

/// The alarms of the prefix.
pub(crate) fn prefix() -> Alarms {
    Alarms::Prefix { prefix: "churn-".into(), tags: [].into() }
}

/// Any combination of the triggers, three deep; some of them impossible, such as none of two.
pub(crate) fn expr(names: &'static [&'static str]) -> impl Strategy<Value = Expr> {
    let within = select(vec![None, Some("0s"), Some("1h"), Some("24h")])
        .prop_map(|text| text.map(|text| text.parse().unwrap()));
    select(names).prop_map(|name| Expr::Trigger(name.to_owned())).prop_recursive(3, 16, 4, move |part| {
        let parts = prop::collection::vec(part.clone(), 0..4);
        prop_oneof![
            3 => parts.clone().prop_map(Expr::Any),
            3 => (parts.clone(), within.clone()).prop_map(|(of, within)| Expr::All { of, within }),
            3 => (0_u32..4, parts, within.clone()).prop_map(|(n, of, within)| Expr::AtLeast { n, of, within }),
            1 => part.prop_map(|part| Expr::Not(Box::new(part))),
        ]
    })
}

pub(crate) fn durations(tame: bool) -> BoxedStrategy<Duration> {
    if tame {
        select(vec!["0s", "1h", "3h", "24h"]).prop_map(length).boxed()
    } else {
        prop_oneof![any::<u64>(), Just(u64::MAX), 0_u64..100_000].prop_map(Duration::from_seconds).boxed()
    }
}

pub(crate) fn numbers(tame: bool) -> BoxedStrategy<f64> {
    if tame {
        select(vec![0.4, 0.5, 0.6, 0.6, 2.0, -0.5, f64::NAN, f64::INFINITY]).boxed()
    } else {
        prop_oneof![prop::num::f64::ANY, select(vec![0.0, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE])]
            .boxed()
    }
}

/// What an owner writes is a number.
fn written(tame: bool) -> BoxedStrategy<f64> {
    if tame { select(vec![0.0, 0.1, 0.5]).boxed() } else { numbers(false).boxed() }
}

fn sources(tame: bool) -> BoxedStrategy<Source> {
    let statistics = select(vec!["Average", "Sum"]);
    if tame {
        let delays = select(vec!["0s", "0s", "1h"]).prop_map(length);
        let histories = select(vec!["3h", "24h"]).prop_map(length);
        let source = |(statistic, label_delay, min_samples, history)| Source {
            label_delay,
            min_samples,
            history,
            ..source("Loss", statistic)
        };
        return (statistics, delays, option::weighted(0.3, Just(10_u64)), histories).prop_map(source).boxed();
    }
    let least = option::of(prop_oneof![Just(10_u64), Just(u64::MAX)]);
    (statistics, durations(false), durations(false), durations(false), least)
        .prop_map(|(statistic, period, label_delay, history, min_samples)| {
            let mut source = Source { label_delay, min_samples, history, ..source("Loss", statistic) };
            source.metric.period = period;
            source
        })
        .boxed()
}

fn counts(tame: bool) -> BoxedStrategy<MOutOfN> {
    if tame {
        return (1_u32..3, 1_u32..4).prop_map(|(m, n)| MOutOfN { m: m.min(n), n }).boxed();
    }
    (any::<u32>(), any::<u32>()).prop_map(|(m, n)| MOutOfN { m, n }).boxed()
}

fn worse() -> impl Strategy<Value = Worse> {
    select(vec![Worse::Higher, Worse::Lower])
}

fn thresholds(tame: bool, limits: BoxedStrategy<Limit>) -> impl Strategy<Value = Watch> {
    let missing = select(vec![
        MissingData::Missing,
        MissingData::Ignore,
        MissingData::Breaching,
        MissingData::NotBreaching,
    ]);
    (sources(tame), limits, counts(tame), missing).prop_map(|(source, limit, periods, missing_data)| {
        Watch::Metric(Box::new(Threshold { source, limit, periods, missing_data, reported_as: None }))
    })
}

fn limits(tame: bool) -> BoxedStrategy<Limit> {
    let limit = if tame { Just(0.5).boxed() } else { numbers(false) };
    (limit.clone(), limit, 0..3)
        .prop_map(|(low, high, kind)| match kind {
            0 => Limit::Below(low),
            1 => Limit::Above(low),
            _ => Limit::Outside(low, high),
        })
        .boxed()
}

fn changes(tame: bool) -> BoxedStrategy<Limit> {
    let baselines = prop_oneof![
        written(tame).prop_map(Baseline::Fixed),
        select(vec![0, 1, 2, u32::MAX]).prop_map(Baseline::First),
        Just(Baseline::Training),
    ];
    (written(tame), any::<bool>(), baselines, any::<bool>())
        .prop_map(|(amount, share, baseline, fallen)| {
            let change = if share { Change::Share(amount) } else { Change::By(amount) };
            if fallen { Limit::Fallen(change, baseline) } else { Limit::Risen(change, baseline) }
        })
        .boxed()
}

fn methods(tame: bool) -> impl Strategy<Value = Method> {
    let direction = Direction::Both;
    let number = written(tame);
    (0..6, number.clone(), number.clone(), number, durations(tame), any::<u32>()).prop_map(
        move |(kind, a, b, c, length, n)| match kind {
            0 => Method::Evidence { tolerated: a, false_alarm_every: length },
            1 => Method::Cusum(cusum::Settings { target: a, slack: b, interval: c, direction }),
            2 => Method::PageHinkley(page_hinkley::Settings {
                min_instances: n % 4,
                delta: a,
                threshold: b,
                alpha: c,
                direction,
            }),
            3 => Method::Ddm(ddm::Settings { warm_start: n % 20, warning: a, drift: b }),
            4 => Method::HddmA(hddm_a::Settings { drift_confidence: a, direction }),
            _ => Method::Adwin(adwin::Settings { delta: a, clock: n % 3, ..adwin::Settings::default() }),
        },
    )
}

fn series_watches(tame: bool) -> impl Strategy<Value = [Watch; 4]> {
    let trends =
        (sources(tame), worse(), written(tame), written(tame), if tame { 2_u32..4 } else { 0..u32::MAX })
            .prop_map(|(source, worse, confidence, at_least, periods)| {
                Watch::Trend(Box::new(Trend { source, worse, periods, confidence, at_least }))
            });
    let challengers =
        (sources(tame), worse(), written(tame), counts(tame)).prop_map(|(own, worse, margin, periods)| {
            let challenger = source("Other", "Average").metric;
            Watch::Challenger(Box::new(Challenger { source: own, challenger, worse, margin, periods }))
        });
    let detectors = (sources(tame), any::<bool>(), methods(tame)).prop_map(|(source, counted, method)| {
        let trials = counted.then(|| make::source("Trials", "Sum").metric);
        Watch::Detector(Box::new(Detector { source, trials, method }))
    });
    let costs = (sources(tame), select(vec!["0 USD", "1 USD", "5 USD"]), any::<[bool; 2]>(), durations(tame))
        .prop_map(|(loss, cost, [weighed, shadowed], training_time)| {
            let shadow = shadowed.then(|| Box::new(source("Shadow", "Average").metric));
            let traffic = weighed.then(|| Box::new(source("Requests", "Sum").metric));
            let (retrain_cost, cost_per_unit_loss) = (cost.parse().unwrap(), "2 USD".parse().unwrap());
            Watch::BreakEven(Box::new(BreakEven {
                source: loss,
                retrain_cost,
                cost_per_unit_loss,
                traffic,
                shadow,
                training_time,
            }))
        });
    (trends, challengers, detectors, costs).prop_map(<[Watch; 4]>::from)
}

fn other_watches(tame: bool) -> impl Strategy<Value = [Watch; 6]> {
    let quiet = || durations(tame);
    let alarms = quiet().prop_map(|quiet_for| Watch::Alarm(Alarm { quiet_for, ..Alarm::named("drift") }));
    let sets = quiet().prop_map(|quiet_for| Watch::Alarm(Alarm { quiet_for, which: prefix() }));
    let monitors = select(vec![MonitorEnd::Violations, MonitorEnd::Clean])
        .prop_map(|on| Watch::Monitor(Monitor { schedule: "quality".into(), on }));
    let objects = (0_u64..3, 0_u64..3, quiet()).prop_map(|(count, bytes, quiet_for)| {
        let (bucket, prefix, suffix) = ("data".into(), String::new(), String::new());
        Watch::Objects(Objects { bucket, prefix, suffix, count, bytes, quiet_for })
    });
    let results = (select(vec![Outcome::Passed, Outcome::Failed]), quiet()).prop_map(|(on, quiet_for)| {
        Watch::DataQuality(DataQuality { ruleset: "rows".into(), on, quiet_for })
    });
    let expressions = [
        ("cron(0 0/6 * * ? *)", Some("America/Los_Angeles")),
        ("cron(0 3 ? * MON *)", None),
        ("at(2026-11-02T11:00:00)", None),
        ("rate(5 hours)", None),
    ];
    let expressions =
        expressions.map(|(text, zone)| Expression::parse(text, zone).unwrap().with_anchor(noon())).to_vec();
    let schedules = (select(expressions), quiet()).prop_map(|(expression, deadline)| {
        Watch::Schedule(Box::new(Schedule { expression, deadline, rule: None }))
    });
    (alarms, sets, monitors, objects, results, schedules).prop_map(<[Watch; 6]>::from)
}

fn windows(tame: bool) -> impl Strategy<Value = Vec<Window>> {
    let opens = ["cron(0 11 * * ? *)", "cron(0 6 * * ? *)", "cron(0 12 ? * TUE *)"];
    let opens = select(opens.map(|opens| Expression::parse(opens, None).unwrap()).to_vec());
    let window = (opens, durations(tame)).prop_map(|(opens, length)| Window { opens, length });
    prop_oneof![2 => Just(vec![]), 1 => vec(window, 1..3)]
}

fn budgets() -> impl Strategy<Value = Vec<Budget>> {
    let fleets = select(vec![None, Some("ml".to_owned())]);
    let amounts = select(vec!["15 USD", "25 USD", "35 USD"]);
    let spans = select(vec![Span::Day, Span::Week, Span::Month]);
    let modes = select(vec![BudgetMode::Enforce, BudgetMode::Audit]);
    let budget = (fleets, amounts, spans, modes).prop_map(|(fleet, amount, per, mode)| Budget {
        fleet,
        amount: amount.parse().unwrap(),
        per,
        per_run: "10 USD".parse().unwrap(),
        mode,
    });
    prop_oneof![2 => Just(vec![]), 1 => vec(budget, 1..3)]
}

fn breakers(tame: bool) -> impl Strategy<Value = (Option<AfterFailure>, Option<AfterFutility>)> {
    let failures = (durations(tame), 0_u32..4, durations(tame), 0_u32..4)
        .prop_map(|(wait, times, up_to, give_up_after)| AfterFailure { wait, times, up_to, give_up_after });
    let futility = (sources(tame), worse(), written(tame), 0_u32..3, 0_u32..6).prop_map(
        |(source, worse, min_gain, give_up_after, compare)| AfterFutility {
            source,
            worse,
            min_gain,
            give_up_after,
            compare,
        },
    );
    (option::weighted(0.3, failures), option::weighted(0.3, futility))
}

pub(crate) fn guards(tame: bool) -> impl Strategy<Value = Guards> {
    let data = (sources(tame), written(tame), option::of(durations(tame)))
        .prop_map(|(source, at_least, max_age)| Data { source, at_least, max_age });
    let starts = (1_u32..4, durations(tame)).prop_map(|(starts, within)| MaxStarts { starts, within });
    let ages = (option::weighted(0.4, durations(tame)), option::weighted(0.2, durations(tame)));
    let words = (select(vec![InFlight::Forbid, InFlight::Replace]), prop::bool::weighted(0.2));
    (
        (durations(tame), option::weighted(0.4, durations(tame))),
        windows(tame),
        budgets(),
        option::weighted(0.2, data),
        breakers(tame),
        option::weighted(0.3, starts),
        ages,
        words,
    )
        .prop_map(
            |((cooldown, freshness), blackout, budgets, data, breakers, max_starts, ages, words)| Guards {
                cooldown,
                in_flight: words.0,
                freshness,
                blackout,
                budgets,
                data,
                after_failure: breakers.0,
                after_futility: breakers.1,
                max_starts,
                min_age: ages.0,
                max_age: ages.1,
                ask_first: words.1,
                blind_for: Guards::BLIND_FOR,
            },
        )
}

pub(crate) fn policies(tame: bool) -> impl Strategy<Value = Policy> {
    let modes = select(vec![Mode::Enforce, Mode::Enforce, Mode::Observe, Mode::Suspended]);
    let counting =
        vec(option::weighted(0.4, select(vec![CountsAs::Level, CountsAs::Edge, CountsAs::Latch])), 12);
    let metrics = (thresholds(tame, limits(tame)), thresholds(tame, changes(tame)));
    (
        expr(&KINDS),
        series_watches(tame),
        other_watches(tame),
        metrics,
        (modes, guards(tame)),
        counting,
        (durations(tame), option::of(Just(noon()))),
    )
        .prop_map(
            |(
                start_when,
                series,
                others,
                (metric, baseline),
                (mode, guards),
                counting,
                (serves_after, trained),
            )| {
                let [trend, challenger, detector, cost] = series;
                let [alarm, alarms, monitor, objects, quality, weekly] = others;
                let watches = [
                    ("alarm", alarm),
                    ("alarms", alarms),
                    ("baseline", baseline),
                    ("challenger", challenger),
                    ("cost", cost),
                    ("detector", detector),
                    ("metric", metric),
                    ("monitor", monitor),
                    ("objects", objects),
                    ("quality", quality),
                    ("weekly", weekly),
                    (TREND, trend),
                ];
                let trigger = |((name, watch), counts_as): ((&'static str, Watch), Option<CountsAs>)| {
                    let usual = Trigger::from(watch);
                    (name, Trigger { counts_as: counts_as.unwrap_or(usual.counts_as), ..usual })
                };
                let policy = make::policy(watches.into_iter().zip(counting).map(trigger));
                let trained = trained.map(|at| length("24h").before(at));
                let mut policy = Policy { start_when, mode, guards, serves_after, trained, ..policy };
                policy.revision.since = None;
                policy
            },
        )
}
