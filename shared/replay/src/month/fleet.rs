//! Two hundred models, and what their owners want.

use rekindle_policy::{PolicySet, Problem, Text};

/// Models of one kind, under one document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Family {
    pub(crate) name: &'static str,
    /// Its triggers and guards, as an owner writes them.
    wants: &'static str,
}

/// Models of each family.
pub(crate) const MODELS: u32 = 50;

/// On a weekly schedule, whatever happens.
pub(crate) const SEARCH: Family = Family {
    name: "search",
    wants: "
triggers:
  weekly: { schedule: \"cron(0 3 ? * MON *)\", deadline: 12h, rule: search-weekly }
guards:
  cooldown: 24h
  fleet_budget: { fleet: search, amount: 600 USD, per: month, per_run: 2 USD }
",
};

/// When it has become worse, and not where training does not help.
pub(crate) const FRAUD: Family = Family {
    name: "fraud",
    wants: "
triggers:
  precision:
    metric: &precision { namespace: Fleet, name: Precision, dimensions: { Model: \"{model}\" }, statistic: Average, period: 1h }
    below: 0.92
    for: 3 of 5
guards:
  cooldown: 12h
  freshness: 3h
  fleet_budget: { fleet: fraud, amount: 900 USD, per: month, per_run: 2 USD }
  after_futility:
    metric: *precision
    worse: lower
    min_gain: 0.005
    give_up_after: 3
    compare: 12
    min_samples: 100
",
};

/// Weekly, and sooner where the data drifts and the model suffers.
pub(crate) const CHURN: Family = Family {
    name: "churn",
    wants: "
triggers:
  weekly: { schedule: \"cron(0 2 ? * MON *)\", deadline: 36h, rule: churn-weekly }
  drift: { alarm: \"{model}-drift\" }
  accuracy:
    metric: { namespace: Fleet, name: Accuracy, dimensions: { Model: \"{model}\" }, statistic: Average, period: 1h }
    below: 0.925
    for: 3 of 5
start_when: { any: [weekly, { all: [drift, accuracy], within: 24h }] }
guards:
  cooldown: 24h
  freshness: 3h
  fleet_budget: { fleet: churn, amount: 900 USD, per: month, per_run: 2 USD }
  after_failure: { wait: 1h, times: 2, up_to: 8h, give_up_after: 4 }
",
};

/// When enough new data has come, as long as there is money.
pub(crate) const PRICES: Family = Family {
    name: "prices",
    wants: "
triggers:
  files: { objects: { bucket: fleet-data, prefix: \"{model}/\", count: 6 } }
guards:
  cooldown: 24h
  fleet_budget: { fleet: prices, amount: 260 USD, per: month, per_run: 2 USD }
",
};

pub(crate) const FAMILIES: [Family; 4] = [SEARCH, FRAUD, CHURN, PRICES];

/// What one of these machines costs in an hour, and which they are.
pub(crate) const INSTANCE: (&str, &str) = ("ml.g5.xlarge", "1.41 USD");

impl Family {
    /// The names of its models.
    pub(crate) fn models(self) -> impl Iterator<Item = String> {
        (1..=MODELS).map(move |nth| format!("{}-{nth:02}", self.name))
    }

    /// The family of a model.
    pub(crate) fn of(model: &str) -> Option<Self> {
        let name = model.rsplit_once('-')?.0;
        FAMILIES.into_iter().find(|family| family.name == name)
    }

    fn document(self) -> String {
        let models: Vec<String> = self.models().collect();
        format!(
            "models: [{}]
{}
training:
  RoleArn: arn:aws:iam::445566778899:role/rekindle-training
  AlgorithmSpecification:
    TrainingImage: 445566778899.dkr.ecr.eu-central-1.amazonaws.com/{}:1.4
    TrainingInputMode: File
  OutputDataConfig: {{ S3OutputPath: \"s3://example-models/{{model}}/\" }}
  ResourceConfig: {{ InstanceType: {}, InstanceCount: 1, VolumeSizeInGB: 30 }}
  StoppingCondition: {{ MaxRuntimeInSeconds: 14400 }}
",
            models.join(", "),
            self.wants,
            self.name,
            INSTANCE.0,
        )
    }
}

/// The policies of the whole fleet.
///
/// # Errors
///
/// What is wrong with one of them.
pub(crate) fn policies() -> Result<PolicySet, Vec<Problem>> {
    let texts = FAMILIES.map(|family| Text::new(family.name, 1, family.document()));
    let set = PolicySet::default().refresh(texts);
    if set.problems().is_empty() { Ok(set) } else { Err(set.problems().to_vec()) }
}
