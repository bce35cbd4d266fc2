//! Whether there is enough data to learn from.

use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap, Point, Series};
use rekindle_decision::policy::{DATA, Data, Policy};
use rekindle_decision::ruling::{Blocker, Shortage};
use rekindle_decision::signal::AlarmState;
use rekindle_decision::state::Started;
use rstest::rstest;

use crate::make::{at, forced, guarded, hourly, length, source, trained, verdict, with_alarm};

/// At least a hundred rows, whose labels come within an hour, and the newest not older than two.
fn rows(max_age: Option<&str>) -> Policy {
    let mut rows = source("Rows", "Sum");
    rows.label_delay = length("1h");
    let max_age = max_age.map(length);
    guarded(|guards| guards.data = Some(Data { source: rows, at_least: 100.0, max_age }))
}

/// Rows of each hour, the newest at ten, which is mature at noon.
fn facts(values: &[Option<f64>]) -> Facts {
    let mut facts = with_alarm("12:00:00", AlarmState::Alarm);
    facts.metrics.insert(DATA.into(), hourly("11:00:00", values));
    facts
}

fn shortage(policy: &Policy, facts: &Facts) -> Option<Shortage> {
    match decide(policy, facts).decision.waiting_on() {
        [] => None,
        [Blocker::Data(shortage)] => Some(shortage.clone()),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::enough_in_one_hour(&[Some(100.0)], None)]
#[case::enough_in_several(&[Some(50.0), None, Some(50.0)], None)]
#[case::a_row_too_few(&[Some(50.0), Some(49.0)], Some(Shortage::TooLittle { have: 99.0, need: 100.0 }))]
#[case::rows_taken_back_do_not_count(&[Some(150.0), Some(-100.0)], None)]
#[case::none_at_all(&[], Some(Shortage::Nothing))]
#[case::hours_without_a_row(&[Some(0.0), Some(-5.0)], Some(Shortage::Nothing))]
fn there_are(#[case] values: &[Option<f64>], #[case] expected: Option<Shortage>) {
    let (policy, facts) = (rows(None), facts(values));
    assert_eq!(shortage(&policy, &facts), expected);
    // No person's force makes rows.
    assert_eq!(shortage(&policy, &forced(&facts)), expected);
    assert_eq!(decide(&policy, &facts).look_again_at, None);
}

#[test]
fn more_rows_than_there_are_numbers_are_enough() {
    let facts = facts(&[Some(f64::MAX), Some(f64::MAX)]);
    assert_eq!(shortage(&rows(None), &facts), None);
    let mut policy = rows(None);
    policy.guards.data.as_mut().unwrap().at_least = f64::INFINITY;
    let need = f64::INFINITY;
    assert_eq!(shortage(&policy, &facts), Some(Shortage::TooLittle { have: f64::MAX, need }));
}

#[test]
fn rows_without_labels_do_not_count() {
    let mut facts = facts(&[Some(99.0)]);
    let Some(Series::Complete { points }) = facts.metrics.get_mut(DATA) else { panic!("complete") };
    points.push(Point { at: at("11:00:00"), value: 500.0, samples: None });
    assert_eq!(shortage(&rows(None), &facts), Some(Shortage::TooLittle { have: 99.0, need: 100.0 }));
    facts.now = at("13:00:00");
    assert_eq!(shortage(&rows(None), &facts), None);
}

#[rstest]
#[case::the_last_start_that_was_trained(Some(("09:00:00", true)), None, None, 80.0)]
#[case::a_moment_later(Some(("09:00:00.000000001", true)), None, None, 40.0)]
#[case::the_last_start_though_its_training_ended_later(Some(("09:00:00", true)), Some("10:00:00"), None, 80.0)]
#[case::not_from_one_that_failed(Some(("10:30:00", false)), None, None, 99.0)]
#[case::the_training_before_one_that_failed(Some(("10:30:00", false)), Some("10:00:00"), None, 40.0)]
#[case::the_end_of_the_training_where_no_start_is_known(None, Some("10:00:00"), None, 40.0)]
#[case::what_the_policy_says(None, None, Some("09:00:00"), 80.0)]
#[case::ever(None, None, None, 99.0)]
fn rows_count_from(
    #[case] start: Option<(&str, bool)>,
    #[case] ended: Option<&str>,
    #[case] written: Option<&str>,
    #[case] have: f64,
) {
    let mut facts = facts(&[Some(19.0), Some(40.0), Some(40.0)]);
    facts.state.last_started = start.map(|(start, _)| at(start));
    facts.state.starts = start
        .map(|(start, good)| Started { trained: good.then(|| at("11:00:00")), ..Started::of(1, at(start)) })
        .into_iter()
        .collect();
    facts.state.trained = ended.map(trained);
    let policy = Policy { trained: written.map(at), ..rows(None) };
    assert_eq!(shortage(&policy, &facts), Some(Shortage::TooLittle { have, need: 100.0 }));
}

#[rstest]
#[case::as_old_as_allowed("14:00:00", None)]
#[case::a_second_too_old("14:00:01", Some("2h1s"))]
fn the_newest_row_is(#[case] now: &str, #[case] age: Option<&str>) {
    // The hour of ten ends at eleven; age counts from when its rows could be there.
    let mut facts = facts(&[Some(100.0)]);
    facts.now = at(now);
    let (newest, allowed) = (at("11:00:00"), length("2h"));
    let old = age.map(|age| Shortage::TooOld { newest, age: length(age), allowed });
    assert_eq!(shortage(&rows(Some("2h")), &facts), old);
    assert_eq!(shortage(&rows(None), &facts), None);
}

#[test]
fn an_hour_without_a_row_is_not_the_newest_one() {
    let mut facts = facts(&[Some(100.0), Some(0.0), Some(0.0)]);
    facts.now = at("13:00:00");
    let (newest, age, allowed) = (at("09:00:00"), length("3h"), length("2h"));
    assert_eq!(shortage(&rows(Some("2h")), &facts), Some(Shortage::TooOld { newest, age, allowed }));
}

#[rstest]
#[case::not_read(None, Gap::NotAsked)]
#[case::not_readable(Some(Gap::PartialData), Gap::PartialData)]
fn how_much_there_is_was(#[case] gap: Option<Gap>, #[case] expected: Gap) {
    let mut facts = facts(&[]);
    facts.metrics.clear();
    facts.metrics.extend(gap.map(|gap| (DATA.to_owned(), Series::Unread { gap })));
    assert_eq!(shortage(&rows(None), &facts), Some(Shortage::Unread { gap: expected }));
    assert_eq!(verdict(&decide(&rows(None), &facts)), "hold data");
}
