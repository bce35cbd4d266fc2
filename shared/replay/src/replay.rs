//! A policy, replayed over a history: the same turn as live, in a simulated world, and what it would have cost.
//!
//! What would have been measured depends on which model serves, so a replay needs a [`World`]: the loss of every model
//! that could have been trained, in every period. [`Replay::run`] lets the policy live in it, with its schedules, sweeps,
//! alarms, trainings that take time and labels that come late; [`Replay::report`] puts what came of it beside other ways to
//! decide and the clairvoyant optimum.

mod account;
mod live;
mod service;
mod world;

pub use account::Account;
pub use live::{Live, Lived};
pub use world::{LossOf, Reads, World};

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{Metric, Policy};

use crate::bench::optimum::Optimum;
use crate::bench::policy::{self, Start};
use crate::bench::run::{Run, run};
use crate::dice::Dice;
use crate::history::History;
use crate::report::{AtPrice, Outcome, Report, Unit};

/// A policy and what it is replayed over.
#[derive(Debug, Clone)]
pub struct Replay<'a> {
    /// The owner's policy. It is replayed as if it were in force, whatever its mode.
    pub policy: &'a Policy,
    /// What its alarms did, what it was told, and the values of metrics that do not depend on which model serves.
    pub history: &'a History,
    /// What the history is called.
    pub name: &'a str,
    /// The metric that depends on which model serves.
    pub metric: &'a Metric,
    /// What it would have been.
    pub world: &'a World,
    /// What one training costs.
    pub retrain_cost: f64,
    /// What one unit of the loss costs over one period.
    pub cost_per_unit_loss: f64,
    /// What these are counted in.
    pub unit: Unit,
    /// How long a training takes.
    pub training_time: Duration,
    /// How often the sweep looks.
    pub sweep_every: Duration,
    /// Everything that needs chance follows from it.
    pub seed: u64,
}

/// The ways that are always shown, by their names in [`policy::ALL`].
const SHOWN: [&str; 7] =
    ["never", "always", "periodic tuned", "threshold 0.05", "cara-ct", "evidence", "break_even"];

/// Prices at which the ways are compared, as multiples of the owner's.
const PRICES: [f64; 9] = [0.1, 0.2, 0.35, 0.6, 1.0, 1.7, 3.0, 5.0, 10.0];

impl Replay<'_> {
    /// Lets the policy live through the history. `heard` is told of the end of each simulated day.
    #[must_use]
    pub fn run(&self, heard: impl FnMut(jiff::Timestamp)) -> Lived {
        Live::of(self).until_the_end(heard)
    }

    /// What the policy came to, beside other ways and the best there was.
    #[must_use]
    pub fn report(&self, lived: &Lived) -> Report {
        let world = self.world;
        let account = Account::of(self);
        let price = account.price(self.retrain_cost);
        let best = Optimum::of(world.scored(), price);
        let optimum = account.outcome("optimum", &as_run(self, &best), best.cost, price);
        let mut rivals: Vec<Outcome> = policy::ALL
            .iter()
            .filter(|policy| SHOWN.contains(&policy.name))
            .map(|policy| account.outcome(policy.name, &self.rival(policy, price), best.cost, price))
            .collect();
        rivals.push(optimum);
        let prices = PRICES.iter().map(|times| self.at_price(&account, self.retrain_cost * times)).collect();
        Report {
            model: self.policy.model.clone(),
            history: self.name.to_owned(),
            from: world.start_of(world.first_scored()),
            to: world.start_of(world.batches()),
            period: world.batch_length(),
            unit: self.unit,
            retrain_cost: self.retrain_cost,
            world: world.known().clone(),
            fresh: account.fresh().to_vec(),
            policy: account.lived(lived, best.cost, price),
            rivals,
            prices,
            held: lived.held.clone(),
        }
    }

    fn rival(&self, policy: &policy::Policy, price: f64) -> Run {
        let prefix = self.world.prefix();
        let start = Start { prefix, retrain_cost: price, dice: Dice::new(self.seed) };
        run(self.world.scored(), (policy.start)(&start).as_mut(), price)
    }

    fn at_price(&self, account: &Account<'_>, retrain_cost: f64) -> AtPrice {
        let price = account.price(retrain_cost);
        let best = Optimum::of(self.world.scored(), price).cost;
        let shown = policy::ALL.iter().filter(|policy| SHOWN.contains(&policy.name));
        let over = |cost: f64| crate::bench::report::ratio(cost, best);
        let over_optimum =
            shown.map(|policy| (policy.name.to_owned(), over(self.rival(policy, price).cost))).collect();
        AtPrice { retrain_cost, over_optimum }
    }
}

/// The optimum as something that was done.
fn as_run(replay: &Replay<'_>, best: &Optimum) -> Run {
    let scored = replay.world.scored();
    let (mut model, mut run) = (scored.first_model(), Run::default());
    for period in scored.batches() {
        run.loss += scored.loss(model, period).unwrap_or(f64::NAN);
        if best.retrained_at.contains(&period) {
            model = period;
        }
    }
    Run { retrained_at: best.retrained_at.clone(), cost: best.cost, ..run }
}
