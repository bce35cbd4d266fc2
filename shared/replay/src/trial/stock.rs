//! The policies that trials draw from.

use rekindle_decision::duration::Duration;
use rekindle_decision::money::Money;
use rekindle_decision::policy::{AfterFailure, Budget, BudgetMode, InFlight, MaxStarts, Policy};
use rekindle_decision::span::Span;
use rekindle_policy::{PolicySet, Problem, Text};
use rekindle_turn::prices::Prices;

use crate::dice::Dice;

/// One kind of model: its name, what may ask, and how that combines.
const KINDS: &[(&str, &str)] = &[
    ("ticks", "triggers: { tick: { schedule: \"cron(0 0/2 * * ? *)\", deadline: 100m, rule: ticks } }"),
    ("long-ticks", "triggers: { tick: { schedule: \"cron(30 0/3 * * ? *)\", deadline: 6h } }"),
    ("level", "triggers: { alarm: { alarm: \"{model}-alarm\" } }"),
    ("edge", "triggers: { alarm: { alarm: \"{model}-alarm\", counts_as: edge } }"),
    ("latch", "triggers: { alarm: { alarm: \"{model}-alarm\", counts_as: latch } }"),
    ("settling", "triggers: { alarm: { alarm: \"{model}-alarm\", quiet_for: 10m } }"),
    ("metric", "triggers: { accuracy: { metric: *accuracy, below: 0.8, for: 2 of 3 } }"),
    ("objects", "triggers: { files: { objects: { bucket: data, prefix: \"{model}/\", count: 3 } } }"),
    (
        "burst",
        "triggers: { files: { objects: { bucket: data, prefix: \"{model}/\", count: 2 }, quiet_for: 5m } }",
    ),
    ("quality", "triggers: { labels: { data_quality: { ruleset: \"{model}-labels\" } } }"),
    (
        "either",
        "triggers: { tick: { schedule: \"cron(15 * * * ? *)\", deadline: 50m, rule: either },
  alarm: { alarm: \"{model}-alarm\" } }",
    ),
    (
        "both",
        "triggers: { alarm: { alarm: \"{model}-alarm\" },
  files: { objects: { bucket: data, prefix: \"{model}/\" } } }
start_when: { all: [alarm, files], within: 3h }",
    ),
    (
        "many",
        "triggers: { tick: { schedule: \"cron(45 0/4 * * ? *)\", deadline: 3h, rule: many },
  alarm: { alarm: \"{model}-alarm\", counts_as: edge },
  files: { objects: { bucket: data, prefix: \"{model}/\", count: 2 } },
  accuracy: { metric: *accuracy, below: 0.8 } }",
    ),
];

const METRIC: &str = "{ namespace: Sim, name: Accuracy, dimensions: { Model: \"{model}\" }, \
     statistic: Average, period: 15m }";

/// The fleet that models may share a budget of.
pub(crate) const FLEET: &str = "fleet";

/// Policies that were read once: a trial changes their guards and not their text.
#[derive(Debug, Clone)]
pub struct Stock {
    policies: Vec<Policy>,
}

impl Stock {
    /// Reads the documents.
    ///
    /// # Errors
    ///
    /// What is wrong with one of them.
    pub fn read() -> Result<Self, Vec<Problem>> {
        let texts = KINDS.iter().map(|(model, triggers)| Text::new(*model, 1, document(model, triggers)));
        let set = PolicySet::default().refresh(texts);
        if !set.problems().is_empty() {
            return Err(set.problems().to_vec());
        }
        Ok(Self { policies: set.iter().map(|policy| Policy::clone(policy)).collect() })
    }

    /// One to four of them, with guards drawn by the dice.
    pub(crate) fn draw(&self, dice: &mut Dice, since: jiff::Timestamp) -> Vec<Policy> {
        let room = Money::from_micros(dice.between(2, 8).saturating_mul(PER_RUN));
        let mode = if dice.chance(8_000) { BudgetMode::Enforce } else { BudgetMode::Audit };
        let mut drawn: Vec<Policy> = Vec::new();
        for _ in 0..dice.between(1, 4) {
            let Some(policy) = dice.pick(&self.policies) else { continue };
            if drawn.iter().any(|known| known.model == policy.model) {
                continue;
            }
            let mut policy = policy.clone();
            policy.revision.since = Some(since);
            guard(&mut policy, dice);
            if dice.chance(4_000) {
                policy.guards.budgets.push(budget(Some(FLEET), room, Span::Day, mode));
            }
            drawn.push(policy);
        }
        drawn
    }
}

fn document(model: &str, triggers: &str) -> String {
    let triggers = triggers.replace("*accuracy", METRIC);
    format!(
        "model: {model}
{triggers}
training:
  RoleArn: arn:aws:iam::445566778899:role/rekindle-training
  AlgorithmSpecification:
    TrainingImage: 445566778899.dkr.ecr.eu-central-1.amazonaws.com/churn:1.4
    TrainingInputMode: File
  OutputDataConfig: {{ S3OutputPath: \"s3://example-models/{{model}}/\" }}
  ResourceConfig: {{ InstanceType: ml.m5.large, InstanceCount: 1, VolumeSizeInGB: 30 }}
  StoppingCondition: {{ MaxRuntimeInSeconds: 14400 }}
"
    )
}

/// What an hour of the instance costs: less than what the longest run is expected to.
pub(crate) fn prices() -> Prices {
    Prices::of([("ml.m5.large".to_owned(), Money::from_micros(2_000_000))])
}

/// What a run is expected to cost, in millionths of a dollar.
const PER_RUN: u64 = 10_000_000;

fn budget(fleet: Option<&str>, amount: Money, per: Span, mode: BudgetMode) -> Budget {
    let per_run = Money::from_micros(PER_RUN);
    Budget { fleet: fleet.map(ToOwned::to_owned), amount, per, per_run, mode }
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_seconds(minutes.saturating_mul(60))
}

fn guard(policy: &mut Policy, dice: &mut Dice) {
    let guards = &mut policy.guards;
    guards.cooldown = minutes(dice.pick(&[0, 0, 30, 60, 240, 1_440]).copied().unwrap_or(0));
    if dice.chance(3_000) {
        guards.in_flight = InFlight::Replace;
    }
    if dice.chance(3_000) {
        guards.after_failure = Some(AfterFailure {
            wait: minutes(dice.between(5, 60)),
            times: 2,
            up_to: minutes(240),
            give_up_after: u32::try_from(dice.pick(&[0, 3]).copied().unwrap_or(0)).unwrap_or(0),
        });
    }
    guards.ask_first = dice.chance(2_000);
    if dice.chance(2_000) {
        let amount = Money::from_micros(dice.between(1, 5).saturating_mul(PER_RUN));
        guards.budgets.push(budget(None, amount, Span::Day, BudgetMode::Enforce));
    }
    if dice.chance(1_500) {
        let starts = u32::try_from(dice.between(1, 4)).unwrap_or(1);
        guards.max_starts = Some(MaxStarts { starts, within: minutes(dice.between(60, 600)) });
    }
}

#[cfg(test)]
mod tests {
    use super::Stock;

    #[test]
    fn every_document_can_be_read() {
        assert_eq!(Stock::read().map(|stock| stock.policies.len()), Ok(super::KINDS.len()));
    }
}
