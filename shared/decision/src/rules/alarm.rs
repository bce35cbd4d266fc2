//! CloudWatch alarms' states, as read, not as told.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;

use crate::facts::{AlarmFact, AlarmSet, Facts, Gap};
use crate::finding::Finding;
use crate::policy::{Alarm, Alarms};
use crate::signal::{AlarmState, Signal};
use crate::truth::Truth;

pub(super) fn find(alarm: &Alarm, facts: &Facts) -> Finding {
    match &alarm.which {
        Alarms::Name(name) => match facts.alarms.get(name) {
            None => Finding::Unread { gap: Gap::NotAsked },
            Some(fact) => one(alarm, name, fact, facts),
        },
        prefix @ Alarms::Prefix { .. } => match facts.alarm_sets.get(&prefix.key()) {
            None => Finding::Unread { gap: Gap::NotAsked },
            Some(AlarmSet::Unread { gap }) => Finding::Unread { gap: gap.clone() },
            Some(AlarmSet::Complete { alarms }) => {
                let each = alarms.iter().map(|(name, fact)| one(alarm, name, fact, facts));
                loudest(each.collect()).unwrap_or(Finding::NoSuchAlarm { alarm: prefix.key() })
            }
        },
    }
}

fn one(alarm: &Alarm, name: &str, fact: &AlarmFact, facts: &Facts) -> Finding {
    let name_of = || -> String { name.to_owned() };
    match fact {
        AlarmFact::Unread { gap } => Finding::Unread { gap: gap.clone() },
        AlarmFact::Absent => Finding::NoSuchAlarm { alarm: name_of() },
        AlarmFact::Found { state: AlarmState::Ok, since, .. } => {
            Finding::NotInAlarm { alarm: name_of(), since: *since, claimed: claimed(name, facts) }
        }
        // A suppressed composite is in ALARM, but somebody said that it should not be acted on now.
        AlarmFact::Found { state: AlarmState::Alarm, since, suppressed_by: None } => {
            match super::settles(alarm.quiet_for, *since, facts.now) {
                Some(until) => Finding::AlarmSettling { alarm: name_of(), since: *since, until },
                None => Finding::InAlarm { alarm: name_of(), since: *since },
            }
        }
        AlarmFact::Found { state, suppressed_by, .. } => {
            Finding::AlarmUnclear { alarm: name_of(), state: *state, suppressed_by: suppressed_by.clone() }
        }
    }
}

/// Of several alarms the one that matters: the newest in ALARM, else one that cannot be told, else one that settles.
/// The newest, so that an alarm that goes off while another one stays is an occurrence of its own.
fn loudest(findings: Vec<Finding>) -> Option<Finding> {
    let weight = |finding: &Finding| match finding.truth() {
        Truth::Fired => 3,
        Truth::Unknown => 2,
        Truth::Quiet => u8::from(matches!(finding, Finding::AlarmSettling { .. })),
    };
    // The first of equals, so that the answer does not hang on how many there are.
    findings.into_iter().rev().max_by_key(|finding| (weight(finding), finding.occurrence()))
}

/// When an event of this turn claimed that the alarm is in ALARM: events can be hours old.
fn claimed(name: &str, facts: &Facts) -> Option<Timestamp> {
    facts.signals.iter().find_map(|signal| match signal {
        Signal::Alarmed(told) if told.name == name && told.state == AlarmState::Alarm => Some(told.since),
        Signal::Alarmed(_)
        | Signal::Scheduled(_)
        | Signal::Arrived(_)
        | Signal::Asked(_)
        | Signal::Confirmed(_)
        | Signal::Sweep(_)
        | Signal::Controlled(_)
        | Signal::TrainingEnded(_)
        | Signal::Edited(_) => None,
    })
}
