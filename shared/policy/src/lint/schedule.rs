//! Ticks that can never be honoured.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{Expr, Policy, Schedule, Watch};
use rekindle_decision::schedule::{Kind, Window};

use crate::document::Document;
use crate::fault::{Fault, Spot};

/// From when on ticks are looked at. Any year would do, and the same text is always told the same: 2025-01-01.
const REFERENCE: Timestamp = Timestamp::constant(1_735_689_600, 0);

/// How many ticks, or openings of a blackout, are looked at: a year of days and more.
const LOOKED_AT: usize = 400;

pub(super) fn warn(document: &Document, policy: &Policy, faults: &mut Vec<Fault>) {
    for (name, watch) in policy.watches() {
        let Watch::Schedule(schedule) = watch else { continue };
        let ticks = ticks(schedule);
        if ticks.is_empty() {
            let text = schedule.expression.text();
            let fault = Spot::of(["triggers", name, "schedule"]).fault(format!("`{text}` never ticks"));
            faults.push(fault.hint("write a date that comes"));
            continue;
        }
        // The instants of a rate are known only from its first one on.
        if schedule.expression.kind() != Kind::Rate || anchored(schedule) {
            blackout(name, schedule, &ticks, policy, faults);
        }
        if alone(&policy.start_when, name) {
            too_often(name, schedule, &ticks, document, policy, faults);
        }
        let written = document.triggers.get(name).is_some_and(|trigger| trigger.deadline.is_some());
        if policy.guards.ask_first && !written && dropped_unasked(&policy.start_when, name) {
            unanswered(name, &ticks, faults);
        }
    }
    always_open(&policy.guards.blackout, faults);
}

fn anchored(schedule: &Schedule) -> bool {
    schedule.expression.next(REFERENCE).is_some()
}

fn ticks(schedule: &Schedule) -> Vec<Timestamp> {
    let expression = if anchored(schedule) {
        schedule.expression.clone()
    } else {
        schedule.expression.clone().with_anchor(REFERENCE)
    };
    let first = expression.next(REFERENCE);
    std::iter::successors(first, |tick| expression.next(*tick)).take(LOOKED_AT).collect()
}

/// Whether a trigger starts a training though no other fires.
fn alone(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::Trigger(trigger) => trigger == name,
        Expr::Any(of) => of.iter().any(|part| alone(part, name)),
        Expr::All { of, .. } => of.iter().all(|part| alone(part, name)),
        Expr::AtLeast { n, of, .. } => {
            let fired = of.iter().filter(|part| alone(part, name)).count();
            u32::try_from(fired).unwrap_or(u32::MAX) >= *n
        }
        Expr::Not(part) => !alone(part, name),
    }
}

/// Whether a trigger asks somewhere for no longer than its own deadline: `within` says besides how long it counts, and
/// under `not` it asks for nothing.
fn dropped_unasked(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::Trigger(trigger) => trigger == name,
        Expr::Any(of) => of.iter().any(|part| dropped_unasked(part, name)),
        Expr::All { of, within } | Expr::AtLeast { of, within, .. } => of.iter().any(|part| {
            // Only triggers are remembered, not combinations.
            let remembered = within.is_some() && matches!(part, Expr::Trigger(_));
            !remembered && dropped_unasked(part, name)
        }),
        Expr::Not(_) => false,
    }
}

/// A tick that waits for a person's yes, for no longer than nobody has thought of.
fn unanswered(name: &str, ticks: &[Timestamp], faults: &mut Vec<Fault>) {
    let deadline = Schedule::DEADLINE;
    let mut gaps = ticks.iter().zip(ticks.iter().skip(1)).map(|(tick, next)| Duration::between(*tick, *next));
    // Where the next tick always comes before the last is dropped, there is always one to agree to.
    if ticks.len() > 1 && gaps.all(|gap| gap <= deadline) {
        return;
    }
    let message = format!(
        "a person must agree to each start, and a tick of `{name}` waits for {deadline}, which is the default: whoever \
         answers later agrees to nothing"
    );
    let fault = Spot::of(["triggers", name, "schedule"]).fault(message);
    faults.push(fault.hint(format!(
        "write how long a person may take, such as `deadline: 3d`, or `deadline: {deadline}` if that is long enough"
    )));
}

/// The first instant from one on at which no window is open; none if none is found.
fn free(windows: &[Window], from: Timestamp) -> Option<Timestamp> {
    let closes = |at: Timestamp| windows.iter().filter_map(|window| window.open_until(at)).max();
    let mut at = from;
    for _ in 0..LOOKED_AT {
        match closes(at) {
            Some(closing) => at = closing,
            None => return Some(at),
        }
    }
    None
}

/// Every tick falls into a blackout that outlasts its deadline.
fn blackout(name: &str, schedule: &Schedule, ticks: &[Timestamp], policy: &Policy, faults: &mut Vec<Fault>) {
    let windows = &policy.guards.blackout;
    let waits: Vec<Option<Duration>> =
        ticks.iter().map(|tick| free(windows, *tick).map(|free| Duration::between(*tick, free))).collect();
    if waits.iter().any(|wait| wait.is_some_and(|wait| wait <= schedule.deadline)) {
        return;
    }
    let first =
        ticks.first().and_then(|tick| windows.iter().position(|window| window.open_until(*tick).is_some()));
    let spot = Spot::of(["guards", "blackout"]);
    let spot = first.map_or_else(|| spot.clone(), |index| spot.item(index));
    let message = format!(
        "every tick of `{name}` falls into a blackout and is given up, after {}, before that ends",
        schedule.deadline
    );
    let longest = waits.into_iter().flatten().max();
    let hint = match longest {
        Some(wait) => {
            format!("move the schedule or the blackout, or write `deadline: {wait}` or more for `{name}`")
        }
        None => "move the schedule or the blackout".to_owned(),
    };
    faults.push(spot.fault(message).hint(hint));
}

fn always_open(windows: &[Window], faults: &mut Vec<Fault>) {
    for (index, window) in windows.iter().enumerate() {
        let own = std::slice::from_ref(window);
        if window.opens.next(REFERENCE).is_some_and(|opening| free(own, opening).is_none()) {
            let message = "this blackout opens again before it closes, so nothing is ever started";
            let fault = Spot::of(["guards", "blackout"]).item(index).at("for").fault(message);
            faults.push(
                fault.hint("write a shorter time, or a rarer opening; `mode: suspended` holds everything"),
            );
        }
    }
}

/// A tick that comes and goes while a guard still holds after the start before it.
fn too_often(
    name: &str,
    schedule: &Schedule,
    ticks: &[Timestamp],
    document: &Document,
    policy: &Policy,
    faults: &mut Vec<Fault>,
) {
    let gaps = ticks.iter().zip(ticks.iter().skip(1)).map(|(tick, next)| Duration::between(*tick, *next));
    let Some(gap) = gaps.min() else { return };
    let wanted = gap.seconds().saturating_add(schedule.deadline.seconds());
    let guards = [
        ("cooldown", Some(policy.guards.cooldown), document.guards.cooldown.is_some()),
        ("min_age", policy.guards.min_age, true),
    ];
    for (field, held, written) in guards {
        let Some(held) = held.filter(|held| held.seconds() > wanted) else { continue };
        let spot =
            if written { Spot::of(["guards", field]) } else { Spot::of(["triggers", name, "schedule"]) };
        let default = if written { "" } else { ", which is the default," };
        let message = format!(
            "a start at one tick of `{name}` makes it miss the next: that comes {gap} later and is wanted for {}, and \
             the {field} of {held}{default} still holds",
            schedule.deadline
        );
        faults.push(spot.fault(message).hint(format!("write `{field}: {gap}` or less, or a rarer schedule")));
    }
}
