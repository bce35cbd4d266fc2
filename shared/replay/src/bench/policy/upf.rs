//! UPF, with linear forecasts: a new model when it is expected to save more than it costs, over the batches ahead.
//!
//! After Regol and others, "When to retrain a machine learning model" (2025), which forecasts the loss of each model on each
//! later batch with its uncertainty, from the few that are known, and compares the costs of both ways to a horizon. Read
//! here as follows:
//!
//! - Two linear forecasts, of the model in service and of one that would be trained now, on a batch so many ahead. Both go
//!   by what is known at that time: the newest loss and the hold-out loss of the model in service, its age, and how far
//!   ahead it is. As they go by the same, their difference is the linear forecast of the difference, and only that is kept.
//! - It is learned from every model and batch of the prefix, once.
//! - The quantile of the paper's comparison is the median, which is the mean of a normal forecast.
//!
//! It is a reading of the rule, not their code.

use super::linear::Linear;
use super::{Policy, Start};
use crate::bench::matrix::Stretch;
use crate::bench::rule::{Look, Rule};
use crate::bench::tuned::tuned;

pub(super) const TEN_AHEAD: Policy =
    Policy { name: "upf 10", chosen_on: "prefix", start: |start| Box::new(Upf::new(start.prefix, 10)) };

pub(super) const TUNED: Policy = Policy {
    name: "upf tuned",
    chosen_on: "prefix",
    start: |start: &Start<'_>| {
        let rule = |horizon| Upf::new(start.prefix, horizon);
        Box::new(rule(tuned(GRID, start.prefix, start.retrain_cost, rule).unwrap_or(10)))
    },
};

/// Batches ahead.
const GRID: &[u32] = &[1, 2, 3, 5, 10, 20];

#[derive(Debug, Clone)]
struct Upf {
    horizon: u32,
    /// Of what a model that is trained now will lose less than the one in service.
    saved: Linear<5>,
}

impl Upf {
    fn new(prefix: Stretch<'_>, horizon: u32) -> Self {
        let mut upf = Self { horizon, saved: Linear::new() };
        for model in prefix.first_model()..prefix.batches().end {
            upf.learn(prefix, model);
        }
        upf
    }

    /// Learns what would have been seen of one model in service.
    fn learn(&mut self, prefix: Stretch<'_>, model: usize) {
        let Some(holdout) = prefix.holdout(model) else { return };
        for (age, now) in (1_u32..).zip(model.saturating_add(1)..prefix.batches().end) {
            let Some(loss) = prefix.loss(model, now) else { return };
            for (ahead, batch) in (1..=self.horizon).zip(now.saturating_add(1)..) {
                let features = features(loss, holdout, f64::from(age), f64::from(ahead));
                if let (Some(kept), Some(fresh)) = (prefix.loss(model, batch), prefix.loss(now, batch)) {
                    self.saved.learn(&features, kept - fresh);
                }
            }
        }
    }
}

fn features(loss: f64, holdout: f64, age: f64, ahead: f64) -> [f64; 5] {
    // Ages and distances are in tens of batches, to be of the size of the others.
    [1.0, loss, holdout, age / 10.0, ahead / 10.0]
}

impl Rule for Upf {
    fn look(&mut self, look: &Look) -> bool {
        let age = f64::from(u32::try_from(look.age).unwrap_or(u32::MAX));
        let saved = |ahead| self.saved.forecast(&features(look.loss, look.holdout, age, f64::from(ahead)));
        (1..=self.horizon).map(saved).sum::<f64>() > look.retrain_cost
    }
}
