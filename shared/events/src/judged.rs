//! The numbers behind a transition, which CloudWatch tells in `reasonData`.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::series::period;
use crate::{instant, json};

/// What CloudWatch judged. Everything may be missing: a state set by hand has no numbers, a composite has none ever.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Judged {
    /// Oldest first; a gap is `None`.
    pub(crate) points: Vec<Option<f64>>,
    pub(crate) threshold: Option<f64>,
    pub(crate) period: Option<u32>,
}

impl Judged {
    /// Reads `reasonData`. Nothing in here can refuse a signal; a part that is not understood is left out whole, since
    /// half a list of datapoints would be another list.
    pub(crate) fn read(value: &Value) -> Self {
        let Ok(data) = json::embedded(value, "reasonData") else { return Self::default() };
        let Some(data) = data.as_object() else { return Self::default() };
        Self {
            points: evaluated(data).or_else(|| recent(data)).unwrap_or_default(),
            threshold: data.get("threshold").and_then(Value::as_f64),
            period: data.get("period").and_then(period),
        }
    }
}

/// The points with their instants, sorted by them: CloudWatch writes the newest first. Gaps are told here only.
fn evaluated(data: &Map<String, Value>) -> Option<Vec<Option<f64>>> {
    let points = data.get("evaluatedDatapoints")?.as_array().filter(|points| !points.is_empty())?;
    let point = |point: &Value| {
        Some((instant::read(point.get("timestamp")?).ok()?, number(point.get("value")).ok()?))
    };
    let mut points: Vec<(Timestamp, Option<f64>)> = points.iter().map(point).collect::<Option<_>>()?;
    points.sort_by_key(|(at, _)| *at);
    Some(points.into_iter().map(|(_, value)| value).collect())
}

/// The points alone, which CloudWatch writes oldest first.
fn recent(data: &Map<String, Value>) -> Option<Vec<Option<f64>>> {
    data.get("recentDatapoints")?.as_array()?.iter().map(|point| number(Some(point)).ok()).collect()
}

/// Neither a number nor a gap.
struct NotAPoint;

fn number(value: Option<&Value>) -> Result<Option<f64>, NotAPoint> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => number.as_f64().map(Some).ok_or(NotAPoint),
        Some(Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => Err(NotAPoint),
    }
}
