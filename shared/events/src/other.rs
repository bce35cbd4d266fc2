//! EventBridge events of any other kind: somebody's own, or AWS's that we do not know by name.
//!
//! They mean nothing to us. A policy may ask for them with a pattern, which sees the event as it was sent.

use rekindle_decision::signal::What;

use crate::Reading;
use crate::envelope::{arrived, bounded, need_id};
use crate::object::Object;
use crate::refusal::Problem;

/// Largest event that is kept whole, as JSON without spaces.
pub const MAX_EVENT_BYTES: usize = 64 * 1024;

/// Longest `source` and `detail-type`, as EventBridge has it.
const MAX_NAME: usize = 256;

/// Reads an event whole.
pub(crate) fn read(event: &Object<'_>, source: &str, detail_type: &str) -> Result<Reading, Problem> {
    let source = bounded(source, &event.at("source"), MAX_NAME)?;
    let detail_type = bounded(detail_type, &event.at("detail-type"), MAX_NAME)?;
    let whole = event.whole();
    let bytes = whole.to_string().len();
    if bytes > MAX_EVENT_BYTES {
        return Err(Problem::new(format!(
            "{} has {bytes} bytes, and no event over {MAX_EVENT_BYTES} is kept",
            event.name()
        ))
        .hint("put large data into S3 and send where it is"));
    }
    let id = format!("{source}/{detail_type}/{}", need_id(event, "id")?);
    arrived(id, event.need_instant("time")?, What::Event { event: whole }, event)
}
