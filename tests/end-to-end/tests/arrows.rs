//! The dependency arrows of the design, held by a test: nothing points back, only `aws` names an SDK, only functions
//! name the Lambda runtime, and the command line builds without either.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What each crate may use of the workspace, besides for its own tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("rekindle-decision", &[]),
    ("rekindle-events", &["rekindle-decision"]),
    ("rekindle-policy", &["rekindle-decision"]),
    ("rekindle-turn", &["rekindle-decision", "rekindle-policy"]),
    ("rekindle-replay", &["rekindle-decision", "rekindle-policy", "rekindle-turn"]),
    ("rekindle-aws", &["rekindle-decision", "rekindle-policy", "rekindle-turn"]),
    ("rekindle-handler", &["rekindle-aws", "rekindle-decision", "rekindle-events", "rekindle-turn"]),
    ("on-schedule", &["rekindle-handler"]),
    ("on-alarm", &["rekindle-handler"]),
    ("on-metric-check", &["rekindle-handler"]),
    ("on-training-end", &["rekindle-handler"]),
    (
        "rekindle",
        &[
            "rekindle-decision",
            "rekindle-events",
            "rekindle-local-cloud",
            "rekindle-policy",
            "rekindle-replay",
            "rekindle-sagemaker-double",
            "rekindle-turn",
        ],
    ),
    ("rekindle-sagemaker-double", &[]),
    ("rekindle-local-cloud", &[]),
    ("rekindle-fault-proxy", &[]),
    ("rekindle-end-to-end", &["rekindle-fault-proxy", "rekindle-local-cloud", "rekindle-sagemaker-double"]),
];

#[test]
fn the_arrows_are_those_of_the_design() {
    let metadata = MetadataCommand::new().exec().unwrap();
    let members: BTreeSet<_> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let drawn: BTreeMap<&str, BTreeSet<&str>> =
        ARROWS.iter().map(|(from, to)| (*from, to.iter().copied().collect())).collect();
    assert_eq!(members, drawn.keys().map(ToString::to_string).collect(), "a crate is missing in the drawing");

    for package in metadata.workspace_packages() {
        let normal =
            package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        let uses: BTreeSet<&str> = normal.clone().map(|dependency| dependency.name.as_str()).collect();
        let inside: BTreeSet<&str> = uses.iter().copied().filter(|name| members.contains(*name)).collect();
        assert_eq!(inside, drawn[package.name.as_str()], "the arrows of {}", package.name);

        for name in uses {
            let sdk = name.starts_with("aws-");
            assert!(!sdk || *package.name == *"rekindle-aws", "{} names {name}", package.name);
            let runtime = name == "lambda_runtime";
            let function = package.manifest_path.as_str().contains("/functions/");
            assert!(!runtime || function, "{} names {name}", package.name);
        }
    }
}

#[test]
fn the_command_line_builds_without_a_cloud_sdk() {
    let metadata = MetadataCommand::new().exec().unwrap();
    let resolve = metadata.resolve.as_ref().unwrap();
    let name = |id: &cargo_metadata::PackageId| metadata[id].name.to_string();
    let root =
        metadata.workspace_packages().iter().find(|package| *package.name == *"rekindle").unwrap().id.clone();
    let (mut open, mut seen) = (vec![root], BTreeSet::new());
    while let Some(id) = open.pop() {
        if !seen.insert(name(&id)) {
            continue;
        }
        let node = resolve.nodes.iter().find(|node| node.id == id).unwrap();
        let normal = node
            .deps
            .iter()
            .filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
        open.extend(normal.map(|dependency| dependency.pkg.clone()));
    }
    let sdk: Vec<_> =
        seen.iter().filter(|name| name.starts_with("aws-") || *name == "lambda_runtime").collect();
    assert!(sdk.is_empty(), "the command line pulls in {sdk:?}");
    assert!(seen.contains("rekindle-turn"), "the walk found nothing");
}
