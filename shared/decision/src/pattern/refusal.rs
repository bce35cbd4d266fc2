//! Why a value is no pattern.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

/// A value that is not an event pattern: where, what is wrong there, and what to write instead.
///
/// ```
/// use rekindle_decision::pattern::Pattern;
/// use serde_json::json;
///
/// let refused = Pattern::parse(&json!({ "detail": { "key": [{ "prefx": "2027/" }] } })).unwrap_err();
/// assert_eq!(refused.path, "detail.key[0]");
/// assert_eq!(refused.problem, "has `prefx`, which is no filter");
/// assert_eq!(refused.hint.as_deref(), Some("did you mean `prefix`?"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {problem}{}", named(path), hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default())]
pub struct NotAPattern {
    /// The place inside the pattern, such as `detail.key[0]`; empty for the pattern as a whole.
    pub path: String,
    /// What is wrong there, as the rest of a sentence.
    pub problem: String,
    /// What to write instead, if that can be said.
    pub hint: Option<String>,
}

impl NotAPattern {
    pub(super) fn new(path: &str, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into(), hint: None }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// A value of the wrong sort.
    pub(super) fn sort(path: &str, value: &Value, wanted: &str) -> Self {
        Self::new(path, format!("is {}, not {wanted}", sort(value)))
    }
}

/// The place as a message names it: on one line, whatever the fields are called.
fn named(path: &str) -> String {
    if path.is_empty() {
        "the pattern".into()
    } else {
        format!("`{}`", path.replace(char::is_control, "\u{fffd}"))
    }
}

/// What a value is, in a person's words.
pub(super) fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What was written, short enough to be shown: a policy can hold anything.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{}`", shown.replace("\\\"", "\"").replace("\\'", "'").replace("\\\\", "\\"))
}

/// The words that may stand in a place, as the end of a hint.
pub(super) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The word that was probably meant, or all of them.
pub(super) fn meant(written: &str, words: &[&str]) -> String {
    let plain = |word: &str| word.to_lowercase().replace(['_', ' '], "-");
    let written = plain(written);
    let near = words
        .iter()
        .map(|word| (distance(&written, word), word))
        .filter(|(distance, word)| *distance <= (word.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance);
    match near {
        Some((_, word)) => format!("did you mean `{word}`?"),
        None => format!("it may be {}", listed(words)),
    }
}

/// How many letters must be put in, taken out, exchanged or swapped with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    // What nobody can have meant need not be measured.
    const LONGEST: usize = 40;
    if one.chars().nth(LONGEST).is_some() {
        return usize::MAX;
    }
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    let mut last = None;
    for (line, letter) in one.chars().enumerate() {
        let mut next = alloc::vec![line + 1];
        for (column, own) in other.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
            let swapped = match column.checked_sub(1) {
                Some(left) if last == Some(*own) && other.get(left) == Some(&letter) => at(&before, left) + 1,
                Some(_) | None => usize::MAX,
            };
            let exchanged = at(&row, column) + usize::from(letter != *own);
            let cheapest = exchanged.min(at(&row, column + 1) + 1).min(at(&next, column) + 1).min(swapped);
            next.push(cheapest);
        }
        before = core::mem::replace(&mut row, next);
        last = Some(letter);
    }
    row.last().copied().unwrap_or(usize::MAX)
}
