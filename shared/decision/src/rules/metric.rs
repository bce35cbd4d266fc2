//! A metric against a fixed limit, M of N, with missing data as CloudWatch treats it.

use alloc::collections::BTreeMap;

use jiff::Timestamp;

use crate::duration::Duration;
use crate::facts::{Facts, Gap, Point, Series};
use crate::finding::{Finding, Measure};
use crate::policy::{MissingData, Threshold};

pub(super) fn find(name: &str, threshold: &Threshold, freshness: Option<Duration>, facts: &Facts) -> Finding {
    let points = match facts.metrics.get(name) {
        None => return Finding::Unread { gap: Gap::NotAsked },
        Some(Series::Unread { gap }) => return Finding::Unread { gap: gap.clone() },
        Some(Series::Complete { points }) => points,
    };
    if !threshold.limit.is_finite() {
        return Finding::NoLimit;
    }
    let values = usable(threshold, points, facts.now);
    let measure = measure(threshold, &values);
    if let Some(freshness) = freshness {
        let Some((&newest, _)) = values.last_key_value() else {
            // Nothing at all is not fresher than a value that is too old: neither is filled in.
            return Finding::TooFewValues(measure);
        };
        let newest = threshold.metric.period.after(newest);
        let age = Duration::between(newest, facts.now);
        if age > freshness {
            return Finding::Stale { newest, age, freshness };
        }
    }
    let was_fired = facts.state.sighting(name).is_some_and(|sighting| sighting.pending);
    judge(threshold, measure, was_fired)
}

/// The values that may decide, by start of period: closed periods inside the window, real numbers, enough samples. Of
/// two for one period the one told last counts.
fn usable(threshold: &Threshold, points: &[Point], now: Timestamp) -> BTreeMap<Timestamp, f64> {
    let (start, end) = threshold.window(now);
    let enough = |point: &Point| match (threshold.min_samples, point.samples) {
        (None, _) => true,
        // A count past 2^53 is not exact, and is enough for any minimum a person writes.
        #[expect(clippy::cast_precision_loss, reason = "a minimum is a small whole number")]
        (Some(least), Some(samples)) => samples.is_finite() && samples >= least as f64,
        (Some(_), None) => false,
    };
    points
        .iter()
        .filter(|point| point.at >= start && point.at < end && point.value.is_finite() && enough(point))
        .map(|point| (threshold.period_of(point.at), point.value))
        .collect()
}

/// The N newest values against the limit.
fn measure(threshold: &Threshold, values: &BTreeMap<Timestamp, f64>) -> Measure {
    let n = usize::try_from(threshold.periods.n).unwrap_or(usize::MAX);
    let mut measure = Measure {
        breaching: 0,
        values: 0,
        periods: threshold.periods,
        newest: values.last_key_value().map(|(_, value)| *value),
        limit: threshold.limit,
    };
    for value in values.values().rev().take(n) {
        measure.values = measure.values.saturating_add(1);
        measure.breaching = measure.breaching.saturating_add(u32::from(threshold.limit.breached_by(*value)));
    }
    measure
}

/// CloudWatch's rule: the N newest real values of the evaluation range decide; only what is lacking is filled.
///
/// With too few values, `missing` and `ignore` still fire when every real value is beyond the limit (CloudWatch calls
/// it a premature alarm state), the one outright, the other by keeping the state there was.
fn judge(threshold: &Threshold, measure: Measure, was_fired: bool) -> Finding {
    let (m, n) = (threshold.periods.m, threshold.periods.n);
    let (real, beyond) = (measure.values, measure.breaching);
    let lacking = n.saturating_sub(real);
    let count = |breaching: u32| {
        let measure = Measure { breaching, ..measure.clone() };
        if breaching >= m { Finding::Breached(measure) } else { Finding::Within(measure) }
    };
    if lacking == 0 {
        return count(beyond);
    }
    match threshold.missing_data {
        MissingData::Breaching => count(beyond.saturating_add(lacking)),
        MissingData::NotBreaching => count(beyond),
        _ if beyond >= m => count(beyond),
        _ if beyond < real => count(beyond),
        MissingData::Missing if real > 0 => Finding::Breached(measure),
        MissingData::Ignore if was_fired => Finding::Breached(measure),
        MissingData::Missing | MissingData::Ignore => Finding::TooFewValues(measure),
    }
}
