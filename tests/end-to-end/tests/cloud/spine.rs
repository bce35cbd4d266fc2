//! From a real cloud event to a running training job, three times.

use std::time::SystemTime;

use rekindle_end_to_end::{
    Problem, creations, deploy, policy, put_accuracy, put_drift_alarm, rekindle, wait_for_job,
};
use rekindle_local_cloud::{AlarmState, Schedules, Stack, eventually, until};
use serde_json::{Value, json};

const ON_TIME: &str =
    r#"triggers: { weekly: { schedule: "cron(0 3 ? * MON *)", rule: rekindle-weekly, deadline: 6h } }"#;
const ON_DRIFT: &str = r#"triggers: { drift: { alarm: "{model}-drift" } }"#;
const ON_ACCURACY: &str = r#"triggers:
  accuracy:
    metric: { namespace: Churn, name: Accuracy, dimensions: { Model: "{model}" }, statistic: Average, period: 1m }
    below: 0.82
    for: 1 of 1
guards: { freshness: 1h }"#;

const MODELS: [&str; 3] = ["on-time", "on-drift", "on-accuracy"];

#[test]
fn a_schedule_an_alarm_and_a_metric_each_lead_to_exactly_one_job() -> Result<(), Problem> {
    let stack = deploy("100000000101", Schedules::Off)?;
    for (model, rules) in MODELS.into_iter().zip([ON_TIME, ON_DRIFT, ON_ACCURACY]) {
        stack.put_policy(model, &policy(model, rules))?;
    }
    put_drift_alarm(&stack, "on-drift-drift")?;
    // Before the alarm: MiniStack judges every alarm whenever a metric is put.
    put_accuracy(&stack, "on-accuracy", 0.79)?;

    let tick = SystemTime::now();
    let rule = stack.rule("example-weekly-rule")?.to_owned();
    stack.fire_rule_at(&rule, tick)?;
    let alarm = stack.fire_alarm("on-drift-drift", AlarmState::Alarm, 0.4)?;
    stack.fire_schedule("rekindle-sweep", "sweep")?;

    for model in MODELS {
        let made = wait_for_job(&stack, model)?;
        assert_eq!(made["unknown_members"], json!([]), "the request is of the published model");
        let request = &made["request"];
        assert_eq!(
            request["TrainingJobName"].as_str().unwrap().len(),
            model.len() + "rk--00000000-g000001".len()
        );
        assert_eq!(request["HyperParameters"]["grid"], r#"{"eta": [0.1, 0.3]}"#, "sent as written");
        assert_eq!(request["OutputDataConfig"]["S3OutputPath"], format!("s3://models/{model}/1"));
        assert_eq!(request["VpcConfig"]["Subnets"], json!(["subnet-0a1b2c3d"]));
        let decision = request["Environment"]["REKINDLE_DECISION"].as_str().unwrap();
        assert!(
            request["Tags"]
                .as_array()
                .unwrap()
                .contains(&json!({"Key": "rekindle:decision", "Value": decision}))
        );
        settled(&stack, model, decision)?;
    }
    let started = wait_for_started(&stack, 3)?;

    // The same three events again, five times: while the jobs run, and after they have ended.
    let again = || -> Result<(), Problem> {
        for _ in 0..5 {
            stack.fire_rule_at(&rule, tick)?;
            stack.fire_event(&alarm)?;
            stack.fire_schedule("rekindle-sweep", "sweep")?;
        }
        Ok(())
    };
    again()?;
    for function in ["on-schedule", "on-alarm", "on-metric-check"] {
        answered(&stack, function, 6)?;
    }
    for model in MODELS {
        let run = stack.ledger(model)?.remove(0);
        let end = format!("jobs/{}?account=100000000101", run["job"].as_str().unwrap());
        rekindle_end_to_end::sagemaker()?.post(&end, &json!({ "outcome": "completed" }))?;
    }
    again()?;
    for (function, turns) in [("on-schedule", 11), ("on-alarm", 11), ("on-metric-check", 11)] {
        answered(&stack, function, turns)?;
    }
    for model in MODELS {
        let rows = stack.ledger(model)?;
        let end = rows.iter().find(|row| row["item"] == "run#000001").map(|run| run["status"].clone());
        assert_eq!(end, Some(json!("Completed")), "a turn has closed the run of {model}");
    }
    for model in MODELS {
        let (made, refused) = creations(&stack, model)?;
        assert_eq!((made.len(), refused.len()), (1, 0), "one creation for {model}, and no try at a second");
        assert_eq!(stack.ledger(model)?.len(), 2, "a state and one run");
    }
    assert_eq!(stack.jobs()?.len(), 3);
    assert_eq!(wait_for_started(&stack, 3)?, started, "nothing else was announced as started");
    replayed(&stack)
}

/// What the functions have logged is decided once more, away from the cloud: the same, byte for byte.
fn replayed(stack: &Stack) -> Result<(), Problem> {
    let folder = tempfile::tempdir()?;
    let mut log = String::new();
    for function in ["on-schedule", "on-alarm", "on-metric-check"] {
        for line in stack.logs(function)? {
            log.push_str(&line);
            log.push('\n');
        }
    }
    std::fs::write(folder.path().join("decisions.log"), log)?;
    for (model, rules) in MODELS.into_iter().zip([ON_TIME, ON_DRIFT, ON_ACCURACY]) {
        std::fs::write(folder.path().join("policy.yaml"), policy(model, rules))?;
        let asked = ["decide", "--policy", "policy.yaml", "--record", "decisions.log", "--json"];
        let output = rekindle(stack.ministack(), stack.aws(), folder.path(), &asked)?;
        let told = String::from_utf8(output.stdout)?;
        assert_eq!(
            output.status.code(),
            Some(0),
            "{model}: {told} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let answer: Value = serde_json::from_str(&told)?;
        assert!(answer["decisions"].as_u64() > Some(10) && answer["otherwise"] == 0, "{model}: {answer}");
    }
    Ok(())
}

#[test]
fn a_scheduled_rule_fires_by_itself() -> Result<(), Problem> {
    // MiniStack looks at rules every ten seconds, and never fires one before a minute has passed.
    let stack = deploy("100000000102", Schedules::Every("rate(1 minute)".to_owned()))?;
    stack.put_policy("by-itself", &policy("by-itself", ON_TIME))?;
    until("the rule's own tick", std::time::Duration::from_mins(2), || {
        let rows = stack.ledger("by-itself")?;
        Ok(rows.iter().any(|row| row["item"] == "state" && row["phase"] == "running").then_some(()))
    })?;
    let (made, refused) = creations(&stack, "by-itself")?;
    assert_eq!((made.len(), refused.len()), (1, 0));
    Ok(())
}

/// The ledger says what SageMaker says.
fn settled(stack: &Stack, model: &str, decision: &str) -> Result<(), Problem> {
    let rows = eventually(&format!("the settled ledger of {model}"), || {
        let rows = stack.ledger(model)?;
        Ok(rows.iter().any(|row| row["item"] == "state" && row["phase"] == "running").then_some(rows))
    })?;
    let [run, state] = rows.as_slice() else { panic!("{model} has {} rows", rows.len()) };
    assert_eq!(
        (&run["item"], &run["status"], &run["decision"]),
        (&json!("run#000001"), &json!("InProgress"), &json!(decision))
    );
    assert_eq!((&state["generation"], &state["decision"]), (&json!(1), &json!(decision)));
    assert!(run["arn"].as_str().is_some_and(|arn| arn.ends_with(run["job"].as_str().unwrap())));
    Ok(())
}

fn wait_for_started(stack: &Stack, count: usize) -> Result<Vec<Value>, Problem> {
    Ok(eventually("the announcements", || {
        let mut started = stack.published()?;
        started.retain(|event| event["detail-type"] == "Retraining Started");
        started.sort_by_key(|event| event["detail"]["model"].to_string());
        Ok((started.len() >= count).then_some(started))
    })?)
}

/// Waits until a function has taken so many turns: each ends with one line.
fn answered(stack: &Stack, function: &str, turns: usize) -> Result<(), Problem> {
    // On a busy machine eleven turns of three functions take their time.
    Ok(until(&format!("{turns} turns of {function}"), std::time::Duration::from_mins(3), || {
        let lines = stack.logs(function)?;
        let taken = lines.iter().filter(|line| line.contains(r#""kind":"turn""#)).count();
        Ok((taken >= turns).then_some(()))
    })?)
}
