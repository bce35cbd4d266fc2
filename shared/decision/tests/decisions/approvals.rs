//! Starts that a person must agree to.

use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::Policy;
use rekindle_decision::ruling::Blocker;
use rekindle_decision::signal::AlarmState;
use rekindle_decision::signal::{Ask, Confirm, Signal};
use rekindle_decision::state::{Confirmed, State};
use rstest::rstest;

use crate::make::{ask, at, found, guarded, running, verdict, with_alarm};

fn careful() -> Policy {
    guarded(|guards| guards.ask_first = true)
}

fn firing() -> Facts {
    with_alarm("12:00:00", AlarmState::Alarm)
}

fn yes(decision: &str) -> Signal {
    Signal::Confirmed(Confirm {
        model: "churn".into(),
        decision: decision.into(),
        by: Some("ada".into()),
        reason: Some("looks right".into()),
    })
}

fn confirmed(decision: &str, instant: &str) -> Confirmed {
    let (by, reason) = (Some("ada".into()), Some("looks right".into()));
    Confirmed { decision: decision.into(), at: at(instant), by, reason }
}

#[test]
fn a_start_is_put_to_a_person() {
    let ruling = decide(&careful(), &firing());
    assert_eq!(ruling.decision.waiting_on(), [Blocker::Approval { decision: ruling.id.clone() }]);
    assert_eq!((ruling.proposed, ruling.confirmed), (vec![ruling.id], None));
    assert_eq!(ruling.look_again_at, None);
}

#[test]
fn a_yes_to_it_starts_it_and_is_kept() {
    let mut facts = firing();
    let id = decide(&careful(), &facts).id;
    facts.signals.push(yes(&id));
    let ruling = decide(&careful(), &facts);
    assert_eq!((verdict(&ruling).as_str(), ruling.confirmed), ("start", Some(confirmed(&id, "12:00:00"))));
}

#[test]
fn a_yes_to_something_else_starts_nothing() {
    let mut facts = firing();
    facts.signals.push(yes("something else"));
    let ruling = decide(&careful(), &facts);
    assert_eq!((verdict(&ruling).as_str(), ruling.confirmed), ("hold ask_first", None));
}

#[test]
fn a_yes_to_an_earlier_id_of_the_same_start_counts() {
    let mut facts = firing();
    let earlier = decide(&careful(), &facts);
    facts.state.proposed = earlier.proposed;
    facts.alarms.insert("drift".into(), found(AlarmState::Alarm, "11:30:00"));
    let later = decide(&careful(), &facts);
    assert_ne!(later.id, earlier.id);
    assert_eq!(later.proposed, [earlier.id.clone(), later.id]);
    facts.signals.push(yes(&earlier.id));
    assert_eq!(verdict(&decide(&careful(), &facts)), "start");
    // Unless it is not remembered that it was put to anybody.
    facts.state.proposed.clear();
    assert_eq!(verdict(&decide(&careful(), &facts)), "hold ask_first");
}

#[test]
fn of_several_answers_one_that_fits_is_enough() {
    let mut facts = firing();
    let id = decide(&careful(), &facts).id;
    facts.signals = vec![yes(&id), yes("something else")];
    assert_eq!(verdict(&decide(&careful(), &facts)), "start");
}

#[rstest]
#[case::given_after_the_last_start("11:00:01", "start")]
#[case::given_at_the_last_start("11:00:00", "hold ask_first")]
#[case::given_before_it("10:00:00", "hold ask_first")]
fn a_yes_that_is_kept(#[case] given: &str, #[case] expected: &str) {
    let mut facts = firing();
    let id = decide(&careful(), &facts).id;
    facts.state.last_started = Some(at("11:00:00"));
    facts.state.confirmed = Some(confirmed(&id, given));
    let ruling = decide(&careful(), &facts);
    assert_eq!(verdict(&ruling), expected);
    assert_eq!(ruling.confirmed, (expected == "start").then(|| confirmed(&id, given)));
}

#[test]
fn a_yes_given_while_something_else_stands_in_the_way_is_kept_until_it_is_gone() {
    let mut facts = firing();
    facts.state.phase = running("11:00:00");
    let held = decide(&careful(), &facts);
    assert_eq!(verdict(&held), "hold in_flight ask_first");
    facts.state.proposed = held.proposed;
    facts.signals.push(yes(&held.id));
    let agreed = decide(&careful(), &facts);
    assert_eq!(verdict(&agreed), "hold in_flight");
    let mut later = firing();
    later.now = at("13:00:00");
    later.state.confirmed = agreed.confirmed;
    later.state.proposed = agreed.proposed;
    assert_eq!(verdict(&decide(&careful(), &later)), "start");
}

#[rstest]
#[case::plainly(false)]
#[case::with_force(true)]
fn who_asks_for_a_training_has_agreed_to_it(#[case] force: bool) {
    let mut facts = firing();
    facts.signals.push(Signal::Asked(Ask { force, ..ask("one") }));
    assert_eq!(verdict(&decide(&careful(), &facts)), "start");
}

#[test]
fn a_policy_that_does_not_ask_keeps_no_answers() {
    let mut facts = firing();
    let policy = guarded(|_| {});
    facts.signals.push(yes(&decide(&policy, &facts).id));
    facts.state.proposed = vec!["earlier".into()];
    let ruling = decide(&policy, &facts);
    assert_eq!((ruling.confirmed, ruling.proposed), (None, vec![]));
}

#[test]
fn the_same_decision_is_put_to_people_once() {
    let mut facts = firing();
    let first = decide(&careful(), &facts);
    facts.state.proposed.clone_from(&first.proposed);
    assert_eq!(decide(&careful(), &facts).proposed, first.proposed);
}

#[rstest]
#[case::as_long_as_there_is_room(31, 31, 31)]
#[case::but_for_the_one_in_the_middle(32, 16, 17)]
#[case::but_for_those_in_the_middle(40, 16, 25)]
fn all_proposals_are_remembered(#[case] earlier: usize, #[case] first: usize, #[case] newest: usize) {
    assert_eq!(State::PROPOSED, 32);
    let mut facts = firing();
    facts.state.proposed = (0..earlier).map(|number| number.to_string()).collect();
    let ruling = decide(&careful(), &facts);
    // Up to this one and from that one on.
    let expected = (0..first).chain(newest..earlier).map(|number| number.to_string());
    assert_eq!(ruling.proposed, expected.chain([ruling.id]).collect::<Vec<_>>());
}

#[rstest]
#[case::is_wanted_still(AlarmState::Alarm, "start", true)]
#[case::cannot_be_told(AlarmState::InsufficientData, "hold blind", true)]
#[case::is_not_wanted_any_more(AlarmState::Ok, "rest", false)]
fn proposals_and_a_yes_are_kept_where_a_start(
    #[case] state: AlarmState,
    #[case] expected: &str,
    #[case] kept: bool,
) {
    let mut facts = with_alarm("12:00:00", state);
    facts.state.proposed = vec!["earlier".into()];
    facts.state.confirmed = Some(confirmed("earlier", "11:00:00"));
    let ruling = decide(&careful(), &facts);
    assert_eq!(verdict(&ruling), expected);
    assert_eq!(ruling.proposed, if kept { vec!["earlier".to_owned()] } else { vec![] });
    assert_eq!(ruling.confirmed, kept.then(|| confirmed("earlier", "11:00:00")));
    // So is one that comes now.
    facts.state.confirmed = None;
    facts.signals.push(yes("earlier"));
    let ruling = decide(&careful(), &facts);
    assert_eq!(ruling.confirmed, kept.then(|| confirmed("earlier", "12:00:00")));
}
