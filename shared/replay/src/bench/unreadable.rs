//! Why the text of a matrix cannot be read.

use std::fmt;

/// Where a file is not what it must be, what was found there, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The line, counted from 1.
    pub line: usize,
    /// The field between commas, counted from 1; nothing where it is the line as a whole.
    pub field: Option<usize>,
    /// What is wrong.
    pub wrong: String,
    /// What to do.
    pub hint: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(field) = self.field {
            write!(f, ", field {field}")?;
        }
        write!(f, ": {}; {}", self.wrong, self.hint)
    }
}

impl std::error::Error for Unreadable {}
