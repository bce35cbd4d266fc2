//! What a person's force skips, and what it does not: every guard at once.

use rekindle_decision::decide;
use rekindle_decision::effect::Verdict;
use rekindle_decision::facts::{Facts, Series};
use rekindle_decision::policy::{
    AfterFailure, AfterFutility, Budget, BudgetMode, DATA, Data, FUTILITY, InFlight, MaxStarts, Mode, Policy,
    Worse,
};
use rekindle_decision::ruling::Ruling;
use rekindle_decision::schedule::{Expression, Window};
use rekindle_decision::signal::{AlarmState, Ask, Signal};
use rekindle_decision::span::Span;
use rekindle_decision::state::Refusal;
use rstest::rstest;

use crate::make::{
    ask, at, forced, guarded, hourly, judged, length, running, source, trained, verdict, with_alarm,
};

/// A policy with every guard there is.
fn guarded_in_every_way() -> Policy {
    let mut policy = guarded(|guards| {
        guards.cooldown = length("24h");
        guards.in_flight = InFlight::Replace;
        guards.blackout = vec![Window {
            opens: Expression::parse("cron(0 8 * * ? *)", None).unwrap(),
            length: length("6h"),
        }];
        guards.budgets = vec![Budget {
            fleet: None,
            amount: "10 USD".parse().unwrap(),
            per: Span::Day,
            per_run: "10 USD".parse().unwrap(),
            mode: BudgetMode::Enforce,
        }];
        guards.data = Some(Data { source: source("Rows", "Sum"), at_least: 5.0, max_age: None });
        let (wait, up_to) = (length("12h"), length("24h"));
        guards.after_failure = Some(AfterFailure { wait, times: 1, up_to, give_up_after: 0 });
        guards.after_futility = Some(AfterFutility {
            source: source("Accuracy", "Average"),
            worse: Worse::Lower,
            min_gain: 1.0,
            give_up_after: 1,
            compare: 1,
        });
        guards.max_starts = Some(MaxStarts { starts: 1, within: length("24h") });
        guards.min_age = Some(length("24h"));
        guards.ask_first = true;
    });
    policy.mode = Mode::Suspended;
    policy
}

/// Everything stands in the way.
fn blocked_in_every_way() -> Facts {
    let mut facts = with_alarm("12:00:00", AlarmState::Alarm);
    facts.metrics.insert(DATA.into(), Series::Complete { points: vec![] });
    facts.metrics.insert(FUTILITY.into(), hourly("12:00:00", &[Some(1.0); 12]));
    facts.state.last_started = Some(at("06:00:00"));
    facts.state.trained = Some(trained("08:00:00"));
    facts.state.starts = vec![judged(3, "06:00:00", Verdict::NoDifference, 0.0)];
    facts.state.failures = 1;
    facts.state.failed_at = Some(at("09:00:00"));
    facts.state.phase = running("11:00:00");
    facts
}

fn refused(policy: &Policy, facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    facts.state.refused = Some(Refusal {
        cause: decide(policy, &facts).cause,
        at: at("11:00:00"),
        code: "ValidationException".into(),
        message: "no such image".into(),
        before: 3,
    });
    facts
}

fn untils(ruling: &Ruling) -> Vec<String> {
    let until = |blocker: &rekindle_decision::ruling::Blocker| {
        let until = blocker.until().map_or("-".to_owned(), |until| until.strftime("%d %H:%M").to_string());
        format!("{} {until}", blocker.word())
    };
    ruling.decision.waiting_on().iter().map(until).collect()
}

#[test]
fn every_blocker_is_named_with_when_it_goes() {
    let policy = guarded_in_every_way();
    let ruling = decide(&policy, &refused(&policy, &blocked_in_every_way()));
    assert_eq!(
        untils(&ruling),
        [
            "suspended -",
            "in_flight -",
            "cooldown 03 06:00",
            "min_age 03 08:00",
            "blackout 02 14:00",
            "max_starts 03 06:00",
            "data -",
            "after_failure 02 21:00",
            "after_futility -",
            "refused -",
            "budget 03 00:00",
            "ask_first -",
        ]
    );
    assert_eq!((ruling.look_again_at, ruling.stop), (None, None));
}

#[rstest]
#[case::asks(
    false,
    false,
    "hold suspended in_flight cooldown min_age blackout max_starts data after_failure after_futility budget"
)]
#[case::insists(true, false, "hold suspended in_flight max_starts data budget")]
#[case::pays(
    false,
    true,
    "hold suspended in_flight cooldown min_age blackout data after_failure after_futility"
)]
#[case::insists_and_pays(true, true, "hold suspended in_flight data")]
fn a_person_who(#[case] force: bool, #[case] ignore_budget: bool, #[case] expected: &str) {
    let policy = guarded_in_every_way();
    let mut facts = refused(&policy, &blocked_in_every_way());
    facts.signals.push(Signal::Asked(Ask { force, ignore_budget, ..ask("one") }));
    assert_eq!(verdict(&decide(&policy, &facts)), expected);
    // The same request, refused once, is refused.
    let facts = refused(&policy, &facts);
    assert!(verdict(&decide(&policy, &facts)).contains("refused"));
}

#[test]
fn looking_again_waits_for_the_last_of_what_only_waits() {
    let mut policy = guarded_in_every_way();
    policy.mode = Mode::Enforce;
    policy.guards.data = None;
    policy.guards.after_futility = None;
    policy.guards.ask_first = false;
    let mut facts = blocked_in_every_way();
    facts.state.phase = rekindle_decision::state::Phase::Idle;
    let ruling = decide(&policy, &facts);
    assert_eq!(verdict(&ruling), "hold cooldown min_age blackout max_starts after_failure budget");
    assert_eq!(ruling.look_again_at, Some(at("2026-11-03T08:00:00Z")));
    let ruling = decide(&policy, &forced(&facts));
    assert_eq!(verdict(&ruling), "hold max_starts budget");
    assert_eq!(ruling.look_again_at, Some(at("2026-11-03T06:00:00Z")));
}

#[test]
fn a_dry_run_with_force_says_what_force_would_do() {
    let mut policy = guarded_in_every_way();
    policy.mode = Mode::Enforce;
    policy.guards.data = None;
    let mut facts = blocked_in_every_way();
    facts.state.phase = rekindle_decision::state::Phase::Idle;
    let dry = Ask { force: true, ignore_budget: true, dry_run: true, ..ask("one") };
    facts.signals.push(Signal::Asked(dry));
    let ruling = decide(&policy, &facts);
    assert_eq!((verdict(&ruling).as_str(), ruling.asked), ("start", None));
}
