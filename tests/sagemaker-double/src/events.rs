//! The state-change events SageMaker would have sent.
//!
//! They are a view of the jobs' lives, so a test may read them at any time and as often as it
//! likes. Carrying them to a bus is somebody else's work.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::clock::{later, seconds};
use crate::config::EventConfig;
use crate::job::{Job, Step};
use crate::jobs::{Jobs, Scene};

/// The members of a job that its events repeat. `Environment` is not among them.
const REPEATED: [&str; 8] = [
    "HyperParameters",
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "StoppingCondition",
    "VpcConfig",
];

#[derive(Debug, Clone)]
pub(crate) struct Event {
    at: Timestamp,
    status: String,
    /// What the id is derived from.
    seed: String,
    body: Value,
}

/// All events that an account has produced until now, with the knobs applied.
pub(crate) fn produced(jobs: &Jobs, scene: Scene<'_>, knobs: &EventConfig) -> Vec<Value> {
    let living = jobs.all().flat_map(|(region, job)| of(job, Scene { region, ..scene }));
    let mut events: Vec<_> = jobs.events_of_the_deleted().iter().cloned().chain(living).collect();
    events.retain(|event| {
        let dropped = knobs.drop.iter().any(|word| word == "*" || *word == event.status);
        !dropped && later(event.at, seconds(knobs.late_seconds)) <= scene.now
    });
    events.sort_by_key(|event| event.at);
    if knobs.reorder {
        events.reverse();
    }
    let copies = if knobs.duplicate { 2 } else { 1 };
    events.iter().flat_map(|event| (0..copies).map(|copy| event.told(copy))).collect()
}

/// The events of one job, oldest first: one for each change.
pub(crate) fn of(job: &Job, scene: Scene<'_>) -> Vec<Event> {
    let past = job.past(scene.now);
    past.iter().enumerate().map(|(index, step)| event(job, scene, index, step)).collect()
}

fn event(job: &Job, scene: Scene<'_>, index: usize, step: &Step) -> Event {
    let body = json!({
        "version": "0",
        "detail-type": "SageMaker Training Job State Change",
        "source": "aws.sagemaker",
        "account": scene.account,
        "time": whole_second(step.at),
        "region": scene.region,
        "resources": [job.arn],
        "detail": detail(job, step),
    });
    Event {
        at: step.at,
        status: step.status.clone(),
        seed: format!("{}|{}|{}|{index}", job.arn, job.number, job.created),
        body,
    }
}

/// Much like a description, with three spellings of time: AWS mixes them too.
fn detail(job: &Job, step: &Step) -> Value {
    let mut detail: Map<String, Value> = REPEATED
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), job.described.get(*name)?.clone())))
        .collect();
    let millis = |at: Timestamp| at.as_millisecond();
    let said = json!({
        "TrainingJobName": job.name,
        "TrainingJobArn": job.arn,
        "TrainingJobStatus": step.status,
        "SecondaryStatus": step.secondary,
        "FailureReason": step.reason(),
        "CreationTime": millis(job.created),
        "TrainingStartTime": job.training_start(step.at).map(millis),
        "TrainingEndTime": job.training_end(step.at).map(|end| millis(end).to_string()),
        "LastModifiedTime": SignedDuration::from_secs(millis(step.at)).as_secs_f64(),
        "SecondaryStatusTransitions": job.transitions(step.at),
        "Tags": job.tags,
    });
    if let Value::Object(said) = said {
        detail.extend(said);
    }
    Value::Object(detail)
}

impl Event {
    /// The event as it goes out; each copy has an id of its own.
    fn told(&self, copy: u8) -> Value {
        let mut body = self.body.clone();
        if let Some(body) = body.as_object_mut() {
            body.insert("id".into(), json!(id(&format!("{}|{copy}", self.seed))));
        }
        body
    }
}

fn whole_second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// FNV-1a in the shape of a UUID: the same change has the same id each time it is read.
fn id(seed: &str) -> String {
    let hash = seed.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    let hex = format!("{hash:032x}");
    let mut id = String::with_capacity(36);
    for (index, digit) in hex.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(match index {
            12 => '4',
            16 => 'a',
            _ => digit,
        });
    }
    id
}
