//! Lengths of time as people write them.

use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A whole number of seconds, written `90s`, `15m`, `6h`, `14d`, `2w` or joined as `1h30m`.
///
/// ```
/// use rekindle_decision::duration::Duration;
///
/// let wait: Duration = "1h30m".parse()?;
/// assert_eq!(wait.seconds(), 5_400);
/// assert_eq!(wait.to_string(), "1h30m");
/// // A day is 24 hours: these are lengths, not dates.
/// assert_eq!("14d".parse::<Duration>()?.seconds(), 1_209_600);
/// # Ok::<(), rekindle_decision::duration::NotADuration>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

/// Longest length accepted: ten years. Beyond it something else was meant, and sums of instants stay in range.
const LONGEST: u64 = 10 * 366 * 86_400;

/// A text that is not a [`Duration`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a duration; write a number and a unit, such as 90s, 15m, 6h, 14d or 1h30m (at most ten years)"
)]
pub struct NotADuration {
    text: String,
}

impl Duration {
    /// A length of so many seconds; lengths beyond ten years count as ten years.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(if seconds > LONGEST { LONGEST } else { seconds })
    }

    /// The length in seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// The same length for arithmetic with instants.
    #[must_use]
    pub fn signed(self) -> SignedDuration {
        SignedDuration::from_secs(i64::try_from(self.0).unwrap_or(i64::MAX))
    }

    /// The instant this much later, or the last one there is.
    #[must_use]
    pub fn after(self, instant: Timestamp) -> Timestamp {
        instant.checked_add(self.signed()).unwrap_or(Timestamp::MAX)
    }

    /// The instant this much earlier, or the first one there is.
    #[must_use]
    pub fn before(self, instant: Timestamp) -> Timestamp {
        instant.checked_sub(self.signed()).unwrap_or(Timestamp::MIN)
    }

    /// The time from one instant to a later one; zero if it is not later.
    #[must_use]
    pub fn between(earlier: Timestamp, later: Timestamp) -> Self {
        Self::from_seconds(u64::try_from(later.duration_since(earlier).as_secs()).unwrap_or(0))
    }
}

impl FromStr for Duration {
    type Err = NotADuration;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || NotADuration { text: text.chars().take(40).collect() };
        let mut total: u64 = 0;
        let mut number: Option<u64> = None;
        let mut smallest = u64::MAX;
        for letter in text.trim().chars() {
            if let Some(digit) = letter.to_digit(10) {
                let before = number.unwrap_or(0).checked_mul(10).ok_or_else(refuse)?;
                number = Some(before.checked_add(u64::from(digit)).ok_or_else(refuse)?);
                continue;
            }
            let unit = match letter {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => 86_400,
                'w' => 604_800,
                _ => return Err(refuse()),
            };
            // Larger units first, each once: `30m1h` is a slip, not a length.
            if unit >= smallest {
                return Err(refuse());
            }
            smallest = unit;
            let part = number.take().ok_or_else(refuse)?.checked_mul(unit).ok_or_else(refuse)?;
            total = total.checked_add(part).ok_or_else(refuse)?;
        }
        if number.is_some() || smallest == u64::MAX || total > LONGEST {
            Err(refuse())
        } else {
            Ok(Self(total))
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (size, unit) in [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')] {
            if rest >= size {
                write!(f, "{}{unit}", rest / size)?;
                rest %= size;
            }
        }
        Ok(())
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Duration {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A number and a unit, largest unit first: 90s, 15m, 6h, 14d, 2w, 1h30m.",
            "minLength": 2,
            "pattern": "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$",
            "examples": ["15m", "6h", "14d", "1h30m"]
        })
    }
}
