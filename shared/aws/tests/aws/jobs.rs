//! Training jobs, against the double: the SDK reads its answers as it reads SageMaker's.

use rekindle_aws::{Clients, Invocation};
use rekindle_sagemaker_double::Double;
use rekindle_turn::World;
use rekindle_turn::world::{Creation, Job, JobStatus};
use serde_json::{Value, json};

use crate::canned::{Canned, json as answer};

async fn double() -> (Double, Clients) {
    let double = Double::start().unwrap();
    let clients = crate::at(&double.url(), "100000000001").await;
    (double, clients)
}

fn request(name: &str) -> Value {
    json!({
        "TrainingJobName": name,
        "RoleArn": "arn:aws:iam::123456789012:role/training",
        "AlgorithmSpecification": { "TrainingImage": "image:1", "TrainingInputMode": "File" },
        "OutputDataConfig": { "S3OutputPath": "s3://models/" },
        "ResourceConfig": { "InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 3600 },
        "Environment": { "REKINDLE_DECISION": "d1" },
        // A field the SDK's types do not know arrives as it is written.
        "FieldOfTomorrow": { "Depth": 1 },
    })
}

fn fault(double: &Double, operation: &str, action: &Value) {
    let fault = json!({ "operation": operation, "action": action });
    double.post("faults?account=100000000001", &fault).unwrap();
}

fn refuse(code: &str, status: u16) -> Value {
    json!({ "refuse": { "code": code, "message": "no", "status": status } })
}

#[tokio::test]
async fn the_request_arrives_as_the_document_it_is() {
    let (double, clients) = double().await;
    let world = Invocation::new(&clients, "t");
    let Creation::Created { arn } = world.create(&request("rk-a-00000000-g000001")).await else { panic!() };
    assert!(arn.ends_with("training-job/rk-a-00000000-g000001"));
    let log = double.get("log").unwrap();
    assert_eq!(log[0]["request"], request("rk-a-00000000-g000001"));
    assert_eq!(log[0]["unknown_members"], json!(["fieldOfTomorrow"]));

    assert_eq!(world.create(&request("rk-a-00000000-g000001")).await, Creation::NameTaken);
    let Job::Found { decision, status, .. } = world.describe("rk-a-00000000-g000001").await.unwrap() else {
        panic!()
    };
    assert_eq!((decision.as_deref(), status), (Some("d1"), JobStatus::InFlight));
    assert_eq!(world.describe("rk-a-00000000-g000002").await.unwrap(), Job::Absent);
}

#[tokio::test]
async fn every_refusal_is_for_now_for_good_or_unknown() {
    let (double, clients) = double().await;
    let world = Invocation::new(&clients, "t");
    for (code, status, kind) in [
        ("ResourceLimitExceeded", 400, "not now"),
        ("ThrottlingException", 400, "not now"),
        ("ExpiredTokenException", 400, "not now"),
        ("ValidationException", 400, "refused"),
        ("AccessDeniedException", 400, "refused"),
        ("ResourceNotFound", 400, "refused"),
        ("InternalFailure", 500, "no answer"),
        ("ServiceUnavailable", 503, "no answer"),
    ] {
        fault(&double, "CreateTrainingJob", &refuse(code, status));
        let before = double.get("log").unwrap().as_array().unwrap().len();
        let got = match world.create(&request("rk-b-00000000-g000001")).await {
            Creation::NotNow { .. } => "not now",
            Creation::Refused { .. } => "refused",
            Creation::NoAnswer { .. } => "no answer",
            Creation::Created { .. } | Creation::NameTaken => "made",
        };
        assert_eq!(got, kind, "{code}");
        let after = double.get("log").unwrap().as_array().unwrap().len();
        assert_eq!(after - before, 1, "{code}: the SDK does not try this call again by itself");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_or_garbled_is_no_answer() {
    let (double, clients) = double().await;
    let world = Invocation::new(&clients, "t");
    for (at, action) in [json!("act_then_drop"), json!("cut_body"), json!("drop")].into_iter().enumerate() {
        fault(&double, "CreateTrainingJob", &action);
        let name = format!("rk-c-00000000-g{at:06}");
        let created = world.create(&request(&name)).await;
        assert!(matches!(created, Creation::NoAnswer { .. }), "{action}: {created:?}");
    }
}

#[tokio::test]
async fn an_answer_without_its_members_is_no_answer() {
    // The SDK reads it as a job without a name, an ARN or a decision, in a status that nobody knows.
    let canned = Canned::new([answer(&json!({})), answer(&json!({}))]);
    let clients = canned.clients(0).await;
    let world = Invocation::new(&clients, "t");
    let created = world.create(&request("rk-g-00000000-g000001")).await;
    assert_eq!(created, Creation::NoAnswer { error: "CreateTrainingJob answered without an ARN".to_owned() });
    let error = world.describe("rk-g-00000000-g000001").await.unwrap_err();
    assert_eq!(error.to_string(), "DescribeTrainingJob answered without the job's name");
}

#[tokio::test]
async fn an_ended_job_tells_how_it_ended_and_what_is_paid_for() {
    let (double, clients) = double().await;
    let world = Invocation::new(&clients, "t");
    for (name, outcome, status) in [
        ("rk-d-00000000-g000001", json!("completed"), JobStatus::Completed),
        ("rk-d-00000000-g000002", json!({ "failed": "AlgorithmError: it broke" }), JobStatus::Failed),
        ("rk-d-00000000-g000003", json!({ "stopped": "Stopped" }), JobStatus::Stopped),
    ] {
        let _ = world.create(&request(name)).await;
        double.post(&format!("jobs/{name}?account=100000000001"), &json!({ "outcome": outcome })).unwrap();
        let Job::Found { status: told, ended, failure, .. } = world.describe(name).await.unwrap() else {
            panic!()
        };
        assert_eq!((told, ended.is_some()), (status, true), "{name}");
        assert_eq!(failure.is_some(), status == JobStatus::Failed);
    }
    // A word that nobody knows is a job that may run.
    let name = "rk-d-00000000-g000004";
    let _ = world.create(&request(name)).await;
    let dancing = json!({ "outcome": { "unknown": "Dancing" } });
    double.post(&format!("jobs/{name}?account=100000000001"), &dancing).unwrap();
    let Job::Found { status, .. } = world.describe(name).await.unwrap() else { panic!() };
    assert_eq!(status, JobStatus::InFlight);
}

#[tokio::test]
async fn an_ended_job_tells_the_metrics_it_reported() {
    let (double, clients) = double().await;
    let world = Invocation::new(&clients, "t");
    let name = "rk-e-00000000-g000001";
    let _ = world.create(&request(name)).await;
    let reported =
        json!({ "outcome": "completed", "final_metrics": { "validation:auc": 0.91, "loss": -1e-7 } });
    double.post(&format!("jobs/{name}?account=100000000001"), &reported).unwrap();
    let Job::Found { metrics, .. } = world.describe(name).await.unwrap() else { panic!() };
    assert_eq!(metrics, [("loss".to_owned(), -1e-7), ("validation:auc".to_owned(), 0.91)].into());
}

#[tokio::test]
async fn a_job_is_stopped_and_one_that_has_ended_or_never_was_needs_no_stop() {
    let (double, clients) = double().await;
    let world = Invocation::new(&clients, "t");
    let (running, ended) = ("rk-f-00000000-g000001", "rk-f-00000000-g000002");
    for name in [running, ended] {
        let _ = world.create(&request(name)).await;
    }
    double.post(&format!("jobs/{ended}?account=100000000001"), &json!({ "outcome": "completed" })).unwrap();
    for name in [running, running, ended, "rk-f-00000000-g000003"] {
        world.stop(name).await.unwrap();
    }
    let Job::Found { status, .. } = world.describe(running).await.unwrap() else { panic!() };
    assert_eq!(status, JobStatus::InFlight, "it may save its work");
    let advance = json!({ "advance_seconds": 120 });
    double.post("clock?account=100000000001", &advance).unwrap();
    for (name, stopped) in [(running, JobStatus::Stopped), (ended, JobStatus::Completed)] {
        let Job::Found { status, .. } = world.describe(name).await.unwrap() else { panic!() };
        assert_eq!(status, stopped, "{name}");
    }
    fault(&double, "StopTrainingJob", &refuse("AccessDeniedException", 400));
    assert_eq!(world.stop(running).await.unwrap_err().to_string(), "StopTrainingJob failed");
}
