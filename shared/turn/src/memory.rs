//! The world in memory: the same conditional writes, alarms, metrics and training jobs, on a clock that is set by hand.
//!
//! For tests, for the demo, and for replay. Whatever `rekindle-aws` promises, this promises too; one contract test runs
//! against both.

mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::{AlarmFact, Gap, MonitorFact, Point, Series};
use rekindle_decision::money::Money;
use rekindle_decision::policy::Metric;
use rekindle_decision::signal::AlarmState;
use rekindle_decision::span::Span;
use rekindle_decision::state::State;
use rekindle_policy::{PolicySet, Text};
use serde_json::Value;

use crate::announce::Announcement;
use crate::ledger::{Fleet, Intent, Row, Run};
use crate::prices::Prices;
use crate::world::{Creation, JobStatus};

/// Between the stop signal and the end of a job, which may save its work: as SageMaker has it.
const GRACE: Duration = Duration::from_seconds(120);

/// The world in memory. Clones share it; each may have a token of its own, as two functions do.
#[derive(Debug, Clone)]
pub struct Memory {
    token: String,
    prices: Prices,
    inside: Arc<Mutex<Inside>>,
}

/// Everything there is.
#[derive(Debug, Default)]
pub struct Inside {
    now: Timestamp,
    visible_after: Duration,
    policies: Arc<PolicySet>,
    alarms: BTreeMap<String, AlarmFact>,
    tags: BTreeMap<String, BTreeMap<String, String>>,
    monitors: BTreeMap<String, MonitorFact>,
    series: BTreeMap<Metric, Series>,
    spent: BTreeMap<Fleet, Money>,
    rows: BTreeMap<String, Row>,
    runs: BTreeMap<(String, u32), Run>,
    jobs: BTreeMap<String, FakeJob>,
    refusals: Vec<Creation>,
    published: Vec<Announcement>,
    unpublished: usize,
    disabled_rules: Vec<String>,
    lines: Vec<Value>,
    creations: usize,
}

/// A training job.
#[derive(Debug, Clone)]
struct FakeJob {
    request: Value,
    created: Timestamp,
    /// How and when it ends; one that was asked to stop ends a little later.
    end: Option<(JobStatus, Timestamp)>,
    metrics: BTreeMap<String, f64>,
    /// SageMaker's sentence about a failure.
    failure: Option<String>,
}

impl FakeJob {
    fn made(request: Value, created: Timestamp) -> Self {
        Self { request, created, end: None, metrics: BTreeMap::new(), failure: None }
    }

    fn ended(&self, now: Timestamp) -> Option<(JobStatus, Timestamp)> {
        self.end.filter(|(_, at)| *at <= now)
    }
}

impl Memory {
    /// An empty world at an instant.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let inside = Inside { now, ..Inside::default() };
        Self { token: "turn-1".to_owned(), prices: Prices::default(), inside: Arc::new(Mutex::new(inside)) }
    }

    /// The same world, seen by another invocation.
    #[must_use]
    pub fn invocation(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The same world with a price table.
    #[must_use]
    pub fn priced(self, prices: Prices) -> Self {
        Self { prices, ..self }
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

    /// Puts a tag on an alarm.
    pub fn tag_alarm(&self, name: &str, key: &str, value: &str) {
        let mut inside = self.inside();
        inside.tags.entry(name.to_owned()).or_default().insert(key.to_owned(), value.to_owned());
    }

    /// Sets the newest finished run of a monitoring schedule, with SageMaker's word for how it ended.
    pub fn set_monitor(&self, schedule: &str, status: &str, scheduled: Timestamp) {
        let fact = MonitorFact::Found { status: status.to_owned(), scheduled, failure: None };
        self.inside().monitors.insert(schedule.to_owned(), fact);
    }

    /// Sets what a fleet has spent in the present day, week and month.
    pub fn spend(&self, fleet: &str, amount: Money) {
        let mut inside = self.inside();
        for span in [Span::Day, Span::Week, Span::Month] {
            let fleet = Fleet { name: fleet.to_owned(), span: span.name(inside.now) };
            inside.spent.insert(fleet, amount);
        }
    }

    /// What a fleet has spent or reserved in a span.
    #[must_use]
    pub fn spent(&self, fleet: &str, span: &str) -> Money {
        let fleet = Fleet { name: fleet.to_owned(), span: span.to_owned() };
        self.inside().spent.get(&fleet).copied().unwrap_or_default()
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

    /// The bus takes none of the next so many announcements.
    pub fn refuse_announcements(&self, n: usize) {
        self.inside().unpublished = n;
    }

    /// These of the stack's own rules are switched off from now on.
    pub fn disable_rules(&self, names: &[&str]) {
        self.inside().disabled_rules = names.iter().map(|name| format!("{name} is disabled")).collect();
    }

    /// Creates a job by other hands.
    pub fn put_foreign_job(&self, name: &str) {
        let mut inside = self.inside();
        let created = inside.now;
        inside.jobs.insert(name.to_owned(), FakeJob::made(Value::Null, created));
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
            job.end = Some((status, now));
        }
    }

    /// Lets a job fail now, with SageMaker's sentence about why.
    pub fn fail_job(&self, name: &str, failure: &str) {
        self.end_job(name, JobStatus::Failed);
        if let Some(job) = self.inside().jobs.get_mut(name) {
            job.failure = Some(failure.to_owned());
        }
    }

    /// Lets a job report these metrics, each by its newest value.
    pub fn report(&self, name: &str, metrics: &BTreeMap<String, f64>) {
        if let Some(job) = self.inside().jobs.get_mut(name) {
            job.metrics.extend(metrics.clone());
        }
    }

    /// The names of all jobs, and whether each has ended.
    #[must_use]
    pub fn jobs(&self) -> Vec<(String, bool)> {
        let inside = self.inside();
        inside.jobs.iter().map(|(name, job)| (name.clone(), job.ended(inside.now).is_some())).collect()
    }

    /// How and when a job ends, which may be in a while if it was asked to stop; `None` for one that has no end yet.
    #[must_use]
    pub fn job_end(&self, name: &str) -> Option<(JobStatus, Timestamp)> {
        self.inside().jobs.get(name).and_then(|job| job.end)
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

    /// Puts what the ledger remembers of a model in place of what it did.
    pub fn put_state(&self, model: &str, state: &State) {
        let mut inside = self.inside();
        let row = inside.rows.entry(model.to_owned()).or_default();
        *row = Row { version: row.version.saturating_add(1), state: state.clone(), ..Row::default() };
    }

    /// Writes an intent whatever the ledger holds, as a table without conditions would: for tests that take this
    /// protection away and want to see it missed.
    pub fn put_intent(&self, intent: &Intent) {
        let mut inside = self.inside();
        inside.rows.insert(intent.model.clone(), intent.row.clone());
        inside.runs.insert((intent.model.clone(), intent.run.generation), intent.run.clone());
        for reserve in &intent.run.reserve {
            let spent = inside.spent.entry(Fleet::of(reserve)).or_default();
            *spent = spent.plus(reserve.amount);
        }
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
