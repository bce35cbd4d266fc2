//! A schedule expression and its instants.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::bits::Way;
use super::cron::Cron;
use super::rate::Rate;
use super::refusal::{NotASchedule, quoted};
use super::{at, unix, zone};

/// A schedule as EventBridge reads it: the instants at which something is wanted.
///
/// ```
/// use rekindle_decision::schedule::Expression;
///
/// let weekly = Expression::parse("cron(0 3 ? * SUN *)", Some("Europe/Berlin"))?;
/// let wednesday = "2026-10-21T12:00:00Z".parse()?;
/// assert_eq!(weekly.latest(wednesday), Some("2026-10-18T01:00:00Z".parse()?));
/// // The clocks of Berlin are put back on that Sunday.
/// assert_eq!(weekly.next(wednesday), Some("2026-10-25T02:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A time that the clocks skip in spring is skipped; a time that they show twice in autumn counts once, the first time.
/// That holds for every cron expression: one for every quarter of an hour rests for the repeated hour.
///
/// ```
/// # use rekindle_decision::schedule::Expression;
/// let daily = Expression::parse("cron(30 2 * * ? *)", Some("America/Los_Angeles"))?;
/// // On 8 March 2026 there was no 02:30.
/// assert_eq!(daily.next("2026-03-07T12:00:00Z".parse()?), Some("2026-03-09T09:30:00Z".parse()?));
/// // On 1 November 2026 there were two of 01:30.
/// let quarters = Expression::parse("cron(0/15 * * * ? *)", Some("America/Los_Angeles"))?;
/// assert_eq!(quarters.next("2026-11-01T08:45:00Z".parse()?), Some("2026-11-01T10:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    text: String,
    zone: TimeZone,
    plan: Plan,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Plan {
    Cron(Cron),
    Rate(Rate),
    At(Timestamp),
}

/// The three ways to write a schedule.
///
/// ```
/// use rekindle_decision::schedule::{Expression, Kind};
///
/// assert_eq!(Expression::parse("rate(1 day)", None)?.kind(), Kind::Rate);
/// # Ok::<(), rekindle_decision::schedule::NotASchedule>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `cron(minute hour day-of-month month day-of-week year)`: times on the clock of a zone.
    Cron,
    /// `rate(value unit)`: a fixed distance, from when the service was told on.
    Rate,
    /// `at(yyyy-mm-ddThh:mm:ss)`: once.
    At,
}

impl Expression {
    /// Reads an expression in a time zone of the IANA database; none means UTC, as for an EventBridge rule.
    ///
    /// ```
    /// use rekindle_decision::schedule::Expression;
    ///
    /// assert!(Expression::parse("cron(0 9 ? * MON-FRI *)", Some("Asia/Tokyo")).is_ok());
    /// let refused = Expression::parse("cron(0 9 * * *)", None).unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "a cron expression has six fields, here are 5; \
    ///      EventBridge wants the year too, and counts Sunday as 1: write `cron(0 9 * * ? *)`"
    /// );
    /// let refused = Expression::parse("cron(0 9 * * ? *)", Some("Berlin")).unwrap_err();
    /// assert_eq!(refused.to_string(), "there is no time zone `Berlin`; write `Europe/Berlin`");
    /// ```
    pub fn parse(text: &str, timezone: Option<&str>) -> Result<Self, NotASchedule> {
        let zone = timezone.map_or(Ok(TimeZone::UTC), zone::named)?;
        let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        let plan = if let Some(fields) = inside("cron") {
            Plan::Cron(Cron::parse(fields)?)
        } else if let Some(words) = inside("rate") {
            Plan::Rate(Rate::parse(words)?)
        } else if let Some(date) = inside("at") {
            Plan::At(at::parse(date, &zone)?)
        } else {
            return Err(shapeless(text));
        };
        Ok(Self { text: text.into(), zone, plan })
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name of its time zone.
    ///
    /// ```
    /// use rekindle_decision::schedule::Expression;
    ///
    /// assert_eq!(Expression::parse("rate(1 day)", None)?.timezone(), "UTC");
    /// # Ok::<(), rekindle_decision::schedule::NotASchedule>(())
    /// ```
    #[must_use]
    pub fn timezone(&self) -> &str {
        self.zone.iana_name().unwrap_or_default()
    }

    /// Which of the three ways it is written in.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.plan {
            Plan::Cron(_) => Kind::Cron,
            Plan::Rate(_) => Kind::Rate,
            Plan::At(_) => Kind::At,
        }
    }

    /// The same expression, counted from its first instant: without one, a `rate` has no instants, as they depend on
    /// when the service was told. A `cron` and an `at` know theirs and stay as they are.
    ///
    /// ```
    /// use rekindle_decision::schedule::Expression;
    ///
    /// let rate = Expression::parse("rate(12 hours)", None)?;
    /// let now = "2026-10-21T12:00:00Z".parse()?;
    /// assert_eq!(rate.latest(now), None);
    /// let rate = rate.with_anchor("2026-10-19T06:30:00Z".parse()?);
    /// assert_eq!(rate.latest(now), Some("2026-10-21T06:30:00Z".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_anchor(mut self, start: Timestamp) -> Self {
        if let Plan::Rate(rate) = &mut self.plan {
            rate.start = Some(start);
        }
        self
    }

    /// The newest instant at or before the given one; none if there is none.
    ///
    /// ```
    /// use rekindle_decision::schedule::Expression;
    ///
    /// let noon = Expression::parse("cron(0 12 * * ? *)", None)?;
    /// assert_eq!(noon.latest("2026-10-21T12:00:00Z".parse()?), Some("2026-10-21T12:00:00Z".parse()?));
    /// assert_eq!(noon.latest("2026-10-21T11:59:59Z".parse()?), Some("2026-10-20T12:00:00Z".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn latest(&self, at: Timestamp) -> Option<Timestamp> {
        match &self.plan {
            Plan::Cron(cron) => {
                let shown = self.zone.to_datetime(at);
                // In a repeated hour, the clocks have already shown times later than the one they show.
                let again = at.duration_since(zone::first(&self.zone, shown)?);
                self.seek(cron, Way::Back, shown.checked_add(again).ok()?, |instant| instant <= at)
            }
            Plan::Rate(rate) => rate.latest(at),
            Plan::At(instant) => Some(*instant).filter(|instant| *instant <= at),
        }
    }

    /// The first instant after the given one; none if there is none.
    ///
    /// ```
    /// use rekindle_decision::schedule::Expression;
    ///
    /// let noon = Expression::parse("cron(0 12 * * ? *)", None)?;
    /// assert_eq!(noon.next("2026-10-21T12:00:00Z".parse()?), Some("2026-10-22T12:00:00Z".parse()?));
    /// // There is no 31 February.
    /// assert_eq!(Expression::parse("cron(0 12 31 2 ? *)", None)?.next("2026-10-21T12:00:00Z".parse()?), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.plan {
            Plan::Cron(cron) => {
                self.seek(cron, Way::On, self.zone.to_datetime(after), |instant| instant > after)
            }
            Plan::Rate(rate) => rate.next(after),
            Plan::At(instant) => Some(*instant).filter(|instant| *instant > after),
        }
    }

    /// The nearest matching time that the clocks do show and whose instant is wanted. Only those inside one clock
    /// change are passed over, so that this ends soon.
    fn seek(
        &self,
        cron: &Cron,
        way: Way,
        mut from: DateTime,
        wanted: impl Fn(Timestamp) -> bool,
    ) -> Option<Timestamp> {
        let minute = SignedDuration::from_mins(if way == Way::Back { -1 } else { 1 });
        loop {
            let shown = cron.seek(way, from)?;
            if let Some(instant) = zone::first(&self.zone, shown).filter(|instant| wanted(*instant)) {
                return Some(instant);
            }
            from = shown.checked_add(minute).ok()?;
        }
    }
}

/// A text that is none of the three.
fn shapeless(text: &str) -> NotASchedule {
    let trimmed = text.trim();
    let plain = trimmed.to_ascii_lowercase().replace(" (", "(");
    let problem = format!("{} is not a schedule expression", quoted(text));
    let other = |meant: &&str| *meant != text && Expression::parse(meant, None).is_ok();
    if let Some(meant) = [trimmed, &plain].into_iter().find(other) {
        let hint = format!("write `{meant}`, in small letters and without white space around its name");
        return NotASchedule::new(problem, hint);
    }
    let fields: Vec<&str> = trimmed.split_ascii_whitespace().collect();
    if fields.len() == 5 {
        return NotASchedule { problem, ..unix::not_six(&fields) };
    }
    let hint = unix::bare(trimmed)
        .map_or("write `cron(…)`, `rate(…)` or `at(…)`".into(), |meant| format!("write `{meant}`"));
    NotASchedule::new(problem, hint)
}
