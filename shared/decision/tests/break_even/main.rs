#![cfg(test)]
//! The accounts of staying stale: by an oracle, by laws, and by small examples.

#![allow(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "counts are small, and what is equal is meant to be to the bit"
)]

mod guarantee;
mod laws;
mod oracle;
