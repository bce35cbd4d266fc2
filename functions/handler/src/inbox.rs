//! What one invocation brought.

use jiff::Timestamp;
use rekindle_decision::signal::{Signal, Sweep};
use rekindle_events::{Entry, Reading, Unrecognised, read};
use rekindle_turn::Summary;
use rekindle_turn::record::metrics;
use serde_json::{Value, json};

use crate::failure::Failure;

/// Which function this is: the same event may mean another thing to another function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// `on-schedule`: a scheduled event is a tick of a policy's schedule.
    Schedule,
    /// `on-alarm`: alarms, what arrives, and people: requests, their yes to a start that waits for it, and their hand.
    Alarm,
    /// `on-metric-check`: a scheduled event without a trigger is a sweep.
    MetricCheck,
    /// `on-training-end`: the end of a training job closes its run, and nothing else means anything.
    TrainingEnd,
}

/// Signals that succeed or fail together: those of one message of a queue, or all that did not come through one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parcel {
    /// The message's id, for a queue.
    message: Option<String>,
    pub(crate) signals: Vec<Signal>,
}

/// What one invocation brought: signals to take turns for, and the rest.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    parcels: Vec<Parcel>,
    refused: Vec<(Option<String>, Unrecognised)>,
    ignored: Vec<(String, String)>,
    /// Whether it came through a queue, which wants to know what to deliver again.
    queue: bool,
}

impl Inbox {
    pub(crate) fn read(room: Room, payload: &[u8], request_id: &str) -> Self {
        let mut inbox = Self::default();
        for (at, Entry { message_id, reading }) in read(payload).into_iter().enumerate() {
            inbox.queue |= message_id.is_some();
            match reading {
                Ok(Reading::Signal(signal)) => {
                    let id = message_id.clone().unwrap_or_else(|| format!("{request_id}/{at}"));
                    inbox.put(message_id, named(room, signal, id));
                }
                Ok(Reading::Ignored { kind, why }) => inbox.ignored.push((kind, why)),
                Err(refused) => inbox.refused.push((message_id, refused)),
            }
        }
        inbox
    }

    fn put(&mut self, message: Option<String>, signal: Signal) {
        match self.parcels.iter_mut().find(|parcel| parcel.message == message) {
            Some(parcel) => parcel.signals.push(signal),
            None => self.parcels.push(Parcel { message, signals: vec![signal] }),
        }
    }

    /// What to take turns for.
    pub(crate) fn parcels(&self) -> Vec<Parcel> {
        self.parcels.clone()
    }

    /// A log line, with its metric, for everything that leads to no turn.
    pub(crate) fn lines(&self, now: Timestamp, stack: &str) -> Vec<Value> {
        let refused = self.refused.iter().map(|(message, refused)| {
            let what = json!({ "kind": "refused", "message": message, "refused": refused });
            line(now, stack, "RefusedEvents", what)
        });
        let ignored = self.ignored.iter().map(|(kind, why)| {
            line(now, stack, "IgnoredEvents", json!({ "kind": "ignored", "event": kind, "why": why }))
        });
        refused.chain(ignored).collect()
    }

    /// What Lambda is told. From a queue, only what failed is delivered again.
    pub(crate) fn conclude(self, turned: Vec<(Parcel, Result<Summary, Failure>)>) -> Result<Value, Failure> {
        let (mut summaries, mut failures) = (Vec::new(), Vec::new());
        for (parcel, outcome) in turned {
            match outcome {
                Ok(summary) => {
                    failures.extend(failure(&parcel, &summary).map(|failure| (parcel.message, failure)));
                    summaries.push(summary);
                }
                Err(failure) => failures.push((parcel.message, failure)),
            }
        }
        failures
            .extend(self.refused.iter().map(|(message, refused)| (message.clone(), Failure::event(refused))));
        if self.queue {
            for (_, failure) in &failures {
                failure.tell();
            }
            let again: Vec<Value> =
                failures.iter().map(|(message, _)| json!({ "itemIdentifier": message })).collect();
            return Ok(json!({ "batchItemFailures": again, "summaries": summaries }));
        }
        match (failures.into_iter().next(), summaries.pop()) {
            (Some((_, failure)), _) => Err(failure),
            (None, Some(summary)) => Ok(json!(summary)),
            (None, None) => {
                let ignored = self.ignored.iter().map(|(kind, why)| json!({ "event": kind, "why": why }));
                Ok(json!({ "ignored": ignored.collect::<Vec<_>>() }))
            }
        }
    }
}

/// Why a turn must be reported as failed. A sweep that failed for some models has counted them, and comes again; an
/// event comes once.
fn failure(parcel: &Parcel, summary: &Summary) -> Option<Failure> {
    if summary.sweep {
        return None;
    }
    let started = match summary.started {
        0 => String::new(),
        count => format!(" (training jobs started all the same: {count})"),
    };
    if !summary.failed.is_empty() {
        return Some(Failure::Retryable { sentence: format!("{}{started}", summary.failed.join("; ")) });
    }
    if !summary.unreadable.is_empty() {
        return Some(Failure::Bug { sentence: format!("{}{started}", summary.unreadable.join("; ")) });
    }
    // A person who misspelt a model, agreed to what does not wait, or asked the wrong function, must not read "ok".
    let person =
        |signal: &Signal| matches!(signal, Signal::Asked(_) | Signal::Confirmed(_) | Signal::Controlled(_));
    let unclaimed = parcel.signals.iter().any(person) && !summary.unclaimed.is_empty();
    unclaimed.then(|| Failure::BadEvent { sentence: format!("{}{started}", summary.unclaimed.join("; ")) })
}

/// The signal as this function means it, with a name for what came without one.
fn named(room: Room, signal: Signal, id: String) -> Signal {
    match signal {
        Signal::Scheduled(tick) if room == Room::MetricCheck && tick.trigger.is_none() => {
            Signal::Sweep(Sweep { source: tick.source, at: tick.at, models: tick.models })
        }
        Signal::Asked(mut ask) => {
            ask.id.get_or_insert(id);
            Signal::Asked(ask)
        }
        Signal::Controlled(mut control) => {
            control.id.get_or_insert(id);
            Signal::Controlled(control)
        }
        other @ (Signal::Scheduled(_)
        | Signal::Alarmed(_)
        | Signal::Arrived(_)
        | Signal::Confirmed(_)
        | Signal::TrainingEnded(_)
        | Signal::Edited(_)
        | Signal::Sweep(_)) => other,
    }
}

fn line(now: Timestamp, stack: &str, metric: &'static str, what: Value) -> Value {
    let mut line = metrics(now, stack, &[&["Stack"]], [(metric, 1)]);
    if let Value::Object(what) = what {
        line.extend(what);
    }
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rekindle_decision::signal::{Arrival, Confirm, What};

    fn inbox(room: Room, payload: &str) -> Inbox {
        Inbox::read(room, payload.as_bytes(), "request-1")
    }

    /// What Lambda is told after a turn with this summary.
    fn told(inbox: Inbox, change: impl Fn(&mut Summary)) -> Result<Value, Failure> {
        let mut summary = Summary { models: 1, ..Summary::default() };
        change(&mut summary);
        let turned = inbox.parcels().into_iter().map(|parcel| (parcel, Ok(summary.clone())));
        let turned = turned.collect();
        inbox.conclude(turned)
    }

    fn signals(inbox: &Inbox) -> Vec<Signal> {
        inbox.parcels().into_iter().flat_map(|parcel| parcel.signals).collect()
    }

    const TICK: &str = r#"{"source": "aws.events", "detail-type": "Scheduled Event", "time": "2026-11-02T03:00:00Z",
        "resources": ["arn:aws:events:eu-central-1:445566778899:rule/rekindle-weekly"], "detail": {}}"#;
    const ASK: &str = r#"{"rekindle": "retrain", "model": "churn"}"#;
    const SUSPEND: &str = r#"{"rekindle": "suspend", "model": "churn", "until": "2026-12-01T00:00:00Z"}"#;
    const ENDED: &str = r#"{"source": "aws.sagemaker", "detail-type": "SageMaker Training Job State Change",
        "detail": {"TrainingJobName": "rk-churn-2f6642c4-g000042", "TrainingJobStatus": "Completed"}}"#;
    const TYPO: &str = r#"{"rekindle": "retrain", "modl": "churn"}"#;

    fn queue(bodies: &[&str]) -> String {
        let records: Vec<Value> = bodies
            .iter()
            .enumerate()
            .map(
                |(at, body)| json!({ "messageId": format!("m{at}"), "eventSource": "aws:sqs", "body": body }),
            )
            .collect();
        json!({ "Records": records }).to_string()
    }

    #[test]
    fn a_scheduled_event_is_a_tick_for_one_function_and_a_sweep_for_the_other() {
        assert!(matches!(signals(&inbox(Room::Schedule, TICK)).as_slice(), [Signal::Scheduled(_)]));
        assert!(matches!(signals(&inbox(Room::MetricCheck, TICK)).as_slice(), [Signal::Sweep(_)]));
        let named = r#"{"rekindle": "scheduled", "trigger": "weekly"}"#;
        assert!(matches!(signals(&inbox(Room::MetricCheck, named)).as_slice(), [Signal::Scheduled(_)]));
    }

    #[test]
    fn a_request_without_an_id_is_named_after_its_invocation() {
        let Signal::Asked(ask) = signals(&inbox(Room::Alarm, ASK)).remove(0) else { panic!("not a request") };
        assert_eq!(ask.id.as_deref(), Some("request-1/0"));
        let own = r#"{"rekindle": "retrain", "model": "churn", "id": "mine"}"#;
        let Signal::Asked(ask) = signals(&inbox(Room::Alarm, own)).remove(0) else { panic!("not a request") };
        assert_eq!(ask.id.as_deref(), Some("mine"));
    }

    #[test]
    fn what_is_done_by_hand_without_an_id_is_named_after_its_invocation() {
        let id =
            |payload: &str| signals(&inbox(Room::Alarm, payload)).remove(0).control().unwrap().id.clone();
        assert_eq!(id(SUSPEND).as_deref(), Some("request-1/0"));
        let own = r#"{"rekindle": "cancel", "model": "churn", "id": "mine"}"#;
        assert_eq!(id(own).as_deref(), Some("mine"));
    }

    #[test]
    fn an_event_that_cannot_be_read_is_logged_and_fails_as_a_bad_event() {
        let inbox = inbox(Room::Alarm, TYPO);
        let lines = inbox.lines(Timestamp::UNIX_EPOCH, "rekindle");
        assert_eq!(
            (lines.len(), &lines[0]["kind"], &lines[0]["RefusedEvents"]),
            (1, &json!("refused"), &json!(1))
        );
        let failure = inbox.conclude(Vec::new()).unwrap_err();
        assert_eq!(failure.word(), "BadEvent");
        assert!(failure.to_string().contains("modl"), "{failure}");
    }

    #[test]
    fn an_event_that_is_ignored_on_purpose_is_answered_and_logged() {
        let ours = r#"{"source": "rekindle", "detail-type": "Retraining Started", "detail": {}}"#;
        let inbox = inbox(Room::Alarm, ours);
        assert_eq!(inbox.lines(Timestamp::UNIX_EPOCH, "rekindle").len(), 1);
        assert!(inbox.conclude(Vec::new()).unwrap()["ignored"][0]["why"].is_string());
    }

    #[test]
    fn what_failed_is_tried_again_unless_it_is_a_sweep() {
        let failed = |summary: &mut Summary| summary.failed.push("churn: no answer".to_owned());
        let failure = told(inbox(Room::Schedule, TICK), failed).unwrap_err();
        assert_eq!((failure.word(), failure.to_string().as_str()), ("Retryable", "churn: no answer"));
        let swept = told(inbox(Room::MetricCheck, TICK), |summary| {
            failed(summary);
            summary.sweep = true;
        });
        assert_eq!(swept.unwrap()["failed"], json!(["churn: no answer"]));
    }

    #[test]
    fn a_person_who_misspelt_a_model_is_told_and_an_alarm_that_nobody_names_is_not_a_failure() {
        let unclaimed = |summary: &mut Summary| summary.unclaimed.push("no policy is known".to_owned());
        for by_hand in [ASK, SUSPEND] {
            assert_eq!(told(inbox(Room::Alarm, by_hand), unclaimed).unwrap_err().word(), "BadEvent");
        }
        assert!(told(inbox(Room::Alarm, TICK), unclaimed).is_ok());
    }

    #[test]
    fn a_person_whose_yes_is_for_nothing_that_waits_is_told() {
        let confirm = Confirm { model: "churn".into(), decision: "0123".into(), ..Confirm::default() };
        let mut inbox = Inbox::default();
        inbox.put(None, named(Room::Alarm, Signal::Confirmed(confirm), "request-1/0".into()));
        let unclaimed = |summary: &mut Summary| summary.unclaimed.push("no decision waits".to_owned());
        let failure = told(inbox, unclaimed).unwrap_err();
        assert_eq!((failure.word(), failure.to_string().as_str()), ("BadEvent", "no decision waits"));
    }

    #[test]
    fn an_arrival_that_nobody_counts_is_not_a_failure() {
        let what = What::Object { bucket: "features".into(), key: "x".into(), size: 1 };
        let arrival = Arrival { id: "x".into(), at: Timestamp::UNIX_EPOCH, what, replay: None };
        let mut inbox = Inbox::default();
        inbox.put(None, named(Room::Alarm, Signal::Arrived(arrival), "request-1/0".into()));
        assert!(told(inbox, |summary| summary.unclaimed.push("no policy counts it".to_owned())).is_ok());
    }

    #[test]
    fn the_end_of_a_training_job_is_told_as_it_came_and_what_went_wrong_with_it_is_tried_again() {
        let told_of = signals(&inbox(Room::TrainingEnd, ENDED));
        let [Signal::TrainingEnded(end)] = told_of.as_slice() else {
            panic!("not the end of a training job")
        };
        assert_eq!((end.job.as_str(), end.status.as_str()), ("rk-churn-2f6642c4-g000042", "Completed"));
        let failed = |summary: &mut Summary| summary.failed.push("rk-churn: no answer".to_owned());
        assert_eq!(told(inbox(Room::TrainingEnd, ENDED), failed).unwrap_err().word(), "Retryable");
        let not_ours = |summary: &mut Summary| summary.not_ours = 1;
        assert_eq!(told(inbox(Room::TrainingEnd, ENDED), not_ours).unwrap()["not_ours"], 1);
    }

    #[test]
    fn whoever_goes_to_the_wrong_function_is_told_and_an_event_there_is_not_a_failure() {
        let unclaimed = |summary: &mut Summary| summary.unclaimed.push("only ends are read here".to_owned());
        for by_hand in [ASK, SUSPEND] {
            assert_eq!(told(inbox(Room::TrainingEnd, by_hand), unclaimed).unwrap_err().word(), "BadEvent");
        }
        assert!(told(inbox(Room::TrainingEnd, TICK), unclaimed).is_ok());
        // A scheduled event is a sweep for one function only.
        assert!(matches!(signals(&inbox(Room::TrainingEnd, TICK)).as_slice(), [Signal::Scheduled(_)]));
    }

    #[test]
    fn a_row_that_no_turn_wrote_is_a_bug() {
        let corrupt = |summary: &mut Summary| summary.unreadable.push("churn: phase: is missing".to_owned());
        assert_eq!(told(inbox(Room::Alarm, ASK), corrupt).unwrap_err().word(), "Bug");
    }

    #[test]
    fn a_failure_says_what_was_started_all_the_same() {
        let failure = told(inbox(Room::Alarm, ASK), |summary| {
            summary.started = 1;
            summary.unclaimed.push("no policy is known for a model `chrun`".to_owned());
        });
        let sentence = failure.unwrap_err().to_string();
        assert_eq!(
            sentence,
            "no policy is known for a model `chrun` (training jobs started all the same: 1)"
        );
    }

    #[test]
    fn a_deadline_that_makes_no_sense_is_none() {
        let context = |deadline| {
            let mut context = lambda_runtime::Context::default();
            context.deadline = deadline;
            context
        };
        let soon = u64::try_from(Timestamp::now().as_millisecond()).unwrap() + 60_000;
        assert!(crate::deadline(&context(soon)).is_some());
        for nonsense in [0, 600_000, soon + 3_600_000, u64::MAX] {
            assert_eq!(crate::deadline(&context(nonsense)), None, "{nonsense}");
        }
    }

    #[test]
    fn from_a_queue_only_what_failed_is_delivered_again() {
        let mixed = queue(&[ASK, TYPO]);
        let answer = told(inbox(Room::Alarm, &mixed), |_| {}).unwrap();
        assert_eq!(answer["batchItemFailures"], json!([{ "itemIdentifier": "m1" }]));
        let failed = |summary: &mut Summary| summary.failed.push("churn: no answer".to_owned());
        let answer = told(inbox(Room::Alarm, &mixed), failed).unwrap();
        assert_eq!(
            answer["batchItemFailures"],
            json!([{ "itemIdentifier": "m0" }, { "itemIdentifier": "m1" }])
        );
        let answer = told(inbox(Room::Alarm, &queue(&[ASK])), |_| {}).unwrap();
        assert_eq!(answer["batchItemFailures"], json!([]));
    }
}
