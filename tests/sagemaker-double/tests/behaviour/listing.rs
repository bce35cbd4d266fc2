//! `ListTrainingJobs`, and what it does to those who trust it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::caller::{Caller, standing};

/// Jobs one minute apart, each with its name.
fn minutely(caller: &Caller, names: &[&str]) {
    for name in names {
        caller.create(name);
        caller.advance(60);
    }
}

/// All pages, each with its names.
fn pages(caller: &Caller, request: &Value) -> Vec<Vec<String>> {
    let mut request = request.clone();
    let mut pages = Vec::new();
    loop {
        let (names, token) = caller.page(&request);
        pages.push(names);
        let Some(token) = token else { return pages };
        request["NextToken"] = json!(token);
    }
}

/// API reference of `ListTrainingJobs`: by creation time, ascending.
#[test]
fn the_oldest_comes_first_unless_told() {
    let (_double, caller) = standing();
    minutely(&caller, &["m2", "m10", "m1"]);
    assert_eq!(caller.page(&json!({})).0, ["m2", "m10", "m1"]);
    assert_eq!(caller.page(&json!({ "SortOrder": "Descending" })).0, ["m1", "m10", "m2"]);
    assert_eq!(caller.page(&json!({ "SortBy": "Name" })).0, ["m1", "m10", "m2"]);
}

#[test]
fn jobs_of_one_instant_come_in_the_order_of_their_creation() {
    let (_double, caller) = standing();
    for name in ["b", "a", "c"] {
        caller.create(name);
    }
    assert_eq!(pages(&caller, &json!({ "MaxResults": 1 })), [["b"], ["a"], ["c"]]);
}

#[test]
fn a_page_has_ten_jobs_unless_told() {
    let (_double, caller) = standing();
    for number in 0..21 {
        caller.create(&format!("job-{number:02}"));
    }
    let lengths = |request| pages(&caller, &request).iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(lengths(json!({})), [10, 10, 1]);
    assert_eq!(lengths(json!({ "MaxResults": 100 })), [21]);
    assert_eq!(lengths(json!({ "MaxResults": 7 })), [7, 7, 7]);
}

#[rstest]
#[case::none(0)]
#[case::one_over(101)]
fn a_page_has_between_one_and_a_hundred_jobs(#[case] size: u64) {
    let (_double, caller) = standing();
    assert_eq!(caller.refused("ListTrainingJobs", &json!({ "MaxResults": size })).0, "ValidationException");
}

/// API reference of `ListTrainingJobs`: `StatusEquals` with `MaxResults`.
#[test]
fn the_status_filter_comes_after_the_page_was_cut_so_pages_can_be_empty_with_a_token() {
    let (_double, caller) = standing();
    minutely(&caller, &["a", "b", "c", "d"]);
    caller.post("jobs/d", &json!({ "outcome": { "failed": "AlgorithmError: x" } }));
    let request = json!({ "MaxResults": 2, "StatusEquals": "Failed" });
    assert_eq!(pages(&caller, &request), [vec![], vec!["d".to_owned()]]);
}

/// boto/boto3#3347 and #2838.
#[test]
fn name_contains_is_a_substring_and_comes_after_the_cut_too() {
    let (_double, caller) = standing();
    minutely(&caller, &["rk-m2-g1", "rk-m3-g1", "rk-m1-g1", "rk-m10-g1"]);
    let request = json!({ "MaxResults": 2, "NameContains": "m1" });
    assert_eq!(pages(&caller, &request), [vec![], vec!["rk-m1-g1".to_owned(), "rk-m10-g1".to_owned()]]);
}

#[test]
fn creation_times_choose_before_the_cut() {
    let (_double, caller) = standing();
    minutely(&caller, &["a", "b", "c", "d"]);
    // 07:01 is when `b` was made; neither bound includes itself.
    let after = json!({ "MaxResults": 2, "CreationTimeAfter": 1_793_602_860.0 });
    assert_eq!(pages(&caller, &after), [["c", "d"]]);
    assert_eq!(pages(&caller, &json!({ "CreationTimeBefore": 1_793_602_860.0 })), [["a"]]);
}

/// aws/aws-sdk#486.
#[test]
fn last_modified_walks_the_whole_history_through_empty_pages() {
    let (_double, caller) = standing();
    minutely(&caller, &["a", "b", "c"]);
    caller.advance(10_000);
    caller.create("d");
    let request = json!({ "MaxResults": 1, "LastModifiedTimeAfter": 1_793_605_000.0 });
    let lengths: Vec<_> = pages(&caller, &request).iter().map(Vec::len).collect();
    assert_eq!(lengths, [0, 0, 0, 1]);
}

/// Whether a list sees a fresh job is not documented.
#[test]
fn a_created_job_appears_late_in_lists_and_at_once_in_describe() {
    let (_double, caller) = standing();
    caller.post("config", &json!({ "list_lag_seconds": 30 }));
    caller.create("late");
    assert_eq!(caller.status("late"), "InProgress");
    caller.advance(29);
    assert!(caller.page(&json!({})).0.is_empty());
    caller.advance(1);
    assert_eq!(caller.page(&json!({})).0, ["late"]);
}

#[test]
fn pages_go_on_where_they_were_when_a_job_goes_away() {
    let (_double, caller) = standing();
    minutely(&caller, &["a", "b", "c"]);
    let (_, token) = caller.page(&json!({ "MaxResults": 1 }));
    caller.advance(10_000);
    caller.must("DeleteTrainingJob", &json!({ "TrainingJobName": "a" }));
    assert_eq!(caller.page(&json!({ "MaxResults": 1, "NextToken": token })).0, ["b"]);
}

#[test]
fn a_token_nobody_gave_out_is_refused() {
    let (_double, caller) = standing();
    assert_eq!(caller.refused("ListTrainingJobs", &json!({ "NextToken": "zz" })).0, "ValidationException");
}
