//! A detector over a metric.

use rekindle_decision::policy::{Detector, Method, Source, Watch};

use super::metric;
use super::question::from_nought;
use crate::document::{AdwinText, CusumText, DdmText, EvidenceText, HddmAText, PageHinkleyText, TriggerText};
use crate::fault::{Fault, Spot};

/// The detector that is written, if one is.
pub(super) fn detector(
    written: &TriggerText,
    source: &Source,
    spot: &Spot,
    faults: &mut Vec<Fault>,
) -> Option<Watch> {
    let method = method(written, spot, faults)?;
    let statistic = source.metric.statistic.as_str();
    let losses = matches!(method, Method::Evidence { .. } | Method::Ddm(_) | Method::HddmA(_));
    if losses && !matches!(statistic, "Sum" | "Average") {
        let message = format!("{} weighs losses, and the {statistic} of each period is none", method.word());
        let hint = "write `statistic: Sum` for losses added up, or `statistic: Average` for their mean";
        faults.push(spot.at("metric").at("statistic").fault(message).hint(hint));
    }
    let trials = written
        .trials
        .as_ref()
        .map(|trials| metric::counting(trials, &source.metric, &spot.at("trials"), faults));
    Some(Watch::Detector(Box::new(Detector { source: source.clone(), trials, method })))
}

fn method(written: &TriggerText, spot: &Spot, faults: &mut Vec<Fault>) -> Option<Method> {
    if let Some(written) = &written.evidence {
        return Some(evidence(written, &spot.at("evidence"), faults));
    }
    if let Some(written) = written.page_hinkley {
        return Some(page_hinkley(written, &spot.at("page_hinkley"), faults));
    }
    if let Some(written) = written.cusum {
        return Some(cusum(written, &spot.at("cusum"), faults));
    }
    if let Some(written) = written.ddm {
        return Some(ddm(written, &spot.at("ddm"), faults));
    }
    if let Some(written) = written.hddm_a {
        return Some(hddm_a(written, &spot.at("hddm_a"), faults));
    }
    Some(adwin(written.adwin?, &spot.at("adwin"), faults))
}

fn evidence(written: &EvidenceText, spot: &Spot, faults: &mut Vec<Fault>) -> Method {
    let EvidenceText { tolerated, false_alarm_every } = *written;
    between_nought_and_one(tolerated, "0.18", &spot.at("tolerated"), faults);
    if false_alarm_every.seconds() == 0 {
        let fault = spot.at("false_alarm_every").fault("a false alarm every 0s is an alarm at every look");
        faults.push(fault.hint("write such as `false_alarm_every: 90d`"));
    }
    Method::Evidence { tolerated, false_alarm_every }
}

fn page_hinkley(written: PageHinkleyText, spot: &Spot, faults: &mut Vec<Fault>) -> Method {
    let settings = written.settings();
    from_nought(settings.delta, &spot.at("delta"), faults);
    above_nought(settings.threshold, &spot.at("threshold"), faults);
    if !(settings.alpha > 0.0 && settings.alpha <= 1.0) {
        let fault = spot.at("alpha").fault(format!("{} cannot be", settings.alpha));
        faults.push(fault.hint("write a number above 0 and at most 1, such as 0.9999"));
    }
    Method::PageHinkley(settings)
}

fn cusum(written: CusumText, spot: &Spot, faults: &mut Vec<Fault>) -> Method {
    if !written.target.is_finite() {
        faults.push(spot.at("target").fault("the target is not a number that can be met"));
    }
    from_nought(written.slack, &spot.at("slack"), faults);
    above_nought(written.interval, &spot.at("interval"), faults);
    Method::Cusum(written.settings())
}

fn ddm(written: DdmText, spot: &Spot, faults: &mut Vec<Fault>) -> Method {
    let settings = written.settings();
    above_nought(settings.drift, &spot.at("drift"), faults);
    Method::Ddm(settings)
}

fn hddm_a(written: HddmAText, spot: &Spot, faults: &mut Vec<Fault>) -> Method {
    let settings = written.settings();
    between_nought_and_one(settings.drift_confidence, "0.001", &spot.at("drift_confidence"), faults);
    Method::HddmA(settings)
}

fn adwin(written: AdwinText, spot: &Spot, faults: &mut Vec<Fault>) -> Method {
    let settings = written.settings();
    between_nought_and_one(settings.delta, "0.002", &spot.at("delta"), faults);
    for (field, number, least) in [
        ("clock", settings.clock, 1),
        ("max_buckets", settings.max_buckets, 2),
        ("min_window_length", settings.min_window_length, 1),
    ] {
        if number < least {
            let fault = spot.at(field).fault(format!("{number} is too few"));
            faults.push(fault.hint(format!("write a number from {least} upward")));
        }
    }
    Method::Adwin(settings)
}

fn above_nought(number: f64, spot: &Spot, faults: &mut Vec<Fault>) {
    if !(number.is_finite() && number > 0.0) {
        faults.push(spot.fault(format!("{number} cannot be")).hint("write a number above 0"));
    }
}

fn between_nought_and_one(number: f64, such_as: &str, spot: &Spot, faults: &mut Vec<Fault>) {
    if !(number > 0.0 && number < 1.0) {
        let fault = spot.fault(format!("{number} is not between 0 and 1"));
        faults.push(fault.hint(format!("write a share, such as {such_as}")));
    }
}
