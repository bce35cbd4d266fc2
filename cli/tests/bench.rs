//! `rekindle bench` as a person types it: own streams, mistakes in them, and that `--json` is JSON.
#![cfg(test)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn rekindle(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_rekindle");
    Command::new(program).arg("bench").args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Batches 3 to 5 are scored, with model 2 at the start. What is learned before batch 3 is of no use from there on.
const ABRUPT: &str = "# batch_size=100 train_window_batches=2; made by hand
0.1,,0.1,0.1,0.6,0.6,0.6
0.1,,,0.1,0.6,0.6,0.6
0.1,,,,0.6,0.6,0.6
0.2,,,,,0.2,0.2
0.1,,,,,,0.1
0.1
";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn own_streams_are_scored_to_the_batch() {
    let folder = folder(&[("abrupt.csv", ABRUPT), ("notes.txt", "not a stream")]);
    let output = rekindle(folder.path(), &["--streams", ".", "--retrain-costs", "0.05,0.5", "--json"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["streams"], &report["seed"]), (&json!(["abrupt"]), &json!(1)));
    let cell = report["cells"]
        .as_array()
        .unwrap()
        .iter()
        .find(|cell| cell["policy"] == "threshold 0.05" && cell["retrain_cost"] == 0.5);
    let cell = cell.unwrap();
    // 0.6 is lost on batch 3, and 0.2 on each of the two after it.
    assert_eq!((&cell["retrained_at"], &cell["optimum"]["retrained_at"]), (&json!([3]), &json!([3])));
    let number = |at: &str| cell.pointer(at).and_then(Value::as_f64).unwrap();
    assert!((number("/cost") - 1.5).abs() < 1e-12 && (number("/optimum/cost") - 1.5).abs() < 1e-12, "{cell}");
    assert!((number("/loss") - 1.0).abs() < 1e-12 && (number("/ratio") - 1.0).abs() < 1e-12, "{cell}");

    let table = rekindle(folder.path(), &["--streams", ".", "--retrain-costs", "0.05,0.5"]);
    let line = |begin: &str| text(&table.stdout).lines().find(|line| line.starts_with(begin));
    // Nothing is said of false starts where the stream without drift is not among them.
    assert_eq!(line("policy"), Some("policy                 mean   worst  stream  chosen on"));
    assert_eq!(line("threshold"), Some("threshold 0.05        1.025   1.025  abrupt  nothing"));
}

#[test]
fn without_a_folder_the_streams_are_those_that_come_with_the_tool() {
    let folder = folder(&[]);
    let output = rekindle(folder.path(), &["--retrain-costs", "0.1", "--seed", "2"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let first = text(&output.stdout).lines().next();
    assert_eq!(first, Some("14 streams x 1 retrain cost = 14 cells, seed 2"));
}

#[test]
fn what_is_wrong_is_said_with_where_and_what_to_do() {
    let folder = folder(&[("abrupt.csv", ABRUPT)]);
    let path = |name: &str| folder.path().join(name);
    for empty in ["wrong", "twice", "none"] {
        std::fs::create_dir(path(empty)).unwrap();
    }
    std::fs::write(path("wrong/a.csv"), ABRUPT.replace("0.2,,,,,0.2", "0.2,,,,,20 %")).unwrap();
    std::fs::write(path("twice/a.csv"), ABRUPT.replace("# ", "# stream=b ")).unwrap();
    std::fs::write(path("twice/b.csv"), ABRUPT).unwrap();
    let mut said = Vec::new();
    for arguments in [
        ["--streams", "wrong"],
        ["--streams", "twice"],
        ["--streams", "none"],
        ["--streams", "nowhere"],
        ["--retrain-costs", "0.1,-1"],
        ["--retrain-costs", "NaN"],
    ] {
        let output = rekindle(folder.path(), &arguments);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""), "{arguments:?}");
        said.push(format!("$ rekindle bench {}\n{}", arguments.join(" "), text(&output.stderr)));
    }
    insta::assert_snapshot!(said.join("\n"));
}
