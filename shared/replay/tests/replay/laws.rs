//! What holds for the books of every replay.

use std::sync::Arc;

use rekindle_decision::duration::Duration;
use rekindle_replay::replay::{LossOf, Reads, World};
use rekindle_replay::report::{Knowledge, Outcome, Report};

use crate::fixtures::{PER_UNIT, Rule, Setting, ageing, random, start, world};

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-6 * one.abs().max(1.0)
}

fn way<'a>(report: &'a Report, name: &str) -> &'a Outcome {
    report.rivals.iter().find(|rival| rival.name == name).unwrap()
}

/// Replays of policies that start something.
fn reports() -> Vec<(&'static str, Report)> {
    let by_limit = Rule::default().policy();
    let low = Rule { limit: 0.2, ..Rule::default() }.policy();
    // Its first start is within the first batch that counts.
    let by_calendar = Rule { start_when: "daily", cooldown: "5d", ..Rule::default() }.policy();
    let cheap = Setting { retrain_cost: 0.01, ..Setting::default() };
    let dear = Setting { retrain_cost: 500.0, ..Setting::default() };
    vec![
        ("chance", Setting::default().replay(&by_limit, &world(random(1))).1),
        ("other chance", Setting::default().replay(&by_limit, &world(random(2))).1),
        ("ageing", Setting::default().replay(&low, &world(ageing())).1),
        ("by the calendar", Setting::default().replay(&by_calendar, &world(ageing())).1),
        ("trainings for nothing", cheap.replay(&by_limit, &world(random(3))).1),
        ("trainings for a fortune", dear.replay(&by_limit, &world(random(3))).1),
    ]
}

#[test]
fn a_total_is_the_trainings_and_the_losses() {
    for (name, report) in reports() {
        assert!(!report.policy.starts.is_empty(), "{name} shows nothing");
        for way in report.rivals.iter().chain([&report.policy]) {
            let trainings: f64 = way.starts.iter().map(|_| report.retrain_cost).sum();
            let losses: f64 = way.loss.iter().sum::<f64>() * PER_UNIT;
            let fresh: f64 = report.fresh.iter().sum::<f64>() * PER_UNIT;
            assert!(near(way.training_cost, trainings), "{name}, {}", way.name);
            assert!(
                near(way.total, trainings + losses),
                "{name}, {}: {} of {trainings} and {losses}",
                way.name,
                way.total
            );
            assert!(near(way.staleness_cost, losses - fresh), "{name}, {}", way.name);
            assert!(near(*way.cumulative.last().unwrap(), way.total), "{name}, {}", way.name);
        }
    }
}

#[test]
fn never_loses_what_the_first_model_loses() {
    for (name, matrix) in [("chance", random(1)), ("ageing", ageing())] {
        let report = Setting::default().replay(&Rule::default().policy(), &world(matrix.clone())).1;
        let scored = matrix.scored();
        let first = scored.first_model();
        let lost: f64 = scored.batches().map(|batch| scored.loss(first, batch).unwrap()).sum();
        let never = way(&report, "never");
        assert!(near(never.total, lost * PER_UNIT), "{name}: {} and {lost}", never.total);
        assert!(never.starts.is_empty(), "{name}");
    }
}

#[test]
fn nothing_is_less_than_the_optimum() {
    for (name, report) in reports() {
        let optimum = way(&report, "optimum").total;
        for rival in &report.rivals {
            assert!(rival.total >= optimum - 1e-6, "{name}: {} costs {}", rival.name, rival.total);
        }
        for at in &report.prices {
            assert!(at.over_optimum.values().all(|over| *over >= 1.0 - 1e-9), "{name}: {at:?}");
        }
        // Where a newer model may be worse, a model that takes over within a batch is none of the optimum's choices.
        if matches!(name, "ageing" | "by the calendar") {
            assert!(report.policy.total >= optimum - 1e-6, "{name}: {}", report.policy.total);
        }
    }
}

#[test]
fn a_policy_that_never_fires_is_never() {
    let report =
        Setting::default().replay(&Rule { limit: 2.0, ..Rule::default() }.policy(), &world(random(5))).1;
    let never = way(&report, "never");
    assert_eq!((&report.policy.starts, report.policy.holds.len()), (&never.starts, 0));
    assert!(near(report.policy.total, never.total), "{} and {}", report.policy.total, never.total);
    assert!(report.policy.loss.iter().zip(&never.loss).all(|(one, other)| near(*one, *other)));
    assert_eq!(report.policy.stale, never.stale);
}

#[test]
fn one_seed_is_one_report() {
    let replayed = || {
        let rule = Rule { cooldown: "4d", ..Rule::default() };
        serde_json::to_string(&Setting::default().replay(&rule.policy(), &world(random(7))).1).unwrap()
    };
    assert_eq!(replayed(), replayed());
}

/// More periods than ways are compared in: three of them are one batch.
#[test]
fn periods_that_are_folded_into_batches_cost_the_same() {
    let periods = 4_502;
    let loss = |model: usize, period: usize| {
        let age = f64::from(u32::try_from(period.checked_sub(model)?).unwrap());
        let hour = f64::from(u32::try_from(period % 24).unwrap());
        Some(0.1 + 0.0001 * age + 0.003 * hour)
    };
    let known: LossOf = Arc::new(loss);
    let hour = Duration::from_seconds(3_600);
    let world = World::assumed("made", (start(), hour, periods), known, Reads::Loss, "a line".to_owned());
    assert_eq!((world.fold(), world.batches()), (3, 1_500));
    let setting = Setting { sweep_every: Duration::from_seconds(86_400), ..Setting::default() };
    let report = setting.replay(&Rule { limit: 9.0, period: "1h", ..Rule::default() }.policy(), &world).1;
    assert!(matches!(report.world, Knowledge::Assumed { .. }));

    let first = world.first_scored() * 3;
    let unfolded: f64 = (first..1_500 * 3).map(|period| loss(first - 1, period).unwrap()).sum();
    let never = way(&report, "never");
    assert!(near(never.total, unfolded * PER_UNIT), "{} and {}", never.total, unfolded * PER_UNIT);
    assert_eq!(report.policy.starts, Vec::new());
    assert!(near(report.policy.total, never.total), "{} and {}", report.policy.total, never.total);
}

/// Nobody is cheaper because nothing was measured.
#[test]
fn where_nothing_was_measured_the_policy_loses_what_never_loses() {
    for (name, gap) in
        [("in the middle", 30..34), ("where it begins to count", 18..25), ("at the end", 58..60)]
    {
        let known: LossOf = Arc::new(move |model: usize, period: usize| {
            let age = f64::from(u32::try_from(period.checked_sub(model)?).unwrap());
            (!gap.contains(&period)).then_some(0.1 + 0.01 * age)
        });
        let day = Duration::from_seconds(86_400);
        let world = World::assumed("made", (start(), day, 60), known, Reads::Loss, "a line".to_owned());
        let report = Setting::default().replay(&Rule { limit: 9.0, ..Rule::default() }.policy(), &world).1;
        let never = way(&report, "never");
        assert!(
            near(report.policy.total, never.total),
            "{name}: {} and {}",
            report.policy.total,
            never.total
        );
    }
}
