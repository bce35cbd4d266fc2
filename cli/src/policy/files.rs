//! Documents as files, and the names of the parameters they become.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::bail;
use rekindle_policy::{Problem, Severity, Text};

use crate::check::{documents, empty};

/// The path of the policies, where the deployment has no other.
pub(crate) const PATH: &str = "/rekindle/policies";

/// Most levels of a parameter's name, and its greatest length.
const LEVELS: usize = 15;
const LONGEST: usize = 1_011;

/// Documents by the names of their parameters below the path, each under the name of its file.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) texts: BTreeMap<String, Text>,
    /// Whether a folder was named: then a document that it has not is known to be gone.
    pub(super) whole: bool,
    /// What is wrong with the names.
    pub(super) problems: Vec<Problem>,
}

impl Files {
    /// Reads files, and folders with everything in them.
    pub(super) fn read(sources: &[PathBuf], path: &str) -> anyhow::Result<Self> {
        let mut files = Self::default();
        for source in sources {
            if source.is_dir() {
                let before = files.texts.len() + files.problems.len();
                files.whole = true;
                files.folder(source, path)?;
                // A folder that is empty by mistake must not mean that everything is gone.
                if files.texts.len() + files.problems.len() == before {
                    return Err(empty(source));
                }
            } else {
                if source.as_os_str() == "-" {
                    bail!("standard input has no name to deploy it under; `rekindle check -` checks it");
                }
                files.file(source, source.file_name().map_or(source.as_path(), Path::new), path)?;
            }
        }
        Ok(files)
    }

    /// Everything in a folder, which may be empty, or not there yet.
    pub(super) fn inside(folder: &Path, path: &str) -> anyhow::Result<Self> {
        let mut files = Self { whole: true, ..Self::default() };
        if folder.is_dir() {
            files.folder(folder, path)?;
        }
        Ok(files)
    }

    /// Every document below a folder.
    fn folder(&mut self, folder: &Path, path: &str) -> anyhow::Result<()> {
        for file in documents(folder)? {
            self.file(&file, file.strip_prefix(folder).unwrap_or(&file), path)?;
        }
        Ok(())
    }

    /// One document: `named` is the part of its path that names it.
    fn file(&mut self, file: &Path, named: &Path, path: &str) -> anyhow::Result<()> {
        let text = crate::check::read(file)?;
        let name = named.with_extension("").display().to_string();
        let again = self.texts.iter().find(|(other, known)| known.name == text.name && **other != name);
        if let Some((other, _)) = again {
            let problem = format!("it is given twice, as {path}/{other} and as {path}/{name}");
            self.problems.push(about(&text.name, problem, "name the file, or the folder that it is in"));
        } else if let Some(problem) = misnamed(&name, path) {
            let hint = "rename the file: the name of a parameter has letters, digits, `_`, `.` and `-`, and `/` between \
                        folders";
            self.problems.push(about(&text.name, problem, hint));
        } else if let Some(first) = self.texts.get(&name).filter(|first| first.name != text.name) {
            let problem = format!("{} has the same name, {path}/{name}", first.name);
            self.problems.push(about(&text.name, problem, "rename one of the two, or leave it out"));
        } else {
            self.texts.insert(name, text);
        }
        Ok(())
    }
}

/// A problem of a whole document.
pub(super) fn about(document: &str, message: String, hint: &str) -> Problem {
    Problem {
        severity: Severity::Error,
        document: document.to_owned(),
        version: 1,
        message,
        hint: Some(hint.to_owned()),
        ..Problem::default()
    }
}

/// Why a name cannot be that of a parameter below the path; also what must not become the name of a file.
pub(super) fn misnamed(name: &str, path: &str) -> Option<String> {
    let good = |part: &str| {
        let known = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
        !part.is_empty() && part != "." && part != ".." && part.chars().all(known)
    };
    let whole = format!("{path}/{name}");
    if !name.split('/').all(good) {
        Some(format!("{name:?} cannot be the name of a parameter"))
    } else if whole.matches('/').count() > LEVELS {
        Some(format!("{whole} has more than {LEVELS} levels"))
    } else if whole.len() > LONGEST {
        Some(format!("the name {whole} is longer than {LONGEST} characters"))
    } else {
        None
    }
}

/// A path in Parameter Store.
pub(super) fn path(text: &str) -> Result<String, String> {
    let path = text.trim_end_matches('/');
    let first = path.trim_start_matches('/').to_ascii_lowercase();
    let reserved = ["aws", "ssm"].iter().any(|word| first.starts_with(word));
    if let Some(name) = path.strip_prefix('/')
        && misnamed(name, "").is_none()
        && !reserved
    {
        return Ok(path.to_owned());
    }
    Err(format!("`{text}` is no path of parameters of yours; write such as {PATH}"))
}
