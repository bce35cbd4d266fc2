//! A comparison as people and programs read it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::compare::{Comparison, Document, Group, Standing, What};
use crate::check::counted;

/// Models that are named one by one; of more, the first ones.
const NAMED: usize = 4;

/// Every line says what it is about, so that it can be searched for.
pub(super) fn lines(comparison: &Comparison) -> Vec<String> {
    let mut lines: Vec<String> = comparison.models.iter().flat_map(group).collect();
    lines.extend(comparison.documents.iter().filter_map(document));
    lines.push(summary(comparison));
    lines
}

/// The changes of the models of some documents.
pub(super) fn of_documents(comparison: &Comparison, names: &BTreeSet<&str>) -> Vec<String> {
    let of = |group: &&Group| {
        group.was_in.iter().chain(&group.is_in).any(|document| names.contains(document.as_str()))
    };
    comparison.models.iter().filter(of).flat_map(group).collect()
}

fn group(group: &Group) -> Vec<String> {
    let models = names(&group.models);
    let one = group.models.len() == 1;
    let (was_in, is_in) = (group.was_in.as_deref().unwrap_or("?"), group.is_in.as_deref().unwrap_or("?"));
    match &group.what {
        What::Added(summary) => {
            let model = if one { "model added" } else { "models added" };
            vec![format!("{models}: {model} (in {is_in}): {summary}")]
        }
        What::Removed => {
            let model = if one { "model removed" } else { "models removed" };
            vec![format!("{models}: {model} (was in {was_in})")]
        }
        What::Changed(changes) => {
            let moved = (was_in != is_in).then(|| format!("{models}: moves from {was_in} to {is_in}"));
            moved.into_iter().chain(changes.iter().map(|change| format!("{models}: {change}"))).collect()
        }
    }
}

fn names(models: &[String]) -> String {
    let (first, rest) = models.split_at(if models.len() > NAMED { NAMED - 1 } else { models.len() });
    let first = first.join(", ");
    if rest.is_empty() { first } else { format!("{first} and {} more", rest.len()) }
}

/// What the models do not say.
fn document(document: &Document) -> Option<String> {
    let Document { name, old, new, version, standing, problem } = document;
    let (old, new) = (old.as_deref().unwrap_or(name), new.as_deref().unwrap_or(name));
    let version = version.map(|version| format!(" (version {version})")).unwrap_or_default();
    match standing {
        Standing::Same | Standing::Changed | Standing::New => None,
        Standing::Layout => {
            Some(format!("{new}: only comments, layout or order differ from {old}{version}: nothing changes"))
        }
        Standing::Gone => Some(match problem {
            Some(problem) => {
                format!("{old}{version}: there is no file for it, and it cannot be read: {}", first(problem))
            }
            None => format!("{old}{version}: there is no file for it"),
        }),
        Standing::Unreadable => {
            let problem = problem.as_deref().unwrap_or_default();
            Some(format!(
                "{new}: {old}{version} cannot be read, so that its models count as new: {}",
                first(problem)
            ))
        }
    }
}

/// The hint stands in a line of its own.
fn first(problem: &str) -> &str {
    problem.lines().next().unwrap_or_default()
}

fn summary(comparison: &Comparison) -> String {
    let documents = comparison.documents.len();
    if comparison.same() {
        return format!("the same: {}, {}", counted(documents, "document"), counted(comparison.all, "model"));
    }
    let counts = [
        (Standing::Changed, "changed"),
        (Standing::New, "new"),
        (Standing::Gone, "without a file"),
        (Standing::Unreadable, "that cannot be read"),
        (Standing::Layout, "otherwise written"),
        (Standing::Same, "the same"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(standing, words)| (comparison.count(standing), words))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    format!("{}: {}", counted(documents, "document"), counts.join(", "))
}

/// The same for programs.
pub(super) fn json(comparison: &Comparison) -> Value {
    let models: Vec<Value> = comparison
        .models
        .iter()
        .map(|group| {
            let changes: Vec<Value> = match &group.what {
                What::Added(_) | What::Removed => Vec::new(),
                What::Changed(changes) => changes
                    .iter()
                    .map(|change| {
                        let mut value = json!(change);
                        if let Some(fields) = value.as_object_mut() {
                            fields.insert("text".to_owned(), change.to_string().into());
                        }
                        value
                    })
                    .collect(),
            };
            let standing = match group.what {
                What::Added(_) => "added",
                What::Removed => "removed",
                What::Changed(_) => "changed",
            };
            json!({ "models": group.models, "was_in": group.was_in, "is_in": group.is_in, "standing": standing,
                "changes": changes })
        })
        .collect();
    json!({ "same": comparison.same(), "documents": comparison.documents, "models": models })
}
