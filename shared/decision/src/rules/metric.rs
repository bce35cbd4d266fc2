//! A metric against a limit, M of N, with missing data as CloudWatch treats it.

use jiff::Timestamp;

use super::About;
use super::series::{self, Period, count, median};
use crate::finding::{Finding, Lacking, Measure};
use crate::policy::{Baseline, MissingData, Threshold};

pub(super) fn find(about: About<'_>, rule: &Threshold) -> Finding {
    if !rule.limit.is_finite() {
        return Finding::NoLimit;
    }
    let values = match series::read(about, &rule.source, rule.window(about.facts.now)) {
        Ok(values) => values,
        Err(finding) => return finding,
    };
    let baseline = match rule.limit.baseline().map(|baseline| measured_from(about, rule, baseline, &values)) {
        None => None,
        Some(Ok(baseline)) => Some(baseline),
        Some(Err(lacking)) => return without(about, rule, lacking),
    };
    let limit = baseline.map_or(rule.limit, |baseline| rule.limit.resolved(baseline));
    if !limit.is_finite() {
        return Finding::NoLimit;
    }
    let (start, _) = rule.judged(about.facts.now);
    let judged = values.get(values.partition_point(|value| value.at < start)..).unwrap_or_default();
    let measure = measure(rule, judged, limit, baseline);
    if let Some(until) = series::early(about, &rule.source, rule.periods.n) {
        // Nothing is made up for periods in which the model did not serve.
        return if measure.breaching >= rule.periods.m {
            Finding::Breached(measure)
        } else {
            Finding::TooEarly { values: measure.values, needed: rule.periods.n, until }
        };
    }
    if judged.is_empty() && about.policy.guards.freshness.is_some() {
        // Nothing at all is not fresher than a value that is too old: neither is filled in.
        return Finding::TooFewValues(measure);
    }
    let was_fired = about.facts.state.sighting(about.name).is_some_and(|sighting| sighting.pending);
    judge(rule, measure, was_fired)
}

/// What it means that there is no baseline: that it is early, or that somebody must know.
fn without(about: About<'_>, rule: &Threshold, lacking: Lacking) -> Finding {
    match lacking {
        Lacking::Values { values, needed } => match series::early(about, &rule.source, needed) {
            Some(until) => Finding::TooEarly { values, needed, until },
            None => Finding::NoBaseline { lacking },
        },
        Lacking::History | Lacking::Trained | Lacking::Training | Lacking::Reported { .. } => {
            Finding::NoBaseline { lacking }
        }
    }
}

/// The value a limit is measured from.
fn measured_from(
    about: About<'_>,
    rule: &Threshold,
    baseline: Baseline,
    values: &[Period],
) -> Result<f64, Lacking> {
    match baseline {
        Baseline::Fixed(value) => Ok(value),
        Baseline::First(needed) => {
            // Without its beginning, what is left of a history would slide along behind a slow drift.
            let since = super::serves_since(about.policy, about.facts);
            if since == Timestamp::MIN {
                return Err(Lacking::Trained);
            }
            if rule.window(about.facts.now).0 > since {
                return Err(Lacking::History);
            }
            let first = values.get(..usize::try_from(needed).unwrap_or(usize::MAX).max(1));
            let lacking = Lacking::Values { values: count(values.len()), needed };
            first.and_then(|first| median(first.iter().map(|value| value.value))).ok_or(lacking)
        }
        Baseline::Training => {
            let trained = about.facts.state.trained.as_ref().ok_or(Lacking::Training)?;
            let name = rule.reported_as();
            let reported = trained.metrics.get(name).copied().filter(|value| value.is_finite());
            reported.ok_or_else(|| Lacking::Reported { metric: name.into() })
        }
    }
}

/// The N newest values against the limit.
fn measure(
    rule: &Threshold,
    values: &[Period],
    limit: crate::policy::Limit,
    baseline: Option<f64>,
) -> Measure {
    let n = usize::try_from(rule.periods.n).unwrap_or(usize::MAX);
    let newest = values.get(values.len().saturating_sub(n)..).unwrap_or_default();
    Measure {
        breaching: count(newest.iter().filter(|value| limit.breached_by(value.value)).count()),
        values: count(newest.len()),
        periods: rule.periods,
        newest: newest.last().map(|value| value.value),
        limit,
        baseline,
    }
}

/// CloudWatch's rule: the N newest real values of the evaluation range decide; only what is lacking is filled.
///
/// With too few values, `missing` and `ignore` still fire when every real value is beyond the limit (CloudWatch calls
/// it a premature alarm state), the one outright, the other by keeping the state there was.
fn judge(rule: &Threshold, measure: Measure, was_fired: bool) -> Finding {
    let (m, n) = (rule.periods.m, rule.periods.n);
    let (real, beyond) = (measure.values, measure.breaching);
    let count = |breaching: u32| {
        let measure = Measure { breaching, ..measure.clone() };
        if breaching >= m { Finding::Breached(measure) } else { Finding::Within(measure) }
    };
    let lacking = n.saturating_sub(real);
    if lacking == 0 {
        return count(beyond);
    }
    match rule.missing_data {
        MissingData::Breaching => count(beyond.saturating_add(lacking)),
        MissingData::NotBreaching => count(beyond),
        _ if beyond >= m => count(beyond),
        _ if beyond < real => count(beyond),
        MissingData::Missing if real > 0 => Finding::Breached(measure),
        MissingData::Ignore if was_fired => Finding::Breached(measure),
        MissingData::Missing | MissingData::Ignore => Finding::TooFewValues(measure),
    }
}
