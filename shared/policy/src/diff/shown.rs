//! A change as people read it.

use core::fmt;

use serde_json::{Map, Value};

use super::Change;
use crate::document::{KINDS, QUESTIONS};

/// `trigger accuracy: below 0.82 -> 0.8`, `guards.freshness added: 3h`, `trigger drift removed (was { alarm: a })`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        place(&self.field, f)?;
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, " {} -> {}", Shown(from), Shown(to)),
            (None, Some(to)) => write!(f, " added: {}", Shown(to)),
            (Some(from), None) => write!(f, " removed (was {})", Shown(from)),
            (None, None) => Ok(()),
        }
    }
}

/// A trigger is called by its name; an item of a list in a training request stands in brackets.
fn place(field: &[String], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match field {
        [first, name, inside @ ..] if first == "triggers" => {
            write!(f, "trigger {name}")?;
            if inside.is_empty() { Ok(()) } else { write!(f, ": {}", inside.join(".")) }
        }
        [first, inside @ ..] if first == "training" => {
            f.write_str(first)?;
            for step in inside {
                // The API's own field names are of letters and digits, and begin with a capital; nothing else is sure to
                // be told apart from the point.
                let plain = step.starts_with(|letter: char| letter.is_ascii_uppercase())
                    && step.chars().all(|letter| letter.is_ascii_alphanumeric());
                if plain { write!(f, ".{step}")? } else { write!(f, "[{}]", Word(step))? }
            }
            Ok(())
        }
        other => f.write_str(&other.join(".")),
    }
}

/// A value in one line, as YAML would have it.
struct Shown<'a>(&'a Value);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => write!(f, "{value}"),
            // As it is written: 1, not 1.0.
            Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
                Some(fraction) => write!(f, "{fraction}"),
                None => write!(f, "{number}"),
            },
            Value::String(text) => write!(f, "{}", Word(text)),
            Value::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{}", if index == 0 { "" } else { ", " }, Shown(item))?;
                }
                f.write_str("]")
            }
            Value::Object(fields) => mapping(fields, f),
        }
    }
}

/// What decides a trigger's kind comes first.
fn mapping(fields: &Map<String, Value>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if fields.is_empty() {
        return f.write_str("{}");
    }
    let rank = |name: &str| KINDS.iter().chain(&QUESTIONS).position(|known| *known == name);
    let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
    sorted.sort_by_key(|(name, _)| rank(name).unwrap_or(usize::MAX));
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        write!(f, "{} {}: {}", if index == 0 { "{" } else { "," }, Word(name), Shown(value))?;
    }
    f.write_str(" }")
}

/// A text as it is, or in quotes where it could be read as something else. What was deployed may hold anything: a control
/// character must not reach a terminal.
struct Word<'a>(&'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0;
        let unclear = text.is_empty()
            || text.trim() != text
            || text.contains(char::is_control)
            || ["->", ", ", "\"", "added:", "(was"].iter().any(|mark| text.contains(mark));
        if unclear { write!(f, "{text:?}") } else { f.write_str(text) }
    }
}
