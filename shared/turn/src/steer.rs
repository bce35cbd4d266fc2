//! A person's hand: suspend, resume, cancel, close a breaker. Written down with who and why before anything is decided, so
//! that the decision of the same turn follows it.

use jiff::Timestamp;
use rekindle_decision::signal::{Action, Control, Signal};
use rekindle_decision::state::Suspension;

use crate::error::chain;
use crate::gather::{Gathered, Unread, read_again};
use crate::ledger::{ANSWERED, Happened, Memo, News, Row, Steered, Written};
use crate::world::World;

/// Times a row is read again that another turn changed meanwhile.
const ATTEMPTS: usize = 8;

/// Does what people want done by hand with one model, in the order they came.
pub(crate) async fn steer<W: World>(world: &W, mut model: Gathered) -> Gathered {
    let controls: Vec<Control> = model.facts.signals.iter().filter_map(Signal::control).cloned().collect();
    for control in controls {
        if model.dry_run {
            break;
        }
        if let Err(error) = follow(world, &mut model, &control).await {
            model.row = Err(Unread { error, for_a_person: false });
        }
    }
    model
}

async fn follow<W: World>(world: &W, model: &mut Gathered, control: &Control) -> Result<(), String> {
    for _ in 0..ATTEMPTS {
        let Ok(row) = &model.row else { return Ok(()) };
        // Delivered again, it is done already.
        if control.id.as_ref().is_some_and(|id| row.state.answered.contains(id)) {
            return Ok(());
        }
        let memo = Memo {
            model: model.policy.model.clone(),
            version: row.version,
            row: steered(row, control, model.facts.now, world.token()),
        };
        match world.remember(&memo).await.map_err(|error| chain(&error))? {
            Written::Yes => {
                read_again(world, model).await;
                return Ok(());
            }
            Written::No | Written::OverBudget => read_again(world, model).await,
        }
    }
    Err(format!("the ledger changed {ATTEMPTS} times while `{}` was written", control.action.word()))
}

/// The row after a person's hand.
fn steered(row: &Row, control: &Control, now: Timestamp, turn: &str) -> Row {
    let mut row = row.next();
    let state = &mut row.state;
    match control.action {
        Action::Suspend { until } => {
            let (by, reason) = (control.by.clone(), control.reason.clone());
            state.suspended = Some(Suspension { at: now, until, by, reason });
        }
        Action::Resume => state.suspended = None,
        Action::Cancel => {
            state.cancelled = Some(now);
            // Delivered again, the request that was cancelled asks for nothing.
            if let Some(asked) = state.asked.take() {
                state.answered.retain(|id| *id != asked.id);
                state.answered.push(asked.id);
            }
            state.proposed.clear();
            state.confirmed = None;
        }
        Action::CloseBreaker => {
            state.breaker_closed = Some(now);
            state.failures = 0;
            state.failed_at = None;
            // What was refused for good may have been mended outside the policy: rights, a quota.
            state.refused = None;
        }
    }
    state.answered.extend(control.id.clone());
    let surplus = state.answered.len().saturating_sub(ANSWERED);
    state.answered.drain(..surplus);
    let generation = state.generation;
    row.steered = Some(Steered { at: now, control: control.clone() });
    row.note(News { what: Happened::Steered, generation, at: now, by: turn.to_owned() });
    row
}
