//! What goes wrong on request.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::caller::{Caller, NAME, request, standing};

fn set(caller: &Caller, action: &Value) {
    caller.post("faults", &json!([{ "operation": "CreateTrainingJob", "action": action }]));
}

#[test]
fn a_refusal_has_the_code_and_does_nothing() {
    let (_double, caller) = standing();
    set(&caller, &json!({ "refuse": { "code": "AccessDeniedException", "message": "no", "status": 403 } }));
    let answer = caller.call("CreateTrainingJob", &request(NAME));
    assert_eq!((answer.status, answer.error.as_deref()), (403, Some("AccessDeniedException")));
    assert_eq!(answer.body["message"], "no");
    assert!(caller.is_unknown(NAME));
    caller.create(NAME);
}

#[test]
fn a_status_in_front_of_the_service_does_nothing() {
    let (_double, caller) = standing();
    set(&caller, &json!({ "http": { "status": 503 } }));
    assert_eq!(caller.call("CreateTrainingJob", &request(NAME)).status, 503);
    assert!(caller.is_unknown(NAME));
}

#[test]
fn a_delay_is_real_time_and_the_call_is_carried_out() {
    let (_double, caller) = standing();
    set(&caller, &json!({ "delay": { "ms": 200 } }));
    let asked = Instant::now();
    caller.create(NAME);
    assert!(asked.elapsed() >= Duration::from_millis(200));
}

#[test]
fn a_dropped_connection_leaves_no_job() {
    let (_double, caller) = standing();
    set(&caller, &json!("drop"));
    assert!(caller.try_call("CreateTrainingJob", &request(NAME).to_string()).is_err());
    assert!(caller.is_unknown(NAME));
}

#[test]
fn act_then_drop_leaves_the_job() {
    let (_double, caller) = standing();
    set(&caller, &json!("act_then_drop"));
    assert!(caller.try_call("CreateTrainingJob", &request(NAME).to_string()).is_err());

    // The ambiguity of one's own retry: the name is taken, by oneself.
    assert_eq!(caller.refused("CreateTrainingJob", &request(NAME)).0, "ResourceInUse");
    assert_eq!(caller.describe(NAME)["Environment"]["REKINDLE_DECISION"], "d-17");
    let log = caller.get("log?operation=CreateTrainingJob");
    assert_eq!((&log[0]["status"], &log[0]["answered"]), (&json!(200), &json!(false)));
    assert_eq!((&log[1]["status"], &log[1]["answered"]), (&json!(400), &json!(true)));
}

#[test]
fn act_then_hide_answers_and_then_nobody_sees_the_job() {
    let (_double, caller) = standing();
    set(&caller, &json!({ "act_then_hide": { "ms": 5000 } }));
    caller.create(NAME);
    assert!(caller.is_unknown(NAME));
    assert!(caller.page(&json!({})).0.is_empty());
    assert_eq!(caller.refused("CreateTrainingJob", &request(NAME)).0, "ResourceInUse");
    caller.advance(5);
    assert_eq!(caller.status(NAME), "InProgress");
}

#[test]
fn a_wrong_content_type_comes_with_the_right_body() {
    let (_double, caller) = standing();
    set(&caller, &json!("wrong_content_type"));
    let answer = caller.call("CreateTrainingJob", &request(NAME));
    assert_eq!(answer.content_type, "text/html");
    assert!(answer.body["TrainingJobArn"].is_string());
}

#[test]
fn a_cut_body_stops_in_the_middle_and_the_job_exists() {
    let (_double, caller) = standing();
    set(&caller, &json!("cut_body"));
    assert!(caller.try_call("CreateTrainingJob", &request(NAME).to_string()).is_err());
    assert_eq!(caller.status(NAME), "InProgress");
}

#[test]
fn a_fault_strikes_from_the_nth_call_for_so_many_times() {
    let (_double, caller) = standing();
    let refuse = json!({ "refuse": { "code": "ThrottlingException", "message": "Rate exceeded" } });
    caller
        .post("faults", &json!({ "operation": "ListTrainingJobs", "nth": 2, "times": 2, "action": refuse }));
    let statuses: Vec<_> = (0..5).map(|_| caller.call("ListTrainingJobs", &json!({})).status).collect();
    assert_eq!(statuses, [200, 400, 400, 200, 200]);
}

#[test]
fn of_two_faults_each_counts_every_call_and_the_first_that_is_due_strikes() {
    let (_double, caller) = standing();
    caller.post("faults", &json!([
        { "operation": "ListTrainingJobs", "nth": 1, "action": { "http": { "status": 500 } } },
        { "operation": "ListTrainingJobs", "nth": 1, "times": 2, "action": { "http": { "status": 503 } } },
    ]));
    let statuses: Vec<_> = (0..3).map(|_| caller.call("ListTrainingJobs", &json!({})).status).collect();
    assert_eq!(statuses, [500, 503, 200]);
}

#[test]
fn a_fault_can_be_about_one_job() {
    let (_double, caller) = standing();
    caller.post(
        "faults",
        &json!([
            { "operation": "CreateTrainingJob", "name": "second", "action": { "http": { "status": 500 } } },
        ]),
    );
    caller.create("first");
    assert_eq!(caller.call("CreateTrainingJob", &request("second")).status, 500);
}

#[test]
fn faults_of_one_account_leave_others_alone() {
    let (_double, caller) = standing();
    set(&caller, &json!({ "http": { "status": 500 } }));
    caller.elsewhere("111122223333", "eu-central-1").create(NAME);
}
