//! What `check` prints of policies with a mistake in them, and that what is made of the grammar is current.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const REKINDLE: &str = env!("CARGO_BIN_EXE_rekindle");

fn broken() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/policy/tests/broken_policies")
}

fn files() -> Vec<String> {
    let entries = fs::read_dir(broken()).unwrap();
    let mut files: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    files
}

/// What a person reads who checks a file, and the exit code.
fn checked(arguments: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(REKINDLE).arg("check").args(arguments).current_dir(broken()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let told = format!("{}{}", text(output.stderr), text(output.stdout));
    (told, output.status.code())
}

/// One page for each, to be read aloud.
#[test]
fn broken_policies_are_explained() {
    let files = files();
    assert!(files.len() >= 20, "{}", files.len());
    for file in files {
        let (told, code) = checked(&[&file]);
        let meant = fs::read_to_string(broken().join(&file)).unwrap();
        let meant = meant.lines().next().unwrap_or_default();
        let name = file.trim_end_matches(".yaml");
        let page = format!("{meant}\n$ rekindle check {file}\n{told}[exit code {}]", code.unwrap());
        insta::assert_snapshot!(name, page);
        // Whoever is told of an error is told what to do; whoever is warned has a policy.
        assert!(told.contains("hint: "), "{file}");
        assert_eq!(code == Some(0), !told.contains("error: "), "{file}");
        assert_ne!(told.contains("error: "), told.contains("warning: "), "{file}");
    }
}

#[test]
fn a_program_is_told_how_severe_a_problem_is() {
    let severities = |file: &str| {
        let (told, _) = checked(&["--json", file]);
        let problems: Vec<Value> = serde_json::from_str(&told).unwrap();
        problems.iter().map(|problem| problem["severity"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(severities("01-misspelt-kind.yaml"), ["error"]);
    assert_eq!(severities("17-beyond-the-ceilings.yaml"), ["warning", "warning"]);
}

#[test]
fn the_ceilings_of_the_deployment_can_be_told() {
    let file = "17-beyond-the-ceilings.yaml";
    let (told, _) = checked(&["--instance-types", "ml.m5.large,ml.p3.2xlarge", file]);
    assert!(!told.contains("ml.p3.2xlarge: the") && told.contains("the deployment allows 6h"), "{told}");
    let (told, code) = checked(&["--instance-types", "ml.p3.2xlarge", "--max-runtime", "1d", file]);
    assert_eq!((told.as_str(), code), ("good: 1 model, churn\n", Some(0)));
}

#[test]
fn the_examples_are_good_without_a_warning() {
    let mut files: Vec<PathBuf> = fs::read_dir(broken().join("../../../../infra/policies"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.sort();
    assert!(files.len() >= 6, "{files:?}");
    let machines = "ml.m5.large,ml.m5.xlarge,ml.m5.2xlarge,ml.g5.48xlarge";
    for file in &files {
        let (told, code) = checked(&["--instance-types", machines, file.to_str().unwrap()]);
        assert!(told.starts_with("good: ") && code == Some(0), "{told}");
        // A standard parameter holds 4 KB.
        assert!(fs::metadata(file).unwrap().len() <= 4096, "{}", file.display());
    }
    // No two of them are for one model.
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let (told, code) = checked(&files);
    assert!(
        code == Some(0) && told.contains("good: 505 models, credit-default, defect-vision, … tenant-500"),
        "{told}"
    );
}

#[test]
fn the_reference_that_people_read_is_the_one_of_the_code() {
    let committed = include_str!("../../infra/policies/REFERENCE.md");
    let output = Command::new(REKINDLE).args(["schema", "--markdown"]).output().unwrap();
    let current = String::from_utf8(output.stdout).unwrap();
    assert_eq!(committed, current, "run `cargo run -- schema --markdown > infra/policies/REFERENCE.md`");
}
