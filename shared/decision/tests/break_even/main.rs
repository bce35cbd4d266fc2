//! The accounts of staying stale: by an oracle, by laws, and by small examples.

#![allow(clippy::unwrap_used, clippy::float_cmp, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod guarantee;
mod laws;
mod oracle;
