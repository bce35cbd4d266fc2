//! What may be spent.

use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap, Spending};
use rekindle_decision::money::Money;
use rekindle_decision::policy::{Budget, BudgetMode, Policy};
use rekindle_decision::ruling::{Blocker, Reserve};
use rekindle_decision::signal::{AlarmState, Ask, Signal};
use rekindle_decision::span::Span;
use rekindle_decision::state::Started;
use rstest::rstest;

use crate::make::{ask, at, forced, guarded, started, verdict, with_alarm};

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// Thirty dollars a month, ten a run.
fn monthly(fleet: Option<&str>, mode: BudgetMode) -> Budget {
    let (amount, per_run) = (money("30 USD"), money("10 USD"));
    Budget { fleet: fleet.map(Into::into), amount, per: Span::Month, per_run, mode }
}

fn with(budgets: &[Budget]) -> Policy {
    guarded(|guards| guards.budgets = budgets.to_vec())
}

fn spent(starts: &[(&str, Option<&str>)]) -> Facts {
    let mut facts = with_alarm("12:00:00", AlarmState::Alarm);
    let cost = |(at, cost): &(&str, Option<&str>)| Started { cost: cost.map(money), ..started(1, at, None) };
    facts.state.starts = starts.iter().map(cost).collect();
    facts
}

fn over(fleet: Option<&str>, spent: &str) -> Blocker {
    Blocker::Budget {
        fleet: fleet.map(Into::into),
        spent: money(spent),
        run: money("10 USD"),
        amount: money("30 USD"),
        per: Span::Month,
        until: at("2026-12-01T00:00:00Z"),
    }
}

const FIRST: &str = "2026-11-01T00:00:00Z";
const OCTOBER: &str = "2026-10-31T23:59:59.999999999Z";

#[rstest]
#[case::nothing(&[], None)]
#[case::as_much_as_leaves_room(&[(FIRST, Some("20 USD"))], None)]
#[case::a_millionth_more(&[(FIRST, Some("20.000001 USD"))], Some("20.000001 USD"))]
#[case::in_several_starts(&[(FIRST, Some("15 USD")), ("01:00:00", Some("10 USD"))], Some("25 USD"))]
#[case::at_the_end_of_last_month(&[(OCTOBER, Some("500 USD"))], None)]
#[case::last_month_and_this(&[(OCTOBER, Some("500 USD")), (FIRST, Some("21 USD"))], Some("21 USD"))]
#[case::by_two_starts_without_a_cost(&[(FIRST, None), ("01:00:00", None)], None)]
#[case::by_three_starts_without_a_cost(&[(FIRST, None), ("01:00:00", None), ("02:00:00", None)], Some("30 USD"))]
fn what_the_model_has_spent(#[case] starts: &[(&str, Option<&str>)], #[case] blocked: Option<&str>) {
    let policy = with(&[monthly(None, BudgetMode::Enforce)]);
    let ruling = decide(&policy, &spent(starts));
    let blocker = blocked.map(|spent| over(None, spent));
    assert_eq!(ruling.decision.waiting_on(), blocker.as_slice());
    assert_eq!(ruling.look_again_at, blocked.map(|_| at("2026-12-01T00:00:00Z")));
    assert_eq!((ruling.cost, ruling.reserve), (Some(money("10 USD")), vec![]));
    // Force alone does not spend beyond it.
    assert_eq!(verdict(&decide(&policy, &forced(&spent(starts)))), verdict(&decide(&policy, &spent(starts))));
}

fn fleet_spent(amount: Option<&str>) -> Facts {
    let mut facts = spent(&[(FIRST, Some("500 USD"))]);
    if let Some(amount) = amount {
        facts.fleets.insert("ml".into(), Spending::Spent { amount: money(amount) });
    }
    facts
}

fn reserve(limit: Option<&str>) -> Vec<Reserve> {
    let (span, amount, limit) = ("2026-11".to_owned(), money("10 USD"), limit.map(money));
    vec![Reserve { fleet: "ml".into(), span, amount, limit }]
}

#[rstest]
#[case::leaves_room("20 USD", "start")]
#[case::leaves_a_millionth_too_little("20.000001 USD", "hold budget")]
fn what_the_fleet_has_spent(#[case] amount: &str, #[case] expected: &str) {
    let ruling = decide(&with(&[monthly(Some("ml"), BudgetMode::Enforce)]), &fleet_spent(Some(amount)));
    assert_eq!(verdict(&ruling), expected);
    if expected != "start" {
        assert_eq!(ruling.decision.waiting_on(), [over(Some("ml"), amount)]);
    }
    // A start takes its part in the transaction that writes it, or not at all.
    assert_eq!(ruling.reserve, reserve(Some("30 USD")));
}

#[rstest]
#[case::not_read(None, Gap::NotAsked)]
#[case::not_readable(Some(Gap::Forbidden), Gap::Forbidden)]
fn what_the_fleet_has_spent_was(#[case] gap: Option<Gap>, #[case] expected: Gap) {
    let mut facts = fleet_spent(None);
    facts.fleets.extend(gap.map(|gap| ("ml".to_owned(), Spending::Unread { gap })));
    let ruling = decide(&with(&[monthly(Some("ml"), BudgetMode::Enforce)]), &facts);
    let unread = Blocker::BudgetUnread { fleet: "ml".into(), gap: expected };
    assert_eq!(ruling.decision.waiting_on(), std::slice::from_ref(&unread));
    assert_eq!(ruling.look_again_at, None);
    // Only noted, it stands in nobody's way.
    let ruling = decide(&with(&[monthly(Some("ml"), BudgetMode::Audit)]), &facts);
    assert_eq!((verdict(&ruling).as_str(), ruling.audit), ("start", vec![unread]));
}

#[test]
fn a_budget_that_is_audited_notes_and_reserves_without_a_limit() {
    let budgets = [monthly(None, BudgetMode::Audit), monthly(Some("ml"), BudgetMode::Audit)];
    let ruling = decide(&with(&budgets), &fleet_spent(Some("25 USD")));
    assert_eq!(verdict(&ruling), "start");
    assert_eq!(ruling.audit, [over(None, "500 USD"), over(Some("ml"), "25 USD")]);
    assert_eq!(ruling.reserve, reserve(None));
}

#[test]
fn a_model_at_rest_or_blind_notes_nothing() {
    let policy = with(&[monthly(None, BudgetMode::Audit)]);
    for state in [AlarmState::Ok, AlarmState::InsufficientData] {
        let mut facts = spent(&[(FIRST, Some("500 USD"))]);
        facts.alarms.extend(with_alarm("12:00:00", state).alarms);
        let ruling = decide(&policy, &facts);
        assert_eq!(ruling.audit, []);
        assert_ne!(verdict(&ruling), "start");
    }
}

#[rstest]
#[case::ignores_it(true, false, "start")]
#[case::ignores_it_with_force(true, true, "start")]
#[case::only_forces(false, true, "hold budget budget")]
#[case::only_asks(false, false, "hold budget budget")]
fn a_person_who(#[case] ignore_budget: bool, #[case] force: bool, #[case] expected: &str) {
    let budgets = [monthly(None, BudgetMode::Enforce), monthly(Some("ml"), BudgetMode::Enforce)];
    let mut facts = fleet_spent(Some("25 USD"));
    facts.signals.push(Signal::Asked(Ask { ignore_budget, force, ..ask("one") }));
    let ruling = decide(&with(&budgets), &facts);
    assert_eq!(verdict(&ruling), expected);
    let noted = [over(None, "500 USD"), over(Some("ml"), "25 USD")];
    assert_eq!(ruling.audit, if ignore_budget { noted.to_vec() } else { vec![] });
    assert_eq!(ruling.reserve, reserve((!ignore_budget).then_some("30 USD")));
    assert_eq!(ruling.asked.map(|asked| asked.ignore_budget), Some(ignore_budget));
}

#[rstest]
#[case::day(Span::Day, "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z")]
#[case::week(Span::Week, "2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z")]
#[case::month(Span::Month, FIRST, "2026-12-01T00:00:00Z")]
fn a_budget_is_of_the_present(#[case] per: Span, #[case] begins: &str, #[case] until: &str) {
    let policy = with(&[Budget { per, ..monthly(None, BudgetMode::Enforce) }]);
    let before = rekindle_decision::duration::Duration::from_seconds(1).before(at(begins)).to_string();
    assert_eq!(verdict(&decide(&policy, &spent(&[(&before, Some("21 USD"))]))), "start");
    let held = decide(&policy, &spent(&[(begins, Some("21 USD"))]));
    assert_eq!(held.decision.waiting_on()[0].until(), Some(at(until)));
}

#[test]
fn the_dearest_of_several_budgets_says_what_a_run_costs() {
    let dear = Budget { per_run: money("12 USD"), ..monthly(None, BudgetMode::Audit) };
    let ruling =
        decide(&with(&[dear, monthly(Some("ml"), BudgetMode::Enforce)]), &fleet_spent(Some("0 USD")));
    assert_eq!(ruling.cost, Some(money("12 USD")));
    assert_eq!(decide(&with(&[]), &fleet_spent(None)).cost, None);
}
