//! The cost of staying stale against the cost of training: what the account of [`crate::break_even`] says of a series.

use alloc::vec::Vec;

use jiff::Timestamp;

use super::About;
use super::series::{self, Period};
use crate::break_even::{Learned, Loss, Measured, Settings, Standing};
use crate::finding::{Finding, Judgement};
use crate::policy::BreakEven;

pub(super) fn find(about: About<'_>, rule: &BreakEven) -> Finding {
    let window = rule.source.all(about.facts.now);
    // What a fresh model loses is learned from the models before, too, so the whole history is read.
    let losses = match series::read_all(about, &rule.source, window) {
        Ok(losses) => losses,
        Err(finding) => return finding,
    };
    let second = |role| series::second(about, role, &rule.source, window);
    let traffic = match rule.traffic.as_ref().map(|_| second("traffic")).transpose() {
        Ok(traffic) => traffic,
        Err(finding) => return finding,
    };
    let unit = rule.cost_per_unit_loss.dollars();
    // A period whose traffic is not known costs nobody knows what; the others still count.
    let weight = |at: Timestamp| match &traffic {
        None => Some(unit),
        Some(traffic) => value(traffic, at).map(|traffic| traffic * unit),
    };
    let cost = rule.retrain_cost.dollars();
    let (standing, periods_ahead) = if rule.shadow.is_some() {
        match second("shadow") {
            // What is measured without noise of its own may be looked ahead from; what is learned may not.
            Ok(shadow) => (measured(about, &losses, &shadow, weight), 1.0 + lag(rule)),
            Err(finding) => return finding,
        }
    } else {
        (learned(about, &losses, weight), lag(rule))
    };
    let Some(standing) = standing else { return series::lacking(about, &rule.source, 0, 1) };
    let Standing { excess, reference, share, periods, .. } = standing;
    let ahead = standing.next * periods_ahead;
    if !(excess + ahead).is_finite() {
        return Finding::NoLimit;
    }
    let reference = series::finite(reference);
    let judgement = Judgement::BreakEven { excess, ahead, cost, reference, periods, share };
    if standing.is_worth(cost, periods_ahead) {
        Finding::Shown(judgement)
    } else {
        Finding::NotShown(judgement)
    }
}

/// The account of the models that served in the history.
fn learned(
    about: About<'_>,
    losses: &[Period],
    weight: impl Fn(Timestamp) -> Option<f64>,
) -> Option<Standing> {
    let since = super::serves_since(about.policy, about.facts);
    let mut models = served(about).into_iter().peekable();
    let mut account = Learned::new(Settings::default(), None);
    for loss in losses {
        // Of several trainings between two periods, the last one's model is the only one that served.
        while models.next_if(|served| *served <= loss.at).is_some() {
            account.trained();
        }
        // What earlier models cost is past; what they lost says what a fresh one does.
        let weight = if loss.at < since { Some(0.0) } else { weight(loss.at) };
        if let Some(weight) = weight {
            account.see(Loss { value: loss.value, weight });
        }
    }
    // A model that serves since the newest period has no account of its own yet.
    while models.next_if(|served| *served <= about.facts.now).is_some() {
        account.trained();
    }
    account.standing()
}

/// The account of the model that serves, against a shadow that is kept fresh.
fn measured(
    about: About<'_>,
    losses: &[Period],
    shadow: &[Period],
    weight: impl Fn(Timestamp) -> Option<f64>,
) -> Option<Standing> {
    let since = super::serves_since(about.policy, about.facts);
    let (mut account, mut fresh) = (Measured::new(), 0.0);
    for loss in losses.iter().filter(|loss| loss.at >= since) {
        // A gap that only one of the two models has a value for is not known.
        if let Some((loss_of_shadow, weight)) = value(shadow, loss.at).zip(weight(loss.at)) {
            account.see((loss.value - loss_of_shadow) * weight);
            fresh = loss_of_shadow;
        }
    }
    account.standing(fresh)
}

/// Periods between a decision and the first label of the model that comes of it.
fn lag(rule: &BreakEven) -> f64 {
    let seconds = rule.training_time.seconds().saturating_add(rule.source.label_delay.seconds());
    #[expect(clippy::cast_precision_loss, reason = "lengths are at most ten years of seconds")]
    let (seconds, period) = (seconds as f64, rule.source.seconds() as f64);
    seconds / period
}

/// Since when each model served that was trained, oldest first.
fn served(about: About<'_>) -> Vec<Timestamp> {
    let state = &about.facts.state;
    let mut all: Vec<Timestamp> = about.policy.trained.into_iter().collect();
    all.extend(state.starts.iter().filter_map(|start| start.trained));
    all.extend(state.trained.as_ref().map(|trained| trained.at));
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|trained| about.policy.serves_after.after(trained)).collect()
}

fn value(values: &[Period], at: Timestamp) -> Option<f64> {
    let found = values.binary_search_by_key(&at, |value| value.at).ok()?;
    values.get(found).map(|value| value.value)
}
