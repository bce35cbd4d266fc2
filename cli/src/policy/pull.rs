//! `rekindle policy pull`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use rekindle_policy::{Problem, Text};
use serde::Serialize;
use serde_json::json;

use super::compare::{Comparison, Standing};
use super::files::{Files, misnamed};
use super::show;
use super::side::Side;
use super::store::{Deployed, Store};
use crate::check::counted;

/// What is to become of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Fetched {
    parameter: String,
    version: i64,
    file: String,
    end: End,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum End {
    /// There was no file.
    New,
    /// Over a file that said something else.
    Replaced,
    /// The same text.
    Same,
    /// The file says the same in other words, and stays.
    Kept,
    /// The file says something else, and stays.
    Refused,
    /// It is no plain text, or its name is none of a file.
    Passed,
}

pub(super) fn pull(
    to: &Path,
    path: &str,
    force: bool,
    store: &mut impl Store,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let pulled = Pulled::of(to, path, force, &store.all(path)?)?;
    pulled.write()?;
    if json {
        let Pulled { fetched, only_here, .. } = &pulled;
        let documents: Vec<&Fetched> = fetched.iter().map(|(fetched, _)| fetched).collect();
        let told = json!({ "written": !pulled.refused(), "documents": documents, "only_here": only_here });
        crate::say(&serde_json::to_string_pretty(&told)?)?;
    } else {
        pulled.tell()?;
    }
    Ok(ExitCode::from(u8::from(pulled.refused())))
}

/// What is deployed beside what is here.
#[derive(Debug)]
struct Pulled {
    /// Each with the text that is deployed.
    fetched: Vec<(Fetched, String)>,
    /// Files that are not deployed.
    only_here: Vec<String>,
    /// What the files that must not be overwritten say otherwise.
    otherwise: Vec<String>,
}

impl Pulled {
    fn of(to: &Path, path: &str, force: bool, all: &[Deployed]) -> anyhow::Result<Self> {
        let here = Files::inside(to, path)?;
        let texts: BTreeMap<String, Text> = all
            .iter()
            .filter(|it| it.otherwise.is_none())
            .filter_map(|it| Some((it.below(path)?, it)))
            .filter(|(name, _)| misnamed(name, path).is_none())
            .map(|(name, it)| (name.to_owned(), it.text()))
            .collect();
        let deployed = Side::of(texts);
        let comparison = Comparison::of(&Side::of(here.texts.clone()), &deployed, false);
        let standings: BTreeMap<&str, Standing> =
            comparison.documents.iter().map(|document| (document.name.as_str(), document.standing)).collect();
        let mut refused = BTreeSet::new();
        let mut fetched = Vec::new();
        for it in all {
            let name = it.below(path).unwrap_or_default();
            let end = match standings.get(name) {
                None | Some(Standing::Gone) => End::Passed,
                Some(Standing::New) => End::New,
                Some(Standing::Same) => End::Same,
                Some(_) if force => End::Replaced,
                Some(Standing::Layout) => End::Kept,
                Some(Standing::Changed | Standing::Unreadable) => End::Refused,
            };
            if end == End::Refused {
                refused.insert(name);
            }
            let document = Fetched {
                parameter: it.name.clone(),
                version: it.version,
                file: file(to, name, &here).display().to_string(),
                end,
                problem: unreadable(it, path, &deployed),
            };
            fetched.push((document, it.value.clone()));
        }
        let gone = comparison.documents.iter().filter(|document| document.standing == Standing::Gone);
        Ok(Self {
            only_here: gone.filter_map(|document| document.old.clone()).collect(),
            otherwise: show::of_documents(&comparison, &refused),
            fetched,
        })
    }

    /// Whether a file would be overwritten that says something else: then nothing is written at all.
    fn refused(&self) -> bool {
        self.count(&[End::Refused]) > 0
    }

    fn count(&self, ends: &[End]) -> usize {
        self.fetched.iter().filter(|(it, _)| ends.contains(&it.end)).count()
    }

    fn write(&self) -> anyhow::Result<()> {
        let written = |end| matches!(end, End::New | End::Replaced);
        for (it, text) in self.fetched.iter().filter(|(it, _)| !self.refused() && written(it.end)) {
            let file = Path::new(&it.file);
            let failed = || format!("could not write {}", file.display());
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder).with_context(failed)?;
            }
            fs::write(file, text).with_context(failed)?;
        }
        Ok(())
    }

    fn tell(&self) -> anyhow::Result<()> {
        for (it, _) in &self.fetched {
            if let Some(problem) = &it.problem {
                eprintln!("warning: {} (version {}) cannot be read: {problem}\n", it.parameter, it.version);
            }
        }
        if self.refused() {
            for line in &self.otherwise {
                eprintln!("{line}");
            }
            for (it, _) in self.fetched.iter().filter(|(it, _)| it.end == End::Refused) {
                eprintln!(
                    "error: {} says something else than {} (version {})",
                    it.file, it.parameter, it.version
                );
            }
            eprintln!("\nhint: the lines above are what --force would change here; nothing was written");
            return Ok(());
        }
        for (it, _) in &self.fetched {
            let (file, name, version) = (&it.file, &it.parameter, it.version);
            let line = match it.end {
                End::New => format!("{file}: new, from {name} version {version}"),
                End::Replaced => format!("{file}: overwritten with {name} version {version}"),
                End::Kept => {
                    format!("{file}: says the same as {name} version {version} in other words, and stays")
                }
                End::Passed => format!("{name}: passed over"),
                End::Same | End::Refused => continue,
            };
            crate::say(&line)?;
        }
        for file in &self.only_here {
            crate::say(&format!("{file}: only here; `policy push` would deploy it"))?;
        }
        let written = self.count(&[End::New, End::Replaced]);
        crate::say(&format!("{}: {written} written", counted(self.fetched.len(), "document")))
    }
}

/// The file of a document: the one it has, or a new one.
fn file(to: &Path, name: &str, here: &Files) -> PathBuf {
    here.texts.get(name).map_or_else(|| to.join(format!("{name}.yaml")), |text| PathBuf::from(&text.name))
}

/// Why a parameter cannot be read as a policy.
fn unreadable(it: &Deployed, path: &str, deployed: &Side) -> Option<String> {
    if let Some(kind) = &it.otherwise {
        return Some(format!("it is a {kind}, and the functions read plain texts only"));
    }
    let name = it.below(path).unwrap_or_default();
    misnamed(name, path).or_else(|| deployed.problem(name).map(Problem::to_string))
}

#[cfg(test)]
mod tests;
