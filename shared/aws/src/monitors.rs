//! Model Monitor's runs as SageMaker knows them now.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sagemaker::types::{
    ExecutionStatus, MonitoringExecutionSortKey, MonitoringExecutionSummary, SortOrder,
};
use rekindle_decision::facts::{Gap, MonitorFact};

use crate::at_once::at_once;
use crate::error::unread;
use crate::time::from_sdk;

/// Runs in one page, and pages that are read. A schedule runs once an hour at most, so that more than a few that have not
/// finished is a schedule that does not work.
const RUNS: i32 = 10;
const PAGES: usize = 3;

/// Reads the newest finished run of each schedule. What cannot be read is a gap, and never a schedule that found nothing.
pub(crate) async fn monitors(client: &Client, schedules: &BTreeSet<String>) -> BTreeMap<String, MonitorFact> {
    let read = |schedule: String| {
        let client = client.clone();
        async move {
            let fact = newest(&client, &schedule).await;
            (schedule, fact.unwrap_or_else(|gap| MonitorFact::Unread { gap }))
        }
    };
    at_once(schedules.iter().cloned(), read).await.into_iter().collect()
}

async fn newest(client: &Client, schedule: &str) -> Result<MonitorFact, Gap> {
    let operation = "ListMonitoringExecutions";
    let mut pages = client
        .list_monitoring_executions()
        .monitoring_schedule_name(schedule)
        .sort_by(MonitoringExecutionSortKey::ScheduledTime)
        .sort_order(SortOrder::Descending)
        .max_results(RUNS)
        .into_paginator()
        .send();
    for _ in 0..PAGES {
        let page = match pages.next().await {
            None => return Ok(MonitorFact::NoRun),
            Some(Ok(page)) => page,
            Some(Err(SdkError::ServiceError(refusal)))
                if refusal.err().code() == Some("ResourceNotFound") =>
            {
                return Ok(MonitorFact::NoRun);
            }
            Some(Err(error)) => return Err(unread(operation, 1, &error).0),
        };
        if let Some(run) = page.monitoring_execution_summaries().iter().find(|run| has_finished(run)) {
            return fact(run);
        }
    }
    let error = format!("none of the newest runs of {schedule} has finished");
    Err(Gap::Failed { error })
}

fn word(run: &MonitoringExecutionSummary) -> &str {
    run.monitoring_execution_status().map(ExecutionStatus::as_str).unwrap_or_default()
}

/// A word to come is one that has finished: what it means is not known, and that is told.
fn has_finished(run: &MonitoringExecutionSummary) -> bool {
    !matches!(word(run), "Pending" | "InProgress" | "Stopping")
}

fn fact(run: &MonitoringExecutionSummary) -> Result<MonitorFact, Gap> {
    let missing =
        || Gap::Failed { error: "ListMonitoringExecutions answered without the time of a run".to_owned() };
    Ok(MonitorFact::Found {
        status: word(run).to_owned(),
        scheduled: run.scheduled_time().and_then(from_sdk).ok_or_else(missing)?,
        failure: run.failure_reason().map(ToOwned::to_owned),
    })
}
