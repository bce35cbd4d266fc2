//! Reads what a model's owner writes: YAML into policies, with errors that say where and what to do.
//!
//! [`read`] turns one document into the policies of its models; [`PolicySet`] keeps many documents, so that one bad
//! document disables only its own models; [`training`] fills in and checks the `CreateTrainingJob` request.

mod check;
mod document;
mod locate;
mod problem;
mod read;
mod set;
pub mod training;

pub use document::Document;
pub use problem::Problem;
pub use read::read;
pub use set::{PolicySet, Text};

/// The JSON Schema of a policy document, for editors.
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Document);
    schema.insert("$id".into(), "urn:rekindle:policy".into());
    schema.to_value()
}
