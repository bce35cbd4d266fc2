//! One training job, and its life.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::clock::{epoch, later, seconds};

/// Between the stop signal and the end; the container may save its work.
const GRACE_SECONDS: f64 = 120.0;

/// How a job ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Completed,
    /// With this `FailureReason`. One that begins with `CapacityError` never gets to train.
    Failed(String),
    /// With this `SecondaryStatus`: `Stopped`, `MaxRuntimeExceeded`, `MaxWaitTimeExceeded`.
    Stopped(String),
    /// Not at all: it shows a status word that no client knows.
    Unknown(String),
}

/// How long a job takes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Timing {
    pub(crate) starting_seconds: f64,
    pub(crate) training_seconds: f64,
}

/// One change of status. A job holds those of its future too: what it shows is a question of time only.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) status: String,
    pub(crate) secondary: String,
    message: &'static str,
    reason: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) name: String,
    pub(crate) arn: String,
    /// Which creation of the account this was.
    pub(crate) number: u64,
    pub(crate) created: Timestamp,
    /// The request, as far as DescribeTrainingJob gives it back.
    pub(crate) described: Map<String, Value>,
    pub(crate) instances: BTreeMap<String, u64>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) listed_from: Timestamp,
    pub(crate) described_from: Timestamp,
    pub(crate) final_metrics: Vec<Value>,
    /// In order of time, and never empty.
    pub(crate) life: Vec<Step>,
}

impl Outcome {
    fn step(&self, at: Timestamp) -> Step {
        match self {
            Self::Completed => step(at, "Completed", "Completed", "Training job completed"),
            Self::Failed(reason) => {
                Step { reason: Some(reason.clone()), ..step(at, "Failed", "Failed", "Training job failed") }
            }
            Self::Stopped(secondary) => step(at, "Stopped", secondary, "Training job stopped"),
            Self::Unknown(word) => step(at, word, word, ""),
        }
    }
}

/// The whole life of a job, if nobody interferes.
pub(crate) fn life(created: Timestamp, timing: Timing, outcome: &Outcome, request: &Value) -> Vec<Step> {
    let Timing { starting_seconds, training_seconds } = timing;
    let trains = later(created, seconds(starting_seconds));
    let downloads = later(created, seconds(starting_seconds / 2.0));
    let mut life = vec![
        step(created, "InProgress", "Starting", "Starting the training job"),
        step(downloads, "InProgress", "Downloading", "Downloading input data"),
    ];
    if matches!(outcome, Outcome::Failed(reason) if reason.starts_with("CapacityError")) {
        life.truncate(1);
        life.push(outcome.step(trains));
        return life;
    }
    life.push(step(trains, "InProgress", "Training", "Training in progress"));
    let allowed = request.pointer("/StoppingCondition/MaxRuntimeInSeconds").and_then(Value::as_f64);
    if let Some(allowed) = allowed.filter(|allowed| *allowed < training_seconds) {
        life.push(Outcome::Stopped("MaxRuntimeExceeded".to_owned()).step(later(trains, seconds(allowed))));
        return life;
    }
    if matches!(outcome, Outcome::Completed) {
        let uploads = later(trains, seconds(training_seconds * 0.9));
        life.push(step(uploads, "InProgress", "Uploading", "Uploading generated training model"));
    }
    life.push(outcome.step(later(trains, seconds(training_seconds))));
    life
}

impl Job {
    /// The changes that have happened.
    pub(crate) fn past(&self, now: Timestamp) -> &[Step] {
        let happened = self.life.partition_point(|step| step.at <= now).max(1);
        self.life.get(..happened).unwrap_or_default()
    }

    pub(crate) fn status(&self, now: Timestamp) -> &str {
        self.past(now).last().map_or("InProgress", |step| step.status.as_str())
    }

    pub(crate) fn has_ended(&self, now: Timestamp) -> bool {
        is_terminal(self.status(now))
    }

    pub(crate) fn changed(&self, now: Timestamp) -> Timestamp {
        self.past(now).last().map_or(self.created, |step| step.at)
    }

    /// Asks the job to stop. One that is stopping already goes on doing so.
    pub(crate) fn stop(&mut self, now: Timestamp) {
        if self.status(now) == "Stopping" {
            return;
        }
        self.forget_the_future(now);
        self.life.push(step(now, "Stopping", "Stopping", "Stopping the training job"));
        let stopped = Outcome::Stopped("Stopped".to_owned());
        self.life.push(stopped.step(later(now, seconds(GRACE_SECONDS))));
    }

    /// The job ends now, like this.
    pub(crate) fn end(&mut self, now: Timestamp, outcome: &Outcome) {
        self.forget_the_future(now);
        self.life.push(outcome.step(now));
    }

    /// The job shows these words from now on, and stays there.
    pub(crate) fn show(&mut self, now: Timestamp, status: &str, secondary: &str) {
        self.forget_the_future(now);
        self.life.push(step(now, status, secondary, ""));
    }

    fn forget_the_future(&mut self, now: Timestamp) {
        self.life.truncate(self.past(now).len());
    }

    pub(crate) fn training_start(&self, now: Timestamp) -> Option<Timestamp> {
        self.past(now).iter().find(|step| step.secondary == "Training").map(|step| step.at)
    }

    pub(crate) fn training_end(&self, now: Timestamp) -> Option<Timestamp> {
        self.past(now).iter().find(|step| is_terminal(&step.status)).map(|step| step.at)
    }

    /// The answer of DescribeTrainingJob. It never holds the tags.
    pub(crate) fn describe(&self, now: Timestamp) -> Value {
        let mut answer = self.described.clone();
        for switch in
            ["EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining"]
        {
            answer.entry(switch).or_insert(Value::Bool(false));
        }
        answer.extend(self.summary(now));
        let last = self.past(now).last();
        answer.insert("SecondaryStatusTransitions".into(), self.transitions(now));
        answer.insert("ModelArtifacts".into(), json!({ "S3ModelArtifacts": self.artifacts() }));
        if let Some(reason) = last.and_then(|step| step.reason.as_ref()) {
            answer.insert("FailureReason".into(), json!(reason));
        }
        if let Some(start) = self.training_start(now) {
            answer.insert("TrainingStartTime".into(), epoch(start));
            let trained = self.training_end(now).unwrap_or(now).duration_since(start).as_secs();
            if trained > 0 {
                answer.insert("TrainingTimeInSeconds".into(), json!(trained));
            }
            if trained > 0 && self.has_ended(now) {
                let instances: u64 = self.instances.values().sum();
                answer
                    .insert("BillableTimeInSeconds".into(), json!(trained.unsigned_abs() * instances.max(1)));
            }
        }
        if !self.final_metrics.is_empty() {
            answer.insert("FinalMetricDataList".into(), json!(self.final_metrics));
        }
        Value::Object(answer)
    }

    /// One line of `ListTrainingJobs`.
    pub(crate) fn summary(&self, now: Timestamp) -> Map<String, Value> {
        let secondary = self.past(now).last().map(|step| step.secondary.clone());
        let mut summary = Map::new();
        summary.insert("TrainingJobName".into(), json!(self.name));
        summary.insert("TrainingJobArn".into(), json!(self.arn));
        summary.insert("TrainingJobStatus".into(), json!(self.status(now)));
        summary.insert("SecondaryStatus".into(), json!(secondary));
        summary.insert("CreationTime".into(), epoch(self.created));
        summary.insert("LastModifiedTime".into(), epoch(self.changed(now)));
        if let Some(end) = self.training_end(now) {
            summary.insert("TrainingEndTime".into(), epoch(end));
        }
        summary
    }

    pub(crate) fn transitions(&self, now: Timestamp) -> Value {
        let past = self.past(now);
        let ends = past.iter().skip(1).map(|next| Some(next.at)).chain([None]);
        past.iter().zip(ends).map(|(step, end)| transition(step, end)).collect()
    }

    fn artifacts(&self) -> String {
        let folder = self.described.get("OutputDataConfig").and_then(|output| output.get("S3OutputPath"));
        let folder = folder.and_then(Value::as_str).unwrap_or_default().trim_end_matches('/');
        format!("{folder}/{}/output/model.tar.gz", self.name)
    }
}

impl Step {
    pub(crate) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

pub(crate) fn is_terminal(status: &str) -> bool {
    matches!(status, "Completed" | "Failed" | "Stopped")
}

fn step(at: Timestamp, status: &str, secondary: &str, message: &'static str) -> Step {
    Step { at, status: status.to_owned(), secondary: secondary.to_owned(), message, reason: None }
}

fn transition(step: &Step, end: Option<Timestamp>) -> Value {
    let end = end.or_else(|| is_terminal(&step.status).then_some(step.at));
    let message = step.reason.as_deref().unwrap_or(step.message);
    let mut shown =
        json!({ "Status": step.secondary, "StartTime": epoch(step.at), "StatusMessage": message });
    if let (Some(shown), Some(end)) = (shown.as_object_mut(), end) {
        shown.insert("EndTime".into(), epoch(end));
    }
    shown
}
