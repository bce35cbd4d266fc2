//! One run, for people and for its budget.

use core::fmt;

use jiff::Timestamp;
use rekindle_decision::effect::Effect;
use rekindle_decision::money::Money;
use rekindle_decision::policy::Revision;
use rekindle_decision::ruling::Reserve;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{Close, Settled};

/// One run: why a generation was started and what became of it. Answers "what did we start, why, what did it cost, did it
/// help?" in the console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The generation.
    pub generation: u32,
    /// The decision's id.
    pub decision: String,
    /// Why, in one sentence.
    pub why: String,
    /// The policy that decided.
    pub policy: Revision,
    /// The training job's name.
    pub job: String,
    /// Its ARN, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// When it was decided.
    pub decided: Timestamp,
    /// `Starting`, `InProgress`, SageMaker's word for the end, or ours for a start that never was.
    pub status: String,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Seconds that are paid for, for each instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable_seconds: Option<i64>,
    /// What it cost: by the stack's price table where that knows the instances, else the owner's estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// What SageMaker said about a failure or a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Why it ended otherwise than well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<EndCause>,
    /// The metrics it reported at its end.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metrics: BTreeMap<String, f64>,
    /// Whether it helped, once that was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// What stands for it in the fleets' budgets: reserved while it runs, spent once it has ended; each fleet once in a
    /// span. Empty again once it was given back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserve: Vec<Reserve>,
}

/// Why a training ended otherwise than well: who must do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndCause {
    /// AWS had no machine of that kind: it may have one later.
    Capacity,
    /// A quota of the account.
    Quota,
    /// The input: not there, not readable, not of the kind that is expected.
    Data,
    /// The training code.
    Algorithm,
    /// SageMaker itself.
    Service,
    /// A limit in the request: it ran, or waited, for as long as it was allowed to.
    Limit,
    /// A person, or another program, stopped it.
    Stopped,
    /// We stopped it, so that a newer start could take its place.
    Replaced,
    /// SageMaker does not know it any more.
    Deleted,
    /// SageMaker did not say, or in words that are not known.
    Unknown,
}

impl EndCause {
    /// The cause of a word in the ledger.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let all = [
            Self::Capacity,
            Self::Quota,
            Self::Data,
            Self::Algorithm,
            Self::Service,
            Self::Limit,
            Self::Stopped,
            Self::Replaced,
            Self::Deleted,
        ];
        all.into_iter().find(|cause| cause.word() == word).unwrap_or(Self::Unknown)
    }

    /// The word in the ledger.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Capacity => "capacity",
            Self::Quota => "quota",
            Self::Data => "data",
            Self::Algorithm => "algorithm",
            Self::Service => "service",
            Self::Limit => "limit",
            Self::Stopped => "stopped",
            Self::Replaced => "replaced",
            Self::Deleted => "deleted",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for EndCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Capacity => "AWS had no machine of that kind",
            Self::Quota => "a quota of the account was used up",
            Self::Data => "the input data could not be used",
            Self::Algorithm => "the training code failed",
            Self::Service => "SageMaker itself failed",
            Self::Limit => "a limit of the training request was reached",
            Self::Stopped => "somebody stopped it",
            Self::Replaced => "it was stopped for a newer start",
            Self::Deleted => "SageMaker does not know the job any more",
            Self::Unknown => "SageMaker did not say why",
        })
    }
}

impl Run {
    /// The run after what came of its start.
    #[must_use]
    pub fn settled(&self, settled: &Settled) -> Self {
        let mut run = self.clone();
        match settled {
            Settled::Running { arn, .. } => {
                run.arn = Some(arn.clone());
                "InProgress".clone_into(&mut run.status);
                // What a wait was about is over.
                run.failure = None;
            }
            Settled::Waiting { waiting, .. } => run.failure = Some(waiting.to_string()),
            Settled::GivenUp { status, failure, .. } => {
                run.status.clone_from(status);
                run.failure = Some(failure.clone());
                run.cost = None;
                run.reserve.clear();
            }
        }
        run
    }

    /// The run after its end. What it really cost takes the place of what was reserved, in the span it was reserved in: a
    /// job that ran over the end of a month belongs to the month it was decided in.
    #[must_use]
    pub fn closed(&self, close: &Close) -> Self {
        let mut run = Self {
            status: close.status.clone(),
            ended: close.ended,
            billable_seconds: close.billable_seconds,
            cost: close.cost.or(self.cost),
            failure: close.failure.clone(),
            cause: close.cause,
            metrics: close.metrics.clone(),
            arn: close.arn.clone().or_else(|| self.arn.clone()),
            ..self.clone()
        };
        if let Some(cost) = close.cost {
            run.reserve.iter_mut().for_each(|reserve| reserve.amount = cost);
        }
        run
    }
}
