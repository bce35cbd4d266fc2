//! `rekindle history`, as far as it reaches no cloud: what it says, and with which exit code.
#![cfg(test)]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

const CHURN: &str = include_str!("../demo/churn.yaml");

/// Ten days of an accuracy that falls by a thousandth an hour and is mended by a training on the fifth day, and what else
/// happened.
fn folder() -> TempDir {
    let mut table = "time,accuracy\n".to_owned();
    for hour in 0..240_u32 {
        let age = if hour <= 120 { hour } else { hour - 119 };
        let accuracy = 0.95 - 0.001 * f64::from(age);
        if !(30..33).contains(&hour) && hour != 77 {
            writeln!(table, "{},{accuracy:.3}", 1_793_577_600 + 3_600 * u64::from(hour)).unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("churn.yaml", CHURN),
        ("accuracy.csv", &table),
        ("trainings.csv", "time,training,took\n2026-11-06T23:00:00Z,rk-churn-g000007,2h\n"),
        (
            "alarms.csv",
            "time,alarm,state\n2026-11-06T21:00:00Z,churn-feature-drift,ALARM\n2026-11-07T02:00:00Z,churn-feature-drift,OK\n",
        ),
        (
            "people.jsonl",
            "{\"signal\":{\"signal\":\"asked\",\"models\":[\"churn\"]},\"at\":\"2026-11-06T22:00:00Z\"}\n",
        ),
        ("nothing.jsonl", ""),
        ("wrong.csv", "time,acuracy\n1,2\n"),
    ];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Exit code, and everything that is said: first what went to standard error.
fn says(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rekindle"))
        .arg("history")
        .args(arguments)
        .current_dir(folder)
        .env_remove("AWS_REGION")
        .env_remove("AWS_DEFAULT_REGION")
        .env("AWS_CONFIG_FILE", "none")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), format!("{}{}", text(output.stderr), text(output.stdout)))
}

/// What a person reads of a command, and its exit code.
fn page(folder: &Path, arguments: &[&str]) -> String {
    let (code, told) = says(folder, arguments);
    format!("$ rekindle history {}\n{told}[exit code {code}]", arguments.join(" "))
}

const ALL: [&str; 6] =
    ["show", "accuracy.csv", "trainings.csv", "alarms.csv", "people.jsonl", "--policy=churn.yaml"];

#[test]
fn show_says_what_is_in_a_history() {
    let here = folder();
    insta::assert_snapshot!("shown", page(here.path(), &ALL));
    insta::assert_snapshot!("little", page(here.path(), &["show", "accuracy.csv", "--policy=churn.yaml"]));
    insta::assert_snapshot!("nothing", page(here.path(), &["show", "nothing.jsonl"]));
}

#[test]
fn a_program_is_told_the_same() {
    let here = folder();
    let (code, told) = says(here.path(), &[&ALL[..], &["--json"]].concat());
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(code, 0);
    let series = &told["series"][0];
    assert_eq!(
        (&series["names"], &series["count"], &series["missing"]),
        (&json!(["accuracy"]), &json!(236), &json!(4))
    );
    assert_eq!(series["gaps"][0]["periods"], json!(3));
    assert!((series["ageing"]["worsening"].as_f64().unwrap() - 0.001).abs() < 1e-9);
    assert_eq!(told["alarms"][0]["rang"], json!(1));
    assert_eq!((&told["trainings"]["took"], &told["signals"]), (&json!("2h"), &json!({ "asked": 1 })));
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let here = folder();
    insta::assert_snapshot!("misspelt", page(here.path(), &["show", "wrong.csv", "--policy", "churn.yaml"]));
    insta::assert_snapshot!("no_policy", page(here.path(), &["show", "accuracy.csv"]));
    insta::assert_snapshot!("no_file", page(here.path(), &["show", "none.csv"]));
}
