//! Each trigger against the facts. Every one is asked on every turn: a short cut would lose evidence.

mod alarm;
mod metric;
mod schedule;

use crate::facts::Facts;
use crate::finding::Finding;
use crate::policy::{Policy, Trigger};

/// What one trigger is, given the facts.
pub(crate) fn find(policy: &Policy, name: &str, trigger: &Trigger, facts: &Facts) -> Finding {
    match trigger {
        Trigger::Schedule(schedule) => schedule::find(policy, name, schedule, facts),
        Trigger::Alarm(alarm) => alarm::find(alarm, facts),
        Trigger::Metric(threshold) => metric::find(name, threshold, policy.guards.freshness, facts),
    }
}
