//! The cost of staying stale against the cost of training.
//!
//! The accumulated excess of the loss over a reference, floored at zero and in money, is what a newer model could have
//! saved. A training is worth its price when that, with what the next step will add while nobody can help it, reaches
//! what the training costs: the ski-rental rule, which needs no tuning.
//!
//! The reference is the loss of a model that has just been trained. It follows what is measured slowly: half way down,
//! a tenth of the way up, once after each training, so that one lucky or unlucky period does not move it.

use alloc::vec::Vec;

use jiff::Timestamp;

use super::About;
use super::series::{self, Period, count};
use crate::finding::{Finding, Judgement};
use crate::policy::BreakEven;

/// How far the reference follows a first loss after a training that is lower.
const DOWN: f64 = 0.5;

/// How far it follows one that is higher.
const UP: f64 = 0.1;

pub(super) fn find(about: About<'_>, rule: &BreakEven) -> Finding {
    let window = rule.source.all(about.facts.now);
    // The reference is older than the model: the whole history is read, and what counts is cut out below.
    let losses = match series::read_all(about, &rule.source, window) {
        Ok(losses) => losses,
        Err(finding) => return finding,
    };
    let traffic = match &rule.traffic {
        None => None,
        Some(_) => match series::second(about, "traffic", &rule.source, window) {
            Ok(traffic) => Some(traffic),
            Err(finding) => return finding,
        },
    };
    let since = super::serves_since(about.policy, about.facts);
    let first = losses.partition_point(|value| value.at < since);
    let serving = losses.get(first..).unwrap_or_default();
    // A period whose traffic is not known costs nobody knows what; the others still count.
    let weight = |value: &Period| traffic.as_ref().map_or(Some(1.0), |traffic| at(traffic, value.at));
    let weighted: Vec<(f64, f64)> =
        serving.iter().filter_map(|value| Some((value.value, weight(value)?))).collect();
    let Some(reference) = reference(about, &losses).filter(|_| !weighted.is_empty()) else {
        return series::lacking(about, &rule.source, 0, 1);
    };
    let unit = rule.cost_per_unit_loss.dollars();
    let mut excess = 0.0_f64;
    for (value, weight) in &weighted {
        excess = (excess + (value - reference) * unit * weight).max(0.0);
    }
    let periods = count(weighted.len());
    let ahead = excess / f64::from(periods) * (1.0 + lag(rule));
    let cost = rule.retrain_cost.dollars();
    let judgement = Judgement::BreakEven { excess, ahead, cost, reference, periods };
    if !(excess + ahead).is_finite() {
        return Finding::NoLimit;
    }
    // Nothing was lost: a training that costs nothing is not worth having for that.
    if excess > 0.0 && excess + ahead >= cost {
        Finding::Shown(judgement)
    } else {
        Finding::NotShown(judgement)
    }
}

/// Periods between a decision and the first label of the model that comes of it.
fn lag(rule: &BreakEven) -> f64 {
    let seconds = rule.training_time.seconds().saturating_add(rule.source.label_delay.seconds());
    #[expect(clippy::cast_precision_loss, reason = "lengths are at most ten years of seconds")]
    let (seconds, period) = (seconds as f64, rule.source.seconds() as f64);
    seconds / period
}

/// What a model that has just been trained loses, from the first loss of each model in the history.
fn reference(about: About<'_>, losses: &[Period]) -> Option<f64> {
    let mut reference = losses.first()?.value;
    for trained in trainings(about) {
        let at = about.policy.serves_after.after(trained);
        let first = losses.get(losses.partition_point(|value| value.at < at)..).unwrap_or_default().first();
        // A model whose first values are out of the history says nothing any more.
        if let Some(first) = first.filter(|_| losses.first().is_some_and(|oldest| oldest.at < at)) {
            let share = if first.value < reference { DOWN } else { UP };
            reference = series::finite(reference + share * (first.value - reference));
        }
    }
    Some(reference)
}

/// When each model that served was trained, oldest first.
fn trainings(about: About<'_>) -> Vec<Timestamp> {
    let state = &about.facts.state;
    let mut all: Vec<Timestamp> = about.policy.trained.into_iter().collect();
    all.extend(state.starts.iter().filter_map(|start| start.trained));
    all.extend(state.trained.as_ref().map(|trained| trained.at));
    all.sort_unstable();
    all.dedup();
    all
}

fn at(values: &[Period], at: Timestamp) -> Option<f64> {
    let found = values.binary_search_by_key(&at, |value| value.at).ok()?;
    values.get(found).map(|value| value.value)
}
