//! What is wrong with a document.

use core::fmt;

use serde::Serialize;

use crate::fault::Fault;
use crate::locate::locate;
use crate::set::Text;

/// Whether a problem disables a policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It does: the document cannot be read as it is.
    #[default]
    Error,
    /// It does not: the policy is in force, and hardly does what was meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One thing that is wrong with a policy document: what, where, and what to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether it disables the policy.
    pub severity: Severity,
    /// Name of the parameter or file.
    pub document: String,
    /// Version of the document.
    pub version: i64,
    /// Line, counted from 1, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column, counted from 1, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// The field, as a path of names from the top; empty for the whole document.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    /// A fault with its place in the text.
    pub(crate) fn of(fault: Fault, text: &Text, severity: Severity) -> Self {
        let place = locate(&text.text, &fault.path);
        Self {
            severity,
            document: text.name.clone(),
            version: text.version,
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            field: fault.path.join("."),
            message: fault.message,
            hint: fault.hint,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.document)?;
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, ":{line}:{column}")?;
        }
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        write!(f, ": {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// The known word nearest to an unknown one, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| {
            (strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()), candidate)
        })
        .filter(|(distance, candidate)| {
            let shorter = candidate.len().min(word.len());
            // A word of one letter is another word when that is another.
            *distance <= shorter.div_ceil(3) && *distance < shorter.max(1)
        })
        .min()
        .map(|(_, candidate)| candidate)
}
