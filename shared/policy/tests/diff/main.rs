#![cfg(test)]
//! What one policy says otherwise than another: in its own terms, nothing for another way of writing, and no field unseen.

mod laws;
#[path = "../samples/mod.rs"]
mod samples;
mod terms;

use rekindle_decision::policy::Policy;
use rekindle_policy::{Text, read};

/// What is edited.
pub(crate) const OLD: &str = r#"
model: churn
owner: growth-ml@example.com
triggers:
  weekly: { schedule: "cron(0 3 ? * MON *)", timezone: Europe/Berlin, deadline: 6h }
  drift: { alarm: "{model}-feature-drift" }
  labels: { event: { pattern: { source: [acme.labels] } } }
  accuracy:
    metric: { namespace: Churn, name: Accuracy, dimensions: { Model: "{model}" }, statistic: Average, period: 1h }
    below: 0.82
    for: 3 of 5
    min_samples: 200
  fallen:
    metric: { namespace: Churn, name: Accuracy, statistic: Average, period: 1h }
    drop_from_baseline: 7%
    baseline: 0.9
  degraded:
    metric: { namespace: Churn, name: Errors, statistic: Sum, period: 1h }
    evidence: { tolerated: 0.18, false_alarm_every: 90d }
start_when: { any: [weekly, labels, { all: [drift, accuracy, fallen, degraded], within: 24h }] }
guards:
  cooldown: 24h
  freshness: 3h
  blackout: [{ cron: "0 8 ? * MON-FRI *", for: 10h, timezone: Europe/Berlin }]
  budget: { amount: 400 USD, per: month, per_run: 12.50 USD }
data_window: 30d
training:
  RoleArn: arn:aws:iam::445566778899:role/rekindle-training
  AlgorithmSpecification:
    TrainingImage: 445566778899.dkr.ecr.eu-central-1.amazonaws.com/churn:1.4
    TrainingInputMode: File
    MetricDefinitions: [{ Name: "validation:auc", Regex: "auc=([0-9.]+)" }]
  HyperParameters: { max_depth: "6", learning.rate: "0.1" }
  InputDataConfig:
    - ChannelName: train
      DataSource: { S3DataSource: { S3DataType: S3Prefix, S3Uri: "s3://example-training/{model}/train/" } }
    - ChannelName: validation
      DataSource: { S3DataSource: { S3DataType: S3Prefix, S3Uri: "s3://example-training/{model}/validation/" } }
  OutputDataConfig: { S3OutputPath: "s3://example-models/{model}/{generation}/" }
  ResourceConfig: { InstanceType: ml.m5.large, InstanceCount: 1, VolumeSizeInGB: 30 }
  StoppingCondition: { MaxRuntimeInSeconds: 3600 }
  VpcConfig: { SecurityGroupIds: [sg-0a1b2c3d], Subnets: [subnet-0a1b2c3d] }
"#;

pub(crate) fn policy(text: &str) -> Policy {
    read(&Text::new("policy.yaml", 3, text))
        .unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
        .remove(0)
}
