//! Laws of more and less: knowing less, waiting longer and guarding more never start more.

use proptest::prelude::*;
use rekindle_decision::decide;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::{AlarmFact, AlarmSet, Facts, Gap, MonitorFact, Series, Spending};
use rekindle_decision::policy::{Expr, Guards, Mode, Policy};
use rekindle_decision::ruling::{Decision, Ruling};
use rekindle_decision::truth::Truth;

use crate::any::{config, noon};
use crate::wishes::{READ, expr, guards};
use crate::worlds::{gaps, refused, tame};

fn starts(ruling: &Ruling) -> bool {
    matches!(ruling.decision, Decision::Start { .. })
}

/// The facts with each single one of them taken away, and with each of them unread.
fn knowing_less(facts: &Facts, gap: &Gap) -> Vec<(String, Facts)> {
    let mut less = Vec::new();
    let mut without = |what: &str, change: &dyn Fn(&mut Facts)| {
        let mut facts = facts.clone();
        change(&mut facts);
        less.push((what.to_owned(), facts));
    };
    let gap = || gap.clone();
    for key in facts.alarms.keys() {
        without(key, &|facts| drop(facts.alarms.remove(key)));
        without(key, &|facts| drop(facts.alarms.insert(key.clone(), AlarmFact::Unread { gap: gap() })));
    }
    for (key, set) in &facts.alarm_sets {
        without(key, &|facts| drop(facts.alarm_sets.remove(key)));
        without(key, &|facts| drop(facts.alarm_sets.insert(key.clone(), AlarmSet::Unread { gap: gap() })));
        if let AlarmSet::Complete { alarms } = set {
            for name in alarms.keys() {
                let mut alarms = alarms.clone();
                alarms.insert(name.clone(), AlarmFact::Unread { gap: gap() });
                let set = AlarmSet::Complete { alarms };
                without(name, &|facts| drop(facts.alarm_sets.insert(key.clone(), set.clone())));
            }
        }
    }
    for key in facts.monitors.keys() {
        without(key, &|facts| drop(facts.monitors.remove(key)));
        without(key, &|facts| drop(facts.monitors.insert(key.clone(), MonitorFact::Unread { gap: gap() })));
    }
    for key in facts.metrics.keys() {
        without(key, &|facts| drop(facts.metrics.remove(key)));
        without(key, &|facts| drop(facts.metrics.insert(key.clone(), Series::Unread { gap: gap() })));
    }
    for key in facts.fleets.keys() {
        without(key, &|facts| drop(facts.fleets.remove(key)));
        without(key, &|facts| drop(facts.fleets.insert(key.clone(), Spending::Unread { gap: gap() })));
    }
    less
}

/// The same guards and one of the others, one after the other.
fn one_more(own: &Guards, other: &Guards) -> Vec<(&'static str, Guards)> {
    let with = |change: &dyn Fn(&mut Guards)| {
        let mut guards = own.clone();
        change(&mut guards);
        guards
    };
    vec![
        ("blackout", with(&|guards| guards.blackout.extend(other.blackout.iter().cloned()))),
        ("budgets", with(&|guards| guards.budgets.extend(other.budgets.iter().cloned()))),
        ("data", with(&|guards| guards.data = own.data.clone().or(other.data.clone()))),
        ("after_failure", with(&|guards| guards.after_failure = own.after_failure.or(other.after_failure))),
        (
            "after_futility",
            with(&|guards| {
                guards.after_futility = own.after_futility.clone().or(other.after_futility.clone());
            }),
        ),
        ("max_starts", with(&|guards| guards.max_starts = own.max_starts.or(other.max_starts))),
        ("min_age", with(&|guards| guards.min_age = own.min_age.or(other.min_age))),
        ("freshness", with(&|guards| guards.freshness = own.freshness.or(other.freshness))),
        ("cooldown", with(&|guards| guards.cooldown = own.cooldown.max(other.cooldown))),
        ("ask_first", with(&|guards| guards.ask_first = true)),
    ]
}

/// What a combination comes to when every trigger in it is unknown.
fn unknown(expr: &Expr) -> Truth {
    let parts = || expr.parts().iter().map(unknown);
    match expr {
        Expr::Trigger(_) => Truth::Unknown,
        Expr::Any(_) => Truth::any(parts()),
        Expr::All { .. } => Truth::all(parts()),
        Expr::AtLeast { n, .. } => Truth::at_least(usize::try_from(*n).unwrap(), parts()),
        Expr::Not(_) => parts().next().unwrap().not(),
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn a_longer_cooldown_never_starts_more((policy, facts) in refused(), more in 0_u64..200_000) {
        let mut longer = policy.clone();
        longer.guards.cooldown = Duration::from_seconds(policy.guards.cooldown.seconds() + more);
        prop_assert!(starts(&decide(&policy, &facts)) || !starts(&decide(&longer, &facts)));
    }

    #[test]
    fn knowing_less_never_starts_more((policy, facts) in tame(), gap in gaps()) {
        prop_assume!(!starts(&decide(&policy, &facts)));
        for (what, less) in knowing_less(&facts, &gap) {
            let ruling = decide(&policy, &less);
            prop_assert!(!starts(&ruling), "without {}: {:?}", what, ruling);
        }
    }

    #[test]
    fn one_more_guard_never_starts_more((policy, facts) in tame(), other in guards(true)) {
        prop_assume!(!starts(&decide(&policy, &facts)));
        for (what, guards) in one_more(&policy.guards, &other) {
            let ruling = decide(&Policy { guards, ..policy.clone() }, &facts);
            prop_assert!(!starts(&ruling), "with {}: {:?}", what, ruling);
        }
        let suspended = Policy { mode: Mode::Suspended, ..policy.clone() };
        prop_assert!(!starts(&decide(&suspended, &facts)));
    }

    #[test]
    fn a_policy_of_which_nothing_could_be_read_never_rests(
        (policy, _) in tame(),
        start_when in expr(&READ),
    ) {
        prop_assume!(unknown(&start_when) == Truth::Unknown);
        let mut policy = Policy { start_when, ..policy };
        // How old a model is needs no reading.
        policy.guards.max_age = None;
        let ruling = decide(&policy, &Facts::at(noon()));
        prop_assert_eq!(ruling.decision.verdict(), "hold");
        prop_assert!(ruling.decision.waiting_on().iter().any(|blocker| blocker.word() == "blind"));
    }

    #[test]
    fn a_quiet_trigger_that_cannot_be_read_any_more_does_not_rest((policy, facts) in tame(), gap in gaps()) {
        // Neither as a reason to start nor as one to rest.
        for name in READ {
            let alone = Policy { start_when: Expr::Trigger(name.into()), ..policy.clone() };
            let mut facts = facts.clone();
            facts.signals.clear();
            facts.state.asked = None;
            // A latch and a memory stay what they were.
            facts.state.sightings.clear();
            if decide(&alone, &facts).tree.truth != Truth::Quiet {
                continue;
            }
            let mut blind = Facts { state: facts.state.clone(), ..Facts::at(facts.now) };
            blind.metrics.insert(name.into(), Series::Unread { gap: gap.clone() });
            let ruling = decide(&alone, &blind);
            prop_assert_eq!(ruling.decision.verdict(), "hold", "{}", name);
        }
    }
}
