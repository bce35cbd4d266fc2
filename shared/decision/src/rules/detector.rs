//! Detectors over the series since the last training. Their state is computed anew each time: nothing is carried along
//! that nobody can see.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use jiff::Timestamp;

use super::About;
use super::series::{self, count};
use crate::detect::{Batch, Reading, adwin, cusum, ddm, evidence, hddm_a, page_hinkley};
use crate::finding::{Finding, Judgement};
use crate::policy::{Detector, Method};

pub(super) fn find(about: About<'_>, rule: &Detector) -> Finding {
    let (values, batches) = match batches(about, rule) {
        Ok(read) => read,
        Err(finding) => return finding,
    };
    // Without a period since the training there is nothing that could be well or not.
    if batches.is_empty() {
        return if values > 0 {
            Finding::Uncounted { values: count(values) }
        } else {
            series::lacking(about, &rule.source, 0, 1)
        };
    }
    let periods = rule.source.seconds();
    let run = match rule.method {
        Method::Evidence { tolerated, false_alarm_every } => {
            #[expect(clippy::cast_precision_loss, reason = "lengths are at most ten years of seconds")]
            let run_length = false_alarm_every.seconds() as f64 / periods as f64;
            let mut detector = evidence::Evidence::new(evidence::Settings { tolerated, run_length });
            Run::of(&batches, &mut detector, evidence::Evidence::step, |it| Some(it.reading()))
        }
        Method::PageHinkley(settings) => {
            let mut detector = page_hinkley::PageHinkley::new(settings);
            Run::of(
                &batches,
                &mut detector,
                page_hinkley::PageHinkley::step,
                page_hinkley::PageHinkley::reading,
            )
        }
        Method::Cusum(settings) => {
            let mut detector = cusum::Cusum::new(settings);
            Run::of(&batches, &mut detector, cusum::Cusum::step, |it| Some(it.reading()))
        }
        Method::Ddm(settings) => {
            let mut detector = ddm::Ddm::new(settings);
            Run::of(&batches, &mut detector, ddm::Ddm::step, ddm::Ddm::reading)
        }
        Method::HddmA(settings) => {
            let mut detector = hddm_a::HddmA::new(settings);
            Run::of(&batches, &mut detector, hddm_a::HddmA::step, hddm_a::HddmA::reading)
        }
        Method::Adwin(settings) => {
            let mut detector = adwin::Adwin::new(settings);
            Run::of(&batches, &mut detector, adwin::Adwin::step, adwin::Adwin::reading)
        }
    };
    let judgement = Judgement::Detector {
        method: rule.method.word().to_owned(),
        periods: run.periods,
        statistic: run.reading.map_or(0.0, |reading| reading.statistic),
        level: run.reading.map_or(0.0, |reading| reading.level),
        since: run.since,
    };
    if run.since.is_some() { Finding::Shown(judgement) } else { Finding::NotShown(judgement) }
}

/// How many periods since the model serves have a value, and those that have a number of losses too. A period that lacks
/// either is no evidence.
fn batches(about: About<'_>, rule: &Detector) -> Result<(usize, Vec<(Timestamp, Batch)>), Finding> {
    let window = rule.source.all(about.facts.now);
    let values = series::read(about, &rule.source, window)?;
    let trials = match &rule.trials {
        None => None,
        Some(_) => Some(series::second(about, "trials", &rule.source, window)?),
    };
    let is_mean = rule.source.metric.statistic != "Sum";
    let batch = |value: series::Period| {
        let count = match &trials {
            None => value.samples?,
            Some(trials) => trials.get(trials.binary_search_by_key(&value.at, |trial| trial.at).ok()?)?.value,
        };
        let sum = if is_mean { value.value * count } else { value.value };
        Some((value.at, Batch { sum, count }))
    };
    Ok((values.len(), values.into_iter().filter_map(batch).collect()))
}

/// A detector's way through the series, to its alarm or to the end.
#[derive(Debug, Clone, Copy)]
struct Run {
    periods: u32,
    reading: Option<Reading>,
    since: Option<Timestamp>,
}

impl Run {
    fn of<D>(
        batches: &[(Timestamp, Batch)],
        detector: &mut D,
        step: impl Fn(&mut D, Batch) -> bool,
        reading: impl Fn(&D) -> Option<Reading>,
    ) -> Self {
        let alarm = batches.iter().position(|(_, batch)| step(detector, *batch));
        let since = alarm.and_then(|at| batches.get(at)).map(|(at, _)| *at);
        let periods = alarm.map_or(batches.len(), |at| at.saturating_add(1));
        Self { periods: count(periods), reading: reading(detector).filter(is_a_number), since }
    }
}

/// What cannot be written down as a number is not told.
fn is_a_number(reading: &Reading) -> bool {
    reading.statistic.is_finite() && reading.level.is_finite()
}

impl Method {
    /// The detector's name, as in the policy.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Evidence { .. } => "evidence",
            Self::PageHinkley(_) => "page_hinkley",
            Self::Cusum(_) => "cusum",
            Self::Ddm(_) => "ddm",
            Self::HddmA(_) => "hddm_a",
            Self::Adwin(_) => "adwin",
        }
    }
}
