#![cfg(test)]
//! An oracle: how triggers combine and what stands in the way, restated as plainly as can be, and compared with the
//! engine on many cases.
//!
//! Where the engine computes with three values, the oracle asks a yes-or-no question twice: would a job be wanted if
//! everything unknown were quiet, and would one if everything unknown had fired?

#[path = "decisions/any.rs"]
mod any;

use std::collections::BTreeMap;

use any::{NAMES, before_noon, config, expr, noon};
use jiff::Timestamp;
use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use rekindle_decision::decide;
use rekindle_decision::facts::{AlarmFact, Facts};
use rekindle_decision::policy::{Alarm, Expr, Guards, Mode, Policy, Revision, Trigger};
use rekindle_decision::ruling::{Blocker, Reason, Ruling};
use rekindle_decision::signal::{AlarmState, Ask, Signal};
use rekindle_decision::state::{Phase, Refusal, Request, Sighting, State};

/// Everything that can matter, and nothing else. All triggers are alarms: their state is the truth.
#[derive(Debug, Clone)]
struct Case {
    start_when: Expr,
    /// `Some(true)` is fired, `Some(false)` quiet, `None` unknown.
    triggers: BTreeMap<&'static str, Option<bool>>,
    last_seen: BTreeMap<&'static str, Timestamp>,
    suspended: bool,
    in_flight: bool,
    refused: bool,
    cooldown_hours: u64,
    last_started: Option<Timestamp>,
    /// Whether a person asks, and whether with force.
    asks: Option<bool>,
}

/// What the oracle says, in the words of the engine's answer.
#[derive(Debug, PartialEq)]
struct Answer {
    verdict: &'static str,
    blockers: Vec<&'static str>,
    look_again_at: Option<Timestamp>,
}

fn oracle(case: &Case) -> Answer {
    let surely = case.asks.is_some() || wanted(&case.start_when, case, 0, false);
    let perhaps = case.asks.is_some() || wanted(&case.start_when, case, 0, true);
    if !perhaps {
        return Answer { verdict: "rest", blockers: vec![], look_again_at: None };
    }
    let cooldown_ends = case.last_started.map(|started| plus_hours(started, case.cooldown_hours));
    let cooling = case.asks != Some(true) && cooldown_ends.is_some_and(|end| noon() < end);
    let mut blockers = vec![];
    if case.suspended {
        blockers.push("suspended");
    }
    if case.in_flight {
        blockers.push("in_flight");
    }
    if cooling {
        blockers.push("cooldown");
    }
    if case.refused {
        blockers.push("refused");
    }
    if !surely {
        blockers.push("blind");
    }
    let only_cooling = blockers == ["cooldown"];
    Answer {
        verdict: if blockers.is_empty() { "start" } else { "hold" },
        blockers,
        look_again_at: if only_cooling { cooldown_ends } else { None },
    }
}

/// Whether a job is wanted, if everything unknown were so.
fn wanted(expr: &Expr, case: &Case, within_hours: u64, unknown_is: bool) -> bool {
    let count = |of: &[Expr], within| of.iter().filter(|part| wanted(part, case, within, unknown_is)).count();
    match expr {
        Expr::Trigger(name) => {
            let now = case.triggers[name.as_str()].unwrap_or(unknown_is);
            now || within_hours > 0 && recently(name, case, within_hours)
        }
        Expr::Any(of) => count(of, within_hours) > 0,
        Expr::All(of) => !of.is_empty() && count(of, within_hours) == of.len(),
        Expr::AtLeast { n, of, within } => {
            let hours = within.map_or(0, |within| within.seconds() / 3_600);
            count(of, hours) >= (*n as usize).max(1)
        }
    }
}

fn recently(name: &str, case: &Case, hours: u64) -> bool {
    case.last_seen.get(name).is_some_and(|seen| {
        let since_the_last_start = case.last_started.is_none_or(|started| *seen > started);
        since_the_last_start && plus_hours(*seen, hours) >= noon()
    })
}

fn plus_hours(instant: Timestamp, hours: u64) -> Timestamp {
    Timestamp::from_second(instant.as_second() + i64::try_from(hours).unwrap() * 3_600).unwrap()
}

fn engine(case: &Case) -> Ruling {
    let trigger = |name: &&str| ((*name).to_owned(), Trigger::Alarm(Alarm { name: (*name).to_owned() }));
    let policy = Policy {
        model: "churn".into(),
        revision: Revision::default(),
        owner: None,
        mode: if case.suspended { Mode::Suspended } else { Mode::Enforce },
        triggers: NAMES.iter().map(trigger).collect(),
        start_when: case.start_when.clone(),
        guards: Guards {
            cooldown: rekindle_decision::duration::Duration::from_seconds(case.cooldown_hours * 3_600),
            ..Guards::default()
        },
        data_window: None,
        training: serde_json::Value::Null,
    };
    let mut facts = Facts::at(noon());
    for (name, truth) in &case.triggers {
        let state = match truth {
            Some(true) => AlarmState::Alarm,
            Some(false) => AlarmState::Ok,
            None => AlarmState::InsufficientData,
        };
        let since = Timestamp::UNIX_EPOCH;
        facts.alarms.insert((*name).to_owned(), AlarmFact::Found { state, since, suppressed_by: None });
    }
    let sighting = |seen: Timestamp| Sighting {
        first_seen: seen,
        last_seen: seen,
        occurrence: Some(seen),
        pending: false,
    };
    facts.state = State {
        generation: 3,
        phase: if case.in_flight {
            Phase::Running { decision: "earlier".into(), since: Timestamp::UNIX_EPOCH }
        } else {
            Phase::Idle
        },
        last_started: case.last_started,
        sightings: case.last_seen.iter().map(|(name, seen)| ((*name).to_owned(), sighting(*seen))).collect(),
        ..State::default()
    };
    if let Some(force) = case.asks {
        facts.signals.push(Signal::Asked(Ask { id: Some("one".into()), force, ..Ask::default() }));
    }
    if case.refused {
        facts.state.refused = Some(Refusal {
            cause: decide(&policy, &facts).cause,
            at: Timestamp::UNIX_EPOCH,
            code: String::new(),
            message: String::new(),
        });
    }
    decide(&policy, &facts)
}

fn cases() -> impl Strategy<Value = Case> {
    let truth = select(vec![Some(true), Some(true), Some(false), Some(false), None]);
    let triggers = prop::array::uniform5(truth);
    let last_seen = btree_map(select(&NAMES[..]), before_noon(), 0..4);
    let asks = select(vec![None, None, None, None, Some(false), Some(true)]);
    let rarely = || prop::bool::weighted(0.15);
    (
        expr(),
        triggers,
        last_seen,
        (rarely(), rarely(), rarely()),
        select(vec![0_u64, 1, 12, 24]),
        option::of(before_noon()),
        asks,
    )
        .prop_map(|(start_when, triggers, last_seen, guards, cooldown_hours, last_started, asks)| Case {
            start_when,
            triggers: NAMES.into_iter().zip(triggers).collect(),
            last_seen,
            suspended: guards.0,
            in_flight: guards.1,
            refused: guards.2,
            cooldown_hours,
            last_started,
            asks,
        })
}

proptest! {
    #![proptest_config(config(20_000))]

    #[test]
    fn the_engine_and_the_oracle_agree(case in cases()) {
        let ruling = engine(&case);
        let mut blockers: Vec<&str> = ruling.decision.waiting_on().iter().map(Blocker::word).collect();
        // The oracle says that something is blind, not what.
        blockers.dedup();
        let answer =
            Answer { verdict: ruling.decision.verdict(), blockers, look_again_at: ruling.look_again_at };
        prop_assert_eq!(answer, oracle(&case));
    }

    #[test]
    fn a_reason_is_something_that_fired_or_was_asked_for(case in cases()) {
        for reason in engine(&case).decision.because() {
            match reason {
                Reason::Asked(Request { force, .. }) => prop_assert_eq!(Some(*force), case.asks),
                Reason::Trigger { trigger, remembered: None, .. } => {
                    prop_assert_eq!(case.triggers[trigger.as_str()], Some(true));
                }
                Reason::Trigger { trigger, remembered: Some(seen), .. } => {
                    prop_assert_eq!(case.last_seen.get(trigger.as_str()), Some(seen));
                }
            }
        }
    }
}
