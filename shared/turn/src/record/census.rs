//! Who must move for each model, and how many models there are of each kind: what a finished sweep says of the fleet.

use rekindle_decision::ruling::{Blocker, Decision, Shortage};
use rekindle_decision::state::Phase;
use serde::Serialize;

use super::{Outcome, Record};

/// Where a model stands, in one word: who must move before it is trained again.
///
/// A model stands in one place only, the first of these that is true of it, so that the places add up to the fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// A person: trainings failed, did not help or were refused too often, or a start waits for a yes.
    Person,
    /// SageMaker: the start is decided, and there is no machine or no quota for it.
    Machines,
    /// Nobody: its training job runs.
    Training,
    /// Whoever publishes what cannot be read: nobody can tell whether it is well.
    Blind,
    /// The owner: its policy only observes, or it was suspended.
    Off,
    /// Whoever pays.
    Budget,
    /// Whoever delivers the data.
    Data,
    /// The clock: a cooldown, a blackout, a wait after a failure.
    Time,
    /// Nobody: nothing asks for a training.
    Resting,
}

impl Stance {
    const ALL: [Self; 9] = [
        Self::Person,
        Self::Machines,
        Self::Training,
        Self::Blind,
        Self::Off,
        Self::Budget,
        Self::Data,
        Self::Time,
        Self::Resting,
    ];

    /// Where a model stands after a turn.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let blockers = record.ruling.decision.waiting_on();
        let of_outcome = match &record.outcome {
            Outcome::Refused { .. } => Some(Self::Person),
            Outcome::Waiting { .. } => Some(Self::Machines),
            Outcome::Started { .. } | Outcome::Stopping { .. } => Some(Self::Training),
            Outcome::Failed { .. } | Outcome::Unreadable { .. } | Outcome::Unsettled { .. } => {
                Some(Self::Blind)
            }
            Outcome::Observed | Outcome::DryRun => {
                matches!(record.ruling.decision, Decision::Start { .. }).then_some(Self::Off)
            }
            Outcome::Lost { .. } | Outcome::Withdrawn { .. } => Some(Self::Time),
            Outcome::Decided => None,
        };
        let of_phase = match &record.facts.state.phase {
            Phase::Idle => None,
            Phase::Starting { waiting: Some(_), .. } => Some(Self::Machines),
            Phase::Starting { waiting: None, .. } | Phase::Running { .. } => Some(Self::Training),
        };
        let all = blockers.iter().map(Self::before).chain(of_outcome).chain(of_phase);
        all.min().unwrap_or(Self::Resting)
    }

    /// Who must move for this to go away.
    const fn before(blocker: &Blocker) -> Self {
        match blocker {
            Blocker::GivenUp { .. }
            | Blocker::Futile { .. }
            | Blocker::Refused { until: None, .. }
            | Blocker::Approval { .. } => Self::Person,
            Blocker::InFlight { waiting: Some(_), .. } => Self::Machines,
            Blocker::InFlight { waiting: None, .. } => Self::Training,
            Blocker::Blind { .. }
            | Blocker::Ledger { .. }
            | Blocker::BudgetUnread { .. }
            | Blocker::FutileUnread { .. }
            | Blocker::Data(Shortage::Unread { .. }) => Self::Blind,
            Blocker::Suspended { .. } => Self::Off,
            Blocker::Budget { .. } => Self::Budget,
            Blocker::Data(Shortage::TooLittle { .. } | Shortage::TooOld { .. } | Shortage::Nothing) => {
                Self::Data
            }
            Blocker::Cooldown { .. }
            | Blocker::Blackout { .. }
            | Blocker::Backoff { .. }
            | Blocker::MaxStarts { .. }
            | Blocker::MinAge { .. }
            | Blocker::Refused { until: Some(_), .. } => Self::Time,
        }
    }

    /// The metric that counts the models which stand there.
    const fn metric(self) -> &'static str {
        match self {
            Self::Person => "ModelsHeldForPerson",
            Self::Machines => "ModelsHeldForMachines",
            Self::Training => "ModelsTraining",
            Self::Blind => "ModelsBlind",
            Self::Off => "ModelsOff",
            Self::Budget => "ModelsHeldForBudget",
            Self::Data => "ModelsHeldForData",
            Self::Time => "ModelsHeldForTime",
            Self::Resting => "ModelsResting",
        }
    }
}

/// How many models stand where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    stances: Vec<Stance>,
    untrained: u64,
}

impl Census {
    pub(crate) fn count(&mut self, record: &Record) {
        self.stances.push(Stance::of(record));
        self.untrained += u64::from(record.facts.state.trained.is_none());
    }

    /// The metrics of a whole fleet: their number does not depend on how large it is.
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        let many = |stance| u64::try_from(self.stances.iter().filter(|known| **known == stance).count());
        let mut counts = vec![
            ("Models", u64::try_from(self.stances.len()).unwrap_or(u64::MAX)),
            ("ModelsUntrained", self.untrained),
        ];
        counts.extend(Stance::ALL.map(|stance| (stance.metric(), many(stance).unwrap_or(u64::MAX))));
        counts
    }
}
