//! JSON, bounded.

use std::borrow::Cow;

use serde_json::Value;

use crate::refusal::Problem;

/// Longest payload we look at: what Lambda accepts for an asynchronous invocation.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Reads JSON. Of two equal keys the last one counts, as AWS's own samples require.
pub(crate) fn parse(text: &[u8]) -> Result<Value, Problem> {
    if text.len() > MAX_BYTES {
        return Err(Problem::new(format!(
            "it has {} bytes, and more than {MAX_BYTES} are not read",
            text.len()
        )));
    }
    serde_json::from_slice(text).map_err(|error| {
        let error = error.to_string();
        // serde_json stops at 128 levels, and has no other way to say so.
        Problem::new(if error.starts_with("recursion limit exceeded") {
            "it nests deeper than 127 levels".into()
        } else {
            format!("it is not JSON: {error}")
        })
    })
}

/// A value that may have been written as a text holding JSON.
pub(crate) fn embedded<'a>(value: &'a Value, path: &str) -> Result<Cow<'a, Value>, Problem> {
    match value {
        Value::String(text) => serde_json::from_str(text).map(Cow::Owned).map_err(|error| {
            Problem::new(format!("`{path}` is a text, but not one that holds JSON: {error}"))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Ok(Cow::Borrowed(value))
        }
    }
}

/// What a value is, in a person's words.
pub(crate) fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
