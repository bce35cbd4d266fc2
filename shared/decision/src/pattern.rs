//! Event patterns, as EventBridge writes them: which events a policy counts.
//!
//! Written here since no crate reads the whole language without the standard library, and since a wrong answer is a job
//! started or missed. What the language is, AWS tells in its guide, and in the sources of its own matcher, Event Ruler.

mod cidr;
mod fields;
mod filter;
mod numeric;
mod refusal;
mod text;
mod value;
mod wildcard;

use alloc::string::String;

use serde::{Serialize, Serializer};
use serde_json::Value;

use self::fields::Fields;
pub use self::refusal::NotAPattern;

/// An EventBridge event pattern: what must be true of an event's fields.
///
/// ```
/// use rekindle_decision::pattern::Pattern;
/// use serde_json::json;
///
/// let pattern = Pattern::parse(&json!({
///     "source": ["shop.catalogue"],
///     "detail": { "items": [{ "numeric": [">", 1000] }], "season": [{ "anything-but": "winter" }] },
/// }))?;
/// assert!(pattern.matches(&json!({
///     "source": "shop.catalogue", "detail": { "items": 1840, "season": "spring" },
/// })));
/// assert!(!pattern.matches(&json!({ "source": "shop.catalogue", "detail": { "items": 1840 } })));
///
/// let refused = Pattern::parse(&json!({ "source": "shop.catalogue" })).unwrap_err();
/// assert_eq!(refused.to_string(), "`source` is a string, not a list; write `[\"shop.catalogue\"]`");
/// # Ok::<(), rekindle_decision::pattern::NotAPattern>(())
/// ```
///
/// Fields are joined by *and*, the entries of a list by *or*. A field that is a list matches if one of its elements
/// does; of a list of objects, one and the same element must have everything that is asked inside. Only a field that is
/// there can be anything but something.
///
/// Stricter than EventBridge in two points, since there the answer hangs on the order of keys or on a guess: a field may
/// not be asked for both inside and beside one `$or`, and a `$or` that is no list of patterns is not taken for a field.
/// Laxer in one: how long a pattern may be, how large its numbers and how many `*` it has is not limited.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern(Fields);

impl Pattern {
    /// Reads a pattern.
    pub fn parse(value: &Value) -> Result<Self, NotAPattern> {
        Fields::root(value).map(Self)
    }

    /// Whether an event matches.
    ///
    /// In time that grows with the event and with the pattern, not with the ways to lay one upon the other.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        self.0.matches(event.as_object())
    }

    /// The same pattern with every text that it compares put through a function, to fill in placeholders. What comes out
    /// stands for itself: a `*` in it is a star.
    ///
    /// ```
    /// # use rekindle_decision::pattern::Pattern;
    /// # use serde_json::json;
    /// let fleet = Pattern::parse(&json!({ "detail": { "topic": [{ "wildcard": "features/{model}/*" }] } }))?;
    /// let one = fleet.fill(&|text| text.replace("{model}", "churn"));
    /// assert!(one.matches(&json!({ "detail": { "topic": "features/churn/2027" } })));
    /// # Ok::<(), rekindle_decision::pattern::NotAPattern>(())
    /// ```
    #[must_use]
    pub fn fill(&self, with: &dyn Fn(&str) -> String) -> Self {
        Self(self.0.fill(with))
    }
}

/// Writes a pattern that is read as the same.
impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.written().serialize(serializer)
    }
}
