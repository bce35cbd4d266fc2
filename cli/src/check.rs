//! `rekindle check`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use rekindle_decision::duration::Duration;
use rekindle_policy::{Ceilings, PolicySet, Problem, Severity, Text, lint};

/// Checks documents together: two that claim one model are a problem too.
pub(crate) fn check(files: &[PathBuf], ceilings: &Ceilings, json: bool) -> anyhow::Result<ExitCode> {
    let mut texts = BTreeMap::new();
    for file in files {
        let name = file.display().to_string();
        let text = String::from_utf8(crate::text(file)?).with_context(|| format!("{name} is not UTF-8"))?;
        texts.insert(name.clone(), Text::new(name, 1, text));
    }
    let set = PolicySet::default().refresh(texts.values().cloned());
    let mut problems = set.problems().to_vec();
    problems.extend(texts.values().flat_map(|text| lint(text, ceilings)));
    problems.sort_by_key(|problem| problem.severity);
    let count = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if json {
        crate::say(&serde_json::to_string_pretty(&problems)?)?;
    } else {
        for problem in &problems {
            eprintln!("{}", explain(problem, texts.get(&problem.document)));
        }
        if errors > 0 {
            eprintln!("{}", counted(errors, "problem"));
        }
        if warnings > 0 {
            eprintln!("{}", counted(warnings, "warning"));
        }
        let models: Vec<&str> = set.iter().map(|policy| policy.model.as_str()).collect();
        if errors == 0 {
            crate::say(&format!("good: {}, {}", counted(models.len(), "model"), named(&models)))?;
        }
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What the deployment allows, where it is not what the template allows by itself.
pub(crate) fn ceilings(instance_types: Vec<String>, max_runtime: Option<Duration>) -> Ceilings {
    let usual = Ceilings::default();
    Ceilings {
        instance_types: if instance_types.is_empty() { usual.instance_types } else { instance_types },
        max_runtime: max_runtime.unwrap_or(usual.max_runtime),
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// All of a few, or the ends of many: a range may stand for hundreds.
fn named(models: &[&str]) -> String {
    match models {
        [first, second, .., last] if models.len() > 12 => format!("{first}, {second}, … {last}"),
        few => few.join(", "),
    }
}

/// What, the line it is about, and what to do.
fn explain(problem: &Problem, text: Option<&Text>) -> String {
    let plain = Problem { hint: None, ..problem.clone() };
    let mut lines = vec![format!("{}: {plain}", problem.severity)];
    let line = problem.line.and_then(|line| {
        let at = usize::try_from(line).ok()?.checked_sub(1)?;
        Some((line, text?.text.lines().nth(at)?))
    });
    if let Some((number, line)) = line {
        let margin = " ".repeat(number.to_string().len());
        let column = problem.column.and_then(|column| usize::try_from(column).ok()).unwrap_or(1);
        // A tab is as wide as the terminal says: what stands before the place is repeated, not counted.
        let before = line.chars().take(column.saturating_sub(1));
        let indent: String = before.map(|letter| if letter == '\t' { letter } else { ' ' }).collect();
        lines.extend([format!("{number} | {line}"), format!("{margin} | {indent}^")]);
    }
    if let Some(hint) = &problem.hint {
        lines.extend([String::new(), format!("hint: {hint}")]);
    }
    lines.push(String::new());
    lines.join("\n")
}
