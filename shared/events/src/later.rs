//! EventBridge events that we know by name and do not read yet.

use crate::refusal::Problem;

/// Source, `detail-type`, and what we call the kind.
const KNOWN: [(&str, &str, &str); 8] = [
    ("aws.sagemaker", "SageMaker Training Job State Change", "SageMaker training job event"),
    (
        "aws.sagemaker",
        "SageMaker Model Building Pipeline Execution Status Change",
        "SageMaker pipeline event",
    ),
    (
        "aws.sagemaker",
        "SageMaker Model Building Pipeline Execution Step Status Change",
        "SageMaker pipeline step event",
    ),
    ("aws.sagemaker", "SageMaker Processing Job State Change", "SageMaker processing job event"),
    ("aws.sagemaker", "SageMaker Model Package State Change", "SageMaker model package event"),
    ("aws.sagemaker", "SageMaker Monitoring Schedule State Change", "SageMaker monitoring schedule event"),
    ("aws.glue-dataquality", "Data Quality Evaluation Results Available", "Glue data quality event"),
    ("aws.s3", "Object Created", "S3 object event"),
];

/// Refuses a kind that a later version may read. It would be wrong to ignore it: somebody pointed a rule at us and
/// waits for an effect.
pub(crate) fn refuse(source: &str, detail_type: &str) -> Option<Problem> {
    let (.., kind) = KNOWN.iter().find(|(of, named, _)| (*of, *named) == (source, detail_type))?;
    Some(Problem::new(format!("`{detail_type}` is not read by this version")).resembling(kind))
}
