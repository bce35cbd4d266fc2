//! Events are hints; levels decide.

use rekindle_end_to_end::{Problem, creations, deploy, policy, put_drift_alarm};
use rekindle_local_cloud::{AlarmState, Schedules, eventually};
use serde_json::{Value, json};

#[test]
fn an_alarm_that_is_ok_by_now_starts_nothing_and_the_record_says_why() -> Result<(), Problem> {
    let stack = deploy("100000000103", Schedules::Off)?;
    stack.put_policy("late", &policy("late", r#"triggers: { drift: { alarm: "{model}-drift" } }"#))?;
    put_drift_alarm(&stack, "late-drift")?;
    let event = stack.fire_alarm("late-drift", AlarmState::Alarm, 0.4)?;
    let started = rekindle_end_to_end::wait_for_job(&stack, "late")?;
    assert_eq!(started["status"], 200, "the alarm is heard at all");

    // Another model, whose alarm has gone back before its event is delivered.
    stack.put_policy("back", &policy("back", r#"triggers: { drift: { alarm: "{model}-drift" } }"#))?;
    put_drift_alarm(&stack, "back-drift")?;
    let mut event: Value = serde_json::from_str(&event.to_string().replace("late-drift", "back-drift"))?;
    event["detail"]["state"]["timestamp"] = json!("2026-11-02T06:10:08.417+0000");
    stack.aws().set_alarm_state("back-drift", AlarmState::Ok, "it passed", None)?;
    stack.fire_event(&event)?;

    let record = eventually("the record of `back`", || {
        let lines = stack.logs("on-alarm")?;
        let records = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        Ok(records.into_iter().find(|line| line["kind"] == "decision" && line["model"] == "back"))
    })?;
    assert_eq!(record["ruling"]["decision"], json!({ "verdict": "rest" }));
    let sentence = record["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with(
            "Rest: drift: an event said that alarm back-drift went to ALARM at 2026-11-02 06:10 UTC, \
             but CloudWatch says OK since "
        ),
        "{sentence}"
    );
    let (made, refused) = creations(&stack, "rk-back")?;
    assert_eq!((made.len(), refused.len()), (0, 0));
    Ok(())
}
