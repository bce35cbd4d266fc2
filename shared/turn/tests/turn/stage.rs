//! A model, its policy, and a hand on the clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rekindle_decision::facts::Point;
use rekindle_decision::identity::job_name;
use rekindle_decision::policy::{Expr, Metric, Policy, Watch};
use rekindle_decision::signal::{
    Action, AlarmKind, AlarmState, Arrival, Ask, Confirm, Control, Signal, Sweep, Tick, TrainingEnd,
    Transition, What,
};
use rekindle_policy::{PolicySet, Text};
use rekindle_turn::memory::Memory;
use rekindle_turn::prices::Prices;
use rekindle_turn::{Announcement, Summary, end, turn};
use serde_json::Value;

pub(crate) const MODEL: &str = "churn";

/// Monday, four seconds after the weekly tick.
pub(crate) const MONDAY: &str = "2026-11-02T03:00:04Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A policy document. `triggers` and `guards` are flow mappings; `extra` is whole lines.
pub(crate) fn document(model: &str, triggers: &str, guards: &str, extra: &str) -> String {
    format!(
        "model: {model}
{extra}
triggers: {triggers}
guards: {guards}
data_window: 30d
training:
  RoleArn: arn:aws:iam::445566778899:role/rekindle-training
  AlgorithmSpecification:
    TrainingImage: 445566778899.dkr.ecr.eu-central-1.amazonaws.com/churn:1.4
    TrainingInputMode: File
  HyperParameters: {{ to: \"{{window.end:%Y-%m-%dT%H:%M:%S}}\" }}
  OutputDataConfig: {{ S3OutputPath: \"s3://example-models/{{model}}/{{generation}}/\" }}
  ResourceConfig: {{ InstanceType: ml.m5.large, InstanceCount: 1, VolumeSizeInGB: 30 }}
  StoppingCondition: {{ MaxRuntimeInSeconds: 3600 }}
"
    )
}

pub(crate) const WEEKLY: &str =
    "{ weekly: { schedule: \"cron(0 3 ? * MON *)\", timezone: UTC, deadline: 6h, rule: rekindle-weekly } }";
pub(crate) const DRIFT: &str = "{ drift: { alarm: \"{model}-drift\" } }";
pub(crate) const ACCURACY: &str = "{ accuracy: { metric: { namespace: Churn, name: Accuracy, \
     dimensions: { Model: \"{model}\" }, statistic: Average, period: 1h }, below: 0.82 } }";

pub(crate) fn text(name: &str, version: i64, text: String) -> Text {
    Text { name: name.to_owned(), version, text, since: None }
}

/// A policy read from its document, and changed by hand.
pub(crate) fn changed(model: &str, triggers: &str, guards: &str, change: impl FnOnce(&mut Policy)) -> Policy {
    let set = read(text(&format!("{model}.yaml"), 1, document(model, triggers, guards, "")));
    let mut policy = Policy::clone(set.get(model).unwrap());
    change(&mut policy);
    policy
}

/// One trigger in place of those that were written.
pub(crate) fn only(policy: &mut Policy, name: &str, watch: Watch) {
    policy.triggers = [(name.to_owned(), watch.into())].into();
    policy.start_when = Expr::Any(vec![Expr::Trigger(name.to_owned())]);
}

/// The metric of [`ACCURACY`].
pub(crate) fn accuracy(model: &str) -> Metric {
    Metric {
        namespace: "Churn".to_owned(),
        name: "Accuracy".to_owned(),
        dimensions: [("Model".to_owned(), model.to_owned())].into(),
        statistic: "Average".to_owned(),
        period: "1h".parse().unwrap(),
    }
}

/// Policies that were read: thousands of stages share them.
static READ: Mutex<BTreeMap<String, Arc<PolicySet>>> = Mutex::new(BTreeMap::new());

/// Reads a policy, once.
fn read(text: Text) -> Arc<PolicySet> {
    let key = format!("{} {}", text.version, text.text);
    let mut read = READ.lock().unwrap();
    let set = read.entry(key).or_insert_with(|| Arc::new(PolicySet::default().refresh([text])));
    assert!(set.problems().is_empty(), "{:?}", set.problems());
    Arc::clone(set)
}

/// One stage: a world in memory with the policy of `churn` in it.
pub(crate) struct Stage {
    pub(crate) world: Memory,
    turns: std::cell::Cell<u32>,
}

impl Stage {
    /// With these triggers, any of which starts a job, and a cooldown of a day.
    pub(crate) fn with(triggers: &str) -> Self {
        Self::of(triggers, "{ cooldown: 24h }", "mode: enforce")
    }

    pub(crate) fn of(triggers: &str, guards: &str, extra: &str) -> Self {
        let stage = Self { world: Memory::at(at(MONDAY)), turns: std::cell::Cell::new(0) };
        stage.policy(1, triggers, guards, extra);
        stage
    }

    /// With a policy that is written so far and changed by hand, as [`changed`].
    pub(crate) fn changed(triggers: &str, guards: &str, change: impl FnOnce(&mut Policy)) -> Self {
        let stage = Self::of(triggers, guards, "");
        let set: PolicySet = [changed(MODEL, triggers, guards, change)].into_iter().collect();
        stage.world.share_policies(&Arc::new(set));
        stage
    }

    /// The policy there is.
    pub(crate) async fn known(&self) -> Arc<Policy> {
        use rekindle_turn::World;
        let Ok(policies) = self.world.policies().await;
        Arc::clone(policies.set.get(MODEL).unwrap())
    }

    /// The same, with a price for an hour of the instance that the policies train on.
    pub(crate) fn priced(mut self, price: &str) -> Self {
        let prices = Prices::of([("ml.m5.large".to_owned(), price.parse().unwrap())]);
        self.world = self.world.priced(prices);
        self
    }

    /// Puts another revision of the policy.
    pub(crate) fn policy(&self, version: i64, triggers: &str, guards: &str, extra: &str) {
        let text = text("churn.yaml", version, document(MODEL, triggers, guards, extra));
        self.world.share_policies(&read(text));
    }

    pub(crate) fn now(&self) -> Timestamp {
        use rekindle_turn::World;
        self.world.now()
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, length: &str) {
        let length: rekindle_decision::duration::Duration = length.parse().unwrap();
        self.world.set_now(length.after(self.now()));
    }

    /// One invocation, under a name of its own.
    pub(crate) async fn turn(&self, signals: &[Signal]) -> Summary {
        self.turns.set(self.turns.get() + 1);
        let name = format!("invocation-{}", self.turns.get());
        turn(&self.world.invocation(&name), signals).await.unwrap()
    }

    /// One invocation for the ends of training jobs, under a name of its own.
    pub(crate) async fn end(&self, signals: &[Signal]) -> Summary {
        self.turns.set(self.turns.get() + 1);
        let name = format!("invocation-{}", self.turns.get());
        end(&self.world.invocation(&name), signals).await
    }

    pub(crate) async fn sweep(&self) -> Summary {
        self.turn(&[sweep()]).await
    }

    /// The only job there is.
    pub(crate) fn job(&self) -> String {
        let jobs = self.world.jobs();
        assert_eq!(jobs.len(), 1, "one job was expected: {jobs:?}");
        jobs[0].0.clone()
    }

    /// The generations that were made, oldest first.
    pub(crate) fn generations(&self) -> Vec<String> {
        self.world.jobs().into_iter().map(|(name, _)| name).collect()
    }

    /// Ends the newest job.
    pub(crate) fn end_job(&self) {
        let newest = self.generations().pop().unwrap();
        self.world.end_job(&newest, rekindle_turn::world::JobStatus::Completed);
    }

    /// Lets the newest job fail.
    pub(crate) fn fail_job(&self) {
        self.world.fail_job(&self.generations().pop().unwrap(), "AlgorithmError: exit code 1");
    }

    /// What was published since the last call, as words.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.world.take_published().into_iter().map(|news| news.detail_type).collect()
    }

    pub(crate) fn published(&self) -> Vec<Announcement> {
        self.world.take_published()
    }

    /// The newest decision's line since the last call.
    pub(crate) fn line(&self) -> Value {
        let lines = self.world.take_lines();
        lines.into_iter().rfind(|line| line["kind"] == "decision").unwrap()
    }

    /// Accuracy of the newest closed hour.
    pub(crate) fn accuracy(&self, value: f64) {
        let hour = self.now().as_second().div_euclid(3_600) * 3_600 - 3_600;
        let at = Timestamp::from_second(hour).unwrap();
        self.world.put_metric(&accuracy(MODEL), Point { at, value, samples: None });
    }
}

pub(crate) fn name(generation: u32) -> String {
    job_name(MODEL, generation)
}

pub(crate) fn sweep() -> Signal {
    Signal::Sweep(Sweep::default())
}

pub(crate) fn tick(instant: &str) -> Signal {
    Signal::Scheduled(Tick {
        source: Some("arn:aws:events:eu-central-1:445566778899:rule/rekindle-weekly".to_owned()),
        at: Some(at(instant)),
        ..Tick::default()
    })
}

/// The tick of [`MONDAY`].
pub(crate) fn monday() -> Signal {
    tick("2026-11-02T03:00:00Z")
}

pub(crate) fn alarm(state: AlarmState, since: Timestamp) -> Signal {
    Signal::Alarmed(Transition {
        alarm: "arn:aws:cloudwatch:eu-central-1:445566778899:alarm:churn-drift".to_owned(),
        name: "churn-drift".to_owned(),
        state,
        since,
        previous: None,
        reason: String::new(),
        points: Vec::new(),
        threshold: None,
        period: None,
        kind: AlarmKind::Metric,
        suppressed_by: None,
        replay: None,
    })
}

pub(crate) fn ask(id: &str) -> Ask {
    Ask {
        id: Some(id.to_owned()),
        models: vec![MODEL.to_owned()],
        reason: Some("new labels".to_owned()),
        by: Some("ana".to_owned()),
        ..Ask::default()
    }
}

pub(crate) fn asked(ask: Ask) -> Signal {
    Signal::Asked(ask)
}

/// A person's yes.
pub(crate) fn confirm(decision: &str) -> Signal {
    let (by, reason) = (Some("ben".to_owned()), Some("the data is good".to_owned()));
    Signal::Confirmed(Confirm { model: MODEL.to_owned(), decision: decision.to_owned(), by, reason })
}

/// A person's hand.
pub(crate) fn control(id: &str, action: Action) -> Signal {
    Signal::Controlled(Control {
        id: Some(id.to_owned()),
        models: vec![MODEL.to_owned()],
        action,
        by: Some("ana".to_owned()),
        reason: Some("the labels are wrong".to_owned()),
    })
}

/// An event that says how a training job stands.
pub(crate) fn ended(job: &str, status: &str) -> Signal {
    Signal::TrainingEnded(TrainingEnd { job: job.to_owned(), status: status.to_owned(), replay: None })
}

pub(crate) fn arrival(id: &str, at: Timestamp, what: What) -> Signal {
    Signal::Arrived(Arrival { id: id.to_owned(), at, what, replay: None })
}

/// The sentence of a turn about one model.
pub(crate) fn sentence(summary: &Summary) -> String {
    summary.decisions[MODEL]["sentence"].as_str().unwrap().to_owned()
}

/// The outcome's word.
pub(crate) fn outcome(summary: &Summary) -> String {
    summary.decisions[MODEL]["outcome"]["outcome"].as_str().unwrap().to_owned()
}
