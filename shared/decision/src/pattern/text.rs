//! Filters of texts. None of them matches anything but a text.

use alloc::string::String;

use serde_json::{Value, json};

use super::wildcard::Wildcard;

/// What must be true of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Text {
    /// It begins so.
    Prefix(Word),
    /// It ends so.
    Suffix(Word),
    /// It is this, in capitals or not.
    AnyCase(String),
    /// It is this, with any text for each `*`.
    Wildcard(Wildcard),
}

/// A beginning or an end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) any_case: bool,
}

impl Text {
    pub(super) fn matches(&self, value: &Value) -> bool {
        let Some(text) = value.as_str() else { return false };
        match self {
            Self::Prefix(Word { text: head, any_case: false }) => text.starts_with(head.as_str()),
            Self::Prefix(Word { text: head, any_case: true }) => begins(small(text), small(head)),
            Self::Suffix(Word { text: tail, any_case: false }) => text.ends_with(tail.as_str()),
            Self::Suffix(Word { text: tail, any_case: true }) => begins(small(text).rev(), small(tail).rev()),
            Self::AnyCase(other) => small(text).eq(small(other)),
            Self::Wildcard(wildcard) => wildcard.matches(text),
        }
    }

    pub(super) fn fill(&self, with: &dyn Fn(&str) -> String) -> Self {
        let word = |word: &Word| Word { text: with(&word.text), any_case: word.any_case };
        match self {
            Self::Prefix(head) => Self::Prefix(word(head)),
            Self::Suffix(tail) => Self::Suffix(word(tail)),
            Self::AnyCase(text) => Self::AnyCase(with(text)),
            Self::Wildcard(wildcard) => Self::Wildcard(wildcard.fill(with)),
        }
    }

    /// The filter's word and what stands behind it.
    pub(super) fn written(&self) -> (&'static str, Value) {
        let word = |word: &Word| {
            if word.any_case { json!({ "equals-ignore-case": word.text }) } else { json!(word.text) }
        };
        match self {
            Self::Prefix(head) => ("prefix", word(head)),
            Self::Suffix(tail) => ("suffix", word(tail)),
            Self::AnyCase(text) => ("equals-ignore-case", json!(text)),
            Self::Wildcard(wildcard) => ("wildcard", json!(wildcard.written())),
        }
    }
}

/// The letters of a text in lower case, one by one.
fn small(text: &str) -> impl DoubleEndedIterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

fn begins(mut text: impl Iterator<Item = char>, mut head: impl Iterator<Item = char>) -> bool {
    head.all(|letter| text.next() == Some(letter))
}
