//! Reads what a model's owner writes: YAML into policies, with errors that say where and what to do.
//!
//! [`read`] turns one document into the policies of its models; [`PolicySet`] keeps many documents, so that one bad
//! document disables only its own models; [`changes`] tells what one
//! policy says otherwise than another; [`lint`] warns of policies that hardly do what was meant; [`training`] fills in
//! and checks the `CreateTrainingJob` request.

mod check;
mod diff;
mod document;
mod fault;
mod lint;
mod locate;
mod normal;
mod problem;
mod range;
mod read;
#[cfg(feature = "schema")]
mod schema;
mod set;
pub mod training;

pub use diff::{Change, changes};
pub use document::Document;
pub use lint::{Ceilings, lint, refused};
pub use normal::normal;
pub use problem::{Problem, Severity, nearest};
pub use read::{read, template};
#[cfg(feature = "schema")]
pub use schema::{reference, schema};
pub use set::{PolicySet, Standing, Text};
