//! How well the models really do, which nobody in the account is told: models grow old, a training makes them young again,
//! and some trainings do not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::identity::digest;
use rekindle_turn::world::JobStatus;

use super::fleet::{CHURN, FRAUD, Family};
use super::mishaps;
use crate::course::Course;
use crate::dice::Dice;
use crate::job::{Ending, Made};

/// What is true of the fleet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reality(Arc<Mutex<Truths>>);

#[derive(Debug, Default)]
struct Truths {
    /// When each model's trainings ended well.
    trained: BTreeMap<String, Vec<Timestamp>>,
    /// When a person repaired what was broken for a family.
    repaired: BTreeMap<&'static str, Timestamp>,
}

/// What stays true of a model.
#[derive(Debug, Clone, Copy)]
struct Nature {
    /// When it was trained before the month.
    born: Timestamp,
    /// What it loses in a day.
    a_day: f64,
    /// Where its noise comes from.
    noise: u64,
    /// Whether it is trained and judged on labels that break.
    labels: bool,
}

/// What a model is right about when it has just been trained.
const FRESH: f64 = 0.95;

/// What a model loses in a day, more or less.
const A_DAY: f64 = 0.0045;

/// What broken labels cost, whatever is trained on them.
const BROKEN_LABELS: f64 = 0.05;

impl Reality {
    fn truths(&self) -> MutexGuard<'_, Truths> {
        // Only one thread ever holds it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was broken for a family works from now on.
    pub(crate) fn repair(&self, family: Family, at: Timestamp) {
        self.truths().repaired.insert(family.name, at);
    }

    fn is_broken(&self, family: Family, since: Timestamp, at: Timestamp) -> bool {
        at >= since && self.truths().repaired.get(family.name).is_none_or(|repaired| at < *repaired)
    }

    /// The share of answers of a model that were right, over time.
    pub(crate) fn course(&self, model: &str) -> Course {
        let mut own = Dice::new(number(model));
        let nature = Nature {
            // Models of before the month are up to five days old.
            born: Duration::from_seconds(own.below(5 * 86_400)).before(mishaps::FIRST),
            a_day: A_DAY * f64::from(u32::try_from(own.between(60, 140)).unwrap_or(100)) / 100.0,
            noise: own.below(u64::MAX),
            labels: Family::of(model).is_some_and(|family| family.name == FRAUD.name),
        };
        let (reality, model) = (self.clone(), model.to_owned());
        Course::new(move |at| reality.right(&model, &nature, at))
    }

    fn right(&self, model: &str, nature: &Nature, at: Timestamp) -> Option<f64> {
        if mishaps::is_down(at) {
            return None;
        }
        let trained =
            self.truths().trained.get(model).and_then(|all| all.iter().rfind(|end| **end <= at)).copied();
        let age = Duration::between(trained.unwrap_or(nature.born), at).signed().as_secs_f64() / 86_400.0;
        let broken = nature.labels && self.is_broken(FRAUD, mishaps::BROKEN_LABELS, at);
        let loss = nature.a_day * age + if broken { BROKEN_LABELS } else { 0.0 };
        let noise =
            f64::from(u32::try_from(Dice::new(nature.noise ^ seconds(at)).below(81)).unwrap_or(40)) - 40.0;
        Some((FRESH - loss + noise / 10_000.0).clamp(0.0, 1.0))
    }

    /// How a training ends.
    pub(crate) fn ending(&self, dice: &mut Dice, made: &Made) -> Ending {
        let family = Family::of(&made.model);
        let broken = family.is_some_and(|family| family.name == CHURN.name)
            && self.is_broken(CHURN, mishaps::BROKEN_IMAGE, made.created);
        let failed = |after, failure: &str| Ending {
            after: Duration::from_seconds(after),
            status: JobStatus::Failed,
            metrics: BTreeMap::new(),
            failure: Some(failure.to_owned()),
        };
        if broken {
            return failed(
                dice.between(150, 420),
                "AlgorithmError: ExecuteUserScriptError: ModuleNotFoundError: No module named 'pandas'",
            );
        }
        // Now and then a machine breaks.
        if dice.chance(100) {
            return failed(
                dice.between(300, 2_400),
                "InternalServerError: We encountered an internal error.",
            );
        }
        let after = Duration::from_seconds(dice.between(2_400, 4_500));
        let ends = after.after(made.created);
        self.truths().trained.entry(made.model.clone()).or_default().push(ends);
        Ending { after, status: JobStatus::Completed, metrics: BTreeMap::new(), failure: None }
    }
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or(0)
}

/// A number of a name, the same on every machine.
fn number(name: &str) -> u64 {
    u64::from_str_radix(&digest(name), 16).unwrap_or(0)
}
