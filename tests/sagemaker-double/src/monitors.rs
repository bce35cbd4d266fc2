//! Runs of Model Monitor's schedules. No job stands behind them: a test says what there were.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::epoch;
use crate::error::Refusal;
use crate::jobs::{Scene, text};
use crate::list::within;

/// Page size unless told.
const PAGE: u64 = 10;

/// One run of a schedule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    /// SageMaker's word, or one that no client knows.
    pub(crate) status: String,
    pub(crate) scheduled: Timestamp,
    /// The `FailureReason`.
    pub(crate) failure: Option<String>,
}

/// The runs of all schedules of one account.
#[derive(Debug, Default)]
pub(crate) struct Monitors {
    by_schedule: BTreeMap<String, Vec<Run>>,
}

impl Monitors {
    /// Puts these runs in place of those there were.
    pub(crate) fn put(&mut self, schedule: &str, runs: Vec<Run>) {
        self.by_schedule.insert(schedule.to_owned(), runs);
    }

    /// One page of `ListMonitoringExecutions`. As in `ListTrainingJobs`, what is not an instant filters the page after it
    /// was cut. A schedule that nobody knows has no runs.
    pub(crate) fn page(&self, scene: Scene<'_>, request: &Value) -> Result<Value, Refusal> {
        let asked = |name| request.get(name).and_then(Value::as_str);
        let size = request.get("MaxResults").and_then(Value::as_u64).unwrap_or(PAGE);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let from: usize = match asked("NextToken") {
            None => 0,
            Some(token) => token.parse().map_err(|_| Refusal::validation("Invalid NextToken."))?,
        };
        let mut runs: Vec<(&str, &Run)> = self
            .by_schedule
            .iter()
            .filter(|(schedule, _)| asked("MonitoringScheduleName").is_none_or(|name| name == *schedule))
            .flat_map(|(schedule, runs)| runs.iter().map(|run| (schedule.as_str(), run)))
            .filter(|(_, run)| within(request, "ScheduledTime", run.scheduled))
            .filter(|(_, run)| within(request, "CreationTime", run.scheduled))
            .collect();
        // Those that are not asked for in any order come in none, here in that of their being put.
        match asked("SortBy") {
            Some("Status") => runs.sort_by_key(|(_, run)| run.status.clone()),
            Some(_) => runs.sort_by_key(|(_, run)| run.scheduled),
            None => {}
        }
        if asked("SortOrder") == Some("Descending") {
            runs.reverse();
        }
        let more = runs.len() > from.saturating_add(size);
        let shown = runs.iter().skip(from).take(size);
        let shown = shown.filter(|(_, run)| asked("StatusEquals").is_none_or(|status| status == run.status));
        let summaries: Vec<Value> = shown.map(|(schedule, run)| summary(scene, schedule, run)).collect();
        let mut answer = json!({ "MonitoringExecutionSummaries": summaries });
        if let (Some(answer), true) = (answer.as_object_mut(), more) {
            answer.insert("NextToken".into(), json!(from.saturating_add(size).to_string()));
        }
        Ok(answer)
    }
}

fn summary(scene: Scene<'_>, schedule: &str, run: &Run) -> Value {
    let at = epoch(run.scheduled);
    let mut summary = json!({
        "MonitoringScheduleName": schedule,
        "ScheduledTime": at,
        "CreationTime": at,
        "LastModifiedTime": at,
        "MonitoringExecutionStatus": run.status,
        "ProcessingJobArn": format!(
            "arn:aws:sagemaker:{}:{}:processing-job/model-monitoring-{}",
            scene.region,
            scene.account,
            run.scheduled.as_second()
        ),
    });
    if let (Some(summary), Some(failure)) = (summary.as_object_mut(), &run.failure) {
        summary.insert("FailureReason".into(), json!(failure));
    }
    summary
}

/// The name of the schedule that a call speaks of.
pub(crate) fn schedule(request: &Value) -> Option<String> {
    Some(text(request, "MonitoringScheduleName")).filter(|name| !name.is_empty())
}
