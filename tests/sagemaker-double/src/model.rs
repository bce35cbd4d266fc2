//! The published service model, and a walker that holds requests against it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::Refusal;

/// How many complaints AWS prints before it stops.
const MOST_COMPLAINTS: usize = 10;

#[derive(Debug, Deserialize)]
pub(crate) struct Model {
    operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    input: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Structure,
    List,
    Map,
    String,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Timestamp,
    Blob,
}

#[derive(Debug, Deserialize)]
struct Shape {
    #[serde(rename = "type")]
    kind: Kind,
    min: Option<f64>,
    max: Option<f64>,
    #[serde(rename = "enum", default)]
    words: Vec<String>,
    pattern: Option<String>,
    portable_pattern: Option<String>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    members: BTreeMap<String, String>,
    member: Option<String>,
    key: Option<String>,
    value: Option<String>,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

/// What a walk over a request found.
#[derive(Debug, Default)]
struct Walk {
    complaints: Vec<String>,
    unknown: Vec<String>,
    mistyped: Option<String>,
}

impl Model {
    /// The model the double was built with.
    pub(crate) fn published() -> Result<&'static Self, Refusal> {
        static MODEL: OnceLock<Result<Model, String>> = OnceLock::new();
        MODEL
            .get_or_init(|| serde_json::from_str(include_str!("../model.json")).map_err(|e| e.to_string()))
            .as_ref()
            .map_err(|text| Refusal {
                status: 500,
                ..Refusal::new("InternalFailure", format!("cannot read `model.json`: {text}"))
            })
    }

    pub(crate) fn knows(&self, operation: &str) -> bool {
        self.operations.contains_key(operation)
    }

    /// Holds a request against its shape. Members the model does not know are handed back:
    /// AWS ignores them, a test may not want to.
    pub(crate) fn check(&self, operation: &str, request: &Value) -> Result<Vec<String>, Refusal> {
        let mut walk = Walk::default();
        if let Some(operation) = self.operations.get(operation) {
            self.walk(&operation.input, request, "", &mut walk);
        }
        if let Some(text) = walk.mistyped {
            return Err(Refusal::new("SerializationException", text));
        }
        if walk.complaints.is_empty() { Ok(walk.unknown) } else { Err(complain(&walk.complaints)) }
    }

    /// The members of a request that the shape also has.
    pub(crate) fn shared_members(&self, shape: &str, request: &Value) -> Map<String, Value> {
        let known = |name: &String| self.shapes.get(shape).is_some_and(|s| s.members.contains_key(name));
        let members = request.as_object().into_iter().flatten();
        members.filter(|(name, _)| known(name)).map(|(name, v)| (name.clone(), v.clone())).collect()
    }

    fn walk(&self, shape: &str, value: &Value, path: &str, walk: &mut Walk) {
        let Some(shape) = self.shapes.get(shape) else { return };
        match (&shape.kind, value) {
            (Kind::Structure, Value::Object(members)) => self.walk_members(shape, members, path, walk),
            (Kind::List, Value::Array(items)) => self.walk_items(shape, items, path, walk),
            (Kind::Map, Value::Object(entries)) => self.walk_entries(shape, entries, path, walk),
            (Kind::String | Kind::Blob, Value::String(text)) => {
                let broken = shape.broken_by_text(text);
                walk.complaints.extend(broken.into_iter().map(|rule| complaint(&shown(value), path, &rule)));
            }
            (Kind::Integer | Kind::Long, Value::Number(number)) if number.is_i64() => {
                let broken = shape.broken_by_size(number.as_f64().unwrap_or_default(), "value");
                walk.complaints.extend(broken.map(|rule| complaint(&shown(value), path, &rule)));
            }
            (Kind::Float | Kind::Double | Kind::Timestamp, Value::Number(_))
            | (Kind::Boolean, Value::Bool(_)) => {}
            (kind, value) => {
                walk.mistyped = Some(format!("{} can not be converted to a {kind:?}", token(value)));
            }
        }
    }

    fn walk_members(&self, shape: &Shape, members: &Map<String, Value>, path: &str, walk: &mut Walk) {
        let present = |name: &str| members.get(name).is_some_and(|value| !value.is_null());
        for name in shape.required.iter().filter(|name| !present(name)) {
            walk.complaints.push(complaint("null", &inner(path, name), "Member must not be null"));
        }
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            match shape.members.get(name) {
                Some(target) => self.walk(target, value, &inner(path, name), walk),
                None => walk.unknown.push(inner(path, name)),
            }
        }
    }

    fn walk_items(&self, shape: &Shape, items: &[Value], path: &str, walk: &mut Walk) {
        let broken = shape.broken_by_size(count(items.len()), "length");
        walk.complaints.extend(broken.map(|rule| complaint(&shown_all(items), path, &rule)));
        let target = shape.member.as_deref().unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            self.walk(target, item, &format!("{path}.{}.member", index + 1), walk);
        }
    }

    fn walk_entries(&self, shape: &Shape, entries: &Map<String, Value>, path: &str, walk: &mut Walk) {
        let whole = shown(&Value::Object(entries.clone()));
        let broken = shape.broken_by_size(count(entries.len()), "length");
        walk.complaints.extend(broken.map(|rule| complaint(&whole, path, &rule)));
        for (key, value) in entries {
            if let Some(rules) = self.broken_by(shape.key.as_deref(), &Value::String(key.clone()), walk) {
                walk.complaints.push(complaint(
                    &whole,
                    path,
                    &format!("Map keys must satisfy constraint: [{rules}]"),
                ));
            }
            if let Some(rules) = self.broken_by(shape.value.as_deref(), value, walk) {
                walk.complaints.push(complaint(
                    &whole,
                    path,
                    &format!("Map value must satisfy constraint: [{rules}]"),
                ));
            }
        }
    }

    /// The rules that a key or a value of a map breaks, as AWS lists them.
    fn broken_by(&self, shape: Option<&str>, value: &Value, walk: &mut Walk) -> Option<String> {
        let shape = shape?;
        let mut apart = Walk::default();
        self.walk(shape, value, "", &mut apart);
        walk.mistyped = walk.mistyped.take().or(apart.mistyped);
        let text = value.as_str().unwrap_or_default();
        let broken = self.shapes.get(shape).map(|shape| shape.broken_by_text(text)).unwrap_or_default();
        (!apart.complaints.is_empty()).then(|| broken.join(", "))
    }
}

impl Shape {
    fn broken_by_text(&self, text: &str) -> Vec<String> {
        let mut broken: Vec<_> = self.broken_by_size(count(text.chars().count()), "length").collect();
        if !self.words.is_empty() && !self.words.iter().any(|word| word == text) {
            broken.push(format!("Member must satisfy enum value set: [{}]", self.words.join(", ")));
        }
        if let Some(pattern) = self.pattern.as_ref().filter(|_| !self.matches(text)) {
            broken.push(format!("Member must satisfy regular expression pattern: {pattern}"));
        }
        broken
    }

    fn broken_by_size(&self, size: f64, what: &str) -> impl Iterator<Item = String> {
        let low = self.min.filter(|min| size < *min);
        let high = self.max.filter(|max| size > *max);
        let low = low.map(|min| format!("Member must have {what} greater than or equal to {min}"));
        let high = high.map(|max| format!("Member must have {what} less than or equal to {max}"));
        low.into_iter().chain(high)
    }

    /// Whether the whole text is what the pattern says.
    ///
    /// One published pattern ends in a look-behind, which `regex` does not have; there it says
    /// exactly that the text does not end in a dash.
    fn matches(&self, text: &str) -> bool {
        let Some(pattern) = self.portable_pattern.as_ref().or(self.pattern.as_ref()) else { return true };
        let plain = pattern.strip_suffix("(?<!-)");
        let compiled = self
            .compiled
            .get_or_init(|| Regex::new(&format!("^(?:{})$", plain.unwrap_or(pattern))).ok())
            .as_ref();
        compiled.is_some_and(|regex| regex.is_match(text)) && !(plain.is_some() && text.ends_with('-'))
    }
}

fn complain(complaints: &[String]) -> Refusal {
    let errors = if complaints.len() == 1 { "error" } else { "errors" };
    let shown: Vec<_> = complaints.iter().take(MOST_COMPLAINTS).map(String::as_str).collect();
    Refusal::validation(format!("{} validation {errors} detected: {}", complaints.len(), shown.join("; ")))
}

fn complaint(value: &str, path: &str, rule: &str) -> String {
    let value = if value == "null" { value.to_owned() } else { format!("'{value}'") };
    format!("Value {value} at '{path}' failed to satisfy constraint: {rule}")
}

/// `ResourceConfig.VolumeSizeInGB` is `resourceConfig.volumeSizeInGB` in a complaint.
fn inner(path: &str, name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase()).into_iter();
    let name: String = first.chain(letters).collect();
    if path.is_empty() { name } else { format!("{path}.{name}") }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn shown_all(items: &[Value]) -> String {
    format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
}

fn token(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}

/// Counts here are lengths of requests, far below where an `f64` stops counting.
fn count(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_pattern_compiles() {
        for (name, shape) in &Model::published().unwrap().shapes {
            if shape.pattern.is_some() {
                shape.matches("");
                assert!(shape.compiled.get().unwrap().is_some(), "{name}: {:?}", shape.pattern);
            }
        }
    }

    #[test]
    fn a_pattern_is_held_against_the_whole_text() {
        let names = &Model::published().unwrap().shapes["TrainingJobName"];
        assert!(names.matches("a-b"));
        assert!(!names.matches("a-b-"));
        assert!(!names.matches("a_b"));
        let algorithms = &Model::published().unwrap().shapes["ArnOrName"];
        assert!(algorithms.matches("forest"));
        assert!(!algorithms.matches("forest-"));
    }
}
