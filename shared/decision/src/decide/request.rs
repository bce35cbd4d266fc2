//! The request of a person that is to be honoured.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::facts::Facts;
use crate::signal::Signal;
use crate::state::Request;

/// The newest request of this turn and of those kept, unless it was honoured before. The second part says whether it is a
/// dry run.
pub(super) fn newest(facts: &Facts) -> Option<(Request, bool)> {
    let open = |request: &Request| !facts.state.answered.contains(&request.id);
    let told = facts.signals.iter().rev().filter_map(Signal::ask).map(|ask| {
        let id = ask.id.clone().unwrap_or_else(|| facts.now.to_string());
        let request = Request {
            id,
            at: facts.now,
            by: ask.by.clone(),
            reason: ask.reason.clone(),
            force: ask.force,
            ignore_budget: ask.ignore_budget,
        };
        (request, ask.dry_run)
    });
    let kept = facts.state.asked.clone().map(|request| (request, false));
    let open: Vec<_> = told.chain(kept).filter(|(request, _)| open(request)).collect();
    // A plain request does not take the force from one that waits; one that the start in flight is for waits no more, and
    // would be forgotten with it.
    let since = facts.state.phase.since();
    let waits = |request: &Request| since.is_none_or(|since| request.at > since);
    let forced = open.iter().find(|(request, dry_run)| request.force && !dry_run && waits(request));
    match open.first() {
        Some((_, true)) | None => open.first().cloned(),
        first @ Some((_, false)) => forced.or(first).cloned(),
    }
}
