//! Times that open again and again.

use jiff::Timestamp;

use super::expression::Expression;
use crate::duration::Duration;

/// A time that opens at each instant of a schedule and stays open for a length, as blackouts do.
///
/// The length is time that passes, not time on a clock: a window of 6 hours that opens at 22:00 closes at 04:00, but at
/// 05:00 in the night the clocks go forward and at 03:00 in the night they are put back.
///
/// ```
/// use rekindle_decision::schedule::{Expression, Window};
///
/// let weekend = Window {
///     opens: Expression::parse("cron(0 18 ? * FRI *)", Some("Europe/Berlin"))?,
///     length: "2d12h".parse()?,
/// };
/// // Friday 18:00 in Berlin is 16:00 UTC until the clocks are put back on Sunday, 25 October 2026.
/// assert_eq!(weekend.open_until("2026-10-23T15:59:59Z".parse()?), None);
/// assert_eq!(weekend.open_until("2026-10-23T16:00:00Z".parse()?), Some("2026-10-26T04:00:00Z".parse()?));
/// // At the instant it closes it is closed.
/// assert_eq!(weekend.open_until("2026-10-26T04:00:00Z".parse()?), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// When it opens.
    pub opens: Expression,
    /// How long it stays open.
    pub length: Duration,
}

impl Window {
    /// When the window that is open at an instant closes; none if none is open.
    ///
    /// If it has opened again before it closed, the newest opening counts: all stay open for the same length, so none
    /// closes later. An opening still to come may prolong it, and is not looked for: hourly windows of two hours would
    /// never close.
    ///
    /// ```
    /// # use rekindle_decision::schedule::{Expression, Window};
    /// let hourly = Window { opens: Expression::parse("cron(0 8-9 * * ? *)", None)?, length: "90m".parse()? };
    /// assert_eq!(hourly.open_until("2026-10-21T08:59:00Z".parse()?), Some("2026-10-21T09:30:00Z".parse()?));
    /// assert_eq!(hourly.open_until("2026-10-21T09:00:00Z".parse()?), Some("2026-10-21T10:30:00Z".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn open_until(&self, at: Timestamp) -> Option<Timestamp> {
        let closes = self.length.after(self.opens.latest(at)?);
        Some(closes).filter(|closes| at < *closes)
    }
}
