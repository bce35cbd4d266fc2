//! The knobs of one account.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::job::Outcome;

/// How SageMaker behaves until told otherwise. Quotas and throttles are off.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Most instances in flight, by instance type; a type without a quota has no limit.
    pub(crate) quotas: BTreeMap<String, u64>,
    /// By operation. The real `ListTrainingJobs` allows two a second.
    pub(crate) throttles: BTreeMap<String, Throttle>,
    /// How long a created job is missing from `ListTrainingJobs`.
    pub(crate) list_lag_seconds: f64,
    /// How long a created job is unknown to DescribeTrainingJob.
    pub(crate) describe_lag_seconds: f64,
    /// From the creation of a job until it trains.
    pub(crate) starting_seconds: f64,
    /// From then until it ends.
    pub(crate) training_seconds: f64,
    /// How it ends.
    pub(crate) outcome: Outcome,
    pub(crate) events: EventConfig,
}

/// A bucket of tokens: one call takes one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Throttle {
    pub(crate) per_second: f64,
    /// How many calls a rested bucket allows at once; one second's worth unless said.
    pub(crate) burst: Option<f64>,
}

/// What SageMaker does to its state-change events.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EventConfig {
    /// Each change is told twice, by two events with two ids.
    pub(crate) duplicate: bool,
    /// Changes to these statuses are never told; `*` is every status.
    pub(crate) drop: Vec<String>,
    /// The newest comes first.
    pub(crate) reorder: bool,
    /// How long after the change the event appears.
    pub(crate) late_seconds: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            quotas: BTreeMap::new(),
            throttles: BTreeMap::new(),
            list_lag_seconds: 0.0,
            describe_lag_seconds: 0.0,
            starting_seconds: 60.0,
            training_seconds: 600.0,
            outcome: Outcome::Completed,
            events: EventConfig::default(),
        }
    }
}

impl Config {
    /// This configuration with the given keys replaced, each as a whole.
    pub(crate) fn with(&self, given: &Value) -> Result<Self, String> {
        let given = given.as_object().ok_or("expected an object of settings")?;
        let mut whole = serde_json::to_value(self).map_err(|error| error.to_string())?;
        if let Some(whole) = whole.as_object_mut() {
            whole.extend(given.clone());
        }
        serde_json::from_value(whole).map_err(|error| error.to_string())
    }
}
