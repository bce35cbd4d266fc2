//! The newest run of a Model Monitor schedule, as read, not as told.

use crate::facts::{Facts, Gap, MonitorFact};
use crate::finding::{Finding, Monitored};
use crate::policy::{Monitor, MonitorEnd};

pub(super) fn find(monitor: &Monitor, facts: &Facts) -> Finding {
    let (status, scheduled) = match facts.monitors.get(&monitor.schedule) {
        None => return Finding::Unread { gap: Gap::NotAsked },
        Some(MonitorFact::Unread { gap }) => return Finding::Unread { gap: gap.clone() },
        Some(MonitorFact::NoRun) => return Finding::NoMonitorRun { schedule: monitor.schedule.clone() },
        Some(MonitorFact::Found { status, scheduled, .. }) => (status, *scheduled),
    };
    let run = Monitored { schedule: monitor.schedule.clone(), status: status.clone(), scheduled };
    match (status.as_str(), monitor.on) {
        ("CompletedWithViolations", MonitorEnd::Violations) | ("Completed", MonitorEnd::Clean) => {
            Finding::MonitorFired(run)
        }
        ("CompletedWithViolations" | "Completed", _) => Finding::MonitorQuiet(run),
        // Failed, stopped, or a word to come: a run that did not look has not found the data well.
        _ => Finding::MonitorUnclear(run),
    }
}
