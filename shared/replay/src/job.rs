//! Training jobs as SageMaker sees them.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_turn::world::JobStatus;
use std::collections::BTreeMap;

use crate::dice::Dice;

/// How a training job will end.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// How long it runs.
    pub after: Duration,
    /// How it ends.
    pub status: JobStatus,
    /// What it reports at its end.
    pub metrics: BTreeMap<String, f64>,
    /// SageMaker's sentence about a failure.
    pub failure: Option<String>,
}

/// Decides how a job will end that was just accepted.
pub type Outcomes = Box<dyn FnMut(&mut Dice, &Made) -> Ending + Send>;

/// A training job that SageMaker has accepted from us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The model, as the job's environment has it.
    pub model: String,
    /// The job's name.
    pub name: String,
    /// The decision, as the job's environment has it.
    pub decision: String,
    /// When it was created.
    pub created: Timestamp,
    /// Who asked for it: the name of the invocation.
    pub by: String,
}
