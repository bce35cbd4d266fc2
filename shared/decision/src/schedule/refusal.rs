//! Why a text is no schedule.

use alloc::format;
use alloc::string::String;

/// A text that is not a schedule expression, or a name that is no time zone: what is wrong, and what to write instead.
///
/// ```
/// use rekindle_decision::schedule::Expression;
///
/// let refused = Expression::parse("cron(0 9 * * *)", None).unwrap_err();
/// assert_eq!(refused.problem, "a cron expression has six fields, here are 5");
/// assert!(refused.hint.unwrap().ends_with("write `cron(0 9 * * ? *)`"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}{}", hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default())]
pub struct NotASchedule {
    /// What is wrong, with the field and the words it is about.
    pub problem: String,
    /// What to write instead, if that can be said.
    pub hint: Option<String>,
}

impl NotASchedule {
    pub(super) fn new(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { problem: problem.into(), hint: Some(hint.into()) }
    }
}

/// What was written, short enough to be shown: a policy can hold anything.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}
