//! What a turn leaves behind: one line for each model, and one for the turn.

mod census;
mod emf;
mod line;
mod run;
mod summary;

use jiff::Timestamp;
use rekindle_decision::decide;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::{Mode, Policy, Revision};
use rekindle_decision::ruling::{Blocker, Decision, Ruling};
use serde::Serialize;

use crate::announce;
use crate::gather::Unread;
use crate::ledger::{Happened, News, Row};
use crate::repair::Repair;

pub use census::{Census, Stance};
pub use emf::metrics;
pub(crate) use run::{ended, judged};
pub use summary::Summary;

/// What came of a decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The training job exists.
    Started {
        /// Its name.
        job: String,
        /// Its ARN.
        arn: String,
    },
    /// SageMaker refused for now: the sweep tries the same generation again.
    Waiting {
        /// The error's code.
        code: String,
        /// The error's text.
        message: String,
    },
    /// SageMaker refused for good.
    Refused {
        /// The error's code.
        code: String,
        /// The error's text.
        message: String,
    },
    /// Somebody else was first.
    Lost {
        /// Why.
        why: String,
    },
    /// The start is not wanted any more, and no job was made.
    Withdrawn {
        /// Why.
        why: String,
    },
    /// The running job was asked to stop, so that a newer start can take its place once it has.
    Stopping {
        /// Its name.
        job: String,
    },
    /// A start was decided, and the policy only observes.
    Observed,
    /// A request wanted to know, not to do.
    DryRun,
    /// Nothing was to be done.
    Decided,
    /// The intent is written and the answer is not: the sweep carries it on.
    Unsettled {
        /// What went wrong.
        error: String,
    },
    /// The ledger holds what no turn could have written: a person must look.
    Unreadable {
        /// What was found.
        error: String,
    },
    /// The ledger could not be read or written.
    Failed {
        /// What went wrong.
        error: String,
    },
}

impl Outcome {
    /// One word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::Waiting { .. } => "waiting",
            Self::Refused { .. } => "refused",
            Self::Lost { .. } => "lost",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Stopping { .. } => "stopping",
            Self::Observed => "observed",
            Self::DryRun => "dry_run",
            Self::Decided => "decided",
            Self::Unsettled { .. } => "unsettled",
            Self::Unreadable { .. } => "unreadable",
            Self::Failed { .. } => "failed",
        }
    }

    /// What went wrong, where something did.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        match self {
            Self::Waiting { code, message } | Self::Refused { code, message } => {
                Some(format!("{code}: {message}"))
            }
            Self::Lost { why } | Self::Withdrawn { why } => Some(why.clone()),
            Self::Unsettled { error } | Self::Unreadable { error } | Self::Failed { error } => {
                Some(error.clone())
            }
            Self::Started { .. } | Self::Stopping { .. } | Self::Observed | Self::DryRun | Self::Decided => {
                None
            }
        }
    }
}

/// One model in one turn: signal, facts, decision, outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// The model.
    pub model: String,
    /// The policy that decided.
    pub policy: Revision,
    /// Whether a decision to start is acted on.
    pub mode: Mode,
    /// The decision in one sentence.
    pub sentence: String,
    /// The facts it was decided on.
    pub facts: Facts,
    /// The decision and its grounds.
    pub ruling: Ruling,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What was mended before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<Repair>,
    /// What people were answered whose yes is for nothing that waits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unclaimed: Vec<String>,
    /// Metrics that have never delivered a datapoint, each in a sentence: misconfiguration, as far as can be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub silent: Vec<String>,
    /// Since when nobody can tell whether a training is wanted, where that is longer than the policy allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blind_too_long_since: Option<Timestamp>,
    /// What was announced before this turn.
    #[serde(skip)]
    pub(crate) announced: Option<String>,
    /// What is to be announced beside the decision.
    #[serde(skip)]
    pub(crate) news: Vec<News>,
    /// The row those news stand in.
    #[serde(skip)]
    pub(crate) row: Row,
}

impl Record {
    pub(crate) fn new(
        policy: &Policy,
        facts: Facts,
        ruling: Ruling,
        outcome: Outcome,
        repair: Option<Repair>,
        announced: Option<String>,
    ) -> Self {
        let (model, revision) = (policy.model.clone(), policy.revision.clone());
        let sentence = ruling.sentence();
        Self {
            model,
            policy: revision,
            mode: policy.mode,
            sentence,
            facts,
            ruling,
            outcome,
            repair,
            unclaimed: Vec::new(),
            announced,
            silent: Vec::new(),
            blind_too_long_since: None,
            news: Vec::new(),
            row: Row::default(),
        }
    }

    /// The same, with what is to be announced beside the decision, and the row it stands in.
    pub(crate) fn telling(self, news: Vec<News>, row: Row) -> Self {
        Self { news, row, ..self }
    }

    /// The same, with the metrics that have never delivered, and with whether the model is blind for longer than this.
    pub(crate) fn silent(self, silent: Vec<String>, blind_for: Duration) -> Self {
        let since = self.row.blind_since.filter(|_| self.is_blind());
        let blind_too_long_since = since.filter(|since| blind_for.after(*since) <= self.facts.now);
        Self { silent, blind_too_long_since, ..self }
    }

    /// The same, with what people are answered whose yes is for nothing that waits.
    pub(crate) fn answering(self, unclaimed: Vec<String>) -> Self {
        Self { unclaimed, ..self }
    }

    /// The record of a model whose ledger row could not be read: nothing may be decided on.
    pub(crate) fn unread(policy: &Policy, facts: Facts, unread: Unread, repair: Option<Repair>) -> Self {
        let Unread { error, for_a_person } = unread;
        let waiting_on = vec![Blocker::Ledger { error: error.clone() }];
        // What was started before is not known, so neither is the generation, nor an id.
        let ruling = Ruling {
            decision: Decision::Hold { because: Vec::new(), waiting_on },
            generation: 0,
            id: String::new(),
            ..decide(policy, &facts)
        };
        let outcome = if for_a_person { Outcome::Unreadable { error } } else { Outcome::Failed { error } };
        Self::new(policy, facts, ruling, outcome, repair, None)
    }

    /// Whether nobody can tell if this model is well.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        is_blind(&self.ruling)
    }

    /// Whether something stands in the way that is of this word.
    fn waits_on(&self, word: &str) -> bool {
        self.ruling.decision.waiting_on().iter().any(|blocker| blocker.word() == word)
    }

    /// Whether trainings failed, or did not help, so often that a person must look.
    fn is_given_up(&self) -> bool {
        self.ruling.decision.waiting_on().iter().any(|blocker| {
            matches!(blocker, Blocker::GivenUp { .. } | Blocker::Futile { .. } | Blocker::Refused { .. })
        })
    }

    /// Whether this is news: a start, a hold of another kind than before, or trouble.
    #[must_use]
    pub fn is_news(&self) -> bool {
        match &self.outcome {
            Outcome::DryRun => false,
            Outcome::Started { .. }
            | Outcome::Waiting { .. }
            | Outcome::Refused { .. }
            | Outcome::Failed { .. }
            | Outcome::Unreadable { .. }
            | Outcome::Unsettled { .. }
            | Outcome::Withdrawn { .. }
            | Outcome::Lost { .. } => true,
            // Written, and not said: whoever wrote it was killed, or the bus was down.
            Outcome::Stopping { .. } | Outcome::Observed | Outcome::Decided => {
                let now = announce::announced(&self.ruling);
                self.mended()
                    || self.news.iter().any(|news| news.what == Happened::Held)
                    || announce::is_another(self.announced.as_deref(), now.as_deref())
            }
        }
    }

    fn mended(&self) -> bool {
        matches!(self.repair, Some(Repair::TookOver { waits_as_before: false, .. }))
    }

    /// What came of the start that was carried on, if one was, and of this decision.
    fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        let carried_on = match &self.repair {
            Some(Repair::TookOver { outcome, .. }) => Some(&**outcome),
            Some(Repair::Closed(_) | Repair::Overtaken | Repair::NotYet { .. }) | None => None,
        };
        carried_on.into_iter().chain(core::iter::once(&self.outcome))
    }
}

/// Whether it hangs on something that cannot be told if a training is wanted.
pub(crate) fn is_blind(ruling: &Ruling) -> bool {
    ruling.decision.waiting_on().iter().any(|blocker| matches!(blocker, Blocker::Blind { .. }))
}
