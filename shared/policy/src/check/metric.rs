//! A metric, and how its values are read.

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{Metric, Source};

use super::fill;
use crate::document::MetricText;
use crate::fault::{Fault, Spot};
use crate::problem::nearest;

/// Statistics that CloudWatch names; extended ones (`p90`, `tm99`, ...) are known by their form.
const STATISTICS: [&str; 5] = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"];

/// How long CloudWatch keeps the periods of a length.
pub(crate) fn retention(period: Duration) -> Duration {
    let days = |days: u64| Duration::from_seconds(days * 86_400);
    match period.seconds() {
        seconds if seconds.is_multiple_of(3_600) => days(455),
        seconds if seconds.is_multiple_of(300) => days(63),
        seconds if seconds.is_multiple_of(60) => days(15),
        _ => Duration::from_seconds(3 * 3_600),
    }
}

/// What is written beside a metric of how it is read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Late {
    pub(super) label_delay: Option<Duration>,
    pub(super) min_samples: Option<u64>,
    pub(super) history: Option<Duration>,
}

/// The metric named at `spot.metric`, read as `spot` says.
pub(super) fn source(written: &MetricText, late: Late, spot: &Spot, faults: &mut Vec<Fault>) -> Source {
    let metric = metric(written, &spot.at("metric"), faults);
    let kept = retention(metric.period);
    let label_delay = late.label_delay.unwrap_or_default();
    let readable = Duration::from_seconds(kept.seconds().saturating_sub(label_delay.seconds()));
    if readable < metric.period {
        let message = format!(
            "nothing is left to read: a value counts when it is {label_delay} old, and CloudWatch keeps periods of {} for {kept}",
            metric.period
        );
        let hint = if kept < retention(Duration::from_seconds(3_600)) {
            "write a longer period: CloudWatch keeps those of 1m for 15d, of 5m for 63d and of 1h for 455d"
        } else {
            "write a shorter label_delay"
        };
        faults.push(spot.at("label_delay").fault(message).hint(hint));
    }
    if let Some(history) = late.history.filter(|history| *history < metric.period) {
        let message = format!("a history of {history} holds no period of {}", metric.period);
        faults.push(spot.at("history").fault(message).hint("write a longer one, such as `history: 30d`"));
    }
    let history = late.history.unwrap_or(Source::HISTORY.min(readable));
    Source { metric, label_delay, min_samples: late.min_samples, history }
}

/// The metric named at the spot.
pub(super) fn metric(written: &MetricText, spot: &Spot, faults: &mut Vec<Fault>) -> Metric {
    if written.namespace.is_empty() || written.name.is_empty() {
        faults.push(spot.fault("the metric needs a namespace and a name"));
    }
    fill::only_model(&written.namespace, &spot.at("namespace"), faults);
    fill::only_model(&written.name, &spot.at("name"), faults);
    for (dimension, value) in &written.dimensions {
        fill::only_model(value, &spot.at("dimensions").at(dimension), faults);
    }
    if !STATISTICS.contains(&written.statistic.as_str()) && !is_extended(&written.statistic) {
        let fault = spot.at("statistic").fault(format!("`{}` is not a statistic", written.statistic));
        faults.push(match nearest(&written.statistic, STATISTICS) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!("write one of {} or a percentile such as p90", STATISTICS.join(", "))),
        });
    }
    let seconds = written.period.seconds();
    if !(matches!(seconds, 1 | 5 | 10 | 20 | 30) || (seconds > 0 && seconds.is_multiple_of(60))) {
        let fault = spot.at("period").fault(format!("CloudWatch has no period of {}", written.period));
        faults.push(fault.hint("write 1s, 5s, 10s, 20s, 30s or a multiple of 1m"));
    }
    written.named()
}

fn is_extended(word: &str) -> bool {
    let digits = word.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    word.len() > digits.len()
        && !digits.is_empty()
        && digits.starts_with(|letter: char| letter.is_ascii_digit() || letter == '(')
}

/// A second metric, which must have the periods of the first.
pub(super) fn beside(written: &MetricText, first: &Metric, spot: &Spot, faults: &mut Vec<Fault>) -> Metric {
    let metric = metric(written, spot, faults);
    if metric.period != first.period {
        let message =
            format!("its periods of {} do not pair with the metric's, of {}", metric.period, first.period);
        faults.push(spot.at("period").fault(message).hint(format!("write `period: {}`", first.period)));
    }
    metric
}

/// A second metric, which counts something in the periods of the first.
pub(super) fn counting(written: &MetricText, first: &Metric, spot: &Spot, faults: &mut Vec<Fault>) -> Metric {
    counts(written, spot, faults);
    beside(written, first, spot, faults)
}

/// A metric that is added up must be a count.
pub(super) fn counts(written: &MetricText, spot: &Spot, faults: &mut Vec<Fault>) {
    let statistic = written.statistic.as_str();
    if matches!(statistic, "Average" | "Minimum" | "Maximum") || is_extended(statistic) {
        let message = format!("the {statistic} of each period cannot be added up to a count");
        faults.push(spot.at("statistic").fault(message).hint("write `statistic: Sum`, or `SampleCount`"));
    }
}

/// So many periods must still be kept when they count.
pub(super) fn kept(source: &Source, periods: u32, spot: &Spot, faults: &mut Vec<Fault>) {
    let period = source.metric.period;
    let span =
        period.seconds().saturating_mul(u64::from(periods)).saturating_add(source.label_delay.seconds());
    let kept = retention(period);
    if span > kept.seconds() && source.label_delay < kept {
        let back = Duration::from_seconds(span);
        let message = format!("this looks back {back}, and CloudWatch keeps periods of {period} for {kept}");
        faults.push(spot.fault(message).hint("write fewer periods, or a longer `period` in the metric"));
    }
}
