//! What AWS remembers of the past.

use aws_smithy_types::DateTime;
use jiff::Timestamp;
use rekindle_aws::Past;
use rekindle_decision::identity::job_name;
use rekindle_decision::signal::AlarmState;
use serde_json::{Value, json};

use crate::canned::{Answer, Canned, cbor, holds, json as answer};

const FIRST: i64 = 1_793_599_808;

async fn past(answers: Vec<Answer>) -> (Past, Canned) {
    let canned = Canned::new(answers);
    let sdk = crate::nobody("100000000001").http_client(canned.clone()).load().await;
    (Past::new(&sdk), canned)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A page with one change.
fn change(second: i64, data: &str, token: Option<&str>) -> Answer {
    cbor(|out| {
        out.map(1 + usize::from(token.is_some())).str("AlarmHistoryItems").array(1).map(3);
        out.str("AlarmName").str("churn-drift").str("HistoryData").str(data);
        out.str("Timestamp").timestamp(&DateTime::from_secs(second));
        if let Some(token) = token {
            out.str("NextToken").str(token);
        }
    })
}

fn to(state: &str) -> String {
    json!({ "version": "1.0", "oldState": { "stateValue": "OK" }, "newState": { "stateValue": state } })
        .to_string()
}

#[tokio::test]
async fn every_page_of_an_alarms_changes_is_read() {
    let pages =
        vec![change(FIRST, &to("ALARM"), Some("more")), change(FIRST + 60, &to("INSUFFICIENT_DATA"), None)];
    let (past, canned) = past(pages).await;
    let changes = past.changes("churn-drift", at(FIRST - 60), at(FIRST + 120)).await.unwrap();
    assert_eq!(changes, [(at(FIRST), AlarmState::Alarm), (at(FIRST + 60), AlarmState::InsufficientData)]);
    let asked = canned.asked();
    for text in ["churn-drift", "StateUpdate", "CompositeAlarm", "MetricAlarm", "TimestampAscending"] {
        assert!(holds(&asked[0], text), "{text}");
    }
    assert!(holds(&asked[1], "more"));
}

#[tokio::test]
async fn a_change_without_a_state_is_no_state() {
    let (past, _) = past(vec![change(FIRST, &to("GOOD"), None)]).await;
    let error = past.changes("churn-drift", at(0), at(FIRST + 120)).await.unwrap_err();
    assert_eq!(error.to_string(), "DescribeAlarmHistory answered without a new state");
}

fn job(name: &str, status: &str, ended: Option<i64>) -> Value {
    let mut job = json!({
        "TrainingJobName": name,
        "TrainingJobArn": format!("arn:aws:sagemaker:eu-central-1:100000000001:training-job/{name}"),
        "CreationTime": FIRST,
        "TrainingJobStatus": status,
    });
    if let Some(ended) = ended {
        job["TrainingEndTime"] = json!(ended);
    }
    job
}

#[tokio::test]
async fn only_the_models_own_jobs_that_ended_well_are_trainings() {
    let ours = job_name("churn", 3);
    let pages = [
        json!({ "TrainingJobSummaries": [], "NextToken": "more" }),
        json!({ "TrainingJobSummaries": [
            job(&ours, "Completed", Some(FIRST + 2_520)),
            job(&job_name("churn", 4), "Failed", Some(FIRST + 60)),
            job(&job_name("churn", 5), "InProgress", None),
            job(&format!("copy-of-{ours}"), "Completed", Some(FIRST + 60)),
        ] }),
    ];
    let (past, canned) = past(pages.iter().map(answer).collect()).await;
    let trained = past.trainings("churn", at(FIRST - 60)).await.unwrap();
    let told: Vec<(&str, Timestamp, Timestamp)> =
        trained.iter().map(|it| (it.job.as_str(), it.began, it.ended)).collect();
    assert_eq!(told, [(ours.as_str(), at(FIRST), at(FIRST + 2_520))]);
    let asked: Vec<Value> = canned.asked().iter().map(|body| serde_json::from_slice(body).unwrap()).collect();
    assert_eq!(asked[0]["NameContains"], json!(ours.trim_end_matches("000003")));
    assert_eq!((&asked[0]["MaxResults"], &asked[0]["SortOrder"]), (&json!(100), &json!("Ascending")));
    assert_eq!(asked[1]["NextToken"], json!("more"));
}
