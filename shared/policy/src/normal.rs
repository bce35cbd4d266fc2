//! A policy with everything spelled out, in the words of a document: what two documents that mean the same have in
//! common, however they are written.

mod expr;
mod guards;
mod watch;

use std::collections::BTreeMap;

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{Policy, Trigger};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::check::MODEL;

/// The policy as a document that says every default, so that two texts that mean the same have one normal form.
///
/// The order in which triggers combine or blackouts are listed, and an `only_if` that could stand in `start_when`, are
/// ways of writing too. Where a policy came from is no part of it.
#[must_use]
pub fn normal(policy: &Policy) -> Value {
    // No field is left out by `..` here and below: a new one must be thought of, or `diff` would be blind to it.
    let Policy {
        model,
        revision: _,
        owner,
        mode,
        triggers,
        start_when,
        guards,
        trained,
        serves_after,
        data_window,
        training,
    } = policy;
    let mut fields = Fields::default();
    fields.put("model", model);
    fields.maybe("owner", owner.as_ref());
    fields.put("mode", mode);
    fields.maybe("trained", trained.as_ref());
    fields.length("serves_after", *serves_after);
    fields.maybe("data_window", data_window.as_ref());
    fields.put("triggers", triggers.iter().map(|(name, it)| (name, trigger(it))).collect::<BTreeMap<_, _>>());
    fields.put("start_when", expr::expr(start_when));
    fields.put("guards", guards::guards(guards));
    fields.put("training", filled(training, model));
    fields.value()
}

fn trigger(trigger: &Trigger) -> Value {
    let Trigger { watch, counts_as } = trigger;
    let mut fields = watch::watch(watch);
    fields.put("counts_as", counts_as);
    fields.value()
}

/// The name put in for `{model}`, in every text inside. The other placeholders are filled in when a job is started.
pub(crate) fn filled(value: &Value, model: &str) -> Value {
    match value {
        Value::String(text) => text.replace(MODEL, model).into(),
        Value::Array(items) => items.iter().map(|item| filled(item, model)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), filled(value, model))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// The fields of a mapping, as they are found.
#[derive(Debug, Default)]
struct Fields(Map<String, Value>);

impl Fields {
    /// A field that a document would have under this name.
    fn put(&mut self, name: &str, value: impl Serialize) {
        // Names, numbers and texts cannot fail to be written.
        self.0.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
    }

    fn maybe(&mut self, name: &str, value: Option<impl Serialize>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// A length of time of which none is as good as nothing written.
    fn length(&mut self, name: &str, length: Duration) {
        self.maybe(name, Some(length).filter(|length| length.seconds() > 0));
    }

    fn value(self) -> Value {
        Value::Object(self.0)
    }
}
