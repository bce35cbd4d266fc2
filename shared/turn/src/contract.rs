//! What every world promises about its writes, as checks that any world can be put through: the one in memory, and
//! DynamoDB and SageMaker on an emulator.
//!
//! Each check uses models of its own, so that a world which lasts can be checked again.

mod budgets;
mod creations;
mod ends;
mod news;
mod script;
mod writes;

use std::future::Future;

use rekindle_policy::training::DECISION_VARIABLE;
use serde_json::{Value, json};

use crate::ledger::Run;
use crate::world::World;

/// Where a contract is checked.
pub trait Stage: Sync {
    /// The worlds of this stage.
    type World: World;

    /// The one world behind all of them, seen by the invocation of this token.
    fn world(&self, token: &str) -> Self::World;

    /// A model that no check has used before, named after the check.
    fn model(&self, check: &str) -> String;

    /// The run of a generation as people read it, past [`World::run`]; `None` if there is none.
    fn run(&self, model: &str, generation: u32) -> impl Future<Output = Result<Option<Run>, String>> + Send;
}

/// One sentence of a contract, and how it is broken, if it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a promise that is not kept must be told"]
pub struct Clause {
    /// What is promised.
    pub promise: &'static str,
    /// What was found instead.
    pub broken: Option<String>,
}

/// The clauses that are broken, one line for each; empty when all are kept.
#[must_use]
pub fn broken(clauses: &[Clause]) -> Vec<String> {
    let line = |clause: &Clause| Some(format!("{}: {}", clause.promise, clause.broken.as_ref()?));
    clauses.iter().filter_map(line).collect()
}

type Check = Result<(), String>;

/// Checks the conditional writes of the ledger.
pub async fn ledger<S: Stage>(stage: &S) -> Vec<Clause> {
    let clause = |promise, check: Check| Clause { promise, broken: check.err() };
    vec![
        clause("a model never seen has the default row", writes::never_seen(stage).await),
        clause("many rows are read in one call", writes::many_rows(stage).await),
        clause("an intent is written as a whole", writes::intent_whole(stage).await),
        clause("an intent loses against a version that is not the row's", writes::intent_stale(stage).await),
        clause("an intent loses against a run that exists", writes::intent_run(stage).await),
        clause("a first intent wins once", writes::intent_first(stage).await),
        clause("of raced intents exactly one wins", writes::intent_raced(stage).await),
        clause(
            "settling as running changes the documented fields alone",
            writes::settle_running(stage).await,
        ),
        clause(
            "settling as waiting changes the documented fields alone",
            writes::settle_waiting(stage).await,
        ),
        clause(
            "settling as given up changes the documented fields alone",
            writes::settle_given_up(stage).await,
        ),
        clause("only the turn that holds the start settles it", writes::settle_mine(stage).await),
        clause("a start is taken over once its lease has run out", writes::take_over_late(stage).await),
        clause(
            "a turn takes over its own start at once, and its try before settles nothing",
            writes::take_over_own(stage).await,
        ),
        clause("the turn that lost its start settles nothing", writes::take_over_fences(stage).await),
        clause("only a start is taken over", writes::take_over_start(stage).await),
        clause("of raced take-overs exactly one wins", writes::take_over_raced(stage).await),
        clause("a running generation is closed once", ends::running_once(stage).await),
        clause("an end that is not a training is no training", ends::otherwise(stage).await),
        clause("an end may overtake the settle", ends::early(stage).await),
        clause("a failed training that is tried again has answered nothing", ends::tried_again(stage).await),
        clause("an end is written, whatever others remember meanwhile", ends::raced(stage).await),
        clause("only the open generation is closed", ends::other(stage).await),
        clause("a training is judged once", ends::judged_once(stage).await),
        clause("only a training that ended well is judged", ends::judged_well(stage).await),
        clause("news are noted with what they tell of", news::noted(stage).await),
        clause("news are taken away once they were announced", news::taken_away(stage).await),
        clause("what was announced changes nothing else", news::alone(stage).await),
        clause("a first memo makes an idle row, once", writes::remember_first(stage).await),
        clause("a memo loses against a version that is not the row's", writes::remember_stale(stage).await),
        clause("a memo writes the whole row, and nothing else", writes::remember_whole(stage).await),
        clause(
            "nothing is settled, taken over, closed, judged or said where there is no row",
            writes::nothing(stage).await,
        ),
        clause("a fleet that never spent anything has spent nothing", budgets::unspent(stage).await),
        clause("a fleet's limit is kept, to the millionth", budgets::kept(stage).await),
        clause("more than a whole budget is over it", budgets::larger_than_all(stage).await),
        clause(
            "of several fleets all have room or nothing is reserved",
            budgets::all_or_nothing(stage).await,
        ),
        clause("an intent that lost its row is told so, not of the budget", budgets::row_first(stage).await),
        clause("of intents raced for the last of a budget exactly one wins", budgets::raced(stage).await),
        clause("what was reserved for a start given up is given back once", budgets::given_back(stage).await),
        clause(
            "what was reserved for a start that was made stays spent, if nobody knows better",
            budgets::stays_spent(stage).await,
        ),
        clause(
            "what a run really cost takes the place of what was reserved, once",
            budgets::corrected(stage).await,
        ),
    ]
}

/// Checks how training jobs are created, described and stopped. The jobs stay: their names are used up.
pub async fn jobs<S: Stage>(stage: &S) -> Vec<Clause> {
    let clause = |promise, check: Check| Clause { promise, broken: check.err() };
    vec![
        clause("a job that was never created is absent", creations::job_absent(stage).await),
        clause("a job that was created is found with its decision", creations::job_found(stage).await),
        clause("a name is accepted once", creations::job_once(stage).await),
        clause("a stop is no error, whatever the job does", creations::job_stopped(stage).await),
    ]
}

/// A training request that SageMaker accepts, as a turn would send it for this name and decision.
#[must_use]
pub fn request(name: &str, decision: &str) -> Value {
    json!({
        "TrainingJobName": name,
        "RoleArn": "arn:aws:iam::445566778899:role/rekindle-training",
        "AlgorithmSpecification": {
            "TrainingImage": "445566778899.dkr.ecr.eu-central-1.amazonaws.com/churn:1.4",
            "TrainingInputMode": "File",
        },
        "OutputDataConfig": { "S3OutputPath": "s3://example-models/contract/" },
        "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
        "Environment": { DECISION_VARIABLE: decision },
        "Tags": [{ "Key": "rekindle:decision", "Value": decision }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct InMemory {
        memory: Memory,
        models: AtomicUsize,
    }

    impl Stage for InMemory {
        type World = Memory;

        fn world(&self, token: &str) -> Memory {
            self.memory.invocation(token)
        }

        fn model(&self, check: &str) -> String {
            format!("{check}-{}", self.models.fetch_add(1, Ordering::Relaxed))
        }

        async fn run(&self, model: &str, generation: u32) -> Result<Option<Run>, String> {
            Ok(self.memory.runs(model).into_iter().find(|run| run.generation == generation))
        }
    }

    fn stage() -> InMemory {
        InMemory { memory: Memory::at(script::at(0)), models: AtomicUsize::new(0) }
    }

    #[tokio::test]
    async fn the_ledger_in_memory_keeps_the_contract() {
        assert_eq!(broken(&ledger(&stage()).await), Vec::<String>::new());
    }

    #[tokio::test]
    async fn the_jobs_in_memory_keep_the_contract() {
        assert_eq!(broken(&jobs(&stage()).await), Vec::<String>::new());
    }
}
