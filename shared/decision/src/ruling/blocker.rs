//! What stands in the way of a start.

use alloc::string::String;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::facts::Gap;
use crate::finding::Finding;
use crate::money::Money;
use crate::span::Span;
use crate::state::{Suspension, Waiting};

/// What stands in the way of a start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "blocker", rename_all = "snake_case")]
pub enum Blocker {
    /// The policy is suspended, or the model was by a person's hand.
    Suspended {
        /// Who did it, where it was done by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_hand: Option<Suspension>,
    },
    /// A job of this model has not ended, as far as we know.
    InFlight {
        /// Its generation.
        generation: u32,
        /// The decision it carries out.
        decision: String,
        /// Since when.
        since: Timestamp,
        /// What SageMaker answered, if the start waits for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting: Option<Waiting>,
    },
    /// The last start is too recent.
    Cooldown {
        /// When it ends.
        until: Timestamp,
        /// The last start.
        started: Timestamp,
        /// The policy's cooldown.
        cooldown: Duration,
    },
    /// Whether a job is wanted hangs on a trigger that cannot be told.
    Blind {
        /// Its name in the policy.
        trigger: String,
        /// What was found.
        finding: Finding,
    },
    /// A blackout window is open.
    Blackout {
        /// When it closes.
        until: Timestamp,
        /// The expression that opened it.
        opens: String,
    },
    /// The start would spend more than the budget has left.
    Budget {
        /// Of which fleet; `None`: of this model.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fleet: Option<String>,
        /// Spent or reserved in the present span.
        spent: Money,
        /// What this start would add.
        run: Money,
        /// The most.
        amount: Money,
        /// In each of these.
        per: Span,
        /// When the next one begins.
        until: Timestamp,
    },
    /// What the fleet has spent is not known.
    BudgetUnread {
        /// The fleet.
        fleet: String,
        /// Why not.
        gap: Gap,
    },
    /// There is not enough data to learn from.
    Data(Shortage),
    /// The last training failed, and the next one waits.
    Backoff {
        /// How long.
        until: Timestamp,
        /// Failures in a row.
        failures: u32,
    },
    /// Too many trainings in a row have failed.
    GivenUp {
        /// So many.
        failures: u32,
    },
    /// Too many trainings in a row have not helped.
    Futile {
        /// So many.
        trainings: u32,
        /// The best gain among them, in the metric's unit.
        best: f64,
        /// The least gain that counts as help.
        min_gain: f64,
    },
    /// Whether the last trainings helped is not known.
    FutileUnread {
        /// Why not.
        gap: Gap,
    },
    /// There were as many starts as the window allows.
    MaxStarts {
        /// When the oldest of them leaves the window.
        until: Timestamp,
        /// So many.
        starts: u32,
        /// The window.
        within: Duration,
    },
    /// The model is younger than the policy wants it to become.
    MinAge {
        /// When it is old enough.
        until: Timestamp,
        /// When it was trained.
        trained: Timestamp,
    },
    /// A person must agree.
    Approval {
        /// To this decision.
        decision: String,
    },
    /// The ledger could not be read: what is in flight is not known, so nothing may be started.
    Ledger {
        /// Why not.
        error: String,
    },
    /// SageMaker refused a start for the same cause for good, or until it is worth another try.
    Refused {
        /// When it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// When.
        at: Timestamp,
        /// The error's code.
        code: String,
        /// The error's text.
        message: String,
    },
}

/// What is lacking of the data to learn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "shortage", rename_all = "snake_case")]
pub enum Shortage {
    /// Too little has arrived since the last training.
    TooLittle {
        /// So much.
        have: f64,
        /// So much is needed.
        need: f64,
    },
    /// The newest of it is too old.
    TooOld {
        /// End of the newest period in which something arrived.
        newest: Timestamp,
        /// How old that is.
        age: Duration,
        /// How old it may be.
        allowed: Duration,
    },
    /// Nothing has arrived in the time that was looked at.
    Nothing,
    /// How much there is could not be read.
    Unread {
        /// Why not.
        gap: Gap,
    },
}

/// What a start reserves of one fleet's budget, in the transaction that writes the intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserve {
    /// The fleet.
    pub fleet: String,
    /// Name of the span: `2026-11`.
    pub span: String,
    /// How much.
    pub amount: Money,
    /// The most the fleet may have spent and reserved after it; `None`: only noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Money>,
}

impl Blocker {
    /// Every word that a blocker may have.
    pub const WORDS: [&str; 14] = [
        "suspended",
        "in_flight",
        "cooldown",
        "min_age",
        "blackout",
        "max_starts",
        "data",
        "after_failure",
        "after_futility",
        "refused",
        "budget",
        "ask_first",
        "blind",
        "ledger",
    ];

    /// One word for counting, as in the policy where the policy has one.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Suspended { .. } => "suspended",
            Self::InFlight { .. } => "in_flight",
            Self::Cooldown { .. } => "cooldown",
            Self::Blind { .. } => "blind",
            Self::Ledger { .. } => "ledger",
            Self::Blackout { .. } => "blackout",
            Self::Budget { .. } | Self::BudgetUnread { .. } => "budget",
            Self::Data(_) => "data",
            Self::Backoff { .. } | Self::GivenUp { .. } => "after_failure",
            Self::Futile { .. } | Self::FutileUnread { .. } => "after_futility",
            Self::MaxStarts { .. } => "max_starts",
            Self::MinAge { .. } => "min_age",
            Self::Approval { .. } => "ask_first",
            Self::Refused { .. } => "refused",
        }
    }

    /// When it goes away by itself; `None` when something else must happen.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Cooldown { until, .. }
            | Self::Blackout { until, .. }
            | Self::Budget { until, .. }
            | Self::Backoff { until, .. }
            | Self::MaxStarts { until, .. }
            | Self::MinAge { until, .. } => Some(*until),
            Self::Suspended { by_hand: Some(suspension) } => suspension.until,
            Self::Refused { until, .. } => *until,
            Self::Suspended { by_hand: None }
            | Self::BudgetUnread { .. }
            | Self::Data(_)
            | Self::GivenUp { .. }
            | Self::Futile { .. }
            | Self::FutileUnread { .. }
            | Self::Approval { .. }
            | Self::InFlight { .. }
            | Self::Blind { .. }
            | Self::Ledger { .. } => None,
        }
    }
}
