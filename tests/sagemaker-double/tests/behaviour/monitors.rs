//! The runs of monitoring schedules.

use serde_json::{Value, json};

use crate::caller::{Caller, standing};

fn runs(caller: &Caller) {
    let runs: Vec<Value> = [
        ("Completed", 3),
        ("CompletedWithViolations", 5),
        ("InProgress", 6),
        ("Failed", 4),
    ]
    .into_iter()
    .map(|(status, hour)| json!({ "status": status, "scheduled": format!("2026-11-02T0{hour}:00:00Z") }))
    .collect();
    caller.post("monitors/churn-quality", &json!(runs));
    caller.post("monitors/search-quality", &json!([]));
}

fn listed(caller: &Caller, more: Value) -> (Vec<String>, Option<String>) {
    let mut request = json!({ "MonitoringScheduleName": "churn-quality" });
    if let (Some(request), Value::Object(more)) = (request.as_object_mut(), more) {
        request.extend(more);
    }
    let body = caller.must("ListMonitoringExecutions", &request);
    let runs = body["MonitoringExecutionSummaries"].as_array().unwrap().iter();
    let words = runs.map(|run| run["MonitoringExecutionStatus"].as_str().unwrap().to_owned()).collect();
    (words, body["NextToken"].as_str().map(str::to_owned))
}

#[test]
fn the_newest_run_comes_first_where_that_is_asked_for() {
    let (_double, caller) = standing();
    runs(&caller);
    let newest = json!({ "SortBy": "ScheduledTime", "SortOrder": "Descending" });
    let (words, token) = listed(&caller, newest);
    assert_eq!(words, ["InProgress", "CompletedWithViolations", "Failed", "Completed"]);
    assert_eq!(token, None);
    let (words, _) = listed(&caller, json!({}));
    assert_eq!(words[0], "Completed", "in no order where none is asked for");
}

#[test]
fn pages_are_cut_before_a_status_is_asked_of_them() {
    let (_double, caller) = standing();
    runs(&caller);
    let page = |token: Option<&str>| {
        let mut page = json!({ "SortBy": "ScheduledTime", "SortOrder": "Descending", "MaxResults": 2,
            "StatusEquals": "Failed" });
        page["NextToken"] = json!(token);
        listed(&caller, page)
    };
    let (words, token) = page(None);
    assert_eq!((words.len(), token.is_some()), (0, true));
    let (words, token) = page(token.as_deref());
    assert_eq!((words.as_slice(), token), (&["Failed".to_owned()][..], None));
}

#[test]
fn a_schedule_that_nobody_knows_has_no_runs() {
    let (_double, caller) = standing();
    runs(&caller);
    let body = caller.must("ListMonitoringExecutions", &json!({ "MonitoringScheduleName": "nobody" }));
    assert_eq!(body["MonitoringExecutionSummaries"], json!([]));
    let long = "a".repeat(64);
    let (code, _) = caller.refused("ListMonitoringExecutions", &json!({ "MonitoringScheduleName": long }));
    assert_eq!(code, "ValidationException");
}
