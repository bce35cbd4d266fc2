//! Laws: each a sentence that holds for any schedule and any instant.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use rekindle_decision::duration::Duration;
use rekindle_decision::schedule::{Expression, Window};

use crate::make::config;
use crate::naive::cron;

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/Santiago",
    "Africa/Casablanca",
];

fn schedules() -> BoxedStrategy<Expression> {
    let zone = || select(ZONES.to_vec());
    let unit =
        select(vec![("minute", 1_u32), ("hour", 1), ("day", 1), ("minutes", 15), ("hours", 7), ("days", 30)]);
    let rates = (unit, instants()).prop_map(|((unit, value), start)| {
        Expression::parse(&format!("rate({value} {unit})"), None).unwrap().with_anchor(start)
    });
    prop_oneof![
        4 => (cron(), zone()).prop_map(|(cron, zone)| Expression::parse(&cron.text, Some(zone)).unwrap()),
        1 => rates,
    ]
    .boxed()
}

fn instants() -> BoxedStrategy<Timestamp> {
    let now = 1_767_225_600_i64;
    prop_oneof![
        6 => (now..now + 40_000_000, 0_i32..1_000_000_000)
            .prop_map(|(second, nanos)| Timestamp::new(second, nanos).unwrap()),
        1 => (Timestamp::MIN.as_second()..=Timestamp::MAX.as_second())
            .prop_map(|second| Timestamp::from_second(second).unwrap()),
        1 => select(vec![Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH]),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn the_next_is_later_and_is_its_own_latest(schedule in schedules(), now in instants()) {
        if let Some(next) = schedule.next(now) {
            prop_assert!(next > now);
            prop_assert_eq!(schedule.latest(next), Some(next));
        }
    }

    #[test]
    fn the_latest_is_not_later_and_nothing_lies_between(schedule in schedules(), now in instants()) {
        if let Some(latest) = schedule.latest(now) {
            prop_assert!(latest <= now);
            prop_assert_eq!(schedule.latest(latest), Some(latest));
            prop_assert_eq!(schedule.next(latest), schedule.next(now));
        }
    }

    #[test]
    fn nothing_is_before_the_next_but_the_latest(schedule in schedules(), now in instants()) {
        if let Some(next) = schedule.next(now) {
            let before = next - SignedDuration::from_nanos(1);
            prop_assert_eq!(schedule.latest(before), schedule.latest(now));
        }
    }

    #[test]
    fn a_window_is_open_from_its_instant_for_its_length(
        schedule in schedules(),
        now in instants(),
        length in 1_u64..2_000_000,
    ) {
        let length = Duration::from_seconds(length);
        // Near the end of time it would close after the last instant there is.
        if let Some(next) = schedule.next(now).filter(|next| length.after(*next) < Timestamp::MAX) {
            let window = Window { opens: schedule, length };
            prop_assert_eq!(window.open_until(next), Some(length.after(next)));
        }
    }

    #[test]
    fn no_text_is_too_strange(text in ".{0,60}", zone in ".{0,20}") {
        let _ = Expression::parse(&text, Some(&zone));
        let _ = Expression::parse(&text, None);
    }

    #[test]
    fn a_refusal_says_what_to_write_and_that_is_taken(
        text in "(cron|rate|at|CRON| cron|)\\(?[-0-9*,/?LW#A-F ]{0,24}\\)?",
        now in instants(),
    ) {
        match Expression::parse(&text, None) {
            Ok(schedule) => {
                let _ = (schedule.latest(now), schedule.next(now));
            }
            Err(refused) => {
                let hint = refused.hint.unwrap();
                let words = ["cron(", "rate(", "at("];
                let meant = hint.split('`').filter(|word| words.iter().any(|start| word.starts_with(start)));
                for meant in meant.filter(|meant| !meant.contains('…')) {
                    prop_assert!(Expression::parse(meant, None).is_ok(), "{} for {}", meant, &text);
                }
            }
        }
    }

    #[test]
    fn a_nearly_right_text_is_read_or_refused(
        fields in prop::collection::vec(
            select(vec!["*", "?", "0", "1", "5", "09", "1-5", "5-1", "*/2", "1/3", "L", "LW", "3W", "6L", "FRI", "MON-FRI",
                "JAN", "2#1", "2026", "60", "0/0", ",", "1,,2", "-", "/", "#", "W", "L-1", "2026-2020", "MON-5"]),
            4..8,
        ),
        now in instants(),
    ) {
        if let Ok(schedule) = Expression::parse(&format!("cron({})", fields.join(" ")), None) {
            let _ = (schedule.latest(now), schedule.next(now));
        }
    }
}
