//! Calendar spans, in UTC.

use alloc::string::{String, ToString};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// A calendar span that budgets are counted in, in UTC as AWS bills.
///
/// ```
/// use rekindle_decision::span::Span;
///
/// let now = "2026-11-02T06:00:00Z".parse()?;
/// assert_eq!(Span::Month.name(now), "2026-11");
/// assert_eq!(Span::Month.end(now).to_string(), "2026-12-01T00:00:00Z");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// A day.
    Day,
    /// A week, beginning on Monday.
    Week,
    /// A month.
    Month,
}

impl Span {
    /// The first day of the span an instant lies in.
    fn first(self, at: Timestamp) -> Date {
        let day = TimeZone::UTC.to_datetime(at).date();
        match self {
            Self::Day => day,
            Self::Week => {
                let back = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(back.days()).unwrap_or(day)
            }
            Self::Month => day.first_of_month(),
        }
    }

    /// When the span that an instant lies in began.
    #[must_use]
    pub fn start(self, at: Timestamp) -> Timestamp {
        midnight(self.first(at)).unwrap_or(Timestamp::MIN)
    }

    /// When the span that an instant lies in ends, exclusive.
    #[must_use]
    pub fn end(self, at: Timestamp) -> Timestamp {
        let length = match self {
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
        };
        self.first(at).checked_add(length).ok().and_then(midnight).unwrap_or(Timestamp::MAX)
    }

    /// The name of the span an instant lies in: `2026-11`, or the first day of it.
    #[must_use]
    pub fn name(self, at: Timestamp) -> String {
        let first = self.first(at);
        match self {
            Self::Day | Self::Week => first.to_string(),
            Self::Month => alloc::format!("{:04}-{:02}", first.year(), first.month()),
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

fn midnight(day: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(day.to_datetime(Time::midnight())).ok()
}
