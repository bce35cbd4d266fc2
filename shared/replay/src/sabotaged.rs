//! The ledger's answers, with a protection taken away where one is.

use jiff::Timestamp;
use rekindle_decision::state::Phase;
use rekindle_turn::World;
use rekindle_turn::ledger::{Change, Fleet, Intent, Memo, Row, Written};
use rekindle_turn::memory::Memory;

use crate::inside::Inside;
use crate::invocation::at_once;
use crate::sabotage::Sabotage;

/// A row as a turn reads it.
pub(crate) fn read(inside: &Inside, mut row: Row) -> Row {
    match inside.sabotage {
        Some(Sabotage::Dedupe) => {
            row.state.answered.clear();
            row.state.arrivals.values_mut().for_each(|tally| tally.seen.clear());
        }
        Some(Sabotage::Lease) => {
            if let Phase::Starting { lease_until, .. } = &mut row.state.phase {
                *lease_until = Timestamp::MIN;
            }
        }
        Some(Sabotage::Fence | Sabotage::Intent | Sabotage::Pending | Sabotage::Memo | Sabotage::Reserve)
        | None => {}
    }
    row
}

pub(crate) fn intend(memory: &Memory, inside: &mut Inside, wanted: &Intent) -> Option<Written> {
    let mut intent = wanted.clone();
    let written = match inside.sabotage {
        Some(Sabotage::Intent) => {
            memory.put_intent(&intent);
            Written::Yes
        }
        Some(Sabotage::Reserve) => {
            intent.run.reserve.iter_mut().for_each(|reserve| reserve.limit = None);
            at_once(memory.intend(&intent))?
        }
        _ => at_once(memory.intend(&intent))?,
    };
    if written == Written::Yes {
        inside.counts.count("intents");
        within(memory, inside, wanted);
    }
    Some(written)
}

/// What the fleets have spent and reserved, right after an intent was written.
fn within(memory: &Memory, inside: &mut Inside, intent: &Intent) {
    for reserve in &intent.run.reserve {
        let Fleet { name, span } = Fleet::of(reserve);
        let spent = memory.spent(&name, &span);
        if let Some(limit) = reserve.limit.filter(|limit| spent > *limit) {
            let found = format!("{spent} of {limit} are spoken for in {span} after {}", intent.run.job);
            inside.witness.broke("an enforced budget is never exceeded", &intent.model, found);
        }
    }
}

pub(crate) fn change(memory: &Memory, inside: &mut Inside, mut change: Change) -> Option<Written> {
    let held = memory.row(change.model()).turn;
    if inside.sabotage == Some(Sabotage::Lease) {
        match &mut change {
            Change::TakeOver(claim) => claim.now = Timestamp::MAX,
            Change::Settle(settle) => settle.turn = held.clone().unwrap_or_else(|| settle.turn.clone()),
            Change::Close(_) | Change::Judge(_) | Change::Said(_) => {}
        }
    }
    let written = at_once(memory.change(&change))?;
    if let (Change::TakeOver(claim), Written::Yes) = (&change, written) {
        let own = held.as_deref() == Some(claim.turn.as_str());
        inside.counts.count(if own { "own starts taken up again" } else { "starts taken over" });
    }
    Some(written)
}

pub(crate) fn remember(memory: &Memory, inside: &mut Inside, mut memo: Memo) -> Option<Written> {
    match inside.sabotage {
        Some(Sabotage::Pending) => return Some(Written::Yes),
        Some(Sabotage::Memo) => {
            memo.version = memory.row(&memo.model).version;
            memo.row.version = memo.version.saturating_add(1);
        }
        _ => {}
    }
    let written = at_once(memory.remember(&memo))?;
    if written == Written::Yes {
        inside.counts.count("memos");
    }
    Some(written)
}
