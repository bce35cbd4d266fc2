//! Why a payload was refused.

use serde::{Deserialize, Serialize};

/// Longest excerpt that a refusal keeps. A whole alarm fits in; a flood of large strangers does not fill the ledger.
pub const MAX_SOURCE_BYTES: usize = 4096;

/// Longest value that a message repeats.
const MAX_SHOWN: usize = 80;

/// Something that is no signal, and not known well enough to be ignored.
///
/// Displays as one sentence without the hint, so that whoever prints it may set the hint apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("cannot read this {resembles}: {problem}")]
pub struct Unrecognised {
    /// The kind it resembles most; `payload` when it resembles nothing.
    pub resembles: String,
    /// What is wrong, and where: the path of the field in backticks.
    pub problem: String,
    /// What to do about it, where we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// How its text begins, at most [`MAX_SOURCE_BYTES`] of it. Foreign text: for people only.
    pub r#source: String,
}

/// A refusal in the making: found deep inside, named on the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    resembles: Option<&'static str>,
    what: String,
    hint: Option<String>,
}

impl Problem {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { resembles: None, what: what.into(), hint: None }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Adds a hint if there is one to give and none was given yet.
    pub(crate) fn or_hint(self, hint: Option<String>) -> Self {
        Self { hint: self.hint.or(hint), ..self }
    }

    /// Names the kind, unless somebody closer to the fault already did.
    pub(crate) fn resembling(self, kind: &'static str) -> Self {
        Self { resembles: self.resembles.or(Some(kind)), ..self }
    }

    /// Keeps the beginning of the text it is about.
    pub(crate) fn about(self, source: &[u8]) -> Unrecognised {
        Unrecognised {
            resembles: self.resembles.unwrap_or("payload").into(),
            problem: self.what,
            hint: self.hint,
            r#source: excerpt(source),
        }
    }
}

/// The beginning of a text, cut between characters.
fn excerpt(source: &[u8]) -> String {
    let head = source.get(..MAX_SOURCE_BYTES).unwrap_or(source);
    let mut text = String::from_utf8_lossy(head).into_owned();
    // A byte that is no text becomes three.
    let mut end = text.len().min(MAX_SOURCE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// A foreign text as a message may repeat it: short, on one line, in backticks.
pub(crate) fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        short.push('…');
    }
    format!("`{}`", short.replace("\\\"", "\"").replace("\\'", "'"))
}

/// The known word that somebody probably meant, as a hint.
pub(crate) fn did_you_mean(written: &str, known: &[&str]) -> Option<String> {
    let plain = |word: &str| word.to_lowercase().replace(['-', ' '], "_");
    let written = plain(written);
    known
        .iter()
        .map(|word| (strsim::osa_distance(&written, &plain(word)), word))
        .filter(|(distance, word)| *distance <= (word.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| format!("did you mean `{word}`?"))
}

/// Whether two words are the same but for a slip: the case, a separator, a letter or two.
pub(crate) fn almost(written: &str, known: &str) -> bool {
    let plain = |word: &str| word.to_lowercase().replace(['-', '_', ' '], "");
    strsim::osa_distance(&plain(written), &plain(known)) <= 2
}
