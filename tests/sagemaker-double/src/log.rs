//! Everything the double received.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// One call and what became of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) operation: String,
    /// The training job or the monitoring schedule it speaks of.
    pub(crate) name: Option<String>,
    /// What the double decided, whether or not the caller was told.
    pub(crate) status: Option<u16>,
    /// The code of the error, if it was one.
    pub(crate) error: Option<String>,
    /// The message of the error.
    pub(crate) message: Option<String>,
    pub(crate) fault: Option<&'static str>,
    /// Whether the caller was sent a whole answer.
    pub(crate) answered: bool,
    pub(crate) request: Value,
    /// Members the published model does not have; AWS ignores them, and so does the double.
    pub(crate) unknown_members: Vec<String>,
}
