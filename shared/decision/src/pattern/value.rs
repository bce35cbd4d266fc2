//! What an event offers to a pattern, and how numbers compare.

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use serde_json::{Map, Number, Value};

/// The plain values of a field: its own, or those of a list, however nested. An object has none, and neither has an
/// empty list; a null is one.
pub(super) fn leaves(value: Option<&Value>) -> Vec<&Value> {
    flat(value, |value| (!value.is_object()).then_some(value))
}

/// The objects of a field: its own, or those of a list, however nested.
pub(super) fn objects(value: Option<&Value>) -> Vec<&Map<String, Value>> {
    flat(value, Value::as_object)
}

/// Without recursion, since an event nests as deep as its sender likes.
fn flat<'a, T>(value: Option<&'a Value>, take: impl Fn(&'a Value) -> Option<T>) -> Vec<T> {
    let mut open: Vec<&Value> = value.into_iter().collect();
    let mut taken = Vec::new();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(values) => open.extend(values.iter().rev()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                taken.extend(take(value));
            }
        }
    }
    taken
}

/// Whether two plain values are the same. A number is what it amounts to: 300, 300.0 and 3e2 are one.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare(one, other) == Some(Ordering::Equal),
        _ => one == other,
    }
}

/// How two numbers compare. Whole numbers do so exactly: beyond 2^53 floats run together.
pub(super) fn compare(one: &Number, other: &Number) -> Option<Ordering> {
    if let (Some(one), Some(other)) = (one.as_i128(), other.as_i128()) {
        return Some(one.cmp(&other));
    }
    one.as_f64()?.partial_cmp(&other.as_f64()?)
}
