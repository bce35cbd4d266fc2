//! The commands as a person types them: exit codes, what goes where, and that `--json` is JSON.
#![cfg(test)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn rekindle(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rekindle"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn parse_event_answers_with_its_exit_code() {
    for (event, code) in [
        (r#"{"rekindle": "sweep"}"#, 0),
        (r#"{"source": "rekindle", "detail-type": "Retraining Started", "detail": {}}"#, 3),
        (r#"{"rekindle": "retrain", "modle": "churn"}"#, 4),
        ("not JSON", 4),
        ("", 4),
    ] {
        let output = rekindle(&["parse-event", "-"], event);
        assert_eq!(output.status.code(), Some(code), "{event}: {}", err(&output));
        assert!(serde_json::from_str::<Value>(&out(&output)).unwrap().is_array(), "{event}");
        assert_eq!(err(&output).is_empty(), code != 4, "a refusal is told to people, too");
    }
}

#[test]
fn a_queue_with_one_bad_message_is_refused_and_shows_the_good_one() {
    let queue = serde_json::json!({ "Records": [
        { "messageId": "m0", "eventSource": "aws:sqs", "body": r#"{"rekindle": "sweep"}"# },
        { "messageId": "m1", "eventSource": "aws:sqs", "body": "{}" },
    ] });
    let output = rekindle(&["parse-event", "-"], &queue.to_string());
    assert_eq!(output.status.code(), Some(4));
    let read: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(
        (&read[0]["signal"], &read[1]["reading"], &read[1]["message_id"]),
        (&"sweep".into(), &"refused".into(), &"m1".into())
    );
}

#[test]
fn check_shows_the_line_and_exits_with_one() {
    let output = rekindle(&["check", "demo/churn.yaml"], "");
    assert_eq!(
        (output.status.code(), out(&output).as_str()),
        (Some(0), "good: 1 model, churn\n"),
        "{}",
        err(&output)
    );

    let policy = "model: churn\ntriggers:\n  accuracy:\n    metric: { namespace: A, name: b, statistic: Average, period: 1h }\n    belwo: 0.8\ntraining: {}\n";
    let output = rekindle(&["check", "-"], policy);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(err(&output), @r"
    error: -:5:5: triggers.accuracy.belwo: unknown field `belwo`
    5 |     belwo: 0.8
      |     ^

    hint: did you mean `below`?

    1 problem
    ");
    let problems: Value = serde_json::from_str(&out(&rekindle(&["check", "--json", "-"], policy))).unwrap();
    assert_eq!((&problems[0]["line"], &problems[0]["column"]), (&5.into(), &5.into()));
}

#[test]
fn two_documents_that_claim_one_model_are_a_problem() {
    let output = rekindle(&["check", "demo/churn.yaml", "-"], include_str!("../demo/churn.yaml"));
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("the model `churn` already has its policy in"), "{}", err(&output));
}

#[test]
fn check_reads_folders() {
    let folder = tempfile::tempdir().unwrap();
    let policy = include_str!("../demo/churn.yaml");
    let write = |file: &str, text: &str| {
        let file = folder.path().join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    let check = |more: &[&str]| rekindle(&[&["check", folder.path().to_str().unwrap()], more].concat(), "");
    let empty = check(&[]);
    assert_eq!(empty.status.code(), Some(2));
    assert!(err(&empty).contains("name a folder with files that end in .yaml"), "{}", err(&empty));

    write("churn.yaml", policy);
    write("team/orders.yml", &policy.replace("model: churn", "model: orders"));
    write("README.md", "no policy");
    write(".git/draft.yaml", "no policy");
    let told = check(&[]);
    assert_eq!((told.status.code(), out(&told).as_str()), (Some(0), "good: 2 models, churn, orders\n"));
    // A file of it that is named as well is the same document.
    let told = check(&[folder.path().join("churn.yaml").to_str().unwrap()]);
    assert_eq!(told.status.code(), Some(0), "{}", err(&told));

    write("again.yaml", policy);
    let told = check(&[]);
    assert_eq!(told.status.code(), Some(1));
    assert!(err(&told).contains("the model `churn` already has its policy in"), "{}", err(&told));
}

#[test]
fn decide_explains_with_the_whole_tree() {
    let arguments = ["decide", "--policy", "demo/churn.yaml", "--facts", "demo/facts.json"];
    let output = rekindle(&arguments, "");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    insta::assert_snapshot!(out(&output).trim_end());

    let ruling: Value =
        serde_json::from_str(&out(&rekindle(&[&arguments[..], &["--json"]].concat(), ""))).unwrap();
    assert_eq!(ruling["decision"]["verdict"], "hold");
    assert_eq!(ruling["look_again_at"], "2026-11-12T21:00:00Z");
}

#[test]
fn decide_says_what_it_does_not_hear_and_what_observing_means() {
    let policy = include_str!("../demo/churn.yaml").replace("model: churn", "model: churn\nmode: observe");
    let folder = std::env::temp_dir().join(format!("rekindle-decide-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("observe.yaml");
    std::fs::write(&file, policy).unwrap();
    let facts = r#"{ "now": "2026-11-12T09:00:00Z",
        "alarms": { "churn-feature-drift": { "read": "found", "state": "ALARM", "since": "2026-11-02T09:00:30Z" },
                    "churn-fature-drift": { "read": "absent" } },
        "metrics": { "Accuracy": { "read": "complete", "points": [] } } }"#;
    let output = rekindle(&["decide", "--policy", file.to_str().unwrap(), "--facts", "-"], facts);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(out(&output).contains("The policy observes: no job would be started."), "{}", out(&output));
    assert_eq!(
        err(&output),
        "note: the policy names no alarm `churn-fature-drift`; it has churn-feature-drift\n\
         note: the policy has no metric trigger `Accuracy`; metrics stand under the trigger's name: accuracy\n"
    );
    let typo = rekindle(
        &["decide", "--policy", "demo/churn.yaml", "--facts", "-"],
        r#"{"now": "2026-11-12T09:00:00Z", "ticks": {}}"#,
    );
    assert_eq!(typo.status.code(), Some(2));
    assert!(err(&typo).contains("unknown field `ticks`"), "{}", err(&typo));
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rekindle"))
        .args(["demo", "--month", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""));
}

#[test]
fn decide_says_which_models_there_are() {
    let facts = ["--facts", "demo/facts.json"];
    let output = rekindle(&[&["decide", "--policy", "demo/local.yaml"], &facts[..]].concat(), "");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).contains("choose one with --model: by-schedule, by-alarm, by-metric"),
        "{}",
        err(&output)
    );
}

#[test]
fn the_schema_and_the_month_are_json() {
    let schema: Value = serde_json::from_str(&out(&rekindle(&["schema"], ""))).unwrap();
    assert!(schema["properties"]["start_when"].is_object());
    let demo: Value = serde_json::from_str(&out(&rekindle(&["demo", "--month", "--json"], ""))).unwrap();
    assert_eq!((&demo["creations"], demo["runs"].as_array().unwrap().len()), (&4.into(), 4));
}

#[test]
fn the_demo_writes_a_page_and_says_where_last() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let output = rekindle(&["demo", "--html", file.to_str().unwrap()], "");
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""));
    let told = out(&output);
    let last = told.lines().last().unwrap();
    assert!(last.ends_with(file.to_str().unwrap()), "{last}");
    for policy in ["schedule: every week", "alarm: feature drift", "metric: errors over a half"] {
        assert!(
            told.lines().any(|line| line.trim_start_matches(['>', ' ']).starts_with(policy)),
            "{policy}: {told}"
        );
    }
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.to_lowercase().starts_with("<!doctype html>") && page.contains("alarm: feature drift"));
}

#[test]
fn the_demo_is_json_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let output = rekindle(&["demo", "--json", "--html", file.to_str().unwrap()], "");
    let report: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(
        (&report["policy"]["name"], report["world"].as_str()),
        (&"break_even".into(), Some("measured"))
    );
    assert!(!report["policy"]["starts"].as_array().unwrap().is_empty());
    assert!(file.exists());
}

#[test]
fn a_page_that_cannot_be_written_is_named() {
    let output = rekindle(&["demo", "--html", "no-such-folder/page.html"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).starts_with("error: could not write no-such-folder/page.html: "),
        "{}",
        err(&output)
    );
}

#[test]
fn the_schema_that_editors_read_is_the_one_of_the_code() {
    let committed = include_str!("../../infra/policies/policy.schema.json");
    let current = out(&rekindle(&["schema"], ""));
    assert_eq!(committed, current, "run `cargo run -- schema > infra/policies/policy.schema.json`");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let output = rekindle(&["check", "no-such.yaml"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).starts_with("error: could not read no-such.yaml: "), "{}", err(&output));
}

/// A line of the decision log, as a function writes it.
fn line() -> Value {
    let arguments = ["decide", "--policy", "demo/churn.yaml", "--facts", "demo/facts.json", "--json"];
    let output = rekindle(&arguments, "");
    let ruling: Value = serde_json::from_str(&out(&output)).unwrap();
    let facts: Value = serde_json::from_str(include_str!("../demo/facts.json")).unwrap();
    let policy = serde_json::json!({ "document": "demo/churn.yaml", "version": 1 });
    serde_json::json!({ "kind": "decision", "model": "churn", "policy": policy, "facts": facts, "ruling": ruling })
}

fn redecided(line: &Value, json: bool) -> Output {
    let mut arguments = vec!["decide", "--policy", "demo/churn.yaml", "--record", "-"];
    arguments.extend(json.then_some("--json"));
    rekindle(&arguments, &line.to_string())
}

#[test]
fn a_recorded_decision_is_made_again_to_the_byte() {
    let output = redecided(&line(), false);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(out(&output).starts_with("The same decision, byte for byte."), "{}", out(&output));
    let answer: Value = serde_json::from_str(&out(&redecided(&line(), true))).unwrap();
    assert_eq!((&answer["same"], &answer["differences"]), (&true.into(), &Value::Array(Vec::new())));
    assert_eq!(answer["ruling"], line()["ruling"]);
}

#[test]
fn a_decision_that_would_be_another_says_where() {
    let mut line = line();
    line["facts"]["now"] = "2026-11-12T21:00:00Z".into();
    line["ruling"]["engine"] = "0".into();
    let output = redecided(&line, false);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    insta::assert_snapshot!(out(&output).trim_end());
    let answer: Value = serde_json::from_str(&out(&redecided(&line, true))).unwrap();
    let fields: Vec<&str> = answer["differences"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|difference| difference["field"].as_str())
        .collect();
    assert!(fields.contains(&"decision.waiting_on.0.blocker") && fields.contains(&"engine"), "{fields:?}");
}

#[test]
fn what_is_no_record_is_refused_with_what_it_lacks() {
    for (text, why) in [
        ("{}", "is not a line of the decision log"),
        ("nothing", "holds no line of the decision log"),
        (
            r#"{"facts": {}, "ruling": {}, "model": "churn", "policy": {}}"#,
            "the record's `policy` cannot be read",
        ),
    ] {
        let output = rekindle(&["decide", "--policy", "demo/churn.yaml", "--record", "-"], text);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(err(&output).contains(why), "{text}: {}", err(&output));
    }
    let mut other = line();
    other["model"] = "fraud".into();
    assert!(err(&redecided(&other, false)).contains("the record is of `fraud`"));
}
