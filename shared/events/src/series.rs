//! What an alarm watches, told by its configuration.

use rekindle_decision::signal::AlarmKind;
use serde_json::Value;

use crate::object::Object;
use crate::refusal::Problem;

/// What an alarm watches, and how finely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Series {
    pub(crate) kind: AlarmKind,
    pub(crate) period: Option<u32>,
}

/// The names of the fields, which EventBridge and SNS spell differently.
struct Spelling {
    expression: &'static str,
    metric_stat: &'static str,
    return_data: &'static str,
    period: &'static str,
}

const CAMEL: Spelling = Spelling {
    expression: "expression",
    metric_stat: "metricStat",
    return_data: "returnData",
    period: "period",
};
const PASCAL: Spelling = Spelling {
    expression: "Expression",
    metric_stat: "MetricStat",
    return_data: "ReturnData",
    period: "Period",
};

/// Reads the `configuration` of an EventBridge event or of an alarm action.
pub(crate) fn of_configuration(configuration: &Object<'_>) -> Result<Series, Problem> {
    if configuration.has("alarmRule") {
        return Ok(Series { kind: AlarmKind::Composite, period: None });
    }
    metrics(configuration, "metrics", &CAMEL)
}

/// Reads the `Trigger` of an SNS text.
pub(crate) fn of_trigger(trigger: &Object<'_>) -> Result<Series, Problem> {
    let told = trigger.get("Period").and_then(period);
    if trigger.has("MetricName") {
        return Ok(Series { kind: AlarmKind::Metric, period: told });
    }
    let series = metrics(trigger, "Metrics", &PASCAL)?;
    Ok(Series { period: told.or(series.period), ..series })
}

/// Reads a list of metrics: those that return data alarm, the others are ingredients.
fn metrics(object: &Object<'_>, field: &str, spelling: &Spelling) -> Result<Series, Problem> {
    let path = object.at(field);
    let entry = |(index, value)| Object::new(value, format!("{path}[{index}]"));
    let entries: Vec<Object<'_>> =
        object.list(field)?.unwrap_or_default().iter().enumerate().map(entry).collect::<Result<_, _>>()?;
    let is_band = |entry: &Object<'_>| {
        let expression = entry.get(spelling.expression).and_then(Value::as_str);
        expression.is_some_and(|text| text.trim_start().starts_with("ANOMALY_DETECTION_BAND"))
    };
    let alarms =
        |entry: &&Object<'_>| entry.get(spelling.return_data).and_then(Value::as_bool).unwrap_or(true);

    let kind = match entries.iter().find(alarms) {
        _ if entries.iter().any(is_band) => AlarmKind::Anomaly,
        Some(alarming) if alarming.has(spelling.expression) => AlarmKind::MetricMath,
        Some(alarming) if alarming.has(spelling.metric_stat) => AlarmKind::Metric,
        Some(_) | None => AlarmKind::Unknown,
    };

    // A period is only told if everything that has one agrees.
    let own = |entry: &Object<'_>| entry.get(spelling.period).and_then(period);
    let inner = |entry: &Object<'_>| entry.get(spelling.metric_stat)?.get(spelling.period).and_then(period);
    let mut periods = entries.iter().filter_map(|entry| own(entry).or_else(|| inner(entry)));
    let first = periods.next();
    Ok(Series { kind, period: first.filter(|first| periods.all(|other| other == *first)) })
}

/// The whole seconds of a period.
pub(crate) fn period(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|seconds| seconds.try_into().ok()).filter(|seconds| *seconds > 0)
}
