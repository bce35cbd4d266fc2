//! What AWS remembers of the past, for whoever replays it: values of metrics, changes of alarms, and training jobs.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_cloudwatch as cloudwatch;
use aws_sdk_cloudwatch::types::{AlarmType, HistoryItemType, ScanBy};
use aws_sdk_sagemaker as sagemaker;
use aws_sdk_sagemaker::types::{SortBy, SortOrder, TrainingJobStatus};
use jiff::Timestamp;
use rekindle_decision::facts::{AlarmSet, Gap, Series};
use rekindle_decision::identity::{generation_of, job_name};
use rekindle_decision::policy::Alarms;
use rekindle_decision::signal::AlarmState;
use rekindle_turn::world::Query;
use serde::Deserialize;

use crate::alarm_sets::{TagShelf, alarm_sets};
use crate::clients;
use crate::error::AwsError;
use crate::metrics::metrics;
use crate::time::{from_sdk, to_sdk};

/// Changes or jobs in one page: the most that either service gives.
const PAGE: i32 = 100;

/// Between two pages of training jobs: SageMaker takes two such calls a second from the whole account.
const APART: Duration = Duration::from_millis(600);

/// What AWS remembers of one account and Region.
#[derive(Debug)]
pub struct Past {
    cloudwatch: cloudwatch::Client,
    sagemaker: sagemaker::Client,
    tags: TagShelf,
}

/// A training job that ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trained {
    /// Its name.
    pub job: String,
    /// When it was created.
    pub began: Timestamp,
    /// When its training ended.
    pub ended: Timestamp,
}

impl Past {
    /// That of the environment; `None` if it says no Region.
    pub async fn load() -> Option<Self> {
        let sdk = clients::environment().await;
        sdk.region().is_some().then(|| Self::new(&sdk))
    }

    /// That of a configuration that was made elsewhere.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            cloudwatch: cloudwatch::Client::new(sdk),
            sagemaker: sagemaker::Client::new(sdk),
            tags: TagShelf::default(),
        }
    }

    /// The values of a metric, as `GetMetricData` has them. Periods that are not kept any more have none, without a word.
    pub async fn values(&self, query: &Query) -> Series {
        let read = metrics(&self.cloudwatch, std::slice::from_ref(query)).await;
        read.into_iter().next().unwrap_or(Series::Unread { gap: Gap::NotAsked })
    }

    /// The names of the alarms that a policy means, as they are now.
    ///
    /// # Errors
    ///
    /// The alarms of a prefix, or their tags, could not be read.
    pub async fn alarm_names(&self, which: &Alarms, now: Timestamp) -> Result<Vec<String>, Gap> {
        match which {
            Alarms::Name(name) => Ok(vec![name.clone()]),
            Alarms::Prefix { .. } => {
                let asked = [which.clone()].into();
                let sets = alarm_sets(&self.cloudwatch, &self.tags, &asked, now).await;
                match sets.into_values().next() {
                    Some(AlarmSet::Complete { alarms }) => Ok(alarms.into_keys().collect()),
                    Some(AlarmSet::Unread { gap }) => Err(gap),
                    None => Err(Gap::NotAsked),
                }
            }
        }
    }

    /// The changes of one alarm, oldest first, as far back as CloudWatch keeps them, which is a matter of weeks. An alarm that
    /// does not exist has none.
    ///
    /// # Errors
    ///
    /// A page could not be read, or holds a change that cannot be.
    pub async fn changes(
        &self,
        alarm: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, AlarmState)>, AwsError> {
        let mut pages = self
            .cloudwatch
            .describe_alarm_history()
            .alarm_name(alarm)
            // Without this, composite alarms have no history.
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .history_item_type(HistoryItemType::StateUpdate)
            .start_date(to_sdk(from))
            .end_date(to_sdk(to))
            .scan_by(ScanBy::TimestampAscending)
            .max_records(PAGE)
            .into_paginator()
            .send();
        let mut changes = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(AwsError::call("DescribeAlarmHistory"))?;
            for item in page.alarm_history_items() {
                let missing = |missing| AwsError::Answer { operation: "DescribeAlarmHistory", missing };
                let at = item.timestamp().and_then(from_sdk).ok_or_else(|| missing("a time"))?;
                let state = item.history_data().and_then(state).ok_or_else(|| missing("a new state"))?;
                changes.push((at, state));
            }
        }
        Ok(changes)
    }

    /// The jobs of a model that were created since then and have ended well, oldest first.
    ///
    /// # Errors
    ///
    /// A page could not be read.
    pub async fn trainings(&self, model: &str, since: Timestamp) -> Result<Vec<Trained>, AwsError> {
        let first = job_name(model, 0);
        let begins = first.trim_end_matches('0');
        let mut trained = Vec::new();
        let mut next = None;
        loop {
            let page = self
                .sagemaker
                .list_training_jobs()
                .name_contains(begins)
                .creation_time_after(to_sdk(since))
                .sort_by(SortBy::CreationTime)
                .sort_order(SortOrder::Ascending)
                .max_results(PAGE)
                .set_next_token(next)
                .send()
                .await
                .map_err(AwsError::call("ListTrainingJobs"))?;
            for job in page.training_job_summaries() {
                // The name is searched for anywhere in the names of jobs: whose it is, is computed.
                let Some(name) = job.training_job_name() else { continue };
                let ours = generation_of(name).is_some_and(|generation| job_name(model, generation) == name);
                let well = job.training_job_status() == Some(&TrainingJobStatus::Completed);
                let times =
                    (job.creation_time().and_then(from_sdk), job.training_end_time().and_then(from_sdk));
                if let (true, true, (Some(began), Some(ended))) = (ours, well, times) {
                    trained.push(Trained { job: name.to_owned(), began, ended });
                }
            }
            // A page may be empty and have another behind it: it is filtered after it was cut.
            next = page.next_token().map(ToOwned::to_owned);
            if next.is_none() {
                return Ok(trained);
            }
            tokio::time::sleep(APART).await;
        }
    }
}

/// The state that an alarm changed to, from the JSON document that CloudWatch keeps of the change.
fn state(data: &str) -> Option<AlarmState> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Data {
        new_state: New,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct New {
        state_value: AlarmState,
    }
    serde_json::from_str(data).ok().map(|Data { new_state }| new_state.state_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_state_counts() {
        let data = r#"{"version":"1.0","oldState":{"stateValue":"OK","stateReason":"Unchecked"},
            "newState":{"stateValue":"INSUFFICIENT_DATA","stateReason":"none","stateReasonData":{"version":"1.0"}}}"#;
        assert_eq!(state(data), Some(AlarmState::InsufficientData));
        for wrong in ["", "{}", r#"{"newState":{"stateValue":"GOOD"}}"#] {
            assert_eq!(state(wrong), None, "{wrong}");
        }
    }
}
