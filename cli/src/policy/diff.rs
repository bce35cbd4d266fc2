//! `rekindle policy diff`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use rekindle_policy::{Ceilings, Text};

use super::Documents;
use super::compare::Comparison;
use super::files::{Files, misnamed};
use super::show;
use super::side::Side;
use super::store::{Deployed, Store};
use crate::check::Checked;

/// With a file or a folder.
pub(super) fn against(documents: &Documents, against: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let Some(new) = readable(documents, json)? else { return Ok(ExitCode::from(2)) };
    let mut old = Files::read(&[against.to_owned()], &documents.path)?;
    let (one_old, one_new) = (old.texts.len() == 1 && !old.whole, new.texts.len() == 1 && !new.whole);
    if one_old && one_new {
        // A file against a file: whatever they are called.
        old.texts = new.texts.keys().cloned().zip(old.texts.into_values()).collect();
    } else if !new.whole {
        old.texts.retain(|name, _| new.texts.contains_key(name));
    }
    tell(&Comparison::of(&Side::of(old.texts), &Side::of(new.texts), false), json)
}

/// With what is deployed.
pub(super) fn deployed(
    documents: &Documents,
    store: &mut impl Store,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let Some(new) = readable(documents, json)? else { return Ok(ExitCode::from(2)) };
    let old = in_scope(&store.all(&documents.path)?, &documents.path, &new);
    tell(&Comparison::of(&Side::of(old), &Side::of(new.texts), true), json)
}

/// What is deployed of documents: of single files, only what they would replace.
pub(super) fn in_scope(all: &[Deployed], path: &str, files: &Files) -> BTreeMap<String, Text> {
    all.iter()
        .filter_map(|deployed| {
            let name = deployed.below(path)?;
            let wanted = files.whole || files.texts.contains_key(name);
            (wanted && misnamed(name, path).is_none()).then(|| (name.to_owned(), deployed.text()))
        })
        .collect()
}

/// The files, if nothing is wrong with them; otherwise it is told.
fn readable(documents: &Documents, json: bool) -> anyhow::Result<Option<Files>> {
    let files = Files::read(&documents.sources, &documents.path)?;
    let mut checked = Checked::of(files.texts.values().cloned(), &Ceilings::UNKNOWN);
    checked.also(files.problems.iter().cloned());
    if checked.errors() == 0 {
        return Ok(Some(files));
    }
    checked.refuse(json)?;
    Ok(None)
}

fn tell(comparison: &Comparison, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        crate::say(&serde_json::to_string_pretty(&show::json(comparison))?)?;
    } else {
        for line in show::lines(comparison) {
            crate::say(&line)?;
        }
    }
    Ok(ExitCode::from(u8::from(!comparison.same())))
}
