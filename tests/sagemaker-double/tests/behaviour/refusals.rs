//! Requests SageMaker would not take.

use rstest::rstest;
use serde_json::{Value, json};

use crate::caller::{Caller, NAME, request, standing};

/// The request with one place replaced; null takes it away.
fn changed(pointer: &str, value: &Value) -> Value {
    let mut request = request(NAME);
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    let parent = request.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    parent.insert(member.to_owned(), value.clone());
    request
}

/// The published model, then what SageMaker demands beyond it. Worded as in Kenza-AI/sagify#57.
#[rstest]
#[case::underscore_in_the_name("/TrainingJobName", json!("churn_weekly"),
    "1 validation error detected: Value 'churn_weekly' at 'trainingJobName' failed to satisfy constraint: \
     Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")]
#[case::dash_at_the_end_of_the_name("/TrainingJobName", json!("churn-"), "Value 'churn-' at 'trainingJobName'")]
#[case::name_of_64("/TrainingJobName", json!("a".repeat(64)), "Member must have length less than or equal to 63")]
#[case::no_name("/TrainingJobName", json!(null),
    "1 validation error detected: Value null at 'trainingJobName' failed to satisfy constraint: \
     Member must not be null")]
#[case::no_role("/RoleArn", json!(null), "Value null at 'roleArn'")]
#[case::no_output("/OutputDataConfig", json!(null), "Value null at 'outputDataConfig'")]
#[case::no_output_path("/OutputDataConfig/S3OutputPath", json!(null), "Value null at 'outputDataConfig.s3OutputPath'")]
#[case::unheard_of_instance("/ResourceConfig/InstanceType", json!("ml.z9.xlarge"),
    "Value 'ml.z9.xlarge' at 'resourceConfig.instanceType' failed to satisfy constraint: \
     Member must satisfy enum value set: [")]
#[case::no_volume("/ResourceConfig/VolumeSizeInGB", json!(-1), "Member must have value greater than or equal to 0")]
#[case::tag_outside_the_alphabet("/Tags", json!([{ "Key": "model", "Value": "a;b" }]),
    "Value 'a;b' at 'tags.1.member.value' failed to satisfy constraint: \
     Member must satisfy regular expression pattern: ([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)")]
#[case::tag_key_of_129("/Tags", json!([{ "Key": "k".repeat(129), "Value": "" }]), "at 'tags.1.member.key'")]
#[case::variable_named_like_a_path("/Environment", json!({ "a/b": "1" }),
    "at 'environment' failed to satisfy constraint: Map keys must satisfy constraint: [")]
#[case::too_many_tags("/Tags", json!((0..51).map(|n| json!({ "Key": format!("k{n}"), "Value": "" })).collect::<Vec<_>>()),
    "at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50")]
#[case::no_algorithm("/AlgorithmSpecification", json!(null), "AlgorithmSpecification is required")]
#[case::no_resources("/ResourceConfig", json!(null), "ResourceConfig is required")]
#[case::no_stopping_condition("/StoppingCondition", json!(null), "StoppingCondition is required")]
#[case::image_and_algorithm("/AlgorithmSpecification/AlgorithmName", json!("forest"), "but not both")]
#[case::neither_image_nor_algorithm("/AlgorithmSpecification/TrainingImage", json!(null), "but not both")]
#[case::waits_shorter_than_it_runs("/StoppingCondition/MaxWaitTimeInSeconds", json!(7199), "MaxWaitTimeInSeconds")]
#[case::spot_without_a_wait("/EnableManagedSpotTraining", json!(true), "MaxWaitTimeInSeconds must be set")]
#[case::runs_over_28_days("/StoppingCondition/MaxRuntimeInSeconds", json!(2_419_201), "above the limit")]
fn a_bad_request_is_a_validation_exception(#[case] pointer: &str, #[case] value: Value, #[case] says: &str) {
    let (_double, caller) = standing();
    let (code, message) = caller.refused("CreateTrainingJob", &changed(pointer, &value));
    assert_eq!(code, "ValidationException");
    assert!(message.contains(says), "{message}");
    assert_eq!(caller.get("jobs"), json!([]));
}

#[rstest]
#[case::name_of_63("/TrainingJobName", json!("a".repeat(63)))]
#[case::waits_as_long_as_it_runs("/StoppingCondition/MaxWaitTimeInSeconds", json!(7200))]
#[case::runs_28_days("/StoppingCondition/MaxRuntimeInSeconds", json!(2_419_200))]
#[case::umlaut_in_a_tag("/Tags", json!([{ "Key": "Tür", "Value": "a b/c=d+e-f@g" }]))]
#[case::empty_tag_value("/Tags", json!([{ "Key": "k", "Value": "" }]))]
#[case::no_tags("/Tags", json!(null))]
fn a_request_at_the_limit_is_accepted(#[case] pointer: &str, #[case] value: Value) {
    let (_double, caller) = standing();
    caller.must("CreateTrainingJob", &changed(pointer, &value));
}

#[test]
fn two_mistakes_are_told_at_once() {
    let (_double, caller) = standing();
    let mut request = changed("/RoleArn", &json!(null));
    request["TrainingJobName"] = json!("a_b");
    let (_, message) = caller.refused("CreateTrainingJob", &request);
    assert!(message.starts_with("2 validation errors detected: "), "{message}");
    assert!(message.contains("; "), "{message}");
}

/// The published model demands three members only; serverless jobs are why.
#[test]
fn a_serverless_job_needs_no_instances() {
    let (_double, caller) = standing();
    let mut request = request(NAME);
    let members = request.as_object_mut().unwrap();
    members.retain(|name, _| !matches!(name.as_str(), "AlgorithmSpecification" | "ResourceConfig"));
    let base = "arn:aws:sagemaker:us-west-2:aws:hub-content/SageMakerPublicHub/Model/huggingface/1.0.0";
    members.insert("ServerlessJobConfig".into(), json!({ "JobType": "FineTuning", "BaseModelArn": base }));
    caller.must("CreateTrainingJob", &request);
}

/// How the JSON services of AWS answer; no such answer of SageMaker itself is published.
#[rstest]
#[case::number_for_text("/TrainingJobName", json!(7), "NUMBER_VALUE can not be converted to a String")]
#[case::text_for_number("/ResourceConfig/InstanceCount", json!("1"), "STRING_VALUE can not be converted to a Integer")]
#[case::fraction_for_whole("/ResourceConfig/InstanceCount", json!(1.5), "NUMBER_VALUE")]
#[case::list_for_map("/Environment", json!([]), "START_ARRAY can not be converted to a Map")]
#[case::number_in_a_map("/HyperParameters", json!({ "max_depth": 6 }), "NUMBER_VALUE can not be converted to a String")]
fn a_wrong_type_is_a_serialization_exception(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] says: &str,
) {
    let (_double, caller) = standing();
    let (code, message) = caller.refused("CreateTrainingJob", &changed(pointer, &value));
    assert_eq!(code, "SerializationException");
    assert!(message.contains(says), "{message}");
}

#[test]
fn members_the_model_does_not_have_are_ignored_and_noted() {
    let (_double, caller) = standing();
    let mut request = changed("/ResourceConfig/Colour", &json!("green"));
    request["Mood"] = json!("good");
    caller.must("CreateTrainingJob", &request);
    assert_eq!(caller.get("log")[0]["unknown_members"], json!(["mood", "resourceConfig.colour"]));
    assert_eq!(caller.describe(NAME).get("Mood"), None);
}

#[test]
fn what_is_not_json_is_a_serialization_exception() {
    let (_double, caller) = standing();
    let answer = caller.try_call("CreateTrainingJob", "{").unwrap();
    assert_eq!((answer.status, answer.error.as_deref()), (400, Some("SerializationException")));
}

#[test]
fn an_operation_the_double_does_not_have_is_unknown() {
    let (_double, caller) = standing();
    assert_eq!(caller.refused("CreateModel", &json!({})).0, "UnknownOperationException");
}

fn with_quota(quota: u64) -> (rekindle_sagemaker_double::Double, Caller) {
    let (double, caller) = standing();
    caller.post("config", &json!({ "quotas": { "ml.m5.xlarge": quota } }));
    (double, caller)
}

/// In the words of data-science-on-aws/data-science-on-aws#140. That the name stays free is not documented.
#[test]
fn over_quota_names_limit_use_and_delta_and_leaves_the_name_free() {
    let (_double, caller) = with_quota(1);
    caller.create("first");
    let (code, message) = caller.refused("CreateTrainingJob", &request("second"));
    assert_eq!(code, "ResourceLimitExceeded");
    assert!(
        message.starts_with(
            "The account-level service limit 'ml.m5.xlarge for training job usage' is 1 Instances, \
             with current utilization of 1 Instances and a request delta of 1 Instances."
        ),
        "{message}"
    );
    assert!(caller.is_unknown("second"));

    // The first has ended: its instance is free, and so is the name that was refused.
    caller.advance(3600);
    caller.create("second");
}

#[test]
fn a_stopping_job_still_uses_its_quota() {
    let (_double, caller) = with_quota(1);
    caller.create("first");
    caller.must("StopTrainingJob", &json!({ "TrainingJobName": "first" }));
    assert_eq!(caller.refused("CreateTrainingJob", &request("second")).0, "ResourceLimitExceeded");
    caller.advance(120);
    caller.create("second");
}

#[test]
fn a_quota_counts_one_type_only() {
    let (_double, caller) = with_quota(0);
    let mut request = request(NAME);
    request["ResourceConfig"]["InstanceType"] = json!("ml.m5.2xlarge");
    caller.must("CreateTrainingJob", &request);
}

/// API reference of `ResourceConfig`: `InstancePreferences`.
#[test]
fn the_first_preference_with_room_is_taken() {
    let (_double, caller) = with_quota(0);
    let mut request = request(NAME);
    request["ResourceConfig"] = json!({
        "VolumeSizeInGB": 30,
        "InstancePreferences": [
            { "InstanceType": "ml.m5.xlarge", "InstanceCount": 1 },
            { "InstanceType": "ml.m5.2xlarge", "InstanceCount": 2 },
        ],
    });
    caller.must("CreateTrainingJob", &request);
    let resources = &caller.describe(NAME)["ResourceConfig"];
    assert_eq!(resources["SelectedInstanceType"], "ml.m5.2xlarge");
    assert_eq!(resources["SelectedInstanceCount"], 2);
}

#[test]
fn nothing_is_throttled_until_asked_for() {
    let (_double, caller) = standing();
    for _ in 0..20 {
        caller.page(&json!({}));
    }
}

/// aws-solutions/deepracer-on-aws#87: two a second, and no way to have more.
#[test]
fn a_third_list_within_a_second_is_throttled() {
    let (_double, caller) = standing();
    caller.post("config", &json!({ "throttles": { "ListTrainingJobs": { "per_second": 2 } } }));
    caller.page(&json!({}));
    caller.page(&json!({}));
    let (code, message) = caller.refused("ListTrainingJobs", &json!({}));
    assert_eq!((code.as_str(), message.as_str()), ("ThrottlingException", "Rate exceeded"));

    // Half a second is one token, and other operations have buckets of their own.
    caller.post("clock", &json!({ "advance_seconds": 0.5 }));
    caller.page(&json!({}));
    caller.refused("ListTrainingJobs", &json!({}));
    caller.create(NAME);
}
