//! Everything outside.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;

use jiff::Timestamp;
use rekindle_decision::facts::{AlarmFact, AlarmSet, MonitorFact, Series, Spending};
use rekindle_decision::policy::{Alarms, Metric};
use rekindle_policy::PolicySet;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::announce::Announcement;
use crate::ledger::{Change, Fleet, Intent, Memo, Row, Run, Written};
use crate::prices::Prices;

/// Everything outside: what a turn reads and what it does.
///
/// Reads of alarms, metrics, monitors and budgets do not fail: a gap is a fact. Everything that writes says whether it was written, since
/// another turn may have been first.
pub trait World: Sync {
    /// What goes wrong outside.
    type Error: core::error::Error + Send + Sync + 'static;

    /// The current time. Asked for at the edges of a turn, never inside a decision.
    fn now(&self) -> Timestamp;

    /// Names this invocation: the same over the platform's own retries, different for everybody else. It tells "I
    /// wrote this" from "somebody wrote this".
    fn token(&self) -> &str;

    /// When this invocation is ended from outside, if it is.
    fn deadline(&self) -> Option<Timestamp> {
        None
    }

    /// Whether an error means that somebody must look: trying again will not help.
    fn is_for_a_person(_error: &Self::Error) -> bool {
        false
    }

    /// What an hour of an instance costs.
    fn prices(&self) -> &Prices;

    /// Name of the stack, the dimension of our own metrics.
    fn stack(&self) -> &str;

    /// The policies, not older than the world's own limit.
    fn policies(&self) -> impl Future<Output = Result<Policies, Self::Error>> + Send;

    /// The policies as they are now: somebody says that one of them has changed. What is kept while warm will not do,
    /// where the world keeps any.
    fn policies_anew(&self) -> impl Future<Output = Result<Policies, Self::Error>> + Send {
        self.policies()
    }

    /// The ledger's rows, read consistently; a model never seen before has the default row.
    fn rows(
        &self,
        models: &[String],
    ) -> impl Future<Output = BTreeMap<String, Result<Row, Arc<Self::Error>>>> + Send;

    /// The alarms of these names, metric and composite.
    fn alarms(&self, names: &BTreeSet<String>) -> impl Future<Output = BTreeMap<String, AlarmFact>> + Send;

    /// The alarms behind each prefix, by [`Alarms::key`].
    fn alarm_sets(&self, which: &BTreeSet<Alarms>)
    -> impl Future<Output = BTreeMap<String, AlarmSet>> + Send;

    /// The newest finished run of each Model Monitor schedule, by the schedule's name.
    fn monitors(
        &self,
        schedules: &BTreeSet<String>,
    ) -> impl Future<Output = BTreeMap<String, MonitorFact>> + Send;

    /// What each fleet has spent or reserved, read consistently; one that never spent anything has spent nothing.
    fn spending(&self, fleets: &BTreeSet<Fleet>) -> impl Future<Output = BTreeMap<Fleet, Spending>> + Send;

    /// One series for each query, in order: closed periods only, the oldest point first.
    fn metrics(&self, queries: &[Query]) -> impl Future<Output = Vec<Series>> + Send;

    /// What is known of the training job of this name.
    fn describe(&self, job: &str) -> impl Future<Output = Result<Job, Self::Error>> + Send;

    /// Creates the training job. Not retried underneath: an answer that was lost is [`Creation::NoAnswer`].
    fn create(&self, request: &Value) -> impl Future<Output = Creation> + Send;

    /// Asks SageMaker to stop the training job of this name. One that is stopping, has ended or is not there needs no
    /// stop: that is no error.
    fn stop(&self, job: &str) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Writes the intent to start a generation: state, run and what is reserved of the fleets' budgets in one
    /// transaction, if nobody was first and there is room.
    fn intend(&self, intent: &Intent) -> impl Future<Output = Result<Written, Self::Error>> + Send;

    /// Makes one change to the ledger of a model that has a row, with its run and its budgets, all or nothing; if its
    /// condition does not hold, it changes nothing.
    fn change(&self, change: &Change) -> impl Future<Output = Result<Written, Self::Error>> + Send;

    /// The run of a generation; `None` if there is none.
    fn run(
        &self,
        model: &str,
        generation: u32,
    ) -> impl Future<Output = Result<Option<Run>, Self::Error>> + Send;

    /// Writes what to remember, if the row has not changed since it was read.
    fn remember(&self, memo: &Memo) -> impl Future<Output = Result<Written, Self::Error>> + Send;

    /// The stack's own rules and schedules that are switched off or gone, by name: what they should wake us for does not come.
    fn disabled_rules(&self) -> impl Future<Output = Result<Vec<String>, Self::Error>> + Send {
        async { Ok(Vec::new()) }
    }

    /// Publishes; gives back the places of the announcements that were not taken.
    fn publish(&self, announcements: &[Announcement]) -> impl Future<Output = BTreeSet<usize>> + Send;

    /// Writes one line of the log, which is also its metrics.
    fn log(&self, line: &Value);
}

/// The policies as they are known now.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// The policies.
    pub set: Arc<PolicySet>,
    /// Why they could not be read anew, when these are older than they should be.
    pub stale: Option<String>,
}

/// One metric to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Query {
    /// Which.
    pub metric: Metric,
    /// Start of the first period.
    pub start: Timestamp,
    /// End of the last period, exclusive.
    pub end: Timestamp,
    /// Whether the number of samples is wanted too.
    pub samples: bool,
}

/// What is known of one training job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and nearly always it is there")]
pub enum Job {
    /// There is none of that name.
    Absent,
    /// There is one.
    Found {
        /// Its ARN.
        arn: String,
        /// The decision it carries in its environment; `None` for a job that is not ours.
        decision: Option<String>,
        /// The model it carries there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
        /// How it stands.
        status: JobStatus,
        /// SageMaker's finer word for it, which says whether a limit was reached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secondary: Option<String>,
        /// What it runs on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        instances: Vec<Instances>,
        /// When it was created.
        created: Option<Timestamp>,
        /// When it ended.
        ended: Option<Timestamp>,
        /// Seconds that are paid for, for each instance.
        billable_seconds: Option<i64>,
        /// SageMaker's sentence about a failure.
        failure: Option<String>,
        /// The newest value of each metric it reported: the finite ones.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        metrics: BTreeMap<String, f64>,
    },
}

/// Instances of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instances {
    /// The type: `ml.m5.large`.
    pub instance_type: String,
    /// How many.
    pub count: u32,
}

/// How a training job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Not ended, or a status we do not know: a job that may run is in flight.
    InFlight,
    /// Ended well.
    Completed,
    /// Ended badly.
    Failed,
    /// Was stopped.
    Stopped,
}

impl JobStatus {
    /// SageMaker's word, where it has ended.
    #[must_use]
    pub const fn ended(self) -> Option<&'static str> {
        match self {
            Self::InFlight => None,
            Self::Completed => Some("Completed"),
            Self::Failed => Some("Failed"),
            Self::Stopped => Some("Stopped"),
        }
    }
}

/// What came of creating a training job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// It exists now.
    Created {
        /// Its ARN.
        arn: String,
    },
    /// The name exists already, by whomever and in whatever state.
    NameTaken,
    /// Not now: throttled, no quota, no capacity. The same generation again later.
    NotNow {
        /// The error's code.
        code: String,
        /// The error's text.
        message: String,
    },
    /// No: the request or the rights are wrong. Not again until the policy or the cause changes.
    Refused {
        /// The error's code.
        code: String,
        /// The error's text.
        message: String,
    },
    /// Nobody knows: the job may exist.
    NoAnswer {
        /// What went wrong.
        error: String,
    },
}
