//! Training jobs of SageMaker: the end of one of ours closes a run, and starts nothing.

use rekindle_decision::identity::generation_of;
use rekindle_decision::signal::{Signal, TrainingEnd};

use crate::Reading;
use crate::envelope::{detail, ignored, need_id, replay};
use crate::object::Object;
use crate::refusal::{Problem, shown};

pub(crate) const DETAIL_TYPE: &str = "SageMaker Training Job State Change";

const NOT_OURS: &str = "training job that is not ours";

/// Reads a change of a training job. The name is its identity, not the ARN: the name holds the generation, and it is what
/// the job is asked by.
pub(crate) fn read(event: &Object<'_>) -> Result<Reading, Problem> {
    changed(event).map_err(|problem| problem.resembling("SageMaker training job event"))
}

fn changed(event: &Object<'_>) -> Result<Reading, Problem> {
    let (value, path) = detail(event)?;
    let detail = Object::new(&value, path)?;
    let job = need_id(&detail, "TrainingJobName")?;
    let status = detail.need_text("TrainingJobStatus")?;
    let replay = replay(event)?;
    if detail.text("TuningJobArn")?.is_some_and(|arn| !arn.trim().is_empty()) {
        return Ok(ignored(NOT_OURS, "it is one of a tuning job, and we start none of those"));
    }
    if generation_of(job).is_none() {
        return Ok(ignored(NOT_OURS, "its name is not one that we give"));
    }
    // A word that we do not know is no end: at the latest the sweep asks the job itself.
    if !matches!(status, "Completed" | "Failed" | "Stopped") {
        let why = format!("{} is no end, and only its end closes a run", shown(status));
        return Ok(ignored("training job that goes on", &why));
    }
    let end = TrainingEnd { job: job.into(), status: status.into(), replay };
    Ok(Reading::Signal(Signal::TrainingEnded(end)))
}
