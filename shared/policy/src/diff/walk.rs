//! Two normal forms, side by side.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Change;
use crate::document::{KINDS, QUESTIONS};

/// The order in which a document is written; what is not named here comes last.
const ORDER: [&str; 10] = [
    "mode",
    "owner",
    "trained",
    "serves_after",
    "data_window",
    "triggers",
    "start_when",
    "guards",
    "training",
    "model",
];

/// What names an item of a list in a training request, where the order of the items says nothing.
const NAMES: [&str; 5] = ["ChannelName", "Key", "Name", "InstanceGroupName", "RuleConfigurationName"];

type Object = Map<String, Value>;

pub(super) fn walk(path: &mut Vec<String>, old: &Value, new: &Value, changes: &mut Vec<Change>) {
    let at: Vec<&str> = path.iter().map(String::as_str).collect();
    match (at.as_slice(), old, new) {
        _ if old == new => {}
        // A model is compared with itself; under another name it is another model.
        (["model"], _, _) => {}
        (["triggers", _], Value::Object(old), Value::Object(new)) => trigger(path, old, new, changes),
        // How triggers combine, and which events a pattern means, is one thing each.
        (["start_when"] | ["triggers", _, "event", "pattern"], _, _) => changed(path, old, new, changes),
        (["guards", "blackout"], Value::Array(old), Value::Array(new)) => windows(path, old, new, changes),
        (_, Value::Object(old), Value::Object(new)) => fields(path, old, new, changes),
        (["training", ..], Value::Array(old), Value::Array(new)) => list(path, old, new, changes),
        _ => changed(path, old, new, changes),
    }
}

fn changed(path: &[String], old: &Value, new: &Value, changes: &mut Vec<Change>) {
    changes.push(Change { field: path.to_vec(), from: Some(old.clone()), to: Some(new.clone()) });
}

fn fields(path: &mut Vec<String>, old: &Object, new: &Object, changes: &mut Vec<Change>) {
    let names: BTreeSet<(usize, &String)> = old
        .keys()
        .chain(new.keys())
        .map(|name| {
            let rank = if path.is_empty() { ORDER.iter().position(|known| known == name) } else { None };
            (rank.unwrap_or(ORDER.len()), name)
        })
        .collect();
    for (_, name) in names {
        step(path, name.clone(), old.get(name), new.get(name), changes);
    }
}

/// One field, or one item, of which one side may have none.
fn step(
    path: &mut Vec<String>,
    name: String,
    old: Option<&Value>,
    new: Option<&Value>,
    changes: &mut Vec<Change>,
) {
    path.push(name);
    match (old, new) {
        (Some(old), Some(new)) => walk(path, old, new, changes),
        _ => changes.push(Change { field: path.clone(), from: old.cloned(), to: new.cloned() }),
    }
    path.pop();
}

/// A trigger of another kind is another trigger; one that asks its metric another question is told by its question.
fn trigger(path: &mut Vec<String>, old: &Object, new: &Object, changes: &mut Vec<Change>) {
    let of = |trigger: &Object, words: &[&'static str]| -> Vec<&'static str> {
        words.iter().copied().filter(|word| trigger.contains_key(*word)).collect()
    };
    if of(old, &KINDS) != of(new, &KINDS) {
        changes.push(Change {
            field: path.clone(),
            from: Some(Value::Object(old.clone())),
            to: Some(Value::Object(new.clone())),
        });
    } else if of(old, &QUESTIONS) != of(new, &QUESTIONS) {
        let differing = |trigger: &Object, other: &Object| {
            let fields = trigger.iter().filter(|(name, value)| other.get(*name) != Some(value));
            let fields = fields.filter(|(name, _)| *name != "metric");
            Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
        };
        step(path, "metric".to_owned(), old.get("metric"), new.get("metric"), changes);
        changes.push(Change {
            field: path.clone(),
            from: Some(differing(old, new)),
            to: Some(differing(new, old)),
        });
    } else {
        fields(path, old, new, changes);
    }
}

/// Windows have no names: those that both sides have are no change, and one for one is a change of that one.
fn windows(path: &[String], old: &[Value], new: &[Value], changes: &mut Vec<Change>) {
    let gone: Vec<&Value> = old.iter().filter(|window| !new.contains(window)).collect();
    let come: Vec<&Value> = new.iter().filter(|window| !old.contains(window)).collect();
    if let ([gone], [come]) = (gone.as_slice(), come.as_slice()) {
        changed(path, gone, come, changes);
        return;
    }
    let mut tell = |from: Option<&Value>, to: Option<&Value>| {
        changes.push(Change { field: path.to_vec(), from: from.cloned(), to: to.cloned() });
    };
    for window in gone {
        tell(Some(window), None);
    }
    for window in come {
        tell(None, Some(window));
    }
}

fn list(path: &mut Vec<String>, old: &[Value], new: &[Value], changes: &mut Vec<Change>) {
    if let Some((old, new)) = named(old).zip(named(new)) {
        fields(path, &old, &new, changes);
    } else if old.len() == new.len() && old.iter().chain(new).all(Value::is_object) {
        for (index, (old, new)) in old.iter().zip(new).enumerate() {
            step(path, index.to_string(), Some(old), Some(new), changes);
        }
    } else {
        changes.push(Change {
            field: path.clone(),
            from: Some(Value::Array(old.to_vec())),
            to: Some(Value::Array(new.to_vec())),
        });
    }
}

/// The items of a list by their names, if each has one of its own.
fn named(items: &[Value]) -> Option<Object> {
    let name = |item: &Value| NAMES.iter().find_map(|name| item.get(name)?.as_str().map(str::to_owned));
    let by_name: Object = items.iter().filter_map(|item| Some((name(item)?, item.clone()))).collect();
    (by_name.len() == items.len()).then_some(by_name)
}
