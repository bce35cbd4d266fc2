//! How long a decision takes: `cargo bench -p rekindle-decision`.
//!
//! The policies are read and the facts gathered before: what is measured is the decision, its explanation tree and its
//! identity included.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rekindle_decision::decide;

#[path = "../examples/fleet/mod.rs"]
mod fleet;

use fleet::{DAYS, RULES, facts, points, policy, six};

/// One model with six triggers over fourteen days of points every five minutes.
fn one(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("six triggers, 14 days of 5 minutes");
    for (name, rules) in six() {
        let policy = policy("churn", rules);
        let facts = facts(&policy, 14);
        group.bench_function(name, |bench| bench.iter(|| black_box(decide(&policy, &facts))));
    }
    group.finish();
}

/// Each rule alone, over ever longer histories: the cost should grow as the points do.
fn rules(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one rule");
    for rule in RULES {
        let policy = policy("churn", &[rule]);
        for days in DAYS {
            let facts = facts(&policy, days);
            group.throughput(Throughput::Elements(points(&facts)));
            group.bench_with_input(BenchmarkId::new(rule, days), &facts, |bench, facts| {
                bench.iter(|| black_box(decide(&policy, facts)));
            });
        }
    }
    group.finish();
}

/// Ten thousand models, one after another, as a sweep decides on them.
fn sweep(criterion: &mut Criterion) {
    const MODELS: u64 = 10_000;
    let mut group = criterion.benchmark_group("10,000 models");
    group.sample_size(10);
    for (name, rules) in six() {
        let policy = policy("churn", rules);
        let facts = facts(&policy, 14);
        group.throughput(Throughput::Elements(MODELS));
        group.bench_function(name, |bench| {
            bench.iter(|| {
                for _ in 0..MODELS {
                    let _ = black_box(decide(black_box(&policy), black_box(&facts)));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, one, rules, sweep);
criterion_main!(benches);
