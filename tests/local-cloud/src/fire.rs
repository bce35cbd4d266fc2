use std::time::SystemTime;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::patch::LOCAL;
use crate::{Error, Stack};

/// The state of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmState {
    /// Nothing is wrong.
    Ok,
    /// The limit is crossed.
    Alarm,
    /// There is not enough data to tell.
    InsufficientData,
}

impl AlarmState {
    /// As CloudWatch spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

impl Stack {
    /// Puts a metric alarm into a state, and says so on EventBridge as CloudWatch would.
    ///
    /// `value` is the point that changed the state. The alarm must exist, see
    /// [`put_metric_alarm`](crate::Aws::put_metric_alarm). MiniStack keeps the state but sends no event, so the
    /// event is put here, under the local source that [`patch`](crate::patch()) let the template's own rule hear.
    /// Returns the event.
    pub fn fire_alarm(&self, alarm: &str, state: AlarmState, value: f64) -> Result<Value, Error> {
        let before = self.alarm(alarm)?;
        let reason = format!("Threshold Crossed: 1 datapoint [{value}] against the threshold.");
        self.aws().set_alarm_state(alarm, state, &reason, Some(&reason_data(&before, value)))?;
        let event = state_change(&before, &self.alarm(alarm)?);
        self.fire_event(&event)?;
        Ok(event)
    }

    /// Sends an event in the name of the AWS service it comes from; the template's rules decide who gets it.
    ///
    /// `event` is the whole envelope, for example a fixture. Account, Region, id and time become those of the
    /// local cloud; everything else arrives as it is written here.
    ///
    /// MiniStack's rules call a function once and forget it: an event that fails is neither tried again nor kept,
    /// which AWS does. For that, hand the event to the function's queue yourself, with
    /// [`invoke_event`](crate::Aws::invoke_event).
    pub fn fire_event(&self, event: &Value) -> Result<(), Error> {
        let member = |name| {
            let text = event.get(name).and_then(Value::as_str);
            text.ok_or_else(|| Error::unexpected(format!("`{name}`"), event))
        };
        self.aws().put_event(
            "default",
            &format!("{LOCAL}{}", member("source")?),
            member("detail-type")?,
            event,
        )
    }

    /// Lets a scheduled rule of the default bus fire now. It is named as deployed, see [`Stack::rule`].
    pub fn fire_rule(&self, rule: &str) -> Result<(), Error> {
        self.fire_rule_at(rule, SystemTime::now())
    }

    /// Lets a scheduled rule fire for a tick of this instant; the same instant twice is a duplicate delivery.
    ///
    /// MiniStack fires such rules itself, but never sooner than after a minute. So this does what EventBridge does
    /// with the rule and its targets, whether it is enabled or not.
    pub fn fire_rule_at(&self, rule: &str, tick: SystemTime) -> Result<(), Error> {
        let rule_arn = self.aws().rule(rule)?.get("Arn").cloned().unwrap_or_default();
        let event = json!({
            "version": "0",
            "id": format!("local-{rule}-{}", at(tick)),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": self.aws().account(),
            "time": at(tick),
            "region": self.aws().region(),
            "resources": [rule_arn],
            "detail": {},
        });
        let targets = self.aws().targets(rule)?;
        if targets.is_empty() {
            return Err(Error::unexpected("a target", format!("rule `{rule}`")));
        }
        for target in &targets {
            if target.get("InputPath").is_some() || target.get("InputTransformer").is_some() {
                return Err(Error::unexpected("a constant input or none", target));
            }
            let payload = target.get("Input").and_then(Value::as_str).map_or(Ok(event.clone()), parse)?;
            self.aws().invoke_event(function_of(target)?, &payload)?;
        }
        Ok(())
    }

    /// Lets a schedule of EventBridge Scheduler fire now.
    pub fn fire_schedule(&self, group: &str, schedule: &str) -> Result<(), Error> {
        self.fire_schedule_at(group, schedule, SystemTime::now())
    }

    /// Lets a schedule fire for a tick of this instant; the same instant twice is a duplicate delivery.
    ///
    /// Does what Scheduler does: MiniStack's own never fires sooner than after a minute, leaves the words in angle
    /// brackets as they are, and sends an object where AWS sends the string `"{}"`.
    pub fn fire_schedule_at(&self, group: &str, schedule: &str, tick: SystemTime) -> Result<(), Error> {
        let described = self.aws().schedule(group, schedule)?;
        let target = described.get("Target").ok_or_else(|| Error::unexpected("`Target`", &described))?;
        let arn = described.get("Arn").and_then(Value::as_str).unwrap_or_default();
        let payload = match target.get("Input").and_then(Value::as_str) {
            Some(input) => parse(
                &input
                    .replace("<aws.scheduler.schedule-arn>", arn)
                    .replace("<aws.scheduler.scheduled-time>", &at(tick))
                    .replace("<aws.scheduler.attempt-number>", "1")
                    .replace("<aws.scheduler.execution-id>", "local"),
            )?,
            None => json!({
                "version": "0",
                "id": format!("local-{schedule}-{}", at(tick)),
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": self.aws().account(),
                "time": at(tick),
                "region": self.aws().region(),
                "resources": [arn],
                "detail": "{}",
            }),
        };
        self.aws().invoke_event(function_of(target)?, &payload)
    }

    fn alarm(&self, alarm: &str) -> Result<Value, Error> {
        self.aws().describe_alarm(alarm)?.ok_or_else(|| Error::Missing {
            what: format!("there is no metric alarm `{alarm}`"),
            hint: "define it with `put_metric_alarm`".into(),
        })
    }
}

/// What CloudWatch says about the numbers: JSON inside a JSON string.
fn reason_data(alarm: &Value, value: f64) -> Value {
    let member = |name| alarm.get(name).cloned().unwrap_or_default();
    let now = at_milliseconds(SystemTime::now());
    json!({
        "version": "1.0",
        "queryDate": now,
        "startDate": now,
        "statistic": member("Statistic"),
        "period": member("Period"),
        "recentDatapoints": [value],
        "threshold": member("Threshold"),
        "evaluatedDatapoints": [{"timestamp": now, "sampleCount": 1.0, "value": value}],
    })
}

fn state_change(before: &Value, after: &Value) -> Value {
    let member = |name| after.get(name).cloned().unwrap_or_default();
    let dimensions: Value = after
        .get("Dimensions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|it| Some((it.get("Name")?.as_str()?.to_owned(), it.get("Value")?.clone())))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let metric =
        json!({"namespace": member("Namespace"), "name": member("MetricName"), "dimensions": dimensions});
    let stat = json!({"metric": metric, "period": member("Period"), "stat": member("Statistic")});
    json!({
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "resources": [member("AlarmArn")],
        "detail": {
            "alarmName": member("AlarmName"),
            "state": state(after),
            "previousState": state(before),
            "configuration": {
                "description": member("AlarmDescription"),
                "metrics": [{"id": "m1", "metricStat": stat, "returnData": true}],
            },
        },
    })
}

fn state(alarm: &Value) -> Value {
    // MiniStack keeps whole seconds.
    let updated = alarm.get("StateUpdatedTimestamp").and_then(Value::as_f64).unwrap_or_default();
    let updated = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs_f64(updated.max(0.0));
    let mut state = json!({
        "value": alarm.get("StateValue"),
        "reason": alarm.get("StateReason"),
        "timestamp": at_milliseconds(updated),
    });
    if let (Some(data), Some(state)) = (alarm.get("StateReasonData"), state.as_object_mut()) {
        state.insert("reasonData".into(), data.clone());
    }
    state
}

/// As EventBridge writes instants: whole seconds.
fn at(instant: SystemTime) -> String {
    timestamp(instant).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// As CloudWatch writes them: milliseconds, and an offset without a colon.
fn at_milliseconds(instant: SystemTime) -> String {
    timestamp(instant).strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

fn timestamp(instant: SystemTime) -> Timestamp {
    let since = instant.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

fn function_of(target: &Value) -> Result<&str, Error> {
    let arn = target.get("Arn").and_then(Value::as_str).unwrap_or_default();
    let function = arn.split_once(":function:").map(|(_, function)| function);
    function.ok_or_else(|| Error::unexpected("a function's ARN", target))
}

fn parse(input: &str) -> Result<Value, Error> {
    serde_json::from_str(input).map_err(|_| Error::unexpected("JSON", format!("the input {input}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn instants_are_spelled_as_their_service_spells_them() {
        let instant = SystemTime::UNIX_EPOCH + Duration::from_millis(1_793_599_808_417);
        assert_eq!(at(instant), "2026-11-02T06:10:08Z");
        assert_eq!(at_milliseconds(instant), "2026-11-02T06:10:08.417+0000");
    }
}
