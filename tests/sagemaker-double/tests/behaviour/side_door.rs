//! The side door itself.

use rekindle_sagemaker_double::{Double, DoubleError};
use serde_json::json;

use crate::caller::{ACCOUNT, Caller, NAME, request, standing};

#[test]
fn the_log_tells_one_creation_that_succeeded_and_two_that_did_not() {
    let (_double, caller) = standing();
    caller.create(NAME);
    caller.refused("CreateTrainingJob", &request(NAME));
    caller.refused("CreateTrainingJob", &request(NAME));
    caller.describe(NAME);
    caller.create("another");

    let log = caller.get(&format!("log?operation=CreateTrainingJob&name={NAME}"));
    let entries: Vec<_> = log.as_array().unwrap().iter().map(|e| (&e["status"], &e["error"])).collect();
    let (ok, bad) = (json!(200), json!(400));
    let (none, taken) = (json!(null), json!("ResourceInUse"));
    assert_eq!(entries, [(&ok, &none), (&bad, &taken), (&bad, &taken)]);
    assert_eq!(log[0]["request"], request(NAME));
    assert_eq!(log[0]["at"], "2026-11-02T07:00:00Z");
    assert_eq!((&log[0]["account"], &log[0]["region"]), (&json!(ACCOUNT), &json!("eu-central-1")));
}

#[test]
fn the_log_of_one_account_is_not_that_of_another() {
    let (double, caller) = standing();
    caller.create(NAME);
    caller.elsewhere("111122223333", "eu-central-1").create(NAME);
    assert_eq!(caller.get("log").as_array().unwrap().len(), 1);
    assert_eq!(double.get("log").unwrap().as_array().unwrap().len(), 2);
}

#[test]
fn a_reset_forgets_one_account_or_all() {
    let (double, caller) = standing();
    let other = caller.elsewhere("111122223333", "eu-central-1");
    caller.create(NAME);
    other.create(NAME);
    caller.post("reset", &json!({}));
    assert_eq!(caller.get("log"), json!([]));
    assert!(caller.is_unknown(NAME));
    assert_eq!(other.status(NAME), "InProgress");
    double.post("reset", &json!({})).unwrap();
    assert!(other.is_unknown(NAME));
}

#[test]
fn time_ticks_until_it_is_told_to_stand() {
    let double = Double::start().unwrap();
    let caller = Caller::new(&double.url(), ACCOUNT, "eu-central-1");
    assert_eq!(caller.get("clock")["manual"], false);
    let before = caller.get("clock")["now"].clone();
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert_ne!(caller.get("clock")["now"], before);

    caller.post("clock", &json!({ "manual": true }));
    let stands = caller.get("clock");
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert_eq!(caller.get("clock"), stands);
    caller.post("clock", &json!({ "set": "2026-11-02T07:00:00Z", "advance_seconds": 1.5 }));
    assert_eq!(caller.get("clock"), json!({ "now": "2026-11-02T07:00:01.5Z", "manual": true }));
}

#[test]
fn a_ticking_clock_can_be_set_ahead() {
    let double = Double::start().unwrap();
    let caller = Caller::new(&double.url(), ACCOUNT, "eu-central-1");
    caller.create(NAME);
    caller.advance(660);
    assert_eq!(caller.status(NAME), "Completed");
}

#[test]
fn settings_replace_each_other_key_by_key() {
    let (_double, caller) = standing();
    caller.post("config", &json!({ "training_seconds": 5, "quotas": { "ml.m5.xlarge": 1 } }));
    caller.post("config", &json!({ "starting_seconds": 2, "quotas": {} }));
    let config = caller.get("config");
    assert_eq!((&config["training_seconds"], &config["starting_seconds"]), (&json!(5.0), &json!(2.0)));
    assert_eq!(config["quotas"], json!({}));
}

#[test]
fn typing_mistakes_are_told() {
    let double = Double::start().unwrap();
    let wrong = |path: &str, body| double.post(path, &body).unwrap_err().to_string();
    assert!(wrong("config", json!({ "quota": {} })).contains("unknown field `quota`"));
    assert!(wrong("config", json!({ "throttles": { "List": { "per_second": 2 } } })).contains("`List`"));
    assert!(wrong("faults", json!({ "operation": "Create", "action": "drop" })).contains("`Create`"));
    assert!(wrong("jobs/nobody", json!({})).contains("`nobody`"));
    assert!(wrong("clock?account=12", json!({})).contains("`12`"));
    assert!(wrong("nowhere", json!({})).contains("no such path"));
}

#[test]
fn a_stopped_double_gives_its_port_back() {
    let double = Double::start().unwrap();
    let port = double.url().rsplit_once(':').unwrap().1.parse().unwrap();
    assert!(matches!(Double::start_on(port), Err(DoubleError::Listen { .. })));
    double.stop();
    assert_eq!(Double::start_on(port).unwrap().get("health").unwrap(), json!({ "healthy": true }));
}

#[test]
fn the_program_says_where_it_listens() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let program = env!("CARGO_BIN_EXE_sagemaker-double");
    let mut child = Command::new(program).args(["--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
    Caller::new(&url, ACCOUNT, "eu-central-1").create(NAME);
    child.kill().unwrap();
    child.wait().unwrap();
}
