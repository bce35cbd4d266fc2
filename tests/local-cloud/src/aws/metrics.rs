use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::Aws;
use crate::Error;

/// What was seen of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Observed {
    /// One value.
    Value(f64),
    /// A summary of several values.
    Statistics {
        /// How many values.
        count: f64,
        /// Their sum.
        sum: f64,
        /// The smallest.
        minimum: f64,
        /// The largest.
        maximum: f64,
    },
}

impl From<f64> for Observed {
    fn from(value: f64) -> Self {
        Self::Value(value)
    }
}

/// One point of a metric.
#[derive(Debug, Clone, Copy)]
pub struct Datum<'a> {
    /// For example `Churn/Quality`.
    pub namespace: &'a str,
    /// The metric's name.
    pub metric: &'a str,
    /// Names and values.
    pub dimensions: &'a [(&'a str, &'a str)],
    /// When it was observed.
    pub at: SystemTime,
    /// What was observed.
    pub observed: Observed,
}

impl Aws {
    /// Puts one point of a metric.
    ///
    /// MiniStack evaluates every alarm at this moment, and looks at the metric's name only: a point of one model
    /// changes the alarms of all models. Put metrics first, then raise alarms. It also accepts what AWS refuses
    /// (NaN) or drops (points older than two weeks); this refuses a value that is not finite.
    pub fn put_metric_datum(&self, datum: &Datum<'_>) -> Result<(), Error> {
        let mut point = json!({
            "MetricName": datum.metric,
            "Dimensions": dimensions(datum.dimensions),
            "Timestamp": epoch_seconds(datum.at),
        });
        match datum.observed {
            Observed::Value(value) if !value.is_finite() => {
                return Err(Error::Refused {
                    action: "PutMetricData".into(),
                    status: 400,
                    body: format!("{value} is not supported"),
                });
            }
            Observed::Value(value) => insert(&mut point, "Value", json!(value)),
            Observed::Statistics { count, sum, minimum, maximum } => {
                let set = json!({"SampleCount": count, "Sum": sum, "Minimum": minimum, "Maximum": maximum});
                insert(&mut point, "StatisticValues", set);
            }
        }
        let input = json!({"Namespace": datum.namespace, "MetricData": [point]});
        self.cloudwatch("PutMetricData", &input).map(drop)
    }

    pub(super) fn cloudwatch(&self, operation: &str, input: &Value) -> Result<Value, Error> {
        // The Rust SDK speaks CBOR here. MiniStack takes JSON as well, under the same name.
        self.wire.json("monitoring", &format!("GraniteServiceVersion20100801.{operation}"), input)
    }
}

pub(super) fn dimensions(dimensions: &[(&str, &str)]) -> Value {
    dimensions.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}

pub(super) fn insert(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.into(), value);
    }
}

pub(super) fn epoch_seconds(instant: SystemTime) -> f64 {
    instant.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
