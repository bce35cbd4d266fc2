//! What a way to decide costs.

use std::collections::BTreeMap;

use rekindle_decision::duration::Duration;

use super::{Lived, Replay};
use crate::bench::report::ratio;
use crate::bench::run::Run;
use crate::report::{Outcome, Start};

/// The books of one replay: the same for every way to decide.
#[derive(Debug)]
pub struct Account<'a> {
    replay: &'a Replay<'a>,
    /// What one unit of the loss costs over a batch.
    per_unit: f64,
    /// The loss of the freshest model, batch by batch.
    fresh: Vec<f64>,
    /// The standard deviation of what the freshest model loses, from one batch to the next.
    noise: f64,
}

impl<'a> Account<'a> {
    pub(super) fn of(replay: &'a Replay<'a>) -> Self {
        let (world, scored) = (replay.world, replay.world.scored());
        let fresh: Vec<f64> = scored
            .batches()
            .map(|batch| scored.loss(batch.saturating_sub(1), batch).unwrap_or(f64::NAN))
            .collect();
        let steps = fresh.iter().zip(fresh.iter().skip(1)).map(|(one, next)| (next - one).powi(2));
        let (sum, count) = steps.fold((0.0, 0.0), |(sum, count), step| (sum + step, count + 1.0_f64));
        let noise = (sum / count.max(1.0) / 2.0).sqrt();
        Self { replay, per_unit: replay.cost_per_unit_loss * f64::from(world.fold()), fresh, noise }
    }

    /// What a training costs, in units of the loss over a batch.
    pub(super) fn price(&self, retrain_cost: f64) -> f64 {
        retrain_cost / self.per_unit
    }

    /// The loss of the freshest model, batch by batch.
    #[must_use]
    pub fn fresh(&self) -> &[f64] {
        &self.fresh
    }

    /// A way that decides at the end of batches, and whose models serve from the next one on.
    pub(super) fn outcome(&self, name: &str, run: &Run, best: f64, price: f64) -> Outcome {
        let scored = self.replay.world.scored();
        let mut model = scored.first_model();
        let loss: Vec<f64> = scored
            .batches()
            .map(|batch| {
                let loss = scored.loss(model, batch).unwrap_or(f64::NAN);
                if run.retrained_at.contains(&batch) {
                    model = batch;
                }
                loss
            })
            .collect();
        let starts = run.retrained_at.iter().map(|batch| Start {
            at: self.replay.world.start_of(batch.saturating_add(1)),
            period: *batch,
            because: String::new(),
        });
        self.told(name, starts.collect(), loss, best, price)
    }

    /// What the owner's policy came to.
    pub(super) fn lived(&self, lived: &Lived, best: f64, price: f64) -> Outcome {
        // Where nothing was measured, what was lost before goes on, as for every other way.
        let scored = self.replay.world.scored();
        let mut before = scored.loss(scored.first_model(), scored.batches().start).unwrap_or(f64::NAN);
        let loss = lived.loss.iter().map(|loss| {
            before = loss.unwrap_or(before);
            before
        });
        let loss = loss.collect();
        let outcome = self.told(&self.replay.policy.model, lived.starts.clone(), loss, best, price);
        Outcome { holds: lived.holds.clone(), ..outcome }
    }

    fn told(&self, name: &str, starts: Vec<Start>, loss: Vec<f64>, best: f64, price: f64) -> Outcome {
        let first = self.replay.world.first_scored();
        let trainings_at = |place: usize| -> f64 {
            let batch = first.saturating_add(place);
            // One within the first batch that counts was decided when the batch before it was the newest that was over.
            starts.iter().filter(|start| start.period.max(first) == batch).map(|_| 1.0).sum()
        };
        let (mut total, mut stale, mut staleness) = (0.0, 0_u64, 0.0);
        let mut cumulative = Vec::with_capacity(loss.len());
        for (place, (loss, fresh)) in loss.iter().zip(&self.fresh).enumerate() {
            // A batch of which nothing is known costs nobody knows what.
            let known = |loss: f64| if loss.is_finite() { loss } else { 0.0 };
            total += known(*loss) + trainings_at(place) * price;
            staleness += known(loss - fresh);
            if loss - fresh > self.noise {
                stale = stale.saturating_add(1);
            }
            cumulative.push(total * self.per_unit);
        }
        let training_cost = starts.iter().map(|_| self.replay.retrain_cost).sum();
        let batch = self.replay.world.batch_length().seconds();
        Outcome {
            name: name.to_owned(),
            training_cost,
            staleness_cost: staleness * self.per_unit,
            total: total * self.per_unit,
            over_optimum: ratio(total, best),
            stale: Duration::from_seconds(batch.saturating_mul(stale)),
            false_starts: self.false_starts(&starts, price),
            holds: BTreeMap::new(),
            loss,
            cumulative,
            starts,
        }
    }

    /// Trainings that saved less than they cost until the next one, against the model that served before.
    fn false_starts(&self, starts: &[Start], price: f64) -> usize {
        let scored = self.replay.world.scored();
        let mut before = scored.first_model();
        let ends = starts.iter().skip(1).map(|start| start.period).chain([scored.last()]);
        let mut false_starts = 0_usize;
        for (start, end) in starts.iter().zip(ends) {
            let saved: f64 = (start.period.saturating_add(1)..=end)
                .filter_map(|batch| Some(scored.loss(before, batch)? - scored.loss(start.period, batch)?))
                .sum();
            if saved < price {
                false_starts = false_starts.saturating_add(1);
            }
            before = start.period;
        }
        false_starts
    }
}
