//! What one invocation brought.

use jiff::Timestamp;
use rekindle_decision::signal::{Signal, Sweep};
use rekindle_events::{Entry, Reading, Unrecognised, read};
use rekindle_turn::Summary;
use serde_json::{Value, json};

use crate::failure::Failure;

/// Which function this is: the same event may mean another thing to another function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// `on-schedule`: a scheduled event is a tick of a policy's schedule.
    Schedule,
    /// `on-alarm`: alarms, and requests by people.
    Alarm,
    /// `on-metric-check`: a scheduled event without a trigger is a sweep.
    MetricCheck,
}

/// What one invocation brought: signals to take a turn for, and the rest.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(crate) signals: Vec<Signal>,
    asked: bool,
    refused: Vec<(Option<String>, Unrecognised)>,
    ignored: Vec<(String, String)>,
    /// The messages of a queue; empty for everything that does not come through one.
    messages: Vec<String>,
}

impl Inbox {
    pub(crate) fn read(room: Room, payload: &[u8], request_id: &str) -> Self {
        let mut inbox = Self {
            signals: Vec::new(),
            asked: false,
            refused: Vec::new(),
            ignored: Vec::new(),
            messages: Vec::new(),
        };
        for (at, Entry { message_id, reading }) in read(payload).into_iter().enumerate() {
            inbox.messages.extend(message_id.clone());
            match reading {
                Ok(Reading::Signal(signal)) => {
                    inbox.asked |= matches!(signal, Signal::Asked(_));
                    let id = message_id.unwrap_or_else(|| format!("{request_id}/{at}"));
                    inbox.signals.push(named(room, signal, id));
                }
                Ok(Reading::Ignored { kind, why }) => inbox.ignored.push((kind, why)),
                Err(refused) => inbox.refused.push((message_id, refused)),
            }
        }
        inbox
    }

    /// A log line, with its metric, for everything that leads to no turn.
    pub(crate) fn lines(&self, now: Timestamp, stack: &str) -> Vec<Value> {
        let refused = self.refused.iter().map(|(message, refused)| {
            line(
                now,
                stack,
                "RefusedEvents",
                &json!({ "kind": "refused", "message": message, "refused": refused }),
            )
        });
        let ignored = self.ignored.iter().map(|(kind, why)| {
            line(now, stack, "IgnoredEvents", &json!({ "kind": "ignored", "event": kind, "why": why }))
        });
        refused.chain(ignored).collect()
    }

    /// What Lambda is told. From a queue, only what failed is delivered again.
    pub(crate) fn conclude(self, turned: Option<Result<Summary, Failure>>) -> Result<Value, Failure> {
        let (summary, failure) = match turned {
            None => (None, None),
            Some(Ok(summary)) => {
                let failure = self.failure(&summary);
                (Some(summary), failure)
            }
            Some(Err(failure)) => (None, Some(failure)),
        };
        if !self.messages.is_empty() {
            let refused = self.refused.into_iter().filter_map(|(message, _)| message);
            let failed: Vec<String> = match failure {
                Some(failure) => {
                    failure.tell();
                    self.messages
                }
                None => refused.collect(),
            };
            let failures: Vec<Value> = failed.iter().map(|id| json!({ "itemIdentifier": id })).collect();
            return Ok(json!({ "batchItemFailures": failures, "summary": summary }));
        }
        match (failure, self.refused.first()) {
            (Some(failure), _) => Err(failure),
            (None, Some((_, refused))) => Err(Failure::event(refused)),
            (None, None) if summary.is_none() => {
                let ignored: Vec<Value> =
                    self.ignored.iter().map(|(kind, why)| json!({ "event": kind, "why": why })).collect();
                Ok(json!({ "ignored": ignored }))
            }
            (None, None) => Ok(json!(summary)),
        }
    }

    /// A sweep that failed for some models has counted them, and comes again; an event comes once.
    fn failure(&self, summary: &Summary) -> Option<Failure> {
        if !summary.failed.is_empty() && !summary.sweep {
            return Some(Failure::Retryable { sentence: summary.failed.join("; ") });
        }
        // A person who misspelt a model must not read "ok".
        let unclaimed = !summary.unclaimed.is_empty() && self.asked;
        unclaimed.then(|| Failure::BadEvent { sentence: summary.unclaimed.join("; ") })
    }
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
        other @ (Signal::Scheduled(_) | Signal::Alarmed(_) | Signal::Sweep(_)) => other,
    }
}

fn line(now: Timestamp, stack: &str, metric: &str, what: &Value) -> Value {
    let mut line = json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Rekindle",
                "Dimensions": [["Stack"]],
                "Metrics": [{ "Name": metric, "Unit": "Count" }],
            }],
        },
        "Stack": stack,
        metric: 1,
    });
    if let (Value::Object(line), Value::Object(what)) = (&mut line, what) {
        line.extend(what.clone());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbox(room: Room, payload: &str) -> Inbox {
        Inbox::read(room, payload.as_bytes(), "request-1")
    }

    /// What Lambda is told after a turn with this summary.
    fn told(inbox: Inbox, change: impl FnOnce(&mut Summary)) -> Result<Value, Failure> {
        let mut summary = Summary { models: 1, ..Summary::default() };
        change(&mut summary);
        inbox.conclude(Some(Ok(summary)))
    }

    const TICK: &str = r#"{"source": "aws.events", "detail-type": "Scheduled Event", "time": "2026-11-02T03:00:00Z",
        "resources": ["arn:aws:events:eu-central-1:445566778899:rule/rekindle-weekly"], "detail": {}}"#;
    const ASK: &str = r#"{"rekindle": "retrain", "model": "churn"}"#;
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
        assert!(matches!(inbox(Room::Schedule, TICK).signals.as_slice(), [Signal::Scheduled(_)]));
        assert!(matches!(inbox(Room::MetricCheck, TICK).signals.as_slice(), [Signal::Sweep(_)]));
        let named = r#"{"rekindle": "scheduled", "trigger": "weekly"}"#;
        assert!(matches!(inbox(Room::MetricCheck, named).signals.as_slice(), [Signal::Scheduled(_)]));
    }

    #[test]
    fn a_request_without_an_id_is_named_after_its_invocation() {
        let Signal::Asked(ask) = inbox(Room::Alarm, ASK).signals.remove(0) else { panic!("not a request") };
        assert_eq!(ask.id.as_deref(), Some("request-1/0"));
        let own = r#"{"rekindle": "retrain", "model": "churn", "id": "mine"}"#;
        let Signal::Asked(ask) = inbox(Room::Alarm, own).signals.remove(0) else { panic!("not a request") };
        assert_eq!(ask.id.as_deref(), Some("mine"));
    }

    #[test]
    fn an_event_that_cannot_be_read_is_logged_and_fails_as_a_bad_event() {
        let inbox = inbox(Room::Alarm, TYPO);
        let lines = inbox.lines(Timestamp::UNIX_EPOCH, "rekindle");
        assert_eq!(
            (lines.len(), &lines[0]["kind"], &lines[0]["RefusedEvents"]),
            (1, &json!("refused"), &json!(1))
        );
        let failure = inbox.conclude(None).unwrap_err();
        assert_eq!(failure.word(), "BadEvent");
        assert!(failure.to_string().contains("modl"), "{failure}");
    }

    #[test]
    fn an_event_that_is_ignored_on_purpose_is_answered_and_logged() {
        let ours = r#"{"source": "rekindle", "detail-type": "Retraining Started", "detail": {}}"#;
        let inbox = inbox(Room::Alarm, ours);
        assert_eq!(inbox.lines(Timestamp::UNIX_EPOCH, "rekindle").len(), 1);
        assert!(inbox.conclude(None).unwrap()["ignored"][0]["why"].is_string());
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
        assert_eq!(told(inbox(Room::Alarm, ASK), unclaimed).unwrap_err().word(), "BadEvent");
        assert!(told(inbox(Room::Alarm, TICK), unclaimed).is_ok());
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
