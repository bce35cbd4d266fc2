//! The request of a person that is to be honoured.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::facts::Facts;
use crate::signal::Signal;
use crate::state::{Request, State};

/// The newest request of this turn and of those kept, unless it was honoured before. The second part says whether it is a
/// dry run.
pub(super) fn newest(facts: &Facts) -> Option<(Request, bool)> {
    let kept = facts.state.asked.as_ref();
    // Delivered again, one that another stands for asks for nothing new.
    let stood_for = |id: &String| kept.is_some_and(|kept| kept.stands_for.contains(id));
    let open = |request: &Request| !facts.state.answered.contains(&request.id) && !stood_for(&request.id);
    let told = facts.signals.iter().rev().filter_map(Signal::ask).map(|ask| {
        let id = ask.id.clone().unwrap_or_else(|| facts.now.to_string());
        let request = Request {
            id,
            at: facts.now,
            by: ask.by.clone(),
            reason: ask.reason.clone(),
            force: ask.force,
            ignore_budget: ask.ignore_budget,
            stands_for: Vec::new(),
        };
        (request, ask.dry_run)
    });
    let kept = kept.cloned().map(|request| (request, false));
    let open: Vec<_> = told.chain(kept).filter(|(request, _)| open(request)).collect();
    // A plain request does not take the force from one that waits; one that the start in flight is for waits no more, and
    // would be forgotten with it.
    let since = facts.state.phase.since();
    let waits = |request: &Request| since.is_none_or(|since| request.at > since);
    let forced = open.iter().find(|(request, dry_run)| request.force && !dry_run && waits(request));
    let (chosen, dry_run) = match open.first()? {
        first @ (_, true) => first,
        first @ (_, false) => forced.unwrap_or(first),
    };
    let besides = open.iter().filter(|(request, dry_run)| {
        // What the start in flight is for, it answers itself.
        !dry_run && (waits(request) || request.id == chosen.id)
    });
    let stands_for = if *dry_run { Vec::new() } else { others(chosen, besides.map(|(request, _)| request)) };
    Some((Request { stands_for, ..chosen.clone() }, *dry_run))
}

/// The ids of the requests that a start for the chosen one answers besides, the newest last.
fn others<'a>(chosen: &Request, open: impl DoubleEndedIterator<Item = &'a Request>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for request in open.rev() {
        for id in request.stands_for.iter().chain([&request.id]) {
            if *id != chosen.id && !ids.contains(id) {
                ids.push(id.clone());
            }
        }
    }
    let surplus = ids.len().saturating_sub(State::STANDS_FOR);
    ids.drain(..surplus);
    ids
}
