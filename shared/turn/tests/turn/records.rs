//! What people and CloudWatch read.

use crate::stage::{ACCURACY, DRIFT, Stage, WEEKLY, ask, asked, confirm, monday, sweep};
use insta::assert_json_snapshot;
use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::{
    Alarm, Alarms, Budget, BudgetMode, Expr, Monitor, MonitorEnd, Policy, Watch,
};
use rekindle_decision::ruling::Ruling;
use rekindle_decision::signal::AlarmState;
use rekindle_decision::span::Span;
use rekindle_turn::world::Creation;
use serde_json::{Value, json};

/// What CloudWatch asks of a line in embedded metric format: each metric named is a number, each dimension a string. And what
/// we ask: no metric belongs to a model.
fn is_emf(line: &Value) {
    assert!(line["_aws"]["Timestamp"].is_u64(), "{line}");
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
    assert!(!directives.is_empty());
    for directive in directives {
        assert_eq!(directive["Namespace"], "Rekindle");
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!(!metrics.is_empty() && metrics.len() <= 100);
        for metric in metrics {
            let name = metric["Name"].as_str().unwrap();
            assert!(line[name].is_number(), "{name} in {line}");
            let unit = metric["Unit"].as_str().unwrap();
            assert!(["Count", "Seconds", "None"].contains(&unit), "{unit} of {name}");
        }
        // A metric is paid for by the values of its dimensions: one of a model's own would be paid for by model.
        assert_eq!(directive["Dimensions"], json!([["Stack"]]));
        let stack = line["Stack"].as_str().unwrap();
        assert!(!stack.is_empty() && stack.len() <= 1024, "{line}");
    }
}

/// With every identity, which is a hash, put aside: they change with the engine.
fn steady(mut value: Value) -> Value {
    match &mut value {
        Value::String(text) if text.len() == 32 && text.chars().all(|c| c.is_ascii_hexdigit()) => {
            "[hash]".clone_into(text);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = steady(item.take())),
        Value::Object(fields) => fields.values_mut().for_each(|field| *field = steady(field.take())),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    value
}

/// What was published, as the bus takes it.
fn published(stage: &Stage) -> Value {
    steady(serde_json::to_value(stage.published()).unwrap())
}

#[tokio::test]
async fn the_line_of_a_start() {
    let stage = Stage::with(WEEKLY);
    stage.turn(&[monday()]).await;
    let line = stage.line();
    is_emf(&line);
    assert_json_snapshot!(steady(line));
}

#[tokio::test]
async fn the_line_of_a_turn() {
    let stage = Stage::with(WEEKLY);
    stage
        .turn(&[
            monday(),
            sweep(),
            asked(rekindle_decision::signal::Ask { models: vec!["chrun".into()], ..ask("a") }),
        ])
        .await;
    let lines = stage.world.take_lines();
    let line = lines.last().unwrap();
    is_emf(line);
    assert_json_snapshot!(line);
}

#[tokio::test]
async fn every_line_of_a_long_story_is_in_embedded_metric_format() {
    let stage = Stage::with(
        "{ drift: { alarm: \"{model}-drift\" }, accuracy: { metric: { namespace: Churn, name: Accuracy, dimensions: { Model: \"{model}\" }, statistic: Average, period: 1h }, below: 0.82 } }",
    );
    let quota = Creation::NotNow { code: "Throttling".to_owned(), message: "slow down".to_owned() };
    let refused = Creation::Refused { code: "ValidationException".to_owned(), message: "no".to_owned() };
    stage.world.answer_next([quota, refused, Creation::Created { arn: String::new() }]);
    stage.sweep().await;
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.accuracy(f64::NAN);
    for _ in 0..3 {
        stage.sweep().await;
        stage.wait("5m");
    }
    stage.accuracy(0.7);
    stage.wait("1h");
    stage.policy(2, DRIFT, "{ cooldown: 1h }", "");
    stage.sweep().await;
    stage.end_job();
    stage.wait("2h");
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.sweep().await;
    let lines = stage.world.take_lines();
    assert_eq!(lines.len(), 13);
    lines.iter().for_each(is_emf);
}

#[tokio::test]
async fn the_announcement_of_a_start() {
    let stage = Stage::with(WEEKLY);
    stage.turn(&[monday()]).await;
    assert_json_snapshot!(published(&stage));
}

#[tokio::test]
async fn the_announcement_of_a_hold_and_of_its_withdrawal() {
    let stage = Stage::with(DRIFT);
    stage.world.set_alarm("churn-drift", AlarmState::Alarm);
    stage.sweep().await;
    let _ = stage.heard();
    stage.wait("2h");
    stage.end_job();
    stage.sweep().await;
    assert_json_snapshot!("the_announcement_of_a_hold", published(&stage));
    stage.wait("1h");
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.sweep().await;
    assert_json_snapshot!("the_announcement_of_a_withdrawal", published(&stage));
}

#[tokio::test]
async fn the_announcement_of_a_refusal() {
    let stage = Stage::with(WEEKLY);
    let (code, message) = ("ValidationException".to_owned(), "no such bucket".to_owned());
    stage.world.answer_next([Creation::Refused { code, message }]);
    stage.turn(&[monday()]).await;
    assert_json_snapshot!(published(&stage));
}

#[tokio::test]
async fn the_announcement_of_a_start_that_was_carried_on() {
    let stage = Stage::with(WEEKLY);
    let (code, message) = ("ResourceLimitExceeded".to_owned(), "none left".to_owned());
    stage.world.answer_next([Creation::NotNow { code, message }]);
    stage.turn(&[monday()]).await;
    let _ = stage.heard();
    stage.wait("5m");
    stage.sweep().await;
    assert_json_snapshot!(published(&stage));
}

/// Decides again on the facts of every line, as it was written to the log.
fn decided_again(lines: &[Value], policy: &Policy) -> usize {
    let decisions: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "decision").collect();
    for line in &decisions {
        let line: Value = serde_json::from_str(&line.to_string()).unwrap();
        let facts: Facts = serde_json::from_value(line["facts"].clone()).unwrap();
        let ruling: Ruling = serde_json::from_value(line["ruling"].clone()).unwrap();
        let again = decide(policy, &facts);
        assert_eq!(serde_json::to_string(&again).unwrap(), serde_json::to_string(&ruling).unwrap());
        assert_eq!(serde_json::to_value(&again).unwrap(), line["ruling"]);
    }
    decisions.len()
}

#[tokio::test]
async fn the_facts_of_a_record_and_the_policy_give_its_ruling_again() {
    let stage = Stage::changed(ACCURACY, "{ cooldown: 2h, in_flight: replace }", |policy| {
        policy.guards.ask_first = true;
        policy.guards.budgets = vec![Budget {
            fleet: Some("search".to_owned()),
            amount: "40 USD".parse().unwrap(),
            per: Span::Month,
            per_run: "12.50 USD".parse().unwrap(),
            mode: BudgetMode::Enforce,
        }];
        let which = Alarms::Prefix { prefix: "churn-".to_owned(), tags: std::collections::BTreeMap::new() };
        let watch = Watch::Alarm(Alarm { which, ..Alarm::named("") });
        policy.triggers.insert("drift".to_owned(), watch.into());
        let watch = Watch::Monitor(Monitor { schedule: "quality".to_owned(), on: MonitorEnd::Violations });
        policy.triggers.insert("quality".to_owned(), watch.into());
        let names = policy.triggers.keys().cloned().map(Expr::Trigger).collect();
        policy.start_when = Expr::Any(names);
    });
    let policy = stage.known().await;
    stage.world.set_alarm("churn-drift", AlarmState::Ok);
    stage.world.set_monitor("quality", "Completed", stage.now());
    let mut lines = Vec::new();
    // Numbers that a reader of decimals easily gets wrong by a little.
    for value in [0.1 + 0.2, f64::NAN, 0.82_f64.next_down(), 0.82_f64.next_up(), 1.0 / 3.0, 5e-324] {
        stage.accuracy(value);
        stage.sweep().await;
        let proposed = stage.world.row(crate::stage::MODEL).state.proposed;
        if let Some(decision) = proposed.last() {
            stage.turn(&[confirm(decision), confirm("another")]).await;
        }
        stage.wait("30m");
        stage.world.set_alarm("churn-drift", AlarmState::Alarm);
        stage.turn(&[asked(ask(&value.to_string()))]).await;
        stage.wait("30m");
        lines.extend(stage.world.take_lines());
    }
    stage.turn(&[asked(rekindle_decision::signal::Ask { dry_run: true, ..ask("dry") })]).await;
    lines.extend(stage.world.take_lines());
    assert!(decided_again(&lines, &policy) > 12);
    let verdicts: std::collections::BTreeSet<String> =
        lines.iter().map(|line| line["ruling"]["decision"]["verdict"].to_string()).collect();
    assert!(verdicts.len() > 1, "{verdicts:?}");
}
