//! Who says when to train.

use super::model::Model;

/// What everybody sees at the end of a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// The period, from 1.
    pub period: u32,
    /// Periods since the model that is served was trained, at least 1.
    pub age: u32,
    /// How much better the newer model was on the few points of this period that are monitored, in nats a point.
    pub gap: f64,
    /// What a training costs, in nats a point and period: so much loss it must save.
    pub price: f64,
}

/// The two models. What is deployed in the field seldom tells so much.
#[derive(Debug, Clone, Copy)]
pub struct States<'a> {
    /// The newer model, which has learnt from this period.
    pub shadow: &'a Model,
    /// The one that is served.
    pub deployed: &'a Model,
}

/// A policy that sees no more than an owner's metrics tell. It lives through one path.
pub trait Rule {
    /// Whether to train now. Whoever says so may count on it: from the next period on the newer model is served.
    fn retrain(&mut self, seen: &Seen) -> bool;
}

/// A policy that sees the models as well. It lives through one path.
pub trait Policy {
    /// Whether to train now, as in [`Rule::retrain`].
    fn retrain(&mut self, seen: &Seen, states: States<'_>) -> bool;
}

impl<R: Rule> Policy for R {
    fn retrain(&mut self, seen: &Seen, _: States<'_>) -> bool {
        Rule::retrain(self, seen)
    }
}
