//! Whole turns, with time in them, against the world in memory.
#![cfg(test)]

mod alarms;
mod crashes;
mod fleet;
mod metrics;
mod races;
mod records;
mod refusals;
mod requests;
mod schedule;
mod stage;
mod unruly;
