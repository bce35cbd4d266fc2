//! The world of one invocation.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;

use jiff::Timestamp;
use rekindle_decision::facts::{AlarmFact, AlarmSet, MonitorFact, Series, Spending};
use rekindle_decision::policy::Alarms;
use rekindle_turn::Announcement;
use rekindle_turn::World;
use rekindle_turn::ledger::{Change, Fleet, Intent, Memo, Row, Run, Written};
use rekindle_turn::prices::Prices;
use rekindle_turn::world::{Creation, Job, Policies, Query};
use serde_json::Value;

use crate::clients::Clients;
use crate::error::AwsError;
use crate::{alarm_sets, alarms, budgets, bus, jobs, ledger, metrics, monitors, policies, rules};

/// The world of one invocation: the function's clients, and a name for this invocation.
#[derive(Debug)]
pub struct Invocation<'a> {
    clients: &'a Clients,
    token: String,
    deadline: Option<Timestamp>,
}

impl<'a> Invocation<'a> {
    /// The world of the invocation with this request id.
    #[must_use]
    pub fn new(clients: &'a Clients, request_id: &str) -> Self {
        Self { clients, token: request_id.to_owned(), deadline: None }
    }

    /// The same, ended by Lambda at this instant.
    #[must_use]
    pub fn ending(self, deadline: Option<Timestamp>) -> Self {
        Self { deadline, ..self }
    }
}

impl World for Invocation<'_> {
    type Error = AwsError;

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn token(&self) -> &str {
        &self.token
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.deadline
    }

    fn is_for_a_person(error: &AwsError) -> bool {
        match error {
            AwsError::Row { .. } => true,
            AwsError::Call { .. } | AwsError::Contended { .. } | AwsError::Answer { .. } => false,
        }
    }

    fn prices(&self) -> &Prices {
        &self.clients.config.prices
    }

    fn stack(&self) -> &str {
        &self.clients.config.stack
    }

    async fn policies(&self) -> Result<Policies, AwsError> {
        policies::policies(self.clients, self.now()).await
    }

    async fn policies_anew(&self) -> Result<Policies, AwsError> {
        policies::anew(self.clients, self.now()).await
    }

    async fn rows(&self, models: &[String]) -> BTreeMap<String, Result<Row, Arc<AwsError>>> {
        ledger::rows(self.clients, models).await
    }

    async fn alarms(&self, names: &BTreeSet<String>) -> BTreeMap<String, AlarmFact> {
        alarms::alarms(self.clients.cloudwatch(), names).await
    }

    async fn alarm_sets(&self, which: &BTreeSet<Alarms>) -> BTreeMap<String, AlarmSet> {
        alarm_sets::alarm_sets(self.clients.cloudwatch(), &self.clients.tags, which, self.now()).await
    }

    async fn monitors(&self, schedules: &BTreeSet<String>) -> BTreeMap<String, MonitorFact> {
        monitors::monitors(self.clients.sagemaker(), schedules).await
    }

    async fn spending(&self, fleets: &BTreeSet<Fleet>) -> BTreeMap<Fleet, Spending> {
        budgets::spending(self.clients, fleets).await
    }

    async fn metrics(&self, queries: &[Query]) -> Vec<Series> {
        metrics::metrics(self.clients.cloudwatch(), queries).await
    }

    async fn describe(&self, job: &str) -> Result<Job, AwsError> {
        jobs::describe(self.clients.sagemaker(), job).await
    }

    async fn create(&self, request: &Value) -> Creation {
        jobs::create(self.clients.sagemaker(), request).await
    }

    async fn stop(&self, job: &str) -> Result<(), AwsError> {
        jobs::stop(self.clients.sagemaker(), job).await
    }

    async fn intend(&self, intent: &Intent) -> Result<Written, AwsError> {
        ledger::intend(self.clients, &self.token, intent).await
    }

    async fn change(&self, change: &Change) -> Result<Written, AwsError> {
        ledger::change(self.clients, change).await
    }

    async fn run(&self, model: &str, generation: u32) -> Result<Option<Run>, AwsError> {
        ledger::run(self.clients, model, generation).await
    }

    async fn disabled_rules(&self) -> Result<Vec<String>, AwsError> {
        rules::disabled(self.clients).await
    }

    async fn remember(&self, memo: &Memo) -> Result<Written, AwsError> {
        ledger::remember(self.clients, memo).await
    }

    async fn publish(&self, announcements: &[Announcement]) -> BTreeSet<usize> {
        bus::publish(self.clients, announcements).await
    }

    /// One line on standard output, which Lambda sends to the log group as it is: the embedded metric format must not
    /// be wrapped in a log record.
    fn log(&self, line: &Value) {
        // Nobody is left to tell if standard output is gone.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }
}
