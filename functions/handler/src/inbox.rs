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
