//! `rekindle check`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use rekindle_decision::duration::Duration;
use rekindle_policy::{Ceilings, PolicySet, Problem, Severity, Text, lint};
use serde_json::json;

/// How the names of documents end.
const ENDS: [&str; 2] = ["yaml", "yml"];

/// Checks documents together: two that claim one model are a problem too.
pub(crate) fn check(files: &[PathBuf], ceilings: &Ceilings, json: bool) -> anyhow::Result<ExitCode> {
    let mut texts = Vec::new();
    for source in files {
        if source.is_dir() {
            let files = documents(source)?;
            if files.is_empty() {
                return Err(empty(source));
            }
            for file in files {
                texts.push(read(&file)?);
            }
        } else {
            texts.push(read(source)?);
        }
    }
    let checked = Checked::of(texts, ceilings);
    if json {
        crate::say(&serde_json::to_string_pretty(&checked.problems)?)?;
    } else {
        checked.tell();
        let models: Vec<&str> = checked.set.iter().map(|policy| policy.model.as_str()).collect();
        if checked.errors() == 0 {
            crate::say(&format!("good: {}, {}", counted(models.len(), "model"), named(&models)))?;
        }
    }
    Ok(if checked.errors() == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Every document below a folder, in order. What is hidden, and what is no YAML, is none.
pub(crate) fn documents(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let failed = || format!("could not read the folder {}", folder.display());
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).with_context(failed)? {
        entries.push(entry.with_context(failed)?.path());
    }
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        let hidden = entry.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        let ends = entry.extension().and_then(|end| end.to_str());
        if hidden {
            continue;
        }
        if entry.is_dir() {
            files.extend(documents(&entry)?);
        } else if ends.is_some_and(|end| ENDS.contains(&end)) {
            files.push(entry);
        }
    }
    Ok(files)
}

/// A folder without a document was named.
pub(crate) fn empty(folder: &Path) -> anyhow::Error {
    anyhow!("there is no document in {}: name a folder with files that end in .yaml", folder.display())
}

/// A document under the name of its file.
pub(crate) fn read(file: &Path) -> anyhow::Result<Text> {
    let name = file.display().to_string();
    let text = String::from_utf8(crate::text(file)?).with_context(|| format!("{name} is not UTF-8"))?;
    Ok(Text::new(name, 1, text))
}

/// Documents, and everything that is wrong with them.
#[derive(Debug)]
pub(crate) struct Checked {
    texts: BTreeMap<String, Text>,
    pub(crate) set: PolicySet,
    pub(crate) problems: Vec<Problem>,
}

impl Checked {
    pub(crate) fn of(texts: impl IntoIterator<Item = Text>, ceilings: &Ceilings) -> Self {
        let texts: BTreeMap<String, Text> = texts.into_iter().map(|text| (text.name.clone(), text)).collect();
        let set = PolicySet::default().refresh(texts.values().cloned());
        let problems = set.problems().to_vec();
        let mut checked = Self { texts, set, problems };
        let warnings: Vec<Problem> = checked.texts.values().flat_map(|text| lint(text, ceilings)).collect();
        checked.also(warnings);
        checked
    }

    /// More that is wrong.
    pub(crate) fn also(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.problems.extend(problems);
        self.problems.sort_by_key(|problem| problem.severity);
    }

    pub(crate) fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|problem| problem.severity == severity).count()
    }

    /// Explains all of it, to people or to a program, where nothing else is to be said.
    pub(crate) fn refuse(&self, json: bool) -> anyhow::Result<()> {
        if json {
            return crate::say(&serde_json::to_string_pretty(&json!({ "problems": self.problems }))?);
        }
        self.tell();
        Ok(())
    }

    /// Explains all of it to people.
    pub(crate) fn tell(&self) {
        for problem in &self.problems {
            eprintln!("{}", explain(problem, self.texts.get(&problem.document)));
        }
        let (errors, warnings) = (self.errors(), self.count(Severity::Warning));
        if errors > 0 {
            eprintln!("{}", counted(errors, "problem"));
        }
        if warnings > 0 {
            eprintln!("{}", counted(warnings, "warning"));
        }
    }
}

/// What the deployment allows, where it is not what the template allows by itself.
pub(crate) fn ceilings(instance_types: Vec<String>, max_runtime: Option<Duration>) -> Ceilings {
    let usual = Ceilings::default();
    Ceilings {
        instance_types: if instance_types.is_empty() { usual.instance_types } else { Some(instance_types) },
        max_runtime: max_runtime.or(usual.max_runtime),
        ..usual
    }
}

/// `1 model`, `2 models`.
pub(crate) fn counted(count: usize, what: &str) -> String {
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
