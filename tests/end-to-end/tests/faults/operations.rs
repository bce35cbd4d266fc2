//! Every fault at every operation that a turn makes.

use std::time::Instant;

use rekindle_end_to_end::{Problem, Site};
use rekindle_fault_proxy::{Dice, Fault};

use crate::caller::share_out;
use crate::share::{full, only, print_seed};
use crate::story::{ENDINGS, STEPS, Step, tell};
use crate::verdict::Books;
use crate::world::{Family, furnish, names};

/// Stories that are told at the same time; most of them wait for the SDK to try again.
const CALLERS: usize = 5;

/// Calls that go wrong one after another: as many as the SDK makes before it gives up.
const UNTIL_IT_GIVES_UP: u64 = 3;

/// Faults tried at each operation by default, besides hangs.
const FAULTS: usize = 5;

/// Hangs tried by default: each takes the client's whole patience, six or twenty seconds.
const HANGS: usize = 4;

/// One story: what goes wrong where, and how often.
#[derive(Debug, Clone)]
struct Cell {
    step: Step,
    fault: Fault,
    times: u64,
    /// What wakes us first.
    family: Family,
    model: String,
}

impl Cell {
    fn name(&self) -> String {
        let Self { step, fault, times, family, .. } = self;
        format!("{} at {}, {times} times, woken by {family:?}", fault.word(), step.name)
    }
}

#[test]
fn whatever_goes_wrong_where_one_decision_is_one_job() -> Result<(), Problem> {
    let seed = print_seed();
    let site = Site::deploy("100000000202")?;
    let mut cells = match only() {
        Some(only) => all().into_iter().filter(|cell| cell.name().contains(&only)).collect(),
        None if full() => all(),
        None => some(seed),
    };
    let models = names("fault", cells.len());
    let mut dice = Dice::of(seed, "families");
    for (cell, model) in cells.iter_mut().zip(&models) {
        cell.model.clone_from(model);
        cell.family = match cell.step.name {
            // A tick is lost if nobody is found to hear it.
            "policies" => Family::Tick,
            // Both reads are needed for what they tell, and not only made.
            "alarms" => Family::Alarm,
            "metrics" => Family::Metric,
            _ => Family::drawn(&mut dice),
        };
    }
    let furnished: Vec<_> = cells.iter().map(|cell| (cell.model.as_str(), cell.family)).collect();
    furnish(&site, "faults", &furnished)?;

    let begun = Instant::now();
    let (mut problems, tally) = share_out(&site, CALLERS, cells.clone(), |caller, cell| {
        let Cell { step, fault, times, .. } = cell;
        let told = tell(caller, &cell.model, cell.family, step.chapter, |caller, delivery| {
            let before = caller.proxy.tally().struck(step.operation, fault.word());
            caller.proxy.plan(step.plan(fault, times));
            let taken = caller.deliver(delivery)?;
            let struck = caller.proxy.tally().struck(step.operation, fault.word()) - before;
            if struck == 0 {
                return Err("what was planned did not happen".into());
            }
            Ok(taken)
        });
        let name = cell.name();
        Ok(told.err().map(|problem| format!("{name}: {problem}")).into_iter().collect())
    })?;
    println!("{} stories in {:.1} s", cells.len(), begun.elapsed().as_secs_f64());
    println!("{tally}");
    problems.extend(tally.broken().iter().cloned());

    let books = Books::read(&site)?;
    let mut unheard = 0;
    for cell in &cells {
        let name = cell.name();
        let found = books.problems(&site, &cell.model, &ENDINGS)?;
        problems.extend(found.into_iter().map(|problem| format!("{name}: {problem}")));
        // The bus delivers at least once, and so do we. What is noted as said is read first: struck there, it is said again.
        let announced = books.announced(&cell.model);
        unheard += ENDINGS.len() - announced.len();
        if !["publish", "rows"].contains(&cell.step.name) {
            let twice = announced.iter().filter(|(_, times)| **times > 1);
            problems.extend(
                twice.map(|(generation, times)| format!("{name}: g{generation} announced {times} times")),
            );
        }
    }
    println!("{unheard} of {} starts were not announced as started", cells.len() * ENDINGS.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

fn cell(step: Step, fault: Fault, times: u64) -> Cell {
    Cell { step, fault, times, family: Family::All, model: String::new() }
}

fn all() -> Vec<Cell> {
    let times = [1, UNTIL_IT_GIVES_UP];
    STEPS
        .iter()
        .flat_map(|step| Fault::ALL.iter().map(move |fault| (step, fault)))
        .flat_map(|(step, fault)| times.map(|times| cell(*step, *fault, times)))
        .collect()
}

/// Some faults at every step, and some hangs.
fn some(seed: u64) -> Vec<Cell> {
    let mut dice = Dice::of(seed, "cells");
    let (hangs, mut quick): (Vec<Fault>, Vec<Fault>) =
        Fault::ALL.iter().partition(|fault| matches!(fault, Fault::HangBefore | Fault::HangAfter));
    let mut cells = Vec::new();
    for nth in 0..HANGS {
        if let (Some(step), Some(hang)) = (dice.pick(&STEPS), hangs.get(nth % hangs.len())) {
            cells.push(cell(*step, *hang, 1));
        }
    }
    for step in &STEPS {
        dice.shuffle(&mut quick);
        for fault in quick.iter().take(FAULTS) {
            let times = if dice.below(2) == 0 { 1 } else { UNTIL_IT_GIVES_UP };
            cells.push(cell(*step, *fault, times));
        }
    }
    cells
}
