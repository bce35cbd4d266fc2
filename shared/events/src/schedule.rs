//! Ticks of EventBridge rules and of EventBridge Scheduler, as they come without an input of our own.

use rekindle_decision::signal::{Signal, Tick};

use crate::object::Object;
use crate::refusal::{Problem, shown};
use crate::{Reading, arn, envelope};

/// Reads a `Scheduled Event`. Its `detail` says nothing, as an object or as the string that Scheduler makes of it.
pub(crate) fn read(event: &Object<'_>) -> Result<Reading, Problem> {
    tick(event)
        .map(|tick| Reading::Signal(Signal::Scheduled(tick)))
        .map_err(|problem| problem.resembling("scheduled event"))
}

fn tick(event: &Object<'_>) -> Result<Tick, Problem> {
    let source = envelope::resource(event)?.ok_or_else(|| event.missing("resources[0]"))?;
    if !arn::is_schedule(source) {
        let path = event.at("resources[0]");
        return Err(Problem::new(format!(
            "`{path}` is {}, which is not the ARN of a rule or a schedule",
            shown(source)
        )));
    }
    Ok(Tick {
        source: Some(source.into()),
        at: Some(event.need_instant("time")?),
        trigger: None,
        models: Vec::new(),
        replay: envelope::replay(event)?,
    })
}
