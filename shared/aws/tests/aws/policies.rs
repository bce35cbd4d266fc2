//! Policies from Parameter Store, and what a warm function keeps.

use rekindle_aws::Invocation;
use rekindle_turn::World;
use serde_json::{Value, json};

use crate::canned::{Canned, holds, json as answer};

fn policy(model: &str) -> String {
    format!(
        "model: {model}\ntriggers: {{ drift: {{ alarm: x }} }}\ntraining:\n  RoleArn: arn:aws:iam::123456789012:role/training\n  \
         AlgorithmSpecification: {{ TrainingImage: image, TrainingInputMode: File }}\n  OutputDataConfig: {{ S3OutputPath: \
         \"s3://models/\" }}\n  ResourceConfig: {{ InstanceType: ml.m5.xlarge, InstanceCount: 1, VolumeSizeInGB: 30 }}\n  \
         StoppingCondition: {{ MaxRuntimeInSeconds: 3600 }}\n"
    )
}

fn page(parameters: &[(&str, i64, String)], token: Option<&str>) -> Value {
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|(name, version, value)| json!({ "Name": name, "Version": version, "Value": value, "Type": "String", "LastModifiedDate": 1_793_577_600.5 }))
        .collect();
    match token {
        Some(token) => json!({ "Parameters": parameters, "NextToken": token }),
        None => json!({ "Parameters": parameters }),
    }
}

#[tokio::test]
async fn every_page_is_read_and_kept_for_as_long_as_the_configuration_says() {
    let canned = Canned::new([
        answer(&page(&[("/p/a", 1, policy("a"))], Some("more"))),
        answer(&page(&[], Some("more still"))),
        answer(&page(&[("/p/b", 3, policy("b"))], None)),
    ]);
    let clients = canned.clients(60).await;
    let world = Invocation::new(&clients, "t");
    for _ in 0..3 {
        let policies = world.policies().await.unwrap();
        let known: Vec<_> =
            policies.set.iter().map(|policy| (policy.model.clone(), policy.revision.version)).collect();
        assert_eq!(known, [("a".to_owned(), 1), ("b".to_owned(), 3)], "{:?}", policies.set.problems());
        let since = policies.set.get("a").unwrap().revision.since;
        assert_eq!(since, Some("2026-11-02T00:00:00.5Z".parse().unwrap()), "when that version was written");
        assert_eq!(policies.stale, None);
    }
    let asked = canned.asked();
    assert_eq!(asked.len(), 3, "the second and third look took what was kept");
    assert!(holds(&asked[0], r#""MaxResults":10"#) && holds(&asked[2], "more still"));
}

#[tokio::test]
async fn a_bad_document_keeps_its_last_good_version_and_an_outage_keeps_everything() {
    let refusal = || {
        (400, "application/x-amz-json-1.1", br#"{"__type":"AccessDeniedException","message":"no"}"#.to_vec())
    };
    let canned = Canned::new([
        answer(&page(&[("/p/a", 1, policy("a")), ("/p/b", 1, policy("b"))], None)),
        answer(&page(&[("/p/a", 2, "model: a\ntrigers: {}\n".to_owned()), ("/p/b", 1, policy("b"))], None)),
        refusal(),
    ]);
    let clients = canned.clients(0).await;
    let world = Invocation::new(&clients, "t");
    assert!(world.policies().await.unwrap().set.problems().is_empty());

    let policies = world.policies().await.unwrap();
    assert_eq!(policies.set.get("a").unwrap().revision.version, 1, "the last good one");
    let problem = &policies.set.problems()[0];
    assert_eq!((problem.document.as_str(), problem.version, problem.line), ("/p/a", 2, Some(2)));

    let policies = world.policies().await.unwrap();
    assert_eq!(policies.set.len(), 2);
    assert!(policies.stale.unwrap().contains("AccessDenied"));
}

#[tokio::test]
async fn without_any_policies_known_an_outage_is_an_error() {
    let canned =
        Canned::new([(400, "application/x-amz-json-1.1", br#"{"__type":"AccessDeniedException"}"#.to_vec())]);
    let clients = canned.clients(60).await;
    let error = Invocation::new(&clients, "t").policies().await.unwrap_err();
    assert_eq!(error.to_string(), "GetParametersByPath failed");
}

#[tokio::test]
async fn an_answer_without_a_list_is_not_a_path_without_policies() {
    let canned = Canned::new([answer(&json!({})), answer(&page(&[], None))]);
    let clients = canned.clients(0).await;
    let world = Invocation::new(&clients, "t");
    let error = world.policies().await.unwrap_err();
    assert_eq!(error.to_string(), "GetParametersByPath answered without parameters");
    assert_eq!(world.policies().await.unwrap().set.len(), 0);
}
