//! A CloudWatch alarm's state, as read, not as told.

use crate::facts::{AlarmFact, Facts, Gap};
use crate::finding::Finding;
use crate::policy::Alarm;
use crate::signal::{AlarmState, Signal};

pub(super) fn find(alarm: &Alarm, facts: &Facts) -> Finding {
    let name = || alarm.name.clone();
    match facts.alarms.get(&alarm.name) {
        None => Finding::Unread { gap: Gap::NotAsked },
        Some(AlarmFact::Unread { gap }) => Finding::Unread { gap: gap.clone() },
        Some(AlarmFact::Absent) => Finding::NoSuchAlarm { alarm: name() },
        Some(AlarmFact::Found { state: AlarmState::Ok, since, .. }) => {
            Finding::NotInAlarm { alarm: name(), since: *since, claimed: claimed(alarm, facts) }
        }
        // A suppressed composite is in ALARM, but somebody said that it should not be acted on now.
        Some(AlarmFact::Found { state: AlarmState::Alarm, since, suppressed_by: None }) => {
            Finding::InAlarm { alarm: name(), since: *since }
        }
        Some(AlarmFact::Found { state, suppressed_by, .. }) => {
            Finding::AlarmUnclear { alarm: name(), state: *state, suppressed_by: suppressed_by.clone() }
        }
    }
}

/// When an event of this turn claimed that the alarm is in ALARM: events can be hours old.
fn claimed(alarm: &Alarm, facts: &Facts) -> Option<jiff::Timestamp> {
    facts.signals.iter().find_map(|signal| match signal {
        Signal::Alarmed(told) if told.name == alarm.name && told.state == AlarmState::Alarm => {
            Some(told.since)
        }
        Signal::Alarmed(_) | Signal::Scheduled(_) | Signal::Asked(_) | Signal::Sweep(_) => None,
    })
}
