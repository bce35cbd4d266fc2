//! Whom a document is for.

use std::collections::BTreeSet;

use crate::document::Document;
use crate::fault::{Fault, Spot};

/// Longest model name: it is a table key, a tag value and part of every record.
const LONGEST_NAME: usize = 128;

pub(super) fn models(document: &Document, faults: &mut Vec<Fault>) -> Vec<String> {
    let (spot, models) = match (&document.model, &document.models) {
        (Some(model), None) => (Spot::of(["model"]), vec![model.clone()]),
        (None, Some(models)) => (Spot::of(["models"]), models.clone()),
        (Some(_), Some(_)) => {
            faults.push(
                Fault::at(["models"], "both `model` and `models` are written").hint("keep one of them"),
            );
            return Vec::new();
        }
        (None, None) => {
            let fault = Fault::at([], "neither `model` nor `models` is written");
            faults.push(fault.hint("add `model: <name>`"));
            return Vec::new();
        }
    };
    if models.is_empty() {
        faults.push(spot.fault("there is no model").hint("write at least one"));
    }
    let mut seen = BTreeSet::new();
    for (index, model) in models.iter().enumerate() {
        let spot = if document.model.is_some() { spot.clone() } else { spot.item(index) };
        if !seen.insert(model) {
            faults.push(spot.fault(format!("`{model}` is written twice")).hint("keep one of them"));
        }
        let known = |letter: char| letter.is_ascii_alphanumeric() || "-_.:/=+@".contains(letter);
        let first = model.chars().next().is_some_and(|letter| letter.is_ascii_alphanumeric());
        if !first || model.len() > LONGEST_NAME || !model.chars().all(known) {
            faults.push(spot.fault(format!("`{model}` cannot be a model's name")).hint(format!(
                "begin with a letter or digit and use letters, digits and -_.:/=+@, at most {LONGEST_NAME} of them"
            )));
        }
    }
    models
}
