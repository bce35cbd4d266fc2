//! Lines that are metrics as well: CloudWatch's embedded metric format.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// CloudWatch namespace of our own metrics.
const NAMESPACE: &str = "Rekindle";

/// One value of a metric.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    name: &'static str,
    unit: &'static str,
    value: Value,
}

impl Measured {
    /// So many.
    pub(crate) fn count(name: &'static str, count: u64) -> Self {
        Self { name, unit: "Count", value: count.into() }
    }

    /// One, or none.
    pub(crate) fn is(name: &'static str, is: bool) -> Self {
        Self::count(name, u64::from(is))
    }

    /// So long.
    pub(crate) fn seconds(name: &'static str, seconds: u64) -> Self {
        Self { name, unit: "Seconds", value: seconds.into() }
    }

    /// So many dollars, for which CloudWatch has no unit.
    pub(crate) fn dollars(name: &'static str, dollars: f64) -> Self {
        Self { name, unit: "None", value: dollars.into() }
    }
}

/// An instant in UTC, as Logs Insights writes its own: what it makes of the least or the greatest of those are milliseconds
/// that nobody can read.
pub(crate) fn at(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The head of a line, with the values it names. A metric is paid for by the values of its dimensions, so the name of the
/// stack is the only one: what is told of one model stands in the line, where queries find it.
pub(crate) fn emf(now: Timestamp, stack: &str, measured: &[Measured]) -> Map<String, Value> {
    head(now, stack, &[&["Stack"]], measured)
}

/// The same, of counts alone.
#[must_use]
pub fn metrics<const N: usize>(
    now: Timestamp,
    stack: &str,
    dimensions: &[&[&str]],
    counts: [(&'static str, u64); N],
) -> Map<String, Value> {
    head(now, stack, dimensions, &counts.map(|(name, count)| Measured::count(name, count)))
}

fn head(now: Timestamp, stack: &str, dimensions: &[&[&str]], measured: &[Measured]) -> Map<String, Value> {
    let names: Vec<Value> =
        measured.iter().map(|one| json!({ "Name": one.name, "Unit": one.unit })).collect();
    let mut line = Map::new();
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": names }],
        }),
    );
    line.insert("Stack".to_owned(), stack.into());
    line.extend(measured.iter().map(|one| (one.name.to_owned(), one.value.clone())));
    line
}
