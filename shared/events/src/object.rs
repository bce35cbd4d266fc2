//! An object somewhere in a payload, which knows where.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::refusal::{Problem, shown};
use crate::{instant, json};

/// A JSON object and its path.
///
/// Every accessor treats `null` as absent, and a value of the wrong sort as a refusal that names its path.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    fields: &'a Map<String, Value>,
    path: String,
}

impl<'a> Object<'a> {
    pub(crate) fn root(value: &'a Value) -> Result<Self, Problem> {
        Self::new(value, String::new())
    }

    pub(crate) fn new(value: &'a Value, path: String) -> Result<Self, Problem> {
        match value.as_object() {
            Some(fields) => Ok(Self { fields, path }),
            None if path.is_empty() => {
                Err(Problem::new(format!("it is {}, and every kind we know is an object", json::sort(value))))
            }
            None => Err(Problem::new(format!("`{path}` is {}, not an object", json::sort(value)))),
        }
    }

    /// What a message calls this object.
    pub(crate) fn name(&self) -> String {
        if self.path.is_empty() { "it".into() } else { format!("`{}`", self.path) }
    }

    /// The object itself.
    pub(crate) fn whole(&self) -> Value {
        Value::Object(self.fields.clone())
    }

    /// The path of a field.
    pub(crate) fn at(&self, field: &str) -> String {
        if self.path.is_empty() { field.into() } else { format!("{}.{field}", self.path) }
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &'a str> {
        self.fields.keys().map(String::as_str)
    }

    pub(crate) fn get(&self, field: &str) -> Option<&'a Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.get(field).is_some()
    }

    pub(crate) fn missing(&self, field: &str) -> Problem {
        Problem::new(format!("`{}` is missing", self.at(field)))
    }

    fn typed<T>(
        &self,
        field: &str,
        sort: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.get(field) else { return Ok(None) };
        match read(value) {
            Some(read) => Ok(Some(read)),
            None => Err(Problem::new(format!("`{}` is {}, not {sort}", self.at(field), json::sort(value)))),
        }
    }

    pub(crate) fn text(&self, field: &str) -> Result<Option<&'a str>, Problem> {
        self.typed(field, "a string", Value::as_str)
    }

    pub(crate) fn flag(&self, field: &str) -> Result<Option<bool>, Problem> {
        self.typed(field, "true or false", Value::as_bool)
    }

    /// A whole number, not below zero.
    pub(crate) fn count(&self, field: &str) -> Result<Option<u64>, Problem> {
        self.typed(field, "a whole number", Value::as_u64)
    }

    pub(crate) fn number(&self, field: &str) -> Result<Option<f64>, Problem> {
        self.typed(field, "a number", Value::as_f64)
    }

    pub(crate) fn list(&self, field: &str) -> Result<Option<&'a [Value]>, Problem> {
        self.typed(field, "a list", |value| value.as_array().map(Vec::as_slice))
    }

    pub(crate) fn object(&self, field: &str) -> Result<Option<Self>, Problem> {
        self.get(field).map(|value| Self::new(value, self.at(field))).transpose()
    }

    pub(crate) fn instant(&self, field: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(value) = self.get(field) else { return Ok(None) };
        let path = self.at(field);
        instant::read(value).map(Some).map_err(|wrong| {
            let written = value.as_str().map_or_else(|| shown(&value.to_string()), shown);
            Problem::new(format!("`{path}` is {written}, which {wrong}"))
                .hint("write an instant like `2026-11-02T06:00:00Z`")
        })
    }

    pub(crate) fn need_text(&self, field: &str) -> Result<&'a str, Problem> {
        self.text(field)?.ok_or_else(|| self.missing(field))
    }

    pub(crate) fn need_count(&self, field: &str) -> Result<u64, Problem> {
        self.count(field)?.ok_or_else(|| self.missing(field))
    }

    pub(crate) fn need_object(&self, field: &str) -> Result<Self, Problem> {
        self.object(field)?.ok_or_else(|| self.missing(field))
    }

    pub(crate) fn need_instant(&self, field: &str) -> Result<Timestamp, Problem> {
        self.instant(field)?.ok_or_else(|| self.missing(field))
    }
}
