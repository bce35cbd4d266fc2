//! Trainings and what they cost, from the ledger.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::effect::Verdict;
use rekindle_decision::money::Money;
use rekindle_decision::policy::Policy;
use rekindle_turn::ledger::Run;
use rekindle_turn::memory::Memory;
use serde::Serialize;

/// A run, and whose it is.
#[derive(Debug, Clone)]
pub(super) struct Owned {
    pub(super) model: String,
    pub(super) run: Run,
}

/// Everything before the last `-` of a model's name.
pub(super) fn family(model: &str) -> &str {
    model.rsplit_once('-').map_or(model, |(family, _)| family)
}

/// Every run of every model, oldest first.
pub(super) fn runs(memory: &Memory, policies: &[Policy]) -> Vec<Owned> {
    let of = |policy: &Policy| {
        let model = policy.model.clone();
        memory.runs(&policy.model).into_iter().map(move |run| Owned { model: model.clone(), run })
    };
    let mut all: Vec<Owned> = policies.iter().flat_map(of).collect();
    all.sort_by(|one, two| (one.run.decided, &one.model).cmp(&(two.run.decided, &two.model)));
    all
}

/// Trainings of a family of models.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Family {
    /// What the names of its models begin with.
    pub name: String,
    /// Its models.
    pub models: usize,
    /// Training jobs.
    pub trainings: usize,
    /// Those that ended well.
    pub completed: usize,
    /// Those that failed.
    pub failed: usize,
    /// Those that were judged to have helped.
    pub helped: usize,
    /// Those that were judged to have made no difference, or made it worse.
    pub futile: usize,
    /// What they cost.
    pub cost: Money,
}

pub(super) fn families(policies: &[Policy], runs: &[Owned]) -> Vec<Family> {
    let mut families: BTreeMap<&str, Family> = BTreeMap::new();
    for policy in policies {
        let name = family(&policy.model);
        let row =
            families.entry(name).or_insert_with(|| Family { name: name.to_owned(), ..Family::default() });
        row.models += 1;
    }
    for Owned { model, run } in runs.iter().filter(|owned| owned.run.arn.is_some()) {
        let Some(row) = families.get_mut(family(model)) else { continue };
        row.trainings += 1;
        row.completed += usize::from(run.status == "Completed");
        row.failed += usize::from(run.status == "Failed");
        let verdict = run.effect.map(|effect| effect.verdict);
        row.helped += usize::from(verdict == Some(Verdict::Helped));
        row.futile += usize::from(matches!(verdict, Some(Verdict::NoDifference | Verdict::Worse)));
        row.cost = row.cost.plus(run.cost.unwrap_or_default());
    }
    families.into_values().collect()
}

/// Trainings of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Day {
    /// Its first instant.
    pub day: Timestamp,
    /// Training jobs that were started and did not fail.
    pub well: usize,
    /// Training jobs that were started and failed.
    pub failed: usize,
    /// What they cost.
    pub cost: Money,
}

pub(super) fn days(runs: &[Owned], from: Timestamp, until: Timestamp) -> Vec<Day> {
    let a_day = Duration::from_seconds(86_400);
    let mut days = Vec::new();
    let mut day = from;
    while day < until {
        let next = a_day.after(day);
        let mut row = Day { day, ..Day::default() };
        let of =
            |owned: &&Owned| owned.run.decided >= day && owned.run.decided < next && owned.run.arn.is_some();
        for Owned { run, .. } in runs.iter().filter(of) {
            let failed = run.status == "Failed";
            row.failed += usize::from(failed);
            row.well += usize::from(!failed);
            row.cost = row.cost.plus(run.cost.unwrap_or_default());
        }
        days.push(row);
        day = next;
    }
    days
}
