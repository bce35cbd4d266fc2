//! One document into the policies of its models.

use rekindle_decision::policy::Policy;
use serde_saphyr::Error as Yaml;

use crate::check;
use crate::document::Document;
use crate::locate::locate;
use crate::problem::{Problem, nearest};
use crate::set::Text;

/// Reads one document. Either every model in it gets a policy, or everything that is wrong is told.
///
/// # Errors
///
/// Every problem found, in order of the text where that is known. A mistake of form (a misspelt field, a wrong type)
/// hides the later ones; mistakes of meaning are told all at once.
pub fn read(text: &Text) -> Result<Vec<Policy>, Vec<Problem>> {
    let document: Document =
        serde_saphyr::from_str(&text.text).map_err(|error| vec![form(text, error.without_snippet())])?;
    check::policies(&document, text).map_err(|faults| {
        let mut problems: Vec<Problem> = faults.into_iter().map(|fault| meaning(text, fault)).collect();
        problems.sort_by_key(|problem| (problem.line, problem.column));
        problems
    })
}

/// Something that is wrong with the meaning of a field.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) path: Vec<String>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Fault {
    pub(crate) fn at<const N: usize>(path: [&str; N], message: impl Into<String>) -> Self {
        Self { path: path.iter().map(ToString::to_string).collect(), message: message.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

fn meaning(text: &Text, fault: Fault) -> Problem {
    let place = locate(&text.text, &fault.path);
    Problem {
        document: text.name.clone(),
        version: text.version,
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
        field: fault.path.join("."),
        message: fault.message,
        hint: fault.hint,
    }
}

/// The YAML library's error in our words, with a hint where one can be given.
fn form(text: &Text, error: &Yaml) -> Problem {
    let (message, hint) = match error {
        Yaml::SerdeUnknownField { field, expected, .. } => {
            let hint = match nearest(field, expected.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", expected.join(", ")),
            };
            (format!("unknown field `{field}`"), Some(hint))
        }
        Yaml::SerdeUnknownVariant { variant, expected, .. } => {
            let hint = match nearest(variant, expected.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of {}", expected.join(", ")),
            };
            (format!("unknown word `{variant}`"), Some(hint))
        }
        Yaml::SerdeMissingField { field, .. } => (format!("the field `{field}` is missing"), None),
        Yaml::SerdeInvalidType { unexpected, expected, .. } => {
            (format!("found {unexpected} where {expected} is wanted"), None)
        }
        Yaml::Message { msg, .. } => (msg.clone(), None),
        Yaml::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("a key");
            (format!("`{key}` is written twice"), Some("keep one of them".to_owned()))
        }
        other => (plain(other), None),
    };
    let place = error.location();
    Problem {
        document: text.name.clone(),
        version: text.version,
        line: place.map(|place| place.line()),
        column: place.map(|place| place.column()),
        field: String::new(),
        message,
        hint,
    }
}

/// The library's own first line, without the place: we tell that ourselves.
fn plain(error: &Yaml) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.split(" at line ").next().unwrap_or(line).to_owned()
}
