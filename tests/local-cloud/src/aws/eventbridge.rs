use std::time::SystemTime;

use serde_json::{Value, json};

use super::Aws;
use super::metrics::epoch_seconds;
use crate::Error;

impl Aws {
    /// Puts one event on a bus; an entry that is refused is an error, although the call itself succeeds.
    pub fn put_event(&self, bus: &str, source: &str, kind: &str, event: &Value) -> Result<(), Error> {
        let detail = event.get("detail").unwrap_or(&Value::Null).to_string();
        let resources = event.get("resources").cloned().unwrap_or_else(|| json!([]));
        let entry = json!({
            "EventBusName": bus,
            "Source": source,
            "DetailType": kind,
            "Detail": detail,
            "Resources": resources,
            "Time": epoch_seconds(SystemTime::now()),
        });
        let answer = self.events("PutEvents", &json!({"Entries": [entry]}))?;
        if answer.get("FailedEntryCount").and_then(Value::as_u64) == Some(0) {
            return Ok(());
        }
        Err(Error::Refused { action: "PutEvents".into(), status: 200, body: answer.to_string() })
    }

    /// Makes a rule on a bus for events that match a pattern; returns its ARN.
    pub fn put_rule(&self, bus: &str, rule: &str, pattern: &Value) -> Result<String, Error> {
        let input = json!({"Name": rule, "EventBusName": bus, "EventPattern": pattern.to_string()});
        arn(&self.events("PutRule", &input)?)
    }

    /// Makes a rule that fires by the clock; returns its ARN.
    pub fn put_scheduled_rule(&self, rule: &str, expression: &str) -> Result<String, Error> {
        arn(&self.events("PutRule", &json!({"Name": rule, "ScheduleExpression": expression}))?)
    }

    /// Gives a rule one target, as the `Target` of the API.
    pub fn put_target(&self, bus: &str, rule: &str, target: &Value) -> Result<(), Error> {
        let input = json!({"Rule": rule, "EventBusName": bus, "Targets": [target]});
        let answer = self.events("PutTargets", &input)?;
        if answer.get("FailedEntryCount").and_then(Value::as_u64) == Some(0) {
            return Ok(());
        }
        Err(Error::Refused { action: "PutTargets".into(), status: 200, body: answer.to_string() })
    }

    /// A rule, as `DescribeRule` shows it: by its name, or by `bus|name` if it is not of the default bus.
    pub fn rule(&self, rule: &str) -> Result<Value, Error> {
        let (bus, name) = rule.split_once('|').unwrap_or(("default", rule));
        self.events("DescribeRule", &json!({"Name": name, "EventBusName": bus}))
    }

    /// The targets of a rule of the default bus.
    pub fn targets(&self, rule: &str) -> Result<Vec<Value>, Error> {
        let answer = self.events("ListTargetsByRule", &json!({"Rule": rule}))?;
        Ok(answer.get("Targets").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// Whether a pattern matches a whole event.
    pub fn test_event_pattern(&self, pattern: &Value, event: &Value) -> Result<bool, Error> {
        let input = json!({"EventPattern": pattern.to_string(), "Event": event.to_string()});
        let answer = self.events("TestEventPattern", &input)?;
        answer.get("Result").and_then(Value::as_bool).ok_or_else(|| Error::unexpected("`Result`", &answer))
    }

    fn events(&self, operation: &str, input: &Value) -> Result<Value, Error> {
        self.wire.json("events", &format!("AWSEvents.{operation}"), input)
    }
}

fn arn(answer: &Value) -> Result<String, Error> {
    answer
        .get("RuleArn")
        .and_then(Value::as_str)
        .map(Into::into)
        .ok_or_else(|| Error::unexpected("`RuleArn`", answer))
}
