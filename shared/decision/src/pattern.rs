//! EventBridge event patterns.
use serde_json::Value;
/// stub
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern(Value);
impl Pattern {
    /// Whether an event matches.
    #[must_use]
    pub fn matches(&self, _event: &Value) -> bool {
        false
    }
}
