//! The runs of monitoring schedules, against the double.

use std::collections::BTreeSet;

use rekindle_aws::Invocation;
use rekindle_decision::facts::{Gap, MonitorFact};
use rekindle_sagemaker_double::Double;
use rekindle_turn::World;
use serde_json::{Value, json};

const ACCOUNT: &str = "100000000001";

fn put(double: &Double, schedule: &str, runs: &[(&str, &str)]) {
    let run = |(status, hour): &(&str, &str)| json!({ "status": status, "scheduled": format!("2026-11-02T{hour}:00:00Z") });
    let runs: Vec<Value> = runs.iter().map(run).collect();
    double.post(&format!("monitors/{schedule}?account={ACCOUNT}"), &json!(runs)).unwrap();
}

async fn read(double: &Double, schedules: &[&str]) -> Vec<MonitorFact> {
    let clients = crate::at(&double.url(), ACCOUNT).await;
    let wanted: BTreeSet<String> = schedules.iter().map(ToString::to_string).collect();
    let mut facts = Invocation::new(&clients, "t").monitors(&wanted).await;
    schedules.iter().map(|name| facts.remove(*name).expect("an answer for every schedule")).collect()
}

fn found(status: &str, hour: &str) -> MonitorFact {
    let scheduled = format!("2026-11-02T{hour}:00:00Z").parse().unwrap();
    MonitorFact::Found { status: status.to_owned(), scheduled, failure: None }
}

#[tokio::test]
async fn the_newest_run_that_has_finished_counts() {
    let double = Double::start().unwrap();
    let violations = ("CompletedWithViolations", "05");
    put(&double, "a", &[("Completed", "04"), violations, ("InProgress", "06"), ("Pending", "07")]);
    put(&double, "b", &[violations, ("Stopping", "06"), ("Failed", "03")]);
    put(&double, "c", &[("Completed", "04"), ("Hibernating", "05")]);
    put(&double, "d", &[("Pending", "04")]);
    assert_eq!(
        read(&double, &["a", "b", "c", "d", "nobody"]).await,
        [
            found("CompletedWithViolations", "05"),
            found("CompletedWithViolations", "05"),
            found("Hibernating", "05"),
            MonitorFact::NoRun,
            MonitorFact::NoRun,
        ]
    );
}

#[tokio::test]
async fn runs_are_looked_for_on_some_pages_and_not_for_ever() {
    let double = Double::start().unwrap();
    let mut runs = vec![("Pending", "07"); 12];
    runs.push(("Failed", "01"));
    put(&double, "a", &runs);
    put(&double, "b", &[("Pending", "07"); 40]);
    let facts = read(&double, &["a", "b"]).await;
    assert_eq!(facts[0], found("Failed", "01"));
    let error = "none of the newest runs of b has finished".to_owned();
    assert_eq!(facts[1], MonitorFact::Unread { gap: Gap::Failed { error } });
}

#[tokio::test]
async fn a_call_that_fails_is_a_gap_for_its_schedule_alone() {
    let double = Double::start().unwrap();
    put(&double, "a", &[("Completed", "04")]);
    put(&double, "b", &[("Completed", "04")]);
    let refuse = json!({ "refuse": { "code": "AccessDeniedException", "message": "no", "status": 400 } });
    let fault = json!({ "operation": "ListMonitoringExecutions", "name": "b", "action": refuse });
    double.post(&format!("faults?account={ACCOUNT}"), &fault).unwrap();
    let facts = read(&double, &["a", "b"]).await;
    assert_eq!(facts[0], found("Completed", "04"));
    assert!(matches!(&facts[1], MonitorFact::Unread { gap: Gap::Failed { .. } }), "{:?}", facts[1]);
}
