//! The one question that is asked of a metric.

use rekindle_decision::detect::{Direction, trend};
use rekindle_decision::policy::{
    Baseline, BreakEven, Challenger, Change, Limit, Source, Threshold, Trend, Watch,
};

use super::metric::{self, Late};
use super::{detector, fill};
use crate::document::{
    BaselineText, BreakEvenText, ChallengerText, ChangeText, MetricText, TriggerText, WorseningText,
};
use crate::fault::{Fault, Spot, all_of};

/// How sure the test for a trend must be when the policy does not say.
const CONFIDENCE: f64 = 0.95;

pub(super) fn question(
    named: &MetricText,
    written: &TriggerText,
    spot: &Spot,
    faults: &mut Vec<Fault>,
) -> Option<Watch> {
    let late =
        Late { label_delay: written.label_delay, min_samples: written.min_samples, history: written.history };
    let source = metric::source(named, late, spot, faults);
    let questions: Vec<&str> =
        written.questions().filter(|(_, written)| *written).map(|(word, _)| word).collect();
    match questions.as_slice() {
        [_] => {}
        [] => {
            faults.push(spot.fault("nothing is asked of the metric").hint(
                "write `below: <number>`, `above: <number>`, `outside: [<low>, <high>]`, or another question such as \
                 `drop_from_baseline: 3%`, `worsening: {...}` or `evidence: {...}`",
            ));
            return None;
        }
        [first, second, ..] => {
            let hint = if all_of(&questions) == all_of(&["below", "above"]) {
                "write `outside: [<low>, <high>]` for either, or make them two triggers"
            } else {
                "one trigger asks one thing; make them two triggers"
            };
            let message = format!("both `{first}` and `{second}` are written");
            faults.push(spot.at(second).fault(message).hint(hint));
            return None;
        }
    }
    if let Some(worsening) = &written.worsening {
        return Some(Watch::Trend(Box::new(trend(worsening, source, &spot.at("worsening"), faults))));
    }
    if let Some(written) = &written.break_even {
        return Some(Watch::BreakEven(Box::new(break_even(written, source, &spot.at("break_even"), faults))));
    }
    let periods = written.periods.unwrap_or_default();
    if let Some(ChallengerText { metric: other, better_by, worse }) = &written.challenger {
        let challenger = metric::beside(other, &source.metric, &spot.at("challenger").at("metric"), faults);
        let margin = better_by.unwrap_or(0.0);
        from_nought(margin, &spot.at("challenger").at("better_by"), faults);
        metric::kept(&source, periods.m, &spot.at("for"), faults);
        let worse = *worse;
        return Some(Watch::Challenger(Box::new(Challenger { source, challenger, worse, margin, periods })));
    }
    if let Some(watch) = detector::detector(written, &source, spot, faults) {
        return Some(watch);
    }
    let (limit, reported_as) = limit(written, spot, faults)?;
    metric::kept(&source, periods.m, &spot.at("for"), faults);
    let missing_data = written.missing_data.unwrap_or_default();
    Some(Watch::Metric(Box::new(Threshold { source, limit, periods, missing_data, reported_as })))
}

/// The limit, and the name under which a training job reports what it is measured from.
fn limit(written: &TriggerText, spot: &Spot, faults: &mut Vec<Fault>) -> Option<(Limit, Option<String>)> {
    let mut reported = None;
    let (field, limit) = if let Some(below) = written.below {
        ("below", Limit::Below(below))
    } else if let Some(above) = written.above {
        ("above", Limit::Above(above))
    } else if let Some(numbers) = &written.outside {
        let [low, high] = *numbers.as_slice() else {
            let fault =
                spot.at("outside").fault(format!("`outside` takes two numbers, not {}", numbers.len()));
            faults.push(fault.hint("write `outside: [<low>, <high>]`"));
            return None;
        };
        if low > high {
            let fault = spot.at("outside").fault("`outside` begins with the greater number");
            faults.push(fault.hint(format!("write `outside: [{high}, {low}]`")));
            return None;
        }
        ("outside", Limit::Outside(low, high))
    } else {
        let (field, ChangeText(change), fallen) =
            match (written.drop_from_baseline, written.rise_from_baseline) {
                (Some(change), _) => ("drop_from_baseline", change, true),
                (None, Some(change)) => ("rise_from_baseline", change, false),
                (None, None) => return None,
            };
        let (baseline, name) = baseline(written.baseline.as_ref(), field, spot, faults)?;
        reported = name;
        let (Change::By(size) | Change::Share(size)) = change;
        if size < 0.0 {
            let fault = spot.at(field).fault("a change from a baseline has no sign");
            faults.push(
                fault.hint("write how much, and `drop_from_baseline` or `rise_from_baseline` for which way"),
            );
            return None;
        }
        (field, if fallen { Limit::Fallen(change, baseline) } else { Limit::Risen(change, baseline) })
    };
    if !limit.is_finite() {
        faults.push(spot.at(field).fault("the limit is not a number that can be crossed"));
    }
    Some((limit, reported))
}

fn baseline(
    written: Option<&BaselineText>,
    field: &str,
    spot: &Spot,
    faults: &mut Vec<Fault>,
) -> Option<(Baseline, Option<String>)> {
    const HINT: &str = "write `baseline: 0.86`, `baseline: { first: 24 }` for the first 24 values after each training, \
                        or `baseline: training` for what the training job reported";
    let at = spot.at("baseline");
    match written {
        None => {
            faults.push(spot.fault(format!("`{field}` needs a baseline")).hint(HINT));
            None
        }
        Some(BaselineText::Figure(figure)) => Some((Baseline::Fixed(*figure), None)),
        Some(BaselineText::Training) => Some((Baseline::Training, None)),
        Some(BaselineText::Of(of)) => match (of.first, &of.training) {
            (Some(0), None) => {
                faults.push(
                    at.at("first")
                        .fault("the median of no values is no baseline")
                        .hint("write such as `first: 24`"),
                );
                None
            }
            (Some(first), None) => Some((Baseline::First(first), None)),
            (None, Some(name)) => {
                fill::only_model(name, &at.at("training"), faults);
                Some((Baseline::Training, Some(name.clone())))
            }
            (None, None) => {
                faults.push(at.fault("the baseline is empty").hint(HINT));
                None
            }
            (Some(_), Some(_)) => {
                faults.push(at.fault("both `first` and `training` are written").hint("keep one of them"));
                None
            }
        },
    }
}

fn trend(written: &WorseningText, source: Source, spot: &Spot, faults: &mut Vec<Fault>) -> Trend {
    let confidence = written.confidence.unwrap_or(CONFIDENCE);
    let at_least = written.at_least.unwrap_or(0.0);
    from_nought(at_least, &spot.at("at_least"), faults);
    let most = u32::try_from(trend::MOST).unwrap_or(u32::MAX);
    if !(confidence > 0.5 && confidence < 1.0) {
        let fault = spot.at("confidence").fault(format!("a confidence of {confidence} cannot be"));
        faults.push(fault.hint("write a number between 0.5 and 1, such as 0.95"));
    } else if !(1..=most).contains(&written.periods) {
        let fault =
            spot.at("periods").fault(format!("a worsening over {} periods cannot be seen", written.periods));
        faults.push(fault.hint(format!("write a number up to {most}, such as 14")));
    } else if !could_show(written.periods, confidence) {
        let least = (1..=most).find(|periods| could_show(*periods, confidence));
        let message = format!(
            "{} values are too few: not even a worsening from each to the next is sure to {confidence}",
            written.periods
        );
        let hint = match least {
            Some(least) => format!("write at least {least}, such as {}", least.max(14)),
            None => "write a lower confidence, such as 0.95".to_owned(),
        };
        faults.push(spot.at("periods").fault(message).hint(hint));
    }
    metric::kept(&source, written.periods, &spot.at("periods"), faults);
    Trend { source, worse: written.worse, periods: written.periods, confidence, at_least }
}

/// Whether so many values could show a trend at all.
fn could_show(periods: u32, confidence: f64) -> bool {
    let steady: Vec<f64> = (0..periods).map(f64::from).collect();
    trend::Trend::of(&steady).is_some_and(|trend| trend.is_significant(Direction::Up, confidence))
}

fn break_even(written: &BreakEvenText, source: Source, spot: &Spot, faults: &mut Vec<Fault>) -> BreakEven {
    for (field, sum) in
        [("retrain_cost", written.retrain_cost), ("cost_per_unit_loss", written.cost_per_unit_loss)]
    {
        if sum.micros() == 0 {
            let fault = spot.at(field).fault("there is nothing to weigh where this costs nothing");
            faults.push(fault.hint("write a sum above 0, such as 0.35 USD"));
        }
    }
    let first = &source.metric;
    let counted = |written| Box::new(metric::counting(written, first, &spot.at("traffic"), faults));
    let traffic = written.traffic.as_ref().map(counted);
    let beside = |written| Box::new(metric::beside(written, first, &spot.at("shadow"), faults));
    let shadow = written.shadow.as_ref().map(beside);
    BreakEven {
        source,
        retrain_cost: written.retrain_cost,
        cost_per_unit_loss: written.cost_per_unit_loss,
        traffic,
        shadow,
        training_time: written.training_time.unwrap_or_default(),
    }
}

/// A number from 0 upward.
pub(super) fn from_nought(number: f64, spot: &Spot, faults: &mut Vec<Fault>) {
    if !number.is_finite() || number < 0.0 {
        faults.push(spot.fault(format!("{number} cannot be")).hint("write a number from 0 upward"));
    }
}
