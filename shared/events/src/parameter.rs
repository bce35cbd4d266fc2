//! Changes in Parameter Store: a policy was written or removed.

use rekindle_decision::signal::{Edit, Signal};

use crate::Reading;
use crate::envelope::{bounded, detail, ignored, replay};
use crate::object::Object;
use crate::refusal::{Problem, shown};

pub(crate) const DETAIL_TYPE: &str = "Parameter Store Change";

/// Longest name of a parameter: Parameter Store's own limit.
const MAX_NAME: usize = 2048;

/// Reads a change of a parameter. Whether it is a policy the rule has decided, which forwards one path only.
pub(crate) fn read(event: &Object<'_>) -> Result<Reading, Problem> {
    changed(event).map_err(|problem| problem.resembling("Parameter Store event"))
}

fn changed(event: &Object<'_>) -> Result<Reading, Problem> {
    let (value, path) = detail(event)?;
    let detail = Object::new(&value, path)?;
    let document = bounded(detail.need_text("name")?, &detail.at("name"), MAX_NAME)?.to_owned();
    match detail.need_text("operation")? {
        "Create" | "Update" | "Delete" => {
            let edit = Edit { document, at: event.need_instant("time")?, replay: replay(event)? };
            Ok(Reading::Signal(Signal::Edited(edit)))
        }
        "LabelParameterVersion" => {
            Ok(ignored("label of a parameter", "a label changes no text, and the newest version counts"))
        }
        other => Err(Problem::new(format!(
            "`{}` is {}, which is none of `Create`, `Update`, `Delete`, `LabelParameterVersion`",
            detail.at("operation"),
            shown(other)
        ))),
    }
}
