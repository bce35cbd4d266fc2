//! `rekindle check`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use rekindle_policy::{PolicySet, Problem, Text};

/// Checks documents together: two that claim one model are a problem too.
pub(crate) fn check(files: &[PathBuf], json: bool) -> anyhow::Result<ExitCode> {
    let mut texts = BTreeMap::new();
    for file in files {
        let name = file.display().to_string();
        let text = String::from_utf8(crate::text(file)?).with_context(|| format!("{name} is not UTF-8"))?;
        texts.insert(name.clone(), Text { name, version: 1, text, ..Text::default() });
    }
    let set = PolicySet::default().refresh(texts.values().cloned());
    let problems = set.problems();
    if json {
        crate::say(&serde_json::to_string_pretty(problems)?)?;
    } else {
        for problem in problems {
            eprintln!("{}", explain(problem, texts.get(&problem.document)));
        }
        let models: Vec<&str> = set.iter().map(|policy| policy.model.as_str()).collect();
        match (problems.len(), models.len()) {
            (0, 1) => crate::say(&format!("good: 1 model, {}", models.join(", ")))?,
            (0, count) => crate::say(&format!("good: {count} models, {}", models.join(", ")))?,
            (1, _) => eprintln!("1 problem"),
            (count, _) => eprintln!("{count} problems"),
        }
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What, the line it is about, and what to do.
fn explain(problem: &Problem, text: Option<&Text>) -> String {
    let plain = Problem { hint: None, ..problem.clone() };
    let mut lines = vec![format!("error: {plain}")];
    let line = problem.line.and_then(|line| {
        let at = usize::try_from(line).ok()?.checked_sub(1)?;
        Some((line, text?.text.lines().nth(at)?))
    });
    if let Some((number, line)) = line {
        let margin = " ".repeat(number.to_string().len());
        let column = problem.column.and_then(|column| usize::try_from(column).ok()).unwrap_or(1);
        let indent = " ".repeat(column.saturating_sub(1));
        lines.extend([format!("{number} | {line}"), format!("{margin} | {indent}^")]);
    }
    if let Some(hint) = &problem.hint {
        lines.extend([String::new(), format!("hint: {hint}")]);
    }
    lines.push(String::new());
    lines.join("\n")
}
