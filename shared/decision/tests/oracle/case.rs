//! Everything that can matter, and nothing else. All triggers are alarms: their state is the truth.

use std::sync::LazyLock;

use jiff::Timestamp;
use proptest::prelude::*;
use rekindle_decision::decide;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::{AlarmFact, Facts};
use rekindle_decision::money::Money;
use rekindle_decision::policy::{
    AfterFailure, Alarm, Budget, BudgetMode, CountsAs, Expr, Guards, InFlight, MaxStarts, Mode, Policy,
    Trigger, Watch,
};
use rekindle_decision::ruling::Ruling;
use rekindle_decision::schedule::{Expression, Window};
use rekindle_decision::signal::{AlarmState, Ask, Confirm, Signal};
use rekindle_decision::span::Span;
use rekindle_decision::state::{Confirmed, Phase, Refusal, Sighting, Started, State, Suspension, Trained};

use super::any::noon;

/// The triggers.
const NAMES: [&str; 3] = ["a", "b", "c"];

/// What there is to know of one trigger.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Own {
    /// `Some(true)` is fired, `Some(false)` quiet, `None` unknown.
    pub(crate) fired: Option<bool>,
    /// Since when it is so.
    pub(crate) since: Timestamp,
    pub(crate) counts_as: CountsAs,
    pub(crate) last_seen: Option<Timestamp>,
}

/// One policy and one world.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) start_when: Expr,
    pub(crate) triggers: [Own; 3],
    pub(crate) last_started: Option<Timestamp>,
    pub(crate) trained: Option<Timestamp>,
    pub(crate) suspended: bool,
    /// When it ends that a person has suspended the model: never, where it is the end of time.
    pub(crate) by_hand: Option<Timestamp>,
    /// When a person cancelled everything that asked.
    pub(crate) cancelled: Option<Timestamp>,
    pub(crate) running_since: Option<Timestamp>,
    pub(crate) replaces: bool,
    pub(crate) refused: bool,
    pub(crate) cooldown_hours: i64,
    pub(crate) min_age_hours: Option<i64>,
    pub(crate) max_age_hours: Option<i64>,
    /// A blackout that opens at eight for so long.
    pub(crate) blackout_hours: Option<i64>,
    /// Starts in the last day, and most of them in ten hours.
    pub(crate) starts: Vec<Timestamp>,
    pub(crate) max_starts: Option<u32>,
    /// Dollars a day, of which each start costs ten.
    pub(crate) budget: Option<u32>,
    pub(crate) failures: u32,
    pub(crate) failed_at: Timestamp,
    /// Whether failures are waited for, an hour and then twice as long each time, and after how many nobody tries again.
    pub(crate) after_failure: Option<u32>,
    pub(crate) ask_first: bool,
    /// Whether a person agrees now to an earlier proposal of this start.
    pub(crate) agrees: bool,
    /// When a person agreed to it earlier.
    pub(crate) agreed: Option<Timestamp>,
    /// Whether a person asks, and whether with force.
    pub(crate) force: Option<bool>,
    pub(crate) ignore_budget: bool,
}

impl Case {
    /// The place of a trigger.
    pub(crate) fn index(name: &str) -> usize {
        NAMES.iter().position(|known| *known == name).unwrap()
    }
}

/// So many hours after an instant.
pub(crate) fn plus_hours(instant: Timestamp, hours: i64) -> Timestamp {
    Timestamp::from_second(instant.as_second() + hours * 3_600).unwrap()
}

fn hours(hours: i64) -> Duration {
    Duration::from_seconds(u64::try_from(hours * 3_600).unwrap())
}

fn dollars(dollars: u32) -> Money {
    Money::from_micros(u64::from(dollars) * 1_000_000)
}

static EIGHT: LazyLock<Expression> = LazyLock::new(|| Expression::parse("cron(0 8 * * ? *)", None).unwrap());

fn policy(case: &Case) -> Policy {
    let trigger = |(name, own): (&&str, &Own)| {
        let watch = Watch::Alarm(Alarm::named(*name));
        ((*name).to_owned(), Trigger { watch, counts_as: own.counts_as })
    };
    let window = |length| Window { opens: EIGHT.clone(), length: hours(length) };
    let budget = |amount| Budget {
        fleet: None,
        amount: dollars(amount),
        per: Span::Day,
        per_run: dollars(10),
        mode: BudgetMode::Enforce,
    };
    Policy {
        mode: if case.suspended { Mode::Suspended } else { Mode::Enforce },
        triggers: NAMES.iter().zip(&case.triggers).map(trigger).collect(),
        guards: Guards {
            cooldown: hours(case.cooldown_hours),
            in_flight: if case.replaces { InFlight::Replace } else { InFlight::Forbid },
            blackout: case.blackout_hours.map(window).into_iter().collect(),
            budgets: case.budget.map(budget).into_iter().collect(),
            after_failure: case.after_failure.map(|give_up_after| AfterFailure {
                wait: hours(1),
                times: 2,
                up_to: hours(6),
                give_up_after,
            }),
            max_starts: case.max_starts.map(|starts| MaxStarts { starts, within: hours(10) }),
            min_age: case.min_age_hours.map(hours),
            max_age: case.max_age_hours.map(hours),
            ask_first: case.ask_first,
            ..Guards::default()
        },
        ..Policy::of("churn", case.start_when.clone())
    }
}

fn facts(case: &Case) -> Facts {
    let mut facts = Facts::at(noon());
    let mut state = State { generation: 3, last_started: case.last_started, ..State::default() };
    for (name, own) in NAMES.iter().zip(&case.triggers) {
        let alarm = match own.fired {
            Some(true) => AlarmState::Alarm,
            Some(false) => AlarmState::Ok,
            None => AlarmState::InsufficientData,
        };
        let fact = AlarmFact::Found { state: alarm, since: own.since, suppressed_by: None };
        facts.alarms.insert((*name).to_owned(), fact);
        let sighting =
            |seen| Sighting { first_seen: seen, last_seen: seen, occurrence: Some(seen), pending: false };
        state.sightings.extend(own.last_seen.map(|seen| ((*name).to_owned(), sighting(seen))));
    }
    if let Some(since) = case.running_since {
        state.phase = Phase::Running { decision: "earlier".into(), since, stopping: None };
    }
    let metrics = std::collections::BTreeMap::default();
    state.trained = case.trained.map(|at| Trained { generation: 3, at, metrics });
    let start = |at: &Timestamp| Started::of(1, *at);
    state.starts = case.starts.iter().map(start).collect();
    state.failures = case.failures;
    state.failed_at = Some(case.failed_at);
    // Put to somebody earlier.
    state.proposed = vec!["earlier".into()];
    let confirmed = |at| Confirmed { decision: "earlier".into(), at, by: None, reason: None };
    state.confirmed = case.agreed.map(confirmed);
    if case.agrees {
        facts.signals.push(Signal::Confirmed(Confirm { decision: "earlier".into(), ..Confirm::default() }));
    }
    if let Some(force) = case.force {
        let ask = Ask { id: Some("one".into()), force, ignore_budget: case.ignore_budget, ..Ask::default() };
        facts.signals.push(Signal::Asked(ask));
    }
    state.cancelled = case.cancelled;
    let suspension = |until: Timestamp| {
        let until = (until < Timestamp::MAX).then_some(until);
        Suspension { at: noon(), until, by: None, reason: None }
    };
    state.suspended = case.by_hand.map(suspension);
    facts.state = state;
    facts
}

/// What the engine says.
pub(crate) fn engine(case: &Case) -> Ruling {
    let (policy, mut facts) = (policy(case), facts(case));
    if case.refused {
        let (code, message) = (String::new(), String::new());
        facts.state.refused =
            Some(Refusal { cause: decide(&policy, &facts).cause, at: noon(), code, message, before: 0 });
    }
    decide(&policy, &facts)
}

/// Draws small numbers from one large one: a case of its own for each is made in no time, and shrinks to the plainest.
struct Draw(u128);

impl Draw {
    fn of(&mut self, choices: u128) -> usize {
        let (rest, drawn) = (self.0 / choices, self.0 % choices);
        self.0 = rest;
        usize::try_from(drawn).unwrap()
    }

    fn once_in(&mut self, times: u128) -> bool {
        self.of(times) + 1 == usize::try_from(times).unwrap()
    }

    /// An instant up to 31 hours before noon, on the hour or a second to either side.
    fn before_noon(&mut self) -> Timestamp {
        let (hours, jitter) = (i64::try_from(self.of(32)).unwrap(), [0, 0, 1, -1][self.of(4)]);
        let seconds = (hours * 3_600 + jitter).max(0);
        Timestamp::from_second(noon().as_second() - seconds).unwrap()
    }

    fn sometimes<T>(&mut self, times: u128, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let value = make(self);
        self.once_in(times).then_some(value)
    }
}

/// Any combination of the triggers, so deep; some of them impossible, such as none of two.
fn combination(draw: &mut Draw, depth: u32) -> Expr {
    let kind = if depth == 0 { 0 } else { draw.of(6) };
    let within = |draw: &mut Draw| [None, Some(0), Some(1), Some(24)][draw.of(4)].map(hours);
    let parts = |draw: &mut Draw| (0..draw.of(4)).map(|_| combination(draw, depth - 1)).collect();
    match kind {
        0 => Expr::Trigger(NAMES[draw.of(3)].to_owned()),
        1 | 2 => Expr::Any(parts(draw)),
        3 => Expr::All { within: within(draw), of: parts(draw) },
        4 => Expr::AtLeast { n: u32::try_from(draw.of(4)).unwrap(), within: within(draw), of: parts(draw) },
        _ => Expr::Not(Box::new(combination(draw, depth - 1))),
    }
}

fn own(draw: &mut Draw) -> Own {
    Own {
        fired: [Some(false), Some(true), Some(true), Some(false), None][draw.of(5)],
        since: draw.before_noon(),
        counts_as: [CountsAs::Level, CountsAs::Level, CountsAs::Edge, CountsAs::Latch][draw.of(4)],
        last_seen: draw.sometimes(3, Draw::before_noon),
    }
}

/// Any combination, and any of everything else.
pub(crate) fn cases() -> impl Strategy<Value = Case> {
    any::<[u128; 4]>().prop_map(|[expr, a, b, c]| {
        let start_when = combination(&mut Draw(expr), 2);
        let (mut first, mut draw, mut last) = (Draw(a), Draw(b), Draw(c));
        let some = |draw: &mut Draw| [4, 8, 24][draw.of(3)];
        let mut starts: Vec<Timestamp> = (0..draw.of(4)).map(|_| draw.before_noon()).collect();
        starts.sort();
        Case {
            start_when,
            triggers: [own(&mut first), own(&mut first), own(&mut first)],
            last_started: draw.sometimes(2, Draw::before_noon),
            trained: draw.sometimes(2, Draw::before_noon),
            suspended: last.once_in(12),
            by_hand: last.sometimes(8, |draw| {
                [Timestamp::MAX, noon(), plus_hours(noon(), -1), plus_hours(noon(), 1)][draw.of(4)]
            }),
            cancelled: draw.sometimes(3, Draw::before_noon),
            running_since: last.sometimes(6, Draw::before_noon),
            replaces: last.once_in(2),
            refused: last.once_in(12),
            cooldown_hours: [0, 0, 1, 12, 24][last.of(5)],
            min_age_hours: last.sometimes(4, some),
            max_age_hours: last.sometimes(5, some),
            blackout_hours: last.sometimes(4, |draw| [2, 4, 5][draw.of(3)]),
            starts,
            max_starts: last.sometimes(3, |draw| [1, 2, 3][draw.of(3)]),
            budget: last.sometimes(3, |draw| [10, 20, 40][draw.of(3)]),
            failures: [0, 0, 1, 2, 3, 4][last.of(6)],
            failed_at: draw.before_noon(),
            after_failure: last.sometimes(3, |draw| [0, 1, 3][draw.of(3)]),
            ask_first: last.once_in(4),
            agrees: last.once_in(3),
            agreed: draw.sometimes(3, Draw::before_noon),
            force: [None, None, None, Some(false), Some(true)][last.of(5)],
            ignore_budget: last.once_in(2),
        }
    })
}
