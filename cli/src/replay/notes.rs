//! What a person should know before they believe a replay: what the policy asks for and the history does not have.

use std::collections::BTreeSet;

use rekindle_decision::policy::{Alarms, Metric, Policy, Watch};
use rekindle_replay::history::{History, Keys};

/// What the policy asks for and the history does not have, and what it has for nobody.
pub(super) fn notes(policy: &Policy, metric: &Metric, history: &History) -> Vec<String> {
    let mut notes = Vec::new();
    for (key, asked) in Keys::of(policy).iter() {
        if asked != metric && !history.series.contains_key(asked) {
            notes.push(format!(
                "the history has no value of `{key}` ({asked}): it counts as missing throughout"
            ));
        }
    }
    let rang: BTreeSet<&str> = history.alarms.iter().map(|change| change.name.as_str()).collect();
    let watched: Vec<&Alarms> = policy
        .watches()
        .filter_map(|(_, watch)| if let Watch::Alarm(alarm) = watch { Some(&alarm.which) } else { None })
        .collect();
    let named: BTreeSet<&str> = watched
        .iter()
        .filter_map(|which| if let Alarms::Name(name) = which { Some(name.as_str()) } else { None })
        .collect();
    for name in named.difference(&rang) {
        notes.push(format!("the history has no change of the alarm `{name}`: it counts as OK throughout"));
    }
    // Who watches alarms by a prefix or a tag may mean any.
    if watched.len() == named.len() {
        for name in rang.difference(&named) {
            notes.push(format!("the changes of the alarm `{name}` wake nobody: the policy does not name it"));
        }
    }
    if policy.guards.ask_first {
        notes.push(
            "the policy asks first, and in a replay nobody answers but by the history's signals".to_owned(),
        );
    }
    notes
}
