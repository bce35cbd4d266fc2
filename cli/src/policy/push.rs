//! `rekindle policy push`.
//!
//! Parameter Store has no compare-and-swap. So what is to be overwritten is looked at again just before, and the version that
//! came out afterwards is compared with the one that should have: whoever was in between is told of.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::bail;
use rekindle_policy::{Ceilings, PolicySet, Problem, Text};
use serde::Serialize;
use serde_json::json;

use super::compare::{Comparison, Standing};
use super::diff::in_scope;
use super::files::Files;
use super::lint;
use super::show;
use super::side::Side;
use super::store::{Deployed, Store, Written};
use super::{Allowed, Documents};
use crate::check::Checked;

/// How to push.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct How {
    pub(super) dry_run: bool,
    pub(super) prune: bool,
    pub(super) layout: bool,
}

/// One thing to do, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Step {
    parameter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The version that the comparison saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<i64>,
    #[serde(flatten)]
    end: End,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "end")]
enum End {
    /// It would be done.
    Planned,
    /// Written, with nobody in between.
    Put {
        version: i64,
        tier: &'static str,
    },
    /// Written, and something else had been written just before.
    PutOver {
        version: i64,
        tier: &'static str,
    },
    Removed,
    /// Somebody else wrote since the comparison, so nothing was done.
    Overtaken {
        #[serde(skip_serializing_if = "Option::is_none")]
        now: Option<i64>,
    },
    /// Not reached any more.
    Left,
}

/// The documents, if all are good and may be pushed so; otherwise it is told why not.
pub(super) fn ready(
    documents: &Documents,
    allowed: &Allowed,
    how: How,
    json: bool,
) -> anyhow::Result<Option<Files>> {
    let files = Files::read(&documents.sources, &documents.path)?;
    if how.prune && !files.whole {
        bail!("--prune needs a folder: of single files nobody can say which others are gone");
    }
    let checked = lint::checked(&files, allowed);
    if checked.errors() == 0 {
        checked.tell();
        return Ok(Some(files));
    }
    checked.refuse(json)?;
    eprintln!("nothing was pushed");
    Ok(None)
}

pub(super) fn push(
    files: &Files,
    path: &str,
    how: How,
    store: &mut impl Store,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let all = store.all(path)?;
    let old = Side::of(in_scope(&all, path, files));
    let comparison = Comparison::of(&old, &Side::of(files.texts.clone()), true);
    let apart = together(files, &all, path, how);
    if apart.errors() > 0 {
        apart.refuse(json)?;
        eprintln!("nothing was pushed");
        return Ok(ExitCode::from(1));
    }
    if !json {
        for line in show::lines(&comparison) {
            crate::say(&line)?;
        }
    }
    let mut steps = plan(&comparison, files, path, how);
    let ended = if how.dry_run { Ok(()) } else { act(&mut steps, files, store) };
    if json {
        let all = json!({ "dry_run": how.dry_run, "comparison": show::json(&comparison), "steps": steps });
        crate::say(&serde_json::to_string_pretty(&all)?)?;
    } else {
        for step in &steps {
            crate::say(&step.told())?;
        }
        let gone = comparison.count(Standing::Gone);
        if gone > 0 && !how.prune {
            eprintln!("note: what has no file stays deployed; --prune removes it");
        }
        if comparison.count(Standing::Layout) > 0 && !how.layout {
            eprintln!(
                "note: what says the same in other words stays as it is deployed; --layout writes it all the same"
            );
        }
    }
    ended?;
    let clean = steps.iter().all(|step| matches!(step.end, End::Planned | End::Put { .. } | End::Removed));
    Ok(ExitCode::from(if clean { 0 } else { 2 }))
}

/// Why the documents cannot stand beside what stays deployed, if so.
fn together(files: &Files, all: &[Deployed], path: &str, how: How) -> Checked {
    let named =
        |deployed: &&Deployed| deployed.below(path).is_some_and(|name| files.texts.contains_key(name));
    let mut problems: Vec<Problem> = Vec::new();
    for (deployed, kind) in
        all.iter().filter(named).filter_map(|deployed| Some((deployed, deployed.otherwise.as_ref()?)))
    {
        let problem = format!("what is deployed is a {kind}, and the functions read plain texts only");
        problems.push(super::files::about(&deployed.name, problem, "remove that parameter, and push again"));
    }
    let stays: Vec<Text> =
        all.iter().filter(|deployed| !named(deployed) && !how.prune).map(Deployed::text).collect();
    let alone = PolicySet::default().refresh(stays.iter().cloned());
    let set = PolicySet::default().refresh(stays.into_iter().chain(files.texts.values().cloned()));
    // What was wrong before is not wrong because of the documents.
    problems.extend(set.problems().iter().filter(|problem| !alone.problems().contains(problem)).cloned());
    let mut checked = Checked::of([], &Ceilings::UNKNOWN);
    checked.also(problems);
    checked
}

/// What is to be written and, last, what is to be removed: a model that moves to another document is never without one.
fn plan(comparison: &Comparison, files: &Files, path: &str, how: How) -> Vec<Step> {
    let step =
        |name: &str, was, file| Step { parameter: format!("{path}/{name}"), file, was, end: End::Planned };
    let documents = || comparison.documents.iter();
    let puts = documents()
        .filter(|document| match document.standing {
            Standing::New | Standing::Changed | Standing::Unreadable => true,
            Standing::Layout => how.layout,
            Standing::Same | Standing::Gone => false,
        })
        .map(|document| {
            let file = files.texts.get(&document.name).map(|text| text.name.clone());
            step(&document.name, document.version, file)
        });
    let removals = documents()
        .filter(|document| document.standing == Standing::Gone && how.prune)
        .map(|document| step(&document.name, document.version, None));
    puts.chain(removals).collect()
}

/// Does what was planned. A document that somebody else has written meanwhile is passed over; when a call fails, or a
/// document was passed over, nothing is removed.
fn act(steps: &mut [Step], files: &Files, store: &mut impl Store) -> anyhow::Result<()> {
    let texts: BTreeMap<&str, &Text> = files.texts.values().map(|text| (text.name.as_str(), text)).collect();
    let mut failed = None;
    let mut clean = true;
    for step in steps {
        let text = step.file.as_deref().and_then(|file| texts.get(file));
        let end = match text {
            _ if failed.is_some() => Ok(End::Left),
            Some(text) => put(step, &text.text, store),
            None if clean => remove(step, store),
            None => Ok(End::Left),
        };
        step.end = end.unwrap_or_else(|error| {
            failed = Some(error);
            End::Left
        });
        clean &= matches!(step.end, End::Put { .. } | End::PutOver { .. } | End::Removed);
    }
    failed.map_or(Ok(()), Err)
}

fn put(step: &Step, text: &str, store: &mut impl Store) -> anyhow::Result<End> {
    let now = store.now(&step.parameter)?.map(|deployed| deployed.version);
    if now != step.was {
        return Ok(End::Overtaken { now });
    }
    Ok(match store.put(&step.parameter, text, now.is_some())? {
        Written::Version(version, tier) if version == now.unwrap_or(0) + 1 => End::Put { version, tier },
        Written::Version(version, tier) => End::PutOver { version, tier },
        // A call whose answer is lost is repeated, and then meets its own parameter.
        Written::Exists => match store.now(&step.parameter)? {
            Some(own) if own.value == text => {
                let tier = lint::tier(&own.text());
                End::Put { version: own.version, tier }
            }
            other => End::Overtaken { now: other.map(|deployed| deployed.version) },
        },
    })
}

fn remove(step: &Step, store: &mut impl Store) -> anyhow::Result<End> {
    let now = store.now(&step.parameter)?.map(|deployed| deployed.version);
    if now.is_some() && now != step.was {
        return Ok(End::Overtaken { now });
    }
    // What somebody else has removed is removed.
    store.remove(&step.parameter)?;
    Ok(End::Removed)
}

impl Step {
    fn told(&self) -> String {
        let name = &self.parameter;
        let was = self.was.map_or("there was none".to_owned(), |was| format!("it was version {was}"));
        match &self.end {
            End::Planned if self.file.is_none() => format!("would remove {name}: {was}"),
            End::Planned => format!("would put {name}: {was}"),
            End::Put { version, tier } => format!("put {name}: version {version}, {tier}"),
            End::PutOver { version, tier } => format!(
                "put {name}: version {version}, {tier}; {was}, so somebody else wrote in between and is overwritten, or a call was \
                 repeated: look at aws ssm get-parameter-history --name {name}"
            ),
            End::Removed => format!("removed {name}: {was}"),
            End::Overtaken { now } => {
                let now = now.map_or("it is gone".to_owned(), |now| format!("it is version {now} now"));
                format!(
                    "left {name} alone: {was}, and {now}: somebody else has changed it meanwhile; push again to see what"
                )
            }
            End::Left => format!("did not come to {name}: {was}"),
        }
    }
}

#[cfg(test)]
mod tests;
