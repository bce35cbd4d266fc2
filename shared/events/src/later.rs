//! EventBridge events that we know by name and do not read yet.

use crate::refusal::Problem;

/// Source, `detail-type`, and what we call the kind.
const KNOWN: [(&str, &str, &str); 1] =
    [("aws.sagemaker", "SageMaker Training Job State Change", "SageMaker training job event")];

/// Refuses a kind that a later version may read. It would be wrong to ignore it: somebody pointed a rule at us and
/// waits for an effect. As an event like any other it could start a job, whose end would start the next.
pub(crate) fn refuse(source: &str, detail_type: &str) -> Option<Problem> {
    let (.., kind) = KNOWN.iter().find(|(of, named, _)| (*of, *named) == (source, detail_type))?;
    Some(Problem::new(format!("`{detail_type}` is not read by this version")).resembling(kind))
}
