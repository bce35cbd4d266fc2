//! Each trigger against the facts. Every one is asked on every turn: a short cut would lose evidence.

mod age;
mod alarm;
mod arrivals;
mod break_even;
mod challenger;
mod detector;
mod metric;
mod monitor;
mod schedule;
pub(crate) mod series;
mod trend;

use jiff::Timestamp;

pub(crate) use age::find as age;
pub(crate) use arrivals::tallies;

use crate::duration::Duration;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::policy::{Policy, Trigger, Watch};

/// What one trigger is, given the facts.
pub(crate) fn find(policy: &Policy, name: &str, trigger: &Trigger, facts: &Facts) -> Finding {
    let about = About { policy, name, facts };
    match &trigger.watch {
        Watch::Schedule(schedule) => schedule::find(about, schedule),
        Watch::Alarm(alarm) => alarm::find(alarm, facts),
        Watch::Monitor(monitor) => monitor::find(monitor, facts),
        Watch::DataQuality(quality) => arrivals::data_quality(about, quality, trigger.counts_as),
        Watch::Objects(objects) => arrivals::objects(about, objects),
        Watch::Events(events) => arrivals::events(about, events),
        Watch::Metric(rule) => metric::find(about, rule),
        Watch::Trend(rule) => trend::find(about, rule),
        Watch::Challenger(rule) => challenger::find(about, rule),
        Watch::Detector(rule) => detector::find(about, rule),
        Watch::BreakEven(rule) => break_even::find(about, rule),
    }
}

/// Whose trigger is asked, and what is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) name: &'a str,
    pub(crate) facts: &'a Facts,
}

/// Until when something has to stay as it is before it counts; `None` once it does. Without such a time it counts at once,
/// though its sender's clock may be ahead of ours.
fn settles(quiet_for: Duration, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let until = quiet_for.after(since);
    (quiet_for > Duration::default() && until > now).then_some(until)
}

/// When the model that serves now was trained, as far as is known.
pub(crate) fn trained(policy: &Policy, facts: &Facts) -> Option<Timestamp> {
    facts.state.trained.as_ref().map(|trained| trained.at).or(policy.trained)
}

/// Since when the model that serves now has served: nothing measured before is evidence about it.
pub(crate) fn serves_since(policy: &Policy, facts: &Facts) -> Timestamp {
    trained(policy, facts).map_or(Timestamp::MIN, |trained| policy.serves_after.after(trained))
}
