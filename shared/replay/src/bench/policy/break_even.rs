//! `break_even` as a policy has it: what a fresh model loses, the noise and what trainings save are learned on the way.
//!
//! The rule has been in service before: it goes through the prefix first, as it would have then, and keeps what it has
//! learned. Nothing is tuned on the prefix.

use rekindle_decision::break_even::{Learned, Loss, Settings};

use super::{Policy, Start};
use crate::bench::matrix::Stretch;
use crate::bench::rule::{Look, Rule};

pub(super) const POLICY: Policy = Policy {
    name: "break_even",
    chosen_on: "one for all streams",
    start: |start| Box::new(BreakEven::in_service(Settings::default(), start)),
};

/// The account of the decision crate.
#[derive(Debug, Clone)]
pub(in crate::bench) struct BreakEven(Learned);

impl BreakEven {
    /// The rule at the end of the prefix.
    pub(in crate::bench) fn in_service(settings: Settings, start: &Start<'_>) -> Self {
        Self::after(settings, start.prefix, start.retrain_cost)
    }

    /// The rule at the end of a stretch, after which another model serves.
    pub(in crate::bench) fn after(settings: Settings, stretch: Stretch<'_>, retrain_cost: f64) -> Self {
        let mut model = stretch.first_model();
        let mut account = Learned::new(settings, stretch.holdout(model));
        for batch in stretch.batches() {
            account.see(Loss { value: stretch.loss(model, batch).unwrap_or(f64::NAN), weight: 1.0 });
            let worth = account.standing().is_some_and(|standing| standing.is_worth(retrain_cost, 0.0));
            // After the last batch another model serves, whatever the account says.
            if worth || batch == stretch.last() {
                account.trained();
                model = batch;
            }
        }
        Self(account)
    }
}

impl Rule for BreakEven {
    fn look(&mut self, look: &Look) -> bool {
        self.0.see(Loss { value: look.loss, weight: 1.0 });
        self.0.standing().is_some_and(|standing| standing.is_worth(look.retrain_cost, 0.0))
    }

    fn retrained(&mut self) {
        self.0.trained();
    }
}
