//! The grammar for editors and for people, from the types it is read with.

mod reference;

use schemars::Schema;
use serde_json::{Map, Value, json};

use crate::document::{Document, KINDS, QUESTIONS, TriggerText};

pub use reference::reference;

/// The JSON Schema of a policy document, for editors.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Document);
    schema.insert("$id".into(), "urn:rekindle:policy".into());
    let mut schema = schema.to_value();
    tidy(&mut schema);
    schema
}

/// Comments are wrapped, and some hold examples for programmers; what an editor shows is neither.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get_mut("description") {
                let prose = text.split("```").step_by(2).collect::<String>();
                let paragraphs =
                    prose.split("\n\n").map(|lines| lines.split_whitespace().collect::<Vec<_>>().join(" "));
                let paragraphs: Vec<String> = paragraphs.filter(|paragraph| !paragraph.is_empty()).collect();
                *text = paragraphs.join("\n\n");
            }
            fields.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What is meant by "exactly one of these fields".
fn one_of(fields: &[&str]) -> Value {
    fields.iter().map(|field| json!({ "required": [field] })).collect()
}

pub(crate) fn one_of_models(schema: &mut Schema) {
    schema.insert("oneOf".into(), one_of(&["model", "models"]));
}

pub(crate) fn one_of_baselines(schema: &mut Schema) {
    schema.insert("oneOf".into(), one_of(&["first", "training"]));
}

pub(crate) fn one_of_combinations(schema: &mut Schema) {
    schema.insert(
        "oneOf".into(),
        json!([
            { "required": ["any"] },
            { "required": ["all"] },
            { "required": ["at_least", "of"] },
            { "required": ["not"] }
        ]),
    );
    schema.insert("dependentRequired".into(), json!({ "of": ["at_least"] }));
    schema.insert(
        "dependentSchemas".into(),
        json!({ "within": { "anyOf": [{ "required": ["all"] }, { "required": ["at_least"] }] } }),
    );
}

/// One kind, and what goes with it.
pub(crate) fn one_kind(schema: &mut Schema) {
    schema.insert("oneOf".into(), one_of(&KINDS));
    let (mut with, mut with_any) = (Map::new(), Map::new());
    for part in TriggerText::default().parts() {
        match part.of {
            [] => {}
            [one] => {
                with.insert(part.field.to_owned(), json!([one]));
            }
            several => {
                with_any.insert(part.field.to_owned(), json!({ "anyOf": one_of(several) }));
            }
        }
    }
    for field in ["drop_from_baseline", "rise_from_baseline"] {
        with.insert(field.to_owned(), json!(["metric", "baseline"]));
    }
    with_any.insert("metric".to_owned(), json!({ "oneOf": one_of(&QUESTIONS) }));
    schema.insert("dependentRequired".into(), Value::Object(with));
    schema.insert("dependentSchemas".into(), Value::Object(with_any));
}
