//! What arrived since the last start. There is no level to read again, so the ledger counts.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;

use super::About;
use crate::duration::Duration;
use crate::facts::Facts;
use crate::finding::{Arrived, Finding};
use crate::identity;
use crate::policy::{CountsAs, DataQuality, Events, Objects, Outcome, Policy, Watch};
use crate::signal::{Arrival, Signal, What};
use crate::state::{Aside, State, Tally};

pub(super) fn objects(about: About<'_>, objects: &Objects) -> Finding {
    let needed = Arrived { needed: objects.count, needed_bytes: objects.bytes, ..Arrived::default() };
    enough(about, needed, objects.quiet_for)
}

pub(super) fn events(about: About<'_>, events: &Events) -> Finding {
    enough(about, Arrived { needed: events.count, ..Arrived::default() }, events.quiet_for)
}

fn enough(about: About<'_>, needed: Arrived, quiet_for: Duration) -> Finding {
    let tally = counted(about, false);
    let arrived = Arrived {
        count: tally.as_ref().map_or(0, |tally| tally.count),
        bytes: tally.as_ref().map_or(0, |tally| tally.bytes),
        last: tally.as_ref().map(|tally| tally.last),
        ..needed
    };
    let Some(last) = arrived.last else { return Finding::Arriving(arrived) };
    if arrived.count < arrived.needed || arrived.bytes < arrived.needed_bytes {
        return Finding::Arriving(arrived);
    }
    match super::settles(quiet_for, last, about.facts.now) {
        Some(until) => Finding::Settling { arrived, until },
        None => Finding::Arrived(arrived),
    }
}

/// The newest result decides: the one before it was about older data.
pub(super) fn data_quality(about: About<'_>, quality: &DataQuality, counts_as: CountsAs) -> Finding {
    // As a level, the newest result there ever was says how the data is; otherwise only one since the last start asks.
    let ever = counts_as == CountsAs::Level;
    let answered = about.facts.state.answered_until();
    let asks = |at: Timestamp| ever || answered.is_none_or(|answered| at > answered);
    let passed = counted(about, ever).and_then(|tally| tally.passed).filter(|(_, at)| asks(*at));
    let Some((passed, at)) = passed else {
        if ever {
            return Finding::NoResult { ruleset: quality.ruleset.clone() };
        }
        return Finding::Arriving(Arrived { needed: 1, ..Arrived::default() });
    };
    if passed != (quality.on == Outcome::Passed) {
        return Finding::DataOtherwise { passed, at };
    }
    match super::settles(quality.quiet_for, at, about.facts.now) {
        Some(until) => {
            let arrived = Arrived { count: 1, needed: 1, last: Some(at), ..Arrived::default() };
            Finding::Settling { arrived, until }
        }
        None => Finding::DataAsAsked { passed, at },
    }
}

/// What the triggers of a policy have counted, this turn's arrivals included.
pub(crate) fn tallies(policy: &Policy, facts: &Facts) -> BTreeMap<String, Tally> {
    let counting = policy.triggers.iter().filter(|(_, trigger)| match &trigger.watch {
        Watch::Objects(_) | Watch::Events(_) | Watch::DataQuality(_) => true,
        Watch::Schedule(_)
        | Watch::Alarm(_)
        | Watch::Monitor(_)
        | Watch::Metric(_)
        | Watch::Trend(_)
        | Watch::Challenger(_)
        | Watch::Detector(_)
        | Watch::BreakEven(_) => false,
    });
    let tally = |(name, trigger): (&String, &crate::policy::Trigger)| {
        let about = About { policy, name, facts };
        // Only a result says how the data still is; a count is of what came since the last start.
        let ever = trigger.counts_as == CountsAs::Level && matches!(trigger.watch, Watch::DataQuality(_));
        Some((name.to_owned(), counted(about, ever)?))
    };
    counting.filter_map(tally).collect()
}

/// One trigger's count. What happened before the last start was there for it; `ever` counts it all the same.
fn counted(about: About<'_>, ever: bool) -> Option<Tally> {
    let About { policy, name, facts } = about;
    let state = &facts.state;
    let is_old = |at| !ever && state.answered_until().is_some_and(|answered| at <= answered);
    let kept = state.arrivals.get(name).map(|kept| settled(kept, state));
    let mut tally = kept
        .and_then(|kept| if is_old(kept.last) { put_aside(kept, state.phase.since()?) } else { Some(kept) });
    for signal in &facts.signals {
        let Signal::Arrived(arrival) = signal else { continue };
        if !policy.counting(arrival).any(|counting| counting == name) {
            continue;
        }
        let in_flight = state.phase.since();
        if !is_old(arrival.at) {
            tally = Some(with(tally, arrival, in_flight));
        } else if let Some(since) = in_flight.filter(|since| answers(state, *since, arrival.at)) {
            // Told late, it is put aside as if it had been told in time: should that training fail, it counts again.
            let aside = || Tally { aside: Some(Aside { since, count: 0, bytes: 0 }), ..empty(arrival) };
            tally = Some(with(Some(tally.unwrap_or_else(aside)), arrival, in_flight));
        }
    }
    tally
}

/// Whether it is the start in flight that answers what happened at an instant, and no start or cancellation before it.
fn answers(state: &State, since: Timestamp, at: Timestamp) -> bool {
    let before = state.started_before(state.generation).max(state.cancelled);
    at <= since && before.is_none_or(|before| at > before)
}

/// What the start in flight answers, kept until it is known what comes of it.
fn put_aside(tally: Tally, since: Timestamp) -> Option<Tally> {
    let answered = tally.last <= since;
    let aside = tally.aside.or(Some(Aside { since, count: tally.count, bytes: tally.bytes }));
    answered.then_some(Tally { count: 0, bytes: 0, aside, ..tally })
}

/// The tally with what was put aside counted again, if the start it was put aside for came to nothing.
fn settled(tally: &Tally, state: &State) -> Tally {
    let mut tally = tally.clone();
    let Some(aside) = tally.aside.filter(|aside| state.phase.since() != Some(aside.since)) else {
        return tally;
    };
    tally.aside = None;
    if state.answered_until().is_none_or(|answered| answered < aside.since) {
        tally.count = tally.count.saturating_add(aside.count);
        tally.bytes = tally.bytes.saturating_add(aside.bytes);
    }
    tally
}

fn empty(arrival: &Arrival) -> Tally {
    let (first, last) = (arrival.at, arrival.at);
    Tally { count: 0, bytes: 0, first, last, passed: None, seen: Vec::new(), aside: None }
}

fn with(tally: Option<Tally>, arrival: &Arrival, in_flight: Option<Timestamp>) -> Tally {
    let mut tally = tally.unwrap_or_else(|| empty(arrival));
    let id = identity::digest(&arrival.id);
    if tally.seen.contains(&id) {
        return tally;
    }
    tally.seen.push(id);
    let surplus = tally.seen.len().saturating_sub(State::SEEN);
    tally.seen.drain(..surplus);
    let size = match &arrival.what {
        What::Object { size, .. } => *size,
        What::DataQuality { .. } | What::MonitoringRun { .. } | What::Event { .. } => 0,
    };
    // What came until that start is what it answers, though some of it is told only now.
    let answered = |at: Timestamp| in_flight.filter(|since| at <= *since);
    match (answered(arrival.at), in_flight) {
        (Some(since), _) if tally.aside.is_some() || tally.last > since => {
            let aside = tally.aside.get_or_insert(Aside { since, count: 0, bytes: 0 });
            aside.count = aside.count.saturating_add(1);
            aside.bytes = aside.bytes.saturating_add(size);
        }
        (None, Some(since)) if tally.aside.is_none() && answered(tally.last).is_some() && tally.count > 0 => {
            tally.aside = Some(Aside { since, count: tally.count, bytes: tally.bytes });
            (tally.count, tally.bytes, tally.first, tally.last) = (1, size, arrival.at, arrival.at);
        }
        _ => {
            tally.count = tally.count.saturating_add(1);
            tally.bytes = tally.bytes.saturating_add(size);
            tally.first = tally.first.min(arrival.at);
            tally.last = tally.last.max(arrival.at);
        }
    }
    // A result that comes late does not hide a newer one.
    let newer = |(_, at): &(bool, Timestamp)| *at > arrival.at;
    if let What::DataQuality { passed, .. } = &arrival.what
        && !tally.passed.as_ref().is_some_and(newer)
    {
        tally.passed = Some((*passed, arrival.at));
    }
    tally
}
