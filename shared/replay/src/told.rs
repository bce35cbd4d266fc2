//! What is written to the ledger, in few words for a story.

use std::fmt::Write;

use rekindle_turn::ledger::{Intent, Memo};

pub(crate) fn intent(intent: &Intent) -> String {
    let Intent { version, run, .. } = intent;
    format!(
        "generation {} of {} at {}, on version {version}: {}",
        run.generation, run.decision, run.decided, run.why
    )
}

pub(crate) fn memo(memo: &Memo) -> String {
    let mut text = format!("on version {}", memo.version);
    if let Some(asked) = &memo.row.state.asked {
        let _ = write!(text, "; asked {}", asked.id);
    }
    for (trigger, sighting) in &memo.row.state.sightings {
        let pending = if sighting.pending { "pending" } else { "not pending" };
        let _ = write!(text, "; {trigger} {pending} since {}", sighting.first_seen);
    }
    for (trigger, tally) in &memo.row.state.arrivals {
        let aside = tally.aside.map(|aside| format!(", {} aside", aside.count)).unwrap_or_default();
        let _ = write!(text, "; {} of {trigger}{aside}, the newest {}", tally.count, tally.last);
    }
    text
}
