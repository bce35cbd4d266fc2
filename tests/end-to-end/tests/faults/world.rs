//! Models for which everything asks, and the events that say so.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use rekindle_end_to_end::{Problem, Site, policy, put_drift_alarm, sagemaker};
use rekindle_fault_proxy::Dice;
use rekindle_local_cloud::AlarmState;
use rekindle_local_cloud::aws::{Datum, Observed};
use serde_json::{Value, json};

/// What asks for a model's first job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Its schedule. A tick comes once: nothing that is read later says that it came.
    Tick,
    /// Its alarm, which stays in `ALARM`.
    Alarm,
    /// Its metric, which the sweep reads.
    Metric,
    /// All of these.
    All,
}

impl Family {
    /// One of the three.
    pub(crate) fn drawn(dice: &mut Dice) -> Self {
        *dice.pick(&[Self::Tick, Self::Alarm, Self::Metric]).expect("there are three")
    }

    fn is_asked_by(self, other: Self) -> bool {
        self == other || self == Self::All
    }
}

/// Any of the three families starts a job. A metric's last whole hour is judged, so that a test may take minutes.
const RULES: &str = r#"triggers:
  weekly: { schedule: "cron(0 3 ? * MON *)", deadline: 6h }
  drift: { alarm: "{model}-drift" }
  accuracy:
    metric: { namespace: Churn, name: Accuracy, dimensions: { Model: "{model}" }, statistic: Average, period: 1h }
    below: 0.82
    for: 1 of 1
guards: { freshness: 3h }"#;

const HOUR: u64 = 3_600;

/// Models in one policy document: a parameter holds 4,096 bytes.
const MODELS: usize = 100;

/// One event for one function, as Lambda delivers it: tried again, it keeps its request id.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) function: &'static str,
    pub(crate) request_id: String,
    pub(crate) payload: Value,
}

/// Makes models of which the alarm or the metric asks for a job where their family says so, with few policy documents for all of them: a parameter for
/// each would be a page for every ten, in every turn.
pub(crate) fn furnish(site: &Site, document: &str, models: &[(&str, Family)]) -> Result<(), Problem> {
    let stack = site.stack();
    // No job may end by itself, however long this takes.
    let config = format!("config?account={}", stack.aws().account());
    sagemaker()?.post(&config, &json!({ "training_seconds": 1_000_000.0 }))?;
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    for (model, family) in models {
        let accuracy = if family.is_asked_by(Family::Metric) { 0.79 } else { 0.95 };
        // The last whole hour, and the one that will be it if the test goes on for longer. Before the alarms: MiniStack
        // judges every alarm whenever a metric is put.
        for hour in [seconds / HOUR - 1, seconds / HOUR] {
            stack.put_metric(&Datum {
                namespace: "Churn",
                metric: "Accuracy",
                dimensions: &[("Model", model)],
                at: SystemTime::UNIX_EPOCH + Duration::from_secs(hour * HOUR),
                observed: Observed::Value(accuracy),
            })?;
        }
    }
    for (model, family) in models {
        let alarm = alarm_of(model);
        put_drift_alarm(stack, &alarm)?;
        let state = if family.is_asked_by(Family::Alarm) { AlarmState::Alarm } else { AlarmState::Ok };
        stack.aws().set_alarm_state(&alarm, state, "by hand", None)?;
    }
    let text = policy("MODELS", RULES);
    for (nth, part) in models.chunks(MODELS).enumerate() {
        let names: Vec<&str> = part.iter().map(|(model, _)| *model).collect();
        let text = text.replace("model: MODELS", &format!("models: [{}]", names.join(", ")));
        stack.put_policy(&format!("{document}-{nth}"), &text)?;
    }
    Ok(())
}

/// All of these, asked for by everything.
pub(crate) fn all(models: &[String]) -> Vec<(&str, Family)> {
    models.iter().map(|model| (model.as_str(), Family::All)).collect()
}

/// The names `NAME-000-x`, …: none is the beginning of another.
pub(crate) fn names(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|at| format!("{name}-{at:03}-x")).collect()
}

/// A tick of a model's schedule, at this instant.
pub(crate) fn tick(model: &str, at: Timestamp) -> Delivery {
    let payload = json!({
        "rekindle": "scheduled", "trigger": "weekly", "models": [model], "scheduled_time": at.to_string(),
    });
    delivery("on-schedule", model, "tick", payload)
}

/// The alarm of a model, gone off at this instant.
pub(crate) fn alarm(site: &Site, model: &str, at: Timestamp) -> Delivery {
    let (aws, name) = (site.stack().aws(), alarm_of(model));
    let (account, region) = (aws.account(), aws.region());
    let payload = json!({
        "version": "0", "id": format!("alarm-{model}"), "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "account": account, "region": region, "time": at.to_string(),
        "resources": [format!("arn:aws:cloudwatch:{region}:{account}:alarm:{name}")],
        "detail": {
            "alarmName": name,
            "state": { "value": "ALARM", "reason": "it drifts", "timestamp": at.as_millisecond() },
        },
    });
    delivery("on-alarm", model, "alarm", payload)
}

/// A look at one model. Each has a request id of its own, as ticks of the sweep do.
pub(crate) fn sweep(model: &str, nth: usize) -> Delivery {
    let payload = json!({ "rekindle": "sweep", "models": [model] });
    delivery("on-metric-check", model, &format!("sweep-{nth}"), payload)
}

/// A person who wants a job for a model, whatever else there is.
pub(crate) fn ask(model: &str) -> Delivery {
    let payload = json!({
        "rekindle": "retrain", "model": model, "force": true, "by": "test", "id": format!("ask-{model}"),
    });
    delivery("on-alarm", model, "ask", payload)
}

/// SageMaker says that a job of a model has ended well.
pub(crate) fn end(model: &str, job: &str) -> Delivery {
    let payload = json!({
        "version": "0", "id": format!("end-{model}"), "source": "aws.sagemaker",
        "detail-type": "SageMaker Training Job State Change",
        "detail": { "TrainingJobName": job, "TrainingJobStatus": "Completed" },
    });
    delivery("on-training-end", model, "end", payload)
}

fn delivery(function: &'static str, model: &str, word: &str, payload: Value) -> Delivery {
    Delivery { function, request_id: format!("{word}-{model}"), payload }
}

fn alarm_of(model: &str) -> String {
    format!("{model}-drift")
}
