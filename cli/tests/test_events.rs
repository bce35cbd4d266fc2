//! The test events that people save in Lambda's console: what the functions make of each, and that none starts a training
//! unless its name says so, even if its model's policy would.
#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;
use rekindle_decision::signal::{AlarmState, Signal};
use rekindle_events::{Reading, read};
use rekindle_policy::Text;
use rekindle_turn::memory::Memory;
use rekindle_turn::{Summary, end, turn};
use serde_json::{Value, json};

const FUNCTIONS: [&str; 4] = ["on-schedule", "on-alarm", "on-metric-check", "on-training-end"];
const MODEL: &str = "example-churn";
/// One event: its file, how it is read, and what the answer says of it.
struct Row {
    file: &'static str,
    read_as: &'static str,
    identity: Option<&'static str>,
    answer: &'static str,
    starts: usize,
}

const TICK: &str = "2026-01-05T03:00:00Z";

fn rows() -> Vec<Row> {
    let row = |file, read_as, identity, answer| Row { file, read_as, identity, answer, starts: 0 };
    let alarm = Some(
        "alarm:arn:aws:cloudwatch:eu-central-1:445566778899:alarm:example-churn-feature-drift@1767592830123",
    );
    let said = "an event said that alarm example-churn-feature-drift went to ALARM";
    vec![
        row(
            "on-schedule--tick-of-a-rule",
            "scheduled",
            Some("schedule:arn:aws:events:eu-central-1:445566778899:rule/rekindle-weekly:-:@1767582000000"),
            "and is dropped",
        ),
        row(
            "on-schedule--tick-of-scheduler",
            "scheduled",
            Some(
                "schedule:arn:aws:scheduler:eu-central-1:445566778899:schedule/rekindle/rekindle-weekly:weekly:example-churn@1767582000000",
            ),
            "and is dropped",
        ),
        row("on-alarm--alarm-via-eventbridge", "alarmed", alarm, said),
        row("on-alarm--alarm-as-a-direct-action", "alarmed", alarm, said),
        row("on-alarm--alarm-via-sns", "alarmed", alarm, said),
        row("on-alarm--retrain-dry-run", "asked", None, "dry_run"),
        Row { starts: 1, ..row("on-alarm--retrain-forced", "asked", None, "ana asked with force") },
        row(
            "on-alarm--confirm",
            "confirmed",
            Some("confirm:2f6642c4b1a09d8e7f60515243342516"),
            "asks nobody before a start",
        ),
        row("on-alarm--suspend", "controlled", None, "rest"),
        row("on-alarm--resume", "controlled", None, "rest"),
        row("on-alarm--cancel", "controlled", None, "rest"),
        row("on-alarm--close-breaker", "controlled", None, "rest"),
        row(
            "on-alarm--object-created",
            "arrived",
            Some("arrival:example-training/example-churn/2026-01-05/part-0000.parquet/00695B2A18E5C1A7F0"),
            "no policy counts this arrival",
        ),
        row(
            "on-alarm--policy-changed",
            "edited",
            Some("policy:/rekindle/policies/example-churn@1767604360000"),
            "Accepted: /rekindle/policies/example-churn revision 1",
        ),
        row("on-metric-check--sweep-of-one-model", "sweep", None, "rest"),
        row(
            "on-training-end--job-ended",
            "training_ended",
            Some("job:rk-example-churn-c9e17210-g000001:Completed"),
            "\"not_ours\":1",
        ),
    ]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/test-events")
}

fn files() -> Vec<String> {
    let names = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<String> = names
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    files
}

fn signal(file: &str) -> Signal {
    let bytes = fs::read(folder().join(format!("{file}.json"))).unwrap();
    let mut entries = read(&bytes);
    assert_eq!(entries.len(), 1, "{file}");
    match entries.remove(0).reading {
        Ok(Reading::Signal(signal)) => signal,
        other => panic!("{file}: {other:?}"),
    }
}

/// The example policy, as it would be if somebody had put it in force.
fn enforced() -> Text {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/policies/churn.yaml");
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains("\nmode: observe\n"));
    Text::new("/rekindle/policies/example-churn", 1, text.replace("\nmode: observe\n", "\nmode: enforce\n"))
}

#[test]
fn every_file_has_a_row_and_belongs_to_a_function() {
    let mut known: Vec<&str> = rows().iter().map(|row| row.file).collect();
    known.sort_unstable();
    assert_eq!(files(), known);
    for file in known {
        let (function, what) = file.split_once("--").unwrap();
        assert!(FUNCTIONS.contains(&function) && !what.is_empty(), "{file}");
    }
}

#[test]
fn the_command_line_reads_each_as_the_table_says() {
    for Row { file, read_as, identity, .. } in rows() {
        let path = folder().join(format!("{file}.json"));
        let output =
            Command::new(env!("CARGO_BIN_EXE_rekindle")).arg("parse-event").arg(&path).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{file}: {}", String::from_utf8_lossy(&output.stderr));
        let shown: Vec<BTreeMap<String, Value>> = serde_json::from_slice(&output.stdout).unwrap();
        let [shown] = shown.as_slice() else { panic!("{file}: {}", shown.len()) };
        assert_eq!(shown["signal"], read_as, "{file}");
        if let Some(identity) = identity {
            assert_eq!(shown["identity"], identity, "{file}");
        }
    }
}

/// A turn on what the event says, in a world in which the model's policy is in force and its alarm is quiet.
async fn taken(file: &str) -> (Summary, usize) {
    let now: Timestamp = "2026-11-28T09:00:00Z".parse().unwrap();
    let world = Memory::at(now);
    world.put_policies([enforced()]);
    world.set_alarm("example-churn-feature-drift", AlarmState::Ok);
    let signals = [signal(file)];
    let summary = if file.starts_with("on-training-end") {
        end(&world, &signals).await
    } else {
        turn(&world, &signals).await.unwrap()
    };
    (summary, world.creations())
}

#[tokio::test]
async fn none_starts_a_training_unless_its_name_says_so() {
    for Row { file, answer, starts, .. } in rows() {
        let (summary, started) = taken(file).await;
        assert_eq!(started, starts, "{file}: {}", json!(summary));
        assert_eq!(starts > 0, file.ends_with("-forced"), "{file}");
        let told = json!(summary).to_string().to_lowercase();
        assert!(told.contains(&answer.to_lowercase()), "{file}: {told}");
    }
}

/// Whatever it is put to: old enough to be dropped, or about a model that only the example has.
#[test]
fn each_speaks_of_the_example_only_and_of_long_ago() {
    for file in files() {
        let text = fs::read_to_string(folder().join(format!("{file}.json"))).unwrap();
        assert!(text.contains(MODEL) || file == "on-schedule--tick-of-a-rule", "{file}");
        if let Signal::Scheduled(tick) = signal(&file) {
            assert_eq!(tick.at, Some(TICK.parse().unwrap()), "{file}");
        }
        if let Signal::Asked(ask) = signal(&file) {
            assert_eq!(ask.dry_run, !file.ends_with("-forced"), "{file}");
        }
    }
}

#[test]
fn the_readme_tells_of_every_file_and_of_no_other() {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    let mut told: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("| `")).collect();
    told = told.into_iter().filter_map(|rest| rest.split('`').next()).collect();
    told.retain(|name| name.split_once("--").is_some_and(|(function, _)| FUNCTIONS.contains(&function)));
    told.sort_unstable();
    assert_eq!(told, files());
}
