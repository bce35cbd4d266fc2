//! The loss of every model that could have been trained, in every period.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rekindle_decision::duration::Duration;

use crate::bench::matrix::{Matrix, Stretch};
use crate::report::Knowledge;

/// The loss of the model that was trained when a period was over, in a later one; nothing where that is not known.
pub type LossOf = Arc<dyn Fn(usize, usize) -> Option<f64> + Send + Sync>;

/// What a metric's value is of a loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reads {
    /// The loss itself.
    Loss,
    /// What is missing to one, as accuracy is of an error rate.
    Complement,
    /// What the loss leaves of this, the best value there is.
    Below(f64),
}

impl Reads {
    fn of(self, loss: f64) -> f64 {
        match self {
            Self::Loss => loss,
            Self::Complement => 1.0 - loss,
            Self::Below(best) => best - loss,
        }
    }
}

/// Most batches that are compared: the best plan takes time that grows with their square.
const MOST: usize = 2_000;

/// What would have been measured of any model.
///
/// *Periods* are those of the metric; *batches*, in which ways to decide are compared, are as many of them together as it
/// takes to have no more than two thousand.
#[derive(Clone)]
pub struct World {
    start: Timestamp,
    period: Duration,
    periods: usize,
    fold: u32,
    loss: LossOf,
    /// What the metric is.
    reads: Reads,
    known: Knowledge,
    matrix: Matrix,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("start", &self.start)
            .field("periods", &self.periods)
            .finish_non_exhaustive()
    }
}

impl World {
    /// A world in which every model was measured. Batch 0 begins at `start`, and each is a period of the metric.
    #[must_use]
    pub fn measured(matrix: Matrix, start: Timestamp, period: Duration, reads: Reads) -> Self {
        let rows = Arc::new(matrix.clone());
        let loss: LossOf = Arc::new(move |model, period| rows.whole().loss(model, period));
        let (periods, known) = (matrix.batches(), Knowledge::Measured);
        Self { start, period, periods, fold: 1, loss, reads, known, matrix }
    }

    /// A world that is assumed: `loss` tells what each model would have lost, `ageing` how that is known. The first tenth
    /// of the periods, but at least one, counts as the first model's training window.
    #[must_use]
    pub fn assumed(
        name: &str,
        (start, period, periods): (Timestamp, Duration, usize),
        loss: LossOf,
        reads: Reads,
        ageing: String,
    ) -> Self {
        let fold = periods.div_ceil(MOST).max(1);
        let batches = periods.checked_div(fold).unwrap_or(0);
        let together = u32::try_from(fold).unwrap_or(u32::MAX);
        let folded = |model: usize, batch: usize| {
            // A model of a batch was trained when its last period was over.
            let trained = model.saturating_add(1).saturating_mul(fold).saturating_sub(1);
            let first = batch.saturating_mul(fold);
            let values = (first..first.saturating_add(fold)).filter_map(|period| loss(trained, period));
            let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
            (count > 0.0).then(|| sum / count)
        };
        let matrix = Matrix::assumed(name, batches, (batches / 10).max(1), folded);
        let known = Knowledge::Assumed { ageing };
        Self { start, period, periods, fold: together, loss, reads, known, matrix }
    }

    /// How the losses are known.
    #[must_use]
    pub const fn known(&self) -> &Knowledge {
        &self.known
    }

    /// How many batches there are.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.matrix.batches()
    }

    /// How many periods are one batch.
    #[must_use]
    pub const fn fold(&self) -> u32 {
        self.fold
    }

    fn together(&self) -> usize {
        usize::try_from(self.fold).unwrap_or(1)
    }

    /// How long a batch is.
    #[must_use]
    pub fn batch_length(&self) -> Duration {
        Duration::from_seconds(self.period.seconds().saturating_mul(u64::from(self.fold)))
    }

    /// Start of a batch; of the one after the last, the end of all.
    #[must_use]
    pub fn start_of(&self, batch: usize) -> Timestamp {
        let seconds = self.batch_length().seconds().saturating_mul(batch.try_into().unwrap_or(u64::MAX));
        Duration::from_seconds(seconds).after(self.start)
    }

    /// The first batch that counts.
    #[must_use]
    pub fn first_scored(&self) -> usize {
        self.scored().batches().start
    }

    /// The stretch that counts.
    #[must_use]
    pub fn scored(&self) -> Stretch<'_> {
        self.matrix.scored()
    }

    /// The stretch before it, on which others may choose parameters.
    #[must_use]
    pub fn prefix(&self) -> Stretch<'_> {
        self.matrix.prefix()
    }

    /// The loss of a model, counted in periods, in the period that begins at an instant.
    #[must_use]
    pub fn loss_at(&self, model: usize, at: Timestamp) -> Option<f64> {
        (self.loss)(model, self.period_of(at)?)
    }

    /// The value of the metric where the loss is this.
    #[must_use]
    pub fn value_of(&self, loss: f64) -> f64 {
        self.reads.of(loss)
    }

    /// The model, counted in periods, of a batch.
    #[must_use]
    pub fn model_of_batch(&self, batch: usize) -> usize {
        batch.saturating_add(1).saturating_mul(self.together()).saturating_sub(1)
    }

    /// The model that a training makes that may use what was known at an instant: that of the newest period that was over.
    #[must_use]
    pub fn model_at(&self, known_until: Timestamp) -> Option<usize> {
        let over = self.elapsed(known_until)?.checked_sub(1)?;
        Some(over.min(self.periods.saturating_sub(1)))
    }

    /// The batch whose end is the newest at an instant.
    #[must_use]
    pub fn batch_over(&self, at: Timestamp) -> Option<usize> {
        self.elapsed(at)?.checked_div(self.together())?.checked_sub(1)
    }

    fn period_of(&self, at: Timestamp) -> Option<usize> {
        self.elapsed(at).filter(|period| *period < self.periods)
    }

    /// How many whole periods have gone by.
    fn elapsed(&self, at: Timestamp) -> Option<usize> {
        let since: SignedDuration = at.duration_since(self.start);
        let period = i64::try_from(self.period.seconds()).ok()?.max(1);
        usize::try_from(since.as_secs().checked_div(period)?).ok().filter(|_| !since.is_negative())
    }
}
