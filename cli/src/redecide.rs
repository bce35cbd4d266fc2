//! `rekindle decide --record`: makes a recorded decision again.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use rekindle_decision::ENGINE_REVISION;
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::{Policy, Revision};
use rekindle_decision::ruling::Ruling;
use serde_json::{Value, json};

/// What a line of the decision log holds of a decision.
#[derive(Debug)]
struct Recorded {
    model: String,
    revision: Revision,
    facts: Facts,
    ruling: Value,
}

/// Decides on the facts of each line of a log again. Exit code: 0 all the same to the byte, 1 not.
///
/// One line is told with its whole tree; of more, how many there were, and the first that is decided otherwise.
pub(crate) fn redecide(policies: &[Policy], record: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let recorded = Recorded::all(record, policies)?;
    if let [one] = recorded.as_slice() {
        return again(policies, one, json);
    }
    let mut others = Vec::new();
    for one in &recorded {
        let now = serde_json::to_value(decided(policies, one)?)?;
        if !differences("", &one.ruling, &now).is_empty() {
            others.push(one);
        }
    }
    if json {
        let answer =
            json!({ "decisions": recorded.len(), "otherwise": others.len(), "engine": ENGINE_REVISION });
        crate::say(&serde_json::to_string_pretty(&answer)?)?;
    } else if others.is_empty() {
        crate::say(&format!("{} decisions made again: all the same, byte for byte.", recorded.len()))?;
    } else {
        crate::say(&format!("{} of {} decisions are others now. The first:", others.len(), recorded.len()))?;
    }
    match others.first() {
        None => Ok(ExitCode::SUCCESS),
        Some(_) if json => Ok(ExitCode::from(1)),
        Some(first) => again(policies, first, json),
    }
}

/// The decision on the same facts, by the policy as it is now.
fn decided(policies: &[Policy], recorded: &Recorded) -> anyhow::Result<Ruling> {
    let Some(policy) = policies.iter().find(|policy| policy.model == recorded.model) else {
        let known: Vec<&str> = policies.iter().map(|policy| policy.model.as_str()).collect();
        bail!("the record is of `{}`, and the policy is for {}", recorded.model, known.join(", "));
    };
    // A file has no version: the record says which one it is taken for.
    let policy = Policy { revision: recorded.revision.clone(), ..policy.clone() };
    Ok(rekindle_decision::decide(&policy, &recorded.facts))
}

fn again(policies: &[Policy], recorded: &Recorded, json: bool) -> anyhow::Result<ExitCode> {
    let again = decided(policies, recorded)?;
    let again_value = serde_json::to_value(&again)?;
    let differences = differences("", &recorded.ruling, &again_value);
    let engine = recorded.ruling.get("engine").and_then(Value::as_str).unwrap_or("unknown").to_owned();
    if json {
        let answer = json!({
            "same": differences.is_empty(),
            "recorded_engine": engine,
            "engine": ENGINE_REVISION,
            "differences": differences,
            "ruling": again_value,
        });
        crate::say(&serde_json::to_string_pretty(&answer)?)?;
    } else if differences.is_empty() {
        crate::say(&format!(
            "The same decision, byte for byte.\n\n{}\n\n{}",
            again.sentence(),
            again.tree_text()
        ))?;
    } else {
        let mut lines = vec![format!("Another decision: {} at {}.", recorded.revision, recorded.facts.now)];
        if engine != ENGINE_REVISION {
            lines.push(format!("It was recorded by engine {engine}; this is engine {ENGINE_REVISION}."));
        }
        for Difference { field, recorded, now } in &differences {
            lines.push(format!("\n{field}\n  recorded: {recorded}\n  now:      {now}"));
        }
        if let Ok(recorded) = serde_json::from_value::<Ruling>(recorded.ruling.clone()) {
            lines.push(format!("\nrecorded: {}\nnow:      {}", recorded.sentence(), again.sentence()));
        }
        crate::say(&lines.join("\n"))?;
    }
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

impl Recorded {
    /// Every decision of a file about a model of the policy; of a single document, that one, whatever it is about.
    fn all(file: &Path, policies: &[Policy]) -> anyhow::Result<Vec<Self>> {
        let name = file.display();
        let text = String::from_utf8(crate::text(file)?).with_context(|| format!("{name} is not UTF-8"))?;
        let error = match serde_json::from_str::<Value>(&text) {
            Ok(whole) if is_decision(&whole) => return Ok(vec![Self::of(&whole)?]),
            Ok(_) => bail!("{name} is not a line of the decision log: it has no `facts` and no `ruling`"),
            Err(error) => error,
        };
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let decisions = lines.filter(|line| is_decision(line) && is_of(line, policies));
        let all = decisions.map(|line| Self::of(&line)).collect::<anyhow::Result<Vec<_>>>()?;
        if all.is_empty() {
            bail!("{name} holds no line of the decision log ({error})");
        }
        Ok(all)
    }

    fn of(whole: &Value) -> anyhow::Result<Self> {
        let part = |field: &str| whole.get(field).cloned().unwrap_or_default();
        let wrong = |field: &'static str| move || format!("the record's `{field}` cannot be read");
        Ok(Self {
            model: serde_json::from_value(part("model")).with_context(wrong("model"))?,
            revision: serde_json::from_value(part("policy")).with_context(wrong("policy"))?,
            facts: serde_json::from_value(part("facts")).with_context(wrong("facts"))?,
            ruling: part("ruling"),
        })
    }
}

fn is_of(value: &Value, policies: &[Policy]) -> bool {
    let model = value.get("model").and_then(Value::as_str);
    policies.iter().any(|policy| Some(policy.model.as_str()) == model)
}

fn is_decision(value: &Value) -> bool {
    value.get("facts").is_some() && value.get("ruling").is_some()
}

/// One place where two rulings differ.
#[derive(Debug, serde::Serialize)]
struct Difference {
    field: String,
    recorded: Value,
    now: Value,
}

/// Where two values differ, as deep as they resemble each other.
fn differences(field: &str, recorded: &Value, now: &Value) -> Vec<Difference> {
    let inside = |name: &str| if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") };
    match (recorded, now) {
        (Value::Object(old), Value::Object(new)) => {
            let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            let part = |name: &String| match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => differences(&inside(name), old, new),
                // Absent is shown as null, and is not the same.
                (old, new) => vec![Difference {
                    field: inside(name),
                    recorded: old.cloned().unwrap_or_default(),
                    now: new.cloned().unwrap_or_default(),
                }],
            };
            names.into_iter().flat_map(part).collect()
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => old
            .iter()
            .zip(new)
            .enumerate()
            .flat_map(|(at, (old, new))| differences(&inside(&at.to_string()), old, new))
            .collect(),
        (old, new) if old == new => Vec::new(),
        (old, new) => vec![Difference { field: field.to_owned(), recorded: old.clone(), now: new.clone() }],
    }
}
