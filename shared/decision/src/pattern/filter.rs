//! One entry of a field's list.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::cidr::Cidr;
use super::numeric::Numeric;
use super::refusal::{NotAPattern, listed, meant, quoted};
use super::text::{Text, Word};
use super::value::same;
use super::wildcard::Wildcard;

/// Every filter there is.
pub(super) const FILTERS: [&str; 8] =
    ["prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists", "cidr", "wildcard"];

/// The filters that `anything-but` may turn round.
const TURNABLE: [&str; 4] = ["prefix", "suffix", "equals-ignore-case", "wildcard"];

/// What must be true of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    /// It is this plain value.
    Is(Value),
    /// It has a plain value, or it has none.
    Exists(bool),
    /// It is a text of which this is true.
    Text(Text),
    /// It is a number of which this is true.
    Numeric(Numeric),
    /// It is an IP address of this block.
    Cidr(Cidr),
    /// It is there and none of these.
    Not(Vec<Value>),
    /// It is there and none of these is true of it; all are of one kind.
    NotText(Vec<Text>),
}

/// Reads the list of a field.
pub(super) fn list(values: &[Value], path: &str) -> Result<Vec<Filter>, NotAPattern> {
    if values.is_empty() {
        return Err(NotAPattern::new(path, "is an empty list, which nothing matches")
            .hint("to ask only that the field be there, write `[{\"exists\": true}]`"));
    }
    let filter = |(index, value): (usize, &Value)| Filter::read(value, &format!("{path}[{index}]"));
    values.iter().enumerate().map(filter).collect()
}

impl Filter {
    fn read(value: &Value, path: &str) -> Result<Self, NotAPattern> {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(Self::Is(value.clone())),
            Value::Array(_) => {
                Err(NotAPattern::new(path, "is a list inside a list").hint("write the values side by side"))
            }
            Value::Object(object) => {
                let (word, value) = only(object, &FILTERS, path)?;
                let path = format!("{path}.{word}");
                match word {
                    "exists" => value
                        .as_bool()
                        .map(Self::Exists)
                        .ok_or_else(|| NotAPattern::sort(&path, value, "true or false")),
                    "numeric" => Numeric::read(value, &path).map(Self::Numeric),
                    "cidr" => Cidr::read(value, &path).map(Self::Cidr),
                    "anything-but" => Self::not(value, &path),
                    _ => text(word, value, &path).map(Self::Text),
                }
            }
        }
    }

    fn not(value: &Value, path: &str) -> Result<Self, NotAPattern> {
        if let Value::Object(object) = value {
            let (word, value) = only(object, &TURNABLE, path)?;
            let path = format!("{path}.{word}");
            let read = |(place, value): (String, &Value)| {
                let refused =
                    NotAPattern::new(&place, "is an empty text, which every text begins and ends with");
                match (word, value) {
                    (_, Value::Object(_)) => Err(NotAPattern::sort(&place, value, "a string")),
                    ("prefix" | "suffix", Value::String(text)) if text.is_empty() => Err(refused),
                    _ => text(word, value, &place),
                }
            };
            return each(value, &path)?.into_iter().map(read).collect::<Result<_, _>>().map(Self::NotText);
        }
        let values = each(value, path)?;
        if let Some((place, other)) =
            values.iter().find(|(_, value)| !value.is_string() && !value.is_number())
        {
            return Err(NotAPattern::sort(place, other, "a string or a number"));
        }
        if values.iter().any(|(_, value)| value.is_string())
            && values.iter().any(|(_, value)| value.is_number())
        {
            return Err(NotAPattern::new(path, "has strings and numbers in one list")
                .hint("leave out one sort or the other"));
        }
        Ok(Self::Not(values.into_iter().map(|(_, value)| value.clone()).collect()))
    }

    /// Whether it is true of a field with these plain values: of one of them, or of there being any.
    pub(super) fn matches(&self, leaves: &[&Value]) -> bool {
        let one = |test: &dyn Fn(&Value) -> bool| leaves.iter().any(|leaf| test(leaf));
        match self {
            Self::Is(value) => one(&|leaf| same(leaf, value)),
            Self::Exists(exists) => *exists != leaves.is_empty(),
            Self::Text(text) => one(&|leaf| text.matches(leaf)),
            Self::Numeric(numeric) => one(&|leaf| numeric.matches(leaf)),
            Self::Cidr(cidr) => one(&|leaf| cidr.matches(leaf)),
            Self::Not(values) => one(&|leaf| !values.iter().any(|value| same(leaf, value))),
            Self::NotText(texts) => one(&|leaf| !texts.iter().any(|text| text.matches(leaf))),
        }
    }

    pub(super) fn fill(&self, with: &dyn Fn(&str) -> String) -> Self {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.clone(), |text| json!(with(text)));
        match self {
            Self::Is(value) => Self::Is(plain(value)),
            Self::Text(text) => Self::Text(text.fill(with)),
            Self::Not(values) => Self::Not(values.iter().map(plain).collect()),
            Self::NotText(texts) => Self::NotText(texts.iter().map(|text| text.fill(with)).collect()),
            Self::Exists(_) | Self::Numeric(_) | Self::Cidr(_) => self.clone(),
        }
    }

    pub(super) fn written(&self) -> Value {
        match self {
            Self::Is(value) => value.clone(),
            Self::Exists(exists) => json!({ "exists": exists }),
            Self::Text(text) => {
                let (word, value) = text.written();
                json!({ word: value })
            }
            Self::Numeric(numeric) => json!({ "numeric": numeric.written() }),
            Self::Cidr(cidr) => json!({ "cidr": cidr.written() }),
            Self::Not(values) => json!({ "anything-but": values }),
            Self::NotText(texts) => {
                let word = texts.first().map_or("prefix", |text| text.written().0);
                let values: Vec<Value> = texts.iter().map(|text| text.written().1).collect();
                json!({ "anything-but": { word: values } })
            }
        }
    }
}

/// The one word of a filter, and what stands behind it.
fn only<'a>(
    object: &'a Map<String, Value>,
    words: &[&str],
    path: &str,
) -> Result<(&'a str, &'a Value), NotAPattern> {
    let mut entries = object.iter();
    let Some((word, value)) = entries.next() else {
        let hint = format!("it may be {}", listed(words));
        return Err(NotAPattern::new(path, "is a filter without a word").hint(hint));
    };
    if let Some((stray, _)) = object.iter().find(|(word, _)| !words.contains(&word.as_str())) {
        let place = if FILTERS.contains(&stray.as_str()) { " in this place" } else { "" };
        let problem = format!("has {}, which is no filter{place}", quoted(stray));
        return Err(NotAPattern::new(path, problem).hint(meant(stray, words)));
    }
    if entries.next().is_some() {
        return Err(NotAPattern::new(path, format!("has {} words, and a filter has one", object.len()))
            .hint("to take either, write each as an object of its own"));
    }
    Ok((word, value))
}

/// A value, or each of a list, with its place.
fn each<'a>(value: &'a Value, path: &str) -> Result<Vec<(String, &'a Value)>, NotAPattern> {
    match value {
        Value::Array(values) if values.is_empty() => Err(NotAPattern::new(path, "is an empty list")),
        Value::Array(values) => {
            Ok(values.iter().enumerate().map(|(index, value)| (format!("{path}[{index}]"), value)).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Ok([(path.into(), value)].into())
        }
    }
}

fn text(word: &str, value: &Value, path: &str) -> Result<Text, NotAPattern> {
    let plain = |value: &Value, path: &str| {
        value.as_str().map(String::from).ok_or_else(|| NotAPattern::sort(path, value, "a string"))
    };
    let affix = |value: &Value| {
        let Value::Object(object) = value else {
            return Ok(Word { text: plain(value, path)?, any_case: false });
        };
        let (word, value) = only(object, &["equals-ignore-case"], path)?;
        Ok(Word { text: plain(value, &format!("{path}.{word}"))?, any_case: true })
    };
    match word {
        "prefix" => affix(value).map(Text::Prefix),
        "suffix" => affix(value).map(Text::Suffix),
        "wildcard" => Wildcard::read(&plain(value, path)?, path).map(Text::Wildcard),
        _ => plain(value, path).map(Text::AnyCase),
    }
}
