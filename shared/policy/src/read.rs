//! One document into the policies of its models.

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::Policy;
use serde_saphyr::Error as Yaml;

use crate::check;
use crate::document::{Document, GuardsText, KINDS, MetricText, TriggerText, fields_of};
use crate::fault::{Fault, any_of};
use crate::locate::{is_empty_mapping, locate, path_at};
use crate::problem::{Problem, Severity, nearest};
use crate::set::Text;

/// Reads one document. Either every model in it gets a policy, or everything that is wrong is told.
///
/// # Errors
///
/// Every problem found, in order of the text where that is known. A mistake of form (a misspelt field, a wrong type)
/// hides the later ones; mistakes of meaning are told all at once.
pub fn read(text: &Text) -> Result<Vec<Policy>, Vec<Problem>> {
    both(text).map(|(_, policies)| policies)
}

/// The policy that the models of a document have in common, where `{model}` is left open; `None` if the document cannot
/// be read. What differs between two of them differs for every model of both.
#[must_use]
pub fn template(text: &Text) -> Option<Policy> {
    both(text).ok().map(|(document, _)| check::template(&document, text))
}

/// The document as it is written, and the policies it makes.
pub(crate) fn both(text: &Text) -> Result<(Document, Vec<Policy>), Vec<Problem>> {
    // `no` is a word, as in YAML 1.2: a hyperparameter may well be called so.
    let options = serde_saphyr::options! { strict_booleans: true };
    let document: Document = serde_saphyr::from_str_with_options(&text.text, options)
        .map_err(|error| vec![form(text, error.without_snippet())])?;
    match check::policies(&document, text) {
        Ok(policies) => Ok((document, policies)),
        Err(faults) => Err(told(faults, text, Severity::Error)),
    }
}

/// Faults with their places, in order of the text.
pub(crate) fn told(faults: Vec<Fault>, text: &Text, severity: Severity) -> Vec<Problem> {
    let mut problems: Vec<Problem> =
        faults.into_iter().map(|fault| Problem::of(fault, text, severity)).collect();
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems
}

/// How to write a mapping.
const A_MAPPING: &str = "write `field: value`, one on each line";

/// Mappings of which every field has a default.
const OPTIONAL: [&str; 5] = ["page_hinkley", "ddm", "hddm_a", "adwin", "after_failure"];

/// The YAML library's error in our words, with its field where the text can be taken apart.
fn form(text: &Text, error: &Yaml) -> Problem {
    let (message, hint) = words(error);
    let mut place = error.location().map(|place| (place.line(), place.column()));
    let mut path = place.and_then(|(line, column)| path_at(&text.text, line, column)).unwrap_or_default();
    // Serde says that a field is missing where it ran out of fields; what lacks it is the mapping around.
    if let Yaml::SerdeMissingField { .. } = error {
        if !is_empty_mapping(&text.text, &path) {
            path.pop();
        }
        place = locate(&text.text, &path).or(place);
    }
    let last = path.last().map(String::as_str).unwrap_or_default();
    let hint = match hint {
        Some(hint) if hint == A_MAPPING && OPTIONAL.contains(&last) => {
            Some(format!("write `{last}: {{}}` for all defaults"))
        }
        None if matches!(error, Yaml::InvalidScalar { .. }) => how_many(text, place, last),
        hint => hint,
    };
    Problem {
        severity: Severity::Error,
        document: text.name.clone(),
        version: text.version,
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
        field: path.join("."),
        message,
        hint,
    }
}

/// Numbers of a metric's periods: whoever thinks of them as a time writes a time.
const OF_PERIODS: [&str; 8] = [
    "first",
    "periods",
    "compare",
    "min_periods",
    "warm_start",
    "clock",
    "min_window_length",
    "grace_period",
];

/// What to write where a length of time stands for a number.
fn how_many(text: &Text, place: Option<(u64, u64)>, field: &str) -> Option<String> {
    let (line, column) = place?;
    let start = |at: u64| usize::try_from(at).ok()?.checked_sub(1);
    let line: String = text.text.lines().nth(start(line)?)?.chars().skip(start(column)?).collect();
    let written = line.split([',', '}', '#', ' ']).next()?.trim_matches(['"', '\'']);
    let length: Duration = written.parse().ok()?;
    let usual = [("1h", 3_600), ("1m", 60)];
    let usual = usual.iter().find(|(_, seconds)| length.seconds().is_multiple_of(*seconds));
    Some(match usual.filter(|_| OF_PERIODS.contains(&field)) {
        Some((period, seconds)) => format!(
            "write how many periods and not how long: with a `period` of {period}, {length} is `{field}: {}`",
            length.seconds() / seconds
        ),
        None => format!("write how many and not how long, such as `{field}: 3`"),
    })
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors are many, and may become more")]
fn words(error: &Yaml) -> (String, Option<String>) {
    let hint = |text: &str| Some(text.to_owned());
    match error {
        Yaml::SerdeUnknownField { field, expected, .. } => {
            (format!("unknown field `{field}`"), Some(field_hint(field, expected)))
        }
        Yaml::SerdeUnknownVariant { variant, expected, .. } => {
            (format!("unknown word `{variant}`"), Some(one_of("the words are", variant, expected)))
        }
        Yaml::SerdeMissingField { field, .. } => (format!("the field `{field}` is missing"), None),
        Yaml::SerdeInvalidType { unexpected, expected, .. } => {
            let hint = if expected.contains("trigger") {
                hint("write for example `any: [weekly, drift]`")
            } else if expected.contains("alarm") {
                hint("write one name, or `alarm: { prefix: <how the names begin> }` for several")
            } else {
                None
            };
            let found = match unexpected.as_str() {
                "sequence" => "a list",
                "map" => "a mapping",
                other => other,
            };
            (format!("found {found} where {expected} is wanted"), hint)
        }
        // Our own types write what is wrong, a semicolon, and what to write instead.
        Yaml::Message { msg, .. } => match msg.split_once("; ") {
            Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
            None => (msg.clone(), None),
        },
        Yaml::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("a key");
            (format!("`{key}` is written twice"), hint("keep one of them"))
        }
        Yaml::InvalidScalar { ty, .. } if ty.contains("float") => ("this is not a number".to_owned(), None),
        Yaml::InvalidScalar { .. } => ("this is not a whole number from 0 upward".to_owned(), None),
        Yaml::Unexpected { expected, .. } if expected.contains("mapping") => {
            ("this should be a mapping of fields".to_owned(), hint(A_MAPPING))
        }
        Yaml::Unexpected { expected, .. } if expected.contains("sequence") => {
            ("this should be a list".to_owned(), hint("write [one, two]"))
        }
        Yaml::Unexpected { expected, .. } if expected.contains("scalar") => {
            ("this should be one piece of text".to_owned(), None)
        }
        Yaml::Eof { .. } => {
            ("the document is empty".to_owned(), hint("begin with `model: <name>`, and write triggers"))
        }
        Yaml::MultipleDocuments { .. } => (
            "there is a second document after `---`".to_owned(),
            hint(
                "write each into a parameter of its own; models that are alike can share one under `models`",
            ),
        ),
        other => {
            let message = plain(other);
            if message.starts_with("invalid boolean") {
                return ("this is neither true nor false".to_owned(), hint("write `true` or `false`"));
            }
            if message.contains("did not find expected") || message.starts_with("while parsing a flow") {
                return (message, hint("put text that holds braces into quotes, such as \"{model}-drift\""));
            }
            let hint = message.starts_with("tabs").then(|| "indent with spaces".to_owned());
            (message, hint)
        }
    }
}

fn one_of(known: &str, word: &str, expected: &[&str]) -> String {
    match (nearest(word, expected.iter().copied()), expected) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, [only]) => format!("write `{only}`"),
        (None, _) => format!("{known}: {}", expected.join(", ")),
    }
}

/// What may be meant by a field that is not known where it stands.
fn field_hint(field: &str, expected: &[&str]) -> String {
    let of_trigger = if expected == fields_of::<MetricText>() {
        "it belongs beside `metric`, not inside"
    } else {
        "it belongs to a trigger, beside its kind"
    };
    let places = [
        (fields_of::<TriggerText>(), of_trigger),
        (fields_of::<GuardsText>(), "it belongs in `guards`"),
        (fields_of::<Document>(), "it belongs at the top of the document"),
    ];
    let near = nearest(field, expected.iter().copied());
    let elsewhere = places.iter().find(|(fields, _)| *fields != expected && fields.contains(&field));
    match elsewhere.filter(|_| near.is_none()) {
        Some((_, place)) => (*place).to_owned(),
        None if near.is_none() && expected == fields_of::<TriggerText>() => {
            format!("a trigger has one of {}, and what goes with it", any_of(&KINDS))
        }
        None => one_of("known here", field, expected),
    }
}

/// The library's own first line, without the place: we tell that ourselves.
fn plain(error: &Yaml) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.split(" at line ").next().unwrap_or(line).to_owned()
}
