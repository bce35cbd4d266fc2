//! The cloud itself, with functions that only echo: what a test does arrives, and what a function does is seen.
#![cfg(test)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rekindle_local_cloud::aws::{Alarm, Datum, Observed};
use rekindle_local_cloud::{AlarmState, LocalCloud, Options, Stack, binaries, eventually};
use serde_json::{Value, json};

const AUC: Alarm<'static> = Alarm {
    name: "churn-auc-low",
    namespace: "Churn/Quality",
    metric: "auc",
    dimensions: &[("Model", "churn-weekly")],
    statistic: "Average",
    period: 86_400,
    comparison: "LessThanThreshold",
    threshold: 0.8,
};

fn echoes() -> BTreeMap<String, PathBuf> {
    let echo = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/echo.py");
    binaries::FUNCTIONS.iter().map(|function| ((*function).to_owned(), echo.clone())).collect()
}

fn deploy(account: &str) -> Stack {
    let options = Options { account: account.into(), ..Options::default() };
    LocalCloud::start(options).unwrap().deploy(&echoes()).unwrap()
}

/// What the echo of this function was told, once it has said so.
fn told(stack: &Stack, count: usize) -> Vec<(String, Value)> {
    let published = stack.wait_for_published(count).unwrap();
    let echo = |event: &Value| (event["detail-type"].as_str().unwrap().to_owned(), event["detail"].clone());
    published.iter().map(echo).collect()
}

#[test]
fn an_alarm_reaches_its_function_through_the_templates_own_rule() {
    let stack = deploy("100000000011");
    stack.aws().put_metric_alarm(&AUC).unwrap();
    stack.aws().put_metric_alarm(&Alarm { name: "rekindle-self-errors", ..AUC }).unwrap();

    stack.fire_alarm("rekindle-self-errors", AlarmState::Alarm, 4.0).unwrap();
    stack.fire_alarm(AUC.name, AlarmState::Ok, 0.91).unwrap();
    let sent = stack.fire_alarm(AUC.name, AlarmState::Alarm, 0.74).unwrap();

    let [(function, event)] =
        <[_; 1]>::try_from(told(&stack, 1)).expect("one alarm is forwarded, two are not");
    assert_eq!(function, stack.function("on-alarm").unwrap());
    for member in ["source", "detail-type", "resources", "detail"] {
        assert_eq!(event[member], sent[member], "{member}");
    }
    assert_eq!(event["account"], "100000000011");
    assert_eq!(event["detail"]["previousState"]["value"], "OK");
    let data: Value = serde_json::from_str(event["detail"]["state"]["reasonData"].as_str().unwrap()).unwrap();
    assert_eq!((&data["recentDatapoints"], &data["threshold"]), (&json!([0.74]), &json!(0.8)));
}

#[test]
fn rules_and_schedules_fire_when_told_and_only_then() {
    let stack = deploy("100000000012");
    let rule = stack.rule("example-weekly-rule").unwrap().to_owned();
    let tick = SystemTime::UNIX_EPOCH + Duration::from_secs(1_793_588_407);

    stack.fire_rule_at(&rule, tick).unwrap();
    let [(function, scheduled)] = <[_; 1]>::try_from(told(&stack, 1)).unwrap();
    assert_eq!(function, stack.function("on-schedule").unwrap());
    assert_eq!(
        (&scheduled["source"], &scheduled["time"]),
        (&json!("aws.events"), &json!("2026-11-02T03:00:07Z"))
    );
    assert_eq!(
        scheduled["resources"],
        json!([format!("arn:aws:events:eu-central-1:100000000012:rule/{rule}")])
    );

    stack.aws().put_scheduled_rule("owners", "cron(0 3 ? * MON *)").unwrap();
    let arn = stack.aws().function_arn(stack.function("on-schedule").unwrap());
    let target = json!({"Id": "1", "Arn": arn, "Input": r#"{"rekindle": "scheduled", "models": ["churn"]}"#});
    stack.aws().put_target("default", "owners", &target).unwrap();
    stack.fire_rule_at("owners", tick).unwrap();
    assert_eq!(told(&stack, 2).pop().unwrap().1, json!({"rekindle": "scheduled", "models": ["churn"]}));

    stack.fire_schedule_at("rekindle-sweep", "sweep", tick).unwrap();
    let (function, sweep) = told(&stack, 3).pop().unwrap();
    assert_eq!(function, stack.function("on-metric-check").unwrap());
    assert_eq!(
        sweep,
        json!({
            "rekindle": "sweep",
            "schedule": "arn:aws:scheduler:eu-central-1:100000000012:schedule/rekindle-sweep/sweep",
            "scheduled_time": "2026-11-02T03:00:07Z",
            "attempt": "1",
        })
    );
}

#[test]
fn what_a_function_does_is_seen() {
    let stack = deploy("100000000013");
    let function = stack.function("on-schedule").unwrap();

    let answer = stack.aws().invoke(function, &json!({"source": "a person"})).unwrap();
    assert_eq!(answer.payload, json!({"told": {"source": "a person"}}));
    assert_eq!(answer.function_error, None);

    let rows = stack.wait_for_rows("echo", 1).unwrap();
    assert_eq!(rows[0]["source"], "a person");
    assert!(stack.ledger("another-model").unwrap().is_empty());
    assert_eq!(stack.wait_for_published(1).unwrap()[0]["source"], "rekindle");
    eventually("the function's log", || {
        Ok(stack.logs("on-schedule")?.iter().any(|line| line.contains("a person")).then_some(()))
    })
    .unwrap();
}

#[test]
fn a_deployment_does_not_disturb_another_account() {
    let stack = deploy("100000000018");
    let pid =
        || stack.aws().invoke(stack.function("on-alarm").unwrap(), &json!({"pid": true})).unwrap().payload;
    let before = pid();
    assert!(before["pid"].is_u64());
    deploy("100000000019");
    assert_eq!(pid(), before);
}

#[test]
fn a_failing_event_is_tried_again_and_then_kept() {
    let stack = deploy("100000000014");
    let function = stack.function("on-alarm").unwrap();
    let answer = stack.aws().invoke(function, &json!({"fail": true})).unwrap();
    assert!(answer.function_error.is_some());
    assert_eq!(answer.payload["errorType"], "Asked");

    stack.aws().invoke_event(function, &json!({"fail": true})).unwrap();
    let queue = stack.queue("failed-queue").unwrap();
    let kept = eventually("the failed event", || Ok(stack.aws().receive(queue)?.pop())).unwrap();
    assert_eq!(kept["requestPayload"], json!({"fail": true}));
    let tries = || Ok(stack.logs("on-alarm")?.iter().filter(|line| line.contains("told")).count());
    eventually("one try by hand, one of the event, two more", || Ok((tries()? == 4).then_some(()))).unwrap();
}

#[test]
fn policies_and_metrics_are_kept() {
    let stack = deploy("100000000015");
    assert_eq!(stack.put_policy("churn", "mode: observe\n").unwrap(), 1);
    assert_eq!(stack.put_policy("churn", "mode: act\n").unwrap(), 2);
    stack.delete_policy("churn").unwrap();
    assert!(stack.delete_policy("churn").unwrap_err().to_string().contains("ParameterNotFound"));
    assert!(stack.put_policy("churn", &"x".repeat(4097)).is_err());

    let datum = |observed| Datum {
        namespace: AUC.namespace,
        metric: AUC.metric,
        dimensions: AUC.dimensions,
        at: SystemTime::now(),
        observed,
    };
    stack.aws().put_metric_alarm(&AUC).unwrap();
    let low = Observed::Statistics { count: 4.0, sum: 2.0, minimum: 0.1, maximum: 0.9 };
    stack.put_metric(&datum(low)).unwrap();
    assert_eq!(stack.aws().describe_alarm(AUC.name).unwrap().unwrap()["StateValue"], "ALARM");
    assert!(stack.put_metric(&datum(f64::NAN.into())).is_err());
}

#[test]
fn a_pattern_can_be_tried_on_a_fixture() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let event = json!({
        "id": "1", "source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", "account": "1",
        "time": "2026-11-02T06:10:09Z", "region": "eu-central-1", "resources": [], "detail": {"state": {"value": "OK"}},
    });
    let matches = |state: &str| {
        let pattern = json!({"source": ["aws.cloudwatch"], "detail": {"state": {"value": [state]}}});
        cloud.aws().test_event_pattern(&pattern, &event).unwrap()
    };
    assert!(matches("OK"));
    assert!(!matches("ALARM"));
}

#[test]
fn cold_and_warm_invocations_are_measured() {
    let stack = deploy("100000000016");
    stack.aws().invoke(stack.function("on-alarm").unwrap(), &json!({})).unwrap();
    let figures = stack.measure("on-alarm", &json!({})).unwrap();
    assert!(figures.cold > figures.warm, "{figures:?}");
    assert!(figures.peak_memory > 1 << 20, "{figures:?}");
    assert!(figures.binary > 0);
}

#[test]
fn a_function_without_a_binary_is_named() {
    let cloud = LocalCloud::start(Options { account: "100000000017".into(), ..Options::default() }).unwrap();
    let error = cloud.deploy(&BTreeMap::new()).unwrap_err().to_string();
    assert!(error.contains("no binary is called `on-"), "{error}");
}
