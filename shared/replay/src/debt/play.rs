//! What a policy costs on a path.

use serde::Serialize;

use super::path::PERIODS;
use super::policy::{Policy, Seen, States};
use super::tape::Tape;

/// How a period's gap counts as a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Accounting {
    /// As it is; a newer model that does worse gives some back. The paper's own.
    Signed,
    /// Only where the newer model does better.
    Positive,
}

impl Accounting {
    /// Both of them, in the order of the published table.
    pub const ALL: [Self; 2] = [Self::Signed, Self::Positive];

    /// Its name in the published table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Positive => "positive",
        }
    }

    /// What a gap counts.
    #[must_use]
    pub const fn loss(self, gap: f64) -> f64 {
        match self {
            Self::Signed => gap,
            Self::Positive => gap.max(0.0),
        }
    }
}

/// What became of a path.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Outcome {
    /// Trainings.
    pub retrains: f64,
    /// The sum of the gaps, in nats a point.
    pub signed: f64,
    /// The sum of the gaps above 0.
    pub positive: f64,
}

impl Outcome {
    /// The loss, and the price of each training.
    #[must_use]
    pub const fn objective(&self, accounting: Accounting, price: f64) -> f64 {
        price * self.retrains
            + match accounting {
                Accounting::Signed => self.signed,
                Accounting::Positive => self.positive,
            }
    }

    /// Adds what became of another path.
    pub(super) fn join(&mut self, other: Self) {
        self.retrains += other.retrains;
        self.signed += other.signed;
        self.positive += other.positive;
    }
}

/// Lives through a path with a policy, in the order of the paper: the loss of a period is known before the policy speaks,
/// what it asks for is served from the next period on, and in the last period nothing is trained.
pub fn play(tape: &Tape, price: f64, policy: &mut dyn Policy) -> Outcome {
    let mut outcome = Outcome::default();
    let mut trained = 0;
    let Some(mut serving) = tape.trained(trained) else { return outcome };
    let mut gaps = serving.gaps.iter();
    for period in 1..=PERIODS {
        let (Some(gap), Some(fresh)) = (gaps.next(), tape.trained(period)) else { break };
        outcome.signed += Accounting::Signed.loss(gap.evaluation);
        outcome.positive += Accounting::Positive.loss(gap.evaluation);
        let seen = Seen { period, age: period - trained, gap: gap.monitor, price };
        let states = States { shadow: &fresh.model, deployed: &serving.model };
        if policy.retrain(&seen, states) && period < PERIODS {
            (trained, serving, gaps) = (period, fresh, fresh.gaps.iter());
            outcome.retrains += 1.0;
        }
    }
    outcome
}
