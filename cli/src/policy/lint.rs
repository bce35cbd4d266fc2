//! `rekindle policy lint`: what `check` finds, and what only a deployment shows.

use std::process::ExitCode;

use rekindle_policy::{Problem, Severity, Text, refused};
use serde_json::json;

use super::files::{Files, about};
use super::{Allowed, Documents};
use crate::check::{Checked, counted};

/// What a parameter holds, in bytes.
const STANDARD: usize = 4_096;
const ADVANCED: usize = 8_192;

pub(super) fn lint(documents: &Documents, allowed: &Allowed, json: bool) -> anyhow::Result<ExitCode> {
    let files = Files::read(&documents.sources, &documents.path)?;
    let checked = checked(&files, allowed);
    let good = checked.errors() == 0;
    if json {
        let each = files.texts.iter().map(|(name, text)| {
            let models: Vec<&str> = checked
                .set
                .document(&text.name)
                .iter()
                .flat_map(|it| it.policies)
                .map(|it| it.model.as_str())
                .collect();
            json!({
                "file": text.name,
                "parameter": format!("{}/{name}", documents.path),
                "bytes": text.text.len(),
                "tier": tier(text),
                "models": models,
            })
        });
        let all = json!({ "documents": each.collect::<Vec<_>>(), "problems": checked.problems });
        crate::say(&serde_json::to_string_pretty(&all)?)?;
    } else {
        checked.tell();
        if good {
            for (name, text) in &files.texts {
                let (bytes, tier) = (text.text.len(), tier(text));
                crate::say(&format!("{}: {}/{name}, {bytes} bytes, {tier}", text.name, documents.path))?;
            }
            let (texts, models) = (files.texts.len(), checked.set.len());
            crate::say(&format!("good: {}, {}", counted(texts, "document"), counted(models, "model")))?;
        }
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Everything that is wrong with documents that are to be deployed.
pub(super) fn checked(files: &Files, allowed: &Allowed) -> Checked {
    let mut checked = Checked::of(files.texts.values().cloned(), &allowed.supposed());
    checked.also(files.problems.iter().cloned());
    for text in files.texts.values() {
        checked.also(refused(text, &allowed.given()));
        checked.also(too_long(text).into_iter().chain(braces(text)));
    }
    checked
}

/// The tier of the parameter that holds a document.
pub(super) fn tier(text: &Text) -> &'static str {
    if text.text.len() > STANDARD { "advanced" } else { "standard" }
}

fn too_long(text: &Text) -> Option<Problem> {
    let bytes = text.text.len();
    if bytes > ADVANCED {
        let problem = format!("the document has {bytes} bytes, and a parameter holds {ADVANCED}");
        let hint = "shorten it, or split it: models that are alike share one document, others have one each";
        return Some(about(&text.name, problem, hint));
    }
    (bytes > STANDARD).then(|| {
        let problem = format!(
            "the document has {bytes} bytes: beyond {STANDARD} it becomes an advanced parameter, which costs a little every \
             month and can never become a standard one again"
        );
        let hint = format!("keep it so, or shorten it by {} bytes", bytes - STANDARD);
        Problem { severity: Severity::Warning, ..about(&text.name, problem, &hint) }
    })
}

/// Parameter Store takes two opening braces for a reference of its own.
fn braces(text: &Text) -> Option<Problem> {
    let (line, column) = text.text.lines().enumerate().find_map(|(index, line)| {
        let before = line.split_once("{{")?.0;
        Some((index + 1, before.chars().count() + 1))
    })?;
    let number = |count: usize| u64::try_from(count).ok();
    Some(Problem {
        line: number(line),
        column: number(column),
        ..about(
            &text.name,
            "Parameter Store refuses two opening braces in a row".to_owned(),
            "write a space between them: `{ { a: 1 } }`",
        )
    })
}
