//! What the double does, as its callers see it: plain HTTP to a real port.
//!
//! The names of the tests are the specification.
#![cfg(test)]

mod caller;
mod faults;
mod life;
mod listing;
mod monitors;
mod names;
mod refusals;
mod side_door;
mod state_changes;
mod tags;
