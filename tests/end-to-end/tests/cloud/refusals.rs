//! What is refused, and how.

use rekindle_end_to_end::{Problem, deploy, policy};
use rekindle_local_cloud::Schedules;
use serde_json::json;

#[test]
fn errors_are_stable_words_and_say_what_is_wrong() -> Result<(), Problem> {
    let stack = deploy("100000000105", Schedules::Off)?;
    stack.put_policy("churn", &policy("churn", r#"triggers: { drift: { alarm: "{model}-drift" } }"#))?;
    stack.put_policy("broken", "model: broken\ntriggers: { drift: { alrm: x } }\ntraining: {}\n")?;
    let function = stack.function("on-alarm")?.to_owned();
    for (event, says) in [
        (json!({ "rekindle": "retrain", "model": "churn", "forced": true }), "forced"),
        (json!({ "rekindle": "retrain", "model": "chrun" }), "no policy is known for a model `chrun`"),
        (json!({ "rekindle": "retrain", "model": "broken" }), "the policy of `broken` cannot be read"),
        (json!({ "hello": "world" }), ""),
        (json!(null), ""),
        (json!([1, 2]), ""),
    ] {
        let answer = stack.aws().invoke(&function, &event)?;
        assert_eq!(answer.payload["errorType"], "BadEvent", "{event}: {}", answer.payload);
        let message = answer.payload["errorMessage"].as_str().unwrap();
        assert!(message.contains(says), "{event}: {message}");
    }
    // One bad document does not hurt the others.
    let answer = stack
        .aws()
        .invoke(&function, &json!({ "rekindle": "retrain", "model": "churn", "dry_run": true }))?;
    assert_eq!(answer.function_error, None, "{}", answer.payload);
    assert_eq!(answer.payload["decisions"]["churn"]["outcome"], json!({ "outcome": "dry_run" }));
    let problem = &answer.payload["problems"][0];
    assert_eq!(
        (&problem["line"], &problem["hint"]),
        (&json!(2), &json!("did you mean `alarm`?")),
        "{problem}"
    );
    assert_eq!(stack.ledger("churn")?, Vec::<serde_json::Value>::new(), "a dry run writes nothing");
    Ok(())
}

#[test]
fn a_function_whose_double_refuses_for_now_starts_the_same_generation_later() -> Result<(), Problem> {
    let stack = deploy("100000000106", Schedules::Off)?;
    stack.put_policy("quota", &policy("quota", r#"triggers: { drift: { alarm: "{model}-drift" } }"#))?;
    let refuse = json!({ "operation": "CreateTrainingJob", "action": { "refuse": {
        "code": "ResourceLimitExceeded", "message": "The account-level service limit is 0 Instances", "status": 400 } } });
    rekindle_end_to_end::sagemaker()?.post("faults?account=100000000106", &refuse)?;
    let ask = json!({ "rekindle": "retrain", "model": "quota", "force": true, "by": "test" });
    let answer = stack.aws().invoke(stack.function("on-alarm")?, &ask)?;
    assert_eq!(answer.payload["decisions"]["quota"]["outcome"]["outcome"], "waiting", "{}", answer.payload);
    let decision = answer.payload["decisions"]["quota"]["decision"].clone();

    let answer = stack.aws().invoke(stack.function("on-metric-check")?, &json!({ "rekindle": "sweep" }))?;
    assert_eq!(
        (&answer.payload["started"], &answer.payload["mended"]),
        (&json!(1), &json!(1)),
        "{}",
        answer.payload
    );
    let made = rekindle_end_to_end::wait_for_job(&stack, "rk-quota")?;
    assert!(made["name"].as_str().unwrap().ends_with("-g000001"));
    assert_eq!(made["request"]["Environment"]["REKINDLE_DECISION"], decision);
    Ok(())
}

#[test]
fn an_answer_that_was_lost_is_recognised_by_the_job_itself() -> Result<(), Problem> {
    let stack = deploy("100000000107", Schedules::Off)?;
    stack.put_policy("lost", &policy("lost", r#"triggers: { drift: { alarm: "{model}-drift" } }"#))?;
    let drop = json!({ "operation": "CreateTrainingJob", "action": "act_then_drop" });
    rekindle_end_to_end::sagemaker()?.post("faults?account=100000000107", &drop)?;
    let ask = json!({ "rekindle": "retrain", "model": "lost", "force": true, "by": "test" });
    let answer = stack.aws().invoke(stack.function("on-alarm")?, &ask)?;
    assert_eq!(answer.payload["started"], 1, "{}", answer.payload);
    assert_eq!(stack.jobs()?.len(), 1);
    Ok(())
}
