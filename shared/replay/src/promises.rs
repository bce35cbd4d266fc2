//! What must hold when the faults are over, each promise as a sentence and a function.

mod jobs;
mod levels;
mod money;
mod once;
mod pending;
mod said;

use std::collections::{BTreeMap, BTreeSet};

use futures::FutureExt;
use jiff::Timestamp;
use rekindle_decision::facts::AlarmFact;
use rekindle_decision::policy::{Metric, Policy};
use rekindle_turn::World;
use rekindle_turn::ledger::Run;
use rekindle_turn::memory::Memory;

use crate::course::Course;
use crate::witness::{Violation, Witness};

/// The account after the last sweep.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The account.
    pub memory: &'a Memory,
    /// What was seen from outside.
    pub witness: &'a Witness,
    /// What metrics do over time.
    pub courses: &'a BTreeMap<Metric, Course>,
    /// The policies, all switched on.
    pub policies: &'a [Policy],
    /// When it began.
    pub from: Timestamp,
    /// When the last sweep began, which met no fault.
    pub last: Timestamp,
    /// The time.
    pub now: Timestamp,
}

/// What a check finds broken about one model.
type Found = Result<(), String>;

/// One promise about one model.
type Promise = (&'static str, fn(&Scene<'_>, &Policy) -> Found);

/// The promises about each model. Those about the very moment of a creation or an intent are checked in that moment.
const PROMISES: &[Promise] = &[
    ("the last sweep looked at every model", levels::looked_at),
    ("every run that was made has exactly one training job, of its own decision", jobs::each_run_has_its_job),
    ("every training job of ours has its run, and the run's status is the job's", jobs::each_job_has_its_run),
    ("no run is open but the one that the phase names", jobs::the_phase_is_the_runs),
    ("the generation is that of the newest run", jobs::generations_count),
    ("there are no more jobs than time for them", jobs::nothing_loops),
    ("two starts keep the cooldown", jobs::the_cooldown_is_kept),
    ("a model's own budget is never exceeded", money::own_budgets),
    ("what a fleet has spent is what its runs have reserved", money::fleets),
    ("a request leads to one start at most", once::requests),
    ("a request that was answered leads to no other start", once::answered),
    ("a tick leads to one start at most", once::ticks),
    ("a request is answered by a start or waits", pending::requests),
    ("an arrival is answered by a start or counted, once", pending::arrivals),
    ("a tick is answered by a start, waits, or was held until its deadline", pending::ticks),
    ("a latch holds until a start", pending::latches),
    ("what is in ALARM is answered by a start or waits", levels::alarms),
    ("what is beyond its limit waits", levels::metrics),
    ("whatever waits names what it waits for", levels::waits_name_blockers),
    ("a run that has ended has cost what its seconds cost, in the books of its fleets, too", money::costs),
    ("every start is told", said::starts),
    ("every end is told", said::ends),
    ("nothing that is written is left unsaid", said::nothing_is_left),
];

/// How many promises are made about each model.
#[must_use]
pub const fn count() -> usize {
    PROMISES.len()
}

/// The promises that are broken.
#[must_use]
pub fn broken(scene: &Scene<'_>) -> Vec<Violation> {
    let mut broken = Vec::new();
    for policy in scene.policies {
        for (promise, holds) in PROMISES {
            if let Err(found) = holds(scene, policy) {
                broken.push(Violation { promise, model: policy.model.clone(), found });
            }
        }
    }
    broken
}

impl Scene<'_> {
    /// The runs of a model whose job SageMaker has accepted.
    fn made(&self, policy: &Policy) -> Vec<Run> {
        let made = |run: &Run| self.witness.made.iter().any(|made| made.name == run.job);
        self.memory.runs(&policy.model).into_iter().filter(made).collect()
    }

    /// The runs of a model that stand: one that failed under a policy that tries again has answered nothing.
    fn stand(&self, policy: &Policy) -> Vec<Run> {
        let again = policy.guards.after_failure.is_some();
        self.made(policy).into_iter().filter(|run| !(again && run.status == "Failed")).collect()
    }

    /// When the newest start was decided whose job was made, and stands.
    fn started(&self, policy: &Policy) -> Option<Timestamp> {
        self.stand(policy).iter().map(|run| run.decided).max()
    }

    /// Whether a job was started for whatever was there at an instant.
    fn answers(&self, policy: &Policy, at: Timestamp) -> bool {
        self.started(policy).is_some_and(|started| started >= at)
    }

    /// Why a run was started, where somebody lived to say so.
    fn reasons(&self, run: &Run) -> Option<&BTreeSet<String>> {
        self.witness.reasons.get(&(run.decision.clone(), run.decided))
    }

    /// How an alarm stands.
    fn alarm(&self, name: &str) -> Option<AlarmFact> {
        let names = BTreeSet::from([name.to_owned()]);
        self.memory.alarms(&names).now_or_never()?.remove(name)
    }

    /// Whether the newest decision holds a start because of a trigger.
    fn held(&self, policy: &Policy, trigger: &str) -> bool {
        self.witness.decided.get(&policy.model).is_some_and(|decided| {
            decided.verdict == "hold" && decided.because.iter().any(|reason| reason == trigger)
        })
    }
}

/// An error with what was found, unless it holds.
fn unless(holds: bool, found: impl FnOnce() -> String) -> Found {
    if holds { Ok(()) } else { Err(found()) }
}
