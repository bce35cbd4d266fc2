//! Whoever edits a policy is answered, through the template's own rules.

use rekindle_end_to_end::{Problem, deploy, policy};
use rekindle_local_cloud::{Schedules, Stack, eventually};
use serde_json::{Value, json};

const ON_DRIFT: &str = r#"triggers: { drift: { alarm: "{model}-drift" } }"#;

/// Parameter Store's word that a parameter was written or removed. The emulator does not give it.
fn told(stack: &Stack, name: &str, operation: &str) -> Result<(), Problem> {
    let event = json!({
        "source": "aws.ssm", "detail-type": "Parameter Store Change", "time": "2026-11-02T09:12:40Z",
        "resources": [format!("arn:aws:ssm:eu-central-1:445566778899:parameter{name}")],
        "detail": { "name": name, "type": "String", "operation": operation },
    });
    Ok(stack.fire_event(&event)?)
}

/// The next announcement, which tells of a policy.
fn answer(stack: &Stack, count: usize) -> Result<Value, Problem> {
    let mut announced = stack.wait_for_published(count)?;
    Ok(announced.remove(count - 1))
}

#[test]
fn an_edit_is_answered_with_a_revision_or_with_line_and_hint_and_a_refusal_calls_somebody()
-> Result<(), Problem> {
    let stack = deploy("100000000132", Schedules::Off)?;
    // Whoever is called reads a queue here.
    let calls = stack.aws().create_queue("calls")?;
    stack.aws().subscribe_queue(stack.topic("alert-topic")?, &stack.aws().queue_arn("calls"))?;
    let name = format!("{}/churn", stack.policy_path()?);

    stack.put_policy("churn", &policy("churn", ON_DRIFT))?;
    told(&stack, &name, "Create")?;
    let accepted = answer(&stack, 1)?;
    assert_eq!(accepted["detail-type"], "Policy Accepted", "{accepted}");
    assert_eq!(
        (&accepted["detail"]["version"], &accepted["detail"]["models"], &accepted["detail"]["mode"]),
        (&json!(1), &json!(["churn"]), &json!("enforce"))
    );

    let misspelt = policy("churn", ON_DRIFT).replace("alarm:", "alrm:");
    let version = stack.put_policy("churn", &misspelt)?;
    told(&stack, &name, "Update")?;
    let refused = answer(&stack, 2)?;
    assert_eq!(refused["detail-type"], "Policy Refused", "{refused}");
    let problem = &refused["detail"]["problems"][0];
    assert_eq!(
        (&refused["detail"]["version"], &problem["line"], &problem["hint"]),
        (&json!(version), &json!(2), &json!("did you mean `alarm`?"))
    );
    let call = eventually("a call", || Ok(stack.aws().receive(&calls)?.pop()))?;
    let text = call["Message"].as_str().unwrap_or_default();
    assert!(text.contains("Policy Refused"), "{call}");
    assert!(text.contains("line 2, column"), "{call}");

    stack.delete_policy("churn")?;
    told(&stack, &name, "Delete")?;
    assert_eq!(answer(&stack, 3)?["detail-type"], "Policy Removed");

    for word in ["accepted", "refused", "removed"] {
        let line = format!(r#""outcome":"{word}""#);
        eventually(&format!("a line that says {word}"), || {
            Ok(stack.logs("on-alarm")?.iter().any(|text| text.contains(&line)).then_some(()))
        })?;
    }
    assert!(stack.jobs()?.is_empty(), "an edit starts nothing");
    Ok(())
}

#[test]
fn a_parameter_of_somebody_else_is_none_of_our_business() -> Result<(), Problem> {
    let stack = deploy("100000000133", Schedules::Off)?;
    stack.put_policy("churn", &policy("churn", ON_DRIFT))?;
    // Begins as our path does, and is another one.
    told(&stack, &format!("{}-of-others/churn", stack.policy_path()?), "Update")?;
    told(&stack, &format!("{}/churn", stack.policy_path()?), "LabelParameterVersion")?;
    told(&stack, &format!("{}/churn", stack.policy_path()?), "Update")?;
    let announced = stack.wait_for_published(1)?;
    assert_eq!(announced.len(), 1, "{announced:?}");
    let turns = stack.logs("on-alarm")?.iter().filter(|line| line.contains(r#""kind":"turn""#)).count();
    assert_eq!(turns, 1, "one event of three came through the rule");
    Ok(())
}
