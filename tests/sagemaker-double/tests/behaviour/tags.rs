//! Tags are a call of their own.

use serde_json::json;

use crate::caller::{NAME, standing};

#[test]
fn tags_are_listed_and_added_by_arn() {
    let (_double, caller) = standing();
    let arn = caller.create(NAME)["TrainingJobArn"].clone();
    let created = caller.must("ListTags", &json!({ "ResourceArn": arn }));
    assert_eq!(created, json!({ "Tags": [{ "Key": "model", "Value": "churn-weekly" }] }));

    let more = json!([{ "Key": "model", "Value": "churn" }, { "Key": "owner", "Value": "growth" }]);
    let added = caller.must("AddTags", &json!({ "ResourceArn": arn, "Tags": more }));
    assert_eq!(added["Tags"], more);
    assert_eq!(caller.must("ListTags", &json!({ "ResourceArn": arn }))["Tags"], more);
}

#[test]
fn tags_of_what_does_not_exist_are_refused() {
    let (_double, caller) = standing();
    let arn = "arn:aws:sagemaker:eu-central-1:445566778899:training-job/nothing";
    assert_eq!(caller.refused("ListTags", &json!({ "ResourceArn": arn })).0, "ValidationException");
}

#[test]
fn a_job_has_at_most_fifty_tags() {
    let (_double, caller) = standing();
    let arn = caller.create(NAME)["TrainingJobArn"].clone();
    let many: Vec<_> = (0..50).map(|n| json!({ "Key": format!("k{n}"), "Value": "" })).collect();
    let refused = caller.refused("AddTags", &json!({ "ResourceArn": arn, "Tags": many }));
    assert_eq!(refused.0, "ValidationException");
}
