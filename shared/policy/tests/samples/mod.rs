//! A sample of every kind of trigger, for whoever reads and for the schema.

#![allow(dead_code, reason = "each test that shares these uses some of them")]

pub(crate) const HEAD: &str = "model: churn\n";

pub(crate) const TRAINING: &str = "
training:
  RoleArn: arn:aws:iam::445566778899:role/rekindle-training
  AlgorithmSpecification:
    TrainingImage: 445566778899.dkr.ecr.eu-central-1.amazonaws.com/churn:1.4
    TrainingInputMode: File
  OutputDataConfig: { S3OutputPath: \"s3://example-models/{model}/\" }
  ResourceConfig: { InstanceType: ml.m5.large, InstanceCount: 1, VolumeSizeInGB: 30 }
  StoppingCondition: { MaxRuntimeInSeconds: 3600 }
";

/// A whole document around some of its sections.
pub(crate) fn document(sections: &str) -> String {
    format!("{HEAD}{sections}{TRAINING}")
}

/// Every kind, with the fields that go with it, and again with as few as may be.
pub(crate) const TRIGGERS: [(&str, &str); 31] = [
    (
        "schedule",
        "{ schedule: \"cron(0 3 ? * MON *)\", timezone: Europe/Berlin, deadline: 8h, rule: \"{model}-weekly\" }",
    ),
    ("bare schedule", "{ schedule: rate(1 day) }"),
    ("at", "{ schedule: \"at(2026-11-20T13:00:00)\", timezone: Asia/Tokyo }"),
    ("rate", "{ schedule: rate(12 hours), from: 2026-10-01T00:00:00Z }"),
    ("alarm", "{ alarm: \"{model}-drift\", quiet_for: 15m }"),
    (
        "any alarm",
        "{ alarm: { prefix: \"{model}-\", tags: { team: growth, model: \"{model}\" } }, quiet_for: 15m }",
    ),
    ("monitor", "{ monitor: \"{model}-data-quality\", on: clean }"),
    ("bare monitor", "{ monitor: m }"),
    ("data quality", "{ data_quality: { ruleset: \"{model}-labels\", on: failed }, quiet_for: 10m }"),
    ("bare data quality", "{ data_quality: { ruleset: r } }"),
    (
        "objects",
        "{ objects: { bucket: \"{model}-bucket\", prefix: \"p/{model}/\", suffix: \".parquet\", count: 100, bytes: 1000000 }, quiet_for: 20m }",
    ),
    ("bare objects", "{ objects: { bucket: b } }"),
    (
        "event",
        "{ event: { pattern: { source: [acme.labels], detail: { model: [\"{model}\"] } }, count: 2 }, quiet_for: 5m }",
    ),
    (
        "below",
        "{ metric: { namespace: \"ML/{model}\", name: \"{model}-accuracy\", dimensions: { Model: \"{model}\" }, statistic: Average, period: 1h }, below: 0.82, for: 3 of 5, missing_data: notBreaching, min_samples: 200, label_delay: 2d }",
    ),
    ("above", "{ metric: { namespace: N, name: E, statistic: p90, period: 5m }, above: 1 }"),
    (
        "outside",
        "{ metric: { namespace: N, name: E, statistic: Average, period: 1h }, outside: [-0.1, 0.3] }",
    ),
    (
        "drop from a figure",
        "{ metric: { namespace: N, name: A, statistic: Average, period: 1h }, drop_from_baseline: 3%, baseline: 0.86 }",
    ),
    (
        "rise from the first values",
        "{ metric: { namespace: N, name: E, statistic: Average, period: 1h }, rise_from_baseline: 0.02, baseline: { first: 24 }, history: 60d, for: 2 of 3 }",
    ),
    (
        "drop from the training",
        "{ metric: { namespace: N, name: A, statistic: Average, period: 1h }, drop_from_baseline: 2.5 %, baseline: training }",
    ),
    (
        "drop from another name of the training",
        "{ metric: { namespace: N, name: A, statistic: Average, period: 1h }, drop_from_baseline: 1, baseline: { training: \"validation:accuracy\" } }",
    ),
    (
        "worsening",
        "{ metric: { namespace: N, name: A, statistic: Average, period: 1d }, worsening: { worse: lower, periods: 14, confidence: 0.99, at_least: 0.02 }, label_delay: 2d, min_samples: 50 }",
    ),
    (
        "bare worsening",
        "{ metric: { namespace: N, name: E, statistic: Average, period: 1d }, worsening: { periods: 7 } }",
    ),
    (
        "challenger",
        "{ metric: { namespace: N, name: E, dimensions: { Stage: live }, statistic: Average, period: 1d }, challenger: { metric: { namespace: N, name: E, dimensions: { Stage: \"{model}-shadow\" }, statistic: Average, period: 1d }, better_by: 0.01, worse: lower }, for: 5 of 7 }",
    ),
    (
        "evidence",
        "{ metric: { namespace: N, name: Errors, statistic: Sum, period: 1h }, evidence: { tolerated: 0.18, false_alarm_every: 90d }, trials: { namespace: N, name: Labels, dimensions: { Model: \"{model}\" }, statistic: Sum, period: 1h } }",
    ),
    (
        "page hinkley",
        "{ metric: { namespace: N, name: E, statistic: Average, period: 1h }, page_hinkley: { delta: 0.01, threshold: 2, min_periods: 10, alpha: 0.999, worse: either } }",
    ),
    (
        "cusum",
        "{ metric: { namespace: N, name: A, statistic: Average, period: 1h }, cusum: { target: 0.86, slack: 0.01, interval: 0.1, worse: lower } }",
    ),
    ("ddm", "{ metric: { namespace: N, name: E, statistic: Sum, period: 1h }, ddm: {} }"),
    ("hddm_a", "{ metric: { namespace: N, name: E, statistic: Average, period: 1h }, hddm_a: {} }"),
    (
        "adwin",
        "{ metric: { namespace: N, name: E, statistic: Average, period: 1h }, adwin: { delta: 0.01 } }",
    ),
    (
        "break even",
        "{ metric: { namespace: N, name: E, statistic: Average, period: 1h }, break_even: { retrain_cost: 12.50 USD, cost_per_unit_loss: 0.35 USD, traffic: { namespace: N, name: R, dimensions: { Model: \"{model}\" }, statistic: Sum, period: 1h }, training_time: 1h }, label_delay: 1d }",
    ),
    (
        "bare break even",
        "{ metric: { namespace: N, name: E, statistic: Average, period: 1h }, break_even: { retrain_cost: 1 USD, cost_per_unit_loss: 1 USD } }",
    ),
];

/// Every guard.
pub(crate) const GUARDS: &str = "
  cooldown: 2d
  in_flight: replace
  freshness: 3h
  blackout:
    - { cron: \"cron(0 18 ? * FRI *)\", for: 12h, timezone: Europe/Berlin }
    - { cron: 0 0 24 12 ? *, for: 3d }
  budget: { amount: 100 USD, per: week, per_run: 12.50 USD }
  fleet_budget: { fleet: \"{model}-team\", amount: 1000 USD, per: month, per_run: 13 USD, mode: audit }
  data: { metric: { namespace: N, name: Rows, dimensions: { Model: \"{model}\" }, statistic: Sum, period: 1h }, at_least: 500, max_age: 2d }
  after_failure: { wait: 30m, times: 3 }
  after_futility: { metric: { namespace: N, name: Error, statistic: Average, period: 1h }, min_gain: 0.01, worse: lower, min_samples: 50 }
  max_starts: { starts: 3, within: 7d }
  min_age: 1d
  max_age: 60d
  ask_first: true";

/// Every combination, of one trigger.
pub(crate) const COMBINATIONS: [&str; 7] = [
    "a",
    "{ any: [a] }",
    "{ all: [a, { not: a }] }",
    "{ all: [a], within: 3h }",
    "{ at_least: 1, of: [a], within: 3h }",
    "{ at_least: 1, of: [a] }",
    "{ all: [a, { not: { any: [a] } }] }",
];
