//! Which events the template's rules let through, asked of their true patterns: with the source as AWS spells it.

use std::fs;
use std::path::Path;

use rekindle_end_to_end::{Problem, deploy};
use rekindle_local_cloud::{Schedules, Stack};
use serde_json::{Value, json};

const ACCOUNT: &str = "100000000134";

/// An event that people find in `infra/test-events`, as it would come in this account.
fn event(name: &str) -> Value {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/test-events").join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text.replace("445566778899", ACCOUNT)).unwrap()
}

/// The same event, with one thing in it otherwise.
fn but(mut event: Value, pointer: &str, value: impl Into<Value>) -> Value {
    *event.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value.into();
    event
}

/// What we announce.
fn announced(kind: &str, waiting_on: &[&str]) -> Value {
    json!({
        "id": "1", "source": "rekindle", "detail-type": kind, "account": ACCOUNT, "time": "2026-11-02T06:10:09Z",
        "region": "eu-central-1", "resources": [], "detail": { "model": "churn", "waiting_on": waiting_on },
    })
}

/// The pattern of a deployed rule, with the source that the emulator's patch took away.
fn pattern(stack: &Stack, rule: &str) -> Result<Value, Problem> {
    let name = stack.rule(rule)?;
    // The emulator tells a rule of another bus than the default one by its name alone.
    let name = if rule == "people-rule" { format!("{}|{name}", stack.bus()?) } else { name.to_owned() };
    let rule = stack.aws().rule(&name)?;
    let text = rule["EventPattern"].as_str().ok_or("a rule without a pattern")?;
    Ok(serde_json::from_str(&text.replace("local.aws.", "aws."))?)
}

#[test]
fn the_rules_let_through_what_they_are_for_and_nothing_else() -> Result<(), Problem> {
    let stack = deploy(ACCOUNT, Schedules::Off)?;
    let alarm = || event("on-alarm--alarm-via-eventbridge");
    let edit = || event("on-alarm--policy-changed");
    let ended = || event("on-training-end--job-ended");
    let ours = format!("arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm:rekindle-self-failed");
    let rows = [
        ("alarm-rule", "an alarm that goes off", alarm(), true),
        ("alarm-rule", "one that is well again", but(alarm(), "/detail/state/value", "OK"), false),
        ("alarm-rule", "one on Rekindle itself", but(alarm(), "/resources/0", ours), false),
        ("alarm-rule", "one of another account", but(alarm(), "/account", "111122223333"), false),
        ("alarm-rule", "the end of a job", ended(), false),
        ("alarm-rule", "what we announce", announced("Retraining Started", &[]), false),
        ("policy-rule", "an edit", edit(), true),
        ("policy-rule", "a removal", but(edit(), "/detail/operation", "Delete"), true),
        ("policy-rule", "a label", but(edit(), "/detail/operation", "LabelParameterVersion"), false),
        (
            "policy-rule",
            "another path",
            but(edit(), "/detail/name", "/rekindle/policies-of-others/churn"),
            false,
        ),
        ("training-end-rule", "the end of a job of ours", ended(), true),
        (
            "training-end-rule",
            "a job that runs",
            but(ended(), "/detail/TrainingJobStatus", "InProgress"),
            false,
        ),
        (
            "training-end-rule",
            "a job of somebody else",
            but(ended(), "/detail/TrainingJobName", "churn"),
            false,
        ),
        ("people-rule", "a start that waits for a yes", announced("Retraining Held", &["ask_first"]), true),
        ("people-rule", "one that waits for a date", announced("Retraining Held", &["cooldown"]), false),
        ("people-rule", "a training that failed", announced("Retraining Failed", &[]), true),
        ("people-rule", "a policy that was refused", announced("Policy Refused", &[]), true),
        ("people-rule", "a policy that was accepted", announced("Policy Accepted", &[]), false),
        ("people-rule", "a start", announced("Retraining Started", &[]), false),
    ];
    for (rule, what, event, through) in rows {
        let pattern = pattern(&stack, rule)?;
        assert_eq!(stack.aws().test_event_pattern(&pattern, &event)?, through, "{rule}: {what}: {event}");
    }
    Ok(())
}
