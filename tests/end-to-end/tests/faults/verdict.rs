//! What must be true in the end: one job for each decision, and a ledger that says what SageMaker says.

use std::collections::BTreeMap;

use rekindle_end_to_end::{Problem, Site};
use serde_json::{Value, json};

/// What SageMaker holds of one account, read once.
#[derive(Debug)]
pub(crate) struct Books {
    jobs: Vec<Value>,
    log: Vec<Value>,
    published: Vec<Value>,
}

impl Books {
    pub(crate) fn read(site: &Site) -> Result<Self, Problem> {
        let stack = site.stack();
        Ok(Self { jobs: stack.jobs()?, log: stack.sagemaker_log()?, published: stack.published()? })
    }

    /// What is wrong with a model that should have been trained by these generations, whose jobs are in these states.
    pub(crate) fn problems(
        &self,
        site: &Site,
        model: &str,
        statuses: &[&str],
    ) -> Result<Vec<String>, Problem> {
        let mut problems = Vec::new();
        let mut hold = |what: &str, found: &Value, wanted: &Value| {
            if found != wanted {
                problems.push(format!("{model}: {what} is {found}, and should be {wanted}"));
            }
        };
        let generations = 1..=statuses.len();
        let jobs: BTreeMap<&str, &Value> = self
            .jobs
            .iter()
            .map(|job| (job["TrainingJobName"].as_str().unwrap_or_default(), job))
            .filter(|(name, _)| name.contains(model))
            .collect();
        let endings: Value = jobs.keys().map(|name| name.rsplit('-').next()).collect();
        let wanted: Value = generations.clone().map(|generation| format!("g{generation:06}")).collect();
        hold("what SageMaker holds", &endings, &wanted);
        let made = self.log.iter().filter(|entry| {
            let ours = entry["name"].as_str().is_some_and(|name| name.contains(model));
            ours && entry["operation"] == "CreateTrainingJob" && entry["status"] == 200
        });
        hold("the number of jobs made", &json!(made.count()), &json!(statuses.len()));

        let rows = site.stack().ledger(model)?;
        hold("the number of rows", &json!(rows.len()), &json!(statuses.len() + 1));
        let row = |item: &str| rows.iter().find(|row| row["item"] == item).cloned().unwrap_or_default();
        let state = row("state");
        hold("the phase", &state["phase"], &json!("running"));
        hold("the generation", &state["generation"], &json!(statuses.len()));
        for (generation, status) in generations.zip(statuses) {
            let run = row(&format!("run#{generation:06}"));
            let job = jobs.get(run["job"].as_str().unwrap_or_default()).copied().unwrap_or(&Value::Null);
            hold("the status of a run", &run["status"], &json!(status));
            hold("the ARN of a run", &run["arn"], &job["TrainingJobArn"]);
            hold("the decision of a run", &run["decision"], &job["Environment"]["REKINDLE_DECISION"]);
        }
        Ok(problems)
    }

    /// How often each start of a model was announced, by generation.
    pub(crate) fn announced(&self, model: &str) -> BTreeMap<u64, usize> {
        let mut announced = BTreeMap::new();
        for event in &self.published {
            if event["detail-type"] == "Retraining Started" && event["detail"]["model"] == model {
                let generation = event["detail"]["generation"].as_u64().unwrap_or_default();
                *announced.entry(generation).or_default() += 1;
            }
        }
        announced
    }
}
