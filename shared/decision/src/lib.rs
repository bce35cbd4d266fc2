//! Decides whether a model should be retrained. Pure: no clock, no I/O, no randomness.
//!
//! A [`Policy`](policy::Policy) says what the model's owner wants, [`Facts`](facts::Facts) say what is known at one
//! instant, and [`decide`] turns the two into a [`Ruling`](ruling::Ruling): the decision, the whole evaluation tree
//! behind it, every blocker, and when to look again. The same policy and the same facts give the same bytes, so that a
//! recorded decision can be made again years later.
#![no_std]
extern crate alloc;

mod approval;
pub mod break_even;
mod decide;
pub mod detect;
pub mod duration;
pub mod effect;
pub mod explain;
pub mod facts;
pub mod finding;
mod guards;
pub mod identity;
pub mod money;
pub mod pattern;
pub mod policy;
mod rules;
pub mod ruling;
pub mod schedule;
pub mod signal;
pub mod span;
pub mod state;
pub mod truth;

pub use decide::decide;

/// Names the meaning of this engine. It changes when the same facts would be decided otherwise, and is part of every
/// decision's identity and of every record.
pub const ENGINE_REVISION: &str = "4";
