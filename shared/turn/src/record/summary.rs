//! One turn in numbers, for the answer of the invocation and for the turn's line.

use jiff::Timestamp;
use rekindle_decision::ruling::Decision;
use rekindle_policy::Problem;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::census::Census;
use super::emf::{Measured, emf};
use super::{Outcome, Record};
use crate::end::Ended;
use crate::repair::Repair;
use crate::wake::{Told, Wake};
use crate::world::Policies;

/// One turn in numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Models looked at.
    pub models: usize,
    /// Jobs started.
    pub started: usize,
    /// Wishes held back.
    pub held: usize,
    /// Models that nothing asked for.
    pub rested: usize,
    /// Models of which nobody can tell whether they are well.
    pub blind: usize,
    /// Things mended that an earlier turn left open.
    pub mended: usize,
    /// Runs that an event about their job has closed.
    pub ended: usize,
    /// Training jobs that an event told of and that are not of this ledger.
    pub not_ours: usize,
    /// Starts that SageMaker refused, for now or for good.
    pub refused: usize,
    /// Models whose ledger could not be read or written, with why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<String>,
    /// Models whose ledger row holds what no turn could have written, with what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    /// Models that were left for the next sweep because this invocation was about to be ended.
    pub not_looked_at: usize,
    /// Announcements that the bus did not take.
    pub unannounced: usize,
    /// Signals that concern no model, or nothing that waits, each with a sentence for the sender.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unclaimed: Vec<String>,
    /// How each policy document stands that somebody wrote or removed, in a sentence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// Policy documents that cannot be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// Why the policies are older than they should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_policies: Option<String>,
    /// The stack's own rules that are switched off or gone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disabled_rules: Vec<String>,
    /// Whether this looked again, and was not told of anything.
    pub sweep: bool,
    /// Whether it looked at everything: only that is a sign of life of the sweep.
    #[serde(skip)]
    pub whole: bool,
    /// When the turn began, where it was noted.
    #[serde(skip)]
    pub began: Option<Timestamp>,
    /// Where the models stand.
    #[serde(skip)]
    pub census: Census,
    /// For a turn of a few models: each with its decision in one sentence.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub decisions: Map<String, Value>,
}

/// Most models whose sentences go into the answer: a person who asked for a few reads them in the console.
const TOLD: usize = 10;

impl Summary {
    pub(crate) fn of(wake: &Wake, policies: &Policies, began: Timestamp) -> Self {
        Self {
            models: wake.models.len(),
            unclaimed: wake.unclaimed.clone(),
            failed: wake.undecided.clone(),
            problems: policies.set.problems().to_vec(),
            stale_policies: policies.stale.clone(),
            sweep: wake.sweep,
            whole: wake.whole,
            began: Some(began),
            ..Self::default()
        }
    }

    /// Notes what was found of the stack's own rules. That they cannot be looked at is told, and fails nothing.
    pub(crate) fn look_at_rules(&mut self, disabled: Result<Vec<String>, String>) {
        match disabled {
            Ok(disabled) => self.disabled_rules = disabled,
            Err(error) => tracing::error!(error, "the stack's own rules could not be looked at"),
        }
    }

    /// Leaves models for the next turn. A sweep comes again; whatever else woke us must be delivered again.
    pub(crate) fn leave(&mut self, models: &[Told]) {
        self.not_looked_at += models.len();
        if !self.sweep {
            let names = models.iter().map(|told| format!("{}: there was no time left", told.policy.model));
            self.failed.extend(names);
        }
    }

    /// Counts what came of one event about a training job.
    pub(crate) fn end(&mut self, job: &str, ended: &Ended) {
        match ended {
            Ended::Closed(_) => self.ended += 1,
            Ended::Known | Ended::Running => {}
            Ended::NotOurs { .. } => self.not_ours += 1,
            Ended::Failed { error, for_a_person: false } => self.failed.push(format!("{job}: {error}")),
            Ended::Failed { error, for_a_person: true } => self.unreadable.push(format!("{job}: {error}")),
        }
    }

    pub(crate) fn count(&mut self, record: &Record) {
        match record.ruling.decision {
            Decision::Start { .. } => {}
            Decision::Hold { .. } => self.held += 1,
            Decision::Rest => self.rested += 1,
        }
        self.blind += usize::from(record.is_blind());
        self.census.count(record);
        self.unclaimed.extend(record.unclaimed.iter().cloned());
        let mended = matches!(record.repair, Some(Repair::Closed(_) | Repair::TookOver { .. }));
        self.mended += usize::from(mended);
        for outcome in record.outcomes() {
            match outcome {
                Outcome::Failed { error } | Outcome::Unsettled { error } => {
                    self.failed.push(format!("{}: {error}", record.model));
                }
                Outcome::Unreadable { error } => self.unreadable.push(format!("{}: {error}", record.model)),
                Outcome::Waiting { .. } | Outcome::Refused { .. } => self.refused += 1,
                Outcome::Started { .. } => self.started += 1,
                Outcome::Lost { .. }
                | Outcome::Withdrawn { .. }
                | Outcome::Stopping { .. }
                | Outcome::Observed
                | Outcome::DryRun
                | Outcome::Decided => {}
            }
        }
        if self.models <= TOLD {
            let told = json!({
                "sentence": record.sentence,
                "outcome": record.outcome,
                "decision": record.ruling.id,
                "tree": record.ruling.tree_text().lines().collect::<Vec<_>>(),
            });
            self.decisions.insert(record.model.clone(), told);
        }
    }

    /// The log line of the turn: a heartbeat, whether or not anything happened.
    #[must_use]
    pub fn line(&self, now: Timestamp, stack: &str) -> Value {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let mut measured = vec![
            Measured::count("Turns", 1),
            Measured::is("Sweeps", self.whole),
            Measured::count("PolicyProblems", count(self.problems.len())),
            Measured::count("Unclaimed", count(self.unclaimed.len())),
            Measured::count("Unannounced", count(self.unannounced)),
            Measured::count("DisabledRules", count(self.disabled_rules.len())),
            Measured::count("NotLookedAt", count(self.not_looked_at)),
        ];
        // A part of the fleet must not be taken for all of it.
        if self.whole && self.not_looked_at == 0 {
            let counts = self.census.counts().into_iter();
            measured.extend(counts.map(|(name, count)| Measured::count(name, count)));
        }
        let mut line = emf(now, stack, &measured);
        if let Some(began) = self.began {
            line.insert("took_ms".to_owned(), (now.as_millisecond() - began.as_millisecond()).into());
        }
        line.insert("kind".to_owned(), "turn".into());
        if let Ok(Value::Object(mut fields)) = serde_json::to_value(self) {
            fields.remove("decisions");
            line.extend(fields);
        }
        Value::Object(line)
    }
}
