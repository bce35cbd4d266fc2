//! What one policy says otherwise than another, in the policy's own terms.

mod shown;
mod walk;

use rekindle_decision::policy::Policy;
use serde::Serialize;
use serde_json::Value;

use crate::check::MODEL;
use crate::normal::{filled, normal};

/// One field that two policies do not have alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The field, as names from the top; an item of a list by its own name, or by its place.
    pub field: Vec<String>,
    /// What it was; absent: the old policy has no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    /// What it is; absent: the new policy has no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Value>,
}

/// Everything that the new policy says otherwise, in the order of a document; nothing if the two mean the same, however
/// they are written and whatever document they come from.
#[must_use]
pub fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let mut changes = Vec::new();
    walk::walk(&mut Vec::new(), &normal(old), &normal(new), &mut changes);
    changes
}

impl Change {
    /// The change with the name of one model put in, if it is one of a [`template`](crate::template).
    #[must_use]
    pub fn of(&self, model: &str) -> Self {
        let fill = |value: &Value| filled(value, model);
        Self {
            field: self.field.iter().map(|name| name.replace(MODEL, model)).collect(),
            from: self.from.as_ref().map(fill),
            to: self.to.as_ref().map(fill),
        }
    }
}
