//! The events SageMaker would have sent.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::caller::{Caller, NAME, standing};

fn events(caller: &Caller) -> Vec<Value> {
    caller.get("events").as_array().unwrap().clone()
}

fn statuses(caller: &Caller) -> Vec<String> {
    let word = |event: &Value| event["detail"]["TrainingJobStatus"].as_str().unwrap().to_owned();
    events(caller).iter().map(word).collect()
}

fn ids(caller: &Caller) -> Vec<String> {
    events(caller).iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_event_looks_like_a_description_with_three_spellings_of_time() {
    let (_double, caller) = standing();
    let arn = caller.create(NAME)["TrainingJobArn"].clone();
    caller.advance(3600);
    let event = events(&caller).pop().unwrap();
    assert_eq!(event["source"], "aws.sagemaker");
    assert_eq!(event["detail-type"], "SageMaker Training Job State Change");
    assert_eq!((&event["account"], &event["region"]), (&json!("445566778899"), &json!("eu-central-1")));
    assert_eq!(event["time"], "2026-11-02T07:11:00Z");
    assert_eq!(event["resources"], json!([arn]));
    let detail = &event["detail"];
    assert_eq!(detail["TrainingJobStatus"], "Completed");
    assert_eq!(detail["CreationTime"], 1_793_602_800_000_u64);
    assert_eq!(detail["TrainingEndTime"], "1793603460000");
    assert_eq!(detail["LastModifiedTime"], 1_793_603_460_000.0);
    assert_eq!(detail["Tags"], json!({ "model": "churn-weekly" }));
    assert_eq!(detail["FailureReason"], Value::Null);
    assert_eq!(detail.get("Environment"), None);
}

#[test]
fn every_change_is_told_once_and_reading_again_gives_the_same_ids() {
    let (_double, caller) = standing();
    caller.create(NAME);
    assert_eq!(statuses(&caller), ["InProgress"]);
    caller.advance(3600);
    assert_eq!(statuses(&caller), ["InProgress", "InProgress", "InProgress", "InProgress", "Completed"]);
    assert_eq!(ids(&caller), ids(&caller));
    assert_eq!(ids(&caller).iter().collect::<BTreeSet<_>>().len(), 5);
}

#[test]
fn a_failure_tells_its_reason() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.post(&format!("jobs/{NAME}"), &json!({ "outcome": { "failed": "AlgorithmError: x" } }));
    assert_eq!(events(&caller).pop().unwrap()["detail"]["FailureReason"], "AlgorithmError: x");
}

/// The guide to automating SageMaker with EventBridge: there may be several events for one change.
#[test]
fn an_event_can_come_twice_with_two_ids() {
    let (_double, caller) = standing();
    caller.post("config", &json!({ "events": { "duplicate": true } }));
    caller.create(NAME);
    assert_eq!(statuses(&caller), ["InProgress", "InProgress"]);
    assert_eq!(ids(&caller).iter().collect::<BTreeSet<_>>().len(), 2);
}

/// The guide to EventBridge: services deliver these events with best effort.
#[test]
fn an_event_can_be_lost() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.advance(3600);
    caller.post("config", &json!({ "events": { "drop": ["Completed"] } }));
    assert!(!statuses(&caller).contains(&"Completed".to_owned()));
    caller.post("config", &json!({ "events": { "drop": ["*"] } }));
    assert!(events(&caller).is_empty());
}

#[test]
fn an_event_can_be_late() {
    let (_double, caller) = standing();
    caller.post("config", &json!({ "events": { "late_seconds": 90 } }));
    caller.create(NAME);
    caller.advance(89);
    assert!(events(&caller).is_empty());
    caller.advance(1);
    assert_eq!(statuses(&caller), ["InProgress"]);
}

#[test]
fn the_newest_event_can_come_first() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.advance(3600);
    caller.post("config", &json!({ "events": { "reorder": true } }));
    assert_eq!(statuses(&caller)[0], "Completed");
}

#[test]
fn a_deleted_job_has_told_what_it_told() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.advance(3600);
    let told = ids(&caller);
    caller.must("DeleteTrainingJob", &json!({ "TrainingJobName": NAME }));
    assert_eq!(ids(&caller), told);
    caller.create(NAME);
    assert_eq!(ids(&caller).len(), told.len() + 1);
}
