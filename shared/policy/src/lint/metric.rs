//! Metrics that say less than is asked of them.

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{
    AfterFutility, Baseline, Change, Detector, Limit, Method, Policy, Source, Threshold, Watch,
};

use crate::check::retention;
use crate::document::Document;
use crate::fault::{Fault, Spot};

/// Longest window of a CloudWatch alarm whose periods are an hour or longer, and of any other.
const ALARM_WINDOWS: (Duration, Duration) =
    (Duration::from_seconds(7 * 86_400), Duration::from_seconds(86_400));

pub(super) fn warn(document: &Document, policy: &Policy, faults: &mut Vec<Fault>) {
    for (name, watch) in policy.watches() {
        let spot = Spot::of(["triggers", name]);
        let written = document.triggers.get(name).and_then(|trigger| trigger.history);
        match watch {
            Watch::Metric(rule) => {
                window(&rule.source, rule.periods.n, &spot, faults);
                change(rule, &spot, faults);
                first_values(rule, policy, written, &spot, faults);
                history(&rule.source, written, &spot, faults);
            }
            Watch::Challenger(rule) => looks_back(&rule.source, rule.periods.n, &spot.at("for"), faults),
            Watch::Detector(rule) => {
                run_length(rule, &spot, faults);
                history(&rule.source, written, &spot, faults);
            }
            Watch::BreakEven(rule) => history(&rule.source, written, &spot, faults),
            Watch::Trend(_)
            | Watch::Schedule(_)
            | Watch::Alarm(_)
            | Watch::Monitor(_)
            | Watch::DataQuality(_)
            | Watch::Objects(_)
            | Watch::Events(_) => {}
        }
    }
    let guards = &document.guards;
    if let (Some(data), Some(written)) = (&policy.guards.data, &guards.data) {
        history(&data.source, written.history, &Spot::of(["guards", "data"]), faults);
    }
    if let (Some(after), Some(written)) = (&policy.guards.after_futility, &guards.after_futility) {
        let spot = Spot::of(["guards", "after_futility"]);
        history(&after.source, written.history, &spot, faults);
        compared(after, &spot, faults);
    }
}

/// Whether the values before a training are still looked at when those after it are there.
fn compared(after: &AfterFutility, spot: &Spot, faults: &mut Vec<Fault>) {
    let (history, sides) = (after.source.history, span(&after.source, after.compare.saturating_mul(2)));
    if history <= sides {
        let message = format!(
            "{} values before and after take {sides}, a training lies between them, and the history is {history}: \
             no training is ever judged",
            after.compare
        );
        faults.push(spot.fault(message).hint("write a longer `history`, or compare fewer values"));
    }
}

fn span(source: &Source, periods: u32) -> Duration {
    Duration::from_seconds(source.metric.period.seconds().saturating_mul(u64::from(periods)))
}

/// The window of a threshold, against what an alarm could ask and what CloudWatch keeps.
fn window(source: &Source, periods: u32, spot: &Spot, faults: &mut Vec<Fault>) {
    let spot = spot.at("for");
    let (long, short) = ALARM_WINDOWS;
    let hourly = source.metric.period.seconds() >= 3_600;
    let most = if hourly { long } else { short };
    let window = span(source, periods);
    if window > most {
        let kind = if hourly { "of an hour or longer" } else { "shorter than an hour" };
        let message = format!(
            "no CloudWatch alarm can ask this: it looks at {window}, and alarms with periods {kind} at {most} at most"
        );
        faults.push(spot.fault(message).hint("as a trigger it works, and is noticed by the sweep alone"));
    }
    looks_back(source, periods, &spot, faults);
}

/// Whether the oldest of the periods is still kept when it counts.
fn looks_back(source: &Source, periods: u32, spot: &Spot, faults: &mut Vec<Fault>) {
    let kept = retention(source.metric.period);
    let back = span(source, periods).seconds().saturating_add(source.label_delay.seconds());
    if back > kept.seconds() {
        let message = format!(
            "this looks back {}, and CloudWatch keeps periods of {} for {kept}: the oldest are always missing",
            Duration::from_seconds(back),
            source.metric.period
        );
        faults.push(spot.fault(message).hint("write fewer periods, or a longer `period` in the metric"));
    }
}

/// A history as it is written.
fn history(source: &Source, written: Option<Duration>, spot: &Spot, faults: &mut Vec<Fault>) {
    let Some(history) = written else { return };
    let spot = spot.at("history");
    let (delay, kept) = (source.label_delay, retention(source.metric.period));
    if delay > history {
        let message = format!("the label_delay of {delay} is longer than the history of {history}");
        faults.push(
            spot.fault(message)
                .hint("are the two exchanged? the history is what may be looked at beyond the delay"),
        );
    }
    let back = history.seconds().saturating_add(delay.seconds());
    if back > kept.seconds() {
        let message = format!(
            "this looks back {}, and CloudWatch keeps periods of {} for {kept}",
            Duration::from_seconds(back),
            source.metric.period
        );
        let left = Duration::from_seconds(kept.seconds().saturating_sub(delay.seconds()));
        faults
            .push(spot.fault(message).hint(format!("write `history: {left}` or less, or a longer `period`")));
    }
}

/// A change that nothing could make, because a share was meant.
fn change(rule: &Threshold, spot: &Spot, faults: &mut Vec<Fault>) {
    let (field, change, baseline) = match rule.limit {
        Limit::Fallen(change, Baseline::Fixed(baseline)) => ("drop_from_baseline", change, baseline),
        Limit::Risen(change, Baseline::Fixed(baseline)) => ("rise_from_baseline", change, baseline),
        Limit::Below(_) | Limit::Above(_) | Limit::Outside(..) | Limit::Fallen(..) | Limit::Risen(..) => {
            return;
        }
    };
    let Change::By(amount) = change else { return };
    if baseline.abs() > 0.0 && amount > baseline.abs() {
        let message = format!("a change of {amount} is more than the whole baseline of {baseline}");
        let hint = format!(
            "write `{field}: {amount}%` for a share of the baseline; without % it is in the metric's unit"
        );
        faults.push(spot.at(field).fault(message).hint(hint));
    }
}

/// A baseline that is never known, or not before Rekindle has trained.
fn first_values(
    rule: &Threshold,
    policy: &Policy,
    written: Option<Duration>,
    spot: &Spot,
    faults: &mut Vec<Fault>,
) {
    let Some(Baseline::First(needed)) = rule.limit.baseline() else { return };
    let values = if needed == 1 { "value takes" } else { "values take" };
    if policy.trained.is_none() {
        let message = "until Rekindle has trained the model, nobody knows which values are its first: there is no \
                       baseline, and the trigger is unknown";
        let hint = "write when it was trained, such as `trained: 2026-10-01T00:00:00Z`";
        faults.push(spot.at("baseline").fault(message).hint(hint));
    }
    let (history, first) = (rule.source.history, span(&rule.source, needed));
    // Once the last of them is there, the first must still be looked at.
    if history <= first {
        let default = if written.is_some() { "" } else { ", which is the default" };
        let spot = if written.is_some() { spot.at("history") } else { spot.at("baseline").at("first") };
        let message = format!(
            "{needed} {values} {first}, and the history is {history}{default}: once the last of them is there, the first \
             is not looked at any more, and there is never a baseline"
        );
        let hint = "write fewer values, or a `history` as long as the model serves until the next training";
        faults.push(spot.fault(message).hint(hint));
    }
}

fn run_length(rule: &Detector, spot: &Spot, faults: &mut Vec<Fault>) {
    let Method::Evidence { false_alarm_every, .. } = rule.method else { return };
    let period = rule.source.metric.period;
    if false_alarm_every < period {
        let message = format!(
            "a false alarm every {false_alarm_every} is one in every period: the metric's are {period} long"
        );
        let spot = spot.at("evidence").at("false_alarm_every");
        faults.push(spot.fault(message).hint("write many periods, such as `false_alarm_every: 90d`"));
    }
}
