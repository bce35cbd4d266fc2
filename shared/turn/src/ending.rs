//! How a training job has ended, from what SageMaker says of it.

use jiff::Timestamp;

use crate::ledger::{Close, EndCause};
use crate::prices::Prices;
use crate::world::{Job, JobStatus};

/// The end of a generation, before its job was asked.
pub(crate) struct Open<'a> {
    pub(crate) model: &'a str,
    pub(crate) generation: u32,
    /// The turn that looks.
    pub(crate) turn: &'a str,
    /// When the start was decided.
    pub(crate) since: Timestamp,
    /// Whether we asked it to stop.
    pub(crate) stopping: bool,
    pub(crate) now: Timestamp,
}

/// What to write of a job that has ended; `None` while it runs, as far as SageMaker says. A job that is absent was deleted:
/// whoever asks must know that it was there.
pub(crate) fn close(open: &Open<'_>, job: Job, prices: &Prices) -> Option<Close> {
    let close = Close {
        model: open.model.to_owned(),
        generation: open.generation,
        turn: open.turn.to_owned(),
        status: String::new(),
        since: open.since,
        arn: None,
        ended: None,
        now: open.now,
        billable_seconds: None,
        cost: None,
        metrics: std::collections::BTreeMap::new(),
        failure: None,
        cause: None,
    };
    match job {
        Job::Absent => Some(Close {
            status: "Deleted".to_owned(),
            failure: Some("SageMaker knows no job of this name".to_owned()),
            cause: Some(EndCause::Deleted),
            ..close
        }),
        Job::Found {
            arn, status, secondary, ended, billable_seconds, failure, metrics, instances, ..
        } => {
            let word = status.ended()?;
            let cause = cause(status, secondary.as_deref(), failure.as_deref(), open.stopping);
            Some(Close {
                status: word.to_owned(),
                arn: Some(arn),
                ended,
                billable_seconds,
                cost: billable_seconds.and_then(|seconds| prices.cost(&instances, seconds)),
                metrics,
                failure,
                cause,
                ..close
            })
        }
    }
}

/// Words that begin, or stand in, SageMaker's sentence about a failure, with what they tell. The sentence is not a contract:
/// it says who is to be called, and never what is done next.
const TOLD: [(&str, EndCause); 13] = [
    ("CapacityError", EndCause::Capacity),
    ("InsufficientCapacity", EndCause::Capacity),
    ("ResourceLimitExceeded", EndCause::Quota),
    ("service limit", EndCause::Quota),
    ("NoSuchKey", EndCause::Data),
    ("NoSuchBucket", EndCause::Data),
    ("No S3 objects found", EndCause::Data),
    ("Data download failed", EndCause::Data),
    ("input data", EndCause::Data),
    ("AlgorithmError", EndCause::Algorithm),
    ("ExecuteUserScriptError", EndCause::Algorithm),
    ("ClientError", EndCause::Data),
    ("InternalServerError", EndCause::Service),
];

fn cause(
    status: JobStatus,
    secondary: Option<&str>,
    failure: Option<&str>,
    stopping: bool,
) -> Option<EndCause> {
    match (status, secondary) {
        (JobStatus::Completed | JobStatus::InFlight, _) => None,
        (JobStatus::Stopped | JobStatus::Failed, Some("MaxRuntimeExceeded")) => Some(EndCause::Limit),
        // Spot: it waited for a machine for as long as it was allowed to.
        (JobStatus::Stopped | JobStatus::Failed, Some("MaxWaitTimeExceeded")) => Some(EndCause::Capacity),
        (JobStatus::Stopped, _) if stopping => Some(EndCause::Replaced),
        (JobStatus::Stopped, _) => Some(EndCause::Stopped),
        (JobStatus::Failed, _) => {
            let said = failure.unwrap_or_default();
            let known = TOLD.iter().find(|(words, _)| said.contains(words));
            Some(known.map_or(EndCause::Unknown, |(_, cause)| *cause))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::well(JobStatus::Completed, "Completed", "", false, None)]
    #[case::no_machine(
        JobStatus::Failed,
        "Failed",
        "CapacityError: Unable to provision requested ML compute capacity",
        false,
        Some(EndCause::Capacity)
    )]
    #[case::quota(
        JobStatus::Failed,
        "Failed",
        "ResourceLimitExceeded: the account-level service limit is 0",
        false,
        Some(EndCause::Quota)
    )]
    #[case::no_input(
        JobStatus::Failed,
        "Failed",
        "ClientError: Data download failed: NoSuchKey (404)",
        false,
        Some(EndCause::Data)
    )]
    #[case::code(
        JobStatus::Failed,
        "Failed",
        "AlgorithmError: ExecuteUserScriptError: exit code 1",
        false,
        Some(EndCause::Algorithm)
    )]
    #[case::sagemaker(
        JobStatus::Failed,
        "Failed",
        "InternalServerError: We encountered an internal error",
        false,
        Some(EndCause::Service)
    )]
    #[case::without_a_word(JobStatus::Failed, "Failed", "", false, Some(EndCause::Unknown))]
    #[case::too_long(JobStatus::Stopped, "MaxRuntimeExceeded", "", false, Some(EndCause::Limit))]
    #[case::too_long_while_we_stopped_it(
        JobStatus::Stopped,
        "MaxRuntimeExceeded",
        "",
        true,
        Some(EndCause::Limit)
    )]
    #[case::no_spot(JobStatus::Stopped, "MaxWaitTimeExceeded", "", false, Some(EndCause::Capacity))]
    #[case::by_a_person(JobStatus::Stopped, "Stopped", "", false, Some(EndCause::Stopped))]
    #[case::by_us(JobStatus::Stopped, "Stopped", "", true, Some(EndCause::Replaced))]
    fn why_it_ended(
        #[case] status: JobStatus,
        #[case] secondary: &str,
        #[case] failure: &str,
        #[case] stopping: bool,
        #[case] wanted: Option<EndCause>,
    ) {
        assert_eq!(cause(status, Some(secondary), Some(failure), stopping), wanted);
    }
}
