//! The values of a series that may be judged.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;

use super::{About, serves_since};
use crate::duration::Duration;
use crate::facts::{Facts, Gap, Point, Series};
use crate::finding::Finding;
use crate::policy::Source;

/// One closed, mature period with a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Period {
    /// Start of the period.
    pub(crate) at: Timestamp,
    /// The statistic.
    pub(crate) value: f64,
    /// How many samples it summarises, where that was asked for.
    pub(crate) samples: Option<f64>,
}

/// The points that were read under a key, or why there are none.
pub(crate) fn points<'a>(facts: &'a Facts, key: &str) -> Result<&'a [Point], Gap> {
    match facts.metrics.get(key) {
        None => Err(Gap::NotAsked),
        Some(Series::Unread { gap }) => Err(gap.clone()),
        Some(Series::Complete { points }) => Ok(points),
    }
}

/// The values in a window that may be judged, oldest first: real numbers with enough samples. Of two for one period the
/// one told last counts.
pub(crate) fn values(source: &Source, points: &[Point], (start, end): (Timestamp, Timestamp)) -> Vec<Period> {
    let points = ordered(points);
    let from = points.partition_point(|point| point.at < start);
    let to = points.partition_point(|point| point.at < end);
    let inside = points.get(from..to).unwrap_or_default();
    let mut values: Vec<Period> = Vec::with_capacity(inside.len());
    for point in inside {
        if !point.value.is_finite() || !enough(source, point) {
            continue;
        }
        let value = Period { at: source.period_of(point.at), value: point.value, samples: point.samples };
        match values.last_mut() {
            Some(last) if last.at == value.at => *last = value,
            Some(_) | None => values.push(value),
        }
    }
    values
}

fn enough(source: &Source, point: &Point) -> bool {
    match (source.min_samples, point.samples) {
        (None, _) => true,
        // A count past 2^53 is not exact, and is enough for any minimum a person writes.
        #[expect(clippy::cast_precision_loss, reason = "a minimum is a small whole number")]
        (Some(least), Some(samples)) => samples.is_finite() && samples >= least as f64,
        (Some(_), None) => false,
    }
}

/// The points oldest first. CloudWatch was asked for that order, so it is nearly always there.
fn ordered(points: &[Point]) -> Cow<'_, [Point]> {
    if points.is_sorted_by_key(|point| point.at) {
        return Cow::Borrowed(points);
    }
    let mut points = points.to_vec();
    points.sort_by_key(|point| point.at);
    Cow::Owned(points)
}

/// What one rule reads: the values of its series since the model serves, fresh enough to be judged.
///
/// # Errors
///
/// What was found instead: the series could not be read, or its newest value is too old.
pub(crate) fn read(
    about: About<'_>,
    source: &Source,
    window: (Timestamp, Timestamp),
) -> Result<Vec<Period>, Finding> {
    Ok(since_serving(about, read_all(about, source, window)?))
}

/// The same, with what was measured while earlier models served.
///
/// # Errors
///
/// What was found instead: the series could not be read, or its newest value is too old.
pub(crate) fn read_all(
    about: About<'_>,
    source: &Source,
    window: (Timestamp, Timestamp),
) -> Result<Vec<Period>, Finding> {
    let found = points(about.facts, about.name).map_err(|gap| Finding::Unread { gap })?;
    let values = values(source, found, window);
    match stale(about, source, &values) {
        Some(stale) => Err(stale),
        None => Ok(values),
    }
}

/// The values of a second series of the same rule.
///
/// # Errors
///
/// What was found instead: the series could not be read.
pub(crate) fn second(
    about: About<'_>,
    role: &str,
    source: &Source,
    window: (Timestamp, Timestamp),
) -> Result<Vec<Period>, Finding> {
    let key: String = alloc::format!("{}.{role}", about.name);
    let found = points(about.facts, &key).map_err(|gap| Finding::Unread { gap })?;
    // What the second series counts are not samples of its own: only the first must have enough.
    let plain = Source { min_samples: None, ..source.clone() };
    Ok(since_serving(about, values(&plain, found, window)))
}

fn since_serving(about: About<'_>, mut values: Vec<Period>) -> Vec<Period> {
    let since = serves_since(about.policy, about.facts);
    let old = values.partition_point(|value| value.at < since);
    values.drain(..old);
    values
}

/// Whether the newest value is older than the policy allows. Age is counted from when a value could be mature.
fn stale(about: About<'_>, source: &Source, values: &[Period]) -> Option<Finding> {
    let freshness = about.policy.guards.freshness?;
    let newest = source.metric.period.after(values.last()?.at);
    let age = Duration::between(newest, source.label_delay.before(about.facts.now));
    (age > freshness).then_some(Finding::Stale { newest, age, freshness })
}

/// What it means that a rule has fewer values than it needs: early, if the model has served for fewer periods than that,
/// and unknown otherwise.
pub(crate) fn lacking(about: About<'_>, source: &Source, values: usize, needed: u32) -> Finding {
    let values = count(values);
    match early(about, source, needed) {
        Some(until) => Finding::TooEarly { values, needed, until },
        None => Finding::TooFew { values, needed },
    }
}

/// When a model that has served for fewer than so many mature periods will have: `None` if it has, or if nobody knows
/// since when it serves.
pub(crate) fn early(about: About<'_>, source: &Source, needed: u32) -> Option<Timestamp> {
    let since = serves_since(about.policy, about.facts);
    if since == Timestamp::MIN {
        return None;
    }
    // The period in which it began to serve is not wholly its own.
    let start = source.first_whole(since);
    let span = Duration::from_seconds(source.metric.period.seconds().saturating_mul(u64::from(needed)));
    let until = source.label_delay.after(span.after(start));
    (until > about.facts.now).then_some(until)
}

/// The number of so many, for a finding.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A figure that can be written down: what is beyond all numbers is the greatest of them.
pub(crate) fn finite(figure: f64) -> f64 {
    if figure.is_nan() { 0.0 } else { figure.clamp(f64::MIN, f64::MAX) }
}

/// The middle value; of an even number the mean of the middle two. `None` of nothing.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.len().checked_sub(1)? / 2, values.len() / 2);
    // Halves first: the sum of two large values would not be a number any more.
    Some(values.get(low)? / 2.0 + values.get(high)? / 2.0)
}
