//! Facts that laws are tried on.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use rekindle_decision::decide;
use rekindle_decision::duration::Duration;
use rekindle_decision::effect::{Effect, Gain, Verdict};
use rekindle_decision::facts::{AlarmFact, AlarmSet, Facts, Gap, MonitorFact, Point, Series, Spending};
use rekindle_decision::policy::{DATA, FUTILITY, MOutOfN, Policy, Watch};
use rekindle_decision::signal::{AlarmState, Arrival, Ask, Confirm, Signal, What};
use rekindle_decision::state::{
    Aside, Confirmed, Phase, Refusal, Request, Sighting, Started, State, Suspension, Tally, Trained,
};

use crate::any::noon;
use crate::make::{self, waits_for};
use crate::wishes::{KINDS, numbers, policies, prefix};

pub(crate) type Case = (Policy, Facts);

/// Version of the policy, so that some of the starts are of it.
const REVISION: i64 = 7;

/// Everything that is read under a key of its own.
const SERIES: [&str; 12] = [
    "baseline",
    "challenger",
    "challenger.challenger",
    "cost",
    "cost.traffic",
    "cost.shadow",
    "detector",
    "detector.trials",
    "metric",
    "trend",
    DATA,
    FUTILITY,
];

/// An instant up to thirty hours before noon: on the hour, or one second to either side.
fn before_noon() -> impl Strategy<Value = Timestamp> {
    (0_i64..=30, select(vec![-1_i64, 0, 0, 0, 1])).prop_map(|(hours, jitter)| {
        let seconds = (hours * 3_600 + jitter).max(0);
        noon().checked_sub(SignedDuration::from_secs(seconds)).unwrap()
    })
}

fn instants(tame: bool) -> BoxedStrategy<Timestamp> {
    if tame {
        return before_noon().boxed();
    }
    let seconds = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    prop_oneof![
        4 => before_noon(),
        1 => Just(Timestamp::MIN),
        1 => Just(Timestamp::MAX),
        2 => (seconds, 0_i32..1_000_000_000)
            .prop_map(|(second, nanos)| Timestamp::new(second, nanos).unwrap_or(Timestamp::MAX)),
    ]
    .boxed()
}

pub(crate) fn gaps() -> impl Strategy<Value = Gap> {
    let failed = Gap::Failed { error: "timed out".into() };
    select(vec![Gap::PartialData, Gap::InternalError, Gap::Forbidden, Gap::NotAsked, failed])
}

fn alarm_facts(tame: bool) -> impl Strategy<Value = AlarmFact> {
    let states =
        select(vec![AlarmState::Ok, AlarmState::Alarm, AlarmState::Alarm, AlarmState::InsufficientData]);
    let suppressed = select(vec![None, None, None, Some("WaitPeriod".to_owned())]);
    prop_oneof![
        6 => (states, instants(tame), suppressed)
            .prop_map(|(state, since, suppressed_by)| AlarmFact::Found { state, since, suppressed_by }),
        1 => Just(AlarmFact::Absent),
        1 => gaps().prop_map(|gap| AlarmFact::Unread { gap }),
    ]
}

fn alarm_sets(tame: bool) -> impl Strategy<Value = AlarmSet> {
    let names = select(vec!["churn-a".to_owned(), "churn-b".to_owned()]);
    prop_oneof![
        6 => btree_map(names, alarm_facts(tame), 0..3).prop_map(|alarms| AlarmSet::Complete { alarms }),
        1 => gaps().prop_map(|gap| AlarmSet::Unread { gap }),
    ]
}

fn runs(tame: bool) -> impl Strategy<Value = MonitorFact> {
    let words = select(vec!["Completed", "CompletedWithViolations", "Failed"]);
    prop_oneof![
        6 => (words, instants(tame)).prop_map(|(status, scheduled)| MonitorFact::Found {
            status: status.into(),
            scheduled,
            failure: None,
        }),
        1 => Just(MonitorFact::NoRun),
        1 => gaps().prop_map(|gap| MonitorFact::Unread { gap }),
    ]
}

/// One value for each of the last hours, or none. A byte says it all, so that making thousands of series takes no time.
fn hours(bytes: [u8; 8]) -> Series {
    let [kind, hours @ ..] = bytes;
    if kind < 28 {
        return Series::Unread { gap: Gap::PartialData };
    }
    let starts = (1_u64..).map(|hours| Duration::from_seconds(hours * 3_600).before(noon()));
    let value = |byte: u8| match byte % 8 {
        0 | 1 => 0.6,
        2 => 0.4,
        3 => 0.5,
        4 => 2.0,
        5 => -0.5,
        6 => f64::NAN,
        _ => 0.7,
    };
    let point = |(byte, at): (u8, Timestamp)| {
        let samples = match byte / 8 % 8 {
            0 => None,
            1 => Some(9.0),
            2 => Some(f64::INFINITY),
            _ => Some(10.0),
        };
        (byte < 200).then(|| Point { at, value: value(byte), samples })
    };
    Series::Complete { points: hours.into_iter().zip(starts).filter_map(point).collect() }
}

fn series(tame: bool) -> BoxedStrategy<Series> {
    if tame {
        return any::<u64>().prop_map(|bytes| hours(bytes.to_be_bytes())).boxed();
    }
    let samples = option::weighted(0.8, prop_oneof![1 => Just(10.0), 1 => numbers(false)]);
    let points = vec((instants(false), numbers(false), samples), 0..5).prop_map(|points| {
        points.into_iter().map(|(at, value, samples)| Point { at, value, samples }).collect()
    });
    prop_oneof![
        8 => points.prop_map(|points| Series::Complete { points }),
        1 => gaps().prop_map(|gap| Series::Unread { gap }),
    ]
    .boxed()
}

fn signals(tame: bool) -> impl Strategy<Value = Signal> {
    let ids = select(vec!["one", "two", "three"]);
    let asks = (ids.clone(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(id, force, ignore_budget, dry_run)| {
            Signal::Asked(Ask { force, ignore_budget, dry_run, ..make::ask(id) })
        },
    );
    let ticks = instants(tame).prop_map(|at| make::tick("weekly", &at.to_string()));
    let what = prop_oneof![
        (0_u64..3).prop_map(|size| What::Object { bucket: "data".into(), key: "a".into(), size }),
        any::<bool>().prop_map(|passed| What::DataQuality {
            rulesets: vec!["rows".into()],
            passed,
            score: None
        }),
    ];
    let arrivals = (ids.clone(), instants(tame), what)
        .prop_map(|(id, at, what)| Signal::Arrived(Arrival { id: id.into(), at, what, replay: None }));
    let answers = ids
        .prop_map(|decision| Signal::Confirmed(Confirm { decision: decision.into(), ..Confirm::default() }));
    prop_oneof![2 => asks, 2 => ticks, 4 => arrivals, 1 => answers]
}

fn phases(tame: bool) -> impl Strategy<Value = Phase> {
    let decision = "earlier".to_owned();
    let starting = (instants(tame), any::<bool>()).prop_map({
        let decision = decision.clone();
        move |(since, waits)| Phase::Starting {
            decision: decision.clone(),
            since,
            lease_until: since,
            waiting: waits.then(|| waits_for("ResourceLimitExceeded: no instances")),
        }
    });
    let running = instants(tame).prop_map(move |since| Phase::Running {
        decision: decision.clone(),
        since,
        stopping: None,
    });
    prop_oneof![8 => Just(Phase::Idle), 1 => starting, 4 => running]
}

fn seen(tame: bool) -> impl Strategy<Value = (BTreeMap<String, Sighting>, BTreeMap<String, Tally>)> {
    let sighting = (instants(tame), instants(tame), option::of(instants(tame)), any::<bool>()).prop_map(
        |(one, other, occurrence, pending)| Sighting {
            first_seen: one.min(other),
            last_seen: one.max(other),
            occurrence,
            pending,
        },
    );
    let passed = option::of((any::<bool>(), instants(tame)));
    let aside = option::weighted(0.3, (instants(tame), 0_u64..3));
    let tally =
        (0_u64..3, 0_u64..3, instants(tame), passed, aside).prop_map(|(count, bytes, at, passed, aside)| {
            Tally {
                count,
                bytes,
                first: at,
                last: passed.map_or(at, |(_, passed)| at.max(passed)),
                passed,
                seen: vec!["one".into()],
                aside: aside.map(|(since, count)| Aside { since, count, bytes: count }),
            }
        });
    let counting = select(vec!["objects".to_owned(), "quality".to_owned()]);
    (
        btree_map(select(&KINDS[..]).prop_map(ToOwned::to_owned), sighting, 0..5),
        btree_map(counting, tally, 0..3),
    )
}

/// What was judged. Whoever judges writes numbers only.
fn effects(tame: bool) -> impl Strategy<Value = Effect> {
    let [same, worse] = [Verdict::NoDifference, Verdict::Worse];
    let verdicts = [same, same, worse, worse, Verdict::Helped, Verdict::CannotTell];
    let number = prop_oneof![Just(0.0), Just(f64::MIN), Just(f64::MAX), -1.0..1.0];
    (select(verdicts.to_vec()), instants(tame), option::of(number)).prop_map(|(verdict, at, gain)| {
        let gain = gain.map(|gain| Gain { before: 0.0, after: gain, gain, low: gain, high: gain });
        Effect { verdict, at, gain }
    })
}

fn history(tame: bool) -> impl Strategy<Value = (Vec<Started>, Option<Trained>, u32, Option<Timestamp>)> {
    let judgements = (prop::bool::weighted(0.8), option::weighted(0.8, effects(tame)));
    let causes = vec(select(&KINDS[..]).prop_map(ToOwned::to_owned), 2..14);
    let start = (instants(tame), option::of(instants(tame)), any::<[bool; 3]>(), judgements, causes)
        .prop_map(|(at, trained, [costs, again, failed], (ours, effect), because)| Started {
            cost: costs.then(|| "12 USD".parse().unwrap()),
            trained,
            again,
            failed: failed && trained.is_none(),
            because,
            policy: i64::from(ours) * REVISION,
            effect: effect.filter(|_| trained.is_some()),
            ..Started::of(1, at)
        });
    let starts = vec(start, 0..5).prop_map(|mut starts| {
        starts.sort_by_key(|start| start.at);
        for (start, generation) in starts.iter_mut().zip(1..) {
            start.generation = generation;
        }
        starts
    });
    let trained = (instants(tame), numbers(tame)).prop_map(|(at, value)| Trained {
        generation: 1,
        at,
        metrics: [("Loss".to_owned(), value)].into(),
    });
    (starts, option::of(trained), 0_u32..4, option::weighted(0.8, instants(tame)))
}

/// A suspension that is over, or holds for some time, or until somebody ends it.
fn suspensions(tame: bool) -> impl Strategy<Value = Suspension> {
    let until = prop_oneof![
        1 => Just(None),
        1 => instants(tame).prop_map(Some),
        1 => Just(Some(Duration::from_seconds(3_600).after(noon()))),
    ];
    let reason = select(vec![None, Some("release week".to_owned())]);
    (instants(tame), until, reason).prop_map(|(at, until, reason)| Suspension {
        at,
        until,
        by: reason.as_ref().map(|_| "ada".to_owned()),
        reason,
    })
}

fn states(tame: bool) -> impl Strategy<Value = State> {
    let asked = (option::weighted(0.2, select(vec!["one", "two"])), any::<bool>(), instants(tame));
    let answered = select(vec![vec![], vec!["one".to_owned()]]);
    let generations = prop_oneof![8 => 0_u32..100, 1 => Just(u32::MAX)];
    let answers = (option::weighted(0.5, instants(tame)), prop::bool::weighted(0.5));
    let hands = (
        option::weighted(0.15, suspensions(tame)),
        option::weighted(0.2, instants(tame)),
        option::weighted(0.2, instants(tame)),
    );
    (
        (generations, phases(tame)),
        option::of(instants(tame)),
        seen(tame),
        asked,
        answered,
        history(tame),
        answers,
        hands,
    )
        .prop_map(
            |((generation, phase), last_started, seen, asked, answered, history, answers, hands)| State {
                generation,
                phase,
                last_started,
                sightings: seen.0,
                asked: asked.0.map(|id| Request {
                    at: asked.2,
                    force: asked.1,
                    ..make::request(id, "11:00:00")
                }),
                answered,
                refused: None,
                arrivals: seen.1,
                trained: history.1,
                starts: history.0,
                failures: history.2,
                failed_at: history.3,
                proposed: if answers.1 { vec!["one".into()] } else { vec![] },
                confirmed: answers.0.map(|at| Confirmed {
                    decision: "one".into(),
                    at,
                    by: None,
                    reason: None,
                }),
                suspended: hands.0,
                cancelled: hands.1,
                breaker_closed: hands.2,
            },
        )
}

pub(crate) fn facts(tame: bool) -> impl Strategy<Value = Facts> {
    let now = if tame { Just(noon()).boxed() } else { instants(false) };
    let alarms = (option::weighted(0.9, alarm_facts(tame)), option::weighted(0.9, alarm_sets(tame)));
    let fleets = option::weighted(
        0.8,
        prop_oneof![
            4 => select(vec!["10 USD", "20 USD", "30 USD"])
                .prop_map(|amount| Spending::Spent { amount: amount.parse().unwrap() }),
            1 => gaps().prop_map(|gap| Spending::Unread { gap }),
        ],
    );
    let metrics = vec(option::weighted(0.9, series(tame)), SERIES.len());
    (now, states(tame), vec(signals(tame), 0..4), alarms, option::weighted(0.9, runs(tame)), metrics, fleets)
        .prop_map(|(now, state, signals, (alarm, set), run, metrics, fleet)| {
            let mut facts = Facts { state, signals, ..Facts::at(now) };
            facts.alarms.extend(alarm.map(|alarm| ("drift".to_owned(), alarm)));
            facts.alarm_sets.extend(set.map(|set| (prefix().key(), set)));
            facts.monitors.extend(run.map(|run| ("quality".to_owned(), run)));
            let keys = SERIES.into_iter().map(ToOwned::to_owned);
            facts.metrics.extend(keys.zip(metrics).filter_map(|(key, series)| Some((key, series?))));
            facts.fleets.extend(fleet.map(|fleet| ("ml".to_owned(), fleet)));
            facts
        })
}

/// Round instants and few numbers, so that boundaries are met and things depend on one another.
pub(crate) fn tame() -> impl Strategy<Value = Case> {
    (policies(true), facts(true))
}

/// The same, now and then with a start that was refused for the very cause.
pub(crate) fn refused() -> impl Strategy<Value = Case> {
    (tame(), prop::bool::weighted(0.15)).prop_map(|((policy, mut facts), refused)| {
        if refused {
            let cause = decide(&policy, &facts).cause;
            let (code, message) = ("ValidationException".into(), "no such image".into());
            facts.state.refused = Some(Refusal { cause, at: noon(), code, message, before: 3 });
        }
        (policy, facts)
    })
}

/// Anything that the types allow.
pub(crate) fn wild() -> impl Strategy<Value = Case> {
    (policies(false), facts(false))
}

/// Anything, but only numbers that can be written, and no M of N that cannot be.
pub(crate) fn writable() -> impl Strategy<Value = Case> {
    let finite = |number: &mut f64| *number = if number.is_finite() { *number } else { 0.5 };
    let counts = |periods: &mut MOutOfN| {
        let n = periods.n.clamp(1, 366);
        *periods = MOutOfN { m: periods.m.clamp(1, n), n };
    };
    wild().prop_map(move |(mut policy, facts)| {
        for trigger in policy.triggers.values_mut() {
            match &mut trigger.watch {
                Watch::Metric(rule) => counts(&mut rule.periods),
                Watch::Challenger(rule) => {
                    counts(&mut rule.periods);
                    finite(&mut rule.margin);
                }
                Watch::Trend(rule) => {
                    finite(&mut rule.at_least);
                    finite(&mut rule.confidence);
                }
                Watch::Schedule(_)
                | Watch::Alarm(_)
                | Watch::Monitor(_)
                | Watch::DataQuality(_)
                | Watch::Objects(_)
                | Watch::Events(_)
                | Watch::Detector(_)
                | Watch::BreakEven(_) => {}
            }
        }
        policy.guards.data.iter_mut().for_each(|data| finite(&mut data.at_least));
        policy.guards.after_futility.iter_mut().for_each(|futility| finite(&mut futility.min_gain));
        (policy, facts)
    })
}
