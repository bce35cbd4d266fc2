//! Whom a document is for.

use std::collections::BTreeSet;

use crate::document::Document;
use crate::fault::{Fault, Spot};
use crate::range::{Entry, MOST_MODELS};

/// Longest model name: it is a table key, a tag value and part of every record.
const LONGEST_NAME: usize = 128;

pub(super) fn models(document: &Document, faults: &mut Vec<Fault>) -> Vec<String> {
    match (&document.model, &document.models) {
        (Some(model), None) => {
            let spot = Spot::of(["model"]);
            faults.extend(not_a_name(model).map(|hint| refused(&spot, model, hint)));
            // A range that stands here by mistake is told once: the request is looked at for its first name.
            let first = Entry::read(model).ok().and_then(|entry| entry.names().next());
            vec![first.unwrap_or_else(|| model.clone())]
        }
        (None, Some(entries)) => several(entries, &Spot::of(["models"]), faults),
        (Some(_), Some(_)) => {
            faults.push(
                Fault::at(["models"], "both `model` and `models` are written").hint("keep one of them"),
            );
            Vec::new()
        }
        (None, None) => {
            let fault = Fault::at([], "neither `model` nor `models` is written");
            faults.push(fault.hint("add `model: <name>`"));
            Vec::new()
        }
    }
}

/// The names that the entries of `models` stand for. Of each entry the first slip is told: a range has hundreds alike.
fn several(entries: &[String], spot: &Spot, faults: &mut Vec<Fault>) -> Vec<String> {
    if entries.is_empty() {
        faults.push(spot.fault("there is no model").hint("write at least one"));
    }
    let mut models = Vec::new();
    let (mut seen, mut count) = (BTreeSet::new(), 0_u64);
    for (index, text) in entries.iter().enumerate() {
        let spot = spot.item(index);
        let entry = match Entry::read(text) {
            Ok(entry) => entry,
            Err(slip) => {
                faults.push(spot.fault(slip.message).hint(slip.hint));
                continue;
            }
        };
        count = count.saturating_add(entry.count());
        if count > MOST_MODELS {
            let fault = spot.fault(format!(
                "with `{text}` the document is for {count} models, and {MOST_MODELS} is the most"
            ));
            faults.push(fault.hint(
                "write the rest into a document of its own; models share a `fleet_budget` by the fleet's name",
            ));
            break;
        }
        let names: Vec<String> = entry.names().collect();
        if let Some(twice) = names.iter().find(|name| seen.contains(*name)) {
            faults.push(spot.fault(format!("`{twice}` is written twice")).hint("keep one of them"));
        }
        let refused = names.iter().find_map(|name| Some(refused(&spot, name, not_a_name(name)?)));
        faults.extend(refused);
        seen.extend(names.iter().cloned());
        models.extend(names);
    }
    models
}

fn refused(spot: &Spot, name: &str, hint: String) -> Fault {
    spot.fault(format!("`{name}` cannot be a model's name")).hint(hint)
}

/// What to do about a name that cannot be one.
fn not_a_name(name: &str) -> Option<String> {
    let known = |letter: char| letter.is_ascii_alphanumeric() || "-_.:/=+@".contains(letter);
    let first = name.chars().next().is_some_and(|letter| letter.is_ascii_alphanumeric());
    if first && name.len() <= LONGEST_NAME && name.chars().all(known) {
        return None;
    }
    // Only under `model` can a range get here.
    let is_range = name.contains('{') && Entry::read(name).is_ok();
    Some(if is_range {
        format!("a range is for several models: write `models: [\"{name}\"]`")
    } else {
        format!(
            "begin with a letter or digit and use letters, digits and -_.:/=+@, at most {LONGEST_NAME} of them"
        )
    })
}
