//! Laws: each a sentence that holds for any policy and any facts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use rekindle_decision::decide;
use rekindle_decision::effect;
use rekindle_decision::facts::{Facts, Series, Spending};
use rekindle_decision::money::Money;
use rekindle_decision::policy::{CountsAs, Expr, Guards, InFlight, Mode, Policy};
use rekindle_decision::ruling::{Blocker, Decision, Node, Reason, Ruling};
use rekindle_decision::signal::{Ask, Signal};
use rekindle_decision::state::{Phase, Started, State};
use rekindle_decision::truth::Truth;

use crate::any::config;
use crate::make::ask;
use crate::wishes::{KINDS, TREND};
use crate::worlds::{refused, tame, wild, writable};

fn starts(ruling: &Ruling) -> bool {
    matches!(ruling.decision, Decision::Start { .. })
}

fn bytes(ruling: &Ruling) -> Vec<u8> {
    serde_json::to_vec(ruling).unwrap()
}

/// The same combination, every list of it the other way round.
fn reversed(expr: &Expr) -> Expr {
    let parts = |of: &[Expr]| of.iter().rev().map(reversed).collect();
    match expr {
        Expr::Trigger(name) => Expr::Trigger(name.clone()),
        Expr::Any(of) => Expr::Any(parts(of)),
        Expr::All { of, within } => Expr::All { of: parts(of), within: *within },
        Expr::AtLeast { n, of, within } => Expr::AtLeast { n: *n, of: parts(of), within: *within },
        Expr::Not(part) => Expr::Not(Box::new(reversed(part))),
    }
}

/// The same facts, told in another order. Of two requests, and of two arrivals, the order counts.
fn shuffled(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    facts.signals.reverse();
    let (mut ticks, others): (Vec<_>, Vec<_>) =
        facts.signals.drain(..).partition(|signal| matches!(signal, Signal::Scheduled(_)));
    let (mut asks, mut others): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|signal| matches!(signal, Signal::Asked(_)));
    asks.reverse();
    others.reverse();
    ticks.extend(asks);
    ticks.extend(others);
    facts.signals = ticks;
    for series in facts.metrics.values_mut() {
        if let Series::Complete { points } = series {
            points.reverse();
        }
    }
    facts
}

fn nodes(node: &Node) -> Vec<&Node> {
    let mut found = vec![node];
    found.extend(node.parts.iter().flat_map(nodes));
    found
}

/// Whether a person asks with force in this ruling.
fn is_forced(ruling: &Ruling) -> bool {
    let force = |reason: &Reason| matches!(reason, Reason::Asked(request) if request.force);
    ruling.decision.because().iter().any(force)
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn the_order_of_parts_signals_and_points_does_not_matter_to_the_verdict((policy, facts) in refused()) {
        let other = Policy { start_when: reversed(&policy.start_when), ..policy.clone() };
        let (one, two) = (decide(&policy, &facts), decide(&other, &shuffled(&facts)));
        prop_assert_eq!(one.decision.verdict(), two.decision.verdict());
        prop_assert_eq!((&one.id, &one.cause, one.tree.truth), (&two.id, &two.cause, two.tree.truth));
        prop_assert_eq!((&one.sightings, &one.withdrawn), (&two.sightings, &two.withdrawn));
        prop_assert_eq!((&one.asked, one.look_again_at), (&two.asked, two.look_again_at));
        prop_assert_eq!((&one.arrivals, one.stop), (&two.arrivals, two.stop));
        let words = |ruling: &Ruling| -> BTreeSet<String> {
            ruling.decision.waiting_on().iter().map(ToString::to_string).collect()
        };
        prop_assert_eq!(words(&one), words(&two));
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
        // The metrics a training reported are numbers: whoever writes them down leaves out what is none.
        let mut facts = facts;
        facts.state.trained.iter_mut().for_each(|trained| trained.metrics.retain(|_, value| value.is_finite()));
        let read: Facts = serde_json::from_slice(&serde_json::to_vec(&facts).unwrap()).unwrap();
        prop_assert_eq!(bytes(&decide(&policy, &facts)), bytes(&decide(&policy, &read)));
    }

    #[test]
    fn no_facts_make_it_panic_and_all_can_be_told((policy, facts) in wild()) {
        let ruling = decide(&policy, &facts);
        prop_assert!(ruling.sentence().ends_with('.'), "{}", ruling.sentence());
        prop_assert!(!ruling.sentence().contains(": ."), "{}", ruling.sentence());
        prop_assert_eq!(ruling.tree_text().lines().count(), nodes(&ruling.tree).len());
        // Nor does judging what can be judged, and each figure of it is a number.
        for (_, effect) in effect::judged(&policy, &facts) {
            let text = serde_json::to_string(&effect).unwrap();
            prop_assert_eq!(serde_json::from_str::<effect::Effect>(&text).unwrap(), effect);
        }
        // Nor does asking what is to be read.
        for wanted in policy.wanted(facts.now) {
            prop_assert!(wanted.start <= wanted.end && wanted.end <= facts.now, "{:?}", wanted);
        }
    }

    #[test]
    fn a_hold_names_a_blocker_and_a_start_has_none((policy, facts) in prop_oneof![refused(), wild()]) {
        let ruling = decide(&policy, &facts);
        match &ruling.decision {
            Decision::Start { because } => {
                prop_assert!(!because.is_empty());
                prop_assert_ne!(policy.mode, Mode::Suspended);
                prop_assert_eq!(&facts.state.phase, &Phase::Idle);
                let cooled = |started| policy.guards.cooldown.after(started) <= facts.now;
                prop_assert!(is_forced(&ruling) || facts.state.last_started.is_none_or(cooled));
                prop_assert_eq!(ruling.look_again_at, None);
            }
            Decision::Hold { waiting_on, .. } => prop_assert!(!waiting_on.is_empty()),
            Decision::Rest => {
                prop_assert!(ruling.tree.reasons().is_empty());
                prop_assert!(ruling.proposed.is_empty() && ruling.confirmed.is_none());
                prop_assert_ne!(ruling.tree.truth, Truth::Unknown);
            }
        }
        for blocker in ruling.decision.waiting_on() {
            if let Blocker::Blind { finding, .. } = blocker {
                prop_assert_eq!(finding.truth(), Truth::Unknown);
            }
        }
    }

    #[test]
    fn a_reason_is_a_trigger_that_fired_or_a_request((policy, facts) in refused()) {
        let ruling = decide(&policy, &facts);
        let own = ruling.tree.reasons().into_iter().map(|node| node.label.clone());
        let own: Vec<String> = own.filter(|_| ruling.decision != Decision::Rest).collect();
        let mut told = crate::make::reasons(&ruling);
        if matches!(ruling.decision.because(), [Reason::Asked(_), ..]) {
            told.remove(0);
        }
        prop_assert_eq!(told, own);
        // What does not count has no part that does.
        for node in nodes(&ruling.tree) {
            prop_assert!(node.truth != Truth::Quiet || node.reasons().is_empty(), "{:?}", node);
        }
        for reason in ruling.decision.because() {
            if let Reason::Trigger { trigger, finding, remembered } = reason {
                prop_assert!(finding.truth() == Truth::Fired || remembered.is_some(), "{}", trigger);
                let latched = policy.triggers.get(trigger).is_some_and(|it| it.counts_as == CountsAs::Latch);
                let recent = |seen| latched || policy.start_when.memory().after(seen) >= facts.now;
                prop_assert!(remembered.is_none_or(recent));
            }
        }
    }

    #[test]
    fn when_to_look_again_is_to_come((policy, facts) in prop_oneof![tame(), wild()]) {
        let ruling = decide(&policy, &facts);
        if let Some(at) = ruling.look_again_at {
            prop_assert!(at > facts.now || at == Timestamp::MAX, "{} {}", at, facts.now);
        }
    }

    #[test]
    fn looking_again_when_told_to_finds_nothing_that_only_waits((policy, facts) in refused()) {
        let mut policy = policy;
        // A window may open anew until then.
        policy.guards.blackout.clear();
        let ruling = decide(&policy, &facts);
        if let (Some(at), Decision::Hold { .. }) = (ruling.look_again_at, &ruling.decision) {
            let mut later = Facts { now: at, ..facts };
            // A fleet begins each span with nothing spent.
            later.fleets.insert("ml".into(), Spending::Spent { amount: Money::default() });
            let later = decide(&policy, &later);
            let waits = later.decision.waiting_on().iter().any(|blocker| blocker.until().is_some());
            prop_assert!(!waits, "{:?}", later);
        }
    }

    #[test]
    fn a_forced_request_is_stopped_only_by_what_force_does_not_skip(
        (policy, facts) in refused(),
        ignore_budget: bool,
    ) {
        let mut facts = facts;
        facts.signals.push(Signal::Asked(Ask { force: true, ignore_budget, ..ask("forced") }));
        let ruling = decide(&policy, &facts);
        prop_assert!(is_forced(&ruling));
        for blocker in ruling.decision.waiting_on() {
            let word = blocker.word();
            let stops = ["suspended", "in_flight", "max_starts", "data", "refused", "budget"].contains(&word);
            prop_assert!(stops, "{}", word);
        }
        if ignore_budget {
            let paid = |blocker: &Blocker| ["budget", "max_starts"].contains(&blocker.word());
            prop_assert!(!ruling.decision.waiting_on().iter().any(paid), "{:?}", ruling);
        }
    }

    #[test]
    fn a_job_is_stopped_only_to_be_replaced_at_once((policy, facts) in tame()) {
        let mut facts = facts;
        facts.state.phase = crate::make::running("2026-11-01T08:00:00Z");
        let ruling = decide(&policy, &facts);
        if let Some(generation) = ruling.stop {
            prop_assert_eq!(generation, facts.state.generation);
            prop_assert_eq!((policy.guards.in_flight, policy.mode), (InFlight::Replace, Mode::Enforce));
            let alone = matches!(ruling.decision.waiting_on(), [Blocker::InFlight { .. }]);
            prop_assert!(alone, "{:?}", ruling);
            // With the job gone, it starts.
            facts.state.phase = Phase::Idle;
            prop_assert!(starts(&decide(&policy, &facts)));
        }
    }

    #[test]
    fn a_turn_taken_again_with_its_own_memory_comes_to_the_same((policy, facts) in refused()) {
        let mut facts = facts;
        // The engine keeps a latch pending: only a policy that did not count it as one has left it otherwise.
        for (name, sighting) in &mut facts.state.sightings {
            let trigger = policy.triggers.get(name);
            sighting.pending |= trigger.is_some_and(|trigger| trigger.counts_as == CountsAs::Latch);
        }
        let first = decide(&policy, &facts);
        let mut again = facts.clone();
        again.state.sightings.clone_from(&first.sightings);
        again.state.arrivals.clone_from(&first.arrivals);
        again.state.proposed.clone_from(&first.proposed);
        again.state.confirmed.clone_from(&first.confirmed);
        let second = decide(&policy, &again);
        prop_assert_eq!(first.decision.verdict(), second.decision.verdict());
        prop_assert_eq!(first.id, second.id);
        prop_assert_eq!(first.sightings, second.sightings);
        prop_assert_eq!(first.arrivals, second.arrivals);
    }

    #[test]
    fn a_start_clears_everything_seen_until_then((policy, facts) in tame()) {
        let ruling = decide(&policy, &facts);
        let state = State { sightings: ruling.sightings, last_started: Some(facts.now), ..facts.state };
        for name in KINDS.into_iter().chain([TREND]) {
            prop_assert_eq!(state.sighting(name), None);
        }
    }

    #[test]
    fn a_training_that_failed_and_is_tried_again_leaves_everything_asking_that_asked((policy, facts) in tame()) {
        let mut facts = facts;
        facts.signals.retain(|signal| !matches!(signal, Signal::Asked(_)));
        facts.state.asked = None;
        facts.state.phase = Phase::Idle;
        // What was cancelled before a start may ask again with it.
        facts.state.cancelled = None;
        let before = facts.state.last_started.map(|at| Started::of(1, at));
        facts.state.starts = before.into_iter().collect();
        facts.state.generation = 1;
        let first = decide(&policy, &facts);
        // What arrives arrives once.
        facts.signals.clear();
        facts.state.sightings.clone_from(&first.sightings);
        facts.state.arrivals.clone_from(&first.arrivals);
        facts.state.starts.push(Started { again: true, ..Started::of(2, facts.now) });
        facts.state.generation = 2;
        facts.state.last_started = Some(facts.now);
        let (decision, since, stopping) = ("earlier".to_owned(), facts.now, None);
        facts.state.phase = Phase::Running { decision, since, stopping };
        let running = decide(&policy, &facts);
        facts.state.sightings = running.sightings;
        facts.state.arrivals = running.arrivals;
        facts.state.phase = Phase::Idle;
        facts.state.forget_start(2);
        let again = decide(&policy, &facts);
        prop_assert_eq!(first.tree.truth, again.tree.truth);
        prop_assert_eq!(crate::make::reasons(&first), crate::make::reasons(&again));
    }

    #[test]
    fn what_asks_now_does_not_ask_once_it_is_cancelled((policy, facts) in tame()) {
        let mut policy = policy;
        policy.start_when = Expr::Any(policy.triggers.keys().cloned().map(Expr::Trigger).collect());
        // Of no age at all, a model is too old as soon as that is cancelled.
        policy.guards.max_age = policy.guards.max_age.filter(|most| most.seconds() > 0);
        let mut facts = facts;
        facts.signals.retain(|signal| !matches!(signal, Signal::Asked(_)));
        facts.state.asked = None;
        facts.state.cancelled = Some(facts.now);
        let first = decide(&policy, &facts);
        prop_assert!(first.decision.because().is_empty(), "{:?}", first);
        facts.state.sightings = first.sightings;
        facts.state.arrivals = first.arrivals;
        let second = decide(&policy, &facts);
        prop_assert!(second.decision.because().is_empty(), "{:?}", second);
    }

    #[test]
    fn what_asks_once_does_not_ask_again_after_the_start_it_asked_for((policy, facts) in tame()) {
        let mut policy = Policy { mode: Mode::Enforce, guards: Guards::default(), ..policy };
        policy.triggers.values_mut().for_each(|trigger| trigger.counts_as = CountsAs::Edge);
        policy.start_when = Expr::Any(policy.triggers.keys().cloned().map(Expr::Trigger).collect());
        let mut facts = facts;
        facts.signals.retain(|signal| !matches!(signal, Signal::Asked(_)));
        facts.state.asked = None;
        let first = decide(&policy, &facts);
        facts.state.sightings = first.sightings;
        facts.state.arrivals = first.arrivals;
        facts.state.last_started = Some(facts.now);
        let second = decide(&policy, &facts);
        prop_assert!(second.decision.because().is_empty(), "{:?}", second);
    }
}

/// A law that no generated case can break proves nothing: the cases must come to every verdict, every blocker, and
/// every finding of every kind.
#[test]
fn the_cases_come_to_every_verdict_every_blocker_and_every_truth() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        // Fewer come to less.
        cases: 1_000,
        ..config(1_000)
    });
    let seen = std::cell::RefCell::new(BTreeMap::<String, u32>::new());
    let count = |word: String| *seen.borrow_mut().entry(word).or_default() += 1;
    runner
        .run(&refused(), |(policy, facts)| {
            let ruling = decide(&policy, &facts);
            count(ruling.decision.verdict().to_owned());
            for blocker in ruling.decision.waiting_on() {
                assert!(Blocker::WORDS.contains(&blocker.word()), "{blocker:?}");
                count(blocker.word().to_owned());
            }
            for (flag, word) in [
                (ruling.stop.is_some(), "stop"),
                (!ruling.audit.is_empty(), "audit"),
                (ruling.confirmed.is_some(), "confirmed"),
            ] {
                if flag {
                    count(word.to_owned());
                }
            }
            // One case in three says enough of each kind alone.
            let kinds = if facts.state.generation.is_multiple_of(3) { &KINDS[..] } else { &[] };
            for name in kinds.iter().copied().chain([TREND]) {
                let alone = Policy { start_when: Expr::Trigger(name.into()), ..policy.clone() };
                let ruling = decide(&alone, &Facts { signals: vec![], ..facts.clone() });
                let found = crate::make::finding(&ruling, name);
                count(format!("{name} {:?}", found.truth()));
            }
            Ok(())
        })
        .unwrap();
    let seen = seen.into_inner();
    // What a ledger does is of the outside; `decide` never comes to it.
    let blockers = Blocker::WORDS.into_iter().filter(|word| *word != "ledger");
    let mut words: Vec<String> = ["start", "hold", "rest", "stop", "audit", "confirmed"]
        .into_iter()
        .chain(blockers)
        .map(ToOwned::to_owned)
        .collect();
    let arriving = ["objects", "weekly"];
    for name in KINDS.into_iter().chain([TREND]) {
        let truths: &[&str] =
            if arriving.contains(&name) { &["Fired", "Quiet"] } else { &["Fired", "Quiet", "Unknown"] };
        words.extend(truths.iter().map(|truth| format!("{name} {truth}")));
    }
    for word in words {
        let times = seen.get(&word).copied().unwrap_or(0);
        assert!(times >= 3, "`{word}` {times} times: {seen:?}");
    }
}
