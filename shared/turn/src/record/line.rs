//! The log line of one model in one turn.

use rekindle_decision::duration::Duration;
use rekindle_decision::money::Money;
use rekindle_decision::ruling::{Blocker, Decision, Reason};
use serde_json::{Map, Value};

use super::emf::{Measured, at, emf};
use super::{Outcome, Record, Stance};
use crate::repair::Repair;

/// A start, as a line tells it.
struct Start<'a> {
    job: &'a str,
    why: String,
    cost: Option<Money>,
}

impl Record {
    /// The log line: the record as JSON, which CloudWatch also reads as metrics (embedded metric format).
    #[must_use]
    pub fn line(&self, stack: &str) -> Value {
        let started = self.outcomes().any(|outcome| matches!(outcome, Outcome::Started { .. }));
        let failed = self.outcomes().any(|outcome| {
            matches!(
                outcome,
                Outcome::Failed { .. }
                    | Outcome::Unreadable { .. }
                    | Outcome::Refused { .. }
                    | Outcome::Unsettled { .. }
            )
        });
        let failed = failed || matches!(self.repair, Some(Repair::NotYet { .. }));
        let (held, rested) = match self.ruling.decision {
            Decision::Start { .. } => (false, false),
            Decision::Hold { .. } => (true, false),
            Decision::Rest => (false, true),
        };
        let mut measured = vec![
            Measured::is("Starts", started),
            Measured::is("Holds", held),
            Measured::is("Rests", rested),
            Measured::is("BlindModels", self.is_blind()),
            Measured::is("BlindTooLong", self.blind_too_long_since.is_some()),
            Measured::is("SilentSources", !self.silent.is_empty()),
            Measured::is("HeldByBudget", self.waits_on("budget")),
            Measured::is("GivenUpModels", self.is_given_up()),
            Measured::is("FailedModels", failed),
        ];
        if let Some(trained) = &self.facts.state.trained {
            let age = Duration::between(trained.at, self.facts.now);
            measured.push(Measured::seconds("ModelAge", age.seconds()));
        }
        let start = self.started();
        if let Some(cost) = start.as_ref().and_then(|start| start.cost) {
            measured.push(Measured::dollars("ReservedUsd", cost.dollars()));
        }
        let mut line = emf(self.facts.now, stack, &measured);
        line.extend(self.head(start));
        line.insert("kind".to_owned(), "decision".into());
        line.insert("Model".to_owned(), self.model.as_str().into());
        if let Ok(Value::Object(fields)) = serde_json::to_value(self) {
            line.extend(fields);
        }
        Value::Object(line)
    }

    /// What queries ask for. Logs Insights finds two hundred fields in a line and no more, and the points of one metric
    /// may be as many: so these stand before the facts, where the order of letters puts what begins with a capital, and
    /// each is one word, number or sentence.
    fn head(&self, start: Option<Start<'_>>) -> Map<String, Value> {
        let decision = &self.ruling.decision;
        let mut head = Map::new();
        let mut say = |name: &str, value: Value| head.insert(name.to_owned(), value);
        say("At", at(self.facts.now).into());
        say("Verdict", decision.verdict().into());
        say("Outcome", self.outcome.word().into());
        say("Stance", serde_json::to_value(Stance::of(self)).unwrap_or_default());
        say("Sentence", self.sentence.as_str().into());
        say("Because", self.because().join(", ").into());
        say("WaitingOn", self.waiting_on().join(", ").into());
        say("Generation", self.ruling.generation.into());
        if let Some(at) = self.ruling.look_again_at {
            say("LookAgainAt", self::at(at).into());
        }
        if let Some(Start { job, why, .. }) = start {
            say("Job", job.into());
            say("Why", why.into());
        }
        if !self.silent.is_empty() {
            say("Silent", self.silent.join("; ").into());
        }
        if let Some(trouble) = self.outcome.trouble() {
            say("Trouble", trouble.into());
        }
        head
    }

    /// The start of this turn: its own, or one that an earlier turn decided and this one carried on.
    fn started(&self) -> Option<Start<'_>> {
        if let Outcome::Started { job, .. } = &self.outcome {
            return Some(Start { job, why: self.sentence.clone(), cost: self.ruling.cost });
        }
        let Some(Repair::TookOver { generation, outcome, .. }) = &self.repair else { return None };
        let Outcome::Started { job, .. } = &**outcome else { return None };
        let start = self.facts.state.starts.iter().find(|start| start.generation == *generation);
        let because = start.map(|start| start.because.join(", ")).unwrap_or_default();
        let why =
            format!("Carried on generation {generation}, which an earlier turn decided to start: {because}.");
        Some(Start { job, why, cost: start.and_then(|start| start.cost) })
    }

    /// Why a training is wanted: the names of the triggers, and who asked.
    fn because(&self) -> Vec<String> {
        let because = self.ruling.decision.because().iter();
        because
            .map(|reason| match reason {
                Reason::Trigger { trigger, .. } => trigger.clone(),
                Reason::Asked(request) => {
                    format!("asked by {}", request.by.as_deref().unwrap_or("somebody"))
                }
            })
            .collect()
    }

    /// What stands in the way, each word once, in the order of the alphabet: so equal holds read alike.
    fn waiting_on(&self) -> Vec<&'static str> {
        let mut words: Vec<&str> = self.ruling.decision.waiting_on().iter().map(Blocker::word).collect();
        words.sort_unstable();
        words.dedup();
        words
    }
}
