//! What a training costs, and a unit of the loss over a period.

use anyhow::{Context, bail};
use rekindle_decision::money::Money;
use rekindle_decision::policy::Policy;
use rekindle_replay::history::History;

use super::question::Question;

/// What a training costs, and a unit of the loss over a period, in dollars.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prices {
    pub(super) retrain_cost: f64,
    pub(super) cost_per_unit_loss: f64,
}

impl Prices {
    /// As told; left out, what the rule says, or the budget.
    pub(super) fn of(
        told: (Option<Money>, Option<Money>),
        policy: &Policy,
        question: &Question<'_>,
        history: &History,
    ) -> anyhow::Result<Self> {
        let (retrain_cost, per_unit) = told;
        let per_run = policy.guards.budgets.iter().map(|budget| budget.per_run).next();
        let retrain_cost =
            retrain_cost.or_else(|| question.economic.map(|rule| rule.retrain_cost)).or(per_run);
        let per_unit = match per_unit {
            Some(told) => Some(told.dollars()),
            None => by_rule(question, history)?,
        };
        let missing = match (retrain_cost, per_unit) {
            (Some(retrain_cost), Some(cost_per_unit_loss)) if cost_per_unit_loss > 0.0 => {
                return Ok(Self { retrain_cost: retrain_cost.dollars(), cost_per_unit_loss });
            }
            (_, Some(_)) if retrain_cost.is_some() => {
                bail!(
                    "a loss that costs nothing is worth no training: give --cost-per-unit-loss more than nought"
                )
            }
            (None, None) => {
                "a training and a unit of the loss cost: give --retrain-cost and --cost-per-unit-loss, \
                             such as 12.50USD and 40USD"
            }
            (None, Some(_)) => "a training costs: give --retrain-cost, such as 12.50USD",
            (Some(_), _) => {
                "a unit of the loss costs over a period, as one in which everything was wrong is of an error rate: give \
                 --cost-per-unit-loss, such as 40USD"
            }
        };
        bail!("nobody says what {missing}")
    }
}

/// What `break_even` says. Where it counts by traffic, at as much of it as there was on average.
fn by_rule(question: &Question<'_>, history: &History) -> anyhow::Result<Option<f64>> {
    let Some(rule) = question.economic else { return Ok(None) };
    let per_unit = rule.cost_per_unit_loss.dollars();
    let Some(traffic) = &rule.traffic else { return Ok(Some(per_unit)) };
    let points = history.series.get(&**traffic).map(Vec::as_slice).unwrap_or_default();
    let (sum, count) =
        points.iter().fold((0.0, 0.0_f64), |(sum, count), point| (sum + point.value, count + 1.0));
    let mean = Some(sum / count).filter(|mean| mean.is_finite()).with_context(|| {
        let trigger = question.trigger;
        format!(
            "`{trigger}` counts a loss by the traffic, and the history has no value of `{trigger}.traffic` ({traffic}): \
             add its values, or give --cost-per-unit-loss for a whole period, such as 40USD"
        )
    })?;
    eprintln!(
        "note: in the report a unit of the loss costs the same in every period: {} for each of {mean:.0}, the mean of \
         `{}.traffic`; the policy itself counts each period's own",
        rule.cost_per_unit_loss, question.trigger
    );
    Ok(Some(per_unit * mean))
}
