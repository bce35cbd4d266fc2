//! The world in memory: the same conditional writes, alarms, metrics and training jobs, on a clock that is set by hand.
//!
//! For tests, for the demo, and for replay. Whatever `rekindle-aws` promises, this promises too; one contract test runs
//! against both.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::{AlarmFact, Gap, Point, Series};
use rekindle_decision::policy::Metric;
use rekindle_decision::signal::AlarmState;
use rekindle_decision::state::Phase;
use rekindle_policy::training::DECISION_VARIABLE;
use rekindle_policy::{PolicySet, Text};
use serde_json::Value;

use crate::announce::Announcement;
use crate::ledger::{Close, Intent, Memo, Row, Run, Settle, Settled, TakeOver, Written};
use crate::world::{Creation, Job, JobStatus, Policies, Query, World};

/// The world in memory. Clones share it; each may have a token of its own, as two functions do.
#[derive(Debug, Clone)]
pub struct Memory {
    token: String,
    inside: Arc<Mutex<Inside>>,
}

/// Everything there is.
#[derive(Debug, Default)]
pub struct Inside {
    now: Timestamp,
    visible_after: Duration,
    policies: Arc<PolicySet>,
    alarms: BTreeMap<String, AlarmFact>,
    series: BTreeMap<Metric, Series>,
    rows: BTreeMap<String, Row>,
    runs: BTreeMap<(String, u32), Run>,
    jobs: BTreeMap<String, FakeJob>,
    refusals: Vec<Creation>,
    published: Vec<Announcement>,
    lines: Vec<Value>,
    creations: usize,
}

/// A training job.
#[derive(Debug, Clone)]
struct FakeJob {
    request: Value,
    created: Timestamp,
    ended: Option<(JobStatus, Timestamp)>,
}

impl Memory {
    /// An empty world at an instant.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let inside = Inside { now, ..Inside::default() };
        Self { token: "turn-1".to_owned(), inside: Arc::new(Mutex::new(inside)) }
    }

    /// The same world, seen by another invocation.
    #[must_use]
    pub fn invocation(&self, token: &str) -> Self {
        Self { token: token.to_owned(), inside: Arc::clone(&self.inside) }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // A panic while holding the lock is a failed test; the data is whole, since no write is done in halves.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the clock.
    pub fn set_now(&self, now: Timestamp) {
        self.inside().now = now;
    }

    /// Puts policy documents in place of those there were.
    pub fn put_policies(&self, texts: impl IntoIterator<Item = Text>) {
        let mut inside = self.inside();
        inside.policies = Arc::new(inside.policies.refresh(texts));
    }

    /// Shares policies that were read before, where reading them again would take longer than everything else.
    pub fn share_policies(&self, policies: &Arc<PolicySet>) {
        self.inside().policies = Arc::clone(policies);
    }

    /// How long a new job cannot be described: SageMaker does not say how long that is.
    pub fn show_jobs_after(&self, length: Duration) {
        self.inside().visible_after = length;
    }

    /// Sets the state of an alarm from now on.
    pub fn set_alarm(&self, name: &str, state: AlarmState) {
        let mut inside = self.inside();
        let fact = AlarmFact::Found { state, since: inside.now, suppressed_by: None };
        inside.alarms.insert(name.to_owned(), fact);
    }

    /// Adds a value to a metric.
    pub fn put_metric(&self, metric: &Metric, point: Point) {
        let mut inside = self.inside();
        let series = inside.series.entry(metric.clone()).or_insert(Series::Complete { points: Vec::new() });
        match series {
            Series::Complete { points } => points.push(point),
            Series::Unread { .. } => *series = Series::Complete { points: vec![point] },
        }
    }

    /// Makes a metric unreadable.
    pub fn break_metric(&self, metric: &Metric, gap: Gap) {
        self.inside().series.insert(metric.clone(), Series::Unread { gap });
    }

    /// What SageMaker answers to the next creations, first one first, instead of creating. [`Creation::NoAnswer`]
    /// creates the job and loses the answer; [`Creation::Created`] lets one pass. [`Creation::NameTaken`] is answered
    /// though nobody can see a job of that name.
    pub fn answer_next(&self, answers: impl IntoIterator<Item = Creation>) {
        self.inside().refusals.extend(answers);
    }

    /// Creates a job by other hands.
    pub fn put_foreign_job(&self, name: &str) {
        let mut inside = self.inside();
        let created = inside.now;
        inside.jobs.insert(name.to_owned(), FakeJob { request: Value::Null, created, ended: None });
    }

    /// Makes a job as if it had never been.
    pub fn delete_job(&self, name: &str) {
        self.inside().jobs.remove(name);
    }

    /// Ends a job now.
    pub fn end_job(&self, name: &str, status: JobStatus) {
        let mut inside = self.inside();
        let now = inside.now;
        if let Some(job) = inside.jobs.get_mut(name) {
            job.ended = Some((status, now));
        }
    }

    /// The names of all jobs, and whether each has ended.
    #[must_use]
    pub fn jobs(&self) -> Vec<(String, bool)> {
        self.inside().jobs.iter().map(|(name, job)| (name.clone(), job.ended.is_some())).collect()
    }

    /// The request a job was created with.
    #[must_use]
    pub fn request(&self, name: &str) -> Option<Value> {
        self.inside().jobs.get(name).map(|job| job.request.clone())
    }

    /// How often a creation was asked for.
    #[must_use]
    pub fn creations(&self) -> usize {
        self.inside().creations
    }

    /// The ledger's row of a model.
    #[must_use]
    pub fn row(&self, model: &str) -> Row {
        self.inside().rows.get(model).cloned().unwrap_or_default()
    }

    /// The runs of a model, oldest first.
    #[must_use]
    pub fn runs(&self, model: &str) -> Vec<Run> {
        let inside = self.inside();
        inside.runs.iter().filter(|((of, _), _)| of == model).map(|(_, run)| run.clone()).collect()
    }

    /// Everything published since the last call.
    #[must_use]
    pub fn take_published(&self) -> Vec<Announcement> {
        std::mem::take(&mut self.inside().published)
    }

    /// Every log line since the last call.
    #[must_use]
    pub fn take_lines(&self) -> Vec<Value> {
        std::mem::take(&mut self.inside().lines)
    }
}

impl World for Memory {
    type Error = Infallible;

    fn now(&self) -> Timestamp {
        self.inside().now
    }

    fn token(&self) -> &str {
        &self.token
    }

    fn stack(&self) -> &'static str {
        "memory"
    }

    async fn policies(&self) -> Result<Policies, Infallible> {
        Ok(Policies { set: Arc::clone(&self.inside().policies), stale: None })
    }

    async fn rows(&self, models: &[String]) -> BTreeMap<String, Result<Row, Arc<Infallible>>> {
        models.iter().map(|model| (model.clone(), Ok(self.row(model)))).collect()
    }

    async fn alarms(&self, names: &BTreeSet<String>) -> BTreeMap<String, AlarmFact> {
        let inside = self.inside();
        names
            .iter()
            .map(|name| (name.clone(), inside.alarms.get(name).cloned().unwrap_or(AlarmFact::Absent)))
            .collect()
    }

    async fn metrics(&self, queries: &[Query]) -> Vec<Series> {
        let inside = self.inside();
        queries
            .iter()
            .map(|query| match inside.series.get(&query.metric) {
                None => Series::Complete { points: Vec::new() },
                Some(Series::Unread { gap }) => Series::Unread { gap: gap.clone() },
                Some(Series::Complete { points }) => {
                    let inside = |point: &&Point| point.at >= query.start && point.at < query.end;
                    Series::Complete { points: points.iter().filter(inside).copied().collect() }
                }
            })
            .collect()
    }

    async fn describe(&self, job: &str) -> Result<Job, Infallible> {
        let inside = self.inside();
        let visible = |job: &&FakeJob| inside.visible_after.after(job.created) <= inside.now;
        let Some(found) = inside.jobs.get(job).filter(visible) else { return Ok(Job::Absent) };
        let variable =
            found.request.get("Environment").and_then(|variables| variables.get(DECISION_VARIABLE));
        Ok(Job::Found {
            arn: arn(job),
            decision: variable.and_then(Value::as_str).map(ToOwned::to_owned),
            status: found.ended.map_or(JobStatus::InFlight, |(status, _)| status),
            created: Some(found.created),
            ended: found.ended.map(|(_, at)| at),
            billable_seconds: found.ended.map(|(_, at)| {
                i64::try_from(Duration::between(found.created, at).seconds()).unwrap_or(i64::MAX)
            }),
            failure: None,
        })
    }

    async fn create(&self, request: &Value) -> Creation {
        let mut inside = self.inside();
        inside.creations += 1;
        let answer = if inside.refusals.is_empty() { None } else { Some(inside.refusals.remove(0)) };
        if let Some(refusal @ (Creation::NotNow { .. } | Creation::Refused { .. } | Creation::NameTaken)) =
            answer
        {
            return refusal;
        }
        let name = request.get("TrainingJobName").and_then(Value::as_str).unwrap_or_default().to_owned();
        if inside.jobs.contains_key(&name) {
            return Creation::NameTaken;
        }
        let created = inside.now;
        inside.jobs.insert(name.clone(), FakeJob { request: request.clone(), created, ended: None });
        match answer {
            Some(lost @ Creation::NoAnswer { .. }) => lost,
            _ => Creation::Created { arn: arn(&name) },
        }
    }

    async fn intend(&self, intent: &Intent) -> Result<Written, Infallible> {
        let mut inside = self.inside();
        let run = (intent.model.clone(), intent.run.generation);
        let version = inside.rows.get(&intent.model).map_or(0, |row| row.version);
        if version != intent.version || inside.runs.contains_key(&run) {
            return Ok(Written::No);
        }
        inside.rows.insert(intent.model.clone(), intent.row.clone());
        inside.runs.insert(run, intent.run.clone());
        Ok(Written::Yes)
    }

    async fn take_over(&self, claim: &TakeOver) -> Result<Written, Infallible> {
        let mut inside = self.inside();
        let Some(row) = inside.rows.get_mut(&claim.model) else { return Ok(Written::No) };
        let own = row.turn.as_deref() == Some(claim.turn.as_str());
        if row.state.generation != claim.generation {
            return Ok(Written::No);
        }
        match &mut row.state.phase {
            Phase::Starting { lease_until, .. } if *lease_until < claim.now || own => {
                *lease_until = claim.lease_until;
                row.turn = Some(claim.turn.clone());
                row.version += 1;
                Ok(Written::Yes)
            }
            Phase::Starting { .. } | Phase::Idle | Phase::Running { .. } => Ok(Written::No),
        }
    }

    async fn settle(&self, settle: &Settle) -> Result<Written, Infallible> {
        let mut inside = self.inside();
        let inside = &mut *inside;
        let Some(row) = inside.rows.get_mut(&settle.model) else { return Ok(Written::No) };
        let mine = row.turn.as_deref() == Some(settle.turn.as_str());
        let Phase::Starting { decision, since, .. } = row.state.phase.clone() else { return Ok(Written::No) };
        if row.state.generation != settle.generation || !mine {
            return Ok(Written::No);
        }
        let run = inside.runs.get_mut(&(settle.model.clone(), settle.generation));
        row.version += 1;
        match &settle.settled {
            Settled::Running { decision, since, arn } => {
                row.state.phase = Phase::Running { decision: decision.clone(), since: *since };
                row.state.last_started = Some(*since);
                row.state.refused = None;
                row.turn = None;
                if let Some(run) = run {
                    run.arn = Some(arn.clone());
                    "InProgress".clone_into(&mut run.status);
                    // What a wait was about is over.
                    run.failure = None;
                }
            }
            Settled::Waiting { waiting, now } => {
                row.state.phase =
                    Phase::Starting { decision, since, lease_until: *now, waiting: Some(waiting.clone()) };
                if let Some(run) = run {
                    run.failure = Some(waiting.to_string());
                }
            }
            Settled::GivenUp { status, failure, refused } => {
                row.state.phase = Phase::Idle;
                row.state.refused.clone_from(refused);
                row.turn = None;
                if let Some(run) = run {
                    run.status.clone_from(status);
                    run.failure = Some(failure.clone());
                }
            }
        }
        Ok(Written::Yes)
    }

    async fn close(&self, close: &Close) -> Result<Written, Infallible> {
        let mut inside = self.inside();
        let inside = &mut *inside;
        let Some(row) = inside.rows.get_mut(&close.model) else { return Ok(Written::No) };
        if row.state.generation != close.generation || row.state.phase == Phase::Idle {
            return Ok(Written::No);
        }
        *row = row.closed(close);
        if let Some(run) = inside.runs.get_mut(&(close.model.clone(), close.generation)) {
            run.status.clone_from(&close.status);
            run.ended = close.ended;
            run.billable_seconds = close.billable_seconds;
            run.failure.clone_from(&close.failure);
        }
        Ok(Written::Yes)
    }

    async fn remember(&self, memo: &Memo) -> Result<Written, Infallible> {
        let mut inside = self.inside();
        if inside.rows.get(&memo.model).map_or(0, |row| row.version) != memo.version {
            return Ok(Written::No);
        }
        let row = inside.rows.entry(memo.model.clone()).or_default();
        row.version += 1;
        row.state.sightings.clone_from(&memo.sightings);
        row.state.asked.clone_from(&memo.asked);
        row.announced.clone_from(&memo.announced);
        Ok(Written::Yes)
    }

    async fn publish(&self, announcements: &[Announcement]) -> usize {
        self.inside().published.extend_from_slice(announcements);
        0
    }

    fn log(&self, line: &Value) {
        self.inside().lines.push(line.clone());
    }
}

fn arn(name: &str) -> String {
    format!("arn:aws:sagemaker:eu-central-1:445566778899:training-job/{name}")
}
