//! A name is taken once.

use std::sync::Barrier;
use std::thread;

use serde_json::json;

use crate::caller::{NAME, request, standing};

/// API reference of `CreateTrainingJob`: the name must be unique within an account and Region. That this
/// holds for requests at one instant is what the name promises, not what AWS guarantees.
#[test]
fn of_sixteen_creations_of_one_name_at_once_exactly_one_succeeds() {
    let (_double, caller) = standing();
    let ready = Barrier::new(16);
    let codes: Vec<String> = thread::scope(|scope| {
        let racers: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    let caller = caller.clone();
                    ready.wait();
                    let answer = caller.call("CreateTrainingJob", &request(NAME));
                    answer.error.unwrap_or_else(|| answer.status.to_string())
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| *code == "200").count(), 1);
    assert_eq!(codes.iter().filter(|code| *code == "ResourceInUse").count(), 15);
    assert_eq!(caller.get("jobs").as_array().unwrap().len(), 1);
}

/// In the words of aws/amazon-sagemaker-examples#3109.
#[test]
fn a_taken_name_is_refused_with_its_arn() {
    let (_double, caller) = standing();
    let arn = caller.create(NAME)["TrainingJobArn"].as_str().unwrap().to_owned();
    assert_eq!(arn, format!("arn:aws:sagemaker:eu-central-1:445566778899:training-job/{NAME}"));

    let answer = caller.call("CreateTrainingJob", &request(NAME));
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["__type"], "ResourceInUse");
    assert!(answer.body["Message"].as_str().unwrap().contains(&arn));
}

/// SuperCowPowers/workbench#384: a name outlives its job.
#[test]
fn a_failed_job_keeps_its_name() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.post(&format!("jobs/{NAME}"), &json!({ "outcome": { "failed": "AlgorithmError: exit 1" } }));
    assert_eq!(caller.status(NAME), "Failed");
    assert_eq!(caller.refused("CreateTrainingJob", &request(NAME)).0, "ResourceInUse");
}

/// API reference of `DeleteTrainingJob`.
#[test]
fn deleting_an_ended_job_frees_its_name() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.advance(3600);
    assert_eq!(caller.call("DeleteTrainingJob", &json!({ "TrainingJobName": NAME })).status, 200);
    assert!(caller.is_unknown(NAME));
    caller.create(NAME);
}

/// API reference of `DeleteTrainingJob`: terminal states only. `ResourceInUse` is its one modelled error that
/// fits; nobody has published the answer.
#[test]
fn a_job_in_flight_cannot_be_deleted() {
    let (_double, caller) = standing();
    caller.create(NAME);
    let (code, message) = caller.refused("DeleteTrainingJob", &json!({ "TrainingJobName": NAME }));
    assert_eq!(code, "ResourceInUse");
    assert!(message.contains("InProgress"), "{message}");
    assert_eq!(caller.status(NAME), "InProgress");
}

#[test]
fn names_are_apart_by_account_and_by_region() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.elsewhere("445566778899", "us-west-2").create(NAME);
    let china = caller.elsewhere("111122223333", "cn-north-1").create(NAME);
    let arn = format!("arn:aws-cn:sagemaker:cn-north-1:111122223333:training-job/{NAME}");
    assert_eq!(china["TrainingJobArn"], arn);
}

#[test]
fn an_access_key_that_is_no_account_belongs_to_account_zero() {
    let (_double, caller) = standing();
    let arn = caller.elsewhere("AKIDEXAMPLE", "us-east-1").create(NAME);
    assert_eq!(
        arn["TrainingJobArn"],
        format!("arn:aws:sagemaker:us-east-1:000000000000:training-job/{NAME}")
    );
}
