//! Which model served when.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rekindle_decision::duration::Duration;

use super::world::World;

/// The models that served, oldest first: shared by the metric that measures them and the trainings that make them.
#[derive(Debug, Clone)]
pub(super) struct Service(Arc<Mutex<Vec<(Timestamp, usize)>>>);

impl Service {
    /// Until the first batch that counts the first model serves, and then the one that was trained just before it.
    pub(super) fn of(world: &World) -> Self {
        let first = world.model_of_batch(world.prefix().first_model());
        let scored = world.first_scored();
        let then = world.model_of_batch(scored.saturating_sub(1));
        Self(Arc::new(Mutex::new(vec![(Timestamp::MIN, first), (world.start_of(scored), then)])))
    }

    fn models(&self) -> MutexGuard<'_, Vec<(Timestamp, usize)>> {
        // Only one thread ever holds it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another model serves from an instant on.
    pub(super) fn take_over(&self, from: Timestamp, model: usize) {
        let mut models = self.models();
        let place = models.partition_point(|(earlier, _)| *earlier <= from);
        models.insert(place, (from, model));
    }

    /// What was lost in the period that begins at an instant: of each model that served in it, by how long it did.
    pub(super) fn loss(&self, world: &World, at: Timestamp, period: Duration) -> Option<f64> {
        let end = period.after(at);
        let models = self.models();
        let first = models.partition_point(|(from, _)| *from <= at).saturating_sub(1);
        let serving = models.get(first..)?.iter().take_while(|(from, _)| *from < end);
        let untils = models.iter().skip(first.saturating_add(1)).map(|(from, _)| (*from).min(end));
        let (mut lost, mut whole) = (0.0, 0.0);
        for ((from, model), until) in serving.zip(untils.chain([end])) {
            let share = until.duration_since((*from).max(at)).as_secs_f64();
            lost += world.loss_at(*model, at)? * share;
            whole += share;
        }
        (whole > 0.0).then(|| lost / whole)
    }
}
