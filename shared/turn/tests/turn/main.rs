//! Whole turns, with time in them, against the world in memory.
#![cfg(test)]

mod alarms;
mod approvals;
mod arrivals;
mod budgets;
mod costs;
mod crashes;
mod ends;
mod failures;
mod fleet;
mod metrics;
mod monitors;
mod races;
mod records;
mod refusals;
mod replacing;
mod requests;
mod schedule;
mod stage;
mod trainings;
mod unruly;
mod unsaid;
