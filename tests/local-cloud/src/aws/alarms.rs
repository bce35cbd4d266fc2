use serde_json::{Value, json};

use super::Aws;
use super::metrics::{dimensions, insert};
use crate::{AlarmState, Error};

/// A metric alarm, as an owner would define it.
#[derive(Debug, Clone, Copy)]
pub struct Alarm<'a> {
    /// Its name.
    pub name: &'a str,
    /// For example `Churn/Quality`.
    pub namespace: &'a str,
    /// The metric's name.
    pub metric: &'a str,
    /// Names and values.
    pub dimensions: &'a [(&'a str, &'a str)],
    /// For example `Average`.
    pub statistic: &'a str,
    /// Seconds per point.
    pub period: u32,
    /// For example `LessThanThreshold`.
    pub comparison: &'a str,
    /// The limit.
    pub threshold: f64,
}

impl Aws {
    /// Defines a metric alarm; it begins in `INSUFFICIENT_DATA`.
    pub fn put_metric_alarm(&self, alarm: &Alarm<'_>) -> Result<(), Error> {
        let input = json!({
            "AlarmName": alarm.name,
            "Namespace": alarm.namespace,
            "MetricName": alarm.metric,
            "Dimensions": dimensions(alarm.dimensions),
            "Statistic": alarm.statistic,
            "Period": alarm.period,
            "EvaluationPeriods": 1,
            "ComparisonOperator": alarm.comparison,
            "Threshold": alarm.threshold,
        });
        self.cloudwatch("PutMetricAlarm", &input).map(drop)
    }

    /// Puts an alarm into a state.
    ///
    /// MiniStack sends no event for it, unlike AWS; [`fire_alarm`](crate::Stack::fire_alarm) does both.
    pub fn set_alarm_state(
        &self,
        alarm: &str,
        state: AlarmState,
        reason: &str,
        reason_data: Option<&Value>,
    ) -> Result<(), Error> {
        let mut input = json!({"AlarmName": alarm, "StateValue": state.as_str(), "StateReason": reason});
        if let Some(data) = reason_data {
            insert(&mut input, "StateReasonData", data.to_string().into());
        }
        self.cloudwatch("SetAlarmState", &input).map(drop)
    }

    /// A metric alarm as `DescribeAlarms` shows it, if there is one of that name.
    pub fn describe_alarm(&self, alarm: &str) -> Result<Option<Value>, Error> {
        let answer = self.cloudwatch("DescribeAlarms", &json!({"AlarmNames": [alarm]}))?;
        Ok(answer.pointer("/MetricAlarms/0").cloned())
    }
}
