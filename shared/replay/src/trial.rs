//! A few models, a few hours of faults, some quiet sweeps, and then: was every promise kept?

mod stock;
mod weather;

use std::sync::Arc;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::Policy;
use rekindle_decision::signal::{Confirm, Signal, Sweep};
use rekindle_policy::PolicySet;
use rekindle_turn::Announcement;
use serde_json::Value;

use crate::agenda::later;
use crate::counts::Counts;
use crate::delivery::Function;
use crate::dice::Dice;
use crate::faults::Faults;
use crate::promises::{self, Scene};
use crate::sabotage::Sabotage;
use crate::simulation::Simulation;
use crate::story::Story;
use crate::witness::Violation;

pub use stock::Stock;
use weather::Season;

/// A history to live through.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trial {
    /// Everything follows from it.
    pub seed: u64,
    /// The protection that is taken away.
    pub sabotage: Option<Sabotage>,
    /// Whether the story is to be told.
    pub told: bool,
}

/// What came of a trial.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What happened, in numbers.
    pub counts: Counts,
    /// The promises that were not kept.
    pub violations: Vec<Violation>,
    /// What happened, line by line, if it was to be told.
    pub story: Story,
}

const MINUTE: u64 = 60_000;

/// Minutes before each quiet sweep: past the lease, past the time in which a job may be invisible, past the cooldown of
/// a day, and twice more for what that has set going.
const QUIET: [u64; 7] = [16, 16, 16, 61, 1_470, 16, 16];

impl Trial {
    /// Lives through it.
    #[must_use]
    pub fn run(self, stock: &Stock) -> Verdict {
        let mut dice = Dice::new(self.seed);
        let from = later(MONDAY, dice.below(24 * 60).saturating_mul(MINUTE));
        let season = Season {
            from,
            length: dice.between(3, 11).saturating_mul(60 * MINUTE),
            first: dice.below(weather::QUARTER),
            crowded: dice.pick(&[0, 4_000, 8_000]).copied().unwrap_or(0),
        };
        let mut simulation = Simulation::new(dice.below(u64::MAX), from);
        if self.told {
            simulation.tell_story();
        }
        let policies = stock.draw(&mut dice, from);
        let set: PolicySet = policies.iter().cloned().collect();
        simulation.share_policies(&Arc::new(set));
        simulation.sabotage(self.sabotage);
        simulation.set_faults(Faults::drawn(&mut dice));
        weather::forecast(&mut simulation, &mut dice, season, &policies);
        // Dice of their own: what came later to the trials leaves the histories of before as they were.
        let mut others = Dice::new(self.seed.wrapping_add(1 << 40));
        if others.chance(5_000) {
            simulation.set_prices(stock::prices());
        }
        weather::hands(&mut simulation, &mut others, season, &policies);

        live(&mut simulation, &mut dice, season.until());
        simulation.set_faults(Faults::none());
        simulation.note(|| "the faults are over".to_owned());
        let mut last = from;
        for minutes in QUIET {
            let next = later(simulation.now(), minutes * MINUTE);
            // Jobs that cannot be seen are a fault, too; those of before can be seen by the next sweep.
            simulation.memory().show_jobs_after(Duration::default());
            live(&mut simulation, &mut dice, next);
            last = simulation.now();
            let sweep = Sweep { at: Some(last), ..Sweep::default() };
            simulation.invoke(Function::OnMetricCheck, vec![Signal::Sweep(sweep)]);
            live(&mut simulation, &mut dice, later(last, 5 * MINUTE));
        }
        let runs = policies.iter().flat_map(|policy| simulation.memory().runs(&policy.model));
        let known = runs.filter(|run| run.cost.is_some()).count();
        (0..known).for_each(|_| simulation.count("costs known"));
        judge(&simulation, &policies, from, last)
    }
}

/// Monday, midnight.
const MONDAY: Timestamp = Timestamp::constant(1_793_577_600, 0);

/// Lets time pass, with people who listen.
fn live(simulation: &mut Simulation, dice: &mut Dice, until: Timestamp) {
    while simulation.step(until) {
        for news in simulation.take_published() {
            listen(simulation, dice, &news);
        }
    }
    simulation.run_until(until);
}

/// A person hears that a start waits for a yes, and mostly agrees in a while.
fn listen(simulation: &mut Simulation, dice: &mut Dice, news: &Announcement) {
    let text = |name: &str| news.detail.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let waiting = news.detail.get("waiting_on").and_then(Value::as_array);
    let asks = waiting.is_some_and(|waiting| waiting.iter().any(|word| word == "ask_first"));
    if asks
        && dice.chance(7_000)
        && let (Some(model), Some(decision)) = (text("model"), text("decision"))
    {
        simulation.count("approvals");
        let confirm = Confirm { model, decision, by: Some("ben".to_owned()), reason: None };
        let at = later(simulation.now(), dice.between(MINUTE, 40 * MINUTE));
        simulation.deliver(at, Function::OnAlarm, &[Signal::Confirmed(confirm)]);
    }
}

fn judge(simulation: &Simulation, policies: &[Policy], from: Timestamp, last: Timestamp) -> Verdict {
    let mut witness = simulation.witness();
    let mut violations = std::mem::take(&mut witness.broken);
    let now = simulation.now();
    let (memory, courses) = (simulation.memory(), &simulation.courses());
    let scene = Scene { memory, witness: &witness, courses, policies, from, last, now };
    violations.extend(promises::broken(&scene));
    Verdict { counts: simulation.counts(), violations, story: simulation.story() }
}
