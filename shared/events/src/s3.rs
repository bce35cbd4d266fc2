//! Objects in S3, as EventBridge tells of them.

use rekindle_decision::signal::What;

use crate::Reading;
use crate::envelope::{arrived, bounded, detail, need_id};
use crate::object::Object;
use crate::refusal::Problem;

pub(crate) const DETAIL_TYPE: &str = "Object Created";

/// Longest key of S3, in bytes.
const MAX_KEY: usize = 1024;

/// Reads a new object. Its key comes as it is: unlike the notifications of S3 itself, EventBridge encodes nothing.
pub(crate) fn read(event: &Object<'_>) -> Result<Reading, Problem> {
    created(event).map_err(|problem| problem.resembling("S3 object event"))
}

fn created(event: &Object<'_>) -> Result<Reading, Problem> {
    let (value, path) = detail(event)?;
    let detail = Object::new(&value, path)?;
    let bucket = need_id(&detail.need_object("bucket")?, "name")?;
    let object = detail.need_object("object")?;
    let key = bounded(object.need_text("key")?, &object.at("key"), MAX_KEY)?;
    // Written again under the same key, an object is another one: S3 counts in the sequencer.
    let id = format!("{bucket}/{key}/{}", need_id(&object, "sequencer")?);
    let size = object.need_count("size")?;
    let what = What::Object { bucket: bucket.into(), key: key.into(), size };
    arrived(id, event.need_instant("time")?, what, event)
}
