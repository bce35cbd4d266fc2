//! What becomes of a job, and what Describe and Stop say about it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::caller::{NAME, standing};

/// 2026-11-02T07:00:00Z.
const START: f64 = 1_793_602_800.0;

fn seconds(value: &Value) -> i64 {
    format!("{:.0}", value.as_f64().unwrap() - START).parse().unwrap()
}

/// aws/aws-sdk#165: the model promises `ResourceNotFound`.
#[test]
fn an_unknown_name_is_a_validation_exception() {
    let (_double, caller) = standing();
    let (code, message) = caller.refused("DescribeTrainingJob", &json!({ "TrainingJobName": NAME }));
    assert_eq!((code.as_str(), message.as_str()), ("ValidationException", "Requested resource not found."));
}

/// The published model: `DescribeTrainingJobResponse` has `Environment` and no `Tags`.
#[test]
fn describe_gives_back_the_request_with_its_environment_but_never_the_tags() {
    let (_double, caller) = standing();
    caller.create(NAME);
    let job = caller.describe(NAME);
    assert_eq!(job["Environment"], json!({ "REKINDLE_DECISION": "d-17" }));
    assert_eq!(job["HyperParameters"], json!({ "max_depth": "6" }));
    assert_eq!(job["ResourceConfig"]["VolumeSizeInGB"], 30);
    assert_eq!(job["RoleArn"], "arn:aws:iam::445566778899:role/churn-training");
    assert_eq!(job["EnableManagedSpotTraining"], false);
    assert_eq!(job.get("Tags"), None);
}

#[rstest]
#[case::just_created(0, "InProgress", "Starting")]
#[case::downloading(30, "InProgress", "Downloading")]
#[case::one_second_before_it_trains(59, "InProgress", "Downloading")]
#[case::training(60, "InProgress", "Training")]
#[case::uploading(600, "InProgress", "Uploading")]
#[case::one_second_before_the_end(659, "InProgress", "Uploading")]
#[case::at_the_end(660, "Completed", "Completed")]
#[case::long_after(1_000_000, "Completed", "Completed")]
fn a_job_lives_by_the_clock(#[case] after: u64, #[case] status: &str, #[case] secondary: &str) {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.advance(after);
    let job = caller.describe(NAME);
    assert_eq!((&job["TrainingJobStatus"], &job["SecondaryStatus"]), (&json!(status), &json!(secondary)));
}

#[test]
fn a_completed_job_tells_its_times_and_its_bill() {
    let (_double, caller) = standing();
    caller.create(NAME);
    let young = caller.describe(NAME);
    for absent in ["TrainingStartTime", "TrainingEndTime", "BillableTimeInSeconds", "FailureReason"] {
        assert_eq!(young.get(absent), None, "{absent}");
    }
    caller.advance(3600);
    let job = caller.describe(NAME);
    assert_eq!(seconds(&job["CreationTime"]), 0);
    assert_eq!(seconds(&job["TrainingStartTime"]), 60);
    assert_eq!(seconds(&job["TrainingEndTime"]), 660);
    assert_eq!(seconds(&job["LastModifiedTime"]), 660);
    assert_eq!(job["TrainingTimeInSeconds"], 600);
    assert_eq!(job["BillableTimeInSeconds"], 600);
    assert_eq!(
        job["ModelArtifacts"]["S3ModelArtifacts"],
        format!("s3://churn-models/{NAME}/output/model.tar.gz")
    );

    let transitions = job["SecondaryStatusTransitions"].as_array().unwrap();
    let words: Vec<_> = transitions.iter().map(|t| t["Status"].as_str().unwrap()).collect();
    assert_eq!(words, ["Starting", "Downloading", "Training", "Uploading", "Completed"]);
    assert_eq!(seconds(&transitions[0]["EndTime"]), seconds(&transitions[1]["StartTime"]));
}

#[test]
fn a_running_job_is_not_billed_yet() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.advance(120);
    let job = caller.describe(NAME);
    assert_eq!(job["TrainingTimeInSeconds"], 60);
    assert_eq!(job.get("BillableTimeInSeconds"), None);
}

#[rstest]
#[case::the_code_broke("AlgorithmError: ExecuteUserScriptError: exit code 1", 660, true)]
#[case::the_service_broke(
    "InternalServerError: We encountered an internal error. Please try again.",
    660,
    true
)]
#[case::no_machines("CapacityError: no capacity for the requested instance type", 60, false)]
fn a_failure_has_its_reason(#[case] reason: &str, #[case] after: u64, #[case] trained: bool) {
    let (_double, caller) = standing();
    caller.post("config", &json!({ "outcome": { "failed": reason } }));
    caller.create(NAME);
    caller.advance(after - 1);
    assert_eq!(caller.status(NAME), "InProgress");
    caller.advance(1);
    let job = caller.describe(NAME);
    assert_eq!(job["TrainingJobStatus"], "Failed");
    assert_eq!(job["FailureReason"], reason);
    assert_eq!(job.get("TrainingStartTime").is_some(), trained);
    assert_eq!(job.get("BillableTimeInSeconds").is_some(), trained);
}

/// aws-samples/serverless-sagemaker-orchestration#2: such a job ends as `Stopped`.
#[test]
fn a_job_longer_than_its_stopping_condition_is_stopped() {
    let (_double, caller) = standing();
    caller.post("config", &json!({ "training_seconds": 10_000 }));
    caller.create(NAME);
    caller.advance(60 + 7200);
    let job = caller.describe(NAME);
    assert_eq!(
        (&job["TrainingJobStatus"], &job["SecondaryStatus"]),
        (&json!("Stopped"), &json!("MaxRuntimeExceeded"))
    );
}

#[test]
fn a_status_word_no_client_knows_can_be_shown_and_is_in_flight() {
    let (_double, caller) = standing();
    caller.post("config", &json!({ "outcome": { "unknown": "Hibernating" } }));
    caller.create(NAME);
    caller.advance(3600);
    assert_eq!(caller.status(NAME), "Hibernating");
    let delete = caller.refused("DeleteTrainingJob", &json!({ "TrainingJobName": NAME }));
    assert_eq!(delete.0, "ResourceInUse");
}

/// API reference of `StopTrainingJob`: SIGTERM, and 120 seconds.
#[test]
fn a_stop_takes_120_seconds() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.advance(100);
    let answer = caller.call("StopTrainingJob", &json!({ "TrainingJobName": NAME }));
    assert_eq!((answer.status, answer.body), (200, json!("")));
    assert_eq!(caller.status(NAME), "Stopping");
    caller.advance(60);
    caller.must("StopTrainingJob", &json!({ "TrainingJobName": NAME }));
    caller.advance(59);
    assert_eq!(caller.status(NAME), "Stopping");
    caller.advance(1);
    let job = caller.describe(NAME);
    assert_eq!(job["TrainingJobStatus"], "Stopped");
    assert_eq!(job["BillableTimeInSeconds"], 160);
}

/// In the words of awslabs/benchmark-ai#928.
#[rstest]
#[case::completed(json!("completed"), "Completed")]
#[case::failed(json!({ "failed": "AlgorithmError: x" }), "Failed")]
#[case::stopped(json!({ "stopped": "MaxWaitTimeExceeded" }), "Stopped")]
fn stopping_an_ended_job_is_a_validation_exception_with_its_status(
    #[case] outcome: Value,
    #[case] status: &str,
) {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.post(&format!("jobs/{NAME}"), &json!({ "outcome": outcome }));
    let (code, message) = caller.refused("StopTrainingJob", &json!({ "TrainingJobName": NAME }));
    assert_eq!(code, "ValidationException");
    assert!(message.contains(&format!("status {status}")), "{message}");
}

#[test]
fn final_metrics_are_what_was_set() {
    let (_double, caller) = standing();
    caller.create(NAME);
    assert_eq!(caller.describe(NAME).get("FinalMetricDataList"), None);
    caller.post(&format!("jobs/{NAME}"), &json!({ "final_metrics": { "validation:auc": 0.91 } }));
    let metrics = &caller.describe(NAME)["FinalMetricDataList"];
    assert_eq!((&metrics[0]["MetricName"], &metrics[0]["Value"]), (&json!("validation:auc"), &json!(0.91)));
}

#[test]
fn a_job_can_be_given_another_life() {
    let (_double, caller) = standing();
    caller.create(NAME);
    let life = json!({ "timing": { "starting_seconds": 1, "training_seconds": 2 }, "outcome": { "failed": "AlgorithmError: x" } });
    caller.post(&format!("jobs/{NAME}"), &life);
    caller.advance(2);
    assert_eq!(caller.status(NAME), "InProgress");
    caller.advance(1);
    assert_eq!(caller.status(NAME), "Failed");
}

#[test]
fn a_job_can_be_made_to_show_a_status() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller
        .post(&format!("jobs/{NAME}"), &json!({ "status": "InProgress", "secondary_status": "Interrupted" }));
    caller.advance(100_000);
    assert_eq!(caller.describe(NAME)["SecondaryStatus"], "Interrupted");
    assert_eq!(caller.status(NAME), "InProgress");
}

/// Whether a read sees a fresh job is not documented.
#[test]
fn describe_can_lag_behind_create() {
    let (_double, caller) = standing();
    caller.post("config", &json!({ "describe_lag_seconds": 5 }));
    caller.create(NAME);
    caller.advance(4);
    assert!(caller.is_unknown(NAME));
    caller.advance(1);
    assert_eq!(caller.status(NAME), "InProgress");
}
