//! What was seen from outside, whatever the ledger says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rekindle_decision::signal::Signal;
use rekindle_turn::Announcement;
use serde_json::Value;

use crate::delivery::Delivery;
use crate::job::Made;

/// Everything that a check needs and that the product does not write down for us.
#[derive(Debug, Clone, Default)]
pub struct Witness {
    /// The jobs that SageMaker accepted from us, oldest first.
    pub made: Vec<Made>,
    /// What was brought to a function, by the occurrence's identity.
    pub heard: BTreeMap<String, Heard>,
    /// The newest decision about each model.
    pub decided: BTreeMap<String, Decided>,
    /// When each trigger of each model was last seen fired by a turn that has written so.
    pub fired: BTreeMap<(String, String), Timestamp>,
    /// The ticks and changes that a decision named as a reason: model, trigger, instant.
    pub named: BTreeMap<(String, String, String), Timestamp>,
    /// Why each start was decided, by the decision's id and instant: `asked` with the request's id, or the trigger and the
    /// instant. Turns that race for one start may decide it under one id for more than one reason; one of them starts it.
    pub reasons: BTreeMap<(String, Timestamp), BTreeSet<String>>,
    /// When somebody decided about each model: nobody looks while everything is down.
    pub looks: BTreeMap<String, Vec<Timestamp>>,
    /// What the bus took: the kind of event, and the job it is about.
    pub said: BTreeSet<(String, String)>,
    /// What was broken the moment it happened.
    pub broken: Vec<Violation>,
    /// The jobs that each invocation asked for, by its name, try and model.
    pub(crate) asked_for: BTreeMap<(u64, String), u32>,
}

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The promise, as a sentence.
    pub promise: &'static str,
    /// Whom it was made to; empty: to everybody.
    pub model: String,
    /// What was found instead.
    pub found: String,
}

/// What is known of one occurrence that was brought to a function.
#[derive(Debug, Clone)]
pub struct Heard {
    /// What it says.
    pub signal: Signal,
    /// When a function was first told.
    pub first: Timestamp,
    /// When a function was last told.
    pub last: Timestamp,
    /// When a function first said that it had done with it.
    pub done: Option<Timestamp>,
}

/// The newest decision about one model, as its log line told it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The instant of the facts.
    pub at: Timestamp,
    /// `start`, `hold` or `rest`.
    pub verdict: String,
    /// The triggers that ask, and `asked` for a person.
    pub because: Vec<String>,
    /// What stands in the way, by its words.
    pub waiting_on: Vec<String>,
    /// What came of it.
    pub outcome: String,
    /// The decision in one sentence.
    pub sentence: String,
}

impl Witness {
    /// A promise was broken.
    pub(crate) fn broke(&mut self, promise: &'static str, model: &str, found: String) {
        self.broken.push(Violation { promise, model: model.to_owned(), found });
    }

    pub(crate) fn begun(&mut self, delivery: &Delivery, now: Timestamp) {
        for signal in &delivery.signals {
            let Some(identity) = signal.identity() else { continue };
            let heard = Heard { signal: signal.clone(), first: now, last: now, done: None };
            self.heard.entry(identity).or_insert(heard).last = now;
        }
    }

    pub(crate) fn said(&mut self, announcement: &Announcement) {
        if let Some(job) = announcement.detail.get("job").and_then(Value::as_str) {
            self.said.insert((announcement.detail_type.clone(), job.to_owned()));
        }
    }

    pub(crate) fn done(&mut self, delivery: &Delivery, now: Timestamp) {
        for identity in delivery.signals.iter().filter_map(Signal::identity) {
            if let Some(heard) = self.heard.get_mut(&identity) {
                heard.done.get_or_insert(now);
            }
        }
    }

    /// Reads the log line of a decision.
    pub(crate) fn decided(&mut self, line: &Value) -> Option<()> {
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        let model = text(line.get("model")?)?;
        let at: Timestamp = line.get("facts")?.get("now")?.as_str()?.parse().ok()?;
        let decision = line.get("ruling")?.get("decision")?;
        let list = |name: &str| decision.get(name).and_then(Value::as_array).into_iter().flatten();
        let outcome = text(line.get("outcome")?)?;
        let (mut because, mut reasons) = (Vec::new(), BTreeSet::new());
        for reason in list("because") {
            let trigger = reason.get("trigger").and_then(Value::as_str).unwrap_or("asked");
            because.push(trigger.to_owned());
            if let Some(id) = reason.get("id").and_then(Value::as_str) {
                reasons.insert(format!("asked {id}"));
            }
            let others = reason.get("stands_for").and_then(Value::as_array).into_iter().flatten();
            reasons.extend(others.filter_map(Value::as_str).map(|id| format!("asked {id}")));
            let finding = reason.get("finding");
            let instant = finding.and_then(|finding| finding.get("at").or_else(|| finding.get("since")));
            if let Some(instant) = instant.and_then(Value::as_str) {
                reasons.insert(format!("{trigger} {instant}"));
                self.named.insert((model.clone(), trigger.to_owned(), instant.to_owned()), at);
            }
            if reason.get("remembered").is_none() && outcome == "decided" {
                self.fired.insert((model.clone(), trigger.to_owned()), at);
            }
        }
        if decision.get("verdict")? == "start" {
            let id = text(line.get("ruling")?.get("id")?)?;
            self.reasons.entry((id, at)).or_default().append(&mut reasons);
        }
        let waiting_on = list("waiting_on").filter_map(|blocker| text(blocker.get("blocker")?)).collect();
        let decided = Decided {
            at,
            verdict: text(decision.get("verdict")?)?,
            because,
            waiting_on,
            outcome,
            sentence: text(line.get("sentence")?)?,
        };
        // Without the ledger nobody has looked at anything.
        if decided.outcome != "failed" {
            self.looks.entry(model.clone()).or_default().push(at);
        }
        self.decided.insert(model, decided);
        Some(())
    }
}
