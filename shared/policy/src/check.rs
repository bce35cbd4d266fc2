//! The meaning of a document: what YAML cannot know.

mod detector;
mod expr;
mod fill;
mod guards;
mod metric;
mod models;
mod question;
mod trigger;

use std::collections::BTreeMap;

use rekindle_decision::policy::{Policy, Revision, Trigger};

use crate::document::{Document, Instant};
use crate::fault::Fault;
use crate::set::Text;
use crate::training;

pub(crate) use expr::names;
pub(crate) use fill::MODEL;
pub(crate) use metric::retention;
pub(crate) use trigger::alarm_name;

pub(crate) fn policies(document: &Document, text: &Text) -> Result<Vec<Policy>, Vec<Fault>> {
    let mut faults = Vec::new();
    let models = models::models(document, &mut faults);
    let base = base(document, text, &mut faults);
    let policies: Vec<Policy> = models.into_iter().map(|model| fill::for_model(&base, model)).collect();
    // The first model speaks for all, unless only another one's name makes the request invalid.
    if let Some(found) = policies.iter().map(training::faults).find(|faults| !faults.is_empty()) {
        faults.extend(found);
    }
    if faults.is_empty() { Ok(policies) } else { Err(once(faults)) }
}

/// The policy of no model yet: `{model}` stands for itself.
pub(crate) fn template(document: &Document, text: &Text) -> Policy {
    fill::for_model(&base(document, text, &mut Vec::new()), MODEL.to_owned())
}

/// What all models of a document have in common.
fn base(document: &Document, text: &Text, faults: &mut Vec<Fault>) -> Policy {
    let triggers: BTreeMap<String, Trigger> = document
        .triggers
        .iter()
        .filter_map(|(name, written)| Some((name.clone(), trigger::trigger(name, written, faults)?)))
        .collect();
    trigger::rules(document, faults);
    if document.triggers.is_empty() {
        faults.push(Fault::at(["triggers"], "there is no trigger").hint("write at least one"));
    }
    let start_when = expr::start_when(document, faults);
    guards::fresh_enough(document, faults);
    Policy {
        revision: Revision { document: text.name.clone(), version: text.version, since: text.since },
        owner: document.owner.clone(),
        mode: document.mode,
        triggers,
        guards: guards::guards(&document.guards, faults),
        trained: document.trained.map(|Instant(at)| at),
        serves_after: document.serves_after.unwrap_or_default(),
        data_window: document.data_window,
        training: document.training.clone(),
        ..Policy::of(String::new(), start_when)
    }
}

/// What is written once may be read several times, as an `only_if` is; it is told once.
pub(crate) fn once(faults: Vec<Fault>) -> Vec<Fault> {
    let mut told: Vec<Fault> = Vec::with_capacity(faults.len());
    for fault in faults {
        if !told.contains(&fault) {
            told.push(fault);
        }
    }
    told
}
