//! What is to be decided, as plainly as can be.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{CountsAs, Expr};

use super::any::noon;
use super::case::{Case, Own, plus_hours};

/// What the oracle says, in the words of the engine's answer.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) verdict: &'static str,
    pub(crate) blockers: Vec<&'static str>,
    pub(crate) look_again_at: Option<Timestamp>,
    pub(crate) stops: bool,
    /// The names of what asks; a person's request is `one`.
    pub(crate) because: Vec<String>,
    /// Under how many ids this start has been put to people.
    pub(crate) proposed: usize,
    /// When a person agreed to it.
    pub(crate) agreed: Option<Timestamp>,
}

pub(crate) fn oracle(case: &Case) -> Answer {
    let (surely, perhaps) = match case.force {
        Some(_) => (true, true),
        None => (starts_if(case, false), starts_if(case, true)),
    };
    if !perhaps {
        // What nobody wants needs no reason, is put to nobody, and was not agreed to for another time.
        let nothing = (vec![], vec![], 0, None);
        let (blockers, because, proposed, agreed) = nothing;
        let look_again_at = old_enough(case);
        return Answer { verdict: "rest", blockers, look_again_at, stops: false, because, proposed, agreed };
    }
    let mut standing = blockers(case);
    if !surely {
        standing.push(("blind", None));
    }
    let blockers: Vec<&'static str> = standing.iter().map(|(word, _)| *word).collect();
    let ends: Option<Vec<Timestamp>> = standing.iter().map(|(_, until)| *until).collect();
    Answer {
        verdict: if blockers.is_empty() { "start" } else { "hold" },
        look_again_at: ends.and_then(|ends| ends.into_iter().max()),
        stops: case.replaces && surely && blockers == ["in_flight"] && something_is_newer(case),
        because: reasons(case),
        // It was put to somebody earlier, and is again under its present id while it waits for a yes.
        proposed: if case.ask_first { 1 + usize::from(blockers.contains(&"ask_first")) } else { 0 },
        agreed: agreed(case).filter(|_| case.ask_first),
        blockers,
    }
}

/// Why one is wanted, as far as is known: a person's request, what asks, and the model's age.
fn reasons(case: &Case) -> Vec<String> {
    let mut reasons = vec![];
    if case.force.is_some() {
        reasons.push("one".to_owned());
    }
    for (name, within_hours) in candidates(&case.start_when, case, 0) {
        let asks = asks(case.triggers[Case::index(name)], case, within_hours, false);
        if asks && !reasons.iter().any(|known| known == name) {
            reasons.push(name.to_owned());
        }
    }
    if too_old(case) == Some(true) {
        reasons.push("guards.max_age".to_owned());
    }
    reasons
}

/// Until when everything that asked is done with: a start answers it, or a person cancels it.
fn done_until(case: &Case) -> Timestamp {
    [case.last_started, case.cancelled].into_iter().flatten().max().unwrap_or(Timestamp::MIN)
}

/// Whether a person has cancelled what asked, and nothing was started since.
fn is_cancelled(case: &Case) -> bool {
    case.cancelled.is_some_and(|cancelled| case.last_started.is_none_or(|started| started <= cancelled))
}

/// When a person agreed: a yes of before the last start was for that one.
fn agreed(case: &Case) -> Option<Timestamp> {
    let kept = case.agreed.filter(|at| *at > done_until(case));
    kept.or(case.agrees.then(noon))
}

/// Everything that stands in the way, in the order in which the engine names it, with when it goes by itself.
fn blockers(case: &Case) -> Vec<(&'static str, Option<Timestamp>)> {
    let forced = case.force == Some(true);
    let mut found = vec![];
    let mut wait = |word, until: Option<Timestamp>| {
        if until.is_some_and(|until| noon() < until) {
            found.push((word, until));
        }
    };
    if case.suspended {
        wait("suspended", Some(Timestamp::MAX));
    } else if let Some(until) = case.by_hand {
        wait("suspended", Some(until));
    }
    if case.running_since.is_some() {
        wait("in_flight", Some(Timestamp::MAX));
    }
    if !forced {
        wait("cooldown", case.last_started.map(|started| plus_hours(started, case.cooldown_hours)));
        wait("min_age", case.min_age_hours.and_then(|hours| Some(plus_hours(case.trained?, hours))));
        // It opened at eight this morning; it is noon, so yesterday's has closed.
        wait("blackout", case.blackout_hours.map(|hours| plus_hours(noon(), hours - 4)));
    }
    // Who ignores the budget ignores how many starts there were too.
    let ignored = case.force.is_some() && case.ignore_budget;
    if let (Some(most), false) = (case.max_starts, ignored) {
        let most = most as usize;
        let inside: Vec<_> =
            case.starts.iter().map(|at| plus_hours(*at, 10)).filter(|end| *end > noon()).collect();
        if inside.len() >= most {
            // So many must leave that one fewer than allowed is left.
            wait("max_starts", Some(inside[inside.len() - most]));
        }
    }
    if let (Some(give_up_after), false, true) = (case.after_failure, forced, case.failures > 0) {
        let given_up = give_up_after > 0 && case.failures >= give_up_after;
        let hours = [0, 1, 2, 4, 6][case.failures as usize];
        wait(
            "after_failure",
            Some(if given_up { Timestamp::MAX } else { plus_hours(case.failed_at, hours) }),
        );
    }
    if case.refused {
        wait("refused", Some(Timestamp::MAX));
    }
    let midnight = plus_hours(noon(), -12);
    let spent = 10 * u32::try_from(case.starts.iter().filter(|at| **at >= midnight).count()).unwrap();
    if case.budget.is_some_and(|budget| spent + 10 > budget) && !ignored {
        wait("budget", Some(plus_hours(noon(), 12)));
    }
    if case.ask_first && agreed(case).is_none() && case.force.is_none() {
        wait("ask_first", Some(Timestamp::MAX));
    }
    // What does not go by itself was given all the time there is.
    found.into_iter().map(|(word, until)| (word, until.filter(|until| *until < Timestamp::MAX))).collect()
}

/// Whether a job would be started if everything unknown spoke for it, or against it: the combination must be fulfilled,
/// and something must ask. What cannot be told is named wherever it stands.
fn starts_if(case: &Case, for_it: bool) -> bool {
    let too_old = case.max_age_hours.is_some() && too_old(case).unwrap_or(for_it);
    let fulfilled = wanted(&case.start_when, case, 0, for_it) || too_old;
    let asked = too_old || !reasons(case).is_empty() || for_it && is_blind(&case.start_when, case, 0);
    fulfilled && asked
}

/// Whether the model is as old as it may become, if that is known. Where a person has cancelled that, it must become as old
/// once more.
fn too_old(case: &Case) -> Option<bool> {
    let allowed = case.max_age_hours?;
    let became = plus_hours(case.trained?, allowed);
    let again = case.cancelled.filter(|cancelled| is_cancelled(case) && became <= *cancelled);
    Some(again.map_or(became, |cancelled| plus_hours(cancelled, allowed)) <= noon())
}

/// Whether the combination is fulfilled.
fn wanted(expr: &Expr, case: &Case, within_hours: i64, for_it: bool) -> bool {
    let count = |of: &[Expr], within| of.iter().filter(|part| wanted(part, case, within, for_it)).count();
    match expr {
        Expr::Trigger(name) => asks(case.triggers[Case::index(name)], case, within_hours, for_it),
        Expr::Any(of) => count(of, within_hours) > 0,
        Expr::All { of, within } => {
            let hours = within.map_or(within_hours, hours);
            !of.is_empty() && count(of, hours) == of.len()
        }
        Expr::AtLeast { n, of, within } => count(of, within.map_or(0, hours)) >= (*n as usize).max(1),
        Expr::Not(part) => !holds(part, case, !for_it),
    }
}

/// Whether something under `not` is so now, whether or not anything has answered it. A time around the `not` is not its.
fn holds(expr: &Expr, case: &Case, for_it: bool) -> bool {
    let unanswered = |own| Own { since: Timestamp::MAX, ..own };
    let plain = Case { triggers: case.triggers.map(unanswered), ..case.clone() };
    wanted(expr, &plain, 0, for_it)
}

/// The triggers that can be reasons, in order, each with the hours its memory counts: those that do not stand under
/// `not`, nor in a part that is not fulfilled whatever the unknown is.
fn candidates<'a>(expr: &'a Expr, case: &Case, within_hours: i64) -> Vec<(&'a str, i64)> {
    if !wanted(expr, case, within_hours, true) {
        return vec![];
    }
    let inside = |of: &'a [Expr], within| -> Vec<(&'a str, i64)> {
        of.iter().flat_map(|part| candidates(part, case, within)).collect()
    };
    match expr {
        Expr::Trigger(name) => vec![(name, within_hours)],
        Expr::Any(of) => inside(of, within_hours),
        Expr::All { of, within } => inside(of, within.map_or(within_hours, hours)),
        Expr::AtLeast { of, within, .. } => inside(of, within.map_or(0, hours)),
        Expr::Not(_) => vec![],
    }
}

/// Whether some trigger inside cannot be told, and does not count by memory either.
fn is_blind(expr: &Expr, case: &Case, within_hours: i64) -> bool {
    let any = |of: &[Expr], within| of.iter().any(|part| is_blind(part, case, within));
    match expr {
        Expr::Trigger(name) => {
            let own = case.triggers[Case::index(name)];
            own.fired.is_none() && !remembered(own, case, within_hours)
        }
        Expr::Any(of) => any(of, within_hours),
        Expr::All { of, within } => any(of, within.map_or(within_hours, hours)),
        Expr::AtLeast { of, within, .. } => any(of, within.map_or(0, hours)),
        Expr::Not(part) => is_blind(part, case, 0),
    }
}

fn hours(within: Duration) -> i64 {
    i64::try_from(within.seconds() / 3_600).unwrap()
}

/// Whether one trigger asks now, or did so recently enough.
fn asks(own: Own, case: &Case, within_hours: i64, for_it: bool) -> bool {
    let once = own.counts_as == CountsAs::Edge || is_cancelled(case);
    let answered = once && own.since <= done_until(case);
    let now = match own.fired {
        Some(fired) => fired && !answered,
        None => for_it,
    };
    now || remembered(own, case, within_hours)
}

fn remembered(own: Own, case: &Case, within_hours: i64) -> bool {
    own.last_seen.is_some_and(|seen| {
        let recent = within_hours > 0 && plus_hours(seen, within_hours) >= noon();
        seen > done_until(case) && (recent || own.counts_as == CountsAs::Latch)
    })
}

/// At rest, the age of the model is what time alone can change, unless it was cancelled.
fn old_enough(case: &Case) -> Option<Timestamp> {
    Some(plus_hours(case.trained?, case.max_age_hours?)).filter(|became| noon() < *became)
}

/// Whether something that asks is newer than the job that runs.
fn something_is_newer(case: &Case) -> bool {
    let Some(running) = case.running_since else { return false };
    let by_trigger = candidates(&case.start_when, case, 0).into_iter().any(|(name, _)| {
        let own = case.triggers[Case::index(name)];
        let asks_now = own.fired == Some(true) && asks(Own { last_seen: None, ..own }, case, 0, false);
        asks_now && own.since > running
    });
    let by_age = too_old(case) == Some(true) && case.trained.is_some_and(|trained| trained > running);
    case.force.is_some() && noon() > running || by_trigger || by_age
}
