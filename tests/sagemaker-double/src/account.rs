//! One account: it takes calls, and remembers them.

use serde_json::{Value, json};

use crate::clock::{Clock, later};
use crate::config::Config;
use crate::error::Refusal;
use crate::faults::{Action, Faults};
use crate::jobs::{Jobs, Scene, text};
use crate::list;
use crate::log::Entry;
use crate::model::Model;
use crate::monitors::{self, Monitors};
use crate::throttle::Buckets;

/// A request, read.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) operation: String,
    /// The body, or why it could not be read.
    pub(crate) request: Result<Value, String>,
}

/// What goes back, and how much of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) error: Option<String>,
    pub(crate) body: String,
    pub(crate) delivery: Delivery,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    AsHtml,
    Half,
    Nothing,
}

#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) faults: Faults,
    pub(crate) jobs: Jobs,
    pub(crate) monitors: Monitors,
    pub(crate) log: Vec<Entry>,
    buckets: Buckets,
}

impl Call {
    /// The training job, or the monitoring schedule, that the call speaks of.
    pub(crate) fn name(&self) -> Option<String> {
        let request = self.request.as_ref().ok()?;
        if let Some(schedule) = monitors::schedule(request) {
            return Some(schedule);
        }
        let named = text(request, "TrainingJobName");
        let arn = text(request, "ResourceArn");
        let name = if named.is_empty() { arn.rsplit_once('/')?.1.to_owned() } else { named };
        Some(name)
    }
}

impl Account {
    /// Carries out one call, or what a fault makes of it, and writes it down.
    pub(crate) fn answer(&mut self, call: &Call, fault: Option<&Action>) -> Answer {
        let mut unknown_members = Vec::new();
        let result = match fault {
            Some(Action::Refuse { code, message, status }) => {
                Err(Refusal { status: *status, ..Refusal::new(code, message) })
            }
            Some(Action::Http { status }) => {
                let answer = Answer {
                    status: *status,
                    error: None,
                    body: "the way to the service is closed".into(),
                    delivery: Delivery::AsHtml,
                };
                self.write_down(call, fault, Some(*status), None, true, unknown_members);
                return answer;
            }
            Some(Action::Drop) => {
                self.write_down(call, fault, None, None, false, unknown_members);
                return Answer { status: 0, error: None, body: String::new(), delivery: Delivery::Nothing };
            }
            Some(
                Action::Delay { .. }
                | Action::ActThenDrop
                | Action::ActThenHide { .. }
                | Action::WrongContentType
                | Action::CutBody,
            )
            | None => self.act(call, &mut unknown_members),
        };
        if let (Some(Action::ActThenHide { ms }), Ok(_), Some(name)) = (fault, &result, call.name()) {
            self.hide(&call.region, &name, *ms);
        }

        let delivery = match fault {
            Some(Action::ActThenDrop) => Delivery::Nothing,
            Some(Action::CutBody) => Delivery::Half,
            Some(Action::WrongContentType) => Delivery::AsHtml,
            Some(
                Action::Refuse { .. }
                | Action::Delay { .. }
                | Action::Http { .. }
                | Action::Drop
                | Action::ActThenHide { .. },
            )
            | None => Delivery::Whole,
        };
        let answered = matches!(delivery, Delivery::Whole | Delivery::AsHtml);
        let status = result.as_ref().map_or_else(|refusal| refusal.status, |_| 200);
        let refusal = result.as_ref().err().cloned();
        self.write_down(call, fault, Some(status), refusal.as_ref(), answered, unknown_members);
        let body = match result {
            Ok(Value::Null) => String::new(),
            Ok(body) => body.to_string(),
            Err(refusal) => refusal.body().to_string(),
        };
        Answer { status, error: refusal.map(|refusal| refusal.code), body, delivery }
    }

    fn act(&mut self, call: &Call, unknown_members: &mut Vec<String>) -> Result<Value, Refusal> {
        let now = self.clock.now();
        let model = Model::published()?;
        if !model.knows(&call.operation) {
            return Err(Refusal::new("UnknownOperationException", ""));
        }
        if let Some(throttle) = self.config.throttles.get(&call.operation)
            && !self.buckets.take(&call.operation, *throttle, now)
        {
            return Err(Refusal::throttled());
        }
        let request =
            call.request.as_ref().map_err(|text| Refusal::new("SerializationException", text.as_str()))?;
        *unknown_members = model.check(&call.operation, request)?;

        let scene = Scene { account: &call.account, region: &call.region, now };
        let jobs = &mut self.jobs;
        match call.operation.as_str() {
            "CreateTrainingJob" => jobs.create(scene, &self.config, request),
            "DescribeTrainingJob" => jobs.describe(scene, request),
            "ListTrainingJobs" => list::page(jobs, scene, request),
            "ListMonitoringExecutions" => self.monitors.page(scene, request),
            "StopTrainingJob" => jobs.stop(scene, request).map(|()| Value::Null),
            "DeleteTrainingJob" => jobs.delete(scene, request).map(|()| Value::Null),
            "ListTags" => jobs.list_tags(scene, request),
            "AddTags" => jobs.add_tags(scene, request),
            _ => Err(Refusal::new("UnknownOperationException", "")),
        }
    }

    /// Nobody sees the job until then.
    fn hide(&mut self, region: &str, name: &str, ms: u64) {
        let until =
            later(self.clock.now(), jiff::SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX)));
        if let Some(job) = self.jobs.find(Some(region), name) {
            job.listed_from = job.listed_from.max(until);
            job.described_from = job.described_from.max(until);
        }
    }

    fn write_down(
        &mut self,
        call: &Call,
        fault: Option<&Action>,
        status: Option<u16>,
        refusal: Option<&Refusal>,
        answered: bool,
        unknown_members: Vec<String>,
    ) {
        self.log.push(Entry {
            at: self.clock.now(),
            account: call.account.clone(),
            region: call.region.clone(),
            operation: call.operation.clone(),
            name: call.name(),
            status,
            error: refusal.map(|refusal| refusal.code.clone()),
            message: refusal.map(|refusal| refusal.message.clone()),
            fault: fault.map(Action::word),
            answered,
            request: call.request.as_ref().map_or_else(|text| json!({ "unreadable": text }), Clone::clone),
            unknown_members,
        });
    }
}
