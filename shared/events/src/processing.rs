//! Processing jobs of SageMaker, some of which are runs of Model Monitor.

use rekindle_decision::signal::What;

use crate::envelope::{arrived, detail, ignored, resource};
use crate::object::Object;
use crate::refusal::{Problem, shown};
use crate::{Reading, arn};

pub(crate) const DETAIL_TYPE: &str = "SageMaker Processing Job State Change";

/// Reads a change of a processing job: its end is news, everything before is not.
pub(crate) fn read(event: &Object<'_>) -> Result<Reading, Problem> {
    changed(event).map_err(|problem| problem.resembling("SageMaker processing job event"))
}

fn changed(event: &Object<'_>) -> Result<Reading, Problem> {
    let (value, path) = detail(event)?;
    let detail = Object::new(&value, path)?;
    let status = match detail.need_text("ProcessingJobStatus")? {
        ended @ ("Completed" | "Failed" | "Stopped") => ended,
        "InProgress" | "Stopping" => {
            return Ok(ignored("processing job that goes on", "only its end can have found anything"));
        }
        other => {
            return Err(Problem::new(format!(
                "`{}` is {}, which is none of `InProgress`, `Completed`, `Failed`, `Stopping`, `Stopped`",
                detail.at("ProcessingJobStatus"),
                shown(other)
            )));
        }
    };
    let job = job(event, &detail)?;
    // The end of the job where told: the envelope has the instant of the telling.
    let at = match (detail.instant("ProcessingEndTime")?, detail.instant("LastModifiedTime")?) {
        (Some(at), _) | (None, Some(at)) => at,
        (None, None) => event.need_instant("time")?,
    };
    let id = format!("{job}@{status}");
    arrived(id, at, What::MonitoringRun { job: job.into(), status: status.into() }, event)
}

/// The ARN of the job. The one inside counts: the list outside has been seen with another Region's.
fn job<'a>(event: &Object<'a>, detail: &Object<'a>) -> Result<&'a str, Problem> {
    let (arn, path) = match (detail.text("ProcessingJobArn")?, resource(event)?) {
        (Some(arn), _) => (arn, detail.at("ProcessingJobArn")),
        (None, Some(arn)) => (arn, event.at("resources[0]")),
        (None, None) => return Err(detail.missing("ProcessingJobArn")),
    };
    if arn::is_processing_job(arn) {
        return Ok(arn);
    }
    Err(Problem::new(format!("`{path}` is {}, which is not the ARN of a processing job", shown(arn))))
}
