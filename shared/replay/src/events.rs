//! What AWS tells, as the functions read it.

use jiff::Timestamp;
use rekindle_decision::signal::{AlarmKind, AlarmState, Tick, Transition};

/// The tick of a schedule, sent by a rule.
#[must_use]
pub fn tick(rule: Option<&str>, at: Timestamp) -> Tick {
    let source = rule.map(|rule| format!("arn:aws:events:eu-central-1:445566778899:rule/{rule}"));
    Tick { source, at: Some(at), ..Tick::default() }
}

/// An alarm's change.
#[must_use]
pub fn transition(name: &str, state: AlarmState, since: Timestamp) -> Transition {
    Transition {
        alarm: format!("arn:aws:cloudwatch:eu-central-1:445566778899:alarm:{name}"),
        name: name.to_owned(),
        kind: AlarmKind::Metric,
        state,
        since,
        previous: None,
        reason: String::new(),
        points: Vec::new(),
        threshold: None,
        period: None,
        suppressed_by: None,
        replay: None,
    }
}
