//! What a rule does on a stretch, and what that costs.

use super::matrix::Stretch;
use super::rule::{Look, Rule};

/// When a rule retrained, and what that cost. The unit of every cost is one batch whose losses are all 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// The batches after which it retrained, counted from 0.
    pub retrained_at: Vec<usize>,
    /// Everything: the mean loss of each batch, and each retrain.
    pub cost: f64,
    /// Of it, the losses.
    pub loss: f64,
    /// Of the losses, what the newest model that could have served would not have lost. Where newer models are worse it
    /// is below 0.
    pub staleness: f64,
}

/// Replays a stretch as the rule would have it. A batch is paid for before the rule sees it, and after the last one
/// there is nothing to decide.
///
/// A loss that the stretch does not have would make every cost NaN; a matrix that was read has them all.
pub fn run(stretch: Stretch<'_>, rule: &mut dyn Rule, retrain_cost: f64) -> Run {
    let mut model = stretch.first_model();
    let mut run = Run::default();
    for period in stretch.batches() {
        let loss = stretch.loss(model, period).unwrap_or(f64::NAN);
        let newest = stretch.loss(period.saturating_sub(1), period).unwrap_or(f64::NAN);
        run.loss += loss;
        run.cost += loss;
        run.staleness += loss - newest;
        if period == stretch.last() {
            break;
        }
        let look = Look {
            period,
            age: period.saturating_sub(model),
            loss,
            count: stretch.batch_size(),
            holdout: stretch.holdout(model).unwrap_or(f64::NAN),
            retrain_cost,
        };
        if rule.look(&look) {
            rule.retrained();
            model = period;
            run.cost += retrain_cost;
            run.retrained_at.push(period);
        }
    }
    run
}
