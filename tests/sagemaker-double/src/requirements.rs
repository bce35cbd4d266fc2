//! What SageMaker demands of a training job beyond its published model.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::Refusal;

/// Twenty-eight days.
const LONGEST_RUNTIME_SECONDS: i64 = 28 * 24 * 3600;

/// The model relaxed these members for serverless jobs; every other job needs them.
pub(crate) fn check(request: &Value) -> Result<(), Refusal> {
    if present(request, "/ServerlessJobConfig") {
        return Ok(());
    }
    for needed in ["AlgorithmSpecification", "ResourceConfig", "StoppingCondition"] {
        demand(
            present(request, &format!("/{needed}")),
            &format!("{needed} is required for a training job."),
        )?;
    }
    demand(
        present(request, "/AlgorithmSpecification/TrainingImage")
            != present(request, "/AlgorithmSpecification/AlgorithmName"),
        "You must specify either an algorithm name or a training image, but not both.",
    )?;
    demand(
        !instances(request).is_empty(),
        "ResourceConfig needs InstanceType and InstanceCount, InstanceGroups, or InstancePreferences.",
    )?;
    check_times(request)
}

fn check_times(request: &Value) -> Result<(), Refusal> {
    let time = |name| request.pointer(&format!("/StoppingCondition/{name}")).and_then(Value::as_i64);
    let runtime = time("MaxRuntimeInSeconds").unwrap_or(24 * 3600);
    let wait = time("MaxWaitTimeInSeconds");
    let spot = request.get("EnableManagedSpotTraining") == Some(&Value::Bool(true));
    demand(
        runtime <= LONGEST_RUNTIME_SECONDS,
        &format!("MaxRuntimeInSeconds above the limit of {LONGEST_RUNTIME_SECONDS} seconds is not allowed."),
    )?;
    demand(
        !spot || wait.is_some(),
        "MaxWaitTimeInSeconds must be set when EnableManagedSpotTraining is true.",
    )?;
    demand(
        wait.is_none_or(|wait| wait >= runtime),
        "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds.",
    )
}

/// What the job may run on, by instance type, in order of preference.
pub(crate) fn instances(request: &Value) -> Vec<BTreeMap<String, u64>> {
    let Some(resources) = request.get("ResourceConfig") else { return Vec::new() };
    let listed = |name| resources.get(name).and_then(Value::as_array);
    if let Some(preferences) = listed("InstancePreferences") {
        let shared = count(resources).unwrap_or(1);
        return preferences
            .iter()
            .filter_map(|p| Some(BTreeMap::from([(kind(p)?, count(p).unwrap_or(shared))])))
            .collect();
    }
    let groups = listed("InstanceGroups").map_or_else(|| vec![resources], |groups| groups.iter().collect());
    let mut together = BTreeMap::new();
    for group in groups {
        if let (Some(kind), Some(count)) = (kind(group), count(group)) {
            *together.entry(kind).or_default() += count;
        }
    }
    if together.is_empty() { Vec::new() } else { vec![together] }
}

fn kind(group: &Value) -> Option<String> {
    group.get("InstanceType")?.as_str().map(str::to_owned)
}

fn count(group: &Value) -> Option<u64> {
    group.get("InstanceCount")?.as_u64()
}

fn present(request: &Value, pointer: &str) -> bool {
    request.pointer(pointer).is_some_and(|value| !value.is_null())
}

fn demand(met: bool, otherwise: &str) -> Result<(), Refusal> {
    if met { Ok(()) } else { Err(Refusal::validation(otherwise)) }
}
