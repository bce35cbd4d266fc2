#![cfg(test)]
//! The accounts of staying stale: by an oracle, by laws, and by small examples.

#![allow(clippy::cast_precision_loss, reason = "counts of a test are small")]

mod guarantee;
mod laws;
mod oracle;
