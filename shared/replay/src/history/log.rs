//! A history from the decision log of a service that runs: what its facts held.
//!
//! A line is what a function logs about one model in one turn. Its facts hold the points that the rules looked at, the state
//! of each alarm and since when, the starts and which of them were trained, and what arrived. An alarm that changed twice
//! between two turns shows its newest change only.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::{AlarmFact, AlarmSet, Facts, Series};
use rekindle_decision::signal::Signal;
use rekindle_decision::state::State;
use serde::Deserialize;
use serde_json::Value;

use super::collected::Collected;
use super::fault::{Fault, Place};
use super::keys::Keys;
use super::{AlarmChange, Training};

/// What is read of a decision. There is more in a line, for people and for `CloudWatch`.
#[derive(Debug, Deserialize)]
struct Decision {
    model: String,
    facts: Value,
    /// Only a decision has one.
    #[serde(rename = "ruling")]
    _ruling: serde::de::IgnoredAny,
}

/// Reads the decisions about one model out of a log. Lines that are no decisions are passed over and counted. Lines may stand
/// in any order: of two values of one period the one of the newest turn counts.
///
/// # Errors
///
/// A decision whose facts cannot be read.
pub fn read(file: &str, text: &str, model: &str, keys: &Keys, into: &mut Collected) -> Result<(), Fault> {
    let mut turns = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let Some(decision) = decision(line) else {
            into.leaves_out().not_decisions += 1;
            continue;
        };
        if decision.model != model {
            into.leaves_out().other_models += 1;
            continue;
        }
        let facts: Facts = serde_json::from_value(decision.facts).map_err(|error| {
            Fault::new(file, Place::Line(number), format!("the decision's facts cannot be read: {error}"))
                .hint("it was logged by another version of Rekindle: read it with that one")
        })?;
        turns.push(facts);
    }
    turns.sort_by_key(|facts| facts.now);
    for facts in turns {
        collect(facts, keys, into);
    }
    Ok(())
}

/// Whether a line is a decision. Tools that fetch logs set their own words before it.
pub(super) fn is_decision(line: &str) -> bool {
    decision(line).is_some()
}

fn decision(line: &str) -> Option<Decision> {
    serde_json::from_str(line.get(line.find('{')?..)?).ok()
}

fn collect(facts: Facts, keys: &Keys, into: &mut Collected) {
    let Facts { now, state, signals, alarms, alarm_sets, metrics, monitors: _, fleets: _ } = facts;
    for (key, series) in metrics {
        let Series::Complete { points } = series else { continue };
        let Ok(metric) = keys.metric(&key) else {
            *into.leaves_out().unknown.entry(key).or_default() += 1;
            continue;
        };
        for point in points {
            into.point(metric, point);
        }
    }
    let sets = alarm_sets.into_values().filter_map(|set| match set {
        AlarmSet::Complete { alarms } => Some(alarms),
        AlarmSet::Unread { .. } => None,
    });
    for (name, fact) in alarms.into_iter().chain(sets.flatten()) {
        if let AlarmFact::Found { state, since, .. } = fact {
            into.alarm(AlarmChange { at: since, name, state });
        }
    }
    for signal in signals {
        if let Some(at) = happened(&signal, now) {
            into.signal(at, signal);
        }
    }
    for training in trainings(&state) {
        into.training(&training);
    }
}

/// When what a signal tells happened. Nothing, where it tells what a replay does by itself: ticks, sweeps, how jobs end.
fn happened(signal: &Signal, now: Timestamp) -> Option<Timestamp> {
    match signal {
        Signal::Arrived(arrival) => Some(arrival.at),
        Signal::Asked(_) | Signal::Confirmed(_) | Signal::Controlled(_) | Signal::Alarmed(_) => Some(now),
        Signal::Scheduled(_) | Signal::Sweep(_) | Signal::TrainingEnded(_) | Signal::Edited(_) => None,
    }
}

/// The starts that were trained.
fn trainings(state: &State) -> Vec<Training> {
    let newest = |generation| state.trained.as_ref().filter(|it| it.generation == generation).map(|it| it.at);
    let starts = state.starts.iter();
    starts
        .filter_map(|start| {
            let ended = start.trained.or_else(|| newest(start.generation))?;
            Some(Training { began: start.at, took: Duration::between(start.at, ended) })
        })
        .collect()
}
