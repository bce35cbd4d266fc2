//! Training requests that IAM would refuse.

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::Policy;
use serde_json::Value;

use super::Ceilings;
use crate::check::MODEL;
use crate::fault::{Fault, Spot};

pub(super) fn beyond(policy: &Policy, ceilings: &Ceilings, faults: &mut Vec<Fault>) {
    let Ceilings { training_role, instance_types, max_runtime } = ceilings;
    if let Some(role) = training_role {
        other_role(policy, role, faults);
    }
    if let Some(allowed) = instance_types {
        other_instances(policy, allowed, faults);
    }
    if let Some(most) = max_runtime {
        too_long(policy, *most, faults);
    }
}

fn other_role(policy: &Policy, allowed: &str, faults: &mut Vec<Fault>) {
    let Some(role) = policy.training.get("RoleArn").and_then(Value::as_str) else { return };
    let role = role.replace(MODEL, &policy.model);
    if role != allowed {
        let spot = Spot::of(["training", "RoleArn"]);
        let fault = spot.fault(format!("IAM refuses to pass the role {role}: the deployment allows another"));
        faults.push(fault.hint(format!("write {allowed}, or deploy with another TrainingRoleArn")));
    }
}

fn other_instances(policy: &Policy, allowed: &[String], faults: &mut Vec<Fault>) {
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
        if instance.contains('{') || allowed.iter().any(|allowed| allowed == instance) {
            continue;
        }
        let fault = spot
            .at("InstanceType")
            .fault(format!("IAM refuses {instance}: the deployment does not allow it"));
        faults.push(
            fault.hint(format!(
                "use one of {}, or deploy with another AllowedInstanceTypes",
                allowed.join(", ")
            )),
        );
    }
}

fn too_long(policy: &Policy, most: Duration, faults: &mut Vec<Fault>) {
    let runtime = policy.training.get("StoppingCondition").and_then(|stop| stop.get("MaxRuntimeInSeconds"));
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
