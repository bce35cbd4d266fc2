//! Whole turns, with time in them, against the world in memory.
#![cfg(test)]

mod alarms;
mod approvals;
mod arrivals;
mod budgets;
mod costs;
mod crashes;
mod edits;
mod ends;
mod failures;
mod fleet;
mod judged;
mod lines;
mod metrics;
mod monitors;
mod races;
mod records;
mod refusals;
mod replacing;
mod requests;
mod retries;
mod schedule;
mod stage;
mod steered;
mod stories;
mod trainings;
mod unruly;
mod unsaid;
mod watched;
