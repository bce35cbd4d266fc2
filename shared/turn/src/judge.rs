//! Did it help? Judges what can be judged, before anything new is decided.

use rekindle_decision::effect::{self, Effect};

use crate::error::chain;
use crate::gather::{Gathered, read_again};
use crate::ledger::{Change, Judge, Written};
use crate::record;
use crate::world::World;

/// Judges one model's trainings that are due, and reads its row again if that changed it.
pub(crate) async fn judge<W: World>(world: &W, mut model: Gathered) -> Gathered {
    if model.dry_run || model.row.is_err() {
        return model;
    }
    for (generation, effect) in effect::judged(&model.policy, &model.facts) {
        let futile = opens(&model, generation, effect);
        let start = model.facts.state.starts.iter().find(|start| start.generation == generation).cloned();
        let judge = Judge {
            model: model.policy.model.clone(),
            generation,
            turn: world.token().to_owned(),
            now: model.facts.now,
            effect,
            futile,
        };
        match world.change(&Change::Judge(judge)).await {
            Ok(written) => {
                if let (Written::Yes, Some(start)) = (written, start) {
                    let (now, name) = (model.facts.now, &model.policy.model);
                    world.log(&record::judged(now, world.stack(), name, &start, &effect, futile));
                }
                read_again(world, &mut model).await;
            }
            // Nothing is lost: the next turn judges by the same values.
            Err(error) => {
                tracing::warn!(model = model.policy.model, generation, error = chain(&error), "not judged");
            }
        }
        if model.row.is_err() {
            break;
        }
    }
    model
}

/// Whether this verdict opens the breaker, which calls a person once.
fn opens(model: &Gathered, generation: u32, effect: Effect) -> bool {
    let mut after = model.facts.clone();
    let start = after.state.starts.iter_mut().find(|start| start.generation == generation);
    if let Some(start) = start {
        start.effect = Some(effect);
    }
    !effect::breaker_is_open(&model.policy, &model.facts) && effect::breaker_is_open(&model.policy, &after)
}
