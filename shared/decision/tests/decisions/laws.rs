//! Laws: each a sentence that holds for any policy and any facts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use rekindle_decision::decide;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::{AlarmFact, Facts, Gap, Point, Series};
use rekindle_decision::policy::{
    Expr, Guards, Limit, MOutOfN, MissingData, Mode, Policy, Schedule, Threshold, Trigger,
};
use rekindle_decision::ruling::{Blocker, Decision, Node, Ruling};
use rekindle_decision::signal::{AlarmState, Ask, Signal, Tick};
use rekindle_decision::state::{Phase, Refusal, Request, Sighting, State};
use rekindle_decision::truth::Truth;

use crate::any::{NAMES, before_noon, config, expr, noon};
use crate::make::{self, alarm, length, metric, threshold, waits_for};

/// `a` and `b` are alarms, `c` is a schedule, `d` and `e` are metrics.
const ALARMS: [&str; 2] = ["a", "b"];
const SCHEDULE: &str = "c";
const METRICS: [&str; 2] = ["d", "e"];

type Case = (Policy, Facts);

fn durations(tame: bool) -> BoxedStrategy<Duration> {
    if tame {
        select(vec!["0s", "1h", "3h", "24h"]).prop_map(length).boxed()
    } else {
        prop_oneof![any::<u64>(), Just(u64::MAX), 0_u64..100_000].prop_map(Duration::from_seconds).boxed()
    }
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

fn numbers(tame: bool) -> BoxedStrategy<f64> {
    if tame {
        select(vec![0.4, 0.5, 0.6, 0.6, f64::NAN, f64::INFINITY]).boxed()
    } else {
        prop_oneof![prop::num::f64::ANY, select(vec![0.0, -0.0, f64::MAX, f64::MIN_POSITIVE])].boxed()
    }
}

fn thresholds(tame: bool) -> impl Strategy<Value = Trigger> {
    let limits = if tame { Just(0.5).boxed() } else { numbers(false) };
    let counts = if tame { (1_u32..4, 1_u32..5).boxed() } else { (any::<u32>(), any::<u32>()).boxed() };
    let periods = if tame { Just(length("1h")).boxed() } else { durations(false) };
    let missing = select(vec![
        MissingData::Missing,
        MissingData::Ignore,
        MissingData::Breaching,
        MissingData::NotBreaching,
    ]);
    let least = option::of(prop_oneof![Just(10_u64), Just(u64::MAX)]);
    (limits, any::<bool>(), counts, periods, missing, least).prop_map(
        |(limit, below, (m, n), period, missing_data, min_samples)| {
            let limit = if below { Limit::Below(limit) } else { Limit::Above(limit) };
            let mut threshold = Threshold {
                periods: MOutOfN { m: m.min(n), n },
                missing_data,
                min_samples,
                ..threshold(limit)
            };
            threshold.metric.period = period;
            metric(threshold)
        },
    )
}

fn policies(tame: bool) -> impl Strategy<Value = Policy> {
    let modes = select(vec![Mode::Enforce, Mode::Enforce, Mode::Observe, Mode::Suspended]);
    let guards = (durations(tame), option::of(durations(tame)));
    (expr(), thresholds(tame), thresholds(tame), modes, guards, durations(tame)).prop_map(
        |(start_when, d, e, mode, (cooldown, freshness), deadline)| {
            let schedule =
                Schedule { expression: "rate(1 hour)".into(), timezone: None, deadline, rule: None };
            let triggers = [
                ("a", alarm("a")),
                ("b", alarm("b")),
                (SCHEDULE, Trigger::Schedule(schedule)),
                ("d", d),
                ("e", e),
            ];
            let policy = make::policy(triggers);
            Policy { start_when, mode, guards: Guards { cooldown, freshness, ..policy.guards }, ..policy }
        },
    )
}

fn gaps() -> impl Strategy<Value = Gap> {
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

fn series(tame: bool) -> impl Strategy<Value = Series> {
    let samples = option::of(prop_oneof![Just(9.0), Just(10.0), numbers(tame)]);
    let points = if tame {
        // One for each of the last hours, or none.
        vec(option::of((numbers(true), samples)), 0..7)
            .prop_map(|hours| {
                let starts = (1_u64..).map(|hours| Duration::from_seconds(hours * 3_600).before(noon()));
                let point = |(hour, at): (Option<(f64, Option<f64>)>, Timestamp)| {
                    hour.map(|(value, samples)| Point { at, value, samples })
                };
                hours.into_iter().zip(starts).filter_map(point).collect()
            })
            .boxed()
    } else {
        vec((instants(false), numbers(false), samples), 0..7)
            .prop_map(|points| {
                points.into_iter().map(|(at, value, samples)| Point { at, value, samples }).collect()
            })
            .boxed()
    };
    prop_oneof![
        6 => points.prop_map(|points| Series::Complete { points }),
        1 => gaps().prop_map(|gap| Series::Unread { gap }),
    ]
}

fn signals(tame: bool) -> impl Strategy<Value = Signal> {
    let tick = option::of(instants(tame))
        .prop_map(|at| Signal::Scheduled(Tick { trigger: Some(SCHEDULE.into()), at, ..Tick::default() }));
    let ids = select(vec![None, Some("one".to_owned()), Some("two".to_owned())]);
    let ask = (ids, any::<bool>(), any::<bool>())
        .prop_map(|(id, force, dry_run)| Signal::Asked(Ask { id, force, dry_run, ..make::ask("") }));
    prop_oneof![4 => tick, 1 => ask]
}

fn states(tame: bool) -> impl Strategy<Value = State> {
    let sighting = (instants(tame), instants(tame), option::of(instants(tame)), any::<bool>()).prop_map(
        |(one, other, occurrence, pending)| Sighting {
            first_seen: one.min(other),
            last_seen: one.max(other),
            occurrence,
            pending,
        },
    );
    let since = instants(tame).boxed();
    let waiting = select(vec![None, Some(waits_for("ResourceLimitExceeded: no more"))]);
    let starting = (since.clone(), waiting).prop_map(|(since, waiting)| Phase::Starting {
        decision: "earlier".into(),
        since,
        lease_until: since,
        waiting,
    });
    let running = since.clone().prop_map(|since| Phase::Running { decision: "earlier".into(), since });
    let phases = prop_oneof![6 => Just(Phase::Idle), 1 => starting, 1 => running];
    let asked = select(vec![None, None, None, Some("one"), Some("three")]);
    let answered = select(vec![vec![], vec!["one".to_owned()], vec!["one".to_owned(), "two".to_owned()]]);
    let generations = prop_oneof![8 => 0_u32..100, 1 => Just(u32::MAX)];
    (
        generations,
        phases,
        option::of(since.clone()),
        btree_map(select(&NAMES[..]).prop_map(ToOwned::to_owned), sighting, 0..4),
        (asked, since.clone()),
        answered,
        option::weighted(0.1, since),
    )
        .prop_map(|(generation, phase, last_started, sightings, (asked, at), answered, refused)| State {
            generation,
            phase,
            last_started,
            sightings,
            asked: asked.map(|id| Request { at, ..make::request(id, "11:00:00") }),
            answered,
            refused: refused.map(|at| Refusal {
                cause: "another".into(),
                at,
                code: "ValidationException".into(),
                message: "no such image".into(),
            }),
        })
}

fn facts(tame: bool) -> impl Strategy<Value = Facts> {
    let now = if tame { Just(noon()).boxed() } else { instants(false) };
    let alarms = btree_map(select(&ALARMS[..]).prop_map(ToOwned::to_owned), alarm_facts(tame), 0..=2);
    let metrics = btree_map(select(&METRICS[..]).prop_map(ToOwned::to_owned), series(tame), 0..=2);
    (now, states(tame), vec(signals(tame), 0..3), alarms, metrics)
        .prop_map(|(now, state, signals, alarms, metrics)| Facts { now, state, signals, alarms, metrics })
}

/// Round instants and few numbers, so that boundaries are met and things depend on one another.
fn tame() -> impl Strategy<Value = Case> {
    (policies(true), facts(true))
}

/// Anything that the types allow.
fn wild() -> impl Strategy<Value = Case> {
    (policies(false), facts(false))
}

/// Anything, but no M of N that cannot be written.
fn writable() -> impl Strategy<Value = Case> {
    wild().prop_map(|(mut policy, facts)| {
        for trigger in policy.triggers.values_mut() {
            if let Trigger::Metric(threshold) = trigger {
                let MOutOfN { m, n } = threshold.periods;
                let n = n.clamp(1, 366);
                threshold.periods = MOutOfN { m: m.clamp(1, n), n };
            }
        }
        (policy, facts)
    })
}

fn starts(ruling: &Ruling) -> bool {
    matches!(ruling.decision, Decision::Start { .. })
}

fn bytes(ruling: &Ruling) -> Vec<u8> {
    serde_json::to_vec(ruling).unwrap()
}

/// Every trigger on its own, whether or not the policy's combination names it.
fn truths(policy: &Policy, facts: &Facts) -> BTreeMap<&'static str, Truth> {
    let one = |name: &'static str| {
        let policy = Policy { start_when: Expr::Trigger(name.into()), ..policy.clone() };
        (name, decide(&policy, facts).tree.truth)
    };
    NAMES.into_iter().map(one).collect()
}

/// The same combination, every list of it the other way round.
fn reversed(expr: &Expr) -> Expr {
    let parts = |of: &[Expr]| of.iter().rev().map(reversed).collect();
    match expr {
        Expr::Trigger(name) => Expr::Trigger(name.clone()),
        Expr::Any(of) => Expr::Any(parts(of)),
        Expr::All(of) => Expr::All(parts(of)),
        Expr::AtLeast { n, of, within } => Expr::AtLeast { n: *n, of: parts(of), within: *within },
    }
}

fn without_evidence(facts: &Facts, trigger: &str) -> Facts {
    let mut facts = facts.clone();
    facts.alarms.remove(trigger);
    facts.metrics.remove(trigger);
    if trigger == SCHEDULE {
        facts.signals.retain(|signal| !matches!(signal, Signal::Scheduled(_)));
        facts.state.sightings.remove(trigger);
    }
    facts
}

fn nodes(node: &Node) -> Vec<&Node> {
    let mut found = vec![node];
    found.extend(node.parts.iter().flat_map(nodes));
    found
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn a_longer_cooldown_never_starts_more((policy, facts) in tame(), more in 0_u64..200_000) {
        let mut longer = policy.clone();
        longer.guards.cooldown = Duration::from_seconds(policy.guards.cooldown.seconds() + more);
        prop_assert!(starts(&decide(&policy, &facts)) || !starts(&decide(&longer, &facts)));
    }

    #[test]
    fn the_order_of_parts_signals_and_points_does_not_matter_to_the_verdict((policy, facts) in tame()) {
        let other = Policy { start_when: reversed(&policy.start_when), ..policy.clone() };
        let mut shuffled = facts.clone();
        // Of two requests the newest is honoured, so requests keep their order.
        shuffled.signals.sort_by_key(|signal| matches!(signal, Signal::Asked(_)));
        for series in shuffled.metrics.values_mut() {
            if let Series::Complete { points } = series {
                points.reverse();
            }
        }
        let (one, two) = (decide(&policy, &facts), decide(&other, &shuffled));
        prop_assert_eq!(one.decision.verdict(), two.decision.verdict());
        prop_assert_eq!((&one.id, &one.cause, one.tree.truth), (&two.id, &two.cause, two.tree.truth));
        prop_assert_eq!((&one.sightings, &one.withdrawn), (&two.sightings, &two.withdrawn));
        prop_assert_eq!((&one.asked, one.look_again_at), (&two.asked, two.look_again_at));
        let words = |ruling: &Ruling| -> BTreeSet<String> {
            ruling.decision.waiting_on().iter().map(ToString::to_string).collect()
        };
        prop_assert_eq!(words(&one), words(&two));
    }

    #[test]
    fn removing_the_evidence_of_a_fired_trigger_never_causes_a_start((policy, facts) in tame()) {
        prop_assume!(!starts(&decide(&policy, &facts)));
        for (trigger, _) in truths(&policy, &facts).into_iter().filter(|(_, truth)| *truth == Truth::Fired) {
            let ruling = decide(&policy, &without_evidence(&facts, trigger));
            prop_assert!(!starts(&ruling), "without {}: {:?}", trigger, ruling);
        }
    }

    #[test]
    fn unknown_never_equals_healthy((policy, facts) in tame(), gap in gaps()) {
        let before = decide(&policy, &facts);
        let truths = truths(&policy, &facts);
        for metric in METRICS.into_iter().filter(|metric| truths.get(metric) == Some(&Truth::Quiet)) {
            let mut blind = facts.clone();
            blind.metrics.insert(metric.into(), Series::Unread { gap: gap.clone() });
            let after = decide(&policy, &blind);
            // It gives no reason to start, and no reason to rest.
            prop_assert_eq!(starts(&before), starts(&after));
            prop_assert!(before.decision == Decision::Rest || after.decision != Decision::Rest);
            let alone = Policy { start_when: Expr::Any(vec![Expr::Trigger(metric.into())]), ..policy.clone() };
            prop_assert_ne!(decide(&alone, &blind).decision, Decision::Rest);
        }
    }

    #[test]
    fn deciding_twice_gives_the_same_bytes((policy, facts) in wild()) {
        prop_assert_eq!(bytes(&decide(&policy, &facts)), bytes(&decide(&policy, &facts)));
    }

    #[test]
    fn a_ruling_can_be_written_down_and_read_back((policy, facts) in writable()) {
        let ruling = decide(&policy, &facts);
        prop_assert_eq!(serde_json::from_slice::<Ruling>(&bytes(&ruling)).unwrap(), ruling);
    }

    #[test]
    fn facts_that_were_written_down_are_ruled_on_alike((policy, facts) in wild()) {
        let read: Facts = serde_json::from_slice(&serde_json::to_vec(&facts).unwrap()).unwrap();
        prop_assert_eq!(bytes(&decide(&policy, &facts)), bytes(&decide(&policy, &read)));
    }

    #[test]
    fn no_facts_make_it_panic_and_all_can_be_told((policy, facts) in wild()) {
        let ruling = decide(&policy, &facts);
        prop_assert!(ruling.sentence().ends_with('.'), "{}", ruling.sentence());
        prop_assert!(!ruling.sentence().contains(": ."), "{}", ruling.sentence());
        prop_assert_eq!(ruling.tree_text().lines().count(), nodes(&ruling.tree).len());
    }

    #[test]
    fn a_hold_names_a_blocker_and_a_start_has_none((policy, facts) in prop_oneof![tame(), wild()]) {
        let ruling = decide(&policy, &facts);
        match &ruling.decision {
            Decision::Start { because } => {
                prop_assert!(!because.is_empty());
                prop_assert_ne!(policy.mode, Mode::Suspended);
                prop_assert_eq!(&facts.state.phase, &Phase::Idle);
                let asked = because.iter().any(|reason| {
                    matches!(reason, rekindle_decision::ruling::Reason::Asked(request) if request.force)
                });
                let cooled = |started| policy.guards.cooldown.after(started) <= facts.now;
                prop_assert!(asked || facts.state.last_started.is_none_or(cooled));
            }
            Decision::Hold { waiting_on, .. } => prop_assert!(!waiting_on.is_empty()),
            Decision::Rest => {
                prop_assert_eq!(ruling.tree.truth, Truth::Quiet);
            }
        }
        for blocker in ruling.decision.waiting_on() {
            if let Blocker::Blind { finding, .. } = blocker {
                prop_assert_eq!(finding.truth(), Truth::Unknown);
            }
        }
    }

    #[test]
    fn looking_again_when_told_to_finds_nothing_that_only_waits((policy, facts) in tame()) {
        if let Some(at) = decide(&policy, &facts).look_again_at {
            prop_assert!(at > facts.now);
            let later = decide(&policy, &Facts { now: at, ..facts });
            let waits = later.decision.waiting_on().iter().any(|blocker| blocker.until().is_some());
            prop_assert!(!waits, "{:?}", later);
        }
    }

    #[test]
    fn a_turn_taken_again_with_its_own_memory_comes_to_the_same((policy, facts) in tame()) {
        let first = decide(&policy, &facts);
        let mut again = facts.clone();
        again.state.sightings.clone_from(&first.sightings);
        let second = decide(&policy, &again);
        prop_assert_eq!(first.decision.verdict(), second.decision.verdict());
        prop_assert_eq!(first.id, second.id);
        prop_assert_eq!(first.sightings, second.sightings);
    }

    #[test]
    fn a_start_clears_everything_seen_until_then((policy, facts) in tame()) {
        let ruling = decide(&policy, &facts);
        let state = State { sightings: ruling.sightings, last_started: Some(facts.now), ..facts.state };
        for name in NAMES {
            prop_assert_eq!(state.sighting(name), None);
        }
    }
}

/// A law that no generated case can break proves nothing: the cases must come to every verdict, and to every blocker.
#[test]
fn the_cases_come_to_every_verdict_and_every_blocker() {
    let mut seen = BTreeMap::<String, u32>::new();
    let mut runner = proptest::test_runner::TestRunner::new(config(2_000));
    let seen_by = std::cell::RefCell::new(&mut seen);
    runner
        .run(&tame(), |(policy, facts)| {
            let ruling = decide(&policy, &facts);
            let words = ruling.decision.waiting_on().iter().map(|blocker| blocker.word().to_owned());
            for word in words.chain([ruling.decision.verdict().to_owned()]) {
                *seen_by.borrow_mut().entry(word).or_default() += 1;
            }
            Ok(())
        })
        .unwrap();
    for word in ["start", "hold", "rest", "suspended", "in_flight", "cooldown", "blind"] {
        let times = seen.get(word).copied().unwrap_or(0);
        assert!(times >= 20, "`{word}` {times} times: {seen:?}");
    }
}
