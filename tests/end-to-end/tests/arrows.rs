//! The dependency arrows of the design, held by a test: nothing points back, only `aws` names an SDK, only functions
//! name the Lambda runtime, and the command line builds without either: it has its cloud behind a feature.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What each crate may use of the workspace, besides for its own tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("rekindle-decision", &[]),
    ("rekindle-events", &["rekindle-decision"]),
    ("rekindle-policy", &["rekindle-decision"]),
    ("rekindle-turn", &["rekindle-decision", "rekindle-policy"]),
    ("rekindle-replay", &["rekindle-decision", "rekindle-events", "rekindle-policy", "rekindle-turn"]),
    ("rekindle-aws", &["rekindle-decision", "rekindle-policy", "rekindle-turn"]),
    ("rekindle-handler", &["rekindle-aws", "rekindle-decision", "rekindle-events", "rekindle-turn"]),
    ("on-schedule", &["rekindle-handler"]),
    ("on-alarm", &["rekindle-handler"]),
    ("on-metric-check", &["rekindle-handler"]),
    ("on-training-end", &["rekindle-handler"]),
    (
        "rekindle",
        &[
            "rekindle-aws",
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
    (
        "rekindle-end-to-end",
        &["rekindle", "rekindle-fault-proxy", "rekindle-local-cloud", "rekindle-sagemaker-double"],
    ),
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

/// Arrows that are there only where a feature is asked for.
const OPTIONAL: &[(&str, &str)] = &[("rekindle", "rekindle-aws")];

#[test]
fn the_command_line_has_its_cloud_behind_a_feature() {
    let metadata = MetadataCommand::new().exec().unwrap();
    for package in metadata.workspace_packages() {
        let inside = package.dependencies.iter().filter(|it| it.name.starts_with("rekindle"));
        let optional: Vec<_> =
            inside.filter(|it| it.optional).map(|it| (package.name.as_str(), it.name.as_str())).collect();
        let drawn: Vec<_> =
            OPTIONAL.iter().copied().filter(|(from, _)| *from == package.name.as_str()).collect();
        assert_eq!(optional, drawn, "the optional arrows of {}", package.name);
    }
}

/// What cargo would compile for the command line alone: the workspace as a whole builds it with its cloud.
fn compiled(features: &[&str]) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "tree",
        "--package",
        "rekindle",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let output = command.args(features).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect()
}

#[test]
fn the_command_line_builds_without_a_cloud_sdk() {
    let sdk = |crates: &BTreeSet<String>| -> Vec<String> {
        crates.iter().filter(|name| name.starts_with("aws-") || *name == "lambda-runtime").cloned().collect()
    };
    let alone = compiled(&[]);
    assert!(alone.contains("rekindle-turn"), "the walk found nothing: {alone:?}");
    assert_eq!(sdk(&alone), [""; 0], "the command line pulls in a cloud");
    // With the feature it does: so the walk would have found one.
    assert!(sdk(&compiled(&["--features", "aws"])).contains(&"aws-sdk-ssm".to_owned()));
}
