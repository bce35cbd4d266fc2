//! Training requests that IAM would refuse.

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::Policy;
use serde_json::Value;

use super::Ceilings;
use crate::fault::{Fault, Spot};

pub(super) fn warn(policy: &Policy, ceilings: &Ceilings, faults: &mut Vec<Fault>) {
    let spot = Spot::of(["training", "ResourceConfig"]);
    let resources = policy.training.get("ResourceConfig");
    let groups = resources.and_then(|resources| resources.get("InstanceGroups")).and_then(Value::as_array);
    let groups = groups.into_iter().flatten().enumerate();
    let places = resources
        .map(|resources| (spot.clone(), resources))
        .into_iter()
        .chain(groups.map(|(index, group)| (spot.at("InstanceGroups").item(index), group)));
    for (spot, place) in places {
        let Some(instance) = place.get("InstanceType").and_then(Value::as_str) else { continue };
        if instance.contains('{') || ceilings.instance_types.iter().any(|allowed| allowed == instance) {
            continue;
        }
        let fault = spot
            .at("InstanceType")
            .fault(format!("IAM refuses {instance}: the deployment does not allow it"));
        faults.push(fault.hint(format!(
            "use one of {}, or deploy with another AllowedInstanceTypes",
            ceilings.instance_types.join(", ")
        )));
    }
    let runtime = policy.training.get("StoppingCondition").and_then(|stop| stop.get("MaxRuntimeInSeconds"));
    let most = ceilings.max_runtime;
    if let Some(seconds) = runtime.and_then(Value::as_u64).filter(|seconds| *seconds > most.seconds()) {
        let spot = Spot::of(["training", "StoppingCondition", "MaxRuntimeInSeconds"]);
        let message = format!(
            "IAM refuses a runtime of {}: the deployment allows {most}",
            Duration::from_seconds(seconds)
        );
        faults.push(
            spot.fault(message)
                .hint(format!("write {} or less, or deploy with another MaxRuntimeSeconds", most.seconds())),
        );
    }
}
